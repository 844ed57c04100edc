"""Synthetic control: the weights are those of the least error, and placebos say what an effect is worth."""

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import minimize

from pipelines.evaluation.effect import Floats
from pipelines.evaluation.synthetic_control import Synthetic, simplex_weights, synthetic_control
from tests.evaluation.made import BEFORE, World, world

EXACT = 1e-6


def found(made: World, **given: Any) -> Synthetic:
    return synthetic_control(made.outcome, made.treated, BEFORE, weights=made.population, **given)


def by_slsqp(target: Floats, others: Floats) -> Floats:
    """The same weights by another way: sequential quadratic programming from equal weights."""
    scale = float(np.abs(others).max())
    result = minimize(
        lambda w: ((target - w @ others) ** 2).sum() / scale, np.full(len(others), 1 / len(others)),
        jac=lambda w: -2 * others @ (target - w @ others) / scale, bounds=[(0, 1)] * len(others), method="SLSQP",
        constraints={"type": "eq", "fun": lambda w: w.sum() - 1, "jac": np.ones_like}, options={"ftol": 1e-16, "maxiter": 2000},
    )  # fmt: skip
    return np.asarray(result.x)


@pytest.mark.parametrize("seed", range(8))
def test_the_weights_are_those_of_another_solver(seed: int) -> None:
    made = world(seed, treated=1)
    before = made.outcome[:, :BEFORE] - made.outcome[:, :BEFORE].mean(axis=1, keepdims=True)
    weights = found(made).weights[1:]
    assert weights == pytest.approx(by_slsqp(before[0], before[1:]), abs=1e-4)
    assert found(made).error_before ** 2 == pytest.approx(float(((before[0] - weights @ before[1:]) ** 2).mean()), rel=EXACT)


@settings(deadline=None, max_examples=50)
@given(st.integers(0, 10_000), st.integers(2, 20), st.integers(3, 30))
def test_no_other_weights_have_less_error(seed: int, places: int, months: int) -> None:
    """The conditions of Karush, Kuhn and Tucker: who has a weight has the least gradient, and no other has less."""
    random = np.random.default_rng(seed)
    target, others = random.normal(size=months), random.normal(size=(places, months))
    weights = simplex_weights(target, others)
    assert weights.sum() == pytest.approx(1, abs=1e-12) and (weights >= 0).all()
    gradient = -others @ (target - weights @ others)
    assert gradient[weights > 1e-9] == pytest.approx(gradient.min(), abs=1e-6)


def test_a_place_that_is_made_of_others_has_their_weights() -> None:
    made = world(1, treated=1)
    outcome = made.outcome.copy()
    outcome[0] = 0.25 * outcome[3] + 0.75 * outcome[7] + 40
    effect = synthetic_control(outcome, made.treated, BEFORE)
    expected = np.zeros(15)
    expected[[3, 7]] = 0.25, 0.75
    assert effect.weights == pytest.approx(expected, abs=1e-9)
    assert effect.mean.value == 0 and effect.p_value == 1


def test_the_effect_is_observed_less_synthetic() -> None:
    made = world(2, effect=-0.05, treated=1)
    effect = found(made)
    before = made.outcome[:, :BEFORE].mean(axis=1)
    synthetic = before[0] + effect.weights @ (made.outcome - before[:, None])
    assert effect.course.counterfactual == pytest.approx(synthetic[BEFORE:])
    assert effect.mean.value == pytest.approx(float((made.outcome[0] - synthetic)[BEFORE:].mean()))
    assert effect.weights[0] == 0 and effect.weights.sum() == pytest.approx(1)


def test_the_rank_is_that_of_every_other_place_treated_in_turn() -> None:
    made = world(3, effect=-0.05, treated=1)
    effect = found(made)
    ratios = []
    for place in range(1, 15):
        kept = np.arange(1, 15)
        ratios.append(synthetic_control(made.outcome[kept], kept == place, BEFORE).error_ratio)
    assert sorted(effect.placebo_ratios) == pytest.approx(sorted(ratios))
    assert effect.rank == 1 + sum(ratio >= effect.error_ratio for ratio in ratios)
    assert effect.rank_p == pytest.approx(effect.rank / 15)


def test_several_treated_places_have_placebos_of_as_many() -> None:
    effect = found(world(4, treated=3))
    assert effect.placebo_ratios.size == 220  # 3 of 12
    assert effect.degrees_of_freedom == 4
    assert found(world(4, treated=1)).degrees_of_freedom == 7


@settings(deadline=None, max_examples=15)
@given(st.integers(0, 50), st.floats(-100, 100), st.integers(1, 2))
def test_what_is_added_to_the_treated_months_after_is_added_to_the_effect(seed: int, added: float, treated: int) -> None:
    made = world(seed, treated=treated)
    more = made.outcome.copy()
    more[made.treated, BEFORE:] += added
    one, other = found(made), synthetic_control(more, made.treated, BEFORE, weights=made.population)
    assert other.mean.value == pytest.approx(one.mean.value + added, abs=1e-8)
    assert other.mean.standard_error == pytest.approx(one.mean.standard_error, rel=1e-9)
    assert other.weights == pytest.approx(one.weights, abs=1e-12)


@settings(deadline=None, max_examples=15)
@given(st.integers(0, 50), st.randoms(use_true_random=False), st.floats(0.01, 1000))
def test_order_of_places_and_unit_of_the_outcome_say_nothing(seed: int, random: Any, scale: float) -> None:
    made = world(seed, treated=2)
    order = list(range(15))
    random.shuffle(order)
    one = found(made)
    other = synthetic_control(made.outcome[order] * scale, made.treated[order], BEFORE, weights=made.population[order])
    assert other.weights == pytest.approx(one.weights[order], abs=1e-7)
    assert other.mean.lower == pytest.approx((one.mean.lower or 0) * scale, rel=1e-6)
    assert other.rank == one.rank


def test_a_parallel_world_has_no_effect() -> None:
    level, course = np.linspace(180, 320, 15)[:, None], 10 * np.sin(np.arange(36))
    for is_treated in (np.arange(15) < 1, np.arange(15) > 12):
        effect = synthetic_control(level + course, is_treated, BEFORE)
        assert (effect.mean.value, effect.mean.standard_error, effect.p_value) == (0, 0, 1)
        assert effect.weights.sum() == pytest.approx(1) and effect.rank_p == 1


def test_washout_months_say_nothing_and_the_same_input_gives_the_same() -> None:
    made = world(5)
    other = made.outcome.copy()
    other[:, BEFORE : BEFORE + 2] += 1000
    again = synthetic_control(other, made.treated, BEFORE, washout=2, weights=made.population)
    assert again.mean == found(made, washout=2).mean
    assert repr(found(made)) == repr(found(made))


@pytest.mark.parametrize(
    ("treated", "start", "said"),
    [
        ([False] * 6, 6, "some treated"),
        ([True] * 3 + [False] * 3, 6, "two for each"),
        ([True] + [False] * 5, 2, "at least 3 months"),
    ],
)
def test_what_it_needs_is_said(treated: list[bool], start: int, said: str) -> None:
    with pytest.raises(ValueError, match=said):
        synthetic_control(np.ones((6, 12)), treated, start)
