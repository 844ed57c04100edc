"""The database in which people are linked, and the step from a SELECT of `sql/identity/` to a table in it.

Belongs here: opening the database and running one SELECT. Does not belong here: which SELECTs run, and in what order
(`block.py`, `score.py`, `posterior.py`, `decide.py`).
"""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import duckdb
import pyarrow as pa

from pipelines.engine.database import MACROS, open_apart, open_database
from pipelines.engine.shipped import shipped
from pipelines.engine.sql import read_sql

NICKNAMES = shipped("pipelines.identity.linking") / "nicknames.json"


@contextmanager
def database(
    root: Path | None = None, threads: int | None = None, memory_limit: str | None = None
) -> Iterator[duckdb.DuckDBPyConnection]:
    """A database with the macros on people's names and the nicknames. It spills below a data root, if there is one."""
    macros = [*MACROS, "person_text"]
    opened = open_database(root, threads, macros, memory_limit) if root else open_apart(threads=threads, macros=macros)
    with opened as connection:
        connection.register("nickname", _nicknames())
        yield connection


def make(connection: duckdb.DuckDBPyConnection, name: str, **parameters: float | list[float]) -> None:
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
