"""The result of a test of change as it is kept: `result.json` and `series.parquet` in `evaluations/<name>/<version>/`.

Belongs here: its shape, writing and reading it. Does not belong here: how it is found (`evaluate.py`), its page (`page.py`).
Numbers are rounded once, when they come in here: pounds to the penny, all else to six decimals. The same inputs give the same bytes.
"""

import json
from collections.abc import Sequence
from decimal import Decimal
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
from pydantic import BaseModel, ConfigDict

from pipelines.analysis.estimate import MILLIONTH, PENNY, Estimate, published
from pipelines.evaluation.verdict import Verdict

SERIES = pa.schema([
    pa.field("month", pa.string(), nullable=False, metadata={"description": "month, YYYY-MM; of people the months from their start, as +1"}),
    pa.field("part", pa.string(), nullable=False, metadata={"description": "treated, comparison, or what would have been"}),
    pa.field("value", pa.decimal128(18, 6), metadata={"description": "the outcome; NULL where it cannot be told"}),
    pa.field("lower", pa.decimal128(18, 6), metadata={"description": "lower end of the 95 % interval, where there is one"}),
    pa.field("upper", pa.decimal128(18, 6), metadata={"description": "upper end of the 95 % interval, where there is one"}),
])  # fmt: skip


class _Kept(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Interval(_Kept):
    """A value with the ends of its 95 % interval; None where it cannot be told."""

    value: Decimal | None
    lower: Decimal | None = None
    upper: Decimal | None = None


class Placebo(_Kept):
    """The true effect among those found where nothing was done. rank: 1 where none is as large. of: how many, the true one counted."""

    kind: str
    rank: int
    of: int


class Shift(_Kept):
    """What changed in one agency's care of one setting, pounds a month."""

    agency: str
    setting: str
    a_month: Interval


class Money(_Kept):
    """What it cost and saved, pounds to date. break_even: the saving a month from which it pays for itself."""

    cost_of_test: Decimal
    effect: Interval
    net: Interval
    break_even_a_month: Decimal


class Balance(_Kept):
    """How unlike those treated and compared were before the start, in standard deviations: before and after matching."""

    what: str
    before: Decimal
    after: Decimal


class Result(_Kept):
    """All that is said of a test of change, for one release."""

    name: str
    version: str
    question: str
    owner: str
    declaration: dict[str, Any]
    declaration_sha256: str
    remarks: Sequence[str]
    verdict: Verdict
    answer: str
    reasons: Sequence[str]
    cautions: Sequence[str]
    unit: str
    method: Sequence[str]
    months_before: int
    months_after: int
    treated: str
    compared: str
    mean_before: Interval
    effect_a_head_and_month: Interval | None
    effect_a_month: Interval
    effect_to_date: Interval
    relative_effect: Interval
    fit_before: dict[str, Decimal | None]
    balance: Sequence[Balance]
    placebos: Sequence[Placebo]
    shifts: Sequence[Shift]
    money: Money | None
    smallest_effect_a_month: Decimal | None
    smallest_effect_share: Decimal | None


def interval(estimate: Estimate | None, times: float = 1, to: Decimal = MILLIONTH) -> Interval:
    """An estimate as it is kept, of so many."""
    if estimate is None:
        return Interval(value=None)
    ends = [None if end is None else end * times for end in (estimate.value, estimate.lower, estimate.upper)]
    value, lower, upper = (published(end, to) for end in ends)
    return Interval(value=value, lower=lower, upper=upper)


def pounds(estimate: Estimate | None, times: float = 1) -> Interval:
    """Pounds as they are kept, to the penny."""
    return interval(estimate, times, PENNY)


def write_result(result: Result, series: Sequence[dict[str, Any]], folder: Path) -> None:
    """Write both files into a folder that is there."""
    text = json.dumps(result.model_dump(mode="json"), indent=1, ensure_ascii=False)
    (folder / "result.json").write_text(text + "\n", "utf-8")
    rows = pa.Table.from_pylist(list(series), SERIES)
    pq.write_table(rows, folder / "series.parquet", compression="zstd")
