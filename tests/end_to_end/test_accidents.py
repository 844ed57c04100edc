"""Processes that are killed, files that change or break at the worst moment: nothing wrong is ever published."""

import json
import shutil
from decimal import Decimal
from pathlib import Path

import pytest

from pipelines.engine.files import copy_hashed, sha256_of
from pipelines.ingest import staging
from pipelines.release.log import Published, read_log
from pipelines.warehouse.root import DataRoot
from tests.small_world import ANGUS, BOARD, PATIENT, SmallWorld
from tests.way_in import KILLED_AT, release_killed

APRIL = "2025-04"


def care(hours: int, cost: str) -> list[dict[str, object]]:
    """One package of home care."""
    row = {"service_id": "S1", "social_care_id": "A1", "month": f"{APRIL}-01", "hours": hours, "service_type": "2"}
    return [{**row, "gross_cost": cost}]


@pytest.fixture(scope="module")
def refreshed(tmp_path_factory: pytest.TempPathFactory) -> SmallWorld:
    """April is published: £100 of home care of one known person."""
    world = SmallWorld(tmp_path_factory.mktemp("accidents") / "data")
    world.rule(ANGUS, "home_care_personal", method="record", residual="hold")
    home = {"chi_number": PATIENT, "date_of_birth": "1985-04-19", "sex": "1", "postcode": "DD8 1AA"}
    world.put(f"{BOARD}/population_register/{APRIL}.csv", [home])
    world.put(f"{ANGUS}/clients/{APRIL}.csv", [{"social_care_id": "A1", **home}])
    world.put(f"{ANGUS}/home_care/{APRIL}.csv", care(10, "100.00"))
    world.ledger(ANGUS, APRIL, home_care_personal="100.00")
    world.published(APRIL)
    return world


@pytest.fixture
def world(refreshed: SmallWorld, tmp_path: Path) -> SmallWorld:
    """A copy of it."""
    shutil.copytree(refreshed.root, tmp_path / "data")
    copy = SmallWorld(tmp_path / "data")
    copy.reference = refreshed.reference
    return copy


def versions(world: SmallWorld) -> list[str]:
    return sorted(p.name for p in (world.root / "releases").iterdir() if p.is_dir())


# ---- files that change ----


def test_a_file_that_changes_while_it_is_read_is_refused_and_never_taken_for_the_good_one(
    world: SmallWorld, monkeypatch: pytest.MonkeyPatch
) -> None:
    landed = world.put(f"{ANGUS}/home_care/{APRIL}.r1.csv", care(10, "999.00"))
    good = landed.read_bytes()
    copy = copy_hashed

    def changed_just_before(source: Path, target: Path) -> str:
        if source == landed:
            world.put(f"{ANGUS}/home_care/{APRIL}.r1.csv", care(10, "5.00"))
        return copy(source, target)

    with monkeypatch.context() as patched:
        patched.setattr(staging, "copy_hashed", changed_just_before)
        printed = world.published(APRIL)
    assert "changed while it was read" in printed
    assert world.cost("direct_cost IS NOT NULL") == Decimal("100.00")  # the plain file stands
    landed.write_bytes(good)
    world.published(APRIL)
    assert world.query("SELECT direct_cost FROM cost_line WHERE direct_cost IS NOT NULL") == [(Decimal("999.00"),)]


def test_rows_that_no_note_vouches_for_are_read_again(world: SmallWorld) -> None:
    """Killed between the rows of another content and the note on them; then the first file is put back."""

    def staged_rows() -> bytes:
        (staged,) = (world.root / "staged" / "home_care").rglob("*.parquet")
        return staged.read_bytes()

    first_rows = staged_rows()
    world.put(f"{ANGUS}/home_care/{APRIL}.csv", care(10, "70.00"))
    world.published(APRIL)
    assert staged_rows() != first_rows
    (note,) = (world.root / "state" / "submissions" / "home_care").rglob("*.json")
    note.unlink()  # what a refresh does before it replaces the rows
    world.put(f"{ANGUS}/home_care/{APRIL}.csv", care(10, "100.00"))
    world.published(APRIL)
    assert world.query("SELECT direct_cost FROM cost_line WHERE direct_cost IS NOT NULL") == [(Decimal("100.00"),)]


def test_a_file_that_is_given_another_ending_is_read_as_that_kind(world: SmallWorld) -> None:
    """The same bytes are no workbook: they are refused, as they would be had they always been called so."""
    landed = world.root / "landing" / ANGUS / "home_care" / f"{APRIL}.csv"
    landed.rename(landed.with_suffix(".xlsx"))
    code, printed = world.irf("refresh", "--period", APRIL)
    assert (code, versions(world)) == (3, ["2025.04.1"])
    assert f"{ANGUS}/home_care/{APRIL}.xlsx" in printed
    assert "file.unreadable" in (world.root / "work" / APRIL / "intake.json").read_text("utf-8")


# ---- notes that are broken ----


def test_notes_that_cannot_be_read_are_made_again(world: SmallWorld) -> None:
    for note in [
        *(world.root / "state").rglob("*.json"),
        *(world.root / "work").rglob("*.json"),
        world.root / "releases" / "latest.json",
        *(world.root / "raw").rglob("*.sha256"),
    ]:
        note.write_bytes(b"" if len(note.name) % 2 else b"\x00{")
    assert world.irf("status")[0] in (0, 2)
    assert world.irf("refresh", "--period", APRIL, "--again")[0] in (0, 2)
    assert json.loads((world.root / "releases" / "latest.json").read_text("utf-8"))["version"] == "2025.04.2"
    assert world.irf("verify")[0] == 0


def test_a_state_that_is_gone_is_named_like_a_missing_key(world: SmallWorld) -> None:
    shutil.rmtree(world.root / "state")
    code, printed = world.irf("refresh", "--period", APRIL, "--again")
    assert code == 1 and "link_history.parquet is missing though releases were made with it; put state/ back" in printed, (
        printed
    )
    assert versions(world) == ["2025.04.1"]


# ---- publishing that is killed ----


@pytest.mark.parametrize("point", KILLED_AT)
def test_a_release_that_was_killed_is_whole_or_not_there_and_the_next_one_needs_nobody(world: SmallWorld, point: str) -> None:
    before = {path: sha256_of(path) for path in (world.root / "releases" / "2025.04.1").rglob("*") if path.is_file()}
    release_killed(world.root, APRIL, point)
    assert world.irf("verify")[0] == 0
    noted = [entry.version for entry in read_log(DataRoot(world.root)) if isinstance(entry, Published)]
    assert noted and set(noted) <= set(versions(world)), "the log names a release that is not there"
    assert world.irf("refresh", "--period", APRIL, "--again")[0] in (0, 2)
    assert {path: sha256_of(path) for path in before} == before
    there = versions(world)
    assert there in (["2025.04.1", "2025.04.2"], ["2025.04.1", "2025.04.2", "2025.04.3"])
    assert json.loads((world.root / "releases" / "latest.json").read_text("utf-8"))["version"] == there[-1]
    for version in there:
        assert world.irf("verify", version)[0] == 0
    for folder in ("releases", "reports"):
        assert sorted(p.name for p in (world.root / folder).iterdir() if p.is_dir()) == there
    assert not list((world.root / "state").glob("link_history.of-*"))
    logged = [entry for entry in read_log(DataRoot(world.root)) if isinstance(entry, Published)]
    assert [entry.version for entry in logged] == there and all(entry.published_at for entry in logged)
