"""ledger_line: every current ledger row with the service it belongs to."""

from decimal import Decimal
from typing import Any

import pytest

from tests.sql.sql_case import Row, run

REFRESH = {"first_month": "2025-04-01", "last_month": "2025-06-01", "period_end": "2025-06-30"}
CODES = [
    {"agency": "angus", "cost_code": "100", "valid_to": "2025-04-30", "service": "meals", "treatment": "cost"},
    {"agency": "angus", "cost_code": "100", "valid_from": "2025-05-01", "service": "day_care", "treatment": "cost"},
    {"agency": "angus", "cost_code": "200", "valid_from": "2025-05-01", "valid_to": "2025-05-31", "service": "meals", "treatment": "cost"},
    {"agency": "angus", "cost_code": "910", "service": "meals", "treatment": "eliminate"},
    {"agency": "angus", "cost_code": "930", "treatment": "exclude"},
]  # fmt: skip


def entry(
    code: str = "100", month: str = "2025-04-01", amount: str | None = "10.00", period: str = "2025-04", **own: Any
) -> Row:
    return {"agency": "angus", "period": period, "cost_code": code, "month": month, "amount": amount,
            "record_key": f"{code}|{month}", "account_name": f"account {code}", **own}  # fmt: skip


def lines(staged: list[Row], quarantine: list[Row] | None = None) -> list[Row]:
    tables = {
        "staged.ledger": staged,
        "quarantine.ledger": quarantine or [],
        "core.refresh": [REFRESH],
        "reference.cost_code_map": CODES,
    }
    found = run("core/ledger_line", tables)
    assert found == run("core/ledger_line", {name: rows[::-1] for name, rows in tables.items()})
    return found


def one(*rows: Row) -> Row:
    (line,) = lines(list(rows))
    return line


@pytest.mark.parametrize(
    ("code", "month", "service", "treatment"),
    [
        ("100", "2025-04-01", "meals", "cost"),
        ("100", "2025-05-01", "day_care", "cost"),
        ("100", "2025-04-30", "meals", "cost"),
        # A mapping for May only leaves April and June without one.
        ("200", "2025-04-01", "unmapped", "cost"),
        ("200", "2025-05-01", "meals", "cost"),
        ("200", "2025-06-01", "unmapped", "cost"),
        ("999", "2025-05-01", "unmapped", "cost"),
        # In another ledger too, or no cost of care: no service, whatever the mapping says beside it.
        ("910", "2025-05-01", None, "eliminate"),
        ("930", "2025-05-01", None, "exclude"),
    ],
)
def test_the_service_is_that_of_the_code_in_the_month(code: str, month: str, service: str | None, treatment: str) -> None:
    line = one(entry(code, month))
    assert (line["service"], line["treatment"], line["amount"]) == (service, treatment, 10)
    assert f"{line['month']:%Y-%m-%d}" == month[:8] + "01"


def test_the_codes_of_an_agency_are_its_own() -> None:
    assert one(entry(agency="dundee-city"))["service"] == "unmapped"


def test_a_month_restated_in_a_later_period_replaces_the_earlier_row() -> None:
    rows = [entry(amount="10.00"), entry("200", amount="3.00"), entry(amount="-12.50", period="2025-06")]
    assert [(line["cost_code"], line["amount"]) for line in lines(rows)] == [("100", Decimal("-12.50")), ("200", 3)]


def test_the_same_key_of_another_agency_is_another_row() -> None:
    assert len(lines([entry(), entry(agency="dundee-city", period="2025-06")])) == 2


def test_a_restatement_in_quarantine_replaces_the_earlier_row_too() -> None:
    """As for records: the agency took the amount back. The gate names the quarantined row."""
    assert lines([entry()], [entry(amount=None, period="2025-05", broken_rules="amount.unreadable")]) == []
    assert len(lines([entry(period="2025-05")], [entry(broken_rules="x")])) == 1
    # A second row of one file, quarantined, replaces nothing.
    assert len(lines([entry()], [entry(broken_rules="duplicate_key")])) == 1


def test_months_outside_the_dataset_have_no_line() -> None:
    assert lines([entry(month="2025-03-31"), entry(month="2025-07-01")]) == []
    assert len(lines([entry(month="2025-04-01"), entry(month="2025-06-30")])) == 2


def test_a_ledger_of_billions_keeps_its_pennies() -> None:
    assert one(entry(amount="9999999999.99"))["amount"] == Decimal("9999999999.99")


def test_ledger_rows_without_a_line_are_named_with_their_pounds() -> None:
    def unlined(staged: list[Row]) -> list[Row]:
        by_rules = run(
            "core/fate_by_rules", {"staged.ledger": [{**row, "source_file": "f", "source_row": 1} for row in staged]}
        )
        fates = run("core/fate", {"core.fate_by_rules": by_rules})
        return run("gate/ledger_without_line", {"core.fate": fates, "core.ledger_line": lines(staged)})

    assert unlined([entry(), entry("910"), entry(period="2025-06", amount="11.00")]) == []
    early = [entry(), entry(month="2025-03-01", amount="7.00"), entry("910", "2025-02-01", "-3.00")]
    assert unlined(early) == [{"agency": "angus", "rows": "2 rows", "amount": "£4.00"}]
    assert unlined([entry(month="2025-03-01", amount="0.00")]) == [{"agency": "angus", "rows": "1 row", "amount": "£0.00"}]


def test_a_code_has_any_number_of_lines_and_a_later_period_replaces_them_all() -> None:
    three = [entry(amount=amount, part=str(n)) for n, amount in enumerate(("8900.95", "50000.00", "10234.10"), 1)]
    found = lines(three)
    assert [(row["line"], row["amount"]) for row in found] == [
        (1, Decimal("8900.95")), (2, Decimal("50000.00")), (3, Decimal("10234.10")),
    ]  # fmt: skip
    assert sum(row["amount"] for row in found) == Decimal("69135.05")
    assert [row["amount"] for row in lines([*three, entry(amount="5.00", part="1", period="2025-06")])] == [5]
