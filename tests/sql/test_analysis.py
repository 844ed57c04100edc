"""The analysis tables that are sums, on rows small enough to check by eye."""

import datetime
from decimal import Decimal
from typing import Any

import pytest

from pipelines.analysis.high_cost import cost_of_top, people_for_share
from tests.sql.sql_case import Row, run, value

YEAR = "2025-26"
REFRESH = {
    "core.refresh": [{"period": "2026-03", "first_month": "2025-04-01", "last_month": "2026-03-01", "period_end": "2026-03-31"}]
}


def person(person_id: str, **own: Any) -> Row:
    """Somebody at home in Lochee, in the most deprived fifth."""
    home = {"sex": "2", "council": "DUN", "locality": "Lochee", "data_zone": "Z1", "simd_quintile": 1}
    return {"person_id": person_id, "link_method": "chi", "is_deceased": False, **home, **own}


def year(person_id: str, cost: str | None = "10.00", band: str = "65-69", **own: Any) -> Row:
    """A person's year of care in hospital, unless said otherwise."""
    parts = {"nhs_cost": cost, "institutional_cost": cost}
    told = {"financial_year": YEAR, "person_id": person_id, "five_year_band": band, "has_died": False, "cost": cost}
    return {**told, **parts, **own}


def profile(population: int | None, **own: Any) -> Row:
    """Residents of a cell."""
    cell = {"financial_year": YEAR, "scope": "all", "council": "DUN", "locality": "Lochee", "simd_quintile": 1}
    told = {"five_year_band": "65-69", "sex": "2", "has_died": False, "months": 12, "people": 0, "cost": 0, "cost_squared": 0}
    return {**cell, **told, "population": population, **own}


def picked(rows: list[Row], *names: str, **where: Any) -> list[tuple]:
    """Some columns of the rows that are so."""
    return [tuple(row[n] for n in names) for row in rows if all(row[k] == v for k, v in where.items())]


# ---- ages and areas ----


@pytest.mark.parametrize(
    ("age", "band"),
    [("-1", "0-4"), ("0", "0-4"), ("4", "0-4"), ("5", "5-9"), ("64", "60-64"), ("65", "65-69"), ("89", "85-89"), ("90", "90+"),
     ("104", "90+"), ("NULL", "Unknown")],
)  # fmt: skip
def test_ages_are_in_bands_of_five_years(age: str, band: str) -> None:
    assert value(f"five_year_band_of({age})") == band


@pytest.mark.parametrize(
    ("group", "band", "is_in"),
    [("all", "Unknown", True), ("65+", "60-64", False), ("65+", "65-69", True), ("65+", "65-74", True), ("75+", "65-74", False),
     ("75+", "90+", True), ("75+", "85+", True), ("65+", "Unknown", False)],
)  # fmt: skip
def test_an_age_group_has_whole_bands(group: str, band: str, is_in: bool) -> None:
    assert value(f"is_in_age_group('{group}', '{band}')") is is_in


@pytest.mark.parametrize(
    ("kind", "home", "area"),
    [
        ("council", "'DUN', 'Lochee', 1", "DUN"),
        ("locality", "'DUN', 'Lochee', 1", "Lochee"),
        ("simd_quintile", "'DUN', 'Lochee', 1", "1"),
        ("council_simd_quintile", "'DUN', 'Lochee', 1", "DUN/1"),
        ("council_simd_quintile", "'DUN', 'Lochee', NULL", "Unknown"),
        ("council", "'FIFE', 'Outside Tayside', 3", "Outside Tayside"),
        ("simd_quintile", "'FIFE', 'Outside Tayside', 3", "Outside Tayside"),
        ("locality", "'Unknown', 'Unknown', NULL", "Unknown"),
        ("tayside", "'Unknown', 'Unknown', NULL", "tayside"),
    ],
)
def test_every_home_is_in_one_area_of_each_kind(kind: str, home: str, area: str) -> None:
    assert value(f"area_of('{kind}', {home})") == area


def test_a_share_is_rounded_half_away_from_zero_and_of_nothing_there_is_none() -> None:
    assert [value(f"share_of({n})") for n in ("1, 3", "2, 3", "1, 0")] == [Decimal("0.333333"), Decimal("0.666667"), None]


def test_cost_a_head_is_of_a_whole_year() -> None:
    assert value("cost_a_year(CAST(100 AS DECIMAL(18, 2)), 10, 6)") == Decimal("20.00")
    assert value("cost_a_year(CAST(100 AS DECIMAL(18, 2)), 0, 6)") is None


# ---- person_year ----


def test_a_year_is_parted_by_sector_and_by_setting() -> None:
    month = {"financial_year": YEAR, "month": "2025-05-01", "person_id": "p1", "residual_cost": 0, "lines": 1}
    care = [
        {**month, "agency": "a", "service": "s1", "sector": "nhs", "setting": "institutional", "cost": "7.00"},
        {**month, "agency": "a", "service": "s2", "sector": "nhs", "setting": "community", "cost": "2.00"},
        {
            **month,
            "agency": "a",
            "service": "s3",
            "sector": "nhs",
            "setting": "community",
            "cost": "0.00",
            "month": "2025-06-01",
        },
    ]
    born = [{"person_key": "k1", "person_id": "p1", "sex": "2", "date_of_birth": "1960-09-30"}]
    (found,) = run(
        "mart/person_year", {"mart.client_month_cost": care, "mart.person": [person("p1")], "core.person_home": born, **REFRESH}
    )
    assert found == {
        "financial_year": YEAR, "person_id": "p1", "five_year_band": "65-69", "has_died": False, "cost": 9, "nhs_cost": 9,
        "social_care_cost": None, "institutional_cost": 7, "community_cost": 2,
    }  # fmt: skip


@pytest.mark.parametrize(("month_of_death", "years"), [("2025-09-01", [True]), ("2025-03-01", []), (None, [])])
def test_who_died_without_a_line_has_a_year_all_the_same(month_of_death: str | None, years: list[bool]) -> None:
    people = [person("p1", month_of_death=month_of_death)]
    born = [{"person_key": "k1", "person_id": "p1", "sex": "2", "date_of_birth": None}]
    found = run("mart/person_year", {"mart.person": people, "core.person_home": born, **REFRESH})
    assert picked(found, "has_died", "cost", "five_year_band") == [(died, None, "Unknown") for died in years]


# ---- resident ----


@pytest.mark.parametrize(("years", "residents"), [((2021, 2025), 2025), ((2021, 2026), 2021), ((2026, 2027), 2026)])
def test_residents_are_those_of_the_latest_mid_year_before_the_financial_year_ends(
    years: tuple[int, ...], residents: int
) -> None:
    estimate = [
        {"Year": y, "DataZone": "Z1", "Sex": sex, "Age": age, "Population": y}
        for y in years
        for sex, age in (("Male", "67"), ("Male", "All"), ("All", "67"))
    ]
    zones = [{"data_zone": "Z1", "council": "DUN", "hscp": "H", "locality": "Lochee", "simd_quintile": 1}]
    found = run("core/resident", {"reference.population": estimate, "core.data_zone_area": zones, **REFRESH})
    assert picked(found, "five_year_band", "sex", "population") == [("65-69", "1", residents)]


# ---- age_profile ----


def test_a_cell_has_its_people_its_residents_and_its_squares() -> None:
    people = [person("p1"), person("p2"), person("p3", month_of_death="2025-09-01")]
    years = [year("p1", "3.00"), year("p2", "4.50"), year("p3", "2.00", has_died=True)]
    lived = [
        {
            "financial_year": YEAR,
            "council": "DUN",
            "locality": "Lochee",
            "simd_quintile": 1,
            "five_year_band": "65-69",
            "sex": "2",
            "population": 7,
        }
    ]
    found = run("analysis/age_profile", {"mart.person_year": years, "mart.person": people, "core.resident": lived, **REFRESH})
    named = ("has_died", "people", "population", "person_years", "cost", "cost_squared")
    both = [(False, 2, 7, 7, Decimal("7.50"), Decimal("29.25")), (True, 1, None, None, 2, 4)]
    nobody = [(False, 0, 7, 7, 0, 0)]
    assert picked(found, *named, scope="all") == both
    assert picked(found, *named, scope="nhs") == both
    assert picked(found, *named, scope="community") == nobody
    assert picked(found, *named, scope="social_care") == nobody


def test_people_who_are_in_no_population_keep_their_cost_and_have_no_residents() -> None:
    people = [person("p1", council="Unknown", locality="Unknown", data_zone=None, simd_quintile=None, sex="0")]
    found = run("analysis/age_profile", {"mart.person_year": [year("p1", "3.00", "Unknown")], "mart.person": people, **REFRESH})
    assert picked(found, "council", "simd_quintile", "population", "person_years", "cost", "months", scope="all") == [
        ("Unknown", None, None, None, 3, 12)
    ]


# ---- balance_of_care ----


def test_each_kind_of_area_has_every_pound_of_both_settings() -> None:
    cell = {"financial_year": YEAR, "month": "2025-04-01", "council": "DUN", "locality": "Lochee", "agency": "a", "sector": "nhs",
            "service": "s", "age_band": "65-74", "sex": "2", "simd_quintile": 1, "people": 1}  # fmt: skip
    cost = [
        {**cell, "setting": "institutional", "cost": "30.00"},
        {**cell, "setting": "community", "cost": "10.00"},
        {**cell, "setting": "community", "cost": "50.00", "council": "Unknown", "locality": "Unknown", "simd_quintile": None},
        {**cell, "setting": "community", "cost": "10.00", "age_band": "Unknown", "simd_quintile": None},
    ]
    found = run("analysis/balance_of_care", {"mart.locality_month_cost": cost, "analysis.age_profile": [profile(4, months=6)]})
    named = ("area", "setting", "cost", "share", "cost_per_head")
    assert picked(found, *named, age_group="all", area_kind="tayside") == [
        ("tayside", "community", 70, Decimal("0.7"), 35), ("tayside", "institutional", 30, Decimal("0.3"), 15)
    ]  # fmt: skip
    assert picked(found, *named, age_group="65+", area_kind="council") == [
        ("DUN", "community", 10, Decimal("0.25"), 5), ("DUN", "institutional", 30, Decimal("0.75"), 15), ("Unknown", "community", 50, 1, None)
    ]  # fmt: skip
    assert {sum(row["cost"] for row in found if row["age_group"] == "all" and row["area_kind"] == kind) for kind in
            ("tayside", "council", "locality", "simd_quintile", "council_simd_quintile")} == {100}  # fmt: skip


# ---- high_cost ----


def high_cost(costs: list[str], residents: int) -> dict[str, tuple]:
    """By cut: people, cost, share of residents, share of cost."""
    people = [person(f"p{i}") for i in range(len(costs))]
    years = [year(f"p{i}", cost) for i, cost in enumerate(costs)]
    found = run(
        "analysis/high_cost", {"mart.person_year": years, "mart.person": people, "analysis.age_profile": [profile(residents)]}
    )
    named = ("cut", "people", "cost", "share_of_residents", "share_of_cost")
    return {cut: tuple(rest) for cut, *rest in picked(found, *named, scope="all", area_kind="council", area="DUN")}


def test_who_crosses_the_share_is_counted() -> None:
    found = high_cost(["50.00", "30.00", "15.00", "5.00"], 200)
    assert found["half_of_cost"] == (1, 50, Decimal("0.005"), Decimal("0.5"))
    assert found["65_percent"] == (2, 80, Decimal("0.01"), Decimal("0.8"))
    assert found["80_percent"] == (2, 80, Decimal("0.01"), Decimal("0.8"))
    assert found["top_1_percent"] == (2, 80, Decimal("0.01"), Decimal("0.8"))
    assert found["top_2_percent"] == (4, 100, Decimal("0.02"), 1)


def test_the_top_is_rounded_up_and_residents_without_cost_come_before_a_credit() -> None:
    found = high_cost(["90.00", "20.00", "-10.00"], 101)
    assert found["top_1_percent"] == (2, 110, Decimal("0.019802"), Decimal("1.1"))
    assert found["top_10_percent"] == (11, 110, Decimal("0.108911"), Decimal("1.1"))


@pytest.mark.parametrize(
    "costs", [["50.00", "30.00", "15.00", "5.00"], ["90.00", "20.00", "-10.00"], ["1.00"] * 7, ["0.01", "99.99"]]
)
def test_the_cut_of_a_population_is_that_of_a_list(costs: list[str]) -> None:
    found, amounts = high_cost(costs, 101), [Decimal(cost) for cost in costs]
    for cut, share in (("half_of_cost", "0.5"), ("65_percent", "0.65"), ("80_percent", "0.8")):
        listed = people_for_share(amounts, Decimal(share))
        assert listed is not None and found[cut][:2] == (listed.people, listed.cost)
    for percentage in range(1, 11):
        top = cost_of_top(amounts, 101, percentage)
        assert found[f"top_{percentage}_percent"][:2] == (top.people, top.cost)


def test_where_nothing_is_spent_nobody_is_of_high_cost() -> None:
    assert high_cost(["0.00", "0.00"], 10) == {}


# ---- shared_care ----


def test_every_resident_is_in_one_group() -> None:
    years = [
        year("p1", social_care_cost="4.00"),
        year("p2"),
        year("p3", nhs_cost=None, social_care_cost="10.00"),
        year("p4", None),
    ]
    people = [person(f"p{i}") for i in range(1, 5)]
    found = run(
        "analysis/shared_care", {"mart.person_year": years, "mart.person": people, "analysis.age_profile": [profile(10)]}
    )
    assert picked(found, "group", "people", "cost", age_group="65+", area_kind="locality") == [
        ("both", 1, 10), ("neither", 7, 0), ("nhs_only", 1, 10), ("social_care_only", 1, 10)
    ]  # fmt: skip


def test_where_people_are_more_than_residents_nobody_can_say_how_many_have_neither() -> None:
    found = run("analysis/shared_care", {"mart.person_year": [year("p1"), year("p2")], "mart.person": [person("p1"), person("p2")],
                                         "analysis.age_profile": [profile(1)]})  # fmt: skip
    assert picked(found, "people", group="neither", age_group="all", area_kind="tayside") == [(None,)]


# ---- last_year_of_life ----


def test_the_month_of_death_and_the_eleven_before_it_count() -> None:
    death = datetime.date(2026, 4, 1)
    cost = [
        {"financial_year": "f", "month": month, "person_id": "p1", "agency": "a", "service": "s", "sector": "nhs", "setting": "community",
         "cost": pounds, "residual_cost": 0, "lines": 1}
        for month, pounds in (("2025-04-01", "1.00"), ("2025-05-01", "2.00"), ("2026-04-01", "4.00"), ("2026-05-01", "8.00"))
    ]  # fmt: skip
    tables: dict[str, list[Row]] = {
        "mart.control_total": [{"agency": "a", "service": "s", "month": "2025-04-01"}],
        "mart.client_month_cost": cost,
        "mart.person_year": [year("p1", "4.00", financial_year="2026-27", has_died=True), year("p2", None, has_died=True)],
        "mart.person": [person("p1", month_of_death=death), person("p2", month_of_death="2026-02-01")],
    }
    found = run("analysis/last_year_of_life", tables)
    named = ("financial_year", "sector", "setting", "people", "cost", "cost_per_person")
    assert picked(found, *named, age_group="65+", area_kind="council") == [
        ("2026-27", "nhs", "community", 1, 6, 6), ("2026-27", "nhs", "institutional", 1, 0, 0),
        ("2026-27", "social_care", "community", 1, 0, 0), ("2026-27", "social_care", "institutional", 1, 0, 0),
    ]  # fmt: skip


# ---- what statistics are computed from ----


def test_the_cells_of_an_area_are_those_of_its_homes_whoever_died() -> None:
    cells = [
        profile(10, people=2, cost="5.00", cost_squared="13"),
        profile(None, people=1, cost="2.00", cost_squared="4", has_died=True),
        profile(9, locality="Outside Tayside", council="FIFE"),
    ]
    found = run("statistics/cell", {"analysis.age_profile": cells})
    assert picked(found, "area", "people", "population", "cost", "cost_squared", area_kind="council") == [("DUN", 3, 10, 7, 17)]
    assert len(found) == 5


def test_the_cost_of_an_area_is_that_of_all_its_lines() -> None:
    cell = {"financial_year": YEAR, "month": "2025-04-01", "council": "DUN", "locality": "Lochee", "agency": "a", "sector": "nhs",
            "service": "s", "setting": "community", "age_band": "Unknown", "sex": "0", "people": 0, "cost": "10.00"}  # fmt: skip
    found = run(
        "statistics/area_cost", {"mart.locality_month_cost": [cell, {**cell, "setting": "institutional", "cost": "5.00"}]}
    )
    assert picked(found, "scope", "cost", area_kind="locality") == [
        ("all", 15),
        ("community", 10),
        ("institutional", 5),
        ("nhs", 15),
    ]
    assert picked(found, "area", "cost", area_kind="simd_quintile", scope="all") == [("Unknown", 15)]
