"""The intervals hold the truth as often as they say: made worlds whose true costs are known, and people drawn from them."""

from collections import Counter
from collections.abc import Mapping

import numpy as np
import pytest
from numpy.typing import NDArray

from pipelines.analysis.estimate import Estimate
from pipelines.analysis.inequality import (
    absolute_gap,
    attributable_share,
    concentration_index,
    cost_of_inequality,
    relative_gap,
    slope_index_phe,
    slope_index_scotpho,
)
from pipelines.analysis.standardisation import standardised_mean

Array = NDArray[np.float64]
MEANS = np.array([[300, 260, 240, 210, 200], [900, 850, 700, 650, 600], [2500, 2100, 2000, 1900, 1700.0]])
"""True cost a person-year of three ages (rows) by fifth (columns), the most deprived fifth first."""
HAS_COST, SHAPE = 0.7, 0.8
"""The share of people with any cost, and the shape of the gamma distribution of theirs: skewed, as cost is."""
WEIGHTS = np.array([30.0, 50.0, 20.0])
PEOPLE, SEED = 15_000, 20_250_930


def measures(means: Array, variances: Array, persons: Array) -> dict[str, Estimate]:
    """Every measure of a world, told from what its people cost."""
    standard = [standardised_mean(WEIGHTS, *parts) for parts in zip(means.T, variances.T, persons.T, strict=True)]
    values, errors = (np.array([getattr(e, name) for e in standard], dtype=float) for name in ("value", "standard_error"))
    size = np.full(5, 1.0)
    scotpho, phe = slope_index_scotpho(values, size, errors), slope_index_phe(values, size, errors)
    costly = cost_of_inequality(np.ones_like(means), means, variances, persons)
    return {
        "standardised_cost": standard[0], "absolute_gap": absolute_gap(standard[0], standard[-1]),
        "relative_gap": relative_gap(standard[0], standard[-1]), "sii_scotpho": scotpho.slope, "rii_scotpho": scotpho.relative,
        "sii_phe": phe.slope, "rii_phe": phe.relative, "par_scotpho": attributable_share(values, size, errors),
        "cost_of_inequality": costly.cost, "cost_of_inequality_share": costly.share,
    }  # fmt: skip


def drawn_costs(random: np.random.Generator, true_means: Array) -> Array:
    """What people cost in a year, each drawn about a true mean."""
    scale = true_means / HAS_COST / SHAPE
    return np.where(random.random(true_means.shape) < HAS_COST, random.gamma(SHAPE, scale), 0.0)


def of_a_world(random: np.random.Generator) -> dict[str, Estimate]:
    """The measures of one world: as many people drawn in every cell, and for the concentration index people of any fifth."""
    costs = drawn_costs(random, np.repeat(MEANS[..., None], PEOPLE // MEANS.size, axis=2))
    persons = np.full(MEANS.shape, float(costs.shape[-1]))
    found = measures(costs.mean(axis=2), costs.var(axis=2, ddof=1), persons)
    fifth = random.integers(5, size=PEOPLE)
    own = drawn_costs(random, MEANS[1][fifth])
    groups = [own[fifth == which] for which in range(5)]
    index = concentration_index([g.mean() for g in groups], [g.size for g in groups], np.array([g.var(ddof=1) for g in groups]))
    return found | {"concentration_index": index}


def truth() -> dict[str, float]:
    nothing = np.zeros_like(MEANS)
    found = measures(MEANS, nothing, np.ones_like(MEANS))
    return {name: e.value for name, e in found.items()} | {
        "concentration_index": concentration_index(MEANS[1], np.ones(5), np.zeros(5)).value
    }


def coverage(worlds: int) -> Mapping[str, float]:
    """Of each measure the share of worlds whose interval holds the truth."""
    random, true, held = np.random.default_rng(SEED), truth(), Counter[str]()
    for _ in range(worlds):
        for name, e in of_a_world(random).items():
            assert e.lower is not None and e.upper is not None
            held[name] += e.lower <= true[name] <= e.upper
    return {name: held[name] / worlds for name in true}


def test_intervals_hold_the_truth_about_as_often_as_they_say() -> None:
    found = coverage(80)
    assert {name: share for name, share in found.items() if not 0.87 <= share <= 1} == {}


@pytest.mark.soak
def test_intervals_hold_the_truth_in_95_of_100_worlds() -> None:
    """Five thousand worlds, since the share of five hundred is itself a percentage point from the truth, and more, by chance."""
    found = coverage(5000)
    assert {name: share for name, share in found.items() if not 0.93 <= share <= 0.97} == {}
