"""Reading submissions as they really come: every format, and every way a file can be wrong, from outside.

The people, codes and amounts are made up.
"""

import datetime
import decimal
import gzip
import traceback
import zipfile
from dataclasses import replace
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from pipelines.ingest.landing import Landed, sha256_of
from pipelines.ingest.raw import write_raw
from pipelines.ingest.reading import bounds
from pipelines.ingest.reading import csv as read_csv
from pipelines.ingest.reading import parquet as read_parquet
from pipelines.ingest.reading import workbook as read_workbook
from pipelines.ingest.reading.encoding import Encoding
from pipelines.ingest.reading.read import Refused, read_text, refusing
from pipelines.ingest.reading.unread import Unread, unread_of
from pipelines.ingest.staging import Rules, Submission, stage, take_raw
from pipelines.ingest.validating.outcome import Outcome
from pipelines.quality.findings import rule_results
from pipelines.warehouse.root import DataRoot
from schemas.rules import FILE_RULES
from tests import REPOSITORY, workbooks
from tests.workbooks import number_cell, row, sheet, text_cell, text_rows, write_workbook

Records = list[dict[str, object]]
HEADER = "cost_code,account_name,month,amount"
GOOD = HEADER + "\nC1,Care at home,2025-04,12.50\nC2,,2025-04,-3.00\n"


def records(path: Path, feed: str = "ledger") -> Records:
    found = [record for batch in read_text(path, feed) for record in batch.to_pylist()]
    # Under the canonical headers a record is one row.
    assert all(record.pop("row_count") == 1 for record in found)
    return found


def of(name: str, found: Records) -> list[object]:
    return [record[name] for record in found]


def csv_file(folder: Path, content: str | bytes, encoding: str = "utf-8", name: str = "2025-04.csv") -> Path:
    path = folder / name
    path.write_bytes(content if isinstance(content, bytes) else content.encode(encoding))
    return path


def refusal(path: Path, feed: str = "ledger") -> tuple[str, str]:
    with pytest.raises(Refused) as raised:
        records(path, feed)
    return raised.value.rule_id, str(raised.value)


def workbook(folder: Path, rows: str) -> Path:
    write_workbook(folder / "2025-04.xlsx", sheet(rows))
    return folder / "2025-04.xlsx"


# ---- CSV: what it is written in ----


@pytest.mark.parametrize(
    ("encoding", "mark"),
    [
        ("utf-8", b""),
        ("utf-8", b"\xef\xbb\xbf"),
        ("cp1252", b""),
        ("utf-16-le", b"\xff\xfe"),
        ("utf-16-be", b"\xfe\xff"),
        ("utf-16-le", b""),
        ("utf-16-be", b""),
    ],
)
@pytest.mark.parametrize("separator", [",", ";", "\t", "|"])
@pytest.mark.parametrize("packed", [False, True])
def test_every_encoding_and_separator(tmp_path: Path, encoding: str, mark: bytes, separator: str, packed: bool) -> None:
    text = f'"cost_code"{separator}account_name{separator}month{separator}amount\nC1{separator}Siân Zoë{separator}2025-04{separator}"1,2;3|4\t5"\n'
    content = mark + text.encode(encoding)
    path = tmp_path / ("2025-04.csv.gz" if packed else "2025-04.csv")
    path.write_bytes(gzip.compress(content) if packed else content)
    assert records(path) == [
        {
            "cost_code": "C1",
            "account_name": "Siân Zoë",
            "month": "2025-04",
            "amount": "1,2;3|4\t5",
            "source_row": 2,
            "row_text": None,
        }
    ]


def test_a_late_letter_decides_between_utf_8_and_windows_1252(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The letter stands beyond the first block that is read."""
    monkeypatch.setattr(read_csv, "MAXIMUM_RECORD_BYTES", 100)
    text = HEADER + "\n" + "C1,plain,2025-04,1\n" * 50 + "C2,Zoë,2025-04,1\n"
    for encoding in ("utf-8", "cp1252"):
        assert records(csv_file(tmp_path, text, encoding))[-1]["account_name"] == "Zoë"


@pytest.mark.parametrize("block_bytes", [7, 100, 1_000_000])
@pytest.mark.parametrize(
    ("encoding", "stray", "read"),
    [
        ("utf-8", "Zoë".encode()[:-1], "Zo\ufffd"),
        ("utf-8", "Zoë".encode("cp1252"), "Zo\ufffd"),
        ("utf-8-sig", "Zoë".encode("cp1252"), "Zo\ufffd"),
        ("cp1252", "Zoë".encode(), "ZoÃ«"),
        ("cp1252", b"Zo\x81", "Zo\ufffd"),
    ],
)
def test_a_few_bytes_of_another_encoding_change_no_other_name(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, encoding: str, stray: bytes, read: str, block_bytes: int
) -> None:
    """Letters stand across the blocks that are read, too. The rule names the record, and no other."""
    monkeypatch.setattr(read_csv, "MAXIMUM_RECORD_BYTES", block_bytes if block_bytes > 7 else 64)
    names = ["Siân", "Noël", "René", "plain", "Zoë"]
    content = (HEADER + "\n" + "".join(f"C{n},{name},2025-04,1\n" for n, name in enumerate(names))).encode(encoding)
    path = csv_file(tmp_path, content + b"C9," + stray + b",2025-04,1\n")
    assert of("account_name", records(path)) == [*names, read]


def test_bytes_that_are_no_text_are_refused(tmp_path: Path) -> None:
    undefined_in_windows_1252 = GOOD.encode() + b"C3,\x81,2025-04,1\n"
    no_text = ("file.unreadable", "holds bytes that are no text in UTF-8, UTF-16 or Windows-1252")
    assert refusal(csv_file(tmp_path, undefined_in_windows_1252)) == no_text
    marked = b"\xef\xbb\xbf" + "cost_code,month,amount\nZoë,2025-04,1\n".encode("cp1252")
    assert refusal(csv_file(tmp_path, marked)) == ("file.unreadable", "is marked as UTF-8 but holds other bytes")
    assert refusal(csv_file(tmp_path, b"\xff\xfe" + GOOD.encode("utf-16-le")[:-1]))[0] == "file.unreadable"


@pytest.mark.parametrize("line_end", ["\n", "\r\n", "\r"])
def test_every_line_end(tmp_path: Path, line_end: str) -> None:
    found = records(csv_file(tmp_path, GOOD.replace("\n", line_end)))
    assert of("cost_code", found) == ["C1", "C2"]
    assert of("amount", found) == ["12.50", "-3.00"]


def test_nul_bytes_are_kept_in_their_field(tmp_path: Path) -> None:
    assert of("cost_code", records(csv_file(tmp_path, HEADER + "\nC\0001,x,2025-04,1\n"))) == ["C\x001"]


# ---- CSV: header and separator ----


def test_header_in_any_order_and_case_with_blanks(tmp_path: Path) -> None:
    found = records(csv_file(tmp_path, " AMOUNT ,Month,  Cost_Code\n1.00,2025-04,C1\n"))
    assert found[0] == {
        "cost_code": "C1", "account_name": None, "month": "2025-04", "amount": "1.00", "source_row": 2, "row_text": None
    }  # fmt: skip


def test_a_header_with_blanks_or_hyphens_for_underscores_is_the_same(tmp_path: Path) -> None:
    (found,) = records(csv_file(tmp_path, "Cost Code,account-name,MONTH,Amount\nC1,x,2025-04,1\n"))
    assert (found["cost_code"], found["account_name"]) == ("C1", "x")
    path = csv_file(tmp_path, "Cost Code,cost_code,month,amount\nC1,C2,2025-04,1\n")
    assert refusal(path) == ("file.column_repeated", "column comes more than once: cost_code")


def test_separators_within_quoted_headers_do_not_count(tmp_path: Path) -> None:
    header = 'cost_code;month;amount;"note, with, many, more, commas"'
    assert of("amount", records(csv_file(tmp_path, header + "\nC1;2025-04;5;x\n"))) == ["5"]


def test_a_header_may_span_lines_and_come_after_blank_ones(tmp_path: Path) -> None:
    text = '\r\n\ncost_code,month,"a note\nin two lines",amount\nC1,2025-04,x,5\n'
    found = records(csv_file(tmp_path, text))
    assert (of("amount", found), of("source_row", found)) == (["5"], [4])


def test_a_file_of_one_column(tmp_path: Path) -> None:
    found = records(csv_file(tmp_path, 'social_care_id\nA1\n"B;2,3"\n\nA;4\n'), "clients")
    assert of("social_care_id", found) == ["A1", "B;2,3", "A;4"]


def test_a_column_that_comes_twice_is_refused_and_an_unknown_one_is_not(tmp_path: Path) -> None:
    twice = csv_file(tmp_path, "cost_code,month,amount,Amount \nC1,2025-04,1,2\n")
    assert refusal(twice) == ("file.column_repeated", "column comes more than once: amount")
    path = csv_file(tmp_path, "cost_code,x,month,x,amount\nC1,a,2025-04,b,2\n")
    assert of("amount", records(path)) == ["2"]
    assert read_text(path, "ledger").unread.unknown_columns == (2, 4)


def test_a_file_without_header_is_refused_and_nothing_of_it_is_shown(tmp_path: Path) -> None:
    path = csv_file(tmp_path, "Oona,Macbeth,1904851231,DD1 9SY\nOdhran,Macbeth,2902201230,DD1 9SY\n")
    assert refusal(path) == (
        "file.columns_missing",
        "required column missing: cost_code, month, amount; the first row names no column of the feed: is the header missing?",
    )


def test_missing_columns_are_named(tmp_path: Path) -> None:
    assert refusal(csv_file(tmp_path, "cost_code,amounts\nC1,1\n"))[1] == "required column missing: month, amount"


@pytest.mark.parametrize("content", [b"", b"\n\r\n\n", b"\xef\xbb\xbf", b"\xff\xfe"])
def test_a_file_without_text_is_empty(tmp_path: Path, content: bytes) -> None:
    assert refusal(csv_file(tmp_path, content))[0] == "file.empty"


# ---- CSV: records ----


def test_rows_are_numbered_as_a_spreadsheet_shows_them(tmp_path: Path) -> None:
    """Blank lines are no records but count, a record that spans lines is one row, and one that does not fit keeps its text."""
    text = (
        HEADER
        + '\nC1,"two\nlines",2025-04,1\n\n\nC2,short\nC3,x,2025-04,3\r\n\r\nC4,x,2025-04,4,"too\nlong"\nC5,"a ""b"", c",2025-04,5\n\n\n'
    )
    found = records(csv_file(tmp_path, text))
    assert of("source_row", found) == [2, 5, 6, 8, 9]
    assert of("cost_code", found) == ["C1", None, "C3", None, "C5"]
    assert of("account_name", found) == ["two\nlines", None, "x", None, 'a "b", c']
    assert of("row_text", found) == [None, "C2,short", None, 'C4,x,2025-04,4,"too\nlong"', None]


def test_a_row_of_separators_alone_is_blank(tmp_path: Path) -> None:
    """A spreadsheet writes its blank rows so. Text in a column that is not read makes a record."""
    found = records(csv_file(tmp_path, HEADER + ",note\n,,,,\nC1,,2025-04,1,\n,,,,x\n"))
    assert (of("cost_code", found), of("source_row", found)) == (["C1", None], [3, 4])
    assert of("row_text", found) == [None, None]


def test_titles_above_the_header_are_skipped_and_counted(tmp_path: Path) -> None:
    for titles in ("Ledger of Angus\n\nmonth,April\n", "Ledger of Angus,,,\n,,,\n,month: April,,\n"):
        path = csv_file(tmp_path, titles + GOOD)
        assert of("source_row", records(path)) == [5, 6]
        assert read_text(path, "ledger").unread.titles == 2
    assert refusal(csv_file(tmp_path, "a title\n" * 21 + GOOD))[0] == "file.columns_missing"
    assert len(records(csv_file(tmp_path, "a title\n" * 20 + GOOD))) == 2


def test_a_file_whose_end_is_missing_is_unfinished(tmp_path: Path) -> None:
    assert refusal(csv_file(tmp_path, GOOD + "C3,Care"))[0] == "file.unfinished"
    assert refusal(csv_file(tmp_path, GOOD + "C3,Care", "utf-16"))[0] == "file.unfinished"
    assert len(records(csv_file(tmp_path, GOOD + "C3,Care\n"))) == 3
    assert len(records(csv_file(tmp_path, GOOD + "C3,Care,2025-04,1"))) == 3


def test_more_misfits_than_can_be_held_are_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(read_csv, "MAXIMUM_MISFITS", 5)
    assert len(records(csv_file(tmp_path, GOOD + "x\n" * 4))) == 6
    assert refusal(csv_file(tmp_path, GOOD + "x\n" * 6)) == (
        "file.too_large", "the number of rows with more or fewer fields than the header is 6; at most 5 can be read"
    )  # fmt: skip


def test_blanks_around_a_value_go_and_nothing_but_blanks_is_no_value(tmp_path: Path) -> None:
    found = records(csv_file(tmp_path, HEADER + '\n  C1\u00a0," \t",2025-04,""\n'))
    assert (found[0]["cost_code"], found[0]["account_name"], found[0]["amount"]) == ("C1", None, None)


@pytest.mark.parametrize("block", [*range(40, 60), 100, 1000])
def test_misfits_keep_their_places_across_blocks(tmp_path: Path, block: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(read_csv, "MAXIMUM_RECORD_BYTES", block)
    misfits = {n for n in range(1, 200) if n % 7 < 3 or 60 < n < 120}
    lines = [f"misfit {n}" if n in misfits else f'C{n},"two\nlines",2025-04,1' for n in range(1, 200)]
    found = records(csv_file(tmp_path, HEADER + "\n" + "\r\n\r\n".join(lines)))
    assert of("source_row", found) == list(range(2, 400, 2))
    assert of("cost_code", found) == [None if n in misfits else f"C{n}" for n in range(1, 200)]
    assert of("account_name", found) == [None if n in misfits else "two\nlines" for n in range(1, 200)]
    assert of("row_text", found) == [f"misfit {n}" if n in misfits else None for n in range(1, 200)]


def test_misfits_are_handed_on_block_by_block(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A file in which nothing fits is not gathered in memory."""
    monkeypatch.setattr(read_csv, "MAXIMUM_RECORD_BYTES", 100)
    path = csv_file(tmp_path, HEADER + "\n" + "misfit\n" * 10_000)
    sizes = [batch.num_rows for batch in read_text(path, "ledger")]
    assert sum(sizes) == 10_000
    assert max(sizes) < 100


@pytest.mark.parametrize(
    ("last_records", "number"),
    [
        ('C2,x,2025-04,"4\nC3,x,2025-04,5\n', 3),
        ('C2,"x,2025-04,4\nC3,x,2025-04,5\n', 3),
        ('C2\nC3\nC4,"x', 5),
        ('C2\nC3,x,2025-04,"4\n', 4),
        ('C2,x,2025-04,"', 3),
    ],
)
def test_an_open_quotation_mark_is_refused(tmp_path: Path, last_records: str, number: int) -> None:
    path = csv_file(tmp_path, HEADER + "\nC1,x,2025-04,1\n" + last_records)
    assert refusal(path) == ("file.unreadable", f"a quotation mark opened in row {number} is not closed")


def test_a_last_row_like_the_readers_own_is_kept(tmp_path: Path) -> None:
    found = records(csv_file(tmp_path, HEADER + "\nC1,x,2025-04,1\n,,,,\n,,,,"))
    assert of("row_text", found) == [None, ",,,,", ",,,,"]
    path = csv_file(tmp_path, HEADER + '\nC1,x,2025-04,"1\n,,,,\n,,,,')
    assert refusal(path)[1] == "a quotation mark opened in row 2 is not closed"


def test_a_header_that_the_record_reader_splits_otherwise_is_refused(tmp_path: Path) -> None:
    path = csv_file(tmp_path, GOOD + "three,fields,only\n")
    with pytest.raises(Refused, match="the header cannot be read"):
        list(read_csv._records(path, Encoding("utf-8"), ",", 3, 1, {"cost_code": 0}))


# ---- packed CSV ----


def test_a_packed_file_in_several_pieces(tmp_path: Path) -> None:
    content = gzip.compress(GOOD.encode()) + gzip.compress(b"C3,,2025-04,9\n")
    assert of("cost_code", records(csv_file(tmp_path, content, name="2025-04.csv.gz"))) == ["C1", "C2", "C3"]


def test_a_packed_file_cut_short_is_refused_wherever_it_is_cut(tmp_path: Path) -> None:
    content = gzip.compress(GOOD.encode())
    for length in range(1, len(content)):
        assert refusal(csv_file(tmp_path, content[:length], name="2025-04.csv.gz"))[0] == "file.unreadable"
    assert refusal(csv_file(tmp_path, content[:-1], name="2025-04.csv.gz"))[1] == "is cut short"


@pytest.mark.parametrize(("encoding", "mark"), [("utf-8", b""), ("utf-16-le", b"\xff\xfe")])
def test_a_packed_file_that_unpacks_without_measure_is_refused(
    tmp_path: Path, encoding: str, mark: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    content = mark + (GOOD + "\n" * 20_000_000).encode(encoding)
    path = csv_file(tmp_path, gzip.compress(content), name="2025-04.csv.gz")
    monkeypatch.setattr(bounds, "EXPANSION_CHECKED_FROM_BYTES", 10_000_000)
    assert refusal(path)[0] == "file.too_large"
    assert refusal(path)[1].endswith("at most 250 can be read")
    monkeypatch.setattr(bounds, "EXPANSION_CHECKED_FROM_BYTES", 50_000_000)
    assert len(records(path)) == 2
    monkeypatch.setitem(bounds.MAXIMUM_UNPACKED_BYTES, ".csv.gz", 15_000_000)
    assert refusal(path)[1].endswith("at most 15,000,000 can be read")


# ---- bounds ----


@pytest.mark.parametrize("kind", [".csv", ".csv.gz", ".xlsx", ".parquet"])
def test_a_file_larger_than_its_kind_may_be_is_refused_unread(
    tmp_path: Path, kind: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(bounds.MAXIMUM_FILE_BYTES, kind, 20)
    path = csv_file(tmp_path, b"x" * 21, name="2025-04" + kind)
    assert refusal(path) == ("file.too_large", "the size of the file in bytes is 21; at most 20 can be read")


def test_bounds_of_header_field_and_record(tmp_path: Path) -> None:
    wide = HEADER + "".join(f",x{i}" for i in range(997))
    assert refusal(csv_file(tmp_path, wide + "\n")) == (
        "file.too_large", "the number of columns is 1,001; at most 1,000 can be read"
    )  # fmt: skip
    endless = csv_file(tmp_path, '"' + "x" * 200_000)
    assert refusal(endless) == ("file.too_large", "the header is not within the first 100,000 bytes")
    field = csv_file(tmp_path, f"{GOOD}C3,{'x' * 1_000_001},2025-04,1\n")
    assert refusal(field) == (
        "file.too_large",
        "column account_name has 1,000,001 bytes in row 4; at most 1,000,000 can be read",
    )
    misfit = csv_file(tmp_path, f"{GOOD}C3,{'x' * 1_000_001}\n")
    assert refusal(misfit) == ("file.too_large", "the record has 1,000,004 bytes in row 4; at most 1,000,000 can be read")
    record = csv_file(tmp_path, f'{GOOD}C3,"{"x" * 20_000_000}",2025-04,1\n')
    assert refusal(record) == ("file.too_large", "a record is longer than can be read; is a quotation mark not closed?")
    longest = csv_file(tmp_path, f"{GOOD}C3,{'x' * 1_000_000},2025-04,1\n")
    assert len(records(longest)) == 3


# ---- files that are not what their name says ----

ZIP, OLD = b"PK\x03\x04", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"


@pytest.mark.parametrize(
    ("name", "content", "sentence"),
    [
        ("2025-04.xlsx", OLD + b"\0" * 600, "is an old .xls or another old Office file; save it as .xlsx"),
        ("2025-04.csv", OLD + b"\0" * 600, "is an old .xls or another old Office file; save it as .xlsx"),
        (
            "2025-04.xlsx",
            OLD + b"\0" * 600 + "EncryptedPackage".encode("utf-16-le") + b"\0" * 90,
            "is encrypted; save it without a password",
        ),
        ("2025-04.csv", ZIP + b"rest", "is a .xlsx file by its content, and .csv by its name"),
        ("2025-04.csv", b"\x1f\x8b\x08rest", "is a .csv.gz file by its content, and .csv by its name"),
        ("2025-04.csv.gz", b"cost_code", "is no .csv.gz file, though its name says so; open it and save it as .csv.gz"),
        ("2025-04.xlsx", b"<html><table>", "is no .xlsx file, though its name says so; open it and save it as .xlsx"),
        ("2025-04.parquet", b"cost_code", "is no .parquet file, though its name says so; open it and save it as .parquet"),
        ("2025-04.ods", b"cost_code", "is none of .csv, .csv.gz, .xlsx, .parquet"),
        (
            "2025-04.parquet",
            b"PAR1" + b"\0" * 50,
            "is damaged, or is not what its name says (ArrowInvalid); copy or export it again",
        ),
        ("2025-04.xlsx", ZIP + b"\0" * 50, "is damaged, or is not what its name says (BadZipFile); copy or export it again"),
    ],
)
def test_files_that_are_something_else(tmp_path: Path, name: str, content: bytes, sentence: str) -> None:
    assert refusal(csv_file(tmp_path, content, name=name)) == ("file.unreadable", sentence)


def test_a_file_that_is_not_there_is_refused_by_the_systems_word(tmp_path: Path) -> None:
    assert refusal(tmp_path / "2025-04.csv") == ("file.unreadable", "cannot be read: No such file or directory")


def test_a_zip_that_is_no_workbook_or_needs_a_password(tmp_path: Path) -> None:
    path = tmp_path / "2025-04.xlsx"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("letter.txt", "x")
    assert refusal(path) == ("file.unreadable", "is no Excel workbook (.xlsx)")
    content = bytearray(path.read_bytes())
    content[content.index(b"PK\x01\x02") + 8] |= 1
    path.write_bytes(content)
    assert refusal(path) == ("file.unreadable", "is encrypted; save it without a password")


# ---- Excel ----

TITLES = row(1, *(text_cell(f"{c}1", name) for c, name in zip("ABCD", HEADER.split(","), strict=True)))


def amounts(folder: Path, *cells: str) -> list[object]:
    """What the amount column reads as, one cell a row."""
    rows = "".join(row(i, text_cell(f"A{i}", "C1"), cell.replace("@", f"D{i}")) for i, cell in enumerate(cells, start=2))
    return of("amount", records(workbook(folder, TITLES + rows)))


def test_numbers_of_a_workbook_are_plain_digits(tmp_path: Path) -> None:
    stored = [
        "1234.5",
        "45383",
        "1.23E+09",
        "0.30000000000000004",
        "1234.5600000000001",
        "-0.5",
        "1E-7",
        "0",
        "123456789012345",
    ]
    assert amounts(tmp_path, *(number_cell("@", number) for number in stored)) == [
        "1234.5", "45383", "1230000000", "0.3", "1234.56", "-0.5", "0.0000001", "0", "123456789012345",
    ]  # fmt: skip


def test_dates_and_times_of_a_workbook(tmp_path: Path) -> None:
    cells = [
        number_cell("@", "45383", workbooks.DATE),
        number_cell("@", "45383.39583333334", workbooks.MOMENT),
        number_cell("@", "0.39583333333", workbooks.TIME),
        number_cell("@", "1.5625", workbooks.HOURS),
    ]
    assert amounts(tmp_path, *cells) == ["2024-04-01", "2024-04-01 09:30:00", "09:30:00", "37:30:00"]


def test_yes_no_text_and_formulas_of_a_workbook(tmp_path: Path) -> None:
    cells = [
        '<c r="@" t="b"><v>1</v></c>',
        '<c r="@" t="b"><v>0</v></c>',
        text_cell("@", " 0012 & more "),
        '<c r="@" t="str"><f>A1&amp;"x"</f><v>computed</v></c>',
        '<c r="@" t="str"><f>""</f><v></v></c>',
        '<c r="@" s="1"/>',
    ]
    assert amounts(tmp_path, *cells) == ["TRUE", "FALSE", "0012 & more", "computed", None, None]


def test_an_error_or_a_formula_without_value_never_passes_for_an_empty_cell(tmp_path: Path) -> None:
    cells = [
        '<c r="@" t="e"><v>#N/A</v></c>',
        '<c t="e" s="1" r="@"><f>1/0</f><v>#DIV/0!</v></c>',
        '<c r="@"><f>SUM(A1:A2)</f></c>',
        '<c r="@"><f>SUM(A1:A2)</f><v></v></c>',
        '<c r="@"><f t="shared" si="0"/><v/></c>',
        '<c r="@"><f>SUM(A1:A2)</f><v>7</v></c>',
    ]
    assert amounts(tmp_path, *cells) == ["#N/A", "#DIV/0!", "#FORMULA", "#FORMULA", "#FORMULA", "7"]


def test_errors_are_found_in_a_table_that_starts_anywhere_and_in_any_block(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    titles = row(3, *(text_cell(f"{c}3", name) for c, name in zip("CDEF", HEADER.split(","), strict=True)))
    rows = "".join(row(i, text_cell(f"C{i}", f"C{i}"), f'<c r="F{i}" t="e"><v>#REF!</v></c>') for i in range(4, 60))
    path = workbook(tmp_path, titles + rows)
    for block in (37, 200, 1 << 20):
        monkeypatch.setattr(read_workbook, "BLOCK_BYTES", block)
        found = records(path)
        assert of("cost_code", found) == [f"C{i}" for i in range(4, 60)]
        assert of("amount", found) == ["#REF!"] * 56


def test_rows_without_value_are_no_records(tmp_path: Path) -> None:
    rows = TITLES + row(2, '<c r="A2" s="1"/>') + row(5, text_cell("A5", "C1")) + row(9, text_cell("A9", "C2"))
    found = records(workbook(tmp_path, rows))
    assert (of("cost_code", found), of("source_row", found)) == (["C1", "C2"], [5, 9])


def test_the_sheet_with_the_header_is_read_and_names_of_parts_may_have_a_prefix(tmp_path: Path) -> None:
    part = sheet(text_rows([HEADER.split(","), ["C1", "", "2025-04", "1"]]))
    for name in ("worksheet", "sheetData", "row", "c", "is", "t", "v"):
        part = (
            part.replace(f"<{name} ", f"<x:{name} ").replace(f"<{name}>", f"<x:{name}>").replace(f"</{name}>", f"</x:{name}>")
        )
    write_workbook(tmp_path / "2025-04.xlsx", part.replace(" xmlns=", " xmlns:x="))
    assert of("cost_code", records(tmp_path / "2025-04.xlsx")) == ["C1"]


def test_a_cell_far_out_is_refused_before_the_sheet_is_laid_out(tmp_path: Path) -> None:
    path = workbook(tmp_path, TITLES + row(1_048_576, number_cell("XFD1048576", "1")))
    assert refusal(path) == (
        "file.too_large",
        "the number of cells up to the last filled one is 17,179,869,184; at most 10,000,000 can be read",
    )


def test_an_empty_cell_far_out_does_no_harm(tmp_path: Path) -> None:
    rows = TITLES + row(2, text_cell("A2", "C1")) + row(1_048_576, '<c r="XFD1048576" s="1"/>')
    assert of("cost_code", records(workbook(tmp_path, rows))) == ["C1"]


def test_cells_that_do_not_say_where_they_are_are_refused(tmp_path: Path) -> None:
    path = workbook(tmp_path, TITLES + "<row><c><v>1</v></c></row>")
    assert refusal(path)[1] == "its cells do not say where they are; open the file in Excel and save it again"


def test_a_workbook_that_unpacks_without_measure_is_refused_before_it_is_opened(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = workbook(tmp_path, TITLES + " " * 20_000_000)
    monkeypatch.setattr(zipfile.ZipFile, "open", lambda *_: pytest.fail("a part was unpacked"))
    monkeypatch.setattr(bounds, "EXPANSION_CHECKED_FROM_BYTES", 10_000_000)
    assert refusal(path)[0] == "file.too_large"
    monkeypatch.setitem(bounds.MAXIMUM_UNPACKED_BYTES, ".xlsx", 15_000_000)
    assert refusal(path)[1].endswith("at most 15,000,000 can be read")


def test_a_damaged_part_of_a_workbook_is_found_though_nothing_is_read_from_it(tmp_path: Path) -> None:
    path, name = tmp_path / "2025-04.xlsx", "docProps/app.xml"
    write_workbook(path, sheet(TITLES + row(2, text_cell("A2", "C1"))), {name: "<Properties>made by hand</Properties>"})
    assert len(records(path)) == 1
    content = bytearray(path.read_bytes())
    with zipfile.ZipFile(path) as archive:
        part = archive.getinfo(name)
    content[part.header_offset + 30 + len(name) + part.compress_size // 2] ^= 0xFF
    path.write_bytes(content)
    assert refusal(path)[0] == "file.unreadable"


def test_a_sheet_without_rows_is_refused(tmp_path: Path) -> None:
    assert refusal(workbook(tmp_path, ""))[0] == "file.columns_missing"  # the other sheet has a number, and no header
    write_workbook(tmp_path / "2025-04.xlsx", sheet(""), {"xl/worksheets/sheet1.xml": sheet("")})
    assert refusal(tmp_path / "2025-04.xlsx")[0] == "file.empty"


# ---- Parquet ----


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


# ---- what is left behind, and what is counted ----


def landed(path: Path) -> Landed:
    return Landed("angus", "ledger", "2025-04", 0, path, sha256_of(path) if path.is_file() else "")


@pytest.mark.parametrize(
    ("content", "rule"),
    [
        (HEADER + "\n", "file.empty"),
        (GOOD + 'C3,"open', "file.unreadable"),
        ("cost_code\nC1\n", "file.columns_missing"),
        (GOOD.encode() + b"C3,\x81,2025-04,1\n", "file.unreadable"),
    ],
)
def test_a_refused_file_leaves_nothing_behind(tmp_path: Path, content: str | bytes, rule: str) -> None:
    path = csv_file(tmp_path, content)
    with pytest.raises(Refused) as raised:
        write_raw(landed(path), tmp_path / "raw" / "ledger.parquet")
    assert raised.value.rule_id == rule
    assert list((tmp_path / "raw").iterdir()) == []


def test_the_raw_file_notes_the_columns_that_were_not_read(tmp_path: Path) -> None:
    path = csv_file(tmp_path, "Oona Macbeth,cost_code,month,,amount\n1,C1,2025-04,2,3\n")
    raw = tmp_path / "raw" / "ledger.parquet"
    assert write_raw(landed(path), raw) == 1
    assert unread_of(raw) == Unread(unknown_columns=(1, 4), absent_columns=("account_name",))
    assert b"Macbeth" not in raw.read_bytes()


@pytest.mark.parametrize(
    ("own", "said", "refused"),
    [("340", "340", False), ("340", "340.0", False), ("340", "0340", False), ("340", "", False), ("", "180", False),
     ("340", "180", True), ("340", "Dundee", True)],
)  # fmt: skip
def test_a_file_that_says_it_is_another_agencys_is_refused(tmp_path: Path, own: str, said: str, refused: bool) -> None:
    path = csv_file(tmp_path, f"Sending_Location,cost_code,month,amount\n{own},C1,2025-04,3\n{said},C2,2025-04,4\n")
    raw = tmp_path / "raw" / "ledger.parquet"
    file = replace(landed(path), location=own)
    if not refused:
        assert write_raw(file, raw) == 2
        assert unread_of(raw).unknown_columns == ()
        return
    with pytest.raises(Refused) as raised:
        write_raw(file, raw)
    assert raised.value.rule_id == "file.other_agency"
    assert "row 3 is another agency's" in str(raised.value) and said not in str(raised.value)


@pytest.mark.parametrize(("unknown", "expected"), [([], ("passed", 0)), ([1, 4], ("warned", 1))])
def test_unknown_columns_are_a_warning_of_the_submission(tmp_path: Path, unknown: list[int], expected: tuple[str, int]) -> None:
    submission = Submission(landed(tmp_path), Outcome(rows=1, unread=Unread(tuple(unknown))))
    results = {r["rule_id"]: r for r in rule_results(submission)}
    found = results["file.unknown_columns"]
    assert (found["severity"], found["status"], found["failed"], found["evaluated"]) == ("warning", *expected, 1)
    assert results["file.too_large"]["status"] == "passed"


def test_unknown_columns_are_known_to_a_submission_judged_now_and_before(tmp_path: Path) -> None:
    root = DataRoot(tmp_path)
    root.prepare()
    postcodes = root.folder("staged") / "postcodes.parquet"
    pq.write_table(pa.table({"Postcode": pa.array([], pa.string())}), postcodes)
    file = landed(csv_file(tmp_path, "cost_code,private,month,amount\nC1,x,2025-04,3.00\n"))
    assert take_raw(file, root)
    for _ in range(2):
        (judged,) = stage([file], root, Rules(postcodes))
        assert (judged.refused, judged.outcome.accepted, judged.outcome.unread.unknown_columns) == (None, 1, (2,))


PRIVATE = ("Oona", "Macbeth", "1904851231", "DD1")


@pytest.mark.parametrize(
    "content",
    [
        "Oona,Macbeth,1904851231\n",
        HEADER + '\nC1,Oona Macbeth 1904851231,DD1,"\n',
        HEADER + "\n" + '"Oona Macbeth' + "1904851231" * 2_000_000,
        HEADER.encode() + b"\nOona,Macbeth,DD1,\x81\n",
    ],
)
def test_no_refusal_shows_anything_of_a_record(tmp_path: Path, content: str | bytes) -> None:
    with pytest.raises(Refused) as raised:
        records(csv_file(tmp_path, content))
    assert "\n" not in str(raised.value)
    with_everything_behind_it = "".join(traceback.format_exception(raised.value))
    assert not any(word in with_everything_behind_it for word in PRIVATE)


def test_what_a_library_says_of_broken_content_is_not_shown() -> None:
    said = " ".join(PRIVATE)
    with pytest.raises(Refused) as raised, refusing():
        raise ValueError(said)
    assert said not in "".join(traceback.format_exception(raised.value))


def test_the_page_on_files_gives_every_bound_as_it_is() -> None:
    page = (REPOSITORY / "docs" / "files.md").read_text("utf-8")
    sizes = [*bounds.MAXIMUM_FILE_BYTES.values(), *bounds.MAXIMUM_UNPACKED_BYTES.values(), bounds.MAXIMUM_ROW_GROUP_BYTES,
             bounds.MAXIMUM_RECORD_BYTES, bounds.MAXIMUM_FIELD_BYTES]  # fmt: skip
    others = [bounds.MAXIMUM_EXPANSION, bounds.MAXIMUM_HEADER_COLUMNS, bounds.MAXIMUM_SHEET_CELLS, bounds.MAXIMUM_HEADER_BYTES]
    stated = [f"{size // 1_000_000:,} MB" for size in sizes] + [f"{number:,}" for number in others]
    assert [words for words in stated if words not in page] == []
    assert [rule_id for rule_id in FILE_RULES if rule_id not in page] == []
