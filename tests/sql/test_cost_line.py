"""cost_line: every pound of every ledger on one line.

The cases give the costed months of records and the ledger's quantum; service_month is run for them, so that treatments
are as they would be. Places are four localities of two councils, and one zone of another council.
"""

import datetime
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.sql.sql_case import Row, inputs, run

BOARD, COUNCIL, APRIL = "nhs-tayside", "angus", "2025-04-01"
SERVICE = "home_care_personal"
REFRESH = {
    "first_month": "2025-04-01",
    "last_month": "2025-04-01",
    "period_end": "2025-04-30",
    "inner_pad": "36" * 64,
    "outer_pad": "5c" * 64,
}
SERVICES = [
    {"service": SERVICE, "sector": "social_care", "setting": "community", "unit": "hour"},
    {"service": "acute_emergency", "sector": "nhs", "setting": "institutional", "unit": "bed_day"},
]
AGENCIES = [
    {"agency": BOARD, "kind": "nhs_board", "code": "S08"},
    {"agency": COUNCIL, "kind": "council", "code": "ANG"},
    {"agency": "dundee-city", "kind": "council", "code": "DUN"},
]
ANGUS = {"council_agency": COUNCIL, "board_agency": BOARD}
DUNDEE = {"council_agency": "dundee-city", "board_agency": BOARD}
PLACES: list[Row] = [
    {"data_zone": "Z1", "council": "ANG", "hscp": "HA", "locality": "Angus East", "simd_quintile": 1, **ANGUS},
    {"data_zone": "Z2", "council": "ANG", "hscp": "HA", "locality": "Angus West", "simd_quintile": 5, **ANGUS},
    {"data_zone": "Z3", "council": "DUN", "hscp": "HD", "locality": "Lochee", "simd_quintile": 2, **DUNDEE},
    {"data_zone": "Z4", "council": "DUN", "hscp": "HD", "locality": "Unknown", **DUNDEE},
    {"data_zone": "Z9", "council": "ABN", "hscp": "HX", "locality": "Outside Tayside", "simd_quintile": 3},
]


def residents(**by_zone: tuple[int, int, int]) -> list[Row]:
    """Residents by zone: (under 65, 65-74, 75 and over), and total rows as published files carry them, with absurd numbers."""
    rows = []
    for zone, people in by_zone.items():
        for age, number in zip(("40", "70", "90"), people, strict=True):
            rows += [{"Year": 2021, "DataZone": zone, "Sex": sex, "Age": age, "Population": n}
                     for sex, n in (("Male", number), ("Female", 0), ("All", number + 1000))]  # fmt: skip
        rows.append({"Year": 2021, "DataZone": zone, "Sex": "Male", "Age": "All", "Population": 1000})
    return rows


POPULATION = residents(Z1=(60, 20, 10), Z2=(10, 0, 0), Z3=(50, 10, 20), Z4=(20, 0, 0), Z9=(999, 999, 999))


def cost(key: str, direct: str | None, agency: str = COUNCIL, service: str = SERVICE, **own: Any) -> Row:
    return {"agency": agency, "feed": "f", "record_key": key, "service": service, "month": APRIL, "in_window": True, "units": 1,
            "cost_basis": "rate" if direct else "uncosted", "direct_cost": direct, **own}  # fmt: skip


def quantum(amount: str, agency: str = COUNCIL, service: str = SERVICE) -> Row:
    return {"agency": agency, "service": service, "month": APRIL, "amount": amount, "cost_code": "1"}


def held(amount: str, row: int = 1) -> Row:
    return {
        "agency": COUNCIL,
        "source_file": "bad",
        "source_row": row,
        "feed": "home_care",
        "service": SERVICE,
        "fate": "quarantined",
        "amount": amount,
        "start_date": APRIL,
    }


def cost_lines(tables: dict[str, list[Row]], threads: int | None = None) -> list[Row]:
    """The cost lines, with the shares and the located residual that they are made of."""
    made = dict(tables)
    for file in ("core/residual_share", "core/located_residual", "core/cost_line"):
        made[file.replace("/", ".")] = run(file, {name: rows for name, rows in made.items() if name in inputs(file)}, threads)
    return made["core.cost_line"]


def lines(
    costs: list[Row], ledger: list[Row], residual: str = "scale", records: list[Row] | None = None, weight: str = "all",
    people: dict[str, Row] | None = None, postcodes: dict[str, str] | None = None, threads: int | None = None, **tables: list[Row],
) -> list[Row]:  # fmt: skip
    """The lines, by record key or basis. `people`: record key → its person's home; `postcodes`: record key → postcode."""
    rules = [{"agency": agency, "service": service, "method": "record", "residual": residual, "population_weight": weight}
             for agency in (BOARD, COUNCIL) for service in (SERVICE, "acute_emergency")]  # fmt: skip
    keys = {(row["agency"], row["record_key"]): row for row in costs}
    rows = {key: n for n, key in enumerate(keys, 1)}
    costs = [
        {"line_id": f"{row['agency']}/{row['record_key']}/{row['month']}", "source_file": "file", "source_row": rows[row["agency"], row["record_key"]],
         "chi_number": row["record_key"] if row["record_key"] in (people or {}) else None, "postcode": (postcodes or {}).get(row["record_key"]), **row}
        for row in costs
    ]  # fmt: skip
    known = people or {}
    in_quarantine = run("core/held", {
        "core.record": records or [], "core.refresh": [REFRESH], "reference.costing_rules": rules,
    })  # fmt: skip
    given_tables = {
        "core.record_cost": costs,
        "core.held": in_quarantine,
        "core.ledger_line": ledger,
        "reference.costing_rules": rules,
    }
    months = run("core/service_month", given_tables, threads)
    needed: dict[str, list[Row]] = {
        "core.record_cost": costs,
        "core.refresh": [REFRESH],
        "core.held": in_quarantine,
        "core.service_month": months,
        "core.person_home": [{"person_key": f"chi:{key}", "person_id": f"p{key}", **home} for key, home in known.items()],
        "core.data_zone_area": PLACES,
        "core.postcode_zone": [{"postcode": "DD11AA", "data_zone": "Z1"}],
        "reference.population": POPULATION,
        "reference.agencies": AGENCIES,
        "reference.services": SERVICES,
        **{name.replace("__", "."): rows for name, rows in tables.items()},
    }  # fmt: skip
    found = cost_lines(needed, threads)
    assert len({row["line_id"] for row in found}) == len(found)
    for agency, service in {(row["agency"], row["service"]) for row in ledger + costs}:
        published = sum(row["cost"] for row in found if (row["agency"], row["service"]) == (agency, service))
        assert published == sum(
            Decimal(row["amount"]) for row in ledger if (row["agency"], row["service"]) == (agency, service)
        )
    for row in found:
        assert row["cost"] == (row["direct_cost"] or 0) + row["residual_cost"]
    return found


def residuals(*arguments: Any, **more: Any) -> list[str]:
    """Residual cost of the lines of records, in the order of the cases."""
    found = {row["source_row"]: str(row["residual_cost"]) for row in lines(*arguments, **more) if row["source_row"]}
    return [found[n] for n in sorted(found)]


# ---- scale ----


def test_a_residual_is_spread_in_proportion_to_direct_cost() -> None:
    # R = 106.00 - 100.00 = 6.00 over 70, 20 and 10: 4.20, 1.20, 0.60.
    assert residuals([cost("1", "70.00"), cost("2", "20.00"), cost("3", "10.00")], [quantum("106.00")]) == [
        "4.20",
        "1.20",
        "0.60",
    ]
    # And a negative one: -4.00.
    assert residuals([cost("1", "70.00"), cost("2", "20.00"), cost("3", "10.00")], [quantum("96.00")]) == [
        "-2.80",
        "-0.80",
        "-0.40",
    ]


def test_pennies_left_over_go_to_the_largest_remainders() -> None:
    # 0.05 over 50, 30 and 20: 2.5, 1.5 and 1.0 pence. One penny left; the tie goes to the larger cost.
    costs = [cost("1", "50.00"), cost("2", "30.00"), cost("3", "20.00")]
    assert residuals(costs, [quantum("100.05")]) == ["0.03", "0.01", "0.01"]
    # 0.02 over 60 and 40: 1.2 and 0.8 pence. The larger remainder is the smaller cost's.
    assert residuals([cost("1", "60.00"), cost("2", "40.00")], [quantum("100.02")]) == ["0.01", "0.01"]
    # 0.01 over 40, 35, 25: 0.4, 0.35 and 0.25 pence.
    assert residuals([cost("1", "25.00"), cost("2", "40.00"), cost("3", "35.00")], [quantum("100.01")]) == [
        "0.00",
        "0.01",
        "0.00",
    ]


def test_equal_costs_are_parted_by_line_id() -> None:
    costs = [cost(key, "10.00") for key in "123"]
    found = lines(costs, [quantum("30.01")])
    assert [str(row["residual_cost"]) for row in sorted(found, key=lambda row: str(row["line_id"]))] == ["0.01", "0.00", "0.00"]
    by_key = {row["line_id"]: row["residual_cost"] for row in found}
    assert {row["line_id"]: row["residual_cost"] for row in lines(costs[::-1], [quantum("30.01")])} == by_key


def test_a_credit_bears_a_negative_share() -> None:
    # D = 100.00 - 20.00 = 80.00; R = 8.00 is a tenth of each.
    assert residuals([cost("1", "100.00"), cost("2", "-20.00")], [quantum("88.00")]) == ["10.00", "-2.00"]


def test_lines_without_direct_cost_get_no_share_and_keep_null() -> None:
    costs = [cost("1", "100.00"), cost("2", None), cost("3", None, cost_basis="activity"), cost("4", "0.00", cost_basis="rate")]
    found = sorted(lines(costs, [quantum("110.00")]), key=lambda row: int(row["source_row"]))
    assert [(r["cost_basis"], r["direct_cost"], r["residual_cost"], r["cost"]) for r in found] == [
        ("rate", 100, 10, 110),
        ("uncosted", None, 0, 0),
        ("activity", None, 0, 0),
        ("rate", 0, 0, 0),
    ]


def test_units_and_contributions_stay_as_they_are() -> None:
    costs = [cost("1", "100.00", client_contribution="30.00", units="12.5"), cost("2", None, units=None)]
    found = sorted(lines(costs, [quantum("100.00")]), key=lambda row: int(row["source_row"]))
    assert [(row["units"], row["client_contribution"], row["cost"]) for row in found] == [
        (Decimal("12.5"), 30, 100),
        (None, None, 0),
    ]


def test_ten_billion_pounds_keep_their_pennies() -> None:
    costs = [cost(str(n), "9999999999.99") for n in range(3)]
    assert residuals(costs, [quantum("33000000000.00")]) == ["1000000000.01"] * 3


# ---- hold, quarantined ----


@pytest.mark.parametrize("residual", ["hold", "scale"])
def test_a_residual_that_is_held_is_one_line_of_nobody(residual: str) -> None:
    # 200 / 100 is no factor within 0.8 to 1.25, the band of the rule below.
    rules = [
        {
            "agency": COUNCIL,
            "service": SERVICE,
            "residual": residual,
            "method": "record",
            "band_low": "0.8",
            "band_high": "1.25",
        }
    ]
    tables = {"core.ledger_line": [quantum("200.00")], "core.record_cost": [cost("1", "100.00")],
              "reference.costing_rules": rules}  # fmt: skip
    months = run("core/service_month", tables)
    (line,) = cost_lines({"core.service_month": months, "core.refresh": [REFRESH], "reference.services": SERVICES})
    expected = {"cost_basis": "unallocated", "person_id": None, "direct_cost": None, "residual_cost": 100, "cost": 100, "units": None,
                "council": "Unknown", "hscp": "Unknown", "locality": "Unknown", "data_zone": None, "age_band": "Unknown", "sex": "0",
                "link_method": "none", "source_file": None, "source_row": None, "agency": COUNCIL, "service": SERVICE,
                "sector": "social_care", "setting": "community", "unit": "hour", "financial_year": "2025-26"}  # fmt: skip
    assert {name: line[name] for name in expected} == expected


def test_a_quarantined_amount_is_a_line_of_its_own() -> None:
    # Q = 120.00, D = 100.00, H = 15.00: R = 5.00.
    found = lines([cost("1", "100.00")], [quantum("120.00")], records=[held("10.00"), held("5.00", 2)])
    assert sorted((r["cost"], r["source_file"], r["source_row"]) for r in found if r["cost_basis"] == "quarantined") == [
        (5, "bad", 2), (10, "bad", 1)
    ]  # fmt: skip
    assert [r["residual_cost"] for r in found if r["source_file"] == "file"] == [5]


def test_records_without_a_key_that_one_row_made_have_a_line_each() -> None:
    found = lines([], [], "hold", records=[held("5.00"), held("5.00"), held("-10.00")])
    assert sorted(r["cost"] for r in found) == [-10, 5, 5]


def test_quarantined_and_held_lines_that_cancel_out_are_both_shown() -> None:
    found = lines([], [], "hold", records=[held("15.00")])
    assert sorted((r["cost_basis"], r["cost"]) for r in found) == [("quarantined", 15), ("unallocated", -15)]


def test_no_line_without_pounds_or_record() -> None:
    assert lines([], [quantum("0.00")], "hold") == []


# ---- locality ----


def located(*arguments: Any, **more: Any) -> dict[tuple[str, str], str]:
    found = lines(*arguments, **{"residual": "locality", **more})
    assert {row["cost_basis"] for row in found} <= {"located"}
    return {(row["council"], row["locality"]): str(row["cost"]) for row in found}


def test_a_residual_is_spread_over_the_localities_of_a_council_by_population() -> None:
    # 90 and 10 residents: nine tenths and one tenth.
    assert located([], [quantum("100.00")]) == {("ANG", "Angus East"): "90.00", ("ANG", "Angus West"): "10.00"}
    # 30 and 0 residents aged 65 and over; 10 and 0 aged 75 and over.
    for weight in ("65+", "75+"):
        assert located([], [quantum("100.00")], weight=weight) == {
            ("ANG", "Angus East"): "100.00",
            ("ANG", "Angus West"): "0.00",
        }


def test_a_board_s_residual_is_spread_over_every_council_of_ours() -> None:
    ledger = [quantum("200.00", BOARD, "acute_emergency")]
    # 90, 10, 80 and 20 residents of 200; nobody outside Tayside.
    assert located([], ledger) == {
        ("ANG", "Angus East"): "90.00", ("ANG", "Angus West"): "10.00", ("DUN", "Lochee"): "80.00", ("DUN", "Unknown"): "20.00",
    }  # fmt: skip
    # Aged 65 and over: 30, 0, 30, 0 of 60.
    assert located([], ledger, weight="65+")[("DUN", "Lochee")] == "100.00"


def test_pennies_of_localities() -> None:
    # 0.05 over 90 and 10 of 100: 4.5 and 0.5 pence. The tie goes to the larger weight.
    assert located([], [quantum("0.05")]) == {("ANG", "Angus East"): "0.05", ("ANG", "Angus West"): "0.00"}
    assert located([], [quantum("-0.05")])[("ANG", "Angus East")] == "-0.04"
    # 0.02 over 60 and 40: 1.2 and 0.8 pence.
    uneven = residents(Z1=(60, 0, 0), Z2=(40, 0, 0))
    assert located([], [quantum("0.02")], reference__population=uneven) == {
        ("ANG", "Angus East"): "0.01",
        ("ANG", "Angus West"): "0.01",
    }
    even = residents(Z1=(1, 0, 0), Z2=(1, 0, 0))
    assert located([], [quantum("0.01")], reference__population=even) == {
        ("ANG", "Angus East"): "0.01",
        ("ANG", "Angus West"): "0.00",
    }


def test_the_latest_year_of_the_estimate_weighs() -> None:
    later = [
        {**row, "Year": 2022, "Population": row["Population"] * (9 if row["DataZone"] == "Z2" else 1)} for row in POPULATION
    ]
    assert located([], [quantum("100.00")], reference__population=POPULATION + later) == {
        ("ANG", "Angus East"): "50.00",
        ("ANG", "Angus West"): "50.00",
    }


def test_each_of_two_boards_has_its_own_area() -> None:
    second = {"council_agency": "dundee-city", "board_agency": "nhs-fife"}
    places = [{**place, **second} if place["council"] == "DUN" else place for place in PLACES]
    # A zone of its own board that is of no council of ours.
    places.append({"data_zone": "Z5", "council": "FIF", "hscp": "HF", "locality": "Levenmouth", "board_agency": "nhs-fife"})
    people = POPULATION + residents(Z5=(300, 0, 0))
    ledger = [quantum("100.00", BOARD, "acute_emergency")]
    assert located([], ledger, core__data_zone_area=places, reference__population=people) == {
        ("ANG", "Angus East"): "90.00", ("ANG", "Angus West"): "10.00",
    }  # fmt: skip


@pytest.mark.parametrize("population", [[], residents(Z3=(5, 5, 5)), residents(Z1=(5, 0, 0), Z2=(5, 0, 0))])
def test_what_no_resident_can_bear_is_held(population: list[Row]) -> None:
    (line,) = lines([], [quantum("100.00")], "locality", weight="75+", reference__population=population)
    assert (line["cost_basis"], line["locality"], line["cost"]) == ("unallocated", "Unknown", 100)


def test_a_locality_of_two_partnership_codes_is_one_locality() -> None:
    places = [PLACES[0], {**PLACES[1], "locality": "Angus East", "hscp": "OLD"}]
    assert located([], [quantum("100.00")], core__data_zone_area=places) == {("ANG", "Angus East"): "100.00"}


# ---- unmapped ----


def test_unmapped_pounds_are_of_the_sector_that_pays_and_need_no_reference_row() -> None:
    ledger = [quantum("5.00", service="unmapped"), quantum("7.00", BOARD, "unmapped")]
    found = {row["agency"]: row for row in lines([], ledger)}
    assert [(found[a]["sector"], found[a]["setting"], found[a]["unit"], found[a]["cost"]) for a in (COUNCIL, BOARD)] == [
        ("social_care", "community", "none", 5),
        ("nhs", "community", "none", 7),
    ]
    listed = [*SERVICES, {"service": "unmapped", "sector": "social_care", "setting": "community", "unit": "none"}]
    assert {row["agency"]: row["sector"] for row in lines([], ledger, reference__services=listed)} == {
        COUNCIL: "social_care",
        BOARD: "nhs",
    }


# ---- who and where ----


def place_of(home: Row | None, postcode: str | None = None) -> tuple[Any, ...]:
    people = {"1": home} if home is not None else {}
    (line,) = lines([cost("1", "5.00")], [quantum("5.00")], people=people, postcodes={"1": postcode} if postcode else {})
    return tuple(line[n] for n in ("person_id", "council", "hscp", "locality", "data_zone", "simd_quintile"))


def test_the_place_of_a_line_is_the_person_s_home() -> None:
    assert place_of({"data_zone": "Z2"}, "DD11AA") == ("p1", "ANG", "HA", "Angus West", "Z2", 5)
    assert place_of({"data_zone": "Z4"}) == ("p1", "DUN", "HD", "Unknown", "Z4", None)
    assert place_of({"data_zone": "Z9"}) == ("p1", "ABN", "HX", "Outside Tayside", "Z9", 3)
    # A person has one place in all their lines: an unknown home is not filled from one record.
    assert place_of({"data_zone": None}, "DD11AA") == ("p1", "Unknown", "Unknown", "Unknown", None, None)


def test_a_record_of_nobody_is_where_its_postcode_is() -> None:
    assert place_of(None, "DD11AA") == (None, "ANG", "HA", "Angus East", "Z1", 1)
    assert place_of(None, "XX11XX") == place_of(None) == (None, "Unknown", "Unknown", "Unknown", None, None)


def test_age_is_that_of_the_month_s_last_day() -> None:
    for born, band in (("1960-04-30", "65-74"), ("1960-05-01", "18-64"), (None, "Unknown")):
        (line,) = lines([cost("1", "5.00")], [quantum("5.00")], people={"1": {"date_of_birth": born, "sex": "2"}})
        assert (line["age_band"], line["sex"]) == (band, "2")
    (line,) = lines([cost("1", "5.00")], [quantum("5.00")])
    assert (line["age_band"], line["sex"]) == ("Unknown", "0")


def test_only_months_of_the_dataset_have_a_line() -> None:
    march = {"month": "2025-03-01"}
    costs = [cost("1", "5.00"), cost("1", "7.00", in_window=False, **march)]
    found = lines(costs, [quantum("5.00"), {**quantum("0.00"), **march}])
    assert [(row["month"], row["cost"]) for row in found] == [(datetime.date(2025, 4, 1), 5)]


# ---- properties ----

pounds = st.integers(-(10**7), 10**9).map(lambda pence: str(Decimal(pence).scaleb(-2)))


@settings(max_examples=30, deadline=None)
@given(
    direct=st.lists(st.none() | pounds, max_size=8), total=pounds, residual=st.sampled_from(["scale", "hold", "locality"]),
    weight=st.sampled_from(["all", "65+", "75+"]), quarantined=st.lists(pounds, max_size=2), data=st.data(),
)  # fmt: skip
def test_costs_sum_to_the_ledger_and_no_order_changes_a_line(
    direct: list[str | None], total: str, residual: str, weight: str, quarantined: list[str], data: st.DataObject
) -> None:
    costs = [cost(str(n), amount) for n, amount in enumerate(direct)]
    records = [held(amount) for amount in quarantined]
    found = lines(costs, [quantum(total)], residual, records, weight, threads=1)

    def by_id(rows: list[Row]) -> dict[str, Row]:
        return {row["line_id"]: {n: v for n, v in row.items() if n != "source_row"} for row in rows}

    shuffled = data.draw(st.permutations(costs))
    assert by_id(lines(shuffled, [quantum(total)], residual, records[::-1], weight, threads=2)) == by_id(found)
    assert [row["direct_cost"] for row in found if row["cost_basis"] == "uncosted"] == [None] * direct.count(None)


def test_a_boards_record_says_its_specialty_and_place_and_what_was_withheld_is_not_said() -> None:
    place = {"specialty_code": "A1", "location_code": "DD1 1AA"}
    withheld = [{"agency": BOARD, "text": "DD1 1AA", "shown": "[withheld] (key)"}]
    found = lines(
        [cost("r1", "10.00", BOARD, feed="g") | place], [quantum("15.00", BOARD)], "hold", core__withheld=withheld,
    )  # fmt: skip
    assert {row["cost_basis"]: (row["specialty_code"], row["location_code"]) for row in found} == {
        "rate": ("A1", "[withheld] (key)"),
        "unallocated": (None, None),
    }
