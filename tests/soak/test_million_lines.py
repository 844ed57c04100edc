"""A million lines of one service share £10 billion to the penny, as exact fractions would."""

import random

import pytest

from tests.property.test_largest_remainder import TEN_BILLION, largest_remainder, spread

pytestmark = pytest.mark.soak


def test_a_million_lines_share_ten_billion_pounds_exactly() -> None:
    rng = random.Random(20_260_401)
    direct = [rng.choice((0, -rng.randint(1, 10**4), rng.randint(1, 10**7), rng.randint(1, 10**7))) for _ in range(1_000_000)]
    for residual in (TEN_BILLION - 1, -TEN_BILLION + 7):
        found = spread(direct, residual)
        shares = [pence for pence, _ in found]
        assert sum(shares) == residual
        assert shares == largest_remainder(direct, residual, [line_id for _, line_id in found])
