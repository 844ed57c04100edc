"""Excel workbooks are read as what their cells show, and a damaged or misleading one is refused."""

import zipfile
from pathlib import Path

import pytest

from pipelines.ingest.reading import bounds
from pipelines.ingest.reading import workbook as read_workbook
from tests import workbooks
from tests.ingest.ledger_files import HEADER, of, records, refusal, workbook
from tests.workbooks import number_cell, row, sheet, text_cell, text_rows, write_workbook

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
