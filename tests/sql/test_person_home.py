"""person_home: sex, dates and own home of every person. Letters stand for CHI numbers, postcodes for zones."""

import datetime
from typing import Any

from tests.sql.sql_case import Row, run

ZONES = [{"postcode": f"P{n}", "data_zone": f"Z{n}"} for n in range(10)]
BORN = {"date_of_birth": "1940-01-02"}


def register(period: str, postcode: str | None, chi: str = "C", **own: Any) -> Row:
    return {"agency": "nhs-tayside", "period": period, "chi_number": chi, "postcode": postcode, **own}


def client(period: str, postcode: str | None, number: str = "A1", agency: str = "angus", **own: Any) -> Row:
    return {"agency": agency, "period": period, "social_care_id": number, "postcode": postcode, **own}


def stay(postcode: str | None, number: str = "A1") -> Row:
    return {"agency": "angus", "record_key": f"S{postcode}{number}", "social_care_id": number, "care_home_postcode": postcode}


def homes(
    people: list[str], registers: list[Row] | None = None, clients: list[Row] | None = None, stays: list[Row] | None = None,
    links: dict[str, str] | None = None, aliases: dict[str, str] | None = None,
) -> list[Row]:  # fmt: skip
    """The homes of people, by key. `links`: Angus client → CHI."""
    linked = links or {}
    persons = {n: f"chi:{linked[n]}" if n in linked else f"client:angus:{n}" for n in ("A1", "A2")}
    tables: dict[str, list[Row]] = {
        "core.person_id": [{"person_key": key, "person_id": f"p{key}"} for key in people],
        "core.postcode_zone": ZONES,
        "core.chi_alias": [{"chi_number": old, "current_chi": new} for old, new in (aliases or {}).items()],
        "core.link": [{"agency": "angus", "social_care_id": n, "chi_number": linked.get(n)} for n in ("A1", "A2")],
        "core.record_person": [
            {"agency": "angus", "feed": "care_home", "record_key": s["record_key"], "person_key": persons[s["social_care_id"]]}
            for s in stays or []
        ],
        "staged.population_register": registers or [],
        "staged.clients": clients or [],
        "staged.care_home": stays or [],
    }
    shuffled = {name: rows[::-1] for name, rows in tables.items()}
    found = run("core/person_home", tables)
    assert run("core/person_home", shuffled) == found
    assert [row["person_key"] for row in found] == sorted(people)
    return found


def home(people: str, *tables: Any, **more: Any) -> str | None:
    (row,) = homes([people], *tables, **more)
    zone: str | None = row["data_zone"]
    return zone


def test_the_latest_address_of_the_register_counts() -> None:
    assert home("chi:C", [register("2025-04", "P1"), register("2025-05", "P2")]) == "Z2"
    assert home("chi:C", [register("2025-04", "P1"), register("2025-05", None)]) == "Z1"
    assert home("chi:C", [register("2025-04", "P1", chi="B")]) is None


def test_the_register_comes_before_the_council() -> None:
    clients = [client("2025-06", "P2")]
    assert home("chi:C", [register("2025-04", "P1")], clients, links={"A1": "C"}) == "Z1"
    assert home("chi:C", [], clients, links={"A1": "C"}) == "Z2"
    assert home("client:angus:A1", [], clients) == "Z2"


def test_a_postcode_that_stands_for_no_home_leaves_the_word_to_the_next_source() -> None:
    for dummy in ("NK010AA", "NF11AB", "ZZ011ZZ", "PR25AL"):
        assert home("chi:C", [register("2025-04", dummy)], [client("2025-04", "P2")], links={"A1": "C"}) == "Z2"


def test_a_client_number_alone_is_no_person() -> None:
    rows = [client("2025-04", "P1"), client("2025-04", "P2", agency="dundee-city")]
    found = homes(["client:angus:A1", "client:dundee-city:A1"], [], rows)
    assert [row["data_zone"] for row in found] == ["Z1", "Z2"]


def test_a_superseded_number_is_the_same_person() -> None:
    rows = [register("2025-04", "P1", chi="B", sex="1"), register("2025-05", None, sex="1")]
    assert home("chi:C", rows, aliases={"B": "C"}) == "Z1"


def test_a_resident_keeps_the_last_home_before_the_care_home() -> None:
    moved = [register("2025-04", "P1"), register("2025-05", "P2"), register("2025-06", "P9")]
    assert home("chi:C", moved, stays=[stay("P9")], links={"A1": "C"}) == "Z2"
    # Two care homes one after the other.
    assert home("chi:C", [*moved, register("2025-07", "P8")], stays=[stay("P9"), stay("P8")], links={"A1": "C"}) == "Z2"
    # The council sends the care home's address too; the register still has the old home.
    assert home("chi:C", [register("2025-04", "P1")], [client("2025-06", "P9")], [stay("P9")], {"A1": "C"}) == "Z1"
    # No home before is known: Unknown, never the care home.
    assert home("chi:C", [register("2025-06", "P9")], stays=[stay("P9")], links={"A1": "C"}) is None
    assert home("client:angus:A1", [], [client("2025-06", "P9")], [stay("P9")]) is None


def test_a_neighbour_of_the_care_home_lives_there() -> None:
    assert home("client:angus:A2", [], [client("2025-06", "P9", "A2")], [stay("P9", "A1")]) == "Z9"


def test_a_care_home_without_a_postcode_hides_nothing() -> None:
    assert home("client:angus:A1", [], [client("2025-06", "P9")], [stay(None)]) == "Z9"


def fact(name: str, registers: list[Row], clients: list[Row] | None = None) -> Any:
    return homes(["chi:C"], registers, clients, links={"A1": "C"})[0][name]


def test_sex_and_dates_of_the_register_come_before_the_council_s() -> None:
    rows = [register("2025-04", None, sex="2", **BORN)]
    clients = [client("2025-05", None, sex="1", date_of_birth="1950-01-01", date_of_death="2025-05-05")]
    assert fact("sex", rows, clients) == "2"
    assert fact("date_of_birth", rows, clients) == datetime.date(1940, 1, 2)
    assert fact("date_of_death", rows, clients) == datetime.date(2025, 5, 5)


def test_sex_that_is_not_known_is_no_answer() -> None:
    assert fact("sex", [register("2025-04", None, sex="9")], [client("2025-04", None, sex="1")]) == "1"
    assert fact("sex", [register("2025-04", None, sex="9")]) == "0"
    assert fact("sex", []) == "0"


def test_a_snapshot_replaces_the_one_before_as_a_whole() -> None:
    """A date of death taken back, a date of birth put right: the latest register has the say."""
    rows = [
        register("2025-04", None, date_of_death="2025-04-09", date_of_birth="1904-01-02"),
        register("2025-05", None, **BORN),
    ]
    assert fact("date_of_death", rows) is None
    assert fact("date_of_birth", rows) == datetime.date(1940, 1, 2)


def test_who_left_the_register_keeps_what_was_known() -> None:
    assert fact("date_of_birth", [register("2025-04", None, **BORN), register("2025-05", None, chi="D")]) == datetime.date(
        1940, 1, 2
    )
