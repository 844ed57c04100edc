"""Which CHI number is current: superseded numbers are followed to the end of their chain.

Belongs here: the step from the table `register` to every CHI number that it names and the current number that each leads to.
Does not belong here: what a valid number is (`schemas/chi.py`), how numbers are followed: published records follow them by the
same SELECT (`sql/core/chi_alias.sql`).
"""

import duckdb

from pipelines.engine.sql import read_sql
from pipelines.identity.linking.database import make


def make_current_chis(connection: duckdb.DuckDBPyConnection) -> None:
    """Make the table `current_chi`: chi_number, current_chi_number. Reads `register`. A schema `staged` is gone afterwards."""
    connection.execute("DROP SCHEMA IF EXISTS staged CASCADE; CREATE SCHEMA staged")
    connection.execute(
        "CREATE VIEW staged.population_register AS"
        " SELECT 'one' AS agency, 'latest' AS period, chi_number, previous_chi_number FROM register"
    )
    connection.execute(f"CREATE OR REPLACE TABLE chi_alias AS {read_sql('core', 'chi_alias')}")
    connection.execute("DROP SCHEMA staged CASCADE")
    make(connection, "current_chi")
