"""What a field probably is, told from its text; the text itself is never in the words."""

import pytest

from pipelines.ingest.validating.likely import likely

PATIENT = "1904851231"


@pytest.mark.parametrize(
    ("rule_id", "text", "words"),
    [
        ("admission_date.unreadable", "45383", "a date as a spreadsheet's serial number; format the column as a date"),
        ("admission_date.unreadable", "30/04/2025", "a date as day/month/year; write 2025-04-30 (in Excel: Format Cells, Custom, yyyy-mm-dd)"),
        ("admission_date.unreadable", "04/30/2025", "a date with day and month swapped, as American spreadsheets write it; write 2025-04-30"),
        ("admission_date.unreadable", "2025-30-04", "a date with day and month swapped"),
        ("admission_date.unreadable", "2025-02-30", "a day that its month does not have"),
        ("gross_cost.unreadable", "12,34", "a comma for the decimal point; write 12.34"),
        ("gross_cost.unreadable", "1.2E+05", "a number in scientific notation; format the column as a number with two decimals"),
        ("gross_cost.unreadable", "#REF!", "an error of the spreadsheet's; mend the cell and export it again"),
        ("hours.out_of_bounds", PATIENT, "a CHI number in this column: see whether two columns are swapped"),
        ("hours.out_of_bounds", f"{PATIENT[:3]},{PATIENT[3:6]} {PATIENT[6:]}.00", "a CHI number in this column: see whether two columns are swapped"),
        ("hours.out_of_bounds", PATIENT[:-1] + ("1" if PATIENT[-1] != "1" else "2"), None),
        ("hours.out_of_bounds", "0101201234", "a CHI number in this column: see whether two columns are swapped"),
        ("admission_date.unreadable", "12/13/2025", "a date with day and month swapped, as American spreadsheets write it; write 2025-04-30"),
        ("admission_date.unreadable", "12/12/2025", "a date as day/month/year; write 2025-04-30 (in Excel: Format Cells, Custom, yyyy-mm-dd)"),
        ("admission_date.unreadable", "2025-13-12", "a date with day and month swapped"),
        ("admission_date.unreadable", "2025-12-32", "a day that its month does not have"),
        ("clinic_date.after_period", "2025-07-04", "a date with day and month swapped"),
        ("clinic_date.after_period", "2025-07-14", None),
        ("gross_cost.unreadable", "to be confirmed", None),
    ],
)  # fmt: skip
def test_what_a_field_probably_is(rule_id: str, text: str, words: str | None) -> None:
    column = rule_id.split(".")[0]
    assert likely([(rule_id, {column: text})], "2025-04") == ({rule_id: words} if words else {})


def test_what_most_of_them_are_is_said() -> None:
    sent = ["45383", "30/04/2025", "45384"]
    assert likely([("month.unreadable other.missing", {"month": text}) for text in sent], "2025-04") == {
        "month.unreadable": "a date as a spreadsheet's serial number; format the column as a date (2 of 3)"
    }
