"""Commands that answer at once import nothing that takes longer to load than the answer takes to find."""

import subprocess
import sys
from pathlib import Path

import pyarrow.dataset as ds
import pytest

from tests.conftest import BuildWorld

HEAVY = ("dagster", "great_expectations", "pandas", "pandera", "splink")
FATE = "angus/home_care/2025-04.csv"
LOADED = """
import sys
sys.argv = ["irf", *sys.argv[1:]]
from pipelines.commands.main import main
try:
    main()
except SystemExit as done:
    print("loaded:", *(name for name in {heavy} if name in sys.modules))
    print("code:", done.code)
"""


def loaded(root: Path, *arguments: str) -> tuple[set[str], str]:
    """What of the heavy packages a command has imported, and its exit code."""
    text = LOADED.format(heavy=HEAVY)
    called = [sys.executable, "-c", text, "--data", str(root), *arguments]
    *_, names, code = subprocess.run(called, capture_output=True, text=True, check=True).stdout.splitlines()
    return set(names.split()[1:]), code.removeprefix("code: ")


@pytest.mark.parametrize("command", [("--help",), ("releases",), ("status",), ("fate", FATE), ("fate", f"{FATE}:2"), ("trace",),
                                     ("query", "SELECT 1"), ("diff",)], ids=" ".join)  # fmt: skip
def test_a_quick_command_imports_nothing_heavy(published: BuildWorld, command: tuple[str, ...]) -> None:
    root = published()
    (release,) = (path for path in (root / "releases").iterdir() if path.is_dir())
    others = {"trace": (line_of(release),), "diff": (release.name, release.name)}.get(command[0], ())
    names, code = loaded(root, *command, *others)
    assert code in ("0", "2")
    assert names == set()


def test_what_dagster_loads_waits_for_no_judge() -> None:
    asked = f"import sys, pipelines.definitions; print(*(name for name in {HEAVY[1:]} if name in sys.modules))"
    called = [sys.executable, "-c", asked]
    assert subprocess.run(called, capture_output=True, text=True, check=True).stdout.split() == []


def test_what_a_command_imports_is_seen(published: BuildWorld) -> None:
    root = published()
    assert "pandas" in loaded(root, "validate", str(root / "landing" / FATE))[0]


def line_of(release: Path) -> str:
    """A line of a record: of one every rule is asked."""
    lines = ds.dataset(release / "cost_line").to_table(columns=["line_id"], filter=ds.field("cost_basis") == "record")
    return str(min(lines["line_id"].to_pylist()))
