"""What the pages show of a few people: nothing, not as the rest of a sum either; and what stands in its place."""

import datetime
import re
import shutil
from collections.abc import Callable
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb
import pytest

from pipelines.report import page as words
from pipelines.report.page import FEW, NOTHING, Section, Table
from pipelines.report.pages import balance, links, local, money, overview
from pipelines.report.said_of import NOTHING_SAID
from pipelines.report.source import Rows, Source, opened_source
from tests.conftest import BuildWorld

VERSION = "2025.05.1"


@dataclass(frozen=True)
class Told(Source):
    """A source whose rows are given."""

    given: dict[str, Rows] = field(default_factory=dict)

    def rows(self, name: str) -> Rows:
        return self.given.get(name, [])


def told(changes: str = "", **given: Rows) -> Told:
    return Told(duckdb.connect(), {"gate": []}, changes, [], NOTHING_SAID, given=given)


def table(sections: Section | list[Section], caption: str) -> Table:
    """The only table with a caption that begins so."""
    of = [sections] if isinstance(sections, Section) else sections
    (found,) = [t for section in of for t in section.tables if t.caption.startswith(caption)]
    return found


@pytest.fixture
def release(published: BuildWorld) -> Path:
    return published() / "releases" / VERSION


def few_of(release: Path) -> set[tuple[str, str]]:
    """Agencies and services with a cost on fewer than 5 people."""
    rows = duckdb.connect().execute(
        "SELECT agency, service FROM read_parquet(?) GROUP BY ALL HAVING count(DISTINCT person_id) BETWEEN 1 AND 4",
        [str(release / "client_month_cost" / "*.parquet")],
    )
    return {(agency, words.words(service)) for agency, service in rows.fetchall()}


def test_the_records_cost_of_a_service_of_a_few_people_is_not_shown(release: Path) -> None:
    few = few_of(release)
    with opened_source(release, [], NOTHING_SAID) as source:
        shown = table(list(money.page(source).sections), "Cost by agency and service")
    at = [shown.head.index(name) for name in ("Direct", "Scaled")]
    hidden = {(row[0], row[1]) for row in shown.rows if all(row[i] == FEW for i in at)}
    assert few and hidden == few
    assert not [row for row in shown.rows if (row[0], row[1]) not in few and FEW in row]


def test_a_scale_factor_of_a_few_people_is_not_shown_for_it_would_tell_their_cost(release: Path) -> None:
    rows = duckdb.connect().execute(
        "SELECT agency, service, month FROM read_parquet(?) WHERE scale_factor IS NOT NULL AND people BETWEEN 1 AND 4",
        [str(release / "control_total" / "*.parquet")],
    )
    few = set(rows.fetchall())
    with opened_source(release, [], NOTHING_SAID) as source:
        shown = {(r["agency"], r["service"], r["month"]) for r in source.rows("scale_factor_by_month")}
        extremes = {(r["agency"], r["service"]): r["least"] for r in source.rows("scale_factor")}
    assert few and shown and not few & shown
    for agency, service, _ in few:
        has_more = any((agency, service) == of[:2] for of in shown)
        assert (extremes[agency, service] is not None) == has_more


def test_two_counts_of_clients_do_not_tell_the_few_between_them() -> None:
    month = {"agency": "angus", "month": datetime.date(2025, 4, 1)}
    source = told(
        links_over_time=[{**month, "clients": 49, "linked": 48}, {**month, "clients": 3, "linked": 2}],
        links=[{"agency": "angus", "link_method": "unlinked", "clients": 1, "cost": Decimal("40.85"), "estimated_precision": None,
                "estimated_recall": None}],
    )  # fmt: skip
    page = links.page(source)
    assert [list(row[2:]) for row in table(list(page.sections), "Clients with a cost").rows] == [["50", "50"], [FEW, FEW]]
    assert page.sections[-1].title.endswith(FEW)
    (row,) = table(list(page.sections), "Links by method").rows
    assert list(row[2:]) == [FEW, FEW, NOTHING, "cannot be told"]


@pytest.mark.parametrize(("people", "is_told"), [(4, False), (5, True)])
def test_the_share_of_a_few_costly_people_is_not_shown(people: int, is_told: bool) -> None:
    row = {"scope": "all", "area_kind": "tayside", "area": "tayside", "cut": "half_of_cost", "people": people,
           "share_of_residents": Decimal("0.0123"), "cost": Decimal("900.00"), "share_of_cost": Decimal("0.5")}  # fmt: skip
    section = balance._high(told(high_cost=[row]), {})
    (shown,) = section.tables[0].rows
    assert ("1.23 %" in shown) == ("£900" in shown) == ("1.2 %" in section.title) == is_told


@pytest.mark.parametrize(("people", "is_told"), [(4, False), (5, True), (0, True)])
def test_a_setting_of_a_few_people_is_not_shown_nor_the_one_beside_it(people: int, is_told: bool) -> None:
    """What is on nobody is shown: it is nobody's."""
    rows = [
        {"financial_year": "2025-26", "age_group": "all", "area_kind": "locality", "area": "Lochee", "setting": setting, "people": count,
         "cost": Decimal(cost), "share": Decimal("0.5"), "cost_per_head": Decimal("7.00")}
        for setting, count, cost in (("institutional", people, "900.00"), ("community", 80, "4000.00"))
    ]  # fmt: skip
    section = balance._areas(rows, {})
    (shown,) = section.tables[0].rows
    assert (FEW in shown) != is_told and ("£900" in shown) == ("£4,000" in shown) == ("£4,900" in shown) == is_told
    assert ("Lochee" in section.chart) == is_told


def programmes(**people: tuple[int, int]) -> Table:
    """The table of a locality whose programmes have so many people in each setting, each at £100 a setting."""
    rows = [
        {
            "council": "S1",
            "locality": "Lochee",
            "programme": name,
            "setting": setting,
            "people": count,
            "cost": Decimal("100.00"),
        }
        for name, counts in people.items()
        for setting, count in zip(("community", "institutional"), counts, strict=True)
    ]
    rest = local.Rest([], [], [], rows, [], [])
    return table(local._programmes(local.Place("Lochee", "locality", "Lochee", "S1", "Lochee"), rest), "Cost by programme")


def test_one_programme_of_a_few_people_is_shown_with_another() -> None:
    shown = programmes(day_care=(3, 0), meals=(8, 9), nursing=(50, 60))
    assert [(row[0], row[-1]) for row in shown.rows] == [("nursing", "£200"), ("programmes of few people, together", "£400")]


def test_programmes_that_are_few_people_all_together_are_not_shown() -> None:
    assert [row[-1] for row in programmes(day_care=(3, 0)).rows] == [FEW]


def test_a_programme_that_no_record_has_is_shown_for_it_is_nobody_s() -> None:
    assert [(row[0], row[-1]) for row in programmes(gp_services=(0, 0)).rows] == [("gp services", "£200")]


def test_the_people_of_a_setting_are_those_with_a_line_of_it(release: Path) -> None:
    with opened_source(release, [], NOTHING_SAID) as source:
        counted = {(r["area_kind"], r["area"], r["setting"]): r["people"] for r in source.rows("balance_of_care")}
    rows = duckdb.connect().execute(
        "SELECT p.locality, c.setting, count(DISTINCT person_id) FROM read_parquet(?) AS c JOIN read_parquet(?) AS p USING (person_id) GROUP BY ALL",
        [str(release / name / "*.parquet") for name in ("client_month_cost", "person")],
    )  # fmt: skip
    of_localities = {("locality", area, setting): people for area, setting, people in rows.fetchall() if area != "Unknown"}
    assert of_localities and of_localities.items() <= counted.items()


def test_a_cost_a_head_of_a_few_people_is_not_shown(release: Path, tmp_path: Path) -> None:
    copy = Path(shutil.copytree(release, tmp_path / VERSION))
    (file,) = (copy / "standardised_cost").glob("*.parquet")
    where = "scope = 'all' AND age_group = '65+' AND area_kind = 'simd_quintile' AND area = '1'"
    few = f"SELECT * REPLACE (CASE WHEN {where} THEN CAST(4 AS BIGINT) ELSE people END AS people) FROM read_parquet('{file}')"
    duckdb.connect().execute(f"COPY ({few}) TO '{tmp_path / 'few.parquet'}'")
    file.unlink()
    shutil.move(tmp_path / "few.parquet", file)

    def first_fifth(of: Path) -> dict[str, Any]:
        with opened_source(of, [], NOTHING_SAID) as source:
            (row,) = [
                r
                for r in source.rows("standardised")
                if (r["scope"], r["age_group"], r["area_kind"], r["area"]) == ("all", "65+", "simd_quintile", "1")
            ]
        return row

    figures = ("cost", "cost_per_head", "standardised_cost_per_head", "standard_error", "lower", "upper", "index")
    assert first_fifth(release)["cost"] is not None
    assert [first_fifth(copy)[name] for name in figures] == [None] * len(figures)


def test_all_that_changed_is_told_and_its_pounds_add_up_by_agency() -> None:
    sentences = [f"Sentence {n}." for n in range(12)]
    rows = ["| agency | service | month | lines before | lines now | pounds before | pounds now | direct before | direct now | why |",
            "|---|---|---|---|---|---|---|---|---|---|", "| angus | meals | 2025-04-01 | 3 | 4 | 10.10 | 12.15 | 1.00 | 1.00 | more |",
            "| angus | meals | 2025-05-01 |  | 4 |  | 2.00 |  | 1.00 | new |"]  # fmt: skip
    section = overview._changes(told("\n".join(["# 2025.05.2 against 2025.05.1", *sentences, *rows])))
    assert list(section.text) == sentences
    assert list(section.tables[0].rows) == [["angus", "2", "£10.10", "£14.15", "£4.05"]]


def test_the_command_s_change_table_is_the_one_that_the_page_reads(
    published: BuildWorld, copy_of: Callable[[Path], Path]
) -> None:
    from pipelines.release import changes

    head = re.search(r'"(\| agency \| service \| month .*?\|)\\n', Path(changes.__file__).read_text("utf-8"))
    assert head is not None
    names = overview._cells(head[1])
    assert len(names) == overview.CHANGED
    assert [names[at] for at in overview.POUNDS] == ["pounds before", "pounds now"]
