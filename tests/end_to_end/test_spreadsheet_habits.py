"""What spreadsheets and the people at them do to a month's files: read right, set aside by name, or refused. One world, one refresh."""

from decimal import Decimal

import pytest

from tests.small_world import ANGUS, BOARD, DUNDEE, OTHER_PATIENT, PATIENT, PERTH, SmallWorld

PERIOD = "2025-10"
FIRST = f"{PERIOD}-01"


@pytest.fixture(scope="module")
def printed_by(tmp_path_factory: pytest.TempPathFactory) -> tuple[SmallWorld, str]:
    """The world after its refresh, and what the command said."""
    world = SmallWorld(tmp_path_factory.mktemp("habits") / "data")
    people = {
        PATIENT: {"forename": "Ann", "surname": "Example", "date_of_birth": "1985-04-19", "sex": "1", "postcode": "DD8 1AA"},
        OTHER_PATIENT: {
            "forename": "Bea",
            "surname": "Sample",
            "date_of_birth": "1920-02-29",
            "sex": "2",
            "postcode": "DD8 1AB",
        },
    }
    world.put(f"{BOARD}/population_register/{PERIOD}.csv", [{"chi_number": chi, **person} for chi, person in people.items()])
    world.put(
        f"{ANGUS}/clients/{PERIOD}.csv",
        [
            {"social_care_id": "00437", "chi_number": f'="{PATIENT}"', **people[PATIENT]},
            # Years of two digits that a sheet made four of: Bea, without her name, was born in 1920; R1 is no child.
            {
                "social_care_id": "10045",
                "chi_number": f"{OTHER_PATIENT}.0",
                "date_of_birth": "2020-02-29",
                "sex": "2",
                "postcode": "DD8 1AB",
            },
            {
                "social_care_id": "R1",
                "forename": "Cy",
                "surname": "Specimen",
                "date_of_birth": "2024-03-03",
                "postcode": "DD8 1AA",
            },
        ],
    )
    for agency in (ANGUS, DUNDEE, PERTH):
        world.rule(agency, "home_care_personal", method="record", residual="scale")
        world.rule(agency, "meals", method="payments", residual="hold")
    angus(world)
    dundee(world)
    perth(world)
    night = {"location_code": "T101H", "chi_number": PATIENT}
    world.put(
        f"{BOARD}/emergency/{PERIOD}.csv",
        [
            night
            | {"attendance_id": "E1", "arrival_datetime": "2025-10-26 01:50:00", "departure_datetime": "2025-10-26 01:10:00"},
            night
            | {"attendance_id": "E2", "arrival_datetime": "2025-10-26 02:50:00", "departure_datetime": "2025-10-26 02:10:00"},
        ],
    )
    world.put(f"{BOARD}/deaths/{PERIOD}.csv", "chi_number,date_of_death,place_of_death\n")
    world.ledger(BOARD, PERIOD, emergency="10.00")
    return world, world.published(PERIOD)


def angus(world: SmallWorld) -> None:
    """Amounts computed in a sheet, signs that no keyboard has, ids that a sheet changed, a total row."""
    world.put(
        f"{ANGUS}/home_care/{PERIOD}.csv",
        [
            care("S1", '="00437"', "144.0575"),
            care("S2", "'00437", "100.00"),
            care("S3", "00\u00a0437", "\u221220.00"),
            care("S4", "10045.0", "50.00 CR"),
            care("S5", "10045", "1\u00a0000.00"),
            care("S6", "1.00E+05", "300.00"),
            care("S7", "00437", "10.00", hours=PATIENT),
            {"service_id": "Total", "gross_cost": "1,484.06"},
        ],
    )
    stay = {"stay_id": "H1", "social_care_id": "R1", "admission_date": FIRST, "nursing_care": "0", "admission_type": "3"}
    world.put(f"{ANGUS}/care_home/{PERIOD}.csv", [stay])
    world.ledger(ANGUS, PERIOD, home_care_personal="1484.06", care_home_residential="44.29")


def dundee(world: SmallWorld) -> None:
    """Payments: a CHI number for an amount, a client's number lost, days and months swapped. A file with most ids lost."""
    paid = {"cost_code": "meals", "period_from": FIRST, "period_to": f"{PERIOD}-31", "social_care_id": "D1"}
    world.put(
        f"{DUNDEE}/payments/{PERIOD}.csv",
        [
            paid | {"payment_id": "P1", "gross_amount": "100.00"},
            paid | {"payment_id": "P2", "gross_amount": PATIENT},
            paid | {"payment_id": "P3", "gross_amount": "40.00", "social_care_id": "1.00E+05"},
            paid | {"payment_id": "P4", "gross_amount": "72.00", "period_from": "2025-06-10", "period_to": "2025-12-10"},
            {"payment_id": "D1 total", "gross_amount": "200.00"},
        ],
    )
    world.put(f"{DUNDEE}/home_care/{PERIOD}.csv", [care(f"S{n}", f"D{n}", "10.00") for n in range(4)])
    world.put(
        f"{DUNDEE}/home_care/{PERIOD}.r1.csv",
        [care(f"S{n}", "1.00E+05", "99.00") for n in range(2)] + [care("S9", "D9", "99.00")],
    )
    world.ledger(DUNDEE, PERIOD, meals="212.00", home_care_personal="40.00")


def perth(world: SmallWorld) -> None:
    """A ledger with a total among its codes, sent after a good one; nothing paid; a resubmission of a few rows that restates."""
    ledger = f"cost_code,account_name,month,amount\nhome_care_personal,Siân and Zoë,{FIRST},30.00\nmeals,Café,{FIRST},70.00\n"
    world.put(f"{PERTH}/ledger/{PERIOD}.csv", ledger.encode().replace("Café".encode(), "Café".encode()[:-1]))
    rows = [("home_care_personal", "30.00"), ("meals", "70.00"), ("TOTAL", "100.00")]
    world.put(f"{PERTH}/ledger/{PERIOD}.r1.csv", [{"cost_code": c, "month": FIRST, "amount": a} for c, a in rows])
    world.put(f"{PERTH}/payments/{PERIOD}.csv", "payment_id,social_care_id,cost_code,period_from,period_to,gross_amount\n")
    world.put(f"{PERTH}/home_care/{PERIOD}.csv", [care(f"S{n}", f"C{n}", "10.00") for n in range(10)])
    september = {"month": "2025-09-01"}
    world.put(
        f"{PERTH}/home_care/{PERIOD}.r1.csv",
        [*(care(f"S{n}", f"C{n}", "10.00") for n in range(3)), care("S0", "C0", "20.00") | september],
    )
    world.put(f"{PERTH}/home_care/2025-09.csv", [care("S0", "C0", "100.00") | september])
    world.ledger(PERTH, "2025-09", home_care_personal="20.00")


def care(service_id: str, client: str, cost: str, hours: str = "10") -> dict[str, str]:
    return {
        "service_id": service_id,
        "social_care_id": client,
        "month": FIRST,
        "hours": hours,
        "service_type": "2",
        "gross_cost": cost,
    }


@pytest.fixture(scope="module")
def world(printed_by: tuple[SmallWorld, str]) -> SmallWorld:
    return printed_by[0]


@pytest.fixture(scope="module")
def printed(printed_by: tuple[SmallWorld, str]) -> str:
    return printed_by[1]


def broken(world: SmallWorld, agency: str, feed: str, revision: int = 0) -> dict[str, tuple[int, Decimal | None]]:
    """The rules a file broke, each with how many records and their pounds."""
    rows = world.query(
        "SELECT rule_id, failed, amount FROM rule_result WHERE failed > 0 AND status <> 'passed' AND rule_id NOT LIKE 'unknown_client%'"
        f" AND agency = '{agency}' AND feed = '{feed}' AND revision = {revision}"
    )
    return {rule_id: (failed, amount) for rule_id, failed, amount in rows}


def test_an_id_is_one_person_however_a_spreadsheet_wrote_it(world: SmallWorld) -> None:
    """144.06 + 100 − 20 are Ann's, −50 + 1,000 Bea's; nobody else has a line of Angus's home care."""
    assert world.query(
        "SELECT link_method, sum(cost), count(DISTINCT person_id) FROM cost_line"
        f" WHERE agency = '{ANGUS}' AND service = 'home_care_personal' AND person_id IS NOT NULL GROUP BY person_id, link_method ORDER BY 2"
    ) == [("chi", Decimal("224.06"), 1), ("chi", Decimal("950.00"), 1)]


def test_amounts_are_rounded_and_read_with_the_signs_of_spreadsheets(world: SmallWorld) -> None:
    """The lost id keeps its £300 and the hours that are a CHI number their £10 in H; the total row is no record and no pounds."""
    control = world.control(ANGUS, "home_care_personal", PERIOD)
    assert {name: control[name] for name in ("ledger_quantum", "direct", "quarantined", "scaled", "unallocated")} == {
        "ledger_quantum": Decimal("1484.06"),
        "direct": Decimal("1174.06"),
        "quarantined": Decimal("310.00"),
        "scaled": Decimal("0.00"),
        "unallocated": Decimal("0.00"),
    }
    assert world.query(
        f"SELECT rows, accepted, quarantined, superseded, amount FROM submission WHERE agency = '{ANGUS}' AND feed = 'home_care'"
    ) == [(7, 5, 2, 0, Decimal("1484.06"))]


def test_what_was_read_otherwise_is_counted(world: SmallWorld) -> None:
    assert broken(world, ANGUS, "home_care") == {
        "identifier_repaired": (4, Decimal("174.06")),
        "amount_rounded": (1, Decimal("0.00")),
        "identifier_lost": (1, Decimal("300.00")),
        "hours.out_of_bounds": (1, Decimal("10.00")),
        "total_row": (1, Decimal("0.00")),
    }
    assert broken(world, ANGUS, "clients") == {"identifier_repaired": (2, None)}


def test_a_chi_number_is_no_amount_and_a_lost_number_nobodys(world: SmallWorld, printed: str) -> None:
    """Of £212, £100 are paid for D1, £40 for nobody; £72 for days that were swapped are held; the CHI number is no pounds."""
    control = world.control(DUNDEE, "meals", PERIOD)
    assert (control["direct"], control["quarantined"], control["published"]) == (
        Decimal("140.00"),
        Decimal("72.00"),
        Decimal("212.00"),
    )
    assert world.query(
        f"SELECT sum(cost) FROM cost_line WHERE agency = '{DUNDEE}' AND service = 'meals' AND person_id IS NOT NULL"
    ) == [(Decimal("100.00"),)]
    assert broken(world, DUNDEE, "payments") == {
        "gross_amount.out_of_bounds": (1, Decimal("0.00")),
        "optional_identifier_lost": (1, Decimal("40.00")),
        "days_and_months_swapped": (1, Decimal("72.00")),
        "total_row": (1, Decimal("0.00")),
    }
    assert PATIENT not in printed


def test_a_file_of_lost_ids_is_refused_and_the_one_before_stays(world: SmallWorld, printed: str) -> None:
    assert world.control(DUNDEE, "home_care_personal", PERIOD)["direct"] == Decimal("40.00")
    assert broken(world, DUNDEE, "home_care", 1)["file.identifiers_lost"] == (1, None)
    assert "2 of 3 records have an identifier in scientific notation" in printed


def test_a_ledger_with_a_total_is_refused_and_the_one_before_stays(world: SmallWorld, printed: str) -> None:
    assert world.cost(f"agency = '{PERTH}' AND month = DATE '{FIRST}'") == Decimal("100.00")
    assert broken(world, PERTH, "ledger", 1)["file.total_row"] == (1, None)
    assert "a total among the codes of a ledger would count its pounds twice" in printed


def test_a_total_that_is_not_the_sum_of_its_rows_is_told(world: SmallWorld, printed: str) -> None:
    """£200 were not all of the 100, 40 and 72 above it, nor was it any record."""
    said = f"dundee-city/payments/{PERIOD}.csv: row 6: a total that is not the sum of the rows above"
    assert world.said("totals_differ") == said
    assert f"warning: totals_differ: {said}" in printed
    _, told = world.irf("validate", world.root / "landing" / DUNDEE / "payments" / f"{PERIOD}.csv")
    assert "Not the sum of the rows above: row 6. Are rows missing?" in told


def test_one_byte_that_is_cut_changes_no_other_name(world: SmallWorld) -> None:
    names = world.query(
        f"SELECT account_name FROM ledger_line WHERE agency = '{PERTH}' AND month = DATE '{FIRST}' ORDER BY cost_code"
    )
    assert names == [("Siân and Zoë",), ("Caf\ufffd",)]
    assert broken(world, PERTH, "ledger")["letters_broken"] == (1, Decimal("70.00"))


def test_a_nil_return_is_a_fact(world: SmallWorld, printed: str) -> None:
    for agency, feed in ((PERTH, "payments"), (BOARD, "deaths")):
        assert world.query(f"SELECT rows, status FROM submission WHERE agency = '{agency}' AND feed = '{feed}'") == [
            (0, "accepted")
        ]
        assert broken(world, agency, feed) == {"file.nil_return": (1, None)}
        assert f"{agency}/{feed}/{PERIOD}.csv: no rows" in printed


def test_a_resubmission_that_lost_most_of_its_rows_is_named_with_both_figures(printed: str) -> None:
    assert "4 rows and £50.00; the file that it replaces has 10 rows and £100.00" in printed


def test_a_restatement_that_takes_most_of_a_months_pounds_is_named_with_both_figures(world: SmallWorld, printed: str) -> None:
    assert world.cost(f"agency = '{PERTH}' AND month = DATE '2025-09-01'") == Decimal("20.00")
    assert f"{PERTH} home_care 2025-09: £100.00 as first sent, £20.00 as later files say its records" in printed


def test_a_year_of_birth_takes_the_century_that_fits(world: SmallWorld) -> None:
    """The register has Bea's; nobody under eighteen lives in a care home for good: R1 was born in 1924."""
    assert world.query(
        f"SELECT DISTINCT service, age_band FROM cost_line WHERE agency = '{ANGUS}' AND age_band = '85+' ORDER BY 1"
    ) == [
        ("care_home_residential", "85+"),
        ("home_care_personal", "85+"),
    ]


def test_between_times_that_come_twice_no_order_is_known(world: SmallWorld) -> None:
    """The clocks go back at two on 26 October: 01:50 to 01:10 may be twenty minutes; 02:50 to 02:10 is backwards."""
    assert world.query("SELECT count(*) FROM cost_line WHERE service = 'emergency' AND cost_basis = 'rate'") == [(1,)]
    assert broken(world, BOARD, "emergency").keys() == {"departure_datetime.before_arrival_datetime"}
