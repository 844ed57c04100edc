"""Spark behind the interface of `sql_engine.py`: the same SELECTs over the same files, on as many machines as there are.

Belongs here: the session, the views, running a SELECT. Does not belong here: what a SELECT is in Spark's words (`carry.py`),
how rows come to be in our files (`parquet.py`): what Spark has laid down is written anew, so the bytes are the same.
"""

import functools
import importlib.util
import os
import re
import shutil
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import pyarrow as pa
import pyarrow.parquet as pq

from pipelines.engine import words
from pipelines.engine.carry import carry, view_name
from pipelines.engine.errors import IrfError
from pipelines.engine.parquet import BATCH_ROWS, write_table
from pipelines.engine.view import InTurn, Output, View, refuse_damaged

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

MASTER = "IRF_SPARK_MASTER"
"""The environment variable that names the cluster; by default Spark runs on this machine."""
ON_THIS_MACHINE = "local[*]"
MASTERS = re.compile(r"local(\[([1-9][0-9]*|\*)(, ?[0-9]+)?\])?|(spark|k8s)://.+|yarn")
"""The names that Spark knows a cluster, or this machine, by."""
LAID_DOWN = "laid-down-"
"""What the name of a folder begins with in which Spark lays down the rows of a SELECT."""
SETTINGS = {
    "spark.sql.session.timeZone": "UTC",
    # As in DuckDB: a product has the places of both factors, and what does not fit is an error.
    "spark.sql.ansi.enabled": "true",
    "spark.sql.decimalOperations.allowPrecisionLoss": "false",
    # Our own files have no statistics to filter by, and parquet-java cannot look into their dictionaries (parquet-java #3478).
    "spark.sql.parquet.filterPushdown": "false",
    "spark.ui.enabled": "false",
    "spark.ui.showConsoleProgress": "false",
    "spark.log.level": "OFF",
}
"""What the results rest on, and a console with few of Spark's own lines."""
SETTINGS_ON_THIS_MACHINE = {
    # Nobody outside can call it, and small tables are not cut into 200 parts.
    "spark.driver.bindAddress": "127.0.0.1",
    "spark.driver.host": "127.0.0.1",
    "spark.sql.shuffle.partitions": "8",
}
_REMEDIES = {
    "No space left on device": "the disk is full: make room and try again",
    "OutOfMemoryError": "Java has too little memory: give it more (spark.driver.memory in spark-defaults.conf) and try again",
}
"""What to do about an error of Spark, by what is in its words."""


@dataclass(frozen=True)
class Spark:
    """Spark over the files below `root`, started at the first SELECT and kept for the life of the process."""

    root: Path

    def write(self, views: Sequence[View], sql: str, out: Output, in_turn: InTurn | None = None) -> int:
        # Spark parts its rows itself: nothing is run in turn.
        with tempfile.TemporaryDirectory(prefix=LAID_DOWN, dir=_spill(self.root)) as folder, _said_safely(out.what, views):
            rows = Path(folder) / "rows"
            self._session(views).sql(carry(sql)).write.parquet(_place(rows))
            batches = (batch for part in _laid_down(rows, out.what) for batch in pq.ParquetFile(part).iter_batches(BATCH_ROWS))
            return write_table(batches, out.schema, out.folder, out.by, out.only)

    def rows(self, views: Sequence[View], selects: Mapping[str, str]) -> dict[str, list[dict]]:
        with _said_safely("views", views):
            session = self._session(views)
        found = {}
        for name, sql in selects.items():
            with _said_safely(name, views):
                found[name] = session.sql(carry(sql)).toArrow().to_pylist()
        return found

    def _session(self, views: Sequence[View]) -> "SparkSession":
        """A session in which the views are there, and no others."""
        session = _started(self.root).newSession()
        for name, function in _functions().items():
            session.udf.register(name, function)
        for view in views:
            _show(session, view)
        return session


@contextmanager
def _said_safely(what: str, views: Sequence[View]) -> Iterator[None]:
    """Turn an error of the engine into one of ours, without any value from the data. A file that is damaged is named."""
    from py4j.protocol import Py4JError
    from pyspark.errors import PySparkException

    try:
        yield
    except (PySparkException, Py4JError, pa.ArrowException) as error:
        refuse_damaged(what, views)
        remedy = next((what_to_do for said, what_to_do in _REMEDIES.items() if said in str(error)), None)
        known = error.getCondition() if isinstance(error, PySparkException) else None
        raise IrfError(f"{what}: Spark: {remedy or known or type(error).__name__}") from None


def _laid_down(rows: Path, what: str) -> list[Path]:
    """The parts of a SELECT's rows, in its order. Raises IrfError where they are not there: Spark lays down the first part even of no rows."""
    parts = sorted(rows.glob("part-*.parquet"))
    if not parts or not parts[0].name.startswith("part-00000-"):
        raise IrfError(
            f"{what}: Spark has not laid down its rows in {rows}; every worker must see the data root itself under that path"
        )
    return parts


def require_spark() -> None:
    """Raise IrfError where Spark cannot run, with what to do."""
    if importlib.util.find_spec("pyspark") is None:
        raise IrfError(
            "--engine spark: PySpark is not here; install this software with its extra [spark] (in a clone: make spark)"
        )
    home = os.environ.get("JAVA_HOME")
    if shutil.which(str(Path(home) / "bin" / "java") if home else "java") is None:
        raise IrfError("--engine spark: Java is not here; install Java 17 or later, or point JAVA_HOME to it")
    if not MASTERS.fullmatch(_master()):
        raise IrfError(
            f"--engine spark: {MASTER} is {_master()}; write local[*], spark://host:port, k8s://https://host:port or yarn"
        )


def clear_spill(root: Path) -> None:
    """Remove what a run that was killed has left: rows of records. To be called before Spark starts, by who holds the lock."""
    for pattern in (f"{LAID_DOWN}*", "blockmgr-*", "spark-*"):
        for left in _spill(root).glob(pattern):
            shutil.rmtree(left, ignore_errors=True)


def _spill(root: Path) -> Path:
    folder = root.resolve() / "state" / "spill"
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def _place(path: Path) -> str:
    """A path as Spark takes it: an address whose signs stand for themselves. `as_uri` writes a space as `%20`, which Spark would keep."""
    return f"file://{path}"


def _master() -> str:
    return os.environ.get(MASTER) or ON_THIS_MACHINE


@functools.cache
def _started(root: Path) -> "SparkSession":
    """Spark, started. Raises IrfError where it does not start: Java is too old, or nobody answers for the cluster."""
    require_spark()
    clear_spill(root)
    from py4j.protocol import Py4JError
    from pyspark.errors import PySparkException
    from pyspark.sql import SparkSession

    os.environ.setdefault("PYSPARK_PYTHON", sys.executable)
    master = _master()
    if master.startswith("local") and "," in str(_spill(root)):
        raise IrfError(
            f"--engine spark: a comma in the path of the data root ends a folder's name for Spark; move {root} to another path"
        )
    builder = SparkSession.builder.master(master).appName("irf")
    settings = {**SETTINGS, "spark.sql.warehouse.dir": _place(_spill(root) / "spark")}
    if master.startswith("local"):
        settings |= {**SETTINGS_ON_THIS_MACHINE, "spark.local.dir": str(_spill(root))}
    for name, value in settings.items():
        builder = builder.config(name, value)
    try:
        return builder.getOrCreate()
    except (PySparkException, Py4JError):
        raise IrfError(
            f"--engine spark: Spark did not start on {master}; see that Java is 17 or later, and that {MASTER} can be reached"
        ) from None


def _show(session: "SparkSession", view: View) -> None:
    """Show a view. A table of no file is empty. Raises IrfError for a damaged file: Spark takes one without a byte for no rows."""
    refuse_damaged(f"{view.layer}/{view.name}", [view])
    if view.files:
        # Each name is a pattern to Spark, so signs of patterns in it are set apart.
        files = [re.sub(r"([][{}*?,\\])", r"\\\1", str(file)) for file in sorted(view.files)]
        rows = session.read.parquet(*files)
    else:
        rows = session.createDataFrame(view.schema.empty_table())
    rows.createOrReplaceTempView(view_name(view.layer, view.name))


@functools.cache
def _functions() -> dict:
    """The macros of `sql/macro/duckdb/words.sql` as functions of Spark."""
    from pyspark.sql.functions import arrow_udf

    texts = (words.trimmed, words.unaccented, words.folded)
    return {f.__name__: arrow_udf(f, "string") for f in texts} | {
        "word_similarity": arrow_udf(words.word_similarity, "decimal(18, 6)")
    }
