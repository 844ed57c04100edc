"""Core: who, where, what it cost. One asset for each `sql/core/*.sql`, and those that Python makes.

Belongs here: the assets of this layer, and which function makes each that no SELECT makes. Does not belong here: these
functions.
"""

from collections.abc import Callable, Iterable

import dagster as dg

from assets.shared import INTAKE, made, period_of, row_count, sql_dependencies, table_facts
from pipelines.costing.prices import check_unit_costs
from pipelines.costing.window import write_window
from pipelines.engine.sql import selects
from pipelines.identity.people import kept_links, link_clients_of
from pipelines.quality.findings import write_drift, write_rule_findings
from pipelines.quality.withheld import write_withheld
from pipelines.resources import Warehouse
from pipelines.warehouse.tables import Tables
from schemas.rules import CROSS_RULES


def _from_sql(name: str) -> dg.AssetsDefinition:
    @made(key=["core", name], deps=sql_dependencies("core", name), **table_facts("core", name))
    def core(context: dg.AssetExecutionContext, warehouse: Warehouse) -> dg.MaterializeResult:
        tables = warehouse.tables(period_of(context))
        rows = tables.run("core", name)
        if name == "unit_cost_match":
            check_unit_costs(tables)
        return dg.MaterializeResult(metadata=row_count(rows))

    return core


def _from_python(
    name: str, write: Callable[[Tables], int], deps: Iterable[dg.AssetKey], kept: Callable[[Tables], int | None] | None = None
) -> dg.AssetsDefinition:
    @made(key=["core", name], deps=sorted({INTAKE, *deps}), **table_facts("core", name))
    def core(context: dg.AssetExecutionContext, warehouse: Warehouse) -> dg.MaterializeResult:
        tables = warehouse.tables(period_of(context))
        rows = kept(tables) if kept else tables.kept("core", name)
        return dg.MaterializeResult(metadata=row_count(write(tables) if rows is None else rows))

    return core


def _core(*names: str) -> list[dg.AssetKey]:
    return [dg.AssetKey(["core", name]) for name in names]


def _link(tables: Tables) -> int:
    return int(link_clients_of(tables).num_rows)


REGISTER, CLIENTS = (dg.AssetKey(["staged", feed]) for feed in ("population_register", "clients"))
ASSETS = [
    _from_python("refresh", write_window, []),
    _from_python("link", _link, [REGISTER, CLIENTS, *_core("client_birth")], kept_links),
    _from_python("withheld", write_withheld, _core("outside_text", "known_word")),
    _from_python(
        "rule_finding",
        write_rule_findings,
        {k for rule_id in CROSS_RULES for k in sql_dependencies("rule", rule_id)},
    ),
    _from_python("drift", write_drift, sql_dependencies("rule", "drift_measure")),
    *(_from_sql(name) for name in selects("core")),
]
