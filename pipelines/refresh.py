"""Running the monthly job as a recorded Dagster run, with progress and a verdict.

Belongs here: starting the run, turning its end into a result. Does not belong here: what the run makes
(`assets/`), what Dagster loads (`definitions.py`).
"""

import logging
import os
import re
import sqlite3
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

from pipelines.engine.engine_name import EngineName
from pipelines.engine.errors import GateRefused, IrfError
from pipelines.engine.files import replace_whole
from pipelines.engine.progress import PROGRESS
from pipelines.engine.shipped import shipped
from pipelines.engine.sql import known_remedy
from pipelines.engine.sql_engine import require
from pipelines.quality.foremost import foremost
from pipelines.quality.verdict import Verdict
from pipelines.release.acceptance import open_and_accepted
from pipelines.release.log import read_log
from pipelines.warehouse.root import DataRoot
from pipelines.warehouse.work import Work

if TYPE_CHECKING:
    import dagster as dg


@dataclass(frozen=True)
class Published:
    """The version a refresh has come to, and what must be seen though it did not block.

    is_new: it was published now; else nothing has changed since, and nothing was published. accepted: warnings that somebody has accepted
    for this month. foremost: of the others what to look at first.
    """

    version: str
    warnings: list[str]
    is_new: bool = True
    accepted: Sequence[str] = ()
    foremost: Sequence[str] = ()


def prepare_dagster(root: DataRoot) -> None:
    """Dagster's home and run history under the data root, no telemetry, no log lines of Dagster's or its database's own."""
    root.prepare()
    home = root.folder("state") / "dagster"
    settings = (shipped("pipelines") / "dagster.yaml").read_bytes()
    replace_whole(home / "dagster.yaml", lambda file: file.write(settings))
    os.environ["DAGSTER_HOME"] = str(home)
    os.environ["IRF_DATA"] = str(root.path)
    os.environ["DAGSTER_DISABLE_TELEMETRY"] = "1"
    # A run that is stopped (Ctrl-C) ends in one line of ours, not in theirs.
    for name in ("dagster", "sqlalchemy"):
        logging.getLogger(name).setLevel(logging.CRITICAL)


def refresh(
    root: DataRoot,
    period: str,
    note: str | None,
    progress: Callable[[str], None],
    again: bool = False,
    engine: EngineName = EngineName.duckdb,
) -> Published:
    """Refresh a period and publish it; the run is kept in the history of the data root. `progress` hears of each step as it ends.

    again: publish though nothing has changed since the newest release of the period. engine: what runs the SELECTs. Raises GateRefused when a blocking
    check failed, IrfError when a step could not go on; nothing is published then.
    """
    require(engine)
    prepare_dagster(root)
    import dagster as dg

    with _history_said(root), dg.DagsterInstance.get() as history:
        return refresh_recorded_in(history, root, period, note, progress, again, engine=engine)


def refresh_recorded_in(
    history: "dg.DagsterInstance",
    root: DataRoot,
    period: str,
    note: str | None,
    progress: Callable[[str], None],
    again: bool = False,
    defs: "dg.Definitions | None" = None,
    engine: EngineName = EngineName.duckdb,
) -> Published:
    """`refresh` with its run recorded in a given history. defs: by default those that Dagster loads."""
    from assets.release import AGAIN_TAG, NOTE_TAG
    from pipelines import definitions
    from pipelines.lock import refuse_if_busy

    _check_period(period)
    refuse_if_busy(root)
    job = (defs or definitions.defs).resolve_job_def("refresh")
    with _told(progress, [node.name.replace("__", "/") for node in job.nodes]):
        result = job.execute_in_process(
            instance=history,
            partition_key=f"{period}-01",
            tags={**({NOTE_TAG: note} if note else {}), **({AGAIN_TAG: "yes"} if again else {})},
            run_config={
                "loggers": {"console": {"config": {"log_level": "CRITICAL"}}},
                "resources": {"warehouse": {"config": {"engine": engine.value}}},
            },
            raise_on_error=False,
        )
    if _was_stopped(result.all_events):
        raise KeyboardInterrupt
    verdict = Work(root, period).find(Verdict)
    if verdict is not None and verdict.run != result.run_id:
        verdict = None  # the run did not come to the gate
    if verdict is not None and verdict.blocked_by:
        raise GateRefused(verdict.blocked_by, verdict.warnings)
    if not result.success or verdict is None:
        raise _reason(result.all_events)
    (release,) = result.asset_materializations_for_node("release")
    return _published(root, verdict, str(release.metadata["version"].value), bool(release.metadata["is_new"].value))


def _published(root: DataRoot, verdict: Verdict, version: str, is_new: bool) -> Published:
    """A release with the warnings of its gate: those that are open, and those that somebody has accepted."""
    is_open, accepted = open_and_accepted(verdict.warned, read_log(root), verdict.period)
    return Published(version, [check.line for check in is_open], is_new, accepted, foremost(is_open))


def _check_period(period: str) -> None:
    """Raise IrfError for a month that has not begun, or is before any that can be refreshed."""
    from assets.shared import MONTHS

    months = [key[:7] for key in MONTHS.get_partition_keys()]
    if not months:
        raise IrfError("the clock of this machine is before 2017-04, the first month that can be refreshed; put it right")
    if period not in months:
        raise IrfError(
            f"--period {period}: months from {months[0]} to {months[-1]} can be refreshed, by the clock of this machine"
        )


@contextmanager
def _history_said(root: DataRoot) -> Iterator[None]:
    """Say in one line that the history cannot be written, as on a full disk."""
    import sqlalchemy.exc

    try:
        yield
    except (sqlalchemy.exc.SQLAlchemyError, sqlite3.Error) as error:
        why = str(getattr(error, "orig", None) or error).splitlines()[0]
        raise IrfError(
            f"the run history in {root.folder('state')} cannot be written: {why}; make room there, try again"
        ) from None


@contextmanager
def _told(progress: Callable[[str], None], steps: Sequence[str]) -> Iterator[None]:
    """While it is open, every line of the progress logger goes to `progress`: of a step that is done, which of how many it is and
    how long it took.
    """
    done, since = 0, time.monotonic()

    class Teller(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            nonlocal done, since
            line, now = record.getMessage(), time.monotonic()
            done += line in steps
            progress(f"[{done}/{len(steps)}] {line}  {now - since:.1f} s" if line in steps else line)
            since = now

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


def _reason(events: "Sequence[dg.DagsterEvent]") -> Exception:
    """Why a run failed, in one line and without anything from a record."""
    steps = [event for event in events if event.is_step_failure]
    if steps:
        where, error = f"step {steps[0].step_key}", steps[0].step_failure_data.error
    else:
        runs = [event for event in events if event.is_job_failure]
        where, error = "the run", runs[0].job_failure_data.error if runs else None
    while error is not None and error.cause is not None:
        error = error.cause
    if error is None:
        return IrfError("the run ended without a release; `make ui` shows its history")
    name = str(error.cls_name)
    text = error.message.strip().splitlines()[0] if error.message.strip() else ""
    safe = text.removeprefix("pipelines.engine.errors.").removeprefix(f"{name}: ")
    if name == "GateRefused":
        return GateRefused([safe])
    if name == "IrfError":
        return IrfError(safe)
    # What the system says of a file names the file and what is wrong with it: "[Errno 28] No space left on device: 'x'".
    if said := re.search(r"\[Errno \d+\] (?P<what>[^:]+)(: (?P<file>.+))?$", text):
        file = (said["file"] or "").strip("'")
        return IrfError(": ".join(part for part in (where, file, said["what"]) if part) + "; mend that and refresh again")
    if text.startswith("_duckdb.") and (remedy := known_remedy(text)):
        return IrfError(f"{where}: DuckDB failed ({name}): {remedy}; the last release stands")
    return IrfError(
        f"{where}: an error that nobody foresaw ({name}); the last release stands. `make ui` shows the run; send this line to "
        "whoever keeps the software"
    )
