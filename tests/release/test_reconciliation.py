"""reconciliation.xlsx: its figures are the bridge's, its totals are formulas, and these come to what they say."""

import datetime
import re
import shutil
import subprocess
import zipfile
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from xml.etree import ElementTree

import pyarrow as pa
import pytest
from python_calamine import CalamineWorkbook

from pipelines.release.reconciliation import MONEY, write_reconciliation
from schemas.published import Bridge
from schemas.table import arrow_schema

OFFICE = shutil.which("soffice")
SPACE = {"x": "http://schemas.openxmlformats.org/spreadsheetml/2006/main"}
Cell = tuple[int, int]


def row(agency: str, service: str, month: datetime.date, pence: int) -> dict[str, object]:
    """A row of the bridge whose every step is another number of pence."""
    year = "2025-26" if month < datetime.date(2026, 4, 1) else "2026-27"
    steps = {name: Decimal(pence + n).scaleb(-2) for n, name in enumerate(MONEY)}
    return {"financial_year": year, "month": month, "agency": agency, "service": service, **steps}


FEBRUARY, MARCH, APRIL = (datetime.date(2026, n, 1) for n in (2, 3, 4))
ROWS = [
    row("board", "acute", FEBRUARY, 10_000_000_000_07), row("board", "acute", MARCH, -12_34), row("board", "eliminated", MARCH, 5),
    row("board", "acute", APRIL, 33), row("=council", "meals", APRIL, 999_999_99), row("=council", "=1+1", APRIL, 1),
]  # fmt: skip


@pytest.fixture
def workbook(tmp_path: Path) -> Callable[..., Path]:
    def write(rows: list[dict[str, object]], name: str = "reconciliation.xlsx") -> Path:
        write_reconciliation(pa.Table.from_pylist(rows, arrow_schema(Bridge)), tmp_path / name, "2026.04.1")
        return tmp_path / name

    return write


def sheets(file: Path) -> dict[str, tuple[dict[Cell, Decimal], dict[Cell, str], dict[Cell, str]]]:
    """By sheet: the numbers, the formulas and the texts of its cells, straight from the file's XML."""
    found = {}
    names = CalamineWorkbook.from_path(str(file)).sheet_names
    with zipfile.ZipFile(file) as parts:
        strings = [
            "".join(t.text or "" for t in entry.iter(f"{{{SPACE['x']}}}t"))
            for entry in ElementTree.fromstring(parts.read("xl/sharedStrings.xml")).findall("x:si", SPACE)
        ]
        for number, name in enumerate(names, start=1):
            numbers, formulas, texts = {}, {}, {}
            for cell in ElementTree.fromstring(parts.read(f"xl/worksheets/sheet{number}.xml")).iter(f"{{{SPACE['x']}}}c"):
                at, value, formula = place(cell.attrib["r"]), cell.find("x:v", SPACE), cell.find("x:f", SPACE)
                if formula is not None:
                    formulas[at] = str(formula.text)
                if cell.attrib.get("t") == "s" and value is not None:
                    texts[at] = strings[int(str(value.text))]
                elif value is not None:
                    numbers[at] = Decimal(str(value.text))
            found[name] = (numbers, formulas, texts)
    return found


def place(name: str) -> Cell:
    """B3 → (3, 2)."""
    letters, digits = re.fullmatch(r"\$?([A-Z]+)\$?(\d+)", name).groups()  # type: ignore[union-attr]  # else the test fails here
    column = 0
    for letter in letters:
        column = 26 * column + ord(letter) - 64
    return int(digits), column


def worked_out(formula: str, book: dict, at: Cell, sheet: str) -> Decimal:
    """What a spreadsheet makes of a formula of ours, from the cells it names."""
    numbers, formulas, texts = book[sheet]
    if subtotal := re.fullmatch(r"SUBTOTAL\(9,(\w+):(\w+)\)", formula):
        (first, column), (last, _) = place(subtotal[1]), place(subtotal[2])
        inner = [(n, column) for n in range(first, last + 1) if not formulas.get((n, column), "").startswith("SUBTOTAL")]
        return sum((numbers.get(cell, Decimal(0)) for cell in inner), Decimal(0))
    if others := re.fullmatch(r"('[^']+'!\w+)(\+'[^']+'!\w+)*", formula):
        cells = re.findall(r"'([^']+)'!(\w+)", others[0])
        return sum((book[other][0][place(cell)] for other, cell in cells), Decimal(0))
    if apart := re.fullmatch(r"ROUND\(C(\d+)-D\1,2\)", formula):
        row_number = int(apart[1])
        return Decimal(numbers[row_number, 3]) - Decimal(numbers[row_number, 4])
    sums = re.fullmatch(
        r"SUMPRODUCT\(\('(.+)'!\$A\$2:\$A\$(\d+)=\$A(\d+)\)\*\('\1'!\$C\$2:\$C\$\2=\$C\3\),'\1'!\$([A-Z]+)\$2:\$\4\$\2\)",
        formula,
    )
    assert sums and int(sums[3]) == at[0], formula
    theirs, _, their_texts = book[sums[1]]
    column = place(f"{sums[4]}1")[1]
    year, service = texts[at[0], 1], texts[at[0], 3]
    chosen = [
        n
        for (n, c), text in their_texts.items()
        if c == 1 and 1 < n <= int(sums[2]) and text == year and their_texts.get((n, 3)) == service
    ]
    return sum((theirs[n, column] for n in chosen), Decimal(0))


def test_every_total_is_a_formula_that_comes_to_what_it_says(workbook: Callable[..., Path]) -> None:
    book = sheets(workbook(ROWS))
    count = 0
    for name, (numbers, formulas, _) in book.items():
        for at, formula in formulas.items():
            assert worked_out(formula, book, at, name) == numbers[at], (name, at, formula)
            count += 1
    # Months, years and all of two agencies; four services to date and their sum; two agencies and their sum; three ties of each.
    assert count == len(MONEY) * ((3 + 2 + 1) + (1 + 1 + 1) + (5 + 1) + (2 + 1)) + 3 * 3 * 2


def test_the_figures_are_those_of_the_bridge_to_the_penny(workbook: Callable[..., Path]) -> None:
    book = sheets(workbook(ROWS))
    numbers, formulas, texts = book["board"]
    shown = [
        (texts[n, 1], texts[n, 2], texts[n, 3], [numbers[n, 4 + i] for i in range(len(MONEY))])
        for n in sorted({n for n, c in texts if c == 3 and n > 1})
    ]
    own = [r for r in ROWS if r["agency"] == "board"]
    assert shown == [(r["financial_year"], f"{r['month']:%Y-%m}", r["service"], [r[name] for name in MONEY]) for r in own]
    total = max(n for n, _ in formulas)
    assert numbers[total, 4] == sum(Decimal(str(r["ledger"])) for r in own)
    summary = book["all agencies"][0]
    assert summary[4, 4] == sum(Decimal(str(r["ledger"])) for r in ROWS)


def test_months_years_and_everything_have_their_totals(workbook: Callable[..., Path]) -> None:
    texts = sheets(workbook(ROWS))["board"][2]
    totals = [text for (n, c), text in sorted(texts.items()) if c == 2 and (n, 3) not in texts]
    assert totals == ["2026-02 total", "2026-03 total", "2025-26 to date", "2026-04 total", "2026-27 to date", "all months"]


def test_no_name_is_taken_for_a_formula_and_any_agency_has_a_sheet(workbook: Callable[..., Path]) -> None:
    odd = [row(agency, "=1+1", APRIL, 1) for agency in ("a" * 40, "A" * 35, "x/y", "x:y", "all agencies")]
    names = CalamineWorkbook.from_path(str(workbook(odd))).sheet_names
    assert len(names) == 9 and len({n.lower() for n in names}) == 9
    for _, formulas, _ in sheets(workbook(odd)).values():
        assert not any("1+1" in formula for formula in formulas.values())


def test_the_tie_of_each_ledger_is_shown_with_what_is_between_its_sides(workbook: Callable[..., Path]) -> None:
    numbers, _, texts = sheets(workbook(ROWS))["checks"]
    own = [r for r in ROWS if r["agency"] == "board"]
    ledger = sum((Decimal(str(r["ledger"])) for r in own), Decimal(0))
    parts = sum((Decimal(str(r[name])) for r in own for name in ("ledger_quantum", "eliminated", "excluded")), Decimal(0))
    assert texts[5, 1] == "board" and texts[5, 2] == "ledger − eliminated − excluded = quantum"
    assert (numbers[5, 3], numbers[5, 4], numbers[5, 5]) == (parts, ledger, parts - ledger)


def test_the_first_sheet_says_what_it_is_and_has_a_box_to_sign(workbook: Callable[..., Path]) -> None:
    texts = list(sheets(workbook(ROWS))["about"][2].values())
    assert "release 2026.04.1, 2026-02 to 2026-04" in texts
    assert {"Name", "Role", "Date", "Signature"} <= set(texts)
    assert {name.replace("_", " ") for name in MONEY} <= set(texts)


@pytest.mark.skipif(not (OFFICE and shutil.which("pdftotext")), reason="soffice or pdftotext is not installed")
def test_an_office_program_opens_it_and_prints_each_sheet_one_page_wide(workbook: Callable[..., Path], tmp_path: Path) -> None:
    services = [row("board", f"service_{n:03d}", APRIL, n) for n in range(200)]
    file = workbook(services)
    profile = f"-env:UserInstallation={(tmp_path / 'profile').as_uri()}"
    subprocess.run(
        [str(OFFICE), profile, "--headless", "--convert-to", "pdf", "--outdir", str(tmp_path), str(file)],
        check=True,
        capture_output=True,
    )
    text = subprocess.run(
        ["pdftotext", "-layout", str(file.with_suffix(".pdf")), "-"], check=True, capture_output=True, text=True
    ).stdout
    pages = text.rstrip("\f").split("\f")
    of_months = [page for page in pages if "service_" in page]
    assert len(pages) > len(CalamineWorkbook.from_path(str(file)).sheet_names)  # the sheets of 200 rows are several pages long
    assert len(of_months) > 2
    # Every page of a sheet has its first and its last column, and the heads over them.
    assert all("ledger £" in page and "difference £" in page and "release 2026.04.1" in page for page in of_months)


def test_the_same_rows_make_the_same_bytes(workbook: Callable[..., Path]) -> None:
    assert workbook(ROWS).read_bytes() == workbook(ROWS[::-1], "again.xlsx").read_bytes()


def _forgotten(file: Path, out: Path, changed: tuple[str, str] = ("", "")) -> Path:
    """The workbook without what its formulas come to, so that whoever opens it must work that out. changed: a pattern in its parts, and
    what stands there instead."""
    with zipfile.ZipFile(file) as parts, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as forgotten:
        for name in parts.namelist():
            text = re.sub(r"(</f>)<v>[^<]*</v>", r"\1", parts.read(name).decode("utf-8"))
            forgotten.writestr(name, re.sub(*changed, text) if changed[0] else text)
    return out


def _worked_out_by_an_office_program(file: Path, out: Path) -> dict[str, list[list[object]]]:
    """The sheets as an office program saves them, having worked out what has no value."""
    subprocess.run(
        [str(OFFICE), f"-env:UserInstallation={(out / 'profile').as_uri()}", "--headless", "--convert-to", "xlsx",
         "--outdir", str(out), str(file)], check=True, capture_output=True,
    )  # fmt: skip
    book = CalamineWorkbook.from_path(str(out / file.name))
    return {name: book.get_sheet_by_name(name).to_python(skip_empty_area=False) for name in book.sheet_names}


@pytest.mark.skipif(not OFFICE, reason="soffice is not installed")
def test_an_office_program_works_out_every_formula_to_what_it_says(workbook: Callable[..., Path], tmp_path: Path) -> None:
    # An office program counts in floats: pounds that a ledger has, not the most that a decimal holds.
    rows = [r for r in ROWS if max(abs(Decimal(str(r[name]))) for name in MONEY) < Decimal(10) ** 9]
    file = workbook(rows)
    found = _worked_out_by_an_office_program(_forgotten(file, tmp_path / "forgotten.xlsx"), tmp_path / "out")
    count = 0
    for name, (numbers, formulas, _) in sheets(file).items():
        for n, c in formulas:
            worked = Decimal(str(found[name][n - 1][c - 1])).quantize(Decimal("0.01"))
            assert worked == numbers[n, c], (name, n, c, formulas[n, c])
            count += 1
    assert count > 100


@pytest.mark.skipif(not OFFICE, reason="soffice is not installed")
def test_a_figure_that_somebody_changes_unties_the_ledger(workbook: Callable[..., Path], tmp_path: Path) -> None:
    tied = {**row("board", "meals", APRIL, 0), **dict.fromkeys(MONEY, Decimal("0.00"))}
    tied |= dict.fromkeys(("ledger", "ledger_quantum", "recorded", "attributed", "published"), Decimal("1234.56"))
    file = workbook([tied])
    differences = [line[4] for line in CalamineWorkbook.from_path(str(file)).get_sheet_by_name("checks").to_python()[1:]]
    assert differences == [0.0, 0.0, 0.0]
    # The ledger's cell of the month alone: published and the quantum stay as they are.
    changed = _forgotten(file, tmp_path / "changed.xlsx", (r'(<c r="D2" s="\d+"><v>)1234\.56', r"\g<1>1234.57"))
    found = _worked_out_by_an_office_program(changed, tmp_path / "out")
    assert [Decimal(str(line[4])).quantize(Decimal("0.01")) for line in found["checks"][1:4]] == [
        Decimal("-0.01"), Decimal("0.00"), Decimal("0.00"),
    ]  # fmt: skip
