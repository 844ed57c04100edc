"""A test of change in places: its outcome in them and in others, the effect by the declared design, its placebos and shifts.

Belongs here: from a panel to what is judged. Does not belong here: reading the panel (`outcome.py`), the designs themselves.
"""

from collections.abc import Collection
from dataclasses import dataclass, replace

import numpy as np

from pipelines.engine.errors import listed
from pipelines.evaluation.declaration import Design, Measure, When
from pipelines.evaluation.detectable import detectable
from pipelines.evaluation.difference import Difference, difference_in_differences
from pipelines.evaluation.effect import Bools, Effect, Floats, IntervalMethod, Ints
from pipelines.evaluation.interrupted import interrupted_time_series
from pipelines.evaluation.judged import COMPARED, EXPECTED, TREATED, Judged, point
from pipelines.evaluation.outcome import Panel
from pipelines.evaluation.placebo import placebo_in_space, placebo_in_time
from pipelines.evaluation.result import Placebo, Shift, pounds
from pipelines.evaluation.synthetic_control import Synthetic, synthetic_control
from pipelines.evaluation.verdict import Facts, obstacles
from pipelines.report.page import FEWEST_PEOPLE

METHODS = {
    Design.INTERRUPTED_TIME_SERIES: "Segmented regression with a step and a change of slope at the start, seasons by one harmonic where two years "
    "come before, Newey-West errors of lag 3, critical values adjusted to the length of the series.",
    Design.DIFFERENCE_IN_DIFFERENCES: "Two-way fixed effects of place and month, weighted by residents.",
    Design.SYNTHETIC_CONTROL: "Comparison places weighted so that together they moved before the start as the treated did; the interval is "
    "that of the same method where nothing was changed.",
}
INTERVALS = {
    IntervalMethod.NEWEY_WEST: "The interval has Newey-West errors.",
    IntervalMethod.PLACE_CHANGES: "The interval rests on how differently the places changed, by Student's t.",
    IntervalMethod.CLUSTERED: "The interval has errors clustered by place.",
    IntervalMethod.PLACEBOS: "The interval rests on the effects found where nothing was changed.",
}


@dataclass(frozen=True)
class Question:
    """What is asked of a panel. weights: of each place."""

    panel: Panel
    design: Design
    values: Floats
    weights: Floats

    def effect(self) -> Effect:
        """The effect by the design. Raises ValueError where months or places are too few for it."""
        panel = self.panel
        return self.found(self.values, panel.places.is_treated, self.weights, panel.months_before, panel.washout)

    def found(self, values: Floats, treated: Bools, weights: Floats, start: int, washout: int) -> Effect:
        """The effect of a start at a position, in some of the rows of values."""
        if self.design is Design.INTERRUPTED_TIME_SERIES:
            season = np.array([int(month[5:]) for month in self.panel.months[: values.shape[1]]])
            return interrupted_time_series(
                mean_of(values[treated], weights[treated]), start, washout=washout, calendar_month=season
            )
        method = difference_in_differences if self.design is Design.DIFFERENCE_IN_DIFFERENCES else synthetic_control
        return method(values, treated, start, washout=washout, weights=weights)


def mean_of(values: Floats, weights: Floats) -> Floats:
    """The weighted mean of places, month by month."""
    return np.asarray(weights @ values / weights.sum(), dtype=np.float64)


def asked(panel: Panel, design: Design, measure: Measure) -> Question:
    """The question of a measure. Pounds and units of a place count each place once, all else counts it by its residents."""
    is_of_places = measure in (Measure.COST, Measure.UNITS)
    weights = np.ones(len(panel.places.names)) if is_of_places else _residents(panel)
    return Question(panel, design, panel.values(measure), weights)


def _residents(panel: Panel) -> Floats:
    """The mean residents of each place: next to none where nobody lives, for weights are above 0."""
    return np.asarray(np.maximum(panel.residents.sum(axis=1) / max(1, len(panel.months)), 1e-9), dtype=np.float64)


def judge_places(panel: Panel, when: When, design: Design, measure: Measure, unlike: Collection[str]) -> Judged:
    """What a panel says of a test of change. unlike: months of whose files one is missing or drifted."""
    question = asked(panel, design, measure)
    treated = panel.places.is_treated
    after = slice(panel.months_before + panel.washout, None)
    facts = Facts(
        design, panel.months_before, len(panel.months[after]), is_of_people=False,
        has_few=bool(_few(panel, treated).any() or _few(panel, ~treated).any()), compared=None if design is Design.INTERRUPTED_TIME_SERIES else int((~treated).sum()),
    )  # fmt: skip
    effect = _effect(question) if not obstacles(facts) else None
    if isinstance(effect, Difference) and effect.trend_before is not None:
        facts = replace(facts, trend_p=effect.trend_before.p_value)
    names = {
        is_in: [name for name, is_one in zip(panel.places.names, treated, strict=True) if is_one == is_in]
        for is_in in (True, False)
    }
    before = mean_of(question.values[treated], question.weights[treated])[: panel.months_before]
    judged = Judged(
        facts, ", ".join(names[True]), ", ".join(names[False]) if names[False] else "with nobody but its own past",
        panel.months[min(panel.months_before, len(panel.months) - 1)] if panel.months else when.first_month,
        _series(question, effect), mean_before=float(before.mean()) if before.size and not facts.has_few else None,
        cautions=_untold(question),
    )  # fmt: skip
    if effect is None:
        return judged
    return replace(
        judged, effect=effect.mean, heads=_heads(panel, measure, after), without=float(effect.course.counterfactual.mean()),
        smallest=detectable(effect), fit=_fit(effect), method=[METHODS[design], INTERVALS[effect.interval_method]],
        cautions=_cautions(question, measure, unlike), placebos=_placebos(question, effect), shifts=_shifts(question, after),
    )  # fmt: skip


def _untold(question: Question) -> list[str]:
    """The places whose outcome cannot be told in some month, by name."""
    names = [name for name, row in zip(question.panel.places.names, question.values, strict=True) if not np.isfinite(row).all()]
    return (
        [f"There are months with nothing to divide by (no residents of the age group, or no cost) in {listed(names)}."]
        if names
        else []
    )


def _effect(question: Question) -> Effect | None:
    """The effect; None where a month has no outcome at all, or there are too few for the design."""
    try:
        return question.effect()
    except ValueError:
        return None


def _heads(panel: Panel, measure: Measure, after: slice) -> float | None:
    """How many heads or places an effect is of; None of a share."""
    treated = panel.places.is_treated
    if measure is Measure.COST_PER_HEAD:
        return float(panel.residents[treated][:, after].sum(axis=0).mean())
    return None if measure is Measure.INSTITUTIONAL_SHARE else float(treated.sum())


def _series(question: Question, effect: Effect | None) -> list[dict]:
    panel, treated = question.panel, question.panel.places.is_treated
    rows = [
        point(month, part, value)
        for part, of in ((TREATED, treated), (COMPARED, ~treated))
        if of.any()
        for month, value in zip(panel.months, _shown(question, of), strict=True)
    ]
    if effect is not None:
        course = effect.course
        # What would have been is what was, less the effect: its ends change places.
        ends = zip(
            course.month, course.counterfactual, course.observed - course.upper, course.observed - course.lower, strict=True
        )
        rows += [point(panel.months[at], EXPECTED, *map(float, of)) for at, *of in ends]
    return rows


def _few(panel: Panel, of: Bools) -> Bools:
    """The months in which somebody of some places had care of the outcome, and fewer than may be shown."""
    served = panel.served[of].sum(axis=0)
    return np.asarray((served > 0) & (served < FEWEST_PEOPLE))


def _shown(question: Question, of: Bools) -> Floats:
    """The mean of some places by month; nothing where it is that of a few people."""
    return np.where(_few(question.panel, of), np.nan, mean_of(question.values[of], question.weights[of]))


def _fit(effect: Effect) -> dict[str, float | None]:
    told = {
        "root mean square error": effect.before.root_mean_square_error, "share of variance": effect.before.r_squared,
        "mean of the outcome": effect.before.mean, "p-value of no effect": effect.p_value,
    }  # fmt: skip
    if isinstance(effect, Difference):
        told |= {"p-value by permutation of places": effect.permutation_p, "error clustered by place": effect.clustered_error}
        if effect.trend_before is not None:
            told |= {
                "difference of trends before, a month": effect.trend_before.slope_difference.value,
                "its p-value": effect.trend_before.p_value,
            }
    if isinstance(effect, Synthetic):
        told |= {"error after ÷ error before": effect.error_ratio}
    return told


def _placebos(question: Question, effect: Effect) -> list[Placebo]:
    panel, treated = question.panel, question.panel.places.is_treated
    found = []

    def at(start: int, end: int) -> float:
        return question.found(question.values[:, :end], treated, question.weights, start, 0).mean.value

    in_time = placebo_in_time(at, effect.mean.value, panel.months_before, len(effect.course.month))
    if in_time.effect.size:
        found.append(Placebo(kind="starts in earlier months", rank=in_time.rank, of=in_time.effect.size + 1))
    if isinstance(effect, Synthetic):
        found.append(
            Placebo(kind="other places (error after ÷ error before)", rank=effect.rank, of=effect.placebo_ratios.size + 1)
        )
    elif isinstance(effect, Difference) and int((~treated).sum()) >= 3:

        def of(place: int, places: Ints) -> float:
            return question.found(
                question.values[places], places == place, question.weights[places], panel.months_before, panel.washout
            ).mean.value

        in_space = placebo_in_space(of, effect.mean.value, treated)
        found.append(Placebo(kind="other places", rank=in_space.rank, of=in_space.effect.size + 1))
    return found


def _shifts(question: Question, after: slice) -> list[Shift]:
    """What changed in each part of all care, in pounds a month over all the treated."""
    panel = question.panel
    people, residents = _heads(panel, Measure.COST_PER_HEAD, after), _residents(panel)
    shifts = []
    for agency, setting in panel.care:
        part = Question(panel, question.design, panel.part_per_head((agency, setting)), residents)
        effect = _effect(part)
        if effect is not None and people is not None:
            shifts.append(Shift(agency=agency, setting=setting, a_month=pounds(effect.mean, people)))
    return shifts


def figure(value: float | None) -> str:
    """A figure of an outcome in a sentence."""
    return "not known" if value is None else f"{'−' if value < 0 else ''}{abs(value):,.2f}"


def _cautions(question: Question, measure: Measure, unlike: Collection[str]) -> list[str]:
    panel, said = question.panel, []
    if measure in (Measure.COST, Measure.UNITS) and (~panel.places.is_treated).any():
        said.append(
            "Places of different size are compared in all their pounds or units: a large one changes more. Cost per head does not."
        )
    affected = [month for month in panel.months if month in unlike]
    without = panel.without(affected) if affected else panel
    if affected and without.months_before and len(without.months) > without.months_before + without.washout:
        effect = _effect(asked(without, question.design, measure))
        if effect is not None:
            lower, upper = effect.mean.lower, effect.mean.upper
            said.append(
                f"Without the months of the files that are missing or unlike ({', '.join(affected)}) the effect a month would be "
                f"{figure(effect.mean.value)}, from {figure(lower)} to {figure(upper)}."
            )
    return said
