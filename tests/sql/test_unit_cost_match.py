"""unit_cost_match: the price of each combination of agency, service, year, specialty, location and variant that is needed."""

from typing import Any

import pytest

from tests.sql.sql_case import Row, run

AGENCY, SERVICE = "nhs-tayside", "outpatient"


def needed(month: str = "2025-05-01", **own: Any) -> Row:
    return {"agency": AGENCY, "service": SERVICE, "month": month, "in_window": True, "method": "rate", **own}


def price(cost: str, year: str = "2025-26", **own: Any) -> Row:
    return {"financial_year": year, "service": SERVICE, "unit_cost": cost, **own}


def matches(needs: list[Row], prices: list[Row]) -> list[Row]:
    tables = {"core.record_month": needs, "reference.unit_costs": prices}
    found = run("core/unit_cost_match", tables)
    assert found == run("core/unit_cost_match", {name: rows[::-1] for name, rows in tables.items()})
    return found


def match(need: Row, *prices: Row) -> tuple[object, object, object]:
    (row,) = matches([need], list(prices))
    return row["unit_cost"], row["match_count"], row["is_year_missing"]


FULL = {"specialty_code": "A1", "location_code": "T101H", "variant": "case"}
ANY, BOARD = price("1"), price("2", agency=AGENCY)
SPECIALTY = price("3", agency=AGENCY, specialty_code="A1")
HOSPITAL = price("4", agency=AGENCY, specialty_code="A1", location_code="T101H")
CASE = price("5", agency=AGENCY, **FULL)


@pytest.mark.parametrize(
    ("prices", "unit_cost"),
    [
        ([ANY], 1),
        ([ANY, BOARD], 2),
        ([ANY, BOARD, SPECIALTY], 3),
        ([CASE, ANY, HOSPITAL, BOARD, SPECIALTY], 5),
        ([HOSPITAL, ANY], 4),
    ],
)
def test_the_most_specific_price_wins(prices: list[Row], unit_cost: int) -> None:
    assert match(needed(**FULL), *prices) == (unit_cost, 1, False)


def test_a_price_for_something_else_does_not_match() -> None:
    others = [
        price("9", agency="nhs-fife"),
        price("9", specialty_code="C8"),
        price("9", location_code="T202H"),
        price("9", variant="x"),
    ]
    assert match(needed(**FULL), *others, ANY) == (1, 1, False)
    # What the record does not say, a price cannot ask for.
    assert match(needed(), SPECIALTY, CASE, ANY) == (1, 1, False)


def test_two_equal_matches_are_counted_for_the_caller_to_refuse() -> None:
    assert match(needed(**FULL), price("1", specialty_code="A1"), price("2", location_code="T101H"))[1] == 2
    assert match(needed(), ANY, ANY)[1] == 2
    # Two that are less specific than the best one do no harm.
    assert match(needed(**FULL), ANY, price("7"), SPECIALTY) == (3, 1, False)


def test_a_year_without_a_price_borrows_none() -> None:
    assert match(needed("2026-03-01"), price("1", "2024-25"), price("2")) == (2, 1, False)
    assert match(needed("2026-04-01"), price("1", "2024-25"), price("2")) == (None, 0, True)


def test_no_price_at_all_or_none_that_fits_is_no_missing_year() -> None:
    assert match(needed()) == (None, 0, False)
    assert match(needed(specialty_code="C8"), SPECIALTY) == (None, 0, False)
    assert match(needed(), price("9", "2024-25", agency="nhs-fife")) == (None, 0, False)


def test_each_needed_combination_once_and_only_rated_ones() -> None:
    needs = [
        needed(),
        needed("2025-06-01"),
        needed("2026-04-01"),
        needed(specialty_code="A1"),
        needed(method="record", variant="x"),
    ]
    found = matches(needs, [ANY, price("8", "2026-27")])
    assert [(row["financial_year"], row["specialty_code"], row["unit_cost"]) for row in found] == [
        ("2025-26", "A1", 1),
        ("2025-26", None, 1),
        ("2026-27", None, 8),
    ]


def test_years_before_the_dataset_need_no_price() -> None:
    """A stay that began years ago: only its months in the dataset are costed."""
    assert matches([needed("2015-05-01", in_window=False)], [ANY]) == []
