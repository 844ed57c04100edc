"""Identity: CHI arithmetic, pseudonyms, links, the registry of person ids and the review files.

Every person here is invented.
"""

import base64
import csv
import datetime
import hashlib
import hmac
import html
import random
import stat
import time
import zipfile
from collections.abc import Collection
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import xlsxwriter
from python_calamine import CalamineWorkbook

from pipelines.engine.errors import IrfError
from pipelines.identity import pseudonym, registry, review, review_sheet
from pipelines.identity.linking import decide as link
from pipelines.identity.linking.current_chi import current_chis
from pipelines.identity.linking.database import database
from pipelines.warehouse import key as key_file
from schemas import chi

Row = dict[str, Any]

TEXT = pd.ArrowDtype(pa.string())
KEY = bytes(range(32))
DAY = datetime.date
IN_APRIL = DAY(2026, 4, 2)

PERSON: list[tuple[str, pa.DataType]] = [
    ("forename", pa.string()),
    ("surname", pa.string()),
    ("date_of_birth", pa.date32()),
    ("sex", pa.string()),
    ("postcode", pa.string()),
]
REGISTER = pa.schema([("chi_number", pa.string()), ("previous_chi_number", pa.string()), *PERSON])
_CLIENT: list[tuple[str, pa.DataType]] = [
    ("agency", pa.string()),
    ("social_care_id", pa.string()),
    ("chi_number", pa.string()),
    ("chi_is_valid", pa.bool_()),
    *PERSON,
]
CLIENTS = pa.schema(_CLIENT)

AGNES = {
    "forename": "Agnes",
    "surname": "Lindsay",
    "date_of_birth": DAY(1940, 3, 12),
    "sex": "2",
    "postcode": "DD1 4AB",
}
ROBERT = {"forename": "Robert", "surname": "Gow", "date_of_birth": DAY(1951, 7, 30), "sex": "1", "postcode": "PH2 8TT"}
AGNES_CHI, ROBERT_CHI, NEWER_CHI, NEWEST_CHI, UNKNOWN_CHI = (
    "1203400021",
    "3007510011",
    "1203400102",
    "1203400203",
    "1203409999",
)
A_REGISTER: list[Row] = [{"chi_number": AGNES_CHI, **AGNES}, {"chi_number": ROBERT_CHI, **ROBERT}]


# --- CHI ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("number", "by_eleven", "by_either"),
    [
        ("1904851231", True, True),
        ("2902201230", True, True),
        ("0101011237", True, True),
        ("0101201234", False, True),
        ("1904851232", False, False),
        ("0101201233", False, False),
        ("2902191230", False, False),
        ("190485123", False, False),
        ("19048512311", False, False),
        ("19048512E1", False, False),
        ("0000000000", False, False),
        ("3113000000", False, False),
        ("", False, False),
        (None, False, False),
    ],
)
def test_chi_vectors(number: str | None, by_eleven: bool, by_either: bool) -> None:
    column = pd.Series([number], dtype=TEXT)
    assert chi.valid(column, luhn_allowed=False).tolist() == [by_eleven]
    assert chi.valid(column, luhn_allowed=True).tolist() == [by_either]


def test_check_digits_of_the_same_number() -> None:
    digits = np.array([[int(digit) for digit in number] for number in ("0101011237", "1904851231", "0101201234")])
    assert chi.check_digit_modulus_11(digits).tolist()[:2] == [7, 1]
    assert chi.check_digit_modulus_10(digits).tolist()[::2] == [7, 4]


def test_modulus_11_finds_every_single_slip() -> None:
    slips = [f"{'1904851231'[:at]}{digit}{'1904851231'[at + 1 :]}" for at in range(10) for digit in range(10)]
    others = pd.Series([slip for slip in slips if slip != "1904851231"], dtype=TEXT)
    assert not chi.valid(others, luhn_allowed=False).any()


def test_repair_puts_back_the_lost_zero_and_nothing_else() -> None:
    given = pd.Series(["101011237", " 190485 1231 ", "", "  ", None, "12345678", "12345678X"], dtype=TEXT)
    repaired = chi.repair(given).tolist()
    assert repaired[:2] == ["0101011237", "1904851231"]
    assert all(pd.isna(value) for value in repaired[2:5])
    assert repaired[5:] == ["12345678", "12345678X"]


def test_chi_arithmetic_is_fast_and_keeps_the_index() -> None:
    numbers = pd.Series([f"{n:010d}" for n in range(1_010_000_000, 1_010_250_000)], dtype=TEXT)
    numbers.index = numbers.index + 7
    started = time.perf_counter()
    judged = chi.valid(numbers, luhn_allowed=True)
    assert time.perf_counter() - started < 1
    assert judged.index.equals(numbers.index)


# --- pseudonyms -----------------------------------------------------------------------------------


def test_person_id_is_a_keyed_hash() -> None:
    digest = hmac.new(KEY, b"chi:1904851231", hashlib.sha256).digest()[:20]
    expected = "p" + base64.b32encode(digest).decode().lower().rstrip("=")
    assert pseudonym.person_id(KEY, "chi:1904851231") == expected
    assert pseudonym.person_ids(KEY, pa.array(["chi:1904851231", None, "chi:1904851231"])).to_pylist() == [
        expected,
        None,
        expected,
    ]


def test_the_same_client_id_in_two_councils_is_two_people() -> None:
    assert pseudonym.person_id(KEY, "client:angus:A1") != pseudonym.person_id(KEY, "client:dundee-city:A1")


def test_pads_compose_an_hmac_in_sql() -> None:
    inner, outer = key_file.hmac_pads(KEY)
    composed = "SELECT sha256(?::BLOB || unhex(sha256(?::BLOB || encode(?))))"
    row = duckdb.execute(composed, [outer, inner, "client:angus:A1"]).fetchone()
    assert row == (hmac.new(KEY, b"client:angus:A1", hashlib.sha256).hexdigest(),)


def test_key_is_made_once_and_private(tmp_path: Path) -> None:
    path = tmp_path / "secure" / "pseudonym.key"
    key = key_file.load_or_create_key(path)
    assert len(key) == 32
    assert key_file.load_or_create_key(path) == key
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700
    assert [file.name for file in path.parent.iterdir()] == ["pseudonym.key"]


def test_a_damaged_key_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "pseudonym.key"
    path.write_bytes(b"short")
    with pytest.raises(IrfError, match="5 bytes and not 32"):
        key_file.load_or_create_key(path)


# --- standard forms and superseded numbers ----------------------------------------------------------


STANDARD_FORMS = [
    ("forename_words", "Siân", "SIAN"),
    ("forename_words", "Mary-Ann", "MARYANN"),
    ("forename_words", "Mrs  Mary Ann", "MARY ANN"),
    ("forename_words", "Baby of Jane", None),
    ("forename_words", "not known", None),
    ("forename_words", "Man in the house", None),
    ("forename_words", "XXX", None),
    ("forename_words", "?", None),
    ("surname_joined", " O'Néill-Ross ", "ONEILLROSS"),
    ("surname_joined", "O’Neill", "ONEILL"),
    ("surname_joined", "Mac Donald", "MCDONALD"),
    ("surname_joined", "MacDonald", "MCDONALD"),
    ("surname_joined", "McDonald", "MCDONALD"),
    ("surname_joined", "Mackie", "MCKIE"),
    ("surname_joined", "Jørgensen", "JORGENSEN"),
    ("surname_joined", "Smith Jr", "SMITH"),
    ("surname_joined", "Groß", "GROSS"),
    ("birth_text", "1940-03-12", "1940-03-12"),
    ("birth_text", "19400312", "1940-03-12"),
    ("birth_text", "12/3/1940", "1940-03-12"),
    ("birth_text", "12.03.40", "??40-03-12"),
    ("birth_text", "194O-03-I2", "1940-03-12"),
    ("birth_text", "1940-13-45", "1940-13-45"),
    ("birth_text", "1900-01-01", None),
    ("birth_text", " ", None),
    ("unordered_birthday", "1940-12-03", "0312"),
    ("sex_code", "1", "1"),
    ("sex_code", "Female", "2"),
    ("sex_code", "0", None),
    ("sex_code", "9", None),
    ("postcode_text", "dd1  9sy ", "DD19SY"),
    ("postcode_text", "DD19SY", "DD19SY"),
    ("postcode_text", "DD019SY", "DD19SY"),
    ("postcode_text", "DDI 9SY", "DD19SY"),
    ("postcode_text", "DD1 OSY", "DD10SY"),
    ("postcode_text", "NK01 0AA", None),
    ("postcode_text", "ZZ01 1AA", None),
    ("postcode_text", "DY10 3DJ", None),
    ("postcode_text", "4223", "4223"),
    ("sound", "ROBERT", "R163"),
    ("sound", "PETER", "P360"),
]


@pytest.mark.parametrize(("macro", "written", "standard"), STANDARD_FORMS)
def test_standard_forms(macro: str, written: str, standard: str | None) -> None:
    with database(threads=1) as connection:
        assert connection.execute(f"SELECT {macro}(?)", [written]).fetchall() == [(standard,)]


@pytest.mark.parametrize(
    ("nickname", "root", "is_one"),
    [("JIMMY", "JAMES", True), ("SENGA", "AGNES", True), ("BILL", "ROBERT", False), ("SANDY", "ALEXANDRA", True)],
)
def test_nicknames_used_in_scotland(nickname: str, root: str, is_one: bool) -> None:
    with database(threads=1) as connection:
        roots = "(SELECT root FROM nickname WHERE name = ?)"
        assert connection.execute(f"SELECT list_has_any({roots}, {roots})", [nickname, root]).fetchall() == [(is_one,)]


def test_superseded_numbers_lead_to_the_current_one() -> None:
    current = currents([("C", "B"), ("B", "A"), ("D", None), ("E", "E")])
    assert current == {"A": "C", "B": "C", "C": "C", "D": "D", "E": "E"}


def test_a_ring_of_superseded_numbers_ends() -> None:
    assert currents([("B", "A"), ("A", "B"), ("A2", "A3")]) == {"A": "A", "B": "A", "A2": "A2", "A3": "A2"}


def test_a_number_superseded_twice_leads_nowhere() -> None:
    assert currents([("B", "A"), ("C", "A")]) == {"A": "A", "B": "B", "C": "C"}


# --- links ------------------------------------------------------------------------------------------


def test_chi_links_when_date_of_birth_or_name_agrees() -> None:
    by_both = linked_one(client(AGNES_CHI, AGNES))
    by_date = linked_one(client(AGNES_CHI, AGNES, forename="Zoe", surname="Else"))
    by_name = linked_one(client(AGNES_CHI, AGNES, date_of_birth=DAY(1999, 1, 1)))
    by_other_spelling = linked_one(client(AGNES_CHI, AGNES, surname="LINDSEY", date_of_birth=DAY(1999, 1, 1)))
    assert [row["link_method"] for row in (by_both, by_date, by_name, by_other_spelling)] == ["chi"] * 4
    assert {row["chi_number"] for row in (by_both, by_date, by_name)} == {AGNES_CHI}
    assert by_both["link_probability"] is None


NAMELESS = {"forename": None, "surname": None, "sex": "9", "postcode": None}


def test_a_chi_that_nothing_supports_goes_to_review() -> None:
    """A CHI number holds its date of birth: that is no second witness."""
    for nothing in (NAMELESS, NAMELESS | {"date_of_birth": None}, NAMELESS | {"date_of_birth": None, "sex": "2"}):
        row = linked_one(client(AGNES_CHI, AGNES | nothing))
        assert (row["link_method"], row["chi_number"], row["review_reason"]) == ("unlinked", None, link.CHI_DISAGREES)


@pytest.mark.parametrize("named", ["forename", "surname", "sex", "postcode"])
def test_a_chi_with_its_date_of_birth_and_one_thing_more_links(named: str) -> None:
    row = linked_one(client(AGNES_CHI, AGNES | NAMELESS | {named: AGNES[named]}))
    assert (row["link_method"], row["chi_number"]) == ("chi", AGNES_CHI)


MARGARET = {**AGNES, "forename": "Margaret"}
AGNES_LATER = {**AGNES, "date_of_birth": DAY(1971, 11, 2), "postcode": "DD5 1ZZ"}


@pytest.mark.parametrize(
    ("words", "somebody_else"), [(MARGARET, MARGARET), ({**AGNES_LATER, "postcode": "DD9 9ZZ"}, AGNES_LATER)]
)
def test_a_chi_goes_to_review_where_the_words_are_of_somebody_else_in_the_register(words: Row, somebody_else: Row) -> None:
    """A twin's number, a mother's number: it agrees with its person in part, but another person is all that the client says."""
    both = [*A_REGISTER, {"chi_number": NEWER_CHI, **somebody_else}]
    row = linked_one(client(AGNES_CHI, words), both)
    assert (row["link_method"], row["chi_number"], row["review_reason"]) == ("unlinked", None, link.BETTER_MATCH)
    shown = sheet_of([client(AGNES_CHI, words)], both)["candidate_chi_number"].to_pylist()
    assert shown == [AGNES_CHI, NEWER_CHI]
    assert linked_one(client(AGNES_CHI, words))["link_method"] == "chi"


def test_a_new_surname_that_somebody_else_of_another_home_has_too_is_no_doubt() -> None:
    register = [*A_REGISTER, {"chi_number": NEWER_CHI, **AGNES, "surname": "Gow", "postcode": "PH1 1AA"}]
    assert linked_one(client(AGNES_CHI, AGNES, surname="Gow"), register)["chi_number"] == AGNES_CHI


def test_chi_of_somebody_else_goes_to_review() -> None:
    row = linked_one(client(AGNES_CHI, ROBERT))
    assert (row["link_method"], row["chi_number"], row["review"]) == ("unlinked", None, True)
    assert row["review_reason"] == link.CHI_DISAGREES


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
    assert row["review_reason"] == link.SEVERAL_CHIS


def test_several_chis_over_the_months_or_in_rows_set_aside_go_to_review() -> None:
    """The latest file has one row of the client; another file, or a row that is no longer in use, claims another number."""
    before = [client(ROBERT_CHI, ROBERT)]
    row = linked_one(client(AGNES_CHI, AGNES), said=before)
    assert (row["link_method"], row["chi_number"], row["review_reason"]) == ("unlinked", None, link.SEVERAL_CHIS)
    assert linked_one(client(None, AGNES), said=[*before, client(AGNES_CHI, AGNES)])["review_reason"] == link.SEVERAL_CHIS
    assert linked_one(client(AGNES_CHI, AGNES), said=[client(AGNES_CHI, AGNES)])["chi_number"] == AGNES_CHI
    for other in ({"agency": "dundee-city"}, {"social_care_id": "A2"}, {"chi_is_valid": False}):
        assert linked_one(client(AGNES_CHI, AGNES), said=[client(ROBERT_CHI, AGNES, **other)])["chi_number"] == AGNES_CHI


JEAN = {"forename": "Jean", "surname": "Petrie", "date_of_birth": DAY(1933, 11, 2), "sex": "2", "postcode": "DD5 1ZZ"}


@pytest.mark.parametrize(
    "before",
    [JEAN, {**JEAN, "sex": "9"}, {**JEAN, "date_of_birth": None}, {**JEAN, "surname": "Lindsay"}, {**JEAN, "forename": None},
     {**AGNES, "forename": "Jean", "surname": "Petrie", "sex": "1"}, {**JEAN, "forename": None, "surname": None, "sex": "1"}],
)  # fmt: skip
@pytest.mark.parametrize("number", [None, AGNES_CHI])
def test_a_number_that_meant_somebody_else_links_to_nobody(before: Row, number: str | None) -> None:
    row = linked_one(client(number, AGNES), said=[client(None, before)])
    assert (row["link_method"], row["chi_number"], row["review_reason"]) == ("unlinked", None, link.ANOTHER_PERSON)


@pytest.mark.parametrize(
    "corrected",
    [{}, {"forename": "Agness"}, {"forename": "Senga"}, {"surname": "Petrie"}, {"surname": "Lindsey", "forename": "AGNES "},
     {"date_of_birth": DAY(1941, 3, 12)}, {"date_of_birth": DAY(1940, 12, 3)}, {"date_of_birth": DAY(1933, 11, 2)},
     {"date_of_birth": None, "surname": "Petrie"}, {"forename": None, "surname": None, "postcode": None}, {"sex": "1"},
     {"forename": "Lindsay", "surname": "Agnes"}, {"postcode": "PH1 1AA"}, {"surname": "Petrie", "date_of_birth": DAY(1940, 3, 13)}],
)  # fmt: skip
def test_a_correction_is_not_another_person(corrected: Row) -> None:
    before = client(None, AGNES, **corrected)
    assert linked_one(client(AGNES_CHI, AGNES), said=[before])["chi_number"] == AGNES_CHI
    assert linked_one(client(None, AGNES), said=[before])["chi_number"] == AGNES_CHI


def test_who_is_in_doubt_is_shown_beside_everybody_claimed_and_a_decision_settles_it() -> None:
    before = [client(ROBERT_CHI, ROBERT)]
    shown = sheet_of([client(AGNES_CHI, AGNES)], said=before)
    assert shown["candidate_chi_number"].to_pylist() == [AGNES_CHI, ROBERT_CHI]
    decided = linked_one(client(AGNES_CHI, AGNES), decisions=[decision(AGNES_CHI)], said=before)
    assert (decided["link_method"], decided["chi_number"], decided["review"]) == ("decision", AGNES_CHI, False)


def test_more_than_three_clients_of_one_agency_on_one_person_go_to_review() -> None:
    def clients(count: int) -> list[Row]:
        return [client(AGNES_CHI, AGNES, social_care_id=f"A{n}") for n in range(1, count + 1)]

    assert {row["chi_number"] for row in linked(clients(3))} == {AGNES_CHI}
    elsewhere = client(AGNES_CHI, AGNES, agency="dundee-city")
    assert {row["chi_number"] for row in linked([*clients(3), elsewhere])} == {AGNES_CHI}
    crowd = linked(clients(4))
    assert {(row["chi_number"], row["review_reason"]) for row in crowd} == {(None, link.CROWD)}
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


def test_probable_match_without_chi() -> None:
    row = linked_one(client(None, AGNES, forename="AGNESS", postcode="DD5 1ZZ"))
    assert (row["link_method"], row["chi_number"], row["review"]) == ("probabilistic", AGNES_CHI, False)
    assert float(row["link_probability"]) >= link.LINK_FROM


def test_valid_chi_that_the_register_lacks_is_searched_too_but_two_different_numbers_are_for_a_person() -> None:
    row = linked_one(client(UNKNOWN_CHI, AGNES))
    assert (row["link_method"], row["review_reason"]) == ("unlinked", link.OTHER_CHI)
    assert sheet_of([client(UNKNOWN_CHI, AGNES)])["candidate_chi_number"].to_pylist() == [AGNES_CHI]


def test_a_date_of_birth_without_any_part_in_common_goes_to_review_however_probable() -> None:
    husbands = client(None, AGNES, date_of_birth=DAY(1938, 5, 9))
    house = [
        {"chi_number": AGNES_CHI, **AGNES},
        {"chi_number": NEWER_CHI, **AGNES, "forename": "Robert", "sex": "1", "date_of_birth": DAY(1938, 5, 9)},
    ]
    row = linked_one(husbands, house)
    assert (row["link_method"], row["review_reason"]) == ("unlinked", link.OTHER_DATE)
    same_month = client(None, AGNES, date_of_birth=DAY(1938, 3, 9))
    house[1]["date_of_birth"] = DAY(1938, 3, 9)
    assert linked_one(same_month, house)["chi_number"] == AGNES_CHI


def test_a_client_of_whom_too_little_can_be_compared_goes_to_review_however_probable() -> None:
    rare = {**AGNES, "surname": "Quillerstone", "postcode": "PH15 2ZZ"}
    row = linked_one(
        client(None, rare, forename=None, date_of_birth=None), [{"chi_number": AGNES_CHI, **rare}, *A_REGISTER[1:]]
    )
    assert (row["link_method"], row["review_reason"]) == ("unlinked", link.TOO_LITTLE)


def test_twin_with_own_chi_goes_to_review() -> None:
    row = linked_one(client(UNKNOWN_CHI, AGNES, forename="Margaret"))
    assert (row["link_method"], row["review"], row["review_reason"]) == ("unlinked", True, link.TWIN)


def test_twin_without_chi_is_never_linked_to_the_other() -> None:
    alone = linked_one(client(None, AGNES, forename="Margaret"))
    assert (alone["link_method"], alone["review"]) == ("unlinked", True)
    both = [*A_REGISTER, {"chi_number": UNKNOWN_CHI, **AGNES, "forename": "Margaret"}]
    assert linked_one(client(None, AGNES, forename="Margaret"), both)["chi_number"] == UNKNOWN_CHI


def test_two_equal_candidates_go_to_review() -> None:
    register = [*A_REGISTER, {"chi_number": UNKNOWN_CHI, **AGNES}]
    row = linked_one(client(None, AGNES), register)
    assert (row["link_method"], row["review"], row["review_reason"]) == ("unlinked", True, link.UNCERTAIN)


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
    assert (row["link_method"], row["review_reason"]) == ("unlinked", link.DECISION_UNKNOWN)


def test_what_is_expected_of_a_link_or_missed() -> None:
    stranger = client(None, AGNES, forename="Zebedee", surname="Quux", date_of_birth=None, postcode=None)
    assert chance_in_register([client(AGNES_CHI, AGNES)]) == 1
    assert chance_in_register([client(AGNES_CHI, AGNES)], [decision(None)]) == 0
    assert chance_in_register([client(None, AGNES)], [decision(AGNES_CHI)]) == 1
    # Several CHI numbers, and somebody else's: whoever it is, somebody in the register is missed.
    assert chance_in_register([client(AGNES_CHI, AGNES), client(ROBERT_CHI, AGNES)]) == 1
    assert chance_in_register([client(AGNES_CHI, ROBERT)]) == 1
    assert chance_in_register([stranger]) == 0


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
    first = link.link_clients(table(register, REGISTER), table(clients, CLIENTS), table([], review.DECISIONS))
    random.Random(5).shuffle(register)
    random.Random(6).shuffle(clients)
    again = link.link_clients(table(register, REGISTER), table(clients, CLIENTS), table([], review.DECISIONS), threads=1)
    assert first.equals(again)
    assert first.schema == link.LINKS
    rows = first.to_pylist()
    wrong = [row for row in rows if row["chi_number"] not in (None, truth[row["social_care_id"]])]
    findable = sum(number is not None for number in truth.values())
    found = sum(row["chi_number"] is not None for row in rows)
    assert not wrong
    assert found > 0.9 * findable


# --- registry ---------------------------------------------------------------------------------------


def test_history_grows_only_with_changes_and_a_period_can_run_again() -> None:
    april = registry.link_history(None, ids(("A1", "p1", "unlinked"), ("A2", "p2", "chi")), "2026-04")
    unchanged = registry.link_history(april, ids(("A1", "p1", "unlinked"), ("A2", "p2", "chi")), "2026-05")
    assert unchanged.equals(april)
    changed = ids(("A1", "p9", "probabilistic"), ("A2", "p2", "chi"))
    june = registry.link_history(unchanged, changed, "2026-06")
    assert june.num_rows == 3
    assert registry.link_history(june, changed, "2026-06").equals(june)
    assert registry.person_history(april, changed, "2026-06").to_pylist() == [
        {"old_person_id": "p1", "new_person_id": "p9", "changed_in": "2026-06"}
    ]
    assert registry.person_history(june, changed, "2026-06").num_rows == 1
    assert registry.person_history(june, changed, "2026-07").num_rows == 1


def test_a_decision_within_a_period_is_remembered_too() -> None:
    first = registry.link_history(None, ids(("A1", "p9", "unlinked")), "2026-04")
    decided = ids(("A1", "p1", "decision"))
    second = registry.link_history(first, decided, "2026-04")
    expected = [{"old_person_id": "p9", "new_person_id": "p1", "changed_in": "2026-04"}]
    assert registry.person_history(first, decided, "2026-04").to_pylist() == expected
    assert registry.link_history(second, decided, "2026-04").equals(second)
    assert registry.person_history(second, decided, "2026-05").to_pylist() == expected


def test_running_an_earlier_period_again_loses_no_later_row() -> None:
    april = registry.link_history(None, ids(("A1", "p1", "unlinked")), "2026-04")
    june = registry.link_history(april, ids(("A1", "p9", "chi")), "2026-06")
    assert registry.link_history(june, ids(("A1", "p1", "unlinked")), "2026-04").equals(june)
    assert registry.person_history(june, ids(("A1", "p1", "unlinked")), "2026-04").num_rows == 0


def test_a_new_method_with_the_same_id_is_no_change_of_person() -> None:
    april = registry.link_history(None, ids(("A1", "p1", "probabilistic")), "2026-04")
    assert registry.person_history(april, ids(("A1", "p1", "decision")), "2026-05").num_rows == 0
    assert registry.link_history(april, ids(("A1", "p1", "decision")), "2026-05").num_rows == 2


def test_a_row_of_the_history_holds_until_the_next_and_keeps_its_weight(tmp_path: Path) -> None:
    april = registry.link_history(None, ids(("A1", "p1", "unlinked"), ("A2", "p2", "chi")), "2026-04")
    june = registry.link_history(april, ids(("A1", "p9", "decision")), "2026-06")
    registry.save_history(june, tmp_path / "history.parquet")
    rows = pq.read_table(tmp_path / "history.parquet").to_pylist()
    assert [(row["social_care_id"], row["valid_from"], row["valid_to"]) for row in rows] == [
        ("A1", "2026-04", "2026-06"),
        ("A1", "2026-06", None),
        ("A2", "2026-04", None),
    ]
    assert {row["model_version"] for row in rows} == {"m1"}
    registry.save_history(registry.LINK_HISTORY.empty_table(), tmp_path / "empty.parquet")
    assert pq.read_table(tmp_path / "empty.parquet").column_names == list(rows[0])


def test_a_history_of_before_weights_were_kept_is_read(tmp_path: Path) -> None:
    history = registry.link_history(None, ids(("A1", "p1", "chi")), "2026-04")
    registry.save_history(history.drop_columns(["link_probability", "model_version"]), tmp_path / "old.parquet")
    loaded = registry.load_history(tmp_path / "old.parquet")
    assert loaded is not None
    assert loaded.schema == registry.LINK_HISTORY
    assert loaded["model_version"].to_pylist() == [None]


def test_first_and_empty_histories() -> None:
    assert registry.link_history(None, ids(), "2026-04").num_rows == 0
    assert registry.person_history(None, ids(("A1", "p1", "chi")), "2026-04").schema == registry.PERSON_HISTORY


def test_history_file(tmp_path: Path) -> None:
    path = tmp_path / "state" / "link_history.parquet"
    assert registry.load_history(path) is None
    history = registry.link_history(None, ids(("A1", "p1", "chi")), "2026-04")
    registry.save_history(history, path)
    loaded = registry.load_history(path)
    assert loaded is not None
    assert loaded.equals(history)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


# --- review -----------------------------------------------------------------------------------------


def sheet_of(rows: list[Row], register: list[Row] | None = None, said: list[Row] | None = None) -> pa.Table:
    with database(threads=1) as connection:
        known = table(A_REGISTER if register is None else register, REGISTER)
        link.make_links(connection, known, table(rows, CLIENTS), table([], review.DECISIONS), _said(said))
        return review.review_sheet(connection, link.REVIEW_FROM)


def test_the_review_sheet_shows_both_sides_easiest_first() -> None:
    twin = client(UNKNOWN_CHI, AGNES, forename="Margaret", social_care_id="A2")
    two_alike = [*A_REGISTER, {"chi_number": NEWER_CHI, **ROBERT}]
    rows = sheet_of(
        [client(None, ROBERT, social_care_id="A1"), twin, client(AGNES_CHI, ROBERT, social_care_id="A3")], two_alike
    )
    seen = rows.select(["social_care_id", "candidate_chi_number", "forename", "candidate_forename"]).to_pylist()
    assert [row["social_care_id"] for row in seen] == ["A2", "A1", "A1", "A3"]
    assert [row["candidate_chi_number"] for row in seen] == [AGNES_CHI, NEWER_CHI, ROBERT_CHI, AGNES_CHI]
    assert (seen[0]["forename"], seen[0]["candidate_forename"]) == ("Margaret", "Agnes")


def test_review_goes_out_private_and_safe_for_a_spreadsheet(tmp_path: Path) -> None:
    path = tmp_path / "review" / review.PENDING_FILE
    assert review.export_review(sheet_of([client(AGNES_CHI, ROBERT, social_care_id="=A2")]), path, KEY) == 1
    header, row = CalamineWorkbook.from_path(str(path)).get_sheet_by_index(0).to_python()
    seen = dict(zip(header, row, strict=True))
    assert (seen["social_care_id"], seen["persons"]) == ("=A2", "1")
    assert [seen[name] for name in review_sheet.FILLED_IN] == ["", "", "", ""]
    with zipfile.ZipFile(path) as parts:
        sheet = parts.read("xl/worksheets/sheet1.xml").decode()
    assert "<f>" not in sheet
    assert '"same,different"' in html.unescape(sheet)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700
    assert [file.name for file in path.parent.iterdir()] == [path.name]


def test_the_same_links_make_the_same_workbook(tmp_path: Path) -> None:
    sheet = sheet_of([client(AGNES_CHI, ROBERT)])
    made = [tmp_path / name / review.PENDING_FILE for name in ("once", "again")]
    for path in made:
        review.export_review(sheet, path, KEY)
    assert made[0].read_bytes() == made[1].read_bytes()


def test_a_workbook_filled_in_comes_back(tmp_path: Path) -> None:
    """As Excel leaves it: a date that became a date, a CHI number without its zero, a blank row in between."""
    filled = tmp_path / "pending.xlsx"
    offered = offer("007", "0101011237", persons=1)
    with xlsxwriter.Workbook(filled) as workbook:
        sheet = workbook.add_worksheet()
        for at, name in enumerate(SHEET):
            sheet.write_string(0, at, name)
        for at, value in enumerate(("angus", "007", 101011237, 1, offered[4], "same", "jm")):
            sheet.write(2, at, value)
        sheet.write_datetime(2, 7, IN_APRIL, workbook.add_format({"num_format": "dd/mm/yyyy"}))
        sheet.write(2, 8, "spoke to her")
    decisions = tmp_path / "review" / "decisions.csv"
    assert review.import_review(filled, decisions, KEY, {"0101011237"}, TODAY).decisions == 1
    (row,) = kept(decisions)
    assert (row["social_care_id"], row["chi_number"], row["decided_on"]) == ("007", "0101011237", IN_APRIL)
    assert row["reason"] == "spoke to her"


@pytest.mark.parametrize("content", [b"no workbook", b""])
def test_what_is_no_workbook_is_said_in_one_line(tmp_path: Path, content: bytes) -> None:
    file = tmp_path / "pending.xlsx"
    file.write_bytes(content)
    with pytest.raises(IrfError, match="no Excel workbook"):
        review_sheet.read_sheet(file, "the sheet")


@pytest.mark.parametrize("encoding", ["cp1252", "utf-16", "utf-8-sig"])
@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_csv_of_a_spreadsheet_is_read(tmp_path: Path, encoding: str, delimiter: str) -> None:
    file = tmp_path / "sheet.csv"
    header, row = (
        delimiter.join(SHEET).title(),
        delimiter.join(["angus", "A1", AGNES_CHI, "1", "k", "same", "Siân", "02/04/2026", ""]),
    )
    file.write_bytes(f"{header}\r\n{delimiter * 8}\r\n{row}\r\n{delimiter * 8}\r\n".encode(encoding))
    ((at, read),) = review_sheet.read_sheet(file, "the sheet").items()
    assert (at, read["decided_by"], read["reason"]) == (3, "Siân", "")


@pytest.mark.parametrize(
    ("text", "is_day"),
    [("2026-04-02", True), ("02/04/2026", True), ("2 April 2026", True), ("02-Apr-26", True), ("02/04/26", True),
     ("2026-04-02 00:00:00", True), ("04/31/2026", False), ("next week", False), ("45384", False)],
)  # fmt: skip
def test_days_as_people_here_write_them(text: str, is_day: bool) -> None:
    assert review_sheet.day(text) == (IN_APRIL if is_day else None)


SHEET = ("agency", "social_care_id", "candidate_chi_number", "persons", "row_key", *review_sheet.FILLED_IN)
SAID = ("jm", "2026-04-02", "spoke to her")
REGISTERED = {AGNES_CHI, ROBERT_CHI, "0101011237"}
TODAY = DAY(2026, 4, 30)


def offer(social_care_id: str, number: str, *filled_in: str, persons: int = 1) -> tuple[str, ...]:
    """A row of the sheet as it goes out, and what a person fills in."""
    row = {"agency": "angus", "social_care_id": social_care_id, "candidate_chi_number": number, "persons": str(persons)}
    return (*row.values(), review.key_of_offer(row, KEY), *filled_in)


def imported(folder: Path, *rows: tuple[str, ...], delimiter: str = ",") -> tuple[review.Imported, list[Row]]:
    sheet, decisions = folder / "sheet.csv", folder / "review" / "decisions.csv"
    with sheet.open("w", encoding="utf-8-sig", newline="") as file:
        csv.writer(file, delimiter=delimiter).writerows([SHEET, *rows])
    added = review.import_review(sheet, decisions, KEY, REGISTERED, TODAY)
    return added, kept(decisions)


def kept(decisions: Path, today: DAY = TODAY, clients: Collection[review.Client] = ()) -> list[Row]:
    rows: list[Row] = review.read_decisions(decisions, KEY, today, clients).to_pylist()
    return rows


@pytest.mark.parametrize("delimiter", [",", ";"])
def test_decisions_on_the_sheet_are_kept_once(tmp_path: Path, delimiter: str) -> None:
    rows = [
        offer("=A1", AGNES_CHI, "different", *SAID, persons=2),
        offer("=A1", "0101011237", "Same", *SAID, persons=2),
        offer("A2", ROBERT_CHI, "different", *SAID),
        offer("A3", ROBERT_CHI, "different", *SAID, persons=2),
        offer("A3", AGNES_CHI, "", "", "", "", persons=2),
    ]
    rows[0] = (rows[0][0], "'=A1", *rows[0][2:])
    rows[1] = (rows[1][0], "'=A1", "101011237", *rows[1][3:])
    added, decisions = imported(tmp_path, *rows, delimiter=delimiter)
    assert added == review.Imported(decisions=2, undecided=1)
    assert [(row["social_care_id"], row["chi_number"]) for row in decisions] == [("=A1", "0101011237"), ("A2", None)]
    assert imported(tmp_path, *rows, delimiter=delimiter) == (review.Imported(decisions=0, undecided=1), decisions)
    path = tmp_path / "review" / "decisions.csv"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_who_is_marked_different_beside_deleted_rows_is_not_nobody(tmp_path: Path) -> None:
    left = offer("A1", AGNES_CHI, "different", *SAID, persons=2)
    assert imported(tmp_path, left, left) == (review.Imported(decisions=0, undecided=1), [])
    assert imported(tmp_path, left, offer("A1", ROBERT_CHI, "different", *SAID, persons=2))[0].decisions == 1


def test_a_client_beside_nobody_can_be_nobody(tmp_path: Path) -> None:
    _, (row,) = imported(tmp_path, offer("A1", "", "different", *SAID, persons=0))
    assert row["chi_number"] is None


def changed(row: tuple[str, ...], **values: str) -> tuple[str, ...]:
    return tuple(values.get(name, value) for name, value in zip(SHEET, row, strict=True))


GOOD = offer("00437", AGNES_CHI, "same", *SAID)


@pytest.mark.parametrize(
    ("rows", "reason"),
    [
        ([changed(GOOD, decision="perhaps")], "row 2: decision"),
        ([changed(GOOD, decided_by="")], "row 2: decided_by"),
        ([changed(GOOD, decided_on="2 Aprill")], "row 2: decided_on"),
        ([changed(GOOD, decided_on="2026-05-01")], "row 2: decided_on is 2026-05-01, after today"),
        # A spreadsheet took the zeros; another client may have the number that is left.
        ([changed(GOOD, social_care_id="437")], "row 2: social_care_id"),
        ([offer("437", AGNES_CHI, "", "", "", ""), changed(GOOD, social_care_id="437")], "row 3: social_care_id"),
        ([changed(GOOD, agency="dundee-city")], "row 2: social_care_id"),
        ([changed(GOOD, candidate_chi_number=ROBERT_CHI)], "row 2: social_care_id, candidate_chi_number"),
        ([changed(GOOD, persons="0")], "row 2: social_care_id, candidate_chi_number, persons"),
        ([changed(GOOD, row_key="")], "row 2: .* row_key is not as irf review export wrote it"),
        ([changed(GOOD, candidate_chi_number="1.20340E+09")], "row 2: candidate_chi_number is in scientific notation"),
        ([offer("A1", UNKNOWN_CHI, "same", *SAID)], "row 2: candidate_chi_number is not in the register"),
        ([GOOD, offer("00437", ROBERT_CHI, "same", *SAID)], "row 3: a second"),
        ([GOOD, changed(GOOD, decision="different")], "row 3: this person is marked same and different"),
        # All that is wrong is said at once.
        ([changed(GOOD, decided_by="", decided_on="soon"), changed(GOOD, decided_by="")], "row 2: .*; row 2: .*; row 3: decided_by"),
    ],
)  # fmt: skip
def test_a_bad_sheet_changes_nothing_and_names_nobody(tmp_path: Path, rows: list[tuple[str, ...]], reason: str) -> None:
    with pytest.raises(IrfError, match=reason) as refused:
        imported(tmp_path, *rows)
    assert not any(secret in str(refused.value) for secret in (AGNES_CHI, ROBERT_CHI, "437"))
    assert not (tmp_path / "review" / "decisions.csv").exists()


def test_a_decision_is_taken_back_by_a_later_one_or_without_its_row(tmp_path: Path) -> None:
    path = tmp_path / "review" / "decisions.csv"
    imported(tmp_path, offer("A1", ROBERT_CHI, "same", *SAID))
    # The same day: what came last counts.
    imported(tmp_path, offer("A1", AGNES_CHI, "same", *SAID))
    by_decision = table(kept(path), review.DECISIONS)
    (row,) = link.link_clients(table(A_REGISTER, REGISTER), table([client(None, ROBERT)], CLIENTS), by_decision).to_pylist()
    assert (row["link_method"], row["chi_number"]) == ("decision", AGNES_CHI)
    # Without its rows the client is as if nobody had decided.
    header, *_ = path.read_text("utf-8").splitlines()
    path.write_text(f"{header}\n", "utf-8")
    assert kept(path) == []


DECIDED = ",".join(name for name in review.DECISIONS.names if name != review.ROW)


def decided_by_hand(folder: Path, *lines: str, header: str = DECIDED) -> Path:
    path = folder / "decisions.csv"
    path.write_text("\n".join([header, *lines]) + "\n", encoding="utf-8-sig")
    return path


def test_decisions_come_in(tmp_path: Path) -> None:
    """As a spreadsheet saves them: a CHI number without its zero, a date as it shows it, blank last rows."""
    path = tmp_path / "decisions.csv"
    assert review.read_decisions(path, KEY, TODAY, ()).schema == review.DECISIONS
    decided_by_hand(tmp_path, "angus,A1,101011237,jm,02/04/2026,spoke to her", "angus,'=A2,,jm,2026-04-02,", ",,,,,", ",,,,,")
    decisions = kept(path)
    assert [row["chi_number"] for row in decisions] == ["0101011237", None]
    assert decisions[1]["social_care_id"] == "=A2"
    assert decisions[0]["decided_on"] == DAY(2026, 4, 2)


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ("angus,A1,0101011237,jm,next week,", "row 2: decided_on"),
        ("angus,A1,0101011237,jm,2026-05-01,", "review/decisions.csv: row 2: decided_on is 2026-05-01, after today .2026-04-30"),
        ("angus,A1,1.01E+08,jm,2026-04-02,", "row 2: chi_number is in scientific notation"),
        ("angus,A1,12345,jm,2026-04-02,", "row 2: chi_number has not 10 digits"),
        (",A1,,jm,2026-04-02,", "row 2: agency is blank"),
        ("angus,437,,jm,2026-04-02,", "row 2: social_care_id is no client of this agency, but is one with leading zeros"),
        ("angus,437,,jm,2026-04-02,spoke to her, twice", "row 2: has not as many fields as the header"),
    ],
)  # fmt: skip
def test_a_bad_decision_is_named_by_row_only(tmp_path: Path, line: str, reason: str) -> None:
    with pytest.raises(IrfError, match=reason) as refused:
        kept(decided_by_hand(tmp_path, line), clients=[("angus", "00437"), ("dundee-city", "437")])
    assert not any(secret in str(refused.value) for secret in ("0101011237", "A1", "437"))


def test_an_imported_decision_in_which_zeros_were_lost_is_refused_though_another_client_has_the_number(tmp_path: Path) -> None:
    imported(tmp_path, GOOD)
    path = tmp_path / "review" / "decisions.csv"
    path.write_text(path.read_text("utf-8").replace("00437", "437"), "utf-8")
    with pytest.raises(IrfError, match="row 2: agency, social_care_id or chi_number is not as irf review import wrote it"):
        kept(path, clients=[("angus", "00437"), ("angus", "437")])


# --- helpers ----------------------------------------------------------------------------------------


def table(rows: list[Row], schema: pa.Schema) -> pa.Table:
    return pa.Table.from_pylist(rows, schema=schema)


def client(number: str | None, person: Row, **changes: Any) -> Row:
    keys = {"agency": "angus", "social_care_id": "A1", "chi_number": number, "chi_is_valid": number is not None}
    return {**keys, **person, **changes}


def decision(number: str | None, agency: str = "angus", decided_on: DAY = IN_APRIL) -> Row:
    return {
        "agency": agency,
        "social_care_id": "A1",
        "chi_number": number,
        "decided_by": "jm",
        "decided_on": decided_on,
    }


def linked(
    clients: list[Row], register: list[Row] | None = None, decisions: list[Row] | None = None, said: list[Row] | None = None
) -> list[Row]:
    people_known = table(A_REGISTER if register is None else register, REGISTER)
    rows: list[Row] = link.link_clients(
        people_known, table(clients, CLIENTS), table(decisions or [], review.DECISIONS), every_client_row=_said(said)
    ).to_pylist()
    return rows


def _said(rows: list[Row] | None) -> pa.Table:
    return table(rows or [], CLIENTS).select(link.CLIENT_ROWS.names)


def chance_in_register(clients: list[Row], decisions: list[Row] | None = None) -> Any:
    (row,) = link.link_clients(
        table(A_REGISTER, REGISTER), table(clients, CLIENTS), table(decisions or [], review.DECISIONS)
    ).to_pylist()
    return row["chance_in_register"]


def linked_one(
    clients: Row | list[Row],
    register: list[Row] | None = None,
    decisions: list[Row] | None = None,
    said: list[Row] | None = None,
) -> Row:
    rows = linked(clients if isinstance(clients, list) else [clients], register, decisions, said)
    assert len(rows) == 1
    return rows[0]


def currents(pairs: list[tuple[str, str | None]]) -> dict[str, str]:
    rows = [{"chi_number": number, "previous_chi_number": previous} for number, previous in pairs]
    found = current_chis(table(rows, REGISTER)).to_pylist()
    return {row["chi_number"]: row["current_chi_number"] for row in found}


def ids(*rows: tuple[str, str, str]) -> pa.Table:
    names = ("social_care_id", "person_id", "link_method")
    values = [{"agency": "angus", "model_version": "m1", **dict(zip(names, row, strict=True))} for row in rows]
    return table(values, pa.schema([field for field in registry.LINK_HISTORY if field.name != "valid_from"]))


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
