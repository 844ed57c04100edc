"""Figures that nobody means: a ledger beyond all bounds, bounds of one's own, a total that does not say that it is one. One refresh."""

from decimal import Decimal

import pytest

from tests.small_world import ANGUS, SmallWorld

PERIOD = "2025-04"
CARE = {"social_care_id": "A1", "month": f"{PERIOD}-01", "hours": "10", "service_type": "2", "gross_cost": "100.00"}


@pytest.fixture(scope="module")
def refreshed(tmp_path_factory: pytest.TempPathFactory) -> tuple[SmallWorld, str]:
    """The world after its refresh, and what the command said."""
    world = SmallWorld(tmp_path_factory.mktemp("bounds") / "data")
    world.rule(ANGUS, "home_care_personal", method="record", residual="scale")
    records = [{"service_id": f"S{n}", **CARE} for n in range(4)]
    long_hours = {"service_id": "S9", **CARE, "hours": "300", "gross_cost": "60.00"}
    total = dict.fromkeys(["service_id", *CARE], "") | {"gross_cost": "460.00"}
    world.put(f"{ANGUS}/home_care/{PERIOD}.csv", [*records, long_hours, total])
    world.ledger(ANGUS, PERIOD, home_care_personal="500.00", meals="9,999,999,999,999,999.99")
    world.write_reference()
    (world.root / "reference" / "plausible_bounds.csv").write_text("feed,column,low,high\nhome_care,hours,,200\n", "utf-8")
    return world, world.published(PERIOD)


def test_a_ledger_row_beyond_all_bounds_is_named_and_stops_nothing(refreshed: tuple[SmallWorld, str]) -> None:
    world, printed = refreshed
    assert "angus/ledger/2025-04.csv: amount.out_of_bounds" in printed
    assert ".sql" not in printed
    assert world.query("SELECT sum(published) FROM control_total") == [(Decimal("500.00"),)]


def test_bounds_of_ones_own_count(refreshed: tuple[SmallWorld, str]) -> None:
    """300 hours are within the usual bounds, and beyond those of this data root: the record is held with its pounds."""
    world, printed = refreshed
    assert "angus/home_care/2025-04.csv: hours.out_of_bounds: 1 row" in printed
    assert world.control(ANGUS, "home_care_personal", PERIOD)["quarantined"] == Decimal("60.00")


def test_a_total_is_known_by_its_sum_alone(refreshed: tuple[SmallWorld, str]) -> None:
    """It has no key, and its pounds are those above it: it is in no sum, and the residual is spread as if it were not there."""
    world, printed = refreshed
    assert "angus/home_care/2025-04.csv: total_row: 1 row" in printed
    control = world.control(ANGUS, "home_care_personal", PERIOD)
    assert (control["direct"], control["scaled"]) == (Decimal("400.00"), Decimal("40.00"))
    assert world.query("SELECT rows, quarantined, amount FROM submission WHERE feed = 'home_care'") == [
        (5, 1, Decimal("460.00"))
    ]
