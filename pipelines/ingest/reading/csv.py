"""Reading a CSV file, packed or not.

Belongs here: separators, records that do not fit the header. Does not belong here: encodings (`encoding.py`), what the text
means.
pyarrow's CSV reader does the work: it splits as Python's csv module does, at many times its speed. Around it is done what
it does not do: row numbers for the records that fit, and noticing a quotation mark that swallows the rest of the file.
"""

import codecs
import csv
import functools
import io
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv as pa_csv

from pipelines.ingest.reading.bounds import (
    MAXIMUM_HEADER_BYTES,
    MAXIMUM_MISFITS,
    MAXIMUM_RECORD_BYTES,
    MAXIMUM_ROWS_ABOVE_HEADER,
    check_at_most,
)
from pipelines.ingest.reading.encoding import Encoding, encoding_of
from pipelines.ingest.reading.file_bytes import Content, FileBytes, MendedBytes
from pipelines.ingest.reading.header import Sought
from pipelines.ingest.reading.opened import ROW, ROW_TEXT, Opened, Places
from pipelines.ingest.reading.refused import Refused

SEPARATORS = ",;\t|"


def open_csv(path: Path, sought: Sought) -> Opened:
    """The header of a CSV file, and its records. A row without any text is no record; a record may span lines.

    sought: what tells the header, and by that the separator. Raises Refused where the file has no text, is damaged, too large
    or not whole.
    """
    encoding = encoding_of(path)
    separator, top = _header(path, encoding, sought)
    header, row = top[-1], len(top)
    titles = tuple(number for number, fields in enumerate(top[:-1], start=1) if any(fields))
    return Opened(header, lambda places: _records(path, encoding, separator, len(header), row, places), (row,), titles)


def _records(path: Path, encoding: Encoding, separator: str, width: int, header_row: int, places: Places) -> Iterator[pa.Table]:
    """The records in the file's order. All rows are read along, from row 1, and those down to the header are left out.

    After the file's own bytes comes one record with a field too many. Where it does not come back as the last misfit, an
    open quotation mark has taken it in, and with it whatever else stood behind that mark.
    """
    end = separator * width
    misfits = _Misfits()
    following = 1
    with FileBytes(path, f"\n{end}\n".encode(encoding.name)) as content:
        text = MendedBytes(content, encoding.name) if encoding.has_strays else content
        try:
            for batch in _reader(text, "utf-8" if encoding.has_strays else encoding.name, separator, width, misfits.keep):
                table, following = _numbered(pa.Table.from_batches([batch]), following, misfits.rows, header_row)
                chosen = _filled(table).select([*(str(place) for place in places.values()), ROW, ROW_TEXT])
                yield chosen.rename_columns([*places, ROW, ROW_TEXT])
        except pa.ArrowInvalid:
            misfits.check()
            raise
        is_ended = content.is_line_ended
    if misfits.rows != [(following, end)]:
        last = max([following - 1, *(number for number, _ in misfits.rows)])
        raise Refused("file.unreadable", f"a quotation mark opened in row {last} is not closed")
    if misfits.last_short == following - 1 and not is_ended:
        raise Refused(
            "file.unfinished",
            f"row {following - 1} is the last, has fewer fields than the header and no line end: the file was cut short or is "
            "still being copied; send the whole of it",
        )


class _Misfits:
    """Rows that do not fit the header, as pyarrow meets them. last_short: the last with too few fields."""

    def __init__(self) -> None:
        self.rows: list[tuple[int, str]] = []
        self.last_short = 0
        self._count = 0

    def keep(self, row: pa_csv.InvalidRow) -> str:
        self._count += 1
        if self._count > MAXIMUM_MISFITS:
            return "error"
        self.rows.append((row.number, row.text))
        if row.actual_columns < row.expected_columns:
            self.last_short = row.number
        return "skip"

    def check(self) -> None:
        """Raise Refused where there were more than can be kept."""
        check_at_most("the number of rows with more or fewer fields than the header", self._count, MAXIMUM_MISFITS)


def _reader(
    content: Content, encoding: str, separator: str, width: int, keep: Callable[[pa_csv.InvalidRow], str]
) -> pa_csv.CSVStreamingReader:
    every = [str(place) for place in range(width)]
    return pa_csv.open_csv(
        content,
        read_options=pa_csv.ReadOptions(
            # Records are numbered by one thread only.
            use_threads=False,
            block_size=MAXIMUM_RECORD_BYTES,
            encoding=encoding,
            column_names=every,
        ),
        parse_options=pa_csv.ParseOptions(
            delimiter=separator, newlines_in_values=True, ignore_empty_lines=False, invalid_row_handler=keep
        ),
        convert_options=pa_csv.ConvertOptions(
            # Those that nobody asked for too: a row is blank only where none has text.
            column_types=dict.fromkeys(every, pa.string()),
            strings_can_be_null=True,
            null_values=[""],
        ),
    )


def _numbered(table: pa.Table, following: int, misfits: list[tuple[int, str]], header_row: int) -> tuple[pa.Table, int]:
    """Number a batch as its rows stand in the file, and put the misfits that belong to it in their places.

    following: the number of the first row not numbered yet. Returns the batch, without the rows down to the header, and the next such number. Misfits that are put in are taken off the list; the last one of the list stays unless
    records that fit come after it.
    """
    places = np.array([number for number, _ in misfits], np.int64)
    span = np.arange(following, following + table.num_rows + len(misfits))
    fitting = np.setdiff1d(span, places, assume_unique=True)[: table.num_rows]
    following = int(fitting[-1]) + 1 if len(fitting) else following
    count = int(np.searchsorted(places, following))
    while count < len(misfits) - 1 and misfits[count][0] == following:
        count, following = count + 1, following + 1
    due = misfits[:count]
    del misfits[:count]
    if any(number == header_row for number, _ in due):
        raise Refused("file.unreadable", "the header cannot be read")
    table = table.append_column(ROW, pa.array(fitting, pa.int64()))
    table = table.append_column(ROW_TEXT, pa.nulls(table.num_rows, pa.string()))
    if len(fitting) and fitting[0] <= header_row:
        table = table.slice(int(np.searchsorted(fitting, header_row, side="right")))
    due = [(number, text) for number, text in due if number > header_row]
    return _with_misfits(table, due) if due else table, following


def _filled(table: pa.Table) -> pa.Table:
    """The rows that have any text: a blank line, or one of separators alone, is no record."""
    columns = [table.column(name) for name in table.column_names if name != ROW]
    if any(column.null_count == 0 for column in columns):
        return table
    return table.filter(functools.reduce(pc.or_, map(pc.is_valid, columns)))


def _with_misfits(table: pa.Table, misfits: list[tuple[int, str]]) -> pa.Table:
    own = {
        ROW: pa.array([number for number, _ in misfits], pa.int64()),
        ROW_TEXT: pa.array([text for _, text in misfits], pa.string()),
    }
    empty = pa.nulls(len(misfits), pa.string())
    return pa.concat_tables([table, pa.table({n: own.get(n, empty) for n in table.column_names})]).sort_by(ROW)


def _header(path: Path, encoding: Encoding, sought: Sought) -> tuple[str, list[list[str]]]:
    """The separator and the rows down to the header: of all separators the one that shows most known headers, then most fields."""
    with FileBytes(path) as content:
        start = content.read(MAXIMUM_HEADER_BYTES)
    text = (
        codecs.getincrementaldecoder(encoding.name)("replace" if encoding.has_strays else "strict")
        .decode(start)
        .lstrip("\ufeff")
    )
    tops = {separator: _top(text, separator, sought) for separator in SEPARATORS}
    separator = max(tops, key=lambda s: (sought.count(tops[s][0][-1]), len(tops[s][0][-1])))
    top, length = tops[separator]
    if length == len(text) and len(start) == MAXIMUM_HEADER_BYTES:
        raise Refused("file.too_large", f"the header is not within the first {MAXIMUM_HEADER_BYTES:,} bytes")
    if not top[-1]:
        raise Refused("file.empty", "no text in the file")
    return separator, top


def _top(text: str, separator: str, sought: Sought) -> tuple[list[list[str]], int]:
    """The rows of a file down to its header, and where that ends. A blank line is a row without fields."""
    lines = io.StringIO(text, newline="")
    rows: list[list[str]] = []
    ends: list[int] = []
    filled = 0
    for row in csv.reader(iter(lines.readline, ""), delimiter=separator):
        rows.append(row)
        ends.append(lines.tell())
        filled += any(row)
        if filled > MAXIMUM_ROWS_ABOVE_HEADER:
            break
    if not rows:
        return [[]], 0
    place = sought.header_place(rows)
    return rows[: place + 1], ends[place]
