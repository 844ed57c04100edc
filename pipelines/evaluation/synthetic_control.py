"""Synthetic control: the comparison places weighted so that together they moved before the start as the treated place did.

Belongs here: the weights, the effect, its placebos. Does not belong here: places as they are (`difference.py`).
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from pipelines.evaluation.effect import (
    Bools,
    Course,
    Effect,
    Floats,
    IntervalMethod,
    Ints,
    critical_value,
    finite,
    fit_of,
    months_after,
    settled,
    treated_places,
    two_sided_p,
    within,
)
from pipelines.evaluation.placebo import choices

LEAST_BEFORE = 3
LEAST_COMPARISON = 3
"""Comparison places: a placebo among them needs two others to be weighted."""


@dataclass(frozen=True)
class Synthetic(Effect):
    """The effect; the weight of each place, 0 for treated ones; the root mean square prediction error before the start; that after
    over that before, its rank among the placebos' (1 for the largest) and the rank over their number, the true one counted."""

    weights: Floats
    error_before: float
    error_ratio: float
    placebo_ratios: Floats
    rank: int
    rank_p: float


@dataclass(frozen=True)
class _Gap:
    """Treated less synthetic by month, the weights of the other places, the prediction error before."""

    gap: Floats
    weights: Floats
    error_before: float


def synthetic_control(
    outcome: ArrayLike, treated: ArrayLike, first_month_after: int, *, washout: int = 0, weights: ArrayLike | None = None
) -> Synthetic:
    """The effect of a change in one place, or in several taken as one, beside a weighted mean of the others.

    outcome (places, months), in any unit. treated (places,): true where the change was made. weights (places,): population, by
    which several treated places become one. first_month_after and washout: as in `difference.py`.

    Weights w ≥ 0 with Σ w = 1 minimise Σ (y_t − Σ w_j y_jt)² over the months before, every series less its mean before (Abadie,
    Diamond and Hainmueller 2010; demeaned as Ferman and Pinto 2021, Doudchenko and Imbens 2016). Demeaned, because the
    costliest of the places is no mean of the others: its level would stay as an error, and be taken for an effect. The effect
    of a month is the treated place's figure less the synthetic one's. The weights are exact and found without a start value,
    by non-negative least squares.

    Placebos: every choice of as many comparison places is treated in turn (999 seeded draws where there are more than 10,000),
    the truly treated left out, so that no effect of theirs is in a placebo. The rank is of the error after over the error
    before, as Abadie and others have it; it describes: places are parts of one another's controls, so low ranks come somewhat
    more often than by chance alone (simulated, without an effect: 10 of 100 at 7 %).

    **The interval.** A rank among 15 cannot give 95 %. What the placebos' effects are worth over their errors before is a
    variance: mean (effect ÷ error)², about 0, for nothing was changed there; times the treated place's error before it is the
    squared standard error. Student's t has as many degrees of freedom as there are choices without a place in common,
    comparison places ÷ treated places, and never more than half the comparison places, for a placebo and a part of its control
    are one difference. Simulated with 15 places: 94 to 99 of 100 intervals hold the truth for 1 to 4 treated.

    Raises ValueError with fewer than 3 comparison places, or than two a treated one, or 3 months before.
    """
    y = finite(outcome, 2)
    is_treated, population = treated_places(y, treated, weights)
    others, number = np.flatnonzero(~is_treated), int(is_treated.sum())
    if others.size < max(LEAST_COMPARISON, 2 * number):
        raise ValueError("at least 3 comparison places are needed, and two for each treated one")
    after = months_after(y.shape[1], first_month_after, washout, LEAST_BEFORE)
    found = _gap(y, is_treated, others, population, first_month_after)
    placebos = _placebos(y, others, number, population, first_month_after)
    # A placebo that is fitted without any error has no measure to be told in.
    told = [placebo.gap[after] / placebo.error_before for placebo in placebos if placebo.error_before > 0]
    effects = np.array(told or [np.zeros(after.size)])
    ratios = np.array([_ratio(placebo, after) for placebo in placebos])
    ratio = _ratio(found, after)
    rank = 1 + int((ratios >= ratio).sum())
    df = others.size / max(2, number)
    critical = critical_value(df)
    value = float(found.gap[after].mean())
    error, course_error = (found.error_before * np.sqrt((of**2).mean(axis=0)) for of in (effects.mean(axis=1), effects))
    observed = population[is_treated] @ y[is_treated] / population[is_treated].sum()
    gap, half, before = found.gap[after], critical * course_error, slice(0, first_month_after)
    by_place = np.zeros(len(y))
    by_place[others] = found.weights
    return Synthetic(
        mean=within(value, float(error), critical), critical_value=critical, degrees_of_freedom=df,
        p_value=two_sided_p(value, float(error), df), interval_method=IntervalMethod.PLACEBOS,
        course=Course(after, observed[after], observed[after] - gap, gap, gap - half, gap + half),
        before=fit_of(observed[before], (observed - found.gap)[before]),
        weights=by_place, error_before=found.error_before, error_ratio=ratio, placebo_ratios=ratios,
        rank=rank, rank_p=rank / (ratios.size + 1),
    )  # fmt: skip


def simplex_weights(target: Floats, others: Floats) -> Floats:
    """The weights w ≥ 0 with Σ w = 1 of others (places, months) that come nearest to target (months,) by least squares.

    With A_j = y_j − target, Σ w = 1 makes the sum of squares ‖Aw‖². Non-negative least squares of ‖Au‖² + (Σ u − 1)² has its
    minimum at u = s w with the same w: for each direction w its least value is ‖Aw‖² ÷ (1 + ‖Aw‖²) (Lawson and Hanson 1974).
    """
    from scipy.optimize import nnls

    apart = (others - target).T
    scale = float(np.abs(apart).max()) or 1.0
    system = np.vstack([apart / scale, np.ones(len(others))])
    solution, _ = nnls(system, np.append(np.zeros(len(target)), 1.0))
    return np.asarray(solution / solution.sum(), dtype=np.float64)


def _gap(y: Floats, is_treated: Bools, others: Ints, population: Floats, first_month_after: int) -> _Gap:
    """Treated places taken as one beside their synthetic control of others."""
    before = slice(0, first_month_after)
    target = population[is_treated] @ y[is_treated] / population[is_treated].sum()
    target = target - target[before].mean()
    pool = y[others] - y[others, before].mean(axis=1, keepdims=True)
    weights = simplex_weights(target[before], pool[:, before])
    gap = settled(target - weights @ pool, y)
    return _Gap(gap, weights, float(np.sqrt((gap[before] ** 2).mean())))


def _placebos(y: Floats, others: Ints, number: int, population: Floats, first_month_after: int) -> list[_Gap]:
    """The same of every choice of comparison places, as if those were treated.

    Places are put in order by what they are, so that the order in which they come says nothing about what is drawn.
    """
    order = others[np.lexsort((population[others], y[others].mean(axis=1)))]
    found = []
    for chosen in choices(order.size, number):
        as_if = np.zeros(len(y), dtype=np.bool_)
        as_if[order[chosen]] = True
        found.append(_gap(y, as_if, np.delete(order, chosen), population, first_month_after))
    return found


def _ratio(found: _Gap, after: Ints) -> float:
    """The prediction error after over that before; without any before, infinite unless there is none after either."""
    error_after = float(np.sqrt((found.gap[after] ** 2).mean()))
    if found.error_before == 0:
        return float("inf") if error_after else 0.0
    return error_after / found.error_before
