"""Largest remainder in the SQL is that of exact fractions: up to £10 billion, credits included, and no floating point.

The residual of a service is spread over its records by `sql/core/residual_share.sql` and `sql/core/cost_line.sql`; here the same is
done with Python's fractions. A million lines of it are in `tests/soak`.
"""

import random
from decimal import Decimal
from fractions import Fraction
from math import floor

import pyarrow as pa
import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from pipelines.engine.sql import read_sql
from tests.sql.sql_case import database, fill, inputs, value

NO_SHRINKING = (Phase.explicit, Phase.generate)
"""A smaller seed is no simpler case."""
TEN_BILLION = 10**12
"""In pence."""

REFRESH = {"period": "2025-04", "first_month": "2025-04-01", "last_month": "2025-04-01", "period_end": "2025-04-30",
           "inner_pad": "36" * 64, "outer_pad": "5c" * 64}  # fmt: skip


def spread(direct: list[int], residual: int) -> list[tuple[int, str]]:
    """The share of each record, in pence, and its line_id, in the records' order. Records are made in DuckDB, none by hand."""
    connection = database(2)
    for name in inputs("core/residual_share") | inputs("core/cost_line"):
        fill(connection, name, [REFRESH] if name == "core.refresh" else [])
    connection.register("given", pa.table({"n": pa.array(range(len(direct))), "pence": pa.array(direct, pa.int64())}))
    connection.execute("""
        INSERT INTO core.record_cost BY NAME
        SELECT sha256(CAST(n AS VARCHAR)) AS line_id, 'angus' AS agency, 'payments' AS feed, CAST(n AS VARCHAR) AS record_key, '' AS part,
            'meals' AS service, DATE '2025-04-01' AS month, TRUE AS in_window, 'payments' AS cost_basis, pounds(pence) AS direct_cost,
            '' AS split_group, 'file' AS source_file, n AS source_row
        FROM given
    """)
    connection.execute(
        "INSERT INTO core.service_month BY NAME SELECT 'angus' AS agency, 'meals' AS service, DATE '2025-04-01' AS month, "
        "CAST(? AS DECIMAL(18, 2)) AS residual, CAST(? AS DECIMAL(18, 2)) AS direct, 'scale' AS treatment, CAST(0 AS DECIMAL(18, 2)) AS quarantined",
        [str(Decimal(residual).scaleb(-2)), str(Decimal(sum(direct)).scaleb(-2))],
    )
    connection.execute(f"INSERT INTO core.residual_share {read_sql('core', 'residual_share')}")
    rows = connection.execute(
        f"SELECT pence(residual_cost), line_id FROM ({read_sql('core', 'cost_line')}) ORDER BY source_row"
    ).fetchall()
    connection.unregister("given")
    return [(int(pence), line_id) for pence, line_id in rows]


def largest_remainder(direct: list[int], residual: int, line_ids: list[str]) -> list[int]:
    """Exactly: floors first, then a penny each to the largest remainders; ties to the larger cost, then to the smaller id."""
    whole = sum(direct)
    exact = [Fraction(residual * d, whole) for d in direct]
    shares = [floor(e) for e in exact]
    order = sorted(range(len(direct)), key=lambda i: (shares[i] - exact[i], -direct[i], line_ids[i]))
    for i in order[: residual - sum(shares)]:
        shares[i] += 1
    return shares


def check(direct: list[int], residual: int) -> None:
    found = spread(direct, residual)
    assert len(found) == len(direct)
    shares = [pence for pence, _ in found]
    assert sum(shares) == residual
    assert shares == largest_remainder(direct, residual, [line_id for _, line_id in found])


@pytest.mark.parametrize(
    ("direct", "residual"),
    [
        ([1], TEN_BILLION), ([1, 1, 1], TEN_BILLION), ([TEN_BILLION - 1, 1], TEN_BILLION), ([TEN_BILLION, TEN_BILLION, 1], -TEN_BILLION),
        # Equal remainders: the penny goes to the larger cost, wherever it stands; of equal costs to the smaller line_id.
        ([3, 1], 2), ([1, 3], 2), ([1, 3, 5, 7], 8), ([7, 5, 3, 1], 8), ([2, 2, 6, 6], 8), ([1, 1, 1, 1], 2),
        ([10, -3, 0, 5], 7), ([1, 1, 1, 1, 1, 1, 1], -3), ([5, 0, -4], TEN_BILLION),
    ],
)  # fmt: skip
def test_edges(direct: list[int], residual: int) -> None:
    check(direct, residual)


@settings(max_examples=25, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck), phases=NO_SHRINKING)
@given(seed=st.integers(0, 2**64 - 1), lines=st.integers(1, 3_000), largest=st.sampled_from([3, 10**5, TEN_BILLION]))
def test_any_residual_over_any_costs(seed: int, lines: int, largest: int) -> None:
    rng = random.Random(seed)
    direct = [rng.randint(-largest // 10, largest) for _ in range(lines)]
    direct[0] += max(0, 1 - sum(direct))  # a residual is scaled over a positive cost only
    residual = rng.randint(-TEN_BILLION, TEN_BILLION)
    # A whole multiple of the costs leaves no remainder at all: there a rounded product would be a penny out.
    check(direct, residual if rng.random() < 0.5 else residual // sum(direct) * sum(direct))


def test_the_arithmetic_is_of_whole_numbers() -> None:
    """A DOUBLE anywhere would lose pennies from about £90 trillion up, and ties long before."""
    for expression in ("pence(CAST(1 AS DECIMAL(18, 2)))", "floor_quotient(CAST(7 AS HUGEINT), CAST(3 AS HUGEINT))",
                       "floor_remainder(CAST(7 AS HUGEINT), CAST(3 AS HUGEINT))", "rounded_quotient(CAST(7 AS HUGEINT), CAST(3 AS HUGEINT))"):  # fmt: skip
        assert value(f"typeof({expression})") == "HUGEINT"
    assert value("typeof(pounds(CAST(7 AS HUGEINT)))") == "DECIMAL(18,2)"
