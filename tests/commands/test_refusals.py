"""What makes a refresh refuse: it says which file or feed, publishes nothing, and the last release stands."""

import fcntl
import functools
import json
import os
import shutil
from collections.abc import Callable
from pathlib import Path

import duckdb
import pytest

from tests.conftest import BuildWorld, IrfAt, rows_of

pytestmark = pytest.mark.usefixtures("no_history")
VERSION = "2025.05.1"
Irf = Callable[..., tuple[int, str]]


@pytest.fixture
def root(published: BuildWorld, copy_of: Callable[[Path], Path]) -> Path:
    """A data root with one release."""
    return copy_of(published())


@pytest.fixture
def irf(root: Path, irf_at: IrfAt) -> Irf:
    """Runs the command on the data root; gives its exit code and what it printed."""
    return functools.partial(irf_at, root)


def test_after_a_full_disk_an_untouched_root_publishes_again_only_when_told(
    root: Path, irf: Irf, monkeypatch: pytest.MonkeyPatch
) -> None:
    rename = os.rename

    def full(source: Path, target: Path) -> None:
        if Path(target).is_relative_to(root / "releases"):
            raise OSError(28, "No space left on device")
        rename(source, target)

    with monkeypatch.context() as patched:
        patched.setattr("pipelines.release.publish.os.rename", full)
        code, printed = irf("refresh", "--period", "2025-05", "--again")
    assert code == 1, printed
    assert printed.splitlines()[-1] == "error: step release: No space left on device; mend that and refresh again"
    code, printed = irf("refresh", "--period", "2025-05")
    assert code == 0, printed
    assert "nothing was published: nothing has changed since 2025.05.1" in printed
    assert stands(root)
    code, printed = irf("refresh", "--period", "2025-05", "--note", "again", "--again")
    assert code == 2, printed
    assert "published 2025.05.2" in printed
    assert "warning: unmapped_cost_code" in printed


def stands(root: Path) -> bool:
    """Whether the last release is the only one, and whole."""
    names = {p.name for p in (root / "releases").iterdir()}
    pointer = json.loads((root / "releases" / "latest.json").read_text("utf-8"))
    reports = {p.name for p in (root / "reports").iterdir()}
    return names == {VERSION, "latest.json"} and pointer == {"version": VERSION} and reports == {VERSION}


def remove_feed(root: Path) -> str:
    (root / "landing" / "angus" / "home_care" / "2025-05.csv").unlink()
    return "angus/home_care: no usable submission for 2025-05"


def spoil_file(root: Path) -> str:
    (root / "landing" / "dundee-city" / "payments" / "2025-05.csv").write_bytes(b"\x00\x01\x02" * 999)
    return "dundee-city/payments/2025-05.csv"


def empty_file(root: Path) -> str:
    (root / "landing" / "perth-kinross" / "payments" / "2025-05.csv").write_bytes(b"")
    return "perth-kinross/payments/2025-05.csv"


def lose_column(root: Path) -> str:
    (root / "landing" / "nhs-tayside" / "acute" / "2025-05.csv").write_text("episode_id,chi_number\n1,2\n", "utf-8")
    return "nhs-tayside/acute/2025-05.csv: required column missing: admission_date"


def ledger_of_another_month(root: Path) -> str:
    file = root / "landing" / "perth-kinross" / "ledger" / "2025-05.csv"
    earlier = root / "landing" / "perth-kinross" / "ledger" / "2025-04.csv"
    shutil.copyfile(earlier, file)
    return "perth-kinross/ledger/2025-05.csv: no record is of the month in the file's name"


def lose_an_earlier_ledger(root: Path) -> str:
    (root / "landing" / "dundee-city" / "ledger" / "2025-04.csv").unlink()
    return "month_without_ledger: dundee-city, 2025-04"


def mostly_bad(root: Path) -> str:
    file = root / "landing" / "angus" / "payments" / "2025-05.csv"
    rows = rows_of(file)
    lines = [",".join(rows[0])] + [f"{i},,,,,not money,," for i in range(len(rows))]
    file.write_text("\n".join(lines) + "\n", "utf-8")
    return "angus/payments/2025-05.csv"


Spoil = Callable[[Path], str]
REFUSED = (remove_feed, spoil_file, empty_file, lose_column, ledger_of_another_month, lose_an_earlier_ledger, mostly_bad)
"""Each in a file of its own, so that all can be done at once."""


@pytest.mark.parametrize("spoils", [REFUSED, *(pytest.param((one,), marks=pytest.mark.soak) for one in REFUSED)])
def test_the_gate_refuses_and_says_which(root: Path, irf: Irf, spoils: tuple[Spoil, ...]) -> None:
    expected = [spoil(root) for spoil in spoils]
    code, printed = irf("refresh", "--period", "2025-05")
    assert code == 3, printed
    refused = "\n".join(line for line in printed.splitlines() if line.startswith("refused: "))
    assert [sentence for sentence in expected if sentence not in refused] == [], printed
    assert "the last release stands" in printed
    assert stands(root)


def test_a_spoilt_resubmission_falls_back_to_the_file_before_it(root: Path, irf: Irf) -> None:
    (root / "landing" / "dundee-city" / "payments" / "2025-05.r1.csv").write_bytes(b"\x00\x01")
    code, printed = irf("refresh", "--period", "2025-05")
    assert code == 2, printed
    (warning,) = [line for line in printed.splitlines() if line.startswith("warning: required_feeds: ")]
    assert warning.startswith("warning: required_feeds: dundee-city/payments/2025-05.r1.csv: ")
    assert warning.endswith("; the file before it stands in")


def lose_reference(root: Path) -> str:
    (root / "reference" / "costing_rules.csv").unlink()
    return "reference/costing_rules.csv is missing"


def service_without_rule(root: Path) -> str:
    file = root / "reference" / "costing_rules.csv"
    lines = [line for line in file.read_text("utf-8").splitlines() if not line.startswith("angus,meals")]
    file.write_text("\n".join(lines) + "\n", "utf-8")
    return "service without a costing rule (add it to costing_rules.csv): angus, meals"


@pytest.mark.parametrize("spoil", [lose_reference, service_without_rule])
def test_an_error_is_one_line_that_says_what_and_where(root: Path, irf: Irf, spoil: Callable[[Path], str]) -> None:
    expected = spoil(root)
    code, printed = irf("refresh", "--period", "2025-05")
    assert code == 1, printed
    errors = [line for line in printed.splitlines() if not line.startswith("  ")]
    assert len(errors) == 1, printed
    assert errors[0].startswith("error: "), printed
    assert expected in errors[0]
    assert stands(root)


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        (["refresh", "--period", "2025-13"], "give a month as YYYY-MM"),
        (["refresh"], "Missing option '--period'"),
        (["nonsense"], "No such command"),
        (["verify", "2020.01.1"], "no such release"),
        (["query", "SELECT * FROM nowhere"], "nowhere does not exist"),
        (["synth", "--people", "5", "--months", "April", "--out", "x"], "--months April"),
    ],
)
def test_a_slip_on_the_command_line_is_one_line(irf: Irf, arguments: list[str], expected: str) -> None:
    code, printed = irf(*arguments)
    assert code == 1
    assert len(printed.splitlines()) == 1
    assert expected in printed


def test_an_unforeseen_error_shows_where_and_no_value(irf: Irf, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(given: str | None) -> Path:
        raise KeyError("0101011237")

    monkeypatch.setattr("pipelines.commands.releases.release_given", broken)
    code, printed = irf("query", "SELECT 1")
    assert code == 1
    assert "0101011237" not in printed
    assert printed.startswith("error: nobody foresaw this (KeyError in releases.py, line ")


def test_the_other_commands_answer(root: Path, irf: Irf) -> None:
    code, printed = irf("releases")
    assert code == 0
    published_at = json.loads((root / "state" / "releases.log").read_text("utf-8").splitlines()[0])["published_at"]
    with duckdb.connect() as connection:
        pounds, lines = connection.execute(
            f"SELECT sum(cost), count(*) FROM read_parquet('{root}/releases/{VERSION}/cost_line/*.parquet')"
        ).fetchall()[0]
    gate = json.loads((root / "releases" / VERSION / "manifest.json").read_text("utf-8"))["gate"]
    warnings = sum(not check["passed"] for check in gate)
    assert printed == (
        f"{VERSION}  latest  published {published_at[:10]}  to 2025-05  £{pounds:,.2f}  {lines:,} lines  passed, {warnings} warnings\n"
    )
    code, printed = irf("status")
    assert code == 2  # the files were made today, long after they were due
    assert printed.count("complete") == 2
    code, printed = irf("query", "SELECT sum(difference) AS difference FROM control_total")
    assert code == 0
    assert "0.00" in printed
    code, printed = irf("verify")
    assert code == 0
    assert "BROKEN" not in printed
    assert "holds   ledger: cost = ledger quantum for every agency, service and month" in printed
    manifest = json.loads((root / "releases" / VERSION / "manifest.json").read_text("utf-8"))
    assert printed.count("holds   sha256 ") == len(manifest["tables"]) + len(manifest["documents"])


def test_a_lost_key_is_an_error_and_no_new_one_is_made(root: Path, irf: Irf) -> None:
    key = root / "secure" / "pseudonym.key"
    key.unlink()
    code, printed = irf("refresh", "--period", "2025-05")
    assert code == 1
    assert "pseudonym.key is missing though releases were made with it" in printed
    assert not key.exists()
    assert stands(root)


def test_another_key_is_told_in_the_changes(root: Path, irf: Irf) -> None:
    (root / "secure" / "pseudonym.key").write_bytes(bytes(32))
    code, printed = irf("refresh", "--period", "2025-05")
    assert code == 2, printed
    changes = (root / "releases" / "2025.05.2" / "CHANGES.md").read_text("utf-8")
    assert "the pseudonym key is another one" in changes


def test_refreshing_an_earlier_period_moves_nobody_back(root: Path, irf: Irf) -> None:
    (root / "releases" / "old things").mkdir()
    code, printed = irf("refresh", "--period", "2025-04")
    assert code == 2, printed
    code, printed = irf("releases")
    assert code == 0
    assert [line.split()[:2] for line in printed.splitlines()] == [["2025.04.1", "published"], ["2025.05.1", "latest"]], printed


def test_two_refreshes_at_once_are_refused(root: Path, irf: Irf) -> None:
    """The second leaves alone what the first has noted."""
    verdict = root / "work" / "2025-05" / "verdict.json"
    noted = verdict.read_bytes()
    with (root / "state" / "refresh.lock").open("w") as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        code, printed = irf("refresh", "--period", "2025-05")
    assert code == 1
    assert "another refresh" in printed
    assert verdict.read_bytes() == noted
    assert stands(root)
