"""One value of a workbook or Parquet file as the plain text a CSV file would hold.

Belongs here: numbers, dates, times, yes and no as text. Does not belong here: what the text means (`pipelines/ingest/validating/`).
"""

import datetime
from decimal import Decimal

_SIGNIFICANT_DIGITS = 15
"""What a spreadsheet keeps and shows of a number; more are noise of binary arithmetic."""


def number_text(value: float) -> str | None:
    """A number in plain digits: never an exponent, nor the noise of 0.30000000000000004. What is not a number is no value."""
    if value != value:
        return None
    if value.is_integer():
        return str(int(value))
    return format(Decimal(format(value, f".{_SIGNIFICANT_DIGITS}g")), "f")


def cell_text(value: object) -> str | None:
    """The value of a worksheet's cell as text; an empty cell is no value."""
    if isinstance(value, str):
        return value or None
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, float | int):
        return number_text(float(value))
    if isinstance(value, datetime.timedelta):
        return _hours_text(value)
    return str(value)


def _hours_text(value: datetime.timedelta) -> str:
    seconds = round(value.total_seconds())
    minutes, second = divmod(abs(seconds), 60)
    return f"{'-' if seconds < 0 else ''}{minutes // 60}:{minutes % 60:02}:{second:02}"
