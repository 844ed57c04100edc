"""What became of a file as a whole: its rows and pounds by fate, the rules it broke, what replaced it, its cost lines.

Belongs here: the sums. Does not belong here: single rows (`fate.py`), the words of the answer (`told.py`).
"""

from collections.abc import Sequence
from dataclasses import dataclass

import duckdb

from pipelines.ingest.validating.totals import TOTAL
from pipelines.release.trail.fate import sentences_of, standing_for, twins_of
from pipelines.release.trail.known import Inside, Known, Row, ask, show_inside
from pipelines.release.trail.named import Named
from pipelines.release.trail.sent import has_cost_months, has_records, show_sent
from schemas.feeds import FEEDS


@dataclass(frozen=True)
class Broken:
    """A rule that a file breaks."""

    rule_id: str
    severity: str
    sentence: str
    rows: int
    pounds: object


@dataclass(frozen=True)
class Replaced:
    """Rows of a file that another file stands for now. rows: None where only the work of the release knows how many."""

    file: str
    rows: int | None


@dataclass(frozen=True)
class FileFate:
    """What became of a file.

    refusal: why it was refused; '' where it was not. no_records: rows that are no record, by what they are; empty where that is not
    known. lines: its cost lines by service and what their pounds rest on. twins: files of the agency with the same content; the lines are
    those of the last of them.
    """

    named: Named
    refusal: str
    no_records: dict[str, int]
    rules: Sequence[Broken]
    replaced: Sequence[Replaced]
    lines: Sequence[Row]
    twins: Sequence[str]


def fate_of_file(connection: duckdb.DuckDBPyConnection, known: Known, submissions: Sequence[Named], named: Named) -> FileFate:
    """What became of a file. connection: as `opened` gives. submissions: every one of the release."""
    agency, feed, period, revision = named.place
    sentences = sentences_of(known, feed)
    broken = [
        Broken(r["rule_id"], r["severity"], sentences.get(r["rule_id"], ""), r["failed"], r["amount"])
        for r in ask(connection, "rule_broken", agency=agency, feed=feed, period=period, revision=revision)
    ]
    twins = twins_of(submissions, named)
    is_last = all(twin.place[2] < period for twin in twins)
    lines = ask(connection, "line_of_file", agency=agency, source_file=named.source_file) if _counts(named) and is_last else []
    replaced = _replaced(connection, known, submissions, named)
    return FileFate(named, named.refusal, _no_records(named, broken), broken, replaced, lines, [twin.file for twin in twins])


def _counts(named: Named) -> bool:
    return bool(named.published["status"] == "accepted")


def _no_records(named: Named, broken: Sequence[Broken]) -> dict[str, int]:
    """How many rows are header, title or total; of a file that was refused nobody counts them."""
    if named.refused or named.submission is None:
        return {}
    unread = named.submission.outcome.unread
    totals = sum(b.rows for b in broken if b.rule_id == TOTAL)
    return {"header": len(unread.header_rows), "title": len(unread.title_rows), "total": totals}


def _replaced(
    connection: duckdb.DuckDBPyConnection, known: Known, submissions: Sequence[Named], named: Named
) -> list[Replaced]:
    """What stands now for the file's superseded rows."""
    agency, feed, period, _ = named.place
    superseded = named.published["superseded"]
    if not superseded or named.refused:
        return []
    if not _counts(named):
        return [Replaced(standing_for(submissions, named).file, superseded)]
    later = [s for s in submissions if s.place[:2] == (agency, feed) and _counts(s) and s.place[2] > period]
    if FEEDS[feed].snapshot:
        return [Replaced(max(later, key=lambda s: s.place[2]).file, superseded)]
    if known.inside is None or named.submission is None:
        return [Replaced(s.file, None) for s in later]
    by_period = {s.place[2]: s.file for s in later}
    return [Replaced(by_period[r["period"]], r["rows"]) for r in _periods(connection, known, known.inside, named)]


def _periods(connection: duckdb.DuckDBPyConnection, known: Known, inside: Inside, named: Named) -> list[Row]:
    """In which later periods the file's superseded rows came again, and how many in each."""
    agency, feed, period, _ = named.place
    if has_records(feed) and not has_cost_months(feed):
        show_inside(connection, inside, ["core/record"])
        return ask(connection, "replaced_record", agency=agency, feed=feed, period=period, source_file=named.source_file)
    assert named.submission is not None
    show_sent(connection, known.root, inside, named.submission)
    return ask(connection, "replaced_episode" if has_cost_months(feed) else "replaced_key")
