"""The refresh window: the months that a refresh covers.

Belongs here: the one row of `core/refresh`. Does not belong here: which submissions count (`pipelines/ingest/intake.py`).
"""

from pipelines.ingest.intake import Intake
from pipelines.warehouse.key import hmac_pads, key_of
from pipelines.warehouse.tables import Tables
from schemas.month import first_day, last_day


def write_window(tables: Tables) -> int:
    """Write the months of the refresh, with the pads of the pseudonym key for the HMAC that SQL computes. Returns how many rows: one."""
    work = tables.work
    inner, outer = hmac_pads(key_of(work.root))
    # A budget may come before the year it is for.
    months = [s.landed.period for s in work.read(Intake).counting if s.landed.feed != "budget"]
    row = {
        "period": work.period,
        "first_month": first_day(min(months, default=work.period)),
        "last_month": first_day(work.period),
        "period_end": last_day(work.period),
        "inner_pad": inner.hex(),
        "outer_pad": outer.hex(),
    }
    tables.write_rows("core", "refresh", [row])
    return 1
