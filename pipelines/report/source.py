"""What the pages are made from: a release in DuckDB, its manifest, what people signed, the outlines of localities.

Belongs here: reading. Does not belong here: what the pages say of it.
"""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb

from pipelines.engine.database import TABLE_MACROS, open_apart
from pipelines.engine.sql import read_sql
from pipelines.report.boundaries import NO_BOUNDARIES, Boundaries
from pipelines.report.said_of import Said
from pipelines.warehouse.releases import show_release

Rows = list[dict[str, Any]]


@dataclass(frozen=True)
class Source:
    """A release and what is known of it. expectations: Great Expectations' answers, by table."""

    connection: duckdb.DuckDBPyConnection
    manifest: dict[str, Any]
    changes: str
    expectations: list[dict[str, Any]]
    said: Said
    boundaries: Boundaries = NO_BOUNDARIES

    def rows(self, name: str) -> Rows:
        """The rows of `sql/report/<name>.sql`."""
        result = self.connection.execute(read_sql("report", name))
        columns = [column[0] for column in result.description or ()]
        return [dict(zip(columns, row, strict=True)) for row in result.fetchall()]

    @property
    def version(self) -> str:
        """The version of the release."""
        return str(self.manifest["version"])

    @property
    def warnings(self) -> list[dict[str, Any]]:
        """The checks of the gate that failed and refused nothing."""
        return [check for check in self.manifest["gate"] if not check["passed"]]

    def names(self) -> dict[str, str]:
        """The name of every agency's council and of every code of a council that the partners have, by code."""
        return {row["code"]: row["name"] for row in self.rows("council")}


@contextmanager
def opened_source(
    release: Path, expectations: list[dict[str, Any]], said: Said, boundaries: Boundaries = NO_BOUNDARIES
) -> Iterator[Source]:
    """A release to make pages from."""
    manifest = json.loads((release / "manifest.json").read_text("utf-8"))
    changes = (release / "CHANGES.md").read_text("utf-8")
    with open_apart(release, macros=TABLE_MACROS) as connection:
        show_release(connection, release, "release")
        yield Source(connection, manifest, changes, expectations, said, boundaries)


def total(rows: Rows, column: str) -> Decimal:
    """The sum of a column of money; what is not known adds nothing."""
    return sum((row[column] for row in rows if row[column] is not None), Decimal("0.00"))
