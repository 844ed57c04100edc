"""A SELECT over Parquet files becomes one Parquet file of exactly the declared schema, or an error that tells no value: on DuckDB
and on Spark."""

import errno
import shutil
from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from pipelines.engine import duckdb_engine
from pipelines.engine.engine_name import EngineName
from pipelines.engine.errors import IrfError
from pipelines.engine.parquet import BATCH_ROWS
from pipelines.engine.spark import Spark
from pipelines.engine.sql_engine import SqlEngine, sql_engine
from pipelines.engine.view import InTurn, Output, View
from tests.spark import spark

SCHEMA = pa.schema([pa.field("n", pa.int64(), nullable=False), pa.field("word", pa.string())])

ODD = ("a b dä #%20 'q' [x]{y}*?", "a:b")
"""Names of folders as somebody may give them, with signs that mean something in addresses and patterns."""


@pytest.fixture(params=EngineName)
def engine(request: pytest.FixtureRequest, tmp_path: Path) -> SqlEngine:
    return spark(tmp_path) if request.param is EngineName.spark else sql_engine(request.param, tmp_path, 1, "512MB")


@pytest.fixture
def view(tmp_path: Path) -> View:
    """`core.one`, in two files."""
    files = [tmp_path / "a.parquet", tmp_path / "b.parquet"]
    for file, number, word in zip(files, (2, 1), ("Ada", None), strict=True):
        pq.write_table(pa.table({"n": [number], "word": pa.array([word], pa.string())}), file)
    return View("core", "one", files, SCHEMA)


def out(tmp_path: Path) -> Output:
    return Output(tmp_path / "out", SCHEMA, "sql/core/one.sql")


def test_the_rows_of_all_files_are_written_in_the_order_of_the_select(engine: SqlEngine, view: View, tmp_path: Path) -> None:
    written = out(tmp_path)
    assert engine.write([view], "SELECT word, n FROM core.one ORDER BY n", written) == 2
    table = pq.read_table(written.folder / "all.parquet")
    assert table.schema.equals(SCHEMA)
    assert table.to_pylist() == [{"n": 1, "word": None}, {"n": 2, "word": "Ada"}]


@pytest.mark.parametrize("name", ODD)
def test_the_signs_of_a_path_stand_for_themselves(engine: SqlEngine, view: View, tmp_path: Path, name: str) -> None:
    odd = tmp_path / name
    odd.mkdir()
    files = [Path(shutil.copy(file, odd / file.name)) for file in view.files]
    there = spark(odd) if isinstance(engine, Spark) else sql_engine(EngineName.duckdb, odd, 1, "512MB")
    written = Output(odd / "out", SCHEMA, "sql/core/one.sql")
    assert there.write([View("core", "one", files, SCHEMA)], "SELECT word, n FROM core.one ORDER BY n", written) == 2
    assert [row["n"] for row in pq.read_table(written.folder / "all.parquet").to_pylist()] == [1, 2]
    assert [path.name for path in tmp_path.iterdir() if path.is_dir() and path.name not in (name, "state")] == []


def test_a_view_without_a_file_is_empty(engine: SqlEngine, tmp_path: Path) -> None:
    assert engine.write([View("staged", "acute", [], SCHEMA)], "SELECT * FROM staged.acute", out(tmp_path)) == 0


def test_small_results_come_by_name(engine: SqlEngine, view: View) -> None:
    selects = {"most": "SELECT max(n) AS n FROM core.one", "none": "SELECT word FROM core.one WHERE n > 2"}
    assert engine.rows([view], selects) == {"most": [{"n": 2}], "none": []}


@pytest.mark.parametrize(
    ("sql", "reason"),
    [
        ("SELECT n FROM core.one", "^out: column word is missing"),
        ("SELECT CAST(NULL AS BIGINT) AS n, word FROM core.one", r"^out: required column n has [12] empty values"),
        ("SELECT CAST(word AS BIGINT) AS n, word FROM core.one", "sql/core/one.sql"),
    ],
)
def test_what_does_not_fit_is_an_error_without_a_value(
    engine: SqlEngine, view: View, tmp_path: Path, sql: str, reason: str
) -> None:
    written = out(tmp_path)
    with pytest.raises(IrfError, match=reason) as refused:
        engine.write([view], sql, written)
    assert "Ada" not in str(refused.value)


def test_what_fails_after_many_rows_is_an_error_of_one_line_too(engine: SqlEngine, view: View, tmp_path: Path) -> None:
    """By then the rows are handed on, by another library with errors of its own."""
    sql = f"SELECT CASE WHEN i < {BATCH_ROWS} THEN i ELSE CAST(word AS BIGINT) END AS n, word FROM core.many"
    pq.write_table(pa.table({"i": range(2 * BATCH_ROWS), "word": ["Ada"] * 2 * BATCH_ROWS}), tmp_path / "many.parquet")
    many = View("core", "many", [tmp_path / "many.parquet"], pa.schema([("i", pa.int64()), ("word", pa.string())]))
    with pytest.raises(IrfError, match=r"sql/core/one\.sql") as refused:
        engine.write([many], sql, out(tmp_path))
    assert "Ada" not in str(refused.value)


def test_a_fault_of_duckdbs_own_is_told_as_such(view: View, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fails(*_: object) -> int:
        raise duckdb.Error("INTERNAL Error: global dictionary column 18 changed identity")

    monkeypatch.setattr(duckdb_engine, "write_table", fails)
    with pytest.raises(IrfError, match=r"one\.sql: Error: INTERNAL Error: global dictionary .*: try again"):
        sql_engine(EngineName.duckdb, tmp_path, 1, "512MB").write([view], "SELECT * FROM core.one", out(tmp_path))


def test_an_error_of_the_system_stays_what_it_is(view: View, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fails(*_: object) -> int:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(duckdb_engine, "write_table", fails)
    with pytest.raises(OSError, match="No space left"):
        sql_engine(EngineName.duckdb, tmp_path, 1, "512MB").write([view], "SELECT * FROM core.one", out(tmp_path))


def test_a_small_result_that_fails_is_an_error_without_a_value(engine: SqlEngine, view: View) -> None:
    with pytest.raises(IrfError, match=r"pounds: (ConversionException|Spark: CAST_INVALID_INPUT)") as refused:
        engine.rows([view], {"pounds": "SELECT CAST(word AS BIGINT) AS n FROM core.one"})
    assert "Ada" not in str(refused.value)


@pytest.mark.parametrize("damage", [b"", b"PAR1 half a file", None])
def test_a_damaged_file_is_named(engine: SqlEngine, view: View, tmp_path: Path, damage: bytes | None) -> None:
    sound, damaged = view.files  # the first file alone is read to find the columns
    whole = damaged.read_bytes()
    damaged.write_bytes(whole[:-40] + b"\xff" * 32 + whole[-8:] if damage is None else damage)
    with pytest.raises(IrfError, match=r"core/one.*b\.parquet cannot be read as Parquet; take that away") as refused:
        engine.write([view], "SELECT * FROM core.one", out(tmp_path))
    assert str(sound) not in str(refused.value)


def test_a_file_whose_name_has_signs_of_patterns_is_read_as_that_file(engine: SqlEngine, tmp_path: Path) -> None:
    folder = tmp_path / "a [1] {x,y} *"
    folder.mkdir()
    pq.write_table(pa.table({"n": [7]}), folder / "o'clock?.parquet")
    view = View("core", "one", [folder / "o'clock?.parquet"], SCHEMA)
    assert engine.rows([view], {"all": "SELECT n FROM core.one"}) == {"all": [{"n": 7}]}


def test_a_view_of_one_call_is_not_there_in_the_next(engine: SqlEngine, view: View) -> None:
    engine.rows([view], {"all": "SELECT n FROM core.one"})
    with pytest.raises((IrfError, duckdb.Error)):
        engine.rows([], {"all": "SELECT n FROM core.one"})


def test_a_file_of_several_row_groups_has_the_bytes_of_every_engine(engine: SqlEngine, tmp_path: Path) -> None:
    rows = 3 * BATCH_ROWS + 7
    schema = pa.schema([("n", pa.int64()), ("word", pa.string())])
    given = pa.table({"n": [i * 7919 % rows for i in range(rows)], "word": [f"{i % 1000}" for i in range(rows)]}, schema)
    files = [tmp_path / f"{part}.parquet" for part in range(4)]
    for part, file in enumerate(files):
        pq.write_table(given.slice(part * 100_000, 100_000), file)
    views, select = [View("core", "one", files, schema)], "SELECT * FROM core.one ORDER BY n"
    written = [Output(tmp_path / "out" / name, schema, "sql/core/one.sql") for name in ("one", "other")]
    assert engine.write(views, select, written[0]) == rows
    sql_engine(EngineName.duckdb, tmp_path, 2, "512MB").write(views, select, written[1])
    assert (written[0].folder / "all.parquet").read_bytes() == (written[1].folder / "all.parquet").read_bytes()


def test_a_select_that_is_run_in_turn_sees_each_value_alone(view: View, tmp_path: Path) -> None:
    on_duckdb = sql_engine(EngineName.duckdb, tmp_path, 1, "512MB")
    select, written = "SELECT count(*) AS n, max(word) AS word FROM core.one", out(tmp_path)
    assert on_duckdb.write([view], select, written, InTurn("core", "one", "n")) == 2
    assert pq.read_table(written.folder).to_pylist() == [{"n": 1, "word": None}, {"n": 1, "word": "Ada"}]


@pytest.mark.parametrize("files", [0, 2])
def test_what_is_run_in_turn_has_the_bytes_of_what_is_run_at_once(
    engine: SqlEngine, view: View, tmp_path: Path, files: int
) -> None:
    views, select = [View("core", "one", view.files[:files], SCHEMA)], "SELECT n, word FROM core.one ORDER BY n"
    written = [Output(tmp_path / "out" / name, SCHEMA, "sql/core/one.sql") for name in ("in_turn", "at_once")]
    assert engine.write(views, select, written[0], InTurn("core", "one", "n")) == files
    assert engine.write(views, select, written[1]) == files
    assert (written[0].folder / "all.parquet").read_bytes() == (written[1].folder / "all.parquet").read_bytes()


def test_what_fails_in_a_later_turn_is_an_error_without_a_value(engine: SqlEngine, view: View, tmp_path: Path) -> None:
    with pytest.raises(IrfError, match=r"sql/core/one\.sql") as refused:
        engine.write(
            [view],
            "SELECT n, CAST(CAST(word AS BIGINT) AS VARCHAR) AS word FROM core.one",
            out(tmp_path),
            InTurn("core", "one", "n"),
        )
    assert "Ada" not in str(refused.value)


def test_a_view_that_was_shown_in_turn_is_whole_in_the_next_call(engine: SqlEngine, view: View, tmp_path: Path) -> None:
    engine.write([view], "SELECT * FROM core.one", out(tmp_path), InTurn("core", "one", "n"))
    assert engine.rows([view], {"all": "SELECT count(*) AS n FROM core.one"}) == {"all": [{"n": 2}]}


def test_a_value_that_is_empty_has_its_turn_too(engine: SqlEngine, view: View, tmp_path: Path) -> None:
    select, written = "SELECT n, word FROM core.one ORDER BY word NULLS LAST", out(tmp_path)
    assert engine.write([view], select, written, InTurn("core", "one", "word")) == 2
    assert pq.read_table(written.folder)["n"].to_pylist() == [2, 1]
