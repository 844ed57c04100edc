"""Which records of a file share their key with others.

Belongs here: finding them, telling apart those that are not the same record. Does not belong here: what becomes of a
duplicate (the rule `duplicate_key`), records that come again in a later file (`sql/core/record.sql`).
"""

from collections.abc import Sequence
from pathlib import Path

import duckdb
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from pipelines.ingest.corrections import Correction
from pipelines.ingest.landing import Landed
from pipelines.ingest.typed import RECORD, parse_select, parsed, raw_records, record_key
from schemas.feeds import FEEDS, Feed
from schemas.table import columns

FURTHER = pa.schema([(RECORD, pa.int64()), ("is_duplicate", pa.bool_()), ("place", pa.int64())])


def further_records(
    connection: duckdb.DuckDBPyConnection, landed: Landed, raw: Path, corrections: Sequence[Correction] = ()
) -> pa.Table:
    """The records whose key another record of the file has already: their number, `is_duplicate` and `place`.

    Of records with one key the first by content counts, so that the order of rows does not matter; one that a correction
    dropped does not count. Without a CHI a key does not say whose record it is: then only the same content is a duplicate,
    and `place` tells the others apart.
    """
    own_key = _own_key(FEEDS[landed.feed], raw)
    shared = _shared_hashes(connection, own_key)
    if not len(shared):
        return FURTHER.empty_table()
    connection.register("candidate", pa.table({"key_hash": shared}))
    content = ", ".join(f'sent."{c.name}"' for c in columns(FEEDS[landed.feed].model))
    return connection.sql(f"""
        WITH own_key AS ({own_key}),
        -- Hashes find few enough candidates; the keys themselves decide.
        twin AS (
            SELECT {RECORD}, record_key, is_nameless FROM own_key SEMI JOIN candidate ON hash(record_key) = candidate.key_hash
            {_without_dropped(landed, raw, corrections)}
        ),
        ordered AS (
            SELECT {RECORD}, is_nameless,
                row_number() OVER (PARTITION BY twin.record_key ORDER BY {content}, {RECORD}) AS number,
                row_number() OVER (PARTITION BY twin.record_key, {content} ORDER BY {RECORD}) AS number_of_same,
                dense_rank() OVER (PARTITION BY twin.record_key ORDER BY {content}) AS place
            FROM twin
            JOIN {raw_records(raw)} AS sent USING ({RECORD})
        ),
        final AS (
            SELECT {RECORD}, NOT is_nameless OR number_of_same > 1 AS is_duplicate, place FROM ordered WHERE number > 1
        )
        SELECT * FROM final ORDER BY {RECORD}
    """).to_arrow_table()


def told_apart(table: pa.Table, further: pa.Table) -> pa.Table:
    """A batch with `duplicate_key`; records that share a key without being one have their place among these in it."""
    found = pc.index_in(table[RECORD], value_set=further[RECORD].combine_chunks())
    is_duplicate = pc.fill_null(pc.take(further["is_duplicate"].combine_chunks(), found), False)
    table = table.append_column("duplicate_key", is_duplicate)
    if not further.num_rows:
        return table
    place = pc.take(pc.if_else(further["is_duplicate"], None, further["place"]), found).cast(pa.string())
    longer = pc.binary_join_element_wise(table["record_key"], place, "#")
    at = table.column_names.index("record_key")
    return table.set_column(at, "record_key", pc.coalesce(longer, table["record_key"]))


def _own_key(feed: Feed, raw: Path) -> str:
    """The SELECT of every record's key, and whether a part of it that may be blank is so."""
    parts = [c for c in columns(feed.model) if c.name in feed.key]
    is_nameless = " OR ".join(f'"{c.name}" IS NULL' for c in parts if not c.required) or "FALSE"
    return f"""
        SELECT {RECORD}, {record_key(feed)} AS record_key, {is_nameless} AS is_nameless
        FROM (SELECT {RECORD}, {", ".join(parsed(c) for c in parts)} FROM {raw_records(raw)})
        WHERE record_key IS NOT NULL
    """


def _shared_hashes(connection: duckdb.DuckDBPyConnection, own_key: str) -> pa.Array:
    """The hashes that more than one key has. Sorted in place: 8 bytes a record, where a GROUP BY takes ten times that."""
    hashes = connection.sql(f"SELECT hash(record_key) AS key_hash FROM ({own_key})").to_arrow_table()["key_hash"].to_numpy()
    ordered = np.sort(hashes)
    return pa.array(np.unique(ordered[1:][ordered[1:] == ordered[:-1]]))


def _without_dropped(landed: Landed, raw: Path, corrections: Sequence[Correction]) -> str:
    """The records that no correction dropped. The typed records are read again only where one drops some."""
    if not any(c.action == "drop" for c in corrections):
        return ""
    dropped = f"SELECT {RECORD} FROM ({parse_select(landed, raw, corrections)}) WHERE is_dropped"
    return f"ANTI JOIN ({dropped}) AS dropped USING ({RECORD})"
