"""Money: from each ledger to what is published, budgets, what is held and why.

Belongs here: what finance looks at. Does not belong here: the files (`submissions.py`).
"""

from decimal import Decimal

from pipelines.report import charts
from pipelines.report.page import NOTHING, Page, Section, Table, listed, number, of_people, pounds, pounds_and_pence, words
from pipelines.report.source import Source, total

OF_RECORDS = ("direct", "scaled")
"""What tells the cost of the people who have records."""
DRAWN = 5
"""So many lines can be told apart."""


def page(source: Source) -> Page:
    """The page of a release for finance."""
    return Page("money.html", "Money", "finance officers", [
        "What became of every pound of every ledger, beside the budget. The same figures are in reconciliation.xlsx beside this page.",
    ], [_services(source), _budget(source), _held(source), _eliminated(source), _unmapped(source), _scale(source)])  # fmt: skip


def _services(source: Source) -> Section:
    rows = source.rows("bridge_by_service")
    amounts = ("quantum", "direct", "scaled", "located", "unallocated", "quarantined", "difference")
    table = [
        [row["agency"], words(row["service"]),
         *(of_people(row["people"], pounds_and_pence(row[n])) if n in OF_RECORDS else pounds_and_pence(row[n]) for n in amounts)]
        for row in rows
    ]  # fmt: skip
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
    rows = source.rows("scale_factor")
    furthest = [(r["agency"], r["service"]) for r in rows if r["least"] is not None][:DRAWN]
    by_month = [r for r in source.rows("scale_factor_by_month") if (r["agency"], r["service"]) in furthest]
    drawn = sorted(by_month, key=lambda r: furthest.index((r["agency"], r["service"])))
    chart = charts.lines(
        [(f"{r['agency']}: {words(r['service'])}", f"{r['month']:%Y-%m}", r["scale_factor"]) for r in drawn], "scale factor",
        f"Lines by month of the scale factors furthest from 1, of {listed(f'{a} {words(s)}' for a, s in furthest)}.",
    ) if drawn else ""  # fmt: skip
    table = [
        [r["agency"], words(r["service"]), *(_factor(r[n]) for n in ("least", "greatest", "latest")), number(r["months_out_of_band"])]
        for r in rows
    ]  # fmt: skip
    months = [[f"{r['agency']}: {words(r['service'])}", f"{r['month']:%Y-%m}", _factor(r["scale_factor"])] for r in drawn]
    return Section(
        "By how much records are scaled to the ledger",
        ["1 means that the records are the ledger. Those furthest from it come first. Months with records of fewer than 5 people are left out."], chart,
        [Table("Scale factors over the months", ["Agency", "Service", "Least", "Greatest", "Latest", "Months out of band"], table),
         Table("The factors furthest from 1, by month", ["Agency and service", "Month", "Factor"], months)],
    )  # fmt: skip


def _factor(factor: Decimal | None) -> str:
    return NOTHING if factor is None else f"{factor:.4f}"
