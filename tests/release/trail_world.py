"""What the tests of the trail share: a release and its files, asked in this process."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import duckdb

from pipelines.release.trail.fate import RowFate, fate_of_row
from pipelines.release.trail.known import Known, ask, known_of, opened
from pipelines.release.trail.named import Named, submissions_of
from pipelines.release.trail.rules_met import Met, rules_met
from pipelines.release.trail.trace import Traced, trace
from pipelines.warehouse.releases import latest
from pipelines.warehouse.root import DataRoot


@dataclass(frozen=True)
class Trail:
    """A release that is open."""

    known: Known
    connection: duckdb.DuckDBPyConnection
    files: list[Named]

    def file(self, name: str) -> Named:
        return next(file for file in self.files if file.file == name)

    def fate(self, name: str, row: int) -> RowFate:
        return fate_of_row(self.connection, self.known, self.files, self.file(name), row)

    def trace(self, line_id: str) -> Traced:
        return trace(self.connection, self.known, self.files, line_id)

    def met(self, line_id: str) -> Met | None:
        return rules_met(self.connection, self.known, self.trace(line_id).source)


@contextmanager
def trail(root: Path, version: str | None = None) -> Iterator[Trail]:
    releases = root / "releases"
    known = known_of(DataRoot(root), releases / str(version or latest(releases)))
    with opened(known) as connection:
        yield Trail(known, connection, submissions_of(known, ask(connection, "submission")))
