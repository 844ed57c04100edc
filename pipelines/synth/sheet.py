"""From numbers to text columns, and from text columns to a CSV file.

Belongs here: how a CHI, a day, an amount is written; separators, quoting, encodings. Does not belong here: defects.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from pipelines.synth.draws import NEVER, Flags, Ints, Month
from schemas.feeds import FEEDS

Columns = dict[str, pa.Array]
ENCODINGS = {"utf-8": b"", "utf-8-sig": b"\xef\xbb\xbf", "cp1252": b"", "utf-16": b"\xff\xfe"}
_CODECS = {"utf-8": "utf-8", "utf-8-sig": "utf-8", "cp1252": "cp1252", "utf-16": "utf-16-le"}
_NEEDS_QUOTES = '[",;|\t\r\n]'


@dataclass
class Sheet:
    """The rows of one file. `noted` holds (row index, defect, expected, rule) of oddities that are there already, `whole` (what it
    is about, defect, expected, rule) of those of the whole file.
    """

    agency: str
    feed: str
    period: str
    columns: Columns
    noted: list[tuple[int, str, str, str]] = field(default_factory=list)
    whole: list[tuple[str, str, str, str]] = field(default_factory=list)

    @property
    def rows(self) -> int:
        """How many records."""
        return len(next(iter(self.columns.values())))

    def emptied(self) -> "Sheet":
        """The same without a record."""
        return replace(self, columns={name: column.slice(0, 0) for name, column in self.columns.items()})

    def keys(self) -> pa.Array:
        """Each record's key as one text."""
        parts = [self.columns[name] for name in FEEDS[self.feed].key]
        return pc.binary_join_element_wise(*parts, "|") if len(parts) > 1 else parts[0]


def texts(values: Sequence[str]) -> pa.Array:
    """A text column of these values."""
    return pa.array(values, pa.string())


def same(value: str, rows: int) -> pa.Array:
    """A column with one value throughout."""
    return pa.repeat(pa.scalar(value, pa.string()), rows)


def pooled(pool: pa.Array, codes: Ints) -> pa.Array:
    """The texts that the codes stand for."""
    return pool.take(pa.array(codes))


def number_text(values: Ints, digits: int = 1, prefix: str = "") -> pa.Array:
    """Whole numbers, padded with zeros to so many digits."""
    padded = pc.utf8_lpad(pa.array(values.astype(np.int64)).cast(pa.string()), digits, "0")
    return pc.binary_join_element_wise(prefix, padded, "") if prefix else padded


def serial_text(letter: str, month: Month, count: int) -> pa.Array:
    """Record keys of a month: a letter, the month, a number that counts up."""
    return number_text((month.year * 100 + month.number) * 10**6 + 1 + np.arange(count), 12, letter)


def blank_where(column: pa.Array, empty: Flags) -> pa.Array:
    """The column with some rows blank."""
    return pc.if_else(pa.array(empty), "", column)


def chi_text(numbers: Ints) -> pa.Array:
    """CHI numbers in ten digits; 0 is blank."""
    return blank_where(number_text(numbers, 10), numbers == 0)


def day_text(days: Ints) -> pa.Array:
    """Days as YYYY-MM-DD; NEVER is blank."""
    empty = days >= NEVER
    dates = pa.array(np.where(empty, 0, days).astype(np.int32)).view(pa.date32())
    return blank_where(dates.cast(pa.string()), empty)


def moment_text(minutes: Ints) -> pa.Array:
    """Minutes since 1970 as YYYY-MM-DD HH:MM:SS."""
    return pa.array(minutes * 60).view(pa.timestamp("s")).cast(pa.string())


def money_text(pence: Ints) -> pa.Array:
    """Pence as pounds with two decimals. Hundredths of an hour are written the same way."""
    size = np.abs(pence)
    text = pc.binary_join_element_wise(number_text(size // 100), number_text(size % 100, 2), ".")
    return pc.if_else(pa.array(pence < 0), pc.binary_join_element_wise("-", text, ""), text)


def pounds_text(pence: int) -> str:
    """One amount of pence, of any size, as pounds with two decimals."""
    return f"{'-' if pence < 0 else ''}{abs(pence) // 100}.{abs(pence) % 100:02d}"


def write_csv(sheet: Sheet, path: Path, separator: str, encoding: str, titles: Sequence[str]) -> None:
    """Write the sheet with a header, below its titles. Only fields that need quotes have them."""
    path.parent.mkdir(parents=True, exist_ok=True)
    lines = pc.binary_join_element_wise(*(_quoted(c) for c in sheet.columns.values()), separator)
    with path.open("wb") as file:
        head = "".join(f"{line}\n" for line in (*titles, separator.join(sheet.columns)))
        file.write(ENCODINGS[encoding] + head.encode(_CODECS[encoding]))
        for at in range(0, sheet.rows, 100_000):
            block = "\n".join(lines.slice(at, 100_000).to_pylist()) + "\n"
            file.write(block.encode(_CODECS[encoding]))


def _quoted(column: pa.Array) -> pa.Array:
    special = pc.match_substring_regex(column, _NEEDS_QUOTES)
    if not pc.any(special).as_py():
        return column
    doubled = pc.binary_join_element_wise('"', pc.replace_substring(column, '"', '""'), '"', "")
    return pc.if_else(special, doubled, column)
