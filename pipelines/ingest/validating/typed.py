"""The typed records of a group as a table of DuckDB's: read once, then asked what crosses records, then read in batches.

Belongs here: the life of that table. Does not belong here: the SELECT that types (`parse.py`), what is asked of the table
(`keys.py`, `totals.py`), what becomes of a batch (`validate.py`).
DuckDB keeps it packed, and lays it down in the spill folder where a large file leaves too little memory for it.
"""

from collections.abc import Iterator
from contextlib import contextmanager

import duckdb
import pyarrow as pa

from pipelines.engine.database import batches_of
from pipelines.ingest.validating.group import FILE, TYPED, Group
from pipelines.ingest.validating.parse import FIRST_LINE, parse_select


@contextmanager
def typed_records(connection: duckdb.DuckDBPyConnection, group: Group) -> Iterator[None]:
    """While it is open, the group's records are in the connection's table `TYPED`, in the files' order."""
    connection.execute(f"CREATE TEMP TABLE {TYPED} AS {parse_select(group)}")
    try:
        yield
    finally:
        connection.execute(f"DROP TABLE {TYPED}")


def typed_batches(connection: duckdb.DuckDBPyConnection, batch_rows: int) -> Iterator[pa.Table]:
    """The records in their order, each line with the part of the first of its record.

    Every batch but the last has so many rows, however many threads have laid them down: what is written of them has the same bytes.
    """
    typed = connection.sql(f"""
        SELECT * EXCLUDE ({FILE}, is_line, may_be_total)
            REPLACE (CASE WHEN is_line THEN '{FIRST_LINE}' ELSE part END AS part)
        FROM {TYPED}
    """)
    waiting: pa.Table | None = None
    for batch in batches_of(typed, batch_rows):
        coming = pa.Table.from_batches([batch])
        waiting = coming if waiting is None else pa.concat_tables([waiting, coming])
        while waiting.num_rows >= batch_rows:
            yield waiting.slice(0, batch_rows).combine_chunks()
            waiting = waiting.slice(batch_rows)
    if waiting is not None and waiting.num_rows:
        yield waiting.combine_chunks()
