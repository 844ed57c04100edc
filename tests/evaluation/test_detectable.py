"""The smallest effect that could have been seen."""

from dataclasses import replace

import numpy as np
import pytest

from pipelines.analysis.estimate import Estimate
from pipelines.evaluation.detectable import detectable, minimum_detectable_effect
from pipelines.evaluation.difference import difference_in_differences
from pipelines.evaluation.interrupted import interrupted_time_series
from tests.evaluation.made import BEFORE, world


def test_with_many_degrees_of_freedom_it_is_2_8_standard_errors() -> None:
    found = minimum_detectable_effect(10, 1e9, 250)
    assert found.effect == pytest.approx(10 * (1.959964 + 0.841621), rel=1e-6)
    assert found.share_of_mean == pytest.approx(found.effect / 250)
    assert minimum_detectable_effect(10, 13, 0).share_of_mean is None


def test_it_is_that_of_the_standard_error_where_the_interval_is() -> None:
    made = world(1)
    effect = difference_in_differences(made.outcome, made.treated, BEFORE, weights=made.population)
    expected = minimum_detectable_effect(effect.mean.standard_error or 0, 13, effect.before.mean)
    assert detectable(effect).effect == pytest.approx(expected.effect)


def test_it_has_what_a_critical_value_makes_up_for() -> None:
    effect = interrupted_time_series(world(1).treated_series, BEFORE)
    plain = minimum_detectable_effect(effect.mean.standard_error or 0, effect.degrees_of_freedom, effect.before.mean)
    assert detectable(effect).effect > plain.effect


def test_without_an_interval_there_is_none() -> None:
    effect = interrupted_time_series(np.arange(36.0), BEFORE)
    with pytest.raises(ValueError, match="without an interval"):
        detectable(replace(effect, mean=Estimate(1.0)))


def test_an_effect_of_that_size_is_found_in_80_of_100_worlds() -> None:
    """With 13 degrees of freedom: normal changes of 15 places, an effect as large as their true spread lets be seen."""
    random = np.random.default_rng(20_260_401)
    is_treated = np.arange(15) < 3
    true = minimum_detectable_effect(float(np.sqrt(1 / 3 + 1 / 12)), 13, 0).effect
    found = 0
    for _ in range(400):
        outcome = np.column_stack([np.zeros((15, 3)), random.standard_normal(15) + true * is_treated])
        found += difference_in_differences(outcome, is_treated, 3).p_value < 0.05
    assert 0.74 < found / 400 < 0.86
