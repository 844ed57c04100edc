"""CSV files as they really come: every encoding, separator and line end, and records that do not fit their header."""

import gzip
from pathlib import Path

import pytest

from pipelines.ingest.reading import csv as read_csv
from pipelines.ingest.reading.encoding import Encoding
from pipelines.ingest.reading.read import Refused, read_text
from tests.ingest.ledger_files import GOOD, HEADER, csv_file, of, records, refusal

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
