"""Which rows of a file share their key with others, and what they are to one another.

Belongs here: finding them, duplicates, the parts of one record. Does not belong here: what becomes of a duplicate (the rules
`duplicate_row` and `duplicate_key`), records that come again in a later file (`sql/core/record.sql`).
"""

import duckdb
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from pipelines.ingest.validating.group import FILE, RECORD, TYPED, Group
from pipelines.ingest.validating.parse import as_read
from schemas.feeds import FEEDS, Feed
from schemas.table import columns

FLAGS = ("duplicate_row", "duplicate_key", "equal_rows")
FURTHER = pa.schema([(RECORD, pa.int64()), *((flag, pa.bool_()) for flag in FLAGS), ("part", pa.string())])


def further_records(connection: duckdb.DuckDBPyConnection, group: Group) -> pa.Table:
    """The rows that are not the only one, or the first by content, of their record in their file: number, flags and part.

    connection: one that holds the group's typed records. duplicate_row: equal to another in every column as read. equal_rows: the same
    in a feed where that can be true. duplicate_key: another row has its key and part and says otherwise. The others are parts of
    one record, told apart by `part`. The order of rows does not matter; one that a correction dropped makes no other a duplicate.
    A row without a key can only be equal to another: all it says is its key.
    """
    feed = FEEDS[group.feed]
    candidates = _candidates(connection)
    if not len(candidates):
        return FURTHER.empty_table()
    connection.register("candidate", pa.table({RECORD: candidates}))
    may_repeat = "TRUE" if feed.may_repeat else "FALSE"
    further = connection.sql(f"""
        WITH sent AS (SELECT * FROM {group.raw_records} SEMI JOIN candidate USING ({RECORD})),
        said AS (SELECT {RECORD}, {_content(feed)} AS content FROM sent),
        twin AS (
            SELECT {FILE}, {RECORD}, coalesce(record_key, content) AS record_key, part, is_line, content
            FROM said JOIN {TYPED} USING ({RECORD})
            WHERE NOT is_dropped
        ),
        ordered AS (
            SELECT {RECORD}, part, is_line,
                row_number() OVER (PARTITION BY {FILE}, record_key ORDER BY content, {RECORD}) AS number,
                row_number() OVER (PARTITION BY {FILE}, record_key, content ORDER BY {RECORD}) > 1 AS is_equal,
                dense_rank() OVER (PARTITION BY {FILE}, record_key ORDER BY content) AS line,
                dense_rank() OVER (PARTITION BY {FILE}, record_key, part ORDER BY content) > 1 AS says_otherwise
            FROM twin
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
    connection.unregister("candidate")
    return further


def told_apart(table: pa.Table, further: pa.Table) -> pa.Table:
    """A batch with the flags of its further rows, and with their parts."""
    found = pc.index_in(table[RECORD], value_set=further[RECORD].combine_chunks())
    for flag in FLAGS:
        table = table.append_column(flag, pc.fill_null(pc.take(further[flag].combine_chunks(), found), False))
    part = pc.coalesce(pc.take(further["part"].combine_chunks(), found), table["part"])
    return table.set_column(table.column_names.index("part"), "part", part)


def _content(feed: Feed) -> str:
    """The SQL of all that a raw row says, as one text."""
    said = ", ".join(f"coalesce({as_read(c)}, '')" for c in columns(feed.model))
    return f"concat_ws(chr(31), {said}, coalesce(row_text, ''))"


def _candidates(connection: duckdb.DuckDBPyConnection) -> pa.Array:
    """The numbers of the records whose key, by its hash, another of their file may have; the keys themselves decide.

    Sorted in place: 8 bytes a record, where a GROUP BY takes ten times that.
    """
    hashed = connection.sql(f"SELECT {RECORD}, hash({FILE}, record_key) AS key_hash FROM {TYPED}").to_arrow_table()
    ordered = np.sort(hashed["key_hash"].to_numpy())
    shared = pa.array(np.unique(ordered[1:][ordered[1:] == ordered[:-1]]))
    return hashed[RECORD].filter(pc.is_in(hashed["key_hash"], value_set=shared)).combine_chunks()
