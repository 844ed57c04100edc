"""The page of a test of change: the question, the answer, the picture, what shifted, the money, what to beware of, the method.

Belongs here: what the page says. Does not belong here: its look (`pipelines/report`), what is found (`evaluate.py`).
"""

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from pipelines.evaluation.judged import COMPARED, EXPECTED, TREATED
from pipelines.evaluation.result import Interval, Result
from pipelines.evaluation.verdict import Verdict
from pipelines.report import charts
from pipelines.report.page import NOTHING, Page, Section, Table, pounds, pounds_and_pence

SAID = {
    Verdict.IMPROVED: "It improved",
    Verdict.WORSE: "It became worse",
    Verdict.NO_EVIDENCE: "There is no evidence of a change",
    Verdict.NOT_EVALUABLE: "It cannot be evaluated",
}
WELL_DECLARED = "It was declared before its result could be known, and stands as it was noted then."
OUTCOME = {
    "cost_per_head": "the cost a head of", "cost": "the cost of", "units": "the units of", "institutional_share": "the share of institutions in the cost of",
}  # fmt: skip
CARE = {
    "all": "all care", "nhs": "care of the NHS", "social_care": "social care", "institutional": "care in institutions",
    "community": "care in the community",
}  # fmt: skip


def page_of(result: Result, series: Sequence[dict[str, Any]], first_after: str) -> Page:
    """The page of a result. series: the rows of `series.parquet`. first_after: the month at which the picture has its rule."""
    lead = [result.question, result.answer, looked_at(result), *(result.remarks or [WELL_DECLARED])]
    sections = [_effect(result), _picture(result, series, first_after), _why(result)]
    sections += [_shifts(result)] if result.shifts else []
    sections += [_money(result)] if result.money else []
    return Page(
        "index.html",
        f"Test of change: {result.name}",
        f"boards, local teams and {result.owner}",
        lead,
        [*sections, _method(result)],
    )


def _picture(result: Result, series: Sequence[dict[str, Any]], first_after: str) -> Section:
    known = [row for row in series if row["value"] is not None]
    band = charts.Band([(r["month"], r["lower"], r["upper"]) for r in known if r["lower"] is not None], first_after)
    text = f"Lines of {result.unit} by month: those treated, those compared, and what would have been without the change."
    chart = charts.lines_about([(r["part"], r["month"], r["value"]) for r in known], band, result.unit, text)
    by_month: dict[str, dict[str, dict[str, Any]]] = {}
    for row in series:
        by_month.setdefault(row["month"], {})[row["part"]] = row
    rows = []
    for month, of in by_month.items():
        expected = of.get(EXPECTED, {})
        values = [
            of.get(TREATED, {}).get("value"),
            of.get(COMPARED, {}).get("value"),
            expected.get("value"),
            expected.get("lower"),
            expected.get("upper"),
        ]
        rows.append([month, *(_in_unit(result, value) for value in values)])
    is_of_people = result.declaration["who"]["kind"] == "people"
    counted = (
        ["Months are counted from each person's start: -01 is the last before it, +01 the first whole one after it."]
        if is_of_people
        else []
    )
    head = ["Month", "Treated", "Comparison", "Would have been", "from", "to (95 %)"]
    return Section(
        "Before and after", [f"Treated: {result.treated}.", f"Compared: {result.compared}.", *counted], chart,
        [Table(f"Month by month, {result.unit}", head, rows, f"The dashed rule stands at {first_after}.")],
    )  # fmt: skip


def _effect(result: Result) -> Section:
    rows = [
        ["Each person, a month", *_ends(result, result.effect_a_head_and_month)] if result.effect_a_head_and_month else [],
        ["All, a month", *_ends(result, result.effect_a_month)],
        ["All, to date", *_ends(result, result.effect_to_date)],
        ["In relation to what would have been", *_shares(result.relative_effect)],
    ]
    head = ["Effect", "value", "from", "to (95 %)"]
    return Section(
        SAID[result.verdict],
        [_smallest(result)] if result.smallest_effect_a_month is not None else [],
        tables=[Table(f"The effect in {_what(result)}; below 0 is less than would have been", head, [r for r in rows if r])],
    )


def _why(result: Result) -> Section:
    rows = [["Why it is so judged", sentence] for sentence in result.reasons] + [
        ["Beware", sentence] for sentence in result.cautions
    ]
    return Section("Why, and what to beware of", tables=[Table("Reasons and cautions", ["What", "In words"], rows)])


def _shifts(result: Result) -> Section:
    rows = [
        [
            shift.agency,
            shift.setting,
            *(_pounds(end) for end in (shift.a_month.value, shift.a_month.lower, shift.a_month.upper)),
        ]
        for shift in result.shifts
    ]
    return Section(
        "What shifted between agencies and settings",
        [
            "Each is found by itself, in the same way as the whole: one of many may differ by chance.",
            "Care that is not the outcome is not here."
            if result.declaration["who"]["kind"] == "people"
            else "All care of the age group is here, also what is not the outcome: what is spared in one place may be spent in another.",
        ],
        tables=[Table("Change, pounds a month", ["Agency", "Setting", "change", "from", "to (95 %)"], rows)],
    )


def _money(result: Result) -> Section:
    money = result.money
    assert money is not None
    rows = [
        ["Cost of the test to date", pounds_and_pence(money.cost_of_test), "", ""],
        ["Effect on cost to date", *(_pounds(end) for end in (money.effect.value, money.effect.lower, money.effect.upper))],
        ["Both together: below 0 is a gain", *(_pounds(end) for end in (money.net.value, money.net.lower, money.net.upper))],
        ["Saving a month at which it pays for itself", pounds_and_pence(money.break_even_a_month), "", ""],
    ]
    note = "A difference in cost is care that was given otherwise, and no cash that can be spent: staff and buildings cost what they cost."
    if result.declaration["outcome"]["price_base"]:
        note += " The cost of the test is in the pounds of its own months."
    return Section(
        "What it cost and what it saved", tables=[Table("Pounds", ["What", "pounds", "from", "to (95 %)"], rows, note)]
    )


def _method(result: Result) -> Section:
    tables = [
        Table(
            "The fit before the start, and what else the method tells",
            ["What", "value"],
            [[what, NOTHING if value is None else f"{value:,}"] for what, value in result.fit_before.items()],
        )
    ]
    if result.balance:
        rows = [[b.what, f"{b.before}", f"{b.after}"] for b in result.balance]
        tables.append(
            Table("How unlike both groups were before the start, in standard deviations", ["What", "all", "matched"], rows)
        )
    if result.placebos:
        rows = [[p.kind, f"{p.rank} of {p.of}"] for p in result.placebos]
        tables.append(Table("Where nothing was done: rank of the true effect", ["Where", "rank"], rows))
    told = [
        *result.method,
        f"Declaration sha256 {result.declaration_sha256}.",
        f"{result.months_before} months before, {result.months_after} after.",
    ]
    return Section("For the statistician", told, tables=tables)


def looked_at(result: Result) -> str:
    """What was looked at, of whom, when and in which prices, in one sentence."""
    outcome, when = result.declaration["outcome"], result.declaration["when"]
    care = f"the services {', '.join(outcome['services'])}" if outcome["services"] else CARE[outcome["scope"]]
    who = "of everybody" if outcome["age_group"] == "all" else f"of people of {outcome['age_group'].removesuffix('+')} and over"
    base = outcome["price_base"]
    prices = f", in prices of {base['year']} ({base['series']}, {base['vintage']})" if base else ""
    number = when["washout_months"]
    washout = f" (and {number} month{'s' if number > 1 else ''} of washout between them)" if number else ""
    return (
        f"Looked at: {OUTCOME[outcome['measure']]} {care} {who}{prices}; a start on {when['starts_on']}, {result.months_before} months before "
        f"and {result.months_after} after it{washout}."
    )


def _smallest(result: Result) -> str:
    share = result.smallest_effect_share
    told = "" if share is None else f", {share * 100:.1f} % of what it was before"
    unit = result.unit.removeprefix("pounds ")
    return f"The smallest effect that would have been seen four times in five: {_in_unit(result, result.smallest_effect_a_month)} {unit}{told}."


def _what(result: Result) -> str:
    """What is counted: pounds, units, or a share."""
    return result.unit.split()[0]


def _ends(result: Result, found: Interval) -> list[str]:
    return [_in_unit(result, end) for end in (found.value, found.lower, found.upper)]


def _shares(found: Interval) -> list[str]:
    return [
        NOTHING if end is None else f"{'−' if end < 0 else ''}{abs(end) * 100:.1f} %"
        for end in (found.value, found.lower, found.upper)
    ]


def _in_unit(result: Result, value: Decimal | None) -> str:
    if value is None:
        return NOTHING
    if result.unit.startswith("pounds"):
        return pounds_and_pence(value)
    return f"{'−' if value < 0 else ''}{abs(value):,.4f}"


def _pounds(value: Decimal | None) -> str:
    return pounds(value)
