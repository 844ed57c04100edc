"""What time it is. Belongs here: the one reading of the clock. No result of a refresh depends on it: only checks of what comes in,
and the log of what was published when.
"""

import datetime
from zoneinfo import ZoneInfo

SCOTLAND = ZoneInfo("Europe/London")


def now_in_scotland() -> datetime.date:
    """Today's date."""
    return datetime.datetime.now(SCOTLAND).date()


def now_in_utc() -> datetime.datetime:
    """This moment, to the second."""
    return datetime.datetime.now(datetime.UTC).replace(microsecond=0)
