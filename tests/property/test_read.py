"""Whatever the bytes: a file is read as an independent reader reads it, or refused whole; never a part of it, never an error.

The independent reader is Python's csv module on the decoded text. The codes and amounts are made up.
"""

import csv
import faulthandler
import gzip
import io
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import assume, example, given, settings
from hypothesis import strategies as st

from pipelines.ingest.landing import Landed
from pipelines.ingest.raw import write_raw
from pipelines.ingest.reading.read import Refused
from schemas.rules import FILE_RULES
from tests.workbooks import sheet, text_rows, write_workbook

NAMES = ("cost_code", "account_name", "month", "amount")
REQUIRED = {"cost_code", "month", "amount"}
SEPARATORS = ",;\t|"
KINDS = (".csv", ".csv.gz", ".xlsx", ".parquet")
MARKS = {"utf-8": b"", "utf-8-sig": b"", "cp1252": b"", "utf-16-le": b"\xff\xfe", "utf-16-be": b"\xfe\xff"}
HANG_SECONDS = 300

Row = tuple[int, tuple[str | None, ...], bool]
"""A record's number, its values in the order of NAMES, and whether it fits the header."""

some = settings(max_examples=150, deadline=None, derandomize=True, database=None)
few = settings(max_examples=60, deadline=None, derandomize=True, database=None)


@pytest.fixture(autouse=True, scope="module")
def no_hang() -> Iterator[None]:
    """A reader that never ends ends the test run, and shows where it was."""
    faulthandler.dump_traceback_later(HANG_SECONDS, exit=True)
    yield
    faulthandler.cancel_dump_traceback_later()


def read_or_refuse(content: bytes, kind: str) -> list[Row] | None:
    """What `write_raw` makes of a file; None where it refuses it. It leaves a whole raw file, or no file at all."""
    with tempfile.TemporaryDirectory() as folder:
        path, raw = Path(folder) / f"2025-04{kind}", Path(folder) / "raw"
        path.write_bytes(content)
        try:
            rows = write_raw(Landed("angus", "ledger", "2025-04", 0, path, "0" * 64), raw / "ledger.parquet")
        except Refused as refused:
            assert refused.rule_id in FILE_RULES
            assert len(str(refused).splitlines()) == 1
            assert list(raw.iterdir()) == []
            return None
        assert [file.name for file in raw.iterdir()] == ["ledger.parquet"]
        found = pq.read_table(raw / "ledger.parquet").to_pylist()
        assert len(found) == rows
        return [(r["source_row"], tuple(r[name] for name in NAMES), r["row_text"] is None) for r in found]


def clean(text: str) -> str | None:
    return text.strip() or None


def independent_reading(text: str, separator: str) -> list[Row] | None:
    """The rows by Python's csv module; None where a quotation mark stays open, the header will not do or nothing follows."""
    mark = "the end of the file"
    ended = text if text.endswith(("\n", "\r")) else f"{text}\n"
    numbered = list(enumerate(csv.reader(io.StringIO(f"{ended}{mark}", newline=""), delimiter=separator), start=1))
    width = next((len(r) for _, r in numbered if any(r)), 0)
    # A row without any text is no record, unless it does not fit the header.
    kept = [(number, r) for number, r in numbered if any(r) or (r and number > 1 and len(r) != width)]
    numbers, records = [number for number, _ in kept], [r for _, r in kept]
    header = [h.strip().lstrip("\ufeff").strip().lower() for h in records[0]]
    known = [h for h in header if h in NAMES]
    if records[-1] != [mark] or len(records) < 3 or not set(known) >= REQUIRED or len(known) > len(set(known)):
        return None
    if ended != text and len(records[-2]) < len(header):
        return None
    places = {name: header.index(name) for name in known}
    rows: list[Row] = []
    for number, record in zip(numbers[1:-1], records[1:-1], strict=True):
        fits = len(record) == len(header)
        values = tuple(clean(record[places[n]]) if fits and n in places else None for n in NAMES)
        rows.append((number, values, fits))
    return rows


def decoded(content: bytes) -> str | None:
    """The text in the encoding that a mark names, or in the first in which more letters are whole than broken."""
    for mark, encoding in ((b"\xff\xfe", "utf-16-le"), (b"\xfe\xff", "utf-16-be")):
        if content.startswith(mark):
            return text_or_none(content[len(mark) :], encoding)
    is_marked = content.startswith(b"\xef\xbb\xbf")
    content = content.removeprefix(b"\xef\xbb\xbf")
    text = text_or_none(content, "utf-8")
    if text is not None:
        return text
    for encoding in ("utf-8",) if is_marked else ("utf-8", "cp1252"):
        text = content.decode(encoding, "replace")
        whole = content.decode(encoding, "ignore")
        if sum(not letter.isascii() for letter in whole) + is_marked > len(text) - len(whole):
            return text
    return None


def text_or_none(content: bytes, encoding: str) -> str | None:
    try:
        return content.decode(encoding)
    except UnicodeDecodeError:
        return None


def quoted(field: str, separator: str, always: bool) -> str:
    special = always or any(c in field for c in separator + '"\r\n')
    return '"' + field.replace('"', '""') + '"' if special else field


def written(table: list[list[str]], separator: str, line_end: str, always: bool) -> str:
    return "".join(separator.join(quoted(f, separator, always) for f in record) + line_end for record in table)


# ---- what files are made of ----

letters = st.sampled_from('a1,;\t|"\r\n \0é€\u00a0\u2028\x1c\x85') | st.characters(codec="utf-8")
western_letters = st.sampled_from('a1,;\t|"\r\n \0é€\u00a0') | st.characters(codec="cp1252")
separators = st.sampled_from(SEPARATORS)
line_ends = st.sampled_from(["\n", "\r\n", "\r"])


@st.composite
def tables(draw: st.DrawFn, alphabet: st.SearchStrategy[str] = letters) -> list[list[str]]:
    """A header with the ledger's columns in any order, case and company, and rows of any texts."""
    dress = st.sampled_from([str.upper, str.title, lambda name: f"  {name} "])
    known = [draw(dress)(name) for name in draw(st.permutations(NAMES))]
    unknown = draw(st.lists(st.text(alphabet, max_size=5), max_size=2))
    assume(not any(name.strip().lower() in NAMES for name in unknown))
    header = list(draw(st.permutations(known + unknown)))
    rows = st.lists(st.text(alphabet, max_size=6), min_size=len(header), max_size=len(header))
    return [header, *draw(st.lists(rows, min_size=1, max_size=5))]


def expected(table: list[list[str]]) -> list[Row] | None:
    """What is read of a table; None where it has no row with text, for a ledger is never empty."""
    header = [h.strip().lower() for h in table[0]]
    rows: list[Row] = [
        (i, tuple(clean(r[header.index(n)]) for n in NAMES), True) for i, r in enumerate(table[1:], start=2) if any(r)
    ]
    return rows or None


GOOD_TABLE = [list(NAMES), ["C1", "Care, at home", "2025-04", "12.50"], ["C2", 'Siân "Z"\nZoë', "2025-04", "-3"]] + [
    [f"C{i}", "", "2025-04", str(i)] for i in range(3, 30)
]


def good_file(kind: str, encoding: str = "utf-8") -> bytes:
    text = written(GOOD_TABLE, ",", "\n", always=False)
    if kind == ".xlsx":
        with tempfile.TemporaryDirectory() as folder:
            write_workbook(Path(folder) / "good.xlsx", sheet(text_rows(GOOD_TABLE)))
            return (Path(folder) / "good.xlsx").read_bytes()
    if kind == ".parquet":
        file = io.BytesIO()
        columns = zip(*GOOD_TABLE[1:], strict=True)
        pq.write_table(pa.table(dict(zip(NAMES, columns, strict=True))), file, row_group_size=10, write_page_checksum=True)
        return file.getvalue()
    content = MARKS[encoding] + text.encode(encoding)
    return gzip.compress(content, mtime=0) if kind == ".csv.gz" else content


GOOD_FILES = {kind: good_file(kind) for kind in KINDS}
GOOD_ROWS = expected(GOOD_TABLE) or []


@st.composite
def mutations(draw: st.DrawFn, content: bytes) -> bytes:
    """The content with a few bytes changed, put in, taken out or cut off."""
    changed = bytearray(content)
    for _ in range(draw(st.integers(1, 3))):
        place = draw(st.integers(0, len(changed)))
        what = draw(st.sampled_from(["change", "change", "put in", "take out", "cut off"]))
        if what == "change":
            changed[place : place + 1] = bytes([draw(st.integers(0, 255))])
        elif what == "put in":
            changed[place:place] = draw(st.binary(min_size=1, max_size=4) | st.sampled_from([b'"', b"\n", b",", b"\r", b"\0"]))
        elif what == "take out":
            del changed[place : place + draw(st.integers(1, 20))]
        else:
            del changed[place:]
    return bytes(changed)


# ---- good files are read exactly ----


@given(tables(), separators, line_ends, st.booleans(), st.sampled_from(["utf-8", "utf-8-sig", "utf-16-le", "utf-16-be"]))
@some
def test_any_table_of_texts_comes_back_from_csv(
    table: list[list[str]], separator: str, line_end: str, always: bool, encoding: str
) -> None:
    text = written(table, separator, line_end, always)
    content = MARKS[encoding] + text.encode(encoding)
    assert read_or_refuse(content, ".csv") == expected(table)
    assert read_or_refuse(gzip.compress(content), ".csv.gz") == expected(table)


@given(tables(western_letters), separators, line_ends, st.booleans())
@some
def test_any_table_of_western_texts_comes_back_from_windows_1252(
    table: list[list[str]], separator: str, line_end: str, always: bool
) -> None:
    content = written(table, separator, line_end, always).encode("cp1252")
    assume(decoded(content) == content.decode("cp1252"))
    assert read_or_refuse(content, ".csv") == expected(table)


@given(tables(st.sampled_from('a1,;"<&>\n é€\u2028') | st.characters(codec="utf-8", exclude_categories=["C"])))
@few
def test_any_table_of_texts_comes_back_from_excel(table: list[list[str]]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "table.xlsx"
        write_workbook(path, sheet(text_rows(table)))
        content = path.read_bytes()
    assert read_or_refuse(content, ".xlsx") == expected(table)


@given(tables())
@few
def test_any_table_of_texts_comes_back_from_parquet(table: list[list[str]]) -> None:
    assume(len(set(table[0])) == len(table[0]))
    file = io.BytesIO()
    pq.write_table(pa.table(dict(zip(table[0], zip(*table[1:], strict=True), strict=True))), file)
    header = [h.strip().lower() for h in table[0]]
    rows = [(i, tuple(clean(r[header.index(n)]) for n in NAMES), True) for i, r in enumerate(table[1:], start=2)]
    assert read_or_refuse(file.getvalue(), ".parquet") == rows


# ---- any text after a header is read as Python's csv module reads it ----


@given(st.text(letters, max_size=60), separators)
@example('C1,"x\n', ",")
@example(",,,,", ",")
@example('\n\n"', ",")
@some
def test_any_text_is_read_as_the_csv_module_reads_it(body: str, separator: str) -> None:
    text = separator.join(NAMES) + "\n" + body
    assert read_or_refuse(text.encode(), ".csv") == independent_reading(text, separator)


# ---- any bytes ----


@given(
    st.binary(max_size=300),
    st.sampled_from([b"", b"PK\x03\x04", b"PAR1", b"\x1f\x8b\x08", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"]),
)
@some
def test_any_bytes_are_refused_whatever_they_are_called(content: bytes, start: bytes) -> None:
    """That they might hold a whole ledger is beyond chance."""
    for kind in KINDS:
        assert read_or_refuse(start + content, kind) is None


# ---- good files that something happened to ----


@given(st.data(), st.sampled_from(sorted(MARKS)))
@some
def test_a_changed_csv_is_read_as_it_now_stands_or_refused(data: st.DataObject, encoding: str) -> None:
    content = data.draw(mutations(good_file(".csv", encoding)))
    found = read_or_refuse(content, ".csv")
    text = decoded(content)
    if found is not None:
        assert text is not None
        assert found in [independent_reading(text, separator) for separator in SEPARATORS]


@given(separators, separators, st.integers(0, 30))
@few
def test_separators_swapped_from_some_line_on(old: str, new: str, first_line: int) -> None:
    lines = written(GOOD_TABLE, old, "\n", always=True).split("\n")
    text = "\n".join(line if i < first_line else line.replace(old, new) for i, line in enumerate(lines))
    assert read_or_refuse(text.encode(), ".csv") == independent_reading(text, new if first_line == 0 else old)


@pytest.mark.parametrize(
    "encoding", ["utf-16", "utf-16-le", "utf-16-be", "utf-8", "utf-8-sig", "cp1252", "utf-32", "utf-7", "cp037", "cp437"]
)
def test_a_file_in_another_encoding_is_read_or_refused(encoding: str) -> None:
    content = written(GOOD_TABLE, ",", "\n", always=False).encode(encoding)
    reads_as_written = encoding.startswith(("utf-16", "utf-8", "cp1252"))
    found = read_or_refuse(content, ".csv")
    if reads_as_written:
        assert found == GOOD_ROWS
    elif found is not None:
        assert [number for number, _, _ in found] == [number for number, _, _ in GOOD_ROWS]


@given(st.integers(1, len(GOOD_FILES[".csv.gz"]) - 1))
@few
def test_a_packed_file_cut_short_is_refused(length: int) -> None:
    assert read_or_refuse(GOOD_FILES[".csv.gz"][:length], ".csv.gz") is None


@pytest.mark.parametrize("kind", [".csv.gz", ".xlsx"])
@given(st.data())
@some
def test_a_changed_packed_file_is_whole_or_refused(kind: str, data: st.DataObject) -> None:
    """Both formats carry checksums, so that nothing but the file as it was is ever read."""
    assert read_or_refuse(data.draw(mutations(GOOD_FILES[kind])), kind) in (None, GOOD_ROWS)


@given(st.data())
@some
def test_a_changed_parquet_file_has_all_its_rows_or_is_refused(data: st.DataObject) -> None:
    found = read_or_refuse(data.draw(mutations(GOOD_FILES[".parquet"])), ".parquet")
    assert found is None or [number for number, _, _ in found] == [number for number, _, _ in GOOD_ROWS]


@given(st.data())
@some
def test_a_sheet_that_is_changed_within_its_workbook_is_read_or_refused(data: st.DataObject) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "changed.xlsx"
        write_workbook(path, data.draw(mutations(sheet(text_rows(GOOD_TABLE[:4])).encode())))
        content = path.read_bytes()
    read_or_refuse(content, ".xlsx")


@pytest.mark.parametrize("kind", KINDS)
def test_the_good_files_are_good(kind: str) -> None:
    assert read_or_refuse(GOOD_FILES[kind], kind) == GOOD_ROWS
