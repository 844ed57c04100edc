"""The row groups of a file depend on its rows alone, not on the batches that they came in."""

import random

import pyarrow as pa

from pipelines.engine.parquet import BATCH_ROWS, full_batches


def batches(rows: int, seed: int) -> list[pa.RecordBatch]:
    """Numbers from 0 in batches of any size, some of them empty."""
    sizes, left = random.Random(seed), rows
    cut = []
    while left:
        taken = min(left, sizes.choice([0, 1, 999, BATCH_ROWS - 1, BATCH_ROWS, 3 * BATCH_ROWS + 7]))
        cut.append(pa.record_batch({"n": pa.array(range(rows - left, rows - left + taken))}))
        left -= taken
    return cut


def test_batches_are_full_and_their_rows_in_order() -> None:
    rows = 4 * BATCH_ROWS + 11
    for seed in range(5):
        full = list(full_batches(batches(rows, seed)))
        assert [batch.num_rows for batch in full] == [BATCH_ROWS] * 4 + [11]
        assert pa.Table.from_batches(full)["n"].to_pylist() == list(range(rows))


def test_no_row_is_no_batch() -> None:
    assert list(full_batches([pa.record_batch({"n": pa.array([], pa.int64())})])) == []
