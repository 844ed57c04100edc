"""The lookups that a reader of the other tables needs: populations, services, areas and data zones.

Belongs here: reference tables in their published form. Does not belong here: the reference files (`schemas/reference`).
"""

from schemas.codes import KNOWN_AGE_BANDS, RESIDENT_SEXES, AreaKind, Sector, Setting, Unit, either, explained
from schemas.published.words import SIMD
from schemas.table import Table, column, table
from schemas.types import Count, Day, Series, Text
from schemas.usage_warnings import UsageWarning


@table(
    grain="data zone × sex × age_band × year",
    key=("data_zone", "sex", "age_band", "year"),
    warnings=(UsageWarning.SEVERAL_ESTIMATES,),
)
class Population(Table):
    """Residents, for rates: the published estimate in the bands of this dataset."""

    data_zone: Series[Text] = column("2011 data zone", required=True)
    council: Series[Text] = column("council area code (S12…)", required=True)
    locality: Series[Text] = column("declared locality name, or Unknown", required=True)
    simd_quintile: Series[Count] = column(SIMD, minimum=1, maximum=5)
    sex: Series[Text] = column(explained(RESIDENT_SEXES), required=True, codes=RESIDENT_SEXES)
    age_band: Series[Text] = column(either(KNOWN_AGE_BANDS), required=True, codes=KNOWN_AGE_BANDS)
    year: Series[Count] = column("mid-year of the estimate", required=True)
    population: Series[Count] = column("residents", required=True, minimum=0)


@table(grain="service", key=("service",))
class Service(Table):
    """The taxonomy of services, with names."""

    service: Series[Text] = column("public name of the service", required=True)
    name: Series[Text] = column("the service in words", required=True)
    sector: Series[Text] = column(f"{either(Sector)}; NULL for unmapped, which is of the sector that pays", codes=Sector)
    setting: Series[Text] = column(either(Setting), required=True, codes=Setting)
    programme: Series[Text] = column("programme of care")
    unit: Series[Text] = column("what is counted", required=True, codes=Unit)


@table(grain="kind × code × name × first day", key=())
class Area(Table):
    """Codes, names and dates of the partners' councils, partnerships and localities."""

    kind: Series[Text] = column(either(AreaKind), required=True, codes=AreaKind)
    code: Series[Text] = column("national code; NULL for a locality without one")
    name: Series[Text] = column("the area in words, as other tables have it; NULL where the published list has no name")
    council: Series[Text] = column("code of the council that it lies in", required=True)
    valid_from: Series[Day] = column("first day of the code; NULL when not known")
    valid_to: Series[Day] = column("last day of the code; NULL when it still holds")


@table(grain="data zone", key=("data_zone",))
class DataZone(Table):
    """What each data zone of Scotland belongs to."""

    data_zone: Series[Text] = column("2011 data zone", required=True)
    council: Series[Text] = column("council area code (S12…)", required=True)
    hscp: Series[Text] = column("health and social care partnership code (S37…)", required=True)
    locality: Series[Text] = column("declared locality name, Outside Tayside or Unknown", required=True)
    simd_quintile: Series[Count] = column(SIMD, minimum=1, maximum=5)
