"""`make test` runs every test but those marked `soak`, each in one process."""

import os
import shlex
import subprocess
from collections.abc import Sequence

from tests import REPOSITORY

PYTEST = ".venv/bin/python -m pytest "
LEAVES_NONE_OUT = ("--numprocesses", "auto", "--dist", "loadfile", "--no-loadscope-reorder")
"""What only says how tests are shared out."""


def planned() -> list[list[str]]:
    """What pytest is given each time that `make test` runs it."""
    printed = subprocess.run(
        ["make", "--dry-run", "--no-print-directory", "test"],
        cwd=REPOSITORY,
        env={name: value for name, value in os.environ.items() if not name.startswith("MAKE") and name != "MFLAGS"},
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    return [shlex.split(line.removeprefix(PYTEST)) for line in printed.splitlines() if line.startswith(PYTEST)]


def is_every_test_once(runs: Sequence[Sequence[str]]) -> bool:
    """Whether pytest is run once, over all of `tests`, and nothing is left out."""
    return [list(run) for run in runs] == [[*LEAVES_NONE_OUT, "tests"]]


def test_every_test_is_run_once() -> None:
    assert is_every_test_once(planned())


def test_a_test_that_is_run_twice_or_not_at_all_is_seen() -> None:
    (run,) = planned()
    for runs in ([], [run, run], [[*run[:-1], "tests/sql"]], [[*run, "--ignore=tests/docs"]], [[*run, "-k", "nothing"]]):
        assert not is_every_test_once(runs)
