"""From records and ledgers to the published tables, through every file between, with the gate's checks over the result.

Belongs here: what must hold of the whole chain for any records and ledgers, and that each check sees a planted break.
Does not belong here: what a single file does (`test_<table>.py`).
"""

import datetime
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.sql.sql_case import Row, inputs, run

REFRESH = {"period": "2026-04", "first_month": "2026-02-01", "last_month": "2026-04-01", "period_end": "2026-04-30",
           "inner_pad": "36" * 64, "outer_pad": "5c" * 64}  # fmt: skip
MONTHS = ["2026-02-01", "2026-03-01", "2026-04-01"]
RULES = [
    {"agency": agency, "service": service, "method": method, "residual": residual, "band_low": "0.5", "band_high": "2", "population_weight": w}
    for agency, service, method, residual, w in (
        ("board", "acute_emergency", "record", "scale", "all"),
        ("board", "outpatient", "rate", "scale", "all"),
        ("board", "maternity", "ledger", "locality", "65+"),
        ("council", "care_home_residential", "rate", "scale", "75+"),
        ("council", "care_home_nursing", "record", "locality", "75+"),
        ("council", "home_care_personal", "payments", "scale", "all"),
        ("council", "meals", "payments", "hold", "all"),
    )
]  # fmt: skip
SERVICES = [
    {"service": service, "sector": sector, "setting": "community", "unit": unit}
    for service, sector, unit in (
        ("acute_emergency", "nhs", "bed_day"), ("outpatient", "nhs", "attendance"), ("maternity", "nhs", "bed_day"),
        ("care_home_residential", "social_care", "week"), ("care_home_nursing", "social_care", "week"),
        ("home_care_personal", "social_care", "hour"), ("meals", "social_care", "payment"),
    )
]  # fmt: skip
CODES = [{"agency": r["agency"], "cost_code": r["service"], "service": r["service"], "treatment": "cost"} for r in RULES]
PRICES = [
    {"financial_year": year, "service": service, "unit_cost": price}
    for year, service, price in (
        ("2025-26", "outpatient", "181.3333"), ("2026-27", "outpatient", "190"),
        ("2025-26", "care_home_residential", "798.40"), ("2026-27", "care_home_residential", "832.1"),
    )
]  # fmt: skip
REFERENCE: dict[str, list[Row]] = {
    "reference.costing_rules": RULES,
    "reference.services": SERVICES,
    "reference.cost_code_map": [*CODES, {"agency": "board", "cost_code": "transfer", "treatment": "eliminate"}],
    "reference.unit_costs": PRICES,
    "reference.agencies": [
        {"agency": "board", "kind": "nhs_board", "code": "B"},
        {"agency": "council", "kind": "council", "code": "C"},
    ],
    "reference.population": [
        {"Year": 2021, "DataZone": zone, "Sex": "Female", "Age": age, "Population": number}
        for zone, age, number in (("Z1", "40", 7), ("Z1", "80", 2), ("Z2", "80", 1))
    ],
    "core.refresh": [REFRESH],
    "core.data_zone_area": [
        {"data_zone": zone, "council": "C", "hscp": "H", "locality": name, "simd_quintile": 1}
        for zone, name in (("Z1", "N"), ("Z2", "S"))
    ],
    "core.postcode_zone": [{"postcode": "P1", "data_zone": "Z1"}],
}
CHAIN = ("core/record_person", "core/record_month", "core/unit_cost_match", "core/record_cost", "core/ledger_line",
         "core/held", "core/service_month", "core/residual_share", "core/located_residual", "core/cost_line", "mart/population", "mart/client_month_cost", "mart/locality_month_cost",
         "mart/control_total", "mart/bridge", "mart/bridge_to_date", "mart/elimination", "core/budget_line", "mart/budget_variance",
         "mart/locality_budget", "mart/partnership_budget")  # fmt: skip
GATE = ("ledger", "months", "marts", "month_without_ledger", "bridge", "to_date", "budgets")

Data = dict[str, list[Row]]


def needed(file: str, data: Data) -> Data:
    return {name: rows for name, rows in data.items() if name in inputs(file)}


def chain(records: list[Row], ledger: list[Row], threads: int | None = None, **changed: list[Row]) -> Data:
    """Every table the files of the chain make. `changed`: tables put in place of those made, as `core__record_cost`."""
    put = {name.replace("__", "."): rows for name, rows in changed.items()}
    people = sorted({person(row) for row in records if row["fate"] == "accepted"} - {""})
    homes = [
        {"person_key": key, "person_id": f"p{key}", "sex": "2", "date_of_birth": "1940-01-01", "data_zone": "Z1"}
        for key in people
    ]
    data: Data = {**REFERENCE, "core.record": records, "staged.ledger": ledger, "core.person_home": homes, **put}
    for file in CHAIN:
        made = file.replace("/", ".")
        data[made] = put.get(made) or run(file, needed(file, data), threads)
    return data


def person(row: Row) -> str:
    if row.get("chi_number"):
        return f"chi:{row['chi_number']}"
    return f"client:{row['agency']}:{row['social_care_id']}" if row.get("social_care_id") else ""


def broken(data: Data) -> dict[str, list[Row]]:
    """What each check of the gate finds."""
    found = {name: run(f"gate/{name}", needed(f"gate/{name}", data)) for name in GATE}
    return {name: rows for name, rows in found.items() if rows}


# ---- any records, any ledgers ----

days = st.dates(datetime.date(2025, 11, 1), datetime.date(2026, 4, 30))
pounds = st.integers(-(10**6), 10**8).map(lambda pence: str(Decimal(pence).scaleb(-2)))
KINDS: list[dict[str, Any]] = [
    {"agency": "board", "feed": "acute", "service": "acute_emergency", "spread": "stay"},
    {"agency": "board", "feed": "outpatient", "service": "outpatient", "spread": "event"},
    {"agency": "board", "feed": "maternity", "service": "maternity", "spread": "stay"},
    {"agency": "council", "feed": "care_home", "service": "care_home_residential", "spread": "stay"},
    {"agency": "council", "feed": "care_home", "service": "care_home_nursing", "spread": "stay"},
    {"agency": "council", "feed": "home_care", "service": "home_care_personal", "spread": "event"},
    {"agency": "council", "feed": "payments", "service": "home_care_personal", "spread": "span"},
    {"agency": "council", "feed": "payments", "service": "meals", "spread": "span"},
    {"agency": "council", "feed": "payments", "service": "unmapped", "spread": "span"},
    {"agency": "council", "feed": "payments", "service": None, "spread": "span"},
]


@st.composite
def record(draw: st.DrawFn) -> Row:
    kind = draw(st.sampled_from(KINDS))
    start = draw(days)
    length = draw(st.integers(0, 120))
    ends = kind["spread"] == "span" or (kind["spread"] == "stay" and draw(st.booleans()))
    who = {"chi_number": draw(st.sampled_from([None, "A", "B"]))} if kind["agency"] == "board" else {
        "social_care_id": draw(st.sampled_from([None, "1", "2"]))
    }  # fmt: skip
    return {
        **kind, **who, "fate": draw(st.sampled_from(["accepted", "accepted", "accepted", "quarantined", "superseded"])),
        "period": "2026-04", "source_file": "f", "start_date": start, "quantity": draw(st.integers(0, 9)),
        "end_date": start + datetime.timedelta(max(length, kind["spread"] == "span")) if ends else None,
        "amount": draw(st.none() | pounds), "client_contribution": draw(st.none() | pounds),
        "postcode": draw(st.sampled_from([None, "P1"])) if kind["agency"] == "board" else None,
    }  # fmt: skip


entries = st.builds(
    lambda code, month, amount: {"agency": code[0], "period": "2026-04", "cost_code": code[1], "month": month, "amount": amount,
                                 "record_key": f"{code[1]}|{month}"},
    st.sampled_from([(r["agency"], r["service"]) for r in RULES] + [("board", "transfer"), ("council", "no such code")]),
    st.sampled_from(MONTHS),
    pounds,
)  # fmt: skip
a_ledger_row_a_month = [
    {
        "agency": agency,
        "period": "2026-04",
        "cost_code": "no such code",
        "month": month,
        "amount": "0.00",
        "record_key": f"every|{month}",
    }
    for agency in ("board", "council")
    for month in MONTHS
]


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(records=st.lists(record(), max_size=8), ledger=st.lists(entries, max_size=8, unique_by=lambda row: (row["agency"], row["record_key"])), data=st.data())  # fmt: skip
def test_whatever_comes_in_adds_up(records: list[Row], ledger: list[Row], data: st.DataObject) -> None:
    records = [{**row, "record_key": str(n), "source_row": n} for n, row in enumerate(records)]
    ledger = ledger + a_ledger_row_a_month
    made = chain(records, ledger, threads=1)
    assert broken(made) == {}
    assert all(row["difference"] == 0 for row in made["mart.control_total"])
    assert sum(row["cost"] for row in made["core.cost_line"]) == sum(
        Decimal(row["amount"]) for row in ledger if row["cost_code"] != "transfer"
    )
    again = chain(data.draw(st.permutations(records)), data.draw(st.permutations(ledger)), threads=2)
    for table in ("core.cost_line", "mart.client_month_cost", "mart.locality_month_cost", "mart.control_total"):
        assert again[table] == made[table], table


# ---- a check that cannot fail is none ----

STAY = {**KINDS[0], "record_key": "1", "fate": "accepted", "start_date": "2026-02-20", "end_date": "2026-03-05", "amount": "100.00",
        "chi_number": "A", "source_file": "f", "source_row": 1, "quantity": 1}  # fmt: skip
LEDGER = [
    {
        "agency": "board",
        "period": "2026-04",
        "cost_code": "acute_emergency",
        "month": month,
        "amount": "60.00",
        "record_key": month,
    }
    for month in MONTHS
]


def test_the_checks_pass_what_is_right() -> None:
    assert broken(chain([STAY], LEDGER)) == {}


def less(rows: list[Row], column: str) -> list[Row]:
    """The rows with a penny less on the first that has pounds."""
    first = next(n for n, row in enumerate(rows) if row[column])
    return [{**row, column: row[column] - Decimal("0.01")} if n == first else row for n, row in enumerate(rows)]


@pytest.mark.parametrize(
    ("table", "change", "check"),
    [
        ("core.cost_line", lambda rows: less(rows, "cost"), "ledger"),
        ("core.cost_line", lambda rows: rows[1:], "ledger"),
        ("core.cost_line", lambda rows: [*rows, rows[0]], "ledger"),
        ("core.record_cost", lambda rows: less(rows, "direct_cost"), "months"),
        ("core.record_cost", lambda rows: [{**row, "split_total": row["split_total"] + 1} for row in rows], "months"),
        ("core.record_cost", lambda rows: [{**row, "record_key": "2"} for row in rows], "months"),
        ("mart.client_month_cost", lambda rows: less(rows, "cost"), "marts"),
        ("mart.client_month_cost", lambda rows: rows[1:], "marts"),
        ("mart.locality_month_cost", lambda rows: less(rows, "cost"), "marts"),
        ("mart.locality_month_cost", lambda rows: [*rows, rows[0]], "marts"),
        ("mart.bridge", lambda rows: less(rows, "ledger"), "bridge"),
        ("mart.bridge", lambda rows: less(rows, "attributed"), "bridge"),
        ("mart.bridge", lambda rows: rows[1:], "bridge"),
        ("mart.elimination", lambda rows: less(rows, "amount"), "bridge"),
        ("mart.elimination", lambda rows: [], "bridge"),
        ("mart.bridge_to_date", lambda rows: less(rows, "published"), "to_date"),
        ("mart.bridge_to_date", lambda rows: rows[1:], "to_date"),
        ("mart.budget_variance", lambda rows: less(rows, "budget"), "budgets"),
        ("mart.locality_budget", lambda rows: less(rows, "budget"), "budgets"),
        ("mart.partnership_budget", lambda rows: [*rows, *rows], "budgets"),
    ],
)
def test_a_check_sees_a_penny(table: str, change: Any, check: str) -> None:
    transfer = {
        "agency": "board",
        "period": "2026-04",
        "cost_code": "transfer",
        "month": MONTHS[0],
        "amount": "9.00",
        "record_key": "t",
    }
    budget = {
        "agency": "board",
        "period": "2026-02",
        "service": "acute_emergency",
        "month": MONTHS[0],
        "amount": "50.00",
        "record_key": "b",
    }
    data = chain([STAY], [*LEDGER, transfer], staged__budget=[budget])
    assert broken(data) == {}
    data[table] = change(data[table])
    assert check in broken(data)


def test_a_month_of_activity_without_a_ledger_is_seen() -> None:
    assert list(broken(chain([STAY], LEDGER[1:]))) == ["month_without_ledger"]


def test_what_does_not_block_is_named() -> None:
    payment = {
        **KINDS[8],
        "record_key": "2",
        "fate": "accepted",
        "start_date": "2026-03-01",
        "end_date": "2026-03-02",
        "amount": "7.00",
    }
    data = chain([STAY, payment], [{**row, "amount": "600.00"} for row in LEDGER[:1]] + LEDGER[2:])
    # D is 69.23 of 9 days in February and 30.77 of 4 in March; no ledger in March; 600.00 is no factor within 0.5 to 2.
    named = {name: run(f"gate/{name}", needed(f"gate/{name}", data)) for name in ("no_quantum", "out_of_band", "payments_without_line")}  # fmt: skip
    stay = {"agency": "board", "service": "acute_emergency"}
    assert named["no_quantum"] == [{**stay, "month": "2026-03", "direct": "£30.77"}]
    assert [row["month"] for row in named["out_of_band"]] == ["2026-02", "2026-03", "2026-04"]
    assert named["payments_without_line"] == [
        {"agency": "council", "service": "unmapped", "payments": "1 payment", "amount": "£7.00", "zeros": None}
    ]


def test_ledger_rows_in_quarantine_are_named_by_the_rules_that_they_broke() -> None:
    file = {"agency": "board", "period": "2026-04"}
    rows = [
        {**file, "broken_rules": "cost_code.missing month.after_period", "amount": "5.00", "row_count": 1},
        *[{**file, "broken_rules": "amount.out_of_bounds", "row_count": 1}] * 2,
        # A total row stands for no row: no quantum lacks it.
        {**file, "broken_rules": "total_row", "row_count": 0},
    ]
    assert run("gate/ledger_quarantined", {"quarantine.ledger": rows}) == [
        {**file, "rules": "amount.out_of_bounds", "rows": "2 rows", "amount": None},
        {**file, "rules": "cost_code.missing and month.after_period", "rows": "1 row", "amount": "£5.00"},
    ]
