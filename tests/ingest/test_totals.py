"""Which rows are totals of the rows above them, and which of those are not their sum."""

from pathlib import Path

import duckdb
import pytest

from pipelines.ingest.validating.outcome import Outcome
from tests.schemas.test_feed_rules import PERIOD, Validator

Care = tuple[str, str, str, str]
ONE, TWO, THREE = ("S1", "A1", "10", "100"), ("S2", "A1", "5", "50"), ("S3", "A2", "1", "10")


def validated(reading: duckdb.DuckDBPyConnection, folder: Path, *rows: Care) -> Outcome:
    """What is made of home care with these service ids, clients, hours and costs."""
    month = {"month": f"{PERIOD}-01", "service_type": "2"}
    names = ("service_id", "social_care_id", "hours", "gross_cost")
    validator = Validator(folder, reading)
    return validator.validate("home_care", [dict(zip(names, row, strict=True)) | month for row in rows])[0]


@pytest.mark.parametrize(
    ("totals", "differ"),
    [
        ([ONE, TWO, ("A1 Total", "", "15", "150"), THREE, ("Grand Total", "", "16", "160")], []),
        # A subtotal that repeats the client's number is in no other total.
        ([ONE, TWO, ("Total", "A1", "15", "150"), THREE, ("Total", "A2", "1", "10"), ("Grand total", "", "16", "160")], []),
        # One number is the sum and the other is not.
        ([ONE, TWO, ("Total", "", "15", "999")], [4]),
        ([ONE, TWO, ("Total", "", "", "150")], []),
        ([ONE, TWO, ("Total", "", "0", "150")], []),
    ],
)
def test_a_total_differs_where_any_of_its_numbers_is_not_the_sum(
    reading: duckdb.DuckDBPyConnection, tmp_path: Path, totals: list[Care], differ: list[int]
) -> None:
    outcome = validated(reading, tmp_path, *totals)
    assert outcome.rows == len([row for row in totals if "otal" not in row[0]])
    assert outcome.totals_that_differ == differ
