"""What has not changed is not made again: neither tables, nor the answers of the gate, nor a release."""

import shutil

import pytest

from pipelines.quality.verdict import Verdict
from pipelines.warehouse.root import DataRoot
from pipelines.warehouse.work import Work
from tests.end_to_end.test_accidents import refreshed as refreshed
from tests.end_to_end.test_accidents import world as world
from tests.small_world import ANGUS, SmallWorld

APRIL = "2025-04"
ALWAYS = {"mart/person_history"}
"""It is made of what was published before, too."""


def written(world: SmallWorld) -> dict[str, int]:
    """When each table was written."""
    work = world.root / "work" / APRIL
    files = [file for layer in ("core", "mart", "analysis") for file in sorted((work / layer).glob("*/*.parquet"))]
    return {file.parent.relative_to(work).as_posix(): file.stat().st_mtime_ns for file in files}


def made_again(world: SmallWorld, before: dict[str, int]) -> set[str]:
    return {name for name, moment in written(world).items() if moment != before.get(name)}


def verdict(world: SmallWorld) -> Verdict:
    return Work(DataRoot(world.root), APRIL).read(Verdict)


def test_a_refresh_with_nothing_new_makes_no_table_and_checks_nothing(
    world: SmallWorld, monkeypatch: pytest.MonkeyPatch
) -> None:
    before, said = written(world), verdict(world)

    def checked_again(*_: object) -> None:
        raise AssertionError

    monkeypatch.setattr("assets.gate.check", checked_again)
    assert "nothing was published: nothing has changed since 2025.04.1" in world.published(APRIL)
    assert made_again(world, before) == ALWAYS
    now = verdict(world)
    assert (now.checks, now.tables) == (said.checks, said.tables)
    assert now.run != said.run


def test_a_changed_amount_makes_only_what_follows_from_it(world: SmallWorld) -> None:
    before = written(world)
    world.put(f"{ANGUS}/ledger/{APRIL}.r1.csv", [{"cost_code": "home_care_personal", "month": f"{APRIL}-01", "amount": "110"}])
    world.published(APRIL)
    again = made_again(world, before)
    assert {"core/ledger_line", "core/cost_line", "mart/control_total", "mart/client_month_cost"} <= again
    assert not again & {"core/record", "core/record_cost", "core/record_person", "core/person_home", "mart/area"}
    assert world.cost() == 110
    shutil.rmtree(world.root / "work")
    assert "nothing has changed since 2025.04.2" in world.published(APRIL)
    assert world.irf("refresh", "--period", APRIL, "--again")[0] in (0, 2)
    two, three = (sorted((world.root / "releases" / f"2025.04.{n}").rglob("*.parquet")) for n in (2, 3))
    assert [file.read_bytes() for file in two] == [file.read_bytes() for file in three]


@pytest.mark.parametrize("layer", ["raw", "staged", "quarantine"])
def test_a_damaged_submission_is_read_and_validated_again(world: SmallWorld, layer: str) -> None:
    file = max((world.root / layer).rglob("*.parquet"), key=lambda path: path.stat().st_size)
    sound = file.read_bytes()
    # Of the same length, as a disk damages it.
    file.write_bytes(sound[:-9] + bytes([sound[-9] ^ 1]) + sound[-8:])
    assert "nothing has changed since 2025.04.1" in world.published(APRIL)
    assert file.read_bytes() == sound


@pytest.mark.parametrize("content", [None, "{", '{"made_of": "another", "model_version": "1", "month": {}}'])
def test_links_are_made_again_where_how_they_were_found_is_lost(world: SmallWorld, content: str | None) -> None:
    noted = world.root / "work" / APRIL / "linkage.json"
    sound = noted.read_text("utf-8")
    noted.unlink()
    if content is not None:
        noted.write_text(content, "utf-8")
    assert world.irf("refresh", "--period", APRIL, "--again")[0] in (0, 2)
    assert noted.read_text("utf-8") == sound


@pytest.mark.parametrize("name", ["mart/control_total", "core/record", "expectations"])
def test_what_was_changed_by_hand_is_made_again_and_checked_again(
    world: SmallWorld, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    (file, *_) = sorted((world.root / "work" / APRIL / name).glob("[!m]*.*"))
    sound = file.read_bytes()
    file.write_bytes(sound + b"\n")
    world.published(APRIL)
    assert file.read_bytes() == sound
    assert world.irf("verify")[0] == 0
