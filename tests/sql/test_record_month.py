"""record_month: the days and units of each accepted record in each of its months.

The dataset of these cases runs from April 2025 to the period June 2025 unless a case says otherwise.
"""

import datetime
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.sql.sql_case import Row, run

BOARD, COUNCIL = "nhs-tayside", "angus"
REFRESH = {"first_month": "2025-04-01", "last_month": "2025-06-01", "period_end": "2025-06-30"}
UNITS = {
    "acute_emergency": "bed_day", "acute_day_case": "day", "outpatient": "attendance", "outpatient_dna": "attendance",
    "home_care_personal": "hour", "care_home_residential": "week", "care_home_nursing": "week", "day_care": "payment",
    "meals": "payment", "unmapped": "none", "delayed_discharge": "day",
}  # fmt: skip


def record(key: str = "1", start: str = "2025-04-01", end: str | None = None, **own: Any) -> Row:
    """A hospital stay, unless the case says otherwise."""
    return {"agency": BOARD, "feed": "acute", "record_key": key, "fate": "accepted", "service": "acute_emergency",
            "spread": "stay", "quantity": 1, "start_date": start, "end_date": end, **own}  # fmt: skip


def care_home(key: str, start: str, end: str | None, client: str = "A1", **own: Any) -> Row:
    care = {"agency": COUNCIL, "feed": "care_home", "service": "care_home_residential", "social_care_id": client}
    return record(key, start, end, **{**care, **own})


def payment(key: str, start: str, end: str, service: str = "care_home_residential", **own: Any) -> Row:
    """`end`: the day after the last one paid for."""
    return record(key, start, end, **{"agency": COUNCIL, "feed": "payments", "spread": "span", "service": service, **own})


def months(
    rows: list[Row], method: str = "rate", refresh: dict[str, str] = REFRESH, died: dict[str, str] | None = None
) -> list[Row]:
    rules = [{"agency": a, "service": s, "method": method} for a in (BOARD, COUNCIL) for s in UNITS]
    tables = {
        "core.record": rows,
        "core.death": [{"named": named, "date_of_death": day} for named, day in (died or {}).items()],
        "core.refresh": [refresh],
        "reference.costing_rules": rules,
        "reference.services": [{"service": s, "unit": u} for s, u in UNITS.items()],
    }
    found = run("core/record_month", tables)
    return sorted(found, key=lambda row: (row["record_key"], row["month"]))


def days(
    rows: list[Row], method: str = "rate", refresh: dict[str, str] = REFRESH, died: dict[str, str] | None = None
) -> dict[str, dict[str, int]]:
    """Days by record and month; every case is also run with the rows the other way round."""
    found = months(rows, method, refresh, died)
    assert found == months(rows[::-1], method, refresh, died)
    result: dict[str, dict[str, int]] = {}
    for row in found:
        result.setdefault(row["record_key"], {})[f"{row['month']:%Y-%m}"] = row["days"]
    return result


def test_the_first_day_counts_and_the_last_does_not() -> None:
    # 30 April, 1 and 2 May.
    assert days([record(start="2025-04-30", end="2025-05-03")]) == {"1": {"2025-04": 1, "2025-05": 2}}
    # The day of leaving is 1 May: no day of May.
    assert days([record(start="2025-04-29", end="2025-05-01")]) == {"1": {"2025-04": 2}}


def test_a_same_day_stay_is_one_day_of_its_month() -> None:
    assert days([record(start="2025-04-30", end="2025-04-30")]) == {"1": {"2025-04": 1}}


def test_an_open_stay_runs_to_the_last_day_of_the_period() -> None:
    assert days([record(start="2025-05-30")]) == {"1": {"2025-05": 2, "2025-06": 30}}
    assert days([record(start="2025-06-30")]) == {"1": {"2025-06": 1}}


def test_a_resident_of_a_whole_year_has_all_its_days() -> None:
    year = {"first_month": "2025-04-01", "last_month": "2026-03-01", "period_end": "2026-03-31"}
    leap = {"first_month": "2023-04-01", "last_month": "2024-03-01", "period_end": "2024-03-31"}
    assert sum(days([record(start="2025-04-01", end="2026-04-01")], refresh=year)["1"].values()) == 365
    assert sum(days([record(start="2023-04-01")], refresh=leap)["1"].values()) == 366
    assert days([record(start="2024-02-28", end="2024-03-01")], refresh=leap) == {"1": {"2024-02": 2}}


def test_both_edges_of_the_financial_year() -> None:
    edge = {"first_month": "2025-04-01", "last_month": "2026-04-01", "period_end": "2026-04-30"}
    assert days([record(start="2026-03-31", end="2026-04-02")], refresh=edge) == {"1": {"2026-03": 1, "2026-04": 1}}
    assert days([record(start="2025-03-31", end="2025-04-01")], refresh=edge) == {"1": {"2025-03": 1}}


def in_window(rows: list[Row], method: str) -> dict[str, bool]:
    return {f"{row['month']:%Y-%m}": row["in_window"] for row in months(rows, method)}


def test_months_before_the_dataset_are_kept_and_marked() -> None:
    stay = [record(start="2025-02-15", end="2025-04-03")]
    assert days(stay) == {"1": {"2025-02": 14, "2025-03": 31, "2025-04": 2}}
    assert in_window(stay, "rate") == {"2025-02": False, "2025-03": False, "2025-04": True}


def test_days_after_the_period_belong_to_a_record_with_its_own_amount_only() -> None:
    stay = [record(start="2025-06-29", end="2025-07-05")]
    assert days(stay, "rate") == days(stay, "ledger") == {"1": {"2025-06": 2}}
    assert days(stay, "record") == {"1": {"2025-06": 2, "2025-07": 4}}
    assert in_window(stay, "record") == {"2025-06": True, "2025-07": False}
    # A care home's amount is for a week, so its days are counted as by rate.
    assert days([care_home("1", "2025-06-29", "2025-07-05")], "record") == {"1": {"2025-06": 2}}


def test_a_payment_is_for_both_its_ends() -> None:
    # 30 April to 2 May inclusive, then one day.
    rows = [payment("1", "2025-04-30", "2025-05-03"), payment("2", "2025-05-31", "2025-06-01")]
    assert days(rows, "payments") == {"1": {"2025-04": 1, "2025-05": 2}, "2": {"2025-05": 1}}


def test_an_event_is_one_day_of_its_month() -> None:
    row = record(feed="outpatient", service="outpatient", spread="event", start="2025-05-31")
    assert days([row]) == {"1": {"2025-05": 1}}


# ---- open after death ----


def test_what_is_open_ends_with_the_day_of_death_which_counts() -> None:
    client = {"client:angus:A1": "2025-05-10", "chi:1": "2025-04-30"}
    assert days([care_home("1", "2025-04-30", None)], died=client) == {"1": {"2025-04": 1, "2025-05": 10}}
    assert days([record(start="2025-04-29", chi_number="1")], died=client) == {"1": {"2025-04": 2}}
    item = {"agency": COUNCIL, "feed": "equipment", "spread": "month", "social_care_id": "A1"}
    assert days([record("1", **item)], died=client) == {"1": {"2025-04": 1, "2025-05": 1}}
    # On the first day, before it, and after the period.
    assert days([record(start="2025-04-30", chi_number="1")], died=client) == {"1": {"2025-04": 1}}
    assert days([record(start="2025-05-02", chi_number="1")], died=client) == {"1": {"2025-05": 1}}
    assert days([record(start="2025-06-30", chi_number="1")], died={"chi:1": "2025-07-03"}) == {"1": {"2025-06": 1}}


def test_a_death_says_nothing_of_what_has_an_end_or_of_other_people() -> None:
    died = {"client:angus:A1": "2025-05-10"}
    assert days([care_home("1", "2025-05-09", "2025-05-20")], died=died) == {"1": {"2025-05": 11}}
    assert days([care_home("1", "2025-06-30", None, "A2")], died=died) == {"1": {"2025-06": 1}}
    assert days([care_home("1", "2025-06-30", None, agency=BOARD)], died=died) == {"1": {"2025-06": 1}}


# ---- overlapping stays in care homes ----


@pytest.mark.parametrize(
    ("first", "second", "expected"),
    [
        # Touching: 10 May counts for the second alone.
        (("2025-05-01", "2025-05-10"), ("2025-05-10", "2025-05-20"), (9, 10)),
        # Overlapping 8 and 9 May: they go to the later one.
        (("2025-05-01", "2025-05-10"), ("2025-05-08", "2025-05-20"), (7, 12)),
        # Nested: 31 days less 10.
        (("2025-05-01", "2025-06-01"), ("2025-05-10", "2025-05-20"), (21, 10)),
        # The second is open: 29 May to 30 June, of which 31 May is the first's last night.
        (("2025-05-20", "2025-06-02"), ("2025-05-29", None), (9, 33)),
        # The same first day: the one that ended first keeps its days.
        (("2025-05-01", "2025-05-10"), ("2025-05-01", "2025-05-05"), (5, 4)),
        (("2025-05-01", "2025-05-05"), ("2025-05-01", "2025-05-10"), (4, 5)),
        (("2025-05-01", None), ("2025-05-01", "2025-05-05"), (57, 4)),
        # A day's respite within a long stay, and on the day of leaving.
        (("2025-05-01", "2025-05-10"), ("2025-05-04", "2025-05-04"), (8, 1)),
        (("2025-05-01", "2025-05-10"), ("2025-05-10", "2025-05-10"), (9, 1)),
    ],
)
def test_a_day_in_two_stays_goes_to_the_one_that_started_later(
    first: tuple[str, str | None], second: tuple[str, str | None], expected: tuple[int, int]
) -> None:
    found = days([care_home("1", *first), care_home("2", *second)])
    assert (sum(found["1"].values()), sum(found["2"].values())) == expected


def test_three_stays_count_every_day_once() -> None:
    # 1-30 May without 10-24; 10-19 without 15-19; 15-24. In all the 29 days from 1 to 29 May.
    rows = [care_home("1", "2025-05-01", "2025-05-30"), care_home("2", "2025-05-10", "2025-05-20"), care_home("3", "2025-05-15", "2025-05-25")]  # fmt: skip
    assert days(rows) == {"1": {"2025-05": 14}, "2": {"2025-05": 5}, "3": {"2025-05": 10}}


def test_a_nursing_flag_that_changed_is_two_rows_of_one_stay() -> None:
    rows = [
        care_home("1", "2025-04-20", "2025-05-10"),
        care_home("2", "2025-05-10", None, service="care_home_nursing"),
        # Both rows may bear the day the stay began: the one that ended first keeps its days.
        care_home("3", "2025-04-20", "2025-05-10", "A2"),
        care_home("4", "2025-04-20", None, "A2", service="care_home_nursing"),
    ]
    assert days(rows) == {
        "1": {"2025-04": 11, "2025-05": 9},
        "2": {"2025-05": 22, "2025-06": 30},
        "3": {"2025-04": 11, "2025-05": 9},
        "4": {"2025-04": 0, "2025-05": 22, "2025-06": 30},
    }


def test_stays_of_other_people_or_feeds_do_not_overlap() -> None:
    span = ("2025-05-01", "2025-05-11")
    rows = [
        care_home("1", *span),
        care_home("2", *span, "A2"),
        care_home("3", *span, agency=BOARD),
        care_home("4", *span, fate="quarantined"),
        record("5", *span, agency=COUNCIL, social_care_id="A1"),
    ]
    assert days(rows) == {key: {"2025-05": 10} for key in "1235"}


def test_units_without_cost_count_a_day_once_too_but_a_recorded_amount_is_for_its_own_days() -> None:
    rows = [care_home("1", "2025-05-01", "2025-05-10"), care_home("2", "2025-05-08", "2025-05-20")]
    assert days(rows, "payments") == days(rows, "ledger") == days(rows, "rate") == {"1": {"2025-05": 7}, "2": {"2025-05": 12}}
    assert days(rows, "record") == {"1": {"2025-05": 9}, "2": {"2025-05": 12}}


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 70), st.integers(0, 40)), min_size=1, max_size=5))
def test_overlapping_stays_count_every_day_in_a_home_once(stays: list[tuple[int, int]]) -> None:
    first = datetime.date(2025, 4, 1)
    window = {first + datetime.timedelta(n) for n in range(91)}
    rows, occupied = [], set()
    for key, (start, length) in enumerate(stays):
        begin = first + datetime.timedelta(start)
        end = begin + datetime.timedelta(length)
        rows.append(care_home(str(key), begin.isoformat(), end.isoformat()))
        occupied |= {begin + datetime.timedelta(n) for n in range(max(length, 1))} & window
    found = days(rows)
    assert sum(sum(of.values()) for of in found.values()) == len(occupied)
    assert len(found) == len(rows)


# ---- units and methods ----


def units(rows: list[Row], method: str = "rate", refresh: dict[str, str] = REFRESH) -> list[Decimal | None]:
    return [row["units"] for row in months(rows, method, refresh)]


def test_units_of_stays() -> None:
    assert units([record(start="2025-04-29", end="2025-05-04")]) == [2, 3]
    assert units([record(service="acute_day_case", start="2025-04-29", end="2025-04-29")]) == [1]
    # 10 days are 1.4286 weeks.
    assert units([care_home("1", "2025-05-01", "2025-05-11")]) == [Decimal("1.4286")]


def test_a_whole_year_in_a_care_home_is_its_days_over_seven() -> None:
    year = {"first_month": "2025-04-01", "last_month": "2026-03-01", "period_end": "2026-03-31"}
    found = months([care_home("1", "2025-04-01", None)], refresh=year)
    assert sum(row["unit_numerator"] for row in found) == 365 * 10_000
    assert {row["unit_denominator"] for row in found} == {7}
    # 30 / 7 = 4.2857 in a month of 30 days.
    assert found[0]["units"] == Decimal("4.2857")


def test_units_of_events_are_their_quantity() -> None:
    hours = record(feed="home_care", service="home_care_personal", spread="event", quantity="12.25", agency=COUNCIL)
    assert units([hours]) == [Decimal("12.25")]
    assert units([{**hours, "quantity": "-3.5"}]) == [Decimal("-3.5")]
    assert units([{**hours, "quantity": 0}]) == [0]
    assert units([{**hours, "quantity": "9999999999999.9999"}]) == [Decimal("9999999999999.9999")]


def test_no_quantity_is_no_unit() -> None:
    hours = record(feed="home_care", service="home_care_personal", spread="event", quantity=None, agency=COUNCIL)
    assert units([hours]) == [None]
    assert units([payment("1", "2025-04-20", "2025-05-10", "meals", quantity=None)], "payments") == [None, None]
    # A stay's days are known without it.
    assert units([record(start="2025-04-29", end="2025-05-01", quantity=None)]) == [2]


def test_units_of_payments() -> None:
    # One payment, in its first month; a payment for a service counted in weeks has no units: the stay has them.
    assert units([payment("1", "2025-04-20", "2025-05-10", "meals")], "payments") == [1, 0]
    assert units([payment("1", "2025-04-20", "2025-05-10")], "payments") == [None, None]


@pytest.mark.parametrize(
    ("rule", "activity", "paid"),
    [("record", "record", None), ("rate", "rate", None), ("payments", "activity", "payments"), ("ledger", "activity", None)],
)
def test_the_method_of_records_and_of_payments(rule: str, activity: str, paid: str | None) -> None:
    """Payments make a line only where payments are what costs the service, so that nothing is counted twice."""
    rows = [care_home("1", "2025-05-01", "2025-05-02"), payment("2", "2025-05-01", "2025-05-02")]
    found = {row["record_key"]: row["method"] for row in months(rows, rule)}
    assert found == ({"1": activity, "2": paid} if paid else {"1": activity})


@pytest.mark.parametrize("rule", ["record", "rate", "payments", "ledger"])
def test_who_did_not_attend_has_units_and_no_cost(rule: str) -> None:
    missed = record(feed="outpatient", service="outpatient_dna", spread="event")
    (row,) = months([missed], rule)
    assert (row["method"], row["units"]) == ("activity", 1)


@pytest.mark.parametrize("rule", ["record", "rate", "payments", "ledger"])
def test_a_delayed_discharge_has_units_and_no_cost(rule: str) -> None:
    """The hospital stay it is part of bears the cost."""
    delay = record(feed="delayed_discharge", service="delayed_discharge", start="2025-05-01", end="2025-05-04")
    (row,) = months([delay], rule)
    assert (row["method"], row["units"]) == ("activity", 3)


def test_only_accepted_records_of_a_known_service() -> None:
    rows = [record("1", fate="quarantined"), record("2", fate="superseded"), record("3", service=None)]
    assert months(rows) == []


@given(st.dates(datetime.date(2024, 1, 1), datetime.date(2026, 12, 31)), st.integers(0, 900))
@settings(max_examples=60, deadline=None)
def test_every_day_of_a_stay_is_in_one_month(start: datetime.date, length: int) -> None:
    end = start + datetime.timedelta(length)
    (found,) = days([record(start=start.isoformat(), end=end.isoformat())], "record").values()
    expected: dict[str, int] = {}
    for n in range(max(length, 1)):
        month = f"{start + datetime.timedelta(n):%Y-%m}"
        expected[month] = expected.get(month, 0) + 1
    assert found == expected
