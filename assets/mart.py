"""Mart: the published tables. One asset for each `sql/mart/*.sql`, and those that Python makes.

Belongs here: the assets of this layer. Does not belong here: `cost_line` and `ledger_line`, which are
core's; what is in a table.
"""

from collections.abc import Iterator

import dagster as dg

from assets.shared import INTAKE, asset_key, made, period_of, row_count, sql_dependencies, table_facts
from pipelines.engine.sql import selects
from pipelines.identity.people import write_person_history
from pipelines.quality.findings import write_submissions
from pipelines.quality.fix_workbook import write_workbooks
from pipelines.resources import Warehouse

OF_FILES = ("submission", "rule_result")


def _from_sql(name: str) -> dg.AssetsDefinition:
    @made(key=["mart", name], deps=sql_dependencies("mart", name), **table_facts("mart", name))
    def mart(context: dg.AssetExecutionContext, warehouse: Warehouse) -> dg.MaterializeResult:
        return dg.MaterializeResult(metadata=row_count(warehouse.tables(period_of(context)).run("mart", name)))

    return mart


def _spec(name: str) -> dg.AssetSpec:
    facts = {k: v for k, v in table_facts("mart", name).items() if k != "partitions_def"}
    return dg.AssetSpec(
        ["mart", name],
        deps=[INTAKE, *map(asset_key, ("core/fate", "core/fate_by_rules", "core/record", "core/rule_finding", "core/drift"))],
        **facts,
    )


@dg.multi_asset(specs=[_spec(name) for name in OF_FILES], partitions_def=table_facts("mart", OF_FILES[0])["partitions_def"])
def submission(context: dg.AssetExecutionContext, warehouse: Warehouse) -> Iterator[dg.MaterializeResult]:
    """What became of each file, and what each rule found in it; beside them, for each agency, a workbook of its rows to put right."""
    tables = warehouse.tables(period_of(context))
    kept = {name: tables.kept("mart", name) for name in OF_FILES}
    rows = write_submissions(tables) if None in kept.values() else kept
    to_fix = write_workbooks(tables)
    for name in OF_FILES:
        yield dg.MaterializeResult(asset_key=["mart", name], metadata={**row_count(rows[name] or 0), "to fix": to_fix})


@made(
    key=["mart", "person_history"], deps=[INTAKE, *map(asset_key, ("core/link", "core/record"))],
    **table_facts("mart", "person_history"),
)  # fmt: skip
def person_history(context: dg.AssetExecutionContext, warehouse: Warehouse) -> dg.MaterializeResult:
    """Which person id became which."""
    return dg.MaterializeResult(metadata=row_count(write_person_history(warehouse.tables(period_of(context)))))


ASSETS = [*(_from_sql(name) for name in selects("mart")), submission, person_history]
