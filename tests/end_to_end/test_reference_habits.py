"""What a spreadsheet does to the reference tables, from the files on: read where it can be, named where it cannot."""

from decimal import Decimal

from tests.small_world import ANGUS, DUNDEE, PERTH, SmallWorld


def test_a_table_that_a_spreadsheet_saved_is_named_by_row_or_read_and_lost_zeros_are_told(small_world: SmallWorld) -> None:
    """A code 00437 that became 437 in the map: its £50.00 are unmapped, and the warning says which code is meant."""
    small_world.put(
        f"{ANGUS}/ledger/2025-04.csv",
        [{"cost_code": "00437", "account_name": "Meals", "month": "2025-04-01", "amount": "50.00"}],
    )
    only_day_care(small_world)
    resting = {"agency": DUNDEE, "cost_code": "900", "treatment": "cost"}
    small_world.reference["cost_code_map"] += [
        {**resting, "service": "meals", "valid_to": "31/03/2025"}, {**resting, "service": "day_care", "valid_from": "01/05/2025"},
    ]  # fmt: skip
    small_world.put(
        f"{DUNDEE}/ledger/2025-04.csv", [{"cost_code": "900", "account_name": "Lunch", "month": "2025-04-01", "amount": "7.00"}]
    )
    mapping = {"agency": ANGUS, "service": "meals", "treatment": "cost"}
    saved = [{**mapping, "cost_code": "437", "valid_from": "01/04/2024"}, {}, {}]
    small_world.reference["cost_code_map"] += [*saved, {**mapping, "cost_code": "1.00E+05"}, {**mapping, "treatment": "costs"}]
    code, printed = small_world.refresh("2025-04")
    row = len(small_world.reference["cost_code_map"])
    assert code == 1
    assert f"error: reference/cost_code_map.csv: 3 problems: row {row}, column cost_code: found 1.00E+05" in printed
    assert f"row {row + 1}, column cost_code: is blank" in printed
    assert f"row {row + 1}, column treatment: found costs, expected one of cost, eliminate, exclude" in printed

    del small_world.reference["cost_code_map"][-2:]
    printed = small_world.published("2025-04")
    assert "angus, 00437, Meals, £50.00, code 437 of reference/cost_code_map.csv is perhaps 00437" in printed
    assert small_world.query("SELECT agency, service, cost, cost_basis FROM cost_line ORDER BY agency") == [
        (ANGUS, "unmapped", Decimal("50.00"), "unallocated"),
        # A code of April between two mappings: held, and on the list of work.
        (DUNDEE, "unmapped", Decimal("7.00"), "unallocated"),
        # An agency that has a rule for what it sends and books, and for nothing else.
        (PERTH, "day_care", Decimal("30.00"), "payments"),
    ]
    assert small_world.query("SELECT agency, cost_code FROM unmapped_cost_code ORDER BY agency") == [
        (ANGUS, "00437"),
        (DUNDEE, "900"),
    ]


def only_day_care(world: SmallWorld) -> None:
    """Perth pays for day care, and has a costing rule for that alone."""
    for name in ("costing_rules", "cost_code_map"):
        world.reference[name] = [row for row in world.reference[name] if row["agency"] != PERTH or row["service"] == "day_care"]
    payment = {
        "payment_id": "1",
        "cost_code": "day_care",
        "period_from": "2025-04-01",
        "period_to": "2025-04-30",
        "gross_amount": "30.00",
    }
    world.put(f"{PERTH}/payments/2025-04.csv", [payment])
    world.ledger(PERTH, "2025-04", day_care="30.00")


def test_a_word_that_a_table_may_not_say_stops_the_refresh_in_one_line(small_world: SmallWorld) -> None:
    """A weight that would count as another, a year dragged down, an agency spelt as people do: each by table, row and column."""
    rules, prices = small_world.reference["costing_rules"], small_world.reference["unit_costs"]
    small_world.rule(ANGUS, "meals", residual="locality", population_weight="65 plus")
    row = 2 + next(n for n, rule in enumerate(rules) if (rule["agency"], rule["service"]) == (ANGUS, "meals"))
    assert said(small_world) == (
        f"error: reference/costing_rules.csv: row {row}, column population_weight: found 65 plus, expected one of all, 65+, 75+"
    )
    small_world.rule(ANGUS, "meals", population_weight="75+")
    prices.append({"financial_year": "2025-27", "service": "meals", "unit_cost": "-5.00"})
    assert said(small_world) == (
        f"error: reference/unit_costs.csv: 2 problems: row {len(prices) + 1}, column financial_year: found 2025-27, "
        "expected financial year, as 2025-26: the second year is the one after the first; "
        f"row {len(prices) + 1}, column unit_cost: found -5.0000, expected 0 or more"
    )
    prices.pop()
    codes = small_world.reference["cost_code_map"]
    codes.append({"agency": "Angus", "cost_code": "1", "service": "meals", "treatment": "cost"})
    assert said(small_world) == (
        f"error: reference/cost_code_map.csv: row {len(codes) + 1}, column agency: no such agency: found Angus, "
        "expected one of angus, dundee-city, nhs-tayside, perth-kinross"
    )


def said(world: SmallWorld) -> str:
    """The one line of a refresh that ends with an error before anything is read."""
    code, printed = world.refresh("2025-04")
    assert code == 1
    (line,) = [line for line in printed.splitlines() if line.startswith("error: ")]
    return line
