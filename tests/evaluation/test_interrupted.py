"""An interrupted time series: the regression is statsmodels', what is added to the months after is what is found."""

from dataclasses import fields

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipelines.evaluation.effect import Floats, IntervalMethod, Ints
from pipelines.evaluation.interrupted import Interrupted, interrupted_time_series
from tests.evaluation.made import BEFORE, world

EXACT = 1e-6


def series(seed: int) -> tuple[Floats, Ints]:
    made = world(seed)
    return made.treated_series, made.calendar_month


def found(outcome: Floats, calendar_month: Ints | None = None, washout: int = 0, lag: int = 3) -> Interrupted:
    return interrupted_time_series(outcome, BEFORE, washout=washout, calendar_month=calendar_month, lag=lag)


def ends(effect: Interrupted) -> list[float]:
    return [part for part in (effect.mean.value, effect.mean.lower, effect.mean.upper) if part is not None]


@pytest.mark.parametrize(("washout", "has_season", "lag"), [(0, True, 3), (2, True, 3), (0, False, 3), (3, False, 5)])
def test_estimate_and_error_are_those_of_the_formula(washout: int, has_season: bool, lag: int) -> None:
    import statsmodels.formula.api as smf

    outcome, calendar_month = series(1)
    effect = found(outcome, calendar_month if has_season else None, washout, lag)
    month = np.arange(outcome.size)
    frame = pd.DataFrame({
        "y": outcome, "t": month, "step": (month >= BEFORE) * 1.0, "slope": np.maximum(month - BEFORE, 0.0),
        "sine": np.sin(2 * np.pi * calendar_month / 12), "cosine": np.cos(2 * np.pi * calendar_month / 12),
    }).drop(index=range(BEFORE, BEFORE + washout))  # fmt: skip
    formula = "y ~ t + step + slope" + (" + sine + cosine" if has_season else "")
    fitted = smf.ols(formula, frame).fit(cov_type="HAC", cov_kwds={"maxlags": lag, "use_correction": True}, use_t=True)
    middle = (washout + outcome.size - 1 - BEFORE) / 2
    test = fitted.t_test(f"step + {middle} * slope = 0")
    assert effect.mean.value == pytest.approx(float(np.squeeze(test.effect)), rel=EXACT)
    assert effect.mean.standard_error == pytest.approx(float(np.squeeze(test.sd)), rel=EXACT)
    assert effect.step.value == pytest.approx(fitted.params["step"], rel=EXACT)
    assert effect.step.standard_error == pytest.approx(fitted.bse["step"], rel=EXACT)
    assert effect.slope_change.value == pytest.approx(fitted.params["slope"], rel=EXACT)
    assert effect.slope_change.standard_error == pytest.approx(fitted.bse["slope"], rel=EXACT)
    assert effect.has_season is has_season
    without = fitted.predict(frame.assign(step=0.0, slope=0.0)).loc[BEFORE + washout :]
    assert effect.course.counterfactual == pytest.approx(without.to_numpy(), rel=EXACT)
    assert effect.before.root_mean_square_error == pytest.approx(float((fitted.resid.loc[: BEFORE - 1] ** 2).mean() ** 0.5))


def test_the_mean_effect_is_observed_less_counterfactual() -> None:
    course = found(*series(2)).course
    assert found(*series(2)).mean.value == pytest.approx(float((course.observed - course.counterfactual).mean()), rel=1e-9)
    assert course.effect.mean() == pytest.approx(float((course.observed - course.counterfactual).mean()), rel=1e-9)


@settings(deadline=None, max_examples=30)
@given(st.integers(0, 50), st.floats(-100, 100))
def test_what_is_added_to_the_months_after_is_added_to_the_effect(seed: int, added: float) -> None:
    outcome, calendar_month = series(seed)
    more = outcome + added * (np.arange(outcome.size) >= BEFORE)
    before, after = found(outcome, calendar_month), found(more, calendar_month)
    assert ends(after) == pytest.approx([end + added for end in ends(before)], abs=1e-7)
    assert after.slope_change.value == pytest.approx(before.slope_change.value, abs=1e-7)


@settings(deadline=None, max_examples=30)
@given(st.integers(0, 50), st.floats(0.01, 1000))
def test_pence_are_pounds(seed: int, scale: float) -> None:
    outcome, calendar_month = series(seed)
    one, other = found(outcome, calendar_month), found(outcome * scale, calendar_month)
    assert ends(other) == pytest.approx([end * scale for end in ends(one)], rel=1e-6)
    assert other.p_value == pytest.approx(one.p_value, rel=1e-6)


def test_a_line_with_a_season_that_goes_on_has_no_effect() -> None:
    month = np.arange(36)
    effect = found(250 + month + 10 * np.sin(2 * np.pi * month / 12), month % 12 + 1)
    assert effect.mean.value == 0 and effect.p_value == 1
    assert (effect.course.effect == 0).all()
    assert effect.before.r_squared == pytest.approx(1)


def test_a_constant_series_has_no_effect_and_no_share_of_variance() -> None:
    effect = found(np.full(36, 250.0))
    assert (effect.mean.value, effect.mean.standard_error, effect.p_value, effect.before.r_squared) == (0, 0, 1, None)


def test_a_season_needs_two_of_each_calendar_month() -> None:
    outcome, calendar_month = series(3)
    assert not interrupted_time_series(outcome[1:], BEFORE - 1, calendar_month=calendar_month[1:]).has_season
    assert interrupted_time_series(outcome, BEFORE, calendar_month=calendar_month).has_season


def test_washout_months_say_nothing() -> None:
    outcome, calendar_month = series(4)
    other = outcome.copy()
    other[BEFORE : BEFORE + 2] += 1000
    assert ends(found(outcome, calendar_month, washout=2)) == ends(found(other, calendar_month, washout=2))
    assert found(outcome, calendar_month, washout=2).course.month.tolist() == list(range(BEFORE + 2, 36))


def test_months_that_are_like_their_neighbours_make_the_interval_wider() -> None:
    """The critical value is above that of Student's t with n − k degrees of freedom, and the more so the more they correlate."""

    def mean_of(autocorrelation: float) -> float:
        made = [world(seed, autocorrelation=autocorrelation) for seed in range(20)]
        return float(np.mean([found(one.treated_series, one.calendar_month).critical_value for one in made]))

    assert 2.04 < mean_of(0.0) < mean_of(0.8)


def test_the_method_is_named_and_the_same_input_gives_the_same_result() -> None:
    one, other = found(*series(5)), found(*series(5))
    assert one.interval_method is IntervalMethod.NEWEY_WEST
    assert repr(one) == repr(other) and {field.name for field in fields(one)} >= {"mean", "course", "before"}


@pytest.mark.parametrize(
    ("outcome", "start", "washout", "said"),
    [
        (np.ones(36), 2, 0, "at least 3 months"),
        (np.ones(36), 24, 12, "no month is left"),
        (np.ones(36), 36, 0, "no month is left"),
        (np.ones(5), 3, 1, "too few"),
        (np.append(np.ones(35), np.nan), 24, 0, "without a figure"),
        (np.ones((2, 36)), 24, 0, "dimensions"),
    ],
)
def test_what_a_regression_needs_is_said(outcome: Floats, start: int, washout: int, said: str) -> None:
    with pytest.raises(ValueError, match=said):
        interrupted_time_series(outcome, start, washout=washout)


def test_every_month_needs_its_calendar_month() -> None:
    with pytest.raises(ValueError, match="calendar month"):
        interrupted_time_series(np.arange(36.0), BEFORE, calendar_month=np.arange(35) % 12 + 1)
