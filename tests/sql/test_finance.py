"""What the accounts show besides costs: eliminations, the bridge, budgets, prices, codes without a mapping."""

import datetime
from decimal import Decimal
from fractions import Fraction
from typing import Any

import duckdb
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipelines.engine.sql import read_sql
from schemas.published import PUBLISHED
from schemas.table import columns
from tests.sql.sql_case import Row, run

APRIL, MAY, JUNE = "2025-04-01", "2025-05-01", "2025-06-01"
REFRESH = {"first_month": APRIL, "last_month": JUNE, "period": "2025-06", "period_end": "2025-06-30"}


def both_ways(file: str, tables: dict[str, list[Row]]) -> list[Row]:
    """The rows a file makes, and the same from the rows turned round."""
    found = run(file, tables)
    assert found == run(file, {name: rows[::-1] for name, rows in tables.items()})
    return found


# ---- eliminations ----


def entry(agency: str, amount: str, code: str = "9100", month: str = APRIL, **own: Any) -> Row:
    return {"financial_year": "2025-26", "agency": agency, "month": month, "cost_code": code, "account_name": "Transfer",
            "treatment": "eliminate", "reason": "resource transfer", "amount": amount, **own}  # fmt: skip


def eliminations(*rows: Row) -> list[tuple[str, str, str, str]]:
    """Agency, between whom, what both sides leave, and the verdict."""
    found = both_ways("mart/elimination", {"core.ledger_line": list(rows)})
    return [(row["agency"], row["parties"], str(row["net"]), row["status"]) for row in found]


def test_a_transfer_is_listed_on_both_sides_and_nets_to_zero() -> None:
    found = eliminations(entry("board", "60.00", counterpart="angus"), entry("angus", "-60.00", counterpart="board"))
    assert found == [("angus", "angus and board", "0.00", "nets to zero"), ("board", "angus and board", "0.00", "nets to zero")]


def test_a_difference_is_said_by_how_much_between_whom_and_in_which_month() -> None:
    rows = [
        entry("board", "60.00", "T1", counterpart="angus"), entry("angus", "-58.75", counterpart="board"),
        entry("board", "40.00", "T2", counterpart="dundee"), entry("dundee", "-40.00", counterpart="board"),
        entry("board", "60.00", "T1", MAY, counterpart="angus"), entry("angus", "-60.00", month=MAY, counterpart="board"),
    ]  # fmt: skip
    assert [(net, status) for _, _, net, status in eliminations(*rows)] == [
        ("1.25", "differs"), ("1.25", "differs"), ("0.00", "nets to zero"), ("0.00", "nets to zero"),
        ("0.00", "nets to zero"), ("0.00", "nets to zero"),
    ]  # fmt: skip


def test_one_amount_for_all_councils_is_set_against_all_of_them() -> None:
    rows = [
        entry("board", "100.00"),
        entry("angus", "-60.00", counterpart="board"),
        entry("dundee", "-40.00", counterpart="board"),
    ]
    assert {found[1:] for found in eliminations(*rows)} == {("all agencies", "0.00", "nets to zero")}


def test_a_side_that_is_missing_is_named() -> None:
    assert eliminations(entry("board", "60.00", counterpart="angus")) == [
        ("board", "angus and board", "60.00", "one side only")
    ]
    assert eliminations(entry("board", "0.00", counterpart="angus"))[0][3] == "nets to zero"


def test_what_is_passed_is_told_apart_by_its_reason() -> None:
    rows = [entry("board", "60.00"), entry("angus", "-60.00", reason="pass-through"), entry("angus", "5.00", "1", reason=None)]
    assert [(net, status) for _, _, net, status in eliminations(*rows)] == [
        ("5.00", "one side only"), ("-60.00", "one side only"), ("60.00", "one side only"),
    ]  # fmt: skip


def test_costs_and_exclusions_are_no_elimination() -> None:
    assert eliminations(entry("board", "1.00", treatment="cost"), entry("board", "1.00", "2", treatment="exclude")) == []


def test_the_gate_names_what_does_not_net_and_nothing_else() -> None:
    rows = run("mart/elimination", {"core.ledger_line": [
        entry("board", "60.00", counterpart="angus"), entry("angus", "-58.75", counterpart="board"),
        entry("board", "40.00", "T2", MAY), entry("dundee", "-40.00", month=MAY),
    ]})  # fmt: skip
    (named,) = run("gate/eliminations", {"mart.elimination": rows})
    assert list(named.values()) == [
        "resource transfer",
        "angus and board",
        "2025-04",
        "differs",
        "both sides together leave £1.25",
    ]


# ---- the bridge ----


def control(service: str, quantum: str, month: str = APRIL, **own: str) -> Row:
    parts = {**dict.fromkeys(("direct", "scaled", "located", "unallocated", "quarantined"), "0.00"), **own}
    return {"agency": "angus", "service": service, "month": month, "ledger_quantum": quantum, "published": quantum, **parts}


def test_the_bridge_has_every_step_and_the_codes_that_are_no_cost() -> None:
    tables = {
        "core.ledger_line": [
            entry("angus", "100.00", "1", treatment="cost"), entry("angus", "-60.00"), entry("angus", "7.00", "2", treatment="exclude"),
        ],
        "mart.control_total": [control("meals", "100.00", direct="80.00", scaled="4.00", unallocated="6.00", quarantined="10.00")],
        "core.cost_line": [
            {"agency": "angus", "service": "meals", "month": APRIL, "cost_basis": basis, "direct_cost": direct}
            for basis, direct in (("rate", "30.00"), ("rate", None), ("record", "50.00"))
        ],
    }  # fmt: skip
    found = {row["service"]: row for row in both_ways("mart/bridge", tables)}
    assert {name: str(v) for name, v in found["meals"].items() if isinstance(v, Decimal)} == {
        "ledger": "100.00", "eliminated": "0.00", "excluded": "0.00", "ledger_quantum": "100.00", "recorded": "50.00",
        "rated": "30.00", "scaled": "4.00", "attributed": "84.00", "located": "0.00", "unallocated": "6.00",
        "quarantined": "10.00", "published": "100.00", "difference": "0.00",
    }  # fmt: skip
    assert (found["eliminated"]["ledger"], found["eliminated"]["eliminated"], found["eliminated"]["ledger_quantum"]) == (
        -60,
        -60,
        0,
    )
    assert (found["excluded"]["ledger"], found["excluded"]["excluded"], found["excluded"]["published"]) == (7, 7, 0)


def test_the_year_to_date_is_the_sum_of_its_months_up_to_the_last_one() -> None:
    months = [("2026-02-01", "2025-26", "1.00"), ("2026-03-01", "2025-26", "2.00"), ("2026-04-01", "2026-27", "4.00")]
    steps = ["ledger", "eliminated", "excluded", "ledger_quantum", "recorded", "rated", "scaled", "attributed", "located",
             "unallocated", "quarantined", "published", "difference"]  # fmt: skip
    rows = [
        {"financial_year": y, "month": m, "agency": "angus", "service": "meals", **dict.fromkeys(steps, a)}
        for m, y, a in months
    ]
    found = both_ways("mart/bridge_to_date", {"mart.bridge": rows})
    assert [(r["financial_year"], r["last_month"], {r[s] for s in steps}) for r in found] == [
        ("2025-26", datetime.date(2026, 3, 1), {Decimal(3)}),
        ("2026-27", datetime.date(2026, 4, 1), {Decimal(4)}),
    ]


# ---- budgets ----

CODES = [
    {"agency": "angus", "cost_code": "1", "valid_to": "2025-05-31", "service": "meals", "treatment": "cost"},
    {"agency": "angus", "cost_code": "1", "valid_from": "2025-06-01", "service": "day_care", "treatment": "cost"},
    {"agency": "angus", "cost_code": "9", "treatment": "eliminate"},
]  # fmt: skip
AGENCIES = [
    {"agency": "angus", "kind": "council", "code": "OLD", "valid_to": "2018-01-31"},
    {"agency": "angus", "kind": "council", "code": "ANG", "valid_from": "2018-02-01"},
    {"agency": "board", "kind": "nhs_board", "code": "S08"},
]  # fmt: skip


def sent(amount: str = "10.00", month: str = APRIL, agency: str = "angus", period: str = "2025-04", **own: Any) -> Row:
    key = "|".join(str(own.get(k) or "") for k in ("cost_code", "service", "council", "locality"))
    return {"agency": agency, "period": period, "month": month, "amount": amount, "record_key": f"{key}|{month}", **own}


def budget_lines(*rows: Row, quarantined: tuple[Row, ...] = ()) -> list[Row]:
    return both_ways("core/budget_line", {
        "staged.budget": list(rows), "quarantine.budget": list(quarantined), "reference.cost_code_map": CODES,
        "reference.services": [{"service": "meals"}, {"service": "day_care"}], "reference.agencies": AGENCIES,
    })  # fmt: skip


@pytest.mark.parametrize(
    ("row", "service"),
    [
        (sent(service="meals"), "meals"),
        (sent(service="no such service"), "unmapped"),
        (sent(cost_code="1"), "meals"),
        (sent(cost_code="1", month=JUNE), "day_care"),
        (sent(cost_code="2"), "unmapped"),
        (sent(cost_code="9"), None),
    ],
)
def test_the_service_of_a_budget_is_named_or_its_code_s_in_the_month(row: Row, service: str | None) -> None:
    (line,) = budget_lines(row)
    assert (line["service"], line["amount"]) == (service, 10)


def test_a_council_s_budget_is_for_its_own_area_and_a_board_s_for_none_unless_it_says_so() -> None:
    rows = [
        sent(service="meals"),
        sent(agency="board", service="meals"),
        sent(agency="board", service="day_care", council="DUN"),
    ]
    assert [(r["agency"], r["council"]) for r in budget_lines(*rows)] == [("angus", "ANG"), ("board", "DUN"), ("board", None)]


def test_a_budget_that_comes_again_later_replaces_the_earlier_one_even_from_quarantine() -> None:
    old, new = sent("10.00", service="meals"), sent("12.00", service="meals", period="2025-05")
    assert [r["amount"] for r in budget_lines(old, new)] == [12]
    assert budget_lines(old, quarantined=(new,)) == []


def budget(amount: str, month: str = APRIL, service: str | None = "meals", agency: str = "angus", **own: Any) -> Row:
    return {"agency": agency, "service": service, "month": month, "amount": amount, "council": "ANG", **own}


def variances(budgets: list[Row], totals: list[Row], accounts: tuple[str, ...] = (APRIL, MAY, JUNE)) -> list[Row]:
    ledger = [{"agency": "angus", "month": month, "cost_code": "1", "amount": "0.00"} for month in accounts]
    return both_ways("mart/budget_variance", {
        "core.budget_line": budgets, "mart.control_total": totals, "core.ledger_line": ledger, "core.refresh": [REFRESH],
    })  # fmt: skip


def shown(rows: list[Row]) -> list[tuple[str | None, ...]]:
    names = ("budget", "cost", "variance", "budget_to_date", "cost_to_date", "variance_to_date", "budget_year")
    return [tuple(None if row[n] is None else str(row[n]) for n in names) for row in rows]


def test_cost_beside_budget_month_by_month_and_to_date() -> None:
    budgets = [budget("100.00"), budget("100.00", MAY), budget("100.00", JUNE), budget("100.00", "2026-03-01")]
    found = shown(variances(budgets, [control("meals", "90.00"), control("meals", "125.50", JUNE)]))
    assert found == [
        ("100.00", "90.00", "-10.00", "100.00", "90.00", "-10.00", "400.00"),
        # The ledger has come and does not name the service: it cost nothing.
        ("100.00", "0.00", "-100.00", "200.00", "90.00", "-110.00", "400.00"),
        ("100.00", "125.50", "25.50", "300.00", "215.50", "-84.50", "400.00"),
    ]


def test_no_budget_and_no_ledger_are_not_nothing() -> None:
    found = variances([budget("5.00", MAY)], [control("meals", "1.00"), control("day_care", "2.00")], (APRIL,))
    by_service = {(row["service"], str(row["month"])): shown([row])[0] for row in found}
    assert by_service["day_care", APRIL] == (None, "2.00", None, None, "2.00", None, None)
    assert by_service["meals", APRIL] == (None, "1.00", None, None, "1.00", None, "5.00")
    assert by_service["meals", MAY] == ("5.00", None, None, "5.00", "1.00", "-4.00", "5.00")


def test_agencies_without_a_budget_and_budgets_of_no_cost_are_left_out() -> None:
    assert variances([], [control("meals", "1.00")]) == []
    assert variances([budget("5.00", service=None)], [control("meals", "1.00")]) == []


def test_a_financial_year_begins_its_to_date_anew() -> None:
    refresh = {**REFRESH, "first_month": "2026-03-01", "last_month": "2026-04-01"}
    found = run("mart/budget_variance", {
        "core.budget_line": [budget("3.00", "2026-03-01"), budget("4.00", "2026-04-01")], "core.refresh": [refresh],
    })  # fmt: skip
    assert [(str(r["month"]), r["budget_to_date"], r["budget_year"]) for r in found] == [
        ("2026-03-01", 3, 3), ("2026-04-01", 4, 4),
    ]  # fmt: skip


def places(budgets: list[Row], costs: list[Row]) -> tuple[list[tuple], list[tuple]]:
    """Locality and partnership tables: place, cost, budget, variance."""
    ledger = [{"agency": a, "month": APRIL, "cost_code": "1", "amount": "0.00"} for a in ("angus", "board")]
    cells = [{"month": APRIL, "service": "meals", "agency": "angus", **row} for row in costs]
    localities = both_ways("mart/locality_budget", {
        "core.budget_line": budgets, "mart.locality_month_cost": cells, "core.ledger_line": ledger, "core.refresh": [REFRESH],
    })  # fmt: skip
    partnerships = both_ways("mart/partnership_budget", {"mart.locality_budget": localities, "core.ledger_line": ledger})
    shown = ("cost", "budget", "variance")
    return (
        [(r["agency"], r["council"], r["locality"], *(r[n] for n in shown)) for r in localities],
        [(r["agency"], r["council"], *(r[n] for n in shown)) for r in partnerships],
    )


NORTH, SOUTH = (
    {"council": "ANG", "locality": "North", "cost": "30.00"},
    {"council": "ANG", "locality": "South", "cost": "20.00"},
)


def test_a_council_s_budget_is_beside_its_partnership_s_cost_and_beside_no_locality_s() -> None:
    localities, partnerships = places([budget("60.00")], [NORTH, SOUTH, {**NORTH, "cost": "1.00"}])
    assert localities == [
        ("angus", "ANG", "North", 31, None, None), ("angus", "ANG", "Not divided", None, 60, None), ("angus", "ANG", "South", 20, None, None),
    ]  # fmt: skip
    assert partnerships == [("angus", "ANG", 51, 60, -9)]


def test_a_budget_for_a_locality_is_beside_its_cost_which_may_be_nothing() -> None:
    localities, partnerships = places([budget("25.00", locality="North"), budget("15.00", locality="West")], [NORTH, SOUTH])
    assert localities == [
        ("angus", "ANG", "North", 30, 25, 5), ("angus", "ANG", "South", 20, None, None), ("angus", "ANG", "West", 0, 15, -15),
    ]  # fmt: skip
    assert partnerships == [("angus", "ANG", 50, 40, 10)]


def test_a_board_s_budget_is_divided_by_nobody_but_the_board() -> None:
    undivided = budget("90.00", agency="board", council=None)
    divided = budget("35.00", agency="board", council="DUN", service="meals")
    localities, partnerships = places([undivided, divided], [{**NORTH, "agency": "board"}])
    assert partnerships == [
        ("board", "ANG", 30, None, None),
        ("board", "DUN", 0, 35, -35),
        ("board", "Not divided", None, 90, None),
    ]
    assert sum(row[4] or 0 for row in localities) == 125


def test_budgets_of_other_months_wait_and_budgets_of_no_cost_stay_out() -> None:
    assert places([budget("1.00", "2025-07-01"), budget("1.00", "2025-03-01"), budget("1.00", service=None)], []) == ([], [])


def test_the_gate_names_budgets_beside_no_service() -> None:
    rows = [budget("1.00", service="unmapped", cost_code="77"), budget("2.00", service="unmapped"), budget("4.00", service=None, cost_code="9"), budget("8.00")]  # fmt: skip
    found = run("gate/budget_without_service", {"core.budget_line": rows})
    assert [tuple(r.values()) for r in found] == [
        ("angus", "77", "no service is known", "£1.00"),
        ("angus", "9", "its code is no cost", "£4.00"),
        ("angus", "unknown service", "no service is known", "£2.00"),
    ]


# ---- prices ----


def index(*rates: str | None, series: str = "deflator", vintage: str = "2025-10", first: int = 2022) -> list[Row]:
    return [
        {"series": series, "vintage": vintage, "year": f"{first + n}-{(first + n + 1) % 100:02d}", "rate": rate}
        for n, rate in enumerate(rates)
    ]


def factors(rows: list[Row]) -> dict[tuple[str, str, str], Decimal]:
    found = both_ways("mart/price_index", {"reference.price_index": rows})
    return {(r["vintage"], r["financial_year"], r["price_year"]): r["factor"] for r in found}


def test_a_cost_is_multiplied_by_the_rises_between_its_year_and_the_other() -> None:
    found = factors(index(None, "0.05", "0.02"))
    # 1.05 x 1.02 = 1.071; backwards 1 / 1.071 = 0.9337068160597...
    assert found["2025-10", "2022-23", "2024-25"] == Decimal("1.071")
    assert found["2025-10", "2023-24", "2024-25"] == Decimal("1.02")
    assert found["2025-10", "2024-25", "2022-23"] == Decimal("0.933706816060")
    assert {found["2025-10", y, y] for y in ("2022-23", "2023-24", "2024-25")} == {1}
    assert len(found) == 9


def test_prices_that_fall_and_vintages_apart() -> None:
    found = factors(index(None, "-0.1") + index("0.3", "0.25", vintage="2026-03"))
    assert found["2025-10", "2022-23", "2023-24"] == Decimal("0.9")
    assert found["2026-03", "2022-23", "2023-24"] == Decimal("1.25")
    assert factors([]) == {}


@settings(max_examples=40, deadline=None)
@given(st.lists(st.integers(-2000, 5000), min_size=1, max_size=20))
def test_factors_are_exact_to_the_twelfth_decimal_over_twenty_years(rates: list[int]) -> None:
    found = factors(index(None, *(str(Decimal(r).scaleb(-4)) for r in rates), first=2001))
    exact = [Fraction(1)]
    for rate in rates:
        exact.append(exact[-1] * (1 + Fraction(rate, 10_000)))
    first, last = "2001-02", f"{2001 + len(rates)}-{(2002 + len(rates)) % 100:02d}"
    # Each year's level is rounded once to twelve decimals, the quotient once more.
    assert abs(Fraction(found["2025-10", first, last]) - exact[-1]) <= exact[-1] * len(rates) / 10**11 + Fraction(1, 10**12)


def test_real_terms_name_series_vintage_and_year_and_hold_any_amount() -> None:
    prices = run("mart/price_index", {"reference.price_index": index(None, "0.05", "0.02") + index("0.3", vintage="2026-03")})
    costs = [("2022-23", "9999999999.99"), ("2023-24", "-0.01"), ("2024-25", "100.00"), ("2021-22", "5.00")]
    with duckdb.connect() as connection:
        for name, rows in (
            ("price_index", prices),
            ("control_total", [
                {"financial_year": y, "month": datetime.date(2024, 4, 1), "agency": "angus", "service": "meals", "published": Decimal(c)}
                for y, c in costs
            ]),
        ):  # fmt: skip
            types = {c.name: c.arrow_type for c in columns(PUBLISHED[name])}
            connection.register("given", pa.Table.from_pylist(rows, pa.schema([(n, types[n]) for n in rows[0]])))
            connection.execute(f"CREATE TABLE {name} AS SELECT * FROM given")
        connection.execute(read_sql("query", "real_terms"))
        found = connection.execute(
            "SELECT financial_year, series, vintage, price_year, cost_in_prices_of_price_year "
            "FROM real_terms('deflator', '2025-10', '2024-25') ORDER BY 1"
        ).fetchall()
    named = ("deflator", "2025-10", "2024-25")
    # £9,999,999,999.99 x 1.071 = £10,709,999,999.98929; a year that the index does not know has no row.
    assert found == [
        ("2022-23", *named, Decimal("10709999999.99")), ("2023-24", *named, Decimal("-0.01")), ("2024-25", *named, Decimal("100.00")),
    ]  # fmt: skip


# ---- codes without a mapping ----


def code(name: str | None, number: str, service: str | None = "meals", agency: str = "angus", **own: Any) -> Row:
    return {"agency": agency, "month": APRIL, "cost_code": number, "account_name": name, "service": service,
            "treatment": "cost" if service else "eliminate", "amount": "1.00", **own}  # fmt: skip


def nearest(*rows: Row) -> list[tuple[str, str | None, str | None, str | None]]:
    found = both_ways("mart/unmapped_cost_code", {"core.ledger_line": list(rows)})
    return [(r["cost_code"], r["nearest_cost_code"], r["nearest_name"], r["nearest_service"]) for r in found]


def test_the_mapped_code_whose_name_is_most_alike_is_named() -> None:
    rows = [
        code("Day centres", "90", "unmapped"), code("DAY CENTRE", "10", "day_care"), code("Meals", "20"),
        code("Day centres", "30", "day_care", "dundee"),
    ]  # fmt: skip
    assert nearest(*rows) == [("90", "10", "DAY CENTRE", "day_care")]


def test_ties_are_all_named_and_the_order_of_rows_says_nothing() -> None:
    rows = [code("Lunch club", "90", "unmapped"), code("Lunch clubs", "20"), code("Lunch clubs", "10", "day_care")]
    assert nearest(*rows) == [("90", "10, 20", "Lunch clubs", "day_care, meals")]


def test_codes_that_are_no_cost_can_be_near_and_codes_without_a_name_cannot() -> None:
    assert nearest(code("Transfers", "90", "unmapped"), code("Transfer", "91", None)) == [("90", "91", "Transfer", "eliminate")]
    assert nearest(code(None, "90", "unmapped"), code("Transfer", "91")) == [("90", None, None, None)]
    assert nearest(code("Transfer", "90", "unmapped"), code(None, "91")) == [("90", None, None, None)]
    assert nearest(code("abc", "90", "unmapped"), code("xyz", "91")) == [("90", None, None, None)]


def test_a_code_that_was_mapped_in_other_months_is_not_its_own_neighbour() -> None:
    rows = [code("Meals", "90", "unmapped"), code("Meals", "90", "meals", month=MAY), code("Meal", "10")]
    assert nearest(*rows) == [("90", "10", "Meal", "meals")]


# ---- codes that lack only zeros ----


def test_an_unmapped_code_that_lacks_only_zeros_is_named_first_and_with_the_mapped_one() -> None:
    unmapped = [{"agency": "angus", "cost_code": code, "description": "x", "amount": "5.00"} for code in ("000", "437", "9")]
    mapped = [
        {"agency": "angus", "cost_code": code, "service": "meals", "treatment": "cost"} for code in ("00437", "0437", "0")
    ]
    elsewhere = [{"agency": "dundee-city", "cost_code": "09", "service": "meals", "treatment": "cost"}]
    found = run(
        "gate/unmapped_cost_code",
        {"mart.unmapped_cost_code": unmapped, "reference.cost_code_map": [*mapped, *elsewhere]},
    )
    words = "code 00437, 0437 of reference/cost_code_map.csv is perhaps 437"
    assert [(row["cost_code"], row["zeros"]) for row in found] == [("437", words), ("000", None), ("9", None)]


def test_payments_of_codes_that_lack_only_zeros_are_named_with_the_mapped_ones() -> None:
    record = {"agency": "angus", "feed": "payments", "fate": "accepted", "service": "unmapped", "amount": "7.00"}
    found = run(
        "gate/payments_without_line",
        {
            "core.record": [record, record],
            "staged.payments": [{"agency": "angus", "cost_code": code} for code in ("437", "437", "800")],
            "reference.cost_code_map": [{"agency": "angus", "cost_code": code} for code in ("00437", "800")],
        },
    )
    assert [(row["payments"], row["zeros"]) for row in found] == [
        ("2 payments", "reference/cost_code_map.csv has 00437: did a spreadsheet take the zeros before it?")
    ]
