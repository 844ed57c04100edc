"""DuckDB as the steps use it: an in-memory database for each step, shut off from everything but the data root.

Belongs here: opening, macros, running one SELECT of `sql/` into a declared Parquet table.
Does not belong here: what the SELECTs say.
"""

import functools
import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq

from pipelines.engine.errors import IrfError
from pipelines.engine.paths import SQL
from schemas.table import Table, arrow_schema, duckdb_columns

BATCH_ROWS = 122_880
MEMORY_LIMIT = "3GB"
MADE_OF = b"made_of"
TABLE_MACROS = ("arithmetic", "places_and_names")
"""What the SELECTs over tables use."""
MACROS = (*TABLE_MACROS, "read_text", "split_quarter")
"""What reading files uses besides. The macros on people's names take six times as long to load: only linking does."""


@contextmanager
def open_database(
    root: Path, threads: int | None = None, macros: Sequence[str] = MACROS
) -> Iterator[duckdb.DuckDBPyConnection]:
    """An in-memory DuckDB that can read and spill below `root` and nowhere else, with macros of ours loaded."""
    spill = root / "state" / "spill"
    spill.mkdir(parents=True, exist_ok=True)
    connection = duckdb.connect()
    try:
        connection.execute(f"SET memory_limit = '{MEMORY_LIMIT}'")
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


def literal(text: str) -> str:
    """A text as an SQL literal."""
    return "'" + text.replace("'", "''") + "'"


@functools.cache
def dependencies(sql: str) -> list[tuple[str, str]]:
    """The (layer, table) pairs a SELECT reads, from DuckDB's own parse of it, sorted."""
    with duckdb.connect() as connection:
        row = connection.execute("SELECT json_serialize_sql(?)", [sql]).fetchone()
    assert row is not None
    found = re.findall(r'"schema_name":"(\w+)","table_name":"(\w+)"', row[0])
    return sorted({(layer, name) for layer, name in found if layer != "main"})


def read_sql(layer: str, name: str) -> str:
    """The text of `sql/<layer>/<name>.sql`."""
    return (SQL / layer / f"{name}.sql").read_text("utf-8")


def create_view(connection: duckdb.DuckDBPyConnection, layer: str, name: str, files: list[Path], model: type[Table]) -> None:
    """Show Parquet files as `<layer>.<name>`; no file at all is an empty table of the declared shape."""
    connection.execute(f"CREATE SCHEMA IF NOT EXISTS {layer}")
    if not files:
        connection.execute(f'CREATE TABLE {layer}."{name}" ({duckdb_columns(model)})')
        return
    listed = ", ".join(literal(str(f)) for f in sorted(files))
    connection.execute(f'CREATE VIEW {layer}."{name}" AS SELECT * FROM read_parquet([{listed}], hive_partitioning = false)')


def write_select(
    connection: duckdb.DuckDBPyConnection, sql: str, model: type[Table], out: Path, what: str, made_of: str
) -> int:
    """Run a SELECT and write its rows as one Parquet file of the model's exact schema. Returns the row count.

    made_of: see `write_parquet`. Raises IrfError, without any value from the data, when the SELECT fails or does not fit the model.
    """
    try:
        reader = connection.sql(sql).to_arrow_reader(BATCH_ROWS)
        return write_parquet(reader, arrow_schema(model), out, made_of)
    except (duckdb.Error, pa.ArrowException) as error:
        raise IrfError(f"{what}: {type(error).__name__}: {safe_reason(error)}") from None


def safe_reason(error: Exception) -> str:
    """The first line of an error with every quoted value and number taken out, so that no record shows."""
    first = str(error).splitlines()[0] if str(error) else ""
    if isinstance(error, duckdb.BinderException | duckdb.CatalogException | duckdb.ParserException):
        return first
    return re.sub(r"(['\"]).*?\1|\d{3,}", "…", first)


def write_parquet(batches: pa.RecordBatchReader, schema: pa.Schema, out: Path, made_of: str) -> int:
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


def tables(connection: duckdb.DuckDBPyConnection, frames: Mapping[str, pa.Table]) -> None:
    """Register small Arrow tables by name."""
    for name, frame in frames.items():
        connection.register(name, frame)
