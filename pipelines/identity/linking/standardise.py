"""Names, dates of birth and postcodes in one standard form, so that only real differences are compared.

Belongs here: the database in which people are linked, and the step from people as agencies write them to their standard
form (`sql/macro/person_text.sql`, `sql/identity/standard.sql`). Does not belong here: comparing, deciding.
"""

import json

import duckdb
import pyarrow as pa

from pipelines.engine.database import MACROS, load_macros
from pipelines.engine.shipped import shipped
from pipelines.engine.sql import read_sql

NICKNAMES = shipped("pipelines.identity.linking") / "nicknames.json"
GIVEN = ("forename", "middle_name", "surname", "date_of_birth", "sex", "postcode", "address")


def database(threads: int) -> duckdb.DuckDBPyConnection:
    """An in-memory database with our macros, that reads and writes no file."""
    connection = duckdb.connect(":memory:", config={"threads": threads, "enable_external_access": False})
    connection.execute("SET enable_progress_bar = false")
    load_macros(connection, [*MACROS, "person_text"])
    connection.register("nickname", _nicknames())
    return connection


def standardise(connection: duckdb.DuckDBPyConnection, people: str, standard: str) -> None:
    """Make the table `standard` from the table `people`: row_id and what is known of `GIVEN`; what is not there is missing."""
    known = {name for name, *_ in connection.sql(f"DESCRIBE {people}").fetchall()}
    columns = [f"{name}::VARCHAR AS {name}" if name in known else f"NULL::VARCHAR AS {name}" for name in GIVEN]
    connection.execute(f"CREATE OR REPLACE VIEW people_given AS SELECT row_id, {', '.join(columns)} FROM {people}")
    connection.execute(f"CREATE TABLE {standard} AS {read_sql('identity', 'standard')}")


def _nicknames() -> pa.Table:
    """name → the names it may stand for, itself among them."""
    roots: dict[str, set[str]] = {}
    for root, nicknames in json.loads(NICKNAMES.read_text("utf-8")).items():
        for name in (root, *nicknames):
            roots.setdefault(name, {name}).add(root)
    names = sorted(roots)
    return pa.table({"name": names, "root": [sorted(roots[name]) for name in names]})
