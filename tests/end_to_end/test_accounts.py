"""A published release beside its accounts: the workbook says what the tables say, and budgets, eliminations and prices are there."""

from decimal import Decimal
from pathlib import Path

import pyarrow.parquet as pq
import pytest
from python_calamine import CalamineWorkbook

from pipelines.costing.prices import check_unit_costs
from pipelines.engine.errors import IrfError
from pipelines.release.reconciliation import MONEY
from pipelines.warehouse.root import DataRoot
from pipelines.warehouse.tables import Tables
from pipelines.warehouse.work import Work
from tests.conftest import PERIOD, BuildWorld, rows_of

VERSION = "2025.05.1"
Row = dict[str, object]


def rows(root: Path, name: str) -> list[Row]:
    found: list[Row] = pq.read_table(root / "releases" / VERSION / name).to_pylist()
    return found


def shown(root: Path, sheet: str) -> list[list[object]]:
    """The rows of a sheet as a reader of workbooks sees them, without the header."""
    book = CalamineWorkbook.from_path(str(root / "reports" / VERSION / "reconciliation.xlsx"))
    cells: list[list[object]] = book.get_sheet_by_name(sheet).to_python()
    return cells[1:]


def pounds(cells: list[object]) -> list[Decimal]:
    return [Decimal(str(cell)).quantize(Decimal("0.01")) for cell in cells]


def test_the_workbook_says_what_the_parquet_says(published: BuildWorld) -> None:
    root = published()
    bridge, to_date = rows(root, "bridge"), rows(root, "bridge_to_date")
    agencies = sorted({str(r["agency"]) for r in bridge})
    for agency in agencies:
        expected = {(f"{r['month']:%Y-%m}", r["service"]): [r[name] for name in MONEY] for r in bridge if r["agency"] == agency}
        in_sheet = {(row[1], row[2]): pounds(row[3:]) for row in shown(root, agency) if row[2]}
        assert in_sheet == expected
        totals = {row[1]: pounds(row[3:]) for row in shown(root, agency) if not row[2]}
        assert totals["all months"] == [sum(Decimal(str(v[n])) for v in expected.values()) for n in range(len(MONEY))]
    assert {(row[0], row[1], row[2]): pounds(row[3:]) for row in shown(root, "year to date") if row[2]} == {
        (r["financial_year"], r["agency"], r["service"]): [r[name] for name in MONEY] for r in to_date
    }
    assert [row[0] for row in shown(root, "all agencies")][:-1] == agencies


def test_the_bridge_begins_at_the_ledgers_as_they_were_dropped(published: BuildWorld) -> None:
    root = published("none")
    for agency in ("nhs-tayside", "angus", "dundee-city", "perth-kinross"):
        dropped = sum(
            Decimal(row["amount"]) for file in (root / "landing" / agency / "ledger").glob("*.csv") for row in rows_of(file)
        )
        assert sum(Decimal(str(r["ledger"])) for r in rows(root, "bridge") if r["agency"] == agency) == dropped


@pytest.mark.parametrize(("mess", "statuses"), [("none", {"nets to zero"}), ("standard", {"nets to zero", "differs"})])
def test_transfers_are_on_both_sides(published: BuildWorld, mess: str, statuses: set[str]) -> None:
    found = rows(published(mess), "elimination")
    assert {r["status"] for r in found} == statuses
    for passed in {r["passed"] for r in found}:
        assert {r["agency"] for r in found if r["passed"] == passed} == {"nhs-tayside", "angus", "dundee-city", "perth-kinross"}


def test_budgets_stand_beside_the_published_cost(published: BuildWorld) -> None:
    root = published()
    variance = rows(root, "budget_variance")
    assert {r["agency"] for r in variance} == {"nhs-tayside", "angus", "dundee-city", "perth-kinross"}
    assert sum(r["variance"] is not None for r in variance) > 100
    assert any(r["variance"] is not None and r["agency"] == "nhs-tayside" for r in rows(root, "partnership_budget"))
    assert any(r["variance"] is not None for r in rows(root, "locality_budget"))


def test_rated_lines_carry_the_base_and_source_of_their_price_and_no_others_do(published: BuildWorld) -> None:
    lines = pq.read_table(
        published() / "releases" / VERSION / "cost_line", columns=["cost_basis", "price_base", "price_source"]
    )
    assert {(r["price_base"], r["price_source"]) for r in lines.to_pylist() if r["cost_basis"] == "rate"} == {
        ("2025-26", "synthetic")
    }
    assert {(r["price_base"], r["price_source"]) for r in lines.to_pylist() if r["cost_basis"] != "rate"} == {(None, None)}


@pytest.mark.parametrize(
    ("own", "message"),
    [
        ({"match_count": 2}, "unit_costs.csv: outpatient 2025-26 nhs-tayside has 2 equally specific prices"),
        (
            {"match_count": 0, "is_year_missing": True},
            "outpatient 2025-26 nhs-tayside has no price in this year though it has in others",
        ),
        ({"match_count": 0}, None),
        ({"match_count": 1}, None),
    ],
)
def test_equal_prices_and_a_missing_year_are_errors_by_name(tmp_path: Path, own: Row, message: str | None) -> None:
    root = DataRoot(tmp_path)
    root.prepare()
    tables = Tables(Work(root, PERIOD), "made of this", {}, 1, "1GB")
    match = {"agency": "nhs-tayside", "service": "outpatient", "financial_year": "2025-26", "is_year_missing": False, **own}
    tables.write_rows("core", "unit_cost_match", [match])
    if message is None:
        check_unit_costs(tables)
    else:
        with pytest.raises(IrfError, match=message):
            check_unit_costs(tables)
