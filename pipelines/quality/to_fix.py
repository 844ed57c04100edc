"""The rows that an agency is asked to put right, of the submissions that count: those set aside, and those that only warn.

Belongs here: which rows they are, in which files. Does not belong here: their words and the workbook (`fix_workbook.py`), the rules
(`schemas/rules`), the workbook of one file before the deadline (`pipelines/ingest/validating/error_workbook.py`).
What a later file has mended is not asked for. Rows are read and handed on in batches: however many there are, few are held.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import groupby
from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from pipelines.engine.database import batches_of
from pipelines.engine.sql import parquet_rows, read_sql
from pipelines.ingest.raw import raw_of
from pipelines.ingest.staging import Submission
from pipelines.ingest.validating.totals import TOTAL
from pipelines.warehouse.root import DataRoot
from schemas.codes import Severity
from schemas.feeds import FEEDS

MOST_ROWS_OF_FILE = 5_000
"""More rows of one file than this are a fault of whatever made the file; they are counted."""
BATCH_ROWS = 2_000
Sent = Mapping[str, str | None]
"""The fields of a record as they were sent."""


@dataclass(frozen=True)
class Broken:
    """A record of a row. rules: the ids of all that it breaks. amount: its pounds, where they can be read."""

    rules: Sequence[str]
    sent: Sent
    amount: Decimal | None = None


@dataclass(frozen=True)
class ToFix:
    """A row of a file that is set aside, or that only warns.

    records: what of it breaks a rule; in some layouts a row is several records. left_out: on the last row that is told of a file, how
    many more there are. counts: of a warning, how many rows of the file have it.
    """

    submission: Submission
    row: int
    records: Sequence[Broken]
    left_out: int = 0
    counts: Sequence[int] = ()


def asked_of(submissions: Sequence[Submission], agency: str) -> list[Submission]:
    """The submissions of an agency in which something may be put right, in order: those that count, of snapshots the latest."""
    own = sorted((s for s in submissions if s.counts and s.landed.agency == agency), key=lambda s: s.landed)
    latest = {s.landed.feed: s.landed.period for s in own}
    return [s for s in own if not FEEDS[s.landed.feed].snapshot or s.landed.period == latest[s.landed.feed]]


def show_standing(connection: duckdb.DuckDBPyConnection, submissions: Sequence[Submission]) -> None:
    """Prepare a database that shows `core.record`, and may read staged and quarantined records, for the two that follow: records are
    read once, however many agencies there are.
    """
    warned = [
        {"agency": s.landed.agency, "feed": s.landed.feed, "period": s.landed.period, "source_row": row}
        for s in submissions for row in _warned_rows(s) if s.counts
    ]  # fmt: skip
    names = [(name, pa.string()) for name in ("agency", "feed", "period")]
    connection.register("rows_that_warn", pa.Table.from_pylist(warned, pa.schema([*names, ("source_row", pa.int64())])))
    connection.execute("CREATE SCHEMA sent")
    connection.execute("CREATE TABLE sent.warned AS SELECT * FROM rows_that_warn")
    for name in ("standing", "replaced"):
        connection.execute(f"CREATE TABLE sent.{name} AS {read_sql('to_fix', name)}")


def rows_set_aside(connection: duckdb.DuckDBPyConnection, root: DataRoot, asked: Sequence[Submission]) -> Iterator[ToFix]:
    """The rows of one agency that are set aside, in the order of feeds, periods and rows. connection: see `show_standing`."""
    for feed, group in groupby(asked, key=lambda s: s.landed.feed):
        submissions = {s.landed.period: s for s in group}
        if not any(_sets_aside(s) for s in submissions.values()):
            continue
        _show_sent(connection, root, list(submissions.values()))
        select = "record" if _has_records(feed) else "keyed"
        found = _selected(connection, select, submissions, {"total": TOTAL, "most": MOST_ROWS_OF_FILE})
        records = (record for batch in batches_of(found, BATCH_ROWS) for record in batch.to_pylist())
        for (period, row), its in groupby(records, key=lambda r: (r["period"], r["source_row"])):
            alike = list(its)
            last = alike[-1]
            more = last["rows_of_file"] - MOST_ROWS_OF_FILE if last["place"] == MOST_ROWS_OF_FILE else 0
            broken = [Broken(r["broken_rules"].split(), json.loads(r["original"]), r["amount"]) for r in alike]
            yield ToFix(submissions[period], row, broken, more)


def rows_that_warn(connection: duckdb.DuckDBPyConnection, root: DataRoot, asked: Sequence[Submission]) -> Iterator[ToFix]:
    """The first rows of each warning of each submission of one agency, in the order of feeds, periods and rows; none that is set aside
    too, or that a later file has replaced. connection: see `show_standing`.
    """
    for feed, group in groupby(asked, key=lambda s: s.landed.feed):
        submissions = {s.landed.period: s for s in group}
        if not any(_warned_rows(s) for s in submissions.values()):
            continue
        replaced = _replaced(connection, root, feed, submissions)
        for period, submission in submissions.items():
            yield from _warnings_of(root, submission, [r for r in _warned_rows(submission) if (period, r) not in replaced])


def _replaced(
    connection: duckdb.DuckDBPyConnection, root: DataRoot, feed: str, submissions: Mapping[str, Submission]
) -> set[tuple[str, int]]:
    """The rows that warn, by period, and that a later file has replaced."""
    if _has_records(feed):
        (agency,) = {s.landed.agency for s in submissions.values()}
        found = connection.execute("SELECT period, source_row FROM sent.replaced WHERE agency = ? AND feed = ?", [agency, feed])
        return set(found.fetchall())
    _show_sent(connection, root, list(submissions.values()))
    return set(_selected(connection, "replaced_keyed", submissions, {}).fetchall())


def _has_records(feed: str) -> bool:
    """Whether rows of the feed are rows of `core.record`: activity or payments."""
    return bool(FEEDS[feed].services) or feed == "payments"


def _selected(
    connection: duckdb.DuckDBPyConnection, name: str, submissions: Mapping[str, Submission], given: Mapping[str, object]
) -> duckdb.DuckDBPyRelation:
    """The rows of a SELECT of `sql/to_fix/` about submissions of one agency and feed."""
    sql = read_sql("to_fix", name)
    of = next(iter(submissions.values())).landed
    known = {**given, "agency": of.agency, "feed": of.feed}
    return connection.sql(sql, params={name: value for name, value in known.items() if f"${name}" in sql})


def _show_sent(connection: duckdb.DuckDBPyConnection, root: DataRoot, submissions: Sequence[Submission]) -> None:
    """Show `sent.set_aside`, the quarantined records of submissions of one feed, and `sent.counting`, the keys of all their records."""
    feed = submissions[0].landed.feed
    quarantine, staged = ([root.folder(layer) / feed / s.file for s in submissions] for layer in ("quarantine", "staged"))
    amount = FEEDS[feed].amount or "CAST(NULL AS DECIMAL(18, 2))"
    connection.execute(
        f"CREATE OR REPLACE VIEW sent.set_aside AS SELECT period, source_row, record_key, part, broken_rules, "
        f"{amount} AS amount, original FROM {parquet_rows(*quarantine)}"
    )
    connection.execute(
        f"CREATE OR REPLACE VIEW sent.counting AS SELECT record_key, period, source_row FROM {parquet_rows(*staged, *quarantine)}"
    )


def _sets_aside(submission: Submission) -> bool:
    """Whether records of a submission are in quarantine; a total of rows above is none."""
    return any(
        c.severity == Severity.RECORD and c.failed for rule_id, c in submission.outcome.rules.items() if rule_id != TOTAL
    )


def _warned_rows(submission: Submission) -> list[int]:
    """The rows that the outcome of a submission names of its warnings."""
    counts = submission.outcome.rules.values()
    return sorted({row for count in counts if count.severity == Severity.WARNING for row in count.first_rows})


def _warnings_of(root: DataRoot, submission: Submission, rows: Sequence[int]) -> Iterator[ToFix]:
    landed = submission.landed
    raw = raw_of(landed, root)
    set_aside = _rows_of(root.folder("quarantine") / landed.feed / submission.file, rows, ["source_row"])
    sent = _rows_of(raw, rows) if raw is not None else {}
    warnings = {rule_id: c for rule_id, c in submission.outcome.rules.items() if c.severity == Severity.WARNING}
    for row in rows:
        if row not in set_aside:
            broken = [rule_id for rule_id, count in warnings.items() if row in count.first_rows]
            yield ToFix(
                submission, row, [Broken(broken, sent.get(row, {}))], counts=[warnings[rule_id].failed for rule_id in broken]
            )


def _rows_of(file: Path, rows: Sequence[int], names: list[str] | None = None) -> dict[int, dict]:
    """Some rows of a table that is in the order of its rows, by their number; it is read no further than the last of them."""
    found: dict[int, dict] = {}
    wanted = pa.array(rows, pa.int64())
    for batch in pq.ParquetFile(file).iter_batches(BATCH_ROWS, columns=names) if rows else ():
        at = batch.column("source_row")
        for row in batch.filter(pc.is_in(at, value_set=wanted)).to_pylist():
            found.setdefault(row["source_row"], row)
        if len(at) and at[-1].as_py() > rows[-1]:
            break
    return found
