"""Two releases side by side: where they differ, line by line and code by code, and of which kind each change is.

Belongs here: the comparison that CHANGES.md and `irf diff` rest on. Does not belong here: what either says of it (`changes.py`,
`pipelines/release/trail/diff.py`).
"""

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb

from pipelines.engine.database import open_apart
from pipelines.engine.sql import parquet_rows, read_sql
from pipelines.warehouse.releases import show_release

Manifest = Mapping[str, Any]
LINES = "cost_line"


def manifest_of(release: Path) -> dict:
    """The manifest of a release."""
    body: dict = json.loads((release / "manifest.json").read_text("utf-8"))
    return body


@dataclass(frozen=True)
class Side:
    """A release, or one that is being built, with what its manifest says or will say."""

    folder: Path
    manifest: Manifest


@contextmanager
def compared(before: Side, now: Side) -> Iterator[duckdb.DuckDBPyConnection]:
    """DuckDB with tables of both releases as `before.<table>` and `now.<table>`, and with `compared_cell`, `changed_line`, `changed_ledger`.

    A table that a release lacks is empty there, and of `cost_line` the files that are the same in both are left out.
    """
    with open_apart(before.folder, now.folder) as connection:
        for schema, side, other in (("before", before, now), ("now", now, before)):
            show_release(connection, side.folder, schema)
            _leave_out_equal_lines(connection, schema, side, other)
        _classify(connection, before.manifest, now.manifest)
        yield connection


def _leave_out_equal_lines(connection: duckdb.DuckDBPyConnection, schema: str, side: Side, other: Side) -> None:
    """Show the lines of the years alone whose files differ: a year is millions of lines, and most never change again."""
    files = sorted((side.folder / LINES).glob("*.parquet"))
    told, others = (s.manifest.get("tables", {}) for s in (side, other))
    left = [f for f in files if told.get(f"{LINES}/{f.name}", f.name) != others.get(f"{LINES}/{f.name}")]
    if left and len(left) < len(files):
        connection.execute(f"CREATE OR REPLACE VIEW {schema}.{LINES} AS SELECT * FROM {parquet_rows(*left)}")
    elif files and not left:
        connection.execute(f"CREATE OR REPLACE VIEW {schema}.{LINES} AS SELECT * FROM {parquet_rows(*files)} LIMIT 0")


def _classify(connection: duckdb.DuckDBPyConnection, before: Manifest, now: Manifest) -> None:
    """Make the tables of differences. Under another key every line has another id: no line is compared then."""
    prices = before["reference"].get("unit_costs.csv") != now["reference"].get("unit_costs.csv")
    connection.execute(f"CREATE TABLE compared_cell AS {read_sql('trail', 'compared_cell')}")
    connection.execute(f"CREATE TABLE changed_line AS {read_sql('trail', 'changed_line')}", {"prices": prices})
    if before["key_check"] != now["key_check"]:
        connection.execute("DELETE FROM changed_line")
    connection.execute(f"CREATE TABLE changed_ledger AS {read_sql('trail', 'changed_ledger')}")
