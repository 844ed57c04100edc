"""The small world itself: what its tests rest on."""

from decimal import Decimal

from tests.small_world import ANGUS, BOARD, PATIENT, SmallWorld


def test_a_month_worked_by_hand(small_world: SmallWorld) -> None:
    """Ten hours at £200 on the record, a ledger of £220: the line gets the twenty pounds that the record does not explain."""
    home = {"chi_number": PATIENT, "date_of_birth": "1985-04-19", "sex": "1", "postcode": "DD8 1AA"}
    small_world.put(f"{BOARD}/population_register/2025-04.csv", [home])
    small_world.put(f"{ANGUS}/clients/2025-04.csv", [{"social_care_id": "A1", **home}])
    small_world.rule(ANGUS, "home_care_personal", method="record", residual="scale")
    care = {"service_id": "S1", "social_care_id": "A1", "month": "2025-04-01", "hours": 10, "service_type": "2"}
    small_world.put(f"{ANGUS}/home_care/2025-04.csv", [{**care, "gross_cost": "200.00"}])
    small_world.ledger(ANGUS, "2025-04", home_care_personal="220.00")
    small_world.published("2025-04")
    assert small_world.query("SELECT cost, locality, link_method FROM cost_line") == [
        (Decimal("220.00"), "Angus North East", "chi")
    ]
    assert small_world.control(ANGUS, "home_care_personal", "2025-04")["scaled"] == Decimal("20.00")
