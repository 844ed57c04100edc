"""What inequality truly costs in a made world: the measures of a release, of what every record truly cost.

Belongs here: `truth/inequality.csv`, for worlds within a financial year. Does not belong here: the formulae (`pipelines/analysis`).
The ledger's overhead, links, quarantine and what is on nobody are not in it: a release comes near it, and is no copy of it.
"""

import csv
from decimal import Decimal
from pathlib import Path

import numpy as np

from pipelines.analysis.between_fifths import estimates
from pipelines.analysis.cells import BANDS, Cells
from pipelines.analysis.high_cost import people_for_share
from pipelines.analysis.standardised import standard_of
from pipelines.synth.activity import World
from pipelines.synth.draws import Floats, Ints, Month
from pipelines.synth.people import MALE
from schemas.analysis_codes import AgeGroup

FIFTHS = 5
_SEXES = 2


def write_inequality(truth: Path, world: World, pence: Ints) -> None:
    """Write every measure, by age group. pence: the true cost of each person in the world's months."""
    if len({month.financial_year for month in world.months}) > 1:
        return  # rates are of a financial year
    fifths = [_cells(world, pence, fifth) for fifth in range(1, FIFTHS + 1)]
    with (truth / "inequality.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(["age_group", "measure", "value"])
        for group in AgeGroup:
            found, _ = estimates(fifths, group)
            writer.writerows([group.value, measure.value, f"{estimate.value:.6f}"] for measure, estimate in found.items())
            for number, cells in enumerate(fifths, 1):
                if (standard := standard_of(cells, group).estimate) is not None:
                    writer.writerow([group.value, f"standardised_cost_of_fifth_{number}", f"{standard.value:.2f}"])
        half = people_for_share([Decimal(int(p)) / 100 for p in pence if p], Decimal("0.5"))
        if half is not None:
            writer.writerow(
                [AgeGroup.ALL.value, "share_of_residents_with_half_of_cost", f"{half.people / world.people.count:.6f}"]
            )


def _cells(world: World, pence: Ints, fifth: int) -> Cells:
    """The residents of a fifth of deprivation and their cost, by age on 30 September of the financial year and sex."""
    last_of_september = Month(world.months[0].financial_year, 10).start - 1
    band = np.clip(world.people.age(last_of_september) // 5, 0, len(BANDS) - 1)
    own = world.people.quintile == fifth
    cell = ((world.people.sex - MALE) * len(BANDS) + band)[own]
    pounds = pence[own] / 100
    return Cells(
        months=len(world.months), residents=_summed(cell, np.ones(len(cell))), people=_summed(cell, pounds != 0),
        cost=_summed(cell, pounds), cost_squared=_summed(cell, pounds**2), rows=(),
    )  # fmt: skip


def _summed(cell: Ints, values: Floats) -> Floats:
    """The sums of values by cell."""
    return np.asarray(np.bincount(cell, weights=values, minlength=_SEXES * len(BANDS)), dtype=float)
