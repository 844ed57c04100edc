"""What day it is. Belongs here: the one reading of the clock. No result of a refresh depends on it: only checks of what comes in."""

import datetime
from zoneinfo import ZoneInfo

SCOTLAND = ZoneInfo("Europe/London")


def now_in_scotland() -> datetime.date:
    """Today's date."""
    return datetime.datetime.now(SCOTLAND).date()
