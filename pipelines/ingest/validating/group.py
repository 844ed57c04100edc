"""Submissions of one feed that are read in one SELECT: DuckDB takes longer to prepare it than to run it over a small file.

Belongs here: which submissions are read together, the numbers of their records. Does not belong here: the SELECTs (`parse.py`,
`keys.py`, `totals.py`).
"""

import itertools
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import pyarrow.parquet as pq

from pipelines.engine.sql import parquet_rows
from pipelines.ingest.landing import Landed
from pipelines.ingest.validating.corrections import Correction
from schemas.plausible import PLAUSIBLE, Bounds

GROUP_RECORDS = 500_000
"""A group is no larger than this, so that small files together take no more memory than a large one does."""
RECORD = "file_row_number"
"""The number of a record among those of its group."""
NUMBERED = f", {RECORD} = true"
"""The option by which DuckDB gives the place of each record in its file."""
FILE = "file_index"
"""The number of a record's raw file in its group."""
TYPED = "typed_records"
"""The table of a group's typed records."""
ROWS_ARE_PARTS = "rows_are_parts"
"""What a raw file notes where the layout it was read in has several rows for one record."""


@dataclass(frozen=True)
class Files:
    """A submission, its raw table, and where its accepted and its quarantined records go."""

    landed: Landed
    raw: Path
    staged: Path
    quarantine: Path


@dataclass(frozen=True)
class Group:
    """Raw tables that one SELECT reads.

    starts: the number of each table's first record, then how many there are in all. rows_are_parts: as the raw tables note. corrections:
    those of every submission of the group. bounds: what is plausible in the feed.
    """

    feed: str
    raws: tuple[Path, ...]
    periods: tuple[str, ...]
    starts: tuple[int, ...]
    rows_are_parts: bool
    corrections: tuple[Correction, ...]
    bounds: Bounds

    @property
    def raw_records(self) -> str:
        """The SQL of the group's raw records as a table, with their numbers."""
        return (
            f"(SELECT * REPLACE ({self._number} AS {RECORD}), CAST({FILE} AS INTEGER) AS {FILE} "
            f"FROM {parquet_rows(*self.raws, options=NUMBERED)})"
        )

    @property
    def sent(self) -> str:
        """The SQL of the raw tables as they are, each record with its place in its file, and its number in the group as `number`."""
        return f"(SELECT *, {self._number} AS number FROM {parquet_rows(*self.raws, options=NUMBERED)})"

    @property
    def _number(self) -> str:
        starts = ", ".join(map(str, self.starts[:-1]))
        return f"{RECORD} + [{starts}][CAST({FILE} AS INTEGER) + 1]"


def group_of(submissions: Sequence[Files], corrections: Sequence[Correction], bounds: Bounds | None) -> Group:
    """The group that these submissions of one feed make. bounds: those of the feed unless given."""
    feed = submissions[0].landed.feed
    footers = [pq.read_metadata(s.raw) for s in submissions]
    return Group(
        feed,
        tuple(s.raw for s in submissions),
        tuple(s.landed.period for s in submissions),
        tuple(itertools.accumulate((footer.num_rows for footer in footers), initial=0)),
        _has_rows_as_parts(footers[0]),
        tuple(corrections),
        PLAUSIBLE[feed] if bounds is None else bounds,
    )


def together(submissions: Sequence[Files], *, alone: Sequence[Landed]) -> Iterator[list[Files]]:
    """The submissions of one feed in the groups that may be read in one SELECT, in their order.

    alone: those that have corrections of their own.
    """
    group: list[Files] = []
    records, is_parts = 0, False
    for submission in submissions:
        footer = pq.read_metadata(submission.raw)
        is_apart = submission.landed in alone
        is_alike = is_parts == _has_rows_as_parts(footer) and records + footer.num_rows <= GROUP_RECORDS
        if group and (is_apart or not is_alike or group[-1].landed in alone):
            yield group
            group, records = [], 0
        group.append(submission)
        records, is_parts = records + footer.num_rows, _has_rows_as_parts(footer)
    if group:
        yield group


def _has_rows_as_parts(footer: pq.FileMetaData) -> bool:
    """Whether the layout the file was read in says that rows of one key are parts of one record."""
    return ROWS_ARE_PARTS.encode() in (footer.metadata or {})
