"""CHI numbers as they are validated: which are valid in which month, what is repaired, and that none costs a record its place."""

from collections.abc import Callable
from decimal import Decimal
from pathlib import Path

import duckdb
import pytest

from pipelines.ingest.validating.judge import LUHN_FROM
from schemas.examples import GOOD_RECORD
from schemas.feeds import FEEDS
from tests.validated import broken, validated

BEFORE, FROM = "2026-07", "2026-08"
BY_ELEVEN, BY_BOTH, BY_TEN, BY_NEITHER = (
    ("1904851231", "2902201230"),
    ("0101011237",),
    ("0101201234",),
    ("1904851232", "0101201233"),
)
BAD_DATE = ("2902191230",)
NO_NUMBER = ("190485123", "19048512311", "19048512AB", "not known")
ALSO_BROKEN = {"190485123": {"chi_repaired": 1}, "not known": {"identifier_repaired": 1}}
"""What is counted of an invalid number beside that it is one: its lost zero, or the blank within it."""
LOST = ("1.90E+09", "1.9E9", "1,90E+09")
VALID = [
    *((chi, period) for chi in (*BY_ELEVEN, *BY_BOTH) for period in (BEFORE, FROM)),
    *((chi, period) for chi in BY_TEN for period in (FROM, "2027-01")),
]
INVALID = [
    *((chi, BEFORE) for chi in BY_TEN),
    *((chi, period) for chi in (*BY_NEITHER, *BAD_DATE, *NO_NUMBER) for period in (BEFORE, FROM)),
]
WITH_MONEY = [feed for feed in FEEDS if FEEDS[feed].amount and "chi_number" in GOOD_RECORD[feed]]


OfOne = Callable[..., tuple[dict[str, int], dict, Decimal, Decimal]]


@pytest.fixture
def of_one(reading: duckdb.DuckDBPyConnection, tmp_path: Path) -> OfOne:
    """Rules broken, the accepted record, pounds read and pounds quarantined of a file with one record."""

    def of(chi: str, period: str, feed: str = "acute") -> tuple[dict[str, int], dict, Decimal, Decimal]:
        outcome, accepted, quarantined = validated(reading, tmp_path, feed, [{**GOOD_RECORD[feed], "chi_number": chi}], period)
        assert (len(accepted), quarantined) == (1, [])
        return broken(outcome), accepted[0], outcome.pounds_read, outcome.pounds_quarantined

    return of


def test_numbers_by_modulus_10_are_issued_from_august_2026() -> None:
    assert LUHN_FROM == FROM


@pytest.mark.parametrize(("chi", "period"), VALID)
def test_a_valid_number_is_accepted(of_one: OfOne, chi: str, period: str) -> None:
    rules, record, _, _ = of_one(chi, period)
    assert (rules, record["chi_number"], record["chi_is_valid"]) == ({}, chi, True)


@pytest.mark.parametrize(("chi", "period"), INVALID)
def test_an_invalid_number_is_counted_and_its_record_stays(of_one: OfOne, chi: str, period: str) -> None:
    rules, record, read, quarantined = of_one(chi, period)
    assert rules == {"chi_invalid": 1, **ALSO_BROKEN.get(chi, {})}
    assert record["chi_is_valid"] is False
    assert (record["total_cost"], read, quarantined) == (Decimal("3100.00"), Decimal("3100.00"), Decimal("0.00"))


@pytest.mark.parametrize("chi", LOST)
def test_a_number_in_scientific_notation_is_lost_and_its_record_stays(of_one: OfOne, chi: str) -> None:
    """It may have been any of a million numbers: none is left, not even an invalid one."""
    rules, record, read, quarantined = of_one(chi, FROM)
    assert (rules, record["chi_number"], record["chi_is_valid"]) == ({"optional_identifier_lost": 1}, None, None)
    assert (record["total_cost"], read, quarantined) == (Decimal("3100.00"), Decimal("3100.00"), Decimal("0.00"))


@pytest.mark.parametrize(
    ("sent", "ten", "counted"),
    [
        ("101011237", "0101011237", {"chi_repaired": 1}),
        ("010101 1237", "0101011237", {"identifier_repaired": 1}),
        ("10101 1237", "0101011237", {"chi_repaired": 1, "identifier_repaired": 1}),
    ],
)
def test_a_lost_zero_and_blanks_within_are_mended_and_counted(
    of_one: OfOne, sent: str, ten: str, counted: dict[str, int]
) -> None:
    rules, record, _, _ = of_one(sent, FROM)
    assert (rules, record["chi_number"], record["chi_is_valid"]) == (counted, ten, True)


@pytest.mark.parametrize("blank", ["", "  "])
def test_no_number_is_no_bad_number(of_one: OfOne, blank: str) -> None:
    rules, record, read, _ = of_one(blank, FROM)
    assert (rules, record["chi_number"], record["chi_is_valid"], read) == ({}, None, None, Decimal("3100.00"))


@pytest.mark.parametrize("feed", WITH_MONEY)
def test_a_bad_number_takes_no_pound_away_in_any_feed(of_one: OfOne, feed: str) -> None:
    rules, record, read, quarantined = of_one(BY_NEITHER[0], "2025-05", feed)
    assert rules == {"chi_invalid": 1}
    assert (record[FEEDS[feed].amount or ""], quarantined) == (read, Decimal("0.00"))
    assert read > 0
