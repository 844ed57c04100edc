"""`irf diff` names each kind of change alone, with its pounds, and nothing between a release and itself."""

import io
import json
import shutil
from decimal import Decimal
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest
from python_calamine import CalamineWorkbook

from tests.small_world import ANGUS, BOARD, PATIENT, SmallWorld

PERIOD = "2025-04"
CARE = [
    {
        "service_id": "H1",
        "social_care_id": "100001",
        "month": "2025-04-01",
        "hours": "10",
        "service_type": "2",
        "reablement": "0",
    },
    {
        "service_id": "H2",
        "social_care_id": "100002",
        "month": "2025-04-01",
        "hours": "5",
        "service_type": "2",
        "reablement": "0",
    },
]
PAID = {"payment_id": "P1", "social_care_id": "100001", "cost_code": "77", "period_from": "2025-04-01", "period_to": "2025-04-30",
        "gross_amount": "30.00"}  # fmt: skip
CLIENTS = [
    {
        "social_care_id": "100001",
        "forename": "Oona",
        "surname": "Macbeth",
        "date_of_birth": "1950-02-01",
        "sex": "2",
        "postcode": "DD8 1AA",
    },
    {
        "social_care_id": "100002",
        "forename": "Ewan",
        "surname": "Duff",
        "date_of_birth": "1949-03-02",
        "sex": "1",
        "postcode": "DD8 1AB",
    },
]
REGISTER = [
    {
        "chi_number": PATIENT,
        "forename": "Ada",
        "surname": "Lomond",
        "date_of_birth": "1985-04-19",
        "sex": "2",
        "postcode": "DD8 1AA",
    }
]
QUIET = {"new", "residual", "rescaled"}
"""What follows from another change."""


@pytest.fixture(scope="module")
def april(tmp_path_factory: pytest.TempPathFactory) -> SmallWorld:
    """April, published: home care by rate, a payment for meals, two clients that are linked to nobody."""
    world = SmallWorld(tmp_path_factory.mktemp("diff") / "data")
    world.reference["cost_code_map"].append({"agency": ANGUS, "cost_code": "77", "service": "meals", "treatment": "cost"})
    world.put(f"{ANGUS}/home_care/{PERIOD}.csv", CARE)
    world.put(f"{ANGUS}/payments/{PERIOD}.csv", [PAID])
    world.put(f"{ANGUS}/clients/{PERIOD}.csv", CLIENTS)
    world.put(f"{BOARD}/population_register/{PERIOD}.csv", REGISTER)
    world.ledger(ANGUS, PERIOD, home_care_personal="150.00", **{"77": "30.00"})
    world.published(PERIOD)
    return world


@pytest.fixture
def again(april: SmallWorld, tmp_path: Path) -> SmallWorld:
    """A copy of the world to change and refresh again."""
    world = SmallWorld(tmp_path / "data")
    shutil.copytree(april.root, world.root, dirs_exist_ok=True)
    world.reference = {name: [dict(row) for row in rows] for name, rows in april.reference.items()}
    return world


def found(world: SmallWorld) -> dict[str, Any]:
    """What is different between the two releases of April."""
    world.published(PERIOD)
    code, printed = world.irf("diff", "2025.04.1", "2025.04.2", "--format", "json")
    assert code == 0, printed
    return dict(json.loads(printed))


def kinds(different: dict[str, Any]) -> dict[str, dict[str, Any]]:
    return {row["change_kind"]: row for row in different["records"]}


def alone(different: dict[str, Any]) -> set[str]:
    return set(kinds(different)) - QUIET | {f"code {row['change_kind']}" for row in different["codes"]}


def test_a_release_does_not_differ_from_itself(april: SmallWorld) -> None:
    code, printed = april.irf("diff", "2025.04.1", "2025.04.1", "--format", "json")
    different = json.loads(printed)
    assert code == 0
    assert not any(different[part] for part in ("reasons", "schema", "tables", "records", "codes", "services", "places"))
    assert "no difference" in april.irf("diff", "2025.04.1", "2025.04.1")[1]


def test_a_record_that_says_otherwise_is_restated(again: SmallWorld) -> None:
    again.put(f"{ANGUS}/home_care/{PERIOD}.r1.csv", [{**CARE[0], "hours": "11"}, CARE[1]])
    different = found(again)
    assert alone(different) == {"restated"}
    row = kinds(different)["restated"]
    assert (row["records"], row["lines"], row["direct_before"], row["direct_now"]) == (1, 1, "100.00", "110.00")
    assert different["reasons"] == [f"new submissions: {ANGUS}/home_care/{PERIOD}.r1.csv"]


def test_a_client_who_is_linked_now_is_relinked_and_no_pound_moves(again: SmallWorld) -> None:
    decisions = again.root / "review" / "decisions.csv"
    decisions.write_text(
        f"agency,social_care_id,chi_number,decided_by,decided_on,reason\n{ANGUS},100002,{PATIENT},A,2025-05-01,seen\n", "utf-8"
    )
    different = found(again)
    assert alone(different) == {"relinked"}
    row = kinds(different)["relinked"]
    assert (row["records"], row["lines"], row["cost_before"], row["cost_now"]) == (1, 1, "50.00", "50.00")
    assert not different["services"]
    assert PATIENT not in json.dumps(different)


def test_a_code_that_belongs_elsewhere_is_remapped_with_its_payments(again: SmallWorld) -> None:
    again.reference["cost_code_map"][-1]["service"] = "day_care"
    different = found(again)
    assert alone(different) == {"remapped", "code remapped"}
    row = kinds(different)["remapped"]
    assert (row["records"], row["lines"], row["cost_before"], row["cost_now"]) == (1, 2, "30.00", "30.00")
    (code,) = different["codes"]
    assert (code["cost_code"], code["service_before"], code["service_now"]) == ("77", "meals", "day_care")
    assert (code["amount_before"], code["amount_now"]) == ("30.00", "30.00")
    moved = {r["service"]: (Decimal(r["cost_before"]), Decimal(r["cost_now"])) for r in different["services"]}
    assert moved == {"meals": (Decimal(30), Decimal(0)), "day_care": (Decimal(0), Decimal(30))}


def test_another_unit_cost_revalues(again: SmallWorld) -> None:
    for price in again.reference["unit_costs"]:
        if (price["service"], price["financial_year"]) == ("home_care_personal", "2025-26"):
            price["unit_cost"] = "9.50"
    different = found(again)
    assert alone(different) == {"revalued"}
    row = kinds(different)["revalued"]
    assert (row["records"], row["lines"], row["direct_before"], row["direct_now"]) == (2, 2, "150.00", "142.50")


def test_a_ledger_that_comes_again_restates_its_codes(again: SmallWorld) -> None:
    ledger = [{"cost_code": "home_care_personal", "account_name": "home care", "month": "2025-04-01", "amount": "160.00"},
              {"cost_code": "77", "account_name": "meals", "month": "2025-04-01", "amount": "30.00"}]  # fmt: skip
    again.put(f"{ANGUS}/ledger/{PERIOD}.r1.csv", ledger)
    different = found(again)
    assert alone(different) == {"code restated"}
    (code,) = different["codes"]
    assert (code["cost_code"], code["amount_before"], code["amount_now"]) == ("home_care_personal", "150.00", "160.00")
    assert sum(Decimal(r["cost_now"]) - Decimal(r["cost_before"]) for r in different["records"]) == 10
    assert sum(Decimal(r["cost_now"]) - Decimal(r["cost_before"]) for r in different["places"]) == 10


def test_another_key_compares_no_lines_and_says_so(april: SmallWorld, tmp_path: Path) -> None:
    other = shutil.copytree(april.root / "releases" / "2025.04.1", tmp_path / "releases" / "2025.04.2")
    manifest = json.loads((other / "manifest.json").read_text("utf-8"))
    (other / "manifest.json").write_text(json.dumps({**manifest, "key_check": "another"}), "utf-8")
    code, printed = april.irf("diff", "2025.04.1", other)
    assert code == 0
    assert "every line has another id" in printed


def test_columns_and_rows_that_differ_are_named(april: SmallWorld, tmp_path: Path) -> None:
    other = shutil.copytree(april.root / "releases" / "2025.04.1", tmp_path / "releases" / "2025.04.2")
    file = other / "person" / "all.parquet"
    table = pq.read_table(file)
    pq.write_table(table.drop_columns(["locality"]).slice(1), file)
    code, printed = april.irf("diff", "2025.04.1", other, "--format", "json")
    different = json.loads(printed)
    assert code == 0
    assert different["schema"] == [{"table": "person", "column": "locality", "type_before": "string", "type_now": None}]
    assert different["tables"] == [{"table": "person", "rows_before": table.num_rows, "rows_now": table.num_rows - 1}]


def test_every_form_says_the_same(again: SmallWorld, tmp_path: Path) -> None:
    again.put(f"{ANGUS}/home_care/{PERIOD}.r1.csv", [{**CARE[0], "hours": "11"}, CARE[1]])
    again.published(PERIOD)
    page = again.irf("diff", "2025.04.1", "2025.04.2", "--format", "md")[1]
    assert "| restated | 1 | 1 | 100.00 | 110.00 |" in page
    assert (
        "change kind restated, records 1, lines 1, direct before 100.00, direct now 110.00"
        in again.irf("diff", "2025.04.1", "2025.04.2")[1]
    )
    book = tmp_path / "diff.xlsx"
    code, printed = again.irf("diff", "2025.04.1", "2025.04.2", "--format", "xlsx", "--out", book)
    assert (code, printed) == (0, "")
    rows = CalamineWorkbook.from_filelike(io.BytesIO(book.read_bytes())).get_sheet_by_name("records").to_python()
    assert ["restated", 1, 1, 100.0, 110.0] in [row[:5] for row in rows]
    code, printed = again.irf("diff", "2025.04.1", "2025.04.2", "--format", "xlsx")
    assert code == 1
    assert "--out" in printed
