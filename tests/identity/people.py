"""Invented people, and how the tests of identity link them.

Belongs here: people of the register, clients, decisions, and linking a few of them. Does not belong here: any test.
"""

import atexit
import datetime
import functools
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from typing import Any

import duckdb
import pyarrow as pa

from pipelines.identity import review
from pipelines.identity.decisions import DECISIONS
from pipelines.identity.linking import decide
from pipelines.identity.linking.database import database

Row = dict[str, Any]
KEY = bytes(range(32))
DAY = datetime.date
IN_APRIL = DAY(2026, 4, 2)
PERSON: list[tuple[str, pa.DataType]] = [
    ("forename", pa.string()),
    ("surname", pa.string()),
    ("date_of_birth", pa.date32()),
    ("sex", pa.string()),
    ("postcode", pa.string()),
]
REGISTER = pa.schema([("chi_number", pa.string()), ("previous_chi_number", pa.string()), *PERSON])
_CLIENT: list[tuple[str, pa.DataType]] = [
    ("agency", pa.string()),
    ("social_care_id", pa.string()),
    ("chi_number", pa.string()),
    ("chi_is_valid", pa.bool_()),
    *PERSON,
]
CLIENTS = pa.schema(_CLIENT)
AGNES = {
    "forename": "Agnes",
    "surname": "Lindsay",
    "date_of_birth": DAY(1940, 3, 12),
    "sex": "2",
    "postcode": "DD1 4AB",
}
ROBERT = {"forename": "Robert", "surname": "Gow", "date_of_birth": DAY(1951, 7, 30), "sex": "1", "postcode": "PH2 8TT"}
AGNES_CHI, ROBERT_CHI, NEWER_CHI, NEWEST_CHI, UNKNOWN_CHI = (
    "1203400021",
    "3007510011",
    "1203400102",
    "1203400203",
    "1203409999",
)
A_REGISTER: list[Row] = [{"chi_number": AGNES_CHI, **AGNES}, {"chi_number": ROBERT_CHI, **ROBERT}]


def table(rows: list[Row], schema: pa.Schema) -> pa.Table:
    return pa.Table.from_pylist(rows, schema=schema)


def client(number: str | None, person: Row, **changes: Any) -> Row:
    keys = {"agency": "angus", "social_care_id": "A1", "chi_number": number, "chi_is_valid": number is not None}
    return {**keys, **person, **changes}


def decision(number: str | None, agency: str = "angus", decided_on: DAY = IN_APRIL) -> Row:
    return {
        "agency": agency,
        "social_care_id": "A1",
        "chi_number": number,
        "decided_by": "jm",
        "decided_on": decided_on,
    }


_open_until_exit = ExitStack()
atexit.register(_open_until_exit.close)


@functools.cache
def _opened(threads: int | None) -> duckdb.DuckDBPyConnection:
    return _open_until_exit.enter_context(database(threads=threads))


@contextmanager
def _database(threads: int | None) -> Iterator[duckdb.DuckDBPyConnection]:
    """A database as the step opens it. Its macros are made once for all tests, for they take long; what is in it is gone at the end."""
    connection = _opened(threads)
    try:
        yield connection
    finally:
        left = connection.execute(
            "SELECT 'VIEW', view_name FROM duckdb_views() WHERE NOT internal AND NOT temporary"
            " UNION ALL SELECT 'TABLE', table_name FROM duckdb_tables() WHERE NOT temporary"
        )
        for kind, name in left.fetchall():
            connection.execute(f'DROP {kind} "{name}"')


def links_of(
    register: pa.Table,
    clients: pa.Table,
    decisions: pa.Table | None = None,
    every_client_row: pa.Table | None = None,
    threads: int | None = None,
) -> pa.Table:
    """The links of clients."""
    with _database(threads) as connection:
        decided = DECISIONS.empty_table() if decisions is None else decisions
        return decide.link_clients(connection, register, clients, decided, every_client_row)


def linked(
    clients: list[Row],
    register: list[Row] | None = None,
    decisions: list[Row] | None = None,
    every_client_row: list[Row] | None = None,
) -> list[Row]:
    people_known = table(A_REGISTER if register is None else register, REGISTER)
    rows: list[Row] = links_of(
        people_known,
        table(clients, CLIENTS),
        table(decisions or [], DECISIONS),
        every_client_row=_client_rows(every_client_row),
    ).to_pylist()
    return rows


def linked_one(
    clients: Row | list[Row],
    register: list[Row] | None = None,
    decisions: list[Row] | None = None,
    every_client_row: list[Row] | None = None,
) -> Row:
    rows = linked(clients if isinstance(clients, list) else [clients], register, decisions, every_client_row)
    assert len(rows) == 1
    return rows[0]


def sheet_of(rows: list[Row], register: list[Row] | None = None, every_client_row: list[Row] | None = None) -> pa.Table:
    with _database(1) as connection:
        known = table(A_REGISTER if register is None else register, REGISTER)
        decide.link_clients(connection, known, table(rows, CLIENTS), table([], DECISIONS), _client_rows(every_client_row))
        return review.review_sheet(connection, decide.REVIEW_FROM)


def _client_rows(rows: list[Row] | None) -> pa.Table:
    return table(rows or [], CLIENTS).select(decide.CLIENT_ROWS.names)
