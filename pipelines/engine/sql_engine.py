"""What runs the SELECTs of `sql/`: Parquet files in as views, one SELECT of ours, a declared schema, one Parquet file out.

Belongs here: that interface, and DuckDB behind it. Does not belong here: which files a view has (`pipelines/warehouse/`), what
a SELECT says (`sql/`). Who runs a SELECT does not know which engine does.
"""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq

from pipelines.engine.database import TABLE_MACROS, create_view, open_database
from pipelines.engine.errors import IrfError
from pipelines.engine.parquet import BATCH_ROWS, write_parquet
from pipelines.engine.sql import safe_reason
from schemas.table import duckdb_columns_of


@dataclass(frozen=True)
class View:
    """Parquet files that a SELECT reads as `<layer>.<name>`. schema: of the table, for where it has no file."""

    layer: str
    name: str
    files: Sequence[Path]
    schema: pa.Schema


@dataclass(frozen=True)
class Output:
    """The file that a SELECT is written to.

    schema: exactly that of the file. made_of: see `write_parquet`. what: whose rows they are, as an error names it.
    """

    file: Path
    schema: pa.Schema
    made_of: str
    what: str


class SqlEngine(Protocol):
    """What runs the SELECTs of `sql/`. The same views and the same SELECT give the same bytes, whatever runs it."""

    def write(self, views: Sequence[View], sql: str, out: Output) -> int:
        """Write the rows of a SELECT in its order, whole or not at all. Returns the row count.

        Raises IrfError, without any value from the data, where the SELECT fails or does not fit the schema.
        """

    def rows(self, views: Sequence[View], selects: Mapping[str, str]) -> dict[str, list[dict]]:
        """The rows of each of some SELECTs that stay small, by the name that it is given under. Raises as `write`."""


@dataclass(frozen=True)
class DuckDb:
    """DuckDB in this process: an in-memory database for each call, shut off from everything but `root`."""

    root: Path
    threads: int
    memory_limit: str

    def write(self, views: Sequence[View], sql: str, out: Output) -> int:
        with open_database(self.root, self.threads, TABLE_MACROS, self.memory_limit) as connection:
            show(connection, views)
            with _said_safely(out.what, views):
                return write_parquet(connection.sql(sql).to_arrow_reader(BATCH_ROWS), out.schema, out.file, out.made_of)

    def rows(self, views: Sequence[View], selects: Mapping[str, str]) -> dict[str, list[dict]]:
        with open_database(self.root, self.threads, TABLE_MACROS, self.memory_limit) as connection:
            show(connection, views)
            found = {}
            for name, sql in selects.items():
                with _said_safely(name, views):
                    found[name] = connection.sql(sql).to_arrow_table().to_pylist()
            return found


def show(connection: duckdb.DuckDBPyConnection, views: Sequence[View]) -> None:
    """Show views in a database. Raises IrfError where that fails."""
    for view in views:
        with _said_safely(f"{view.layer}/{view.name}", [view]):
            create_view(connection, view.layer, view.name, list(view.files), duckdb_columns_of(view.schema))


def _is_whole(file: Path) -> bool:
    """Whether the end of a Parquet file, which says what is in it, can be read."""
    try:
        pq.read_metadata(file)
    except (pa.ArrowException, OSError):
        return False
    return True


@contextmanager
def _said_safely(what: str, views: Sequence[View]) -> Iterator[None]:
    """Turn an error of the engine into one of ours, without any value from the data. A file that is damaged is named."""
    try:
        yield
    except (duckdb.Error, pa.ArrowException) as error:
        if damaged := [str(file) for view in views for file in view.files if not _is_whole(file)]:
            raise IrfError(
                f"{what}: {', '.join(damaged)} cannot be read as Parquet; take that away and refresh again"
            ) from None
        raise IrfError(f"{what}: {type(error).__name__}: {safe_reason(error)}") from None
