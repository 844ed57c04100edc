"""Analysis: what inequality costs. One asset for each `sql/analysis/*.sql`, and those that are statistics.

Belongs here: the assets of this layer. Does not belong here: the sums (`sql/analysis/`), the statistics
(`pipelines/analysis/`).
"""

import dagster as dg

from assets.shared import INTAKE, asset_key, made, period_of, row_count, sql_dependencies, table_facts
from pipelines.analysis.tables import write_statistics
from pipelines.engine.sql import selects
from pipelines.resources import Warehouse
from pipelines.warehouse.tables import OF_STATISTICS


def _from_sql(name: str) -> dg.AssetsDefinition:
    @made(key=["analysis", name], deps=sql_dependencies("analysis", name), **table_facts("analysis", name))
    def analysis(context: dg.AssetExecutionContext, warehouse: Warehouse) -> dg.MaterializeResult:
        return dg.MaterializeResult(metadata=row_count(warehouse.tables(period_of(context)).run("analysis", name)))

    return analysis


def _from_statistics(name: str) -> dg.AssetsDefinition:
    @made(
        key=["analysis", name], deps=[INTAKE, asset_key("analysis/age_profile"), asset_key("mart/locality_month_cost")],
        **table_facts("analysis", name),
    )  # fmt: skip
    def analysis(context: dg.AssetExecutionContext, warehouse: Warehouse) -> dg.MaterializeResult:
        tables = warehouse.tables(period_of(context))
        rows = tables.kept("analysis", name)
        return dg.MaterializeResult(metadata=row_count(write_statistics(tables, name) if rows is None else rows))

    return analysis


ASSETS = [*(_from_sql(name) for name in selects("analysis")), *(_from_statistics(name) for name in OF_STATISTICS)]
