"""Spark for tests: the engine on this machine, or a skip that is heard."""

import os
from pathlib import Path

import pytest

from pipelines.engine.errors import IrfError
from pipelines.engine.spark import MASTER, Spark, require_spark


def spark(root: Path) -> Spark:
    """Spark over the files of a root, on two cores; skips where Java or PySpark is not here."""
    try:
        require_spark()
    except IrfError as error:
        pytest.skip(f"NOT TESTED: {error}")
    os.environ[MASTER] = "local[2]"
    return Spark(root)
