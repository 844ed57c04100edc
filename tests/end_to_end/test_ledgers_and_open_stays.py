"""Open stays that nobody ended, and ledgers and payments that look wrong, from files in to the release out.

One refresh of June over three months of files; each accident has an agency of its own. Every figure is worked by hand.
"""

from decimal import Decimal

import pytest

from tests.small_world import ANGUS, BOARD, DUNDEE, OTHER_PATIENT, PATIENT, PERTH, Row, SmallWorld

MONTHS = ("2025-04", "2025-05", "2025-06")
ALARM = {"service_type": "1", "start_date": "2025-04-10"}
HOME = {"date_of_birth": "1985-04-19", "sex": "1", "postcode": "DD8 1AA"}


def stay(number: str, client: str, admitted: str) -> Row:
    return {"stay_id": number, "social_care_id": client, "admission_date": admitted, "nursing_care": "0", "admission_type": "3"}


def payment(number: str, client: str, month: str, amount: str) -> Row:
    return {"payment_id": number, "social_care_id": client, "cost_code": "meals", "period_from": f"{month}-01", "period_to": f"{month}-30",
            "gross_amount": amount}  # fmt: skip


@pytest.fixture(scope="module")
def june(tmp_path_factory: pytest.TempPathFactory) -> SmallWorld:
    world = SmallWorld(tmp_path_factory.mktemp("open") / "data")
    world.rule(BOARD, "acute_emergency", method="record", residual="hold")
    world.rule(ANGUS, "care_home_residential", method="rate", residual="hold")
    for council in (ANGUS, PERTH):
        world.rule(council, "telecare", method="rate", residual="hold")
    world.rule(DUNDEE, "meals", method="payments", residual="hold")
    world.rule(PERTH, "home_care_personal", method="record", residual="scale", band_low="0.5", band_high="2")
    for price in world.reference["unit_costs"]:
        if price["service"] == "care_home_residential":
            price["unit_cost"] = "70.00"
    _open_stays(world)
    for n, month in enumerate(MONTHS, start=1):
        # Dundee's ledger is from April to date.
        world.ledger(DUNDEE, month, meals=f"{n * 500}.00", day_care=f"{n * 90}.00", home_care_personal=f"{n * 70}.10")
        paid = payment(f"P{n}", "D1", month, "50.00")
        # Perth's records have VAT, its ledger has not.
        care = {"service_id": f"S{n}", "social_care_id": "P1", "month": f"{month}-01", "hours": "4", "service_type": "2"}
        world.put(f"{PERTH}/home_care/{month}.csv", [{**care, "gross_cost": "123.45"}])
        world.put(f"{PERTH}/equipment/{month}.csv", [{**ALARM, "service_id": "Q2", "social_care_id": "P2"}])
        world.ledger(PERTH, month, home_care_personal="102.88", telecare="10.00")
        world.put(
            f"{DUNDEE}/payments/{month}.csv", [paid, *([payment("P9", "D1", "2025-04", "50.00")] if month == "2025-06" else [])]
        )
    world.published("2025-06")
    return world


def _open_stays(world: SmallWorld) -> None:
    world.put(f"{BOARD}/population_register/2025-06.csv", [
        {"chi_number": PATIENT, **HOME}, {"chi_number": OTHER_PATIENT, "date_of_birth": "1920-02-29", "sex": "2", "date_of_death": "2025-04-15"},
    ])  # fmt: skip
    world.put(f"{BOARD}/deaths/2025-06.csv", [{"chi_number": PATIENT, "date_of_death": "2025-05-10"}])
    episode = {"episode_id": "E1", "chi_number": OTHER_PATIENT, "admission_date": "2025-04-06", "inpatient_day_case": "I",
               "admission_type_code": "30", "specialty_code": "A1", "location_code": "T101H", "total_cost": "1000.00"}  # fmt: skip
    world.put(f"{ANGUS}/clients/2025-06.csv", [
        {"social_care_id": "A1", "chi_number": PATIENT, **HOME}, {"social_care_id": "A2", "date_of_death": "2025-05-03"}, {"social_care_id": "A3"},
    ])  # fmt: skip
    # Nothing but a decision tells who P2 is.
    world.put(f"{PERTH}/clients/2025-06.csv", [{"social_care_id": "P1"}, {"social_care_id": "P2"}])
    (world.root / "review").mkdir()
    (world.root / "review" / "decisions.csv").write_text(
        f"agency,social_care_id,chi_number,decided_by,decided_on,reason\n{PERTH},P2,{OTHER_PATIENT},jm,2025-06-30,\n", "utf-8"
    )
    for month in MONTHS:
        world.put(f"{BOARD}/acute/{month}.csv", [episode])
        gone = [stay("S3", "A3", "2025-05-01")] if month == "2025-05" else []
        world.put(f"{ANGUS}/care_home/{month}.csv", [stay("S1", "A1", "2025-04-01"), *gone])
        world.put(f"{ANGUS}/equipment/{month}.csv", [{**ALARM, "service_id": "Q1", "social_care_id": "A2"}])
        world.ledger(BOARD, month, acute_emergency="1000.00")
        world.ledger(ANGUS, month, care_home_residential="700.00", telecare="10.00")


def direct(world: SmallWorld, agency: str, service: str) -> list[tuple[str, Decimal]]:
    return [
        (month, cost)
        for month, cost in world.query(
            f"SELECT strftime(month, '%Y-%m'), sum(direct_cost) FROM cost_line WHERE agency = '{agency}' AND service = '{service}' AND cost_basis <> 'unallocated'"
            " GROUP BY ALL ORDER BY ALL"
        )
    ]


def test_what_is_open_ends_with_the_day_of_death_and_is_named(june: SmallWorld) -> None:
    # The resident's death is the registrar's: 30 days of April, 10 of May, and the other's 31 of May and 30 of June, at £10 a day.
    assert direct(june, ANGUS, "care_home_residential") == [
        ("2025-04", Decimal("300.00")), ("2025-05", Decimal("410.00")), ("2025-06", Decimal("300.00")),
    ]  # fmt: skip
    # The client's death is the council's own: an alarm costs April and May.
    assert direct(june, ANGUS, "telecare") == [("2025-04", Decimal("10.00")), ("2025-05", Decimal("10.00"))]
    # The patient's death is the register's: all of the amount is in April.
    assert direct(june, BOARD, "acute_emergency") == [("2025-04", Decimal("1000.00"))]
    assert (
        "angus, care_home, 1 has no end date though the person died, the first in 2025-05, costed to the day of death: £400.00"
        in june.said("open_after_death")
    )


def test_a_death_known_by_a_link_alone_moves_no_cost_and_is_named(june: SmallWorld) -> None:
    assert (
        "perth-kinross, equipment, 1 has no end date though the person (known by a link) died, the first in 2025-04, "
        "costed on, as a link moves no cost; the months after it: £20.00"
    ) in june.cases("open_after_death")
    assert direct(june, PERTH, "telecare") == [(month, Decimal("10.00")) for month in MONTHS]


def test_what_a_later_file_no_longer_has_is_named_with_its_cost_since(june: SmallWorld) -> None:
    assert june.said("open_and_gone").startswith(
        "angus, care_home, 1 open record is no longer in the file of 2025-06, last seen in 2025-05, costed since: £300.00;"
    )


def test_a_ledger_to_date_is_named(june: SmallWorld) -> None:
    assert june.said("ledger_to_date").startswith(
        "dundee-city, 2025-05, 3 of 3 codes are as large as a year to date would be, £1320.10 where the first month of the year has £660.10 and 1 more"
    )


def test_a_payment_again_under_another_number_is_named(june: SmallWorld) -> None:
    assert june.said("payments_again").startswith(
        "dundee-city, 1 payment says the same as another but for the number, £50.00, in 2025-06;"
    )


def test_records_with_vat_beside_a_ledger_without_are_named(june: SmallWorld) -> None:
    assert june.said("vat").startswith(
        "perth-kinross, home_care_personal, 2025-04, ledger £102.88 is exactly the records' £123.45 without VAT at 20 % and 2 more;"
    )
