"""What inequality costs in a made world comes out of its release as it was planted.

Belongs here: published measures beside `truth/inequality.csv`. Does not belong here: the formulae (`tests/analysis`), single records
(`test_truth.py`). The ledger's overhead is on records too, and what is on no person is in no rate: so measures without pounds agree
nearly, not to the last digit.
"""

import csv
from decimal import Decimal
from pathlib import Path

import duckdb
import pytest

from tests.conftest import BuildWorld

VERSION = "2025.05.1"
WITHOUT_POUNDS = ("cost_of_inequality_share", "relative_gap", "par_scotpho", "concentration_index")
NEAR = 0.15
"""Each service has an overhead of its own, some clients are in no register, and 1,500 people are few: a person in a home for a year counts."""


def truth(root: Path) -> dict[tuple[str, str], float]:
    """The true measures, by age group and name."""
    with (root / "truth" / "inequality.csv").open(encoding="utf-8", newline="") as file:
        return {(row["age_group"], row["measure"]): float(row["value"]) for row in csv.DictReader(file)}


def published_measures(root: Path) -> dict[tuple[str, str], Decimal]:
    """The measures of all care in Tayside, and the share of residents with half of the cost."""
    folder = root / "releases" / VERSION
    sql = f"""
        SELECT age_group, measure, value FROM read_parquet('{folder}/inequality/*.parquet')
        WHERE scope = 'all' AND area_kind = 'tayside' AND value IS NOT NULL
        UNION ALL
        SELECT 'all', 'share_of_residents_with_half_of_cost', share_of_residents FROM read_parquet('{folder}/high_cost/*.parquet')
        WHERE scope = 'all' AND area_kind = 'tayside' AND cut = 'half_of_cost'
        UNION ALL
        SELECT age_group, 'standardised_cost_of_fifth_' || area, standardised_cost_per_head
        FROM read_parquet('{folder}/standardised_cost/*.parquet')
        WHERE scope = 'all' AND area_kind = 'simd_quintile' AND standardised_cost_per_head IS NOT NULL
    """
    with duckdb.connect() as connection:
        return {(group, measure): value for group, measure, value in connection.execute(sql).fetchall()}


@pytest.mark.parametrize("mess", ["none", "standard"])
def test_measures_come_out_as_they_were_planted(published: BuildWorld, mess: str) -> None:
    root = published(mess)
    true, told = truth(root), published_measures(root)
    compared = [key for key in true if key[0] != "75+" and key[1] in WITHOUT_POUNDS]
    assert len(compared) == 2 * len(WITHOUT_POUNDS)
    apart = {
        key: (float(told[key]), true[key])
        for key in compared
        if abs(float(told[key]) - true[key]) > NEAR * max(1, abs(true[key]))
    }
    assert not apart


def test_fifths_stand_to_each_other_as_they_were_planted(published: BuildWorld) -> None:
    root = published("none")
    true, told = truth(root), published_measures(root)
    fifths = [("all", f"standardised_cost_of_fifth_{n}") for n in range(1, 6)]
    overhead = [float(told[key]) / true[key] for key in fifths]
    assert max(overhead) / min(overhead) < 1 + NEAR
    half = ("all", "share_of_residents_with_half_of_cost")
    assert float(told[half]) == pytest.approx(true[half], rel=0.1)
