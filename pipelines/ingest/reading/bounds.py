"""How much of a file is read at most, so that no file takes the machine's memory or the night.

Belongs here: the bounds, and the refusal where one is broken. Does not belong here: reading.
The bounds are far above what a board or council sends in a month; only a damaged or wrong file breaks one.
"""

from pathlib import Path

from pipelines.ingest.reading.refused import Refused

MAXIMUM_FILE_BYTES = {
    ".csv": 8_000_000_000,
    ".csv.gz": 2_000_000_000,
    ".xlsx": 200_000_000,
    ".parquet": 8_000_000_000,
}
MAXIMUM_UNPACKED_BYTES = {".csv.gz": 8_000_000_000, ".xlsx": 1_000_000_000, ".parquet": 32_000_000_000}
MAXIMUM_EXPANSION = 250
"""Unpacked bytes for each packed one; tables of text pack to a tenth, rarely to a fiftieth."""
EXPANSION_CHECKED_FROM_BYTES = 100_000_000
MAXIMUM_ROW_GROUP_BYTES = 2_000_000_000
"""Of one Parquet row group, unpacked."""
MAXIMUM_HEADER_COLUMNS = 1_000
MAXIMUM_HEADER_BYTES = 100_000
MAXIMUM_FIELD_BYTES = 1_000_000
MAXIMUM_RECORD_BYTES = 8_000_000
MAXIMUM_SHEET_CELLS = 10_000_000
"""A worksheet is held in memory: about 100 bytes a cell."""
MAXIMUM_SHEET_TEXT_BYTES = 500_000_000
"""Of the cells of a worksheet, each cell's text counted: a workbook keeps a text once, however many cells show it."""
MAXIMUM_ROWS_ABOVE_HEADER = 20
MAXIMUM_MISFITS = 1_000_000
"""Of a CSV file, rows that have more or fewer fields than the header."""


def check_at_most(what: str, amount: int, maximum: int) -> None:
    """Raise Refused where an amount is above its bound. `what` completes "… is 7; at most 5 can be read"."""
    if amount > maximum:
        raise Refused("file.too_large", f"{what} is {amount:,}; at most {maximum:,} can be read")


def check_file_size(path: Path, kind: str) -> None:
    """Raise Refused for a file larger than its kind may be."""
    check_at_most("the size of the file in bytes", path.stat().st_size, MAXIMUM_FILE_BYTES[kind])


def check_unpacked(unpacked: int, packed: int, kind: str) -> None:
    """Raise Refused for content that unpacks to more than its kind may, or than any honest table would."""
    check_at_most("the unpacked size of the file in bytes", unpacked, MAXIMUM_UNPACKED_BYTES[kind])
    if unpacked > EXPANSION_CHECKED_FROM_BYTES:
        check_at_most("the number of unpacked bytes for each packed one", unpacked // max(packed, 1), MAXIMUM_EXPANSION)
