"""fate, fate_by_rules: rows and pounds of each current submission by fate, each row once whatever number of rules it breaks."""

from decimal import Decimal
from typing import Any

from tests.sql.sql_case import Row, run


def record(fate: str, amount: str | None, period: str = "2025-04", feed: str = "acute") -> Row:
    return {"agency": "nhs-tayside", "feed": feed, "period": period, "fate": fate, "amount": amount}


def validated_row(period: str, key: str | None, amount: str | None = None, row: int = 1, **own: Any) -> Row:
    return {
        "agency": "angus",
        "period": period,
        "record_key": key,
        "source_file": f"f{period}",
        "source_row": row,
        "amount": amount,
        **own,
    }


def fates(tables: dict[str, list[Row]]) -> dict[tuple[str, str], tuple[Any, ...]]:
    """Rows accepted, quarantined, superseded and their pounds, by feed and period."""
    return {(row["feed"], row["period"]): tuple(row.values())[3:] for row in by_fate(tables)}


def by_fate(tables: dict[str, list[Row]]) -> list[Row]:
    return run("core/fate", {"core.fate_by_rules": run("core/fate_by_rules", tables)})


def no_money(rows: list[Row]) -> list[Row]:
    return [{name: value for name, value in row.items() if name != "amount"} for row in rows]


def test_rows_and_pounds_of_activity() -> None:
    rows = [record("accepted", "1.10"), record("accepted", "2.20"), record("accepted", None), record("quarantined", "4.40"),
            record("superseded", "8.80"), record("accepted", "0.05", "2025-05")]  # fmt: skip
    assert fates({"core.record": rows}) == {
        ("acute", "2025-04"): (3, 1, 1, Decimal("3.30"), Decimal("4.40"), Decimal("8.80")),
        ("acute", "2025-05"): (1, 0, 0, Decimal("0.05"), Decimal("0.00"), Decimal("0.00")),
    }


def test_ledger_rows_have_the_fates_of_records() -> None:
    staged = [
        validated_row("2025-04", "a", "1.00"),
        validated_row("2025-04", "b", "2.00"),
        validated_row("2025-04", "c", "4.00"),
        validated_row("2025-05", "b", "8.00"),
    ]
    quarantine = [validated_row("2025-05", "c", "16.00", broken_rules="x"), validated_row("2025-05", None, None, 2, broken_rules="x"),
                  validated_row("2025-05", None, None, 3, broken_rules="x"), validated_row("2025-04", None, "32.00", 4, broken_rules="x")]  # fmt: skip
    assert fates({"staged.ledger": staged, "quarantine.ledger": quarantine}) == {
        ("ledger", "2025-04"): (1, 1, 2, Decimal(1), Decimal(32), Decimal(6)),
        ("ledger", "2025-05"): (1, 3, 0, Decimal(8), Decimal(16), Decimal(0)),
    }


def test_of_a_snapshot_the_latest_period_counts() -> None:
    clients = no_money([validated_row("2025-04", "a"), validated_row("2025-04", "b"), validated_row("2025-05", "a")])
    bad = no_money([validated_row("2025-04", "c", broken_rules="x"), validated_row("2025-05", "c", broken_rules="x")])
    other = no_money([validated_row("2025-04", "a", agency="dundee-city")])
    register = no_money([validated_row("2025-04", "a", agency="nhs-tayside")])
    tables = {"staged.clients": clients + other, "quarantine.clients": bad, "staged.population_register": register}
    found = {(r["agency"], r["feed"], r["period"]): (r["accepted"], r["quarantined"], r["superseded"]) for r in by_fate(tables)}
    assert found == {
        ("angus", "clients", "2025-04"): (0, 0, 3),
        ("angus", "clients", "2025-05"): (1, 1, 0),
        ("dundee-city", "clients", "2025-04"): (1, 0, 0),
        ("nhs-tayside", "population_register", "2025-04"): (1, 0, 0),
    }


def test_a_row_is_under_all_the_rules_that_it_breaks_and_nowhere_else() -> None:
    both: Row = {"broken_rules": "hours.unreadable month.unreadable"}
    one: Row = {"broken_rules": "hours.unreadable"}
    records = [
        {**record("quarantined", "1.10"), **both}, {**record("quarantined", "2.20"), **one}, {**record("quarantined", None), **one},
        {**record("superseded", "4.40"), **one}, record("accepted", "8.80"),
        # The second record of a row is no row of the file; its pounds are pounds.
        {**record("quarantined", "16.00"), **both, "row_count": 0},
    ]  # fmt: skip
    held = [{"agency": "nhs-tayside", "feed": "acute", "period": "2025-04", "amount": amount, **rules}
            for amount, rules in (("1.10", both), ("16.00", both), ("2.00", one))]  # fmt: skip
    bad_ledger = [validated_row("2025-04", "c", "32.00", **both), validated_row("2025-04", None, None, 2, **one)]
    found = run("core/fate_by_rules", {"core.record": records, "core.held": held, "quarantine.ledger": bad_ledger})
    assert {
        (r["feed"], r["fate"], r["broken_rules"]): (r["rows"], r["rows_without_pounds"], r["pounds"], r["held"]) for r in found
    } == {
        ("acute", "accepted", ""): (1, 0, Decimal("8.80"), Decimal(0)),
        ("acute", "quarantined", both["broken_rules"]): (1, 0, Decimal("17.10"), Decimal("17.10")),
        ("acute", "quarantined", one["broken_rules"]): (2, 1, Decimal("2.20"), Decimal("2.00")),
        ("acute", "superseded", ""): (1, 0, Decimal("4.40"), Decimal(0)),
        ("ledger", "quarantined", both["broken_rules"]): (1, 0, Decimal("32.00"), Decimal(0)),
        ("ledger", "quarantined", one["broken_rules"]): (1, 1, None, Decimal(0)),
    }


def test_every_row_in_quarantine_is_named_with_what_is_known_of_its_pounds() -> None:
    def sent(feed: str, rows: int, pounds: str) -> Row:
        return {"agency": "angus", "feed": feed, "period": "2025-04", "quarantined": rows, "pounds_quarantined": pounds}

    def held(feed: str, amount: str | None) -> Row:
        return {**record("quarantined", amount, feed=feed), "agency": "angus", "is_void": False}

    fate = [
        sent("home_care", 3, "50.00"),
        sent("payments", 1, "0.00"),
        sent("clients", 1, "0.00"),
        sent("equipment", 0, "0.00"),
    ]
    records = [held("home_care", "50.00"), held("home_care", None), held("home_care", None), held("payments", None)]
    in_lines = [{"agency": "angus", "feed": "home_care", "amount": "50.00"}]
    tables = {"core.fate": fate, "core.record": records, "core.held": in_lines}
    assert run("gate/quarantined", tables) == [
        {
            "sentences": "angus clients: 1 row; angus home_care: 3 rows, £50.00, £50.00 of it on lines of basis quarantined, "
            "2 of them without pounds that can be read; angus payments: 1 row, without pounds that can be read"
        }
    ]
