"""record_person: who each accepted record is about. Letters stand for CHI numbers."""

from decimal import Decimal

from tests.sql.sql_case import Row, run

ALIASES = [{"chi_number": "OLD", "current_chi": "NEW"}]
LINKS = [
    {"agency": "angus", "social_care_id": "A1", "chi_number": "C", "link_method": "probabilistic", "link_probability": "0.99"},
    {"agency": "angus", "social_care_id": "A2", "link_method": "unlinked"},
    {"agency": "angus", "social_care_id": "A3", "chi_number": "D", "link_method": "decision"},
]


def person(**record: str | None) -> tuple[str | None, str, Decimal | None]:
    rows = [{"agency": "angus", "feed": "home_care", "record_key": "1", "fate": "accepted", **record}]
    (found,) = run("core/record_person", {"core.record": rows, "core.chi_alias": ALIASES, "core.link": LINKS})
    return found["person_key"], found["link_method"], found["link_probability"]


def test_a_record_with_a_chi() -> None:
    assert person(chi_number="C") == ("chi:C", "chi", None)
    assert person(chi_number="OLD") == ("chi:NEW", "chi", None)


def test_a_record_of_a_client() -> None:
    assert person(social_care_id="A1") == ("chi:C", "probabilistic", Decimal("0.99"))
    assert person(social_care_id="A2") == ("client:angus:A2", "unlinked", None)
    assert person(social_care_id="A3") == ("chi:D", "decision", None)
    assert person(social_care_id="A4") == ("client:angus:A4", "unlinked", None)


def test_the_same_client_number_of_two_councils_is_two_people() -> None:
    assert person(agency="dundee-city", social_care_id="A1") == ("client:dundee-city:A1", "unlinked", None)


def test_a_record_of_nobody_keeps_its_place() -> None:
    assert person() == (None, "none", None)


def test_every_accepted_record_once_and_no_other() -> None:
    rows: list[Row] = [
        {"agency": "angus", "feed": "home_care", "record_key": str(n), "fate": fate, "social_care_id": "A1"}
        for n, fate in enumerate(["accepted", "quarantined", "superseded", "accepted"])
    ]
    found = run("core/record_person", {"core.record": rows, "core.chi_alias": ALIASES, "core.link": LINKS})
    assert sorted(row["record_key"] for row in found) == ["0", "3"]
