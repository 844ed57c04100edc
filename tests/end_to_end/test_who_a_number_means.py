"""A client number in a council's files means one person, or nobody: files in, release out."""

import json
from decimal import Decimal

import pytest

from pipelines.warehouse.key import load_or_create_key
from tests.person_id import person_id
from tests.small_world import ANGUS, BOARD, DUNDEE, OTHER_PATIENT, PATIENT, PERTH, THIRD_PATIENT, Row, SmallWorld

AGNES = {"forename": "Agnes", "surname": "Lindsay", "date_of_birth": "1985-04-19", "sex": "2", "postcode": "DD8 1AA"}
ROBERT = {"forename": "Robert", "surname": "Gow", "date_of_birth": "1920-02-29", "sex": "1", "postcode": "DD2 1AA"}
MORAG = {"forename": "Morag", "surname": "Petrie", "date_of_birth": "2001-01-01", "sex": "2", "postcode": "PH1 1AA"}
NUMBERS = {"agnes": PATIENT, "robert": OTHER_PATIENT, "morag": THIRD_PATIENT}


def client(number: str, chi_number: str, person: Row, **changed: str) -> Row:
    return {"social_care_id": number, "chi_number": chi_number, **person, **changed}


def pay(world: SmallWorld, agency: str, month: str, **amounts: str) -> None:
    """Home-care payments of a month, by client number, and the ledger that has as much."""
    world.put(
        f"{agency}/payments/{month}.csv",
        [
            {"payment_id": f"{month}-{number}", "social_care_id": number, "cost_code": "day_care",
             "period_from": f"{month}-01", "period_to": f"{month}-28", "gross_amount": amount}
            for number, amount in amounts.items()
        ],
    )  # fmt: skip
    world.ledger(agency, month, day_care=sum(Decimal(amount) for amount in amounts.values()))


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> SmallWorld:
    """Two months. In Angus numbers mean other people than the month before, or are only corrected; in Dundee numbers claim
    two CHIs in one file; in Perth one person is several clients."""
    made = SmallWorld(tmp_path_factory.mktemp("numbers") / "data")
    register = [
        {"chi_number": PATIENT, **AGNES},
        {"chi_number": OTHER_PATIENT, **ROBERT},
        {"chi_number": THIRD_PATIENT, **MORAG},
    ]
    made.put(f"{BOARD}/population_register/2025-05.csv", register)
    made.put(
        f"{ANGUS}/clients/2025-04.csv",
        [
            client("A1", PATIENT, AGNES),
            client("A2", "", ROBERT),
            client("A3", THIRD_PATIENT, MORAG, surname="Petty", date_of_birth="2001-01-11"),
        ],
    )
    made.put(
        f"{ANGUS}/clients/2025-05.csv",
        [client("A1", OTHER_PATIENT, ROBERT), client("A2", "", AGNES), client("A3", THIRD_PATIENT, MORAG, surname="Laing")],
    )
    pay(made, ANGUS, "2025-04", A1="300.00", A2="40.00", A3="5.00")
    pay(made, ANGUS, "2025-05", A1="70.00", A2="6.00", A3="0.50")
    made.put(
        f"{DUNDEE}/clients/2025-05.csv",
        [client("D1", PATIENT, AGNES), client("D1", OTHER_PATIENT, ROBERT), client("D2", THIRD_PATIENT, MORAG)],
    )
    pay(made, DUNDEE, "2025-05", D1="80.00", D2="9.00")
    made.put(
        f"{PERTH}/clients/2025-05.csv",
        [client(f"P{n}", PATIENT, AGNES) for n in range(1, 5)] + [client(f"Q{n}", OTHER_PATIENT, ROBERT) for n in (1, 2)],
    )
    pay(made, PERTH, "2025-05", P1="1.00", P2="2.00", P3="4.00", P4="8.00", Q1="16.00", Q2="32.00")
    made.published("2025-05")
    return made


def pounds_of(world: SmallWorld, agency: str, name: str) -> Decimal:
    """The pounds of the agency that the release has with a person of the register."""
    key = load_or_create_key(world.root / "secure" / "pseudonym.key")
    return world.cost(f"agency = '{agency}' AND person_id = '{person_id(key, f'chi:{NUMBERS[name]}')}'")


def test_a_number_given_to_somebody_else_takes_no_pound_to_the_stranger(world: SmallWorld) -> None:
    """£300.00 of April were Agnes's, under the number that is Robert's in May: with CHI numbers (A1) and without (A2)."""
    assert [pounds_of(world, ANGUS, name) for name in ("agnes", "robert")] == [0, 0]
    lines = "SELECT link_method, sum(cost) FROM cost_line WHERE agency = 'angus' AND month = '2025-04-01' GROUP BY 1 ORDER BY 1"
    assert world.query(lines) == [("chi", Decimal("5.00")), ("unlinked", Decimal("340.00"))]


def test_a_corrected_name_and_date_are_one_person_still(world: SmallWorld) -> None:
    assert pounds_of(world, ANGUS, "morag") == Decimal("5.50")


def test_a_number_that_claims_two_chis_in_one_file_is_linked_to_none(world: SmallWorld) -> None:
    """One of the two rows is set aside as a second one of its key; what it claims counts all the same."""
    assert [pounds_of(world, DUNDEE, name) for name in NUMBERS] == [0, 0, Decimal("9.00")]
    assert world.cost("agency = 'dundee-city' AND link_method = 'unlinked'") == Decimal("80.00")


def test_four_clients_of_one_council_are_not_one_person_and_two_are_named(world: SmallWorld) -> None:
    assert pounds_of(world, PERTH, "agnes") == 0
    assert pounds_of(world, PERTH, "robert") == Decimal("48.00")
    checks = json.loads((world.root / "reports" / "2025.05.1" / "gate.json").read_text("utf-8"))
    (said,) = [check["detail"] for check in checks if check["name"] == "several_clients"]
    assert said.startswith("perth-kinross, 1 person is 2 clients")


def test_all_of_them_wait_for_a_person_with_everybody_that_they_may_be(world: SmallWorld) -> None:
    code, printed = world.irf("review", "export")
    assert (code, "clients in review: 7;" in printed) == (0, True), printed
