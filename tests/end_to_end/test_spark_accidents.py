"""A refresh on Spark that is killed, or for which the disk is full, leaves the last release, and the next one publishes."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from pipelines.engine.spark import LAID_DOWN, MASTER
from tests import REPOSITORY
from tests.small_world import ANGUS, BOARD, PATIENT, SmallWorld
from tests.spark import spark

APRIL, MAY = "2025-04", "2025-05"
HOME = {"chi_number": PATIENT, "date_of_birth": "1985-04-19", "sex": "1", "postcode": "DD8 1AA"}
SCRIPT = """
import os, sys
import pipelines.engine.spark
from pipelines.commands.main import main

_, point, *sys.argv = sys.argv
write = pipelines.engine.spark.write_table

def broken(batches, schema, folder, *how):
    if folder.name.startswith("cost_line"):
        if point == "killed":
            os._exit(137)
        raise OSError(28, "No space left on device", str(folder))
    return write(batches, schema, folder, *how)

pipelines.engine.spark.write_table = broken
main()
"""
"""The command, but that Spark's rows of cost_line come to no file. A file of its own: PySpark takes `python -c` for a doctest."""


@pytest.fixture
def world(tmp_path: Path) -> SmallWorld:
    """April is published, by DuckDB; the files of May have come."""
    spark(tmp_path)
    world = SmallWorld(tmp_path / "data")
    world.rule(ANGUS, "home_care_personal", method="record", residual="hold")
    for month in (APRIL, MAY):
        care = {"service_id": "S1", "social_care_id": "A1", "month": f"{month}-01", "hours": 10, "service_type": "2"}
        world.put(f"{BOARD}/population_register/{month}.csv", [HOME])
        world.put(f"{ANGUS}/clients/{month}.csv", [{"social_care_id": "A1", **HOME}])
        world.put(f"{ANGUS}/home_care/{month}.csv", [{**care, "gross_cost": "100.00"}])
        world.ledger(ANGUS, month, home_care_personal="100.00")
    world.published(APRIL)
    return world


def broken(world: SmallWorld, folder: Path, point: str) -> subprocess.CompletedProcess[str]:
    script = folder / "broken.py"
    script.write_text(SCRIPT, "utf-8")
    return subprocess.run(
        [sys.executable, script, point, "irf", "--data", world.root, "refresh", "--period", MAY, "--engine", "spark"],
        env={**os.environ, "PYTHONPATH": str(REPOSITORY), MASTER: "local[2]"}, capture_output=True, text=True, check=False,
    )  # fmt: skip


@pytest.mark.soak
@pytest.mark.parametrize(("point", "code", "said"), [("killed", 137, ""), ("full", 1, "No space left on device")])
def test_the_last_release_stands_and_the_next_refresh_publishes(
    world: SmallWorld, tmp_path: Path, point: str, code: int, said: str
) -> None:
    ended = broken(world, tmp_path, point)
    printed = ended.stdout + ended.stderr
    assert ended.returncode == code, printed
    assert said in printed
    assert sorted(path.name for path in (world.root / "releases").iterdir()) == ["2025.04.1", "latest.json"]
    assert world.irf("verify")[0] == 0
    assert world.irf("refresh", "--period", MAY, "--engine", "spark")[0] in (0, 2)
    assert world.cost() == 200
    assert world.irf("verify")[0] == 0
    assert list((world.root / "state" / "spill").glob(f"{LAID_DOWN}*")) == []
