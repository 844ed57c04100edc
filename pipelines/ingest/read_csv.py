"""Reading a CSV file, packed or not.

Belongs here: encodings, separators, records that do not fit the header. Does not belong here: what the text means.
pyarrow's CSV reader does the work: it splits as Python's csv module does, at many times its speed. Around it is done what
it does not do: row numbers for the records that fit, and noticing a quotation mark that swallows the rest of the file.
"""

import codecs
import csv
import gzip
import io
from collections.abc import Callable, Collection, Iterator
from pathlib import Path
from typing import BinaryIO

import numpy as np
import pyarrow as pa
import pyarrow.csv as pa_csv

from pipelines.ingest.bounds import MAXIMUM_HEADER_BYTES, MAXIMUM_RECORD_BYTES, check_unpacked
from pipelines.ingest.header import normal_header
from pipelines.ingest.opened import ROW, ROW_TEXT, Opened, Places
from pipelines.ingest.refused import Refused

SEPARATORS = ",;\t|"
_MARKS = {codecs.BOM_UTF8: "utf-8", codecs.BOM_UTF16_LE: "utf-16-le", codecs.BOM_UTF16_BE: "utf-16-be"}


def open_csv(path: Path, known: Collection[str]) -> Opened:
    """The header of a CSV file, and its records. A blank line is no record; a record may span lines.

    known: the headers that the feed accepts, by which the separator is recognised.
    Raises Refused where the file has no text, is damaged or too large.
    """
    encoding = _encoding(path)
    separator, header = _header(path, encoding, known)
    return Opened(header, lambda places: _records(path, encoding, separator, len(header), places))


def _records(path: Path, encoding: str, separator: str, width: int, places: Places) -> Iterator[pa.Table]:
    """The records in the file's order. The header is read along as record 0, so that the first after it is 1.

    After the file's own bytes comes one record with a field too many. Where it does not come back as the last misfit, an
    open quotation mark has taken it in, and with it whatever else stood behind that mark.
    """
    end = separator * width
    misfits: list[tuple[int, str]] = []

    def keep(row: pa_csv.InvalidRow) -> str:
        misfits.append((row.number - 1, row.text))
        return "skip"

    following = 0
    with _Bytes(path, f"\n{end}\n".encode(encoding)) as content:
        for batch in _reader(content, encoding, separator, width, places, keep):
            table, following = _numbered(pa.Table.from_batches([batch]), following, misfits)
            yield table.rename_columns([*places, ROW, ROW_TEXT])
    if misfits != [(following, end)]:
        last = max([following - 1, *(number for number, _ in misfits)])
        raise Refused("file.unreadable", f"a quotation mark opened in record {last} is not closed")


def _reader(
    content: "_Bytes", encoding: str, separator: str, width: int, places: Places, keep: Callable[[pa_csv.InvalidRow], str]
) -> pa_csv.CSVStreamingReader:
    wanted = [str(place) for place in places.values()]
    return pa_csv.open_csv(
        content,
        read_options=pa_csv.ReadOptions(
            # Records are numbered by one thread only.
            use_threads=False,
            block_size=MAXIMUM_RECORD_BYTES,
            encoding=encoding,
            column_names=[str(place) for place in range(width)],
        ),
        parse_options=pa_csv.ParseOptions(delimiter=separator, newlines_in_values=True, invalid_row_handler=keep),
        convert_options=pa_csv.ConvertOptions(
            include_columns=wanted,
            column_types=dict.fromkeys(wanted, pa.string()),
            strings_can_be_null=True,
            null_values=[""],
        ),
    )


def _numbered(table: pa.Table, following: int, misfits: list[tuple[int, str]]) -> tuple[pa.Table, int]:
    """Number a batch as its records stand in the file, and put the misfits that belong to it in their places.

    following: the number of the first record not numbered yet. Returns the batch and the next such number. Misfits that
    are put in are taken off the list; the last one of the list stays unless records that fit come after it.
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
    if due and due[0][0] == 0:
        raise Refused("file.unreadable", "the header cannot be read")
    table = table.append_column(ROW, pa.array(fitting, pa.int64()))
    table = table.append_column(ROW_TEXT, pa.nulls(table.num_rows, pa.string()))
    if len(fitting) and fitting[0] == 0:
        table = table.slice(1)
    return _with_misfits(table, due) if due else table, following


def _with_misfits(table: pa.Table, misfits: list[tuple[int, str]]) -> pa.Table:
    own = {
        ROW: pa.array([number for number, _ in misfits], pa.int64()),
        ROW_TEXT: pa.array([text for _, text in misfits], pa.string()),
    }
    empty = pa.nulls(len(misfits), pa.string())
    return pa.concat_tables([table, pa.table({n: own.get(n, empty) for n in table.column_names})]).sort_by(ROW)


def _header(path: Path, encoding: str, known: Collection[str]) -> tuple[str, list[str]]:
    """The separator and the header: of all separators the one that shows the most known headers, then the most fields."""
    with _Bytes(path) as content:
        start = content.read(MAXIMUM_HEADER_BYTES)
    text = codecs.getincrementaldecoder(encoding)().decode(start).lstrip("\ufeff")
    headers = {separator: _first_record(text, separator) for separator in SEPARATORS}
    separator = max(headers, key=lambda s: (sum(normal_header(h) in known for h in headers[s][0]), len(headers[s][0])))
    header, length = headers[separator]
    if length == len(text) and len(start) == MAXIMUM_HEADER_BYTES:
        raise Refused("file.too_large", f"the header is not within the first {MAXIMUM_HEADER_BYTES:,} bytes")
    if not header:
        raise Refused("file.empty", "no text in the file")
    return separator, header


def _first_record(text: str, separator: str) -> tuple[list[str], int]:
    """The first record that is no blank line, and where it ends."""
    lines = io.StringIO(text, newline="")
    records = csv.reader(iter(lines.readline, ""), delimiter=separator)
    return next((record for record in records if record), []), lines.tell()


def _encoding(path: Path) -> str:
    """UTF-8 or UTF-16 by its mark; else UTF-8 where the whole file is, else Windows-1252."""
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
            if marked:
                raise Refused("file.unreadable", "is marked as UTF-8 but holds other bytes") from None
            return "cp1252"
    return encoding


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
        self.closed = False

    def read(self, size: int) -> bytes:
        """So many bytes, fewer only at the end: pyarrow takes a record for too long that goes on beyond a short block."""
        block = self._part(size)
        while len(block) < size and self._parts:
            block += self._part(size - len(block))
        return block

    def _part(self, size: int) -> bytes:
        block = self._parts[0].read(size) if self._parts else b""
        if self._parts and not block:
            self._parts.pop(0).close()
        self._unpacked_bytes += len(block)
        if self._is_packed:
            check_unpacked(self._unpacked_bytes, self._packed_bytes, ".csv.gz")
        return block

    def close(self) -> None:
        self.closed = True
        for part in self._parts:
            part.close()

    def __enter__(self) -> "_Bytes":
        return self

    def __exit__(self, *exception: object) -> None:
        self.close()
