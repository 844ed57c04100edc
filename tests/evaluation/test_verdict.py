"""The verdict: what an interval says, and what makes a verdict impossible."""

from typing import Any

import pytest

from pipelines.analysis.estimate import Estimate
from pipelines.evaluation.declaration import Design
from pipelines.evaluation.verdict import Facts, Verdict, obstacles, verdict

ENOUGH: dict[str, Any] = {
    "design": Design.DIFFERENCE_IN_DIFFERENCES,
    "months_before": 24,
    "months_after": 12,
    "is_of_people": False,
    "compared": 14,
}
OF_PEOPLE: dict[str, Any] = {"design": Design.MATCHED_DIFFERENCE, "months_before": 12, "months_after": 12, "is_of_people": True, "people": 100,
                             "matched_share": 0.9, "imbalance": 0.05}  # fmt: skip


@pytest.mark.parametrize(
    ("lower", "upper", "expected"),
    [(-2, -1, Verdict.IMPROVED), (1, 2, Verdict.WORSE), (-1, 1, Verdict.NO_EVIDENCE), (-1, 0, Verdict.NO_EVIDENCE)],
)
def test_an_interval_on_one_side_of_0_is_a_change(lower: float, upper: float, expected: Verdict) -> None:
    assert verdict(Estimate((lower + upper) / 2, 1.0, lower, upper), []) is expected


def test_no_interval_and_no_effect_is_no_verdict() -> None:
    assert (
        verdict(Estimate(-1.0), [])
        is verdict(None, [])
        is verdict(Estimate(-3, 1, -4, -2), ["a reason"])
        is Verdict.NOT_EVALUABLE
    )


@pytest.mark.parametrize(
    ("facts", "word"),
    [
        (ENOUGH | {"months_before": 11}, "11 months before the start"),
        (ENOUGH | {"months_after": 5}, "5 months after the start"),
        (ENOUGH | {"compared": 2}, "2 places to compare with"),
        (ENOUGH | {"compared": 0}, "0 places to compare with"),
        (ENOUGH | {"design": Design.SYNTHETIC_CONTROL, "compared": 4}, "4 places to compare with; 5 are needed"),
        (ENOUGH | {"trend_p": 0.01}, "went different ways before the start"),
        (OF_PEOPLE | {"people": 19}, "Fewer than 20 people"),
        (OF_PEOPLE | {"matched_share": 0.3}, "Only 30% of those"),
        (OF_PEOPLE | {"imbalance": 0.3}, "not alike before"),
        (OF_PEOPLE | {"rests_on_unlike": True}, "once that is allowed for, it is gone"),
        (OF_PEOPLE | {"design": Design.INTERRUPTED_TIME_SERIES}, "compared with nobody"),
        (OF_PEOPLE | {"design": Design.INTERRUPTED_TIME_SERIES, "chosen_for_cost": 3.0}, "regression to the mean"),
    ],
)  # fmt: skip
def test_each_obstacle_is_said(facts: dict, word: str) -> None:
    assert any(word in sentence for sentence in obstacles(Facts(**facts)))


def test_nothing_stands_against_what_has_enough() -> None:
    assert obstacles(Facts(**ENOUGH)) == obstacles(Facts(**OF_PEOPLE)) == []


def test_people_who_were_no_dearer_than_others_have_no_regression_to_the_mean() -> None:
    said = obstacles(Facts(**OF_PEOPLE | {"design": Design.INTERRUPTED_TIME_SERIES, "chosen_for_cost": 1.1}))
    assert not any("regression" in sentence for sentence in said)
