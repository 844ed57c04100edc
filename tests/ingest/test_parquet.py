"""Parquet files are read as the same text a CSV file would have, and a damaged one is refused."""

import datetime
import decimal
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from pipelines.ingest.reading import bounds
from pipelines.ingest.reading import parquet as read_parquet
from pipelines.ingest.reading.read import Refused, read_text
from tests.ingest.ledger_files import of, records, refusal


def parquet_file(folder: Path, table: pa.Table, **options: object) -> Path:
    pq.write_table(table, folder / "2025-04.parquet", **options)
    return folder / "2025-04.parquet"


def amount_texts(folder: Path, array: pa.Array) -> list[object]:
    texts = pa.array(["C1"] * len(array))
    return of("amount", records(parquet_file(folder, pa.table({"cost_code": texts, "month": texts, " AMOUNT": array}))))


DAY = datetime.date(2025, 7, 1)
MOMENT = datetime.datetime.fromisoformat("2025-07-01 09:30:00.250")
MIDNIGHT_IN_SCOTLAND = datetime.datetime.fromisoformat("2025-06-30 23:00:00")


@pytest.mark.parametrize(
    ("values", "arrow_type", "texts"),
    [
        ([1, None], pa.int64(), ["1", None]),
        ([1234.5, 1.23e9, 0.1 + 0.2, 1e15, float("nan"), None], pa.float64(), ["1234.5", "1230000000", "0.3", "1000000000000000", None, None]),
        ([9007199254740991.0, -2.0], pa.float64(), ["9007199254740991", "-2"]),
        ([1234.56], pa.float32(), ["1234.56"]),
        ([decimal.Decimal("1234.50"), decimal.Decimal("-0.01")], pa.decimal128(18, 2), ["1234.50", "-0.01"]),
        ([decimal.Decimal("0"), decimal.Decimal("0.0000000001")], pa.decimal128(38, 10), ["0.0000000000", "0.0000000001"]),
        ([decimal.Decimal("12345678901234567890123456789.12")], pa.decimal256(50, 2), ["12345678901234567890123456789.12"]),
        ([True, False, None], pa.bool_(), ["TRUE", "FALSE", None]),
        ([DAY, None], pa.date32(), ["2025-07-01", None]),
        ([DAY], pa.date64(), ["2025-07-01"]),
        ([MOMENT.replace(microsecond=0)], pa.timestamp("ns"), ["2025-07-01 09:30:00"]),
        ([MOMENT], pa.timestamp("ms"), ["2025-07-01 09:30:00.250"]),
        ([MIDNIGHT_IN_SCOTLAND], pa.timestamp("us", "UTC"), ["2025-07-01 00:00:00"]),
        ([datetime.time(9, 30)], pa.time64("us"), ["09:30:00"]),
        (["a", "b", "a"], pa.dictionary(pa.int32(), pa.string()), ["a", "b", "a"]),
        (["Zoë"], pa.large_string(), ["Zoë"]),
        (["Zoë"], pa.string_view(), ["Zoë"]),
        (["Zoë".encode()], pa.binary(), ["Zoë"]),
        ([None, None], pa.null(), [None, None]),
    ],
)  # fmt: skip
def test_every_type_of_parquet_as_text(
    tmp_path: Path, values: list[object], arrow_type: pa.DataType, texts: list[object]
) -> None:
    assert amount_texts(tmp_path, pa.array(values, arrow_type)) == texts


def test_a_parquet_dictionary_of_amounts_as_text(tmp_path: Path) -> None:
    array = pa.array([decimal.Decimal("1.50"), None, decimal.Decimal("1.50")]).dictionary_encode()
    assert amount_texts(tmp_path, array) == ["1.50", None, "1.50"]


@pytest.mark.parametrize(
    ("array", "sentence"),
    [
        (pa.array([[1], [2]]), "column amount holds lists or other values that are no text, number or date"),
        (pa.array([datetime.timedelta(hours=1)]), "column amount holds lists or other values that are no text, number or date"),
        (pa.array([b"\xff"]), "column amount cannot be read as text"),
    ],
)
def test_parquet_values_that_have_no_text_are_refused_by_column(tmp_path: Path, array: pa.Array, sentence: str) -> None:
    with pytest.raises(Refused) as raised:
        amount_texts(tmp_path, array)
    assert (raised.value.rule_id, str(raised.value)) == ("file.unreadable", sentence)


def test_parquet_rows_are_numbered_across_batches_and_unknown_columns_are_not_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(read_parquet, "BATCH_ROWS", 7)
    codes = [f"C{i}" for i in range(100)]
    table = pa.table({"nested": pa.array([[1]] * 100), "amount": codes, "month": codes, "Cost_Code": codes})
    path = parquet_file(tmp_path, table, row_group_size=30)
    found = records(path)
    assert (of("source_row", found), of("cost_code", found)) == (list(range(2, 102)), codes)
    assert read_text(path, "ledger").unread.unknown_columns == (1,)


def test_bounds_of_parquet(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    codes = [f"C{i}" for i in range(1000)]
    path = parquet_file(tmp_path, pa.table({"cost_code": codes, "month": codes, "amount": codes}))
    monkeypatch.setitem(bounds.MAXIMUM_UNPACKED_BYTES, ".parquet", 5_000)
    assert refusal(path)[1].startswith("the unpacked size of the file in bytes is ")
    monkeypatch.setattr(read_parquet, "MAXIMUM_ROW_GROUP_BYTES", 5_000)
    assert refusal(path)[1].startswith("the unpacked size of a row group in bytes is ")
    monkeypatch.setattr(read_parquet, "MAXIMUM_HEADER_COLUMNS", 2)
    assert refusal(path) == ("file.too_large", "the number of columns is 3; at most 2 can be read")


def test_a_parquet_file_whose_row_count_is_damaged_is_no_partial_submission(tmp_path: Path) -> None:
    """The footer is written anew with fewer rows in its only row group than the file says it has."""
    codes = pa.array(["C1"] * 3)
    path = parquet_file(tmp_path, pa.table({"cost_code": codes, "month": codes, "amount": codes}), compression="none")
    content = path.read_bytes()
    footer_from = len(content) - 8 - int.from_bytes(content[-8:-4], "little")
    # In thrift's compact form both counts are the field of an integer, 3 as zigzag 6; the row group's is the last of the two.
    damaged = content[:footer_from] + content[footer_from:].replace(b"\x16\x06", b"\x16\x04")
    damaged = damaged[:footer_from] + damaged[footer_from:].replace(b"\x16\x04", b"\x16\x06", 1)
    path.write_bytes(damaged)
    assert refusal(path) == ("file.unreadable", "says it has 3 records and has 2")
