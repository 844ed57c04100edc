"""Mart: the published tables, gated, and the release itself."""

from collections.abc import Iterator

import dagster as dg

from assets.common import AGAIN_TAG, ALONE, MONTHS, NOTE_TAG, sql_dependencies, steps_of
from pipelines.quality.gate import CHECKS, judge
from pipelines.release.build import publish_refresh
from pipelines.steps import SQL_MART
from schemas.feeds import FEEDS


def _from_sql(name: str) -> dg.AssetsDefinition:
    @dg.asset(
        key=["mart", name],
        group_name="mart",
        partitions_def=MONTHS,
        required_resource_keys=ALONE,
        deps=sql_dependencies("mart", name),
    )
    def mart(context: dg.AssetExecutionContext) -> dg.MaterializeResult:
        return dg.MaterializeResult(metadata={"rows": steps_of(context).mart(name)})

    return mart


@dg.multi_asset(
    specs=[
        dg.AssetSpec(
            ["mart", name], group_name="mart", deps=[dg.AssetKey(["core", n]) for n in ("fate", "rule_finding", "drift")]
        )
        for name in ("submission", "rule_result")
    ],
    partitions_def=MONTHS,
    required_resource_keys=ALONE,
)
def submission(context: dg.AssetExecutionContext) -> Iterator[dg.MaterializeResult]:
    """What became of each file, and what each rule found in it."""
    steps_of(context).submission()
    for name in ("submission", "rule_result"):
        yield dg.MaterializeResult(asset_key=["mart", name])


@dg.asset(
    key=["mart", "person_history"], group_name="mart", partitions_def=MONTHS, required_resource_keys=ALONE,
    deps=[dg.AssetKey(["core", "link"]), dg.AssetKey(["core", "record"])],
)  # fmt: skip
def person_history(context: dg.AssetExecutionContext) -> dg.MaterializeResult:
    """Which person id became which."""
    return dg.MaterializeResult(metadata={"changes": steps_of(context).person_history()})


GATE = dg.AssetKey("gate")


@dg.asset(
    key=GATE,
    group_name="release",
    partitions_def=MONTHS,
    required_resource_keys=ALONE,
    deps=[
        *(dg.AssetKey(["mart", n]) for n in (*SQL_MART, "submission", "person_history")),
        *(dg.AssetKey(["staged", f]) for f in FEEDS),
    ],
    check_specs=[dg.AssetCheckSpec(name, asset=GATE, blocking=True) for name in CHECKS],
)
def gate(context: dg.AssetExecutionContext) -> dg.MaterializeResult:
    """Every check of the gate. One that fails and blocks stops the release; any other is a warning."""
    steps = steps_of(context)
    steps.forget_verdict()
    checks = judge(steps)
    steps.keep_verdict(context.run_id, checks)
    return dg.MaterializeResult(
        check_results=[
            dg.AssetCheckResult(
                check_name=c.name,
                passed=c.passed,
                metadata={"detail": c.detail},
                severity=dg.AssetCheckSeverity.ERROR if c.blocks else dg.AssetCheckSeverity.WARN,
            )
            for c in checks
        ]
    )


@dg.asset(group_name="release", partitions_def=MONTHS, required_resource_keys=ALONE, deps=[gate])
def release(context: dg.AssetExecutionContext) -> dg.MaterializeResult:
    """The published release: exactly what the gate has passed, or nothing."""
    tags = context.run.tags
    outcome = publish_refresh(steps_of(context), context.run_id, tags.get(NOTE_TAG), AGAIN_TAG in tags)
    return dg.MaterializeResult(metadata={"version": outcome.version, "is_new": outcome.is_new})


ASSETS = [*(_from_sql(name) for name in SQL_MART), submission, person_history, gate, release]
