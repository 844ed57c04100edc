"""Standardising: what a figure would be if every area had people of the same ages and sexes.

Belongs here: direct and indirect standardisation, the European Standard Population, putting small cells together. Does not
belong here: which people are in a cell (`sql/statistics`), comparing areas (`inequality.py`).
"""

import math
from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike, NDArray

from pipelines.analysis.estimate import Estimate, by_normal
from pipelines.analysis.intervals import EXACT_BELOW, byar_limits, count_limits
from schemas.analysis_codes import KNOWN_FIVE_YEAR_BANDS

ESP_2013 = dict(
    zip(
        KNOWN_FIVE_YEAR_BANDS,
        (5000, 5500, 5500, 5500, 6000, 6000, 6500, 7000, 7000, 7000, 7000, 6500, 6000, 5500, 5000, 4000, 2500, 1500, 1000),
        strict=True,
    )
)
"""European Standard Population 2013: people of 100,000 in each band of five years, the same for both sexes (Eurostat 2013)."""
LEAST_PERSON_YEARS = 10
"""A cell with fewer is put together with its neighbour."""


def standardised_mean(
    weights: ArrayLike, means: ArrayLike, variances: ArrayLike, persons: ArrayLike, confidence: float = 0.95
) -> Estimate:
    """A directly standardised mean: Σ w m ÷ Σ w, with SE² = Σ w² s² ÷ n ÷ (Σ w)² and the interval of the normal.

    Each is an array of one figure a cell of age and sex. weights: the standard population. means, variances: of persons' cost
    a person-year, those without cost counted as 0. persons: how many those are of. Raises ValueError without a weight above 0, or
    where a cell has nobody. Source: Breslow and Day (1987), volume II, chapter 2.
    """
    w, m, s2, n = (np.asarray(part, dtype=float) for part in (weights, means, variances, persons))
    if w.size == 0 or w.sum() <= 0 or (n <= 0).any():
        raise ValueError("standardising needs weights above 0 and somebody in every cell")
    value = float((w * m).sum() / w.sum())
    return by_normal(value, math.sqrt(float((w**2 * s2 / n).sum())) / float(w.sum()), confidence)


def directly_standardised_rate(
    counts: ArrayLike,
    populations: ArrayLike,
    weights: ArrayLike,
    confidence: float = 0.95,
    count_variances: ArrayLike | None = None,
) -> Estimate | None:
    """A directly standardised rate of events, a head: Σ w x ÷ n ÷ Σ w, with Dobson's interval.

    Each is an array of one figure an age. count_variances: of each count; by default the count, as of independent events. Where
    a person may have several, Σ k² × people with k of them. Returns None for fewer than 10 events, too few for a rate.
    Source: Dobson et al. (1991), Statistics in Medicine 10.
    """
    x, n, w = (np.asarray(part, dtype=float) for part in (counts, populations, weights))
    v = x if count_variances is None else np.asarray(count_variances, dtype=float)
    total = float(x.sum())
    if total < EXACT_BELOW:
        return None
    value, error = float((w * x / n).sum() / w.sum()), math.sqrt(float((w**2 * v / n**2).sum())) / float(w.sum())
    lower, upper = (value + error * (limit - total) / math.sqrt(total) for limit in byar_limits(total, confidence))
    return Estimate(value, error, lower, upper)


def indirectly_standardised_ratio(
    count: float,
    populations: ArrayLike,
    reference_counts: ArrayLike,
    reference_populations: ArrayLike,
    confidence: float = 0.95,
) -> Estimate:
    """Events ÷ those expected at the reference's rates, Σ n x_ref ÷ n_ref, with the interval of the count.

    The arrays have one figure an age. The indirectly standardised rate is this times the reference's rate.
    Source: Public Health England, Technical Guide: Confidence Intervals (2018).
    """
    n, reference = np.asarray(populations, dtype=float), np.asarray(reference_counts, dtype=float)
    expected = float((n * reference / np.asarray(reference_populations, dtype=float)).sum())
    lower, upper = count_limits(count, confidence)
    return Estimate(count / expected, math.sqrt(count) / expected, lower / expected, upper / expected)


def pools(person_years: Sequence[float], least: float = LEAST_PERSON_YEARS) -> NDArray[np.int64]:
    """Which neighbours are put together so that each pool has so many person-years: the number of the pool of each cell.

    person_years: of cells in the order of age. From the youngest on, cells are put together until there are enough; what is
    left at the end joins the pool before it.
    """
    numbers, current, within = [], 0, 0.0
    for years in person_years:
        numbers.append(current)
        within += years
        if within >= least:
            current, within = current + 1, 0.0
    if within < least and current and numbers and numbers[-1] == current:
        numbers = [min(number, current - 1) for number in numbers]
    return np.asarray(numbers, dtype=np.int64)


def pooled(values: ArrayLike, numbers: NDArray[np.int64]) -> NDArray[np.float64]:
    """The sums of an array's values in each pool."""
    return np.asarray(np.bincount(numbers, weights=np.asarray(values, dtype=float)), dtype=float)
