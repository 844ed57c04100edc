"""Inequality: what people cost by how deprived the place is that they live in, older people first.

Belongs here: gradients with their intervals, the cost of inequality, by council. Does not belong here: one area's page (`local.py`).
"""

from pipelines.report import charts
from pipelines.report.boundaries import outlines
from pipelines.report.page import Page, Section, Table, number, percent, pounds
from pipelines.report.source import Rows, Source

AGE_GROUPS = {"65+": "people of 65 and over", "75+": "people of 75 and over", "all": "people of all ages"}
SCOPES = {
    "all": "all care",
    "nhs": "health service",
    "social_care": "social care",
    "institutional": "hospitals and care homes",
    "community": "community",
}
POUNDS, SHARES = ("GBP", "GBP a person-year"), ("share",)
CAVEAT = (
    "These are associations with where people live, not with who they are. They are no cashable saving. Unmet need lowers them: "
    "who does not get care costs nothing."
)  # fmt: skip


def page(source: Source) -> Page:
    """The page of a release on inequality."""
    standardised, measures, names = source.rows("standardised"), source.rows("inequality"), source.names()
    sections = [
        section for group in AGE_GROUPS for section in (_gradient(standardised, group), _measures(measures, names, group))
    ]
    year = standardised[0]["financial_year"] if standardised else ""
    months = min((r["months"] for r in standardised), default=0)
    part = f" The year has {months} months of data; rates are annualised." if 0 < months < 12 else ""
    return Page("inequality.html", "Inequality", "boards and analysts", [
        f"What care costs a head, by fifth of deprivation, in {year}, standardised for age and sex: the same people, only living elsewhere.{part}",
        CAVEAT,
    ], [*sections, _localities(source, standardised), _scopes(measures), _without(standardised)])  # fmt: skip


def _gradient(standardised: Rows, group: str) -> Section:
    fifths = _of(standardised, scope="all", age_group=group, area_kind="simd_quintile")
    told = [r for r in fifths if r["standardised_cost_per_head"] is not None]
    title = f"Too little is known of {AGE_GROUPS[group]} to standardise"
    if len(told) == 5:
        most, least = told[0]["standardised_cost_per_head"], told[-1]["standardised_cost_per_head"]
        title = (
            f"{AGE_GROUPS[group].capitalize()}: {pounds(most)} a head in the most deprived fifth, {pounds(least)} in the least"
        )
    chart = charts.bars(
        [(f"fifth {r['area']}", r["standardised_cost_per_head"]) for r in told], "pounds a person-year, standardised; line: 95 % interval",
        f"{title}. " + "; ".join(f"fifth {r['area']}: {pounds(r['standardised_cost_per_head'])}" for r in told),
        [(r["lower"], r["upper"]) for r in told],
    ) if told else ""  # fmt: skip
    rows = [
        [r["area"], number(r["population"]), pounds(r["cost_per_head"]), pounds(r["standardised_cost_per_head"]), pounds(r["lower"]), pounds(r["upper"])]
        for r in fifths
    ]  # fmt: skip
    head = ["Fifth (1 = most deprived)", "Residents", "£ a head, as it is", "Standardised", "from", "to (95 %)"]
    return Section(
        title,
        [],
        chart,
        [Table(f"Cost a head of {AGE_GROUPS[group]}, by fifth of deprivation", head, rows)],
        link=f"gradient-{group.strip('+')}",
    )


def _measures(measures: Rows, names: dict[str, str], group: str) -> Section:
    of_group = _of(measures, scope="all", age_group=group)
    costs = [r for r in of_group if r["measure"] == "cost_of_inequality"]
    whole = next((r["value"] for r in costs if r["area_kind"] == "tayside"), None)
    title = f"The cost of inequality of {AGE_GROUPS[group]} cannot be told" if whole is None else (
        f"The cost of inequality of {AGE_GROUPS[group]} is {pounds(whole)}"
    )  # fmt: skip
    by_area = [[_area(r, names), *_told(r)] for r in costs]
    of_tayside = [
        [r["measure"].replace("_", " "), *_told(r), r["unit"], r["convention"]] for r in of_group if r["area_kind"] == "tayside"
    ]
    return Section(
        title, ["How much more is spent than if every age and sex cost what it costs in the least deprived fifth."],
        tables=[
            Table(f"Cost of inequality of {AGE_GROUPS[group]}, by council", ["Area", "£", "from", "to (95 %)"], by_area),
            Table(f"Every measure of {AGE_GROUPS[group]} in Tayside", ["Measure", "Value", "from", "to (95 %)", "Unit", "How it is computed"], of_tayside),
        ],
        link=f"cost-{group.strip('+')}",
    )  # fmt: skip


def _localities(source: Source, standardised: Rows) -> Section:
    """People of 65 and over, locality by locality: a ranked strip, and a map where there are outlines."""
    every = _of(standardised, scope="all", age_group="65+", area_kind="locality")
    told = [r for r in every if r["standardised_cost_per_head"] is not None]
    told.sort(key=lambda r: (-r["standardised_cost_per_head"], r["area"]))
    title = "Too little is known of any locality to standardise"
    if told:
        title = f"People of 65 and over cost most a head in {told[0]['area']}, least in {told[-1]['area']}"
    words = "; ".join(f"{r['area']}: {pounds(r['standardised_cost_per_head'])}" for r in told)
    strip = charts.bars(
        [(r["area"], r["standardised_cost_per_head"]) for r in told],
        "pounds a person-year, standardised; line: 95 % interval",
        f"{title}. {words}",
        [(r["lower"], r["upper"]) for r in told],
    )
    drawn = charts.area_map(
        outlines(source.boundaries, [r["area"] for r in every]),
        {r["area"]: r["standardised_cost_per_head"] for r in told},
        "pounds a person-year, standardised",
        f"Map. {title}. {words}",
    )
    rows = [
        [r["area"], number(r["population"]), pounds(r["standardised_cost_per_head"]), pounds(r["lower"]), pounds(r["upper"])]
        for r in told
    ]
    head = ["Locality", "Residents", "Standardised", "from", "to (95 %)"]
    table = Table("Cost a head of people of 65 and over, by locality", head, rows)
    problem = source.boundaries.problem
    return Section(title, [problem] if problem else [], drawn + strip, [table], link="localities")


def _scopes(measures: Rows) -> Section:
    rows = [
        [SCOPES[r["scope"]], AGE_GROUPS[r["age_group"]], *_told(r)]
        for r in _of(measures, area_kind="tayside", measure="concentration_index")
    ]  # fmt: skip
    return Section(
        "Which care leans towards the deprived", ["Concentration index: below 0 where the most deprived cost more, above 0 where the least do."],
        tables=[Table("Concentration index in Tayside, by kind of care", ["Care", "People", "Index", "from", "to (95 %)"], rows)],
    )  # fmt: skip


def _without(standardised: Rows) -> Section:
    rows = [
        [SCOPES[r["scope"]], percent(r["share_without_person"])]
        for r in _of(standardised, area_kind="tayside", age_group="all")
    ]
    return Section(
        "What is in no rate", ["Cost on no person, or on somebody without a home in the area, has no fifth. It is in no figure above."],
        tables=[Table("Share of Tayside's cost without a person and home", ["Care", "Share"], rows)],
    )  # fmt: skip


def _told(row: dict) -> list[str]:
    """A measure with its interval, in its unit."""
    values = (row["value"], row["lower"], row["upper"])
    if row["unit"] in POUNDS:
        return [pounds(value) for value in values]
    return [percent(v) if row["unit"] in SHARES else number(v and v.quantize(v.__class__("0.001"))) for v in values]


def _area(row: dict, names: dict[str, str]) -> str:
    return "Tayside" if row["area_kind"] == "tayside" else names.get(row["area"], row["area"])


def _of(rows: Rows, **where: str) -> Rows:
    return [row for row in rows if all(row[name] == value for name, value in where.items())]
