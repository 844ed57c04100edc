"""Warnings of the gate are silent on what a later file has mended: rows that no longer count are nobody's to look at."""

import pytest

from tests.sql.sql_case import Row, run

COUNTS = {"agency": "angus", "feed": "clients", "quarantined": 0}
DRIFTED = {
    "agency": "angus",
    "feed": "clients",
    "period": "2025-04",
    "rule_id": "drift.rows",
    "now": "1",
    "usual": "9",
    "drifts": True,
}


@pytest.mark.parametrize(
    ("fate", "is_news"),
    [
        ({"accepted": 0, "superseded": 9}, False),
        ({"accepted": 1, "superseded": 8}, True),
        ({"accepted": 0, "superseded": 0}, True),  # a nil return
        ({"accepted": 0, "quarantined": 9, "superseded": 0}, True),
    ],
)
def test_a_file_that_drifted_is_news_while_something_of_it_counts(fate: Row, is_news: bool) -> None:
    rows = run("gate/drift", {"core.drift": [DRIFTED], "core.fate": [COUNTS | {"period": "2025-04"} | fate]})
    assert bool(rows) == is_news


def ledger(period: str, key: str | None = "meals 2025-04", **more: object) -> Row:
    return {"agency": "angus", "period": period, "record_key": key, "amount": "1.00", **more}


BAD = {"broken_rules": "ledger.amount"}


@pytest.mark.parametrize(
    ("set_aside", "good", "named"),
    [
        ([ledger("2025-04", **BAD)], [], ["2025-04"]),
        ([ledger("2025-04", **BAD)], [ledger("2025-05")], []),
        ([ledger("2025-05", **BAD)], [ledger("2025-04")], ["2025-05"]),
        ([ledger("2025-04", **BAD), ledger("2025-05", **BAD)], [], ["2025-05"]),
        ([ledger("2025-04", None, **BAD)], [ledger("2025-05")], ["2025-04"]),  # of a row without a key nobody can tell
        ([ledger("2025-04", **BAD)], [ledger("2025-05") | {"agency": "dundee-city"}], ["2025-04"]),
    ],
)
def test_a_ledger_row_that_was_set_aside_is_news_until_a_later_file_says_it_again(
    set_aside: list[Row], good: list[Row], named: list[str]
) -> None:
    rows = run("gate/ledger_quarantined", {"quarantine.ledger": set_aside, "staged.ledger": good})
    assert [row["period"] for row in rows] == named
