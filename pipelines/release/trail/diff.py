"""What is different between two releases: schema, rows, records by kind of change, ledger codes, services and places, with pounds.

Belongs here: gathering it. Does not belong here: the comparison of lines and codes (`pipelines/release/compared.py`), how it is written
(`diff_written.py`).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import pyarrow.parquet as pq

from pipelines.release.changes import reasons
from pipelines.release.compared import Side, compared, manifest_of
from pipelines.release.trail.known import Row, ask
from schemas.codes import Code
from schemas.published import PUBLISHED


class Kind(Code):
    """Why a line is another one."""

    NEW = "new", "of a month that the earlier release did not have"
    GONE = "gone", "of a month that the later release does not have"
    RESTATED = "restated", "the record says otherwise, came, or went"
    REVALUED = "revalued", "the same units at another unit cost"
    REMAPPED = "remapped", "the same record under another service"
    RELINKED = "relinked", "about another person, or known in another way"
    RESCALED = "rescaled", "the same record with another share of the residual, because of other records or the ledger"
    RESIDUAL = "residual", "of no record: what the ledger has beyond the records"
    MOVED = "moved", "the same record of a person with another home, age or sex"


@dataclass(frozen=True)
class Diff:
    """What is different. Each part is rows that are alike: names and values; an empty one does not differ.

    reasons: what went in that is another. is_same_key: whether lines could be compared; another key gives each another id.
    """

    before: str
    now: str
    is_same_key: bool
    reasons: Sequence[str]
    parts: dict[str, list[Row]]

    @property
    def is_empty(self) -> bool:
        return not any(self.parts.values())


def diff(before: Path, now: Path) -> Diff:
    """What is different between two releases, given by their folders."""
    earlier, later = manifest_of(before), manifest_of(now)
    with compared(Side(before, earlier), Side(now, later)) as connection:
        parts = {
            "schema": _schema(before, now),
            "tables": _tables(before, now),
            "records": [{**row, "what": Kind(row["change_kind"]).meaning} for row in ask(connection, "diff_kind")],
            "codes": ask(connection, "diff_code"),
            "services": ask(connection, "diff_service"),
            "places": ask(connection, "diff_place"),
        }
    return Diff(
        earlier["version"], later["version"], earlier["key_check"] == later["key_check"], reasons(earlier, later), parts
    )


def _schema(before: Path, now: Path) -> list[Row]:
    """The columns that only one of the releases has, or that have another type."""
    found: list[Row] = []
    for table in sorted({*_table_names(before), *_table_names(now)}):
        was, is_now = _columns(before / table), _columns(now / table)
        for column in [*was, *(name for name in is_now if name not in was)]:
            if was.get(column) != is_now.get(column):
                found.append({"table": table, "column": column, "type_before": was.get(column), "type_now": is_now.get(column)})
    return found


def _table_names(release: Path) -> set[str]:
    return {folder.name for folder in release.iterdir() if folder.is_dir()} | set(PUBLISHED)


def _columns(table: Path) -> dict[str, str]:
    files = _files(table)
    return {field.name: str(field.type) for field in pq.read_schema(files[0])} if files else {}


def _tables(before: Path, now: Path) -> list[Row]:
    """The tables that have another number of rows."""
    found: list[Row] = []
    for table in sorted({*_table_names(before), *_table_names(now)}):
        rows = [sum(pq.read_metadata(file).num_rows for file in _files(release / table)) for release in (before, now)]
        if rows[0] != rows[1]:
            found.append({"table": table, "rows_before": rows[0], "rows_now": rows[1]})
    return found


def _files(table: Path) -> list[Path]:
    return sorted(table.rglob("*.parquet"))
