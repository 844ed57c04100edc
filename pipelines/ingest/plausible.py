"""The plausible bounds of this data root: those of the schemas, with what `reference/plausible_bounds.csv` says otherwise.

Belongs here: reading and checking that table. Does not belong here: the bounds themselves (`schemas/plausible.py`), what
becomes of a record beyond them (`typed.py`, `schemas/rules.py`).
"""

from pathlib import Path

import pyarrow.parquet as pq

from pipelines.engine.errors import IrfError
from schemas.feeds import FEEDS
from schemas.plausible import DAYS, LARGEST_QUANTITY, PLAUSIBLE, Bounds, largest
from schemas.table import columns


def read_bounds(file: Path) -> dict[str, Bounds]:
    """The bounds of every feed, with the rows of the typed table in place of the defaults.

    Raises IrfError naming the row, counted with the header as a spreadsheet does, that names no such column or no bounds.
    """
    found = {feed: dict(bounds) for feed, bounds in PLAUSIBLE.items()}
    for number, row in enumerate(pq.read_table(file).to_pylist(), start=2):
        feed, name, low, high = row["feed"], row["column"], row["low"], row["high"]
        where = f"reference/plausible_bounds.csv: row {number}"
        if name not in found.get(feed, {}):
            known = f"; {feed} has {', '.join(found[feed])}" if feed in found else ""
            raise IrfError(f"{where}: no such feed and column with bounds: {feed}, {name}{known}")
        least, greatest = (found[feed][name][0] if low is None else low), (found[feed][name][1] if high is None else high)
        if least > greatest:
            raise IrfError(f"{where}: low {least:,} is above high {greatest:,}")
        limit = _limit(feed, name)
        if least < -limit or greatest > limit:
            raise IrfError(f"{where}: no bound of {feed}, {name} can lie further from nought than {limit:,}")
        found[feed][name] = (least, greatest)
    return found


def _limit(feed: str, name: str) -> int:
    return LARGEST_QUANTITY if name == DAYS else next(largest(c) for c in columns(FEEDS[feed].model) if c.name == name)
