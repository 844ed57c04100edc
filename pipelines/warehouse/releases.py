"""A release in DuckDB: its tables by their names, and a connection that can read it and nothing else.

Belongs here: showing tables, shutting off. Does not belong here: what is asked of them.
"""

from pathlib import Path

import duckdb

from pipelines.engine.errors import IrfError
from pipelines.engine.sql import literal
from schemas.published import PUBLISHED
from schemas.table import duckdb_columns


def show_release(connection: duckdb.DuckDBPyConnection, release: Path, schema: str = "main") -> None:
    """Show each table of a release as `<schema>.<table>`; one that the release lacks is empty."""
    connection.execute(f"CREATE SCHEMA IF NOT EXISTS {schema}")
    for name, model in PUBLISHED.items():
        # Each file by its name: a pattern would take signs in the names of folders for its own.
        files = ", ".join(literal(str(file)) for file in sorted((release / name).rglob("*.parquet")))
        if files:
            source = f"read_parquet([{files}], hive_partitioning = true, hive_types_autocast = false)"
            connection.execute(f"CREATE VIEW {schema}.{name} AS SELECT * FROM {source}")
        else:
            connection.execute(f"CREATE TABLE {schema}.{name} ({duckdb_columns(model)})")


def confine(connection: duckdb.DuckDBPyConnection, release: Path) -> None:
    """From here on nothing is read but the release, and no setting can be changed."""
    connection.execute(f"SET allowed_directories = [{literal(str(release) + '/')}]")
    connection.execute("SET enable_external_access = false")
    connection.execute("SET python_enable_replacements = false")
    connection.execute("SET lock_configuration = true")


def check_only_reads(sql: str) -> None:
    """Raise IrfError for SQL that does anything but read: what may be read could be written over by it."""
    kinds = duckdb.StatementType
    if any(statement.type not in (kinds.SELECT, kinds.EXPLAIN) for statement in duckdb.extract_statements(sql)):
        raise IrfError("query: a release is only read: give a SELECT")
