"""Spark for tests: the engine on this machine, or a skip that is heard."""

import os
from pathlib import Path

import pytest

from pipelines.engine.errors import IrfError
from pipelines.engine.spark import MASTER, Spark, require_spark

SOON_READY = "--driver-java-options '-XX:TieredStopAtLevel=1 -XX:+UseSerialGC' pyspark-shell"
"""Java compiles once and lightly: most of what it does for small tables is to compile."""


def spark(root: Path) -> Spark:
    """Spark over the files of a root, on two cores; skips where Java or PySpark is not here."""
    try:
        require_spark()
    except IrfError as error:
        pytest.skip(f"NOT TESTED: {error}")
    os.environ |= {MASTER: "local[2]", "PYSPARK_SUBMIT_ARGS": SOON_READY}
    return Spark(root)
