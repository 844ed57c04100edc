"""What a refresh warns of: what is new or still open, every case of it, also when nothing is published."""

import csv
import io
import json

from tests.small_world import ANGUS, BOARD, PATIENT, SmallWorld

APRIL = "2025-04"


def put_month(world: SmallWorld) -> None:
    """£100 of home care of one known person."""
    home = {
        "chi_number": PATIENT,
        "forename": "Morag",
        "surname": "Tulloch",
        "date_of_birth": "1985-04-19",
        "sex": "1",
        "postcode": "DD8 1AA",
    }
    world.rule(ANGUS, "home_care_personal", method="record", residual="scale")
    world.put(f"{BOARD}/population_register/{APRIL}.csv", [home])
    world.put(f"{ANGUS}/clients/{APRIL}.csv", [{"social_care_id": "A1", **home}])
    care = {
        "service_id": "S1",
        "social_care_id": "A1",
        "month": f"{APRIL}-01",
        "hours": 10,
        "service_type": "2",
        "gross_cost": "100.00",
    }
    world.put(f"{ANGUS}/home_care/{APRIL}.csv", [care])
    world.ledger(ANGUS, APRIL, home_care_personal="100.00")


def test_a_file_that_a_later_revision_mended_is_no_news(small_world: SmallWorld) -> None:
    put_month(small_world)
    whole = (small_world.root / "landing" / ANGUS / "home_care" / f"{APRIL}.csv").read_bytes()
    small_world.put(f"{ANGUS}/home_care/{APRIL}.csv", "hours\n1\n")
    small_world.put(f"{ANGUS}/home_care/{APRIL}.r1.csv", whole)
    code, printed = small_world.refresh(APRIL)
    assert code == 0 and "warning" not in printed, printed
    small_world.put(f"{ANGUS}/home_care/{APRIL}.r2.csv", "hours\n1\n")  # now the earlier one stands in
    code, printed = small_world.refresh(APRIL)
    assert code == 2 and f"warning: required_feeds: {ANGUS}/home_care/{APRIL}.r2.csv: " in printed, printed


def test_a_refused_refresh_says_its_warnings_too_and_the_report_has_every_case(small_world: SmallWorld) -> None:
    put_month(small_world)
    codes = [{"cost_code": code, "month": f"{APRIL}-01", "amount": "1.00"} for code in ("Z100", "Z200", "Z300")]
    known = {"cost_code": "home_care_personal", "month": f"{APRIL}-01", "amount": "100.00"}
    small_world.put(f"{ANGUS}/ledger/{APRIL}.csv", [known, *codes])
    small_world.reference["expected_feeds"] = [{"agency": ANGUS, "feed": "payments", "required": "Y"}]
    code, printed = small_world.refresh(APRIL)
    assert code == 3 and f"refused: required_feeds: {ANGUS}/payments: no usable submission for {APRIL}" in printed, printed
    assert "warning: unmapped_cost_code: " in printed and "and 2 more" in printed

    small_world.reference["expected_feeds"] = []
    small_world.published(APRIL)
    checks = json.loads((small_world.root / "reports" / "2025.04.1" / "gate.json").read_text("utf-8"))
    (found,) = [check["cases"] for check in checks if check["name"] == "unmapped_cost_code"]
    assert [next(code for code in ("Z100", "Z200", "Z300") if code in case) for case in found] == ["Z100", "Z200", "Z300"]


def test_a_row_set_aside_is_named_also_where_its_pounds_cannot_be_read(small_world: SmallWorld) -> None:
    put_month(small_world)
    care = {"social_care_id": "A1", "month": f"{APRIL}-01", "hours": 10, "service_type": "2"}
    rows = [{**care, "service_id": name, "gross_cost": cost} for name, cost in (("S1", "100.00"), ("S2", "lots"))]
    small_world.put(f"{ANGUS}/home_care/{APRIL}.csv", rows)
    alarm = {"social_care_id": "A1", "service_type": "1", "service_id": "E1", "start_date": "2025-04-01"}
    small_world.put(f"{ANGUS}/equipment/{APRIL}.csv", [alarm, {**alarm, "service_id": "E2", "start_date": "some day"}])
    total = [{"account_name": "Total", "amount": "100.00"}]
    known = {"cost_code": "home_care_personal", "month": f"{APRIL}-01", "amount": "60.00"}
    small_world.put(f"{ANGUS}/ledger/{APRIL}.csv", [known, {**known, "amount": "40.00"}, *total])
    code, printed = small_world.refresh(APRIL)
    assert code == 2, printed
    cases = [f"angus {feed}: 1 row, without pounds that can be read" for feed in ("equipment", "home_care")]
    assert f"warning: quarantined: {'; '.join(cases)}; it should be" in printed
    assert small_world.cases("quarantined") == cases
    # The total row of the ledger is a total row, and no row of the ledger that could not be read.
    assert "ledger_quarantined" not in printed and f"{ANGUS}/ledger/{APRIL}.csv: total_row: 1 row (4)" in printed


def test_equal_rows_that_a_later_month_replaced_are_no_news(small_world: SmallWorld) -> None:
    put_month(small_world)
    half = {"cost_code": "home_care_personal", "month": f"{APRIL}-01", "amount": "50.00"}
    small_world.put(f"{ANGUS}/ledger/{APRIL}.csv", [half, half])
    code, printed = small_world.refresh(APRIL)
    assert code == 2 and f"warning: equal_rows: {ANGUS}/ledger/{APRIL}.csv: " in printed, printed
    again = [{**half, "month": f"{month}-01", "amount": "100.00"} for month in (APRIL, "2025-05")]
    small_world.put(f"{ANGUS}/ledger/2025-05.csv", again)
    code, printed = small_world.refresh("2025-05")
    assert code in (0, 2) and "warning: equal_rows" not in printed, printed


def test_a_snapshot_that_was_refused_is_no_news_once_a_later_one_replaces_all_before_it(small_world: SmallWorld) -> None:
    put_month(small_world)
    good = (small_world.root / "landing" / ANGUS / "clients" / f"{APRIL}.csv").read_bytes()
    small_world.put(f"{ANGUS}/clients/{APRIL}.r1.csv", "forename\nx\n")
    code, printed = small_world.refresh(APRIL)
    assert code == 2 and f"warning: required_feeds: {ANGUS}/clients/{APRIL}.r1.csv: " in printed, printed
    small_world.put(f"{ANGUS}/clients/2025-05.csv", good)
    code, printed = small_world.refresh("2025-05")
    assert code in (0, 2) and "warning: required_feeds" not in printed, printed
    # A feed that adds month to month is not mended by a later one.
    small_world.put(f"{ANGUS}/home_care/{APRIL}.r1.csv", "hours\n1\n")
    code, printed = small_world.refresh("2025-05")
    assert code == 2 and f"warning: required_feeds: {ANGUS}/home_care/{APRIL}.r1.csv: " in printed, printed


def test_a_resubmission_that_lost_rows_is_no_news_once_every_row_was_replaced(small_world: SmallWorld) -> None:
    put_month(small_world)
    (client,) = csv.DictReader(
        io.StringIO((small_world.root / "landing" / ANGUS / "clients" / f"{APRIL}.csv").read_text("utf-8"))
    )
    clients = [{**client, "social_care_id": f"A{n}", "chi_number": PATIENT if n == 1 else ""} for n in range(1, 5)]
    small_world.put(f"{ANGUS}/clients/{APRIL}.csv", clients)
    small_world.put(f"{ANGUS}/clients/{APRIL}.r1.csv", clients[:1])
    code, printed = small_world.refresh(APRIL)
    assert code == 2 and f"warning: resubmissions: {ANGUS}/clients/{APRIL}.r1.csv: 1 rows" in printed, printed
    small_world.put(f"{ANGUS}/clients/2025-05.csv", clients)
    code, printed = small_world.refresh("2025-05")
    assert code in (0, 2) and "warning: resubmissions" not in printed, printed


def test_the_end_says_what_to_look_at_first_and_where_the_report_is(small_world: SmallWorld) -> None:
    small_world.has_pages = True
    put_month(small_world)
    known = {"cost_code": "home_care_personal", "month": f"{APRIL}-01", "amount": "100.00"}
    codes = [{**known, "cost_code": f"Z{n}", "amount": f"{n}000.00"} for n in range(1, 8)]
    small_world.put(f"{ANGUS}/ledger/{APRIL}.csv", [known, *codes])
    code, printed = small_world.refresh(APRIL)
    lines = printed.splitlines()
    assert code == 2, printed
    (head,) = [line.split("£") for line in lines if line.startswith("agency ")]
    assert " ".join(head).split() == [
        "agency", "ledger", "no", "cost", "quantum", "on", "records", "by", "locality", "held", "difference"
    ]  # fmt: skip
    (angus,) = [line.split() for line in lines if line.startswith("angus ")]
    assert angus == ["angus", "28,100.00", "0.00", "28,100.00", "100.00", "0.00", "28,000.00", "0.00"]
    first = [line for line in lines if line.startswith("look first at ")]
    assert [line.split(", ")[1] for line in first] == ["Z7", "Z6", "Z5", "Z4", "Z3"]
    page = small_world.root / "reports" / "2025.04.1" / "index.html"
    assert lines[-1] == f"report: {page}" and page.is_file()
