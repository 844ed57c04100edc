"""Difference in differences: effect and clustered error are those of two-way fixed effects; the interval is of the places' changes."""

from itertools import combinations
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipelines.evaluation.difference import Difference, difference_in_differences
from pipelines.evaluation.effect import Bools, Floats, IntervalMethod
from tests.evaluation.made import BEFORE, PEOPLE, World, correlated, world

EXACT = 1e-6


def found(made: World, **given: Any) -> Difference:
    return difference_in_differences(made.outcome, made.treated, BEFORE, weights=made.population, **given)


def many_places(places: int = 40, treated: int = 12) -> World:
    random = np.random.default_rng(7)
    outcome = 250 + random.uniform(-50, 50, (places, 1)) + 5 * correlated(random, places, 36, 0.4)
    return World(outcome, np.arange(places) < treated, random.uniform(1, 5, places), np.arange(36) % 12 + 1, 0.0)


def formula(made: World, washout: int) -> Any:
    """Two-way fixed effects by statsmodels, weighted by population, clustered by place."""
    import statsmodels.formula.api as smf

    frame = pd.DataFrame([
        {"y": row[month], "place": place, "month": month, "people": people, "d": float(is_treated and month >= BEFORE)}
        for place, (row, is_treated, people) in enumerate(zip(made.outcome, made.treated, made.population, strict=True))
        for month in range(row.size) if not BEFORE <= month < BEFORE + washout
    ])  # fmt: skip
    fitted = smf.wls("y ~ d + C(place) + C(month)", frame, weights=frame["people"])
    return fitted.fit(cov_type="cluster", cov_kwds={"groups": frame["place"]})


@pytest.mark.parametrize("washout", [0, 2])
@pytest.mark.parametrize("made", [world(1), world(2, treated=1), many_places()], ids=["3 of 15", "1 of 15", "12 of 40"])
def test_effect_and_clustered_error_are_those_of_the_formula(made: World, washout: int) -> None:
    expected, effect = formula(made, washout), found(made, washout=washout)
    assert effect.mean.value == pytest.approx(expected.params["d"], rel=EXACT)
    assert effect.clustered_error == pytest.approx(expected.bse["d"], rel=EXACT)


def test_with_many_places_the_interval_is_of_errors_clustered_by_place() -> None:
    from scipy.stats import t

    effect = found(many_places())
    assert effect.interval_method is IntervalMethod.CLUSTERED and effect.mean.standard_error == effect.clustered_error
    assert effect.mean.upper == pytest.approx(effect.mean.value + t.ppf(0.975, 39) * effect.clustered_error)
    assert found(many_places(40, 9)).interval_method is IntervalMethod.PLACE_CHANGES
    assert found(many_places(29, 12)).interval_method is IntervalMethod.PLACE_CHANGES


def test_with_equal_places_the_interval_is_that_of_two_groups_of_changes() -> None:
    """Student's t test of the places' changes, as scipy has it."""
    from scipy.stats import ttest_ind

    made = world(3, treated=4)
    change = made.outcome[:, BEFORE:].mean(axis=1) - made.outcome[:, :BEFORE].mean(axis=1)
    test = ttest_ind(change[made.treated], change[~made.treated])
    effect = difference_in_differences(made.outcome, made.treated, BEFORE)
    interval = test.confidence_interval()
    assert [effect.mean.lower, effect.mean.upper] == pytest.approx([interval.low, interval.high], rel=EXACT)
    assert effect.p_value == pytest.approx(test.pvalue, rel=EXACT)


def test_the_interval_of_one_treated_place_is_that_of_the_spread_of_the_others() -> None:
    """The prediction interval of one more change: s √(1 + 1/n), n − 1 degrees of freedom."""
    from scipy.stats import t

    made = world(4, treated=1)
    change = made.outcome[:, BEFORE:].mean(axis=1) - made.outcome[:, :BEFORE].mean(axis=1)
    others = change[1:]
    effect = difference_in_differences(made.outcome, made.treated, BEFORE)
    half = t.ppf(0.975, others.size - 1) * others.std(ddof=1) * np.sqrt(1 + 1 / others.size)
    assert effect.mean.upper == pytest.approx(change[0] - others.mean() + half, rel=EXACT)


def test_a_small_treated_place_has_a_wider_interval_than_a_large_one() -> None:
    made = world(5, treated=1)

    def error(people: float) -> float:
        treated: Bools = made.population == people
        found = difference_in_differences(made.outcome, treated, BEFORE, weights=made.population)
        return found.mean.standard_error or 0.0

    assert error(PEOPLE.min()) > error(PEOPLE.max()) > 0


def weighted(made: World, change: Floats, chosen: Bools) -> float:
    return float(np.average(change[chosen], weights=made.population[chosen])
                 - np.average(change[~chosen], weights=made.population[~chosen]))  # fmt: skip


@pytest.mark.parametrize("treated", [1, 2, 4])
def test_permutation_counts_every_choice_of_as_many_places(treated: int) -> None:
    made = world(6, effect=-0.02, treated=treated)
    change = made.outcome[:, BEFORE:].mean(axis=1) - made.outcome[:, :BEFORE].mean(axis=1)
    every = [np.isin(np.arange(15), chosen) for chosen in combinations(range(15), treated)]
    sizes = np.array([abs(weighted(made, change, chosen)) for chosen in every])
    true = abs(weighted(made, change, made.treated))
    assert found(made).permutation_p == pytest.approx(float((sizes >= true - 1e-9).mean()))


def test_of_more_choices_so_many_are_drawn_and_always_the_same() -> None:
    one = found(many_places())
    assert one.permutation_p == found(many_places()).permutation_p
    assert one.permutation_p * 1000 == pytest.approx(round(one.permutation_p * 1000))


@settings(deadline=None, max_examples=25)
@given(st.integers(0, 50), st.floats(-100, 100), st.integers(1, 4))
def test_what_is_added_to_the_treated_months_after_is_added_to_the_effect(seed: int, added: float, treated: int) -> None:
    made = world(seed, treated=treated)
    more = made.outcome.copy()
    more[made.treated, BEFORE:] += added
    one, other = found(made), difference_in_differences(more, made.treated, BEFORE, weights=made.population)
    assert other.mean.value == pytest.approx(one.mean.value + added, abs=1e-8)
    assert other.mean.standard_error == pytest.approx(one.mean.standard_error, rel=1e-6)
    assert other.trend_before == one.trend_before


@settings(deadline=None, max_examples=25)
@given(st.integers(0, 50), st.randoms(use_true_random=False), st.sampled_from([(15, 2), (40, 12)]))
def test_the_order_of_places_says_nothing(seed: int, random: Any, size: tuple[int, int]) -> None:
    made = world(seed, treated=2) if size == (15, 2) else many_places()
    order = list(range(len(made.outcome)))
    random.shuffle(order)
    one = found(made)
    other = difference_in_differences(made.outcome[order], made.treated[order], BEFORE, weights=made.population[order])
    assert other.mean.lower == pytest.approx(one.mean.lower, rel=1e-9)
    assert (other.permutation_p, other.interval_method) == (one.permutation_p, one.interval_method)
    assert other.course.lower == pytest.approx(one.course.lower, rel=1e-9)


@settings(deadline=None, max_examples=25)
@given(st.integers(0, 50), st.floats(0.01, 1000), st.floats(0.01, 1000))
def test_pence_are_pounds_and_people_may_be_counted_in_thousands(seed: int, scale: float, of_people: float) -> None:
    made = world(seed)
    one = found(made)
    other = difference_in_differences(made.outcome * scale, made.treated, BEFORE, weights=made.population * of_people)
    assert other.mean.value == pytest.approx(one.mean.value * scale, rel=1e-7)
    assert other.mean.standard_error == pytest.approx((one.mean.standard_error or 0) * scale, rel=1e-7)
    assert other.clustered_error == pytest.approx(one.clustered_error * scale, rel=1e-7)


def parallel() -> World:
    """Places of different levels that all move alike."""
    level, course = np.linspace(180, 320, 15)[:, None], 10 * np.sin(np.arange(36))
    return World(level + course, np.arange(15) < 2, PEOPLE, np.arange(36) % 12 + 1, 0.0)


def test_a_parallel_world_has_no_effect_and_no_trend() -> None:
    effect = found(parallel())
    assert (effect.mean.value, effect.mean.standard_error, effect.p_value) == (0, 0, 1)
    assert effect.before.root_mean_square_error == 0 and effect.permutation_p == 1
    assert effect.trend_before is not None and effect.trend_before.slope_difference.value == 0


def test_a_trend_before_is_seen() -> None:
    made = world(7)
    assert found(made).trend_before is not None
    steeper = made.outcome + made.treated[:, None] * np.arange(36) * 2.0
    trend = difference_in_differences(steeper, made.treated, BEFORE, weights=made.population).trend_before
    assert trend is not None and trend.p_value < 0.001
    plain = found(made).trend_before
    assert plain is not None
    assert trend.slope_difference.value == pytest.approx(plain.slope_difference.value + 2)
    assert difference_in_differences(made.outcome[:, 22:], made.treated, 2).trend_before is None


def test_the_course_has_the_mean_effect_for_its_mean() -> None:
    effect = found(world(8, effect=-0.05))
    assert effect.course.effect.mean() == pytest.approx(effect.mean.value)
    assert effect.course.observed - effect.course.counterfactual == pytest.approx(effect.course.effect)
    assert (effect.course.lower < effect.course.effect).all() and (effect.course.effect < effect.course.upper).all()


def test_washout_months_say_nothing() -> None:
    made = world(9)
    other = made.outcome.copy()
    other[0, BEFORE : BEFORE + 2] += 1000
    again = difference_in_differences(other, made.treated, BEFORE, washout=2, weights=made.population)
    assert again.mean == found(made, washout=2).mean


@pytest.mark.parametrize(
    ("treated", "weights", "said"),
    [
        ([False, False, False], [1, 1, 1], "some treated and some not"),
        ([True, True, True], [1, 1, 1], "some treated and some not"),
        ([True, False], [1, 1], "an element a place"),
        ([True, False, False], [1, 1, 0], "population above 0"),
    ],
)
def test_what_a_comparison_needs_is_said(treated: list[bool], weights: list[float], said: str) -> None:
    with pytest.raises(ValueError, match=said):
        difference_in_differences(np.ones((3, 12)), treated, 6, weights=weights)


def test_two_places_have_no_spread() -> None:
    with pytest.raises(ValueError, match="at least 3 places"):
        difference_in_differences(np.ones((2, 12)), [True, False], 6)
