"""A Parquet file that is written while the next rows are made.

Belongs here: gathering rows into row groups, the thread that packs and writes them. Does not belong here: what the rows are.
"""

from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from types import TracebackType

import pyarrow as pa
import pyarrow.parquet as pq

ROW_GROUP_ROWS = 250_000
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
        if sum(part.num_rows for part in self._group) >= ROW_GROUP_ROWS:
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
