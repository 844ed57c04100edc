"""Any ledgers, rates, records and mappings: 10,000 cases through the SQL of costing, against sums made here in Python.

A case is one agency of its own: its costing rules, dated code mapping, unit costs, ledgers of several lines and records of
several parts, restated, credited and sent twice; negative quanta are among them. Cases share no agency, so a batch of them goes through the SQL at once and each is costed_cases apart. Hypothesis
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

from pipelines.engine.sql import dependencies, read_sql
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
PERIODS = {"2024-03": EDGES[3], "2024-04": datetime.date(2024, 4, 30), "2024-05": END}
"""The months that files come for, with their last days."""
CHAIN = ("core/record", "core/record_person", "core/record_month", "core/unit_cost_match", "core/record_cost", "core/ledger_line",
         "core/held", "core/service_month", "core/residual_share", "core/located_residual", "core/cost_line")  # fmt: skip
SHARED: dict[str, list[Row]] = {
    "core.refresh": [REFRESH],
    "core.data_zone_area": [{"data_zone": z, "council": "C", "hscp": "H", "locality": n, "simd_quintile": 1} for z, n in (("Z1", "N"), ("Z2", "S"))],
    "reference.admission_types": [{"admission_type_code": "30", "admission": "emergency"}],
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
    sent: list[Row] = field(default_factory=list)
    """Every row of activity and payments as it was sent, in words of this test."""

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
        """A code's lines of a month; now and then a later period says otherwise."""
        for period in ("2024-04", "2024-05")[: 1 + (rng.random() < 0.2)]:
            for line in range(1, rng.choice([1, 1, 2, 3]) + 1):
                amount = pounds(rng.choice([*PENCE, rng.randint(-(10**7), 10**7)]))
                self._add("staged.ledger", cost_code=code, month=month, amount=amount, period=period, record_key=f"{code}|{month}",
                          part=str(line), source_file="l", source_row=line, row_count=1)  # fmt: skip

    def record(self, key: str, service: str, rng: random.Random) -> None:
        """A record of the service, or a payment for it, in one file or in two; the client is nobody else's."""
        feed = "payments" if rng.random() < 0.3 else FEED_OF[service]
        for period in sorted(rng.sample(list(PERIODS), rng.choice([1, 1, 1, 2]))):
            for part in self._parts(feed, period, rng):
                self._send(feed, key, service, period, part, rng)
            if feed == "payments" and rng.random() < 0.3:
                self._take_back(key, service, period)

    def _take_back(self, key: str, service: str, period: str) -> None:
        """A credit for all that earlier files paid under a number."""
        own = [row for row in self.sent if (row["feed"], row["record_key"]) == ("payments", key) and not row["broken_rules"]]
        before = [row for row in own if row["period"] < period and row["amount"] and row["amount"] > 0]
        if before:
            credit = before[0] | {"period": period, "part": "9", "amount": -sum((row["amount"] for row in before), Decimal(0))}
            self._put(credit)

    def _parts(self, feed: str, period: str, rng: random.Random) -> Iterator[Row]:
        """The parts of a record in one file: their days, and what tells them apart."""
        start = rng.choice([*EDGES, FIRST + datetime.timedelta(rng.randint(-60, 150))])
        start = start if feed == "payments" else min(start, PERIODS[period])
        length = rng.choice([0, 1, 2, 28, 31, rng.randint(0, 120)])
        if feed == "home_care":
            yield {"part": "2", "start_date": start, "end_date": None, "spread": "event"}
            return
        if feed == "payments":
            for line in range(1, rng.choice([1, 1, 2, 3]) + 1):
                first = start + datetime.timedelta(rng.choice([0, 0, 7, 40]))
                yield {
                    "part": str(line),
                    "start_date": first,
                    "end_date": first + datetime.timedelta(max(length, 1)),
                    "spread": "span",
                }
            return
        is_open = rng.random() < 0.2
        end = None if is_open else start + datetime.timedelta(length)
        if feed == "care_home":
            yield {"part": f"{start}|0", "start_date": start, "end_date": end, "spread": "stay", "nursing_care": "0"}
            if end and length and rng.random() < 0.3:
                # Care that changes within the stay: another part from the day on which the first ends.
                until = end + datetime.timedelta(rng.randint(1, 40))
                yield {"part": f"{end}|9", "start_date": end, "end_date": until, "spread": "stay", "nursing_care": "9"}
            return
        months: list[str | None] = rng.choice([[None], [None, None], ["1"], ["1", "2"], ["2", "3"], ["1", "2", "3"]])
        for line, cost_month in enumerate(months, 1):
            yield {
                "part": cost_month or str(line),
                "start_date": start,
                "end_date": end,
                "spread": "stay",
                "cost_month": cost_month,
            }

    def _send(self, feed: str, key: str, service: str, period: str, part: Row, rng: random.Random) -> None:
        """A row of a file: accepted, in quarantine, or both where it is there twice."""
        amount = rng.choice([None, pounds(rng.choice(PENCE)), pounds(rng.randint(-(10**7), 10**7))])
        quantity = rng.choice([None, Decimal(0), Decimal("12.2500"), Decimal("-0.5000")]) if feed == "home_care" else Decimal(1)
        row = {"feed": feed, "record_key": key, "service": service, "period": period, "amount": amount, "quantity": quantity,
               "cost_month": None, "broken_rules": "x" if rng.random() < 0.12 else None, "social_care_id": f"s{key}", **part}  # fmt: skip
        self._put(row)
        if feed != "payments" and rng.random() < 0.15:
            self._put(row | {"broken_rules": "duplicate_row"})
        if feed != "payments" and rng.random() < 0.1:
            self._put(row | {"broken_rules": "duplicate_key", "amount": pounds(rng.choice(PENCE))})

    def _put(self, row: Row) -> None:
        self.sent.append(row)
        client = {"social_care_id": row["social_care_id"]}
        own: dict[str, Row] = {
            "home_care": {"month": row["start_date"], "hours": row["quantity"], "service_type": "2", "gross_cost": row["amount"], **client},
            "acute": {"admission_date": row["start_date"], "discharge_date": row["end_date"], "inpatient_day_case": "I",
                      "admission_type_code": "30", "total_cost": row["amount"], "cost_month": row["cost_month"]},
            "care_home": {"admission_date": row["start_date"], "discharge_date": row["end_date"], "admission_type": "3",
                          "nursing_care": row.get("nursing_care"), "gross_weekly_cost": row["amount"], **client},
            "payments": {"cost_code": row["service"], "period_from": row["start_date"], "gross_amount": row["amount"],
                         "period_to": row["end_date"] and row["end_date"] - datetime.timedelta(1), **client},
        }  # fmt: skip
        lineage = {name: row[name] for name in ("record_key", "part", "period", "broken_rules")}
        self._add(f"{'quarantine' if row['broken_rules'] else 'staged'}.{row['feed']}", source_file=f"f{row['period']}",
                  source_row=len(self.sent), row_count=1, **lineage, **own[row["feed"]])  # fmt: skip

    def live(self) -> Iterator[Row]:
        """The rows that no later file replaces."""
        for row in self.sent:
            same = [other for other in self.sent if (other["feed"], other["record_key"]) == (row["feed"], row["record_key"])]
            later = [other for other in same if other["period"] > row["period"]]
            if row["feed"] == "payments":
                later = [other for other in later if not self._is_added(other)]
            if row["cost_month"]:
                later = [other for other in later if other["cost_month"] in (None, row["cost_month"])]
            if not later:
                yield row

    def _is_added(self, payment: Row) -> bool:
        """Whether a line is added to earlier ones: a credit, or a line of a file that takes back all that was paid before it."""
        if payment["amount"] is not None and payment["amount"] < 0:
            return True
        paid: dict[str, Decimal] = defaultdict(Decimal)
        credited: dict[str, Decimal] = defaultdict(Decimal)
        for row in self.sent:
            if (
                row["feed"] == "payments"
                and row["record_key"] == payment["record_key"]
                and not row["broken_rules"]
                and row["amount"]
            ):
                (paid if row["amount"] > 0 else credited)[row["period"]] += row["amount"]
        before = [period for period in paid if period < payment["period"]]
        period = payment["period"]
        return bool(before) and period in paid and period in credited and credited[period] == -paid[max(before)]

    def accepted(self) -> Iterator[Row]:
        """What is costed: each accepted part, but the parts of an episode as one."""
        good = [row for row in self.live() if not row["broken_rules"]]
        for row in good:
            if row["feed"] == "payments" and self._is_added(row):
                yield row | {"part": f"{row['period']}/{row['part']}"}
            elif row["feed"] != "acute":
                yield row
        for key in {row["record_key"] for row in good if row["feed"] == "acute"}:
            parts = [row for row in good if (row["feed"], row["record_key"]) == ("acute", key)]
            latest = [row for row in parts if row["period"] == max(part["period"] for part in parts)]
            amounts = [part["amount"] for part in parts if part["amount"] is not None]
            yield min(latest, key=lambda row: row["part"]) | {"part": "", "amount": sum(amounts) if amounts else None}

    def held(self) -> dict[tuple[str, datetime.date], Decimal]:
        """What is known of records in quarantine, by service and month: once, and only where records of the feed are the cost."""
        sums: dict[tuple[str, datetime.date], Decimal] = defaultdict(Decimal)
        for row in self.live():
            is_payment = row["feed"] == "payments"
            if row["broken_rules"] != "x" or row["amount"] is None or row["feed"] == "care_home":
                continue
            if self.rule(row["service"])["method"] == ("payments" if is_payment else "record"):
                month = row["start_date"].replace(day=1)
                own = datetime.date.fromisoformat(row["period"] + "-01")
                sums[row["service"], month if FIRST <= month <= LAST else own] += row["amount"]
        return sums

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
        """What the ledger says of each service and month: of a code that comes again its last lines, by the mapping of its month."""
        rows = self.tables["staged.ledger"]
        latest = {row["record_key"]: row["period"] for row in sorted(rows, key=lambda r: r["period"])}
        sums: dict[tuple[str, datetime.date], Decimal] = defaultdict(Decimal)
        for row in rows:
            if row["period"] != latest[row["record_key"]]:
                continue
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
            "SELECT agency, feed, record_key, service, part, month, split_group, cost_basis, direct_cost FROM core.record_cost ORDER BY ALL"
        ).fetchall(),
        "cost_line": connection.execute(
            "SELECT agency, service, month, cost, line_id, cost_basis, source_row, * FROM core.cost_line"
        ).fetchall(),
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


def check_held(cases: list[Case], lines: list[tuple]) -> None:
    """H is on lines of its own, each with its row; no two lines have one id."""
    held: dict[tuple[str, str, datetime.date], Decimal] = defaultdict(Decimal)
    for agency, service, month, cost, _, basis, source_row, *_ in lines:
        if basis == "quarantined":
            assert source_row and cost
            held[agency, service, month] += cost
    expected = {(case.agency, *key): amount for case in cases for key, amount in case.held().items() if amount}
    assert {key: cost for key, cost in held.items() if cost} == expected
    assert len({line[4] for line in lines}) == len(lines)


def year_of(day: datetime.date) -> str:
    return YEARS[day >= datetime.date(2024, 4, 1)]


def check_records(cases: list[Case], costs: list[tuple]) -> None:
    """Σ months = record: its amount or, by rate, each year's units at the year's price. Every month is its share to the penny."""
    of_record: dict[tuple[str, str, str, str], list[tuple]] = defaultdict(list)
    for agency, feed, key, _, part, month, group, basis, direct in costs:
        of_record[agency, feed, key, part].append((month, group, basis, direct))
    for case in cases:
        for record in case.accepted():
            method = case.rule(record["service"])["method"]
            parts = of_record.pop((case.agency, record["feed"], record["record_key"], record["part"]), [])
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
    if record["feed"] != "care_home" and record["end_date"] is None:
        # An amount on an open stay is for its days to the end of its file's month.
        last = max(record["start_date"], datetime.date.fromisoformat(record["period"] + "-01")).replace(day=1)
        days = {month: number for month, number in days.items() if month <= last}
        assert {(p[2], p[3]) for p in parts if p[0] not in days} <= {("uncosted", None)}
        parts = [p for p in parts if p[0] in days]
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


costed_cases = 0


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
    global costed_cases
    rng = random.Random(seed)
    cases = [Case.drawn(number, rng) for number in range(CASES)]
    tables = together(cases)
    made = costed(tables, threads=1)
    check_quanta(cases, made["cost_line"])
    check_held(cases, made["cost_line"])
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
    costed_cases += CASES


def test_the_cases_were_ten_thousand() -> None:
    """Run on its own it costs the batches first."""
    if not costed_cases:
        test_any_batch_of_cases()
    assert costed_cases >= 10_000
