"""Uncertain links out for a person to decide, and the decisions back in.

Belongs here: the two files of the review folder. Both are identifiable: the folder is 0700, the files 0600.
Does not belong here: which links are uncertain, what a decision does (link).
No error names a value of a row: only the row's number and the column.
"""

import csv
import datetime
import io
import os
from collections.abc import Iterable
from pathlib import Path

import duckdb
import pyarrow as pa

from pipelines.engine.database import read_sql
from pipelines.engine.errors import IrfError
from schemas import chi

PENDING_FILE, DECISIONS_FILE = "pending.csv", "decisions.csv"
SAME, DIFFERENT = "same", "different"
_DECISION_FIELDS: list[tuple[str, pa.DataType]] = [
    ("agency", pa.string()),
    ("social_care_id", pa.string()),
    ("chi_number", pa.string()),
    ("decided_by", pa.string()),
    ("decided_on", pa.date32()),
    ("reason", pa.string()),
]
DECISIONS = pa.schema(_DECISION_FIELDS)
FILLED_IN = ("decision", "decided_by", "decided_on", "reason")
"""The columns of the review sheet that the reviewer fills in: same or different, who, when, and why."""
_REQUIRED = ("agency", "social_care_id", "decided_by", "decided_on")
_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")

Row = dict[str, str]


def review_sheet(connection: duckdb.DuckDBPyConnection, review_from: float) -> pa.Table:
    """Every uncertain client beside each person it may be, easiest first, from the tables `link.judge` made."""
    sheet: pa.Table = connection.sql(read_sql("identity", "review"), params={"review_from": review_from}).to_arrow_table()
    return sheet


def export_review(sheet: pa.Table, path: Path) -> int:
    """Write the sheet with empty columns for the decisions to `path` (review/pending.csv); say how many clients it has."""
    names = [*sheet.column_names, *FILLED_IN]
    rows = [{name: "" if value is None else str(value) for name, value in row.items()} for row in sheet.to_pylist()]
    _write_private(path, _as_csv(names, rows))
    return len({(row["agency"], row["social_care_id"]) for row in rows})


def import_review(file: Path, decisions: Path, register: set[str]) -> int:
    """Add the decisions filled in on a review sheet to the decisions file; say how many were new.

    All or nothing: raises IrfError naming row and column where a row is not sound, and where two rows contradict.
    """
    decided = _decided(_read(file, ("agency", "social_care_id", "candidate_chi_number", *FILLED_IN)), register)
    known = _read(decisions, DECISIONS.names) if decisions.exists() else []
    new = [row for row in decided if row not in known]
    _write_private(decisions, _as_csv(DECISIONS.names, [*known, *new]))
    return len(new)


def read_decisions(path: Path) -> pa.Table:
    """The decisions people made, blank CHI as NULL (no link); no file, no decisions."""
    rows = _read(path, DECISIONS.names) if path.exists() else []
    typed = [_typed(row, number) for number, row in enumerate(rows, start=2)]
    table = pa.Table.from_pylist(typed, schema=DECISIONS)
    repaired = chi.repair_array(table["chi_number"].combine_chunks())
    return table.set_column(DECISIONS.names.index("chi_number"), DECISIONS.field("chi_number"), repaired)


def _decided(rows: list[Row], register: set[str]) -> list[Row]:
    """One decision a client: the person marked `same`, or nobody where every person is marked `different`."""
    of_client: dict[tuple[str, str], list[tuple[int, Row]]] = {}
    for number, row in enumerate(rows, start=2):
        of_client.setdefault((row["agency"], row["social_care_id"]), []).append((number, row))
    found = []
    for offered in of_client.values():
        marked = [(number, row) for number, row in offered if row["decision"]]
        for number, row in marked:
            _check(row, number, register)
        same = [(number, row) for number, row in marked if row["decision"].lower() == SAME]
        if len({row["candidate_chi_number"] for _, row in same}) > 1:
            raise IrfError(f"the review sheet, row {same[1][0]}: a second person is marked {SAME} for this client")
        if same:
            found.append(_decision(same[0][1], same[0][1]["candidate_chi_number"]))
        elif marked and len(marked) == len(offered):
            found.append(_decision(marked[0][1], ""))
    return found


def _check(row: Row, number: int, register: set[str]) -> None:
    if row["decision"].lower() not in (SAME, DIFFERENT):
        raise IrfError(f"the review sheet, row {number}: decision is neither {SAME} nor {DIFFERENT}")
    _typed(row, number)
    if row["decision"].lower() == SAME and row["candidate_chi_number"] not in register:
        raise IrfError(f"the review sheet, row {number}: candidate_chi_number is not in the register")


def _decision(row: Row, number: str) -> Row:
    return {name: number if name == "chi_number" else row[name] for name in DECISIONS.names}


def _typed(row: Row, number: int) -> dict[str, str | datetime.date | None]:
    values: dict[str, str | datetime.date | None] = {name: row.get(name) or None for name in DECISIONS.names}
    for name in _REQUIRED:
        if values[name] is None:
            raise IrfError(f"the decisions, row {number}: {name} is blank")
    values["decided_on"] = _day(str(values["decided_on"]), number)
    return values


def _day(text: str, number: int) -> datetime.date:
    try:
        return datetime.date.fromisoformat(text)
    except ValueError:
        pass
    raise IrfError(f"the decisions, row {number}: decided_on is not a date written YYYY-MM-DD")


def _read(file: Path, needed: Iterable[str]) -> list[Row]:
    """The rows of a sheet as a spreadsheet saves it: with a mark at its start or without, by comma or semicolon."""
    with file.open(encoding="utf-8-sig", newline="") as opened:
        first = opened.readline()
        opened.seek(0)
        reader = csv.DictReader(opened, delimiter=";" if first.count(";") > first.count(",") else ",")
        missing = [name for name in needed if name not in (reader.fieldnames or [])]
        if missing:
            raise IrfError(f"the file {file.name} lacks the columns {', '.join(missing)}")
        rows = [{name: _unsafe((value or "").strip()) for name, value in row.items() if name} for row in reader]
    for row in rows:
        for name in row:
            if name.endswith("chi_number") and row[name].isdigit():
                row[name] = row[name].zfill(chi.LENGTH)
    return rows


def _as_csv(names: list[str], rows: list[Row]) -> str:
    text = io.StringIO()
    writer = csv.DictWriter(text, names, restval="", lineterminator="\n")
    writer.writeheader()
    writer.writerows({name: _safe(row.get(name, "")) for name in names} for row in rows)
    return text.getvalue()


def _safe(value: str) -> str:
    """A spreadsheet would run a text that begins like a formula; an apostrophe before it stops that."""
    return "'" + value if value.startswith(_FORMULA_STARTS) else value


def _unsafe(value: str) -> str:
    return value[1:] if value.startswith("'") and value[1:].startswith(_FORMULA_STARTS) else value


def _write_private(path: Path, text: str) -> None:
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    path.parent.chmod(0o700)
    draft = path.with_name(f".{path.name}.{os.getpid()}")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    os.replace(draft, path)
