"""A made Tayside with a planted test of change, refreshed and evaluated: the interval holds what was truly done."""

import csv
from decimal import Decimal
from pathlib import Path

import pytest

from pipelines.evaluation.evaluate import evaluate_release
from pipelines.synth import make_world
from pipelines.warehouse.root import DataRoot
from schemas.month import first_day, months
from tests.conftest import run
from tests.evaluation.made_release import declare

PEOPLE, FIRST, LAST, START = 8_000, "2023-04", "2026-03", "2025-04"
ANGUS = ("Angus North East", "Angus North West", "Angus South East", "Angus South West")
PLANT = f"""
name = "more-care-at-home"
starts_on = {START}-01
change = "-0.3"
scope = "all"
age_group = "65+"
[who]
kind = "localities"
treated = {list(ANGUS)}
"""


def true_effect_a_head(truth: Path) -> Decimal:
    """Pounds a head and month, of the months after the start."""
    with truth.open(encoding="utf-8") as file:
        rows = [row for row in csv.DictReader(file) if row["role"] == "treated" and row["month"] >= START]
    changed = sum((Decimal(row["true_cost_with"]) - Decimal(row["true_cost_without"]) for row in rows), Decimal(0))
    return changed / sum(int(row["people"]) for row in rows)


@pytest.mark.soak
def test_the_interval_holds_the_planted_effect(tmp_path: Path) -> None:
    plant = tmp_path / "plant.toml"
    plant.write_text(PLANT, "utf-8")
    root = tmp_path / "data"
    make_world(root, PEOPLE, [first_day(month) for month in months(FIRST, LAST)], 1, "none", test_of_change=plant)
    version = run(root, LAST).version
    true = true_effect_a_head(root / "truth" / "test_of_change.csv")
    assert true < -10
    for design in ("difference_in_differences", "synthetic_control"):
        declare(DataRoot(root), design=design, who={"treated": list(ANGUS)})
        effect = evaluate_release(
            DataRoot(root), root / "releases" / version, "more-care-at-home"
        ).result.effect_a_head_and_month
        assert effect is not None and effect.lower is not None and effect.upper is not None
        assert effect.lower <= true <= effect.upper
