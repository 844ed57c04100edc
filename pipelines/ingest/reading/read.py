"""From a file as dropped to text columns under the feed's canonical headers, with row numbers.

Belongs here: which reader reads a file, what all formats have in common, and every error of theirs as a refusal.
Does not belong here: any one format (`csv.py`, `workbook.py`, `parquet.py`), headers (`header.py`), bounds
(`bounds.py`), what the text means (`pipelines/ingest/validating/`).
"""

import datetime
import mmap
import zipfile
import zlib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
from python_calamine import CalamineError

from pipelines.engine.ahead import ahead
from pipelines.ingest.reading.bounds import MAXIMUM_FIELD_BYTES, MAXIMUM_FILE_BYTES, check_file_size
from pipelines.ingest.reading.csv import open_csv
from pipelines.ingest.reading.dialect import translated
from pipelines.ingest.reading.header import LOCATION, Layout, lay_out, sought
from pipelines.ingest.reading.opened import ROW, ROW_COUNT, ROW_TEXT, Opened
from pipelines.ingest.reading.parquet import open_parquet
from pipelines.ingest.reading.refused import Refused
from pipelines.ingest.reading.unread import Unread
from pipelines.ingest.reading.workbook import open_workbook
from schemas.dialect import Dialect

__all__ = ["Refused", "TextFile", "read_text"]

_OLD_OFFICE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_SIGNATURES = {".xlsx": b"PK\x03\x04", ".parquet": b"PAR1", ".csv.gz": b"\x1f\x8b"}
_BROKEN = (
    pa.ArrowException, CalamineError, zipfile.BadZipFile, zlib.error, UnicodeError, OSError, EOFError, ValueError,
    NotImplementedError, RuntimeError,
)  # fmt: skip
"""What the libraries raise for content that is not what it should be."""


@dataclass(frozen=True)
class TextFile:
    """A submission as text. Iterating gives batches: every column of the feed (an absent one NULL), `source_row`, `row_count`,
    the rows that a record stands for, and `row_text`, the whole record where its fields do not fit the header.

    unread: what of the file is not read. dialect: the dialect the file is written in; None where it has the canonical headers.
    """

    unread: Unread
    dialect: Dialect | None
    _batches: Iterator[pa.Table]

    def __iter__(self) -> Iterator[pa.Table]:
        return self._batches


def read_text(
    path: Path,
    feed: str,
    dialects: Sequence[Dialect] = (),
    period_end: datetime.date = datetime.date.max,
    location: str = "",
) -> TextFile:
    """Read a submission, holding a few batches in memory at a time (a worksheet as a whole).

    dialects: those the agency may write the feed in; the canonical headers are always accepted. period_end: the last day
    of the file's month. location: the agency's code in the national social care return, where it has one.
    Raises Refused, at once or while the batches are read, when the file cannot be read, is too large or lacks a required
    column; what was read until then is to be thrown away.
    """
    with refusing():
        opened = _open(path, feed, dialects)
        layout = lay_out(opened.header, feed, dialects)
    unread = Unread(layout.unknown, layout.absent, opened.header_rows, opened.title_rows, opened.rows_elsewhere)
    return TextFile(unread, layout.dialect, _batches(opened, layout, period_end, location))


def _open(path: Path, feed: str, dialects: Sequence[Dialect]) -> Opened:
    kind = next((kind for kind in MAXIMUM_FILE_BYTES if path.name.lower().endswith(kind)), None)
    if kind is None:
        raise Refused("file.unreadable", f"is none of {', '.join(MAXIMUM_FILE_BYTES)}")
    check_file_size(path, kind)
    _check_signature(path, kind)
    if kind == ".xlsx":
        return open_workbook(path, sought(feed, dialects), next((d.sheets for d in dialects if d.sheets), ()))
    if kind == ".parquet":
        return open_parquet(path)
    return open_csv(path, sought(feed, dialects))


def _batches(opened: Opened, layout: Layout, period_end: datetime.date, location: str) -> Iterator[pa.Table]:
    with refusing():
        texts = _texts(opened, layout, location)
        if layout.dialect:
            yield from translated(texts, layout.dialect, period_end)
        else:
            for table in texts:
                yield table.append_column(ROW_COUNT, pa.repeat(pa.scalar(1, pa.int64()), table.num_rows))


def _texts(opened: Opened, layout: Layout, location: str) -> Iterator[pa.Table]:
    """The columns of the layout as clean text, absent ones NULL."""
    there = {name: place for name, place in layout.places.items() if place is not None}
    said = {LOCATION: layout.location} if location and layout.location is not None else {}
    for table in ahead(opened.records(there | said)):
        if said:
            _check_location(table, location)
        absent = pa.nulls(table.num_rows, pa.string())
        texts = {name: _clean(name, table) if name in there else absent for name in layout.places}
        _check_length(ROW_TEXT, table)
        yield pa.table({**texts, ROW: table.column(ROW), ROW_TEXT: table.column(ROW_TEXT)})


def _check_location(table: pa.Table, location: str) -> None:
    """Raise Refused where a row says that it is another agency's. Blank says nothing; 340.0 is 340."""
    said = pc.replace_substring_regex(_clean(LOCATION, table), r"^0+|\.0+$", "")
    of_another = pc.fill_null(pc.not_equal(said, location.lstrip("0")), False)
    if pc.any(of_another).as_py():
        row = table.column(ROW)[pc.index(of_another, True).as_py()].as_py()
        raise Refused(
            "file.other_agency",
            f"row {row} is another agency's by its column {LOCATION} (expected is {location}); is the file in the wrong folder?",
        )


def _clean(name: str, table: pa.Table) -> pa.ChunkedArray:
    """A column's text without the blanks around it; nothing but blanks is no value."""
    _check_length(name, table)
    text = pc.utf8_trim_whitespace(table.column(name))
    if pc.min(pc.binary_length(text)).as_py() == 0:
        text = pc.if_else(pc.equal(text, ""), None, text)
    return text


def _check_length(name: str, table: pa.Table) -> None:
    lengths = pc.binary_length(table.column(name))
    longest = pc.max(lengths).as_py() or 0
    if longest > MAXIMUM_FIELD_BYTES:
        row = table.column(ROW)[pc.index(lengths, longest).as_py()].as_py()
        what = "the record" if name == ROW_TEXT else f"column {name}"
        raise Refused(
            "file.too_large", f"{what} has {longest:,} bytes in row {row}; at most {MAXIMUM_FIELD_BYTES:,} can be read"
        )


def _check_signature(path: Path, kind: str) -> None:
    """Raise Refused where the first bytes tell that the file is empty, or of another kind than its name says."""
    with path.open("rb") as file:
        start = file.read(8)
    if not start:
        raise Refused("file.empty", "no text in the file")
    if start == _OLD_OFFICE:
        raise Refused("file.unreadable", _old_office_reason(path))
    found = next((kind for kind, signature in _SIGNATURES.items() if start.startswith(signature)), None)
    if found and found != kind:
        raise Refused("file.unreadable", f"is a {found} file by its content, and {kind} by its name")
    if kind in _SIGNATURES and found is None:
        raise Refused("file.unreadable", f"is no {kind} file, though its name says so; open it and save it as {kind}")


def _old_office_reason(path: Path) -> str:
    with path.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as content:
        is_encrypted = content.find("EncryptedPackage".encode("utf-16-le")) >= 0
    if is_encrypted:
        return "is encrypted; save it without a password"
    return "is an old .xls or another old Office file; save it as .xlsx"


@contextmanager
def refusing() -> Iterator[None]:
    """Turn what the libraries raise for broken content into a refusal, with nothing of the content in it."""
    try:
        yield
    except _BROKEN as error:
        raise Refused(*_reason(error)) from None


def _reason(error: BaseException) -> tuple[str, str]:
    if "straddling object" in str(error):
        return "file.too_large", "a record is longer than can be read; is a quotation mark not closed?"
    if isinstance(error, OSError) and error.errno is not None:
        return "file.unreadable", f"cannot be read: {error.strerror}"
    if isinstance(error, EOFError):
        return "file.unreadable", "is cut short"
    if isinstance(error, UnicodeError):
        return "file.unreadable", "holds bytes that are no text in UTF-8, UTF-16 or Windows-1252"
    return "file.unreadable", f"is damaged, or is not what its name says ({type(error).__name__}); copy or export it again"
