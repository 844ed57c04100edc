"""What the rows of one file are to one another: duplicates, parts, lines, whatever their order."""

import random
from collections.abc import Callable
from pathlib import Path
from typing import Any

import duckdb
import pytest

from schemas.examples import GOOD_RECORD
from tests.validated import all_validated, validated

Fields = dict[str, str]


def rows_of(feed: str, *changes: Fields) -> list[Fields]:
    columns = dict.fromkeys([name for change in changes for name in change], "")
    return [{**columns, **GOOD_RECORD[feed], **change} for change in changes]


Told = Callable[..., list[tuple[Any, ...]]]


@pytest.fixture
def told(reading: duckdb.DuckDBPyConnection, tmp_path: Path) -> Told:
    """Key, part and broken rules of each row that differs from the good record as given; the same in any order of rows."""

    def of(feed: str, *changes: Fields) -> list[tuple[Any, ...]]:
        attempts = [rows_of(feed, *changes) for _ in range(3)]
        for attempt, rows in enumerate(attempts):
            random.Random(attempt).shuffle(rows)
        (answer,) = {
            tuple(
                sorted(
                    (str(r["record_key"]), r["part"], " ".join(sorted((r["broken_rules"] or "").split())))
                    for r in accepted + quarantined
                )
            )
            for _, accepted, quarantined in all_validated(reading, tmp_path, feed, attempts)
        }
        return list(answer)

    return of


def broken_in(found: list[tuple[Any, ...]]) -> list[str]:
    """The rules of each row that broke some."""
    return [broken for *_, broken in found if broken]


def test_a_month_is_the_month_however_it_is_written(told: Told) -> None:
    found = told("home_care", {}, {"month": "2025-05-31", "hours": "32"})
    assert {key for key, *_ in found} == {"H1|S1|2025-05-01"}
    assert broken_in(found) == ["duplicate_key"]
    # 2025-05 and 2025-05-01 are one day, so these two rows say the same.
    assert broken_in(told("home_care", {}, {"month": "2025-05"})) == ["duplicate_row"]


@pytest.mark.parametrize(
    ("feed", "changes", "parts"),
    [
        ("home_care", ({"service_type": "1"}, {"service_type": "2"}, {"service_type": ""}), ["", "1", "2"]),
        ("self_directed_support", ({"option": "1"}, {"option": "3"}), ["1", "3"]),
        ("care_home", ({}, {"nursing_care": "0"}, {"admission_date": "2025-05-09"}), ["2025-05-02|0", "2025-05-02|1", "2025-05-09|1"]),
        ("acute", ({"cost_month": "2025 1"}, {"cost_month": "2025 2"}), ["2025 1", "2025 2"]),
        ("payments", ({}, {"cost_code": "H2"}, {}), ["1", "2", "3"]),
        ("ledger", ({}, {"amount": "1.00"}, {"amount": "1.00"}, {"account_name": "Other"}), ["1", "2", "3", "4"]),
        ("budget", ({}, {"amount": "1.00"}), ["1", "2"]),
    ],
)  # fmt: skip
def test_parts_of_one_record(told: Told, feed: str, changes: tuple[Fields, ...], parts: list[str]) -> None:
    found = told(feed, *changes)
    assert sorted(part for _, part, _ in found) == parts
    assert len({key for key, *_ in found}) == 1
    assert {broken for *_, broken in found} == {""}


@pytest.mark.parametrize(
    ("feed", "changes"),
    [
        ("emergency", ({}, {"location_code": "T202H"})),
        ("home_care", ({}, {"social_care_id": "S2"}, {"month": "2025-04-01"})),
        ("self_directed_support", ({}, {"social_care_id": "S2"}, {"month": "2025-04-01"})),
        ("care_home", ({}, {"social_care_id": "S2"})),
        ("payments", ({}, {"social_care_id": ""}, {"social_care_id": "S2"})),
        ("ledger", ({}, {"month": "2025-04-01"})),
        ("budget", ({}, {"locality": "Lochee", "council": "S12000042"})),
        # A number with the sign that joins keys in it is still its own.
        ("home_care", ({"service_id": "a|b", "social_care_id": "c"}, {"service_id": "a", "social_care_id": "b|c"})),
        ("home_care", ({"service_id": "a\\", "social_care_id": "|c"}, {"service_id": "a\\|", "social_care_id": "c"})),
    ],
)
def test_other_records(told: Told, feed: str, changes: tuple[Fields, ...]) -> None:
    found = told(feed, *changes)
    assert len({key for key, *_ in found}) == len(changes)
    assert {broken for *_, broken in found} == {""}


def test_one_value_in_two_spellings_is_the_same_row(told: Told) -> None:
    assert broken_in(told("home_care", {}, {"gross_cost": "£720", "hours": "31.5"})) == ["duplicate_row"]


def test_what_cannot_be_read_is_equal_to_the_same_text_only(told: Told) -> None:
    others = ({"service_id": "H2"}, {"service_id": "H3"}, {"service_id": "H4"})
    found = told("home_care", {"hours": "TBC"}, {"hours": "n/a"}, {"hours": "TBC"}, *others)
    assert sorted(broken_in(found)) == [
        "duplicate_key hours.unreadable",
        "duplicate_row hours.unreadable",
        "hours.unreadable",
    ]


def test_a_row_without_a_key_is_a_duplicate_only_of_its_equal(told: Told) -> None:
    nameless = {"service_id": ""}
    others: tuple[Fields, ...] = ({}, {"service_id": "H2"}, {"service_id": "H3"}, {"service_id": "H4"})
    found = told("home_care", nameless, nameless, {**nameless, "hours": "3"}, *others)
    assert sorted(broken_in(found)) == ["duplicate_row service_id.missing", "service_id.missing", "service_id.missing"]


def test_equal_lines_of_a_ledger_count_and_are_named_with_their_pounds(
    reading: duckdb.DuckDBPyConnection, tmp_path: Path
) -> None:
    outcome, accepted, quarantined = validated(
        reading, tmp_path, "ledger", rows_of("ledger", {"amount": "5.00"}, {"amount": "5"}, {"amount": "7.00"})
    )
    assert (len(accepted), quarantined) == (3, [])
    assert (outcome.rules["equal_rows"].failed, str(outcome.rules["equal_rows"].amount)) == (1, "5.00")
