"""Later files that take most of a month's pounds: named with both figures."""

import datetime
from decimal import Decimal

from tests.sql.sql_case import Row, run

APRIL = datetime.date(2025, 4, 1)


def record(key: str, period: str, amount: str, fate: str = "accepted", **changed: object) -> Row:
    return {
        "agency": "angus", "feed": "home_care", "record_key": key, "period": period, "start_date": APRIL, "amount": Decimal(amount),
        "fate": fate, "is_void": False, **changed,
    }  # fmt: skip


def named(*records: Row, **tables: list[Row]) -> list[tuple[str, str, str]]:
    found = run(
        "check/gate_restatements", {"core.record": records, **{f"staged.{name}": rows for name, rows in tables.items()}}
    )
    return [(row["feed"], row["now"], row["before"]) for row in found]


def test_a_month_left_with_less_than_half_of_its_pounds_is_named() -> None:
    kept = record("2", "2025-04", "30.00")
    assert named(record("1", "2025-04", "100.00", "superseded"), record("1", "2025-05", "20.00"), kept) == [
        ("home_care", "£50.00 now", "£130.00 before")
    ]
    assert named(record("1", "2025-04", "100.00", "superseded"), record("1", "2025-05", "35.00"), kept) == []


def test_a_record_that_later_files_date_to_another_month_leaves_its_own() -> None:
    may = record("1", "2025-05", "100.00", start_date=datetime.date(2025, 5, 1))
    assert named(record("1", "2025-04", "100.00", "superseded"), may) == [("home_care", "£0.00 now", "£100.00 before")]


def test_a_reversal_restates_nothing() -> None:
    paid = {"feed": "payments"}
    assert named(record("1", "2025-04", "100.00", **paid), record("1", "2025-05", "-100.00", **paid)) == []


def test_a_duplicate_was_never_any_of_the_pounds() -> None:
    void = record("1", "2025-04", "100.00", "superseded", is_void=True)
    assert named(record("1", "2025-04", "100.00", "superseded"), void, record("1", "2025-05", "60.00")) == []


def test_a_ledger_is_named_too() -> None:
    row = {"agency": "angus", "record_key": "H|2025-04-01", "month": APRIL}
    ledger = [row | {"period": "2025-04", "amount": Decimal(90)}, row | {"period": "2025-05", "amount": Decimal(9)}]
    assert named(ledger=ledger) == [("ledger", "£9.00 now", "£90.00 before")]
