"""What every asset needs: the data root, the period of the run, dependencies read from SQL."""

import dagster as dg

from pipelines.engine.sql import dependencies, read_sql
from pipelines.steps import Steps
from pipelines.warehouse.root import DataRoot

MONTHS = dg.MonthlyPartitionsDefinition(start_date="2017-04-01", timezone="Europe/London", end_offset=1)
NOTE_TAG, AGAIN_TAG = "irf/note", "irf/again"
"""Tags of a run: what the manifest is to say of it; that it publishes though nothing has changed."""
LOCK = "lock"
ALONE = {LOCK}
"""The resource of every asset, so that no two runs are at work on one data root, whatever has started them."""


def steps_of(context: dg.AssetExecutionContext) -> Steps:
    """The steps for the run's period: its month partition, under the data root of the environment."""
    return Steps(DataRoot.from_environment(), context.partition_key[:7])


def sql_dependencies(layer: str, name: str) -> list[dg.AssetKey]:
    """The assets an SQL file reads, from DuckDB's parse of it. A quarantine table is made with its staged one."""
    found = set()
    for upstream, table in dependencies(read_sql(layer, name)):
        if upstream == "reference":
            found.add(dg.AssetKey("reference"))
        else:
            found.add(dg.AssetKey(["staged" if upstream == "quarantine" else upstream, table]))
    # A table of reference alone is of this refresh, too: it is made once the submissions were taken in.
    return sorted(found | {dg.AssetKey("landing")})
