"""residual_share and cost_line: a scaled residual is shared over the months of records in pence; nothing else has a share."""

from decimal import Decimal
from typing import Any

from tests.sql.sql_case import Row, inputs, run

APRIL, MAY = "2025-04-01", "2025-05-01"
REFRESH = {"inner_pad": "36" * 64, "outer_pad": "5c" * 64}


def cost(key: str, direct: str | None, **own: Any) -> Row:
    """A month of a record. Its line_id is its key: of equal remainders and costs the smaller key comes first."""
    return {"line_id": key, "agency": "angus", "feed": "f", "record_key": key, "service": "meals", "month": APRIL, "in_window": True,
            "cost_basis": "payments", "direct_cost": direct, **own}  # fmt: skip


def service(residual: str, treatment: str = "scale", month: str = APRIL) -> Row:
    return {"agency": "angus", "service": "meals", "month": month, "residual": residual, "treatment": treatment}


def shares(costs: list[Row], months: list[Row]) -> dict[str, str]:
    """The share of each line. The direct cost of a service and month is that of its records."""
    months = [{**row, "direct": _direct(costs, row["month"])} for row in months]
    tables = {"core.record_cost": costs, "core.service_month": months}
    tables["core.residual_share"] = run("core/residual_share", tables)
    needed = {name: rows for name, rows in tables.items() if name in inputs("core/cost_line")} | {"core.refresh": [REFRESH]}
    return {row["line_id"]: str(row["residual_cost"]) for row in run("core/cost_line", needed)}


def _direct(costs: list[Row], month: str) -> Decimal:
    return sum((Decimal(row["direct_cost"] or 0) for row in costs if row["month"] == month and row["in_window"]), Decimal(0))


def test_a_residual_is_shared_in_proportion_to_direct_cost() -> None:
    assert shares([cost("1", "70.00"), cost("2", "30.00")], [service("10.00")]) == {"1": "7.00", "2": "3.00"}
    assert shares([cost("1", "70.00"), cost("2", "30.00")], [service("-10.00")]) == {"1": "-7.00", "2": "-3.00"}


def test_the_penny_left_over_goes_to_the_largest_remainder() -> None:
    # 0.10 over 2, 1 and 1 of 4 is 5, 2.5 and 2.5 pence; over 3, 2 and 2 of 7 it is 4.3, 2.9 and 2.9.
    assert shares([cost("1", "2.00"), cost("2", "1.00"), cost("3", "1.00")], [service("0.10")]) == {
        "1": "0.05",
        "2": "0.03",
        "3": "0.02",
    }
    assert shares([cost("1", "3.00"), cost("2", "2.00"), cost("3", "2.00")], [service("0.10")]) == {
        "1": "0.04",
        "2": "0.03",
        "3": "0.03",
    }


def test_only_a_scaled_service_and_a_record_with_direct_cost_have_a_share() -> None:
    assert shares([cost("1", "70.00")], [service("10.00", "hold")]) == {"1": "0.00"}
    assert shares([cost("1", "70.00"), cost("2", None)], [service("10.00")]) == {"1": "10.00", "2": "0.00"}


def test_the_last_line_with_a_penny_more_is_named() -> None:
    def last(costs: list[Row], residual: str) -> tuple[str, ...]:
        months = [{**service(residual), "direct": _direct(costs, APRIL)}]
        (row,) = run("core/residual_share", {"core.record_cost": costs, "core.service_month": months})
        return tuple(str(row[name]) for name in ("last_remainder", "last_direct_cost", "last_line_id"))

    # Of 200 and 100 pence 10 × 200 leaves 0 of 400, 10 × 100 leaves 200: £2.00, for the first of the two.
    assert last([cost("1", "2.00"), cost("2", "1.00"), cost("3", "1.00")], "0.10") == ("2.00", "1.00", "2")
    assert last([cost("1", "70.00"), cost("2", "30.00")], "10.00") == ("None", "None", "None")


def test_each_month_is_shared_by_itself_and_months_outside_the_dataset_are_left_out() -> None:
    costs = [cost("1", "70.00"), cost("2", "10.00", month=MAY), cost("3", "10.00", in_window=False)]
    assert shares(costs, [service("10.00"), service("1.00", month=MAY)]) == {"1": "10.00", "2": "1.00"}
