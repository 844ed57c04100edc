"""Rates, proportions and means with their intervals, as Public Health England's technical guide has them.

Belongs here: one group's figure. Does not belong here: standardising (`standardisation.py`), comparing groups (`inequality.py`).
Source: Public Health England, Technical Guide: Confidence Intervals (2018); the values are those of PHEindicatormethods.
"""

import math
from collections.abc import Sequence

import numpy as np

from pipelines.analysis.estimate import Estimate, two_sided

EXACT_BELOW = 10
"""Counts below this have exact intervals; Byar's approximation is good from here on."""


def byar_limits(count: float, confidence: float = 0.95) -> tuple[float, float]:
    """The interval of a Poisson count, by Byar's approximation: x (1 − 1/9x − z/3√x)³ and the same of x + 1 with + z.

    Raises ValueError for a count below 0. Source: Breslow and Day (1987), volume II.
    """
    _check_count(count)
    z, above = two_sided(confidence), count + 1
    lower = count * (1 - 1 / (9 * count) - z / (3 * math.sqrt(count))) ** 3 if count else 0.0
    return lower, above * (1 - 1 / (9 * above) + z / (3 * math.sqrt(above))) ** 3


def exact_limits(count: float, confidence: float = 0.95) -> tuple[float, float]:
    """The exact interval of a Poisson count, by its link with the chi-squared distribution (Garwood 1936)."""
    from scipy.stats import chi2

    _check_count(count)
    tail = (1 - confidence) / 2
    return (float(chi2.ppf(tail, 2 * count)) / 2 if count else 0.0, float(chi2.ppf(1 - tail, 2 * count + 2)) / 2)


def count_limits(count: float, confidence: float = 0.95) -> tuple[float, float]:
    """The interval of a count: exact below 10, Byar's from there on."""
    return (exact_limits if count < EXACT_BELOW else byar_limits)(count, confidence)


def rate(count: float, population: float, confidence: float = 0.95) -> Estimate:
    """count ÷ population, with the interval of the count. Raises ValueError without a population."""
    if population <= 0:
        raise ValueError("a rate needs a population above 0")
    lower, upper = count_limits(count, confidence)
    return Estimate(count / population, math.sqrt(count) / population, lower / population, upper / population)


def proportion(count: float, whole: float, confidence: float = 0.95) -> Estimate:
    """count ÷ whole, with Wilson's score interval. Raises ValueError where the count is no part of the whole. Source: Wilson (1927)."""
    if whole <= 0 or not 0 <= count <= whole:
        raise ValueError("a proportion is of a whole above 0, of which the count is a part")
    z, p = two_sided(confidence), count / whole
    spread = z * math.sqrt(z**2 + 4 * count * (1 - p))
    lower, upper = ((2 * count + z**2 + sign * spread) / (2 * (whole + z**2)) for sign in (-1, 1))
    return Estimate(p, math.sqrt(p * (1 - p) / whole), lower, upper)


def mean(values: Sequence[float], confidence: float = 0.95) -> Estimate:
    """The mean of values, with the interval of Student's t: mean ± t s ÷ √n. Raises ValueError for fewer than two values."""
    from scipy.stats import t

    array = np.asarray(values, dtype=float)
    if array.size < 2:
        raise ValueError("the spread of a mean needs at least two values")
    value, error = float(array.mean()), float(array.std(ddof=1)) / math.sqrt(array.size)
    half = float(t.ppf((1 + confidence) / 2, array.size - 1)) * error
    return Estimate(value, error, value - half, value + half)


def _check_count(count: float) -> None:
    if count < 0:
        raise ValueError("a count is at least 0")
