"""Methods on worlds with a planted effect: its interval holds it as often as it says, it is found without bias, none is found in vain."""

from collections.abc import Callable

import numpy as np
import pytest

from pipelines.evaluation.difference import difference_in_differences
from pipelines.evaluation.effect import Effect
from pipelines.evaluation.interrupted import interrupted_time_series
from pipelines.evaluation.synthetic_control import synthetic_control
from tests.evaluation.made import BEFORE, COST, World, world

PLANTED = (-0.05, 0.0, 0.05)


def interrupted(made: World) -> Effect:
    return interrupted_time_series(made.treated_series, BEFORE, calendar_month=made.calendar_month)


def difference(made: World) -> Effect:
    return difference_in_differences(made.outcome, made.treated, BEFORE, weights=made.population)


def synthetic(made: World) -> Effect:
    return synthetic_control(made.outcome, made.treated, BEFORE, weights=made.population)


METHODS: dict[str, Callable[[World], Effect]] = {f.__name__: f for f in (interrupted, difference, synthetic)}


def assert_honest(
    method: str, effect: float, treated: int, autocorrelation: float, seeds: range, least: float, most: float
) -> None:
    """Coverage between least and most, bias below a tenth of 5 % of the cost, an effect of 0 found in no more than 1 − least."""
    made = [world(seed, effect, treated, autocorrelation) for seed in seeds]
    found = [METHODS[method](one) for one in made]
    true = np.array([one.true_effect for one in made])
    lower, upper, value = (np.array([getattr(one.mean, end) for one in found]) for end in ("lower", "upper", "value"))
    held = float(((lower <= true) & (true <= upper)).mean())
    assert least <= held <= most, held
    assert abs(float((value - true).mean())) <= 0.1 * 0.05 * COST


@pytest.mark.parametrize(("method", "treated"), [("interrupted", 3), ("difference", 1), ("difference", 3), ("synthetic", 1)])
def test_intervals_hold_the_effect_about_as_often_as_they_say(method: str, treated: int) -> None:
    assert_honest(method, -0.05, treated, 0.4, range(60), 0.88, 1)


@pytest.mark.soak
@pytest.mark.parametrize("autocorrelation", [0.0, 0.4, 0.6])
@pytest.mark.parametrize("effect", PLANTED)
@pytest.mark.parametrize(
    ("method", "treated"),
    [
        ("interrupted", 1),
        *(("difference", treated) for treated in (1, 2, 3, 4)),
        *(("synthetic", treated) for treated in (1, 2)),
    ],
)
def test_intervals_hold_the_effect_in_95_of_100_worlds(
    method: str, treated: int, effect: float, autocorrelation: float
) -> None:
    assert_honest(method, effect, treated, autocorrelation, range(200), 0.90, 0.98)
