"""Blocking: which pairs of a client and a person of the register are compared at all.

Belongs here: making candidate pairs from the blocking keys that two records share (`sql/identity/blocking_key.sql`).
Does not belong here: how well the records of a pair agree (`score.py`).
"""

import duckdb

from pipelines.engine.sql import read_sql
from pipelines.identity.linking.database import make

MAX_SHARING, MAX_SHARING_BROAD = 60, 10
"""A key, and a broad key, that more people of the register share is too common to be worth comparing them all."""


def block(connection: duckdb.DuckDBPyConnection) -> None:
    """Make the table `blocked_pair` from the tables `searched_standard` and `register_standard`."""
    keys = read_sql("identity", "blocking_key")
    connection.execute("CREATE OR REPLACE VIEW standard AS FROM searched_standard")
    connection.execute(f"CREATE TABLE client_key AS {keys}")
    connection.execute("CREATE OR REPLACE VIEW standard AS FROM register_standard")
    connection.execute(f"CREATE TABLE register_key AS {keys}")
    make(connection, "blocked_pair", max_sharing=MAX_SHARING, max_sharing_broad=MAX_SHARING_BROAD)
    connection.execute("DROP TABLE client_key; DROP TABLE register_key")
