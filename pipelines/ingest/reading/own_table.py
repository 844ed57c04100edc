"""A CSV table that our own office keeps (a reference table, the decisions, a review sheet), as a spreadsheet saves it.

Belongs here: from such a file to its named columns as text, with the rows' numbers. Does not belong here: encodings and
separators (`csv.py`), what a table means, submissions (`read.py`).
"""

from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc

from pipelines.engine.errors import IrfError
from pipelines.ingest.reading.csv import SEPARATORS, open_csv
from pipelines.ingest.reading.header import Sought, normal_header
from pipelines.ingest.reading.opened import ROW, ROW_TEXT
from pipelines.ingest.reading.read import refusing
from pipelines.ingest.reading.refused import Refused


@dataclass(frozen=True)
class OwnTable:
    """The columns that were asked for and are there, as text without the blanks around it, and each row's place.

    rows: the number of each row as a spreadsheet shows it. misfits: the rows whose fields do not fit the header.
    """

    columns: pa.Table
    rows: list[int]
    misfits: list[int]


def read_own_table(path: Path, names: Collection[str], what: str) -> OwnTable:
    """Read the columns of these names, in whatever case the header has them. A row without a value in any is no row.

    what: how an error names the file. Raises IrfError where it is no CSV file, or has a column twice.
    """
    declared = {normal_header(name): name for name in names}
    try:
        with refusing():
            opened = open_csv(path, Sought(set(declared), lambda header: bool(declared)))
            header = [normal_header(h) for h in opened.header]
            twice = sorted(declared[h] for h in set(header) & set(declared) if header.count(h) > 1)
            places = {declared[h]: place for place, h in enumerate(header) if h in declared}
            batches = list(opened.records(places)) if places and not twice else []
    except Refused as refused:
        raise IrfError(f"{what}: {refused}") from None
    if twice:
        raise IrfError(f"{what}: column comes more than once: {', '.join(twice)}")
    schema = pa.schema([*((name, pa.string()) for name in places), (ROW, pa.int64()), (ROW_TEXT, pa.string())])
    table = pa.concat_tables(batches).cast(schema) if batches else schema.empty_table()
    for name in places:
        text = pc.utf8_trim_whitespace(table[name])
        table = table.set_column(table.column_names.index(name), name, pc.if_else(pc.equal(text, ""), None, text))
    return _without_blank_rows(table, list(places))


def _without_blank_rows(table: pa.Table, names: list[str]) -> OwnTable:
    said = pc.utf8_trim(table[ROW_TEXT], f'{SEPARATORS}" \t\r\n')
    is_misfit = pc.fill_null(pc.not_equal(said, ""), False)
    is_filled = is_misfit
    for name in names:
        is_filled = pc.or_(is_filled, pc.is_valid(table[name]))
    kept = table.filter(pc.and_(is_filled, pc.invert(is_misfit)))
    return OwnTable(kept.select(names), _numbers(kept), _numbers(table.filter(is_misfit)))


def _numbers(table: pa.Table) -> list[int]:
    return [int(row) for row in table[ROW].to_pylist()]
