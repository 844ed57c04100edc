"""How cost differs between groups in the order of their deprivation.

Belongs here: gaps, slope and relative index, concentration index, attributable share, cost of inequality. Does not belong here:
standardising the groups' figures (`standardisation.py`), which groups there are.

Groups stand in their order, the most deprived first. Intervals are of sampling and analytic (the delta method); nothing is drawn.
"""

import math
from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import ArrayLike, NDArray

from pipelines.analysis.estimate import Estimate, by_log_normal, by_normal, two_sided

Array = NDArray[np.float64]


def ranks(populations: ArrayLike) -> Array:
    """The relative rank of each group: the share of people in the groups before it and half of its own."""
    share = _array(populations)
    share = share / share.sum()
    return np.asarray(np.cumsum(share) - share / 2)


def absolute_gap(most: Estimate, least: Estimate, confidence: float = 0.95) -> Estimate:
    """The most deprived group's figure less the least deprived's. Both have a standard error."""
    return by_normal(most.value - least.value, math.hypot(_error(most), _error(least)), confidence)


def relative_gap(most: Estimate, least: Estimate, confidence: float = 0.95) -> Estimate:
    """The most deprived group's figure over the least deprived's, with a log-normal interval.

    Raises ValueError where either is not above 0.
    """
    if most.value <= 0 or least.value <= 0:
        raise ValueError("a ratio needs two figures above 0")
    error = math.hypot(_error(most) / most.value, _error(least) / least.value)
    return by_log_normal(most.value / least.value, error, confidence)


@dataclass(frozen=True)
class SlopeIndex:
    """The slope of a figure over the rank of deprivation, and its relative form in one convention."""

    slope: Estimate
    relative: Estimate


def slope_index_phe(
    values: ArrayLike,
    populations: ArrayLike,
    standard_errors: ArrayLike,
    transform: str | None = None,
    confidence: float = 0.95,
) -> SlopeIndex:
    """Slope index as Public Health England has it: the line's value at the least deprived end less that at the most deprived end;
    relative: the ratio of the two ends. Below 0, and below 1, where the most deprived have more.

    values, populations, standard_errors: one figure a group. transform: `log` (rates) or `logit` (proportions) for a line
    through the transformed values, whose standard errors the errors then are; its ends are transformed back, and the limits are
    those of lines with the slope's limits through the middle of the line. The line is fitted by least squares weighted by
    population. Source: PHEindicatormethods, phe_sii.
    """
    line, covariance = _line(_forth(_array(values), transform), _array(populations), _array(standard_errors))
    ends = np.array([[1.0, 0.0], [1.0, 1.0]])
    means, spread = ends @ line, ends @ covariance @ ends.T
    back, steepness = _BACK[transform]
    (most, least), steep = back(means), steepness(means)
    of_slope, of_relative = np.array([-1.0, 1.0]) * steep, np.array([-1.0, 1.0]) * steep / back(means)
    slope = by_normal(float(least - most), _delta(of_slope, spread), confidence)
    relative = by_log_normal(float(least / most), _delta(of_relative, spread), confidence)
    if transform is None:
        return SlopeIndex(slope, relative)
    steeper = by_normal(float(line[1]), math.sqrt(covariance[1, 1]), confidence)
    (most_low, least_low), (most_up, least_up) = (
        back(means.mean() + np.array([-0.5, 0.5]) * limit) for limit in (steeper.lower, steeper.upper)
    )
    return SlopeIndex(
        replace(slope, lower=float(least_low - most_low), upper=float(least_up - most_up)),
        replace(relative, lower=float(least_low / most_low), upper=float(least_up / most_up)),
    )


def slope_index_scotpho(
    values: ArrayLike, populations: ArrayLike, standard_errors: ArrayLike | None = None, confidence: float = 0.95
) -> SlopeIndex:
    """Slope index as the Scottish Public Health Observatory has it: above 0 where the most deprived have more; relative: over the
    mean of the population.

    standard_errors: of the values, for an interval of sampling; without them it is the regression's own (Student's t, groups − 2
    degrees of freedom), as ScotPHO publishes it. Source: ScotPHO, Measuring health inequalities (2022).
    """
    y, n = _array(values), _array(populations)
    mean = float((y * n).sum() / n.sum())
    if standard_errors is None:
        import statsmodels.api as sm

        found = sm.WLS(y, sm.add_constant(ranks(n)), weights=n).fit()
        lower, upper = sorted(-limit for limit in found.conf_int(1 - confidence)[1])
        slope = Estimate(-float(found.params[1]), float(found.bse[1]), float(lower), float(upper))
        parts = [slope.value, slope.standard_error, slope.lower, slope.upper]
        return SlopeIndex(slope, Estimate(*(float(part) / mean for part in parts if part is not None)))
    errors = _array(standard_errors)
    slopes, share = _slopes(n), n / n.sum()
    value = -float(slopes @ y)
    of_relative = -(slopes + value / mean * share) / mean
    return SlopeIndex(
        by_normal(value, _combined(slopes, errors), confidence),
        by_normal(value / mean, _combined(of_relative, errors), confidence),
    )


def attributable_share(
    values: ArrayLike, populations: ArrayLike, standard_errors: ArrayLike, confidence: float = 0.95
) -> Estimate:
    """Population attributable risk as ScotPHO has it: the share by which the mean exceeds the least deprived group's figure.

    (mean − least) ÷ mean. Source: ScotPHO, Measuring health inequalities (2022).
    """
    y, n = _array(values), _array(populations)
    share, least = n / n.sum(), np.eye(n.size)[-1]
    mean = float(share @ y)
    return by_normal(
        1 - float(y[-1]) / mean, _combined(y[-1] / mean**2 * share - least / mean, _array(standard_errors)), confidence
    )


def concentration_index(
    means: ArrayLike, persons: ArrayLike, variances: ArrayLike | None = None, confidence: float = 0.95
) -> Estimate:
    """Concentration index of grouped data: 2 ÷ μ × Σ f m R − 1, with R the rank of each group. Below 0 where the most deprived have more.

    means, persons: of each group. variances: of persons' figures within each group; without them only the spread between
    groups is known, and their number stands for that of persons. A person may be a group of one.
    Source: Kakwani, Wagstaff and van Doorslaer (1997), Journal of Econometrics 77, equations 8 to 14.
    """
    m, n = _array(means), _array(persons)
    share, rank = n / n.sum(), ranks(n)
    mean = float(share @ m)
    value = 2 / mean * float((share * m * rank).sum()) - 1
    cumulated = np.cumsum(share * m) / mean
    before = np.concatenate([[0.0], cumulated[:-1]])
    a = m / mean * (2 * rank - 1 - value) + 2 - before - cumulated
    # The mean of a is 1 + C, so Σ f a² − (1 + C)² is this sum of squares, in which nothing cancels out.
    between = float((share * (a - (1 + value)) ** 2).sum())
    if variances is None:
        variance = between / n.size
    else:
        within = float((share * _array(variances) * (2 * rank - 1 - value) ** 2).sum()) / mean**2
        variance = (between + within) / float(n.sum())
    return by_normal(value, math.sqrt(variance), confidence)


@dataclass(frozen=True)
class CostOfInequality:
    """Cost beyond what it would be at the figure of the least deprived group, in pounds and as a share of all cost."""

    cost: Estimate
    share: Estimate


def cost_of_inequality(
    person_years: ArrayLike, means: ArrayLike, variances: ArrayLike, persons: ArrayLike, confidence: float = 0.95
) -> CostOfInequality:
    """Σ N (c − c of the least deprived group) over cells of age and sex, and groups; cells below 0 are kept.

    Each is a matrix of cells × groups, the least deprived group last: person-years N, mean cost c a person-year, variance of
    persons' cost a person-year, persons. Raises ValueError where a cell of the least deprived group has nobody: there is
    nothing to compare with. Source: Asaria, Doran and Cookson (2016), Journal of Epidemiology and Community Health 70.
    """
    years, c, s2, n = (np.atleast_2d(_array(part)) for part in (person_years, means, variances, persons))
    if (n[:, -1] <= 0).any():
        raise ValueError("a cell of the least deprived group has nobody")
    of_mean = np.divide(s2, n, out=np.zeros_like(s2), where=n > 0)
    cell_years = years.sum(axis=1)
    total, expected = float((years * c).sum()), float(cell_years @ c[:, -1])
    in_pounds, as_share = years.copy(), expected / total**2 * years if total else np.full_like(years, math.nan)
    in_pounds[:, -1] -= cell_years
    as_share[:, -1] -= cell_years / total if total else 0.0
    return CostOfInequality(
        by_normal(total - expected, math.sqrt(float((in_pounds**2 * of_mean).sum())), confidence),
        by_normal(1 - expected / total if total else math.nan, math.sqrt(float((as_share**2 * of_mean).sum())), confidence),
    )


def _array(values: ArrayLike) -> Array:
    return np.asarray(values, dtype=float)


def _error(estimate: Estimate) -> float:
    if estimate.standard_error is None:
        raise ValueError("both figures need a standard error")
    return estimate.standard_error


def _combined(coefficients: Array, errors: Array) -> float:
    """The standard error of a sum of independent figures."""
    return math.sqrt(float((coefficients**2 * errors**2).sum()))


def _delta(gradient: Array, covariance: Array) -> float:
    # What cancels out may come out a hair below 0.
    return math.sqrt(max(float(gradient @ covariance @ gradient), 0.0))


def _design(populations: Array) -> Array:
    """The matrix that makes of the groups' figures the intercept and slope of the line through them, weighted by population."""
    x = np.column_stack([np.ones(populations.size), ranks(populations)])
    weighted = x.T * populations
    return np.asarray(np.linalg.solve(weighted @ x, weighted))


def _slopes(populations: Array) -> Array:
    return np.asarray(_design(populations)[1])


def _line(values: Array, populations: Array, errors: Array) -> tuple[Array, Array]:
    """Intercept and slope, and the covariance that the errors of the figures give them."""
    design = _design(populations)
    return design @ values, (design * errors**2) @ design.T


def _forth(values: Array, transform: str | None) -> Array:
    if transform == "log":
        return np.log(values)
    return np.log(values / (1 - values)) if transform == "logit" else values


def _logistic(z: Array) -> Array:
    return 1 / (1 + np.exp(-z))


_BACK: dict[str | None, tuple[Callable[[Array], Array], Callable[[Array], Array]]] = {
    None: (lambda z: z, np.ones_like),
    "log": (np.exp, np.exp),
    "logit": (_logistic, lambda z: _logistic(z) * (1 - _logistic(z))),
}
"""By transform: the way back, and its derivative."""


def error_on_scale(lower: float, upper: float, transform: str | None, confidence: float = 0.95) -> float:
    """The standard error, on the scale of a transform, of a figure that is published with an interval."""
    low, high = _forth(np.array([lower, upper]), transform)
    return float(high - low) / (2 * two_sided(confidence))
