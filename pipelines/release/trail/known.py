"""What is known of a release: its own files and, where it is still there, the work that it was made of.

Belongs here: whether that work is the release's, showing both in a database. Does not belong here: any question asked of them.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb
import pyarrow.parquet as pq

from pipelines.engine import machine
from pipelines.engine.database import TABLE_MACROS, open_apart
from pipelines.engine.errors import IrfError
from pipelines.engine.sql import read_sql
from pipelines.ingest.intake import Intake
from pipelines.ingest.staging import Submission
from pipelines.warehouse.releases import show_release
from pipelines.warehouse.root import DataRoot
from pipelines.warehouse.tables import SUBMITTED, Tables, feed_schema
from pipelines.warehouse.work import Work

Row = dict[str, Any]


@dataclass(frozen=True)
class Inside:
    """The work that a release was made of: what was taken in, and the tables made of it."""

    intake: Intake
    tables: Tables


@dataclass(frozen=True)
class Known:
    """A release, and the work it was made of; `inside` is None where that is gone."""

    root: DataRoot
    release: Path
    manifest: Mapping[str, Any]
    inside: Inside | None

    @property
    def version(self) -> str:
        return str(self.manifest.get("version", self.release.name))

    @property
    def limits(self) -> str | None:
        """What of an answer the release alone cannot say, and what to do; None where its work is there."""
        if self.inside is not None:
            return None
        period = self.manifest["period"]
        return (
            f"from {self.version} alone: the work it was made of is gone or of other software, so single rows, rules, unit costs and "
            f"reasons of links are not known; irf refresh --period {period} makes that again where the inputs are the same"
        )


def known_of(root: DataRoot, release: Path) -> Known:
    """What is known of a release below a data root. Raises IrfError where its manifest cannot be read."""
    try:
        manifest = json.loads((release / "manifest.json").read_text("utf-8"))
    except (OSError, ValueError):
        raise IrfError(f"{release}/manifest.json cannot be read; run irf verify {release.name}") from None
    return Known(root, release, manifest, _inside(root, manifest))


def _inside(root: DataRoot, manifest: Mapping[str, Any]) -> Inside | None:
    """The work of the release's period, where it is that of the release, every file of it is there and this software can read it."""
    work = Work(root, str(manifest["period"]))
    intake = work.find(Intake)
    if intake is None or intake.made_of != manifest.get("made_of"):
        return None
    submitted: dict[str, list[str]] = {}
    for submission in intake.counting:
        submitted.setdefault(submission.landed.feed, []).append(submission.file)
        if not all(file.exists() for file in records_of(root, submission)):
            return None
    if (first := next((s for s in intake.counting), None)) is not None and not _has_our_columns(root, first):
        return None
    return Inside(intake, Tables(work, intake.made_of, submitted, machine.threads(), machine.memory_limit()))


def _has_our_columns(root: DataRoot, submission: Submission) -> bool:
    """Whether the records of a submission were validated by software that keeps of each what this one asks for."""
    declared = feed_schema(submission.landed.feed).names
    return all(pq.read_schema(file).names == declared for file in records_of(root, submission))


def records_of(root: DataRoot, submission: Submission) -> list[Path]:
    """Where the accepted and the quarantined records of a submission are; nowhere of one that was refused."""
    return [root.folder(layer) / submission.landed.feed / submission.file for layer in SUBMITTED] if submission.file else []


@contextmanager
def opened(known: Known) -> Iterator[duckdb.DuckDBPyConnection]:
    """DuckDB with the tables of the release as `release.<table>`. It may read what is known, and nothing else."""
    with open_apart(known.root.path if known.inside else known.release, macros=TABLE_MACROS) as connection:
        show_release(connection, known.release, "release")
        yield connection


def ask(connection: duckdb.DuckDBPyConnection, name: str, **values: object) -> list[Row]:
    """The rows of `sql/trail/<name>.sql`."""
    found = connection.execute(read_sql("trail", name), values)
    names = [column[0] for column in found.description or ()]
    return [dict(zip(names, row, strict=True)) for row in found.fetchall()]


def show_inside(connection: duckdb.DuckDBPyConnection, inside: Inside, tables: Sequence[str]) -> None:
    """Show tables of the work, each as `core/record`, that are not shown yet."""
    shown = {
        f"{layer}/{name}"
        for layer, name in connection.execute("SELECT table_schema, table_name FROM information_schema.tables").fetchall()
    }
    inside.tables.show(connection, [(t.split("/")[0], t.split("/")[1]) for t in tables if t not in shown])
