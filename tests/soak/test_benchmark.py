"""The benchmark of the smallest scale, from the command: real refreshes, their stages, what differs between two results."""

import subprocess
import sys
from pathlib import Path

import pytest

from tests import REPOSITORY

pytestmark = pytest.mark.soak
SHOWN = ("floor", "cold", "pandas", "reference", "raw", "staged", "core", "mart", "analysis", "gate", "release")


def bench(module: str, *arguments: object) -> str:
    command = [sys.executable, "-m", f"tests.bench.{module}", *map(str, arguments)]
    return subprocess.run(command, cwd=REPOSITORY, capture_output=True, text=True, check=True).stdout


def test_a_real_refresh_is_measured_and_compared(tmp_path: Path) -> None:
    printed = bench("run", "tiny", "--turns", 1, "--folder", tmp_path)
    beginnings = [line.split(" ")[0] for line in printed.splitlines()]
    assert set(SHOWN) <= set(beginnings)
    (kept,) = tmp_path.glob("results/tiny-*.json")
    assert f"kept as {kept}" in printed
    assert "cold core, seconds" in bench("tables", "--a", kept, "--b", kept)
