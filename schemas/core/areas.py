"""Where things lie: data zones and postcodes.

Belongs here: inside tables about areas. Does not belong here: who lives there (`people.py`).
"""

from pandera.typing import Series

from schemas.table import Table, column, table
from schemas.types import Count, Text


@table(grain="data zone", key=("data_zone",))
class DataZoneArea(Table):
    """What each data zone belongs to."""

    data_zone: Series[Text] = column("2011 data zone", required=True)
    council: Series[Text] = column("council code", required=True)
    hscp: Series[Text] = column("partnership code", required=True)
    locality: Series[Text] = column("locality, Outside Tayside or Unknown", required=True)
    simd_quintile: Series[Count] = column("country quintile")
    council_agency: Series[Text] = column("agency whose council it is")
    board_agency: Series[Text] = column("agency whose board it is")


@table(grain="postcode", key=("postcode",))
class PostcodeZone(Table):
    """The data zone of each postcode at the period's end."""

    postcode: Series[Text] = column("normal form", required=True)
    data_zone: Series[Text] = column("2011 data zone", required=True)
