"""The published releases: which there are, and one of them in DuckDB.

Belongs here: versions and their order, showing a release's tables, shutting off everything else. Does not belong here: making
a release (`pipelines/release/`), what is asked of it.
"""

import re
from pathlib import Path

import duckdb

from pipelines.engine.errors import IrfError
from pipelines.engine.files import read_note
from pipelines.engine.sql import literal, parquet_rows
from pipelines.engine.view import View
from schemas.published import PUBLISHED
from schemas.table import arrow_schema, duckdb_columns

VERSION = re.compile(r"\d{4}\.\d{2}\.\d+")


def named_as(release: Path) -> list[str]:
    """The versions that the name of a release's folder says: none of a copy that is named otherwise, up to two of a link."""
    return [name for name in dict.fromkeys((release.name, release.resolve().name)) if VERSION.fullmatch(name)]


def releases(folder: Path) -> list[str]:
    """The published versions, oldest first."""
    found = [p.name for p in folder.iterdir() if p.is_dir() and VERSION.fullmatch(p.name)] if folder.is_dir() else []
    return sorted(found, key=_order)


def _order(version: str) -> tuple[int, ...]:
    """Versions in the order of their periods, then of their making."""
    return tuple(int(part) for part in version.split("."))


def period_of(version: str) -> str:
    """The period (YYYY-MM) of a version."""
    return version.rpartition(".")[0].replace(".", "-")


def latest(folder: Path) -> str | None:
    """The version that `latest.json` points to, if any; where it cannot be read, the one that it should point to."""
    pointer, published = read_note(folder / "latest.json"), releases(folder)
    version = str(pointer.get("version")) if isinstance(pointer, dict) else ""
    return version if version in published else published[-1] if published else None


def latest_of(folder: Path, period: str) -> str | None:
    """The newest version of a period (YYYY-MM), if any."""
    of_period = [version for version in releases(folder) if version.startswith(period.replace("-", ".") + ".")]
    return of_period[-1] if of_period else None


def report_page(reports: Path, version: str) -> Path:
    """The page that the report of a release begins with."""
    return reports / version / "index.html"


def before(folder: Path, version: str) -> str | None:
    """The release that comes before a version: of its own period the one made last, else the last of an earlier period."""
    earlier = [v for v in releases(folder) if _order(v) < _order(version)]
    return earlier[-1] if earlier else None


def show_release(connection: duckdb.DuckDBPyConnection, release: Path, schema: str = "main") -> None:
    """Show each table of a release as `<schema>.<table>`; one that the release lacks is empty."""
    connection.execute(f"CREATE SCHEMA IF NOT EXISTS {schema}")
    for name, model in PUBLISHED.items():
        # Each file by its name: a pattern would take signs in the names of folders for its own.
        files = sorted((release / name).rglob("*.parquet"))
        if files:
            connection.execute(f"CREATE VIEW {schema}.{name} AS SELECT * FROM {_rows(files, release / name)}")
        else:
            connection.execute(f"CREATE TABLE {schema}.{name} ({duckdb_columns(model)})")


def _rows(files: list[Path], table: Path) -> str:
    """The SQL of a table's rows. An old release has a folder for each year, and the year in the folder's name alone."""
    if all(file.parent == table for file in files):
        return parquet_rows(*files)
    listed = ", ".join(literal(str(file)) for file in files)
    return f"read_parquet([{listed}], hive_partitioning = true, hive_types_autocast = false)"


def views_of(release: Path) -> list[View]:
    """The tables of a release that this software has made, as `release.<table>`."""
    return [
        View("release", name, sorted((release / name).rglob("*.parquet")), arrow_schema(model))
        for name, model in PUBLISHED.items()
    ]


def check_only_reads(sql: str) -> None:
    """Raise IrfError for SQL that does anything but read: what may be read could be written over by it."""
    kinds = duckdb.StatementType
    if any(statement.type not in (kinds.SELECT, kinds.EXPLAIN) for statement in duckdb.extract_statements(sql)):
        raise IrfError("query: a release is only read: give a SELECT")
