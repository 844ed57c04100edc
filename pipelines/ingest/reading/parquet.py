"""Reading a Parquet file.

Belongs here: its types as text. Does not belong here: which columns are wanted (`header.py`).
"""

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from pipelines.ingest.reading.bounds import (
    MAXIMUM_HEADER_COLUMNS,
    MAXIMUM_ROW_GROUP_BYTES,
    check_at_most,
    check_unpacked,
)
from pipelines.ingest.reading.cell_text import number_text
from pipelines.ingest.reading.opened import ROW, ROW_TEXT, Opened, Places
from pipelines.ingest.reading.refused import Refused

BATCH_ROWS = 100_000
CLOCK = "Europe/London"
"""Moments that are stored as points in time are read as the time on the clock in Scotland."""
FIRST_ROW = 2
"""A spreadsheet would show the header as row 1."""
_PLAINEST_DECIMAL_SCALE = 6
"""Arrow writes decimals of a larger scale with an exponent where they are small."""


def open_parquet(path: Path) -> Opened:
    """The header of a Parquet file, and its records. Raises Refused where it is too large."""
    with pq.ParquetFile(path) as file:
        check_at_most("the number of columns", file.metadata.num_columns, MAXIMUM_HEADER_COLUMNS)
        _check_row_groups(file.metadata, path.stat().st_size)
        header = file.schema_arrow.names
    return Opened(header, lambda places: _records(path, header, places), (FIRST_ROW - 1,))


def _records(path: Path, header: Sequence[str], places: Places) -> Iterator[pa.Table]:
    wanted = [header[place] for place in places.values()]
    first = FIRST_ROW
    with pq.ParquetFile(path, page_checksum_verification=True) as file:
        for batch in file.iter_batches(batch_size=BATCH_ROWS, columns=wanted, use_threads=False):
            texts = {name: _text(name, batch.column(header[place])) for name, place in places.items()}
            numbers = pa.array(range(first, first + batch.num_rows), pa.int64())
            yield pa.table({**texts, ROW: numbers, ROW_TEXT: pa.nulls(batch.num_rows, pa.string())})
            first += batch.num_rows
        if first - FIRST_ROW != file.metadata.num_rows:
            raise Refused("file.unreadable", f"says it has {file.metadata.num_rows:,} records and has {first - FIRST_ROW:,}")


def _check_row_groups(metadata: pq.FileMetaData, packed_bytes: int) -> None:
    """Each by the size it states; its columns' own sizes cannot be asked for: pyarrow ends the process on a damaged one."""
    sizes = [metadata.row_group(i).total_byte_size for i in range(metadata.num_row_groups)]
    check_at_most("the unpacked size of a row group in bytes", max(sizes, default=0), MAXIMUM_ROW_GROUP_BYTES)
    check_unpacked(sum(sizes), packed_bytes, ".parquet")


def _text(name: str, array: pa.Array) -> pa.Array:
    if pa.types.is_dictionary(array.type):
        array = array.dictionary_decode()
    as_text = next((as_text for is_type, as_text in _AS_TEXT if is_type(array.type)), None)
    if as_text is None:
        raise Refused("file.unreadable", f"column {name} holds lists or other values that are no text, number or date")
    try:
        return as_text(array)
    except pa.ArrowInvalid:
        raise Refused("file.unreadable", f"column {name} cannot be read as text") from None


def _cast(array: pa.Array) -> pa.Array:
    return array.cast(pa.string())


def _decimal(array: pa.Array) -> pa.Array:
    if 0 <= array.type.scale <= _PLAINEST_DECIMAL_SCALE:
        return _cast(array)
    return _by_distinct(array, lambda value: format(value, "f"))


def _float(array: pa.Array) -> pa.Array:
    # A number of single precision is first read in the digits it was meant in: 1234.56, not 1234.56005859375.
    if array.type != pa.float64():
        array = _cast(array.cast(pa.float32())).cast(pa.float64())
    return _by_distinct(array, number_text)


def _by_distinct(array: pa.Array, as_text: Callable[..., str | None]) -> pa.Array:
    distinct = array.dictionary_encode()
    texts = pa.array([as_text(value) for value in distinct.dictionary.to_pylist()], pa.string())
    return texts.take(distinct.indices)


def _truth(array: pa.Array) -> pa.Array:
    return pc.if_else(array, "TRUE", "FALSE")


def _moment(array: pa.Array) -> pa.Array:
    if array.type.tz is not None:
        array = pc.local_timestamp(array.cast(pa.timestamp(array.type.unit, CLOCK)))
    return _without_zero_fraction(array)


def _without_zero_fraction(array: pa.Array) -> pa.Array:
    return pc.replace_substring_regex(_cast(array), r"\.0+$", "")


_AS_TEXT: tuple[tuple[Callable[[pa.DataType], bool], Callable[[pa.Array], pa.Array]], ...] = (
    (pa.types.is_boolean, _truth),
    (pa.types.is_integer, _cast),
    (pa.types.is_floating, _float),
    (pa.types.is_decimal, _decimal),
    (pa.types.is_timestamp, _moment),
    (pa.types.is_time, _without_zero_fraction),
    (pa.types.is_date, _cast),
    (pa.types.is_string, _cast),
    (pa.types.is_large_string, _cast),
    (pa.types.is_string_view, _cast),
    (pa.types.is_binary, _cast),
    (pa.types.is_large_binary, _cast),
    (pa.types.is_null, _cast),
)
