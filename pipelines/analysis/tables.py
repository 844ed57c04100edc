"""The tables of analysis that are statistics, made for a refresh and computed again for whoever has a release.

Belongs here: reading what they are computed from, and writing them. Does not belong here: their rows (`standardised.py`,
`between_fifths.py`), the tables that are sums (`sql/analysis`).
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import pyarrow as pa

from pipelines.analysis.between_fifths import inequality_rows
from pipelines.analysis.cells import Cells, Place, places
from pipelines.analysis.standardised import standardised_rows
from pipelines.warehouse.tables import OF_STATISTICS, Tables
from schemas.published import PUBLISHED
from schemas.table import arrow_schema

READ = ("cell", "area_cost")
"""The SELECTs of `sql/statistics/`."""


@dataclass(frozen=True)
class Read:
    """The cells of each place, and the cost of each place in all."""

    cells: Mapping[Place, Cells]
    area_cost: Mapping[Place, Decimal]


def read_from(rows: Mapping[str, Iterable[Mapping[str, Any]]]) -> Read:
    """What the statistics are computed from, of the rows of each SELECT of `sql/statistics/`."""
    costs = {Place(r["financial_year"], r["scope"], r["area_kind"], r["area"]): r["cost"] for r in rows["area_cost"]}
    return Read(places(rows["cell"]), costs)


STATISTICS: dict[str, Callable[[Read], list[dict[str, Any]]]] = dict(
    zip(
        OF_STATISTICS,
        (lambda read: standardised_rows(read.cells, read.area_cost), lambda read: inequality_rows(read.cells)),
        strict=True,
    )
)
"""Of each table what computes its rows."""


def computed(name: str, read: Read) -> pa.Table:
    """The rows of a table, in its published shape."""
    return pa.Table.from_pylist(STATISTICS[name](read), arrow_schema(PUBLISHED[name]))


def write_statistics(tables: Tables, name: str) -> int:
    """Make a table of a refresh. Returns the row count."""
    rows = computed(name, read_from(tables.selected("statistics", READ)))
    tables.write("analysis", name, rows)
    return int(rows.num_rows)
