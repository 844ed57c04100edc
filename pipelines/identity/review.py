"""What people decide of uncertain links: out on a sheet, and back in as decisions that override the model.

Belongs here: the files of the review folder and the rules of a sound decision. Does not belong here: the form of the sheet
(`review_sheet.py`), which links are uncertain, what a decision does (`link.py`).
No error names a value of a row: only the row's number, as a spreadsheet shows it, and the column.

Every row that goes out has a key, made with the pseudonym key of whom it is about. A row that comes back and does not fit its
key is about somebody else now: a spreadsheet took zeros from an identifier, or columns were sorted without the others.
"""

import base64
import datetime
import hmac
import io
from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path

import duckdb
import pyarrow as pa

from pipelines.engine.errors import IrfError, listed
from pipelines.engine.sql import read_sql
from pipelines.identity.review_sheet import (
    DIFFERENT,
    PERSONS,
    ROW_KEY,
    SAME,
    Row,
    as_csv,
    day,
    read_sheet,
    write_private,
    write_sheet,
)
from schemas import chi

PENDING_FILE = "pending.xlsx"
_SHEET, _DECISIONS = "the review sheet", "review/decisions.csv"
_DECISION_FIELDS: list[tuple[str, pa.DataType]] = [
    ("agency", pa.string()),
    ("social_care_id", pa.string()),
    ("chi_number", pa.string()),
    ("decided_by", pa.string()),
    ("decided_on", pa.date32()),
    ("reason", pa.string()),
]
ROW = "row"
DECISIONS = pa.schema([*_DECISION_FIELDS, pa.field(ROW, pa.int64())])
"""Decisions as linking reads them: `row` is the row of the file; of two decisions of one day the lower one counts."""
_NAMES = [name for name, _ in _DECISION_FIELDS]
_REQUIRED = ("agency", "social_care_id", "decided_by", "decided_on")
_KEY_BYTES = 10

Client = tuple[str, str]
"""agency, social_care_id"""


@dataclass(frozen=True)
class Imported:
    """What a sheet brought. undecided: clients of whom some persons, but not all, are marked, and none of them as the same."""

    decisions: int
    undecided: int


def review_sheet(connection: duckdb.DuckDBPyConnection, review_from: float) -> pa.Table:
    """Every uncertain client beside each person it may be, easiest first, from the tables `link.judge` made."""
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

    register: the CHI numbers that a client may be. All or nothing: raises IrfError naming row and column of what is not sound,
    and where two rows contradict.
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
    before = [{name: row[name] for name in _NAMES} for row in _read_decisions(decisions, key, today).values()]
    new = [row for row in decided if row not in before]
    rows = [row | {ROW_KEY: key_of_decision(row, key)} for row in (*before, *new)]
    write_private(decisions, as_csv([*_NAMES, ROW_KEY], rows).encode())
    return Imported(len(new), sum(decision is None for decision in found))


def read_decisions(path: Path, key: bytes, today: datetime.date, clients: Collection[Client]) -> pa.Table:
    """The decisions people made, blank CHI as NULL (no link); no file, no decisions.

    clients: everybody that a clients file knows. Raises IrfError naming row and column of what is not sound, a date after
    `today` too, and an identifier without a key that is a client's only with leading zeros.
    """
    decisions = _read_decisions(path, key, today)
    with_zeros = {(agency, number.lstrip("0")) for agency, number in clients if number.startswith("0")} - set(clients)
    problems = [
        f"row {at}: social_care_id is no client of this agency, but is one with leading zeros; put them back"
        for at, row in decisions.items()
        if not row[ROW_KEY] and (row["agency"], row["social_care_id"]) in with_zeros
    ]
    if problems:
        raise IrfError(f"{_DECISIONS}: {listed(problems)}")
    rows = [
        {name: row[name] or None for name in _NAMES} | {"decided_on": day(row["decided_on"]), ROW: at}
        for at, row in decisions.items()
    ]
    return pa.Table.from_pylist(rows, schema=DECISIONS)


def _read_decisions(path: Path, key: bytes, today: datetime.date) -> dict[int, Row]:
    rows = read_sheet(path, _DECISIONS, _NAMES, [ROW_KEY]) if path.exists() else {}
    problems = [f"row {at}: {why}" for at, row in rows.items() for why in _faults_of_decision(row, key, today)]
    if problems:
        raise IrfError(f"{_DECISIONS}: {listed(problems)}")
    return {at: row | {"decided_on": str(day(row["decided_on"]))} for at, row in rows.items()}


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
    return {name: given.get(name, row.get(name, "")) for name in _NAMES}


def _faults_of_offer(row: Row, key: bytes, register: Collection[str], today: datetime.date) -> list[str]:
    """What is wrong with a marked row of the sheet, each in words that name the column."""
    faults = _faults(row, today)
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


def _faults_of_decision(row: Row, key: bytes, today: datetime.date) -> list[str]:
    """What is wrong with a row of the decisions; one without a key was written by hand."""
    faults = _faults(row, today)
    if row[ROW_KEY] and row[ROW_KEY] != key_of_decision(row, key):
        faults.append(
            "agency, social_care_id or chi_number is not as irf review import wrote it (did a spreadsheet take zeros away?): "
            "put it back, or empty row_key if it was changed on purpose"
        )
    if row["chi_number"] and not (len(row["chi_number"]) == chi.LENGTH and row["chi_number"].isdigit()):
        faults.append(f"chi_number has not {chi.LENGTH} digits")
    return faults


def _faults(row: Row, today: datetime.date) -> list[str]:
    faults = [f"{name} is blank" for name in _REQUIRED if not row[name]]
    decided_on = day(row["decided_on"])
    if row["decided_on"] and decided_on is None:
        faults.append("decided_on is not a date written 2025-06-03 or 03/06/2025")
    if decided_on and decided_on > today:
        faults.append(f"decided_on is {decided_on}, after today ({today})")
    return faults


def key_of_offer(row: Row, key: bytes) -> str:
    """The key of a row of the sheet: of whom it is about, and how many persons its client is shown beside."""
    return _row_key(key, "offer", row["agency"], row["social_care_id"], row["candidate_chi_number"], row[PERSONS])


def key_of_decision(row: Row, key: bytes) -> str:
    """The key of a row of the decisions: of whom it is about, and who that is."""
    return _row_key(key, "decision", row["agency"], row["social_care_id"], row["chi_number"])


def _row_key(key: bytes, *texts: str) -> str:
    """Letters first, so that no spreadsheet takes it for a number."""
    digest = hmac.digest(key, "\x1f".join(("review", *texts)).encode(), "sha256")
    return "k" + base64.b32encode(digest[:_KEY_BYTES]).decode().lower()
