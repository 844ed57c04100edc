"""What crosses reference tables: names that another table must have, rows that exclude one another.

Belongs here: checks that need more than one row, their SELECTs and sentences. Does not belong here: what holds within a cell or
a row (declared in `schemas/reference`, checked by `reference.py`).
"""

from collections.abc import Mapping
from pathlib import Path

import duckdb
import pyarrow as pa

from pipelines.engine.errors import IrfError, listed
from pipelines.engine.sql import parquet_rows
from pipelines.ingest.cell_words import Cell, in_words, unlisted
from pipelines.ingest.landing import feeds_of
from schemas.feeds import FEEDS
from schemas.reference import OPTIONAL, REFERENCE, TABLE_ROW
from schemas.table import Column, columns


def check_reference(connection: duckdb.DuckDBPyConnection, files: Mapping[str, Path], sent_feeds: pa.Table) -> None:
    """Every name that a table says is known, every service of what an agency sends is costed by one rule, mappings do not overlap, and so on.

    files: the typed tables by name. sent_feeds: the agencies and feeds that have anything in landing.
    Raises IrfError naming the table and the row, or the agency and service or code.
    """
    connection.execute("CREATE SCHEMA reference")
    for name, file in files.items():
        connection.execute(f"CREATE VIEW reference.{name} AS SELECT * FROM {parquet_rows(file)}")
    _check_names(connection)
    given = [(feed.kind, name, service) for name, feed in FEEDS.items() for service in feed.services]
    connection.register("feed_service", pa.table(dict(zip(("kind", "feed", "service"), zip(*given, strict=True), strict=True))))
    connection.register("sent_feed", sent_feeds)
    for sentence, select in _CROSS_CHECKS.items():
        rows = connection.execute(select).fetchall()
        if rows:
            raise IrfError(
                f"{sentence}: {listed([', '.join(str(value) for value in row if value is not None) for row in rows])}"
            )


_LIST = {"agency": "agencies.csv", "service": "services.csv", "feed": "docs/feeds.md"}
"""Where all the names of a kind stand."""


def _check_names(connection: duckdb.DuckDBPyConnection) -> None:
    """Raise IrfError for the first table that names an agency, a service or a feed that there is not."""
    kinds = dict(connection.execute("SELECT DISTINCT agency, kind FROM reference.agencies ORDER BY ALL").fetchall())
    services = connection.execute("SELECT service FROM reference.services ORDER BY ALL").fetchall()
    known = {"agency": list(kinds), "service": [service for (service,) in services], "feed": sorted(FEEDS)}
    for name, model in {**REFERENCE, **OPTIONAL}.items():
        problems: dict[Cell, str] = {}
        for c in columns(model):
            for row, said, rows in _said(connection, name, c) if c.names else ():
                if said not in known[c.names]:
                    more = f", and in {rows - 1:,} more rows" if rows > 1 else ""
                    problems[row, c.name] = f"no such {c.names}: {unlisted(said, known[c.names], _LIST[c.names])}{more}"
        if name == "expected_feeds":
            problems |= _not_sent(connection, kinds)
        if problems:
            raise IrfError(f"reference/{name}.csv: {in_words(problems, [c.name for c in columns(model)])}")


def _said(connection: duckdb.DuckDBPyConnection, name: str, column: Column) -> list[tuple[int, str, int]]:
    """Every value of a column of a table, with the first row that has it and how many have."""
    select = f'SELECT min({TABLE_ROW}), "{column.name}", count(*) FROM reference.{name} WHERE "{column.name}" IS NOT NULL'
    return connection.execute(f"{select} GROUP BY ALL").fetchall()


def _not_sent(connection: duckdb.DuckDBPyConnection, kinds: Mapping[str, str]) -> dict[Cell, str]:
    """The feeds that are expected of an agency whose kind does not send them: they would be awaited for ever."""
    rows = connection.execute(f"SELECT {TABLE_ROW}, agency, feed FROM reference.expected_feeds").fetchall()
    return {
        (row, "feed"): f"{agency} sends no such feed: {unlisted(feed, sorted(feeds_of(kinds[agency])))}"
        for row, agency, feed in rows
        if agency in kinds and feed not in feeds_of(kinds[agency])
    }


def _overlap(table: str, key: str) -> str:
    """The SELECT of the keys that two rows of a dated table share on some day."""
    return f"""
        SELECT {key} FROM reference.{table}
        WINDOW earlier AS (
            PARTITION BY {key} ORDER BY valid_from NULLS FIRST ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING
        )
        QUALIFY coalesce(valid_from, DATE '0001-01-01') <= max(coalesce(valid_to, DATE '9999-12-31')) OVER earlier
        ORDER BY ALL
    """


_CROSS_CHECKS = {
    "reference/agencies.csv: two rows for one agency on one day": _overlap("agencies", "agency"),
    "reference/agencies.csv: two kinds of agency": "SELECT agency FROM reference.agencies GROUP BY agency "
    "HAVING count(DISTINCT kind) > 1 ORDER BY ALL",
    "reference/agencies.csv: the code was replaced (code_history.csv); add a row with the code now": "SELECT agency, max(code) "
    "FROM reference.agencies LEFT JOIN reference.code_history ON code = old_code GROUP BY agency "
    "HAVING count(*) = count(old_code) ORDER BY ALL",
    "reference/code_history.csv: two codes after one": "SELECT kind, old_code FROM reference.code_history GROUP BY ALL "
    "HAVING count(*) > 1 ORDER BY ALL",
    "reference/population.csv: two rows for the same people": "SELECT Year, DataZone, Sex, Age FROM reference.population "
    "GROUP BY ALL HAVING count(*) > 1 ORDER BY ALL",
    "reference/costing_rules.csv: two rules for one service": "SELECT agency, service FROM reference.costing_rules "
    "GROUP BY ALL HAVING count(*) > 1 ORDER BY ALL",
    "reference/costing_rules.csv: no rule for a service of a feed that the agency sends": "SELECT DISTINCT agency, service, feed "
    "FROM reference.agencies JOIN feed_service USING (kind) SEMI JOIN sent_feed USING (agency, feed) ANTI JOIN reference.costing_rules USING (agency, service) "
    "ORDER BY ALL",
    "reference/cost_code_map.csv: service without a costing rule (add it to costing_rules.csv)": f"""
        SELECT agency, service, 'row ' || min({TABLE_ROW}) FROM reference.cost_code_map
        ANTI JOIN reference.costing_rules USING (agency, service) WHERE treatment = 'cost' GROUP BY ALL ORDER BY ALL
    """,
    "reference/cost_code_map.csv: two mappings on one day": _overlap("cost_code_map", "agency, cost_code"),
    "reference/expected_feeds.csv: two rows for one feed on one day": _overlap("expected_feeds", "agency, feed"),
    "reference/unit_costs.csv: two prices for the same": "SELECT financial_year, service, agency, specialty_code, location_code, "
    "variant FROM reference.unit_costs GROUP BY ALL HAVING count(*) > 1 ORDER BY ALL",
    "reference/price_index.csv: two rates for one year": "SELECT series, vintage, year FROM reference.price_index "
    "GROUP BY ALL HAVING count(*) > 1 ORDER BY ALL",
    "reference/price_index.csv: years do not follow one another": """
        SELECT series, vintage, year FROM reference.price_index
        QUALIFY CAST(left(year, 4) AS INTEGER) <> 1 + lag(CAST(left(year, 4) AS INTEGER)) OVER (
            PARTITION BY series, vintage ORDER BY year
        )
        ORDER BY ALL
    """,
    "reference/price_index.csv: no rate, which only the first year may lack": """
        SELECT series, vintage, year FROM reference.price_index
        QUALIFY rate IS NULL AND row_number() OVER (PARTITION BY series, vintage ORDER BY year) > 1
        ORDER BY ALL
    """,
    "reference/plausible_bounds.csv: two rows for one column of a feed": 'SELECT feed, "column" FROM reference.plausible_bounds '
    "GROUP BY ALL HAVING count(*) > 1 ORDER BY ALL",
}
