"""What to look at first: the cases of open warnings by the pounds that each is about, not by how many it has."""

from pipelines.quality.foremost import FOREMOST, foremost
from pipelines.quality.verdict import Check


def warned(name: str, *cases: str) -> Check:
    return Check(name, False, "; ".join(cases), blocks=False, cases=list(cases))


def test_the_largest_amount_that_a_case_names_first_is_first() -> None:
    checks = [
        warned("out_of_band", "angus, £9.99 held, ledger £900,000.00", "fife, £-2,000.50 held, ledger £1.00"),
        warned("nil_returns", "angus/deaths/2025-04.csv: no rows"),
        warned("unmapped_cost_code", *(f"angus, Z{n}, £{n}00.00" for n in range(1, 5))),
    ]
    assert foremost(checks) == [
        "out_of_band: fife, £-2,000.50 held, ledger £1.00",
        *(f"unmapped_cost_code: angus, Z{n}, £{n}00.00" for n in (4, 3, 2, 1)),
    ]
    assert len(foremost(checks)) == FOREMOST


def test_where_no_pounds_are_named_nothing_is_first() -> None:
    assert foremost([warned("nil_returns", "no rows")]) == []
