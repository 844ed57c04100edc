"""Months as the feeds name them: text YYYY-MM.

Belongs here: arithmetic of months and financial years. Does not belong here: today's date (`pipelines/engine/clock.py`).
"""

import calendar
import datetime

FIRST_MONTH_OF_YEAR = 4
"""A financial year runs from April to March."""
MONTHS_IN_YEAR = 12


def first_day(month: str) -> datetime.date:
    """The first day of a month."""
    return datetime.date.fromisoformat(f"{month}-01")


def last_day(month: str) -> datetime.date:
    """The last day of a month."""
    first = first_day(month)
    return first.replace(day=calendar.monthrange(first.year, first.month)[1])


def after(month: str) -> str:
    """The month after a month."""
    return (last_day(month) + datetime.timedelta(days=1)).isoformat()[:7]


def before(day: datetime.date) -> str:
    """The month before the one of a day."""
    return (day.replace(day=1) - datetime.timedelta(days=1)).isoformat()[:7]


def moved(month: str, by: int) -> str:
    """The month so many months later; earlier, of a number below zero."""
    year, at = divmod(int(month[:4]) * MONTHS_IN_YEAR + int(month[5:]) - 1 + by, MONTHS_IN_YEAR)
    return f"{year:04d}-{at + 1:02d}"


def months(first: str, last: str) -> list[str]:
    """Every month from the first to the last; none where the last is before the first."""
    found = []
    while first <= last:
        found.append(first)
        first = after(first)
    return found


def financial_year(month: str) -> str:
    """The financial year of a month, as 2025-26."""
    day = first_day(month)
    first = day.year if day.month >= FIRST_MONTH_OF_YEAR else day.year - 1
    return f"{first}-{(first + 1) % 100:02d}"
