"""The checks of the files that were taken in: what is missing, odd, or was lost on the way.

Belongs here: answers from what reading and validating noted of each file. Does not belong here: checks over tables (`gate.py`).
"""

from collections.abc import Callable
from decimal import Decimal

from pipelines.ingest.intake import Intake
from pipelines.ingest.reference import declared_corrections, required_feeds
from pipelines.ingest.staging import Submission
from pipelines.ingest.validating.outcome import LOST
from pipelines.ingest.validating.totals import TOTAL
from pipelines.quality.checks import CHECKS
from pipelines.quality.findings import Fates, fates_of
from pipelines.quality.verdict import Check
from pipelines.quality.withheld import naming_nobody
from pipelines.warehouse.tables import Tables
from schemas.feeds import FEEDS


def file_checks(tables: Tables) -> list[Check]:
    """The answers of the checks of files, in the order in which they are declared."""
    intake, fates = tables.work.read(Intake), fates_of(tables)
    of_month = of_files(intake, _still_there(intake, fates))
    return [
        _required_feeds(tables, intake), _unused(tables, intake), _corrections(tables, intake), _equal_rows(_still_there(intake, fates)),
        rows_check(intake, fates), pounds_check(intake, fates), *(answer(name, cases) for name, cases in of_month.items()),
    ]  # fmt: skip


def answer(name: str, cases: list[str], *, blocks: bool | None = None) -> Check:
    """The answer of a check that every case breaks: all of them are the detail; where there is none, the sentence holds."""
    declared = CHECKS[name]
    detail = "; ".join(cases) if cases else declared.sentence
    return Check(name, not cases, detail, declared.blocks if blocks is None else blocks, cases)


def _required_feeds(tables: Tables, intake: Intake) -> Check:
    """Feeds of the period that are missing block; so does a refused file with nothing to stand in for it. One that a later
    revision has mended is no news; nor is a snapshot that a later period's would have replaced whole.
    """
    period = tables.work.period
    usable = {(s.landed.agency, s.landed.feed, s.landed.period): s.landed.revision for s in intake.counting}
    missing = [
        f"{agency}/{feed}: no usable submission for {period}"
        for agency, feed in required_feeds(tables.work)
        if (agency, feed, period) not in usable
    ]
    refused = [
        (f"{s.landed.name}: {s.detail} ({s.refused})", stands_in is not None)
        for s in intake.submissions
        if s.refused
        for stands_in in [usable.get((s.landed.agency, s.landed.feed, s.landed.period))]
        if (stands_in is None or stands_in < s.landed.revision) and not _is_past_snapshot(s, intake)
    ]
    broken = missing + [f"{said}; the file before it stands in" if has_fallback else said for said, has_fallback in refused]
    blocks = bool(missing) or any(not has_fallback for _, has_fallback in refused) or not broken
    return answer("required_feeds", broken, blocks=blocks)


def _is_past_snapshot(submission: Submission, intake: Intake) -> bool:
    """Whether a submission is of a feed whose latest period replaces all before it, and a later one counts."""
    x = submission.landed
    return FEEDS[x.feed].snapshot and any(
        (s.landed.agency, s.landed.feed) == (x.agency, x.feed) and s.landed.period > x.period for s in intake.counting
    )


def _unused(tables: Tables, intake: Intake) -> Check:
    """What lies in landing and is no submission is named; its name may have a client's number in it."""
    found = intake.unused
    agencies = [sentence.split("/")[1] if sentence.startswith("landing/") else "" for sentence in found]
    return answer("unused", naming_nobody(tables, found, agencies))


def _corrections(tables: Tables, intake: Intake) -> Check:
    """Corrections of submissions that have fewer of the records than expected are named: the source may have changed."""
    too_few = [
        f"correction {c.name} no longer finds what it corrects ({s.landed.name}: {found.records} records of at least "
        f"{c.expects}): the source may have been put right; end it"
        for c in declared_corrections(tables.work)
        for s in intake.counting
        if (found := s.outcome.corrected.get(c.name)) is not None and found.records < c.expects
    ]
    return answer("corrections", too_few)


def _still_there(intake: Intake, fates: Fates) -> list[Submission]:
    """The submissions that count, but for those of which later periods' files have replaced every row: what was odd in them is mended."""
    return [
        s
        for s, fate in _with_fates(intake, fates)
        if not fate or fate["accepted"] + fate["quarantined"] or not fate["superseded"]
    ]


def _equal_rows(submissions: list[Submission]) -> Check:
    """Equal rows of a ledger or of payments can be true: they count, and somebody should look."""
    counts = [(s.landed.name, s.outcome.rules["equal_rows"]) for s in submissions if "equal_rows" in s.outcome.rules]
    found = [
        f"{name}: {count.failed} {'row is' if count.failed == 1 else 'rows are'} equal to another and counted too, £{count.amount}"
        for name, count in reversed(counts)
        if count.failed
    ]
    return answer("equal_rows", found)


def of_files(intake: Intake, still_there: list[Submission]) -> dict[str, list[str]]:
    """The cases of each check of the files of the month, by its name; of resubmissions those of every month that are still there."""
    used, period = intake.counting, intake.period
    of_month = [s for s in used if s.landed.period == period]
    return {
        "nil_returns": [f"{s.landed.name}: no rows" for s in of_month if not s.outcome.rows],
        "total_rows": _broken(of_month, lambda rule_id: rule_id == TOTAL),
        "totals_differ": [
            f"{s.landed.name}: row {', '.join(map(str, s.outcome.totals_that_differ))}: a total that is not the sum of the rows above"
            for s in of_month
            if s.outcome.totals_that_differ
        ],
        "identifiers_lost": _broken(of_month, lambda rule_id: rule_id in LOST),
        "out_of_bounds": _broken(of_month, lambda rule_id: rule_id.endswith(".out_of_bounds")),
        "columns_gone": [case for s in of_month if (case := _lost_columns(s, used))],
        "rows_elsewhere": [
            f"{s.landed.name}: {s.outcome.unread.rows_elsewhere:,} rows on worksheets without the header are not read"
            for s in of_month
            if s.outcome.unread.rows_elsewhere
        ],
        "same_file": [case for s in of_month if (case := _is_again(s, used))],
        "resubmissions": [case for s in still_there if (case := _lost_rows(s, intake.submissions))],
    }


def _broken(submissions: list[Submission], is_meant: Callable[[str], bool]) -> list[str]:
    """Each file with the rules it breaks, of those that are meant, and the first of the rows."""
    return [
        f"{s.landed.name}: {rule_id}: {count.failed:,} {'row' if count.failed == 1 else 'rows'} "
        f"({', '.join(map(str, count.first_rows))}{' …' if count.failed > len(count.first_rows) else ''})"
        for s in submissions
        for rule_id, count in s.outcome.rules.items()
        if count.failed and is_meant(rule_id)
    ]


def _before(submission: Submission, used: list[Submission]) -> Submission | None:
    """The file of the same feed of the month before that has one."""
    x = submission.landed
    earlier = [s for s in used if (s.landed.agency, s.landed.feed) == (x.agency, x.feed) and s.landed.period < x.period]
    return max(earlier, key=lambda s: s.landed.period, default=None)


def _lost_columns(submission: Submission, used: list[Submission]) -> str | None:
    """The columns that a file lacks and the one before it had, in words; a header that is spelt otherwise is one that is not known."""
    before = _before(submission, used)
    if before is None:
        return None
    gone = [name for name in submission.outcome.unread.absent_columns if name not in before.outcome.unread.absent_columns]
    if not gone:
        return None
    unknown = ", ".join(map(str, submission.outcome.unread.unknown_columns))
    hint = f"; is it column {unknown} from the left, which no feed knows?" if unknown else ""
    return f"{submission.landed.name}: has no {', '.join(gone)}, {before.landed.period} had{hint}"


def _is_again(submission: Submission, used: list[Submission]) -> str | None:
    """A file that is equal to the one before it in every byte, in words."""
    before = _before(submission, used)
    if before is None or not submission.outcome.rows or submission.landed.sha256 != before.landed.sha256:
        return None
    return f"{submission.landed.name}: is the file of {before.landed.period} again, byte for byte"


def _lost_rows(used: Submission, submissions: list[Submission]) -> str | None:
    """A resubmission with less than half the rows of the revision that it replaces, in words."""
    x = used.landed
    same = [
        s
        for s in submissions
        if s.refused is None and (s.landed.agency, s.landed.feed, s.landed.period) == (x.agency, x.feed, x.period)
    ]
    before = max((s for s in same if s.landed.revision < x.revision), key=lambda s: s.landed.revision, default=None)
    if before is None or used.outcome.rows * 2 >= before.outcome.rows:
        return None
    figures = [
        f"{o.rows:,} rows" + (f" and £{o.pounds_read:,.2f}" if FEEDS[x.feed].amount else "")
        for o in (used.outcome, before.outcome)
    ]
    return f"{x.name}: {figures[0]}; the file that it replaces has {figures[1]}"


def rows_check(intake: Intake, fates: Fates) -> Check:
    """Rows read, counted by the reader, against the fates of rows in the core tables."""
    broken = []
    for s, fate in _with_fates(intake, fates):
        kept = fate["accepted"] + fate["quarantined"] + fate["superseded"] if fate else 0
        if kept != s.outcome.rows:
            broken.append(f"{s.landed.name}: {s.outcome.rows} rows read, {kept} accounted for")
    return answer("rows", broken)


def pounds_check(intake: Intake, fates: Fates) -> Check:
    """Pounds read, summed by the reader, against the fates of pounds in the core tables."""
    broken = []
    for s, fate in _with_fates(intake, fates):
        parts = ("pounds_accepted", "pounds_quarantined", "pounds_superseded")
        kept = sum((fate[p] for p in parts), Decimal("0.00")) if fate else Decimal("0.00")
        if kept != s.outcome.pounds_read:
            broken.append(f"{s.landed.name}: £{s.outcome.pounds_read} read, £{kept} accounted for")
    return answer("pounds", broken)


def _with_fates(intake: Intake, fates: Fates) -> list[tuple[Submission, dict | None]]:
    """Each submission that counts with the fate of its rows and pounds."""
    return [(s, fates.get((s.landed.agency, s.landed.feed, s.landed.period))) for s in intake.counting]
