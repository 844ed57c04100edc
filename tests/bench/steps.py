"""The steps of a refresh as its run history has them: when each began and ended, and how many rows it made.

Belongs here: reading Dagster's history of a data root. Does not belong here: what the process took meanwhile (`measured.py`).
"""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pipelines.refresh import prepare_dagster
from pipelines.warehouse.root import DataRoot

ROWS = "dagster/row_count"


@dataclass(frozen=True)
class Step:
    """A step of a run: its name, as core/record, and its stage, as core. start, end: seconds since 1970."""

    name: str
    stage: str
    start: float
    end: float
    rows: int | None


def steps_of(root: Path, since: float) -> list[Step]:
    """The steps of a data root's newest run in their order; none where it began before a moment."""
    prepare_dagster(DataRoot(root))
    import dagster as dg

    with dg.DagsterInstance.get() as history:
        runs = history.get_runs(limit=1)
        stats = history.get_run_step_stats(runs[0].run_id) if runs else []
    steps = [_step(one) for one in stats if one.start_time is not None and one.end_time is not None and one.start_time >= since]
    return sorted(steps, key=lambda step: step.start)


def _step(stats: Any) -> Step:
    made = [event.dagster_event.step_materialization_data.materialization for event in stats.materialization_events]
    layers = [one.asset_key.path[0] for one in made if len(one.asset_key.path) > 1]
    counts = [int(one.metadata[ROWS].value) for one in made if ROWS in one.metadata]
    name = stats.step_key.replace("__", "/")
    return Step(name, layers[0] if layers else name, stats.start_time, stats.end_time, sum(counts) if counts else None)
