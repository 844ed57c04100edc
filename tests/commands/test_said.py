"""What the command says and leaves behind: lines that forge nothing, name nobody and end somewhere."""

import csv
import io
import os
import re
import signal
import subprocess
import sys
import tempfile
from pathlib import Path

import duckdb
import pytest

from assets.shared import MONTHS
from pipelines.commands.words import progress, say
from pipelines.engine.errors import GateRefused, IrfError
from pipelines.engine.said import SAID_CHARACTERS, said
from pipelines.ingest.validating.validate import validate
from pipelines.refresh import Published
from pipelines.warehouse.root import DataRoot
from tests.conftest import BuildWorld
from tests.small_world import ANGUS, PATIENT, SmallWorld


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("a\nerror: b", "a\\nerror: b"),
        ("a\x1b[2Jb\r\x07", "a\\x1b[2Jb\\r\\x07"),
        ("a\u202eb\u2028c\u200b", "a\\u202eb\\u2028c\\u200b"),
        ("a\udcff", "a\\udcff"),
        ("£1,234.50\u00a0– 75 % of Siân’s", "£1,234.50 – 75 % of Siân’s"),
        (f"{PATIENT}.csv, 190485 1231 and DD8 1AA", "[withheld].csv, [withheld] and [withheld]"),
        ("1234567890 rows, 2025.04.1, S12000041", "1234567890 rows, 2025.04.1, S12000041"),
    ],
)
def test_a_line_forges_nothing_and_names_nobody(text: str, shown: str) -> None:
    assert said(text) == shown
    assert str(IrfError(text)) == shown
    assert GateRefused([text]).reasons == [shown]


@pytest.mark.parametrize(("sql", "code", "ending"), [("SELECT 7 + i FROM range(993) t(i)", 0, "999"), ("SELECT x", 1, "")])
def test_the_command_ends_with_its_code_when_all_is_said(published: BuildWorld, sql: str, code: int, ending: str) -> None:
    """Its process ends without freeing what it holds: nothing that waits to be printed is lost by that."""
    called: list[str | Path] = [Path(sys.executable).with_name("irf"), "--data", published(), "query", sql]
    done = subprocess.run(called, capture_output=True, text=True, check=False)
    numbers = [line for line in done.stdout.splitlines() if re.search(r"\d", line)]
    assert done.returncode == code
    assert len(numbers) >= 993 * (not code)
    assert ending in "".join(numbers[-2:])
    assert done.stderr.startswith("error: query: ") == bool(code)


def test_a_file_name_forges_no_line(small_world: SmallWorld) -> None:
    small_world.write_reference()
    file = small_world.put(f"{ANGUS}/ledger/2025-04\nerror: \x1b[31mall is lost.csv", "x\n")
    code, printed = small_world.irf("validate", file)
    assert code == 1
    assert "\x1b" not in printed
    assert len(printed.splitlines()) == 1


def test_a_warning_has_an_end(small_world: SmallWorld, monkeypatch: pytest.MonkeyPatch) -> None:
    """The rest of it is in the report that the line names."""
    small_world.root.joinpath("releases").mkdir()
    monkeypatch.setattr("pipelines.refresh.refresh", lambda *_: Published("2025.04.1", ["x: " + "y" * 52_575]))
    monkeypatch.setattr("pipelines.commands.refresh.say_bridge", lambda release: None)
    code, printed = small_world.irf("refresh", "--period", "2025-04")
    (line,) = [line for line in printed.splitlines() if line.startswith("warning: ")]
    assert code == 2
    assert len(line) < SAID_CHARACTERS + 300
    assert line.endswith(f"… (all of it: {small_world.root / 'reports' / '2025.04.1' / 'gate.json'})")


def test_a_refusal_has_an_end(small_world: SmallWorld, monkeypatch: pytest.MonkeyPatch) -> None:
    def refusing(*_: object) -> Published:
        raise GateRefused(["required_feeds: " + "y" * 52_575])

    small_world.write_reference()
    monkeypatch.setattr("pipelines.refresh.refresh", refusing)
    code, printed = small_world.irf("refresh", "--period", "2025-04")
    line, last = (line for line in printed.splitlines() if line.startswith("refused: "))
    assert code == 3
    assert len(line) < SAID_CHARACTERS + 300
    assert line.endswith(f"… (all of it: {small_world.root / 'work' / '2025-04' / 'verdict.json'})")
    assert last == "refused: nothing was published; the last release stands"


def told_of(world: SmallWorld, raised: Exception, monkeypatch: pytest.MonkeyPatch) -> str:
    """The last line of a refresh in which linking raises something."""

    def broken(*_: object, **__: object) -> None:
        raise raised

    world.ledger(ANGUS, "2025-04", meals="1.00")
    monkeypatch.setattr("pipelines.identity.people.make_links", broken)
    code, printed = world.refresh("2025-04")
    assert code == 1
    return printed.splitlines()[-1]


@pytest.mark.parametrize(
    ("raised", "told"),
    [
        (
            duckdb.InternalException(f"INTERNAL Error: {PATIENT}"),
            "a fault of DuckDB's own, often gone the next time: try again",
        ),
        (
            duckdb.OutOfMemoryException("Out of Memory Error: failed"),
            "give it more memory (IRF_MEMORY_LIMIT), or free disk for what it lays down, and try again",
        ),
    ],
)
def test_what_duckdb_fails_for_is_told_of_any_step(
    small_world: SmallWorld, monkeypatch: pytest.MonkeyPatch, raised: Exception, told: str
) -> None:
    line = told_of(small_world, raised, monkeypatch)
    assert line == f"error: step core__link: DuckDB failed ({type(raised).__name__}): {told}; the last release stands"


@pytest.mark.parametrize(
    "raised",
    [KeyError(PATIENT), duckdb.ConversionException(f"Could not convert string '{PATIENT}'"), csv.Error("Out of Memory Error")],
)
def test_what_nobody_foresaw_is_said_in_a_sentence(
    small_world: SmallWorld, monkeypatch: pytest.MonkeyPatch, raised: Exception
) -> None:
    assert told_of(small_world, raised, monkeypatch) == (
        f"error: step core__link: an error that nobody foresaw ({type(raised).__name__}); the last release stands. "
        "`make ui` shows the run; send this line to whoever keeps the software"
    )


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP])
def test_a_check_that_is_ended_leaves_no_record(
    small_world: SmallWorld, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, number: int
) -> None:
    small_world.write_reference()
    small_world.ledger(ANGUS, "2025-04", home_care_personal="1.00")
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))

    def ended(*arguments: object, **options: object) -> object:
        validate(*arguments, **options)  # type: ignore[arg-type]  # passed on as they came
        assert list(tmp_path.rglob("staged.parquet"))
        os.kill(os.getpid(), number)
        raise AssertionError("the signal was not heard")

    monkeypatch.setattr("pipelines.ingest.validating.validate.validate", ended)
    code, printed = small_world.irf("validate", small_world.root / "landing" / ANGUS / "ledger" / "2025-04.csv")
    assert code == 1
    assert printed.splitlines()[-1] == "stopped: nothing was kept or published; check the files again"
    assert not list(tmp_path.rglob("irf-validate-*"))


class Terminal(io.StringIO):
    """What a terminal is sent."""

    def isatty(self) -> bool:
        return True


STEP = re.compile(r"\[(\d+)/(\d+)\] ([a-z_/]+)  \d+\.\d s")


def test_a_step_takes_the_place_of_the_one_before_on_a_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    shown = Terminal()
    monkeypatch.setattr(sys, "stderr", shown)
    for text in ("[1/2] core/link  1.2 s", "waiting for the end of another refresh", "[2/2] gate  0.1 s"):
        progress(text)
    say("published", is_error=True)
    assert shown.getvalue() == (
        "\r\x1b[2K  [1/2] core/link  1.2 s\n  waiting for the end of another refresh\n"
        "\r\x1b[2K  [2/2] gate  0.1 s\npublished\n"
    )  # fmt: skip


def test_elsewhere_each_step_has_a_plain_line_with_its_time(small_world: SmallWorld) -> None:
    small_world.ledger(ANGUS, "2025-04", meals="1.00")
    printed = small_world.published("2025-04")
    steps = [STEP.fullmatch(line.strip()) for line in printed.splitlines() if line.startswith("  [")]
    assert all(steps) and "\x1b" not in printed and "\r" not in printed
    places = [(int(step[1]), int(step[2])) for step in steps if step]
    assert places == [(n, len(places)) for n in range(1, len(places) + 1)]
    assert {"core/cost_line", "gate", "release"} <= {step[3] for step in steps if step}


def test_nobody_else_can_write_into_releases(tmp_path: Path) -> None:
    before = os.umask(0)
    try:
        DataRoot(tmp_path / "data").prepare()
        made = tmp_path / "data" / "releases" / "2025.04.1"
        made.mkdir()
        (made / "manifest.json").write_text("{}", "utf-8")
        assert [oct(p.stat().st_mode & 0o022) for p in (made.parent, made, made / "manifest.json")] == ["0o0"] * 3
    finally:
        os.umask(before)


def test_a_month_that_has_not_come_is_said_in_words(small_world: SmallWorld) -> None:
    small_world.write_reference()
    code, printed = small_world.irf("refresh", "--period", "2199-01")
    assert code == 1
    assert printed.startswith("error: --period 2199-01: months from 2017-04 to ")
    assert len(printed.splitlines()) == 1


def test_a_clock_that_is_wrong_is_said_in_words(small_world: SmallWorld, monkeypatch: pytest.MonkeyPatch) -> None:
    small_world.write_reference()
    monkeypatch.setattr(type(MONTHS), "get_partition_keys", lambda *_, **__: [])
    code, printed = small_world.irf("refresh", "--period", "2025-04")
    assert code == 1
    assert (
        printed == "error: the clock of this machine is before 2017-04, the first month that can be refreshed; put it right\n"
    )
