"""Money: from each ledger to what is published, budgets, what is held and why.

Belongs here: what finance looks at. Does not belong here: the files (`submissions.py`).
"""

from pipelines.report import charts
from pipelines.report.page import Page, Section, Table, number, pounds, pounds_and_pence, words
from pipelines.report.source import Source, total


def page(source: Source) -> Page:
    """The page of a release for finance."""
    return Page("money.html", "Money", "finance officers", [
        "What became of every pound of every ledger, beside the budget. The same figures are in reconciliation.xlsx beside this page.",
    ], [_services(source), _budget(source), _held(source), _eliminated(source), _unmapped(source), _scale(source)])  # fmt: skip


def _services(source: Source) -> Section:
    rows = source.rows("bridge_by_service")
    amounts = ("quantum", "direct", "scaled", "located", "unallocated", "quarantined", "difference")
    table = [[row["agency"], words(row["service"]), *(pounds_and_pence(row[name]) for name in amounts)] for row in rows]
    off = total(rows, "difference")
    return Section(
        f"Each service is its ledger: the differences are {pounds_and_pence(off)} in all",
        ["Direct is the cost of records themselves; scaled is what the ledger has beyond them, spread over them; the rest is spread over "
         "localities, held, or the known amount of records in quarantine. The latest financial year."], "",
        [Table("Cost by agency and service, pounds",
               ["Agency", "Service", "Ledger quantum", "Direct", "Scaled", "By locality", "Held", "Quarantined", "Difference"], table)],
    )  # fmt: skip


def _budget(source: Source) -> Section:
    rows = source.rows("budget")
    over = [r for r in rows if r["variance_to_date"] is not None]
    drawn = sorted(over, key=lambda r: abs(r["variance_to_date"]), reverse=True)[:10]
    chart = charts.bars(
        [(f"{r['agency']}: {words(r['service'])}", r["variance_to_date"]) for r in drawn], "pounds, variance from April to the last month",
        "Bars of the ten largest variances: " + "; ".join(f"{r['agency']} {words(r['service'])} {pounds(r['variance_to_date'])}" for r in drawn),
    ) if drawn else ""  # fmt: skip
    amounts = ("budget_to_date", "cost_to_date", "variance_to_date", "budget_year")
    table = [[r["agency"], words(r["service"]), *(pounds(r[name]) for name in amounts)] for r in rows]
    return Section(
        "Budget beside cost", ["A service without a budget has a dash."], chart,
        [Table("From April to the last month, pounds", ["Agency", "Service", "Budget", "Cost", "Variance", "Budget of the year"], table)],
    )  # fmt: skip


def _held(source: Source) -> Section:
    rows = source.rows("held")
    held = total(rows, "unallocated") + total(rows, "quarantined")
    table = [
        [r["agency"], words(r["service"]), words(r["status"]), number(r["months"]), pounds_and_pence(r["unallocated"]), pounds_and_pence(r["quarantined"])]
        for r in rows
    ]  # fmt: skip
    return Section(
        f"{pounds(held)} is on nobody and nowhere, and why", [],
        tables=[Table("Held pounds by reason", ["Agency", "Service", "Reason", "Months", "Held", "In quarantine"], table)], link="held",
    )  # fmt: skip


def _eliminated(source: Source) -> Section:
    rows = [
        [r["passed"], r["parties"], r["status"], number(r["ledger_rows"]), pounds_and_pence(r["amount"])]
        for r in source.rows("eliminated")
    ]
    return Section("What two ledgers show is counted once", [], tables=[
        Table("Eliminated ledger rows", ["What is passed on", "Between", "Status", "Rows", "Amount"], rows)])  # fmt: skip


def _unmapped(source: Source) -> Section:
    rows = source.rows("unmapped")
    table = [
        [r["agency"], r["cost_code"], r["description"] or "", number(r["months"]), pounds_and_pence(r["amount"]), words(r["nearest_service"] or "")]
        for r in rows
    ]  # fmt: skip
    return Section(
        f"{len(rows)} cost codes have no service yet: {pounds(total(rows, 'amount'))}",
        ["Map each in reference/cost_code_map.csv; the nearest known account is a suggestion."],
        tables=[Table("Codes without a mapping", ["Agency", "Code", "Account", "Months", "Amount", "Nearest service"], table)], link="unmapped",
    )  # fmt: skip


def _scale(source: Source) -> Section:
    table = [
        [r["agency"], words(r["service"]), *(f"{r[n]:.4f}" for n in ("least", "greatest", "latest")), number(r["months_out_of_band"])]
        for r in source.rows("scale_factor")
    ]  # fmt: skip
    return Section(
        "By how much records are scaled to the ledger", ["1 means that the records are the ledger. Those furthest from it come first."],
        tables=[Table("Scale factors over the months", ["Agency", "Service", "Least", "Greatest", "Latest", "Months out of band"], table)],
    )  # fmt: skip
