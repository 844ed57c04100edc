"""Files that can be read and yet lack something: a column, a sheet's rows, their own month, the clients they are about. One refresh."""

from pathlib import Path

import pytest

from tests.small_world import ANGUS, DUNDEE, PERTH, SmallWorld
from tests.workbooks import sheet, text_rows, write_workbook

CARE = ["service_id", "social_care_id", "month", "hours", "service_type", "gross_cost"]


def care(client: str) -> list[str]:
    return [f"S{client}", client, "2025-05-01", "10", "2", "10.00"]


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> SmallWorld:
    world = SmallWorld(tmp_path_factory.mktemp("lacking") / "data")
    angus(world)
    dundee(world)
    perth(world)
    code, printed = world.refresh("2025-05")
    assert code == 2, printed
    for check in ("columns_gone", "rows_elsewhere", "same_file", "unknown_clients", "ledger_subtotals"):
        assert f"warning: {check}: " in printed
    return world


def angus(world: SmallWorld) -> None:
    """The clients' column of payments has another name in May."""
    for month, client in (("04", "social_care_id"), ("05", "client no")):
        day = f"2025-{month}-01"
        paid = {
            "payment_id": f"P{month}",
            client: "A1",
            "cost_code": "meals",
            "period_from": day,
            "period_to": day,
            "gross_amount": "5",
        }
        unread = paid | {"payment_id": f"Q{month}", "gross_amount": "n/a"}
        world.put(f"{ANGUS}/payments/2025-{month}.csv", [paid, unread] if month == "05" else [paid])
        world.ledger(ANGUS, f"2025-{month}", meals="5.00")


def dundee(world: SmallWorld) -> None:
    """The records of home care go on on a second worksheet, without a header; all are for clients nobody knows but one."""
    world.put(f"{DUNDEE}/clients/2025-05.csv", [{"social_care_id": "D1"}])
    folder: Path = world.root / "landing" / DUNDEE / "home_care"
    folder.mkdir(parents=True)
    rows = [CARE, *(care(f"D{n}") for n in range(1, 8))]
    write_workbook(
        folder / "2025-05.xlsx",
        sheet(text_rows(rows)),
        {"xl/worksheets/sheet1.xml": sheet(text_rows([care("D8"), care("D9"), ["a note"]]))},
    )
    amounts = {"home_care_personal": "90.00", "meals": "20.00", "telecare": "7.50", "day_care": "117.50"}
    world.ledger(DUNDEE, "2025-05", **amounts, assessment="1.00")


def perth(world: SmallWorld) -> None:
    """The file of April lies there as May's too; the signs of May's ledger are turned round."""
    stay = {
        "stay_id": "H1",
        "social_care_id": "C1",
        "admission_date": "2025-04-01",
        "nursing_care": "0",
        "gross_weekly_cost": "700",
    }
    # Care of April, then Dundee's file of it in the national layout, as a correction.
    head = "sending_location,service_id,social_care_id,month,hc_hours_derived,hc_service,gross_cost\n"
    for name, whose in (("2025-04", "340"), ("2025-04.r1", "180")):
        world.put(f"{PERTH}/home_care/{name}.csv", f"{head}{whose},S1,C1,2025-04-01,1,2,11.00\n")
    for month, amount in (("04", "3000.00"), ("05", "-3000.00")):
        world.put(f"{PERTH}/care_home/2025-{month}.csv", [stay])
        world.ledger(PERTH, f"2025-{month}", care_home_residential=amount)


def test_a_column_that_went_is_named_with_the_one_that_may_be_it(world: SmallWorld) -> None:
    said = world.said("columns_gone")
    assert said == (
        "angus/payments/2025-05.csv: has no social_care_id, 2025-04 had; is it column 2 from the left, which no feed knows?"
    )
    code, printed = world.irf("validate", world.root / "landing" / ANGUS / "payments" / "2025-05.csv")
    assert code == 2
    assert "Counted from the left: 2. Is one of them meant to be one that the file lacks: social_care_id, " in printed


def test_rows_on_a_worksheet_without_the_header_are_named(world: SmallWorld) -> None:
    """Seven of nine records, £70 of £90, are read."""
    assert world.query(f"SELECT rows, amount FROM submission WHERE agency = '{DUNDEE}' AND feed = 'home_care'") == [(7, 70)]
    assert (
        world.said("rows_elsewhere")
        == "dundee-city/home_care/2025-05.xlsx: 2 rows on worksheets without the header are not read"
    )
    failed = world.query(
        f"SELECT failed FROM rule_result WHERE agency = '{DUNDEE}' AND rule_id = 'file.rows_elsewhere' AND feed = 'home_care'"
    )
    assert failed == [(1,)]


def test_a_file_of_another_agency_is_refused_and_the_one_before_stays(world: SmallWorld) -> None:
    assert world.query(
        f"SELECT revision, status, accepted FROM submission WHERE agency = '{PERTH}' AND feed = 'home_care' ORDER BY revision"
    ) == [(0, "accepted", 1), (1, "refused", 0)]
    assert (
        "perth-kinross/home_care/2025-04.r1.csv: row 2 is another agency's by its column sending_location (expected is 340); "
        "is the file in the wrong folder? (file.other_agency)"
    ) in world.said("required_feeds")
    wrong = world.root / "landing" / PERTH / "home_care" / "2025-04.r1.csv"
    assert world.irf("validate", wrong)[0] == 3


def test_a_file_that_is_another_months_is_named(world: SmallWorld) -> None:
    assert world.said("same_file") == "perth-kinross/care_home/2025-05.csv: is the file of 2025-04 again, byte for byte"


def test_a_file_about_clients_nobody_knows_is_named(world: SmallWorld) -> None:
    assert world.said("unknown_clients").startswith(
        "dundee-city/home_care/2025-05: 6 of 7 records are for clients who are in no clients file of the month or before, pounds: £60.00"
    )


def test_a_subtotal_under_a_code_is_named(world: SmallWorld) -> None:
    """90 + 20 + 7.50 = 117.50; what two rows sum to, and the row after, can be by chance."""
    assert world.said("ledger_subtotals").startswith(
        "dundee-city/ledger/2025-05: the amount of row 5 is that of the rows just above, £117.50 may count twice; "
    )


def test_a_row_set_aside_is_named_though_its_pounds_are_not_known(world: SmallWorld) -> None:
    assert world.said("quarantined").startswith("angus payments: 1 row, without pounds that can be read; ")


def test_a_ledger_below_zero_is_named(world: SmallWorld) -> None:
    assert world.said("ledger_below_zero").startswith("perth-kinross, 2025-05, £-3000.00 in all; are the signs turned round?; ")
