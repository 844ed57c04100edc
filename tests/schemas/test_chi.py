"""CHI numbers: which are valid by which check digit, and what is repaired."""

import datetime
import time

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest

from schemas import chi

TEXT = pd.ArrowDtype(pa.string())


@pytest.mark.parametrize(
    ("number", "by_eleven", "by_either"),
    [
        ("1904851231", True, True),
        ("2902201230", True, True),
        ("0101011237", True, True),
        ("0101201234", False, True),
        ("1904851232", False, False),
        ("0101201233", False, False),
        ("2902191230", False, False),
        ("190485123", False, False),
        ("19048512311", False, False),
        ("19048512E1", False, False),
        ("0000000000", False, False),
        ("3113000000", False, False),
        ("", False, False),
        (None, False, False),
    ],
)
def test_chi_vectors(number: str | None, by_eleven: bool, by_either: bool) -> None:
    column = pd.Series([number], dtype=TEXT)
    assert chi.valid(column, luhn_allowed=False).tolist() == [by_eleven]
    assert chi.valid(column, luhn_allowed=True).tolist() == [by_either]


def test_the_date_in_a_number_is_one_of_the_calendar() -> None:
    written = [f"{day:02d}{month:02d}{year:02d}0000" for day in range(35) for month in range(15) for year in range(100)]
    digits = np.array([[int(digit) for digit in number] for number in written], dtype=np.int16)
    assert chi.has_real_date(digits).tolist() == [is_day(number[:6]) for number in written]


def is_day(ddmmyy: str) -> bool:
    try:
        datetime.date(2000 + int(ddmmyy[4:]), int(ddmmyy[2:4]), int(ddmmyy[:2]))
    except ValueError:
        return False
    return True


def test_a_modulus_10_digit_makes_the_luhn_sum_a_multiple_of_ten() -> None:
    bodies = [f"{number * 7_654_321 % 10**9:09d}" for number in range(1, 500)]
    digits = np.array([[int(digit) for digit in body] for body in bodies], dtype=np.int16)
    whole = [f"{body}{digit}" for body, digit in zip(bodies, chi.check_digit_modulus_10(digits), strict=True)]
    assert {len(number) for number in whole} == {10}
    # As a card number is checked: from the right, the second, fourth … digit doubled, and the digits of all added up.
    sums = [sum(int(d) for at, digit in enumerate(reversed(n)) for d in str(int(digit) * (1 + at % 2))) for n in whole]
    assert {total % 10 for total in sums} == {0}


def test_check_digits_of_the_same_number() -> None:
    digits = np.array([[int(digit) for digit in number] for number in ("0101011237", "1904851231", "0101201234")])
    assert chi.check_digit_modulus_11(digits).tolist()[:2] == [7, 1]
    assert chi.check_digit_modulus_10(digits).tolist()[::2] == [7, 4]


def test_modulus_11_finds_every_single_slip() -> None:
    slips = [f"{'1904851231'[:at]}{digit}{'1904851231'[at + 1 :]}" for at in range(10) for digit in range(10)]
    others = pd.Series([slip for slip in slips if slip != "1904851231"], dtype=TEXT)
    assert not chi.valid(others, luhn_allowed=False).any()


def test_repair_puts_back_the_lost_zero_and_nothing_else() -> None:
    given = pd.Series(["101011237", " 190485 1231 ", "", "  ", None, "12345678", "12345678X"], dtype=TEXT)
    repaired = chi.repair(given).tolist()
    assert repaired[:2] == ["0101011237", "1904851231"]
    assert all(pd.isna(value) for value in repaired[2:5])
    assert repaired[5:] == ["12345678", "12345678X"]


def test_chi_arithmetic_is_fast_and_keeps_the_index() -> None:
    numbers = pd.Series([f"{n:010d}" for n in range(1_010_000_000, 1_010_250_000)], dtype=TEXT)
    numbers.index = numbers.index + 7
    started = time.perf_counter()
    are_valid = chi.valid(numbers, luhn_allowed=True)
    assert time.perf_counter() - started < 1
    assert are_valid.index.equals(numbers.index)
