"""Tayside at its real size: 417,650 people for a year. Minutes long, so `make soak` runs it and `make test` does not."""

import resource
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.soak
PEOPLE, MONTHS, PERIOD = 417_650, "2025-04..2026-03", "2026-03"
KIBIBYTES_PER_GIGABYTE = 1_000_000_000 / 1_024


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("tayside")


def irf(*arguments: str) -> tuple[int, str, float]:
    """Run the command in a process of its own: exit code, output, highest memory of any such process so far in GB."""
    # The command itself: in a process without a file of its own PySpark, where it is installed, takes itself to be under test.
    done = subprocess.run([Path(sys.executable).with_name("irf"), *arguments], capture_output=True, text=True)
    peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / KIBIBYTES_PER_GIGABYTE
    return done.returncode, done.stdout + done.stderr, peak


def test_the_world_streams(root: Path) -> None:
    code, printed, peak_gigabytes = irf("synth", "--people", str(PEOPLE), "--months", MONTHS, "--out", str(root))
    assert code == 0, printed
    assert peak_gigabytes < 2


def test_the_year_is_published_and_verifies_in_4_gigabytes(root: Path) -> None:
    code, printed, peak_gigabytes = irf("refresh", "--data", str(root), "--period", PERIOD)
    assert code in (0, 2), printed
    assert peak_gigabytes < 4
    code, printed, _ = irf("verify", "--data", str(root))
    assert code == 0, printed
