"""The next release says in CHANGES.md what moved and why, from the files as they are dropped."""

import csv
import shutil
from collections.abc import Callable
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from tests.conftest import BuildWorld, rows_of, run, validated_before

Row = dict[str, str]


def write(file: Path, rows: list[Row]) -> None:
    with file.open("w", encoding="utf-8", newline="") as out:
        writer = csv.DictWriter(out, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)


def move_a_cost_code_on_1_april(reference: Path) -> None:
    file = reference / "cost_code_map.csv"
    (old,) = [row for row in rows_of(file) if (row["agency"], row["cost_code"]) == ("angus", "1270")]
    others = [row for row in rows_of(file) if row != old]
    write(file, [*others, {**old, "valid_to": "2025-03-31"}, {**old, "valid_from": "2025-04-01", "service": "meals"}])


def raise_a_rate_from_april(reference: Path) -> None:
    file = reference / "unit_costs.csv"
    is_priced = {"financial_year": "2025-26", "agency": "nhs-tayside", "service": "emergency"}
    dearer = [{**row, "unit_cost": "251.50"} if is_priced.items() <= row.items() else row for row in rows_of(file)]
    assert dearer != rows_of(file)
    write(file, dearer)


def reverse_an_april_payment_in_may(landing: Path) -> str:
    """Returns the cost code of the payment."""
    folder = landing / "dundee-city" / "payments"
    paid = next(row for row in rows_of(folder / "2025-04.csv") if row["social_care_id"])
    back = {**paid, "payment_id": "REVERSAL-1", "gross_amount": f"-{paid['gross_amount']}"}
    write(folder / "2025-05.csv", [*rows_of(folder / "2025-05.csv"), back])
    return paid["cost_code"]


def send_the_april_ledger_again(landing: Path) -> str:
    """Returns the cost code whose amount is another."""
    folder = landing / "perth-kinross" / "ledger"
    first, *others = rows_of(folder / "2025-04.csv")
    write(folder / "2025-04.r1.csv", [{**first, "amount": f"{first['amount']}".replace(".", "1.")}, *others])
    return first["cost_code"]


@pytest.fixture
def root(world: BuildWorld, published: BuildWorld, copy_of: Callable[[Path], Path]) -> Path:
    """A data root without budgets and price index that has published April, with May dropped."""
    root = copy_of(world("none"))
    validated_before(published("none"), root)
    (root / "reference" / "price_index.csv").unlink()
    for budget in (root / "landing").glob("*/budget"):
        shutil.rmtree(budget)
    run(root, "2025-04")
    return root


def test_what_moved_since_april_and_why(root: Path) -> None:
    services = {(row["agency"], row["cost_code"]): row["service"] for row in rows_of(root / "reference" / "cost_code_map.csv")}
    move_a_cost_code_on_1_april(root / "reference")
    raise_a_rate_from_april(root / "reference")
    paid = services["dundee-city", reverse_an_april_payment_in_may(root / "landing")]
    booked = services["perth-kinross", send_the_april_ledger_again(root / "landing")]
    run(root, "2025-05")
    text = (root / "releases" / "2025.05.1" / "CHANGES.md").read_text("utf-8")
    why = {
        tuple(line.strip("| ").split(" | ")[:3]): line.split(" | ")[-1] for line in text.splitlines() if line.startswith("| ")
    }
    assert "| angus | 1270 | 2025-04 | " in text
    assert "remapped 1 code" in why["angus", services["angus", "1270"], "2025-04"]
    assert "remapped 1 code" in why["angus", "meals", "2025-04"]
    assert "revalued" in why["nhs-tayside", "emergency", "2025-04"]
    assert "restated 1 line" in why["dundee-city", paid, "2025-04"]
    assert "restated 1 ledger row" in why["perth-kinross", booked, "2025-04"]
    assert "changed reference: cost_code_map.csv, unit_costs.csv" in text
    assert "perth-kinross/ledger/2025-04.r1.csv" in text
    # What is optional may be absent: its tables are there and say nothing.
    optional = ("price_index", "budget_variance")
    assert [pq.read_table(root / "releases" / "2025.05.1" / name).num_rows for name in optional] == [0, 0]
