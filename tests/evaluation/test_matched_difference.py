"""Matched difference: pairs beside each other, the dead for the time they lived, and no effect where people were chosen for cost."""

from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from pipelines.analysis.intervals import mean
from pipelines.evaluation.effect import Floats
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


@settings(deadline=None, max_examples=25)
@given(st.integers(0, 1000), st.floats(-500, 500), st.booleans())
def test_what_is_added_a_month_after_is_added_to_the_effect(seed: int, added: float, may_die: bool) -> None:
    treated, partners = drawn(seed, may_die=may_die)
    months = np.asarray(treated.months_after)
    more = People(treated.cost_before, np.asarray(treated.cost_after) + added * months, treated.months_before, months)
    one, other = matched_difference(treated, partners), matched_difference(more, partners)
    assert other.mean.value == pytest.approx(one.mean.value + added, abs=1e-7)
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


Counts = NDArray[np.int64]


def costs_of(random: np.random.Generator, people: int) -> tuple[Floats, Floats, Floats]:
    """The cost of people in two years, and their frailty: what persists is known to nobody, the rest is chance of each year."""
    frailty = random.gamma(0.8, 1.25, people)
    years: list[Counts] = [random.negative_binomial(0.7, 0.7 / (0.7 + 3 * frailty)) for _ in range(2)]
    before, after = (year * random.gamma(2, 400, people) for year in years)
    return before, after, frailty


def high_cost_world(seed: int, effect: float = 0.0) -> tuple[MatchedEffect, MatchedEffect, float]:
    """People chosen by chance among the dearest tenth; their partners matched on the cost before, and by the way anybody.

    Returns the effect by matched partners, that by partners drawn from everybody, and the true one.
    """
    random = np.random.default_rng(20_260_401 + seed)
    before, after, _ = costs_of(random, 8000)
    is_dear = before >= np.quantile(before, 0.9)
    is_treated = is_dear & (random.random(before.size) < 0.25)
    true = effect * float(after[is_treated].mean()) / MONTHS
    after = after * np.where(is_treated, 1 + effect, 1)
    covariates = np.column_stack([np.log1p(before), before])
    mine, pool = np.flatnonzero(is_treated), np.flatnonzero(~is_treated)
    found = match(covariates[mine], covariates[pool])

    def people(rows: Any) -> People:
        months = np.full(len(rows), float(MONTHS))
        return People(before[rows], after[rows], months, months)

    anybody = random.choice(pool, found.treated.size, replace=False)
    chosen = people(mine[found.treated])
    return matched_difference(chosen, people(pool[found.partner])), matched_difference(chosen, people(anybody)), true


def holds(found: MatchedEffect, true: float) -> bool:
    assert found.mean.lower is not None and found.mean.upper is not None
    return found.mean.lower <= true <= found.mean.upper


def test_people_chosen_for_their_cost_show_no_effect_where_there_is_none() -> None:
    """Regression to the mean: beside anybody their cost falls as if by a miracle, beside partners as dear before it does not."""
    worlds = [high_cost_world(seed) for seed in range(100)]
    assert sum(holds(matched, 0) for matched, _, _ in worlds) >= 93
    assert sum(holds(anybody, 0) for _, anybody, _ in worlds) == 0


@pytest.mark.soak
@pytest.mark.parametrize("effect", [-0.2, 0.0, 0.2])
def test_an_effect_on_people_chosen_for_their_cost_is_found_without_bias(effect: float) -> None:
    worlds = [high_cost_world(seed, effect) for seed in range(200)]
    apart = np.array([matched.mean.value - true for matched, _, true in worlds])
    assert 0.90 <= np.mean([holds(matched, true) for matched, _, true in worlds]) <= 0.98
    assert abs(apart.mean()) <= max(abs(np.mean([true for *_, true in worlds])) * 0.1, 3 * apart.std() / np.sqrt(200))


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
