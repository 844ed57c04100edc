"""Submissions: which files came, what was wrong in them, and what became of the pounds that were set aside.

Belongs here: what a finance officer asks agencies about. Does not belong here: single rows (inside: `review/`).
"""

from collections import defaultdict
from decimal import Decimal

from pipelines.report.page import NOTHING, Page, Section, Table, number, pounds_and_pence
from pipelines.report.source import Source

STATES = {"accepted": "in use", "replaced": "replaced", "refused": "refused"}
OF_A_WEEK = "care_home"
"""The feed whose amounts are pounds a week."""
ZERO = Decimal("0.00")


def page(source: Source) -> Page:
    """The page of a release on the files that it is made of."""
    return Page("submissions.html", "Submissions", "finance officers and auditors", [
        "Every file that counts, what was set aside of it and why. A row that cannot be used keeps its pounds, and each pound is told once.",
    ], [_quarantine(source), _rules(source), _calendar(source), _drift(source), _corrections(source)])  # fmt: skip


def _calendar(source: Source) -> Section:
    rows = source.rows("calendar")
    months = sorted({row["period"] for row in rows})[-12:]
    cells: dict[tuple[str, str], dict[str, str]] = defaultdict(dict)
    for row in rows:
        aside = f", {row['quarantined']} aside" if row["quarantined"] else ""
        cells[row["agency"], row["feed"]][row["period"]] = STATES[row["status"]] + aside
    table = [
        [f"{agency} {feed}", *(of.get(period, NOTHING) for period in months)] for (agency, feed), of in sorted(cells.items())
    ]
    return Section(
        "Which file came for which month", ["A dash: no file. Aside: rows in quarantine."],
        tables=[Table("Files by month (the last twelve)", ["Agency and feed", *months], table)], link="calendar",
    )  # fmt: skip


def _rules(source: Source) -> Section:
    rows = [
        [r["rule_id"], r["severity"], r["agency"], r["feed"], number(r["failed"]), pounds_and_pence(r["amount"])]
        for r in source.rows("rule_broken")
    ]
    return Section(
        f"{len(rows)} kinds of finding in the files that count",
        ["A rule of severity record sets the row aside; a warning keeps it. A row that breaks two rules is in both lines here, so these pounds do "
         "not add up: the table above has each pound once."],
        tables=[Table("Rules broken", ["Rule", "Severity", "Agency", "Feed", "Rows", "Pounds on them"], rows)], link="rules",
    )  # fmt: skip


def _quarantine(source: Source) -> Section:
    """Pounds in quarantine, each once: on lines of basis quarantined, or in no ledger's month; tied to the control totals."""
    held = {(r["agency"], r["feed"], r["period"]): r["held"] for r in source.rows("held_of_file")}
    ((told,),) = ([row["held"]] for row in source.rows("held_in_all"))
    rows, in_all, on_lines = [], 0, ZERO
    for given in source.manifest["inputs"]:
        on_line = held.pop((given["agency"], given["feed"], given["period"]), None) if not given["refused"] else None
        amount = Decimal(given["pounds"]["quarantined"]) if given["pounds"] else None
        if not given["quarantined"] and not on_line:
            continue
        in_all, on_lines = in_all + given["quarantined"], on_lines + (on_line or ZERO)
        weekly = " a week" if given["feed"] == OF_A_WEEK and amount else ""
        elsewhere = NOTHING if amount is None else pounds_and_pence(amount - (on_line or ZERO)) + weekly
        rows.append(
            [
                given["file"],
                number(given["quarantined"]),
                pounds_and_pence(amount) + weekly,
                pounds_and_pence(on_line or ZERO),
                elsewhere,
            ]
        )
    tie = (
        "which is what the control totals have" if on_lines == told else f"but the control totals have {pounds_and_pence(told)}"
    )
    return Section(
        f"{number(in_all)} rows are set aside; {pounds_and_pence(on_lines)} of their pounds are on lines, {tie}",
        ["Of each file: the rows, the pounds on them, how much of that is on lines of basis quarantined (their service is known, and the ledger has "
         "them), and how much is in no service: duplicates, what a correction dropped, a service that cannot be told or that is costed otherwise."],
        tables=[Table("Rows in quarantine, each pound once", ["File", "Rows", "Pounds on them", "On lines", "Counts nowhere"], rows)], link="quarantine",
    )  # fmt: skip


def _drift(source: Source) -> Section:
    rows = [
        [
            r["agency"],
            r["feed"],
            r["period"],
            r["rule_id"].removeprefix("drift."),
            number(r["file_rows"]),
            pounds_and_pence(r["amount"]),
        ]
        for r in source.rows("drift")
    ]
    return Section(
        f"{len(rows)} files have far more or less than is usual" if rows else "No file has far more or less than is usual", [],
        tables=[Table("Drift", ["Agency", "Feed", "Month", "Measure", "Rows", "Pounds"], rows)],
    )  # fmt: skip


def _corrections(source: Source) -> Section:
    rows = [
        [c["correction"], c["agency"], c["feed"], c["period"], c["action"], number(c["records"]),
         *(NOTHING if c[name] is None else pounds_and_pence(Decimal(c[name])) for name in ("pounds_before", "pounds_after")), c["reason"]]
        for c in source.manifest["corrections"]
    ]  # fmt: skip
    return Section(
        "Declared corrections", [],
        tables=[Table("What was corrected", ["Correction", "Agency", "Feed", "Month", "Action", "Records", "Before", "After", "Reason"], rows)],
    )  # fmt: skip
