"""record_cost: the direct cost of each accepted record, split over its months to the penny."""

import datetime
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.sql.sql_case import Row, run

AGENCY = "angus"
REFRESH = {"inner_pad": "36" * 64, "outer_pad": "5c" * 64}


def part(month: str, days: int, key: str = "1", **own: Any) -> Row:
    """A month of a record: of a care home week's days, unless the case says otherwise."""
    return {"agency": AGENCY, "feed": "acute", "record_key": key, "service": "s", "month": f"{month}-01", "in_window": True,
            "days": days, "unit_numerator": days * 10_000, "unit_denominator": 1, "units": days, "is_only_month": False, **own}  # fmt: skip


def costs(
    parts: list[Row], amount: str | None = None, contribution: str | None = None, prices: Mapping[str, str | None] | None = None,
    feed: str = "acute", threads: int | None = None,
) -> list[Row]:  # fmt: skip
    """The costed months of one record. `prices`: financial year → unit cost."""
    tables = {
        "core.refresh": [REFRESH],
        "core.record_month": [{**p, "feed": feed, "record_amount": amount, "client_contribution": contribution} for p in parts],
        "core.unit_cost_match": [
            {"agency": AGENCY, "service": "s", "financial_year": year, "unit_cost": cost}
            for year, cost in (prices or {}).items()
        ],
    }
    found = run("core/record_cost", tables, threads)
    assert len(found) == len(parts)
    return sorted(found, key=lambda row: row["month"])


def direct(*arguments: Any, **more: Any) -> list[str]:
    return [str(row["direct_cost"]) for row in costs(*arguments, **more)]


def recorded(*days: int, method: str = "record") -> list[Row]:
    """Months from April 2025 with so many days."""
    return [part(f"2025-{4 + n:02d}", d, method=method) for n, d in enumerate(days)]


@pytest.mark.parametrize(
    ("amount", "days", "expected"),
    [
        # Equal shares: the penny left over goes to the earliest month.
        ("1.00", (10, 10, 10), ["0.34", "0.33", "0.33"]),
        ("2.00", (10, 10, 10), ["0.67", "0.67", "0.66"]),
        # 100 x 1/3 = 33.33, 100 x 2/3 = 66.67: the larger remainder.
        ("1.00", (1, 2), ["0.33", "0.67"]),
        # 1 x 1/4, 1 x 1/4, 1 x 2/4: the larger share has the larger remainder.
        ("0.01", (1, 1, 2), ["0.00", "0.00", "0.01"]),
        # 2 pence over 6 and 4 days: 1.2 and 0.8. The larger remainder is the smaller share's.
        ("0.02", (6, 4), ["0.01", "0.01"]),
        # 3 pence over 1 and 3 days: 0.75 and 2.25.
        ("0.03", (1, 3), ["0.01", "0.02"]),
        # 2 pence over 1 and 3 days: 0.5 and 1.5, a tie: the larger share.
        ("0.02", (1, 3), ["0.00", "0.02"]),
        ("0.02", (3, 1), ["0.02", "0.00"]),
        ("0.00", (3, 1), ["0.00", "0.00"]),
        ("1234567.89", (30,), ["1234567.89"]),
        ("9999999999.99", (1, 1), ["5000000000.00", "4999999999.99"]),
    ],
)
def test_a_recorded_amount_is_split_by_days(amount: str, days: tuple[int, ...], expected: list[str]) -> None:
    assert direct(recorded(*days), amount) == expected
    assert direct(recorded(*days)[::-1], amount) == expected


@pytest.mark.parametrize(
    ("amount", "days"), [("1.00", (10, 10, 10)), ("2.00", (10, 10, 10)), ("0.02", (1, 3)), ("0.03", (1, 3))]
)
def test_a_credit_cancels_its_payment_in_every_month(amount: str, days: tuple[int, ...]) -> None:
    paid = direct(recorded(*days, method="payments"), amount)
    assert direct(recorded(*days, method="payments"), f"-{amount}") == [str(-Decimal(month)) for month in paid]


def test_bases_of_cost() -> None:
    for method, amount, basis in (("record", "5.00", "record"), ("payments", "5.00", "payments"), ("record", None, "uncosted")):
        (row,) = costs(recorded(3, method=method), amount)
        assert (row["cost_basis"], row["direct_cost"]) == (basis, amount and Decimal(amount))
    (row,) = costs(recorded(3, method="activity"), "5.00", "1.00")
    assert (row["cost_basis"], row["direct_cost"], row["units"]) == ("activity", None, 3)


def test_activity_gives_units_only() -> None:
    """The payments for the same stay bear the client's contribution: here it would count twice."""
    (row,) = costs(recorded(7, method="activity"), "700.00", "100.00", feed="care_home")
    assert row["client_contribution"] is None


def test_an_amount_of_nothing_is_not_an_unknown_amount() -> None:
    (row,) = costs(recorded(3), "0.00")
    assert (row["cost_basis"], row["direct_cost"]) == ("record", 0)


# ---- by rate ----


def rated(month: str, days: int, denominator: int = 1, **own: Any) -> Row:
    return part(month, days, method="rate", unit_denominator=denominator, **own)


def test_units_times_the_price() -> None:
    # 12.25 hours at 24.60 are 301.35.
    assert direct([rated("2025-05", 1, unit_numerator=122_500)], prices={"2025-26": "24.60"}) == ["301.35"]
    # Half a penny is rounded away from zero: 0.5 hours at 0.01, and their reversal.
    assert direct([rated("2025-05", 1, unit_numerator=5_000)], prices={"2025-26": "0.01"}) == ["0.01"]
    assert direct([rated("2025-05", 1, unit_numerator=-5_000)], prices={"2025-26": "0.01"}) == ["-0.01"]
    assert direct([rated("2025-05", 1, unit_numerator=0)], prices={"2025-26": "24.60"}) == ["0.00"]


def test_a_price_has_four_decimals() -> None:
    # 3 items at 1.2345 are 3.7035.
    assert direct([rated("2025-05", 1, unit_numerator=30_000)], prices={"2025-26": "1.2345"}) == ["3.70"]


def test_weeks_are_days_over_seven() -> None:
    # 30 + 31 = 61 days at 700 a week are 6,100.00: 3,000.00 and 3,100.00.
    assert direct([rated("2025-04", 30, 7), rated("2025-05", 31, 7)], prices={"2025-26": "700"}) == ["3000.00", "3100.00"]
    # 365 days at 798.40 a week: 291,416.00 / 7 = 41,630.857.
    lengths = [30, 31, 30, 31, 31, 30, 31, 30, 31, 31, 28, 31]
    year = [rated(f"{2025 + (n > 8)}-{(n + 3) % 12 + 1:02d}", d, 7) for n, d in enumerate(lengths)]
    assert sum(row["direct_cost"] for row in costs(year, prices={"2025-26": "798.40"})) == Decimal("41630.86")


def test_the_rate_changes_with_the_financial_year() -> None:
    # March: 7 days at 700 a week; April and May: 7 and 14 days at 770.
    parts = [rated("2026-03", 7, 7), rated("2026-04", 7, 7), rated("2026-05", 14, 7)]
    found = costs(parts, prices={"2025-26": "700", "2026-27": "770"})
    assert [(str(row["direct_cost"]), str(row["split_total"]), row["split_group"]) for row in found] == [
        ("700.00", "700.00", "2025-26"),
        ("770.00", "2310.00", "2026-27"),
        ("1540.00", "2310.00", "2026-27"),
    ]


def test_no_rate_is_no_cost_and_never_nought() -> None:
    parts = [rated("2026-03", 7, 7), rated("2026-04", 7, 7)]
    for prices in ({"2026-27": "770"}, {"2025-26": None, "2026-27": "770"}):
        found = costs(parts, prices=prices)
        assert [(row["cost_basis"], row["direct_cost"]) for row in found] == [("uncosted", None), ("rate", 770)]


def test_units_that_are_not_known_are_not_costed() -> None:
    (row,) = costs([rated("2025-05", 1, unit_numerator=None, units=None)], prices={"2025-26": "24.60"})
    assert (row["cost_basis"], row["direct_cost"], row["units"]) == ("uncosted", None, None)


def test_the_price_is_that_of_specialty_location_and_variant() -> None:
    month = rated("2025-05", 1, specialty_code="A1", variant="case")
    place = {"agency": AGENCY, "service": "s", "financial_year": "2025-26"}
    match = [{**place, "unit_cost": "1"}, {**place, "specialty_code": "A1", "variant": "case", "unit_cost": "2"},
             {**place, "specialty_code": "A1", "unit_cost": "3"}]  # fmt: skip
    (row,) = run("core/record_cost", {"core.refresh": [REFRESH], "core.record_month": [month], "core.unit_cost_match": match})
    assert row["direct_cost"] == 2


def test_a_stay_whose_every_day_another_covers_costs_nothing_and_stays_visible() -> None:
    found = costs(
        [rated("2025-04", 0, 7), rated("2025-05", 0, 7)], prices={"2025-26": "700"}, feed="care_home", contribution="70.00"
    )
    assert [(row["cost_basis"], row["direct_cost"], row["client_contribution"]) for row in found] == [("rate", 0, 0)] * 2


def test_a_stay_priced_as_a_whole_costs_in_its_first_month_when_another_covers_its_days() -> None:
    parts = [rated("2025-04", 0, unit_numerator=10_000), rated("2025-05", 0, unit_numerator=0)]
    assert direct(parts, prices={"2025-26": "5.00"}) == ["5.00", "0.00"]


def test_a_month_whose_every_day_another_stay_covers_costs_nothing() -> None:
    assert direct([rated("2025-04", 0, 7), rated("2025-05", 7, 7)], prices={"2025-26": "700"}) == ["0.00", "700.00"]


# ---- amounts for a week, contributions ----


def test_a_care_home_s_recorded_amount_is_for_seven_days() -> None:
    # 21 days at 700.00 a week are 2,100.00, in 7 and 14 days; the client pays 100.00 a week of it.
    found = costs(recorded(7, 14), "700.00", "100.00", feed="care_home")
    assert [(row["direct_cost"], row["client_contribution"]) for row in found] == [(700, 100), (1400, 200)]


def test_a_contribution_is_split_beside_the_cost_and_never_netted() -> None:
    found = costs(recorded(10, 10, 10, method="payments"), "100.00", "1.00")
    assert [str(row["direct_cost"]) for row in found] == ["33.34", "33.33", "33.33"]
    assert [str(row["client_contribution"]) for row in found] == ["0.34", "0.33", "0.33"]


def test_pennies_of_a_contribution() -> None:
    # 100 x 1/3 = 33.33 and 66.67 pence; 2 pence over 1 and 3 days are a tie for the larger share.
    for contribution, days, expected in (("1.00", (2, 1), ["0.67", "0.33"]), ("1.00", (1, 2), ["0.33", "0.67"]), ("0.05", (3, 1), ["0.04", "0.01"]),
                                         ("-0.02", (1, 3), ["0.00", "-0.02"]), ("0.02", (6, 4), ["0.01", "0.01"])):  # fmt: skip
        found = costs(recorded(*days), None, contribution)
        assert [str(row["client_contribution"]) for row in found] == expected


def test_no_contribution_is_not_a_contribution_of_nothing() -> None:
    assert costs(recorded(3), "5.00")[0]["client_contribution"] is None
    assert costs(recorded(3), "5.00", "0.00")[0]["client_contribution"] == 0


def test_a_rated_stay_s_contribution_is_for_its_days_of_every_year() -> None:
    parts = [rated("2026-03", 7, 7), rated("2026-04", 14, 7)]
    found = costs(parts, None, "70.00", {"2025-26": "700", "2026-27": "770"}, feed="care_home")
    assert [row["client_contribution"] for row in found] == [70, 140]


# ---- properties ----

amounts = st.integers(-(10**12), 10**12).map(lambda pence: str(Decimal(pence).scaleb(-2)))
lengths = st.lists(st.integers(0, 31), min_size=1, max_size=14).filter(any)


@settings(max_examples=80, deadline=None)
@given(amount=amounts, contribution=amounts, days=lengths)
def test_the_months_of_a_record_sum_to_it(amount: str, contribution: str, days: list[int]) -> None:
    start = datetime.date(2024, 11, 1)
    parts = [part(f"{start.year + (10 + n) // 12}-{(10 + n) % 12 + 1:02d}", d, method="payments") for n, d in enumerate(days)]
    found = costs(parts, amount, contribution, threads=1)
    assert costs(parts[::-1], amount, contribution, threads=2) == found
    assert sum(row["direct_cost"] for row in found) == Decimal(amount) == found[0]["split_total"]
    assert sum(row["client_contribution"] for row in found) == Decimal(contribution)
    # No month is a penny or more away from its exact share.
    for row, d in zip(found, days, strict=True):
        assert abs(row["direct_cost"] * sum(days) - Decimal(amount) * d) < Decimal("0.01") * sum(days)


@settings(max_examples=60, deadline=None)
@given(days=lengths, prices=st.tuples(*[st.integers(0, 10**9)] * 2))
def test_a_rated_stay_is_its_days_at_the_year_s_price(days: list[int], prices: tuple[int, int]) -> None:
    parts = [rated(f"{2025 + n // 12}-{n % 12 + 1:02d}", d, 7) for n, d in enumerate(days, start=9)]
    by_year = {"2025-26": Decimal(prices[0]).scaleb(-4), "2026-27": Decimal(prices[1]).scaleb(-4)}
    found = costs(parts, prices={year: str(price) for year, price in by_year.items()})
    for year, price in by_year.items():
        rows = [(row["direct_cost"], d) for row, d in zip(found, days, strict=True) if row["split_group"] == year]
        exact = price * sum(d for _, d in rows) / 7
        assert abs(sum(cost for cost, _ in rows) - exact) <= Decimal("0.00500001")


@settings(max_examples=60, deadline=None)
@given(
    amount=st.none() | amounts, contribution=st.none() | amounts, days=st.integers(0, 40), price=st.none() | st.integers(0, 10**9),
    method=st.sampled_from(["rate", "record", "payments", "activity"]), feed=st.sampled_from(["acute", "care_home", "payments"]),
    is_after_amount=st.booleans(), units=st.none() | st.integers(-40, 40),
)  # fmt: skip
def test_the_only_month_of_a_record_has_what_the_only_share_of_a_split_has(
    amount: str | None, contribution: str | None, days: int, price: int | None, method: str, feed: str, is_after_amount: bool,
    units: int | None,
) -> None:  # fmt: skip
    own: dict[str, Any] = {"method": method, "is_after_amount": is_after_amount, "unit_numerator": units, "unit_denominator": 7}
    prices = {"2025-26": None if price is None else str(Decimal(price).scaleb(-4))}
    by_split, alone = (
        costs([part("2025-04", days, is_only_month=is_only, **own)], amount, contribution, prices, feed)
        for is_only in (False, True)
    )
    assert alone == by_split


def test_a_line_keeps_its_id_whatever_it_costs_and_whoever_it_is_about() -> None:
    def line_id(amount: str = "5.00", **own: Any) -> str:
        (row,) = costs([part("2025-04", 30, **{"method": "record", **own})], amount)
        return str(row["line_id"])

    assert line_id() == line_id("6.00", chi_number="C", units=7)
    assert len({line_id(), line_id(key="2"), line_id(part="2"), line_id(service="t"), line_id(agency="fife")}) == 5
    (april, may) = costs(recorded(30, 31), "5.00")
    assert april["line_id"] == line_id()
    assert may["line_id"] != april["line_id"]
