"""The macros: exact arithmetic, the calendar of the accounts, and reading text as what a column declares."""

import datetime
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelines.engine.sql import literal
from tests.sql.sql_case import value


def text(field: str | None) -> str:
    return "CAST(NULL AS VARCHAR)" if field is None else literal(field)


@pytest.mark.parametrize(
    ("amount", "pence"),
    [("0", 0), ("0.01", 1), ("-0.01", -1), ("1234.56", 123456), ("10000000000", 10**12), ("999999999999999.99", 10**17 - 1)],
)
def test_pounds_and_pence(amount: str, pence: int) -> None:
    assert value(f"pence(CAST('{amount}' AS DECIMAL(18, 2)))") == pence
    assert value(f"pounds(CAST({pence} AS HUGEINT))") == Decimal(amount)
    assert value(f"typeof(pounds(CAST({pence} AS HUGEINT)))") == "DECIMAL(18,2)"


def test_no_amount_is_no_pence() -> None:
    assert value("pence(CAST(NULL AS DECIMAL(18, 2)))") is None
    assert value("pounds(CAST(NULL AS HUGEINT))") is None


@given(n=st.integers(-(10**30), 10**30), d=st.integers(1, 10**15))
def test_quotients(n: int, d: int) -> None:
    def of(macro: str) -> int:
        return int(value(f"{macro}(CAST({n} AS HUGEINT), CAST({d} AS HUGEINT))"))

    assert of("floor_quotient") == n // d
    assert of("floor_remainder") == n % d
    away_from_zero = (abs(Fraction(n, d)) + Fraction(1, 2)).__floor__()
    assert of("rounded_quotient") == (away_from_zero if n >= 0 else -away_from_zero)


@pytest.mark.parametrize(("n", "d", "rounded"), [(5, 2, 3), (-5, 2, -3), (7, 3, 2), (-7, 3, -2), (1, 3, 0), (0, 7, 0)])
def test_half_a_penny_is_rounded_away_from_zero(n: int, d: int, rounded: int) -> None:
    assert value(f"rounded_quotient(CAST({n} AS HUGEINT), {d})") == rounded


@pytest.mark.parametrize(
    ("day", "year"),
    [
        ("2025-03-31", "2024-25"),
        ("2025-04-01", "2025-26"),
        ("2026-03-31", "2025-26"),
        ("2026-04-01", "2026-27"),
        ("1999-04-01", "1999-00"),
        ("2000-03-31", "1999-00"),
    ],
)
def test_the_financial_year_runs_from_april_to_march(day: str, year: str) -> None:
    assert value(f"financial_year_of(DATE '{day}')") == year


@pytest.mark.parametrize(
    ("born", "day", "band"),
    [
        ("2007-06-30", "2025-06-29", "0-17"),
        ("2007-06-30", "2025-06-30", "18-64"),
        ("1960-07-01", "2025-06-30", "18-64"),
        ("1960-06-30", "2025-06-30", "65-74"),
        ("1950-06-30", "2025-06-30", "75-84"),
        ("1950-07-01", "2025-06-30", "65-74"),
        ("1940-06-30", "2025-06-30", "85+"),
        ("1940-07-01", "2025-06-30", "75-84"),
        ("2025-06-30", "2025-06-30", "0-17"),
        ("2025-07-01", "2025-06-30", "Unknown"),
        # Born on 29 February: a year older on 1 March when the year has no 29th, as the law of Scotland has it.
        ("1960-02-29", "2025-02-28", "18-64"),
        ("1960-02-29", "2025-03-01", "65-74"),
        ("1960-02-28", "2025-02-28", "65-74"),
        ("1939-02-28", "2024-02-29", "85+"),
        ("1940-02-29", "2024-02-29", "75-84"),
    ],
)
def test_age_bands_change_on_the_birthday(born: str, day: str, band: str) -> None:
    assert value(f"age_band_of(DATE '{born}', DATE '{day}')") == band


def test_no_birth_date_no_band() -> None:
    assert value("age_band_of(CAST(NULL AS DATE), DATE '2025-06-30')") == "Unknown"


@pytest.mark.parametrize(
    ("field", "day"),
    [
        ("2025-04-01", "2025-04-01"),
        (" 2025/04/01 ", "2025-04-01"),
        ("2025/04/01 00:00:00", "2025-04-01"),
        ("2025-04-01T00:00:00.000", "2025-04-01"),
        ("2025-04", "2025-04-01"),
        ("2024-02-29", "2024-02-29"),
        ("2025-02-29", None),
        ("2025-13-01", None),
        ("2025", None),
        ("01/04/2025", None),
        ("1 April 2025", None),
        ("45383", None),
        ("", None),
        (None, None),
    ],
)
def test_reading_a_day(field: str | None, day: str | None) -> None:
    assert value(f"read_day({text(field)})") == (datetime.date.fromisoformat(day) if day else None)


@pytest.mark.parametrize(
    ("field", "moment"),
    [
        ("2025-04-01 09:30", "2025-04-01 09:30:00"),
        ("2025/04/01 09:30:15", "2025-04-01 09:30:15"),
        ("2025-04-01T09:30:15", "2025-04-01 09:30:15"),
        ("2025-04-01", "2025-04-01 00:00:00"),
        ("2025-04-01 25:00", None),
        ("2025-02-30 09:30", None),
        ("09:30", None),
        ("", None),
        (None, None),
    ],
)
def test_reading_a_moment(field: str | None, moment: str | None) -> None:
    assert value(f"read_moment({text(field)})") == (datetime.datetime.fromisoformat(moment) if moment else None)


@pytest.mark.parametrize(
    ("field", "amount"),
    [
        ("1234.5", "1234.50"),
        ("1234", "1234.00"),
        ("£1,234.50", "1234.50"),
        ("£ 1,234,567.89", "1234567.89"),
        ("1 234.50", "1234.50"),
        ("(123.45)", "-123.45"),
        ("(£1,123.45)", "-1123.45"),
        ("£(123.45)", "-123.45"),
        ("123.45-", "-123.45"),
        ("123.45 -", "-123.45"),
        ("-123.45", "-123.45"),
        ("-£123.45", "-123.45"),
        ("£-123.45", "-123.45"),
        ("0.10", "0.10"),
        ("1.230", "1.23"),
        ("1.20000", "1.20"),
        ("999999999999999.99", "999999999999999.99"),
        # More than two decimals are rounded, half away from zero.
        ("144.0575", "144.06"),
        ("1.005", "1.01"),
        ("-1.005", "-1.01"),
        ("1.0049999", "1.00"),
        (".5", "0.50"),
        # What else a minus, a blank and a pound can look like.
        ("−123.45", "-123.45"),
        ("–123.45", "-123.45"),
        ("1\u00a0234.50", "1234.50"),
        ("£1\u202f234.50", "1234.50"),
        ("\u200912.00\u00a0", "12.00"),
        ("123.45 CR", "-123.45"),
        ("123.45cr", "-123.45"),
        ("CR 1,123.45", "-1123.45"),
        ("£123.45 DR", "123.45"),
        ("GBP 12", "12.00"),
        ("-£12", "-12.00"),
        ("(£12)", "-12.00"),
        ("£(12)", "-12.00"),
        # Nothing is guessed.
        ("-5 CR", None),
        ("(5) DR", None),
        ("CR", None),
        ("5)", None),
        ("99999999999999999.99", None),
        ("12,34", None),
        ("1,2345", None),
        ("1,234,56", None),
        ("12345,678", None),
        ("12 34", None),
        ("1£2", None),
        ("--5", None),
        ("(5", None),
        ("(-5)", None),
        ("-5-", None),
        ("1.23E+09", None),
        ("TBC", None),
        ("£", None),
        ("-", None),
        ("", None),
        (None, None),
    ],
)
def test_reading_money(field: str | None, amount: str | None) -> None:
    assert value(f"read_money({text(field)})") == (Decimal(amount) if amount else None)


@pytest.mark.parametrize(
    ("field", "quantity"),
    [
        ("7.25", "7.2500"),
        ("1,234.5678", "1234.5678"),
        ("-3", "-3.0000"),
        ("0.12345", "0.1235"),
        ("−0.00005", "-0.0001"),
        ("1\u00a0000", "1000.0000"),
        ("7,5", None),
        ("n/a", None),
    ],
)
def test_reading_a_quantity(field: str, quantity: str | None) -> None:
    assert value(f"read_quantity({text(field)})") == (Decimal(quantity) if quantity else None)


@pytest.mark.parametrize(
    ("field", "moved"),
    [
        ("144.0575", "0.002500"),
        ("-1.005", "-0.005000"),
        ("144.06", "0.000000"),
        ("0.30000000000000004", "0.000000"),
        ("TBC", "0.000000"),
    ],
)
def test_what_rounding_moved(field: str, moved: str) -> None:
    assert value(f"moved_by_rounding(read_money({text(field)}), {text(field)})") == Decimal(moved)


@pytest.mark.parametrize(
    ("field", "identifier"),
    [
        ("00437", "00437"),
        ('="00437"', "00437"),
        ("'00437", "00437"),
        ("10045.0", "10045"),
        ('="10045.0"', "10045"),
        ("\u00a000437", "00437"),
        ("00\u202f437\u200b", "00437"),
        ("A 1", "A1"),
        ("A.0", "A.0"),
        ("10045.5", "10045.5"),
        ("E5", "E5"),
        ("12E034567", "12E034567"),
        # The digits are gone.
        ("1.00E+05", None),
        ("1,00E+05", None),
        ("1e+05", None),
        ("1E5", None),
        ('="1.00E+05"', None),
        ("-", "-"),
        ("'", None),
        (None, None),
    ],
)
def test_an_identifier_is_what_it_was_before_a_spreadsheet(field: str | None, identifier: str | None) -> None:
    assert value(f"read_identifier({text(field)})") == identifier


@pytest.mark.parametrize(
    ("field", "number"), [(" 12 ", 12), ("-3", -3), ("007", 7), ("1.0", None), ("1e3", None), ("", None), (None, None)]
)
def test_reading_a_whole_number(field: str | None, number: int | None) -> None:
    assert value(f"read_count({text(field)})") == number


@pytest.mark.parametrize(
    ("field", "chi"),
    [
        ("0101011237", "0101011237"),
        ("101011237", "0101011237"),
        ("010101 1237", "0101011237"),
        ("12345678", "12345678"),
        ("12345678X", "12345678X"),
        ("  ", None),
        ("", None),
        (None, None),
    ],
)
def test_a_chi_of_nine_digits_gets_its_zero_back(field: str | None, chi: str | None) -> None:
    assert value(f"read_chi({text(field)})") == chi


@pytest.mark.parametrize(
    ("field", "postcode"), [("DD1 9SY", "DD19SY"), ("dd19sy ", "DD19SY"), ("DD1  9SY", "DD19SY"), (" - ", None), (None, None)]
)
def test_postcodes_have_one_form(field: str | None, postcode: str | None) -> None:
    assert value(f"normal_postcode({text(field)})") == postcode


def test_blank_text_is_no_value() -> None:
    assert value("filled('  ')") is None
    assert value("filled(' a ')") == "a"


def test_the_keyed_hash_is_the_standard_one() -> None:
    # HMAC-SHA-256, RFC 4231 test case 2: key "Jefe", first 128 bits.
    pads = [bytes(b ^ x for b in b"Jefe".ljust(64, b"\0")).hex() for x in (0x36, 0x5C)]
    hashed = value(f"keyed_hash(unhex('{pads[0]}'), unhex('{pads[1]}'), 'what do ya want for nothing?')")
    assert hashed == "5bdcc146bf60754e6a042426089575c7"


@pytest.mark.parametrize(
    ("field", "is_total"),
    [("Total", True), ("GRAND TOTAL:", True), ("Sub-total", True), ("Total for April", True), ("March 2026 total", True),
     ("100010 Total", True), ("BATCH TOTAL MARCH", True), ("Control total", True), ("Check totals", True), ("sum", True),
     ("Totalcare", False), ("S-TOTAL", False), ("Tota", False), ("subtotalled", False), ("00437", False), ("a b c d total", False),
     ("Summer club", False), (None, None)],
)  # fmt: skip
def test_what_a_line_of_totals_is_called(field: str | None, is_total: bool | None) -> None:
    assert value(f"is_total_word({text(field)})") is is_total


@pytest.mark.parametrize(
    ("field", "is_broken"),
    [("Jos\ufffd", True), ("JosÃ©", True), ("Â£5", True), ("O’Neill", False), ("Oâ€™Neill", True), ("JOÃO", False), ("Ann", False), (None, False)],
)  # fmt: skip
def test_letters_of_another_encoding_are_seen(field: str | None, is_broken: bool) -> None:
    assert value(f"has_broken_letters({text(field)})") is is_broken
