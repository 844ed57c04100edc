"""The table `standardised_cost`: cost a head of each area, as it is and as it would be with everybody's ages and sexes the same.

Belongs here: its rows. Does not belong here: the formula (`standardisation.py`), the cells (`cells.py`).
"""

from collections.abc import Mapping
from decimal import ROUND_HALF_UP, Decimal
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from pipelines.analysis.cells import MONTHS_OF_YEAR, WEIGHTS, Array, Cells, Place
from pipelines.analysis.estimate import MILLIONTH, PENNY, Estimate, published
from pipelines.analysis.standardisation import pooled, pools, standardised_mean
from schemas.analysis_codes import AgeGroup, AnalysisAreaKind

Standardised = dict[tuple[Place, AgeGroup], "Standard"]


class Standard(NamedTuple):
    """A standardised cost a person-year, None where it cannot be told, and how many cells had to be put together."""

    estimate: Estimate | None
    pooled_cells: int


def standardise(found: Mapping[Place, Cells]) -> Standardised:
    """The standardised cost of each place and age group."""
    return {(place, group): standard_of(cells, group) for place, cells in found.items() for group in AgeGroup}


def standard_of(cells: Cells, group: AgeGroup) -> Standard:
    """The standardised cost of one place: of each sex, bands with fewer than 10 person-years are put together with a neighbour."""
    chosen, numbers = cells.of_group(group), pools_of(cells.residents * cells.share_of_year, cells.of_group(group))
    weights, residents, people, cost, squared = (
        pooled(part[chosen], numbers) for part in (WEIGHTS, cells.residents, cells.people, cells.cost, cells.cost_squared)
    )
    small = int(np.count_nonzero(np.bincount(numbers)[numbers] > 1))
    if (residents <= 0).any():
        return Standard(None, small)
    persons, variances = cells.variances(residents, people, cost, squared)
    if np.isnan(variances).any():
        return Standard(None, small)
    return Standard(standardised_mean(weights, cost / (residents * cells.share_of_year), variances, persons), small)


def pools_of(person_years: Array, chosen: NDArray[np.bool_]) -> NDArray[np.int64]:
    """The number of the pool of each chosen cell; the sexes are apart."""
    men, women = (
        pools(years[is_in].tolist()) for years, is_in in zip(np.split(person_years, 2), np.split(chosen, 2), strict=True)
    )
    return np.concatenate([men, women + men.max() + 1])


def standardised_rows(found: Mapping[Place, Cells], area_cost: Mapping[Place, Decimal]) -> list[dict[str, Any]]:
    """The rows of the table. area_cost: the cost of each place in all, with a person or without."""
    standards = standardise(found)
    rows = []
    for (place, group), standard in standards.items():
        cells = found[place]
        whole = standards.get((place._replace(area_kind=AnalysisAreaKind.TAYSIDE, area="tayside"), group))
        people, population, cost = cells.totals(group)
        rows.append({
            **place._asdict(), "age_group": group.value, "months": cells.months, "people": people, "population": population,
            "person_years": (Decimal(population * cells.months) / MONTHS_OF_YEAR).quantize(MILLIONTH, ROUND_HALF_UP), "cost": cost,
            "share_without_person": _without_person(cells, area_cost.get(place)),
            "cost_per_head": _per_head(cost, population, cells.months), **_told(standard, whole),
        })  # fmt: skip
    return sorted(rows, key=lambda row: [row[name] for name in ("financial_year", "scope", "age_group", "area_kind", "area")])


def _told(standard: Standard, whole: Standard | None) -> dict[str, Any]:
    """What is published of a standardised cost. whole: that of Tayside."""
    e = standard.estimate
    index = None
    if e is not None and whole is not None and whole.estimate is not None and whole.estimate.value > 0:
        index = published(100 * e.value / whole.estimate.value, MILLIONTH)
    return {
        "standardised_cost_per_head": published(e.value, PENNY) if e else None,
        "standard_error": published(e.standard_error, PENNY) if e else None,
        "lower": published(e.lower, PENNY) if e else None, "upper": published(e.upper, PENNY) if e else None,
        "index": index, "pooled_cells": standard.pooled_cells,
    }  # fmt: skip


def _per_head(cost: Decimal, population: int, months: int) -> Decimal | None:
    if not population:
        return None
    return (cost * MONTHS_OF_YEAR / (population * months)).quantize(PENNY, ROUND_HALF_UP)


def _without_person(cells: Cells, area_cost: Decimal | None) -> Decimal | None:
    """The share of an area's cost that is on nobody with a home there."""
    if not area_cost:
        return None
    _, _, of_people = cells.totals(AgeGroup.ALL)
    return ((area_cost - of_people) / area_cost).quantize(MILLIONTH, ROUND_HALF_UP)
