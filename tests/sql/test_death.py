"""death: the day of death of everybody known to have died. Letters stand for CHI numbers."""

from typing import Any

import pytest

from tests.sql.sql_case import Row, run

BOARD, OTHER_BOARD, COUNCIL = "nhs-tayside", "nhs-fife", "angus"


def deaths(chi: str, day: str, period: str = "2025-05") -> Row:
    return {"agency": BOARD, "period": period, "chi_number": chi, "date_of_death": day}


def register(chi: str, day: str | None = None, period: str = "2025-05", agency: str = BOARD, **own: Any) -> Row:
    return {"agency": agency, "period": period, "chi_number": chi, "date_of_death": day, **own}


def client(day: str | None = None, chi: str | None = None, period: str = "2025-05", **own: Any) -> Row:
    return {"agency": COUNCIL, "period": period, "social_care_id": "A1", "chi_number": chi, "chi_is_valid": chi is not None,
            "date_of_death": day, **own}  # fmt: skip


def died(rows: dict[str, list[Row]], aliases: dict[str, str] | None = None) -> dict[str, str]:
    tables = dict(rows)
    tables["core.chi_alias"] = [{"chi_number": old, "current_chi": new} for old, new in (aliases or {}).items()]
    found = run("core/death", tables)
    assert found == run("core/death", {name: table[::-1] for name, table in tables.items()})
    return {row["named"]: str(row["date_of_death"]) for row in found}


def test_the_registrars_day_counts_before_the_registers() -> None:
    both = {"staged.deaths": [deaths("C", "2025-05-02")], "staged.population_register": [register("C", "2025-05-04")]}
    assert died(both) == {"chi:C": "2025-05-02"}
    assert died({"staged.population_register": [register("C", "2025-05-04")]}) == {"chi:C": "2025-05-04"}


def test_a_later_register_takes_a_death_back() -> None:
    rows = [register("C", "2025-04-04", "2025-04"), register("C", None)]
    assert died({"staged.population_register": rows}) == {}
    assert died({"staged.clients": [client("2025-04-04", period="2025-04"), client()]}) == {}


def test_a_superseded_number_dies_with_the_current_one() -> None:
    assert died({"staged.deaths": [deaths("B", "2025-05-02")]}, {"B": "C"}) == {"chi:B": "2025-05-02", "chi:C": "2025-05-02"}


def test_two_boards_that_know_other_days_give_one_and_always_the_same() -> None:
    rows = [register("C", "2025-05-04"), register("C", "2025-05-06", agency=OTHER_BOARD)]
    assert died({"staged.population_register": rows}) == {"chi:C": "2025-05-04"}


NAMED = {"forename": "Mary", "surname": "Ogilvie", "date_of_birth": "1940-01-02"}


@pytest.mark.parametrize(
    ("own", "expected"),
    [
        (NAMED, "2025-05-02"),
        ({**NAMED, "forename": "MARY", "surname": "Smith"}, "2025-05-02"),
        ({"date_of_birth": "1940-01-02"}, "2025-05-02"),
        ({}, "2025-05-02"),
        # Somebody else's number: the council's own day counts.
        ({**NAMED, "forename": "John", "surname": "Smith"}, "2025-05-09"),
        ({**NAMED, "date_of_birth": "1951-01-02"}, "2025-05-09"),
    ],
)
def test_a_client_dies_with_the_chi_of_the_clients_file_if_it_is_the_same_person(own: Row, expected: str) -> None:
    known = {"agency": COUNCIL, "social_care_id": "A1", "period": "2025-05", "date_of_birth": own.get("date_of_birth")}
    rows = [register("C", "2025-05-02", **NAMED)]
    assert (
        died(
            {
                "staged.population_register": rows,
                "staged.clients": [client("2025-05-09", "C", **own)],
                "core.client_birth": [known],
            }
        )["client:angus:A1"]
        == expected
    )


def test_a_client_number_of_several_chis_dies_with_none_of_them() -> None:
    rows = {"staged.deaths": [deaths("C", "2025-05-02")], "staged.clients": [client(chi="C")]}
    assert "client:angus:A1" in died(rows)
    assert "client:angus:A1" not in died({**rows, "quarantine.clients": [client(chi="D")]})
    assert "client:angus:A1" not in died({**rows, "staged.clients": [client(chi="D", period="2025-04"), client(chi="C")]})
