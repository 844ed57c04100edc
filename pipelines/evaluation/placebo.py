"""Placebos: the effects that a method finds where and when nothing was changed.

Belongs here: which earlier starts and which places are taken, the rank of the true effect among them. Does not belong here: the
methods, which are handed in.
"""

from collections.abc import Callable
from dataclasses import dataclass
from itertools import combinations
from math import comb

import numpy as np

from pipelines.evaluation.effect import Bools, Floats, Ints

SEED = 20_260_401
EVERY_CHOICE, DRAWS = 10_000, 999
"""So many choices are all taken; of more, so many draws."""


@dataclass(frozen=True)
class Placebos:
    """Each placebo's position (first month after, or place) and effect; the rank of the true effect by size, 1 for the largest.

    p_value: the rank over the number of effects, the true one counted. Fewer than 19 placebos cannot give 0.05.
    """

    position: Ints
    effect: Floats
    rank: int
    p_value: float


def ranked(position: Ints, effect: Floats, true_effect: float) -> Placebos:
    """Placebos with the rank of the true effect: placebos as large as it, whatever their sign, come before it."""
    rank = 1 + int((np.abs(effect) >= abs(true_effect)).sum())
    return Placebos(position, effect, rank, rank / (effect.size + 1))


def placebo_in_time(
    effect_of: Callable[[int, int], float],
    true_effect: float,
    first_month_after: int,
    months_after: int,
    *,
    least_before: int = 12,
    least_after: int = 3,
) -> Placebos:
    """The effect of each earlier start, from months before the true one alone (Abadie, Diamond and Hainmueller 2015).

    effect_of(start, end): the effect that the method finds in the months before position `end` for a start at `start`. A
    placebo has as many months after as the true start has, months_after, or fewer where the true start comes first, but at
    least least_after; and at least least_before months before.
    """
    starts = np.arange(least_before, first_month_after - least_after + 1, dtype=np.int64)
    effects = [effect_of(int(start), min(int(start) + months_after, first_month_after)) for start in starts]
    return ranked(starts, np.array(effects, dtype=np.float64), true_effect)


def placebo_in_space(effect_of: Callable[[int, Ints], float], true_effect: float, treated: Bools) -> Placebos:
    """The effect in each comparison place as if it were treated, the treated places left out (Abadie, Diamond and Hainmueller 2010).

    effect_of(place, places): the effect that the method finds for a place among places, it included. treated (places,).
    """
    places = np.flatnonzero(~np.asarray(treated, dtype=np.bool_))
    effects = [effect_of(int(place), places) for place in places]
    return ranked(places, np.array(effects, dtype=np.float64), true_effect)


def choices(of: int, number: int) -> Ints:
    """Every choice of a number of places, (choices, number), or 999 drawn ones where there are more than 10,000."""
    if comb(of, number) <= EVERY_CHOICE:
        return np.array(list(combinations(range(of), number)), dtype=np.int64)
    random = np.random.default_rng(SEED)
    return np.array([np.sort(random.choice(of, number, replace=False)) for _ in range(DRAWS)], dtype=np.int64)
