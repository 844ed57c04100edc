"""Matching: for each treated person another who was much alike before, and was not treated.

Belongs here: the propensity score, who is whose partner, how alike they are. Does not belong here: what became of them
(`matched_difference.py`).
"""

import warnings
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from pipelines.evaluation.effect import Bools, Floats, Ints, finite

CALIPER = 0.2
"""How far apart partners may be, in standard deviations of the logit of the score."""
DIGITS = 9
"""The decimals of a logit that count: people who are equal come out equal, whatever the last digits of a product are."""

BLOCK = 100
"""So many people's neighbours are looked up at once: each may have all of the pool."""


@dataclass(frozen=True)
class Matches:
    """Pairs: the row of each treated person and of its partner in the pool, in the order of the treated; the treated people without
    a partner; the caliper in logits; the standardised mean difference of each covariate before and after matching (nan without
    a pair); whether the regression had to be penalised."""

    treated: Ints
    partner: Ints
    unmatched: Ints
    caliper: float
    balance_before: Floats
    balance_after: Floats
    is_penalised: bool


def match(
    treated: ArrayLike, pool: ArrayLike, *, exact: tuple[ArrayLike, ArrayLike] | None = None, caliper: float = CALIPER
) -> Matches:
    """Partners by propensity score, one each, none twice.

    treated (n, k), pool (m, k): the covariates of people, k figures each, from before the start. exact: the stratum (such as age
    band by sex, as a number) of each treated person and of each of the pool; partners are of one stratum.

    The score is the probability of being treated by logistic regression on standardised covariates (Rosenbaum and Rubin 1983); with
    a ridge penalty where covariates tell the groups apart, or one another, without error. Nearest neighbour on the logit
    within a caliper of 0.2 standard deviations of it, √((s² of the treated + s² of the pool) ÷ 2) (Austin 2011). Those who are
    hardest to match choose first: the largest logit; ties by row, on both sides.

    Raises ValueError where either side is empty, or a covariate is no number.
    """
    mine, theirs = finite(treated, 2), finite(pool, 2)
    if not len(mine) or not len(theirs) or mine.shape[1] != theirs.shape[1]:
        raise ValueError("people on both sides are needed, with the same covariates")
    strata = [np.zeros(len(side), dtype=np.int64) for side in (mine, theirs)]
    if exact is not None:
        strata = [np.asarray(side, dtype=np.int64) for side in exact]
        if strata[0].shape != (len(mine),) or strata[1].shape != (len(theirs),):
            raise ValueError("every person needs a stratum")
    everybody = np.concatenate([mine, theirs])
    logits, is_penalised = _logits(everybody, np.arange(len(everybody)) < len(mine))
    own, other = logits[: len(mine)], logits[len(mine) :]
    radius = caliper * _pooled_deviation(own[:, None], other[:, None])[0]
    partner = _partners(own, other, strata[0], strata[1], float(radius))
    has_partner = partner >= 0
    pairs = np.flatnonzero(has_partner)
    return Matches(
        treated=pairs, partner=partner[pairs], unmatched=np.flatnonzero(~has_partner), caliper=float(radius),
        balance_before=balance(mine, theirs), balance_after=_balance(mine[pairs], theirs[partner[pairs]], mine, theirs),
        is_penalised=is_penalised,
    )  # fmt: skip


def balance(treated: Floats, others: Floats) -> Floats:
    """The standardised mean difference of each covariate: (mean of treated − mean of others) ÷ √((s² + s²) ÷ 2) (Austin 2009)."""
    return _balance(treated, others, treated, others)


def _balance(treated: Floats, others: Floats, all_treated: Floats, all_others: Floats) -> Floats:
    """The same with the standard deviation of everybody: before and after matching are told in one measure."""
    if not len(treated):
        return np.full(treated.shape[1], np.nan)
    apart = treated.mean(axis=0) - others.mean(axis=0)
    deviation = _pooled_deviation(all_treated, all_others)
    # A covariate that is the same for everybody on a side: no difference is none, any difference is beyond measure.
    beyond = np.where(apart == 0, 0.0, np.copysign(np.inf, apart))
    return np.asarray(np.divide(apart, deviation, out=beyond, where=deviation > 0))


def _pooled_deviation(treated: Floats, others: Floats) -> Floats:
    variances = [side.var(axis=0, ddof=1) if len(side) > 1 else np.zeros(side.shape[1]) for side in (treated, others)]
    return np.asarray(np.sqrt((variances[0] + variances[1]) / 2))


def _logits(covariates: Floats, is_treated: Bools) -> tuple[Floats, bool]:
    """The logit of each person's score, and whether the regression was penalised."""
    deviation = covariates.std(axis=0)
    told = deviation > 0
    x = (covariates[:, told] - covariates[:, told].mean(axis=0)) / deviation[told]
    coefficients = _unpenalised(x, is_treated)
    is_penalised = coefficients is None
    if coefficients is None:
        from sklearn.linear_model import LogisticRegression

        coefficients = LogisticRegression(C=1.0, solver="newton-cholesky").fit(x, is_treated).coef_[0]
    # The constant is the same for all: it moves nobody nearer to anybody.
    return np.round((x * coefficients).sum(axis=1), DIGITS), is_penalised


def _unpenalised(x: Floats, is_treated: Bools) -> Floats | None:
    """The coefficients by maximum likelihood; None where there is no maximum, or more than one."""
    from statsmodels.api import Logit
    from statsmodels.tools.sm_exceptions import ModelWarning

    design = np.column_stack([np.ones(len(x)), x])
    if np.linalg.matrix_rank(design) < design.shape[1]:
        return None
    with warnings.catch_warnings():
        # Where groups are told apart without error, the search runs off to infinity before it is given up.
        warnings.simplefilter("ignore", RuntimeWarning)
        warnings.simplefilter("error", ModelWarning)
        try:
            found = Logit(is_treated.astype(np.float64), design).fit(disp=0)
        except (ModelWarning, np.linalg.LinAlgError):
            return None
    return np.asarray(found.params[1:], dtype=np.float64)


def _partners(own: Floats, other: Floats, own_stratum: Ints, other_stratum: Ints, radius: float) -> Ints:
    """The row in the pool of each treated person's partner; −1 without one."""
    from sklearn.neighbors import NearestNeighbors

    partner = np.full(len(own), -1, dtype=np.int64)
    for stratum in np.intersect1d(own_stratum, other_stratum):
        rows, mine = np.flatnonzero(other_stratum == stratum), np.flatnonzero(own_stratum == stratum)
        # A tree: to measure everybody against everybody takes threads, and more time.
        tree = NearestNeighbors(radius=radius, algorithm="kd_tree").fit(other[rows, None])
        is_free = np.ones(rows.size, dtype=np.bool_)
        order = mine[np.lexsort((mine, -own[mine]))]
        for block in np.array_split(order, -(-order.size // BLOCK)):
            for person, near in zip(block, tree.radius_neighbors(own[block, None], return_distance=False), strict=True):
                free = near[is_free[near]]
                if free.size:
                    # One digit fewer: who is as far above as another is below is as near.
                    apart = np.abs(other[rows[free]] - own[person]).round(DIGITS - 1)
                    nearest = free[np.lexsort((free, apart))[0]]
                    is_free[nearest] = False
                    partner[person] = rows[nearest]
    return partner
