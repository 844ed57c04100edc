"""Habits of an office: making a world where files already are, a mistyped folder, help, stopping a command."""

import datetime
import hashlib
from collections.abc import Callable
from pathlib import Path

import pytest

from pipelines.ingest.landing import Landed
from pipelines.synth import make_into
from tests.conftest import IrfAt
from tests.small_world import ANGUS, BOARD, PATIENT, SmallWorld

SYNTH = ("synth", "--people", "60", "--months", "1", "--out")


def hashes(folder: Path) -> dict[str, str]:
    return {
        p.relative_to(folder).as_posix(): hashlib.sha256(p.read_bytes()).hexdigest() for p in folder.rglob("*") if p.is_file()
    }


@pytest.fixture
def made(tmp_path: Path, irf_at: IrfAt) -> Path:
    """A folder where a small world was made."""
    assert irf_at(tmp_path, *SYNTH, tmp_path / "made")[0] == 0
    return tmp_path / "made"


@pytest.mark.parametrize("name", ["landing/angus/home_care/2025-04.csv", "reference/cost_code_map.csv", "notes.txt"])
def test_a_folder_of_somebody_else_is_left_alone(tmp_path: Path, irf_at: IrfAt, name: str) -> None:
    theirs = tmp_path / "data" / name
    theirs.parent.mkdir(parents=True)
    theirs.write_text("theirs", "utf-8")
    for command in ((*SYNTH, tmp_path / "data"), ("demo", "--people", "60")):
        code, printed = irf_at(tmp_path / "data", *command)
        assert code == 1
        assert printed.startswith(f"error: {tmp_path / 'data'} has a file that irf synth or irf demo did not make")
        assert name in printed and len(printed.splitlines()) == 1
        assert hashes(tmp_path / "data") == {name: hashlib.sha256(b"theirs").hexdigest()}


def a_file_of_an_agency(made: Path) -> None:
    (made / "landing" / "angus" / "home_care" / "2025-05.csv").write_text("theirs", "utf-8")


def a_resubmission(made: Path) -> None:
    (made / "landing" / "angus" / "ledger" / "2025-04.r1.csv").write_text("theirs", "utf-8")


def a_table_of_finance(made: Path) -> None:
    with (made / "reference" / "cost_code_map.csv").open("a", encoding="utf-8") as file:
        file.write("angus,9900,,,day_care,cost,,\n")


@pytest.mark.parametrize("add", [a_file_of_an_agency, a_resubmission, a_table_of_finance])
def test_what_somebody_put_among_made_files_is_left_alone(made: Path, irf_at: IrfAt, add: Callable[[Path], None]) -> None:
    add(made)
    before = hashes(made)
    code, printed = irf_at(made, *SYNTH, made)
    assert (code, len(printed.splitlines())) == (1, 1)
    assert str(made) in printed
    assert hashes(made) == before


def test_a_world_takes_the_place_of_the_one_made_before(made: Path, irf_at: IrfAt) -> None:
    other = ("synth", "--people", "50", "--seed", "2", "--months", "2025-05..2025-06", "--out", made)
    assert irf_at(made, *other)[0] == 0
    assert {p.name for p in made.glob("landing/*/*/*.csv")} == {"2025-05.csv", "2025-06.csv"}
    assert not (made / ".irf-making").exists()
    assert irf_at(made, *SYNTH, made)[0] == 0
    assert {p.name for p in made.glob("landing/*/*/*.csv")} == {"2025-04.csv"}


@pytest.fixture
def with_people(tmp_path: Path) -> tuple[object, ...]:
    """The command for a world with a test of change that has a list of people."""
    who = 'kind = "people"\nnumber = 2\nchosen_for = "chance"\n'
    (tmp_path / "plant.toml").write_text(f'name = "more"\nstarts_on = 2025-04-01\nchange = "0.1"\n[who]\n{who}', "utf-8")
    return (
        "synth",
        "--people",
        "400",
        "--months",
        "1",
        "--test-of-change",
        tmp_path / "plant.toml",
        "--out",
        tmp_path / "made",
    )


def test_the_list_of_a_test_of_change_lies_among_what_others_declared(
    made: Path, irf_at: IrfAt, with_people: tuple[object, ...]
) -> None:
    (made / "tests_of_change").mkdir()
    (made / "tests_of_change" / "theirs.toml").write_text("theirs", "utf-8")
    assert irf_at(made, *with_people)[0] == 0
    assert len((made / "tests_of_change" / "more-people.csv").read_text("utf-8").splitlines()) == 3
    assert irf_at(made, *SYNTH, made)[0] == 0
    assert [path.name for path in (made / "tests_of_change").iterdir()] == ["theirs.toml"]


@pytest.mark.parametrize("is_there_before", [True, False])
def test_a_list_that_somebody_has_written_or_changed_is_left_alone(
    made: Path, irf_at: IrfAt, with_people: tuple[object, ...], is_there_before: bool
) -> None:
    if not is_there_before:
        assert irf_at(made, *with_people)[0] == 0
    (made / "tests_of_change").mkdir(exist_ok=True)
    (made / "tests_of_change" / "more-people.csv").write_text("theirs", "utf-8")
    before = hashes(made)
    for command in (with_people, *(() if is_there_before else ((*SYNTH, made),))):
        code, printed = irf_at(made, *command)
        assert code == 1 and "tests_of_change/more-people.csv; nothing was written" in printed
        assert hashes(made) == before


def test_a_longer_world_touches_no_file_of_the_months_before(made: Path, irf_at: IrfAt) -> None:
    april = {p: (p.stat().st_mtime_ns, p.stat().st_ino, p.read_bytes()) for p in made.glob("landing/*/*/2025-04.csv")}
    assert irf_at(made, "synth", "--people", "60", "--months", "2", "--out", made)[0] == 0
    assert {p: (p.stat().st_mtime_ns, p.stat().st_ino, p.read_bytes()) for p in april} == april
    assert len(list(made.glob("landing/*/*/2025-05.csv"))) > 20


def test_a_world_that_is_stopped_leaves_the_one_before_and_can_be_made_again(made: Path) -> None:
    before = hashes(made)

    def stopped(aside: Path) -> None:
        (aside / "landing").mkdir()
        (aside / "landing" / "half.csv").write_text("half", "utf-8")
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        make_into(made, stopped)
    assert hashes(made) == before


@pytest.mark.soak
def test_the_demo_goes_on_from_the_months_that_it_has(tmp_path: Path, irf_at: IrfAt, no_history: None) -> None:
    demo = ("demo", "--people", "1500", "--months")
    code, printed = irf_at(tmp_path / "data", *demo, "1")
    assert code in (0, 2) and "published 2025.04.1: " in printed, printed
    april = {p: p.read_bytes() for p in tmp_path.glob("data/landing/*/*/2025-04.csv")}
    code, printed = irf_at(tmp_path / "data", *demo, "2025-04..2025-05")
    assert code in (0, 2) and "published 2025.05.1: " in printed, printed
    assert {p: p.read_bytes() for p in april} == april
    code, printed = irf_at(tmp_path / "data", "status", "--period", "2025-04")
    assert "late" not in printed  # made files come in time


@pytest.mark.parametrize("months", ["0", "2025-04", "2025-13..2026-01", "four"])
def test_months_that_are_none_are_an_error(tmp_path: Path, irf_at: IrfAt, months: str) -> None:
    code, printed = irf_at(tmp_path / "data", "demo", "--months", months)
    assert code == 1
    assert printed == f"error: --months {months}: give how many, as 4, or the first and last month, as 2025-04..2026-03\n"


@pytest.mark.parametrize(
    "command", [("status",), ("refresh", "--period", "2025-04"), ("releases",), ("verify",), ("query", "SELECT 1")]
)
def test_a_data_root_that_is_not_there_is_named_and_not_made(tmp_path: Path, irf_at: IrfAt, command: tuple[str, ...]) -> None:
    code, printed = irf_at(tmp_path / "dtaa", *command)
    assert code == 1
    assert printed.startswith(f"error: {tmp_path / 'dtaa'}: there is no such data root")
    assert not (tmp_path / "dtaa").exists()


def test_a_folder_that_is_no_data_root_is_named_and_left_as_it_is(tmp_path: Path, irf_at: IrfAt) -> None:
    """As where somebody gives the folder landing itself."""
    (tmp_path / "angus").mkdir()
    code, printed = irf_at(tmp_path, "refresh", "--period", "2025-04")
    assert code == 1
    assert (
        printed == f"error: {tmp_path}: is no data root, for it has no landing/ and no reference/; check --data or IRF_DATA\n"
    )
    assert [path.name for path in tmp_path.iterdir()] == ["angus"]


@pytest.mark.parametrize("command", [(), ("refresh",), ("synth",), ("review", "import")])
def test_every_command_knows_h(tmp_path: Path, irf_at: IrfAt, command: tuple[str, ...]) -> None:
    code, printed = irf_at(tmp_path, *command, "-h")
    assert code == 0
    assert " ".join(["Usage: irf", *command]) in printed


def test_the_version_is_that_of_manifests(tmp_path: Path, irf_at: IrfAt) -> None:
    from pipelines.engine.software import code_version

    assert irf_at(tmp_path, "--version") == (0, f"irf 0.1.0, code {code_version()}\n")


def interrupted(*_: object) -> list[Landed]:
    raise KeyboardInterrupt


def test_a_refresh_that_is_stopped_says_what_stands(small_world: SmallWorld, monkeypatch: pytest.MonkeyPatch) -> None:
    small_world.put(
        f"{BOARD}/population_register/2025-04.csv", [{"chi_number": PATIENT, "date_of_birth": "1985-04-19", "sex": "1"}]
    )
    small_world.published("2025-04")
    small_world.ledger(ANGUS, "2025-04", home_care_personal="220.00")
    with monkeypatch.context() as patched:
        patched.setattr("assets.landing.find_submissions", interrupted)
        code, printed = small_world.refresh("2025-04")
    assert code == 1
    assert printed.splitlines()[-1] == (
        "stopped: nothing was published; the last release, 2025.04.1, stands. Run irf refresh --period 2025-04 again"
    )
    assert "Traceback" not in printed
    assert "published 2025.04.2" in small_world.published("2025-04")


def test_a_check_that_is_stopped_says_so(small_world: SmallWorld, monkeypatch: pytest.MonkeyPatch) -> None:
    file = small_world.ledger(ANGUS, "2025-04", home_care_personal="220.00")
    small_world.write_reference()
    monkeypatch.setattr("pipelines.ingest.validating.trial.try_file", interrupted)
    code, printed = small_world.irf("validate", file)
    assert (code, printed.splitlines()[-1]) == (1, "stopped: nothing was kept or published; check the files again")


def test_made_files_are_dated_before_they_are_due(made: Path) -> None:
    (day,) = {datetime.datetime.fromtimestamp(p.stat().st_mtime, datetime.UTC).date() for p in made.glob("landing/*/*/*.csv")}
    assert day == datetime.date(2025, 5, 10)
