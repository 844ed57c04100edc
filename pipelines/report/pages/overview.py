"""The front page: what was published, whether it ties to the ledgers, what to look at.

Belongs here: what a chief executive reads in a minute. Does not belong here: detail that another page has.
"""

import re
from decimal import Decimal
from typing import Any

from pipelines.report import charts
from pipelines.report.page import Page, Section, Table, millions, month, number, percent, pounds, pounds_and_pence
from pipelines.report.source import Rows, Source, total

PARTS = (("attributed", "on people's records"), ("located", "spread over localities"), ("held", "held"))
"""What became of the cost, and how it is called."""
CHANGED, POUNDS, MONTH = 10, (5, 6), re.compile(r"\d{4}-\d{2}(-\d{2})?")
"""The columns of the table of what differs in CHANGES.md, and those of pounds before and now; the month in its third."""


def page(source: Source) -> Page:
    """The front page of a release."""
    (extent,), agencies = source.rows("extent"), source.rows("bridge_by_agency")
    told = [_warnings(source), _changes(source), *_tests_of_change(source), _signed(source)]
    if extent["cost"] is None:
        return Page("index.html", "Overview", "everybody", ["Nothing has a cost in this release: no ledger is in it."], told)
    blocked = [check for check in source.warnings if check["blocks"]]
    verdict = "Every check of the gate that can refuse a release has passed." if not blocked else "The gate refused."
    lead = [
        f"{millions(extent['cost'])} of health and social care from {month(extent['first_month'])} to {month(extent['last_month'])}, for "
        f"{number(extent['people'])} people, on {number(extent['lines'])} lines. Every pound of every ledger is in it once.",
        f"{verdict} {len(source.warnings)} warnings are listed below."
        + (f" Note: {source.manifest['note']}" if source.manifest.get("note") else ""),
    ]
    return Page("index.html", "Overview", "everybody", lead, [
        _inequality(source), _bridge(agencies, extent["cost"]), _months(source), *told,
    ])  # fmt: skip


def _inequality(source: Source) -> Section:
    """The finding that the dataset is for, and the way to it."""
    fifths = [
        r
        for r in source.rows("standardised")
        if (r["scope"], r["age_group"], r["area_kind"]) == ("all", "65+", "simd_quintile")
    ]
    told = [r for r in fifths if r["standardised_cost_per_head"] is not None]
    share = next((m["value"] for m in _of_measure(source, "cost_of_inequality_share")), None)
    title = "What people of 65 and over cost, by where they live"
    if share is not None:
        sign = "more" if share >= 0 else "less"
        title = f"Care of people of 65 and over costs {percent(abs(share))} {sign} than if all had the cost of the least deprived fifth"
    chart = charts.bars(
        [(f"fifth {r['area']}", r["standardised_cost_per_head"]) for r in told], "pounds a person-year, standardised for age and sex",
        f"Bars of cost a head by fifth of deprivation: {', '.join(pounds(r['standardised_cost_per_head']) for r in told)}.",
        [(r["lower"], r["upper"]) for r in told],
    ) if told else ""  # fmt: skip
    rows = [
        [f"{r['area']}{' (most deprived)' if r['area'] == '1' else ' (least deprived)' if r['area'] == '5' else ''}",
         pounds(r["standardised_cost_per_head"]), pounds(r["lower"]), pounds(r["upper"])]
        for r in fifths
    ]  # fmt: skip
    return Section(
        title, ["An association with where people live, no cashable saving. More on the page Inequality, by council there too."], chart,
        [Table("Standardised cost a head of people of 65 and over, by fifth of deprivation", ["Fifth", "£ a person-year", "from", "to (95 %)"], rows)],
    )  # fmt: skip


def _of_measure(source: Source, measure: str) -> Rows:
    key = ("all", "65+", "tayside", measure)
    return [r for r in source.rows("inequality") if (r["scope"], r["age_group"], r["area_kind"], r["measure"]) == key]


def _bridge(agencies: Rows, cost: Decimal) -> Section:
    drawn = [(row["agency"], {words: _part(row, part) for part, words in PARTS}) for row in agencies]
    held = sum((_part(row, "held") for row in agencies), Decimal(0))
    rows = [_bridge_row(row["agency"], row) for row in agencies]
    names = ("ledger", "eliminated", "excluded", "quantum", "attributed", "located", "unallocated", "quarantined", "difference")
    rows.append(_bridge_row("all", {name: total(agencies, name) for name in names}))
    chart = charts.stacked_bars(
        drawn,
        "pounds",
        "Bars of each agency's cost: "
        + "; ".join(f"{name}: {pounds(sum(parts.values(), Decimal(0)))}" for name, parts in drawn),
    )
    share = f"{pounds(held)} ({percent(held / cost)}) is held on nobody" if cost else "nothing is published"
    return Section(
        f"Every ledger is accounted for to the penny; {share}",
        ["The ledger less what is eliminated and excluded is the cost; it is on people's records, spread over localities, or held."],
        chart,
        [Table(
            "From ledger to what is published, pounds",
            ["Agency", "Ledger", "Eliminated", "Excluded", "Cost (quantum)", "On records", "By locality", "Held", "Difference"], rows,
        )],
    )  # fmt: skip


def _part(row: dict[str, Any], part: str) -> Decimal:
    held: Decimal = row["unallocated"] + row["quarantined"]
    return held if part == "held" else row[part]


def _bridge_row(name: str, row: dict[str, Any]) -> list[str]:
    parts = [
        row["ledger"],
        row["eliminated"],
        row["excluded"],
        row["quantum"],
        row["attributed"],
        row["located"],
        _part(row, "held"),
    ]
    return [name, *(pounds_and_pence(amount) for amount in (*parts, row["difference"]))]


def _months(source: Source) -> Section:
    rows = source.rows("cost_by_month")
    by_month: dict[str, dict[str, Decimal]] = {}
    for row in rows:
        by_month.setdefault(f"{row['month']:%Y-%m}", {})[row["sector"]] = row["cost"]
    names = {"nhs": "health service", "social_care": "social care"}
    chart = charts.lines(
        [(names[r["sector"]], f"{r['month']:%Y-%m}", r["cost"]) for r in rows],
        "pounds a month",
        "Lines of cost by month and sector.",
    )
    table = [
        [name, pounds(of.get("nhs")), pounds(of.get("social_care")), pounds(sum(of.values(), Decimal(0)))]
        for name, of in by_month.items()
    ]
    return Section(
        "What each month cost", [], chart, [Table("Cost by month", ["Month", "Health service", "Social care", "Both"], table)]
    )


def _warnings(source: Source) -> Section:
    rows = [[check["name"].replace("_", " "), case] for check in source.warnings for case in _cases(check)]
    title = (
        f"What to look at: {len(rows)} cases of {len(source.warnings)} warnings" if rows else "Nothing to look at: no warning"
    )
    return Section(
        title, [], tables=[Table("Every case of every warning of the gate", ["Warning", "Case"], rows)], link="warnings"
    )


def _cases(check: dict[str, Any]) -> list[str]:
    """Each case of a warning, as the gate has it."""
    return check["cases"] or [check["detail"]]


def _changes(source: Source) -> Section:
    """Every sentence of CHANGES.md, and by agency the pounds of what differs in it."""
    title, *lines = [
        line.strip("# ").strip() for line in source.changes.splitlines() if line.strip() and not line.startswith("|")
    ]
    different = [
        cells for line in source.changes.splitlines() if len(cells := _cells(line)) == CHANGED and MONTH.fullmatch(cells[2])
    ]
    rows = []
    for agency in sorted({cells[0] for cells in different}):
        of = [cells for cells in different if cells[0] == agency]
        before, now = (sum((Decimal(cells[at]) for cells in of if cells[at]), Decimal(0)) for at in POUNDS)
        rows.append([agency, number(len(of)), *(pounds_and_pence(amount) for amount in (before, now, now - before))])
    head = ["Agency", "Services and months", "Pounds before", "Pounds now", "Change"]
    tables = (
        [Table(f"What differs, by agency ({title})", head, rows, "Each service and month is in CHANGES.md of the release.")]
        if rows
        else []
    )
    return Section("What changed since the release before", lines, tables=tables)


def _cells(line: str) -> list[str]:
    """The cells of a line of a table in CHANGES.md; none of another line."""
    return [cell.strip() for cell in line.strip("|").split("|")] if line.startswith("|") else []


def _tests_of_change(source: Source) -> list[Section]:
    """The tests of change that were evaluated from this release; no section where there is none."""
    rows = [list(told) for told in source.said.tests_of_change]
    if not rows:
        return []
    note = f"The page of each is evaluations/<name>/{source.version}/index.html below the data root."
    table = Table("Tests of change, by this release", ["Name", "Verdict", "Answer"], rows, note)
    return [Section(f"Tests of change: {len(rows)} evaluated", tables=[table], link="tests-of-change")]


def _signed(source: Source) -> Section:
    accepted = [Table("Warnings that are known and accepted", ["Warning"], [[sentence] for sentence in source.said.accepted])]
    tables = accepted if source.said.accepted else []
    if not source.said.signed:
        return Section("Nobody has signed this release off yet", ["irf sign-off names who accepts it."], tables=tables)
    return Section("Who accepted this release", source.said.signed, tables=tables)
