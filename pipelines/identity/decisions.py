"""The decisions of reviewers on uncertain links, as `review/decisions.csv` keeps them.

Belongs here: reading and replacing that file, and what makes one of its rows sound. Does not belong here: the review sheet
(`review.py`), what a decision does to a link (`linking/decide.py`).
An error never quotes a value. It names the row, by the number that a spreadsheet shows, and the column.

A row that was imported has a key, made with the pseudonym key from the client and the person it is about. A row that no longer
fits its key is about somebody else: a spreadsheet took zeros from an identifier, or somebody changed it.
"""

import base64
import datetime
import hmac
from collections.abc import Collection
from pathlib import Path

import pyarrow as pa

from pipelines.engine.errors import IrfError, listed
from pipelines.identity.review_sheet import ROW_KEY, Row, as_csv, day, read_sheet, write_private
from schemas import chi

_FILE = "review/decisions.csv"
_FIELDS: list[tuple[str, pa.DataType]] = [
    ("agency", pa.string()),
    ("social_care_id", pa.string()),
    ("chi_number", pa.string()),
    ("decided_by", pa.string()),
    ("decided_on", pa.date32()),
    ("reason", pa.string()),
]
NAMES = [name for name, _ in _FIELDS]
ROW = "row"
DECISIONS = pa.schema([*_FIELDS, pa.field(ROW, pa.int64())])
"""Decisions as linking reads them. `row` is the row of the file: of two decisions of one day the lower one counts."""
_REQUIRED = ("agency", "social_care_id", "decided_by", "decided_on")
_KEY_BYTES = 10

Client = tuple[str, str]
"""agency, social_care_id"""


def read_decisions(path: Path, key: bytes, today: datetime.date, clients: Collection[Client]) -> pa.Table:
    """The decisions in the file, none where there is no file. A blank CHI is NULL: a decision for no link.

    clients: every client of any clients file. Raises IrfError naming row and column where a row is not sound: where it is dated
    after `today`, say, or has no key and an identifier that is a client's only with leading zeros.
    """
    decisions = _rows(path, key, today)
    with_zeros = {(agency, number.lstrip("0")) for agency, number in clients if number.startswith("0")} - set(clients)
    problems = [
        f"row {at}: social_care_id is no client of this agency, but is one with leading zeros; put them back"
        for at, row in decisions.items()
        if not row[ROW_KEY] and (row["agency"], row["social_care_id"]) in with_zeros
    ]
    if problems:
        raise IrfError(f"{_FILE}: {listed(problems)}")
    rows = [
        {name: row[name] or None for name in NAMES} | {"decided_on": day(row["decided_on"]), ROW: at}
        for at, row in decisions.items()
    ]
    return pa.Table.from_pylist(rows, schema=DECISIONS)


def add_decisions(path: Path, decided: list[Row], key: bytes, today: datetime.date) -> int:
    """Add decisions to the file, each with its key, where they are not there yet. Returns how many are new."""
    before = [{name: row[name] for name in NAMES} for row in _rows(path, key, today).values()]
    new = [row for row in decided if row not in before]
    rows = [row | {ROW_KEY: key_of_decision(row, key)} for row in (*before, *new)]
    write_private(path, as_csv([*NAMES, ROW_KEY], rows).encode())
    return len(new)


def _rows(path: Path, key: bytes, today: datetime.date) -> dict[int, Row]:
    """The rows of the file by number, as text. Raises IrfError where one is not sound."""
    rows = read_sheet(path, _FILE, NAMES, [ROW_KEY]) if path.exists() else {}
    problems = [f"row {at}: {why}" for at, row in rows.items() for why in _faults_of_decision(row, key, today)]
    if problems:
        raise IrfError(f"{_FILE}: {listed(problems)}")
    return {at: row | {"decided_on": str(day(row["decided_on"]))} for at, row in rows.items()}


def _faults_of_decision(row: Row, key: bytes, today: datetime.date) -> list[str]:
    """What is wrong with a row of the file; a row without a key was written by hand."""
    faults = faults_of_answer(row, today)
    if row[ROW_KEY] and row[ROW_KEY] != key_of_decision(row, key):
        faults.append(
            "agency, social_care_id or chi_number is not as irf review import wrote it (did a spreadsheet take zeros away?): "
            "put it back, or empty row_key if it was changed on purpose"
        )
    if row["chi_number"] and not (len(row["chi_number"]) == chi.LENGTH and row["chi_number"].isdigit()):
        faults.append(f"chi_number has not {chi.LENGTH} digits")
    return faults


def faults_of_answer(row: Row, today: datetime.date) -> list[str]:
    """What is wrong with who decided, about whom and when, each in words that name the column."""
    faults = [f"{name} is blank" for name in _REQUIRED if not row[name]]
    decided_on = day(row["decided_on"])
    if row["decided_on"] and decided_on is None:
        faults.append("decided_on is not a date written 2025-06-03 or 03/06/2025")
    if decided_on and decided_on > today:
        faults.append(f"decided_on is {decided_on}, after today ({today})")
    return faults


def key_of_decision(row: Row, key: bytes) -> str:
    """The key of a decision, from the client and the person it names."""
    return row_key(key, "decision", row["agency"], row["social_care_id"], row["chi_number"])


def row_key(key: bytes, *texts: str) -> str:
    """The keyed hash of some texts. It starts with a letter, so that no spreadsheet takes it for a number."""
    digest = hmac.digest(key, "\x1f".join(("review", *texts)).encode(), "sha256")
    return "k" + base64.b32encode(digest[:_KEY_BYTES]).decode().lower()
