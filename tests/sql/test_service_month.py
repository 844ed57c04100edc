"""service_month: quantum Q, direct cost D, quarantined amount H, residual R, and what becomes of R."""

from decimal import Decimal
from typing import Any

import pytest

from tests.sql.sql_case import Row, run

AGENCY, SERVICE, APRIL = "angus", "home_care_personal", "2025-04-01"
REFRESH = {"first_month": "2025-04-01", "last_month": "2025-06-01", "period_end": "2025-06-30"}


def rule(service: str = SERVICE, method: str = "rate", residual: str = "scale", low: str | None = "0.8", high: str | None = "1.25",
         **own: Any) -> Row:  # fmt: skip
    return {
        "agency": AGENCY,
        "service": service,
        "method": method,
        "residual": residual,
        "band_low": low,
        "band_high": high,
        **own,
    }


def ledger(amount: str, service: str | None = SERVICE, month: str = APRIL, **own: Any) -> Row:
    return {"agency": AGENCY, "service": service, "month": month, "amount": amount, "cost_code": "1", **own}


def cost(amount: str | None, service: str = SERVICE, month: str = APRIL, **own: Any) -> Row:
    return {"agency": AGENCY, "service": service, "month": month, "direct_cost": amount, "in_window": True, **own}


def held(amount: str | None, feed: str, service: str | None = SERVICE, start: str | None = "2025-04-30", **own: Any) -> Row:
    return {"agency": AGENCY, "feed": feed, "service": service, "fate": "quarantined", "amount": amount, "start_date": start,
            "period": "2025-06", **own}  # fmt: skip


def service_months(
    ledgers: list[Row], costs: list[Row] | None = None, records: list[Row] | None = None, rules: list[Row] | None = None
) -> list[Row]:
    declared = rules or [rule()]
    held = {"core.record": records or [], "core.refresh": [REFRESH], "reference.costing_rules": declared}
    tables = {
        "core.ledger_line": ledgers,
        "core.record_cost": costs or [],
        "core.held": run("core/held", held),
        "reference.costing_rules": declared,
    }
    found = run("core/service_month", tables)
    for row in found:
        assert row["quantum"] == row["direct"] + row["quarantined"] + row["residual"]
        assert (row["treatment"] == "none") == (row["residual"] == 0)
    return found


def one(*tables: Any, **more: Any) -> Row:
    (row,) = service_months(*tables, **more)
    return row


def test_quantum_direct_quarantined_and_residual() -> None:
    row = one(
        [ledger("70.00"), ledger("35.50", cost_code="2")],
        [cost("60.00"), cost("30.00"), cost(None)],
        [held("10.00", "home_care")],
        rules=[rule(method="record")],
    )
    # Q = 70.00 + 35.50; D = 60.00 + 30.00; H = 10.00; R = 105.50 - 90.00 - 10.00.
    assert (row["quantum"], row["direct"], row["quarantined"], row["residual"]) == tuple(
        map(Decimal, ["105.50", "90", "10", "5.50"])
    )
    assert (row["treatment"], row["is_out_of_band"], row["has_quantum"]) == ("scale", False, True)


@pytest.mark.parametrize(
    ("quantum", "direct", "treatment", "out_of_band"),
    [
        ("125.00", "100.00", "scale", False),  # exactly 1.25
        ("125.01", "100.00", "hold", True),
        ("80.00", "100.00", "scale", False),  # exactly 0.8
        ("79.99", "100.00", "hold", True),
        ("100.00", "100.00", "none", False),
        ("-100.00", "100.00", "hold", True),  # a negative quantum is no factor of a positive cost
        ("100.00", "-100.00", "hold", True),
        ("-100.00", "-90.00", "hold", True),
        ("100.00", "0.00", "hold", True),
        ("12500000000.00", "10000000000.00", "scale", False),
    ],
)
def test_a_residual_is_scaled_within_the_band_only(quantum: str, direct: str, treatment: str, out_of_band: bool) -> None:
    row = one([ledger(quantum)], [cost(direct)])
    assert (row["treatment"], row["is_out_of_band"]) == (treatment, out_of_band)


def test_the_band_is_applied_without_what_is_quarantined() -> None:
    # (Q - H) / D = (150 - 30) / 100 = 1.2, though Q / D = 1.5.
    row = one([ledger("150.00")], [cost("100.00")], [held("30.00", "home_care")], rules=[rule(method="record")])
    assert (row["treatment"], row["residual"]) == ("scale", 20)


def test_a_band_left_open_has_no_end() -> None:
    assert one([ledger("9000000000.00")], [cost("0.01")], rules=[rule(high=None)])["treatment"] == "scale"
    assert one([ledger("9000000000.00")], [cost("200000000.00")], rules=[rule(high=None)])["treatment"] == "scale"
    assert one([ledger("0.01")], [cost("100.00")], rules=[rule(low=None)])["treatment"] == "scale"
    assert one([ledger("-0.01")], [cost("100.00")], rules=[rule(low=None)])["treatment"] == "hold"
    # Nothing can be scaled up from nothing or from a credit.
    for direct in ("0.00", "-100.00"):
        assert one([ledger("5.00")], [cost(direct)], rules=[rule(low=None, high=None)])["treatment"] == "hold"


@pytest.mark.parametrize(("residual", "treatment"), [("locality", "locality"), ("hold", "hold")])
def test_other_residuals(residual: str, treatment: str) -> None:
    row = one([ledger("100.00")], [cost("99.00")], rules=[rule(residual=residual, population_weight="75+")])
    assert (row["treatment"], row["is_out_of_band"], row["population_weight"]) == (treatment, False, "75+")


def test_activity_without_a_quantum_and_a_quantum_without_activity() -> None:
    rules = [rule(), rule("meals", residual="locality"), rule("day_care", "ledger")]
    found = service_months([ledger("5.00", "meals")], [cost("7.00"), cost(None, "day_care")], rules=rules)
    assert [(r["service"], r["has_quantum"], r["residual"], r["treatment"]) for r in found] == [
        ("day_care", False, 0, "none"),
        (SERVICE, False, -7, "hold"),
        ("meals", True, 5, "locality"),
    ]


def test_amounts_that_are_no_cost_and_months_outside_the_dataset_do_not_count() -> None:
    assert service_months([ledger("5.00", None)], [cost("7.00", in_window=False)]) == []


@pytest.mark.parametrize("rules", [[], [rule("unmapped", "ledger", "locality")], [rule("unmapped", "rate", "scale")]])
def test_codes_without_a_mapping_are_held_whatever_the_rules_say(rules: list[Row]) -> None:
    row = one([ledger("5.00", "unmapped")], rules=[rule(), *rules])
    assert (row["quantum"], row["residual"], row["treatment"], row["is_out_of_band"]) == (5, 5, "hold", False)


@pytest.mark.parametrize(
    ("method", "feed", "service", "amount"),
    [
        ("record", "home_care", SERVICE, 9),
        ("payments", "payments", SERVICE, 9),
        # The amount of another method's record is no cost of the service.
        ("rate", "home_care", SERVICE, None),
        ("ledger", "home_care", SERVICE, None),
        ("payments", "home_care", SERVICE, None),
        ("record", "payments", SERVICE, None),
        ("record", "care_home", "care_home_nursing", None),  # pounds a week
        ("record", "outpatient", "outpatient_dna", None),  # not attended: no cost
        ("record", "outpatient", None, None),
    ],
)
def test_which_quarantined_amounts_are_known_cost(method: str, feed: str, service: str | None, amount: int | None) -> None:
    found = service_months([], records=[held("9.00", feed, service)], rules=[rule(service or SERVICE, method)])
    assert [row["quarantined"] for row in found] == ([amount] if amount else [])


@pytest.mark.parametrize(
    ("start", "month"), [("2025-04-30", "2025-04"), ("2025-03-31", "2025-06"), ("2025-07-01", "2025-06"), (None, "2025-06")]
)
def test_the_month_of_a_quarantined_amount(start: str | None, month: str) -> None:
    """Its own, or that of the file when its own is not one of the dataset's."""
    row = one([], records=[held("9.00", "home_care", start=start)], rules=[rule(method="record")])
    assert f"{row['month']:%Y-%m}" == month


def test_superseded_amounts_and_unread_ones_are_not_counted() -> None:
    records = [
        held("9.00", "home_care", fate="superseded"),
        held("9.00", "home_care", fate="accepted"),
        held(None, "home_care"),
        # Another row says the same, or the same key otherwise: nobody's second record.
        held("9.00", "home_care", is_void=True),
    ]
    assert service_months([], records=records, rules=[rule(method="record")]) == []
