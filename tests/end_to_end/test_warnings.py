"""What a refresh warns of: what is new or still open, every case of it, also when nothing is published."""

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
    total = [{"account_name": "Total", "amount": "100.00"}]
    known = {"cost_code": "home_care_personal", "month": f"{APRIL}-01", "amount": "60.00"}
    small_world.put(f"{ANGUS}/ledger/{APRIL}.csv", [known, {**known, "amount": "40.00"}, *total])
    code, printed = small_world.refresh(APRIL)
    assert code == 2, printed
    assert "warning: quarantined: angus home_care: 1 row, without pounds that can be read; it should be" in printed
    # The total row of the ledger is a total row, and no row of the ledger that could not be read.
    assert "ledger_quarantined" not in printed and f"{ANGUS}/ledger/{APRIL}.csv: total_row: 1 row (4)" in printed
