"""Files that are too large, packed without measure, or not what their name says are refused, unread where that can be."""

import gzip
import zipfile
from pathlib import Path

import pytest

from pipelines.ingest.reading import bounds
from tests.ingest.ledger_files import GOOD, HEADER, csv_file, of, records, refusal


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
