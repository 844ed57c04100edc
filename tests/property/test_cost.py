"""Any ledgers, rates, records and mappings: 10,000 cases through the SQL of costing, against sums made here in Python.

A case is one agency of its own: its costing rules, dated code mapping, unit costs, ledger and records, credits and negative
quanta among them. Cases share no agency, so a batch of them goes through the SQL at once and each is judged apart. Hypothesis
chooses the batches; the pools are rich in edges: 29 February, both ends of the financial year, pennies, £10 billion.
"""

import datetime
import random
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from decimal import Decimal
from fractions import Fraction
from typing import Any

import duckdb
import pyarrow as pa
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from pipelines.engine.database import dependencies, read_sql
from schemas.core import CORE
from schemas.feeds import FEEDS, Lineage
from schemas.published import PUBLISHED
from schemas.reference import OPTIONAL, REFERENCE
from schemas.table import columns
from tests.sql.sql_case import Row, database

BATCHES, CASES = 20, 500
"""10,000 cases in all."""
NO_SHRINKING = (Phase.explicit, Phase.generate)
"""A smaller seed is no simpler batch."""
FIRST, LAST, END = datetime.date(2024, 1, 1), datetime.date(2024, 5, 1), datetime.date(2024, 5, 31)
MONTHS = [datetime.date(2024, n, 1) for n in range(1, 6)]
YEARS = ("2023-24", "2024-25")
NO_DAY = datetime.date(1900, 1, 1)
REFRESH = {
    "period": "2024-05",
    "first_month": FIRST,
    "last_month": LAST,
    "period_end": END,
    "inner_pad": "36" * 64,
    "outer_pad": "5c" * 64,
}
FEED_OF = {
    "acute_emergency": "acute",
    "care_home_residential": "care_home",
    "home_care_personal": "home_care",
    "meals": "payments",
}
UNITS = {"acute_emergency": "bed_day", "care_home_residential": "week", "home_care_personal": "hour", "meals": "payment"}
EDGES = [datetime.date(2023, 11, 30), datetime.date(2024, 1, 1), datetime.date(2024, 2, 29), datetime.date(2024, 3, 31),
         datetime.date(2024, 4, 1), datetime.date(2024, 5, 31)]  # fmt: skip
PENCE = [0, 1, -1, 2, 99, -100, 333_33, 10_000_00, -777_77, 10**12, -(10**12) + 1]
CHAIN = ("core/record_person", "core/record_month", "core/unit_cost_match", "core/record_cost", "core/ledger_line",
         "core/held", "core/service_month", "core/cost_line")  # fmt: skip
SHARED: dict[str, list[Row]] = {
    "core.refresh": [REFRESH],
    "core.place": [{"data_zone": z, "council": "C", "hscp": "H", "locality": n, "simd_quintile": 1} for z, n in (("Z1", "N"), ("Z2", "S"))],
    "core.postcode_zone": [], "core.person_home": [], "core.chi_alias": [], "core.link": [],
    "reference.population": [{"Year": 2021, "DataZone": z, "Sex": "Female", "Age": a, "Population": n} for z, a, n in (("Z1", "40", 7), ("Z1", "80", 2), ("Z2", "80", 1))],
    "reference.services": [{"service": s, "sector": "social_care", "setting": "community", "unit": u} for s, u in UNITS.items()],
}  # fmt: skip


def pounds(pence: int) -> Decimal:
    return Decimal(pence).scaleb(-2)


@dataclass
class Case:
    """One agency with all that is its own."""

    agency: str
    tables: dict[str, list[Row]] = field(default_factory=lambda: defaultdict(list))

    @classmethod
    def drawn(cls, number: int, rng: random.Random) -> "Case":
        case = cls(f"a{number}")
        case._add("reference.agencies", kind="council", code="C")
        services = rng.sample(list(FEED_OF), rng.randint(1, 3))
        for service in services:
            case._add(
                "reference.costing_rules", service=service, method=rng.choice(["record", "record", "rate", "payments", "ledger"]),
                residual=rng.choice(["scale", "scale", "locality", "hold"]), band_low=rng.choice([None, Decimal("0.8")]),
                band_high=rng.choice([None, Decimal("1.25")]), population_weight=rng.choice(["all", "65+", "75+"]),
            )  # fmt: skip
            for year in YEARS:
                if rng.random() < 0.85:
                    price = Decimal(rng.choice([0, 1, 3_3333, 24_6000, 798_4000, 10**9])).scaleb(-4)
                    case._add("reference.unit_costs", service=service, financial_year=year, unit_cost=price)
        case._map(services, rng)
        for code in ("moving", "other", *services, "transfer"):
            for month in rng.sample(MONTHS, rng.randint(0, 3)):
                case._ledger(code, month, rng)
        for key in range(rng.randint(0, 5)):
            case.record(str(key), rng.choice(services), rng)
        return case

    def _add(self, table: str, **row: Any) -> None:
        self.tables[table].append({"agency": self.agency, **row})

    def _map(self, services: list[str], rng: random.Random) -> None:
        """A code for each service, one that moves on 1 April, one for what is eliminated; `other` has none."""
        for service in services:
            self._add("reference.cost_code_map", cost_code=service, service=service, treatment="cost")
        before, after = rng.choice(services), rng.choice(services)
        last, first = datetime.date(2024, 3, 31), datetime.date(2024, 4, 1)
        self._add("reference.cost_code_map", cost_code="moving", valid_to=last, service=before, treatment="cost")
        self._add("reference.cost_code_map", cost_code="moving", valid_from=first, service=after, treatment="cost")
        self._add("reference.cost_code_map", cost_code="transfer", treatment=rng.choice(["eliminate", "exclude"]))

    def _ledger(self, code: str, month: datetime.date, rng: random.Random) -> None:
        """A ledger row; now and then a later period says otherwise."""
        for period in ("2024-04", "2024-05")[: 1 + (rng.random() < 0.2)]:
            amount = pounds(rng.choice([*PENCE, rng.randint(-(10**7), 10**7)]))
            self._add("staged.ledger", cost_code=code, month=month, amount=amount, period=period, record_key=f"{code}|{month}",
                      part="1", source_file="l", source_row=1, row_count=1)  # fmt: skip

    def record(self, key: str, service: str, rng: random.Random) -> None:
        """A record of the service, or a payment for it; the client is nobody else's."""
        feed = "payments" if rng.random() < 0.3 else FEED_OF[service]
        start = rng.choice([*EDGES, FIRST + datetime.timedelta(rng.randint(-60, 150))])
        start = min(start, END)
        length = rng.choice([0, 1, 2, 28, 31, rng.randint(0, 120)])
        spread = {"payments": "span", "home_care": "event"}.get(feed, "stay")
        is_open = spread == "event" or (spread == "stay" and rng.random() < 0.2)
        amount = rng.choice([None, pounds(rng.choice(PENCE)), pounds(rng.randint(-(10**7), 10**7))])
        self._add(
            "core.record", feed=feed, part="", is_lead=True, is_duplicate=False, record_amount=amount, record_key=key, service=service, fate=rng.choice(["accepted"] * 5 + ["quarantined", "superseded"]),
            period="2024-05", source_file="f", source_row=int(key), row_count=1, start_date=start, spread=spread,
            end_date=None if is_open else start + datetime.timedelta(max(length, spread == "span")),
            quantity=rng.choice([None, Decimal(0), Decimal("12.2500"), Decimal("-0.5000")]) if spread == "event" else Decimal(1),
            amount=amount, social_care_id=f"s{key}",
        )  # fmt: skip

    def accepted(self) -> Iterator[Row]:
        return (row for row in self.tables["core.record"] if row["fate"] == "accepted")

    def rule(self, service: str) -> Row:
        return next(r for r in self.tables["reference.costing_rules"] if r["service"] == service)

    def price(self, service: str, year: str) -> Decimal | None:
        prices = [
            r["unit_cost"]
            for r in self.tables["reference.unit_costs"]
            if (r["service"], r["financial_year"]) == (service, year)
        ]
        return prices[0] if prices else None

    def quanta(self) -> dict[tuple[str, datetime.date], Decimal]:
        """What the ledger says of each service and month: of a row that comes again the last one, by the mapping of its month."""
        latest = {row["record_key"]: row for row in sorted(self.tables["staged.ledger"], key=lambda r: r["period"])}
        sums: dict[tuple[str, datetime.date], Decimal] = defaultdict(Decimal)
        for row in latest.values():
            maps = [
                m for m in self.tables["reference.cost_code_map"]
                if m["cost_code"] == row["cost_code"]
                and m.get("valid_from", NO_DAY) <= row["month"] <= m.get("valid_to", datetime.date.max)
            ]  # fmt: skip
            if not maps:
                sums["unmapped", row["month"]] += row["amount"]
            elif maps[0]["treatment"] == "cost":
                sums[maps[0]["service"], row["month"]] += row["amount"]
        return sums


def schema_of(name: str) -> pa.Schema:
    layer, table = name.split(".")
    if layer in ("staged", "quarantine"):
        models = [FEEDS[table].model, Lineage]
    else:
        models = [({**REFERENCE, **OPTIONAL} if layer == "reference" else {**PUBLISHED, **CORE})[table]]
    return pa.schema([(c.name, c.arrow_type) for model in models for c in columns(model)])


def costed(tables: dict[str, list[Row]], threads: int, shuffle: random.Random | None = None) -> dict[str, list[tuple]]:
    """What the chain makes of a batch: the rows of record_cost and of cost_line, in their own order."""
    connection = database(threads)
    needed = {f"{layer}.{name}" for file in CHAIN for layer, name in dependencies(read_sql(*file.split("/")))}
    made = {file.replace("/", ".") for file in CHAIN}
    for name in sorted(needed - made):
        rows = list(tables.get(name, ()))
        if shuffle:
            shuffle.shuffle(rows)
        _put(connection, name, pa.Table.from_pylist(rows, schema_of(name)))
    for file in CHAIN:
        connection.execute(f"CREATE OR REPLACE TABLE {file.replace('/', '.')} AS {read_sql(*file.split('/'))}")
    return {
        "record_cost": connection.execute(
            "SELECT agency, feed, record_key, service, month, split_group, cost_basis, direct_cost FROM core.record_cost ORDER BY ALL"
        ).fetchall(),
        "cost_line": connection.execute("SELECT agency, service, month, cost, * FROM core.cost_line").fetchall(),
    }


def _put(connection: duckdb.DuckDBPyConnection, name: str, rows: pa.Table) -> None:
    connection.execute(f"CREATE SCHEMA IF NOT EXISTS {name.split('.')[0]}")
    connection.register("given", rows)
    connection.execute(f"CREATE OR REPLACE TABLE {name} AS SELECT * FROM given")
    connection.unregister("given")


def together(cases: list[Case]) -> dict[str, list[Row]]:
    tables: dict[str, list[Row]] = defaultdict(list, {name: list(rows) for name, rows in SHARED.items()})
    for case in cases:
        for name, rows in case.tables.items():
            tables[name] += rows
    return tables


def check_quanta(cases: list[Case], lines: list[tuple]) -> None:
    """Σ cost = quantum, for every agency, service and month; nothing outside the dataset's months."""
    sums: dict[tuple[str, str, datetime.date], Decimal] = defaultdict(Decimal)
    for agency, service, month, cost, *_ in lines:
        assert FIRST <= month <= LAST
        sums[agency, service, month] += cost
    expected = {(case.agency, *key): amount for case in cases for key, amount in case.quanta().items() if amount}
    assert {key: cost for key, cost in sums.items() if cost} == expected


def year_of(day: datetime.date) -> str:
    return YEARS[day >= datetime.date(2024, 4, 1)]


def check_records(cases: list[Case], costs: list[tuple]) -> None:
    """Σ months = record: its amount or, by rate, each year's units at the year's price. Every month is its share to the penny."""
    of_record: dict[tuple[str, str, str], list[tuple]] = defaultdict(list)
    for agency, feed, key, _, month, group, basis, direct in costs:
        of_record[agency, feed, key].append((month, group, basis, direct))
    for case in cases:
        for record in case.accepted():
            method = case.rule(record["service"])["method"]
            parts = of_record.pop((case.agency, record["feed"], record["record_key"]), [])
            if record["feed"] == "payments" and method != "payments":
                assert not parts
                continue
            assert parts
            if record["feed"] != "payments" and method in ("payments", "ledger"):
                assert {(p[2], p[3]) for p in parts} == {("activity", None)}
            elif method == "rate":
                check_rated(case, record, parts)
            else:
                check_recorded(record, parts)
    assert not of_record


def days_by_month(record: Row, until: datetime.date) -> dict[datetime.date, int]:
    """Days of [start, end) up to a day, not counted; at least the first."""
    if record["spread"] == "event":
        return {record["start_date"].replace(day=1): 1}
    last = min(record["end_date"] or until, until)
    days: dict[datetime.date, int] = defaultdict(int)
    for n in range(max((last - record["start_date"]).days, 1)):
        days[(record["start_date"] + datetime.timedelta(n)).replace(day=1)] += 1
    return days


def check_recorded(record: Row, parts: list[tuple]) -> None:
    if record["amount"] is None:
        assert {(p[2], p[3]) for p in parts} == {("uncosted", None)}
        return
    until = END + datetime.timedelta(1) if record["feed"] == "care_home" or record["end_date"] is None else datetime.date.max
    days = days_by_month(record, until)
    assert {p[0] for p in parts} == set(days)
    whole, all_days = Fraction(record["amount"]), sum(days.values())
    if record["feed"] == "care_home":
        # The amount on the record is a week's.
        exact = whole * all_days / 7
        whole = Fraction(sum(p[3] for p in parts))
        assert abs(whole - exact) <= Fraction(1, 200)
    assert sum(Fraction(p[3]) for p in parts) == whole
    for month, _, _, direct in parts:
        assert abs(Fraction(direct) - whole * days[month] / all_days) < Fraction(1, 100)


def check_rated(case: Case, record: Row, parts: list[tuple]) -> None:
    days = days_by_month(record, END + datetime.timedelta(1))
    assert {p[0] for p in parts} == set(days)
    for year in {p[1] for p in parts}:
        own = [p for p in parts if p[1] == year]
        price = case.price(record["service"], year)
        is_known = record["spread"] != "event" or record["quantity"] is not None
        if not any(FIRST <= p[0] <= LAST for p in own) and own[0][3] is None:
            continue  # nobody needs a price for months that are not published
        if price is None or not is_known:
            assert {(p[2], p[3]) for p in own} == {("uncosted", None)}
            continue
        in_year = sum(d for month, d in days.items() if year_of(month) == year)
        units = Fraction(record["quantity"]) if record["spread"] == "event" else Fraction(in_year)
        exact = units * Fraction(price) / (7 if record["feed"] == "care_home" else 1)
        # Half a penny is rounded away from zero.
        half_up = (abs(exact) * 100 + Fraction(1, 2)).__floor__()
        assert sum(Fraction(p[3]) for p in own) == Fraction(half_up if exact >= 0 else -half_up, 100)


judged = 0


@settings(
    max_examples=BATCHES,
    deadline=None,
    derandomize=True,
    database=None,
    suppress_health_check=list(HealthCheck),
    phases=NO_SHRINKING,
)
@given(seed=st.integers(0, 2**64 - 1))
def test_any_batch_of_cases(seed: int) -> None:
    global judged
    rng = random.Random(seed)
    cases = [Case.drawn(number, rng) for number in range(CASES)]
    tables = together(cases)
    made = costed(tables, threads=1)
    check_quanta(cases, made["cost_line"])
    check_records(cases, made["record_cost"])
    # No line changes with the order of rows (and so of files) or the number of threads.
    assert costed(tables, threads=2, shuffle=rng) == made
    # One record more in each case changes lines of its own service alone.
    touched = set()
    for case in cases:
        service = rng.choice([r["service"] for r in case.tables["reference.costing_rules"]])
        case.record("99", service, rng)
        touched.add((case.agency, service))
    with_more = costed(together(cases), threads=2)
    check_quanta(cases, with_more["cost_line"])
    for table, place in (("cost_line", (0, 1)), ("record_cost", (0, 3))):
        before, after = (
            [row for row in rows[table] if tuple(row[i] for i in place) not in touched] for rows in (made, with_more)
        )
        assert before == after
    assert before
    judged += CASES


def test_the_cases_were_ten_thousand() -> None:
    """Run on its own it judges the batches first."""
    if not judged:
        test_any_batch_of_cases()
    assert judged >= 10_000
