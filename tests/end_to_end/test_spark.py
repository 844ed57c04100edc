"""A refresh on Spark makes what a refresh on DuckDB makes: every table row for row, every answer of the gate, every published byte."""

import shutil
from collections.abc import Mapping
from pathlib import Path

import dagster as dg
import duckdb
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from pipelines.engine.engine_name import EngineName
from pipelines.engine.sql import selects
from pipelines.quality.verdict import Verdict
from pipelines.refresh import prepare_dagster, refresh_recorded_in
from pipelines.warehouse.root import DataRoot
from pipelines.warehouse.work import Work
from tests.conftest import PERIOD, BuildWorld, quiet
from tests.spark import spark


def only_in_one(one: Path, other: Path) -> int:
    """How many rows are in one Parquet file and not in the other, or not as often."""
    with duckdb.connect() as connection:
        row = connection.execute(
            """
            WITH one AS (SELECT * FROM read_parquet($one)), other AS (SELECT * FROM read_parquet($other))
            SELECT count(*) FROM ((SELECT * FROM one EXCEPT ALL SELECT * FROM other) UNION ALL (SELECT * FROM other EXCEPT ALL SELECT * FROM one))
            """,
            {"one": str(one), "other": str(other)},
        ).fetchone()
    assert row is not None
    return int(row[0])


def bytes_of(release: Path) -> dict[str, bytes]:
    return {file.relative_to(release).as_posix(): file.read_bytes() for file in sorted(release.rglob("*.parquet"))}


def differing(one: Mapping[str, object], other: Mapping[str, object]) -> list[str]:
    return [name for name in sorted(one.keys() | other.keys()) if one.get(name) != other.get(name)]


def differences(of_duckdb: Path, of_spark: Path) -> list[str]:
    """What a refresh on Spark, of a copy of a data root, makes otherwise than one on DuckDB made in the original."""
    spark(of_spark)
    shutil.rmtree(of_spark / "work")  # else what DuckDB has made would be kept
    prepare_dagster(DataRoot(of_spark))
    with dg.DagsterInstance.ephemeral() as history:
        refresh_recorded_in(history, DataRoot(of_spark), PERIOD, None, quiet, again=True, engine=EngineName.spark)
    one, other = Work(DataRoot(of_duckdb), PERIOD), Work(DataRoot(of_spark), PERIOD)
    tables = [
        file.relative_to(one.folder)
        for layer in ("core", "mart", "analysis")
        for file in sorted((one.folder / layer).glob("*/*.parquet"))
    ]
    assert len(tables) > sum(len(selects(layer)) for layer in ("core", "mart", "analysis"))
    rows = [table.as_posix() for table in tables if only_in_one(one.folder / table, other.folder / table)]
    checks = differing(*({check.name: check for check in work.read(Verdict).checks} for work in (one, other)))
    before, after = (root / "releases" / f"2025.05.{number}" for root, number in ((of_duckdb, 1), (of_spark, 2)))
    return rows + checks + differing(bytes_of(before), bytes_of(after))


def test_spark_makes_what_duckdb_makes(published: BuildWorld, tmp_path: Path) -> None:
    before = published("heavy", 1)
    # In a folder whose name has signs that mean something in addresses and patterns.
    odd = tmp_path / "dä ta #%20 [x]"
    assert differences(before, Path(shutil.copytree(before, odd))) == []
    assert [path.name for path in tmp_path.iterdir()] == [odd.name]


@pytest.mark.soak
@pytest.mark.parametrize("seed", [2, 3, 4])
def test_spark_makes_what_duckdb_makes_of_other_worlds(published: BuildWorld, tmp_path: Path, seed: int) -> None:
    before = published("heavy", seed)
    assert differences(before, Path(shutil.copytree(before, tmp_path / "data"))) == []


def test_a_row_that_is_there_once_more_is_seen(tmp_path: Path) -> None:
    for name, values in (("one", [1, 2]), ("again", [2, 1]), ("more", [1, 2, 2])):
        pq.write_table(pa.table({"n": values}), tmp_path / f"{name}.parquet")
    assert only_in_one(tmp_path / "one.parquet", tmp_path / "again.parquet") == 0
    assert only_in_one(tmp_path / "one.parquet", tmp_path / "more.parquet") == 1
    assert only_in_one(tmp_path / "more.parquet", tmp_path / "one.parquet") == 1
