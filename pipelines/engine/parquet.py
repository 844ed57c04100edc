"""Parquet files of ours: tables with a declared schema, and files that are written while the next rows are made.

Belongs here: how rows come to be in a file. Does not belong here: what the rows are.
"""

from collections.abc import Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from types import TracebackType

import pyarrow as pa
import pyarrow.parquet as pq

from pipelines.engine.errors import IrfError

BATCH_ROWS = 122_880
MADE_OF = b"made_of"
ROW_GROUP_ROWS = 250_000
ROW_GROUP_BYTES = 64_000_000
"""Of rows in memory, so that long ones do not fill it."""
DICTIONARY_BYTES = 100_000
"""Where a column has more different values than fit, each is written as it stands."""


class ParquetFile:
    """A file inside, for our own steps: rows in the order they are added, at most two row groups held in memory.

    It has no statistics, for nobody searches it. What cannot be written raises at a later `add` or at the end.
    """

    def __init__(self, path: Path, schema: pa.Schema) -> None:
        counted = [field.name for field in schema if pa.types.is_integer(field.type)]
        self._writer = pq.ParquetWriter(
            path,
            schema,
            compression="lz4",
            write_statistics=False,
            use_dictionary=[field.name for field in schema if field.name not in counted],
            # Row numbers go up by one.
            column_encoding=dict.fromkeys(counted, "DELTA_BINARY_PACKED"),
            dictionary_pagesize_limit=DICTIONARY_BYTES,
        )
        self._thread = ThreadPoolExecutor(max_workers=1)
        self._group: list[pa.Table] = []
        self._under_way: Future[None] | None = None

    def add(self, table: pa.Table) -> None:
        """Add rows of the file's schema."""
        self._group.append(table)
        rows, size_bytes = sum(part.num_rows for part in self._group), sum(part.nbytes for part in self._group)
        if rows >= ROW_GROUP_ROWS or size_bytes >= ROW_GROUP_BYTES:
            self._write_group()

    def note(self, name: str, text: str) -> None:
        """Keep a text in the file beside its rows."""
        self._finish()
        self._writer.add_key_value_metadata({name: text})

    def _write_group(self) -> None:
        self._wait()
        group, self._group = pa.concat_tables(self._group), []
        self._under_way = self._thread.submit(self._writer.write_table, group)

    def _wait(self) -> None:
        if self._under_way is not None:
            under_way, self._under_way = self._under_way, None
            under_way.result()

    def _finish(self) -> None:
        if self._group:
            self._write_group()
        self._wait()

    def __enter__(self) -> "ParquetFile":
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        try:
            if kind is None:
                self._finish()
        finally:
            self._thread.shutdown()
            self._writer.close()


def full_batches(batches: Iterable[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
    """The same rows in the same order, each batch but the last of BATCH_ROWS: the row groups of a file do not depend on how its
    rows came, from how many files or by how many threads.
    """
    held: list[pa.RecordBatch] = []
    rows = 0
    for batch in batches:
        while batch.num_rows:
            part = batch.slice(0, BATCH_ROWS - rows)
            batch = batch.slice(part.num_rows)
            held.append(part)
            rows += part.num_rows
            if rows == BATCH_ROWS:
                yield pa.concat_batches(held)
                held, rows = [], 0
    if held:
        yield pa.concat_batches(held)


def write_parquet(batches: Iterable[pa.RecordBatch], schema: pa.Schema, out: Path, made_of: str) -> int:
    """Write batches with a declared schema, whole or not at all. Returns the row count.

    made_of: the hash of what the table was made from; it is kept in the file (`made_of_table`).
    """
    schema = schema.with_metadata({**(schema.metadata or {}), MADE_OF: made_of.encode()})
    out.parent.mkdir(parents=True, exist_ok=True)
    unfinished = out.with_suffix(".unfinished")
    rows = 0
    with pq.ParquetWriter(unfinished, schema, compression="zstd") as writer:
        for batch in batches:
            table = pa.Table.from_batches([batch])
            writer.write_table(fit(table, schema), row_group_size=BATCH_ROWS)
            rows += batch.num_rows
    unfinished.replace(out)
    return rows


def made_of_table(file: Path) -> str | None:
    """The hash of what a table was made from; None where there is no such file, or it does not say so."""
    try:
        known = (pq.read_schema(file).metadata or {}).get(MADE_OF)
    except (FileNotFoundError, pa.ArrowInvalid):
        return None
    return known.decode() if known else None


def fit(table: pa.Table, schema: pa.Schema) -> pa.Table:
    """The table with exactly the declared columns, types and nullability.

    Raises IrfError when a column is absent or a required column holds NULL.
    """
    arrays = []
    for field in schema:
        if field.name not in table.column_names:
            raise IrfError(f"column {field.name} is missing")
        array = table.column(field.name)
        if not field.nullable and array.null_count:
            raise IrfError(f"required column {field.name} has {array.null_count} empty values")
        arrays.append(array.cast(field.type))
    return pa.Table.from_arrays(arrays, schema=schema)
