"""From a submission's raw text to typed columns: the one scan that judging is made from.

Belongs here: the SELECT that reads each column as its declared type, a record's key and part. Does not belong here: how a
text is read (`sql/macro/read_text.sql`), what is wrong with it (`judge.py`).
"""

import calendar
import datetime
from collections.abc import Sequence
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from pipelines.engine.database import literal
from pipelines.ingest.corrections import Correction, applied
from pipelines.ingest.landing import Landed
from schemas.feeds import FEEDS, Feed
from schemas.table import Column, columns, duckdb_type

RECORD = "file_row_number"
"""The place of a record in its raw file, as DuckDB gives it."""
ROWS_ARE_PARTS = "rows_are_parts"
"""What a raw file notes where the layout it was read in has several rows for one record."""
FIRST_LINE = "1"
READERS = {pa.date32(): "read_day", pa.timestamp("us"): "read_moment", pa.int64(): "read_count"}


def parse_select(landed: Landed, raw: Path, corrections: Sequence[Correction] = ()) -> str:
    """The SELECT that types and corrects a submission's raw text: one row a record, `…__unreadable` beside typed columns.

    A scan and nothing else, so that records stay in the file's order and none waits for another.
    """
    feed = FEEDS[landed.feed]
    declared = columns(feed.model)
    typed = ", ".join(parsed(c) for c in declared)
    not_text = [c.name for c in declared if c.arrow_type != pa.string()]
    as_sent = "".join(f', "{name}" AS "{name}__sent"' for name in not_text)
    unreadable = "".join(f', ("{name}__sent" IS NOT NULL AND "{name}" IS NULL) AS "{name}__unreadable"' for name in not_text)
    sent = ", ".join(f'"{name}__sent"' for name in not_text)
    without_sent = f"EXCLUDE ({sent})" if sent else ""
    has_chi = any(c.name == "chi_number" for c in declared)
    event_type = next((duckdb_type(c.arrow_type) for c in declared if c.name == feed.event), "DATE")
    end = (last_day(landed.period) + datetime.timedelta(days=1)).isoformat()
    is_of_month = "CAST(NULL AS BOOLEAN)"
    if feed.monthly:
        is_of_month = f'"{feed.event}" >= CAST({literal(landed.period + "-01")} AS {event_type}) AND "{feed.event}" < CAST({literal(end)} AS {event_type})'
    return f"""
        WITH typed AS (
            SELECT {typed}{as_sent}, {RECORD}, source_row, row_count, row_text IS NOT NULL AS row_structure,
                {"coalesce(lacks_leading_zero(chi_number), FALSE)" if has_chi else "FALSE"} AS chi_repaired
            FROM {raw_records(raw)}
        ),
        parsed AS (
            SELECT * {without_sent}{unreadable}, {record_key(feed)} AS record_key,
                CASE WHEN {is_line(feed, raw)} THEN '{FIRST_LINE}' ELSE {own_part(feed)} END AS part
            FROM typed
        ),
        {applied("parsed", corrections)},
        final AS (
            SELECT *, CAST({literal(end)} AS {event_type}) AS period_end_exclusive,
                {is_of_month} AS is_of_month
            FROM corrected
        )
        SELECT * FROM final
    """


def raw_records(raw: Path) -> str:
    """The raw records of a submission as a table, with their places in it."""
    return f"read_parquet({literal(str(raw))}, file_row_number = true)"


def record_key(feed: Feed) -> str:
    """The SQL of a record's key as one text. Blank columns are part of it; where a required one is blank there is no key.

    A month is its first day, however the day in it was written.
    """
    required = {c.name for c in columns(feed.model) if c.required}
    return _joined([_as_key(c) if c.name in required else f"coalesce({_as_key(c)}, '')" for c in _named(feed, feed.key)])


def own_part(feed: Feed) -> str:
    """The SQL of what a row itself says of which part of its record it is."""
    return _joined([f"coalesce({_as_part(c)}, '')" for c in _named(feed, feed.parts)]) if feed.parts else "''"


def is_line(feed: Feed, raw: Path) -> str:
    """The SQL of whether a row's place among the rows of its record is all that tells it from them."""
    if feed.has_lines:
        return "TRUE"
    if feed.lines_without:
        return f'"{feed.lines_without}" IS NULL'
    if feed.parts and has_rows_as_parts(raw):
        return " AND ".join(f'"{name}" IS NULL' for name in feed.parts)
    return "FALSE"


def has_rows_as_parts(raw: Path) -> bool:
    """Whether the layout the file was read in says that rows of one key are parts of one record."""
    return ROWS_ARE_PARTS.encode() in (pq.read_metadata(raw).metadata or {})


def _named(feed: Feed, names: Sequence[str]) -> list[Column]:
    by_name = {c.name: c for c in columns(feed.model)}
    return [by_name[name] for name in names]


def _as_key(c: Column) -> str:
    return f'CAST(month_of("{c.name}") AS VARCHAR)' if c.arrow_type == pa.date32() else _escaped(c.name)


def _as_part(c: Column) -> str:
    return _escaped(c.name) if c.arrow_type == pa.string() else f'CAST("{c.name}" AS VARCHAR)'


def _escaped(name: str) -> str:
    """A text in which the sign that parts columns cannot be taken for one that does."""
    return rf"""replace(replace("{name}", '\', '\\'), '|', '\|')"""


def _joined(texts: Sequence[str]) -> str:
    return " || '|' || ".join(texts)


def parsed(c: Column) -> str:
    """The SQL that reads a column's text as its type, under its name."""
    value = _value(c, c.name)
    return value if value == f'"{c.name}"' else f'{value} AS "{c.name}"'


def as_read(c: Column, name: str) -> str:
    """The SQL of what a column's text under `name` says: two spellings of one value are one text, what is none stays as sent."""
    value = _value(c, name)
    return f'"{name}"' if value == f'"{name}"' else f'coalesce(CAST({value} AS VARCHAR), "{name}")'


def _value(c: Column, name: str) -> str:
    """The SQL that reads the text under `name` as the column's type."""
    if pa.types.is_decimal(c.arrow_type):
        return f'{"read_money" if c.arrow_type.scale == 2 else "read_quantity"}("{name}")'
    if c.arrow_type != pa.string():
        return f'{READERS[c.arrow_type]}("{name}")'
    if c.name.endswith("chi_number"):
        return f'repaired_chi("{name}")'
    if c.name.endswith("postcode"):
        return f'normal_postcode("{name}")'
    return f'"{name}"'


def last_day(period: str) -> datetime.date:
    """The last day of a month written as YYYY-MM."""
    year, month = int(period[:4]), int(period[5:])
    return datetime.date(year, month, calendar.monthrange(year, month)[1])
