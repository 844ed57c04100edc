"""Names, dates of birth, addresses and postcodes in one standard form, so that only real differences are compared.

Belongs here: the step from people as agencies write them to their standard form (`sql/identity/standard.sql`, with the macros
of `sql/macro/person_text.sql`). Does not belong here: comparing two people (`comparisons.py`, `score.py`).
"""

import duckdb

from pipelines.engine.sql import read_sql

GIVEN = ("forename", "middle_name", "surname", "date_of_birth", "sex", "postcode", "address")


def standardise(connection: duckdb.DuckDBPyConnection, people: str, standard: str) -> None:
    """Make the table `standard` from the table `people`, which has row_id and some of the columns of `GIVEN`.

    A column that `people` lacks is NULL for everybody.
    """
    known = {name for name, *_ in connection.sql(f"DESCRIBE {people}").fetchall()}
    columns = [f"{name}::VARCHAR AS {name}" if name in known else f"NULL::VARCHAR AS {name}" for name in GIVEN]
    connection.execute(f"CREATE OR REPLACE VIEW people_given AS SELECT row_id, {', '.join(columns)} FROM {people}")
    connection.execute(f"CREATE TABLE {standard} AS {read_sql('identity', 'standard')}")
