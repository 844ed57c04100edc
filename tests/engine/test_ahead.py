"""Batches made ahead and written behind: nothing is lost, nothing changes places, and what fails is heard of."""

import subprocess
import sys
import textwrap
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from pipelines.engine.ahead import AT_ONCE, ahead, at_once
from pipelines.engine.parquet import ROW_GROUP_BYTES, ROW_GROUP_ROWS, ParquetFile, ParquetFilesInTurn
from tests import REPOSITORY

SCHEMA = pa.schema([("row", pa.int64()), ("text", pa.string())])


def rows(first: int, count: int) -> pa.Table:
    return pa.table({"row": range(first, first + count), "text": [f"t{n}" for n in range(first, first + count)]}, SCHEMA)


def test_batches_come_in_their_order() -> None:
    assert list(ahead(iter(range(100)))) == list(range(100))


def test_none_is_a_batch_like_others_and_no_batch_is_none() -> None:
    assert list(ahead(iter([None, 1]))) == [None, 1]
    assert list(ahead(iter([]))) == []


def test_what_making_a_batch_raises_comes_in_its_place() -> None:
    def breaking() -> Iterator[int]:
        yield 1
        raise ValueError("broken")

    made = ahead(breaking())
    assert next(made) == 1
    with pytest.raises(ValueError, match="broken"):
        next(made)


def test_who_stops_early_stops_the_making() -> None:
    made: list[int] = []

    def counted() -> Iterator[int]:
        for number in range(100):
            made.append(number)
            yield number

    batches = ahead(counted())
    assert next(batches) == 0
    batches.close()  # type: ignore[attr-defined]  # a generator, which its type does not say
    assert made in ([0, 1], [0])


def test_rows_are_written_in_their_order_in_row_groups(tmp_path: Path) -> None:
    size = ROW_GROUP_ROWS // 3 + 1
    with ParquetFile(tmp_path / "a.parquet", SCHEMA) as file:
        for number in range(7):
            file.add(rows(number * size, size))
        file.note("places", "[1]")
    assert pq.read_table(tmp_path / "a.parquet").equals(rows(0, 7 * size))
    metadata = pq.read_metadata(tmp_path / "a.parquet")
    assert [metadata.row_group(n).num_rows for n in range(metadata.num_row_groups)] == [3 * size, 3 * size, size]
    assert metadata.metadata[b"places"] == b"[1]"


def test_long_rows_are_not_gathered_until_memory_is_full(tmp_path: Path) -> None:
    long = pa.table({"row": [1], "text": ["x" * ROW_GROUP_BYTES]}, SCHEMA)
    with ParquetFile(tmp_path / "a.parquet", SCHEMA) as file:
        for part in (rows(0, 1), long, rows(2, 1)):
            file.add(part)
    metadata = pq.read_metadata(tmp_path / "a.parquet")
    assert [metadata.row_group(n).num_rows for n in range(metadata.num_row_groups)] == [2, 1]


def test_a_file_of_no_rows_is_a_file(tmp_path: Path) -> None:
    with ParquetFile(tmp_path / "a.parquet", SCHEMA):
        pass
    assert pq.read_table(tmp_path / "a.parquet").equals(SCHEMA.empty_table())


def test_what_cannot_be_written_is_heard_of(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="schema"), ParquetFile(tmp_path / "a.parquet", SCHEMA) as file:
        file.add(pa.table({"other": [1]}))


def test_files_in_turn_are_all_there_each_with_its_rows(tmp_path: Path) -> None:
    paths = [tmp_path / f"{n}.parquet" for n in range(4)]
    with ParquetFilesInTurn(paths, SCHEMA) as files:
        files.add(1, rows(0, 3))
        files.add(1, rows(3, 2))
        assert not paths[2].exists()
        files.add(2, rows(5, 1))
    found = [pq.read_table(path) for path in paths]
    assert [table.num_rows for table in found] == [0, 5, 1, 0]
    assert pa.concat_tables(found).equals(rows(0, 6))


def test_what_fails_between_files_in_turn_is_heard_of_and_begins_no_other(tmp_path: Path) -> None:
    paths = [tmp_path / f"{n}.parquet" for n in range(2)]
    with pytest.raises(ValueError, match="broken"), ParquetFilesInTurn(paths, SCHEMA) as files:
        files.add(0, rows(0, 1))
        raise ValueError("broken")
    assert not paths[1].exists()


def test_what_is_done_at_once_comes_in_its_order() -> None:
    first_may_end = threading.Event()

    def work(number: int) -> int:
        if number == 1:
            first_may_end.set()
        assert number != 0 or first_may_end.wait(10)
        return number * number

    assert list(at_once(work, range(5))) == [0, 1, 4, 9, 16]


def test_with_one_thread_nothing_is_done_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("IRF_THREADS", "1")
    at_work: list[int] = []

    def work(number: int) -> int:
        at_work.append(number)
        time.sleep(0.01)
        assert at_work == [number]
        return at_work.pop()

    assert list(at_once(work, range(5))) == list(range(5))


def test_what_fails_is_heard_of_in_its_place_and_nothing_is_begun_after_it() -> None:
    begun: list[int] = []

    def work(number: int) -> int:
        begun.append(number)
        if number == 1:
            raise ValueError("broken")
        return number

    found = at_once(work, range(100))
    assert next(found) == 0
    with pytest.raises(ValueError, match="broken"):
        list(found)
    assert max(begun) <= 1 + AT_ONCE


def test_what_libraries_look_for_among_the_loaded_modules_is_there_whole_before_two_threads_are() -> None:
    """Altair broke on a pandas that the other thread was loading."""
    asks = """
        import sys
        from pipelines.engine.ahead import at_once
        assert "pandas" not in sys.modules
        print(list(at_once(lambda _: hasattr(sys.modules.get("pandas"), "Timestamp"), range(2))))
    """
    said = subprocess.run(
        [sys.executable, "-c", textwrap.dedent(asks)], cwd=REPOSITORY, capture_output=True, text=True, check=True
    )
    assert said.stdout == "[True, True]\n"
