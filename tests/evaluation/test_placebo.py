"""Placebos: each earlier start, each place where nothing was changed, and the rank of the true effect among them."""

import numpy as np
import pytest

from pipelines.evaluation.difference import difference_in_differences
from pipelines.evaluation.effect import Ints
from pipelines.evaluation.interrupted import interrupted_time_series
from pipelines.evaluation.placebo import choices, placebo_in_space, placebo_in_time, ranked
from tests.evaluation.made import AFTER, BEFORE, world


def test_each_earlier_start_has_enough_months_before_and_none_from_the_true_start_on() -> None:
    asked: list[tuple[int, int]] = []

    def effect_of(start: int, end: int) -> float:
        asked.append((start, end))
        return float(start)

    found = placebo_in_time(effect_of, 15.0, BEFORE, 6, least_before=12, least_after=3)
    assert asked == [(start, min(start + 6, BEFORE)) for start in range(12, 22)]
    assert found.position.tolist() == list(range(12, 22)) and found.effect.tolist() == list(range(12, 22))
    assert found.rank == 8 and found.p_value == pytest.approx(8 / 11)


def test_a_start_too_early_has_no_placebo() -> None:
    found = placebo_in_time(lambda start, end: 0.0, -5.0, 14, 12)
    assert found.position.size == 0 and (found.rank, found.p_value) == (1, 1)


def test_a_large_effect_is_larger_than_that_of_any_earlier_start() -> None:
    made = world(1, effect=-0.3)
    series = made.treated_series
    true = interrupted_time_series(series, BEFORE).mean.value
    found = placebo_in_time(lambda start, end: interrupted_time_series(series[:end], start).mean.value, true, BEFORE, AFTER)
    assert found.rank == 1 and found.effect.size == 10


def test_each_comparison_place_is_taken_once_and_no_treated_one() -> None:
    made = world(2, effect=-0.3, treated=2)
    true = difference_in_differences(made.outcome, made.treated, BEFORE, weights=made.population).mean.value

    def effect_of(place: int, places: Ints) -> float:
        assert places.tolist() == list(range(2, 15))
        found = difference_in_differences(made.outcome[places], places == place, BEFORE, weights=made.population[places])
        return found.mean.value

    found = placebo_in_space(effect_of, true, made.treated)
    assert found.position.tolist() == list(range(2, 15))
    assert found.rank == 1 and found.p_value == pytest.approx(1 / 14)


def test_a_placebo_counts_by_size_whatever_its_sign() -> None:
    assert ranked(np.arange(3), np.array([-3.0, 1.0, 2.0]), 2.0).rank == 3


def test_choices_are_all_or_999_drawn_alike() -> None:
    assert choices(4, 2).tolist() == [[0, 1], [0, 2], [0, 3], [1, 2], [1, 3], [2, 3]]
    drawn = choices(40, 12)
    assert drawn.shape == (999, 12) and (drawn == choices(40, 12)).all()
    assert (np.diff(drawn) > 0).all() and drawn.min() >= 0 and drawn.max() < 40
