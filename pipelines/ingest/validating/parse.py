"""From a submission's raw text to typed columns: the one scan that validating is made from.

Belongs here: the SELECT that reads each column as its declared type, a record's key and part. Does not belong here: how a
text is read (`sql/macro/read_text.sql`), what is wrong with it (`validate.py`).
"""

import datetime
from collections.abc import Callable, Sequence

import pyarrow as pa

from pipelines.ingest.validating.corrected import applied
from pipelines.ingest.validating.group import FILE, RECORD, Group
from pipelines.ingest.validating.totals import may_be_total
from schemas.feeds import FEEDS, Feed
from schemas.month import after, first_day
from schemas.plausible import DAYS, Bounds, largest
from schemas.table import Column, columns, duckdb_type

USUAL_PAYMENT_DAYS = 92
"""A payment for more days than a quarter has may be one whose days and months were swapped."""
FIRST_LINE = "1"
READERS = {pa.date32(): "read_day", pa.timestamp("us"): "read_moment", pa.int64(): "read_count"}


def parse_select(group: Group) -> str:
    """The SELECT that types and corrects the raw text of a group: one row a record, with flags beside the typed columns.

    `…__unreadable`: the text is not what the column declares; `…__lost`: an identifier in scientific notation;
    `…__out_of_bounds`: a number beyond its plausible bounds, which is then no known figure; `may_be_total`: no other row can be
    a total row. A scan and nothing else, so that records stay in the files' order and none waits for another.
    """
    feed = FEEDS[group.feed]
    declared = columns(feed.model)
    flags = [*_unreadable(declared), *_lost(declared), *_moved(feed, declared), _letters_broken(declared)]
    sent = ", ".join(f'"{c.name}__sent"' for c in declared)
    event_type = next((duckdb_type(c.arrow_type) for c in declared if c.name == feed.event), "DATE")
    is_of_month = "CAST(NULL AS BOOLEAN)"
    if feed.monthly:
        is_of_month = (
            f'"{feed.event}" >= CAST(period_start AS {event_type}) AND "{feed.event}" < CAST(period_end AS {event_type})'
        )
    return f"""
        WITH typed AS (
            SELECT {", ".join(parsed(c) for c in declared)}, {", ".join(f'"{c.name}" AS "{c.name}__sent"' for c in declared)},
                {FILE}, {RECORD}, source_row, row_count, row_text IS NOT NULL AS row_structure,
                row_text IS NULL AND {may_be_total(group.feed)} AS may_be_total,
                {_day_of_file(group, first_day)} AS period_start, {_day_of_file(group, lambda period: first_day(after(period)))} AS period_end
            FROM {group.raw_records}
        ),
        parsed AS (
            SELECT * EXCLUDE ({sent}), {", ".join(flags)}, {record_key(feed)} AS record_key,
                {own_part(feed)} AS part, {is_line(group)} AS is_line
            FROM typed
        ),
        {applied("parsed", group.corrections)},
        bounded AS ({_bounded("corrected", declared, group.bounds)}),
        final AS (
            SELECT * EXCLUDE (period_start, period_end), CAST(period_end AS {event_type}) AS period_end_exclusive,
                {is_of_month} AS is_of_month
            FROM bounded
        )
        SELECT * FROM final
    """


def _day_of_file(group: Group, day_of: Callable[[str], datetime.date]) -> str:
    """The SQL of a day that follows from the month of a record's file."""
    days = [f"CAST('{day_of(period).isoformat()}' AS DATE)" for period in group.periods]
    return days[0] if len(set(days)) == 1 else f"[{', '.join(days)}][{FILE} + 1]"


def _unreadable(declared: Sequence[Column]) -> list[str]:
    """For each column but texts: whether its text is not what it declares, and of numbers whether it is one all the same."""
    typed = [c for c in declared if c.arrow_type != pa.string()]
    numbers = [c for c in declared if pa.types.is_decimal(c.arrow_type)]
    return [
        *(f'("{c.name}" IS NULL AND "{c.name}__sent" IS NOT NULL) AS "{c.name}__unreadable"' for c in typed),
        *(
            f'CASE WHEN "{c.name}" IS NULL THEN plain_amount("{c.name}__sent") IS NOT NULL ELSE FALSE END AS "{c.name}__is_number"'
            for c in numbers
        ),
    ]


def _lost(declared: Sequence[Column]) -> list[str]:
    """What spreadsheets did to identifiers: which of them are lost, whether any was repaired, a CHI without its zero.

    CASE, not AND: most often a comparison tells, and the rest is not worked out.
    """
    ids = [c.name for c in declared if c.identifier]
    lost = [
        f'CASE WHEN "{n}" IS NULL THEN coalesce(is_lost_identifier(repaired_identifier("{n}__sent")), FALSE) ELSE FALSE END '
        f'AS "{n}__lost"'
        for n in ids
    ]
    repaired = [
        f'CASE WHEN "{n}" <> "{n}__sent" THEN repaired_identifier("{n}__sent") <> "{n}__sent" ELSE FALSE END' for n in ids
    ]
    short = "FALSE"
    if "chi_number" in ids:
        short = 'CASE WHEN chi_number <> "chi_number__sent" THEN lacks_leading_zero(repaired_identifier("chi_number__sent")) ELSE FALSE END'
    return [*lost, f"({' OR '.join(repaired) or 'FALSE'}) AS identifier_repaired", f"{short} AS chi_repaired"]


def _letters_broken(declared: Sequence[Column]) -> str:
    """Whether any text of the record has lost letters, or letters of another encoding."""
    texts = [f'has_broken_letters("{c.name}__sent")' for c in declared if c.arrow_type == pa.string()]
    return f"({' OR '.join(texts)}) AS letters_broken"


def _moved(feed: Feed, declared: Sequence[Column]) -> list[str]:
    """Whether a number was rounded, and by how many of the record's pounds."""
    moved = {c.name: f'moved_by_rounding("{c.name}", "{c.name}__sent")' for c in declared if pa.types.is_decimal(c.arrow_type)}
    rounded = " OR ".join(f"{moved[name]} <> 0" for name in moved) or "FALSE"
    return [
        f"({rounded}) AS amount_rounded",
        f"{moved[feed.amount] if feed.amount else 'CAST(0 AS DECIMAL(18, 6))'} AS amount_moved",
    ]


def _swapped() -> str:
    """Whether a payment for more days than is usual would be for days of the file's month with day and month swapped."""
    ends = ("period_from", "period_to")
    both = [f"swapped_day({end})" for end in ends]
    pairs = [(both[0], ends[1]), (ends[0], both[1]), (both[0], both[1])]
    of_month = " OR ".join(
        f"({first} <= {last} AND month_of({first}) = period_start AND month_of({last}) = period_start)" for first, last in pairs
    )
    return f"coalesce(period_to - period_from + 1 > {USUAL_PAYMENT_DAYS} AND ({of_month}), FALSE)"


def _bounded(source: str, declared: Sequence[Column], bounds: Bounds) -> str:
    """The SELECT that sets aside figures beyond their bounds; they may be anything, a CHI number too, and enter no sum."""
    replaced, flags = [], []
    for c in declared:
        if pa.types.is_decimal(c.arrow_type):
            low, high = bounds[c.name]
            is_beyond = f'coalesce("{c.name}" NOT BETWEEN {low} AND {high}, FALSE)'
            replaced += [
                f'CASE WHEN NOT {is_beyond} THEN "{c.name}" END AS "{c.name}"',
                f'("{c.name}__unreadable" AND NOT "{c.name}__is_number") AS "{c.name}__unreadable"',
            ]
            flags.append(f'({is_beyond} OR ("{c.name}__unreadable" AND "{c.name}__is_number")) AS "{c.name}__out_of_bounds"')
    if DAYS in bounds:
        flags.append(f'coalesce(period_to - period_from + 1 > {bounds[DAYS][1]}, FALSE) AS "{DAYS}__out_of_bounds"')
        flags.append(f"{_swapped()} AS days_and_months_swapped")
    if not flags:
        return f"SELECT * FROM {source}"
    return f"SELECT * REPLACE ({', '.join(replaced)}), {', '.join(flags)} FROM {source}"


def record_key(feed: Feed) -> str:
    """The SQL of a record's key as one text. Blank columns are part of it; where a required one is blank there is no key.

    A month is its first day, however the day in it was written.
    """
    required = {c.name for c in columns(feed.model) if c.required}
    return _joined([_as_key(c) if c.name in required else f"coalesce({_as_key(c)}, '')" for c in _named(feed, feed.key)])


def own_part(feed: Feed) -> str:
    """The SQL of what a row itself says of which part of its record it is."""
    return _joined([f"coalesce({_as_part(c)}, '')" for c in _named(feed, feed.parts)]) if feed.parts else "''"


def is_line(group: Group) -> str:
    """The SQL of whether a row's place among the rows of its record is all that tells it from them."""
    feed = FEEDS[group.feed]
    if feed.has_lines:
        return "TRUE"
    if feed.parts and group.rows_are_parts:
        return " AND ".join(f'"{name}" IS NULL' for name in feed.parts)
    return "FALSE"


def _named(feed: Feed, names: Sequence[str]) -> Sequence[Column]:
    by_name = {c.name: c for c in columns(feed.model)}
    return [by_name[name] for name in names]


def _as_key(c: Column) -> str:
    return f'CAST(month_of("{c.name}") AS VARCHAR)' if c.arrow_type == pa.date32() else _escaped(c.name)


def _as_part(c: Column) -> str:
    return _escaped(c.name) if c.arrow_type == pa.string() else f'CAST("{c.name}" AS VARCHAR)'


def _escaped(name: str) -> str:
    """A text in which the sign that parts columns cannot be taken for one that does."""
    is_plain = rf"""NOT contains("{name}", '|') AND NOT contains("{name}", '\')"""
    return rf"""CASE WHEN {is_plain} THEN "{name}" ELSE replace(replace("{name}", '\', '\\'), '|', '\|') END"""


def _joined(texts: Sequence[str]) -> str:
    return " || '|' || ".join(texts)


def parsed(c: Column) -> str:
    """The SQL that reads a column's text as its type, under its name."""
    value = _value(c)
    return value if value == f'"{c.name}"' else f'{value} AS "{c.name}"'


def as_read(c: Column) -> str:
    """The SQL of what a column's text says: two spellings of one value are one text, what is none stays as sent."""
    value = _value(c)
    return value if value == f'"{c.name}"' else f'coalesce(CAST({value} AS VARCHAR), "{c.name}")'


def _value(c: Column) -> str:
    """The SQL that reads a column's text as its type."""
    name = c.name
    if pa.types.is_decimal(c.arrow_type):
        return f'within_bound({"read_money" if c.arrow_type.scale == 2 else "read_quantity"}("{name}"), {largest(c)})'
    if c.arrow_type != pa.string():
        return f'{READERS[c.arrow_type]}("{name}")'
    if c.name.endswith("chi_number"):
        return f'read_chi("{name}")'
    if c.identifier:
        return f'read_identifier("{name}")'
    if c.name.endswith("postcode"):
        return f'normal_postcode("{name}")'
    return f'"{name}"'
