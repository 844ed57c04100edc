"""The workbook that reconciles ledgers and published cost: the bridge, with subtotals that a spreadsheet works out itself.

Belongs here: the layout of `reconciliation.xlsx`. Does not belong here: any figure of its own (`sql/mart/bridge.sql`).
Every total is a formula that carries the value it must have; pounds are written from decimals, in full.
"""

import datetime
import re
from decimal import Decimal
from itertools import groupby
from pathlib import Path

import pyarrow as pa
import xlsxwriter
from xlsxwriter.utility import xl_col_to_name, xl_rowcol_to_cell

from schemas.published import Bridge
from schemas.table import columns

MONEY = [c.name for c in columns(Bridge) if pa.types.is_decimal(c.arrow_type)]
"""The steps of the bridge, in its order."""
BY = ["financial year", "month", "service"]
FIRST = len(BY)
"""Column of the first pounds."""
Row = dict[str, object]
TITLE = "From ledger to published cost"
A4 = 9
"""The number that Excel has for the paper."""
SIGNED = ("Name", "Role", "Date", "Signature")
TIES = (
    ("ledger − eliminated − excluded = quantum", ("ledger_quantum", "eliminated", "excluded"), "ledger"),
    (
        "quantum = attributed + located + unallocated + quarantined",
        ("attributed", "located", "unallocated", "quarantined"),
        "ledger_quantum",
    ),
    ("published = quantum", ("published",), "ledger_quantum"),
)
"""What each ledger is tied by: in words, the steps that sum, and the step that they sum to."""


def write_reconciliation(bridge: pa.Table, out: Path, version: str) -> None:
    """Write the workbook: what it is with a box to sign, the tie of each ledger, all agencies, year to date by service, and a sheet of
    months for each agency. Each sheet is printed on landscape A4, one page wide.

    bridge: rows of the published table. version: of the release. The same rows make the same bytes.
    """
    rows = sorted(bridge.to_pylist(), key=lambda r: (r["agency"], r["month"], r["service"]))
    agencies = [agency for agency, _ in groupby(rows, key=lambda r: r["agency"])]
    with xlsxwriter.Workbook(out) as workbook:
        workbook.set_properties({"created": datetime.datetime(2000, 1, 1, tzinfo=datetime.UTC)})
        book = _Book(workbook, version)
        names = _sheet_names(agencies)
        _about(book, version, rows)
        # The first sheets are filled last: they point to rows of the others.
        checks = book.sheet("checks")
        summary, to_date = book.sheet("all agencies"), book.sheet("year to date")
        totals = {}
        for agency in agencies:
            own = [r for r in rows if r["agency"] == agency]
            totals[agency] = _months(book, book.sheet(names[agency]), own)
        _to_date(book, to_date, rows, names, totals)
        _summary(book, summary, rows, names, totals)
        _checks(book, checks, rows, names, totals)


class _Book:
    """A workbook with the formats of its cells."""

    def __init__(self, workbook: xlsxwriter.Workbook, version: str) -> None:
        self._workbook, self._version = workbook, version
        pounds = "#,##0.00;[Red]-#,##0.00"
        self.text = workbook.add_format({"num_format": "@"})
        self.bold = workbook.add_format({"num_format": "@", "bold": True})
        self.pounds = workbook.add_format({"num_format": pounds})
        self.total = workbook.add_format({"num_format": pounds, "bold": True, "top": 1})
        self.title = workbook.add_format({"num_format": "@", "bold": True, "font_size": 16})
        self.wrapped = workbook.add_format({"num_format": "@", "text_wrap": True, "valign": "top"})
        self.box = workbook.add_format({"num_format": "@", "border": 1})

    def sheet(self, name: str) -> xlsxwriter.worksheet.Worksheet:
        """A new sheet, set up for paper."""
        sheet = self._workbook.add_worksheet(name)
        sheet.set_landscape()
        sheet.set_paper(A4)
        sheet.fit_to_pages(1, 0)
        sheet.set_header(f"&L{TITLE}&Rrelease {self._version}")
        sheet.set_footer("&L&A&Rpage &P of &N")
        return sheet

    def head(self, sheet: xlsxwriter.worksheet.Worksheet, by: list[str]) -> None:
        """The header row; it and the names stay in sight."""
        sheet.freeze_panes(1, len(by))
        sheet.repeat_rows(0)
        sheet.set_column(0, len(by) - 1, 24)
        sheet.set_column(len(by), len(by) + len(MONEY) - 1, 16)
        for place, name in enumerate([*by, *(f"{name.replace('_', ' ')} £" for name in MONEY)]):
            sheet.write_string(0, place, name, self.bold)


def _months(book: _Book, sheet: xlsxwriter.worksheet.Worksheet, rows: list[Row]) -> int:
    """An agency's services by month, a subtotal for each month and financial year. Returns the row of its total."""
    book.head(sheet, BY)
    at = 1
    for year, of_year in groupby(rows, key=lambda r: r["financial_year"]):
        in_year, first_of_year = list(of_year), at
        for month, of_month in groupby(in_year, key=lambda r: r["month"]):
            in_month, first = list(of_month), at
            for row in in_month:
                for place, text in enumerate((year, f"{month:%Y-%m}", row["service"])):
                    sheet.write_string(at, place, str(text), book.text)
                for place, name in enumerate(MONEY, start=FIRST):
                    sheet.write_number(at, place, row[name], book.pounds)
                at += 1
            at = _subtotal(book, sheet, at, f"{month:%Y-%m} total", first, in_month)
        at = _subtotal(book, sheet, at, f"{year} to date", first_of_year, in_year)
    return _subtotal(book, sheet, at, "all months", 1, rows) - 1


def _subtotal(book: _Book, sheet: xlsxwriter.worksheet.Worksheet, at: int, name: str, first: int, rows: list[Row]) -> int:
    """The sum of the rows from `first` to here. SUBTOTAL leaves other subtotals out. Returns the next row."""
    sheet.write_string(at, 1, name, book.bold)
    for place, column in enumerate(MONEY, start=FIRST):
        span = f"{xl_rowcol_to_cell(first, place)}:{xl_rowcol_to_cell(at - 1, place)}"
        sheet.write_formula(at, place, f"=SUBTOTAL(9,{span})", book.total, _sum(rows, column))
    return at + 1


def _to_date(
    book: _Book, sheet: xlsxwriter.worksheet.Worksheet, rows: list[Row], names: dict[str, str], totals: dict[str, int]
) -> None:
    """Each agency's services by financial year, summed from the agency's own sheet.

    Names are compared as they are: SUMIFS would take one that begins with = or has a * for a condition.
    """
    book.head(sheet, ["financial year", "agency", "service"])
    by_service = sorted(rows, key=_year_agency_service)
    at = 1
    for key, group in groupby(by_service, key=_year_agency_service):
        in_group = list(group)
        for place, text in enumerate(key):
            sheet.write_string(at, place, text, book.text)
        source, last = f"'{names[key[1]]}'!", totals[key[1]]
        for place, column in enumerate(MONEY, start=FIRST):
            letter = xl_col_to_name(place)
            year, service = (f"({source}${c}$2:${c}${last}=${c}{at + 1})" for c in "AC")
            formula = f"=SUMPRODUCT({year}*{service},{source}${letter}$2:${letter}${last})"
            sheet.write_formula(at, place, formula, book.pounds, _sum(in_group, column))
        at += 1
    _subtotal(book, sheet, at, "all", 1, rows)


def _year_agency_service(row: Row) -> tuple[str, str, str]:
    return str(row["financial_year"]), str(row["agency"]), str(row["service"])


def _summary(
    book: _Book, sheet: xlsxwriter.worksheet.Worksheet, rows: list[Row], names: dict[str, str], totals: dict[str, int]
) -> None:
    """One line for each agency, from its sheet's last row, and their sum."""
    book.head(sheet, ["agency", "", ""])
    for at, (agency, total_row) in enumerate(totals.items(), start=1):
        sheet.write_string(at, 0, agency, book.text)
        own = [r for r in rows if r["agency"] == agency]
        for place, column in enumerate(MONEY, start=FIRST):
            formula = f"='{names[agency]}'!{xl_rowcol_to_cell(total_row, place)}"
            sheet.write_formula(at, place, formula, book.pounds, _sum(own, column))
    _subtotal(book, sheet, len(totals) + 1, "all agencies", 1, rows)


def _about(book: _Book, version: str, rows: list[Row]) -> None:
    """What the workbook is, what each step means, and a box for who accepts it."""
    sheet = book.sheet("about")
    sheet.set_column(0, 0, 24)
    sheet.set_column(1, 1, 96)
    months = sorted({f"{row['month']:%Y-%m}" for row in rows})
    sheet.write_string(0, 0, TITLE, book.title)
    sheet.write_string(1, 0, f"release {version}, {months[0]} to {months[-1]}" if months else f"release {version}", book.text)
    sheet.write_string(3, 0, "step", book.bold)
    sheet.write_string(3, 1, "what it is", book.bold)
    steps = [c for c in columns(Bridge) if c.name in MONEY]
    for at, step in enumerate(steps, start=4):
        sheet.write_string(at, 0, step.name.replace("_", " "), book.text)
        sheet.write_string(at, 1, step.description, book.wrapped)
    at = 5 + len(steps)
    sheet.write_string(at, 0, "accepted by", book.bold)
    for place, name in enumerate(SIGNED, start=at + 1):
        sheet.write_string(place, 0, name, book.box)
        sheet.write_blank(place, 1, None, book.box)


def _checks(
    book: _Book, sheet: xlsxwriter.worksheet.Worksheet, rows: list[Row], names: dict[str, str], totals: dict[str, int]
) -> None:
    """The tie of each ledger: both sides and what is between them, from the agency's own sheet; 0.00 where it holds."""
    sheet.freeze_panes(1, 2)
    sheet.repeat_rows(0)
    sheet.set_column(0, 0, 24)
    sheet.set_column(1, 1, 60)
    sheet.set_column(2, 4, 18)
    for place, name in enumerate(("agency", "it holds that", "one side £", "other side £", "difference £")):
        sheet.write_string(0, place, name, book.bold)
    at = 1
    for agency, total_row in totals.items():
        own = [r for r in rows if r["agency"] == agency]
        for words, parts, whole in TIES:
            cells = {
                name: f"'{names[agency]}'!{xl_rowcol_to_cell(total_row, FIRST + MONEY.index(name))}" for name in (*parts, whole)
            }
            one, other = sum((_sum(own, name) for name in parts), Decimal("0.00")), _sum(own, whole)
            sheet.write_string(at, 0, agency, book.text)
            sheet.write_string(at, 1, words, book.text)
            sheet.write_formula(at, 2, "=" + "+".join(cells[name] for name in parts), book.pounds, one)
            sheet.write_formula(at, 3, f"={cells[whole]}", book.pounds, other)
            sheet.write_formula(at, 4, f"=ROUND(C{at + 1}-D{at + 1},2)", book.pounds, one - other)
            at += 1


def _sum(rows: list[Row], column: str) -> Decimal:
    return sum((Decimal(str(r[column])) for r in rows), Decimal("0.00"))


def _sheet_names(agencies: list[str]) -> dict[str, str]:
    """A name for each agency's sheet that a spreadsheet allows: no more than 31 characters, some of them forbidden."""
    names: dict[str, str] = {}
    for number, agency in enumerate(agencies, start=1):
        name = re.sub(r"[^\w -]", "-", agency)[:31]
        taken = {n.lower() for n in (*names.values(), "about", "checks", "all agencies", "year to date", "history")}
        names[agency] = f"agency {number}" if name.lower() in taken else name
    return names
