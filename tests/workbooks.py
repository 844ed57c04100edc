"""Excel workbooks for tests, written part by part, so that a test can hold what no writer would write.

Belongs here: the smallest files that a spreadsheet program opens. Does not belong here: any test.
"""

import zipfile
from collections.abc import Mapping
from pathlib import Path
from xml.sax.saxutils import escape

_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_RELATIONS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
DATE, MOMENT, TIME, HOURS = 1, 2, 3, 4
"""Styles of a cell: a day, a day with time, a time of day, hours beyond 24."""

PARTS = {
    "[Content_Types].xml": f'<Types xmlns="{_PACKAGE}/content-types"><Default Extension="rels" ContentType="application/'
    'vnd.openxmlformats-package.relationships+xml"/><Default Extension="xml" ContentType="application/xml"/><Override '
    'PartName="/xl/workbook.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"/>'
    "</Types>",
    "_rels/.rels": f'<Relationships xmlns="{_PACKAGE}/relationships"><Relationship Id="rId1" '
    f'Type="{_RELATIONS}/officeDocument" Target="xl/workbook.xml"/></Relationships>',
    "xl/workbook.xml": f'<workbook xmlns="{_MAIN}" xmlns:r="{_RELATIONS}"><sheets><sheet name="First" sheetId="7" r:id="rId2"/>'
    '<sheet name="Second" sheetId="1" r:id="rId1"/></sheets></workbook>',
    "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{_PACKAGE}/relationships">'
    f'<Relationship Id="rId1" Type="{_RELATIONS}/worksheet" Target="worksheets/sheet1.xml"/>'
    f'<Relationship Id="rId2" Type="{_RELATIONS}/worksheet" Target="/xl/worksheets/sheet2.xml"/>'
    f'<Relationship Id="rId3" Type="{_RELATIONS}/styles" Target="styles.xml"/></Relationships>',
    "xl/styles.xml": f'<styleSheet xmlns="{_MAIN}"><numFmts count="1"><numFmt numFmtId="170" formatCode="[h]:mm"/></numFmts>'
    '<cellXfs count="5"><xf numFmtId="0"/><xf numFmtId="14"/><xf numFmtId="22"/><xf numFmtId="20"/><xf numFmtId="170"/>'
    "</cellXfs></styleSheet>",
    "xl/worksheets/sheet1.xml": f'<worksheet xmlns="{_MAIN}"><sheetData><row r="1"><c r="A1"><v>1</v></c></row></sheetData>'
    "</worksheet>",
}


def text_cell(reference: str, text: str) -> str:
    """A cell that holds text."""
    return f'<c r="{reference}" t="inlineStr"><is><t xml:space="preserve">{escape(text)}</t></is></c>'


def number_cell(reference: str, number: str, style: int = 0) -> str:
    """A cell that holds a number, in the digits the file stores."""
    return f'<c r="{reference}" s="{style}"><v>{number}</v></c>'


def row(number: int, *cells: str) -> str:
    """A row of the sheet."""
    return f'<row r="{number}">{"".join(cells)}</row>'


def text_rows(table: list[list[str]]) -> str:
    """The rows of a table of texts from A1; at most 26 columns."""
    return "".join(
        row(i, *(text_cell(f"{chr(65 + j)}{i}", text) for j, text in enumerate(texts)))
        for i, texts in enumerate(table, start=1)
    )


def sheet(rows: str) -> str:
    """The part of the first worksheet."""
    return f'<worksheet xmlns="{_MAIN}"><sheetData>{rows}</sheetData></worksheet>'


def write_workbook(path: Path, first_sheet: str | bytes, further: Mapping[str, str] | None = None) -> None:
    """Write a workbook of two sheets, the first of which is this part. further: more parts, by name."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in {**PARTS, **(further or {})}.items():
            archive.writestr(name, content)
        archive.writestr("xl/worksheets/sheet2.xml", first_sheet)
