"""Where things lie: data zones and postcodes.

Belongs here: inside tables about areas and how many live there. Does not belong here: who they are (`people.py`).
"""

from schemas.analysis_codes import KNOWN_FIVE_YEAR_BANDS
from schemas.codes import RESIDENT_SEXES, explained
from schemas.table import Table, column, table
from schemas.types import Count, Series, Text


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


@table(
    grain="financial_year × council × locality × simd_quintile × five_year_band × sex",
    key=("financial_year", "council", "locality", "simd_quintile", "five_year_band", "sex"),
)
class Resident(Table):
    """Residents of the partners' area in bands of five years, in each financial year of the dataset."""

    financial_year: Series[Text] = column("financial year, as 2025-26", required=True)
    council: Series[Text] = column("council code", required=True)
    locality: Series[Text] = column("locality, or Unknown", required=True)
    simd_quintile: Series[Count] = column("country quintile")
    five_year_band: Series[Text] = column("age in bands of five years", required=True, codes=KNOWN_FIVE_YEAR_BANDS)
    sex: Series[Text] = column(explained(RESIDENT_SEXES), required=True, codes=RESIDENT_SEXES)
    population: Series[Count] = column("residents", required=True)
