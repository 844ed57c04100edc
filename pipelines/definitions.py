"""What Dagster loads: assets, the refresh job, its schedule and the landing sensor.

Belongs here: when and how the refresh runs. Does not belong here: what it makes (`assets/`).
"""

import hashlib

import dagster as dg

import assets.core
import assets.ingest
import assets.mart
from assets.common import MONTHS
from pipelines.engine.paths import DataRoot
from pipelines.progress import PROGRESS


@dg.success_hook
def tell_progress(context: dg.HookContext) -> None:
    """Say that a step is done."""
    PROGRESS.info(context.step_key.replace("__", "/"))


refresh_job = dg.define_asset_job(
    "refresh",
    selection=dg.AssetSelection.all(),
    partitions_def=MONTHS,
    executor_def=dg.in_process_executor,
    hooks={tell_progress},
)


@dg.schedule(job=refresh_job, cron_schedule="0 6 16 * *", execution_timezone="Europe/London")
def monthly_refresh(context: dg.ScheduleEvaluationContext) -> dg.RunRequest:
    """On the 16th, the day after submissions are due, refresh the month before."""
    day = context.scheduled_execution_time
    month = f"{day.year - (day.month == 1)}-{(day.month - 2) % 12 + 1:02d}-01"
    return dg.RunRequest(run_key=month, partition_key=month)


@dg.sensor(job=refresh_job, minimum_interval_seconds=300)
def landing_sensor(context: dg.SensorEvaluationContext) -> dg.RunRequest | dg.SkipReason:
    """Refresh the newest period in landing whenever the files there change."""
    landing = DataRoot.from_environment().folder("landing")
    files = sorted(p for p in landing.glob("*/*/*") if p.is_file() and not p.name.startswith("."))
    if not files:
        return dg.SkipReason("landing is empty")
    seen = hashlib.sha256()
    for file in files:
        seen.update(f"{file.relative_to(landing)} {file.stat().st_size} {file.stat().st_mtime_ns}\n".encode())
    if context.cursor == seen.hexdigest():
        return dg.SkipReason("nothing new in landing")
    context.update_cursor(seen.hexdigest())
    period = max(file.name[:7] for file in files)
    return dg.RunRequest(run_key=seen.hexdigest(), partition_key=f"{period}-01")


defs = dg.Definitions(
    assets=[*assets.ingest.ASSETS, *assets.core.ASSETS, *assets.mart.ASSETS],
    jobs=[refresh_job],
    schedules=[monthly_refresh],
    sensors=[landing_sensor],
)
