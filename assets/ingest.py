"""Reference, landing, raw and staged: one asset for each feed and layer, partitioned by month."""

import dagster as dg

from assets.common import ALONE, MONTHS, steps_of
from schemas.feeds import FEEDS


@dg.asset(group_name="landing", partitions_def=MONTHS, required_resource_keys=ALONE)
def reference(context: dg.AssetExecutionContext) -> dg.MaterializeResult:
    """The reference tables, typed and checked."""
    return dg.MaterializeResult(metadata={"tables": len(steps_of(context).reference())})


@dg.asset(group_name="landing", partitions_def=MONTHS, required_resource_keys=ALONE, deps=[reference])
def landing(context: dg.AssetExecutionContext) -> dg.MaterializeResult:
    """The submissions of the landing folder up to the period."""
    return dg.MaterializeResult(metadata={"submissions": len(steps_of(context).landing())})


def _raw(feed: str) -> dg.AssetsDefinition:
    @dg.asset(key=["raw", feed], group_name="raw", partitions_def=MONTHS, required_resource_keys=ALONE, deps=[landing])
    def raw(context: dg.AssetExecutionContext) -> dg.MaterializeResult:
        return dg.MaterializeResult(metadata={"submissions": steps_of(context).raw(feed)})

    return raw


def _staged(feed: str) -> dg.AssetsDefinition:
    key = dg.AssetKey(["staged", feed])

    @dg.asset(
        key=key, group_name="staged", partitions_def=MONTHS, required_resource_keys=ALONE, deps=[dg.AssetKey(["raw", feed]), reference],
        check_specs=[dg.AssetCheckSpec("files_can_be_used", asset=key, description="No submission of the feed was refused.")],
    )  # fmt: skip
    def staged(context: dg.AssetExecutionContext) -> dg.MaterializeResult:
        judged = steps_of(context).staged(feed)
        refused = [f"{j.landed.name}: {j.refused}" for j in judged if j.refused]
        return dg.MaterializeResult(
            metadata={
                "accepted": sum(j.outcome.accepted for j in judged),
                "quarantined": sum(j.outcome.quarantined for j in judged),
            },
            check_results=[
                dg.AssetCheckResult(
                    check_name="files_can_be_used", passed=not refused, severity=dg.AssetCheckSeverity.WARN,
                    metadata={"refused": refused},
                )
            ],
        )  # fmt: skip

    return staged


ASSETS = [reference, landing, *(make(feed) for feed in FEEDS for make in (_raw, _staged))]
