"""What Dagster loads: assets, checks, the refresh job, its schedule and the landing sensor.

Belongs here: when and how the refresh runs. Does not belong here: what it makes (`assets/`), which month the files ask for
(`pipelines/ingest/watch.py`).
"""

import time
from typing import Any

import dagster as dg

import assets.analysis
import assets.core
import assets.gate
import assets.landing
import assets.mart
import assets.reference
import assets.release
import assets.staged
from assets.shared import MONTHS
from pipelines.engine.errors import IrfError
from pipelines.engine.progress import PROGRESS
from pipelines.ingest.watch import Asked, asked_for
from pipelines.lock import DIED_TAG, close_dead_runs
from pipelines.resources import Warehouse
from pipelines.warehouse.root import DataRoot
from schemas.month import before

STATE_TAG = "irf/landing"
"""Tag of a run that the sensor asked for: which state of landing it is for."""


@dg.success_hook
def tell_progress(context: dg.HookContext) -> None:
    """Say that a step is done."""
    PROGRESS.info(context.step_key.replace("__", "/"))


refresh_job = dg.define_asset_job(
    "refresh",
    selection=dg.AssetSelection.all(),
    partitions_def=MONTHS,
    hooks={tell_progress},
)


@dg.schedule(job=refresh_job, cron_schedule="0 6 16 * *", execution_timezone="Europe/London")
def monthly_refresh(context: dg.ScheduleEvaluationContext) -> dg.RunRequest:
    """On the 16th, the day after submissions are due, refresh the month before."""
    month = f"{before(context.scheduled_execution_time.date())}-01"
    return dg.RunRequest(run_key=month, partition_key=month)


@dg.sensor(job=refresh_job, minimum_interval_seconds=300)
def landing_sensor(context: dg.SensorEvaluationContext) -> dg.RunRequest | dg.SkipReason:
    """Refresh the newest month that is complete, whenever the files in landing are not those of its latest release."""
    root = DataRoot.from_environment()
    close_dead_runs(root, context.instance)
    try:
        asked = asked_for(root, [key[:7] for key in MONTHS.get_partition_keys()], time.time())
    except IrfError as error:
        return dg.SkipReason(str(error))
    if isinstance(asked, str):
        return dg.SkipReason(asked)
    if _is_under_way(context.instance, asked.period):
        return dg.SkipReason(f"a refresh of {asked.period} is under way")
    if _was_answered(context.instance, asked):
        return dg.SkipReason("the last run that was asked for was of these very files, and did not publish them: see why there")
    return dg.RunRequest(partition_key=f"{asked.period}-01", tags={STATE_TAG: asked.state})


def _is_under_way(history: dg.DagsterInstance, period: str) -> bool:
    """Whether a run of a month waits or is at work."""
    unfinished = [dg.DagsterRunStatus.QUEUED, dg.DagsterRunStatus.STARTING, dg.DagsterRunStatus.STARTED]
    return bool(history.get_runs(dg.RunsFilter(statuses=unfinished, tags={"dagster/partition": f"{period}-01"}), limit=1))


def _was_answered(history: dg.DagsterInstance, asked: Asked) -> bool:
    """Whether the last run that the sensor asked for was for this state and came to its end, whatever that was."""
    last = history.get_runs(dg.RunsFilter(tags={"dagster/sensor_name": "landing_sensor"}), limit=1)
    return bool(last) and last[0].tags.get(STATE_TAG) == asked.state and DIED_TAG not in last[0].tags


ROOMS = (
    assets.landing,
    assets.reference,
    assets.staged,
    assets.core,
    assets.mart,
    assets.analysis,
    assets.gate,
    assets.release,
)


def build_defs(**overrides: Any) -> dg.Definitions:
    """Everything that Dagster loads. overrides: resources by name, as a `Warehouse` of another data root or of one thread."""
    return dg.Definitions(
        assets=[asset for room in ROOMS for asset in room.ASSETS],
        asset_checks=assets.gate.CHECKED,
        jobs=[refresh_job],
        schedules=[monthly_refresh],
        sensors=[landing_sensor],
        resources={"warehouse": Warehouse(), **overrides},
        # One process a run: it holds the lock.
        executor=dg.in_process_executor,
    )


defs = build_defs()
