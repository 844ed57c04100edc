"""person_id: a person id is a keyed hash, the same for the same person and key, and different for any other."""

from pipelines.warehouse.key import hmac_pads
from tests.person_id import person_id
from tests.sql.sql_case import run

KEY, OTHER_KEY = bytes(range(32)), bytes(32)


def ids(*person_keys: str | None, key: bytes = KEY) -> dict[str, str]:
    people = [
        {"agency": "angus", "feed": "f", "record_key": str(n), "person_key": who, "link_method": "chi"}
        for n, who in enumerate(person_keys)
    ]
    inner, outer = hmac_pads(key)
    refresh = [{"period": "2025-04", "inner_pad": inner.hex(), "outer_pad": outer.hex()}]
    return {
        row["person_key"]: row["person_id"]
        for row in run("core/person_id", {"core.record_person": people, "core.refresh": refresh})
    }


def test_person_id_is_a_keyed_hash_and_each_person_has_one() -> None:
    people = ["chi:1904851231", "client:angus:A1", "client:angus:Ä 1"]
    assert ids(*people, None, "chi:1904851231") == {who: person_id(KEY, who) for who in people}


def test_another_key_gives_everybody_another_id() -> None:
    assert ids("chi:1904851231", key=OTHER_KEY) == {"chi:1904851231": person_id(OTHER_KEY, "chi:1904851231")}
    assert person_id(OTHER_KEY, "chi:1904851231") != person_id(KEY, "chi:1904851231")


def test_the_same_client_id_in_two_councils_is_two_people() -> None:
    found = ids("client:angus:A1", "client:dundee-city:A1")
    assert len(set(found.values())) == 2


def test_ids_of_many_people_are_those_of_the_standard_library() -> None:
    people = [f"chi:{number:010d}" for number in range(2_000)]
    assert ids(*people) == {who: person_id(KEY, who) for who in people}
