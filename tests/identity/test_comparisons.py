"""What the comparisons say of texts as agencies write them."""

import duckdb
import pytest

from pipelines.identity.linking.comparisons import COMPARISONS

DAY = "1940-01-01"


@pytest.mark.parametrize(
    ("other", "is_slip"),
    [
        ("1940-01-02", True),
        ("1940-01-1", True),
        ("1940-011-01", True),
        ("??40-01-01", True),
        ("1940-10-01", False),
        ("1941-01-02", False),
        ("1940-01-0é", False),
        ("early 1940", False),
        ("é", False),
    ],
)
def test_one_slip_in_a_date_that_may_be_no_day(other: str, is_slip: bool) -> None:
    condition = next(level.condition for level in COMPARISONS["date_of_birth"] if level.name == "one slip")
    found = duckdb.execute(f"SELECT {condition} FROM (SELECT ? AS date_of_birth_l, ? AS date_of_birth_r)", [DAY, other])
    assert found.fetchall() == [(is_slip,)]
