"""The prices of `reference/unit_costs.csv`, as records meet them.

Belongs here: refusing prices between which nobody can choose. Does not belong here: matching them (`sql/core/unit_cost_match.sql`).
"""

from pipelines.engine.errors import IrfError
from pipelines.warehouse.tables import Tables


def check_unit_costs(tables: Tables) -> None:
    """Refuse two equal matches, and a service that is priced in other years only. Raises IrfError naming the first."""
    with tables.database([("core", "unit_cost_match")]) as connection:
        row = connection.execute(
            "SELECT service, financial_year, agency, match_count, is_year_missing FROM core.unit_cost_match "
            "WHERE match_count > 1 OR is_year_missing ORDER BY ALL LIMIT 1"
        ).fetchone()
    if row:
        why = "has no price in this year though it has in others" if row[4] else f"has {row[3]} equally specific prices"
        raise IrfError(f"reference/unit_costs.csv: {row[0]} {row[1]} {row[2]} {why}")
