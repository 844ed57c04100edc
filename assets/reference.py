"""Reference: the lookups that our own office keeps.

Belongs here: the asset that loads them. Does not belong here: what they may say (`schemas/reference`), reading them
(`pipelines/ingest/reference.py`).
"""

import dagster as dg

from assets.shared import REFERENCE, asset_facts, made, period_of
from pipelines.ingest.reference import load_reference
from pipelines.resources import Warehouse


@made(key=REFERENCE, **asset_facts("reference", ("csv", "parquet")))
def reference(context: dg.AssetExecutionContext, warehouse: Warehouse) -> dg.MaterializeResult:
    """The reference tables, typed and checked."""
    root = warehouse.data_root
    root.prepare()
    return dg.MaterializeResult(metadata={"tables": len(load_reference(warehouse.work(period_of(context))).files)})


ASSETS = [reference]
