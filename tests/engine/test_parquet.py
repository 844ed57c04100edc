"""The row groups of a file depend on its rows alone, not on the batches that they came in, also where rows go into several files."""

import random
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from pipelines.engine.errors import IrfError
from pipelines.engine.parquet import BATCH_ROWS, write_table

SCHEMA = pa.schema([pa.field("year", pa.string(), nullable=False), pa.field("n", pa.int64())])
ROWS = 4 * BATCH_ROWS + 11


def rows(order: str) -> pa.Table:
    """Numbers from 0, each in a year: one year after the other, or by turns."""
    years = ["2024-25"] * (BATCH_ROWS + 90_000) + ["2025-26"] * (ROWS - BATCH_ROWS - 90_000)
    if order == "by turns":
        years = ["2024-25", "2025-26"] * (ROWS // 2) + ["2025-26"]
    return pa.table({"year": years, "n": range(ROWS)}, SCHEMA)


def batches(table: pa.Table, seed: int) -> list[pa.RecordBatch]:
    """The rows in batches of any size, some of them empty."""
    sizes, at = random.Random(seed), 0
    cut: list[pa.RecordBatch] = []
    while at < table.num_rows:
        size = min(table.num_rows - at, sizes.choice([0, 1, 999, BATCH_ROWS - 1, BATCH_ROWS, 3 * BATCH_ROWS + 7]))
        cut += table.slice(at, size).combine_chunks().to_batches() or [pa.RecordBatch.from_pylist([], SCHEMA)]
        at += size
    return cut


def bytes_in(folder: Path) -> dict[str, bytes]:
    return {file.name: file.read_bytes() for file in sorted(folder.iterdir())}


@pytest.mark.parametrize("order", ["one after the other", "by turns"])
@pytest.mark.parametrize("by", [None, "year"])
def test_batches_change_no_byte_and_every_row_is_in_its_file_in_order(tmp_path: Path, by: str | None, order: str) -> None:
    table = rows(order)
    for seed in range(3):
        assert write_table(batches(table, seed), SCHEMA, tmp_path / str(seed), by) == ROWS
    first = bytes_in(tmp_path / "0")
    assert list(first) == (["all.parquet"] if by is None else ["2024-25.parquet", "2025-26.parquet"])
    assert bytes_in(tmp_path / "1") == bytes_in(tmp_path / "2") == first
    expected = table.to_pylist()
    for file in (tmp_path / "0").iterdir():
        part = pq.ParquetFile(file)
        groups = [part.metadata.row_group(at).num_rows for at in range(part.metadata.num_row_groups)]
        assert all(group == BATCH_ROWS for group in groups[:-1])
        assert 0 < groups[-1] <= BATCH_ROWS
        assert part.read().to_pylist() == [row for row in expected if by is None or row["year"] == file.stem]


def test_no_row_is_one_file_without_a_row_group(tmp_path: Path) -> None:
    assert write_table([], SCHEMA, tmp_path / "out", "year", "2025-26") == 0
    assert [file.name for file in (tmp_path / "out").iterdir()] == ["2025-26.parquet"]
    assert pq.ParquetFile(tmp_path / "out" / "2025-26.parquet").metadata.num_row_groups == 0


def test_rows_without_a_part_are_refused(tmp_path: Path) -> None:
    nowhere = pa.record_batch({"year": pa.array([None], pa.string()), "n": [1]})
    with pytest.raises(IrfError, match="required column year has 1 empty values"):
        write_table([nowhere], SCHEMA, tmp_path / "out", "year")


def test_what_cannot_be_written_raises(tmp_path: Path) -> None:
    (tmp_path / "all.parquet").mkdir()
    with pytest.raises(OSError, match=r"all\.parquet"):
        write_table([pa.record_batch({"year": ["2025-26"], "n": [1]})], SCHEMA, tmp_path)
