"""An estimate with its interval, and how it is rounded when it is published.

Belongs here: what all statistics have in common. Does not belong here: any one statistic.
"""

import math
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from statistics import NormalDist

import numpy as np

PENNY, MILLIONTH = Decimal("0.01"), Decimal("0.000001")
"""What is published is rounded to: pounds, anything else."""
BEYOND_ANY = 1e15
"""More than anything that is published can be: a ratio to next to nothing has such limits."""


@dataclass(frozen=True)
class Estimate:
    """A value with its standard error and the ends of its interval, all in the unit of the value; None where they cannot be told."""

    value: float
    standard_error: float | None = None
    lower: float | None = None
    upper: float | None = None


def two_sided(confidence: float) -> float:
    """The quantile of the standard normal for a two-sided interval: 1.96 for a confidence of 0.95.

    Raises ValueError for a confidence that is not between 0 and 1.
    """
    if not 0 < confidence < 1:
        raise ValueError(f"confidence is between 0 and 1, not {confidence}")
    return NormalDist().inv_cdf((1 + confidence) / 2)


def by_normal(value: float, standard_error: float, confidence: float = 0.95) -> Estimate:
    """value ± z × standard_error."""
    half = two_sided(confidence) * standard_error
    return Estimate(value, standard_error, value - half, value + half)


def by_log_normal(value: float, relative_error: float, confidence: float = 0.95) -> Estimate:
    """A ratio above 0, whose logarithm has that standard error: value × exp(± z × relative_error).

    Without limits where the ratio is not above 0, or the upper limit is beyond any number: they cannot be told.
    """
    with np.errstate(over="ignore"):
        factor = float(np.exp(two_sided(confidence) * relative_error))
    if not (value > 0 and math.isfinite(value * factor)):
        return Estimate(value, abs(value) * relative_error)
    return Estimate(value, value * relative_error, value / factor, value * factor)


def published(value: float | None, to: Decimal) -> Decimal | None:
    """A value as it is published: rounded half away from zero, once, from its shortest decimal form; None stays None.

    The last bits of a float differ from machine to machine; what is rounded to has fewer digits than those reach. An end of an
    interval that is beyond any sum of pounds says nothing, and is None too.
    """
    if value is None or not abs(value) < BEYOND_ANY:
        return None
    return Decimal(repr(float(value))).quantize(to, ROUND_HALF_UP)
