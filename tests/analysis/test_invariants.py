"""What must hold of every measure whatever the numbers: no difference is 0, order and naming say nothing, pence are pounds."""

import math
from collections.abc import Callable
from decimal import Decimal

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from pipelines.analysis import between_fifths
from pipelines.analysis.cells import Cells, Place
from pipelines.analysis.estimate import PENNY, Estimate, by_log_normal, published
from pipelines.analysis.high_cost import cost_of_top, people_for_share
from pipelines.analysis.inequality import (
    absolute_gap,
    attributable_share,
    concentration_index,
    cost_of_inequality,
    relative_gap,
    slope_index_phe,
    slope_index_scotpho,
)
from pipelines.analysis.standardisation import pooled, pools, standardised_mean
from schemas.analysis_codes import InequalityMeasure

Array = NDArray[np.float64]
UNTIMED = settings(deadline=None)
COSTS, PEOPLE, SPREADS = st.floats(1, 9000), st.integers(10, 5000), st.floats(0, 1e6)


def drawn(of: st.SearchStrategy[float] | st.SearchStrategy[int], size: int) -> st.SearchStrategy[Array]:
    return st.lists(of, min_size=size, max_size=size).map(lambda values: np.array(values, dtype=float))


FIFTHS = st.tuples(drawn(COSTS, 5), drawn(PEOPLE, 5), drawn(SPREADS, 5))
"""Mean cost, people and variance of each fifth."""
CELLS = st.tuples(drawn(COSTS, 20), drawn(PEOPLE, 20), drawn(SPREADS, 20)).map(lambda t: tuple(x.reshape(4, 5) for x in t))
"""The same of four cells of age and sex by fifth."""


def near(value: float, of: float = 1.0) -> object:
    return pytest.approx(value, rel=1e-7, abs=1e-7 * max(abs(of), 1e-6))


def ends(e: Estimate) -> list[float]:
    return [part for part in (e.value, e.standard_error, e.lower, e.upper) if part is not None]


DIFFERENCES: dict[str, Callable[[Array, Array, Array], Estimate]] = {
    "sii_scotpho": lambda c, n, s: slope_index_scotpho(c, n, np.sqrt(s / n)).slope,
    "rii_scotpho": lambda c, n, s: slope_index_scotpho(c, n, np.sqrt(s / n)).relative,
    "sii_phe": lambda c, n, s: slope_index_phe(c, n, np.sqrt(s / n)).slope,
    "par_scotpho": lambda c, n, s: attributable_share(c, n, np.sqrt(s / n)),
    "concentration_index": concentration_index,
    "cost_of_inequality": lambda c, n, s: cost_of_inequality(n, c, s, n).cost,
    "cost_of_inequality_share": lambda c, n, s: cost_of_inequality(n, c, s, n).share,
}
"""The measures of fifths that are 0 where there is no difference."""
IN_POUNDS = {"sii_scotpho", "sii_phe", "cost_of_inequality"}


@pytest.mark.parametrize("name", DIFFERENCES)
@UNTIMED
@given(COSTS, FIFTHS)
def test_equal_costs_are_no_inequality(name: str, cost: float, fifths: tuple[Array, Array, Array]) -> None:
    _, people, variances = fifths
    scale = cost * people.sum() if name == "cost_of_inequality" else cost if name in IN_POUNDS else 1
    assert DIFFERENCES[name](np.full(5, cost), people, variances).value == near(0, scale)


@UNTIMED
@given(COSTS, FIFTHS)
def test_equal_costs_have_gaps_of_0_and_ratios_of_1(cost: float, fifths: tuple[Array, Array, Array]) -> None:
    _, people, variances = fifths
    same = Estimate(cost, 1.0)
    assert absolute_gap(same, same).value == 0
    assert relative_gap(same, same).value == 1
    assert slope_index_phe(np.full(5, cost), people, np.sqrt(variances / people)).relative.value == near(1)


@UNTIMED
@given(CELLS)
def test_cells_as_costly_as_the_least_deprived_have_no_cost_of_inequality(cells: tuple[Array, Array, Array]) -> None:
    means, people, variances = cells
    found = cost_of_inequality(people, np.repeat(means[:, -1:], 5, axis=1), variances, people)
    assert found.cost.value == near(0, float((people * means).sum()))
    assert found.share.value == near(0)


@UNTIMED
@given(CELLS)
def test_cost_of_inequality_is_the_sum_of_its_cells_those_below_0_too(cells: tuple[Array, Array, Array]) -> None:
    means, people, variances = cells
    found = cost_of_inequality(people, means, variances, people)
    assert found.cost.value == near(float((people * (means - means[:, -1:])).sum()), float((people * means).sum()))
    assert found.share.value == near(found.cost.value / float((people * means).sum()))


@UNTIMED
@given(CELLS, st.randoms(use_true_random=False))
def test_the_order_of_cells_says_nothing(cells: tuple[Array, Array, Array], random: object) -> None:
    means, people, variances = cells
    order = np.arange(len(means))
    random.shuffle(order)  # type: ignore[attr-defined]
    before = cost_of_inequality(people, means, variances, people)
    after = cost_of_inequality(people[order], means[order], variances[order], people[order])
    assert ends(after.cost) == pytest.approx(ends(before.cost), rel=1e-9, abs=1e-6 * float((people * means).sum()) / 1e3)
    weights = people[:, 0]
    one = standardised_mean(weights, means[:, 0], variances[:, 0], people[:, 0])
    other = standardised_mean(weights[order], means[order, 0], variances[order, 0], people[order, 0])
    assert ends(other) == pytest.approx(ends(one), rel=1e-9)


@pytest.mark.parametrize("name", DIFFERENCES)
@UNTIMED
@given(FIFTHS)
def test_pence_scale_pounds_and_leave_shares(name: str, fifths: tuple[Array, Array, Array]) -> None:
    costs, people, variances = fifths
    pounds, pence = DIFFERENCES[name](costs, people, variances), DIFFERENCES[name](costs * 100, people, variances * 100**2)
    scale = 100 if name in IN_POUNDS else 1
    size = costs.max() * people.sum() * 100
    assert ends(pence) == pytest.approx([end * scale for end in ends(pounds)], rel=1e-7, abs=1e-9 * (size if scale > 1 else 1))


@UNTIMED
@given(FIFTHS)
def test_both_conventions_have_the_same_slope_with_opposite_sign(fifths: tuple[Array, Array, Array]) -> None:
    costs, people, variances = fifths
    errors = np.sqrt(variances / people)
    ours, theirs = slope_index_scotpho(costs, people, errors).slope, slope_index_phe(costs, people, errors).slope
    big = float(costs.max())
    assert ours.value == near(-theirs.value, big)
    assert ours.standard_error == near(theirs.standard_error or 0.0, big)
    assert ours.lower == near(-(theirs.upper or 0.0), big)
    plain = slope_index_scotpho(costs, people).slope
    assert plain.value == near(ours.value, big)


@UNTIMED
@given(FIFTHS, st.integers(0, 4), st.floats(0.1, 0.9))
def test_a_fifth_in_two_parts_of_the_same_rate_has_the_same_concentration(
    fifths: tuple[Array, Array, Array], which: int, share: float
) -> None:
    """Where the parts share their rank and their rate: the index is of ranks, however many groups they are told in."""
    costs, people, variances = fifths
    of_part = np.array([share, 1 - share]) * people[which]
    parted = np.concatenate([people[:which], of_part, people[which + 1 :]])
    again = np.insert(costs, which, costs[which])
    assert concentration_index(again, parted, np.insert(variances, which, variances[which])).value == near(
        concentration_index(costs, people, variances).value
    )
    assert attributable_share(again, parted, np.ones(6)).value == near(attributable_share(costs, people, np.ones(5)).value)


@UNTIMED
@given(FIFTHS)
def test_fifths_the_other_way_round_have_the_opposite_index(fifths: tuple[Array, Array, Array]) -> None:
    costs, people, variances = fifths
    there, back = concentration_index(costs, people, variances), concentration_index(costs[::-1], people[::-1], variances[::-1])
    assert back.value == near(-there.value)


@UNTIMED
@given(drawn(PEOPLE, 12), st.floats(0, 40))
def test_pools_lose_nobody_and_have_enough(people: Array, least: float) -> None:
    numbers = pools(people.tolist(), least)
    sums = pooled(people, numbers)
    assert sums.sum() == people.sum()
    assert (np.diff(numbers) >= 0).all() and set(np.diff(numbers)) <= {0, 1}
    assert (sums >= min(least, people.sum())).all()


MONEY = st.decimals(Decimal("0.01"), Decimal("99999.99"), places=2)


@UNTIMED
@given(st.lists(MONEY, min_size=1, max_size=60), st.sampled_from([Decimal("0.5"), Decimal("0.65"), Decimal("0.8")]))
def test_the_fewest_people_reach_the_share_and_one_fewer_do_not(costs: list[Decimal], share: Decimal) -> None:
    cut = people_for_share(costs, share)
    assert cut is not None
    down = sorted(costs, reverse=True)
    assert cut.cost == sum(down[: cut.people]) >= sum(costs) * share
    assert sum(down[: cut.people - 1]) < sum(costs) * share


@UNTIMED
@given(st.lists(MONEY, min_size=1, max_size=60), st.integers(0, 500), st.integers(1, 10))
def test_the_top_of_residents_is_rounded_up(costs: list[Decimal], without: int, percentage: int) -> None:
    residents = len(costs) + without
    cut = cost_of_top(costs, residents, percentage)
    assert (cut.people - 1) * 100 < residents * percentage <= cut.people * 100
    assert cut.cost <= sum(costs)
    assert cost_of_top(costs, residents, 100).cost == sum(costs)


@UNTIMED
@given(st.integers(-(10**12), 10**12), st.sampled_from([4, 5, 6]))
def test_published_money_is_the_nearest_penny_half_away_from_zero(pence: int, tenth: int) -> None:
    sign = -1 if pence < 0 else 1
    told = float(Decimal(pence) / 100 + sign * Decimal(tenth) / 1000)
    expected = Decimal(pence + (sign if tenth >= 5 else 0)) / 100
    assert published(told, PENNY) == expected


@pytest.mark.parametrize("value", [None, math.nan, math.inf, -1e300, 1e15])
def test_what_nobody_could_have_spent_is_not_told(value: float | None) -> None:
    assert published(value, PENNY) is None


@UNTIMED
@given(FIFTHS)
def test_what_a_figure_needs_is_said(fifths: tuple[Array, Array, Array]) -> None:
    costs, people, variances = fifths
    nobody = people.copy()
    nobody[-1] = 0
    with pytest.raises(ValueError, match="nobody"):
        cost_of_inequality(people, costs, variances, nobody)
    with pytest.raises(ValueError, match="somebody in every cell"):
        standardised_mean(people, costs, variances, nobody)
    with pytest.raises(ValueError, match="above 0"):
        relative_gap(Estimate(0, 1), Estimate(1, 1))
    with pytest.raises(ValueError, match="standard error"):
        absolute_gap(Estimate(1), Estimate(1, 1))


@pytest.mark.parametrize("ratio", [Estimate(-0.5), Estimate(0.0), Estimate(1.0)])
def test_a_ratio_that_cannot_have_limits_has_none(ratio: Estimate) -> None:
    found = by_log_normal(ratio.value, 5000.0)
    assert (found.value, found.lower, found.upper) == (ratio.value, None, None)


@UNTIMED
@given(st.lists(st.lists(COSTS, min_size=2, max_size=8), min_size=2, max_size=5))
def test_concentration_of_groups_is_that_of_their_people_at_the_middle_rank(groups: list[list[float]]) -> None:
    """2 cov(y, R) ÷ μ, with the middle rank of the group for everybody in it."""
    sizes = np.array([len(group) for group in groups], dtype=float)
    rank = np.repeat((np.cumsum(sizes) - sizes / 2) / sizes.sum(), sizes.astype(int))
    costs = np.concatenate(groups)
    expected = 2 * float(np.mean((costs - costs.mean()) * (rank - rank.mean()))) / float(costs.mean())
    assert concentration_index([np.mean(group) for group in groups], sizes).value == near(expected)


def test_a_measure_that_cannot_be_shown_says_why(monkeypatch: pytest.MonkeyPatch) -> None:
    beyond = {InequalityMeasure.RII_PHE: Estimate(math.inf)}
    monkeypatch.setattr(between_fifths, "estimates", lambda fifths, group: (beyond, between_fifths.NOTHING))
    some = np.ones(38)
    cells = Cells(12, residents=some, people=some, cost=some, cost_squared=some, rows=())
    fifths = {Place("2025-26", "all", "simd_quintile", fifth): cells for fifth in between_fifths.FIFTHS}
    rows = between_fifths.inequality_rows({Place("2025-26", "all", "tayside", "tayside"): cells, **fifths})
    (row, *_) = [row for row in rows if row["measure"] == "rii_phe"]
    assert row["value"] is None and between_fifths.NOTHING in row["note"]
