"""Applying a dialect: from batches under the agency's own headers to batches of the canonical feed.

Belongs here: the SELECT that a declaration means. Does not belong here: what a declaration may say (`schemas/dialect.py`),
reading files (`read.py`), validating what comes out (`pipelines/ingest/validating/`).
Conserves: every row of the file makes at least one record; a value that a declaration cannot turn stays as it was sent, so
that the rules find it. Money and quantities that are split are so exactly.
"""

import datetime
from collections.abc import Iterable, Iterator

import pyarrow as pa

from pipelines.engine.database import MACROS, open_apart
from pipelines.engine.sql import literal
from pipelines.ingest.reading.opened import ROW, ROW_COUNT, ROW_TEXT
from schemas.dialect import Dialect, Part, Source
from schemas.feeds import FEEDS
from schemas.table import Column, columns

MONTHS_IN_QUARTER = 3
SET = "('1', 'y', 'yes', 'true', 'x')"
"""What a flag that is set looks like, in lower case."""


def translated(batches: Iterable[pa.Table], dialect: Dialect, period_end: datetime.date) -> Iterator[pa.Table]:
    """Batches of the feed's columns as text, with `source_row`, `row_text` and `row_count`.

    batches: the columns `dialect.headers` as text (absent ones NULL), `source_row` and `row_text`.
    row_count is 1 for the first record of a row and 0 for its others, so that it sums to the rows of the file.
    """
    select = select_of(dialect, period_end)
    with open_apart(macros=MACROS) as connection:
        for batch in batches:
            connection.register("sent", batch)
            yield connection.sql(select).to_arrow_table()


def select_of(dialect: Dialect, period_end: datetime.date) -> str:
    """The SELECT from table `sent` that a dialect means."""
    ours = columns(FEEDS[dialect.feed].model)
    return f"""
        WITH widened AS ({_widened(dialect)}),
        monthly AS ({_monthly(dialect)}),
        named AS (SELECT {", ".join(f'{_value(c, dialect)} AS "{c.name}"' for c in ours)}, part, quarter_month, quarter_day,
            {ROW}, {ROW_TEXT} FROM monthly),
        final AS (
            SELECT {", ".join(f'{_finished(c, dialect, period_end)} AS "{c.name}"' for c in ours)}, {ROW}, {ROW_TEXT},
                CAST(row_number() OVER (PARTITION BY {ROW} ORDER BY part, quarter_month) = 1 AS BIGINT) AS {ROW_COUNT},
                part, quarter_month
            FROM named
        )
        SELECT * EXCLUDE (part, quarter_month) FROM final ORDER BY {ROW}, part, quarter_month
    """


def _widened(dialect: Dialect) -> str:
    """One row for each part that is filled in; a row with none keeps its first, so that it is validated and not lost."""
    if not dialect.parts:
        return "SELECT sent.*, 0 AS part FROM sent"
    filled = [" OR ".join(f"{_cell(h)} IS NOT NULL" for h in _headers(part)) for part in dialect.parts]
    chosen = " OR ".join(f"(part = {number} AND ({condition}))" for number, condition in enumerate(filled))
    nothing = " AND ".join(f"NOT ({condition})" for condition in filled)
    return f"""
        SELECT sent.*, part FROM sent CROSS JOIN range({len(dialect.parts)}) AS parts(part)
        WHERE {chosen} OR (part = 0 AND {nothing})
    """


def _headers(part: Part) -> list[str]:
    return [header for source in part.sources.values() for header in source.headers]


def _monthly(dialect: Dialect) -> str:
    """A row of a quarter once for each of its months; one whose quarter cannot be read stays one row."""
    if not dialect.quarter:
        return "SELECT *, 0 AS quarter_month, CAST(NULL AS DATE) AS quarter_day FROM widened"
    first = f"quarter_start({_cell(dialect.quarter.header)})"
    return f"""
        SELECT widened.*, CAST(number AS INTEGER) AS quarter_month,
            CAST({first} + to_months(CAST(number AS INTEGER)) AS DATE) AS quarter_day
        FROM widened CROSS JOIN range({MONTHS_IN_QUARTER}) AS months(number)
        WHERE number = 0 OR {first} IS NOT NULL
    """


def _cell(header: str) -> str:
    """The text under one of their headers; blank is NULL."""
    return f"nullif(trim({_quoted(header.lower())}), '')"


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def _value(c: Column, dialect: Dialect) -> str:
    """The text of one of our columns, before dates and codes are turned."""
    if dialect.quarter and c.name == dialect.quarter.month:
        return f"coalesce(CAST(quarter_day AS VARCHAR), {_cell(dialect.quarter.header)})"
    by_part = [
        (number, literal(part.constants[c.name]) if c.name in part.constants else _source(part.sources[c.name]))
        for number, part in enumerate(dialect.parts)
        if c.name in part.constants or c.name in part.sources
    ]
    if by_part:
        turned = " ".join(f"WHEN {number} THEN {value}" for number, value in by_part)
        return f"CASE WHEN {ROW_TEXT} IS NULL THEN CASE part {turned} END END"
    if c.name not in dialect.sources:
        return "CAST(NULL AS VARCHAR)"
    source = dialect.sources[c.name]
    if source.way == "first" and c.name.endswith("postcode"):
        # A dummy postcode is no home: the next source is asked, and only where none has another it stands.
        homes = [f"CASE WHEN NOT is_dummy_postcode(normal_postcode({_cell(h)})) THEN {_cell(h)} END" for h in source.headers]
        return f"coalesce({', '.join([*homes, *map(_cell, source.headers)])})"
    return _source(source)


def _source(source: Source) -> str:
    cells = [_cell(header) for header in source.headers]
    if source.way == "join":
        return f"nullif(concat_ws(' ', {', '.join(cells)}), '')"
    if source.way == "flags":
        is_set = [f"coalesce(lower({cell}) IN {SET}, FALSE)" for cell in cells]
        count = " + ".join(f"CAST({s} AS INTEGER)" for s in is_set)
        codes = " ".join(f"WHEN {s} THEN {literal(source.codes[h])}" for s, h in zip(is_set, source.headers, strict=True))
        return f"CASE WHEN {count} > 1 THEN {literal(source.several)} {codes} END"
    if source.way == "quarter_start":
        return f"coalesce(CAST(quarter_start({cells[0]}) AS VARCHAR), {cells[0]})"
    if source.way == "quarter_end":
        return f"coalesce(CAST(quarter_end({cells[0]}) AS VARCHAR), {cells[0]})"
    return f"coalesce({', '.join(cells)})"


def _finished(c: Column, dialect: Dialect, period_end: datetime.date) -> str:
    """One of our columns with its dates and codes turned and its quarter's share taken."""
    text = f'"{c.name}"'
    if dialect.quarter and c.name in dialect.quarter.shared:
        macro = "third_of_money" if c.arrow_type.scale == 2 else "third_of_quantity"
        text = f"CASE WHEN quarter_day IS NULL THEN {text} ELSE coalesce({macro}({text}, quarter_month), {text}) END"
    if dialect.date_formats and (pa.types.is_date(c.arrow_type) or pa.types.is_timestamp(c.arrow_type)):
        text = _day(text, c, dialect, period_end)
    if c.name in dialect.values:
        codes = " ".join(f"WHEN {literal(k)} THEN {literal(v)}" for k, v in dialect.values[c.name].items())
        text = f"CASE lower({text}) {codes} ELSE {text} END"
    return text


def _day(text: str, c: Column, dialect: Dialect, period_end: datetime.date) -> str:
    formats = "[" + ", ".join(literal(f) for f in dialect.date_formats) + "]"
    read = f"try_strptime({text}, {formats})"
    if c.name == "date_of_birth":
        # Nobody is born after the period: a year of two digits that says so is of the century before.
        read = f"CASE WHEN {read} > DATE '{period_end}' THEN {read} - INTERVAL 100 YEAR ELSE {read} END"
    kind = "DATE" if pa.types.is_date(c.arrow_type) else "TIMESTAMP"
    return f"coalesce(CAST(CAST({read} AS {kind}) AS VARCHAR), {text})"
