"""Declared corrections of known source errors: what `reference/corrections.csv` may say.

Belongs here: reading and checking declarations and their conditions. Does not belong here: what they do to records
(`corrected.py`).
"""

import datetime
import re
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path

import pyarrow as pa

from pipelines.engine.errors import IrfError
from pipelines.engine.parquet import read_tables
from pipelines.ingest.cell_words import unlisted
from pipelines.ingest.landing import feeds_of
from schemas.feeds import FEEDS
from schemas.reference import TABLE_ROW
from schemas.table import Column, columns

ACTIONS = ("drop", "override", "scale")
BLANK = "blank"
"""In a condition or as the value of an override: no value at all."""
PERIOD = re.compile(r"\d{4}-(0[1-9]|1[0-2])")
NAME = re.compile(r"[A-Za-z0-9_-]{1,40}")
CONDITION = re.compile(
    r"(?P<column>[a-z_]+) *(?P<comparison><=|>=|<>|=|<|>) *(?P<value>'[^']*'|[^'<>=]+?)( +and +(?=[a-z_]+ *[<>=])|$)"
)
"""One comparison, up to the `and` before the next one or the end."""
FACTOR = re.compile(r"-?\d{1,6}(\.\d{1,6})?")


@dataclass(frozen=True)
class Condition:
    """One comparison of a column with a value. `value` is the canonical text of the column's type; None is blank."""

    column: str
    comparison: str
    value: str | None


@dataclass(frozen=True)
class Correction:
    """One row of corrections.csv, checked. `value` is a canonical text, None where it is blank or not used."""

    name: str
    agency: str
    feed: str
    first_period: str
    last_period: str | None
    where: tuple[Condition, ...]
    action: str
    column: str | None
    value: str | None
    expects: int
    reason: str
    owner: str
    reported_on: str

    @property
    def rule_id(self) -> str:
        """The rule under which its records are counted, and those it drops are quarantined."""
        return f"corrected.{self.name}"

    def applies_to(self, agency: str, feed: str, period: str) -> bool:
        """Whether it corrects the submissions of an agency, feed and period."""
        return (agency, feed) == (self.agency, self.feed) and self.first_period <= period <= (self.last_period or "9999-12")


def read_corrections(file: Path, kinds: Mapping[str, str]) -> list[Correction]:
    """The declarations of the typed corrections table, in its order. `kinds`: agency → kind.

    Raises IrfError naming the row, as a spreadsheet shows it, and what is wrong with it.
    """
    found: list[Correction] = []
    for row in read_tables([file]).to_pylist():
        name = row["correction"] or "without a name"
        try:
            correction = _correction(row, kinds)
            is_known = any(c.name.lower() == correction.name.lower() for c in found)
            _refuse_if(is_known, "a correction of this name is above it")
        except ValueError as problem:
            raise IrfError(f"reference/corrections.csv: row {row[TABLE_ROW]} ({name}): {problem}") from None
        found.append(correction)
    return found


def _correction(row: Mapping[str, str | None], kinds: Mapping[str, str]) -> Correction:
    def required(column: str) -> str:
        text = row[column]
        if text is None:
            raise ValueError(f"{column} is blank")
        return text

    name, agency, feed, action = (required(c) for c in ("correction", "agency", "feed", "action"))
    _refuse_if(not NAME.fullmatch(name), "correction may hold letters, digits, - and _, at most 40")
    _refuse_if(agency not in kinds, f"no such agency: {unlisted(agency, sorted(kinds), 'agencies.csv')}")
    sent = sorted(feeds_of(kinds[agency]))
    _refuse_if(feed not in sent, f"the agency sends no such feed: {unlisted(feed, sent)}")
    _refuse_if(action not in ACTIONS, f"action must be one of {', '.join(ACTIONS)}")
    column, value = _change(feed, action, row["column"], row["value"])
    first, last, expects = required("first_period"), row["last_period"], row["expects"] or "1"
    _refuse_if(not all(PERIOD.fullmatch(p) for p in (first, last or first)), "periods must be YYYY-MM")
    _refuse_if(last is not None and last < first, "last_period is before first_period")
    _refuse_if(not re.fullmatch(r"[1-9]\d{0,8}", expects), "expects must be a whole number from 1")
    where = _conditions(required("where"), feed)
    return Correction(
        name, agency, feed, first, last, where, action, column, value, int(expects),
        required("reason"), required("owner"), _day(required("reported_on")),
    )  # fmt: skip


def _refuse_if(is_wrong: bool, problem: str) -> None:
    if is_wrong:
        raise ValueError(problem)


def _change(feed: str, action: str, name: str | None, text: str | None) -> tuple[str | None, str | None]:
    """The column an action changes and the canonical value it needs, if it needs them."""
    if action == "drop":
        _refuse_if(name is not None or text is not None, "drop takes neither column nor value")
        return None, None
    column = _column(name, feed)
    _refuse_if(column.name in FEEDS[feed].key, f"{column.name} is part of the record's key and cannot be changed")
    _refuse_if(text is None, f"{action} needs a value (the word {BLANK} for none)")
    assert text is not None
    if action == "override":
        _refuse_if(text == BLANK and column.required, f"{column.name} is required and cannot be made blank")
        return column.name, None if text == BLANK else canonical(column, text)
    _refuse_if(not pa.types.is_decimal(column.arrow_type), f"{column.name} is no amount or quantity and cannot be scaled")
    _refuse_if(not FACTOR.fullmatch(text) or not Decimal(text), "the factor of scale must be a decimal number other than 0")
    return column.name, str(Decimal(text))


def _column(name: str | None, feed: str) -> Column:
    """A column that a correction may speak of: one of the feed's that names nobody, for this table is no place for that."""
    found = next((c for c in columns(FEEDS[feed].model) if c.name == name), None)
    if found is None:
        raise ValueError(f"the feed has no column {name}" if name else "column is blank")
    _refuse_if(found.identifying, f"{name} identifies people and cannot be used in a correction")
    return found


def _conditions(text: str, feed: str) -> tuple[Condition, ...]:
    """The comparisons of a `where`: `column = value`, joined by ` and `. Nothing else is understood."""
    found: list[Condition] = []
    end = 0
    while end < len(text):
        match = CONDITION.match(text, end)
        if not match:
            raise ValueError("where must be column, comparison (= <> < <= > >=) and value, several joined by and")
        end = match.end()
        column, comparison, value = _column(match["column"], feed), match["comparison"], match["value"]
        is_equality = comparison in ("=", "<>")
        _refuse_if(column.arrow_type == pa.string() and not is_equality, f"{column.name} is text: only = and <> are understood")
        _refuse_if(value == BLANK and not is_equality, f"{BLANK} can only be compared by = and <>")
        found.append(Condition(column.name, comparison, None if value == BLANK else canonical(column, value.strip("'"))))
    return tuple(found)


def canonical(column: Column, text: str) -> str:
    """A value as its column's type writes it. Raises ValueError when it is none of the type."""
    kind = column.arrow_type
    if pa.types.is_decimal(kind):
        _refuse_if(not re.fullmatch(rf"-?\d{{1,{kind.precision - kind.scale}}}(\.\d{{1,{kind.scale}}})?", text),
                   f"the value for {column.name} must be a number with at most {kind.scale} decimals")  # fmt: skip
        return str(Decimal(text))
    if pa.types.is_date(kind):
        return _day(text)
    if pa.types.is_timestamp(kind):
        problem = f"the value for {column.name} must be a moment, as YYYY-MM-DD HH:MM:SS"
        try:
            moment = datetime.datetime.fromisoformat(text)
        except ValueError:
            raise ValueError(problem) from None
        _refuse_if(moment.tzinfo is not None, problem)
        return moment.isoformat(" ")
    return text


def _day(text: str) -> str:
    try:
        return datetime.date.fromisoformat(text).isoformat()
    except ValueError:
        raise ValueError("a day must be written as YYYY-MM-DD") from None
