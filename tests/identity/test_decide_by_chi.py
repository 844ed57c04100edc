"""A CHI number links a client where the rest of the record supports it; where it does not, a reviewer decides."""

import datetime

import pytest

from pipelines.identity.linking import decide
from tests.identity.people import (
    A_REGISTER,
    AGNES,
    AGNES_CHI,
    DAY,
    NEWER_CHI,
    NEWEST_CHI,
    ROBERT,
    ROBERT_CHI,
    Row,
    client,
    decision,
    linked,
    linked_one,
    sheet_of,
)


def test_chi_links_when_date_of_birth_or_name_agrees() -> None:
    by_both = linked_one(client(AGNES_CHI, AGNES))
    by_date = linked_one(client(AGNES_CHI, AGNES, forename="Zoe", surname="Else"))
    by_name = linked_one(client(AGNES_CHI, AGNES, date_of_birth=DAY(1999, 1, 1)))
    by_other_spelling = linked_one(client(AGNES_CHI, AGNES, surname="LINDSEY", date_of_birth=DAY(1999, 1, 1)))
    assert [row["link_method"] for row in (by_both, by_date, by_name, by_other_spelling)] == ["chi"] * 4
    assert {row["chi_number"] for row in (by_both, by_date, by_name)} == {AGNES_CHI}
    assert by_both["link_probability"] is None


def test_a_new_surname_beside_a_date_a_day_out_is_no_doubt_in_the_same_home() -> None:
    married = client(AGNES_CHI, AGNES, surname="Gow", date_of_birth=DAY(1940, 3, 13))
    assert linked_one(married)["link_method"] == "chi"
    for doubt in ({"postcode": "PH1 1AA"}, {"forename": "Zoe"}, {"date_of_birth": DAY(1941, 4, 12)}):
        assert linked_one(married | doubt)["review_reason"] == decide.CHI_DISAGREES


NAMELESS = {"forename": None, "surname": None, "sex": "9", "postcode": None}


def test_a_chi_that_nothing_supports_goes_to_review() -> None:
    """A CHI number holds its date of birth: that is no second witness."""
    for nothing in (NAMELESS, NAMELESS | {"date_of_birth": None}, NAMELESS | {"date_of_birth": None, "sex": "2"}):
        row = linked_one(client(AGNES_CHI, AGNES | nothing))
        assert (row["link_method"], row["chi_number"], row["review_reason"]) == ("unlinked", None, decide.CHI_DISAGREES)


@pytest.mark.parametrize("named", ["forename", "surname", "sex", "postcode"])
def test_a_chi_with_its_date_of_birth_and_one_thing_more_links(named: str) -> None:
    row = linked_one(client(AGNES_CHI, AGNES | NAMELESS | {named: AGNES[named]}))
    assert (row["link_method"], row["chi_number"]) == ("chi", AGNES_CHI)


@pytest.mark.parametrize("part", [{"forename": None}, {"forename": "Agnees"}, {"sex": "1"}])
def test_where_its_owner_was_born_on_quite_another_date_a_chi_needs_the_whole_name(part: Row) -> None:
    """A baby without a name, a brother or sister of a like name, a husband or wife of the same."""
    elsewhere = {**AGNES, "postcode": "PH1 1AA"}
    assert (
        linked_one(client(AGNES_CHI, elsewhere | {"forename": "Senga", "date_of_birth": DAY(1999, 1, 1)}))["link_method"]
        == "chi"
    )
    assert linked_one(client(AGNES_CHI, elsewhere | part | {"date_of_birth": None}))["link_method"] == "chi"
    row = linked_one(client(AGNES_CHI, elsewhere | part | {"date_of_birth": DAY(1999, 1, 1)}))
    assert (row["link_method"], row["review_reason"]) == ("unlinked", decide.CHI_DISAGREES)


def test_of_two_people_of_like_names_the_one_of_the_very_name_is_the_better_match() -> None:
    twins = [{"chi_number": AGNES_CHI, **AGNES, "forename": "Annie"}, {"chi_number": NEWER_CHI, **AGNES, "forename": "Anna"}]
    assert linked_one(client(AGNES_CHI, {**AGNES, "forename": "Anna"}), twins)["review_reason"] == decide.BETTER_MATCH
    assert linked_one(client(AGNES_CHI, {**AGNES, "forename": "Annia"}), twins)["link_method"] == "chi"


MARGARET = {**AGNES, "forename": "Margaret"}
AGNES_LATER = {**AGNES, "date_of_birth": DAY(1971, 11, 2), "postcode": "DD5 1ZZ"}


@pytest.mark.parametrize(
    ("words", "somebody_else"), [(MARGARET, MARGARET), ({**AGNES_LATER, "postcode": "DD9 9ZZ"}, AGNES_LATER)]
)
def test_a_chi_goes_to_review_where_the_words_are_of_somebody_else_in_the_register(words: Row, somebody_else: Row) -> None:
    """A twin's number, a mother's number: it agrees with its person in part, but another person is all that the client says."""
    both = [*A_REGISTER, {"chi_number": NEWER_CHI, **somebody_else}]
    row = linked_one(client(AGNES_CHI, words), both)
    assert (row["link_method"], row["chi_number"], row["review_reason"]) == ("unlinked", None, decide.BETTER_MATCH)
    shown = sheet_of([client(AGNES_CHI, words)], both)["candidate_chi_number"].to_pylist()
    assert shown == [AGNES_CHI, NEWER_CHI]
    assert linked_one(client(AGNES_CHI, words))["link_method"] == "chi"


@pytest.mark.parametrize(
    "born", [DAY(1966, 8, 5), DAY(1966, 8, 23), DAY(1966, 8, 4), DAY(1966, 9, 22), DAY(1956, 8, 22), DAY(1966, 5, 8)]
)
def test_a_parents_number_on_a_child_of_the_same_name_goes_to_review_whatever_slip_is_in_the_date(born: datetime.date) -> None:
    """The name and the home are both persons'; the date is near the child's alone."""
    child = {**ROBERT, "date_of_birth": DAY(1966, 8, 5) if born in {DAY(1966, 8, 5), DAY(1966, 5, 8)} else DAY(1966, 8, 22)}
    both = [*A_REGISTER, {"chi_number": NEWER_CHI, **child}]
    row = linked_one(client(ROBERT_CHI, child, date_of_birth=born), both)
    assert (row["link_method"], row["chi_number"], row["review_reason"]) == ("unlinked", None, decide.BETTER_MATCH)


def test_a_namesake_whose_date_is_no_nearer_is_no_doubt() -> None:
    """A slip in the client's own date, or a date that is near to nobody's, makes no better match of somebody else."""
    son = {"chi_number": NEWER_CHI, **ROBERT, "date_of_birth": DAY(1966, 8, 30)}
    for born in (DAY(1951, 7, 31), DAY(1951, 8, 30), DAY(1966, 7, 30), DAY(1999, 1, 1)):
        row = linked_one(client(ROBERT_CHI, ROBERT, date_of_birth=born), [*A_REGISTER, son])
        assert row["chi_number"] == ROBERT_CHI


def test_a_new_surname_that_somebody_else_of_another_home_has_too_is_no_doubt() -> None:
    register = [*A_REGISTER, {"chi_number": NEWER_CHI, **AGNES, "surname": "Gow", "postcode": "PH1 1AA"}]
    assert linked_one(client(AGNES_CHI, AGNES, surname="Gow"), register)["chi_number"] == AGNES_CHI


def test_chi_of_somebody_else_goes_to_review() -> None:
    row = linked_one(client(AGNES_CHI, ROBERT))
    assert (row["link_method"], row["chi_number"], row["review"]) == ("unlinked", None, True)
    assert row["review_reason"] == decide.CHI_DISAGREES


def test_unknown_date_with_another_name_goes_to_review() -> None:
    assert linked_one(client(AGNES_CHI, ROBERT, date_of_birth=None))["review"]


def test_superseded_chi_links_to_the_current_person() -> None:
    register = [
        {"chi_number": NEWEST_CHI, "previous_chi_number": NEWER_CHI, **AGNES},
        {"chi_number": NEWER_CHI, "previous_chi_number": AGNES_CHI, **AGNES},
    ]
    row = linked_one(client(AGNES_CHI, AGNES), register)
    assert (row["link_method"], row["chi_number"]) == ("chi", NEWEST_CHI)
    searched = linked_one(client(None, AGNES), register)
    assert (searched["link_method"], searched["chi_number"]) == ("probabilistic", NEWEST_CHI)


def test_several_chis_for_one_client_go_to_review() -> None:
    row = linked_one([client(AGNES_CHI, AGNES), client(ROBERT_CHI, AGNES)])
    assert (row["link_method"], row["chi_number"], row["review"]) == ("unlinked", None, True)
    assert row["review_reason"] == decide.SEVERAL_CHIS


def test_several_chis_over_the_months_or_in_rows_set_aside_go_to_review() -> None:
    """The latest file has one row of the client; another file, or a row that is no longer in use, claims another number."""
    before = [client(ROBERT_CHI, ROBERT)]
    row = linked_one(client(AGNES_CHI, AGNES), every_client_row=before)
    assert (row["link_method"], row["chi_number"], row["review_reason"]) == ("unlinked", None, decide.SEVERAL_CHIS)
    assert (
        linked_one(client(None, AGNES), every_client_row=[*before, client(AGNES_CHI, AGNES)])["review_reason"]
        == decide.SEVERAL_CHIS
    )
    assert linked_one(client(AGNES_CHI, AGNES), every_client_row=[client(AGNES_CHI, AGNES)])["chi_number"] == AGNES_CHI
    for other in ({"agency": "dundee-city"}, {"social_care_id": "A2"}, {"chi_is_valid": False}):
        assert (
            linked_one(client(AGNES_CHI, AGNES), every_client_row=[client(ROBERT_CHI, AGNES, **other)])["chi_number"]
            == AGNES_CHI
        )


JEAN = {"forename": "Jean", "surname": "Petrie", "date_of_birth": DAY(1933, 11, 2), "sex": "2", "postcode": "DD5 1ZZ"}


@pytest.mark.parametrize(
    "before",
    [JEAN, {**JEAN, "sex": "9"}, {**JEAN, "date_of_birth": None}, {**JEAN, "surname": "Lindsay"}, {**JEAN, "forename": None},
     {**AGNES, "forename": "Jean", "surname": "Petrie", "sex": "1"}, {**JEAN, "forename": None, "surname": None, "sex": "1"}],
)  # fmt: skip
@pytest.mark.parametrize("number", [None, AGNES_CHI])
def test_a_number_that_meant_somebody_else_links_to_nobody(before: Row, number: str | None) -> None:
    row = linked_one(client(number, AGNES), every_client_row=[client(None, before)])
    assert (row["link_method"], row["chi_number"], row["review_reason"]) == ("unlinked", None, decide.ANOTHER_PERSON)


@pytest.mark.parametrize(
    "corrected",
    [{}, {"forename": "Agness"}, {"forename": "Senga"}, {"surname": "Petrie"}, {"surname": "Lindsey", "forename": "AGNES "},
     {"date_of_birth": DAY(1941, 3, 12)}, {"date_of_birth": DAY(1940, 12, 3)}, {"date_of_birth": DAY(1933, 11, 2)},
     {"date_of_birth": None, "surname": "Petrie"}, {"forename": None, "surname": None, "postcode": None}, {"sex": "1"},
     {"forename": "Lindsay", "surname": "Agnes"}, {"postcode": "PH1 1AA"}, {"surname": "Petrie", "date_of_birth": DAY(1940, 3, 13)}],
)  # fmt: skip
def test_a_correction_is_not_another_person(corrected: Row) -> None:
    before = client(None, AGNES, **corrected)
    assert linked_one(client(AGNES_CHI, AGNES), every_client_row=[before])["chi_number"] == AGNES_CHI
    assert linked_one(client(None, AGNES), every_client_row=[before])["chi_number"] == AGNES_CHI


def test_who_is_in_doubt_is_shown_beside_everybody_claimed_and_a_decision_settles_it() -> None:
    before = [client(ROBERT_CHI, ROBERT)]
    shown = sheet_of([client(AGNES_CHI, AGNES)], every_client_row=before)
    assert shown["candidate_chi_number"].to_pylist() == [AGNES_CHI, ROBERT_CHI]
    decided = linked_one(client(AGNES_CHI, AGNES), decisions=[decision(AGNES_CHI)], every_client_row=before)
    assert (decided["link_method"], decided["chi_number"], decided["review"]) == ("decision", AGNES_CHI, False)


def test_more_than_three_clients_of_one_agency_on_one_person_go_to_review() -> None:
    def clients(count: int) -> list[Row]:
        return [client(AGNES_CHI, AGNES, social_care_id=f"A{n}") for n in range(1, count + 1)]

    assert {row["chi_number"] for row in linked(clients(3))} == {AGNES_CHI}
    elsewhere = client(AGNES_CHI, AGNES, agency="dundee-city")
    assert {row["chi_number"] for row in linked([*clients(3), elsewhere])} == {AGNES_CHI}
    crowd = linked(clients(4))
    assert {(row["chi_number"], row["review_reason"]) for row in crowd} == {(None, decide.CROWD)}
    assert set(sheet_of(clients(4))["candidate_chi_number"].to_pylist()) == {AGNES_CHI}
    # A1 is decided; with a fourth that nobody decided the others still wait.
    kept = [row["social_care_id"] for row in linked(clients(4), decisions=[decision(AGNES_CHI)]) if row["chi_number"]]
    assert kept == ["A1"]
    assert [row["chi_number"] for row in linked(clients(4), decisions=[decision(None)])] == [None, *[AGNES_CHI] * 3]


def test_an_old_and_a_new_number_of_one_person_are_one_claim() -> None:
    register = [{"chi_number": NEWER_CHI, "previous_chi_number": AGNES_CHI, **AGNES}]
    row = linked_one([client(AGNES_CHI, AGNES), client(NEWER_CHI, AGNES), client(None, ROBERT)], register)
    assert (row["link_method"], row["chi_number"]) == ("chi", NEWER_CHI)


def test_a_bad_chi_claims_nothing() -> None:
    row = linked_one([client(AGNES_CHI, AGNES), client("1203400022", AGNES, chi_is_valid=False)])
    assert (row["link_method"], row["chi_number"]) == ("chi", AGNES_CHI)
