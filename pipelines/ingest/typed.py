"""From a submission's raw text to typed columns: the one scan that judging is made from.

Belongs here: the SELECT that reads each column as its declared type, a record's key. Does not belong here: how a text is
read (`sql/macro/read_text.sql`), what is wrong with it (`judge.py`).
"""

import calendar
import datetime
from collections.abc import Sequence
from pathlib import Path

import pyarrow as pa

from pipelines.engine.database import literal
from pipelines.ingest.corrections import Correction, applied
from pipelines.ingest.landing import Landed
from schemas.feeds import FEEDS, Feed
from schemas.table import Column, columns, duckdb_type

RECORD = "file_row_number"
"""The place of a record in its raw file, as DuckDB gives it."""
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
        parsed AS (SELECT * {without_sent}{unreadable} FROM typed),
        {applied("parsed", corrections)},
        final AS (
            SELECT *, {record_key(feed)} AS record_key, CAST({literal(end)} AS {event_type}) AS period_end_exclusive,
                {is_of_month} AS is_of_month
            FROM corrected
        )
        SELECT * FROM final
    """


def raw_records(raw: Path) -> str:
    """The raw records of a submission as a table, with their places in it."""
    return f"read_parquet({literal(str(raw))}, file_row_number = true)"


def record_key(feed: Feed) -> str:
    """The SQL of a record's key as one text. A blank CHI is part of a key; any other blank part leaves it NULL."""
    required = {c.name for c in columns(feed.model) if c.required}
    parts = [f'CAST("{k}" AS VARCHAR)' if k in required else f"coalesce(\"{k}\", '')" for k in feed.key]
    return " || '|' || ".join(parts)


def _reader(c: Column) -> str:
    if pa.types.is_decimal(c.arrow_type):
        return f'{"read_money" if c.arrow_type.scale == 2 else "read_quantity"}("{c.name}")'
    return f'{READERS[c.arrow_type]}("{c.name}")'


def parsed(c: Column) -> str:
    """The SQL that reads a column's text as its type, under its name."""
    if c.arrow_type != pa.string():
        return f'{_reader(c)} AS "{c.name}"'
    if c.name.endswith("chi_number"):
        return f'repaired_chi("{c.name}") AS "{c.name}"'
    if c.name.endswith("postcode"):
        return f'normal_postcode("{c.name}") AS "{c.name}"'
    return f'"{c.name}"'


def last_day(period: str) -> datetime.date:
    """The last day of a month written as YYYY-MM."""
    year, month = int(period[:4]), int(period[5:])
    return datetime.date(year, month, calendar.monthrange(year, month)[1])
