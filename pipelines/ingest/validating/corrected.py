"""What declared corrections do to records: the SQL that applies them, the rules that count them, and what they found.

Belongs here: the steps of the parsed SELECT, each correction as a rule. Does not belong here: reading and checking the
declarations (`corrections.py`), the rules of records (`schemas/rules`), running them (`validate.py`).
Conserves: no record leaves; each correction counts the records it touched and their pounds before and after.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING

import pyarrow as pa
import pyarrow.compute as pc

from pipelines.engine.sql import literal
from pipelines.ingest.validating.corrections import Condition, Correction
from schemas.feeds import FEEDS
from schemas.rules import Rule
from schemas.table import Column, columns, duckdb_type

if TYPE_CHECKING:
    import pandas as pd

ZERO = Decimal("0.00")


@dataclass
class Corrected:
    """What one correction found in a submission. Pounds stay 0.00 for feeds without money."""

    records: int = 0
    pounds_before: Decimal = ZERO
    pounds_after: Decimal = ZERO


def applied(parsed: str, corrections: Sequence[Correction]) -> str:
    """The CTEs that apply corrections, in order, to the rows of CTE `parsed`; the last one is `corrected`.

    Each correction adds a flag `corrected.<name>` (the record was touched) and, where the feed has money, the record's
    pounds before it. A record once dropped is not touched again. `is_dropped` says whether any correction dropped it.
    """
    steps, source = [], parsed
    for number, correction in enumerate(corrections):
        steps.append(f"touched_{number} AS ({_touched(source, correction, corrections[:number])})")
        steps.append(f"changed_{number} AS ({_changed(f'touched_{number}', correction)})")
        source = f"changed_{number}"
    dropped = " OR ".join(_quoted(c.rule_id) for c in corrections if c.action == "drop") or "FALSE"
    return ", ".join([*steps, f"corrected AS (SELECT *, {dropped} AS is_dropped FROM {source})"])


def _touched(source: str, correction: Correction, earlier: Sequence[Correction]) -> str:
    column = {c.name: c for c in columns(FEEDS[correction.feed].model)}
    conditions = [_condition(c, column[c.column]) for c in correction.where]
    conditions += [f"NOT {_quoted(e.rule_id)}" for e in earlier if e.action == "drop"]
    if correction.action == "override":
        # A record that has the value already is not touched: the source may have been put right.
        assert correction.column is not None
        target = column[correction.column]
        is_other = f"{_quoted(target.name)} IS DISTINCT FROM {_typed(target, correction.value)}"
        conditions.append(f"({is_other} OR {_unreadable(target)})")
    if correction.action == "scale":
        conditions.append(f"{_quoted(correction.column or '')} IS NOT NULL")
    amount = FEEDS[correction.feed].amount
    before = f", {_quoted(amount)} AS {_quoted(correction.rule_id + '.before')}" if amount else ""
    return f"SELECT *, coalesce({' AND '.join(conditions)}, FALSE) AS {_quoted(correction.rule_id)}{before} FROM {source}"


def _changed(source: str, correction: Correction) -> str:
    if correction.column is None:
        return f"SELECT * FROM {source}"
    (column,) = [c for c in columns(FEEDS[correction.feed].model) if c.name == correction.column]
    name, flag = _quoted(column.name), _quoted(correction.rule_id)
    if correction.action == "scale":
        factor = Decimal(correction.value or "1")
        places = -int(factor.as_tuple().exponent)
        scale = column.arrow_type.scale
        # In DuckDB the product of two decimals of up to 18 digits has 18 itself: one of them is made wider.
        product = f"CAST({name} AS DECIMAL(38, {scale})) * CAST({literal(str(factor))} AS DECIMAL(12, {places}))"
        new = f"CAST(round({product}, {scale}) AS {duckdb_type(column.arrow_type)})"
    else:
        new = _typed(column, correction.value)
    replaced = f"CASE WHEN {flag} THEN {new} ELSE {name} END AS {name}"
    if column.arrow_type != pa.string():
        unreadable = _quoted(column.name + "__unreadable")
        replaced += f", ({unreadable} AND NOT {flag}) AS {unreadable}"
    return f"SELECT * REPLACE ({replaced}) FROM {source}"


def _condition(condition: Condition, column: Column) -> str:
    name = _quoted(column.name)
    if condition.value is None:
        is_blank = f"({name} IS NULL AND NOT {_unreadable(column)})"
        return is_blank if condition.comparison == "=" else f"NOT {is_blank}"
    return f"{name} {condition.comparison} {_typed(column, condition.value)}"


def _unreadable(column: Column) -> str:
    return "FALSE" if column.arrow_type == pa.string() else _quoted(column.name + "__unreadable")


def _typed(column: Column, value: str | None) -> str:
    text = "NULL" if value is None else literal(value)
    return f"CAST({text} AS {duckdb_type(column.arrow_type)})"


def _quoted(name: str) -> str:
    return f'"{name}"'


def rules_of_corrections(corrections: Sequence[Correction]) -> list[Rule]:
    """Each correction as a rule: a dropped record breaks it and is quarantined, a changed one is counted and kept."""
    return [
        # Its declaration is its example.
        Rule(c.rule_id, "record" if c.action == "drop" else "warning", c.reason, _untouched(c), fails={}, passes={})
        for c in corrections
    ]


def _untouched(correction: Correction) -> Callable[["pd.DataFrame"], "pd.Series[bool]"]:
    return lambda batch: ~batch[correction.rule_id].astype(bool)


def count_corrected(batch: "pd.DataFrame", corrections: Sequence[Correction], counted: dict[str, Corrected]) -> None:
    """Add what each correction touched in a batch of validated records to `counted`."""
    for number, correction in enumerate(corrections):
        touched = pa.array(batch[correction.rule_id].to_numpy(bool))
        found = counted.setdefault(correction.name, Corrected())
        found.records += int(pc.sum(touched).as_py() or 0)
        amount = FEEDS[correction.feed].amount
        if amount is None:
            continue
        # What a correction left behind is what the next one found, or what was validated.
        after = next((f"{c.rule_id}.before" for c in corrections[number + 1 :]), amount)
        found.pounds_before += _pounds(batch[f"{correction.rule_id}.before"], touched)
        found.pounds_after += _pounds(batch[after], touched)


def _pounds(amounts: "pd.Series", chosen: pa.Array) -> Decimal:
    total: Decimal | None = pc.sum(pa.array(amounts).filter(chosen)).as_py()
    return ZERO if total is None else total
