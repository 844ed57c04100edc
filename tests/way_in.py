"""Ways into the pipeline other than the command: one asset alone, as Dagster's pages do, and a process that is killed.

Belongs here: starting runs. Does not belong here: worlds (`small_world.py`).
"""

import os
import subprocess
import sys
from pathlib import Path

import dagster as dg
import pytest

from assets.release import AGAIN_TAG
from pipelines.definitions import defs
from tests import REPOSITORY
from tests.history import forgetful_history

_KILLED_AT = """
import os, sys
from pathlib import Path
import dagster as dg
import pipelines.release.publish, pipelines.release.build, pipelines.release.log
from tests.way_in import materialise

def killed(*_):
    os._exit(137)

rename = os.rename
def killed_at_the_second(source, target):
    os.rename = killed
    rename(source, target)

point = sys.argv[3]
if point == "between the two renames":
    os.rename = killed_at_the_second
elif point == "before the link history is kept":
    pipelines.release.build.complete_publishing = killed
elif point == "before the log is written":
    note_releases = pipelines.release.publish.note_releases
    pipelines.release.publish.note_releases = lambda root, new=None: killed() if new else note_releases(root)
elif point == "before the head of the log is written":
    pipelines.release.log.write_note = killed
elif point == "before the pointer moves":
    pipelines.release.publish._point = killed
elif point == "before the reports are written":
    pipelines.release.build.write_reconciliation = killed
materialise(Path(sys.argv[1]), sys.argv[2], "release", again=True)
"""
KILLED_AT = (
    "before the reports are written", "between the two renames", "before the link history is kept", "before the log is written",
    "before the head of the log is written", "before the pointer moves",
)  # fmt: skip


def materialise(root: Path, period: str, *keys: str, again: bool = False, history: dg.DagsterInstance | None = None) -> str:
    """Materialise single assets, as `gate` or `core/record`, for a month. Returns why that failed; '' where it did not."""
    with pytest.MonkeyPatch.context() as patched, history or forgetful_history() as instance:
        patched.setenv("IRF_DATA", str(root))
        result = defs.resolve_implicit_global_asset_job_def().execute_in_process(
            instance=instance,
            partition_key=f"{period}-01",
            asset_selection=[dg.AssetKey(key.split("/")) for key in keys],
            tags={AGAIN_TAG: "yes"} if again else None,
            raise_on_error=False,
        )
    failures = [event for event in result.all_events if event.is_step_failure]
    error = failures[0].step_failure_data.error if failures else None
    while error is not None and error.cause is not None:
        error = error.cause
    assert result.success or error is not None, [event.message for event in result.all_events]
    return error.message.strip() if error is not None else ""


def release_killed(root: Path, period: str, point: str) -> None:
    """Publish in a process of its own that is killed at a point of `KILLED_AT`."""
    environment = {**os.environ, "PYTHONPATH": str(REPOSITORY)}
    ended = subprocess.run(
        [sys.executable, "-c", _KILLED_AT, str(root), period, point],
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert ended.returncode == 137, ended.stdout + ended.stderr
