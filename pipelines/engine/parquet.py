"""Parquet files of ours: tables with a declared schema, and files that are written while the next rows are made.

Belongs here: how rows come to be in a file. Does not belong here: what the rows are.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from types import TracebackType

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from pipelines.engine.errors import IrfError

BATCH_ROWS = 122_880
"""Rows that are read and handed on at once: a row group of DuckDB's own."""
ROW_GROUP_ROWS = 250_000
"""The most rows of a row group of our files."""
ROW_GROUP_BYTES = 64_000_000
"""The most bytes of one, as its rows are in memory: long ones do not fill it."""
DICTIONARY_BYTES = 100_000
"""Where a column has more different values than fit, each is written as it stands."""


class Behind:
    """A thread that works behind its caller, one thing after the other: rows are encoded while the next are made."""

    def __init__(self) -> None:
        self._thread = ThreadPoolExecutor(max_workers=1)
        self._under_way: Future[None] | None = None

    def do(self, work: Callable[[], None]) -> None:
        """Do this next. Waits for what was asked for before, and raises what that raised."""
        self.wait()
        self._under_way = self._thread.submit(work)

    def wait(self) -> None:
        """Wait until all is done. Raises what it raised."""
        if self._under_way is not None:
            under_way, self._under_way = self._under_way, None
            under_way.result()

    def close(self) -> None:
        """End the thread."""
        self._thread.shutdown()


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
        self._behind = Behind()
        self._group: list[pa.Table] = []

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
        group, self._group = pa.concat_tables(self._group), []
        self._behind.do(lambda: self._writer.write_table(group))

    def _finish(self) -> None:
        if self._group:
            self._write_group()
        self._behind.wait()

    def __enter__(self) -> "ParquetFile":
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        try:
            if kind is None:
                self._finish()
        finally:
            self._behind.close()
            self._writer.close()


class ParquetFilesInTurn:
    """Files of one schema, each of which is ended before the next is begun; all are there at the end, some perhaps without rows."""

    def __init__(self, paths: Sequence[Path], schema: pa.Schema) -> None:
        self._paths, self._schema = paths, schema
        self._number = -1
        self._file: ParquetFile | None = None

    def add(self, number: int, table: pa.Table) -> None:
        """Add rows to the file of this number, which is none that was ended."""
        self._turn_to(number)
        assert self._file is not None
        self._file.add(table)

    def _turn_to(self, number: int) -> None:
        while self._number < number:
            self._end(None, None, None)
            self._number += 1
            self._file = ParquetFile(self._paths[self._number], self._schema)

    def _end(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        file, self._file = self._file, None
        if file is not None:
            file.__exit__(kind, error, trace)

    def __enter__(self) -> "ParquetFilesInTurn":
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        try:
            if kind is None:
                self._turn_to(len(self._paths) - 1)
        finally:
            self._end(kind, error, trace)


class TableFiles:
    """The files of a table in a folder, of a declared schema: each row in the file of its part, in the order they are added.

    by: the column whose value names the file of a row, as `<value>.parquet`; None where one file has all. only: the name of that
    one, also where there are no rows. The row groups are the same however the rows came, in how many batches or by how many
    threads. What cannot be written raises at a later `add` or at the end.
    """

    def __init__(self, folder: Path, schema: pa.Schema, by: str | None, only: str) -> None:
        self._folder, self._schema, self._by, self._only = folder, schema, by, only
        self._writers: dict[str, pq.ParquetWriter] = {}
        self._held: dict[str, list[pa.Table]] = {}
        self._behind = Behind()
        self.rows = 0

    def add(self, table: pa.Table) -> None:
        """Add rows. Raises as `fit`."""
        self.rows += table.num_rows
        for part, rows in self._parts(fit(table, self._schema, self._folder.stem)):
            held = self._held.setdefault(part, [])
            held.append(rows)
            if sum(one.num_rows for one in held) >= BATCH_ROWS:
                # In one piece: where its pages end would depend on the pieces.
                together = pa.concat_tables(held).combine_chunks()
                full = together.num_rows - together.num_rows % BATCH_ROWS
                self._held[part] = [together.slice(full)]
                self._write(part, together.slice(0, full))

    def _parts(self, table: pa.Table) -> Iterator[tuple[str, pa.Table]]:
        if self._by is None:
            yield self._only, table
            return
        parts = sorted(pc.unique(table[self._by]).to_pylist())
        for part in parts:
            # Most often a batch is of one year: nothing is copied then.
            yield part, table if len(parts) == 1 else table.filter(pc.equal(table[self._by], part))

    def _write(self, part: str, rows: pa.Table) -> None:
        if part not in self._writers:
            self._writers[part] = pq.ParquetWriter(self._folder / f"{part}.parquet", self._schema, compression="zstd")
        if rows.num_rows:
            self._behind.do(lambda: self._writers[part].write_table(rows, row_group_size=BATCH_ROWS))

    def __enter__(self) -> "TableFiles":
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        try:
            if kind is None:
                for part, held in sorted((self._held or {self._only: [self._schema.empty_table()]}).items()):
                    self._write(part, pa.concat_tables(held).combine_chunks())
                self._behind.wait()
        finally:
            self._behind.close()
            for writer in self._writers.values():
                writer.close()


def write_table(
    batches: Iterable[pa.RecordBatch], schema: pa.Schema, folder: Path, by: str | None = None, only: str = "all"
) -> int:
    """Write batches as `TableFiles`, in a folder that may be new. Returns the row count."""
    folder.mkdir(parents=True, exist_ok=True)
    with TableFiles(folder, schema, by, only) as files:
        for batch in batches:
            files.add(pa.Table.from_batches([batch]))
    return files.rows


def read_tables(files: Sequence[Path]) -> pa.Table:
    """The rows of files of one schema, in the order given. `pq.read_table` would load pandas, which takes longer than small files do."""
    return pa.concat_tables(pq.ParquetFile(file).read() for file in files)


def fit(table: pa.Table, schema: pa.Schema, what: str) -> pa.Table:
    """The table with exactly the declared columns, types and nullability. what: how an error names it.

    Raises IrfError when a column is absent or a required column holds NULL.
    """
    arrays = []
    for field in schema:
        if field.name not in table.column_names:
            raise IrfError(f"{what}: column {field.name} is missing: a fault of this software, please report it")
        array = table.column(field.name)
        if not field.nullable and array.null_count:
            raise IrfError(
                f"{what}: required column {field.name} has {array.null_count} empty values: a fault of this software, please report it"
            )
        arrays.append(array.cast(field.type))
    return pa.Table.from_arrays(arrays, schema=schema)
