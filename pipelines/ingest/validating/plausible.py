"""The plausible bounds of this data root: those of the schemas, with what `reference/plausible_bounds.csv` says otherwise.

Belongs here: reading and checking that table. Does not belong here: the bounds themselves (`schemas/plausible.py`), what
becomes of a record beyond them (`parse.py`, `schemas/rules`).
"""

from pathlib import Path

from pipelines.engine.errors import IrfError
from pipelines.engine.parquet import read_tables
from pipelines.ingest.cell_words import unlisted
from schemas.feeds import FEEDS
from schemas.plausible import DAYS, LARGEST_QUANTITY, PLAUSIBLE, Bounds, largest
from schemas.reference import TABLE_ROW
from schemas.table import columns


def read_bounds(file: Path) -> dict[str, Bounds]:
    """The bounds of every feed, with the rows of the typed table in place of the defaults.

    Raises IrfError naming the row, as a spreadsheet shows it, that names no such column or no bounds.
    """
    found = {feed: dict(bounds) for feed, bounds in PLAUSIBLE.items()}
    for row in read_tables([file]).to_pylist():
        feed, name, low, high = row["feed"], row["column"], row["low"], row["high"]
        where = f"reference/plausible_bounds.csv: row {row[TABLE_ROW]}"
        if feed not in found:
            raise IrfError(f"{where}, column feed: no such feed: {unlisted(feed, sorted(found))}")
        if not found[feed]:
            raise IrfError(f"{where}, column feed: {feed} has no number with bounds")
        if name not in found[feed]:
            raise IrfError(f"{where}, column column: {feed} has no such number with bounds: {unlisted(name, found[feed])}")
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
