"""The table `inequality`: how cost differs between the fifths of deprivation of an area.

Belongs here: its rows, and what each measure is told to be. Does not belong here: the formulae (`inequality.py`).
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np

from pipelines.analysis import inequality
from pipelines.analysis.cells import Array, Cells, Place
from pipelines.analysis.estimate import MILLIONTH, PENNY, Estimate, published
from pipelines.analysis.standardisation import LEAST_PERSON_YEARS, pooled, pools
from pipelines.analysis.standardised import standard_of
from schemas.analysis_codes import WIDE_AREA_KINDS, AgeGroup, AnalysisAreaKind, InequalityMeasure

M = InequalityMeasure
FIFTHS = tuple(str(fifth) for fifth in range(1, 6))
"""The most deprived first."""
POUNDS, A_YEAR, SHARE, RATIO, INDEX = "GBP", "GBP a person-year", "share", "ratio", "index"
CONVENTIONS = {
    M.COST_OF_INEQUALITY: (POUNDS, "sum over age, sex and fifth of person-years × (cost a person-year − that of the least deprived fifth)"),
    M.COST_OF_INEQUALITY_SHARE: (SHARE, "cost of inequality ÷ cost of the people in it"),
    M.ABSOLUTE_GAP: (A_YEAR, "standardised: most deprived fifth − least deprived"),
    M.RELATIVE_GAP: (RATIO, "standardised: most deprived fifth ÷ least deprived"),
    M.SII_SCOTPHO: (A_YEAR, "line through the fifths' standardised costs by rank of population: above 0 where the most deprived cost more"),
    M.RII_SCOTPHO: (RATIO, "sii_scotpho ÷ mean: above 0 where the most deprived cost more"),
    M.SII_PHE: (A_YEAR, "the same line, least deprived end − most deprived end: below 0 where the most deprived cost more"),
    M.RII_PHE: (RATIO, "the same line, least deprived end ÷ most deprived end: below 1 where the most deprived cost more"),
    M.PAR_SCOTPHO: (SHARE, "(mean − standardised cost of the least deprived fifth) ÷ mean"),
    M.CONCENTRATION_INDEX: (INDEX, "of cost a head by fifth, ties share the middle rank: below 0 where the most deprived cost more"),
}  # fmt: skip
"""Of each measure its unit, and how it is computed."""
IS_ASSOCIATION = "an association with where people live, no cashable saving; unmet need lowers it"
PART_OF_YEAR = "{months} months of data, rates annualised"
TOO_FEW = "cannot be told: a fifth has too few residents of some age and sex"
NOTHING = "cannot be told: there is no cost to compare"


def inequality_rows(found: Mapping[Place, Cells]) -> list[dict[str, Any]]:
    """The rows of the table: every measure for every wide area, age group and scope."""
    rows = [
        {**place._asdict(), "age_group": group.value, **told}
        for place in found
        if place.area_kind in WIDE_AREA_KINDS
        for group in AgeGroup
        for told in _measures(_fifths(found, place), found[place].months, group)
    ]
    return sorted(
        rows, key=lambda row: [row[name] for name in ("financial_year", "scope", "age_group", "area_kind", "area", "measure")]
    )


def _fifths(found: Mapping[Place, Cells], place: Place) -> list[Cells]:
    """The fifths of a wide area, the most deprived first; none where one has nobody."""
    if place.area_kind == AnalysisAreaKind.TAYSIDE:
        names = [place._replace(area_kind=AnalysisAreaKind.SIMD_QUINTILE.value, area=fifth) for fifth in FIFTHS]
    else:
        kind = AnalysisAreaKind.COUNCIL_SIMD_QUINTILE.value
        names = [place._replace(area_kind=kind, area=f"{place.area}/{fifth}") for fifth in FIFTHS]
    return [found[name] for name in names] if all(name in found for name in names) else []


def _measures(fifths: Sequence[Cells], months: int, group: AgeGroup) -> Iterator[dict[str, Any]]:
    """Every measure as it is published."""
    found, why_not = estimates(fifths, group) if fifths else ({}, TOO_FEW)
    part = [PART_OF_YEAR.format(months=months)] if months < 12 else []
    for measure, (unit, convention) in CONVENTIONS.items():
        to, e = (PENNY if unit in (POUNDS, A_YEAR) else MILLIONTH), found.get(measure)
        value = published(e.value, to) if e else None
        yield {
            "measure": measure.value, "value": value,
            "lower": published(e.lower, to) if e else None, "upper": published(e.upper, to) if e else None,
            "unit": unit, "convention": convention, "note": "; ".join([*([why_not] if value is None else []), *part, IS_ASSOCIATION]),
        }  # fmt: skip


def estimates(fifths: Sequence[Cells], group: AgeGroup) -> tuple[dict[InequalityMeasure, Estimate], str]:
    """The measures that can be told, and why the others cannot."""
    found = _by_cells(fifths, group)
    standards = [standard_of(cells, group).estimate for cells in fifths]
    known = [e for e in standards if e is not None]
    if len(known) < len(fifths):
        return found, TOO_FEW
    values = np.array([e.value for e in known])
    errors = np.array([e.standard_error for e in known], dtype=float)
    residents = np.array([cells.residents[cells.of_group(group)].sum() for cells in fifths])
    found[M.ABSOLUTE_GAP] = inequality.absolute_gap(known[0], known[-1])
    if (values <= 0).any():
        return found, NOTHING
    scotpho, phe = (
        inequality.slope_index_scotpho(values, residents, errors), inequality.slope_index_phe(values, residents, errors)
    )  # fmt: skip
    found |= {
        M.RELATIVE_GAP: inequality.relative_gap(known[0], known[-1]),
        M.SII_SCOTPHO: scotpho.slope, M.RII_SCOTPHO: scotpho.relative,
        M.SII_PHE: phe.slope, M.PAR_SCOTPHO: inequality.attributable_share(values, residents, errors),
    }  # fmt: skip
    if phe.relative.value > 0:  # else an end of the line is below 0, and has no ratio
        found[M.RII_PHE] = phe.relative
    return found, NOTHING


def _by_cells(fifths: Sequence[Cells], group: AgeGroup) -> dict[InequalityMeasure, Estimate]:
    """The measures that compare the fifths cell by cell, or as they are."""
    residents, people, cost, squared = (
        _matrix([part[cells.of_group(group)] for cells, part in zip(fifths, parts, strict=True)])
        for parts in (
            [c.residents for c in fifths], [c.people for c in fifths], [c.cost for c in fifths], [c.cost_squared for c in fifths]
        )
    )  # fmt: skip
    of_year, found = fifths[0].share_of_year, {}
    persons, variances = fifths[0].variances(residents.sum(axis=0), people.sum(axis=0), cost.sum(axis=0), squared.sum(axis=0))
    if (residents.sum(axis=0) > 0).all() and cost.sum() > 0 and not np.isnan(variances).any():
        means = cost.sum(axis=0) / residents.sum(axis=0) / of_year
        found[M.CONCENTRATION_INDEX] = inequality.concentration_index(means, persons, variances)
    numbers = _pools_of_all(residents * of_year)
    residents, people, cost, squared = (
        _matrix([pooled(part[:, fifth], numbers) for fifth in range(len(fifths))])
        for part in (residents, people, cost, squared)
    )
    persons, variances = fifths[0].variances(residents, people, cost, squared)
    if (residents > 0).all() and not np.isnan(variances).any() and cost.sum() > 0:
        years = residents * of_year
        costly = inequality.cost_of_inequality(years, cost / years, variances, persons)
        found |= {M.COST_OF_INEQUALITY: costly.cost, M.COST_OF_INEQUALITY_SHARE: costly.share}
    return found


def _matrix(columns: Sequence[Array]) -> Array:
    return np.column_stack(columns)


def _pools_of_all(person_years: Array) -> np.ndarray:
    """Pools in which every fifth has 10 person-years, so that all are compared over the same ages; the sexes are apart."""
    men, women = (pools(half.min(axis=1).tolist(), LEAST_PERSON_YEARS) for half in np.split(person_years, 2))
    return np.concatenate([men, women + men.max() + 1])
