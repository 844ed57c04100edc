"""Plausible bounds: between which figures an amount, a quantity or a number of days can be what it says.

Belongs here: the bounds that hold unless `reference/plausible_bounds.csv` says otherwise. Does not belong here: what becomes
of a record beyond them (the rules `<column>.out_of_bounds`), less than certain signs of error (other rules of `schemas/rules`).
They are far above what is ever true, and below 101,000,000, the least that a CHI number is when it is read as a number.
"""

import pyarrow as pa

from schemas.feeds import FEEDS
from schemas.table import Column, columns

Bounds = dict[str, tuple[int, int]]
"""Column of a feed, or `DAYS`, to the least and the greatest that is plausible."""

DAYS = "days"
"""The days a payment is for, first and last counted; no column of its own."""
LARGEST_POUNDS, LARGEST_QUANTITY = 10_000_000_000, 100_000_000
"""No bound lies further from nought: beyond these a correction or a sum could leave its type. Texts beyond are not read."""
POUNDS_SCALE = 2
_LEDGER = 100_000_000
_RECORD_POUNDS = 10_000_000
_MONTH_POUNDS = 1_000_000
_WEEK_POUNDS = 100_000
_MONTH_HOURS = 10_000
_ITEMS = 1_000_000
_MINUTES = 100_000
_PAYMENT_DAYS = 366
_GREATEST = {
    ("ledger", "amount"): _LEDGER,
    ("budget", "amount"): _LEDGER,
    ("prescribing", "paid_items"): _ITEMS,
    ("home_care", "hours"): _MONTH_HOURS,
    ("home_care", "gross_cost"): _MONTH_POUNDS,
    ("self_directed_support", "gross_amount"): _MONTH_POUNDS,
    ("self_directed_support", "client_contribution"): _MONTH_POUNDS,
    ("care_home", "gross_weekly_cost"): _WEEK_POUNDS,
    ("care_home", "client_weekly_contribution"): _WEEK_POUNDS,
    ("community_nursing", "duration_minutes"): _MINUTES,
    ("community_mental_health", "duration_minutes"): _MINUTES,
}
"""What is not here is pounds of a record."""


def plausible(feed: str) -> Bounds:
    """The bounds of a feed that hold where nothing else is said."""
    found = {}
    for c in columns(FEEDS[feed].model):
        if pa.types.is_decimal(c.arrow_type):
            greatest = _GREATEST.get((feed, c.name), _RECORD_POUNDS)
            found[c.name] = (-greatest, greatest)
    return found | ({DAYS: (1, _PAYMENT_DAYS)} if feed == "payments" else {})


def largest(column: Column) -> int:
    """How far from nought a number of a column may be at all."""
    return LARGEST_POUNDS if column.arrow_type.scale == POUNDS_SCALE else LARGEST_QUANTITY


PLAUSIBLE: dict[str, Bounds] = {feed: plausible(feed) for feed in FEEDS}
"""The bounds of every feed."""
