"""Core: who, where, what it cost. One asset for each `sql/core/*.sql`, and those made in Python."""

import dagster as dg

from assets.common import ALONE, MONTHS, sql_dependencies, steps_of
from pipelines.steps import SQL_CORE
from schemas.feeds import FEEDS
from schemas.rules import CROSS_RULES

STAGED = [dg.AssetKey(["staged", feed]) for feed in FEEDS]


@dg.asset(key=["core", "refresh"], group_name="core", partitions_def=MONTHS, required_resource_keys=ALONE, deps=STAGED)
def refresh(context: dg.AssetExecutionContext) -> None:
    """What this refresh covers."""
    steps_of(context).refresh()


@dg.asset(
    key=["core", "link"], group_name="core", partitions_def=MONTHS, required_resource_keys=ALONE,
    deps=[dg.AssetKey([layer, name]) for layer, name in
          (("staged", "population_register"), ("staged", "clients"), ("core", "client_birth"))],
)  # fmt: skip
def link(context: dg.AssetExecutionContext) -> dg.MaterializeResult:
    """Which person of the register each council client is."""
    return dg.MaterializeResult(metadata={"clients": steps_of(context).link().num_rows})


@dg.asset(
    key=["core", "person_id"],
    group_name="core",
    partitions_def=MONTHS,
    required_resource_keys=ALONE,
    deps=[dg.AssetKey(["core", "record_person"])],
)
def person_id(context: dg.AssetExecutionContext) -> dg.MaterializeResult:
    """The keyed pseudonym of each person."""
    return dg.MaterializeResult(metadata={"people": steps_of(context).person_id()})


@dg.asset(
    key=["core", "withheld"], group_name="core", partitions_def=MONTHS, required_resource_keys=ALONE,
    deps=[dg.AssetKey(["core", name]) for name in ("outside_text", "known_word")],
)  # fmt: skip
def withheld(context: dg.AssetExecutionContext) -> dg.MaterializeResult:
    """What is published in place of texts of outside that name somebody."""
    return dg.MaterializeResult(metadata={"texts": steps_of(context).withheld()})


def _from_sql(name: str) -> dg.AssetsDefinition:
    @dg.asset(
        key=["core", name],
        group_name="core",
        partitions_def=MONTHS,
        required_resource_keys=ALONE,
        deps=sql_dependencies("core", name),
    )
    def core(context: dg.AssetExecutionContext) -> dg.MaterializeResult:
        steps = steps_of(context)
        rows = steps.core(name)
        if name == "unit_cost_match":
            steps.check_unit_costs()
        return dg.MaterializeResult(metadata={"rows": rows})

    return core


@dg.asset(
    key=["core", "rule_finding"], group_name="core", partitions_def=MONTHS, required_resource_keys=ALONE,
    deps=sorted({key for rule_id in CROSS_RULES for key in sql_dependencies("rule", rule_id)}),
)  # fmt: skip
def rule_finding(context: dg.AssetExecutionContext) -> dg.MaterializeResult:
    """Records in use that break a rule that needs other files."""
    return dg.MaterializeResult(metadata={"findings": steps_of(context).rule_finding()})


@dg.asset(
    key=["core", "drift"],
    group_name="core",
    partitions_def=MONTHS,
    required_resource_keys=ALONE,
    deps=sql_dependencies("rule", "drift_measure"),
)
def drift(context: dg.AssetExecutionContext) -> dg.MaterializeResult:
    """Each file's rows, pounds and units for each person beside what is usual."""
    return dg.MaterializeResult(metadata={"drifting": steps_of(context).drift()})


ASSETS = [refresh, link, person_id, withheld, rule_finding, drift, *(_from_sql(name) for name in SQL_CORE)]
