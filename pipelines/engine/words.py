"""The macros on words over columns of Arrow, for who is not in DuckDB: a worker of Spark has a DuckDB of its own for them.

Belongs here: calling the macros. Does not belong here: what they say (`sql/macro/duckdb/words.sql`).
"""

import functools

import duckdb
import pyarrow as pa

from pipelines.engine.database import load_macros


@functools.cache
def _database() -> duckdb.DuckDBPyConnection:
    connection = duckdb.connect(config={"threads": 1, "enable_external_access": False})
    load_macros(connection, ["duckdb/words"])
    return connection


def trimmed(field: pa.Array) -> pa.Array:
    """Each text without the blanks around it; NULL of NULL."""
    return _called("trimmed", pa.string(), field)


def unaccented(field: pa.Array) -> pa.Array:
    """Each text in upper case without accents; NULL of NULL."""
    return _called("unaccented", pa.string(), field)


def folded(field: pa.Array) -> pa.Array:
    """Each text without case, accents, blanks and signs; NULL of NULL."""
    return _called("folded", pa.string(), field)


def word_similarity(one_text: pa.Array, other_text: pa.Array) -> pa.Array:
    """How alike two texts are, row by row, from 0 to 1 (Jaro-Winkler) as decimal(18, 6); NULL where either is."""
    return _called("word_similarity", pa.decimal128(18, 6), one_text, other_text)


def _called(macro: str, kind: pa.DataType, *columns: pa.Array) -> pa.Array:
    """What a macro gives for each row of its columns."""
    names = [f"column_{n}" for n in range(len(columns))]
    given = _database().from_arrow(pa.table(list(columns), names))
    rows = given.project(f"{macro}({', '.join(names)}) AS said").to_arrow_table()
    return rows["said"].combine_chunks().cast(kind)
