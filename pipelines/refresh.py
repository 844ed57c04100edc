"""Running the monthly job as a recorded Dagster run, with progress and a verdict.

Belongs here: starting the run, turning its end into a result. Does not belong here: the steps (`steps.py`), what
Dagster loads (`definitions.py`).
"""

import fcntl
import logging
import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

from pipelines.engine.errors import GateRefused, IrfError
from pipelines.engine.paths import REPOSITORY, DataRoot
from pipelines.progress import PROGRESS
from pipelines.steps import Steps

if TYPE_CHECKING:
    import dagster as dg


@dataclass(frozen=True)
class Published:
    """The version a refresh published, and what must be seen though it did not block."""

    version: str
    warnings: list[str]


def prepare_dagster(root: DataRoot) -> None:
    """Run history under the data root, no telemetry, no log lines of Dagster's or its database's own."""
    root.prepare()
    os.environ["DAGSTER_HOME"] = str(REPOSITORY)
    os.environ["IRF_DATA"] = str(root.path)
    os.environ["IRF_STATE"] = str(root.folder("state"))
    os.environ["DAGSTER_DISABLE_TELEMETRY"] = "1"
    # A run that is stopped (Ctrl-C) ends in one line of ours, not in theirs.
    for name in ("dagster", "sqlalchemy"):
        logging.getLogger(name).setLevel(logging.CRITICAL)


def refresh(root: DataRoot, period: str, note: str | None, progress: Callable[[str], None]) -> Published:
    """Refresh a period and publish it; the run is kept in the history of the data root. `progress` hears of each step as it ends.

    Raises GateRefused when a blocking check failed, IrfError when a step could not go on; nothing is published then.
    """
    prepare_dagster(root)
    import dagster as dg

    with dg.DagsterInstance.get() as history:
        return refresh_recorded_in(history, root, period, note, progress)


def refresh_recorded_in(
    history: "dg.DagsterInstance", root: DataRoot, period: str, note: str | None, progress: Callable[[str], None]
) -> Published:
    """`refresh` with its run recorded in a given history."""
    from assets.common import NOTE_TAG
    from pipelines.definitions import defs

    steps = Steps(root, period)
    with _alone(root), _told(progress):
        steps.forget_verdict()
        result = defs.resolve_job_def("refresh").execute_in_process(
            instance=history,
            partition_key=f"{period}-01",
            tags={NOTE_TAG: note} if note else None,
            run_config={"loggers": {"console": {"config": {"log_level": "CRITICAL"}}}},
            raise_on_error=False,
        )
    if _was_stopped(result.all_events):
        raise KeyboardInterrupt
    gate = steps.noted_gate()
    blocked = [f"{c['name']}: {c['detail']}" for c in gate if c["blocks"] and not c["passed"]]
    if blocked:
        raise GateRefused(blocked)
    if not result.success:
        raise _reason([event for event in result.all_events if event.is_step_failure])
    version = steps.noted_published()
    if version is None:
        raise IrfError(f"refresh of {period}: the run ended without a release; `make ui` shows its history")
    return Published(version, [f"{c['name']}: {c['detail']}" for c in gate if not c["passed"]])


@contextmanager
def _alone(root: DataRoot) -> Iterator[None]:
    """One refresh of a data root at a time. Raises IrfError while another one runs; a killed one leaves no lock."""
    with (root.folder("state") / "refresh.lock").open("w", encoding="utf-8") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise IrfError(f"another refresh of {root.path} is running; wait for its end") from None
        yield


@contextmanager
def _told(progress: Callable[[str], None]) -> Iterator[None]:
    """While it is open, every line of the progress logger goes to `progress`."""

    class Teller(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            progress(record.getMessage())

    teller = Teller()
    PROGRESS.addHandler(teller)
    try:
        yield
    finally:
        PROGRESS.removeHandler(teller)


def _was_stopped(events: "Sequence[dg.DagsterEvent]") -> bool:
    """Whether somebody stopped the run (Ctrl-C): Dagster notes that as a failure."""
    errors = [e.step_failure_data.error for e in events if e.is_step_failure]
    errors += [e.job_failure_data.error for e in events if e.is_job_failure]
    names = {str(x.cls_name) for error in errors if error is not None for x in (error, error.cause) if x is not None}
    return bool(names & {"KeyboardInterrupt", "DagsterExecutionInterruptedError"})


def _reason(failures: "list[dg.DagsterEvent]") -> Exception:
    """Why a run failed, in one line and without anything from a record."""
    if not failures:
        return IrfError("the run failed before its first step; `make ui` shows its history")
    first = failures[0]
    error = first.step_failure_data.error
    cause = error.cause if error is not None and error.cause is not None else error
    name = str(cause.cls_name) if cause is not None else "error"
    text = cause.message.strip().splitlines()[0] if cause is not None and cause.message.strip() else ""
    safe = text.removeprefix("pipelines.engine.errors.").removeprefix(f"{name}: ")
    if name == "GateRefused":
        return GateRefused([safe])
    if name == "IrfError":
        return IrfError(safe)
    return IrfError(f"step {first.step_key}: {name}; `make ui` shows the run's history")
