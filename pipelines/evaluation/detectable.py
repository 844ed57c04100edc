"""The smallest effect that could have been seen: what "no evidence" is worth.

Belongs here: the minimum detectable effect. Does not belong here: any effect.
"""

from dataclasses import dataclass

from pipelines.evaluation.effect import CONFIDENCE, Effect, critical_value

POWER = 0.8


@dataclass(frozen=True)
class Detectable:
    """The smallest true effect that would be found with 80 % probability, in the unit of the outcome and as a share of its mean
    before the start (None where that mean is 0)."""

    effect: float
    share_of_mean: float | None


def minimum_detectable_effect(standard_error: float, degrees_of_freedom: float, mean_before: float) -> Detectable:
    """(t of 0.975 + t of 0.8) × standard error, of Student's t with those degrees of freedom (Bloom 1995)."""
    from scipy.stats import t

    tails = float(t.ppf((1 + CONFIDENCE) / 2, degrees_of_freedom) + t.ppf(POWER, degrees_of_freedom))
    effect = tails * standard_error
    return Detectable(effect, effect / abs(mean_before) if mean_before else None)


def detectable(effect: Effect) -> Detectable:
    """The smallest effect that could have been seen where this one was looked for.

    The standard error is that which the interval has: half its width over the quantile of t, with all that a critical value
    makes up for.
    """
    lower, upper = effect.mean.lower, effect.mean.upper
    if lower is None or upper is None:
        raise ValueError("an effect without an interval says nothing of what could have been seen")
    df = effect.degrees_of_freedom
    return minimum_detectable_effect((upper - lower) / 2 / critical_value(df), df, effect.before.mean)
