"""A page for each council and each locality, which a local team can be sent alone.

Belongs here: one area beside Tayside. Does not belong here: comparisons of all areas (`inequality.py`, `balance.py`).
"""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from decimal import Decimal

from pipelines.report import charts
from pipelines.report.page import FEW, FEWEST_PEOPLE, Page, Section, Table, number, of_people, people, percent, pounds, words
from pipelines.report.pages.inequality import AGE_GROUPS, CAVEAT
from pipelines.report.source import Rows, Source, total

ZERO = Decimal("0.00")


@dataclass(frozen=True)
class Place:
    """A council (locality is None) or a locality of one."""

    name: str
    kind: str
    area: str
    council: str
    locality: str | None

    def has(self, row: dict) -> bool:
        """Whether a row of a council and locality is of this place."""
        return row["council"] == self.council and self.locality in (None, row["locality"])


@dataclass(frozen=True)
class Rest:
    """What all places are made from, read once."""

    standardised: Rows
    inequality: Rows
    months: Rows
    programmes: Rows
    budgets: Rows
    deprivation: Rows


def pages(source: Source) -> list[Page]:
    """The pages of the councils, each followed by its localities'."""
    rest = Rest(
        *(
            source.rows(name)
            for name in ("standardised", "inequality", "local_month", "local_programme", "local_budget", "local_deprivation")
        )
    )
    return [_page(place, rest) for place in _places(rest, source.names())]


def _places(rest: Rest, names: dict[str, str]) -> Iterator[Place]:
    localities: dict[str, set[str]] = defaultdict(set)
    for row in rest.deprivation:
        localities[row["council"]].add(row["locality"])
    for council, of in sorted(localities.items(), key=lambda item: names.get(item[0], item[0])):
        yield Place(names.get(council, council), "council", council, council, None)
        for locality in sorted(of - {"Unknown"}):
            yield Place(locality, "locality", locality, council, locality)


def _page(place: Place, rest: Rest) -> Page:
    of = [r for r in rest.standardised if (r["area_kind"], r["area"], r["scope"]) == (place.kind, place.area, "all")]
    whole = next((r for r in of if r["age_group"] == "all"), None)
    lead = [
        f"{number(whole['population'])} residents; {pounds(whole['cost'])} of care on people with a home here."
        if whole
        else "No cost is known here."
    ]
    sections = [_heads(place, rest, of)]
    if place.kind == "council":
        sections.append(_inequality(place, rest))
    sections += [
        _programmes(place, rest),
        _budget(place, rest),
        _months(place, rest),
        _deprivation(place, rest),
        _caveats(whole),
    ]
    return Page(f"local/{slug(place.name)}.html", place.name, "the local team", lead, sections)


def slug(name: str) -> str:
    """A name as a file name: dundee-west-end."""
    return re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-")


def _heads(place: Place, rest: Rest, of: Rows) -> Section:
    tayside = {r["age_group"]: r for r in rest.standardised if (r["area_kind"], r["scope"]) == ("tayside", "all")}
    own = {r["age_group"]: r for r in of}
    rows = [
        [words_, number(r["population"]), pounds(r["cost_per_head"]), pounds(r["standardised_cost_per_head"]), pounds(r["lower"]), pounds(r["upper"]),
         pounds(tayside[group]["standardised_cost_per_head"])]
        for group, words_ in AGE_GROUPS.items() if (r := own.get(group)) and group in tayside
    ]  # fmt: skip
    older = own.get("65+")
    told = [(group, r) for group in AGE_GROUPS if (r := own.get(group)) and r["standardised_cost_per_head"] is not None]
    title = "What people cost here"
    if older and older["index"] is not None:
        apart = older["index"] - 100
        title = f"People of 65 and over cost {abs(apart):.0f} % {'more' if apart >= 0 else 'less'} a head here than in Tayside, ages and sexes the same"
    chart = charts.bars(
        [(AGE_GROUPS[group].removeprefix("people of "), r["standardised_cost_per_head"]) for group, r in told],
        "pounds a person-year, standardised; line: 95 % interval", title, [(r["lower"], r["upper"]) for _, r in told],
    ) if told else ""  # fmt: skip
    head = ["People", "Residents", "£ a head, as it is", "Standardised", "from", "to (95 %)", "Tayside"]
    return Section(title, [], chart, [Table("Cost a head beside Tayside's", head, rows)])


def _inequality(place: Place, rest: Rest) -> Section:
    of = [
        r
        for r in rest.inequality
        if (r["area_kind"], r["area"], r["scope"], r["measure"]) == ("council", place.area, "all", "cost_of_inequality")
    ]
    rows = [[AGE_GROUPS[r["age_group"]], *(pounds(r[name]) for name in ("value", "lower", "upper"))] for r in of]
    older = next((r["value"] for r in of if r["age_group"] == "65+"), None)
    told = f"is {pounds(older)}" if older is not None else "cannot be told"
    return Section(
        f"The cost of inequality of people of 65 and over {told}", [CAVEAT],
        tables=[Table("Cost of inequality within the council", ["People", "£", "from", "to (95 %)"], rows)], link="cost-of-inequality",
    )  # fmt: skip


def _programmes(place: Place, rest: Rest) -> Section:
    of: dict[str, dict[str, dict]] = defaultdict(dict)
    for row in _summed(place, rest.programmes):
        of[row["programme"]][row["setting"]] = row
    shown: list[tuple[str, dict[str, dict]]] = []
    few: list[tuple[str, dict[str, dict]]] = []
    for programme, settings in of.items():
        (few if any(0 < r["people"] < FEWEST_PEOPLE for r in settings.values()) else shown).append((programme, settings))
    shown.sort(key=lambda item: -_most_people(item[1]))
    while few and shown and max(_most_people(settings) for _, settings in few) < FEWEST_PEOPLE:
        few.append(shown.pop())  # a sum of few people alone would be their figure
    shown.sort(key=lambda item: item[0])
    rows = [[words(programme), *_costs(settings.values())] for programme, settings in shown]
    if few:  # together, so that no figure of a few people shows, not as the rest of a sum either
        rows.append(
            [
                "programmes of few people, together",
                "–",
                "–",
                FEW
                if max(_most_people(settings) for _, settings in few) < FEWEST_PEOPLE
                else pounds(sum((r["cost"] for _, s in few for r in s.values()), ZERO)),
            ]
        )
    dearest = sorted(shown, key=lambda item: -sum(r["cost"] for r in item[1].values()))[:8]
    drawn = [(words(programme), {setting: max(s[setting]["cost"], ZERO) for setting in sorted(s)}) for programme, s in dearest]
    chart = charts.stacked_bars(drawn, "pounds", "Bars of cost by programme and setting.") if drawn else ""
    return Section("What it is spent on", ["With a person or without, the latest financial year."], chart, [
        Table("Cost by programme and setting", ["Programme", "Hospitals and care homes", "Home and community", "Both"], rows)])  # fmt: skip


def _most_people(settings: dict[str, dict]) -> int:
    """So many people at least are in a programme: who is in both settings is one person."""
    return int(max(row["people"] for row in settings.values()))


def _costs(rows: Iterable[dict]) -> list[str]:
    by = {row["setting"]: row["cost"] for row in rows}
    return [pounds(by.get("institutional")), pounds(by.get("community")), pounds(sum(by.values(), ZERO))]


def _summed(place: Place, rows: Rows) -> Rows:
    """The rows of a place by programme and setting; a council's are those of its localities together."""
    sums: dict[tuple[str, str], dict] = {}
    for row in rows:
        if place.has(row):
            at = sums.setdefault((row["programme"], row["setting"]), {**row, "people": 0, "cost": ZERO})
            at["people"] += row["people"]
            at["cost"] += row["cost"]
    return list(sums.values())


def _budget(place: Place, rest: Rest) -> Section:
    own = [r for r in rest.budgets if place.has(r)]
    agencies = sorted({r["agency"] for r in own})
    rows = []
    for agency in agencies:
        of = [r for r in own if r["agency"] == agency]
        known = [r for r in of if r["budget"] is not None]
        rows.append(
            [
                agency,
                pounds(total(of, "cost")),
                pounds(total(known, "budget") if known else None),
                pounds(total(known, "variance") if known else None),
            ]
        )
    return Section("Its share of the budgets", ["A budget without localities is spread over them as costing_rules.csv says."], tables=[
        Table("Budget beside cost", ["Agency", "Cost", "Budget", "Variance"], rows)])  # fmt: skip


def _months(place: Place, rest: Rest) -> Section:
    of: dict[str, dict[str, Decimal]] = defaultdict(lambda: defaultdict(lambda: ZERO))
    for row in rest.months:
        if place.has(row):
            of[f"{row['month']:%Y-%m}"][row["sector"]] += row["cost"]
    names = {"nhs": "health service", "social_care": "social care"}
    drawn = [(names[sector], month, cost) for month, by in sorted(of.items()) for sector, cost in sorted(by.items())]
    rows = [[month, *(pounds(by.get(sector)) for sector in names)] for month, by in sorted(of.items())]
    chart = charts.lines(drawn, "pounds a month", "Lines of cost by month and sector.") if drawn else ""
    return Section("Its trend", [], chart, [Table("Cost by month", ["Month", "Health service", "Social care"], rows)])


def _deprivation(place: Place, rest: Rest) -> Section:
    of: dict[str, int] = defaultdict(int)
    for row in rest.deprivation:
        if place.has(row):
            of[str(row["simd_quintile"] or "unknown")] += row["residents"]
    everybody = sum(of.values())
    rows = [
        [fifth, people(residents), of_people(residents, percent(Decimal(residents) / everybody))]
        for fifth, residents in sorted(of.items())
        if everybody
    ]
    most = percent(Decimal(of.get("1", 0)) / everybody) if everybody else "–"
    return Section(f"{most} of its residents live in Scotland's most deprived fifth", [], tables=[
        Table("Residents by fifth of deprivation", ["Fifth (1 = most deprived)", "Residents", "Share"], rows)])  # fmt: skip


def _caveats(whole: dict | None) -> Section:
    share = (
        percent(whole["share_without_person"]) if whole and whole["share_without_person"] is not None else "an unknown share"
    )
    return Section("What these figures do not say", [
        f"{share} of the area's cost is on no person with a home here, and in no cost a head.", CAVEAT,
    ])  # fmt: skip
