"""DuckDB behind the interface of `sql_engine.py`.

Belongs here: running a SELECT on DuckDB. Does not belong here: opening DuckDB (`database.py`), the text of a SELECT (`sql.py`).
"""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import duckdb
import pyarrow as pa

from pipelines.engine.database import batches_of, create_view, open_for_views
from pipelines.engine.errors import IrfError
from pipelines.engine.parquet import BATCH_ROWS, write_table
from pipelines.engine.sql import literal, parquet_rows, safe_reason
from pipelines.engine.view import InTurn, Output, View, refuse_damaged
from schemas.table import duckdb_columns_of


@dataclass(frozen=True)
class DuckDb:
    """DuckDB in this process: an in-memory database that holds nothing of an earlier call, shut off from everything but `root`."""

    root: Path
    threads: int
    memory_limit: str

    def write(self, views: Sequence[View], sql: str, out: Output, in_turn: InTurn | None = None) -> int:
        with open_for_views(self.root, self.threads, self.memory_limit) as connection:
            show(connection, views)
            with _said_safely(out.what, views):
                rows = _in_turn(connection, views, sql, in_turn) if in_turn else batches_of(connection.sql(sql), BATCH_ROWS)
                return write_table(rows, out.schema, out.folder, out.by, out.only)

    def rows(self, views: Sequence[View], selects: Mapping[str, str]) -> dict[str, list[dict]]:
        with open_for_views(self.root, self.threads, self.memory_limit) as connection:
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


def _in_turn(connection: duckdb.DuckDBPyConnection, views: Sequence[View], sql: str, by: InTurn) -> Iterator[pa.RecordBatch]:
    """The rows of a SELECT, run for each value of a column by itself, while its view shows the rows of that value alone. Where the files
    are sorted by the column, their statistics spare reading the others."""
    (view,) = [view for view in views if (view.layer, view.name) == (by.layer, by.name)]
    shown = f'{by.layer}."{by.name}"'
    values = connection.sql(
        f"SELECT CAST({by.column} AS VARCHAR) FROM {shown} GROUP BY {by.column} ORDER BY {by.column}"
    ).fetchall()
    for (value,) in values:
        is_value = "IS NULL" if value is None else f"= {literal(value)}"
        rows = f"SELECT * FROM {parquet_rows(*sorted(view.files))} WHERE {by.column} {is_value}"
        connection.execute(f"CREATE OR REPLACE VIEW {shown} AS {rows}")
        yield from batches_of(connection.sql(sql), BATCH_ROWS)


@contextmanager
def _said_safely(what: str, views: Sequence[View]) -> Iterator[None]:
    """Turn an error of the engine into one of ours, without any value from the data. A file that is damaged is named."""
    try:
        yield
    except (duckdb.Error, pa.ArrowException) as error:
        refuse_damaged(what, views)
        raise IrfError(f"{what}: {type(error).__name__}: {safe_reason(error)}") from None
