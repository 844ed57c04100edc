"""One run at a time on a data root, whatever starts it; and the order that a run which died is put back into.

Belongs here: the lock, closing runs that died, clearing what they left. Does not belong here: what a run does.
The locks are the kernel's: a killed process holds none.
"""

import datetime
import fcntl
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import dagster as dg

from pipelines.engine.errors import IrfError
from pipelines.engine.files import DRAFT
from pipelines.engine.progress import PROGRESS
from pipelines.ingest.staging import READING
from pipelines.release.publish import clear_staging, complete_publishing
from pipelines.release.signature import signers
from pipelines.warehouse.releases import releases
from pipelines.warehouse.root import INSIDE, DataRoot
from pipelines.warehouse.tables import UNFINISHED

DIED_TAG = "irf/died"
DIED = "the run ended without saying so: its process was killed or the machine stopped; nothing is lost, run it again"
WRITTEN_BY_RUNS = ("work/*", "work/*/*", "raw/*/*", "state/submissions/*/*")
"""Folders further inside in which a run alone writes: a draft there is nobody else's."""
STARTS_WITHIN = datetime.timedelta(minutes=10)
"""A run that has no lock of its own yet is taken for dead after this time."""


@contextmanager
def alone(root: DataRoot, history: dg.DagsterInstance, run: str) -> Iterator[None]:
    """For the life of a run: waits until no other run is at work, and puts in order what runs that died have left.

    Raises IrfError where the manifest could not be signed at the end of it.
    """
    root.prepare()
    signers()
    own = _run_lock(root, run)
    own.parent.mkdir(mode=0o700, exist_ok=True)
    with own.open("w") as alive, _lock_file(root).open("w") as lock:
        fcntl.flock(alive, fcntl.LOCK_EX)
        try:
            if not _take(lock.fileno()):
                PROGRESS.info("waiting for the end of another refresh")
                fcntl.flock(lock, fcntl.LOCK_EX)
            close_dead_runs(root, history)
            _put_in_order(root)
            yield
        finally:
            own.unlink(missing_ok=True)


@contextmanager
def alone_for_a_moment(root: DataRoot) -> Iterator[None]:
    """For what is no run, and adds to what runs have published: the same lock. Raises IrfError while a run is at work."""
    root.prepare()
    with _lock_file(root).open("w") as lock:
        if not _take(lock.fileno()):
            raise IrfError(_busy(root))
        _put_in_order(root)
        yield


def refuse_if_busy(root: DataRoot) -> None:
    """Raises IrfError while a run is at work on a data root."""
    root.prepare()
    with _lock_file(root).open("w") as lock:
        if not _take(lock.fileno()):
            raise IrfError(_busy(root))


def close_dead_runs(root: DataRoot, history: dg.DagsterInstance) -> None:
    """Close as failed the runs whose process has died: they would stay *Started* for ever."""
    open_now = [dg.DagsterRunStatus.STARTING, dg.DagsterRunStatus.STARTED, dg.DagsterRunStatus.CANCELING]
    for record in history.get_run_records(dg.RunsFilter(statuses=open_now)):
        run = record.dagster_run
        lock = _run_lock(root, run.run_id)
        began = record.create_timestamp
        if not _is_alive(lock, began):
            history.add_run_tags(run.run_id, {DIED_TAG: "yes"})
            history.report_run_failed(run, DIED)
            lock.unlink(missing_ok=True)


def _is_alive(lock: Path, began: datetime.datetime) -> bool:
    """Whether the process of a run is there: it holds the run's own lock from its first step on."""
    try:
        with lock.open("r+") as file:
            return not _take(file.fileno())
    except FileNotFoundError:
        return datetime.datetime.now(datetime.UTC) - began < STARTS_WITHIN


def _take(descriptor: int) -> bool:
    """Take a lock if nobody holds it. Returns whether it was free."""
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _busy(root: DataRoot) -> str:
    return f"another refresh of {root.path} is running; wait for its end"


def _lock_file(root: DataRoot) -> Path:
    return root.folder("state") / "refresh.lock"


def _run_lock(root: DataRoot, run: str) -> Path:
    return root.folder("state") / "runs" / f"{run}.lock"


def _put_in_order(root: DataRoot) -> None:
    """Finish or undo the publishing of a run that died, remove its drafts, and miss what cannot be made again."""
    complete_publishing(root)
    clear_staging(root)
    for folder, pattern in (("work", f"*/*/*{UNFINISHED}"), ("raw", f"{READING}*")):
        for left in root.folder(folder).glob(pattern):
            shutil.rmtree(left)
    for folder in ("releases", *INSIDE, *WRITTEN_BY_RUNS):
        for left in root.path.glob(f"{folder}/{DRAFT}*"):
            left.unlink()
    if releases(root.folder("releases")) and not root.link_history.exists():
        raise IrfError(
            f"{root.link_history} is missing though releases were made with it; put state/ back from the backup, or changes of "
            "person ids cannot be told"
        )
