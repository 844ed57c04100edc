"""The database in which people are linked, and the step from a SELECT of `sql/identity/` to a table in it.

Belongs here: opening the database and running one SELECT. Does not belong here: which SELECTs run, and in what order
(`block.py`, `score.py`, `posterior.py`, `decide.py`).
"""

import json

import duckdb
import pyarrow as pa

from pipelines.engine.database import MACROS, load_macros
from pipelines.engine.shipped import shipped
from pipelines.engine.sql import read_sql

NICKNAMES = shipped("pipelines.identity.linking") / "nicknames.json"


def database(threads: int) -> duckdb.DuckDBPyConnection:
    """An in-memory database with our macros, which reads and writes no file."""
    connection = duckdb.connect(":memory:", config={"threads": threads, "enable_external_access": False})
    connection.execute("SET enable_progress_bar = false")
    load_macros(connection, [*MACROS, "person_text"])
    connection.register("nickname", _nicknames())
    return connection


def make(connection: duckdb.DuckDBPyConnection, name: str, **parameters: float) -> None:
    """Make, or make again, the table `name` from `sql/identity/<name>.sql`."""
    connection.execute(f"CREATE OR REPLACE TABLE {name} AS {read_sql('identity', name)}", parameters or None)


def _nicknames() -> pa.Table:
    """Each name with the names it may stand for, itself among them."""
    roots: dict[str, set[str]] = {}
    for root, nicknames in json.loads(NICKNAMES.read_text("utf-8")).items():
        for name in (root, *nicknames):
            roots.setdefault(name, {name}).add(root)
    names = sorted(roots)
    return pa.table({"name": names, "root": [sorted(roots[name]) for name in names]})
