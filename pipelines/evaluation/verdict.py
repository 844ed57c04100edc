"""The verdict on a test of change: improved, worse, no evidence, or not evaluable, with its reasons in plain words.

Belongs here: what makes a verdict impossible and what follows from an interval. Does not belong here: the estimates.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from pipelines.analysis.estimate import Estimate
from pipelines.evaluation.declaration import Design

LEAST_MONTHS_BEFORE, LEAST_MONTHS_AFTER = 12, 6
"""Fewer months before do not show a year's seasons; of fewer after one odd month is the result."""
LEAST_PLACES, LEAST_DONORS, LEAST_PEOPLE = 3, 5, 20
"""Places compared by a difference in differences, by a synthetic control; people who are matched."""
SAME_BEFORE = 0.05
"""Groups whose trends before differ with a smaller p-value are not comparable."""
GREATEST_IMBALANCE = 0.25
"""Standardised mean difference after matching from which groups are not alike (Rubin 2001)."""
LEAST_MATCHED = 0.5
"""Share of the people treated that must have a partner: what is found holds for those alone."""


class Verdict(StrEnum):
    """What can be said of a test of change."""

    IMPROVED = "improved"
    WORSE = "worse"
    NO_EVIDENCE = "no evidence"
    NOT_EVALUABLE = "not evaluable"


@dataclass(frozen=True)
class Facts:
    """What decides whether a test of change can be judged. None, of what its design does not have.

    compared: places. trend_p: of the hypothesis that both groups had one trend before. chosen_for_cost: the people's cost in the
    year before, as a multiple of that of others of their age and sex. has_few: in some month fewer than 5 people had care of the
    outcome, where anybody had. matched_share, imbalance: after matching. rests_on_unlike: the effect is gone once what was unlike
    before is allowed for.
    """

    design: Design
    months_before: int
    months_after: int
    is_of_people: bool
    compared: int | None = None
    trend_p: float | None = None
    chosen_for_cost: float | None = None
    people: int | None = None
    has_few: bool = False
    matched_share: float | None = None
    imbalance: float | None = None
    rests_on_unlike: bool = False


def obstacles(facts: Facts) -> list[str]:
    """Why no verdict can be given: a sentence each, none where one can."""
    said = []
    if facts.months_before < LEAST_MONTHS_BEFORE:
        said.append(
            f"There are {facts.months_before} months before the start; {LEAST_MONTHS_BEFORE} are needed to see a year's seasons."
        )
    if facts.months_after < LEAST_MONTHS_AFTER:
        said.append(f"There are {facts.months_after} months after the start; {LEAST_MONTHS_AFTER} are needed.")
    if facts.design is Design.INTERRUPTED_TIME_SERIES and facts.is_of_people:
        said.append("The people who took part are compared with nobody: who they would have been without it cannot be told.")
        if facts.chosen_for_cost is None:
            said.append(
                "Of so few it is not told whether they were chosen for their cost: if they were, it falls by itself afterwards (regression "
                "to the mean)."
            )
        elif facts.chosen_for_cost > COSTLY:
            said.append(
                f"They were chosen when their cost was {facts.chosen_for_cost:.1f} times that of others of their age and sex. Such cost "
                "falls by itself afterwards (regression to the mean): without a comparison this looks like success."
            )
    if facts.has_few:
        said.append("In some months fewer than 5 people had such care: figures of so few are not shown, and say nothing.")
    least = {Design.DIFFERENCE_IN_DIFFERENCES: LEAST_PLACES, Design.SYNTHETIC_CONTROL: LEAST_DONORS}.get(facts.design, 0)
    if facts.compared is not None and facts.compared < least:
        said.append(f"There are {facts.compared} places to compare with; {least} are needed.")
    if facts.trend_p is not None and facts.trend_p < SAME_BEFORE:
        said.append(
            f"The groups went different ways before the start already (p = {facts.trend_p:.3f}): what follows is not due to it."
        )
    if facts.people is not None and facts.people < LEAST_PEOPLE:
        said.append(f"Fewer than {LEAST_PEOPLE} people took part whose months are known and who can be compared with others.")
    if facts.matched_share is not None and facts.matched_share < LEAST_MATCHED:
        said.append(f"Only {facts.matched_share:.0%} of those who took part have anybody like them to be compared with.")
    if facts.imbalance is not None and facts.imbalance > GREATEST_IMBALANCE:
        said.append(
            f"Those who took part and those compared were not alike before (standardised difference {facts.imbalance:.2f})."
        )
    if facts.rests_on_unlike:
        said.append(
            "The effect rests on what was unlike in the cost of both groups before the start: once that is allowed for, it is gone."
        )
    return said


COSTLY = 1.5
"""From this multiple of the cost of others on, people count as chosen for their cost."""


def verdict(effect: Estimate | None, against: Sequence[str]) -> Verdict:
    """What an effect says: less is better, of cost, of units and of the share of institutions. against: the obstacles."""
    if against or effect is None or effect.lower is None or effect.upper is None:
        return Verdict.NOT_EVALUABLE
    if effect.upper < 0:
        return Verdict.IMPROVED
    return Verdict.WORSE if effect.lower > 0 else Verdict.NO_EVIDENCE
