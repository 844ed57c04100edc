"""CHI numbers through the judge: which are valid in which month, what is repaired, and that none costs a record its place."""

from decimal import Decimal
from pathlib import Path

import pytest

from pipelines.ingest.judge import LUHN_FROM
from schemas.examples import GOOD_RECORD
from schemas.feeds import FEEDS
from tests.unit.test_rules import broken, judged

BEFORE, FROM = "2026-07", "2026-08"
BY_ELEVEN, BY_BOTH, BY_TEN, BY_NEITHER = (
    ("1904851231", "2902201230"),
    ("0101011237",),
    ("0101201234",),
    ("1904851232", "0101201233"),
)
BAD_DATE = ("2902191230",)
NO_NUMBER = ("1.90E+09", "190485123", "19048512311", "19048512AB", "not known")
VALID = [
    *((chi, period) for chi in (*BY_ELEVEN, *BY_BOTH) for period in (BEFORE, FROM)),
    *((chi, period) for chi in BY_TEN for period in (FROM, "2027-01")),
]
INVALID = [
    *((chi, BEFORE) for chi in BY_TEN),
    *((chi, period) for chi in (*BY_NEITHER, *BAD_DATE, *NO_NUMBER) for period in (BEFORE, FROM)),
]
WITH_MONEY = [feed for feed in FEEDS if FEEDS[feed].amount and "chi_number" in GOOD_RECORD[feed]]


def of_one(folder: Path, chi: str, period: str, feed: str = "acute") -> tuple[dict[str, int], dict, Decimal, Decimal]:
    """Rules broken, the accepted record, pounds read and pounds quarantined of a file with one record."""
    outcome, accepted, quarantined = judged(folder, feed, [{**GOOD_RECORD[feed], "chi_number": chi}], period)
    assert (len(accepted), quarantined) == (1, [])
    return broken(outcome), accepted[0], outcome.pounds_read, outcome.pounds_quarantined


def test_numbers_by_modulus_10_are_issued_from_august_2026() -> None:
    assert LUHN_FROM == FROM


@pytest.mark.parametrize(("chi", "period"), VALID)
def test_a_valid_number_is_accepted(tmp_path: Path, chi: str, period: str) -> None:
    rules, record, _, _ = of_one(tmp_path, chi, period)
    assert (rules, record["chi_number"], record["chi_is_valid"]) == ({}, chi, True)


@pytest.mark.parametrize(("chi", "period"), INVALID)
def test_an_invalid_number_is_counted_and_its_record_stays(tmp_path: Path, chi: str, period: str) -> None:
    rules, record, read, quarantined = of_one(tmp_path, chi, period)
    assert rules.pop("chi_invalid") == 1
    assert set(rules) <= {"chi_repaired"}
    assert record["chi_is_valid"] is False
    assert (record["total_cost"], read, quarantined) == (Decimal("3100.00"), Decimal("3100.00"), Decimal("0.00"))


@pytest.mark.parametrize(("nine", "ten"), [("101011237", "0101011237"), ("10101 1237", "0101011237")])
def test_a_lost_leading_zero_is_put_back_and_counted(tmp_path: Path, nine: str, ten: str) -> None:
    rules, record, _, _ = of_one(tmp_path, nine, FROM)
    assert (rules, record["chi_number"], record["chi_is_valid"]) == ({"chi_repaired": 1}, ten, True)


@pytest.mark.parametrize("blank", ["", "  "])
def test_no_number_is_no_bad_number(tmp_path: Path, blank: str) -> None:
    rules, record, read, _ = of_one(tmp_path, blank, FROM)
    assert (rules, record["chi_number"], record["chi_is_valid"], read) == ({}, None, None, Decimal("3100.00"))


@pytest.mark.parametrize("feed", WITH_MONEY)
def test_a_bad_number_takes_no_pound_away_in_any_feed(tmp_path: Path, feed: str) -> None:
    rules, record, read, quarantined = of_one(tmp_path, BY_NEITHER[0], "2025-05", feed)
    assert rules == {"chi_invalid": 1}
    assert (record[FEEDS[feed].amount or ""], quarantined) == (read, Decimal("0.00"))
    assert read > 0
