"""The analysis tables of a release, computed again from its other tables and compared.

Belongs here: what anybody who has a release can compute again. Does not belong here: the formulae (`sql/analysis`,
`pipelines/analysis`), the other checks of a release (`verify.py`).
"""

from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa

from pipelines.analysis.tables import READ, computed, read_from
from pipelines.engine.sql import read_sql, selects
from pipelines.warehouse.releases import show_release
from pipelines.warehouse.tables import OF_STATISTICS

FROM_INSIDE = ("age_profile",)
"""Tables of analysis that need ages, which a release has only in bands: `sql/release/` has checks of their own for them."""


def differing_rows(connection: duckdb.DuckDBPyConnection, release: Path) -> dict[str, int]:
    """How many rows of each analysis table are in the release and not computed again, or the other way round.

    connection: with the macros for tables, and the release shown as `release`.
    """
    for layer in ("mart", "analysis"):
        show_release(connection, release, layer)
    found = {
        name: _differing(connection, name, connection.sql(read_sql("analysis", name)).to_arrow_table())
        for name in selects("analysis")
        if name not in FROM_INSIDE
    }
    read = read_from({name: _rows(connection, read_sql("statistics", name)) for name in READ})
    for name in OF_STATISTICS:
        found[name] = _differing(connection, name, computed(name, read))
    return found


def _rows(connection: duckdb.DuckDBPyConnection, sql: str) -> list[dict[str, Any]]:
    result = connection.execute(sql)
    names = [column[0] for column in result.description or ()]
    return [dict(zip(names, row, strict=True)) for row in result.fetchall()]


def _differing(connection: duckdb.DuckDBPyConnection, name: str, again: pa.Table) -> int:
    """Of a table that is whole in memory: inside the comparison its SELECT takes DuckDB longer than by itself."""
    connection.register("again", again)
    ((rows,),) = connection.execute(
        f"""
        SELECT count(*) FROM (
            (SELECT * FROM again EXCEPT ALL SELECT * FROM release.{name})
            UNION ALL
            (SELECT * FROM release.{name} EXCEPT ALL SELECT * FROM again)
        )
        """
    ).fetchall()
    connection.unregister("again")
    return int(rows)
