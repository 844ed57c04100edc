"""The one door to DuckDB: an in-memory database for each step, with limits, shut off from everything but what it is given.

Belongs here: opening, macros, showing Parquet files as tables. Does not belong here: the text of the SELECTs (`sql.py`).
"""

import tempfile
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path

import duckdb
import pyarrow as pa

from pipelines.engine import machine
from pipelines.engine.sql import literal, parquet_rows, read_sql

TABLE_MACROS = ("arithmetic", "duckdb/exact", "duckdb/words", "fates", "keyed", "people", "places_and_names", "analysis")
"""What the SELECTs over tables use."""
MACROS = (*TABLE_MACROS, "read_text", "split_quarter")
"""What reading files uses besides. The macros on people's names take six times as long to load: only linking does."""


@contextmanager
def open_database(
    root: Path, threads: int | None = None, macros: Sequence[str] = MACROS, memory_limit: str | None = None
) -> Iterator[duckdb.DuckDBPyConnection]:
    """An in-memory DuckDB that can read and spill below `root` and nowhere else, with macros of ours loaded.

    threads, memory_limit: those of `machine.py` unless given.
    """
    spill = root / "state" / "spill"
    spill.mkdir(parents=True, exist_ok=True)
    with _opened([root], spill, threads, macros, memory_limit) as connection:
        yield connection


@contextmanager
def open_apart(*folders: Path, threads: int | None = None, macros: Sequence[str] = ()) -> Iterator[duckdb.DuckDBPyConnection]:
    """An in-memory DuckDB for what has no data root: released files below `folders`, or rows in memory alone.

    It spills into a folder of its own that only its owner reads, and that is gone at the end.
    """
    with (
        tempfile.TemporaryDirectory(prefix="irf-spill-") as spill,
        _opened(folders, Path(spill), threads, macros, None) as connection,
    ):
        yield connection


@contextmanager
def open_for_views(root: Path, threads: int, memory_limit: str) -> Iterator[duckdb.DuckDBPyConnection]:
    """`open_database` with the macros for tables, for SELECTs over views (`create_view`) and what is temporary, and nothing else.

    In a run (`kept_in_a_run`) the last one is used again where it is the same, with every view taken away, and given as a connection of its
    own, whose temporary tables go with it: of a small month, opening takes longer than the SELECT.
    """
    key = (root, threads, memory_limit)
    kept = _kept.pop(key, None)
    with ExitStack() as opened:
        if kept is None:
            connection = opened.enter_context(open_database(root, threads, TABLE_MACROS, memory_limit))
        else:
            connection = kept[1]
            opened.push(kept[0])
        with connection.cursor() as own:
            yield own
        if _runs:
            _without_views(connection)
            _close_kept()
            _kept[key] = (opened.pop_all(), connection)


@contextmanager
def kept_in_a_run() -> Iterator[None]:
    """The life of a run, in which `open_for_views` keeps a database open. At its end that is closed, and what it has laid down in the
    spill folder goes with it."""
    global _runs
    _runs += 1
    try:
        yield
    finally:
        _runs -= 1
        _close_kept()


def _close_kept() -> None:
    while _kept:
        _kept.popitem()[1][0].close()


_runs = 0
"""How many runs go on."""
_kept: dict[tuple[Path, int, str], tuple[ExitStack, duckdb.DuckDBPyConnection]] = {}
"""The database that was used last for views, with what closes it; none while it is used, or after an error in it."""


def _without_views(connection: duckdb.DuckDBPyConnection) -> None:
    """Drop every schema that views were shown in."""
    shown = connection.execute("SELECT schema_name FROM duckdb_schemas() WHERE NOT internal AND schema_name <> 'main'")
    for (layer,) in shown.fetchall():
        connection.execute(f"DROP SCHEMA {layer} CASCADE")


@contextmanager
def _opened(
    folders: Sequence[Path], spill: Path, threads: int | None, macros: Sequence[str], memory_limit: str | None
) -> Iterator[duckdb.DuckDBPyConnection]:
    connection = duckdb.connect()
    try:
        connection.execute(f"SET memory_limit = {literal(memory_limit or machine.memory_limit())}")
        connection.execute(f"SET threads = {threads or machine.threads()}")
        connection.execute("SET preserve_insertion_order = true")
        connection.execute(f"SET temp_directory = {literal(str(spill))}")
        connection.execute(f"SET allowed_directories = [{', '.join(literal(f'{folder}/') for folder in folders)}]")
        connection.execute("SET enable_external_access = false")
        connection.execute("SET python_enable_replacements = false")
        connection.execute("SET enable_progress_bar = false")
        load_macros(connection, macros)
        connection.execute("SET lock_configuration = true")
        yield connection
    finally:
        connection.close()


def load_macros(connection: duckdb.DuckDBPyConnection, names: Sequence[str] = MACROS) -> None:
    """The macros of `sql/macro/<name>.sql`, in the order given."""
    for name in names:
        connection.execute(read_sql("macro", name))


def create_view(connection: duckdb.DuckDBPyConnection, layer: str, name: str, files: list[Path], columns: str) -> None:
    """Show Parquet files as `<layer>.<name>`; no file at all is an empty table of these columns, as CREATE TABLE has them."""
    connection.execute(f"CREATE SCHEMA IF NOT EXISTS {layer}")
    if not files:
        connection.execute(f'CREATE TABLE {layer}."{name}" ({columns})')
        return
    connection.execute(f'CREATE VIEW {layer}."{name}" AS SELECT * FROM {parquet_rows(*sorted(files))}')


def batches_of(rows: duckdb.DuckDBPyRelation, batch_rows: int) -> Iterator[pa.RecordBatch]:
    """Rows in batches of so many. What fails while they are handed on raises duckdb.Error, as what fails before does: Arrow makes it
    an OSError without a number."""
    reader = rows.to_arrow_reader(batch_rows)
    while True:
        try:
            batch = reader.read_next_batch()
        except StopIteration:
            return
        except OSError as error:
            if error.errno is not None:
                raise
            raise duckdb.Error(str(error)) from None
        yield batch
