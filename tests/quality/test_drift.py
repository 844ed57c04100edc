"""Drift: files unlike the ones before are caught, growth is not, and bad months never become the usual unnoticed."""

import csv
from collections.abc import Callable
from decimal import Decimal
from itertools import pairwise

import pytest

from pipelines.quality.drift import Measured, compare, drift_rows
from schemas.rules import DRIFT_FEWEST_ROWS, DRIFT_PERIODS, DRIFT_RULES
from tests.conftest import shared

RULE = DRIFT_RULES["drift.units_per_person"]
MANY = Decimal(1000)
ANGUS_BAD = ["2018/19 Q3", "2018/19 Q4", "2019/20 Q1", "2019/20 Q2", "2019/20 Q3"]


def caught(values: list[object], rows: Decimal = MANY) -> list[int]:
    """The places, from 0, of the values that drift."""
    series = [Measured(f"{i:03d}", Decimal(str(v)), rows) for i, v in enumerate(values)]
    return [int(c.measured.period) for c in compare(series, RULE, DRIFT_FEWEST_ROWS) if c.drifts]


def test_the_first_file_has_nothing_to_compare_with() -> None:
    assert caught([100]) == []


def test_one_earlier_file_is_enough() -> None:
    assert caught([100, 11]) == [1]
    assert caught([100, 900]) == [1]


def test_half_and_double_are_tolerated() -> None:
    assert caught([100, 50]) == []
    assert caught([100, "49.99"]) == [1]
    assert caught([100, 200]) == []
    assert caught([100, "200.01"]) == [1]


def test_what_was_nothing_is_no_measure_and_what_was_little_is() -> None:
    assert caught([0, 100]) == []
    assert caught(["0.5", "100"]) == [1]


def test_growth_is_no_drift() -> None:
    values = [100 * 1.05**month for month in range(48)]
    assert max(b / a for a, b in pairwise(values)) < 1.06
    assert values[-1] > 9 * values[0]
    assert caught([round(v, 2) for v in values]) == []


def test_bad_months_do_not_become_the_usual() -> None:
    assert caught([100, 98, 103, 11, 12, 11, 13, 12, 101, 99]) == [3, 4, 5, 6, 7]


def test_a_bad_first_month_does_not_spoil_the_good_ones_after_the_second() -> None:
    assert caught([11, 100, 98, 103, 101, 99]) == [1]


def test_a_change_that_lasts_becomes_the_usual() -> None:
    values = [100] * DRIFT_PERIODS + [300] * 2 * DRIFT_PERIODS
    places = caught(list(values))
    assert places[0] == DRIFT_PERIODS
    assert len(places) < DRIFT_PERIODS
    assert places == list(range(places[0], places[-1] + 1))


def test_files_of_few_rows_are_not_compared() -> None:
    few = Decimal(DRIFT_FEWEST_ROWS - 1)
    assert caught([100, 11], few) == []
    assert caught([100, 11], few + 1) == [1]


def test_the_order_of_arrival_changes_nothing() -> None:
    series = [Measured(f"{i:03d}", Decimal(v), MANY) for i, v in enumerate([100, 98, 103, 11, 12, 101])]
    assert compare(series, RULE, 1) == compare(series[::-1], RULE, 1)


def test_agencies_feeds_and_measures_are_compared_apart_and_ledgers_of_any_size() -> None:
    def file(agency: str, feed: str, period: str, rows: int, pounds: str) -> dict:
        return {"agency": agency, "feed": feed, "period": period, "rows": Decimal(rows), "pounds": Decimal(pounds),
                "units_per_person": None}  # fmt: skip

    files = [
        file("angus", "home_care", "2025-04", 1000, "9000"), file("angus", "home_care", "2025-05", 1000, "1000"),
        file("dundee-city", "home_care", "2025-05", 100, "1000"),
        file("angus", "ledger", "2025-04", 9, "9000"), file("angus", "ledger", "2025-05", 9, "1000"),
    ]  # fmt: skip
    rows = drift_rows(files)
    assert [(r["agency"], r["feed"], r["period"], r["rule_id"], str(r["usual"])) for r in rows if r["drifts"]] == [
        ("angus", "home_care", "2025-05", "drift.pounds", "9000.0000"),
        ("angus", "ledger", "2025-05", "drift.pounds", "9000.0000"),
    ]
    assert {r["rule_id"] for r in rows} == {"drift.rows", "drift.pounds"}


def published(council: str, value: Callable[[Decimal, Decimal], Decimal]) -> list[Measured]:
    """A council's published quarters; `value` makes the measure of hours and people."""
    with (shared("public") / "sc_homecare_trend_2019-21.csv").open(encoding="utf-8-sig") as file:
        rows = [
            r for r in csv.DictReader(file)
            if r["time_period"] == "Financial Quarter" and r["sending_location"] == council and r["age_group"] == "All Ages"
        ]  # fmt: skip
    hours, people = (
        {r["financial_quarter"]: Decimal(r["value"]) for r in rows if r["measure"] == f"Number of {what}"}
        for what in ("Hours", "People")
    )
    assert len(hours) == 13
    return [Measured(quarter, value(hours[quarter], people[quarter]), people[quarter]) for quarter in hours]


@pytest.mark.parametrize("per_person", [False, True])
@pytest.mark.parametrize("council", ["Angus", "Dundee City", "Perth and Kinross"])
def test_of_the_published_home_care_hours_exactly_the_five_bad_quarters_are_caught(council: str, per_person: bool) -> None:
    series = published(council, lambda hours, people: hours / people if per_person else hours)
    bad = [c.measured.period for c in compare(series, RULE, DRIFT_FEWEST_ROWS) if c.drifts]
    assert bad == (ANGUS_BAD if council == "Angus" else [])
