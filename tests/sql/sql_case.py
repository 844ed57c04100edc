"""Running one file of `sql/` on rows written by hand.

Belongs here: tables made from the declared models, and the run. Does not belong here: any case.
A column that a row leaves out is NULL; a table that a case leaves out is empty.
"""

import atexit
import tempfile
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from functools import cache
from pathlib import Path
from typing import Any

import duckdb

from pipelines.engine.database import open_database
from pipelines.engine.sql import dependencies, read_sql
from schemas.core import CORE
from schemas.feeds import FEEDS, Lineage
from schemas.published import PUBLISHED
from schemas.reference import OPTIONAL, REFERENCE
from schemas.table import columns, duckdb_type

Row = dict[str, Any]
Tables = Mapping[str, Sequence[Row]]
"""Rows by `layer.table`. Money and quantities are text or whole numbers, never floats."""

_open_until_exit = ExitStack()
atexit.register(_open_until_exit.close)


def run(file: str, tables: Tables, threads: int | None = None) -> list[Row]:
    """The rows that `sql/<file>.sql`, named as `core/record`, makes of the tables."""
    unread = set(tables) - inputs(file)
    assert not unread, f"sql/{file}.sql does not read {sorted(unread)}"
    connection = database(threads)
    for name in inputs(file):
        fill(connection, name, tables.get(name, ()))
    return select(connection, read_sql(*file.split("/")))


@cache
def inputs(file: str) -> set[str]:
    """The tables, as `layer.table`, that `sql/<file>.sql` reads."""
    return {f"{layer}.{name}" for layer, name in dependencies(read_sql(*file.split("/")))}


def value(expression: str) -> Any:
    """What an SQL expression gives, with the macros of `sql/macro`."""
    row = database(None).execute(f"SELECT {expression}").fetchone()
    assert row is not None
    return row[0]


def select(connection: duckdb.DuckDBPyConnection, sql: str) -> list[Row]:
    """The rows of a SELECT, by column name."""
    result = connection.execute(sql)
    names = [column[0] for column in result.description or ()]
    return [dict(zip(names, row, strict=True)) for row in result.fetchall()]


@cache
def database(threads: int | None) -> duckdb.DuckDBPyConnection:
    """A database as the steps open it."""
    root = Path(_open_until_exit.enter_context(tempfile.TemporaryDirectory()))
    return _open_until_exit.enter_context(open_database(root, threads))


def fill(connection: duckdb.DuckDBPyConnection, name: str, rows: Sequence[Row]) -> None:
    """Make the table `layer.table` of the declared shape and put the rows in it."""
    layer, table = name.split(".")
    types = table_types(layer, table)
    connection.execute(f"CREATE SCHEMA IF NOT EXISTS {layer}")
    listed = ", ".join(f'"{column}" {kind}' for column, kind in types.items())
    connection.execute(f'CREATE OR REPLACE TABLE {layer}."{table}" ({listed})')
    for row in rows:
        unknown = [c for c in row if c not in types]
        assert not unknown, f"{name} has no column {unknown}"
        assert not any(isinstance(v, float) for v in row.values()), "a float holds no exact value"
    if rows:
        one = "(" + ", ".join(f"CAST(? AS {t})" for t in types.values()) + ")"
        values = [row.get(c, _usual(c, row)) for row in rows for c in types]
        connection.execute(f'INSERT INTO {layer}."{table}" VALUES {", ".join([one] * len(rows))}', values)


def _usual(column: str, row: Row) -> Any:
    """What holds unless the case says otherwise: a record is one row of its file, has no parts and is costed by its amount."""
    return {"row_count": 1, "part": "", "is_lead": True, "is_void": False, "record_amount": row.get("amount")}.get(column)


@cache
def table_types(layer: str, table: str) -> dict[str, str]:
    """The columns of a declared table with their DuckDB types."""
    if layer in ("staged", "quarantine"):
        models = [FEEDS[table].model, Lineage]
    else:
        models = [
            {
                "core": CORE,
                "mart": PUBLISHED,
                "analysis": PUBLISHED,
                "release": PUBLISHED,
                "reference": {**REFERENCE, **OPTIONAL},
            }[layer][table]
        ]
    return {c.name: duckdb_type(c.arrow_type) for model in models for c in columns(model)}
