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
    """The effect on the cost of a person a month alive; cost a month alive of both groups, before and after; pairs."""

    mean: Estimate
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

    Where people were chosen for their cost, the cost falls by itself: chance that was high is not high again. Partners matched on the
    same months' cost fall with them; partners who are not, do not.

    Raises ValueError with fewer than two pairs, or where nobody of a group was there before or after.
    """
    sides = [_rates(treated.cost_after, treated.months_after), _rates(treated.cost_before, treated.months_before)]
    sides += [_rates(partners.cost_after, partners.months_after), _rates(partners.cost_before, partners.months_before)]
    pairs = sides[0][1].size
    if pairs < 2 or any(shares.size != pairs for _, shares in sides):
        raise ValueError("at least two pairs are needed, with four figures of each of the two people")
    (after, _), (before, _), (partners_after, _), (partners_before, _) = sides
    share = sides[0][1] - sides[1][1] - (sides[2][1] - sides[3][1])
    value, error = after - before - (partners_after - partners_before), float(share.std(ddof=1) / np.sqrt(pairs))
    critical = critical_value(pairs - 1)
    return MatchedEffect(
        mean=within(value, error, critical), critical_value=critical, degrees_of_freedom=pairs - 1,
        p_value=two_sided_p(value, error, pairs - 1), treated_before=before, treated_after=after,
        partners_before=partners_before, partners_after=partners_after, pairs=pairs,
    )  # fmt: skip


def _rates(cost: ArrayLike, months: ArrayLike) -> tuple[float, Floats]:
    """Cost a month alive of a group, and the share of each of its people in it: (cost − rate × months) ÷ mean months."""
    pounds, alive = finite(cost, 1), finite(months, 1)
    if pounds.shape != alive.shape or (alive < 0).any() or not alive.sum() > 0:
        raise ValueError("every person needs months of at least 0, and a group some")
    rate = float(pounds.sum() / alive.sum())
    return rate, (pounds - rate * alive) / alive.mean()
