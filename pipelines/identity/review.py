"""The review of uncertain links: out to a reviewer on a sheet, and back in as decisions.

Belongs here: what goes on the sheet, and what a sheet that is filled in decides. Does not belong here: the form of the sheet
(`review_sheet.py`), the file of decisions (`decisions.py`), which links are uncertain (`linking/decide.py`).
An error never quotes a value. It names the row, by the number that a spreadsheet shows, and the column.

A row that goes out has a key, made with the pseudonym key from the client and the person it is about. A row that comes back and
does not fit its key is about somebody else: a spreadsheet took zeros from an identifier, or sorted columns without the others.
"""

import datetime
import io
from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path

import duckdb
import pyarrow as pa

from pipelines.engine.errors import IrfError, listed
from pipelines.engine.sql import read_sql
from pipelines.identity.decisions import NAMES, Client, add_decisions, faults_of_answer, row_key
from pipelines.identity.review_sheet import DIFFERENT, PERSONS, ROW_KEY, SAME, Row, day, read_sheet, write_private, write_sheet

PENDING_FILE = "pending.xlsx"
_SHEET = "the review sheet"


@dataclass(frozen=True)
class Imported:
    """What a sheet brought.

    decisions: how many were not in the file yet.
    undecided: clients of whom some of the persons are marked different, but not all, and none is marked the same.
    """

    decisions: int
    undecided: int


def review_sheet(connection: duckdb.DuckDBPyConnection, review_from: float) -> pa.Table:
    """Every uncertain client beside each candidate, the easiest first, from the tables that `make_links` made."""
    sheet: pa.Table = connection.sql(read_sql("identity", "review"), params={"review_from": review_from}).to_arrow_table()
    return sheet


def export_review(sheet: pa.Table, path: Path, key: bytes) -> int:
    """Write the sheet with empty columns for the decisions to `path` (review/pending.xlsx); say how many clients it has.

    key: the pseudonym key.
    """
    rows = sheet.to_pylist()
    texts = [{name: "" if value is None else str(value) for name, value in row.items()} for row in rows]
    keys = pa.array([key_of_offer(row, key) for row in texts], pa.string())
    workbook = io.BytesIO()
    write_sheet(sheet.append_column(ROW_KEY, keys), workbook)
    write_private(path, workbook.getvalue())
    return len({(row["agency"], row["social_care_id"]) for row in rows})


def import_review(file: Path, decisions: Path, key: bytes, register: Collection[str], today: datetime.date) -> Imported:
    """Add the decisions filled in on a review sheet to the decisions file.

    register: the CHI numbers that a client may be. A sheet is taken whole or not at all. Raises IrfError naming row and column
    where a row is not sound, or two rows contradict each other.
    """
    sheet = read_sheet(file, _SHEET)
    problems = [
        f"row {at}: {why}"
        for at, row in sheet.items()
        if row["decision"]
        for why in _faults_of_offer(row, key, register, today)
    ]
    if problems:
        raise IrfError(f"{_SHEET}: {listed(problems)}")
    found = [_decided(rows) for rows in _by_client(sheet).values()]
    decided = [decision for decision in found if decision]
    new = add_decisions(decisions, decided, key, today)
    return Imported(new, sum(decision is None for decision in found))


def _by_client(sheet: dict[int, Row]) -> dict[Client, dict[int, Row]]:
    """The rows of each client of whom any is marked."""
    found: dict[Client, dict[int, Row]] = {}
    for at, row in sheet.items():
        found.setdefault((row["agency"], row["social_care_id"]), {})[at] = row
    return {client: rows for client, rows in found.items() if any(row["decision"] for row in rows.values())}


def _decided(rows: dict[int, Row]) -> Row | None:
    """The decision on a client: the person marked `same`, or nobody where every person it was shown beside is marked `different`."""
    marked: dict[str, dict[str, int]] = {SAME: {}, DIFFERENT: {}}
    for at, row in rows.items():
        if row["decision"]:
            marked[row["decision"].lower()].setdefault(row["candidate_chi_number"], at)
    same, different = marked[SAME], marked[DIFFERENT]
    if len(same) > 1:
        raise IrfError(f"{_SHEET}, row {list(same.values())[1]}: a second person is marked {SAME} for this client")
    both = same.keys() & different.keys()
    if both:
        raise IrfError(f"{_SHEET}, row {different[min(both)]}: this person is marked {SAME} and {DIFFERENT}")
    for number, at in same.items():
        return _decision(rows[at], number)
    first = rows[min(different.values())]
    return _decision(first, "") if len(different) >= int(first[PERSONS]) else None


def _decision(row: Row, number: str) -> Row:
    given = {"chi_number": number, "decided_on": str(day(row["decided_on"]))}
    return {name: given.get(name, row.get(name, "")) for name in NAMES}


def _faults_of_offer(row: Row, key: bytes, register: Collection[str], today: datetime.date) -> list[str]:
    """What is wrong with a marked row of the sheet, each in words that name the column."""
    faults = faults_of_answer(row, today)
    if row[ROW_KEY] != key_of_offer(row, key):
        faults.append(
            "social_care_id, candidate_chi_number, persons or row_key is not as irf review export wrote it (zeros taken away, "
            "columns sorted without the others, a row of your own?): put it back, or fill in a new export"
        )
    if row["decision"].lower() not in (SAME, DIFFERENT):
        faults.append(f"decision is neither {SAME} nor {DIFFERENT}")
    elif row["decision"].lower() == SAME and row["candidate_chi_number"] not in register:
        faults.append("candidate_chi_number is not in the register now; leave its decision empty")
    return faults


def key_of_offer(row: Row, key: bytes) -> str:
    """The key of a row of the sheet, from the client, the person, and how many persons the client is shown beside."""
    return row_key(key, "offer", row["agency"], row["social_care_id"], row["candidate_chi_number"], row[PERSONS])
