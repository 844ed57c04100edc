"""The release itself.

Belongs here: the asset that publishes, and what a run tells it. Does not belong here: publishing (`pipelines/release/`), the
pages (`pipelines/report/`).
"""

import dagster as dg

from assets.shared import GATE, asset_facts, made, period_of
from pipelines.release.build import publish_refresh
from pipelines.report.boundaries import read_boundaries
from pipelines.report.said_of import said_of
from pipelines.report.site import write_site
from pipelines.resources import Warehouse

NOTE_TAG, AGAIN_TAG = "irf/note", "irf/again"
"""Tags of a run: what the manifest is to say of it; that it publishes though nothing has changed."""


@made("release", deps=[GATE], **asset_facts("release", ("python", "parquet")))
def release(context: dg.AssetExecutionContext, warehouse: Warehouse) -> dg.MaterializeResult:
    """The published release: exactly what the gate has passed, or nothing."""
    tags, work = context.run.tags, warehouse.work(period_of(context))
    outcome = publish_refresh(
        work,
        context.run_id,
        tags.get(NOTE_TAG),
        AGAIN_TAG in tags,
        warehouse.threads,
        warehouse.memory_limit,
        warehouse.engine,
        lambda built, out: write_site(
            built, out, said_of(work.root, built.name), read_boundaries(work.root.folder("reference"))
        ),
    )
    folder = dg.MetadataValue.path(str(work.root.folder("releases") / outcome.version))
    return dg.MaterializeResult(metadata={"version": outcome.version, "is_new": outcome.is_new, "folder": folder})


ASSETS = [release]
