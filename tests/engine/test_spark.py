"""Spark is refused in one clear line where it cannot run, and an error of it tells no value."""

import importlib.util
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pyarrow as pa
import pytest

from pipelines.engine.engine_name import EngineName
from pipelines.engine.errors import IrfError
from pipelines.engine.spark import MASTER, _laid_down, _said_safely, clear_spill
from pipelines.engine.sql_engine import require
from pipelines.engine.view import Output
from tests import REPOSITORY
from tests.conftest import IrfAt
from tests.spark import spark

ASKED = """
import sys
from pathlib import Path
from pipelines.engine.errors import IrfError
from pipelines.engine.spark import Spark
try:
    Spark(Path(sys.argv[1])).rows([], {"one": "SELECT 1 AS n"})
except IrfError as error:
    print(error)
"""
"""A process that asks Spark, and prints the error."""


def test_without_pyspark_it_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None)
    with pytest.raises(IrfError, match=r"PySpark is not here; install .*\[spark\]"):
        require(EngineName.spark)


def test_without_java_it_says_so(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: object())
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.delenv("JAVA_HOME", raising=False)
    with pytest.raises(IrfError, match="install Java 17"):
        require(EngineName.spark)
    monkeypatch.setenv("JAVA_HOME", str(tmp_path))
    with pytest.raises(IrfError, match="JAVA_HOME"):
        require(EngineName.spark)


@pytest.mark.parametrize("master", ["nonsense", "http://host:7077", "yarn-cluster", "host:7077", "local[0]", "localhost"])
def test_what_names_no_cluster_is_refused_with_what_does(master: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: object())
    monkeypatch.setattr(shutil, "which", lambda name: name)
    monkeypatch.setenv(MASTER, master)
    with pytest.raises(IrfError, match=rf"IRF_SPARK_MASTER is {re.escape(master)}; write local\[\*\], spark://"):
        require(EngineName.spark)
    for right in ("", "local", "local[4]", "spark://host:7077", "k8s://https://host:443", "yarn"):
        monkeypatch.setenv(MASTER, right)
        require(EngineName.spark)


def test_a_java_that_cannot_start_it_is_told_in_a_line(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    java = tmp_path / "bin" / "java"
    java.parent.mkdir()
    java.write_text("#!/bin/sh\nexit 1\n", "utf-8")
    java.chmod(0o755)
    spark(tmp_path)
    monkeypatch.setenv("JAVA_HOME", str(tmp_path))
    # In a process of its own: here Spark may have been started.
    script = tmp_path / "asked.py"
    script.write_text(ASKED, "utf-8")
    told = subprocess.run(
        [sys.executable, script, tmp_path],
        cwd=REPOSITORY,
        env={**os.environ, "PYTHONPATH": "."},
        capture_output=True,
        text=True,
    )
    assert told.stdout == (
        "--engine spark: Spark did not start on local[2]; see that Java is 17 or later, and that IRF_SPARK_MASTER can be reached\n"
    )


def test_what_java_lacks_is_told_with_what_to_do() -> None:
    error = pytest.importorskip("py4j.protocol", reason="NOT TESTED: PySpark is not here").Py4JError
    with pytest.raises(IrfError) as refused, _said_safely("sql/core/one.sql", []):
        raise error("java.lang.OutOfMemoryError: Java heap space of Ada")
    assert "one.sql: Spark: Java has too little memory: give it more (spark.driver.memory" in str(refused.value)
    assert "Ada" not in str(refused.value)


def test_a_refresh_that_cannot_run_there_is_refused_before_it_begins(
    irf_at: IrfAt, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "landing").mkdir()
    monkeypatch.setenv("PATH", "")
    monkeypatch.delenv("JAVA_HOME", raising=False)
    code, printed = irf_at(tmp_path, "refresh", "--period", "2025-05", "--engine", "spark")
    assert (code, printed.count("\n")) == (1, 1)
    assert re.match("error: --engine spark: (PySpark|Java) is not here; install", printed)
    assert [path.name for path in tmp_path.iterdir()] == ["landing"]


def test_duckdb_needs_nothing() -> None:
    require(EngineName.duckdb)


def test_an_error_of_a_row_is_named_without_the_row(tmp_path: Path) -> None:
    with pytest.raises(IrfError) as refused:
        spark(tmp_path).rows([], {"one": "SELECT CAST('Ada 12' AS INTEGER) AS n"})
    assert "CAST_INVALID_INPUT" in str(refused.value)
    assert "Ada" not in str(refused.value)


def test_rows_that_are_laid_down_where_nobody_looks_are_no_empty_table(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    engine, out = spark(tmp_path), Output(tmp_path / "out", pa.schema([pa.field("n", pa.int32())]), "sql/core/one.sql")
    monkeypatch.setattr("pipelines.engine.spark._place", lambda path: f"file://{path}-elsewhere")
    with pytest.raises(
        IrfError, match=r"one\.sql: Spark has not laid down its rows in .*; every worker must see the data root"
    ):
        engine.write([], "SELECT 1 AS n", out)


@pytest.mark.parametrize("parts", [[], ["part-00001-a.parquet"]])
def test_rows_that_another_machine_has_kept_are_no_table_though_all_went_well(tmp_path: Path, parts: list[str]) -> None:
    for name in ("_SUCCESS", *parts):
        (tmp_path / name).touch()
    with pytest.raises(IrfError, match=r"one\.sql: Spark has not laid down its rows"):
        _laid_down(tmp_path, "sql/core/one.sql")


def test_a_data_root_that_spark_would_cut_in_two_is_refused(tmp_path: Path) -> None:
    with pytest.raises(IrfError, match="a comma in the path of the data root"):
        spark(tmp_path / "a,b").rows([], {"one": "SELECT 1 AS n"})


def test_what_a_killed_run_left_is_removed_and_nothing_else(tmp_path: Path) -> None:
    spill = tmp_path / "state" / "spill"
    for name in ("laid-down-x/rows", "blockmgr-1/0c", "spark-2", "duckdb_temp"):
        (spill / name).mkdir(parents=True)
    clear_spill(tmp_path)
    assert [path.name for path in spill.iterdir()] == ["duckdb_temp"]
