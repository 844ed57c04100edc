"""Matched difference: pairs beside each other, the dead for the time they lived, and no effect where people were chosen for cost."""

from dataclasses import dataclass

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipelines.analysis.estimate import Estimate
from pipelines.analysis.intervals import mean
from pipelines.evaluation.effect import Floats, Ints
from pipelines.evaluation.matched_difference import MatchedEffect, People, matched_difference
from pipelines.evaluation.matching import match

EXACT = 1e-6
MONTHS = 12


def drawn(seed: int, pairs: int = 200, may_die: bool = False) -> tuple[People, People]:
    random = np.random.default_rng(seed)
    sides = []
    for _ in range(2):
        before, after = np.full(pairs, 12.0), np.full(pairs, 12.0)
        if may_die:
            after = np.where(random.random(pairs) < 0.2, random.integers(0, 12, pairs), after).astype(np.float64)
        rate = random.gamma(2, 150, pairs)
        sides.append(
            People(rate * before * random.gamma(4, 0.25, pairs), rate * after * random.gamma(4, 0.25, pairs), before, after)
        )
    return sides[0], sides[1]


def test_where_nobody_dies_it_is_the_mean_of_the_pairs_changes() -> None:
    treated, partners = drawn(1)
    change = [(np.asarray(side.cost_after) - np.asarray(side.cost_before)) / MONTHS for side in (treated, partners)]
    expected, found = mean((change[0] - change[1]).tolist()), matched_difference(treated, partners).mean
    for got, right in zip(
        (found.value, found.standard_error, found.lower, found.upper),
        (expected.value, expected.standard_error, expected.lower, expected.upper),
        strict=True,
    ):
        assert got == pytest.approx(right, rel=EXACT)


def test_effect_and_error_are_those_of_a_weighted_regression_clustered_by_pair() -> None:
    """Cost a month on treated × after, weighted by months: its interaction is the effect, the dead counted as here."""
    import statsmodels.formula.api as smf

    sides = drawn(2, may_die=True)
    rows = [
        pd.DataFrame({"cost": cost, "months": months, "treated": float(not which), "after": after, "pair": range(200)})
        for which, side in enumerate(sides)
        for after, cost, months in ((0.0, side.cost_before, side.months_before), (1.0, side.cost_after, side.months_after))
    ]
    frame = pd.concat(rows).query("months > 0")
    frame["rate"] = frame["cost"] / frame["months"]
    model = smf.wls("rate ~ treated * after", frame, weights=frame["months"])
    fitted = model.fit(cov_type="cluster", cov_kwds={"groups": frame["pair"], "use_correction": False})
    found = matched_difference(*sides)
    assert found.mean.value == pytest.approx(fitted.params["treated:after"], rel=EXACT)
    assert found.mean.standard_error == pytest.approx(fitted.bse["treated:after"] * np.sqrt(200 / 199), rel=EXACT)


def test_the_adjusted_effect_is_the_intercept_of_after_on_before() -> None:
    import statsmodels.formula.api as smf

    treated, partners = drawn(4)
    frame = pd.DataFrame({
        "after": (np.asarray(treated.cost_after) - np.asarray(partners.cost_after)) / MONTHS,
        "before": (np.asarray(treated.cost_before) - np.asarray(partners.cost_before)) / MONTHS,
    })  # fmt: skip
    fitted, found = smf.ols("after ~ before", frame).fit(), matched_difference(treated, partners).adjusted
    lower, upper = fitted.conf_int().loc["Intercept"]
    assert [found.value, found.standard_error] == pytest.approx(
        [fitted.params["Intercept"], fitted.bse["Intercept"]], rel=EXACT
    )
    assert [found.lower, found.upper] == pytest.approx([lower, upper], rel=EXACT)


def test_a_line_through_two_pairs_has_no_interval() -> None:
    treated, partners = drawn(6, pairs=2)
    found = matched_difference(treated, partners)
    assert found.adjusted.lower is None and found.mean.lower is not None


def test_partners_who_cost_the_same_before_leave_nothing_to_adjust() -> None:
    treated, partners = drawn(5)
    equal = People(treated.cost_before, partners.cost_after, treated.months_before, partners.months_after)
    found = matched_difference(treated, equal)
    assert found.adjusted.value == pytest.approx(found.mean.value)
    assert found.treated_before == found.partners_before


@settings(deadline=None, max_examples=25)
@given(st.integers(0, 1000), st.floats(-500, 500), st.booleans())
def test_what_is_added_a_month_after_is_added_to_the_effect(seed: int, added: float, may_die: bool) -> None:
    treated, partners = drawn(seed, may_die=may_die)
    months = np.asarray(treated.months_after)
    more = People(treated.cost_before, np.asarray(treated.cost_after) + added * months, treated.months_before, months)
    one, other = matched_difference(treated, partners), matched_difference(more, partners)
    assert other.mean.value == pytest.approx(one.mean.value + added, abs=1e-7)
    assert other.adjusted.value == pytest.approx(one.adjusted.value + added, abs=1e-7)
    assert other.mean.standard_error == pytest.approx(one.mean.standard_error, rel=1e-7)


@settings(deadline=None, max_examples=25)
@given(st.integers(0, 1000), st.floats(0.01, 100))
def test_order_of_pairs_and_unit_say_nothing_and_sides_change_the_sign(seed: int, scale: float) -> None:
    sides = drawn(seed, may_die=True)
    order = np.random.default_rng(seed).permutation(200)

    def put(side: People) -> People:
        cost = [np.asarray(part)[order] * scale for part in (side.cost_before, side.cost_after)]
        return People(*cost, *(np.asarray(part)[order] for part in (side.months_before, side.months_after)))

    one, other, back = matched_difference(*sides), matched_difference(*map(put, sides)), matched_difference(*sides[::-1])
    assert other.mean.lower == pytest.approx((one.mean.lower or 0) * scale, rel=1e-7, abs=1e-7)
    assert back.mean.value == pytest.approx(-one.mean.value)
    assert back.mean.standard_error == pytest.approx(one.mean.standard_error)


def test_equal_people_have_no_effect() -> None:
    treated, _ = drawn(3, may_die=True)
    found = matched_difference(treated, treated)
    assert (found.mean.value, found.mean.standard_error, found.p_value, found.pairs) == (0, 0, 1, 200)


def test_who_dies_on_both_sides_alike_is_no_effect() -> None:
    """The months before a death are dear; they count for their time on both sides, and bias neither."""
    covered, values = 0, []
    for seed in range(100):
        random = np.random.default_rng(20_260_401 + seed)
        sides = []
        for _ in range(2):
            dies = random.random(300) < 0.25
            months = np.where(dies, random.integers(1, 12, 300), 12).astype(np.float64)
            rate = random.gamma(2, 150, (2, 300))
            sides.append(People(rate[0] * 12, (rate[1] + 1500 * dies) * months, np.full(300, 12.0), months))
        found = matched_difference(sides[0], sides[1]).mean
        covered += (found.lower or 0) <= 0 <= (found.upper or 0)
        values.append(found.value)
    assert 90 <= covered <= 99
    assert abs(np.mean(values)) < 3 * np.std(values) / 10


def costs_of(random: np.random.Generator, people: int) -> tuple[Floats, Floats]:
    """The cost of people in two years: their frailty persists and is known to nobody, the rest is chance of each year."""
    frailty = random.gamma(0.8, 1.25, people)
    years: list[Ints] = [random.negative_binomial(0.7, 0.7 / (0.7 + 3 * frailty)) for _ in range(2)]
    before, after = (year * random.gamma(2, 400, people) for year in years)
    return before, after


@dataclass(frozen=True)
class HighCost:
    """The effect by partners matched on the cost before, by partners drawn from everybody, and the true one."""

    matched: MatchedEffect
    anybody: MatchedEffect
    true: float


def high_cost_world(seed: int, effect: float = 0.0, only_dearer: bool = True) -> HighCost:
    """A quarter of the dearest tenth is treated. only_dearer: partners are sought by a score that only rises with the cost; else by
    one that a second term of the cost bends, so that partners of one score may cost unlike."""
    random = np.random.default_rng(20_260_401 + seed)
    before, after = costs_of(random, 8000)
    is_treated = (before >= np.quantile(before, 0.9)) & (random.random(before.size) < 0.25)
    true = effect * float(after[is_treated].mean()) / MONTHS
    after = after * np.where(is_treated, 1 + effect, 1)
    covariates = np.column_stack([np.log1p(before)] if only_dearer else [np.log1p(before), before])
    mine, pool = np.flatnonzero(is_treated), np.flatnonzero(~is_treated)
    found = match(covariates[mine], covariates[pool])

    def people(rows: Ints) -> People:
        months = np.full(rows.size, float(MONTHS))
        return People(before[rows], after[rows], months, months)

    chosen, anybody = people(mine[found.treated]), people(random.choice(pool, found.treated.size, replace=False))
    return HighCost(matched_difference(chosen, people(pool[found.partner])), matched_difference(chosen, anybody), true)


def holds(found: Estimate, true: float) -> bool:
    assert found.lower is not None and found.upper is not None
    return found.lower <= true <= found.upper


def test_people_chosen_for_their_cost_show_no_effect_where_there_is_none() -> None:
    """Regression to the mean: beside anybody their cost falls as if by a miracle, beside partners as dear before it does not."""
    worlds = [high_cost_world(seed) for seed in range(100)]
    assert sum(holds(world.matched.mean, 0) for world in worlds) >= 93
    assert sum(holds(world.matched.adjusted, 0) for world in worlds) >= 93
    assert sum(holds(world.anybody.mean, 0) for world in worlds) == 0


def test_what_remains_unlike_before_is_less_of_an_effect_of_the_adjusted() -> None:
    """Partners who were cheaper before all the same: the difference falls by itself, and the plain difference takes it for a saving."""
    worlds = [high_cost_world(seed, only_dearer=False).matched for seed in range(60)]
    plain, adjusted = (np.array([getattr(world, name).value for world in worlds]) for name in ("mean", "adjusted"))
    assert np.mean([world.treated_before - world.partners_before for world in worlds]) > 50
    assert plain.mean() < -50 and abs(adjusted.mean()) < abs(plain.mean())
    assert (adjusted**2).mean() < (plain**2).mean() / 1.5


@pytest.mark.soak
@pytest.mark.parametrize("effect", [-0.2, 0.0, 0.2])
def test_an_effect_on_people_chosen_for_their_cost_is_found_without_bias(effect: float) -> None:
    """Bias is below what chance leaves in the mean of so many worlds, three standard errors."""
    worlds = [high_cost_world(seed, effect) for seed in range(400)]
    for name in ("mean", "adjusted"):
        found = [getattr(world.matched, name) for world in worlds]
        apart = np.array([e.value - world.true for e, world in zip(found, worlds, strict=True)])
        assert 0.90 <= np.mean([holds(e, world.true) for e, world in zip(found, worlds, strict=True)]) <= 0.98
        assert abs(apart.mean()) <= 3 * apart.std() / np.sqrt(len(worlds)), name


@pytest.mark.parametrize(
    ("treated", "said"),
    [
        (People([1.0], [1.0], [12.0], [12.0]), "two pairs"),
        (People([1.0, 2.0], [1.0, 2.0], [12.0, 12.0], [0.0, 0.0]), "a group some"),
        (People([1.0, 2.0], [1.0, 2.0], [12.0, 12.0], [-1.0, 3.0]), "at least 0"),
        (People([1.0, 2.0], [1.0, np.nan], [12.0, 12.0], [1.0, 3.0]), "without a figure"),
    ],
)
def test_what_it_needs_is_said(treated: People, said: str) -> None:
    with pytest.raises(ValueError, match=said):
        matched_difference(treated, treated)
