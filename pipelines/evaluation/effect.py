"""What every method finds: the effect a month, its course after the start, and how well the months before were fitted.

Belongs here: the shape of a result, the interval that a standard error gives. Does not belong here: how any one method finds it.
Months and places are numbered from 0 in the order of the arrays; every figure is in the unit of the outcome.
"""

from dataclasses import dataclass
from enum import StrEnum

import numpy as np
from numpy.typing import ArrayLike, NDArray

from pipelines.analysis.estimate import Estimate

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]
CONFIDENCE = 0.95
ROUNDING = 1e-11
"""The share of an outcome that sums of its months may differ by without meaning anything."""


class IntervalMethod(StrEnum):
    """What the standard error and the interval of an effect rest on."""

    NEWEY_WEST = "newey_west"
    """Newey-West error of a regression, its critical value adjusted to the length of the series (`interrupted.py`)."""
    PLACE_CHANGES = "place_changes"
    """How differently the places changed, by Student's t (`difference.py`)."""
    CLUSTERED = "clustered"
    """Errors clustered by place, by Student's t (`difference.py`)."""
    PLACEBOS = "placebos"
    """The effects that the method finds in places where nothing was changed (`synthetic_control.py`)."""


@dataclass(frozen=True)
class Fit:
    """How well the months before the start were fitted: root mean square error, share of variance, mean of the outcome.

    r_squared is None where the outcome did not vary; below 0 where the fit is worse than the mean.
    """

    root_mean_square_error: float
    r_squared: float | None
    mean: float


@dataclass(frozen=True)
class Course:
    """The months after the start, washout left out, an element a month: position in the series, what was observed,
    what would have been without the change, the effect with the ends of its interval."""

    month: Ints
    observed: Floats
    counterfactual: Floats
    effect: Floats
    lower: Floats
    upper: Floats


@dataclass(frozen=True)
class Effect:
    """The mean effect a month over the months after the start: with the change less without it; below 0 where it saved.

    The interval is mean ± critical_value × its standard error; p_value is two-sided, of no effect.
    """

    mean: Estimate
    critical_value: float
    degrees_of_freedom: float
    p_value: float
    interval_method: IntervalMethod
    course: Course
    before: Fit


def critical_value(degrees_of_freedom: float, confidence: float = CONFIDENCE) -> float:
    """The quantile of Student's t for a two-sided interval: 2.16 for 13 degrees of freedom."""
    from scipy.stats import t

    return float(t.ppf((1 + confidence) / 2, degrees_of_freedom))


def within(value: float, standard_error: float, critical: float) -> Estimate:
    """value ± critical × standard_error."""
    half = critical * standard_error
    return Estimate(value, standard_error, value - half, value + half)


def two_sided_p(value: float, standard_error: float, degrees_of_freedom: float) -> float:
    """How often Student's t is at least as far from 0 as value ÷ standard_error. Without any spread: 1 for 0, 0 for anything else."""
    from scipy.stats import t

    if standard_error == 0:
        return float(value == 0)
    return float(2 * t.sf(abs(value) / standard_error, degrees_of_freedom))


def settled(found: ArrayLike, outcome: Floats) -> Floats:
    """What was found, with 0 for what is nothing but the last digits of an outcome of that size."""
    values = np.asarray(found, dtype=np.float64)
    return np.where(np.abs(values) <= ROUNDING * float(np.abs(outcome).max()), 0.0, values)


def fit_of(observed: Floats, fitted: Floats) -> Fit:
    """How well values are fitted: both (months,)."""
    error, spread = map(float, settled([np.sqrt(((observed - fitted) ** 2).mean()), observed.std()], observed))
    return Fit(error, 1 - (error / spread) ** 2 if spread else None, float(observed.mean()))


def finite(values: ArrayLike, dimensions: int) -> Floats:
    """Values as an array of floats. Raises ValueError for another number of dimensions, and for what is no number."""
    array = np.asarray(values, dtype=np.float64)
    if array.ndim != dimensions:
        raise ValueError(f"an array of {dimensions} dimensions is needed, not of {array.ndim}")
    if not np.isfinite(array).all():
        raise ValueError("a month without a figure cannot be evaluated")
    return array


def treated_places(y: Floats, treated: ArrayLike, weights: ArrayLike | None) -> tuple[Bools, Floats]:
    """Which of the places of y (places, months) are treated, and what each weighs: its population, or all alike.

    Raises ValueError where either is not told of every place, or not both kinds are there.
    """
    is_treated = np.asarray(treated, dtype=np.bool_)
    population = finite(np.ones(len(y)) if weights is None else weights, 1)
    if is_treated.shape != (len(y),) or population.shape != (len(y),):
        raise ValueError("treated and weights need an element a place")
    if not is_treated.any() or is_treated.all():
        raise ValueError("places are needed, some treated and some not")
    if (population <= 0).any():
        raise ValueError("every place needs a population above 0")
    return is_treated, population


def months_after(months: int, first_month_after: int, washout: int, least_before: int) -> Ints:
    """The positions of the months after the start, washout left out.

    Raises ValueError where fewer than least_before months come before the start, or none is left after it.
    """
    if first_month_after < least_before:
        raise ValueError(f"at least {least_before} months before the start are needed, not {first_month_after}")
    after = np.arange(first_month_after + washout, months)
    if washout < 0 or not after.size:
        raise ValueError("no month is left after the start")
    return after
