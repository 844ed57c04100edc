"""Raw, staged and quarantine: each feed's submissions as text, and as records that were accepted or set aside.

Belongs here: two assets for each feed. Does not belong here: reading and validating a file (`pipelines/ingest/`).
"""

import dagster as dg

from assets.shared import LANDING, REFERENCE, asset_facts, column_schema, made, period_of, row_count
from pipelines.ingest.landing import Landing
from pipelines.ingest.staging import rules_of_work, stage, take_all_raw
from pipelines.resources import Warehouse
from schemas.feeds import FEEDS

USABLE = "files_can_be_used"


def _raw(feed: str) -> dg.AssetsDefinition:
    @made(
        key=["raw", feed], deps=[LANDING], description=f"Every submission of {feed} as text, with its row numbers.",
        **asset_facts("raw", ("python", "parquet")),
    )  # fmt: skip
    def raw(context: dg.AssetExecutionContext, warehouse: Warehouse) -> dg.MaterializeResult:
        work = warehouse.work(period_of(context))
        readable = take_all_raw([x for x in work.read(Landing).submissions if x.feed == feed], work.root)
        return dg.MaterializeResult(metadata={"submissions": len(readable), "readable": sum(readable)})

    return raw


def _staged(feed: str) -> dg.AssetsDefinition:
    key, model = dg.AssetKey(["staged", feed]), FEEDS[feed].model

    @made(
        key=key, deps=[dg.AssetKey(["raw", feed]), REFERENCE], description=" ".join((model.__doc__ or "").split()),
        metadata={"dagster/column_schema": column_schema(model, FEEDS[feed].key), "page": dg.MetadataValue.path("docs/feeds.md")},
        check_specs=[dg.AssetCheckSpec(USABLE, asset=key, description="No submission of the feed was refused.")],
        **asset_facts("staged", ("duckdb", "parquet")),
    )  # fmt: skip
    def staged(context: dg.AssetExecutionContext, warehouse: Warehouse) -> dg.MaterializeResult:
        work = warehouse.work(period_of(context))
        landed = [x for x in work.read(Landing).submissions if x.feed == feed]
        submissions = stage(landed, work.root, rules_of_work(work)) if landed else []
        refused = [f"{s.landed.name}: {s.refused}" for s in submissions if s.refused]
        accepted, set_aside = (sum(getattr(s.outcome, name) for s in submissions) for name in ("accepted", "quarantined"))
        return dg.MaterializeResult(
            metadata={**row_count(accepted), "quarantined": set_aside},
            check_results=[
                dg.AssetCheckResult(
                    check_name=USABLE, passed=not refused, severity=dg.AssetCheckSeverity.WARN, metadata={"refused": refused}
                )
            ],
        )

    return staged


ASSETS = [make(feed) for feed in FEEDS for make in (_raw, _staged)]
