"""The sheet on which a person decides uncertain links: out as an Excel workbook, back in as a workbook or as CSV.

Belongs here: the form of the sheet, and what spreadsheets do to it. Does not belong here: what a decision means (`review.py`).
The sheet names people: it is readable by its owner alone, and no unfinished part of it lies anywhere else.
"""

import csv
import datetime
import io
import os
import time
from collections.abc import Sequence
from pathlib import Path
from typing import BinaryIO

import pyarrow as pa
from python_calamine import CalamineError, CalamineWorkbook

from pipelines.engine.database import open_apart
from pipelines.engine.errors import IrfError
from pipelines.engine.workbook import FORMULA_STARTS, TextSheet, text_workbook
from pipelines.ingest.reading.cell_text import cell_text
from pipelines.ingest.reading.header import normal_header
from pipelines.ingest.reading.own_table import read_own_table

SAME, DIFFERENT = "same", "different"
FILLED_IN = ("decision", "decided_by", "decided_on", "reason")
"""The columns that the reviewer fills in: same or different, who, when, and why."""
PERSONS, ROW_KEY = "persons", "row_key"
"""How many persons of the register a client is shown beside, and what tells that a row is as it went out."""
NEEDED = ("agency", "social_care_id", "candidate_chi_number", PERSONS, ROW_KEY, *FILLED_IN)
IDENTIFIERS = ("social_care_id", "candidate_chi_number", "chi_number")
_CANDIDATE = "candidate_"
_WIDTHS = {"why": 60, "candidate_chi_number": 14, "reason": 40}
_USUAL_WIDTH = 18
_DAYS = ("%Y-%m-%d", "%d/%m/%Y", "%d.%m.%Y", "%d-%m-%Y", "%d %B %Y", "%d %b %Y", "%d-%b-%Y", "%d/%m/%y", "%d-%b-%y")
_MIDNIGHT = (" 00:00:00", " 00:00")

Row = dict[str, str]


def write_sheet(rows: pa.Table, file: BinaryIO) -> None:
    """Write the rows of `sql/identity/review.sql`, each with its key and empty columns for the decision.

    A value of the register that differs from the client's is coloured.
    """
    names = [*(name for name in rows.column_names if name != ROW_KEY), *FILLED_IN, ROW_KEY]
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


def read_sheet(file: Path, what: str, needed: Sequence[str] = NEEDED, may_lack: Sequence[str] = ()) -> dict[int, Row]:
    """The rows of a sheet as a spreadsheet saves it, every value as text, by the number that the spreadsheet shows.

    what: how errors name the file. What spreadsheets do to identifiers is undone, as in submissions. Raises IrfError where the
    file is neither a workbook nor CSV, lacks a column that is needed, or has an identifier that cannot be told any more.
    """
    names = [*needed, *may_lack]
    given, rows = _read_workbook(file, what, names) if file.suffix.lower() == ".xlsx" else _read_csv(file, what, names)
    missing = [name for name in needed if name not in given]
    if missing:
        raise IrfError(f"{what} ({file.name}) lacks the columns {', '.join(missing)}")
    found = {at: {name: row.get(name, "") for name in names} for at, row in rows.items()}
    _repair(found, what)
    return found


def _read_workbook(file: Path, what: str, names: Sequence[str]) -> tuple[list[str], dict[int, Row]]:
    try:
        cells = CalamineWorkbook.from_path(str(file)).get_sheet_by_index(0).to_python(skip_empty_area=False)
    except CalamineError:
        cells = None
    if cells is None:
        raise IrfError(f"{what} ({file.name}) is no Excel workbook (.xlsx)")
    texts = [[(cell_text(value) or "").strip() for value in row] for row in cells]
    header = [normal_header(name) for name in texts[0]] if texts else []
    places = {name: header.index(name) for name in names if name in header}
    rows = {at: {name: row[place] for name, place in places.items()} for at, row in enumerate(texts[1:], start=2)}
    return list(places), {at: row for at, row in rows.items() if any(row.values())}


def _read_csv(file: Path, what: str, names: Sequence[str]) -> tuple[list[str], dict[int, Row]]:
    read = read_own_table(file, names, what)
    if read.misfits:
        raise IrfError(f"{what}, row {read.misfits[0]}: has not as many fields as the header")
    rows = [{name: _unsafe(value or "") for name, value in row.items()} for row in read.columns.to_pylist()]
    return read.columns.column_names, dict(zip(read.rows, rows, strict=True))


def _repair(rows: dict[int, Row], what: str) -> None:
    """Read the identifiers as those of submissions are read. Raises IrfError naming the row of one that is lost."""
    with open_apart(macros=["read_text"]) as connection:
        for name in IDENTIFIERS:
            sent = {at: row[name] for at, row in rows.items() if row.get(name)}
            read = "read_chi" if name.endswith("chi_number") else "read_identifier"
            connection.register(
                "sent",
                pa.table({"row_number": pa.array(list(sent), pa.int64()), "text": pa.array(list(sent.values()), pa.string())}),
            )
            for at, text in connection.execute(f"SELECT row_number, {read}(text) FROM sent ORDER BY row_number").fetchall():
                if text is None:
                    raise IrfError(
                        f"{what}, row {at}: {name} is in scientific notation and cannot be told any more; write the number as text"
                    )
                rows[at][name] = text


def day(text: str) -> datetime.date | None:
    """A day written 2025-06-03 or, as spreadsheets here show it, 03/06/2025, 3 June 2025, 03-Jun-25; None if it is none of these."""
    for midnight in _MIDNIGHT:
        text = text.removesuffix(midnight)
    for form in _DAYS:
        try:
            return datetime.date(*time.strptime(text, form)[:3])
        except ValueError:
            continue
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
