"""What time it is.

Belongs here: today and now, for checks of what comes in and the log of what was published when. Does not belong here: anything that
a result of a refresh depends on.
"""

import datetime
from zoneinfo import ZoneInfo

SCOTLAND = ZoneInfo("Europe/London")


def today_in_scotland() -> datetime.date:
    """Today's date, as it is in Scotland."""
    return datetime.datetime.now(SCOTLAND).date()


def now_in_utc() -> datetime.datetime:
    """This moment, to the second."""
    return datetime.datetime.now(datetime.UTC).replace(microsecond=0)
