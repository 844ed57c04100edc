"""What makes a record and what its rows are, from files in to the release out, every figure worked by hand.

Two refreshes of one small world, April and June, share the accidents: each has an agency, feed or number of its own.
"""

import shutil
from decimal import Decimal

import pytest

from tests.small_world import ANGUS, BOARD, DUNDEE, OTHER_PATIENT, PATIENT, PERTH, Row, SmallWorld

NOTHING = Decimal("0.00")
APRIL, MAY, JUNE = "2025-04", "2025-05", "2025-06"
HOME = {"date_of_birth": "1985-04-19", "sex": "1", "postcode": "DD8 1AA"}


def pounds(text: str) -> Decimal:
    return Decimal(text)


def care(package: str, month: str, cost: str, **own: str) -> Row:
    return {"service_id": package, "social_care_id": "A1", "month": f"{month}-01", "hours": "10", "service_type": "2",
            "gross_cost": cost} | own  # fmt: skip


def payment(number: str, code: str, first: str, last: str, amount: str, client: str = "") -> Row:
    return {"payment_id": number, "social_care_id": client, "cost_code": code, "period_from": first, "period_to": last,
            "gross_amount": amount}  # fmt: skip


def attendance(number: str, hospital: str, cost: str) -> Row:
    return {"attendance_id": number, "chi_number": PATIENT, "arrival_datetime": "2025-04-07 10:00:00", "location_code": hospital,
            "total_cost": cost}  # fmt: skip


def cost_month(episode: str, number: str, cost: str) -> Row:
    """A row of the national extract of hospital episodes."""
    return {
        "Unique Record Identifier": episode, "CHI": PATIENT, "Date of Admission(01)": "2025/04/03 00:00:00",
        "Date of Discharge(01)": "2025/04/10 00:00:00", "Inpatient Day Case Identifier Code": "IP", "Admission Type Code": "30",
        "Specialty Classificat. 1/4/97 Code": "A1", "Treatment Location Code": "T101H", "Total Net Costs (01)": cost,
        "Costs Financial Year (01)": "2025", "Costs Financial Month Number (01)": number,
    }  # fmt: skip


def account(code: str, month: str, amount: str, name: str = "") -> Row:
    return {"cost_code": code, "account_name": name, "month": f"{month}-01", "amount": amount}


@pytest.fixture(scope="module")
def april(tmp_path_factory: pytest.TempPathFactory) -> tuple[SmallWorld, str]:
    """Everything that arrived for April, refreshed: the world and what the refresh printed."""
    world = SmallWorld(tmp_path_factory.mktemp("keys") / "data")
    for agency in (ANGUS, PERTH):
        for service in ("home_care_personal", "sds_direct_payment", "sds_option_3"):
            world.rule(agency, service, method="record", residual="scale")
        world.rule(agency, "meals", method="payments", residual="scale")
    for service in ("day_care", "meals"):
        world.rule(DUNDEE, service, method="payments", residual="scale")
    for service in ("acute_emergency", "emergency", "outpatient"):
        world.rule(BOARD, service, method="record", residual="scale")
    world.put(f"{BOARD}/population_register/{APRIL}.csv", [{"chi_number": PATIENT, **HOME}])
    world.put(f"{ANGUS}/clients/{APRIL}.csv", [{"social_care_id": "A1", "chi_number": PATIENT, **HOME}])
    world.put(f"{ANGUS}/home_care/{APRIL}.csv", [
        care("S1", APRIL, "745.00"),
        # Two rows of one package, month and service type that say different things; and hours that are none.
        care("S2", APRIL, "20.00"), care("S2", APRIL, "70.00", hours="35"), care("S3", APRIL, "33.00", hours="lots"),
    ])  # fmt: skip
    world.put(f"{ANGUS}/self_directed_support/{APRIL}.csv", [
        {"budget_id": "B1", "social_care_id": "A1", "month": f"{APRIL}-01", "option": option, "gross_amount": amount}
        for option, amount in (("1", "50.00"), ("3", "30.00"))
    ])  # fmt: skip
    world.put(f"{ANGUS}/payments/{APRIL}.csv", [payment("M1", "meals", "2025-03-01", "2025-03-31", "75.00", "A1")])
    world.put(f"{ANGUS}/ledger/{APRIL}.csv", [
        account("assessment", APRIL, "8900.95", "Staff"), account("assessment", APRIL, "50000.00", "Providers"),
        account("assessment", APRIL, "10234.10", "Supplies"), account("home_care_personal", APRIL, "798.00"),
        account("sds_direct_payment", APRIL, "50.00"), account("sds_option_3", APRIL, "30.00"),
    ])  # fmt: skip
    world.put(f"{PERTH}/home_care/{APRIL}.csv", [
        care("X", APRIL, "100.00"), care("Y", APRIL, "60.00"), {**care("X", APRIL, "£100.00"), "month": "2025-04"},
    ])  # fmt: skip
    world.put(f"{PERTH}/payments/{APRIL}.csv", [
        payment("W1", "meals", "2025-05-05", "2025-06-01", "280.00"), payment("W2", "meals", "2025-04-07", "2025-04-13", "70.00"),
    ])  # fmt: skip
    world.ledger(PERTH, APRIL, home_care_personal="160.00", meals="70.00")
    world.put(f"{DUNDEE}/payments/{APRIL}.csv", [
        payment("P1", "day_care", "2025-04-01", "2025-04-30", "100.00", "D1"),
        payment("P1", "meals", "2025-04-01", "2025-04-30", "60.00", "D1"),
        payment("P1", "meals", "2025-04-01", "2025-04-30", "60.00", "D1"),
        payment("P9", "day_care", "2025-04-01", "2025-04-30", "500.00", "D1"),
    ])  # fmt: skip
    world.ledger(DUNDEE, APRIL, day_care="100.00", meals="120.00")
    world.put(f"{BOARD}/emergency/{APRIL}.csv", [attendance("1", "T101H", "100.00"), attendance("1", "T202H", "150.00")])
    world.put(f"{BOARD}/acute/{APRIL}.csv", [
        cost_month("E1", "1", "1200.00"), cost_month("E1", "2", "1800.00"), cost_month("E1", "1", "1200.00"),
        cost_month("E2", "1", "1200.00"), cost_month("E2", "2", "1800.00"),
    ])  # fmt: skip
    clinic = {"clinic_date": f"{APRIL}-08", "specialty_code": "A1", "location_code": "T101H", "chi_number": OTHER_PATIENT}
    world.put(f"{BOARD}/outpatient/{APRIL}.csv", [
        {"episode_id": "O1", **clinic, "attendance_status": "1", "total_cost": "25.00"},
        {"episode_id": "O2", **clinic, "attendance_status": "7", "total_cost": "40.00"},
    ])  # fmt: skip
    world.ledger(BOARD, APRIL, emergency="250.00", acute_emergency="6700.00", outpatient="25.00")
    return world, world.published(APRIL)


def test_equal_rows_that_are_a_duplicate_are_in_no_total(april: tuple[SmallWorld, str]) -> None:
    world, printed = april
    control = world.control(PERTH, "home_care_personal", APRIL)
    assert (control["direct"], control["published"]) == (pounds("160.00"), pounds("160.00"))
    assert (control["quarantined"], control["unallocated"], control["scaled"]) == (NOTHING, NOTHING, NOTHING)
    assert world.query(
        f"SELECT rule_id, failed, amount FROM rule_result WHERE agency = '{PERTH}' AND rule_id = 'duplicate_row' AND failed > 0"
    ) == [("duplicate_row", 1, pounds("100.00"))]
    assert (
        "perth-kinross home_care: 1 row, £100.00, £100.00 of it duplicates or dropped by a correction, which count nowhere"
        in world.said("quarantined")
    )
    assert "quarantined" in printed


def test_of_two_rows_of_one_key_one_counts_and_the_other_is_not_held(april: tuple[SmallWorld, str]) -> None:
    world, _ = april
    control = world.control(ANGUS, "home_care_personal", APRIL)
    # 745 + 20 accepted; 33 held, for its hours cannot be read; the other S2 of £70 is in neither.
    assert (control["direct"], control["quarantined"], control["scaled"]) == (pounds("765.00"), pounds("33.00"), NOTHING)
    assert world.query(
        "SELECT source_row, cost, person_id, length(source_file) FROM cost_line WHERE cost_basis = 'quarantined'"
    ) == [
        (
            world.query("SELECT max(source_row) FROM cost_line WHERE service = 'home_care_personal'")[0][0],
            pounds("33.00"),
            None,
            12,
        )
    ]
    (submission,) = world.query(
        f"SELECT rows, accepted, quarantined FROM submission WHERE agency = '{ANGUS}' AND feed = 'home_care' AND period = '{APRIL}'"
    )
    assert submission == (4, 2, 2)


def test_pounds_whose_service_cannot_be_told_are_in_no_h(april: tuple[SmallWorld, str]) -> None:
    world, _ = april
    control = world.control(BOARD, "outpatient", APRIL)
    assert (control["direct"], control["quarantined"], control["unallocated"]) == (pounds("25.00"), NOTHING, NOTHING)
    assert "£40.00 of it counts nowhere, for its service cannot be told" in world.said("quarantined")


def test_lines_of_one_code_are_summed(april: tuple[SmallWorld, str]) -> None:
    world, _ = april
    assert world.query(
        f"SELECT line, amount FROM ledger_line WHERE agency = '{ANGUS}' AND cost_code = 'assessment' ORDER BY amount"
    ) == [(2, pounds("8900.95")), (3, pounds("10234.10")), (1, pounds("50000.00"))]
    assert world.control(ANGUS, "assessment", APRIL)["ledger_quantum"] == pounds("69135.05")
    assert world.cost("service = 'assessment'") == pounds("69135.05")


def test_a_payment_of_several_lines_counts_with_all_and_equal_ones_are_named(april: tuple[SmallWorld, str]) -> None:
    world, _ = april
    assert world.cost("agency = 'dundee-city' AND service = 'meals' AND direct_cost > 0") == pounds("120.00")
    assert world.control(DUNDEE, "day_care", APRIL)["direct"] == pounds("600.00")
    assert world.said("equal_rows") == "dundee-city/payments/2025-04.csv: 1 row is equal to another and counted too, £60.00"


def test_one_number_at_two_hospitals_is_two_attendances(april: tuple[SmallWorld, str]) -> None:
    world, _ = april
    assert world.query("SELECT count(*), sum(units), sum(cost) FROM cost_line WHERE service = 'emergency'") == [
        (2, 2, pounds("250.00"))
    ]


def test_a_cost_month_sent_twice_counts_once_and_an_episode_is_one_record(april: tuple[SmallWorld, str]) -> None:
    world, _ = april
    lines = world.query("SELECT direct_cost, units FROM cost_line WHERE service = 'acute_emergency' AND person_id IS NOT NULL")
    assert lines == [(pounds("3000.00"), 7), (pounds("3000.00"), 7)]
    assert world.query("SELECT rows, accepted, quarantined FROM submission WHERE feed = 'acute'") == [(5, 4, 1)]


def test_a_payment_ahead_waits_and_is_named(april: tuple[SmallWorld, str]) -> None:
    world, printed = april
    control = world.control(PERTH, "meals", APRIL)
    assert (control["direct"], control["quarantined"], control["scaled"], control["unallocated"]) == (
        pounds("70.00"),
        NOTHING,
        NOTHING,
        NOTHING,
    )
    assert "payments_ahead: perth-kinross, 1 payment, £280.00 for days from 2025-05-05 on" in printed
    assert world.query(f"SELECT rows, accepted, quarantined FROM submission WHERE agency = '{PERTH}' AND feed = 'payments'") == [(2, 2, 0)]  # fmt: skip


def test_a_payment_for_days_before_the_dataset_is_named(april: tuple[SmallWorld, str]) -> None:
    _, printed = april
    assert "payments_before: angus, 1 payment, £75.00 for days before 2025-04-01" in printed


@pytest.fixture(scope="module")
def june(april: tuple[SmallWorld, str], tmp_path_factory: pytest.TempPathFactory) -> tuple[SmallWorld, str]:
    """A copy of that world two months later."""
    before, _ = april
    world = SmallWorld(tmp_path_factory.mktemp("later") / "data")
    shutil.copytree(before.root, world.root, dirs_exist_ok=True)
    world.reference = before.reference
    world.put(f"{ANGUS}/home_care/{MAY}.csv", [care("S1", MAY, "1190.00")])
    world.put(f"{ANGUS}/home_care/{JUNE}.csv", [care("S1", JUNE, "1245.00")])
    world.put(f"{ANGUS}/self_directed_support/{MAY}.csv", [
        {"budget_id": "B1", "social_care_id": "A1", "month": f"{MAY}-01", "option": "1", "gross_amount": "55.00"},
        # April again, without option 3: the record is replaced with all its parts.
        {"budget_id": "B1", "social_care_id": "A1", "month": f"{APRIL}-15", "option": "1", "gross_amount": "80.00"},
    ])  # fmt: skip
    world.ledger(ANGUS, MAY, home_care_personal="1190.00", sds_direct_payment="55.00")
    # One line of April's code again: it stands for all three.
    world.put(
        f"{ANGUS}/ledger/{JUNE}.csv", [account("assessment", APRIL, "70000.00"), account("home_care_personal", JUNE, "1245.00")]
    )
    world.put(f"{BOARD}/acute/{MAY}.csv", [cost_month("E2", "2", "2000.00"), cost_month("E2", "3", "500.00")])
    world.put(f"{DUNDEE}/payments/{MAY}.csv", [payment("P9", "day_care", "2025-04-01", "2025-04-30", "-500.00", "D1")])
    for month in (MAY, JUNE):
        world.ledger(PERTH, month, meals="270.00" if month == MAY else "10.00")
    return world, world.published(JUNE)


def test_a_package_of_one_number_every_month_costs_every_month(june: tuple[SmallWorld, str]) -> None:
    world, _ = june
    assert world.cost("agency = 'angus' AND service = 'home_care_personal' AND direct_cost > 20") == pounds("3180.00")
    assert world.query(
        "SELECT sum(cost) FROM client_month_cost WHERE agency = 'angus' AND service = 'home_care_personal' AND month > '2025-04-01'"
    ) == [(pounds("2435.00"),)]


def test_a_restatement_replaces_the_record_with_all_its_parts(june: tuple[SmallWorld, str]) -> None:
    world, _ = june
    assert world.control(ANGUS, "sds_direct_payment", APRIL)["direct"] == pounds("80.00")
    assert world.control(ANGUS, "sds_option_3", APRIL)["direct"] == NOTHING
    assert world.query(f"SELECT superseded FROM submission WHERE feed = 'self_directed_support' AND period = '{APRIL}'") == [
        (2,)
    ]
    assert world.query(f"SELECT amount FROM ledger_line WHERE agency = '{ANGUS}' AND cost_code = 'assessment'") == [(pounds("70000.00"),)]  # fmt: skip


def test_a_later_extract_replaces_the_cost_months_that_it_has(june: tuple[SmallWorld, str]) -> None:
    world, _ = june
    lines = world.query(
        "SELECT direct_cost, units FROM cost_line WHERE service = 'acute_emergency' AND person_id IS NOT NULL ORDER BY 1"
    )
    # E1 as it was; E2: 1,200 + 2,000 + 500.
    assert lines == [(pounds("3000.00"), 7), (pounds("3700.00"), 7)]
    assert world.query("SELECT period, accepted, superseded FROM submission WHERE feed = 'acute' ORDER BY period") == [
        (APRIL, 3, 1), (MAY, 2, 0),
    ]  # fmt: skip


def test_a_reversal_under_its_payments_number_leaves_nothing(june: tuple[SmallWorld, str]) -> None:
    world, _ = june
    assert world.query(
        "SELECT count(*), sum(direct_cost) FROM cost_line WHERE agency = 'dundee-city' AND abs(direct_cost) = 500"
    ) == [(2, pounds("0.00"))]
    assert world.control(DUNDEE, "day_care", APRIL)["direct"] == pounds("100.00")
    assert world.query(f"SELECT accepted, superseded FROM submission WHERE agency = '{DUNDEE}' AND feed = 'payments'") == [
        (4, 0),
        (1, 0),
    ]


def test_a_payment_ahead_costs_when_its_days_have_come(june: tuple[SmallWorld, str]) -> None:
    world, printed = june
    # 28 days from 5 May to 1 June: 27 and 1.
    assert world.control(PERTH, "meals", MAY)["direct"] == pounds("270.00")
    assert world.control(PERTH, "meals", JUNE)["direct"] == pounds("10.00")
    assert "payments_ahead" not in printed
