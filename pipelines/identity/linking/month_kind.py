"""How this month's records are: a kind of records whose m probabilities come from the month's own unlabelled pairs.

Belongs here: estimating those m probabilities, and how far they may go. Does not belong here: the frozen kinds (`model.py`), how
common each kind is (`posterior.py`).

The frozen kinds cannot know every council's habits: how often it writes a married name, drops a middle name or mistypes a date. So
each candidate pair is counted at the levels that it reaches, as often as its posterior says that it is one person. The frozen
kinds, weighed by how common each is this month, count as `PRIOR_PAIRS` more pairs; no m goes further from them than `FURTHEST`
times as much or as little. That is one step of expectation maximisation over the m probabilities, with a Dirichlet prior. No link,
no decision and no truth is looked at, and u probabilities stay as they are.
"""

from collections.abc import Mapping

import duckdb

from pipelines.engine.sql import read_sql
from pipelines.identity.linking.comparisons import COMPARISONS, Level
from pipelines.identity.linking.model import Model

Probabilities = dict[str, list[float]]
"""The m probability of each level but the first ("nothing to compare"), by comparison."""

PRIOR_PAIRS = 200
"""The frozen kinds count as much as this many pairs."""
FURTHEST = 20.0
"""How many times as large or as small as those of the frozen kinds the m probabilities of a month may be."""
WIDEST, BISECTIONS = 1e9, 80
DIGITS = 4


def by_level(m: Probabilities) -> dict[str, dict[str, float]]:
    """m probabilities by the names of comparison and level, to be read by people."""
    return {
        name: {_said(level): probability for level, probability in zip(levels[1:], m[name], strict=True)}
        for name, levels in COMPARISONS.items()
    }


def _said(level: Level) -> str:
    return f"{level.name} (of {level.among})" if level.among else level.name


def usual_m(model: Model, share_of: Mapping[str, float]) -> Probabilities:
    """The m probabilities of the frozen kinds, each weighed by its share of the records."""
    whole = sum(share_of[kind] for kind in model["kinds"])
    return {
        name: [
            sum(share_of[kind] * m[name][number] for kind, m in model["kinds"].items()) / whole
            for number in range(len(levels) - 1)
        ]
        for name, levels in COMPARISONS.items()
    }


def month_m(connection: duckdb.DuckDBPyConnection, usual: Probabilities) -> Probabilities:
    """The m probabilities of this month's records, by the posteriors that there are. Reads `match_weight` and `posterior`."""
    pairs: dict[str, dict[int, float]] = {name: {} for name in COMPARISONS}
    for comparison, level, number in connection.sql(read_sql("identity", "expected_level")).fetchall():
        pairs[comparison][level] = number
    return {name: _of_comparison(levels, usual[name], pairs[name]) for name, levels in COMPARISONS.items()}


def _of_comparison(levels: tuple[Level, ...], usual: list[float], pairs: Mapping[int, float]) -> list[float]:
    """Each group of levels that exclude each other sums to 1. pairs: by splink's number of a level, which counts from the last."""
    last = len(usual) - 1
    seen = [pairs.get(last - number, 0.0) for number in range(len(usual))]
    found = list(usual)
    for group in {level.among for level in levels[1:]}:
        numbers = [number for number, level in enumerate(levels[1:]) if level.among == group]
        whole = sum(seen[number] for number in numbers) + PRIOR_PAIRS
        shares = [(seen[at] + PRIOR_PAIRS * usual[at]) / whole for at in numbers]
        for at, share in zip(numbers, _bounded(shares, [usual[at] for at in numbers]), strict=True):
            found[at] = float(f"{share:.{DIGITS}g}")
    return found


def _bounded(shares: list[float], usual: list[float]) -> list[float]:
    """The shares, all made as much larger or smaller as it takes to sum to 1 where none may go further from `usual` than `FURTHEST`."""
    low, high = 1 / WIDEST, WIDEST
    for _ in range(BISECTIONS):
        factor = (low * high) ** 0.5
        bounded = [min(max(share * factor, one / FURTHEST), one * FURTHEST) for share, one in zip(shares, usual, strict=True)]
        low, high = (factor, high) if sum(bounded) < 1 else (low, factor)
    return bounded
