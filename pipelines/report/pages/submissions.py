"""Submissions: which files came, what was wrong in them, and what became of the pounds that were set aside.

Belongs here: what a finance officer asks agencies about. Does not belong here: single rows (inside: `review/`).
"""

from collections import defaultdict
from collections.abc import Sequence
from decimal import Decimal

from pipelines.report.page import NOTHING, Page, Section, Table, listed, number, pounds_and_pence
from pipelines.report.source import Rows, Source, total

STATES = {"accepted": "in use", "replaced": "replaced", "refused": "refused"}
OF_A_WEEK = "care_home"
"""The feed whose amounts are pounds a week."""
ZERO = Decimal("0.00")


def page(source: Source) -> Page:
    """The page of a release on the files that it is made of."""
    return Page("submissions.html", "Submissions", "finance officers and auditors", [
        "Every file that counts, what was set aside of it and why. A row that cannot be used keeps its pounds, and each pound is told once.",
    ], [_quarantine(source), _by_rules(source), _rules(source), _calendar(source), _drift(source), _corrections(source)])  # fmt: skip


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
         "not add up: the tables above have each pound once."],
        tables=[Table("Rules broken", ["Rule", "Severity", "Agency", "Feed", "Rows", "Pounds on them"], rows)], link="rules",
    )  # fmt: skip


def _quarantine(source: Source) -> Section:
    """Pounds in quarantine, each once: on lines of basis quarantined, or in no ledger's month; tied to the control totals."""
    held = {(r["agency"], r["feed"], r["period"]): r["held"] for r in source.rows("held_of_file")}
    told = total(source.rows("held_of_agency"), "held")
    rows, in_all, on_lines = [], 0, ZERO
    for given in source.manifest["inputs"]:
        on_line = held.pop((given["agency"], given["feed"], given["period"]), None) if not given["refused"] else None
        amount = Decimal(given["pounds"]["quarantined"]) if given["pounds"] else None
        if not given["quarantined"] and not on_line:
            continue
        in_all, on_lines = in_all + given["quarantined"], on_lines + (on_line or ZERO)
        rows.append([given["file"], number(given["quarantined"]), *_amounts(given["feed"], amount, on_line or ZERO)])
    tie = (
        "which is what the control totals have" if on_lines == told else f"but the control totals have {pounds_and_pence(told)}"
    )
    return Section(
        f"{number(in_all)} rows are set aside; {pounds_and_pence(on_lines)} of their pounds are on lines, {tie}",
        ["Of each file: the rows, the pounds on them, how much of that is on lines of basis quarantined (their service is known, and the ledger has "
         "them), and how much is in no service: duplicates, what a correction dropped, a service that cannot be told or that is costed otherwise."],
        tables=[Table("Rows in quarantine, each pound once", ["File", "Rows", "Pounds on them", "On lines", "Counts nowhere"], rows)], link="quarantine",
    )  # fmt: skip


def _by_rules(source: Source) -> Section:
    """The same rows by all the rules that each breaks, and by agency beside the control totals."""
    told = source.manifest.get("quarantine")
    if told is None:
        return Section("This release does not tell its quarantine by rule", ["It was made before releases told it."])
    by_rules: dict[tuple[str, str, tuple[str, ...]], list[dict]] = defaultdict(list)
    for row in told:
        by_rules[row["agency"], row["feed"], tuple(row["rules"])].append(row)
    rows = [
        [_at_once(rules), agency, feed, number(sum(r["rows"] for r in of)), number(sum(r["rows_without_pounds"] for r in of)),
         *_amounts(feed, _known(of, "pounds"), _known(of, "on_lines") or ZERO)]
        for (agency, feed, rules), of in sorted(by_rules.items())
    ]  # fmt: skip
    control = {row["agency"]: row["held"] for row in source.rows("held_of_agency")}
    agencies = []
    for agency in sorted({*control, *(row["agency"] for row in told)}):
        own = [row for row in told if row["agency"] == agency]
        on_lines, held = _known(own, "on_lines") or ZERO, control.get(agency, ZERO)
        agencies.append(
            [agency, number(sum(r["rows"] for r in own)), *(pounds_and_pence(x) for x in (on_lines, held, on_lines - held))]
        )
    several = sum(row["rows"] for row in told if len(row["rules"]) > 1)
    return Section(
        f"Rows that break more than one rule: {number(several)}; each is in one line",
        ["A line is a set of rules: its rows break exactly these. Rows without pounds have no amount, or none that can be read; such feeds as deaths have "
         "no pounds at all. A row of several records is told where its first is."],
        tables=[
            Table("Rows in quarantine by the rules they break, each row once",
                  ["Rules", "Agency", "Feed", "Rows", "Without pounds", "Pounds on them", "On lines", "Counts nowhere"], rows),
            Table("Pounds of these on lines, beside the control totals", ["Agency", "Rows", "On lines", "Quarantined in the control totals", "Difference"],
                  agencies),
        ], link="by-rule",
    )  # fmt: skip


def _at_once(rules: Sequence[str]) -> str:
    """The rules that a row breaks, and that it breaks them all where there are several."""
    return listed(rules) + (f" ({len(rules)} at once)" if len(rules) > 1 else "")


def _known(rows: Rows, name: str) -> Decimal | None:
    """The sum of the pounds that are known, as a manifest has them; None where none are."""
    known = [Decimal(row[name]) for row in rows if row[name] is not None]
    return sum(known, ZERO) if known else None


def _amounts(feed: str, amount: Decimal | None, on_lines: Decimal) -> list[str]:
    """Pounds on rows, what of them is on lines, and what counts nowhere."""
    weekly = " a week" if feed == OF_A_WEEK and amount else ""
    elsewhere = NOTHING if amount is None else pounds_and_pence(amount - on_lines) + weekly
    return [pounds_and_pence(amount) + weekly, pounds_and_pence(on_lines), elsewhere]


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
