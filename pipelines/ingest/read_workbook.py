"""Reading worksheets of an Excel workbook (.xlsx): the first, or those a dialect names, one after another.

Belongs here: what must be known of a workbook before it is opened, its rows, its cells without a value.
Does not belong here: how a value becomes text (`cell_text.py`).
python-calamine lays a sheet out in memory from its first cell to its last, and shows error cells as empty ones; so the
sheet's own file is looked through first: for where the last cell is, and for the cells that must not pass for empty.
"""

import re
import zipfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import chain, islice
from pathlib import Path
from xml.etree import ElementTree

import pyarrow as pa
from python_calamine import CalamineSheet, CalamineWorkbook

from pipelines.ingest.bounds import MAXIMUM_FIELD_BYTES, MAXIMUM_SHEET_CELLS, check_at_most, check_unpacked
from pipelines.ingest.cell_text import cell_text
from pipelines.ingest.opened import ROW, ROW_TEXT, Opened, Places
from pipelines.ingest.refused import Refused

BATCH_ROWS = 50_000
BLOCK_BYTES = 4 << 20
FORMULA_WITHOUT_VALUE = "#FORMULA"
_NO_WORKBOOK = "is no Excel workbook (.xlsx)"

# Start tags of the cells that are not empty; the second names row and column. `x:` is a prefix some writers give every tag.
_CELL = re.compile(rb"<(?:\w+:)?c(?:\s[^<>]*)?(?<!/)>")
_REFERENCE = re.compile(rb"""<(?:\w+:)?c(?:\s[^<>]*?)??\sr=["']([A-Z]{1,3})(\d{1,7})["'][^<>]*(?<!/)>""")
_LAST_CELL_START = re.compile(rb"(?s:.*)(<(?:\w+:)?c[\s>/])")
_ERROR = re.compile(
    rb"""<((?:\w+:)?)c\s(?=[^<>]*\bt=["']e["'])[^<>]*\br=["']([A-Z]+)(\d+)["'][^<>]*>"""
    rb"""(?:(?!<\1c\b|</\1c>).)*?<\1v>([^<]*)</\1v>""",
    re.DOTALL,
)
_FORMULA = re.compile(
    rb"""<((?:\w+:)?)c\s(?![^<>]*\bt=["']str["'])[^<>]*\br=["']([A-Z]+)(\d+)["'][^<>]*>\s*"""
    rb"""<\1f\b(?:[^<>]*/>|[^<>]*>[^<]*</\1f>)\s*(?:<\1v\s*/>|<\1v>\s*</\1v>)?\s*</\1c>"""
)


def open_workbook(path: Path, sheets: Sequence[str] = ()) -> Opened:
    """The header of the worksheet, and its records. A row without any value is no record.

    sheets: worksheets with one header that are read one after another, where the workbook has any of them; else the first
    worksheet is read. Raises Refused where the file is no workbook, one of the sheets is missing or has another header,
    or it is too large to be held in memory.
    """
    surveys = _look_through(path, sheets)
    cells = sum(survey.last_row * survey.last_column for survey in surveys.values())
    check_at_most("the number of cells up to the last filled one", cells, MAXIMUM_SHEET_CELLS)
    workbook = CalamineWorkbook.from_path(str(path))
    opened = [_filled_rows(workbook.get_sheet_by_name(name), survey) for name, survey in surveys.items()]
    headers = [next(rows, None) for rows in opened]
    if headers[0] is None:
        raise Refused("file.empty", "no text in the first worksheet")
    different = [name for name, header in zip(surveys, headers, strict=True) if header != headers[0]]
    if different:
        raise Refused("file.unreadable", f"worksheet {', '.join(different)} has another header than the one before it")
    return Opened([cell or "" for cell in headers[0]], lambda places: _records(chain(*opened), places))


def _records(rows: Iterator[list[str | None]], places: Places) -> Iterator[pa.Table]:
    first = 1
    while batch := list(islice(rows, BATCH_ROWS)):
        texts = {name: pa.array([row[place] for row in batch], pa.string()) for name, place in places.items()}
        numbers = pa.array(range(first, first + len(batch)), pa.int64())
        yield pa.table({**texts, ROW: numbers, ROW_TEXT: pa.nulls(len(batch), pa.string())})
        first += len(batch)


def _filled_rows(sheet: CalamineSheet, survey: "_Survey") -> Iterator[list[str | None]]:
    """The rows that have a value, as texts."""
    first_column = sheet.start[1] if sheet.start else 0
    for number, values in enumerate(sheet.iter_rows(), start=1):
        cells = [cell_text(value) for value in values]
        for column, text in survey.without_value.get(number, {}).items():
            if 0 <= column - 1 - first_column < len(cells):
                cells[column - 1 - first_column] = text
        if any(cells):
            yield cells


@dataclass
class _Survey:
    """What is known of a worksheet before it is opened. Rows and columns count from 1.

    without_value: row → column → the text of a cell that holds an error, or a formula whose value was never stored.
    """

    last_row: int = 0
    last_column: int = 0
    without_value: dict[int, dict[int, str]] = field(default_factory=dict)
    _rest: bytes = b""

    def add(self, block: bytes) -> None:
        """Take in the next block of the sheet's file; a cell may go on in the block after."""
        content = self._rest + block
        cut = _LAST_CELL_START.match(content)
        whole, self._rest = (content[: cut.start(1)], content[cut.start(1) :]) if cut else (b"", content)
        check_at_most("the length of a cell in bytes", len(self._rest), BLOCK_BYTES + MAXIMUM_FIELD_BYTES)
        self._note(whole)

    def end(self) -> None:
        self._note(self._rest)

    def _note(self, cells: bytes) -> None:
        references = _REFERENCE.findall(cells)
        if len(references) < len(_CELL.findall(cells)):
            raise Refused("file.unreadable", "its cells do not say where they are; open the file in Excel and save it again")
        self.last_row = max(self.last_row, *map(int, {row for _, row in references}), 0)
        self.last_column = max(self.last_column, *map(_column_number, {column for column, _ in references}), 0)
        if b"#" in cells:
            for _, column, row, text in _ERROR.findall(cells):
                self._note_text(row, column, text.decode())
        if b"<f" in cells or b":f" in cells:
            for _, column, row in _FORMULA.findall(cells):
                self._note_text(row, column, FORMULA_WITHOUT_VALUE)

    def _note_text(self, row: bytes, column: bytes, text: str) -> None:
        self.without_value.setdefault(int(row), {})[_column_number(column)] = text


def _column_number(letters: bytes) -> int:
    """A = 1, Z = 26, AA = 27."""
    number = 0
    for letter in letters:
        number = number * 26 + letter - ord("A") + 1
    return number


def _look_through(path: Path, sheets: Sequence[str]) -> dict[str, _Survey]:
    """Read every part of the workbook once: each is whole, and together they stay within the bounds.

    Returns the surveys of the worksheets that are to be read, by name, in the order they are read in.
    """
    with zipfile.ZipFile(path) as archive:
        parts = archive.infolist()
        if any(part.flag_bits & 1 for part in parts):
            raise Refused("file.unreadable", "is encrypted; save it without a password")
        check_unpacked(sum(part.file_size for part in parts), path.stat().st_size, ".xlsx")
        chosen = _chosen(_sheet_parts(archive), sheets)
        surveys = {part: _Survey() for part in chosen.values()}
        for part in parts:
            for block in _blocks(archive, part):
                if part.filename in surveys:
                    surveys[part.filename].add(block)
    for survey in surveys.values():
        survey.end()
    return {name: surveys[part] for name, part in chosen.items()}


def _chosen(parts: dict[str, str], sheets: Sequence[str]) -> dict[str, str]:
    """The worksheets to read: those asked for where any is there, else the first."""
    if not any(name in parts for name in sheets):
        first = next(iter(parts))
        return {first: parts[first]}
    missing = [name for name in sheets if name not in parts]
    if missing:
        raise Refused("file.unreadable", f"worksheet missing: {', '.join(missing)}")
    return {name: parts[name] for name in sheets}


def _blocks(archive: zipfile.ZipFile, part: zipfile.ZipInfo) -> Iterator[bytes]:
    with archive.open(part) as content:
        while block := content.read(BLOCK_BYTES):
            yield block


def _sheet_parts(archive: zipfile.ZipFile) -> dict[str, str]:
    """The worksheets in their order: name → the part of the archive that holds it."""
    names = {name.lower(): name for name in archive.namelist()}
    try:
        workbook = ElementTree.fromstring(archive.read(names["xl/workbook.xml"]))
        relations = ElementTree.fromstring(archive.read(names["xl/_rels/workbook.xml.rels"]))
        targets = {r.attrib["Id"]: r.attrib["Target"].lstrip("/") for r in relations}
        found = {}
        for sheet in (element for element in workbook.iter() if element.tag.endswith("}sheet")):
            target = targets[next(value for name, value in sheet.attrib.items() if name.endswith("}id"))]
            found[sheet.attrib["name"]] = names[(target if target.startswith("xl/") else f"xl/{target}").lower()]
        next(iter(found))
    except (KeyError, StopIteration, ElementTree.ParseError):
        raise Refused("file.unreadable", _NO_WORKBOOK) from None
    return found
