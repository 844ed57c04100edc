"""What a slip is: a change of one record that is written down as a defect, and what should become of it.

Belongs here: the kinds of slips, what each may know, and those of any column. Does not belong here: what goes wrong with
days, amounts and identifiers (modules of those names), with whole records (`records.py`), which feed has which (`by_feed.py`).
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

import numpy as np

from pipelines.synth.draws import Month
from pipelines.synth.sheet import Sheet

QUARANTINE, WARNING, KEPT = "quarantine", "warning", "none"
Record = Mapping[str, str]


@dataclass
class Setting:
    """What a defect may need to know besides the record.

    first: the world's first month. may_lose: how many more identifiers can be lost before the file is refused for it.
    someone: a person of the register as a client. earlier: the records of the file before that have no defect, by their keys. has_total: the
    file has its total row.
    """

    sheet: Sheet
    month: Month
    first: Month
    rng: np.random.Generator
    dead: list[str]
    may_lose: int
    someone: Callable[[np.random.Generator], dict[str, str]]
    earlier: dict[str, Record] = field(default_factory=dict)
    has_total: bool = False


Change = Callable[[Record, Setting], str | None]
"""From a record to the new text of one column, or None where the defect does not fit the record."""


Changes = Callable[[Record, Setting], dict[str, str] | None]
"""The same for several columns."""


@dataclass(frozen=True)
class Slip:
    """A defect in one column of a record that is there."""

    name: str
    column: str
    change: Change
    expected: str
    rule: str


@dataclass(frozen=True)
class Rewritten:
    """A defect in several columns of a record that is there."""

    name: str
    change: Changes
    expected: str
    rule: str


@dataclass(frozen=True)
class Extra:
    """A defect that is one record more. `change` gives the columns that differ from the record it is made from."""

    name: str
    change: Changes
    expected: str
    rule: str


Defect = Slip | Rewritten | Extra


def text(value: str) -> Change:
    """The same text for every record."""
    return lambda record, setting: value


def blanked(column: str) -> Change:
    """Nothing where something was."""
    return lambda record, setting: "" if record[column] else None
