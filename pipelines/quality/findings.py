"""What the rules found: across files, beside earlier files, and in each submission.

Belongs here: the tables `core/rule_finding`, `core/drift`, `submission`, `rule_result`. Does not belong here: the rules
(`schemas/rules`), validating one file's records (`pipelines/ingest/validating`).
"""

from collections.abc import Sequence
from decimal import Decimal

from pipelines.ingest.intake import Intake
from pipelines.ingest.staging import Submission
from pipelines.quality.drift import drift_rows
from pipelines.warehouse.tables import Tables
from schemas.feeds import FEEDS
from schemas.rules import CROSS_RULES, DRIFT_RULES, FILE_RULES

Of = tuple[str, str, str]
"""Agency, feed and period of a submission that counts."""
Fates = dict[Of, dict]
Row = dict[str, object]


def write_rule_findings(tables: Tables) -> int:
    """Check the records in use by the rules that need other files. Returns how many findings there are."""
    by_rule = tables.selected("rule", list(CROSS_RULES))
    found = [row for rows in by_rule.values() for row in rows]
    tables.write_rows("core", "rule_finding", found)
    return len(found)


def write_drift(tables: Tables) -> int:
    """Compare each file with the earlier ones of its agency and feed. Returns how many measures drift."""
    rows = drift_rows(tables.selected("rule", ["drift_measure"])["drift_measure"])
    tables.write_rows("core", "drift", rows)
    return sum(row["drifts"] for row in rows)


def fates_of(tables: Tables) -> Fates:
    """Rows and pounds by fate of each submission that counts: (agency, feed, period) → row of `core/fate`."""
    rows = tables.rows("core", "fate").to_pylist()
    return {(f["agency"], f["feed"], f["period"]): f for f in rows}


def write_submissions(tables: Tables) -> dict[str, int]:
    """Write what became of each file (`submission`), and what each rule found in it (`rule_result`). Returns their rows."""
    submissions, fates = tables.work.read(Intake).submissions, fates_of(tables)
    files = submission_rows(submissions, fates)
    tables.write_rows("mart", "submission", files)
    across = _across_files(tables, fates)
    results: list[Row] = []
    for s in submissions:
        results += rule_results(s)
        if s.counts:
            x = s.landed
            results += [{"revision": x.revision} | row for row in across.get((x.agency, x.feed, x.period), [])]
    tables.write_rows("mart", "rule_result", results)
    return {"submission": len(files), "rule_result": len(results)}


def submission_rows(submissions: Sequence[Submission], fates: Fates) -> list[Row]:
    """The rows of `submission`, in the order of the submissions."""
    order: dict[tuple[str, str], int] = {}
    rows: list[Row] = []
    for s in submissions:
        x, read = s.landed, s.outcome.rows
        order[x.agency, x.feed] = order.get((x.agency, x.feed), 0) + 1
        fate = fates.get((x.agency, x.feed, x.period)) if s.counts else None
        has_amount = FEEDS[x.feed].amount is not None and s.refused is None
        rows.append({
            "agency": x.agency, "feed": x.feed, "period": x.period, "revision": x.revision, "file_hash": x.file_hash or None,
            "rows": read,
            "accepted": fate["accepted"] if fate else 0,
            "quarantined": fate["quarantined"] if fate else 0,
            "superseded": fate["superseded"] if fate else read,
            "amount": s.outcome.pounds_read if has_amount else None,
            "status": "refused" if s.refused else "accepted" if s.counts else "replaced",
            "received_order": order[x.agency, x.feed],
        })  # fmt: skip
    return rows


def rule_results(submission: Submission) -> list[Row]:
    """The rows of `rule_result` of the rules on a submission itself: on the file, then on its records."""
    x, outcome = submission.landed, submission.outcome
    of = {"agency": x.agency, "feed": x.feed, "period": x.period, "revision": x.revision}
    found = {
        "file.unknown_columns": bool(outcome.unread.unknown_columns),
        "file.nil_return": submission.refused is None and not outcome.rows,
        "file.title_rows": outcome.unread.titles > 0,
        "file.rows_elsewhere": outcome.unread.rows_elsewhere > 0,
    }
    broken = {submission.refused} | {rule_id for rule_id, is_so in found.items() if is_so}
    rows: list[Row] = [
        {**of, "rule_id": rule.rule_id, "severity": rule.severity, "evaluated": 1, "failed": int(rule.rule_id in broken),
         "amount": None, "status": _status(rule.severity, rule.rule_id in broken)}
        for rule in FILE_RULES.values()
    ]  # fmt: skip
    has_money = FEEDS[x.feed].amount is not None
    for rule_id, count in outcome.rules.items():
        rows.append(
            {**of, "rule_id": rule_id, "severity": count.severity, "evaluated": outcome.rows, "failed": count.failed,
             "amount": Decimal(count.amount) if has_money else None, "status": _status(count.severity, bool(count.failed))}
        )  # fmt: skip
    return rows


def _across_files(tables: Tables, fates: Fates) -> dict[Of, list[Row]]:
    """The rows of `rule_result`, but for the revision, of the rules that need other files."""
    findings = {(f["agency"], f["feed"], f["period"], f["rule_id"]): f for f in tables.rows("core", "rule_finding").to_pylist()}
    results: dict[Of, list[Row]] = {of: [] for of in fates}
    for of, fate in fates.items():
        for rule in CROSS_RULES.values():
            if of[1] in rule.feeds:
                found = findings.get((*of, rule.rule_id), {"failed": 0, "amount": Decimal("0.00")})
                has_money = FEEDS[of[1]].amount is not None
                results[of].append(_across(of, rule.rule_id, rule.severity, fate["accepted"], found["failed"],
                                           found["amount"] if has_money else None))  # fmt: skip
    for row in tables.rows("core", "drift").to_pylist():
        of, rule_id = (row["agency"], row["feed"], row["period"]), row["rule_id"]
        evaluated, failed = int(row["usual"] is not None), int(row["drifts"])
        results[of].append(_across(of, rule_id, DRIFT_RULES[rule_id].severity, evaluated, failed, None))
    return results


def _across(of: Of, rule_id: str, severity: str, evaluated: int, failed: int, amount: Decimal | None) -> Row:
    agency, feed, period = of
    return {
        "agency": agency, "feed": feed, "period": period, "rule_id": rule_id, "severity": severity, "evaluated": evaluated,
        "failed": failed, "amount": amount, "status": _status(severity, bool(failed)),
    }  # fmt: skip


def _status(severity: str, is_broken: bool) -> str:
    return "passed" if not is_broken else "warned" if severity == "warning" else "failed"
