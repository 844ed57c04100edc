"""Reading worksheets of an Excel workbook (.xlsx): the one that has the header, or those a dialect names, one after another.

Belongs here: what must be known of a workbook before it is opened, its rows, its cells without a value.
Does not belong here: how a value becomes text (`cell_text.py`).
python-calamine lays a sheet out in memory from its first cell to its last, and shows error cells as empty ones; so the
sheet's own file is looked through first: for where the last cell is, and for the cells that must not pass for empty.
"""

import itertools
import re
import zipfile
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from xml.etree import ElementTree

import numpy as np
import pyarrow as pa
from python_calamine import CalamineSheet, CalamineWorkbook, SheetMetadata, SheetVisibleEnum

from pipelines.ingest.reading.bounds import (
    MAXIMUM_FIELD_BYTES,
    MAXIMUM_ROWS_ABOVE_HEADER,
    MAXIMUM_SHEET_CELLS,
    MAXIMUM_SHEET_TEXT_BYTES,
    check_at_most,
    check_unpacked,
)
from pipelines.ingest.reading.cell_text import cell_text
from pipelines.ingest.reading.header import Sought
from pipelines.ingest.reading.opened import ROW, ROW_TEXT, Opened, Places
from pipelines.ingest.reading.refused import Refused

BATCH_ROWS = 50_000
BLOCK_BYTES = 4 << 20
FORMULA_WITHOUT_VALUE = "#FORMULA"
SHARED_TEXTS = "xl/sharedstrings.xml"
TAG_BYTES = 100
"""More than an end tag has."""
_NO_WORKBOOK = "is no Excel workbook (.xlsx)"

# Start tags of the cells that are not empty; the second names row and column. `x:` is a prefix some writers give every tag.
# No pattern here takes longer than in proportion to what it reads: attributes are bounded, and what is taken is not given back.
_CELL = re.compile(rb"<(?:\w+:)?c(?:\s[^<>]*+)?(?<!/)>")
_REFERENCE = re.compile(rb"""<(?:\w+:)?c(?:\s[^<>]{0,200}?)??\sr=["']([A-Z]{1,3})(\d{1,7})["'][^<>]{0,200}+(?<!/)>""")
_LAST_CELL_START = re.compile(rb"(?s:.*)(<(?:\w+:)?c[\s>/])")
_ERROR = re.compile(
    rb"""<((?:\w+:)?)c\s(?=[^<>]{0,200}?\bt=["']e["'])[^<>]{0,200}?\br=["']([A-Z]{1,3})(\d{1,7})["'][^<>]{0,200}+>"""
    rb"""(?:(?!<\1c\b|</\1c>).)*?<\1v>([^<]*+)</\1v>""",
    re.DOTALL,
)
_FORMULA = re.compile(
    rb"""<((?:\w+:)?)c\s(?![^<>]{0,200}?\bt=["']str["'])[^<>]{0,200}?\br=["']([A-Z]{1,3})(\d{1,7})["'][^<>]{0,200}+>\s*+"""
    rb"""<\1f\b(?:[^<>]*+(?<=/)>|[^<>]*+(?<!/)>[^<]*+</\1f>)\s*+(?:<\1v\s*+/>|<\1v>\s*+</\1v>)?+\s*+</\1c>"""
)
_SHARED_TEXT = re.compile(rb"""\bt=["']s["'][^<>]{0,200}+>\s{0,9}<(?:\w+:)?v>(\d{1,7})<""")
_TEXT_END = re.compile(rb"</(?:\w+:)?si>|<(?:\w+:)?si\s{0,9}/>")


def open_workbook(path: Path, sought: Sought, sheets: Sequence[str] = ()) -> Opened:
    """The header of the worksheet that has it, and its records. A row without any value is no record.

    sought: what tells the header. sheets: worksheets with one header that are read one after another, where the workbook has
    any of them; the rows of each are numbered on from the last row of the one before. Raises Refused where the file is no
    workbook, two of its worksheets have the header, one of the sheets is missing or has another header, or it is too large to
    be held in memory.
    """
    surveys = _look_through(path)
    workbook = CalamineWorkbook.from_path(str(path))
    together = _read_together(surveys, sheets)
    tops = {name: _top(workbook, name, surveys[name], sought) for name in together or surveys}
    if not any(top.header for top in tops.values()):
        raise Refused("file.empty", "no text in the workbook")
    if not together:
        together = [_the_one(tops, {sheet.name for sheet in workbook.sheets_metadata if _is_visible(sheet)})]
    chosen = [tops[name] for name in together]
    different = [name for name, top in zip(together, chosen, strict=True) if top.header != chosen[0].header]
    if different:
        raise Refused("file.unreadable", f"worksheet {', '.join(different)} has another header than the one before it")

    above = list(itertools.accumulate((surveys[name].last_row for name in together[:-1]), initial=0))

    def records(places: Places) -> Iterator[pa.Table]:
        for name, top, before in zip(together, chosen, above, strict=True):
            rows = _filled_rows(workbook.get_sheet_by_name(name), surveys[name])
            yield from _records((row for row in rows if row[0] > top.row), places, before)

    elsewhere = sum(
        sum(cell is not None for cell in cells) >= sought.fewest_fields
        for name in surveys
        if name not in together
        for _, cells in _filled_rows(workbook.get_sheet_by_name(name), surveys[name])
    )
    headers = tuple(before + top.row for before, top in zip(above, chosen, strict=True))
    titles = tuple(before + row for before, top in zip(above, chosen, strict=True) for row in top.titles)
    return Opened(chosen[0].header, records, headers, titles, elsewhere)


@dataclass(frozen=True)
class _Top:
    """What stands at the top of a worksheet. row: of the header. titles: the rows with text above it. is_whole: no required column is missing."""

    header: list[str]
    row: int
    titles: tuple[int, ...]
    is_whole: bool


def _top(workbook: CalamineWorkbook, name: str, survey: "_Survey", sought: Sought) -> _Top:
    rows = list(itertools.islice(_filled_rows(workbook.get_sheet_by_name(name), survey), MAXIMUM_ROWS_ABOVE_HEADER + 1))
    if not rows:
        return _Top([], 0, (), False)
    headers = [[cell or "" for cell in cells] for _, cells in rows]
    place = sought.header_place(headers)
    titles = tuple(number for number, _ in rows[:place])
    return _Top(headers[place], rows[place][0], titles, sought.is_whole(headers[place]))


def _the_one(tops: dict[str, _Top], visible: set[str]) -> str:
    """The worksheet to read: the one that has the header; where none has, the first visible one with text, to say what it lacks."""
    whole = [name for name, top in tops.items() if top.is_whole]
    if len(whole) > 1:
        named = ", ".join(f"{name}{'' if name in visible else ' (hidden)'}" for name in whole)
        raise Refused(
            "file.two_tables",
            f"the header is on {len(whole)} worksheets: {named}; only one can be read, so put the records on one and remove the rest",
        )
    if whole:
        return whole[0]
    filled = [name for name, top in tops.items() if top.header]
    return next((name for name in filled if name in visible), next(iter(filled or tops)))


def _is_visible(sheet: SheetMetadata) -> bool:
    return bool(sheet.visible == SheetVisibleEnum.Visible)


def _records(rows: Iterator[tuple[int, list[str | None]]], places: Places, above: int) -> Iterator[pa.Table]:
    while batch := list(itertools.islice(rows, BATCH_ROWS)):
        texts = {name: pa.array([cells[place] for _, cells in batch], pa.string()) for name, place in places.items()}
        numbers = pa.array([above + number for number, _ in batch], pa.int64())
        yield pa.table({**texts, ROW: numbers, ROW_TEXT: pa.nulls(len(batch), pa.string())})


def _filled_rows(sheet: CalamineSheet, survey: "_Survey") -> Iterator[tuple[int, list[str | None]]]:
    """The rows that have a value, as texts, with their numbers."""
    first_column = sheet.start[1] if sheet.start else 0
    for number, values in enumerate(sheet.iter_rows(), start=1):
        cells = [cell_text(value) for value in values]
        for column, text in survey.without_value.get(number, {}).items():
            if 0 <= column - 1 - first_column < len(cells):
                cells[column - 1 - first_column] = text
        if any(cells):
            yield number, cells


@dataclass
class _Survey:
    """What is known of a worksheet before it is opened. Rows and columns count from 1.

    without_value: row → column → the text of a cell that holds an error, or a formula whose value was never stored.
    shared: how many cells show each of the workbook's shared texts, by its place.
    """

    last_row: int = 0
    last_column: int = 0
    without_value: dict[int, dict[int, str]] = field(default_factory=dict)
    shared: "np.ndarray" = field(default_factory=lambda: np.zeros(0, np.int64))
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
        texts = np.bincount(np.array(_SHARED_TEXT.findall(cells), np.int64))
        if len(texts) > len(self.shared):
            texts, self.shared = self.shared, texts
        self.shared[: len(texts)] += texts
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


def _look_through(path: Path) -> dict[str, _Survey]:
    """Read every part of the workbook once: each is whole, and together they stay within the bounds.

    Returns the surveys of its worksheets, hidden ones too, by name in their order.
    """
    with zipfile.ZipFile(path) as archive:
        parts = archive.infolist()
        if any(part.flag_bits & 1 for part in parts):
            raise Refused("file.unreadable", "is encrypted; save it without a password")
        check_unpacked(sum(part.file_size for part in parts), path.stat().st_size, ".xlsx")
        sheets = _sheet_parts(archive)
        surveys = {part: _Survey() for part in sheets.values()}
        texts = _Texts()
        for part in parts:
            for block in _blocks(archive, part):
                if part.filename in surveys:
                    surveys[part.filename].add(block)
                elif part.filename.lower() == SHARED_TEXTS:
                    texts.add(block)
    for survey in surveys.values():
        survey.end()
        check_at_most(
            "the number of cells up to the last filled one", survey.last_row * survey.last_column, MAXIMUM_SHEET_CELLS
        )
        check_at_most("the text of a worksheet's cells in bytes", texts.shown_bytes(survey.shared), MAXIMUM_SHEET_TEXT_BYTES)
    return {name: surveys[part] for name, part in sheets.items()}


class _Texts:
    """How long each of the workbook's shared texts is. A workbook keeps a text once, however many cells show it."""

    def __init__(self) -> None:
        self._lengths: list[int] = []
        self._begun = 0
        self._rest = b""

    def add(self, block: bytes) -> None:
        """Take in the next block of the part."""
        content = self._rest + block
        start = 0
        for end in _TEXT_END.finditer(content):
            self._lengths.append(self._begun + end.end() - start)
            self._begun, start = 0, end.end()
        # An end tag may go on in the block after.
        kept = min(len(content) - start, TAG_BYTES)
        self._begun += len(content) - start - kept
        self._rest = content[len(content) - kept :]
        check_at_most("the length of a text in bytes", max([self._begun, *self._lengths[-1:]]), MAXIMUM_FIELD_BYTES)

    def shown_bytes(self, shared: "np.ndarray") -> int:
        """The bytes of all the texts that so many cells show."""
        known = np.array(self._lengths[: len(shared)], np.int64)
        return int(known @ shared[: len(known)])


def _read_together(there: Collection[str], sheets: Sequence[str]) -> list[str]:
    """The worksheets asked for where any of them is there; none where the workbook has none of them."""
    if not any(name in there for name in sheets):
        return []
    missing = [name for name in sheets if name not in there]
    if missing:
        raise Refused("file.unreadable", f"worksheet missing: {', '.join(missing)}")
    return list(sheets)


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
        targets = {r.attrib["Id"]: r.attrib["Target"].lstrip("/") for r in relations if r.attrib["Type"].endswith("/worksheet")}
        found = {}
        for sheet in (element for element in workbook.iter() if element.tag.endswith("}sheet")):
            target = targets.get(next(value for name, value in sheet.attrib.items() if name.endswith("}id")))
            if target is None:
                continue  # a chart
            found[sheet.attrib["name"]] = names[(target if target.startswith("xl/") else f"xl/{target}").lower()]
        next(iter(found))
    except (KeyError, StopIteration, ElementTree.ParseError):
        raise Refused("file.unreadable", _NO_WORKBOOK) from None
    return found
