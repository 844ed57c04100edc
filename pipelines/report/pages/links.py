"""People and links: how clients of councils were found in the health register, and how sure that is.

Belongs here: links by method, expected precision and recall. Does not belong here: who (inside: `review/`).
"""

from decimal import Decimal

from pipelines.report import charts
from pipelines.report.page import Page, Section, Table, about, of_people, people, percent, pounds, to_tens, words
from pipelines.report.source import Source

UNTOLD = "cannot be told"


def page(source: Source) -> Page:
    """The page of a release on links."""
    return Page("links.html", "People and links", "auditors", [
        "A council's client is somebody in the health register: by CHI number, by probability, or by a person's decision. Linking never moves a pound.",
    ], [_methods(source), _over_time(source), _changes(source)])  # fmt: skip


def _methods(source: Source) -> Section:
    rows = source.rows("links")
    table = [
        [r["agency"], words(r["link_method"]), people(r["clients"]), of_people(r["clients"], pounds(r["cost"])), percent(r["estimated_precision"], 2),
         percent(r["estimated_recall"], 2) if r["estimated_recall"] is not None else UNTOLD]
        for r in rows
    ]  # fmt: skip
    return Section(
        "How people were found in the last month",
        ["Precision: of the probable links, the share expected to be right. Recall: of an agency's clients in the register, the share expected to be "
         f"linked rightly; \"{UNTOLD}\" where too little is written of too many clients. None: lines about no person."],
        tables=[Table("Links by method", ["Agency", "Method", "People", "Cost", "Expected precision", "Expected recall"], table)],
    )  # fmt: skip


def _over_time(source: Source) -> Section:
    rows = [r for r in source.rows("links_over_time") if r["clients"]]
    shares = [
        (r["agency"], f"{r['month']:%Y-%m}", Decimal(100 * to_tens(r["linked"])) / to_tens(r["clients"]))
        for r in rows
        if to_tens(r["clients"])
    ]
    chart = (
        charts.lines(
            shares,
            "% of clients linked",
            "Lines of the share of clients linked, by council and month.",
        )
        if shares
        else ""
    )
    table = [[r["agency"], f"{r['month']:%Y-%m}", about(r["clients"]), about(r["linked"])] for r in rows]
    return Section(
        "Links over time",
        ["Clients are counted in tens, so that nobody can tell a few people from two of these figures."],
        chart,
        [Table("Clients with a cost in the month", ["Agency", "Month", "Clients", "Linked"], table)],
    )


def _changes(source: Source) -> Section:
    rows = [[r["changed_in"], people(r["people"])] for r in source.rows("person_change")]
    waiting = [r for r in source.rows("links") if r["link_method"] == "unlinked"]
    return Section(
        f"Clients with a cost in the last month who are linked to nobody: {people(sum(r['clients'] for r in waiting))}",
        ["irf review export lists the uncertain ones inside, for a person to decide. The table has the person ids that became others."],
        tables=[Table("Person ids that changed", ["In the refresh of", "People"], rows)],
    )  # fmt: skip
