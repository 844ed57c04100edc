"""Balance of care: hospitals and care homes beside care at home; who shares care, how few cost how much, the last year of life.

Belongs here: the page for boards. Does not belong here: deprivation (`inequality.py`).
"""

from collections import defaultdict
from collections.abc import Iterable
from decimal import Decimal

from pipelines.report import charts
from pipelines.report.page import FEWEST_PEOPLE, Page, Section, Table, of_people, people, percent, pounds, words
from pipelines.report.source import Rows, Source

GROUPS = {"both": "both", "nhs_only": "health only", "social_care_only": "social care only", "neither": "neither"}
SETTINGS = {"institutional": "hospitals and care homes", "community": "home and community"}
NOWHERE = ("Unknown", "Outside Tayside")
ZERO = Decimal(0)


def page(source: Source) -> Page:
    """The page of a release on the balance of care."""
    balance, names = source.rows("balance_of_care"), source.names()
    latest = max((r["financial_year"] for r in balance), default="")
    return Page("balance.html", "Balance of care", "boards", [
        "How much is spent in hospitals and care homes, and how much on care at home and in the community, by area and over time.",
    ], [
        _areas([r for r in balance if r["financial_year"] == latest], names), _months(source), _shared(source, names), _high(source, names),
        _last_year(source),
    ])  # fmt: skip


def _areas(rows: Rows, names: dict[str, str]) -> Section:
    of: dict[tuple[str, str], dict[str, dict]] = defaultdict(dict)
    for row in rows:
        is_twice = row["area_kind"] == "council" and row["area"] in NOWHERE  # the localities' row has the same pounds
        if not is_twice:
            of[row["area_kind"], row["area"]][row["setting"]] = row
    order = sorted(of, key=lambda key: (("tayside", "council", "locality").index(key[0]), key[1]))
    whole = of.get(("tayside", "tayside"), {}).get("community")
    drawn = [
        (names.get(area, area.capitalize() if kind == "tayside" else area), {SETTINGS[s]: max(row["cost"], ZERO) for s, row in sorted(of[kind, area].items())})
        for kind, area in order
        if not 0 < _fewest(of[kind, area].values()) < FEWEST_PEOPLE
    ]  # fmt: skip
    table = []
    for kind, area in order:
        settings = of[kind, area]
        both = sum((row["cost"] for row in settings.values()), ZERO)
        cells = [settings.get(s) for s in SETTINGS]
        fewest = _fewest(settings.values())  # who sees one of two settings and the sum sees the other
        table.append([
            names.get(area, area.capitalize() if kind == "tayside" else area), *(of_people(fewest, pounds(c["cost"])) if c else "–" for c in cells),
            of_people(fewest, percent(cells[1]["share"])) if cells[1] else "–", of_people(fewest, pounds(both)),
            *(of_people(fewest, pounds(c["cost_per_head"])) if c else "–" for c in cells),
        ])  # fmt: skip
    share = percent(whole["share"]) if whole else "nothing"
    return Section(
        f"{share} of the cost is for care at home and in the community", ["All ages, the latest financial year; with a person or without."],
        charts.stacked_bars(drawn, "share of the cost", f"{share} of Tayside's cost is for care at home and in the community.", is_share=True),
        [Table("Cost by setting and area", ["Area", "Hospitals and care homes", "Home and community", "Share of that", "Both", "£ a head", "£ a head, community"], table)],
    )  # fmt: skip


def _fewest(settings: Iterable[dict]) -> int:
    """The fewest people of a setting, of the settings that have any."""
    return min((row["people"] for row in settings if row["people"]), default=0)


def _months(source: Source) -> Section:
    of: dict[str, dict[str, Decimal]] = defaultdict(dict)
    for row in source.rows("setting_by_month"):
        of[f"{row['month']:%Y-%m}"][row["setting"]] = row["cost"]
    shares = [(m, c.get("community", ZERO) / total) for m, c in of.items() if (total := sum(c.values(), ZERO)) > 0]
    table = [[m, *(pounds(of[m].get(s)) for s in SETTINGS), percent(share)] for m, share in shares]
    return Section(
        "The balance over time", [],
        charts.lines([("home and community", m, 100 * share) for m, share in shares], "% of the cost", "Line of the community's share by month."),
        [Table("Cost by month and setting", ["Month", "Hospitals and care homes", "Home and community", "Share of that"], table)],
    )  # fmt: skip


def _shared(source: Source, names: dict[str, str]) -> Section:
    rows = [r for r in source.rows("shared_care") if r["age_group"] == "65+" and r["area_kind"] in ("tayside", "council")]
    of: dict[str, dict[str, dict]] = defaultdict(dict)
    for row in rows:
        of[row["area"]][row["care_group"]] = row
    table = [
        [names.get(area, area.capitalize()), *(people(groups[g]["people"]) if g in groups else "–" for g in GROUPS),
         of_people(groups["both"]["people"], pounds(groups["both"]["cost"])) if "both" in groups else "–"]
        for area, groups in sorted(of.items(), key=lambda item: item[0] != "tayside")
    ]  # fmt: skip
    both = of.get("tayside", {}).get("both")
    told = people(both["people"]) if both else "0"
    return Section(
        f"People of 65 and over who have health and social care both: {told}", [],
        tables=[Table("People of 65 and over by whose care they have", ["Area", *(g.capitalize() for g in GROUPS.values()), "Cost of both"], table)],
    )  # fmt: skip


def _high(source: Source, names: dict[str, str]) -> Section:
    rows = [
        r
        for r in source.rows("high_cost")
        if r["scope"] == "all" and r["cut"] in ("half_of_cost", "top_1_percent", "top_5_percent")
    ]
    half = next((r for r in rows if r["area_kind"] == "tayside" and r["cut"] == "half_of_cost"), None)
    title = (
        "Half of the cost is for few people"
        if half is None or 0 < half["people"] < FEWEST_PEOPLE
        else f"Half of the cost is for {percent(half['share_of_residents'])} of residents"
    )
    table = [
        [names.get(r["area"], r["area"].capitalize()), words(r["cut"]).replace(" percent", " %"), people(r["people"]), of_people(r["people"], percent(r["share_of_residents"], 2)),
         of_people(r["people"], pounds(r["cost"])), of_people(r["people"], percent(r["share_of_cost"]))]
        for r in rows
    ]  # fmt: skip
    return Section(title, ["Residents without any cost are counted as residents."], tables=[
        Table("The costliest people", ["Area", "Cut", "People", "Share of residents", "Cost", "Share of cost"], table)])  # fmt: skip


def _last_year(source: Source) -> Section:
    rows = [r for r in source.rows("last_year_of_life") if r["area_kind"] == "tayside" and r["age_group"] in ("all", "65+")]
    table = [
        [r["financial_year"], "all ages" if r["age_group"] == "all" else "65 and over", words(r["sector"]), words(r["setting"]), people(r["people"]),
         of_people(r["people"], pounds(r["cost"])), of_people(r["people"], pounds(r["cost_per_person"]))]
        for r in rows
    ]  # fmt: skip
    return Section(
        "The last year of life" if rows else "The last year of life needs twelve months of data before a death", ["The month of death and the eleven before it."],
        tables=[Table("Cost of the last twelve months", ["Year of death", "Ages", "Sector", "Setting", "People", "Cost", "A person"], table)],
    )  # fmt: skip
