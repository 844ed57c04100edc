"""Running the monthly job as a recorded Dagster run, with progress and a verdict.

Belongs here: starting the run, showing it, turning its end into a result. Does not belong here: the steps.
"""

import logging
import os
from collections.abc import Callable
from dataclasses import dataclass

from pipelines.engine.errors import GateRefused, IrfError
from pipelines.engine.paths import REPOSITORY, DataRoot
from pipelines.release.publish import latest
from pipelines.steps import Steps


@dataclass(frozen=True)
class Published:
    """The version a refresh published, and what must be seen though it did not block."""

    version: str
    warnings: list[str]


def prepare_dagster(root: DataRoot) -> None:
    """Run history under the data root, no telemetry."""
    root.prepare()
    os.environ["DAGSTER_HOME"] = str(REPOSITORY)
    os.environ["IRF_DATA"] = str(root.path)
    os.environ["IRF_STATE"] = str(root.folder("state"))
    os.environ["DAGSTER_DISABLE_TELEMETRY"] = "1"
    logging.getLogger("dagster").setLevel(logging.CRITICAL)


def refresh(root: DataRoot, period: str, note: str | None, progress: Callable[[str], None]) -> Published:
    """Refresh a period and publish it.

    Raises GateRefused when a blocking check failed, IrfError when a step could not go on; nothing is published then.
    """
    prepare_dagster(root)
    import dagster as dg

    from pipelines.definitions import defs

    steps = Steps(root, period)
    steps.forget_gate()
    before = latest(root.folder("releases"))
    job = defs.resolve_job_def("refresh")
    tags = {"irf/note": note} if note else {}
    with dg.DagsterInstance.get() as instance:
        run = instance.create_run_for_job(
            job_def=job, tags={**tags, "dagster/partition": f"{period}-01"}, run_config={}
        )
        result = _execute(job, run, instance, progress)
    gate = steps.noted_gate()
    blocked = [f"{c['name']}: {c['detail']}" for c in gate if c["blocks"] and not c["passed"]]
    if blocked:
        raise GateRefused(blocked)
    if result is not None:
        raise result
    version = latest(root.folder("releases"))
    if version is None or version == before:
        raise IrfError(f"refresh of {period}: the run ended without a release; `make ui` shows its history")
    return Published(version, [f"{c['name']}: {c['detail']}" for c in gate if not c["passed"]])


def _execute(job: object, run: object, instance: object, progress: Callable[[str], None]) -> Exception | None:
    """Run to the end, telling each finished step. Returns why it failed, if it did."""
    from dagster._core.execution.api import execute_run_iterator

    failure: Exception | None = None
    for event in execute_run_iterator(job, run, instance):  # type: ignore[arg-type]  # Dagster's run types stay inside this file
        if event.is_step_success:
            progress(str(event.step_key))
        elif event.is_step_failure:
            failure = _reason(event)
    return failure


def _reason(event: object) -> Exception:
    """The error of a step in one line, without anything from a record."""
    error = event.step_failure_data.error  # type: ignore[attr-defined]  # a DagsterEvent of a failed step has it
    cause = error.cause if error is not None and error.cause is not None else error
    name = str(getattr(cause, "cls_name", "error"))
    text = str(getattr(cause, "message", "")).strip().splitlines()
    first = text[0].removeprefix("pipelines.engine.errors.").removeprefix(f"{name}: ") if text else name
    if name == "GateRefused":
        return GateRefused([first])
    if name == "IrfError":
        return IrfError(first)
    return IrfError(f"step {event.step_key}: {name}; run `make ui` for its history")  # type: ignore[attr-defined]  # as above
