"""Spark is refused in one clear line where it cannot run, and an error of it tells no value."""

import importlib.util
import re
from pathlib import Path

import pytest

from pipelines.engine.engine_name import EngineName
from pipelines.engine.errors import IrfError
from pipelines.engine.spark import clear_spill
from pipelines.engine.sql_engine import require
from tests.conftest import IrfAt
from tests.spark import spark


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


def test_what_a_killed_run_left_is_removed_and_nothing_else(tmp_path: Path) -> None:
    spill = tmp_path / "state" / "spill"
    for name in ("laid-down-x/rows", "blockmgr-1/0c", "spark-2", "duckdb_temp"):
        (spill / name).mkdir(parents=True)
    clear_spill(tmp_path)
    assert [path.name for path in spill.iterdir()] == ["duckdb_temp"]
