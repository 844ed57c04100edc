"""From a file as dropped to text columns under the feed's canonical headers, with row numbers.

Belongs here: encodings, separators, file formats, headers. Does not belong here: what the text means (`judge.py`).
"""

import codecs
import csv
import io
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv as pa_csv
import pyarrow.parquet as pq
from python_calamine import CalamineError, CalamineWorkbook

from schemas.feeds import FEEDS
from schemas.table import columns

BLOCK_BYTES = 8 << 20
SEPARATORS = ",;\t|"
ROW = "source_row"


class Refused(Exception):
    """The file breaks a `file` rule. `rule_id` says which; the text is safe to show."""

    def __init__(self, rule_id: str, detail: str) -> None:
        super().__init__(detail)
        self.rule_id = rule_id


def read_text(path: Path, feed: str) -> Iterator[pa.Table]:
    """Batches of the file: every canonical column of the feed as text (absent ones NULL) and `source_row` from 1.

    A row whose fields do not fit the header comes with every column NULL but `row_text`.
    Raises Refused when the file cannot be read or lacks a required column.
    """
    try:
        yield from (_canonical(batch, feed) for batch in _batches(path))
    except (pa.ArrowException, UnicodeError, OSError, CalamineError, ValueError, EOFError) as error:
        raise Refused("file.unreadable", f"cannot be read ({type(error).__name__})") from None


def _batches(path: Path) -> Iterator[pa.Table]:
    if path.name.endswith(".parquet"):
        return _number(_parquet(path))
    if path.name.endswith(".xlsx"):
        return _number(_workbook(path))
    return _csv(path)


def _number(batches: Iterator[pa.Table]) -> Iterator[pa.Table]:
    start = 1
    for batch in batches:
        numbers = pa.array(range(start, start + batch.num_rows), pa.int64())
        start += batch.num_rows
        yield batch.append_column(ROW, numbers).append_column("row_text", pa.nulls(batch.num_rows, pa.string()))


def _parquet(path: Path) -> Iterator[pa.Table]:
    with pq.ParquetFile(path) as file:
        for batch in file.iter_batches(batch_size=250_000):
            table = pa.Table.from_batches([batch])
            yield pa.table({name: table.column(name).cast(pa.string()) for name in table.column_names})


def _workbook(path: Path) -> Iterator[pa.Table]:
    rows = CalamineWorkbook.from_path(str(path)).get_sheet_by_index(0).to_python()
    header = [str(cell) for cell in rows[0]] if rows else []
    cells = [[_cell(cell) for cell in row] for row in rows[1:]]
    yield pa.table({name: pa.array([row[i] for row in cells], pa.string()) for i, name in enumerate(header)})


def _cell(value: object) -> str | None:
    if value is None or value == "":
        return None
    return str(int(value)) if isinstance(value, float) and value.is_integer() else str(value)


def _csv(path: Path) -> Iterator[pa.Table]:
    encoding = _encoding(path)
    with pa.input_stream(str(path), compression="detect") as raw:
        text = raw.read(BLOCK_BYTES // 64).decode(encoding, errors="ignore")
    header_line = text.lstrip("\ufeff").split("\n", 1)[0].rstrip("\r")
    separator = max(SEPARATORS, key=header_line.count)
    header = [h.strip() for h in next(csv.reader(io.StringIO(header_line), delimiter=separator), [])]
    misfits: list[tuple[int, str]] = []

    def keep_misfit(row: pa_csv.InvalidRow) -> str:
        misfits.append((row.number, row.text))
        return "skip"

    reader = pa_csv.open_csv(
        pa.input_stream(str(path), compression="detect"),
        read_options=pa_csv.ReadOptions(
            use_threads=False, block_size=BLOCK_BYTES, encoding=encoding, column_names=header, skip_rows=1
        ),
        parse_options=pa_csv.ParseOptions(
            delimiter=separator, newlines_in_values=True, invalid_row_handler=keep_misfit, ignore_empty_lines=False
        ),
        convert_options=pa_csv.ConvertOptions(
            column_types=dict.fromkeys(header, pa.string()), strings_can_be_null=True, null_values=[""]
        ),
    )
    yield from _interleave(reader, misfits)


def _interleave(reader: pa_csv.CSVStreamingReader, misfits: list[tuple[int, str]]) -> Iterator[pa.Table]:
    """Number the rows as they stand in the file, and give the misfits their own places."""
    row = 1
    for batch in reader:
        table = pa.Table.from_batches([batch])
        skipped = np.array([number - 1 for number, _ in misfits], np.int64)
        span = np.arange(row, row + batch.num_rows + len(skipped))
        numbers = np.setdiff1d(span, skipped, assume_unique=True)[: batch.num_rows]
        row = int(numbers[-1]) + 1 if len(numbers) else row
        table = table.append_column(ROW, pa.array(numbers, pa.int64()))
        yield table.append_column("row_text", pa.nulls(batch.num_rows, pa.string()))
    if misfits:
        yield pa.table({
            ROW: pa.array([number - 1 for number, _ in misfits], pa.int64()),
            "row_text": pa.array([text for _, text in misfits], pa.string()),
        })  # fmt: skip


def _encoding(path: Path) -> str:
    """UTF-16 by its mark, UTF-8 where the whole file is, else Windows-1252."""
    decoder = codecs.getincrementaldecoder("utf-8")()
    with pa.input_stream(str(path), compression="detect") as raw:
        block = raw.read(BLOCK_BYTES)
        if block[:2] in (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE):
            return "utf-16"
        mark = "utf-8-sig" if block.startswith(codecs.BOM_UTF8) else "utf-8"
        if not block.strip() or b"\0" in block:
            raise Refused("file.empty" if not block.strip() else "file.unreadable", "no text in the file")
        try:
            while block:
                decoder.decode(block)
                block = raw.read(BLOCK_BYTES)
            decoder.decode(b"", final=True)
        except UnicodeDecodeError:
            return "cp1252"
    return mark


def _canonical(batch: pa.Table, feed: str) -> pa.Table:
    declared = columns(FEEDS[feed].model)
    given = {name.strip().lower().lstrip("\ufeff"): name for name in batch.column_names}
    misfits_only = set(batch.column_names) == {ROW, "row_text"}
    missing = [c.name for c in declared if c.required and c.name not in given]
    if missing and not misfits_only:
        raise Refused("file.columns_missing", f"required column missing: {', '.join(missing)}")
    arrays = {
        c.name: batch.column(given[c.name]) if c.name in given else pa.nulls(batch.num_rows, pa.string()) for c in declared
    }
    texts = {name: pc.utf8_trim_whitespace(array.cast(pa.string())) for name, array in arrays.items()}
    return pa.table(texts | {ROW: batch.column(ROW), "row_text": batch.column("row_text")})
