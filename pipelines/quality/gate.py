"""The gate: what must hold before a release is published. Every check runs; any blocking one that fails refuses.

Belongs here: the conservation checks over the inside tables, missing feeds and ledgers, the judgement of the tables,
and what is only named. Does not belong here: judging records (`ingest`), checking a published release (`release/verify.py`).
"""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from decimal import Decimal

import pyarrow.parquet as pq

from pipelines.engine.said import visible
from pipelines.engine.sql import dependencies, read_sql
from pipelines.ingest.intake import Judged, current
from pipelines.ingest.validating.validate import LOST, TOTAL
from pipelines.quality.data_docs import write_data_docs
from pipelines.quality.expectations import JUDGED, Judgement, judge_tables
from pipelines.steps import Steps
from schemas.feeds import FEEDS


@dataclass(frozen=True)
class Check:
    """The answer of one check. `blocks`: a failure refuses the release, else it is a warning. `cases`: all that breaks it,
    each in one line; `detail` may name the first of them alone.
    """

    name: str
    passed: bool
    detail: str
    blocks: bool = True
    cases: list[str] = field(default_factory=list)


REQUIRED_FEEDS = "every required feed is there and every file can be used"
UNUSED = "every file and folder of landing has a declared name"
CORRECTIONS = "every declared correction finds what it corrects"
EQUAL_ROWS = "no two rows of a ledger or of payments are equal"
ROWS = "rows read = accepted + quarantined + superseded, for every submission"
POUNDS = "pounds read = accepted + quarantined + superseded, for every submission"
BLOCKING = {
    "ledger": "cost = ledger quantum for every agency, service and month",
    "months": "the months of a record sum to the record",
    "marts": "client and locality tables sum to the cost lines",
    "bridge": "ledger = eliminated + excluded + published for every agency and month, and every elimination is listed",
    "to_date": "the bridge to date sums the bridge of the months",
    "budgets": "every pound of the budgets is in each budget table once",
    "month_without_ledger": "every month with activity has a ledger",
}
"""Checks by SQL that block: a row that `sql/gate/<name>.sql` returns breaks the sentence."""
NAMED = {
    "no_quantum": "every service with a cost has a ledger amount",
    "out_of_band": "every residual is small enough to be spread over the records",
    "vat": "no ledger is its records with or without VAT",
    "ledger_to_date": "every ledger is for its month, not for the year to date",
    "ledger_below_zero": "no agency's ledger of a month is below zero in all",
    "ledger_subtotals": "no row of a ledger is the sum of the rows just above it",
    "open_after_death": "no stay or item is open after a death",
    "open_and_gone": "every open stay or item is in the latest file of its feed",
    "payments_again": "no payment is sent again under another number",
    "payments_without_line": "every payment belongs to a service that payments cost",
    "payments_ahead": "no payment is for days that have not come",
    "payments_before": "no payment is for days before the dataset's first month",
    "restated": "no month loses more than half of a feed's pounds to later files",
    "quarantined": "every row can be used",
    "ledger_quarantined": "every ledger row can be read",
    "unmapped_cost_code": "every cost code has a mapping in reference/cost_code_map.csv",
    "withheld": "no text that an agency wrote names somebody (core/withheld has the texts)",
    "ledger_without_line": "no ledger row is for a month before the dataset's first",
    "eliminations": "what two ledgers show nets to zero (docs/finance.md)",
    "several_clients": "nobody is two clients of one agency (docs/linkage.md)",
    "budget_without_service": "every budget is for a service that has a cost",
    "unknown_clients": "most records of a file are for clients whom the council's clients file has",
    "drift": "every file has about as many rows, pounds and units for each person as usual (docs/rules.md)",
}
"""Checks by SQL that are only named."""
OF_FILES = {
    "nil_returns": "no file of the month says that there was nothing",
    "total_rows": "no file of the month has total rows among its records",
    "totals_differ": "every total row is the sum of the rows above it",
    "identifiers_lost": "no file of the month has identifiers in scientific notation",
    "out_of_bounds": "no figure of the month is beyond its plausible bounds",
    "columns_gone": "every file of the month has the columns that the one before it had",
    "rows_elsewhere": "no workbook of the month has rows on a worksheet that is not read",
    "same_file": "no file of the month is another month's again",
    "resubmissions": "no file has less than half the rows of the one that it replaces",
}
"""What is only named of the files in use: what was odd in those of the month, and resubmissions that lost most of their rows."""
CHECKS = ("required_feeds", "unused", "corrections", "equal_rows", "rows", "pounds", *OF_FILES, *BLOCKING, *NAMED, *JUDGED)
"""Every check of the gate by its name, in order."""


def judge(steps: Steps) -> list[Check]:
    """The answers of every check, in the order of `CHECKS`; the Data Docs of this refresh are written beside the marts."""
    judged = steps.all_judged()
    checks = [_required_feeds(steps, judged), _unused(steps), _corrections(judged, steps), _equal_rows(judged)]
    checks += [_rows(judged, steps), _pounds(judged, steps)]
    checks += [_named(name, OF_FILES[name], cases) for name, cases in _named_of_files(judged, steps.period).items()]
    found = _selected(steps)
    checks += [_of_select(name, sentence, found[name], blocks=True) for name, sentence in BLOCKING.items()]
    checks += [_of_select(name, sentence, found[name], blocks=False) for name, sentence in NAMED.items()]
    files = steps.mart_files()
    judgements = judge_tables({name: pq.read_table(files[name]) for name in JUDGED}, steps.period)
    write_data_docs(judgements, steps.data_docs, steps.period)
    checks += [_of_table(j) for j in judgements]
    words = steps.naming_nobody([text for c in checks for text in (c.detail, *c.cases)])
    said = iter(visible(text) for text in words)
    return [replace(c, detail=next(said), cases=[next(said) for _ in c.cases]) for c in checks]


def _required_feeds(steps: Steps, judged: list[Judged]) -> Check:
    """Feeds of the period that are missing block; so does a refused file with nothing to stand in for it. One that a later
    revision has mended is no news.
    """
    usable = {(j.landed.agency, j.landed.feed, j.landed.period): j.landed.revision for j in current(judged)}
    missing = [
        f"{agency}/{feed}: no usable submission for {steps.period}"
        for agency, feed in steps.expected_feeds(steps.period)
        if (agency, feed, steps.period) not in usable
    ]
    refused = [
        (f"{j.landed.name}: {j.detail} ({j.refused})", stands_in is not None)
        for j in judged
        if j.refused
        for stands_in in [usable.get((j.landed.agency, j.landed.feed, j.landed.period))]
        if stands_in is None or stands_in < j.landed.revision
    ]
    broken = missing + [f"{s}; the file before it stands in" if has_fallback else s for s, has_fallback in refused]
    blocks = bool(missing) or any(not has_fallback for _, has_fallback in refused) or not broken
    return _named("required_feeds", REQUIRED_FEEDS, broken, blocks=blocks)


def _unused(steps: Steps) -> Check:
    """What lies in landing and is no submission is named; its name may have a client's number in it."""
    found = steps.unused()
    agencies = [sentence.split("/")[1] if sentence.startswith("landing/") else "" for sentence in found]
    return _named("unused", UNUSED, steps.naming_nobody(found, agencies))


def _corrections(judged: list[Judged], steps: Steps) -> Check:
    """Corrections of submissions that have fewer of the records than expected are named: the source may have changed."""
    too_few = [
        f"correction {c.name} no longer finds what it corrects ({j.landed.name}: {found.records} records of at least "
        f"{c.expects}): the source may have been put right; end it"
        for c in steps.corrections()
        for j in current(judged)
        if (found := j.outcome.corrected.get(c.name)) is not None and found.records < c.expects
    ]
    return _named("corrections", CORRECTIONS, too_few)


def _equal_rows(judged: list[Judged]) -> Check:
    """Equal rows of a ledger or of payments can be true: they count, and somebody should look."""
    counts = [(j.landed.name, j.outcome.rules["equal_rows"]) for j in current(judged) if "equal_rows" in j.outcome.rules]
    found = [
        f"{name}: {count.failed} {'row is' if count.failed == 1 else 'rows are'} equal to another and counted too, £{count.amount}"
        for name, count in reversed(counts)
        if count.failed
    ]
    return _named("equal_rows", EQUAL_ROWS, found)


def _named_of_files(judged: list[Judged], period: str) -> dict[str, list[str]]:
    """The cases of each check of `OF_FILES`."""
    used = current(judged)
    of_month = [j for j in used if j.landed.period == period]
    return {
        "nil_returns": [f"{j.landed.name}: no rows" for j in of_month if not j.outcome.rows],
        "total_rows": _broken(of_month, lambda rule_id: rule_id == TOTAL),
        "totals_differ": [
            f"{j.landed.name}: row {', '.join(map(str, j.outcome.totals_that_differ))}: a total that is not the sum of the rows above"
            for j in of_month
            if j.outcome.totals_that_differ
        ],
        "identifiers_lost": _broken(of_month, lambda rule_id: rule_id in LOST),
        "out_of_bounds": _broken(of_month, lambda rule_id: rule_id.endswith(".out_of_bounds")),
        "columns_gone": [case for j in of_month if (case := _lost_columns(j, used))],
        "rows_elsewhere": [
            f"{j.landed.name}: {j.outcome.unread.rows_elsewhere:,} rows on worksheets without the header are not read"
            for j in of_month
            if j.outcome.unread.rows_elsewhere
        ],
        "same_file": [case for j in of_month if (case := _is_again(j, used))],
        "resubmissions": [case for j in used if (case := _lost_rows(j, judged))],
    }


def _broken(judged: list[Judged], is_meant: Callable[[str], bool]) -> list[str]:
    """Each file with the rules it breaks, of those that are meant, and the first of the rows."""
    return [
        f"{j.landed.name}: {rule_id}: {count.failed:,} {'row' if count.failed == 1 else 'rows'} "
        f"({', '.join(map(str, count.first_rows))}{' …' if count.failed > len(count.first_rows) else ''})"
        for j in judged
        for rule_id, count in j.outcome.rules.items()
        if count.failed and is_meant(rule_id)
    ]


def _before(judged: Judged, used: list[Judged]) -> Judged | None:
    """The file of the same feed of the month before that has one."""
    x = judged.landed
    earlier = [j for j in used if (j.landed.agency, j.landed.feed) == (x.agency, x.feed) and j.landed.period < x.period]
    return max(earlier, key=lambda j: j.landed.period, default=None)


def _lost_columns(judged: Judged, used: list[Judged]) -> str | None:
    """The columns that a file lacks and the one before it had, in words; a header that is spelt otherwise is one that is not known."""
    before = _before(judged, used)
    if before is None:
        return None
    gone = [name for name in judged.outcome.unread.absent_columns if name not in before.outcome.unread.absent_columns]
    if not gone:
        return None
    unknown = ", ".join(map(str, judged.outcome.unread.unknown_columns))
    hint = f"; is it column {unknown} from the left, which no feed knows?" if unknown else ""
    return f"{judged.landed.name}: has no {', '.join(gone)}, {before.landed.period} had{hint}"


def _is_again(judged: Judged, used: list[Judged]) -> str | None:
    """A file that is equal to the one before it in every byte, in words."""
    before = _before(judged, used)
    if before is None or not judged.outcome.rows or judged.landed.sha256 != before.landed.sha256:
        return None
    return f"{judged.landed.name}: is the file of {before.landed.period} again, byte for byte"


def _lost_rows(used: Judged, judged: list[Judged]) -> str | None:
    """A resubmission with less than half the rows of the revision that it replaces, in words."""
    x = used.landed
    same = [
        j
        for j in judged
        if j.refused is None and (j.landed.agency, j.landed.feed, j.landed.period) == (x.agency, x.feed, x.period)
    ]
    before = max((j for j in same if j.landed.revision < x.revision), key=lambda j: j.landed.revision, default=None)
    if before is None or used.outcome.rows * 2 >= before.outcome.rows:
        return None
    figures = [
        f"{o.rows:,} rows" + (f" and £{o.pounds_read:,.2f}" if FEEDS[x.feed].amount else "")
        for o in (used.outcome, before.outcome)
    ]
    return f"{x.name}: {figures[0]}; the file that it replaces has {figures[1]}"


def _named(name: str, sentence: str, cases: list[str], *, blocks: bool = False) -> Check:
    """A check that every case breaks: all of them are the detail; where there is none, the sentence holds."""
    return Check(name, not cases, "; ".join(cases) if cases else sentence, blocks, cases)


def _rows(judged: list[Judged], steps: Steps) -> Check:
    """Rows read, counted by the reader, against the fates of rows in the core tables."""
    broken = []
    for j, fate in _with_fates(judged, steps):
        kept = fate["accepted"] + fate["quarantined"] + fate["superseded"] if fate else 0
        if kept != j.outcome.rows:
            broken.append(f"{j.landed.name}: {j.outcome.rows} rows read, {kept} accounted for")
    return _named("rows", ROWS, broken, blocks=True)


def _pounds(judged: list[Judged], steps: Steps) -> Check:
    """Pounds read, summed by the reader, against the fates of pounds in the core tables."""
    broken = []
    for j, fate in _with_fates(judged, steps):
        parts = ("pounds_accepted", "pounds_quarantined", "pounds_superseded")
        kept = sum((fate[p] for p in parts), Decimal("0.00")) if fate else Decimal("0.00")
        if kept != j.outcome.pounds_read:
            broken.append(f"{j.landed.name}: £{j.outcome.pounds_read} read, £{kept} accounted for")
    return _named("pounds", POUNDS, broken, blocks=True)


def _with_fates(judged: list[Judged], steps: Steps) -> list[tuple[Judged, dict | None]]:
    fates = steps.fates()
    return [(j, fates.get((j.landed.agency, j.landed.feed, j.landed.period))) for j in current(judged)]


def _selected(steps: Steps) -> dict[str, list[tuple]]:
    """What `sql/gate/<name>.sql` finds, by name, all in one database."""
    selects = {name: read_sql("gate", name) for name in (*BLOCKING, *NAMED)}
    needed = sorted({table for sql in selects.values() for table in dependencies(sql)})
    with steps.database(needed) as connection:
        return {name: connection.execute(sql).fetchall() for name, sql in selects.items()}


def _of_select(name: str, sentence: str, rows: list[tuple], *, blocks: bool) -> Check:
    """A check that is a SELECT of what breaks it: no row, it holds. The first row is the detail."""
    if not rows:
        return Check(name, True, sentence, blocks)
    cases = [", ".join(str(value) for value in row if value is not None) for row in rows]
    more = f" and {len(rows) - 1} more" if len(rows) > 1 else ""
    return Check(name, False, f"{cases[0]}{more}; it should be that {sentence}", blocks, cases)


def _of_table(judgement: Judgement) -> Check:
    """A suite as a check: what is critical blocks, what is not is named."""
    broken = judgement.critical_failures or judgement.warnings
    blocks = bool(judgement.critical_failures) or not broken
    return _named(judgement.table, "every expectation is met", list(broken), blocks=blocks)
