"""The SQL of stays, contacts, delays, budgets, equipment and deaths, on rows few enough to check by eye."""

import datetime
from decimal import Decimal
from typing import Any

import pytest

from tests.sql.sql_case import Row, run

DAY = datetime.date
APRIL, MAY, JUNE = DAY(2025, 4, 1), DAY(2025, 5, 1), DAY(2025, 6, 1)
REFRESH = {"period": "2025-05", "first_month": APRIL, "last_month": MAY, "period_end": DAY(2025, 5, 31)}
UNITS = {
    "maternity": "bed_day",
    "mental_health_inpatient": "bed_day",
    "gp_out_of_hours": "contact",
    "community_nursing": "contact",
    "delayed_discharge": "day",
    "sds_option_2": "payment",
    "telecare": "item",
}
METHODS = {"maternity": "record", "mental_health_inpatient": "record", "sds_option_2": "record", "delayed_discharge": "ledger"}


def validated_row(agency: str, key: str | None, period: str = "2025-05", **columns: Any) -> Row:
    """A validated row of any feed."""
    lineage = {"agency": agency, "period": period, "record_key": key, "source_file": "f" * 12, "source_row": 1}
    return lineage | {"chi_is_valid": True if columns.get("chi_number") else None} | columns


def record(service: str, key: str, start: DAY, end: DAY | None, spread: str, **columns: Any) -> Row:
    """An accepted row of core.record."""
    feed = {"telecare": "equipment", "sds_option_2": "self_directed_support"}.get(service, service)
    agency = "angus" if feed in ("equipment", "self_directed_support") else "nhs-tayside"
    common = {"agency": agency, "feed": feed, "record_key": key, "fate": "accepted", "period": "2025-05", "service": service}
    return common | {"start_date": start, "end_date": end, "spread": spread, "quantity": Decimal(1)} | columns


def months(*records: Row) -> list[Row]:
    """The months of records, with the rules and units that their services have."""
    agencies = sorted({r["agency"] for r in records})
    return run(
        "core/record_month",
        {
            "core.record": list(records),
            "core.refresh": [REFRESH],
            "reference.services": [{"service": s, "unit": u} for s, u in UNITS.items()],
            "reference.costing_rules": [
                {"agency": a, "service": s, "method": METHODS.get(s, "rate")} for s in UNITS for a in agencies
            ],
        },
    )


def item(key: str, start: DAY, end: DAY | None, client: str = "A1", **columns: Any) -> Row:
    return record("telecare", key, start, end, "month", social_care_id=client, **columns)


def counted(rows: list[Row]) -> list[tuple[str, DAY, int]]:
    return sorted((r["record_key"], r["month"], int(r["units"])) for r in rows)


# ---- record: which service, which days, which amounts ----


@pytest.mark.parametrize(("feed", "service"), [("maternity", "maternity"), ("mental_health", "mental_health_inpatient")])
def test_stays_of_both_feeds_have_their_service_whatever_else_they_say(feed: str, service: str) -> None:
    row = validated_row(
        "nhs-tayside",
        "E1",
        chi_number="0101011237",
        admission_date=APRIL,
        discharge_date=MAY,
        inpatient_day_case="I",
        geriatric_long_stay="Y",
        admission_type_code="30",
        total_cost=Decimal("300.00"),
        postcode="DD19SY",
    )
    held = validated_row("nhs-tayside", "E2", broken_rules="admission_date.unreadable", total_cost=Decimal("7.00"))
    found = run(
        "core/record",
        {
            f"staged.{feed}": [row],
            f"quarantine.{feed}": [held],
            "reference.admission_types": [{"admission_type_code": "30", "admission": "emergency"}],
        },
    )
    parts = [(r["feed"], r["fate"], r["service"], r["start_date"], r["end_date"], r["spread"], r["amount"]) for r in found]
    assert sorted(parts, key=str) == [
        (feed, "accepted", service, APRIL, MAY, "stay", Decimal("300.00")),
        (feed, "quarantined", service, None, None, "stay", Decimal("7.00")),
    ]


def test_contacts_are_events_of_their_day_and_of_their_kind() -> None:
    start = datetime.datetime(2025, 5, 31, 23, 59)  # noqa: DTZ001  # files have no time zone
    found = run(
        "core/record",
        {
            "staged.gp_out_of_hours": [
                validated_row("nhs-tayside", "C1", start_datetime=start, consultation_type="HOME VISIT")
            ],
            "staged.community_nursing": [validated_row("nhs-tayside", "K1", contact_date=APRIL, contact_type="2")],
            "staged.community_mental_health": [validated_row("nhs-tayside", "K1", contact_date=MAY)],
        },
    )
    assert sorted((r["service"], r["start_date"], r["spread"], r["variant"] or "", r["quantity"]) for r in found) == [
        ("community_mental_health", MAY, "event", "", 1),
        ("community_nursing", APRIL, "event", "2", 1),
        ("gp_out_of_hours", DAY(2025, 5, 31), "event", "HOME VISIT", 1),
    ]


def test_budgets_go_by_option_and_equipment_keeps_its_last_day() -> None:
    budgets = [
        validated_row("angus", str(n), option=str(n), month=MAY, gross_amount=Decimal(n), client_contribution=Decimal("0.50"))
        for n in (1, 2, 3, 4)
    ]
    items = [
        validated_row("angus", "Q1", service_type="1", start_date=APRIL, end_date=MAY),
        validated_row("angus", "Q2", service_type="2", start_date=APRIL),
    ]
    found = run("core/record", {"staged.self_directed_support": budgets, "staged.equipment": items})
    assert sorted((r["service"], r["record_key"], r["end_date"], r["amount"], r["client_contribution"]) for r in found) == [
        ("sds_direct_payment", "1", None, 1, Decimal("0.50")),
        ("sds_option_2", "2", None, 2, Decimal("0.50")),
        ("sds_option_3", "3", None, 3, Decimal("0.50")),
        ("sds_option_4", "4", None, 4, Decimal("0.50")),
        ("telecare", "Q1", DAY(2025, 5, 2), None, None),
        ("telecare", "Q2", None, None, None),
    ]


def test_a_key_that_comes_again_supersedes_within_its_feed_only() -> None:
    found = run(
        "core/record",
        {
            "staged.community_nursing": [
                validated_row("nhs-tayside", "K1", p, contact_date=APRIL) for p in ("2025-04", "2025-05")
            ],
            "staged.community_mental_health": [validated_row("nhs-tayside", "K1", "2025-04", contact_date=APRIL)],
        },
    )
    assert sorted((r["feed"], r["period"], r["fate"]) for r in found) == [
        ("community_mental_health", "2025-04", "accepted"),
        ("community_nursing", "2025-04", "superseded"),
        ("community_nursing", "2025-05", "accepted"),
    ]


# ---- record_month: days and units ----


def test_items_of_one_client_count_one_a_month_and_the_first_to_come_counts() -> None:
    older, newer = item("Q2", DAY(2021, 2, 3), DAY(2025, 4, 20)), item("Q1", DAY(2025, 4, 10), None)
    for order in ((older, newer), (newer, older)):
        assert counted(months(*order)) == [("Q1", APRIL, 0), ("Q1", MAY, 1), ("Q2", APRIL, 1)]


def test_items_that_came_on_one_day_count_by_their_key() -> None:
    found = months(item("Q2", MAY, None), item("Q1", MAY, None))
    assert counted(found) == [("Q1", MAY, 1), ("Q2", MAY, 0)]


def test_the_same_number_in_two_councils_is_two_clients() -> None:
    found = months(item("Q1", MAY, None), item("Q1", MAY, None) | {"agency": "dundee-city"})
    assert [r["units"] for r in found] == [1, 1]


def test_an_item_counts_from_its_first_day_to_its_last_in_the_months_of_the_dataset() -> None:
    found = months(
        item("gone before", DAY(2019, 1, 1), APRIL, "A1"),  # last day 31 March
        item("one day", APRIL, DAY(2025, 4, 2), "A2"),
        item("last day is 1 May", APRIL, DAY(2025, 5, 2), "A3"),
        item("ends later", DAY(2025, 5, 31), DAY(2025, 7, 9), "A4"),
        item("still there", DAY(2018, 12, 31), None, "A5"),
    )
    assert counted(found) == [
        ("ends later", MAY, 1),
        ("last day is 1 May", APRIL, 1),
        ("last day is 1 May", MAY, 1),
        ("one day", APRIL, 1),
        ("still there", APRIL, 1),
        ("still there", MAY, 1),
    ]
    assert all(r["in_window"] and r["method"] == "rate" for r in found)


def test_a_delay_is_days_and_never_a_cost() -> None:
    found = months(
        record("delayed_discharge", "D1", DAY(2025, 4, 29), DAY(2025, 5, 3), "stay"),
        record("delayed_discharge", "D2", DAY(2025, 5, 30), None, "stay"),
    )
    assert counted(found) == [("D1", APRIL, 2), ("D1", MAY, 2), ("D2", MAY, 2)]
    assert {r["method"] for r in found} == {"activity"}


@pytest.mark.parametrize("method", ["record", "rate", "payments", "ledger"])
def test_a_delay_costs_nothing_whatever_its_rule(method: str) -> None:
    found = run(
        "core/record_month",
        {
            "core.record": [record("delayed_discharge", "D1", MAY, None, "stay")],
            "core.refresh": [REFRESH],
            "reference.services": [{"service": "delayed_discharge", "unit": "day"}],
            "reference.costing_rules": [{"agency": "nhs-tayside", "service": "delayed_discharge", "method": method}],
        },
    )
    assert [(r["method"], r["units"]) for r in found] == [("activity", 31)]


def test_a_stay_open_for_a_year_has_its_days_in_every_month() -> None:
    found = months(record("mental_health_inpatient", "P1", DAY(2024, 6, 1), None, "stay", amount=Decimal("365.00")))
    assert sum(r["units"] for r in found) == 365
    assert counted([r for r in found if r["in_window"]]) == [("P1", APRIL, 30), ("P1", MAY, 31)]


def test_contacts_and_budgets_are_one_each() -> None:
    found = months(
        record("community_nursing", "K1", DAY(2025, 5, 31), None, "event", variant="2"),
        record("sds_option_2", "B1", MAY, None, "event", social_care_id="A1", amount=Decimal("-5.00")),
    )
    assert sorted((r["service"], r["month"], r["units"], r["method"], r["variant"]) for r in found) == [
        ("community_nursing", MAY, 1, "rate", "2"),
        ("sds_option_2", MAY, 1, "record", None),
    ]


# ---- record_cost: an item's months cost the rate each ----


def test_an_item_costs_the_rate_of_each_month_whatever_its_days() -> None:
    items = [item("Q1", DAY(2025, 1, 15), None), item("Q2", DAY(2025, 2, 20), None)]
    refresh = REFRESH | {"first_month": DAY(2025, 2, 1)}
    monthly = run(
        "core/record_month",
        {
            "core.record": items,
            "core.refresh": [refresh],
            "reference.services": [{"service": "telecare", "unit": "item"}],
            "reference.costing_rules": [{"agency": "angus", "service": "telecare", "method": "rate"}],
        },
    )
    rates = [
        {"agency": "angus", "service": "telecare", "financial_year": year, "unit_cost": Decimal(cost), "match_count": 1}
        for year, cost in (("2024-25", "21.65"), ("2025-26", "22.40"))
    ]
    costs = run("core/record_cost", {"core.refresh": [REFRESH], "core.record_month": monthly, "core.unit_cost_match": rates})
    assert sorted((c["record_key"], c["month"].month, c["direct_cost"]) for c in costs) == [
        ("Q1", 2, Decimal("21.65")),
        ("Q1", 3, Decimal("21.65")),
        ("Q1", 4, Decimal("22.40")),
        ("Q1", 5, Decimal("22.40")),
        *(("Q2", month, Decimal("0.00")) for month in (2, 3, 4, 5)),
    ]
    assert {c["cost_basis"] for c in costs} == {"rate"}


# ---- deaths: no record, but a fate and a day ----


def test_deaths_have_a_fate_each_and_a_later_file_supersedes() -> None:
    by_rules = run(
        "core/fate_by_rules",
        {
            "staged.deaths": [
                validated_row("nhs-tayside", "0101011237", "2025-04", date_of_death=APRIL),
                validated_row("nhs-tayside", "0101011237", "2025-05", date_of_death=DAY(2025, 4, 2)),
                validated_row("nhs-tayside", "0101201234", "2025-05", date_of_death=MAY),
            ],
            "quarantine.deaths": [validated_row("nhs-tayside", None, "2025-05", broken_rules="chi_number.missing")],
            "staged.ledger": [validated_row("nhs-tayside", "0101011237", "2025-03", amount=Decimal("8.00"))],
        },
    )
    found = run("core/fate", {"core.fate_by_rules": by_rules})
    assert [(r["feed"], r["period"], r["accepted"], r["quarantined"], r["superseded"]) for r in found] == [
        ("deaths", "2025-04", 0, 0, 1),
        ("deaths", "2025-05", 2, 1, 0),
        ("ledger", "2025-03", 1, 0, 0),
    ]
    assert [r["pounds_accepted"] for r in found] == [0, 0, 8]


@pytest.mark.parametrize(
    ("deaths", "register", "client", "expected"),
    [
        (DAY(2025, 5, 9), DAY(2025, 5, 2), DAY(2025, 5, 1), DAY(2025, 5, 9)),
        (None, DAY(2025, 5, 2), DAY(2025, 5, 1), DAY(2025, 5, 2)),
        (None, None, DAY(2025, 5, 1), DAY(2025, 5, 1)),
        (DAY(2025, 5, 9), None, None, DAY(2025, 5, 9)),
        (None, None, None, None),
    ],
)
def test_the_day_of_death_is_that_of_deaths_then_register_then_client(
    deaths: DAY | None, register: DAY | None, client: DAY | None, expected: DAY | None
) -> None:
    born = DAY(1940, 3, 12)
    old, current = "0101011237", "0101201234"
    known: Row = {"chi_number": current, "date_of_birth": born, "sex": "2", "postcode": "DD19SY"}
    found = run(
        "core/person_home",
        {
            "core.person_id": [{"person_key": f"chi:{current}", "person_id": "p1"}],
            "core.chi_alias": [{"chi_number": old, "current_chi": current}],
            "core.link": [{"agency": "angus", "social_care_id": "A1", "chi_number": current, "link_method": "chi"}],
            "core.postcode_zone": [{"postcode": "DD19SY", "data_zone": "S01007694"}],
            "staged.population_register": [validated_row("nhs-tayside", current, **known, date_of_death=register)],
            "staged.clients": [validated_row("angus", "A1", "2025-05", social_care_id="A1", date_of_death=client)],
            # An earlier file had another day; the superseded number is followed.
            "staged.deaths": [
                validated_row("nhs-tayside", old, period, chi_number=old, date_of_death=day)
                for period, day in (("2025-04", DAY(2025, 4, 4)), ("2025-05", deaths))
                if deaths
            ],
        },
    )
    assert [(r["date_of_death"], r["date_of_birth"], r["sex"], r["data_zone"]) for r in found] == [
        (expected, born, "2", "S01007694")
    ]


def test_a_death_without_any_record_makes_no_person() -> None:
    assert (
        run("core/person_home", {"staged.deaths": [validated_row("nhs-tayside", "1", chi_number="1", date_of_death=MAY)]}) == []
    )
