"""DuckDB as the steps use it: an in-memory database for each step, shut off from everything but the data root.

Belongs here: opening, macros, showing Parquet files as tables. Does not belong here: the text of the SELECTs (`sql.py`).
"""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

import duckdb
import pyarrow as pa

from pipelines.engine.sql import literal, read_sql

MEMORY_LIMIT = "3GB"
TABLE_MACROS = ("arithmetic", "duckdb/exact", "duckdb/words", "places_and_names")
"""What the SELECTs over tables use."""
MACROS = (*TABLE_MACROS, "read_text", "split_quarter")
"""What reading files uses besides. The macros on people's names take six times as long to load: only linking does."""


@contextmanager
def open_database(
    root: Path, threads: int | None = None, macros: Sequence[str] = MACROS, memory_limit: str = MEMORY_LIMIT
) -> Iterator[duckdb.DuckDBPyConnection]:
    """An in-memory DuckDB that can read and spill below `root` and nowhere else, with macros of ours loaded."""
    spill = root / "state" / "spill"
    spill.mkdir(parents=True, exist_ok=True)
    connection = duckdb.connect()
    try:
        connection.execute(f"SET memory_limit = {literal(memory_limit)}")
        if threads:
            connection.execute(f"SET threads = {threads}")
        connection.execute("SET preserve_insertion_order = true")
        connection.execute(f"SET temp_directory = {literal(str(spill))}")
        connection.execute(f"SET allowed_directories = [{literal(str(root) + '/')}]")
        connection.execute("SET enable_external_access = false")
        connection.execute("SET enable_progress_bar = false")
        load_macros(connection, macros)
        connection.execute("SET lock_configuration = true")
        yield connection
    finally:
        connection.close()


def load_macros(connection: duckdb.DuckDBPyConnection, names: Sequence[str] = MACROS) -> None:
    """The macros of `sql/macro/<name>.sql`, in the order given."""
    for name in names:
        connection.execute(read_sql("macro", name))


def create_view(connection: duckdb.DuckDBPyConnection, layer: str, name: str, files: list[Path], columns: str) -> None:
    """Show Parquet files as `<layer>.<name>`; no file at all is an empty table of these columns, as CREATE TABLE has them."""
    connection.execute(f"CREATE SCHEMA IF NOT EXISTS {layer}")
    if not files:
        connection.execute(f'CREATE TABLE {layer}."{name}" ({columns})')
        return
    listed = ", ".join(literal(str(f)) for f in sorted(files))
    connection.execute(f'CREATE VIEW {layer}."{name}" AS SELECT * FROM read_parquet([{listed}], hive_partitioning = false)')


def tables(connection: duckdb.DuckDBPyConnection, frames: Mapping[str, pa.Table]) -> None:
    """Register small Arrow tables by name."""
    for name, frame in frames.items():
        connection.register(name, frame)
