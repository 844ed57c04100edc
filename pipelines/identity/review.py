"""What people decide of uncertain links: out on a sheet, and back in as decisions that override the model.

Belongs here: the files of the review folder and the rules of a sound decision. Does not belong here: the form of the sheet
(`review_sheet.py`), which links are uncertain, what a decision does (`link.py`).
No error names a value of a row: only the row's number and the column.
"""

import datetime
import io
from dataclasses import dataclass
from pathlib import Path

import duckdb
import pyarrow as pa

from pipelines.engine.database import read_sql
from pipelines.engine.errors import IrfError
from pipelines.identity.review_sheet import DIFFERENT, SAME, Row, as_csv, day, read_sheet, write_private, write_sheet
from schemas import chi

PENDING_FILE, DECISIONS_FILE = "pending.xlsx", "decisions.csv"
_DECISION_FIELDS: list[tuple[str, pa.DataType]] = [
    ("agency", pa.string()),
    ("social_care_id", pa.string()),
    ("chi_number", pa.string()),
    ("decided_by", pa.string()),
    ("decided_on", pa.date32()),
    ("reason", pa.string()),
]
DECISIONS = pa.schema(_DECISION_FIELDS)
_REQUIRED = ("agency", "social_care_id", "decided_by", "decided_on")


@dataclass(frozen=True)
class Known:
    """Whom a decision may name: the CHI numbers of the register, and the clients (agency, social_care_id)."""

    chi_numbers: set[str]
    clients: set[tuple[str, str]]


def review_sheet(connection: duckdb.DuckDBPyConnection, review_from: float) -> pa.Table:
    """Every uncertain client beside each person it may be, easiest first, from the tables `link.judge` made."""
    sheet: pa.Table = connection.sql(read_sql("identity", "review"), params={"review_from": review_from}).to_arrow_table()
    return sheet


def export_review(sheet: pa.Table, path: Path) -> int:
    """Write the sheet with empty columns for the decisions to `path` (review/pending.xlsx); say how many clients it has."""
    workbook = io.BytesIO()
    write_sheet(sheet, workbook)
    write_private(path, workbook.getvalue())
    return len({(row["agency"], row["social_care_id"]) for row in sheet.to_pylist()})


def import_review(file: Path, decisions: Path, known: Known) -> int:
    """Add the decisions filled in on a review sheet to the decisions file; say how many were new.

    All or nothing: raises IrfError naming row and column where a row is not sound, and where two rows contradict.
    """
    decided = _decided(read_sheet(file), known)
    kept = read_sheet(decisions, DECISIONS.names) if decisions.exists() else []
    before = [{name: row[name] for name in DECISIONS.names} for row in kept]
    new = [row for row in decided if row not in before]
    write_private(decisions, as_csv(DECISIONS.names, [*before, *new]).encode())
    return len(new)


def read_decisions(path: Path) -> pa.Table:
    """The decisions people made, blank CHI as NULL (no link); no file, no decisions."""
    rows = read_sheet(path, DECISIONS.names) if path.exists() else []
    typed = [_typed(row, number) for number, row in enumerate(rows, start=2) if any(row.values())]
    table = pa.Table.from_pylist(typed, schema=DECISIONS)
    repaired = chi.repair_array(table["chi_number"].combine_chunks())
    return table.set_column(DECISIONS.names.index("chi_number"), DECISIONS.field("chi_number"), repaired)


def _decided(rows: list[Row], known: Known) -> list[Row]:
    """One decision a client: the person marked `same`, or nobody where every person is marked `different`."""
    of_client: dict[tuple[str, str], list[tuple[int, Row]]] = {}
    for number, row in enumerate(rows, start=2):
        if any(row.values()):
            of_client.setdefault((row["agency"], row["social_care_id"]), []).append((number, row))
    found = []
    for offered in of_client.values():
        marked = [(number, row) for number, row in offered if row["decision"]]
        for number, row in marked:
            _check(row, number, known)
        same = [(number, row) for number, row in marked if row["decision"].lower() == SAME]
        if len({row["candidate_chi_number"] for _, row in same}) > 1:
            raise IrfError(f"the review sheet, row {same[1][0]}: a second person is marked {SAME} for this client")
        if same:
            found.append(_decision(same[0][1], same[0][1]["candidate_chi_number"]))
        elif marked and len(marked) == len(offered):
            found.append(_decision(marked[0][1], ""))
    return found


def _check(row: Row, number: int, known: Known) -> None:
    if row["decision"].lower() not in (SAME, DIFFERENT):
        raise IrfError(f"the review sheet, row {number}: decision is neither {SAME} nor {DIFFERENT}")
    _typed(row, number)
    if (row["agency"], row["social_care_id"]) not in known.clients:
        raise IrfError(
            f"the review sheet, row {number}: social_care_id is no client of this agency; did a spreadsheet change it? "
            "Fill in the workbook of irf review export"
        )
    if row["decision"].lower() == SAME and row["candidate_chi_number"] not in known.chi_numbers:
        raise IrfError(f"the review sheet, row {number}: candidate_chi_number is not in the register")


def _decision(row: Row, number: str) -> Row:
    decided_on = {"chi_number": number, "decided_on": str(day(row["decided_on"]))}
    return {name: row[name] for name in DECISIONS.names if name not in decided_on} | decided_on


def _typed(row: Row, number: int) -> dict[str, str | datetime.date | None]:
    values: dict[str, str | datetime.date | None] = {name: row.get(name) or None for name in DECISIONS.names}
    for name in _REQUIRED:
        if values[name] is None:
            raise IrfError(f"the decisions, row {number}: {name} is blank")
    values["decided_on"] = day(str(values["decided_on"]))
    if values["decided_on"] is None:
        raise IrfError(f"the decisions, row {number}: decided_on is not a date written YYYY-MM-DD or DD/MM/YYYY")
    return values
