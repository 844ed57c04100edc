"""What runs the SELECTs of `sql/`: Parquet files in as views, one SELECT of ours, a declared schema, one Parquet file out.

Belongs here: that interface, and DuckDB behind it. Does not belong here: which files a view has (`pipelines/warehouse/`), what
a SELECT says (`sql/`). Who runs a SELECT does not know which engine does.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import duckdb
import pyarrow as pa

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
        """The rows of each of some SELECTs that stay small, by the name that it is given under."""


@dataclass(frozen=True)
class DuckDb:
    """DuckDB in this process: an in-memory database for each call, shut off from everything but `root`."""

    root: Path
    threads: int
    memory_limit: str

    def write(self, views: Sequence[View], sql: str, out: Output) -> int:
        with open_database(self.root, self.threads, TABLE_MACROS, self.memory_limit) as connection:
            show(connection, views)
            try:
                return write_parquet(connection.sql(sql).to_arrow_reader(BATCH_ROWS), out.schema, out.file, out.made_of)
            except (duckdb.Error, pa.ArrowException) as error:
                raise IrfError(f"{out.what}: {type(error).__name__}: {safe_reason(error)}") from None

    def rows(self, views: Sequence[View], selects: Mapping[str, str]) -> dict[str, list[dict]]:
        with open_database(self.root, self.threads, TABLE_MACROS, self.memory_limit) as connection:
            show(connection, views)
            return {name: connection.sql(sql).to_arrow_table().to_pylist() for name, sql in selects.items()}


def show(connection: duckdb.DuckDBPyConnection, views: Sequence[View]) -> None:
    """Show views in a database."""
    for view in views:
        create_view(connection, view.layer, view.name, list(view.files), duckdb_columns_of(view.schema))
