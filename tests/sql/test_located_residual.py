"""located_residual: what no record bears is spread over an agency's residents in pence, or held in one amount."""

from tests.sql.sql_case import Row, run

AREAS = [
    {"data_zone": "Z1", "council": "ANG", "hscp": "HA", "locality": "East", "council_agency": "angus", "board_agency": "board"},
    {"data_zone": "Z2", "council": "ANG", "hscp": "HA", "locality": "West", "council_agency": "angus", "board_agency": "board"},
    {"data_zone": "Z9", "council": "ABN", "hscp": "HX", "locality": "Outside Tayside"},
]
POPULATION = [
    {"Year": 2021, "DataZone": zone, "Sex": "Female", "Age": age, "Population": number}
    for zone, age, number in (("Z1", "40", 2), ("Z1", "80", 1), ("Z2", "70", 1), ("Z2", "All", 99), ("Z9", "40", 99))
]


def month(residual: str, treatment: str = "locality", weight: str = "all") -> Row:
    return {"agency": "angus", "service": "meals", "month": "2025-04-01", "residual": residual, "treatment": treatment,
            "population_weight": weight}  # fmt: skip


def located(row: Row, population: list[Row] | None = None) -> list[tuple[str, str, str]]:
    """What the residual becomes, as (cost basis, locality, pounds)."""
    tables = {
        "core.service_month": [row],
        "core.data_zone_area": AREAS,
        "reference.population": POPULATION if population is None else population,
    }
    return [(r["cost_basis"], r["locality"], str(r["amount"])) for r in run("core/located_residual", tables)]


def test_a_residual_is_spread_over_the_residents_of_the_agency_s_localities() -> None:
    # Three residents and one; aged 65 and over one and one; aged 75 and over one and none.
    assert located(month("8.00")) == [("located", "East", "6.00"), ("located", "West", "2.00")]
    assert located(month("8.00", weight="65+")) == [("located", "East", "4.00"), ("located", "West", "4.00")]
    assert located(month("8.00", weight="75+")) == [("located", "East", "8.00"), ("located", "West", "0.00")]


def test_the_penny_left_over_goes_to_the_largest_remainder() -> None:
    # 0.03 over three and one of four: 2.25 and 0.75 pence.
    assert located(month("0.03")) == [("located", "East", "0.02"), ("located", "West", "0.01")]


def test_a_residual_that_is_held_or_has_nobody_to_weigh_is_one_amount() -> None:
    assert located(month("8.00", "hold")) == [("unallocated", "Unknown", "8.00")]
    assert located(month("8.00"), []) == [("unallocated", "Unknown", "8.00")]


def test_no_other_residual_is_here() -> None:
    assert located(month("8.00", "scale")) == located(month("0.00", "none")) == []
