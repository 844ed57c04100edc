"""Clients without a CHI that decides are linked by their posterior or reviewed, and a reviewer's decision comes first."""

import datetime
import random
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pytest

from pipelines.engine.sql import read_sql
from pipelines.identity.decisions import DECISIONS
from pipelines.identity.linking import decide
from pipelines.identity.linking.database import database
from pipelines.identity.linking.standardise import standardise
from tests.identity import people
from tests.identity.people import (
    A_REGISTER,
    AGNES,
    AGNES_CHI,
    CLIENTS,
    DAY,
    NEWER_CHI,
    REGISTER,
    ROBERT,
    ROBERT_CHI,
    UNKNOWN_CHI,
    Row,
    client,
    decision,
    linked,
    linked_one,
    links_of,
    sheet_of,
    table,
)


def test_probable_match_without_chi() -> None:
    row = linked_one(client(None, AGNES, forename="AGNESS", postcode="DD5 1ZZ"))
    assert (row["link_method"], row["chi_number"], row["review"]) == ("probabilistic", AGNES_CHI, False)
    assert float(row["link_probability"]) >= decide.LINK_FROM


def test_valid_chi_that_the_register_lacks_is_searched_too_but_two_different_numbers_are_for_a_person() -> None:
    row = linked_one(client(UNKNOWN_CHI, AGNES))
    assert (row["link_method"], row["review_reason"]) == ("unlinked", decide.OTHER_CHI)
    assert sheet_of([client(UNKNOWN_CHI, AGNES)])["candidate_chi_number"].to_pylist() == [AGNES_CHI]


def test_a_date_of_birth_without_any_part_in_common_goes_to_review_however_probable() -> None:
    husbands = client(None, AGNES, date_of_birth=DAY(1938, 5, 9))
    house = [
        {"chi_number": AGNES_CHI, **AGNES},
        {"chi_number": NEWER_CHI, **AGNES, "forename": "Robert", "sex": "1", "date_of_birth": DAY(1938, 5, 9)},
    ]
    row = linked_one(husbands, house)
    assert (row["link_method"], row["review_reason"]) == ("unlinked", decide.OTHER_DATE)
    same_month = client(None, AGNES, date_of_birth=DAY(1938, 3, 9))
    house[1]["date_of_birth"] = DAY(1938, 3, 9)
    assert linked_one(same_month, house)["chi_number"] == AGNES_CHI


def test_a_client_of_whom_too_little_can_be_compared_goes_to_review_however_probable() -> None:
    rare = {**AGNES, "surname": "Quillerstone", "postcode": "PH15 2ZZ"}
    row = linked_one(
        client(None, rare, forename=None, date_of_birth=None), [{"chi_number": AGNES_CHI, **rare}, *A_REGISTER[1:]]
    )
    assert (row["link_method"], row["review_reason"]) == ("unlinked", decide.TOO_LITTLE)


def test_twin_with_own_chi_goes_to_review() -> None:
    row = linked_one(client(UNKNOWN_CHI, AGNES, forename="Margaret"))
    assert (row["link_method"], row["review"], row["review_reason"]) == ("unlinked", True, decide.TWIN)


def test_twin_without_chi_is_never_linked_to_the_other() -> None:
    alone = linked_one(client(None, AGNES, forename="Margaret"))
    assert (alone["link_method"], alone["review"]) == ("unlinked", True)
    both = [*A_REGISTER, {"chi_number": UNKNOWN_CHI, **AGNES, "forename": "Margaret"}]
    assert linked_one(client(None, AGNES, forename="Margaret"), both)["chi_number"] == UNKNOWN_CHI


def test_two_equal_candidates_go_to_review() -> None:
    register = [*A_REGISTER, {"chi_number": UNKNOWN_CHI, **AGNES}]
    row = linked_one(client(None, AGNES), register)
    assert (row["link_method"], row["review"], row["review_reason"]) == ("unlinked", True, decide.UNCERTAIN)


def test_a_son_of_the_same_name_and_house_is_not_the_father() -> None:
    assert linked_one(client(None, ROBERT, date_of_birth=DAY(1984, 2, 9)))["link_method"] == "unlinked"


def test_stranger_stays_unlinked() -> None:
    stranger = {
        **AGNES,
        "forename": "Ivor",
        "surname": "Quill",
        "date_of_birth": DAY(1977, 8, 5),
        "postcode": "PH1 1AA",
    }
    row = linked_one(client(None, stranger))
    assert (row["link_method"], row["chi_number"], row["review"], row["review_reason"]) == (
        "unlinked",
        None,
        False,
        None,
    )


def test_decision_for_a_link_overrides_the_model() -> None:
    row = linked_one(client(None, ROBERT), decisions=[decision(AGNES_CHI)])
    assert (row["link_method"], row["chi_number"], row["review"]) == ("decision", AGNES_CHI, False)


def test_decision_settles_several_chis() -> None:
    rows = [client(AGNES_CHI, AGNES), client(ROBERT_CHI, AGNES)]
    assert linked_one(rows, decisions=[decision(ROBERT_CHI)])["chi_number"] == ROBERT_CHI


@pytest.mark.parametrize("blank", [None, "", " "])
def test_decision_against_a_link_overrides_the_chi(blank: str | None) -> None:
    row = linked_one(client(AGNES_CHI, AGNES), decisions=[decision(blank)])
    assert (row["link_method"], row["chi_number"], row["review"]) == ("unlinked", None, False)


def test_the_last_decision_counts_and_others_do_not_touch_this_client() -> None:
    earlier = decision(ROBERT_CHI, decided_on=DAY(2026, 1, 1))
    elsewhere = decision(ROBERT_CHI, agency="dundee-city", decided_on=DAY(2026, 12, 1))
    row = linked_one(client(None, AGNES), decisions=[decision(AGNES_CHI), earlier, elsewhere])
    assert row["chi_number"] == AGNES_CHI


def test_decision_for_an_unknown_chi_stays_in_review() -> None:
    row = linked_one(client(None, AGNES), decisions=[decision("0101011237")])
    assert (row["link_method"], row["review_reason"]) == ("unlinked", decide.DECISION_UNKNOWN)


def test_what_is_expected_of_a_link_or_missed() -> None:
    stranger = client(None, AGNES, forename="Zebedee", surname="Quux", date_of_birth=None, postcode=None)
    assert chance_in_register([client(AGNES_CHI, AGNES)]) == 1
    assert chance_in_register([client(AGNES_CHI, AGNES)], [decision(None)]) == 0
    assert chance_in_register([client(None, AGNES)], [decision(AGNES_CHI)]) == 1
    # Several CHI numbers, and somebody else's: whoever it is, somebody in the register is missed.
    assert chance_in_register([client(AGNES_CHI, AGNES), client(ROBERT_CHI, AGNES)]) == 1
    assert chance_in_register([client(AGNES_CHI, ROBERT)]) == 1
    assert chance_in_register([stranger]) == 0


def test_a_client_of_whom_too_little_is_written_cannot_be_told_from_a_stranger() -> None:
    assert chance_in_register([client(None, AGNES, forename=None, date_of_birth=None, surname="Quux", postcode=None)]) is None
    assert chance_in_register([client(None, AGNES, forename="Zebedee", date_of_birth=None, surname="Quux", postcode=None)]) == 0


@pytest.mark.parametrize("is_dated", [True, False])
def test_where_those_whom_no_key_finds_may_be_all_who_are_not_found_nobody_can_tell(is_dated: bool) -> None:
    """A town that moved house: without dates of birth each client shares one key with its own row, so that as many may share none."""
    register = _people_at_home(random.Random(5), 300, is_dated)
    moved = [
        client(None, person, chi_number=None, postcode=register[at + 100]["postcode"], social_care_id=f"moved {at}")
        for at, person in enumerate(register[:60])
    ]
    strangers = [
        client(None, person, chi_number=None, social_care_id=f"stranger {at}")
        for at, person in enumerate(_people_at_home(random.Random(6), 20, is_dated))
    ]
    rows = links_of(table(register, REGISTER), table([*moved, *strangers], CLIENTS)).to_pylist()
    of_strangers = {row["chance_in_register"] for row in rows if row["social_care_id"].startswith("stranger")}
    assert all(row["chi_number"] for row in rows if row["social_care_id"].startswith("moved"))
    assert of_strangers == ({0} if is_dated else {None})


def test_how_many_share_no_key_is_told_by_who_shares_one_and_who_shares_two() -> None:
    """Ten matches that share one key and four that share two, of 21 keys: 20/21 of 10 × 9 / (2 × 5). Two are as likely as not."""
    keys = [1] * 11 + [1, 1] + [2] * 4 + [5]
    chances = [1.0] * 11 + [0.5, 0.5] + [1.0] * 5
    pairs = list(range(len(keys)))
    with database() as connection:
        connection.register("blocked_pair", pa.table({"client": pairs, "register": pairs, "keys": keys}))
        candidates = pa.array([str(pair) for pair in pairs])
        connection.register("match_weight", pa.table({"client": pairs, "register": pairs, "candidate": candidates}))
        connection.register("posterior", pa.table({"client": pairs, "candidate": candidates, "probability": chances}))
        # Of two more who share one key each, nothing is told: they are only for a reviewer to see.
        connection.register("searched", pa.table({"row_id": pairs, "is_for_review": [pair in (0, 1) for pair in pairs]}))
        assert connection.sql(read_sql("identity", "unseen_match")).fetchall() == [(pytest.approx(9 * 20 / 21),)]
        connection.execute("CREATE OR REPLACE TEMP VIEW posterior AS SELECT 0 AS client, '0' AS candidate, 0.0 AS probability")
        assert connection.sql(read_sql("identity", "unseen_match")).fetchall() == [(0,)]


def test_a_person_of_whom_everything_is_written_has_a_key_of_each_kind() -> None:
    """As many as `unseen_match.sql` counts."""
    everything = pa.Table.from_pylist([{"row_id": 1, **AGNES, "middle_name": "Morag", "address": "12 Long Street Dundee"}])
    with database() as connection:
        connection.register("people", everything)
        standardise(connection, "people", "standard")
        keys = connection.sql(read_sql("identity", "blocking_key")).fetchall()
    assert len(keys) == len({key for _, _, key in keys}) == 21


def test_who_has_no_date_of_birth_and_is_not_found_is_a_stranger_as_often_as_who_has_one() -> None:
    """Without a date too few keys are left to find anybody by. Of those with a date one in four is a stranger here."""
    register = _people_at_home(random.Random(5), 300, is_dated=True)
    known = [client(None, person, chi_number=None, social_care_id=f"known {at}") for at, person in enumerate(register[:60])]
    others = _people_at_home(random.Random(6), 24, is_dated=True)
    strangers = [client(None, person, chi_number=None, social_care_id=f"{at}") for at, person in enumerate(others[:20])]
    undated = [
        client(None, person, chi_number=None, social_care_id=f"undated {at}", date_of_birth=None, postcode=None)
        for at, person in enumerate(others[20:])
    ]
    rows = links_of(table(register, REGISTER), table([*known, *strangers, *undated], CLIENTS)).to_pylist()
    chances = [float(row["chance_in_register"]) for row in rows if row["social_care_id"].startswith("undated")]
    assert chances == pytest.approx([0.75] * 4, abs=0.02)
    assert {row["chance_in_register"] for row in rows if row["social_care_id"].isdigit()} == {0}


def _people_at_home(chance: random.Random, count: int, is_dated: bool) -> list[Row]:
    def name() -> str:
        return "".join(chance.choice("bdfgklmnprst") + chance.choice("aeiou") for _ in range(3))

    return [
        {
            "chi_number": f"r{at}",
            "forename": name(),
            "surname": name(),
            "date_of_birth": DAY(1930, 1, 1) + datetime.timedelta(days=chance.randrange(25_000)) if is_dated else None,
            "sex": "2",
            "postcode": f"DD{1 + at % 9} {at % 7}{'ABDEFGHJLN'[at // 10 % 10]}{'ABDEFGHJLN'[at % 10]}",
        }
        for at in range(count)
    ]


def test_of_more_equal_clients_than_one_person_can_be_one_is_searched_for_and_all_are_in_review(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    equal = [client(None, AGNES, social_care_id=f"A{n}") for n in range(decide.MAX_CLIENTS + 2)]
    other = client(None, ROBERT, social_care_id="B1")
    rows = linked([*equal, other])
    assert [row["review_reason"] for row in rows] == [decide.CROWD] * len(equal) + [None]
    assert {row["candidate_chi_number"] for row in rows[:-1]} == {AGNES_CHI}
    assert asked("SELECT count(*) FROM searched", [*equal, other]) == [2]
    doubtful = [client(AGNES_CHI, ROBERT, social_care_id=f"A{n}") for n in range(decide.MAX_CLIENTS + 2)]
    assert asked("SELECT count(*) FROM searched", doubtful) == [1]
    assert sheet_of(doubtful)["candidate_chi_number"].to_pylist() == [ROBERT_CHI, AGNES_CHI] * len(doubtful)
    # A reviewer sees the person beside each of them.
    shown = sheet_of([*equal, other]).to_pylist()
    assert {(row["social_care_id"], row["candidate_chi_number"]) for row in shown} == {
        (f"A{n}", AGNES_CHI) for n in range(len(equal))
    }
    monkeypatch.setattr(decide, "MAX_CLIENTS", len(equal))
    assert all(row["chi_number"] == AGNES_CHI for row in linked(equal))


def test_who_is_in_review_whatever_is_found_tells_nothing_of_others() -> None:
    """One council shifts its column of CHI numbers by a row: nothing that is said of another council's clients changes."""
    register, clients, _ = invented_town(people_count=1000, clients_count=150)
    for at, row in enumerate(clients[:30]):
        row |= {"chi_number": f"99999{at:05d}", "chi_is_valid": True}
    for row in clients[30:60]:
        row["date_of_birth"] = None
    numbers = [register[-1]["chi_number"], *(person["chi_number"] for person in register[:199])]
    shifted = [
        client(number, {**person, "chi_number": number}, agency="dundee-city", social_care_id=f"D{at}")
        for at, (number, person) in enumerate(zip(numbers, register[:200], strict=True))
    ]
    doubtful = [
        row
        for row, link in zip(
            shifted, sorted(linked(shifted, register), key=lambda link: int(link["social_care_id"][1:])), strict=True
        )
        if link["review_reason"] == decide.CHI_DISAGREES
    ]
    assert len(doubtful) > 0.9 * len(shifted)
    alone = links_of(table(register, REGISTER), table(clients, CLIENTS))
    beside = links_of(table(register, REGISTER), table([*clients, *doubtful], CLIENTS))
    assert alone.equals(beside.filter(pc.equal(beside["agency"], "angus")))


def test_who_is_in_review_whatever_is_found_is_expected_to_be_nobody() -> None:
    """Though it is very like the person whose number it has, by forename and home."""
    doubtful = client(AGNES_CHI, AGNES, surname="Gow", date_of_birth=DAY(1940, 7, 20))
    assert linked_one(doubtful)["review_reason"] == decide.CHI_DISAGREES
    assert asked("SELECT guard IS NOT NULL AND NOT is_expected FROM posterior", [doubtful]) == [True]
    without = client(None, AGNES, social_care_id="A2")
    assert len(set(asked("SELECT cohort FROM client_likelihood", [doubtful, without]))) == 1


def test_a_probabilistic_link_is_expected_to_be_right_as_often_as_its_posterior_says() -> None:
    (row,) = linked([client(None, AGNES)])
    assert row["link_method"] == "probabilistic"
    assert chance_in_register([client(None, AGNES)]) == row["link_probability"] < 1


def test_the_same_id_in_two_councils_is_two_clients() -> None:
    rows = linked([client(AGNES_CHI, AGNES), client(ROBERT_CHI, ROBERT, agency="dundee-city")])
    assert [(row["agency"], row["chi_number"]) for row in rows] == [("angus", AGNES_CHI), ("dundee-city", ROBERT_CHI)]


@pytest.mark.parametrize("empty", ["register", "clients", "all"])
def test_empty_tables(empty: str) -> None:
    register = [] if empty in ("register", "all") else A_REGISTER
    clients = [] if empty in ("clients", "all") else [client(AGNES_CHI, AGNES)]
    rows = linked(clients, register)
    assert [row["link_method"] for row in rows] == ["unlinked"] * len(clients)


def test_order_and_threads_change_nothing_and_links_are_right() -> None:
    register, clients, truth = invented_town(people_count=4000, clients_count=600)
    first = links_of(table(register, REGISTER), table(clients, CLIENTS))
    random.Random(5).shuffle(register)
    random.Random(6).shuffle(clients)
    again = links_of(table(register, REGISTER), table(clients, CLIENTS), threads=1)
    assert first.equals(again)
    assert first.schema == decide.LINKS
    rows = first.to_pylist()
    wrong = [row for row in rows if row["chi_number"] not in (None, truth[row["social_care_id"]])]
    findable = sum(number is not None for number in truth.values())
    found = sum(row["chi_number"] is not None for row in rows)
    assert not wrong
    assert found > 0.9 * findable


def asked(query: str, clients: list[Row]) -> list[Any]:
    """The first column of what the tables of the linkage say."""
    with people._database(1) as connection:
        decide.link_clients(connection, table(A_REGISTER, REGISTER), table(clients, CLIENTS), table([], DECISIONS))
        return [row[0] for row in connection.sql(query).fetchall()]


def chance_in_register(clients: list[Row], decisions: list[Row] | None = None) -> Any:
    (row,) = links_of(table(A_REGISTER, REGISTER), table(clients, CLIENTS), table(decisions or [], DECISIONS)).to_pylist()
    return row["chance_in_register"]


def invented_town(people_count: int, clients_count: int) -> tuple[list[Row], list[Row], dict[str, str | None]]:
    """A register, clients copied from it with the usual mistakes (a tenth are strangers), and who is who."""
    chance = random.Random(1)
    syllables = [
        "mac",
        "don",
        "ross",
        "lin",
        "say",
        "gra",
        "ham",
        "bur",
        "ner",
        "kin",
        "loch",
        "ard",
        "fin",
        "wal",
        "ker",
    ]
    surnames = sorted({"".join(chance.choices(syllables, k=3)) for _ in range(1200)})
    forenames = sorted({"".join(chance.choices(syllables, k=2)) for _ in range(150)})

    def person(number: int) -> Row:
        born = DAY(1930, 1, 1) + datetime.timedelta(chance.randrange(32_000))
        return {
            "chi_number": f"{born:%d%m%y}{number % 10_000:04d}",
            "forename": chance.choice(forenames),
            "surname": chance.choice(surnames),
            "date_of_birth": born,
            "sex": chance.choice("12"),
            "postcode": f"DD{chance.randrange(1, 11)} {chance.randrange(1, 9)}{''.join(chance.choices('ABDE', k=2))}",
        }

    def mistaken(original: Row) -> Row:
        copy, other = dict(original), person(0)
        for column, share in {"postcode": 0.15, "surname": 0.03, "forename": 0.02}.items():
            if chance.random() < share:
                copy[column] = other[column]
        if chance.random() < 0.05:
            copy["forename"] = copy["forename"][:-1]
        if chance.random() < 0.03:
            copy["date_of_birth"] += datetime.timedelta(10)
        return copy

    register = list({row["chi_number"]: row for row in map(person, range(people_count))}.values())
    clients: list[Row] = []
    truth: dict[str, str | None] = {}
    for at in range(clients_count):
        known = chance.random() < 0.9
        source = chance.choice(register) if known else person(people_count + at)
        truth[f"C{at}"] = source["chi_number"] if known else None
        number = source["chi_number"] if known and chance.random() < 0.6 else None
        clients.append(client(number, mistaken(source), social_care_id=f"C{at}") | {"chi_number": number})
    return register, clients, truth
