"""Months: their first and last days, the months after and before, runs of them, and financial years."""

import datetime

import pytest

from schemas import month


@pytest.mark.parametrize(
    ("text", "first", "last"),
    [
        ("2025-04", (2025, 4, 1), (2025, 4, 30)),
        ("2024-02", (2024, 2, 1), (2024, 2, 29)),
        ("2025-12", (2025, 12, 1), (2025, 12, 31)),
    ],
)
def test_a_month_has_a_first_and_a_last_day(text: str, first: tuple[int, int, int], last: tuple[int, int, int]) -> None:
    assert month.first_day(text) == datetime.date(*first)
    assert month.last_day(text) == datetime.date(*last)


@pytest.mark.parametrize(("text", "after"), [("2025-04", "2025-05"), ("2025-12", "2026-01"), ("2024-01", "2024-02")])
def test_a_month_is_followed_by_the_next(text: str, after: str) -> None:
    assert month.after(text) == after
    assert month.before(month.first_day(after)) == text
    assert month.before(month.last_day(after)) == text


def test_months_run_from_the_first_to_the_last() -> None:
    assert month.months("2025-11", "2026-02") == ["2025-11", "2025-12", "2026-01", "2026-02"]
    assert month.months("2025-04", "2025-04") == ["2025-04"]
    assert month.months("2025-05", "2025-04") == []


@pytest.mark.parametrize(
    ("text", "year"),
    [("2025-03", "2024-25"), ("2025-04", "2025-26"), ("2026-03", "2025-26"), ("1999-12", "1999-00"), ("2000-04", "2000-01")],
)
def test_a_financial_year_begins_in_april(text: str, year: str) -> None:
    assert month.financial_year(text) == year
