"""Matched difference: how people with the change moved beside their partners without it.

Belongs here: difference in differences of matched pairs. Does not belong here: finding the partners (`matching.py`).
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from pipelines.analysis.estimate import Estimate
from pipelines.evaluation.effect import Floats, critical_value, finite, two_sided_p, within


@dataclass(frozen=True)
class People:
    """People, an element each: cost before and after the start, and the months of each in which the person was alive and living
    here. All (pairs,)."""

    cost_before: ArrayLike
    cost_after: ArrayLike
    months_before: ArrayLike
    months_after: ArrayLike


@dataclass(frozen=True)
class MatchedEffect:
    """The effect on the cost of a person a month alive; the same, less what remained unlike before and went by itself; cost a month
    alive of both groups, before and after; pairs."""

    mean: Estimate
    adjusted: Estimate
    critical_value: float
    degrees_of_freedom: int
    p_value: float
    treated_before: float
    treated_after: float
    partners_before: float
    partners_after: float
    pairs: int


def matched_difference(treated: People, partners: People) -> MatchedEffect:
    """(treated after − before) − (partners after − before), in cost a person and month alive.

    treated, partners: of each pair the treated person and its partner, in one order. The cost of a month alive of a group is Σ cost
    ÷ Σ months: the mean of its people's, each weighted by its months, so that who dies or leaves counts for the time there was,
    and on both sides alike. Without deaths it is the plain mean over pairs of treated's change less partner's change.

    Standard error over pairs: s ÷ √pairs, s the standard deviation of each pair's share in the effect, which is Σ ± (cost − rate ×
    months) ÷ mean months (the delta method for ratios; Cochran 1977), so that what partners have in common goes out. Interval
    of Student's t with pairs − 1 degrees of freedom.

    **Regression to the mean.** Where people were chosen for their cost, the cost falls by itself: chance that was high is not high
    again. Partners matched on the same months' cost fall with them. Where the partners were cheaper before all the same, that
    difference falls by itself too, and is taken for an effect (Daw and Hatfield 2018): `adjusted` takes of it only the part that
    lasts, the slope of the difference after on the difference before over pairs, in place of all of it (analysis of
    covariance, pairs − 2 degrees of freedom, so that two pairs have no interval). Both are the same where partners cost the
    same before. A line is not the whole truth of how costs fall: where the two are far apart, the effect rests on what was
    unlike, and the match has to be better.

    Raises ValueError with fewer than two pairs, or where nobody of a group was there before or after.
    """
    told = [(side.cost_after, side.months_after, side.cost_before, side.months_before) for side in (treated, partners)]
    (after, after_share), (before, before_share) = _rates(*told[0][:2]), _rates(*told[0][2:])
    (partners_after, partners_after_share), (partners_before, partners_before_share) = (
        _rates(*told[1][:2]),
        _rates(*told[1][2:]),
    )
    pairs = after_share.size
    if pairs < 2 or any(of.size != pairs for of in (before_share, partners_after_share, partners_before_share)):
        raise ValueError("at least two pairs are needed, with four figures of each of the two people")
    apart_after, apart_before = after - partners_after, before - partners_before
    share_after, share_before = after_share - partners_after_share, before_share - partners_before_share
    value, error = apart_after - apart_before, float((share_after - share_before).std(ddof=1) / np.sqrt(pairs))
    critical = critical_value(pairs - 1)
    return MatchedEffect(
        mean=within(value, error, critical), adjusted=_adjusted(apart_after, apart_before, share_after, share_before),
        critical_value=critical, degrees_of_freedom=pairs - 1, p_value=two_sided_p(value, error, pairs - 1),
        treated_before=before, treated_after=after, partners_before=partners_before, partners_after=partners_after, pairs=pairs,
    )  # fmt: skip


def _adjusted(apart_after: float, apart_before: float, share_after: Floats, share_before: Floats) -> Estimate:
    """The intercept of the line of differences after on differences before; the plain effect where all differed alike before.

    share_after, share_before (pairs,): each pair's share in the difference of the groups, of mean 0.
    """
    pairs, squares = share_after.size, float(share_before @ share_before)
    slope = float(share_after @ share_before) / squares if squares else 1.0
    residuals, value = share_after - slope * share_before, apart_after - slope * apart_before
    if pairs == 2:
        return Estimate(value)
    variance = float(residuals @ residuals) / (pairs - 2) * (1 / pairs + (apart_before**2 / squares if squares else 0.0))
    return within(value, float(np.sqrt(variance)), critical_value(pairs - 2))


def _rates(cost: ArrayLike, months: ArrayLike) -> tuple[float, Floats]:
    """Cost a month alive of a group, and the share of each of its people in it: (cost − rate × months) ÷ mean months."""
    pounds, alive = finite(cost, 1), finite(months, 1)
    if pounds.shape != alive.shape or (alive < 0).any() or not alive.sum() > 0:
        raise ValueError("every person needs months of at least 0, and a group some")
    rate = float(pounds.sum() / alive.sum())
    return rate, (pounds - rate * alive) / alive.mean()
