"""The benchmark reads a real refresh from its run history: every step once, in order, with its stage and its rows."""

import itertools
import time
from pathlib import Path

import pytest

from tests.bench.steps import Step, steps_of
from tests.conftest import BuildWorld, tables_of

STAGES = {"reference", "landing", "raw", "staged", "intake", "core", "mart", "analysis", "gate", "gate_checks", "release"}


@pytest.fixture
def root(published: BuildWorld) -> Path:
    return published("none")


def rows_of_step(steps: list[Step], name: str) -> int | None:
    (step,) = [step for step in steps if step.name == name]
    return step.rows


def test_every_step_is_told_once_in_its_order(root: Path) -> None:
    steps = steps_of(root, since=0)
    assert {step.stage for step in steps} == STAGES
    assert [step.start for step in steps] == sorted(step.start for step in steps)
    assert all(before.end <= after.start for before, after in itertools.pairwise(steps))
    names = [step.name for step in steps]
    assert len(set(names)) == len(names)
    assert {"staged/home_care", "core/cost_line", "submission"} <= set(names)
    # One step makes two tables of mart; it is of their stage.
    assert next(step.stage for step in steps if step.name == "submission") == "mart"


def test_rows_are_those_of_the_tables(root: Path) -> None:
    steps = steps_of(root, since=0)
    assert rows_of_step(steps, "core/cost_line") == tables_of(root).rows("core", "cost_line").num_rows
    of_files = sum(tables_of(root).rows("mart", name).num_rows for name in ("submission", "rule_result"))
    assert rows_of_step(steps, "submission") == of_files
    assert rows_of_step(steps, "gate") is None


def test_a_run_of_before_is_not_taken_for_this_one(root: Path) -> None:
    assert steps_of(root, since=time.time()) == []
