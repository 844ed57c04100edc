"""The gate: every check of a refresh, each told on the asset that it is about.

Belongs here: what waits for what, and the answers as Dagster's checks. Does not belong here: the checks
(`pipelines/quality/`, `sql/gate/`).
"""

from collections.abc import Iterator

import dagster as dg

from assets.mart import OF_FILES
from assets.shared import GATE, INTAKE, asset_facts, asset_key, made, period_of
from pipelines.engine.sql import selects
from pipelines.quality.checks import CHECKS
from pipelines.quality.gate import check
from pipelines.quality.verdict import Verdict, forget_verdict, keep_verdict, standing_verdict
from pipelines.resources import Warehouse
from pipelines.warehouse.tables import OF_STATISTICS

PUBLISHED_TABLES = [
    *(dg.AssetKey(["mart", name]) for name in (*selects("mart"), *OF_FILES, "person_history")),
    *(dg.AssetKey(["analysis", name]) for name in (*selects("analysis"), *OF_STATISTICS)),
]


@made(
    key=GATE, deps=[INTAKE, dg.AssetKey(["core", "withheld"]), *PUBLISHED_TABLES],
    **asset_facts("release", ("python", "greatexpectations")),
)  # fmt: skip
def gate(context: dg.AssetExecutionContext, warehouse: Warehouse) -> dg.MaterializeResult:
    """The verdict: every check of the gate with its answer, and the hashes of what was checked. The release obeys it."""
    tables = warehouse.tables(period_of(context))
    of = tables.state()
    standing = standing_verdict(tables, of)
    forget_verdict(tables.work)
    verdict = keep_verdict(tables, context.run_id, standing.checks if standing else check(tables), of)
    return dg.MaterializeResult(
        metadata={"checks": len(verdict.checks), "refuses": verdict.blocked_by, "warns": len(verdict.warnings)}
    )


@dg.multi_asset_check(
    specs=[
        dg.AssetCheckSpec(c.name, asset=asset_key(c.about), additional_deps=[GATE], description=f"It holds that {c.sentence}.")
        for c in CHECKS.values()
    ],
    can_subset=True,
)
def gate_checks(context: dg.AssetCheckExecutionContext, warehouse: Warehouse) -> Iterator[dg.AssetCheckResult]:
    """The answers of the gate, each on the asset that it is about; none where the gate was no part of the run.

    Checks that are run alone, without any asset, have no month.
    """
    month = context.run.tags.get("dagster/partition")
    verdict = warehouse.work(month[:7]).find(Verdict) if month else None
    chosen = {key.name for key in context.op_execution_context.selected_asset_check_keys}
    for answer in verdict.checks if verdict and verdict.run == context.run.run_id else ():
        if answer.name not in chosen:
            continue
        yield dg.AssetCheckResult(
            check_name=answer.name,
            asset_key=asset_key(CHECKS[answer.name].about),
            passed=answer.passed,
            metadata={"detail": answer.detail},
            severity=dg.AssetCheckSeverity.ERROR if answer.blocks else dg.AssetCheckSeverity.WARN,
        )


ASSETS = [gate]
CHECKED = [gate_checks]
