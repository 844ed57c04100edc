"""residual_share: a scaled residual is shared over the months of records in pence; nothing else has a share."""

from typing import Any

from tests.sql.sql_case import Row, run

APRIL, MAY = "2025-04-01", "2025-05-01"
REFRESH = {"inner_pad": "36" * 64, "outer_pad": "5c" * 64}


def cost(key: str, direct: str | None, **own: Any) -> Row:
    return {"agency": "angus", "feed": "f", "record_key": key, "service": "meals", "month": APRIL, "in_window": True,
            "cost_basis": "payments", "direct_cost": direct, **own}  # fmt: skip


def service(residual: str, treatment: str = "scale", month: str = APRIL) -> Row:
    return {"agency": "angus", "service": "meals", "month": month, "residual": residual, "treatment": treatment}


def shares(costs: list[Row], months: list[Row]) -> dict[str, str]:
    tables = {"core.record_cost": costs, "core.service_month": months, "core.refresh": [REFRESH]}
    return {row["record_key"]: str(row["residual_cost"]) for row in run("core/residual_share", tables)}


def test_a_residual_is_shared_in_proportion_to_direct_cost() -> None:
    assert shares([cost("1", "70.00"), cost("2", "30.00")], [service("10.00")]) == {"1": "7.00", "2": "3.00"}
    assert shares([cost("1", "70.00"), cost("2", "30.00")], [service("-10.00")]) == {"1": "-7.00", "2": "-3.00"}


def test_the_penny_left_over_goes_to_the_largest_remainder() -> None:
    # 0.10 over 2, 1 and 1 of 4 is 5, 2.5 and 2.5 pence; over 3, 2 and 2 of 7 it is 4.3, 2.9 and 2.9.
    assert sorted(shares([cost("1", "2.00"), cost("2", "1.00"), cost("3", "1.00")], [service("0.10")]).values()) == [
        "0.02",
        "0.03",
        "0.05",
    ]
    assert shares([cost("1", "3.00"), cost("2", "2.00"), cost("3", "2.00")], [service("0.10")]) == {
        "1": "0.04",
        "2": "0.03",
        "3": "0.03",
    }


def test_only_a_scaled_service_and_a_record_with_direct_cost_have_a_share() -> None:
    assert shares([cost("1", "70.00")], [service("10.00", "hold")]) == {"1": "0.00"}
    assert shares([cost("1", "70.00"), cost("2", None)], [service("10.00")]) == {"1": "10.00", "2": "0.00"}


def test_each_month_is_shared_by_itself_and_months_outside_the_dataset_are_left_out() -> None:
    costs = [cost("1", "70.00"), cost("2", "10.00", month=MAY), cost("3", "10.00", in_window=False)]
    assert shares(costs, [service("10.00"), service("1.00", month=MAY)]) == {"1": "10.00", "2": "1.00"}
