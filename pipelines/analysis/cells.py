"""The people, residents and cost of an area by age and sex, as arrays.

Belongs here: from the rows of `sql/statistics/` to what the statistics are called on. Does not belong here: the statistics.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from pipelines.analysis.standardisation import ESP_2013
from schemas.analysis_codes import KNOWN_FIVE_YEAR_BANDS, AgeGroup
from schemas.codes import RESIDENT_SEXES

Array = NDArray[np.float64]
BANDS = tuple(KNOWN_FIVE_YEAR_BANDS)
FIRST_BAND = {AgeGroup.ALL: 0, AgeGroup.FROM_65: BANDS.index("65-69"), AgeGroup.FROM_75: BANDS.index("75-79")}
"""The first band of each age group."""
WEIGHTS = np.array([ESP_2013[band] for band in BANDS] * len(RESIDENT_SEXES), dtype=float)
"""The standard population of each cell: men's bands, then women's."""
MONTHS_OF_YEAR = 12


class Place(NamedTuple):
    """An area in a financial year, and the part of cost that is looked at."""

    financial_year: str
    scope: str
    area_kind: str
    area: str


@dataclass(frozen=True)
class Cells:
    """What an area has in each cell of age and sex: men's bands in order, then women's. Arrays of 38.

    residents, people (with cost), cost (pounds in the months), cost_squared (sum of people's squared cost). rows: what the cells are
    made of, with people whose age or sex is not known, who are in no cell; totals of money are summed from them, in decimals.
    """

    months: int
    residents: Array
    people: Array
    cost: Array
    cost_squared: Array
    rows: tuple[Mapping[str, Any], ...]

    def of_group(self, group: AgeGroup) -> NDArray[np.bool_]:
        """Which cells an age group has."""
        is_in = np.arange(len(BANDS)) >= FIRST_BAND[group]
        return np.tile(is_in, len(RESIDENT_SEXES))

    def totals(self, group: AgeGroup) -> tuple[int, int, Decimal]:
        """People with cost, residents and cost of an age group; of everybody, those of unknown age and sex too."""
        bands = set(BANDS[FIRST_BAND[group] :])
        own = [row for row in self.rows if group is AgeGroup.ALL or row["five_year_band"] in bands]
        cost = sum((row["cost"] for row in own), Decimal("0.00"))
        return sum(row["people"] for row in own), sum(row["population"] or 0 for row in own), cost

    @property
    def share_of_year(self) -> float:
        """Months that there are data of ÷ 12."""
        return self.months / MONTHS_OF_YEAR

    def variances(self, residents: Array, people: Array, cost: Array, cost_squared: Array) -> tuple[Array, Array]:
        """Of each cell the persons, and the variance of their cost a person-year; who has no cost counts as 0.

        Where more people have cost than are resident, the people are the persons. NaN where there are not two.
        """
        persons = np.maximum(residents, people)
        with np.errstate(divide="ignore", invalid="ignore"):
            spread = (cost_squared - cost**2 / persons) / (persons - 1) / self.share_of_year**2
        return persons, np.where(persons > 1, np.maximum(spread, 0.0), np.nan)


def places(rows: Iterable[Mapping[str, Any]]) -> dict[Place, Cells]:
    """The cells of each place, from the rows of `sql/statistics/cell.sql`."""
    found: dict[Place, list[Mapping[str, Any]]] = defaultdict(list)
    for row in rows:
        found[Place(row["financial_year"], row["scope"], row["area_kind"], row["area"])].append(row)
    return {place: _cells(of_place) for place, of_place in found.items()}


_POSITION = {(str(sex), str(band)): i for i, (sex, band) in enumerate((sex, band) for sex in RESIDENT_SEXES for band in BANDS)}


def _cells(rows: list[Mapping[str, Any]]) -> Cells:
    arrays = {name: np.zeros(len(WEIGHTS)) for name in ("population", "people", "cost", "cost_squared")}
    for row in rows:
        at = _POSITION.get((row["sex"], row["five_year_band"]))
        if at is not None:
            for name, array in arrays.items():
                array[at] = float(row[name] or 0)
    return Cells(rows[0]["months"], arrays["population"], arrays["people"], arrays["cost"], arrays["cost_squared"], tuple(rows))
