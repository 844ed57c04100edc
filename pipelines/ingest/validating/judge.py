"""Judging a batch of typed records: which are bad, and what is counted of each file.

Belongs here: running the rules, counting rows and pounds by file. Does not belong here: the rules themselves (`schemas/rules`),
what becomes of the records (`validate.py`).
A batch may hold records of several files: a rule is run once for all, because running it takes longer than most files are.
"""

import itertools
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from pipelines.ingest.landing import Landed
from pipelines.ingest.validating.outcome import FIRST_ROWS, Outcome
from pipelines.ingest.validating.totals import TOTAL
from schemas import chi
from schemas.codes import Severity
from schemas.feeds import FEEDS
from schemas.rules import Rule
from schemas.table import columns

LUHN_FROM = "2026-08"
"""First month in which numbers with a modulus 10 check digit were issued."""

Mask = NDArray[np.bool_]
Rows = NDArray[np.int64]
"""Places of records in a batch."""


@dataclass(frozen=True)
class Part:
    """The records of one file in a batch. file: its number in the group. first, end: their places in the batch."""

    file: int
    first: int
    end: int

    @property
    def rows(self) -> slice:
        return slice(self.first, self.end)


@dataclass(frozen=True)
class Verdict:
    """bad: the places of the bad records in their batch. broken_rules: the record rules that each of them breaks.

    warned_rules: the rules of severity warning that each record of the batch breaks; NULL where none.
    """

    bad: Rows
    broken_rules: pa.Array
    warned_rules: pa.Array


def parts_of(numbers: Rows, starts: Sequence[int]) -> list[Part]:
    """The files that the records of these numbers are from. starts: of each file's first record, then how many there are in all."""
    cuts = np.searchsorted(numbers, starts)
    return [Part(n, int(a), int(b)) for n, (a, b) in enumerate(itertools.pairwise(cuts)) if a < b]


def judge(
    batch: pd.DataFrame, parts: Sequence[Part], files: Sequence[Landed], rules: Sequence[Rule], outcomes: Sequence[Outcome]
) -> Verdict:
    """Run every rule on a batch and count by file. No failing value is kept.

    files, outcomes: those of the group, by their numbers. A total row is set aside before: it is in no count but that of totals.
    """
    feed = FEEDS[files[0].feed]
    is_total = batch["is_total"].to_numpy(dtype=bool)
    if is_total.any():
        _set_totals_aside(batch, is_total, parts, files[0].feed, outcomes)
    batch["chi_is_valid"] = _chi_is_valid(batch, parts, files)
    amount = pa.array(batch[feed.amount]) if feed.amount else pa.nulls(len(batch), pa.decimal128(18, 2))
    is_bad = np.zeros(len(batch), dtype=bool)
    broken: dict[str, list[tuple[str, Mask]]] = {severity: [] for severity in Severity}
    for rule in rules:
        fails = ~np.asarray(rule.as_check()(batch).check_output, dtype=bool)
        if rule.rule_id != TOTAL:
            fails &= ~is_total
        if not fails.any():
            continue
        _count_broken(rule, np.flatnonzero(fails), batch, amount, parts, outcomes)
        is_bad |= fails & (rule.severity == Severity.RECORD)
        broken[rule.severity].append((rule.rule_id, fails))
    _count(batch, is_bad, amount, parts, outcomes)
    bad = np.flatnonzero(is_bad)
    return Verdict(bad, _joined(broken[Severity.RECORD], bad), _warned(broken[Severity.WARNING], len(batch)))


def _joined(broken: Sequence[tuple[str, Mask]], rows: Rows) -> pa.Array:
    """For each of some records the ids of the rules it breaks, parted by blanks."""
    ids = [pc.if_else(pa.array(fails[rows]), rule_id + " ", "") for rule_id, fails in broken]
    if not ids:
        return pa.nulls(len(rows), pa.string())
    return pc.ascii_rtrim_whitespace(pc.binary_join_element_wise(*ids, ""))


def _warned(broken: Sequence[tuple[str, Mask]], number: int) -> pa.Array:
    """For each record of a batch of so many the ids of the rules it breaks; NULL for one that breaks none, as most do."""
    is_warned = np.logical_or.reduce([fails for _, fails in broken]) if broken else np.zeros(number, dtype=bool)
    return pc.replace_with_mask(pa.nulls(number, pa.string()), pa.array(is_warned), _joined(broken, np.flatnonzero(is_warned)))


def _chi_is_valid(batch: pd.DataFrame, parts: Sequence[Part], files: Sequence[Landed]) -> pd.Series:
    """Whether each CHI number passes its checks; NULL without one."""
    if "chi_number" not in batch:
        return pd.Series(pd.NA, index=batch.index, dtype="bool[pyarrow]")
    numbers = batch["chi_number"]
    valid = np.zeros(len(batch), dtype=bool)
    for luhn_allowed, alike in itertools.groupby(parts, key=lambda part: files[part.file].period >= LUHN_FROM):
        together = list(alike)
        rows = slice(together[0].first, together[-1].end)
        valid[rows] = chi.valid(numbers.iloc[rows], luhn_allowed=luhn_allowed).to_numpy(dtype=bool)
    known = pa.array(valid, mask=numbers.isna().to_numpy(dtype=bool))
    return pd.Series(pd.arrays.ArrowExtensionArray(known), index=batch.index)


def _count_broken(
    rule: Rule, rows: Rows, batch: pd.DataFrame, amount: pa.Array, parts: Sequence[Part], outcomes: Sequence[Outcome]
) -> None:
    """Count the records that break a rule, their pounds, and keep the numbers of the first rows."""
    pounds = pa.array(batch[rule.pounds]) if rule.pounds else amount
    for part, own in _by_file(rows, parts):
        count = outcomes[part.file].rules[rule.rule_id]
        count.failed += len(own)
        count.amount += _pounds(pounds.take(pa.array(own)))
        count.first_rows = _first_rows(count.first_rows, batch, own)


def _count(batch: pd.DataFrame, is_bad: Mask, amount: pa.Array, parts: Sequence[Part], outcomes: Sequence[Outcome]) -> None:
    """Count rows and pounds of each file."""
    rows, is_dropped = batch["row_count"].to_numpy(dtype="int64"), batch["is_dropped"].to_numpy(dtype=bool)
    of_month = pa.array(batch["is_of_month"])
    for part in parts:
        outcome, own = outcomes[part.file], rows[part.rows]
        outcome.rows += int(own.sum())
        outcome.quarantined += int(own[is_bad[part.rows]].sum())
        outcome.dropped += int(own[is_dropped[part.rows]].sum())
        outcome.accepted = outcome.rows - outcome.quarantined
        its_month = of_month.slice(part.first, part.end - part.first)
        outcome.dated += len(its_month) - its_month.null_count
        outcome.of_month += pc.sum(its_month).as_py() or 0
        outcome.pounds_read += _pounds(amount.slice(part.first, part.end - part.first))
    for part, bad in _by_file(np.flatnonzero(is_bad), parts):
        outcomes[part.file].pounds_quarantined += _pounds(amount.take(pa.array(bad)))


def _set_totals_aside(
    batch: pd.DataFrame, is_total: Mask, parts: Sequence[Part], feed: str, outcomes: Sequence[Outcome]
) -> None:
    """A total row is no record: it stands for no row, and its numbers are none of the file's."""
    for part, own in _by_file(np.flatnonzero(batch["total_differs"].to_numpy(dtype=bool)), parts):
        outcomes[part.file].totals_that_differ = _first_rows(outcomes[part.file].totals_that_differ, batch, own)
    if feed == "ledger":
        is_coded = is_total & (batch["cost_code"].notna() | batch["month"].notna()).to_numpy(dtype=bool)
        for part, own in _by_file(np.flatnonzero(is_coded), parts):
            outcomes[part.file].coded_totals = _first_rows(outcomes[part.file].coded_totals, batch, own)
    numbers = [c.name for c in columns(FEEDS[feed].model) if pa.types.is_decimal(c.arrow_type)]
    batch.loc[is_total, ["record_key", "is_of_month", *numbers]] = pd.NA
    batch.loc[is_total, "row_count"] = 0


def _by_file(rows: Rows, parts: Sequence[Part]) -> list[tuple[Part, Rows]]:
    """Places of records by the file they are from; only files that have some."""
    cuts: Rows = np.searchsorted(rows, [*(part.first for part in parts), parts[-1].end] if parts else [])
    return [(part, rows[a:b]) for part, (a, b) in zip(parts, itertools.pairwise(cuts), strict=True) if a < b]


def _first_rows(known: list[int], batch: pd.DataFrame, rows: Rows) -> list[int]:
    """The first different row numbers; one row of a file may make several records."""
    if len(known) == FIRST_ROWS:
        return known
    numbers = batch["source_row"].iloc[rows].drop_duplicates().head(FIRST_ROWS)
    return list(dict.fromkeys([*known, *(int(row) for row in numbers)]))[:FIRST_ROWS]


def _pounds(amounts: pa.Array) -> Decimal:
    total: Decimal | None = pc.sum(amounts).as_py()
    return total if total is not None else Decimal("0.00")
