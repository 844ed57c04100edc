"""Landing: the files that agencies have dropped, the submissions among them, and which of them a refresh is made of.

Belongs here: the assets before any file is read, and the one that decides which count. Does not belong here: how that is
decided (`pipelines/ingest/intake.py`).
"""

import dagster as dg

from assets.shared import INTAKE, LANDING, OWNERS, REFERENCE, asset_facts, made, period_of
from pipelines.ingest.intake import take_in
from pipelines.ingest.landing import find_submissions, hash_of
from pipelines.resources import Warehouse
from schemas.feeds import FEEDS

FILES = dg.AssetKey("landing_files")


FILES_SPEC = dg.AssetSpec(
    FILES, group_name="landing", description="The files of the landing folder, observed by one hash.", owners=OWNERS
)


@made(key=LANDING, deps=[REFERENCE, FILES], **asset_facts("landing", ("python",)))
def landing(context: dg.AssetExecutionContext, warehouse: Warehouse) -> dg.MaterializeResult:
    """The submissions of the landing folder up to the period, and what else lies there."""
    found = find_submissions(warehouse.work(period_of(context)))
    files: dict[str, str | int] = {"files": len(found.submissions), "hash": hash_of(found.submissions)}
    context.log_event(dg.AssetObservation(FILES, metadata=files))
    return dg.MaterializeResult(metadata={"submissions": len(found.submissions), "not used": len(found.unused)})


@made(
    key=INTAKE, deps=[LANDING, REFERENCE, *(dg.AssetKey(["staged", feed]) for feed in FEEDS)],
    **asset_facts("landing", ("python",)),
)  # fmt: skip
def intake(context: dg.AssetExecutionContext, warehouse: Warehouse) -> dg.MaterializeResult:
    """Which submissions count: of each agency, feed and period the latest that can be used. It is decided here, once."""
    taken = take_in(warehouse.work(period_of(context)))
    return dg.MaterializeResult(metadata={"submissions": len(taken.submissions), "counting": len(taken.counting)})


ASSETS = [FILES_SPEC, landing, intake]
