"""The sheet on which a person decides uncertain links: out as an Excel workbook, back in as a workbook or as CSV.

Belongs here: the form of the sheet, and what spreadsheets do to it. Does not belong here: what a decision means (`review.py`).
The sheet names people: it is readable by its owner alone, and no unfinished part of it lies anywhere else.
"""

import csv
import datetime
import io
import os
import re
from collections.abc import Sequence
from pathlib import Path
from typing import BinaryIO

import pyarrow as pa
from python_calamine import CalamineError, CalamineWorkbook

from pipelines.engine.errors import IrfError
from pipelines.engine.text_workbook import FORMULA_STARTS, TextSheet, text_workbook
from pipelines.ingest.cell_text import cell_text
from schemas import chi

SAME, DIFFERENT = "same", "different"
FILLED_IN = ("decision", "decided_by", "decided_on", "reason")
"""The columns that the reviewer fills in: same or different, who, when, and why."""
NEEDED = ("agency", "social_care_id", "candidate_chi_number", *FILLED_IN)
_CANDIDATE = "candidate_"
_WIDTHS = {"why": 60, "candidate_chi_number": 14, "reason": 40}
_USUAL_WIDTH = 18

Row = dict[str, str]


def write_sheet(rows: pa.Table, file: BinaryIO) -> None:
    """Write the rows of `sql/identity/review.sql` with columns for the decisions. Where the two sides differ is coloured."""
    names = [*rows.column_names, *FILLED_IN]
    with text_workbook(file, in_memory=True) as workbook:
        sheet = TextSheet(workbook, "uncertain links")
        sheet.head(names, [_WIDTHS.get(name, _USUAL_WIDTH) for name in names])
        for row in rows.to_pylist():
            texts = [None if row.get(name) is None else str(row[name]) for name in names]
            sheet.add(texts, [place for place, name in enumerate(names) if _differs(row, name)])
        sheet.offer(names.index(FILLED_IN[0]), [SAME, DIFFERENT])


def _differs(row: dict[str, object], name: str) -> bool:
    other = name.removeprefix(_CANDIDATE)
    return name != other and other in row and row[name] is not None and row[other] is not None and row[name] != row[other]


def read_sheet(file: Path, needed: Sequence[str] = NEEDED) -> list[Row]:
    """The rows of a sheet as a spreadsheet saves it, every value as text; row 2 is the first. Blank rows are left in.

    Raises IrfError where the file is neither a workbook nor CSV, or lacks a column.
    """
    texts = _read_workbook(file) if file.suffix.lower() == ".xlsx" else _read_csv(file)
    header = texts[0] if texts else []
    missing = [name for name in needed if name not in header]
    if missing:
        raise IrfError(f"the file {file.name} lacks the columns {', '.join(missing)}")
    return [_repaired({name: row[place] if place < len(row) else "" for place, name in enumerate(header)}) for row in texts[1:]]


def _read_workbook(file: Path) -> list[list[str]]:
    try:
        rows = CalamineWorkbook.from_path(str(file)).get_sheet_by_index(0).to_python()
    except CalamineError:
        rows = None
    if rows is None:
        raise IrfError(f"the file {file.name} is no Excel workbook (.xlsx)")
    return [[(cell_text(value) or "").strip() for value in row] for row in rows]


def _read_csv(file: Path) -> list[list[str]]:
    """By comma or semicolon, with a mark at its start or without; Windows' own letters where it is not UTF-8."""
    content = file.read_bytes()
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = content.decode("cp1252", errors="replace")
    first = text.partition("\n")[0]
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=";" if first.count(";") > first.count(",") else ",")
    try:
        return [[_unsafe(value.strip()) for value in row] for row in reader]
    except csv.Error:
        pass
    raise IrfError(f"the file {file.name} is neither an Excel workbook (.xlsx) nor CSV")


def _repaired(row: Row) -> Row:
    """With the leading zero of a CHI number that a spreadsheet ate."""
    return {
        name: value.zfill(chi.LENGTH) if name.endswith("chi_number") and value.isdigit() else value
        for name, value in row.items()
    }


def day(text: str) -> datetime.date | None:
    """A day written YYYY-MM-DD or, as spreadsheets here show it, DD/MM/YYYY; None if it is neither."""
    shown = re.fullmatch(r"(\d{1,2})/(\d{1,2})/(\d{4})", text)
    try:
        return datetime.date.fromisoformat(f"{shown[3]}-{shown[2]:0>2}-{shown[1]:0>2}" if shown else text)
    except ValueError:
        return None


def as_csv(names: Sequence[str], rows: list[Row]) -> str:
    """Rows as CSV that a spreadsheet can open without running any of it."""
    text = io.StringIO()
    writer = csv.DictWriter(text, names, restval="", lineterminator="\n")
    writer.writeheader()
    writer.writerows({name: _safe(row.get(name, "")) for name in names} for row in rows)
    return text.getvalue()


def _safe(value: str) -> str:
    """A spreadsheet would run a text that begins like a formula; an apostrophe before it stops that."""
    return "'" + value if value.startswith(FORMULA_STARTS) else value


def _unsafe(value: str) -> str:
    return value[1:] if value.startswith("'") and value[1:].startswith(FORMULA_STARTS) else value


def write_private(path: Path, content: bytes) -> None:
    """Replace a file of the review folder as a whole. The folder and the file are its owner's alone."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    path.parent.chmod(0o700)
    draft = path.with_name(f".{path.name}.{os.getpid()}")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    os.replace(draft, path)
