"""The marts: summaries of the cost lines, the bridge to the ledgers, people and residents."""

import datetime
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.sql.sql_case import Row, run

APRIL, MAY = "2025-04-01", "2025-05-01"
DAY = {APRIL: datetime.date(2025, 4, 1), MAY: datetime.date(2025, 5, 1)}


def line(cost: str = "1.00", direct: str | None = None, person: str | None = None, **own: Any) -> Row:
    """A line of home care in Lochee. `direct`: its part of the cost, NULL when it has none."""
    residual = str(Decimal(cost) - Decimal(direct or 0))
    return {"line_id": f"{own}", "financial_year": "2025-26", "month": APRIL, "agency": "dundee-city", "sector": "social_care",
            "service": "home_care_personal", "setting": "community", "person_id": person, "council": "DUN", "hscp": "HD",
            "locality": "Lochee", "data_zone": "Z3", "simd_quintile": 1, "age_band": "75-84", "sex": "2", "unit": "hour",
            "cost_basis": "rate", "direct_cost": direct, "residual_cost": residual, "cost": cost,
            "link_method": "chi" if person else "none", **own}  # fmt: skip


# ---- client_month_cost ----


def test_a_client_s_month_is_the_sum_of_its_lines() -> None:
    lines = [
        line("11.00", "10.00", "p1", units="2.5", client_contribution="1.00"),
        line("5.50", "5.00", "p1", units="1.25"),
        line("0.00", None, "p1", cost_basis="uncosted"),
        line("7.00", "7.00", "p2"),
        line("3.00", "3.00", "p1", month=MAY),
        line("99.00"),
    ]
    found = run("mart/client_month_cost", {"core.cost_line": lines})
    named = ["person_id", "month", "units", "direct_cost", "residual_cost", "cost", "client_contribution", "lines"]
    assert [tuple(row[n] for n in named) for row in found] == [
        ("p1", DAY[APRIL], Decimal("3.75"), 15, Decimal("1.5"), Decimal("16.5"), 1, 3),
        ("p2", DAY[APRIL], None, 7, 0, 7, None, 1),
        ("p1", DAY[MAY], None, 3, 0, 3, None, 1),
    ]


def test_what_is_not_known_of_a_client_s_month_stays_null() -> None:
    (found,) = run("mart/client_month_cost", {"core.cost_line": [line("0.00", None, "p1"), line("0.00", None, "p1")]})
    assert (found["direct_cost"], found["units"], found["client_contribution"], found["cost"]) == (None, None, None, 0)


# ---- locality_month_cost ----

RESIDENTS = [
    {"data_zone": "Z3", "sex": "2", "age_band": "75-84", "year": 2021, "population": 30},
    {"data_zone": "Z5", "sex": "2", "age_band": "75-84", "year": 2021, "population": 10},
    {"data_zone": "Z3", "sex": "2", "age_band": "75-84", "year": 2025, "population": 20},
    {"data_zone": "Z3", "sex": "2", "age_band": "75-84", "year": 2026, "population": 99},
    {"data_zone": "Z3", "sex": "1", "age_band": "75-84", "year": 2025, "population": 0},
    {"data_zone": "Z6", "sex": "2", "age_band": "75-84", "year": 2025, "population": 7},
]
LOCHEE: list[Row] = [
    {"data_zone": zone, "council": "DUN", "hscp": "HD", "locality": "Lochee", "simd_quintile": quintile}
    for zone, quintile in (("Z3", 1), ("Z5", 1), ("Z6", None))
]


def cells(lines: list[Row], residents: list[Row] = RESIDENTS) -> list[Row]:
    clients = run("mart/client_month_cost", {"core.cost_line": lines})
    tables = {
        "mart.client_month_cost": clients,
        "core.cost_line": lines,
        "mart.population": residents,
        "core.data_zone_area": LOCHEE,
    }
    return run("mart/locality_month_cost", tables)


def test_a_locality_s_cell_is_the_sum_of_its_lines_over_its_residents() -> None:
    (cell,) = cells([line("10.00", person="p1", units=2), line("5.03", person="p1"), line("5.00", person="p2"), line("0.00")])
    # 20.03 over the 20 residents of 2025: 1.0015.
    assert (cell["people"], cell["units"], cell["cost"], cell["population"]) == (2, 2, Decimal("20.03"), 20)
    assert cell["cost_per_head"] == Decimal("1.00")


@pytest.mark.parametrize(
    ("month", "population"),
    [("2021-04-01", 40), ("2024-12-01", 40), ("2025-01-01", 20), ("2030-01-01", 99), ("2019-01-01", 40)],
)
def test_residents_are_those_of_the_latest_estimate_by_then(month: str, population: int) -> None:
    assert cells([line(month=month)])[0]["population"] == population


def test_a_cell_that_is_no_group_of_residents_has_no_cost_per_head() -> None:
    cases: list[Row] = [
        line(simd_quintile=None), line(age_band="Unknown"), line(sex="0"), line(locality="Unknown", council="Unknown"), line(sex="1"),
    ]  # fmt: skip
    for case in cases:
        (cell,) = cells([case])
        assert (cell["cost"], cell["cost_per_head"]) == (1, None)
    assert cells([line(sex="1")])[0]["population"] == 0
    assert cells([line()], [])[0]["population"] is None


def test_a_locality_of_two_partnership_codes_is_one_cell() -> None:
    assert [row["cost"] for row in cells([line("1.00"), line("2.00", hscp="OLD")])] == [3]


def test_every_line_is_in_one_cell() -> None:
    lines = [
        line("1.00"),
        line("2.00", simd_quintile=None),
        line("4.00", locality="Unknown"),
        line("8.00", sex="0"),
        line("16.00", month=MAY),
    ]
    assert sorted(row["cost"] for row in cells(lines)) == [1, 2, 4, 8, 16]


# ---- control_total ----


def service_month(quantum: str, direct: str = "0.00", treatment: str = "none", **own: Any) -> Row:
    residual = Decimal(quantum) - Decimal(direct) - Decimal(own.get("quarantined", "0.00"))
    return {"agency": "dundee-city", "service": "home_care_personal", "month": APRIL, "quantum": quantum, "has_quantum": True,
            "direct": direct, "quarantined": "0.00", "residual": str(residual), "treatment": treatment, "is_out_of_band": False,
            "population_weight": "all", **own}  # fmt: skip


def total(month: Row, lines: list[Row]) -> Row:
    (row,) = run("mart/control_total", {"core.service_month": [month], "core.cost_line": lines})
    assert row["ledger_quantum"] == row["direct"] + row["scaled"] + row["located"] + row["unallocated"] + row["quarantined"]
    assert (row["published"], row["difference"]) == (row["ledger_quantum"], 0)
    return row


def test_the_bridge_from_ledger_to_lines() -> None:
    lines = [
        line("66.00", "60.00", "p1"), line("44.00", "40.00", "p2"), line("0.00", None, "p2", cost_basis="uncosted"),
        line("15.00", cost_basis="quarantined"),
    ]  # fmt: skip
    row = total(service_month("125.00", "100.00", "scale", quarantined="15.00"), lines)
    assert (row["direct"], row["scaled"], row["quarantined"]) == (100, 10, 15)
    assert (row["people"], row["lines"], row["uncosted_lines"], row["status"]) == (2, 4, 1, "scaled")
    # (125 - 15) / 100.
    assert row["scale_factor"] == Decimal("1.1")


@pytest.mark.parametrize(
    ("month", "lines", "status"),
    [
        (service_month("5.00", "5.00"), [line("5.00", "5.00")], "balanced"),
        (service_month("0.00"), [], "balanced"),
        (service_month("5.00", treatment="locality"), [line("5.00", cost_basis="located")], "located"),
        # Nobody lives there to bear it.
        (service_month("5.00", treatment="locality"), [line("5.00", cost_basis="unallocated")], "held"),
        (service_month("5.00", treatment="hold"), [line("5.00", cost_basis="unallocated")], "held"),
        (service_month("5.00", treatment="hold", is_out_of_band=True), [line("5.00", cost_basis="unallocated")], "out_of_band"),
        (service_month("5.00", treatment="hold", service="unmapped"), [line("5.00", cost_basis="unallocated", service="unmapped")], "unmapped"),
        (service_month("0.00", "5.00", "hold", has_quantum=False, is_out_of_band=True),
         [line("5.00", "5.00"), line("-5.00", cost_basis="unallocated")], "no_quantum"),
    ],
)  # fmt: skip
def test_what_became_of_a_service(month: Row, lines: list[Row], status: str) -> None:
    assert total(month, lines)["status"] == status


@pytest.mark.parametrize(
    ("quantum", "direct", "factor"),
    [
        ("100.00", "300.00", "0.333333"),
        ("200.00", "300.00", "0.666667"),
        ("-100.00", "300.00", "-0.333333"),
        ("100.00", "-300.00", "-0.333333"),
        ("100.00", "0.00", None),
        # A factor that no column of six decimals can hold is none.
        ("10000000000.00", "0.01", None),
        ("9999999999.99", "0.01", "999999999999.000000"),
    ],
)
def test_the_scale_factor(quantum: str, direct: str, factor: str | None) -> None:
    month = service_month(quantum, direct, "hold")
    lines = [line(direct, direct), line(str(Decimal(quantum) - Decimal(direct)), cost_basis="unallocated")]
    assert total(month, lines)["scale_factor"] == (factor and Decimal(factor))


def test_the_bridge_shows_what_is_missing() -> None:
    """The difference is computed, not assumed."""
    (row,) = run(
        "mart/control_total", {"core.service_month": [service_month("5.00")], "core.cost_line": [line("4.00", "4.00")]}
    )
    assert row["difference"] == 1
    (row,) = run("mart/control_total", {"core.service_month": [], "core.cost_line": [line("4.00", "4.00")]})
    assert (row["ledger_quantum"], row["difference"]) == (0, -4)


# ---- person ----


def people(lines: list[Row], **home: Any) -> list[Row]:
    homes = [{"person_key": f"k{p}", "person_id": p, "sex": "2", "data_zone": "Z3", **home} for p in ("p1", "p2", "p3")]
    refresh = {"period_end": "2025-06-30"}
    return run(
        "mart/person",
        {"core.cost_line": lines, "core.person_home": homes, "core.data_zone_area": LOCHEE, "core.refresh": [refresh]},
    )


def test_every_person_with_a_line_once() -> None:
    found = people([line(person="p1"), line(person="p1", month=MAY), line(person="p2"), line()])
    assert [(row["person_id"], row["first_month"], row["last_month"]) for row in found] == [
        ("p1", DAY[APRIL], DAY[MAY]),
        ("p2", DAY[APRIL], DAY[APRIL]),
    ]


def test_who_a_person_is() -> None:
    (found,) = people([line(person="p1")], date_of_birth="1960-06-30", date_of_death="2025-05-31")
    names = ("sex", "age_band", "council", "locality", "data_zone", "simd_quintile", "is_deceased", "month_of_death")
    assert [found[n] for n in names] == ["2", "65-74", "DUN", "Lochee", "Z3", 1, True, DAY[MAY]]
    (found,) = people([line(person="p1")], data_zone=None)
    assert [found[n] for n in names] == ["2", "Unknown", "Unknown", "Unknown", None, None, False, None]


@pytest.mark.parametrize(
    ("methods", "expected"),
    [
        (["chi"], "chi"),
        (["chi", "decision"], "decision"),
        (["decision", "probabilistic", "chi"], "probabilistic"),
        (["unlinked"], "unlinked"),
    ],
)
def test_the_least_certain_link_speaks_for_a_person(methods: list[str], expected: str) -> None:
    (found,) = people([line(person="p1", link_method=method) for method in methods])
    assert found["link_method"] == expected


# ---- population, unmapped_cost_code, link_quality ----


def test_residents_by_band_without_total_rows() -> None:
    def estimate(age: str, number: int, sex: str = "Female", zone: str = "Z3", year: int = 2021) -> Row:
        return {"Year": year, "DataZone": zone, "Sex": sex, "Age": age, "Population": number}

    rows = [
        estimate("0", 1), estimate("17", 2), estimate("18", 4), estimate("64", 8), estimate("65", 16), estimate("74", 32),
        estimate("75", 64), estimate("84", 128), estimate("85", 256), estimate("90", 512), estimate("All", 1023),
        estimate("0", 3, "All"), estimate("All", 9999, "All"), estimate("0", 2, "Male"), estimate("0", 5, year=2022),
        estimate("0", 9, zone="Z9"), estimate("0", 9, zone="no such zone"),
    ]  # fmt: skip
    places = [*LOCHEE, {"data_zone": "Z9", "council": "ABN", "locality": "Outside Tayside"}]
    found = run("mart/population", {"reference.population": rows, "core.data_zone_area": places})
    assert [(row["sex"], row["age_band"], row["year"], row["population"]) for row in found] == [
        ("1", "0-17", 2021, 2), ("2", "0-17", 2021, 3), ("2", "0-17", 2022, 5), ("2", "18-64", 2021, 12), ("2", "65-74", 2021, 48),
        ("2", "75-84", 2021, 192), ("2", "85+", 2021, 768),
    ]  # fmt: skip
    assert {(row["data_zone"], row["council"], row["locality"], row["simd_quintile"]) for row in found} == {
        ("Z3", "DUN", "Lochee", 1)
    }


def test_codes_names_and_dates_of_our_areas() -> None:
    code_changed = datetime.date(2018, 2, 2)
    tables: dict[str, list[Row]] = {
        "core.data_zone_area": [
            {
                "data_zone": "Z1",
                "council": "S12000048",
                "hscp": "S37000033",
                "locality": "Perth City",
                "council_agency": "perth",
            },
            {"data_zone": "Z2", "council": "S12000048", "hscp": "S37000033", "locality": "Unknown", "council_agency": "perth"},
            {"data_zone": "Z9", "council": "S12000033", "hscp": "S37000001", "locality": "Outside Tayside"},
        ],
        "reference.data_zones": [{"DataZone": "Z1", "HSCPName": "Perth and Kinross"}, {"DataZone": "Z2"}, {"DataZone": "Z9"}],
        "reference.localities": [{"DataZone": "Z1", "SubHSCP": "PN1", "SubHSCPName": "Perth City"}],
        "reference.agencies": [
            {"agency": "perth", "name": "Perth and Kinross Council", "code": "S12000024", "valid_to": "2018-02-01"},
            {"agency": "perth", "name": "Perth and Kinross Council", "code": "S12000048", "valid_from": "2018-02-02"},
        ],
        "reference.code_history": [
            {"kind": "partnership", "old_code": "S37000023", "new_code": "S37000033", "changed_on": "2018-02-02"}
        ],
    }
    named = ("kind", "code", "name", "valid_from")
    assert [tuple(row[n] for n in named) for row in run("mart/area", tables)] == [
        ("council", "S12000024", "Perth and Kinross Council", None),
        ("council", "S12000048", "Perth and Kinross Council", code_changed),
        ("locality", "PN1", "Perth City", None),
        ("locality", None, "Unknown", None),
        ("partnership", "S37000033", "Perth and Kinross", code_changed),
    ]


def test_every_service_has_a_name_and_so_have_pounds_without_one() -> None:
    found = run("mart/service", {"reference.services": [{"service": "meals", "name": "Meals", "unit": "payment"}]})
    assert [(row["service"], row["name"]) for row in found] == [
        ("meals", "Meals"),
        ("unmapped", "Ledger codes without a service"),
    ]


def test_the_work_list_of_unmapped_codes() -> None:
    def entry(code: str, amount: str, month: str = APRIL, service: str | None = "unmapped", name: str | None = "n") -> Row:
        return {
            "agency": "angus",
            "month": month,
            "cost_code": code,
            "account_name": name,
            "service": service,
            "amount": amount,
        }

    rows = [
        entry("9", "5.00"),
        entry("9", "7.50", MAY),
        entry("8", "-1.00", name=None),
        entry("9", "2.00", service="meals"),
        entry("7", "1", service=None),
    ]
    named = ("agency", "cost_code", "description", "months", "amount")
    found = run("mart/unmapped_cost_code", {"core.ledger_line": rows})
    assert [tuple(row[n] for n in named) for row in found] == [
        ("angus", "8", None, 1, -1),
        ("angus", "9", "n", 2, Decimal("12.50")),
    ]


def test_link_quality_counts_clients_and_pounds_of_every_line() -> None:
    lines = [
        line("1.00", person="p1"),
        line("2.00", person="p1"),
        line("4.00", person="p2", link_method="unlinked"),
        line("8.00"),
        line("16.00", month=MAY),
    ]
    found = run("mart/link_quality", {"core.cost_line": lines})
    assert [(row["month"], row["link_method"], row["clients"], row["cost"]) for row in found] == [
        (DAY[APRIL], "chi", 1, 3),
        (DAY[APRIL], "none", 0, 8),
        (DAY[APRIL], "unlinked", 1, 4),
        (DAY[MAY], "none", 0, 16),
    ]
    assert {row["estimated_precision"] for row in found} == {None}
    # Nothing is known of an unlinked client whom the council's latest list lacks.
    assert [row["estimated_recall"] for row in found] == [1, 1, 1, None]


def test_link_quality_estimates_precision_by_people_not_by_lines() -> None:
    lines = [
        line("1.00", person="p1", link_method="probabilistic", link_probability="0.960000"),
        line("2.00", person="p2", link_method="probabilistic", link_probability="1.000000"),
        line("4.00", person="p2", link_method="probabilistic", link_probability="1.000000"),
    ]
    (row,) = run("mart/link_quality", {"core.cost_line": lines})
    assert (row["clients"], row["cost"], row["estimated_precision"], row["estimated_recall"]) == (2, 7, Decimal("0.980000"), 1)


def test_link_quality_estimates_recall_by_who_is_missed() -> None:
    """Three linked, one of them right with a chance of 0.96; three missed with chances of 0.25, 0 and 1. By agency and month."""
    chances = {"p4": "0.250000", "p5": "0.000000", "p6": "1.000000"}
    lines = [
        line(person="p1"),
        line(person="p2", link_method="decision"),
        line(person="p3", link_method="probabilistic", link_probability="0.960000"),
        *(line(person=person, link_method="unlinked") for person in chances),
        line(person="p4", link_method="unlinked"),
        line(person="p5", link_method="unlinked", month=MAY),
        line(person="p6", link_method="unlinked", agency="angus"),
    ]
    links = [
        {"agency": "dundee-city", "social_care_id": person, "link_method": "unlinked", "chance_in_register": chance}
        for person, chance in chances.items()
    ]
    ids = [{"person_key": f"client:dundee-city:{person}", "person_id": person} for person in chances]
    found = run("mart/link_quality", {"core.cost_line": lines, "core.link": links, "core.person_id": ids})
    recall = {(row["agency"], row["month"]): row["estimated_recall"] for row in found}
    assert recall == {
        ("dundee-city", DAY[APRIL]): Decimal("0.703088"),  # 2.96 / 4.21
        ("dundee-city", DAY[MAY]): None,
        ("angus", DAY[APRIL]): 0,
    }


def test_a_client_of_whom_too_little_is_written_is_taken_to_be_in_the_register_as_often_as_the_others_who_were_searched_for() -> (
    None
):
    """Of the others who were searched for three in four are expected to be in the register; who has a CHI number tells nothing of them."""
    chances = [*((f"chi {n}", "chi", "1.000000") for n in range(90)), ("found", "probabilistic", "1.000000"),
               ("missed", "unlinked", "0.500000"), ("untold", "unlinked", None)]  # fmt: skip
    links = [
        {"agency": "dundee-city", "social_care_id": name, "link_method": method, "chance_in_register": chance,
         "chi_number": None if method == "unlinked" else name}
        for name, method, chance in chances
    ]  # fmt: skip
    links.append({**links[-1], "agency": "angus", "social_care_id": "stranger", "chance_in_register": "0.000000"})
    lines = [
        line(person="of chi 1"),
        line(person="of missed", link_method="unlinked"),
        line(person="of untold", link_method="unlinked"),
        line(person="in no list", link_method="unlinked"),
    ]
    ids = [{"person_key": f"client:dundee-city:{name}", "person_id": f"of {name}"} for name in ("missed", "untold")]
    found = run("mart/link_quality", {"core.cost_line": lines, "core.link": links, "core.person_id": ids})
    assert {row["estimated_recall"] for row in found} == {Decimal("0.444444")}  # 1 / (1 + 0.5 + 0.75)


def test_link_quality_estimates_no_recall_where_too_little_is_written_of_more_than_a_twentieth() -> None:
    for lacking, recall in ((1, Decimal("0.500000")), (2, None)):
        links = [
            {"agency": "dundee-city", "social_care_id": f"p{n}", "link_method": "chi" if n > 2 else "unlinked",
             "chi_number": f"{n}" if n > 2 else None, "chance_in_register": None if n < lacking else "1.000000"}
            for n in range(20)
        ]  # fmt: skip
        lines = [line(person="p5"), line(person="p2", link_method="unlinked")]
        ids = [{"person_key": "client:dundee-city:p2", "person_id": "p2"}]
        found = run("mart/link_quality", {"core.cost_line": lines, "core.link": links, "core.person_id": ids})
        assert {row["estimated_recall"] for row in found} == {recall}


# ---- properties ----

lines_of_all_kinds = st.lists(
    st.builds(
        line,
        cost=st.integers(-(10**6), 10**6).map(lambda pence: str(Decimal(pence).scaleb(-2))),
        person=st.sampled_from([None, "p1", "p2"]),
        month=st.sampled_from([APRIL, MAY]),
        service=st.sampled_from(["home_care_personal", "meals"]),
        simd_quintile=st.sampled_from([None, 1, 2]),
        sex=st.sampled_from(["0", "1", "2"]),
        locality=st.sampled_from(["Lochee", "Unknown"]),
    ),
    max_size=8,
)  # fmt: skip


@settings(max_examples=60, deadline=None)
@given(lines=lines_of_all_kinds, data=st.data())
def test_summaries_sum_to_the_lines_in_any_order(lines: list[Row], data: st.DataObject) -> None:
    # One person has one home: attributes are those of the first line.
    first: dict[Any, Row] = {}
    homes = ("simd_quintile", "sex", "locality")
    lines = [
        {**row, **{n: first.setdefault(row["person_id"], row)[n] for n in homes}} if row["person_id"] else row for row in lines
    ]
    clients = run("mart/client_month_cost", {"core.cost_line": lines}, threads=1)
    assert sum(row["cost"] for row in clients) == sum(Decimal(row["cost"]) for row in lines if row["person_id"])
    keys = [(row["person_id"], row["month"], row["agency"], row["service"]) for row in clients]
    assert len(set(keys)) == len(keys)
    assert sum(row["cost"] for row in cells(lines)) == sum(Decimal(row["cost"]) for row in lines)
    shuffled = data.draw(st.permutations(lines))
    assert run("mart/client_month_cost", {"core.cost_line": shuffled}, threads=2) == clients
    assert cells(shuffled) == cells(lines)
