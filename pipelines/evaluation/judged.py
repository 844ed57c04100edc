"""What is found of a test of change before it is put into words: the same for places and for people.

Belongs here: the shape that both hand on. Does not belong here: finding it (`of_places.py`, `of_people.py`), the verdict.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from pipelines.analysis.estimate import MILLIONTH, Estimate, published
from pipelines.evaluation.detectable import Detectable
from pipelines.evaluation.result import Balance, Placebo, Shift
from pipelines.evaluation.verdict import Facts

TREATED, COMPARED, EXPECTED = "treated", "comparison", "what would have been"
"""The parts of a series."""


@dataclass(frozen=True)
class Judged:
    """effect: a month, of each head or place, None where none can be told. heads: how many of these there are, None where they
    do not add up. months_of_test: in how many months it was done, where these are not those of the declaration. without: the mean
    that would have been. fit: how well the months before were fitted, by name.
    """

    facts: Facts
    treated: str
    compared: str
    first_after: str
    series: Sequence[dict[str, Any]]
    effect: Estimate | None = None
    heads: float | None = None
    months_of_test: int | None = None
    mean_before: float | None = None
    without: float | None = None
    smallest: Detectable | None = None
    fit: Mapping[str, float | None] = field(default_factory=dict)
    method: Sequence[str] = ()
    cautions: Sequence[str] = ()
    balance: Sequence[Balance] = ()
    placebos: Sequence[Placebo] = ()
    shifts: Sequence[Shift] = ()


def point(month: str, part: str, value: float, lower: float | None = None, upper: float | None = None) -> dict[str, Any]:
    """A row of `series.parquet`."""
    return {
        "month": month, "part": part, "value": published(value, MILLIONTH), "lower": published(lower, MILLIONTH),
        "upper": published(upper, MILLIONTH),
    }  # fmt: skip
