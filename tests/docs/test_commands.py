"""Every fenced block of the documents that can be run is run as a reader would run it, in order, against one small demo.

`make` is not run, but its targets must be there. The demo, a refresh, a check of files and the status may end with warnings
(exit code 2); everything else must end with 0. Every check of the gate that ran is explained.
"""

import json
import os
import subprocess
import sys
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from tests import REPOSITORY
from tests.docs.reading import DOCUMENTS, RUN, Block, blocks_of, unsaid, written

SHELL = """
irf() {
    local code=0 argument
    command irf "$@" || code=$?
    if [ "$code" -eq 2 ]; then
        for argument in "$@"; do
            case "$argument" in demo | refresh | status | validate) return 0 ;; esac
        done
    fi
    return "$code"
}
make() {
    local target
    for target in "$@"; do
        grep -q "^$target:" Makefile || { echo "the Makefile has no target $target" >&2; return 2; }
    done
}
trap 'echo "stopped in line $LINENO" >&2' ERR
"""


@dataclass(frozen=True)
class House:
    """A folder that looks to a reader like the repository after `make demo`, and the environment commands run in."""

    folder: Path
    environment: dict[str, str]

    @property
    def releases(self) -> Path:
        return self.folder / "data" / "releases"

    def latest(self) -> str:
        return str(json.loads((self.releases / "latest.json").read_text("utf-8"))["version"])


@pytest.fixture(scope="session")
def house(tmp_path_factory: pytest.TempPathFactory) -> House:
    """The demo, made once, in a data folder of its own."""
    folder = tmp_path_factory.mktemp("house")
    for entry in REPOSITORY.iterdir():
        if entry.name not in ("data", ".git"):
            (folder / entry.name).symlink_to(entry)
    ours = ("IRF_PSEUDONYM_KEY_FILE", "IRF_SIGNING_KEY_FILE", "DAGSTER_HOME")
    environment = {name: value for name, value in os.environ.items() if name not in ours}
    environment |= {"IRF_DATA": str(folder / "data"), "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}"}
    made = House(folder, environment)
    run(Block(Path("demo"), 1, "sh", "irf demo --people 1500 --months 2025-04..2025-06"), made)
    return made


def run(block: Block, house: House) -> None:
    """Run a block as a reader would. Fails with its place and all it printed when a command in it fails."""
    script = house.folder / f".{block.document.name}"
    # The code stands in the script on its own line of the document, so that errors name the document's lines.
    script.write_text("\n" * (block.line - 1) + block.code, "utf-8")
    preamble = house.folder / ".preamble"
    preamble.write_text(SHELL, "utf-8")
    command = {
        "sh": ["bash", "-euo", "pipefail", str(script)],
        "python": ["python", str(script)],
        "sql": ["irf", "query", block.code],
    }[block.language]
    done = subprocess.run(
        command,
        cwd=house.releases / house.latest() if block.language == "sql" else house.folder,
        env=house.environment | {"BASH_ENV": str(preamble)},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    assert done.returncode == 0, f"{block.place}: exit code {done.returncode}\n{block.code}\n{done.stdout}"


BLOCKS = [block for document in DOCUMENTS for block in blocks_of(document) if block.language in RUN]


@pytest.mark.parametrize("block", BLOCKS, ids=lambda block: block.place)
def test_block_runs(block: Block, house: House) -> None:
    run(block, house)


def test_every_check_of_the_gate_is_explained(house: House) -> None:
    gate = json.loads((house.folder / "data" / "reports" / house.latest() / "gate.json").read_text("utf-8"))
    assert gate
    assert unsaid([check["name"] for check in gate], REPOSITORY / "docs" / "operating.md") == []


# The test bites: blocks that fail, and where that is said.


@pytest.mark.parametrize(
    ("language", "code", "said"),
    [
        ("sh", "false", "stopped in line 4"),
        ("sh", "true\nfalse\ntrue", "stopped in line 5"),
        ("sh", "false | true", "stopped in line 4"),
        ("sh", "echo $NOT_SET", "line 4"),
        ("sh", "true\nno-such-program", "line 5: no-such-program"),
        ("sh", "irf query 'SELECT * FROM no_such_table'", "no_such_table"),
        ("sh", "irf no-such-command", "no-such-command"),
        ("sh", "make no-such-target", "no target no-such-target"),
        ("python", "x = 1\nassert x == 2", "line 5"),
        ("sql", "SELECT no_such_column FROM person", "no_such_column"),
    ],
)
def test_a_failing_block_fails_the_test_at_its_line(language: str, code: str, said: str, house: House, tmp_path: Path) -> None:
    (block,) = blocks_of(written(tmp_path, language, code))
    with pytest.raises(AssertionError, match=r"untrue\.md:4: exit code") as failed:
        run(block, house)
    assert said in str(failed.value)


@pytest.mark.parametrize(
    ("command", "code", "is_success"),
    [
        ("irf refresh --period 2025-06", 0, True),
        ("irf refresh --period 2025-06", 2, True),
        ("irf --data elsewhere refresh --period 2025-06", 2, True),
        ("irf demo", 2, True),
        ("irf status", 2, True),
        ("irf validate x.csv", 2, True),
        ("irf validate x.csv", 3, False),
        ("irf refresh --period 2025-06", 3, False),
        ("irf refresh --period 2025-06", 1, False),
        ("irf verify", 2, False),
    ],
)
def test_only_these_may_end_with_warnings(command: str, code: int, is_success: bool, house: House, tmp_path: Path) -> None:
    stub = tmp_path / "bin" / "irf"
    stub.parent.mkdir()
    stub.write_text(f"#!/bin/sh\nexit {code}\n", "utf-8")
    stub.chmod(0o755)
    stubbed = replace(house, environment=house.environment | {"PATH": f"{stub.parent}:{house.environment['PATH']}"})
    (block,) = blocks_of(written(tmp_path, "sh", command))
    if is_success:
        run(block, stubbed)
    else:
        with pytest.raises(AssertionError, match=f"exit code {code}"):
            run(block, stubbed)
