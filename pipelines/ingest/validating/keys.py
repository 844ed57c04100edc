"""Which rows of a file share their key with others, and what they are to one another.

Belongs here: finding them, duplicates, the parts of one record. Does not belong here: what becomes of a duplicate (the rules
`duplicate_row` and `duplicate_key`), records that come again in a later file (`sql/core/record.sql`).
"""

import duckdb
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from pipelines.ingest.validating.group import FILE, RECORD, Group
from pipelines.ingest.validating.parse import as_read, is_line, own_part, parse_select, parsed, record_key
from schemas.feeds import FEEDS, Feed
from schemas.table import columns

FLAGS = ("duplicate_row", "duplicate_key", "equal_rows")
HASH = f"hash({FILE}, record_key)"
_SENT = "__sent"
FURTHER = pa.schema([(RECORD, pa.int64()), *((flag, pa.bool_()) for flag in FLAGS), ("part", pa.string())])


def further_records(connection: duckdb.DuckDBPyConnection, group: Group) -> pa.Table:
    """The rows that are not the only one, or the first by content, of their record in their file: number, flags and part.

    duplicate_row: equal to another in every column as read. equal_rows: the same in a feed where that can be true.
    duplicate_key: another row has its key and part and says otherwise. The others are parts of one record, told apart by
    `part`. The order of rows does not matter; one that a correction dropped makes no other a duplicate.
    """
    feed = FEEDS[group.feed]
    own_key = _own_key(group)
    shared = _shared_hashes(connection, own_key)
    if not len(shared):
        return FURTHER.empty_table()
    connection.register("candidate", pa.table({"key_hash": shared}))
    may_repeat = "TRUE" if feed.may_repeat else "FALSE"
    return connection.sql(f"""
        WITH own_key AS ({own_key}),
        -- Hashes find few enough candidates; the keys themselves decide.
        twin AS (
            SELECT {FILE}, {RECORD}, record_key, part, is_line
            FROM own_key SEMI JOIN candidate ON {HASH} = candidate.key_hash
            {_without_dropped(group)}
        ),
        said AS (
            SELECT twin.*, {_content(feed, "")} AS content FROM twin JOIN {group.raw_records} AS sent USING ({RECORD})
        ),
        ordered AS (
            SELECT {RECORD}, part, is_line,
                row_number() OVER (PARTITION BY {FILE}, record_key ORDER BY content, {RECORD}) AS number,
                row_number() OVER (PARTITION BY {FILE}, record_key, content ORDER BY {RECORD}) > 1 AS is_equal,
                dense_rank() OVER (PARTITION BY {FILE}, record_key ORDER BY content) AS line,
                dense_rank() OVER (PARTITION BY {FILE}, record_key, part ORDER BY content) > 1 AS says_otherwise
            FROM said
        ),
        final AS (
            SELECT {RECORD}, is_equal AND NOT {may_repeat} AS duplicate_row,
                says_otherwise AND NOT is_line AND NOT is_equal AS duplicate_key, is_equal AND {may_repeat} AS equal_rows,
                CASE WHEN NOT is_line THEN part WHEN {may_repeat} THEN CAST(number AS VARCHAR) ELSE CAST(line AS VARCHAR) END AS part
            FROM ordered
            WHERE number > 1
        )
        SELECT * FROM final ORDER BY {RECORD}
    """).to_arrow_table()


def told_apart(table: pa.Table, further: pa.Table) -> pa.Table:
    """A batch with the flags of its further rows, and with their parts."""
    found = pc.index_in(table[RECORD], value_set=further[RECORD].combine_chunks())
    for flag in FLAGS:
        table = table.append_column(flag, pc.fill_null(pc.take(further[flag].combine_chunks(), found), False))
    part = pc.coalesce(pc.take(further["part"].combine_chunks(), found), table["part"])
    return table.set_column(table.column_names.index("part"), "part", part)


def _own_key(group: Group) -> str:
    """The SELECT of every row's key and part. A row without a key can only be equal to another: all it says is its key."""
    feed = FEEDS[group.feed]
    declared = columns(feed.model)
    named = [c for c in declared if c.name in (*feed.key, *feed.parts)]
    sent = ", ".join(f'"{c.name}" AS "{c.name}{_SENT}"' for c in declared)
    key = record_key(feed)
    return f"""
        SELECT {FILE}, {RECORD}, CASE WHEN {key} IS NULL THEN {_content(feed, _SENT)} ELSE {key} END AS record_key,
            {own_part(feed)} AS part, {is_line(group)} AS is_line
        FROM (SELECT {FILE}, {RECORD}, row_text, {sent}, {", ".join(parsed(c) for c in named)} FROM {group.raw_records})
    """


def _content(feed: Feed, suffix: str) -> str:
    """The SQL of all that a raw row says, as one text, from the columns' names with a suffix."""
    said = ", ".join(f"coalesce({as_read(c, c.name + suffix)}, '')" for c in columns(feed.model))
    return f"concat_ws(chr(31), {said}, coalesce(row_text, ''))"


def _shared_hashes(connection: duckdb.DuckDBPyConnection, own_key: str) -> pa.Array:
    """The hashes that more than one key has. Sorted in place: 8 bytes a record, where a GROUP BY takes ten times that."""
    hashes = connection.sql(f"SELECT {HASH} AS key_hash FROM ({own_key})").to_arrow_table()["key_hash"].to_numpy()
    ordered = np.sort(hashes)
    return pa.array(np.unique(ordered[1:][ordered[1:] == ordered[:-1]]))


def _without_dropped(group: Group) -> str:
    """The records that no correction dropped. The typed records are read again only where one drops some."""
    if not any(c.action == "drop" for c in group.corrections):
        return ""
    return f"ANTI JOIN (SELECT {RECORD} FROM ({parse_select(group)}) WHERE is_dropped) AS dropped USING ({RECORD})"
