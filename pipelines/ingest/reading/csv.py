"""Reading a CSV file, packed or not.

Belongs here: encodings, separators, records that do not fit the header. Does not belong here: what the text means.
pyarrow's CSV reader does the work: it splits as Python's csv module does, at many times its speed. Around it is done what
it does not do: row numbers for the records that fit, and noticing a quotation mark that swallows the rest of the file.
"""

import codecs
import csv
import functools
import gzip
import io
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, Protocol

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
    check_unpacked,
)
from pipelines.ingest.reading.header import Sought
from pipelines.ingest.reading.opened import ROW, ROW_TEXT, Opened, Places
from pipelines.ingest.reading.refused import Refused

SEPARATORS = ",;\t|"
_MARKS = {codecs.BOM_UTF8: "utf-8", codecs.BOM_UTF16_LE: "utf-16-le", codecs.BOM_UTF16_BE: "utf-16-be"}
LOST_LETTER = "\ufffd"


@dataclass(frozen=True)
class Encoding:
    """What a file's bytes are text in. has_strays: a few of them are no text in it; each is read as `LOST_LETTER`."""

    name: str
    has_strays: bool = False


class Content(Protocol):
    """What is read of a file, block by block."""

    closed: bool

    def read(self, size: int) -> bytes: ...


def open_csv(path: Path, sought: Sought) -> Opened:
    """The header of a CSV file, and its records. A row without any text is no record; a record may span lines.

    sought: what tells the header, and by that the separator. Raises Refused where the file has no text, is damaged, too large
    or not whole.
    """
    encoding = _encoding(path)
    separator, top = _header(path, encoding, sought)
    header, row = top[-1], len(top)
    return Opened(header, lambda places: _records(path, encoding, separator, len(header), row, places), sum(map(any, top[:-1])))


def _records(path: Path, encoding: Encoding, separator: str, width: int, header_row: int, places: Places) -> Iterator[pa.Table]:
    """The records in the file's order. All rows are read along, from row 1, and those down to the header are left out.

    After the file's own bytes comes one record with a field too many. Where it does not come back as the last misfit, an
    open quotation mark has taken it in, and with it whatever else stood behind that mark.
    """
    end = separator * width
    misfits = _Misfits()
    following = 1
    with _Bytes(path, f"\n{end}\n".encode(encoding.name)) as content:
        text = _Mended(content, encoding.name) if encoding.has_strays else content
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
    with _Bytes(path) as content:
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


def _encoding(path: Path) -> Encoding:
    """UTF-8 or UTF-16 by its mark; else UTF-8 where the whole file is, else what most of its letters are."""
    decoder = codecs.getincrementaldecoder("utf-8")()
    with _Bytes(path) as content:
        block = content.read(MAXIMUM_RECORD_BYTES)
        marked = next((encoding for mark, encoding in _MARKS.items() if block.startswith(mark)), None)
        encoding = marked or _unmarked_utf_16(block) or "utf-8"
        try:
            while encoding == "utf-8" and block:
                is_within_letter = bool(decoder.getstate()[0])
                if is_within_letter or not block.isascii():
                    decoder.decode(block)
                block = content.read(MAXIMUM_RECORD_BYTES)
            decoder.decode(b"", final=True)
        except UnicodeDecodeError:
            return _encoding_of_most(path, is_marked=marked is not None)
    return Encoding(encoding)


def _encoding_of_most(path: Path, is_marked: bool) -> Encoding:
    """UTF-8 where more of a file's letters are whole in it than broken, else Windows-1252 on the same condition.

    Letters of one encoding are hardly ever whole in the other. Raises UnicodeError where a file is in neither, and Refused where
    it is not in the one it is marked as.
    """
    for name in ("utf-8",) if is_marked else ("utf-8", "cp1252"):
        letters, strays = _count_letters(path, name)
        if letters > strays:
            return Encoding(name, strays > 0)
    if is_marked:
        raise Refused("file.unreadable", "is marked as UTF-8 but holds other bytes")
    raise UnicodeError  # as any reader says that bytes are no text


def _count_letters(path: Path, encoding: str) -> tuple[int, int]:
    """How many letters beyond ASCII a file has in an encoding, and how many places where it is no text in it."""
    replacing, ignoring = (codecs.getincrementaldecoder(encoding)(errors) for errors in ("replace", "ignore"))
    letters = strays = 0
    with _Bytes(path) as content:
        is_last = False
        while not is_last:
            block = content.read(MAXIMUM_RECORD_BYTES)
            is_last = not block
            with_strays, without = replacing.decode(block, is_last), ignoring.decode(block, is_last)
            letters += len(without) - len(without.encode("ascii", "ignore"))
            strays += len(with_strays) - len(without)
    return letters, strays


def _unmarked_utf_16(block: bytes) -> str | None:
    """UTF-16 by its first letters: every other byte of a header in plain letters is zero."""
    even, odd = set(block[0:64:2]), set(block[1:64:2])
    if odd == {0} and 0 not in even:
        return "utf-16-le"
    return "utf-16-be" if even == {0} and 0 not in odd else None


class _Bytes:
    """The bytes of a file, unpacked and counted against their bound, and after them some of our own."""

    def __init__(self, path: Path, after: bytes = b"") -> None:
        self._packed_bytes = path.stat().st_size
        self._is_packed = path.name.lower().endswith(".gz")
        file = gzip.GzipFile(path) if self._is_packed else path.open("rb")
        self._parts: list[BinaryIO] = [file, io.BytesIO(after)]  # type: ignore[list-item]  # GzipFile reads as any binary file
        self._unpacked_bytes = 0
        self._tail = b""
        self.closed = False

    def read(self, size: int) -> bytes:
        """So many bytes, fewer only at the end: pyarrow takes a record for too long that goes on beyond a short block."""
        block = self._part(size)
        while len(block) < size and self._parts:
            block += self._part(size - len(block))
        return block

    def _part(self, size: int) -> bytes:
        block = self._parts[0].read(size) if self._parts else b""
        if len(self._parts) > 1:
            self._tail = (self._tail + block[-2:])[-2:]
        if self._parts and not block:
            self._parts.pop(0).close()
        self._unpacked_bytes += len(block)
        if self._is_packed:
            check_unpacked(self._unpacked_bytes, self._packed_bytes, ".csv.gz")
        return block

    @property
    def is_line_ended(self) -> bool:
        """Whether the file's own bytes end with a line end, in whatever encoding."""
        return self._tail.replace(b"\0", b"")[-1:] in (b"\n", b"\r")

    def close(self) -> None:
        self.closed = True
        for part in self._parts:
            part.close()

    def __enter__(self) -> "_Bytes":
        return self

    def __exit__(self, *exception: object) -> None:
        self.close()


class _Mended:
    """A file's bytes as UTF-8, with `LOST_LETTER` for what is no text in its encoding."""

    def __init__(self, content: _Bytes, encoding: str) -> None:
        self._content = content
        self._decoder = codecs.getincrementaldecoder(encoding)("replace")
        self._ready = b""
        self.closed = False

    def read(self, size: int) -> bytes:
        """So many bytes, fewer only at the end."""
        is_last = False
        while len(self._ready) < size and not is_last:
            block = self._content.read(size)
            is_last = not block
            self._ready += self._decoder.decode(block, is_last).encode()
        block, self._ready = self._ready[:size], self._ready[size:]
        return block

    def close(self) -> None:
        self.closed = True
