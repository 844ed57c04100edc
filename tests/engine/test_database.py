"""DuckDB as every step opens it reads and spills below the data root alone, within its memory, and nothing in a query changes that."""

from collections.abc import Iterator
from contextlib import nullcontext
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from pipelines import resources
from pipelines.engine.database import batches_of, create_view, kept_in_a_run, open_apart, open_database, open_for_views
from pipelines.engine.sql import parquet_rows
from pipelines.identity.linking.database import database


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A data root with a table in it, and a table beside it."""
    root = tmp_path / "data"
    (root / "core").mkdir(parents=True)
    for place in (root / "core" / "one.parquet", tmp_path / "outside.parquet"):
        pq.write_table(pa.table({"n": [1]}), place)
    (tmp_path / "data-of-others").mkdir()
    pq.write_table(pa.table({"n": [1]}), tmp_path / "data-of-others" / "one.parquet")
    return root


@pytest.fixture
def connection(root: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    with open_database(root) as opened:
        yield opened


def test_files_below_the_root_are_read(connection: duckdb.DuckDBPyConnection, root: Path) -> None:
    create_view(connection, "core", "one", [root / "core" / "one.parquet"], "n BIGINT")
    assert connection.sql("SELECT n FROM core.one").fetchall() == [(1,)]


@pytest.mark.parametrize("file", ["outside.parquet", "data-of-others/one.parquet", "data/../outside.parquet"])
def test_no_other_file_is_read(connection: duckdb.DuckDBPyConnection, tmp_path: Path, file: str) -> None:
    with pytest.raises(duckdb.PermissionException):
        connection.sql(f"SELECT * FROM read_parquet('{tmp_path / file}')").fetchall()


@pytest.mark.parametrize(
    "statement",
    [
        "COPY (SELECT 1 AS n) TO '{}/written.parquet'",
        "ATTACH '{}/other.duckdb' AS other",
        "SELECT * FROM read_text('/etc/hostname')",
        "SELECT * FROM read_parquet('https://example.org/a.parquet')",
        "INSTALL httpfs",
        "LOAD httpfs",
    ],
)
def test_nothing_outside_is_written_opened_or_loaded(
    connection: duckdb.DuckDBPyConnection, tmp_path: Path, statement: str
) -> None:
    before = sorted(tmp_path.rglob("*"))
    with pytest.raises((duckdb.PermissionException, duckdb.InvalidInputException, duckdb.IOException)):
        connection.sql(statement.format(tmp_path))
    assert sorted(tmp_path.rglob("*")) == before


@pytest.mark.parametrize(
    "setting",
    [
        "SET enable_external_access = true",
        "SET allowed_directories = ['/']",
        "SET memory_limit = '1TB'",
        "SET temp_directory = '/tmp'",
        "SET lock_configuration = false",
        "RESET lock_configuration",
    ],
)
def test_no_query_unlocks_it(connection: duckdb.DuckDBPyConnection, setting: str) -> None:
    with pytest.raises(duckdb.InvalidInputException, match="locked"):
        connection.execute(setting)


def test_memory_and_spill_are_as_told(root: Path) -> None:
    with open_database(root, threads=1, memory_limit="512MiB") as connection:
        found = connection.execute(
            "SELECT current_setting('memory_limit'), current_setting('temp_directory'), current_setting('threads')"
        ).fetchone()
    assert found == ("512.0 MiB", str(root / "state" / "spill"), 1)


def test_what_the_environment_says_holds_for_every_database(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("IRF_MEMORY_LIMIT", "400MB")
    monkeypatch.setenv("IRF_THREADS", "1")
    asked = "SELECT current_setting('memory_limit'), current_setting('threads')"
    for door in (open_database(root), open_apart(root), database(root), database()):
        with door as connection:
            assert connection.execute(asked).fetchone() == ("209.8 MiB", 1)


def test_a_database_apart_reads_what_it_is_given_and_leaves_nothing(root: Path, tmp_path: Path) -> None:
    with open_apart(root / "core") as connection:
        assert connection.sql(f"SELECT n FROM read_parquet('{root}/core/one.parquet')").fetchall() == [(1,)]
        with pytest.raises(duckdb.PermissionException):
            connection.sql(f"SELECT * FROM read_parquet('{root.parent}/outside.parquet')")
        (spill,) = connection.execute("SELECT current_setting('temp_directory')").fetchone() or ("",)
        assert Path(spill).stat().st_mode & 0o077 == 0
    assert not Path(spill).exists()


def test_a_step_that_fails_leaves_no_connection_open(root: Path) -> None:
    with pytest.raises(ZeroDivisionError), open_database(root) as connection:
        raise ZeroDivisionError
    with pytest.raises(duckdb.ConnectionException):
        connection.sql("SELECT 1")


def shown(connection: duckdb.DuckDBPyConnection) -> list[tuple[str, ...]]:
    """Everything that somebody has made in a database, but macros."""
    return connection.execute(
        """SELECT 'schema', schema_name FROM duckdb_schemas() WHERE NOT internal AND schema_name <> 'main'
        UNION ALL SELECT 'view', view_name FROM duckdb_views() WHERE NOT internal
        UNION ALL SELECT 'table', table_name FROM duckdb_tables()"""
    ).fetchall()


def is_the_first(connection: duckdb.DuckDBPyConnection) -> bool:
    """Whether it is a connection to the database in which this macro was made; a database for views keeps its macros."""
    return bool(
        connection.execute("SELECT count(*) FROM duckdb_functions() WHERE function_name = 'of_the_first'").fetchall()[0][0]
    )


def test_a_database_for_views_is_used_again_in_a_run_and_holds_nothing_of_before(root: Path) -> None:
    with kept_in_a_run():
        with open_for_views(root, 1, "512MiB") as first:
            create_view(first, "core", "one", [root / "core" / "one.parquet"], "n BIGINT")
            create_view(first, "staged", "none", [], "n BIGINT")
            assert first.sql("SELECT n, pounds(n) FROM core.one").fetchall()
            assert len(shown(first)) == 4
            first.register("given", pa.table({"n": [1]}))
            first.execute("CREATE TEMP TABLE many AS FROM range(10); CREATE MACRO of_the_first() AS 1")
        with open_for_views(root, 1, "512MiB") as second:
            assert is_the_first(second)
            assert shown(second) == []
            with pytest.raises(duckdb.CatalogException, match="given"):
                second.execute("FROM given")
            create_view(second, "core", "one", [root / "core" / "one.parquet"], "n BIGINT")
            assert second.sql("SELECT n FROM core.one").fetchall() == [(1,)]
            with pytest.raises(duckdb.InvalidInputException, match="locked"):
                second.execute("SET threads = 2")
    for closed in (first, second):
        with pytest.raises(duckdb.ConnectionException):
            closed.execute("SELECT 1")


def test_outside_a_run_no_database_is_kept(root: Path) -> None:
    with open_for_views(root, 1, "512MiB") as first:
        first.execute("CREATE MACRO of_the_first() AS 1")
    with open_for_views(root, 1, "512MiB") as second:
        assert not is_the_first(second)


def test_a_database_for_views_is_never_used_by_two_nor_for_another_root_or_limit(root: Path, tmp_path: Path) -> None:
    with kept_in_a_run():
        for other in ((root, 1, "512MiB"), (tmp_path, 1, "512MiB"), (root, 2, "512MiB"), (root, 1, "400MiB")):
            with open_for_views(root, 1, "512MiB") as first:
                first.execute("CREATE OR REPLACE MACRO of_the_first() AS 1")
                with open_for_views(*other) as beside:
                    assert not is_the_first(beside)
            with open_for_views(*other) as after:
                assert is_the_first(after) == (other == (root, 1, "512MiB"))


def test_a_database_for_views_in_which_something_failed_is_closed(root: Path) -> None:
    with kept_in_a_run():
        with pytest.raises(ZeroDivisionError), open_for_views(root, 1, "512MiB") as failed:
            failed.execute("CREATE MACRO of_the_first() AS 1")
            raise ZeroDivisionError
        with open_for_views(root, 1, "512MiB") as connection:
            assert not is_the_first(connection)


def test_a_run_ends_with_no_database_open_and_no_file_of_its_spill(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A process may end without closing anything: what a database has laid down would stay."""
    monkeypatch.setattr(resources, "alone", lambda *_: nullcontext())
    context: Any = SimpleNamespace(instance=object(), run_id="1")
    with resources.Warehouse(root=str(root)).yield_for_execution(context):
        with open_for_views(root, 1, "60MB") as spilling:
            spilling.execute("CREATE TABLE many AS SELECT i, hash(i) AS h FROM range(9_000_000) AS t(i)")
            spilling.execute("DROP TABLE many")
        assert list((root / "state" / "spill").iterdir())
    assert list((root / "state" / "spill").iterdir()) == []


def test_a_table_of_no_file_is_empty_and_has_its_columns(connection: duckdb.DuckDBPyConnection) -> None:
    create_view(connection, "staged", "acute", [], "episode_id VARCHAR, total_cost DECIMAL(18, 2)")
    found = connection.sql("SELECT * FROM staged.acute")
    assert (found.columns, found.fetchall()) == (["episode_id", "total_cost"], [])


def test_a_file_whose_name_has_quotes_is_read_as_that_file(connection: duckdb.DuckDBPyConnection, root: Path) -> None:
    quoted = root / "core" / "o'clock.parquet"
    pq.write_table(pa.table({"n": [2]}), quoted)
    create_view(connection, "core", "two", [root / "core" / "one.parquet", quoted], "n BIGINT")
    assert sorted(connection.sql("SELECT n FROM core.two").fetchall()) == [(1,), (2,)]


def test_rows_come_in_batches_and_what_fails_meanwhile_is_an_error_of_duckdbs(connection: duckdb.DuckDBPyConnection) -> None:
    rows = [batch.num_rows for batch in batches_of(connection.sql("SELECT i FROM range(10000) AS r (i)"), 3_000)]
    assert (sum(rows), max(rows)) == (10_000, 3_000)
    late = "SELECT CAST(CASE WHEN i < 900000 THEN '1' ELSE 'Ada' END AS BIGINT) AS n FROM range(1000000) AS r (i)"
    with pytest.raises(duckdb.Error, match="Could not convert"):
        list(batches_of(connection.sql(late), 2_048))


def test_a_folder_called_column_equals_value_says_nothing_of_the_rows_below_it(root: Path) -> None:
    folder = root / "n=5"
    folder.mkdir()
    pq.write_table(pa.table({"n": [1]}), folder / "one.parquet")
    with open_database(root) as connection:
        create_view(connection, "core", "one", [folder / "one.parquet"], "n BIGINT")
        for rows in ("core.one", parquet_rows(folder / "one.parquet")):
            assert connection.sql(f"SELECT n FROM {rows}").fetchall() == [(1,)]
