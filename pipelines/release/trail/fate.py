"""What became of one row of a file: exactly one answer for every row of every file.

Belongs here: the answer with its reasons. Does not belong here: that of a whole file (`file_fate.py`), which file is meant
(`named.py`), the words of the answer (`told.py`).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import duckdb

from pipelines.engine.errors import IrfError
from pipelines.ingest.reference import declared_corrections
from pipelines.ingest.staging import Submission
from pipelines.ingest.validating.corrected import rules_of_corrections
from pipelines.ingest.validating.totals import TOTAL
from pipelines.release.trail.known import Inside, Known, Row, ask, show_inside
from pipelines.release.trail.named import Named
from pipelines.release.trail.sent import has_cost_months, has_records, show_sent
from schemas.codes import Code, Fate
from schemas.feeds import FEEDS
from schemas.rules import CROSS_RULES, DRIFT_RULES, FILE_RULES, rules_of


class Answer(Code):
    """What became of a row."""

    ACCEPTED = "accepted", "in use"
    QUARANTINED = "quarantined", "set aside, with the rules it broke"
    SUPERSEDED = "superseded", "replaced by what was sent later"
    REFUSED = "refused", "its whole file was refused"
    HEADER = "header", "the header: it names the columns"
    TITLE = "title", "text above the header: it is not read"
    TOTAL = "total", "a total of rows above it: no record, and in no sum"
    BLANK = "blank", "no text in it: no record"
    NOT_KNOWN = "not known", "only the work of the release says what it is"


@dataclass(frozen=True)
class At:
    """A row of a file. row: None for the file as a whole."""

    file: str
    row: int | None
    fate: str = ""


@dataclass(frozen=True)
class RowFate:
    """What became of a row.

    rules: those it broke, id → sentence. replaced_by: the row or file that stands for it now. records: what it makes, each with its
    own fate, service and pounds. lead: the row on whose lines its pounds are, where that is another one of its episode. lines: its
    cost lines. why: why there is none.
    """

    named: Named
    row: int
    answer: Answer
    rules: Mapping[str, str] = field(default_factory=dict)
    replaced_by: Sequence[At] = ()
    records: Sequence[Row] = ()
    lead: At | None = None
    lines: Sequence[Row] = ()
    why: str = ""


def sentences_of(known: Known, feed: str) -> dict[str, str]:
    """The sentence of every rule of a feed, by its id; declared corrections are rules too."""
    declared = declared_corrections(known.inside.tables.work) if known.inside else []
    across = {rule_id: rule.sentence for rule_id, rule in CROSS_RULES.items()}
    beside = {rule_id: rule.sentence for rule_id, rule in DRIFT_RULES.items()}
    of_files = {rule_id: rule.sentence for rule_id, rule in FILE_RULES.items()}
    of_records = {rule.rule_id: rule.sentence for rule in (*rules_of(feed), *rules_of_corrections(declared))}
    return of_files | across | beside | of_records


def fate_of_row(
    connection: duckdb.DuckDBPyConnection, known: Known, submissions: Sequence[Named], named: Named, row: int
) -> RowFate:
    """What became of a row. connection: as `opened` gives. submissions: every one of the release. row: from 1, as a spreadsheet shows it."""
    if row < 1:
        raise IrfError(f"{named.file}:{row}: rows are numbered from 1, as a spreadsheet shows them")
    if named.refused:
        return RowFate(named, row, Answer.REFUSED, {named.refused: FILE_RULES[named.refused].sentence}, why=named.refusal)
    if known.inside is None or named.submission is None:
        return _from_release(connection, submissions, named, row)
    return _from_work(connection, known, known.inside, submissions, named, named.submission, row)


def _from_release(connection: duckdb.DuckDBPyConnection, submissions: Sequence[Named], named: Named, row: int) -> RowFate:
    """What the release alone can say: the row's lines; without any, only that a file was replaced as a whole."""
    if named.published["status"] == "replaced":
        return RowFate(named, row, Answer.SUPERSEDED, replaced_by=[At(standing_for(submissions, named).file, None)])
    lines = lines_of(connection, named, row)
    if not lines:
        return RowFate(named, row, Answer.NOT_KNOWN, why="no cost line of the release rests on it")
    is_held = all(line["cost_basis"] == "quarantined" for line in lines)
    return RowFate(named, row, Answer.QUARANTINED if is_held else Answer.ACCEPTED, lines=lines)


def _from_work(
    connection: duckdb.DuckDBPyConnection,
    known: Known,
    inside: Inside,
    submissions: Sequence[Named],
    named: Named,
    submission: Submission,
    row: int,
) -> RowFate:
    show_sent(connection, known.root, inside, submission)
    sent = ask(connection, "row_sent", source_row=row)
    if not sent:
        return RowFate(named, row, _without_record(submission, row))
    broken = " ".join(record["broken_rules"] or "" for record in sent).split()
    sentences = sentences_of(known, named.published["feed"])
    rules = {rule_id: sentences.get(rule_id, "") for rule_id in broken}
    if TOTAL in rules:
        return RowFate(named, row, Answer.TOTAL, {TOTAL: rules[TOTAL]})
    if not submission.counts:
        standing = standing_for(submissions, named)
        own = ask(connection, "later_row", record_key=sent[0]["record_key"], period=named.published["period"])
        return RowFate(named, row, Answer.SUPERSEDED, rules, _places([standing], own) or [At(standing.file, None)], sent)
    return _counting(connection, inside, submissions, RowFate(named, row, Answer.ACCEPTED, rules, records=sent))


def _without_record(submission: Submission, row: int) -> Answer:
    """What a row is that makes no record."""
    unread = submission.outcome.unread
    return Answer.HEADER if row in unread.header_rows else Answer.TITLE if row in unread.title_rows else Answer.BLANK


def _counting(connection: duckdb.DuckDBPyConnection, inside: Inside, submissions: Sequence[Named], found: RowFate) -> RowFate:
    """The answer for a row of a file that counts. found: what is known of it, with its records as they were validated."""
    agency, feed, period, _ = found.named.place
    if has_records(feed):
        show_inside(connection, inside, ["core/record"])
        records = ask(
            connection,
            "row_of_record",
            agency=agency,
            feed=feed,
            period=period,
            source_file=found.named.source_file,
            source_row=found.row,
        )
    elif FEEDS[feed].snapshot:
        last = max(s.place[2] for s in submissions if s.place[:2] == (agency, feed) and s.published["status"] == "accepted")
        fate = Fate.SUPERSEDED if period < last else Fate.QUARANTINED if found.rules else Fate.ACCEPTED
        records = [{**record, "fate": fate, "replaced_in": last} for record in found.records]
    else:
        records = ask(connection, "row_of_key", source_row=found.row)
    lead = records[0]
    answer = Answer(lead["fate"])
    if answer is Answer.SUPERSEDED:
        later = _later(connection, found, lead)
        files = [s for s in submissions if s.place[:2] == (agency, feed) and s.published["status"] == "accepted"]
        replaced_by = _places(files, later) or [At(s.file, None) for s in files if s.place[2] == lead.get("replaced_in")]
        return RowFate(found.named, found.row, answer, found.rules, replaced_by, records)
    return _with_lines(connection, inside, submissions, RowFate(found.named, found.row, answer, found.rules, records=records))


def _later(connection: duckdb.DuckDBPyConnection, found: RowFate, lead: Row) -> list[Row]:
    """The rows that stand for a superseded record now."""
    agency, feed, period, _ = found.named.place
    key = lead["record_key"]
    if has_cost_months(feed):
        return ask(connection, "later_episode", record_key=key, period=period, cost_month=found.records[0]["cost_month"])
    if "replaced_in" in lead:
        return ask(connection, "later_row", record_key=key, period=lead["replaced_in"])
    return ask(connection, "later_record", agency=agency, feed=feed, record_key=key, period=period)


def _places(files: Sequence[Named], rows: Sequence[Row]) -> list[At]:
    """Rows of later files by the names of those. A period has one file of a feed that counts."""
    by_period = {file.place[2]: file.file for file in files}
    return [At(by_period[row["period"]], row["source_row"], row["fate"]) for row in rows]


def standing_for(submissions: Sequence[Named], named: Named) -> Named:
    """The resubmission that counts in place of one that was replaced."""
    return next(s for s in submissions if s.place[:3] == named.place[:3] and s.published["status"] == "accepted")


def twins_of(submissions: Sequence[Named], named: Named) -> list[Named]:
    """The other files in use of the agency that have the same content: a line names the content, and so does not tell them apart."""
    alike = [s for s in submissions if s.source_file == named.source_file and s.place[0] == named.place[0]]
    return [s for s in alike if s.place != named.place and s.published["status"] == "accepted"]


def _lines_of_own(
    connection: duckdb.DuckDBPyConnection, inside: Inside, submissions: Sequence[Named], named: Named, row: int
) -> list[Row]:
    """`lines_of` without those of a file of the same content: a line's id is the keyed hash of its own record, which has a period."""
    lines = lines_of(connection, named, row)
    if not lines or not twins_of(submissions, named):
        return lines
    show_inside(connection, inside, ["core/record", "core/refresh"])
    at = {"agency": named.place[0], "source_file": named.source_file, "source_row": row}
    records = [ask(connection, "record_of_line", line_id=line["line_id"], month=line["month"], **at) for line in lines]
    return [line for line, of in zip(lines, records, strict=True) if not of or of[0]["period"] == named.place[2]]


def lines_of(connection: duckdb.DuckDBPyConnection, named: Named, row: int) -> list[Row]:
    """The cost lines that rest on a row of a file."""
    return ask(connection, "line_of_row", agency=named.published["agency"], source_file=named.source_file, source_row=row)


def _with_lines(connection: duckdb.DuckDBPyConnection, inside: Inside, submissions: Sequence[Named], found: RowFate) -> RowFate:
    """The answer with the row's cost lines, or why there is none."""
    agency, feed, _, _ = found.named.place
    lead, at = found.records[0], None
    lines = _lines_of_own(connection, inside, submissions, found.named, found.row)
    if lead.get("is_lead") is False and found.answer is Answer.ACCEPTED:
        (standing,) = ask(connection, "lead_of_episode", agency=agency, feed=feed, record_key=lead["record_key"])
        file = next(
            s for s in submissions if s.place[:3] == (agency, feed, standing["period"]) and s.published["status"] == "accepted"
        )
        at, lines = At(file.file, standing["source_row"]), lines_of(connection, file, standing["source_row"])
    why = "" if lines else _why_no_line(connection, inside, found)
    return RowFate(found.named, found.row, found.answer, found.rules, found.replaced_by, found.records, at, lines, why)


def _why_no_line(connection: duckdb.DuckDBPyConnection, inside: Inside, found: RowFate) -> str:
    """Why a row in use or in quarantine has no cost line."""
    feed, lead = found.named.published["feed"], found.records[0]
    if feed in _NO_LINES:
        return _NO_LINES[feed]
    if lead["service"] is None:
        return "its code says that it is no cost of care, or its service cannot be told"
    if found.answer is Answer.QUARANTINED:
        if lead["is_void"]:
            return "it is nobody's second record, so its pounds are held nowhere"
        if not lead["amount"]:
            return "it has no pounds that can be read, so none are held"
        return f"{lead['service']} is not costed by the amounts of this feed, so none are held"
    show_inside(connection, inside, ["core/record_month"])
    agency, _, _, _ = found.named.place
    months = ask(
        connection, "month_of_row", agency=agency, feed=feed, source_file=found.named.source_file, source_row=found.row
    )
    if months:
        return "all its months are outside those of the dataset"
    return f"{lead['service']} is not costed by payments; the gate names them (payments_without_line)"


_NO_LINES = {
    "ledger": "a row of the accounts: it is in what the ledger says its service cost (ledger_line, control_total)",
    "budget": "a budget is no cost: it is in budget_variance, locality_budget or partnership_budget",
    "deaths": "it says who has died; what that person's care cost is on the lines of the care",
    "population_register": "it says who somebody is; what care cost is on the lines of the care",
    "clients": "it says who somebody is; what care cost is on the lines of the care",
}
"""Feeds whose rows have no cost line of their own, and what they are for."""
