"""A forename says less where people of one sex and generation often bear it, and more where they seldom do."""

import datetime
import random

import pyarrow as pa

from pipelines.identity.decisions import DECISIONS
from pipelines.identity.linking.database import database
from pipelines.identity.linking.decide import link_clients
from tests.identity.people import CLIENTS, DAY, REGISTER, Row, links_of, table


def test_a_forename_that_is_common_in_its_generation_tells_less() -> None:
    """Two clients share forename and date of birth with somebody of another surname and home. In the town as a whole their name is equally common."""
    found = {row["social_care_id"]: row["candidate_probability"] for row in links_of(*_town()).to_pylist()}
    assert found["younger"] > 20 * found["older"]


def test_two_of_one_name_and_home_are_told_apart_by_their_dates_alone() -> None:
    """Mother and daughter are both Margaret. That daughters of her generation seldom are says nothing of which of the two it is."""
    register, clients = _town()
    mother: Row = {"chi_number": "mother", "forename": "Margaret", "surname": "Farquhar", "sex": "2", "postcode": "PH1 5XY"}
    daughter = mother | {"chi_number": "daughter", "date_of_birth": DAY(2004, 5, 18)}
    both = table([mother | {"date_of_birth": DAY(1946, 5, 18)}, daughter], REGISTER)
    asked = table([_client("asked", daughter)], CLIENTS)
    with database() as connection:
        everybody, written = pa.concat_tables([register, both]), pa.concat_tables([clients, asked])
        link_clients(connection, everybody, written, DECISIONS.empty_table())
        weighed = connection.sql(
            "SELECT DISTINCT w.forename_weight FROM match_weight AS w JOIN client AS c ON c.row_id = w.client"
            " WHERE c.social_care_id = 'asked' AND w.candidate IN ('mother', 'daughter')"
        ).fetchall()
    assert len(weighed) == 1


def _town() -> tuple[pa.Table, pa.Table]:
    """4,000 women: those born around 1950 are mostly Margaret, those born around 2010 never but for one. A third of the clients are nobody here."""
    chance = random.Random(6)
    register = [_woman(chance, number) for number in range(4_000)]
    clients = [_client(row["chi_number"], row) for row in register[:300]]
    clients += [_client(f"stranger {number}", _woman(chance, number)) for number in range(150)]
    for name, born in {"older": DAY(1946, 5, 17), "younger": DAY(2004, 5, 17)}.items():
        woman = {"forename": "Margaret", "date_of_birth": born, "sex": "2"}
        register.append({"chi_number": name, **woman, "surname": "Farquhar", "postcode": "PH1 5XY"})
        clients.append(_client(name, {**woman, "surname": "Zelenka", "postcode": "DD9 6HT"}))
    return table(register, REGISTER), table(clients, CLIENTS)


def _woman(chance: random.Random, number: int) -> Row:
    since, forenames = (
        (1940, ["Margaret"] * 8 + ["Jean", "Helen", "Moira"]),
        (2000, ["Isla", "Ava", "Orla", "Skye", "Freya", "Zara"]),
    )[number % 2]
    first, second = ("Bal", "Car", "Dun", "Kil", "Loch", "Inch"), ("craig", "dee", "more", "ross", "finnan", "gow")
    return {
        "chi_number": f"{number:010d}", "sex": "2", "forename": chance.choice(forenames), "surname": chance.choice(first) + chance.choice(second),
        "date_of_birth": DAY(since, 1, 1) + datetime.timedelta(days=chance.randrange(7_000)),
        "postcode": f"DD{chance.randrange(1, 10)} {chance.randrange(1, 9)}{chance.choice('ABDEFGHJLN')}{chance.choice('ABDEFGHJLN')}",
    }  # fmt: skip


def _client(social_care_id: str, woman: Row) -> Row:
    keys = {"agency": "angus", "social_care_id": social_care_id, "chi_number": None, "chi_is_valid": False}
    return {name: value for name, value in woman.items() if name != "chi_number"} | keys
