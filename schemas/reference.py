"""The reference tables of `reference/`: dated lookups, each declared once.

Belongs here: the columns we use of each reference file. Published national files keep their own headers; columns not
declared here are ignored. Does not belong here: how they are joined (sql/core).
Source: CONTRACT section 5.
"""

from pandera.typing import Series

from schemas.table import Table, column
from schemas.types import Count, Day, Quantity, Text


class Agencies(Table):
    """Who submits and pays."""

    agency: Series[Text] = column("public name of the agency", required=True)
    name: Series[Text] = column("the agency in words", required=True)
    kind: Series[Text] = column("nhs_board or council", required=True, isin=["nhs_board", "council"])
    code: Series[Text] = column("national code, S08… or S12…", required=True)
    sending_location: Series[Text] = column("code in the national social care return")
    valid_from: Series[Day] = column("first day")
    valid_to: Series[Day] = column("last day; blank = still")


class Services(Table):
    """The integrated taxonomy: every pound belongs to exactly one row."""

    service: Series[Text] = column("public name of the service", required=True, unique=True)
    name: Series[Text] = column("the service in words", required=True)
    sector: Series[Text] = column("nhs or social_care", required=True)
    setting: Series[Text] = column("institutional or community", required=True)
    programme: Series[Text] = column("programme of care")
    unit: Series[Text] = column("what is counted", required=True)


class CostingRules(Table):
    """How each agency's service is costed."""

    agency: Series[Text] = column("agency", required=True)
    service: Series[Text] = column("service", required=True)
    method: Series[Text] = column(
        "record, rate, payments or ledger", required=True, isin=["record", "rate", "payments", "ledger"]
    )
    residual: Series[Text] = column("scale, locality or hold", required=True, isin=["scale", "locality", "hold"])
    band_low: Series[Quantity] = column("lowest scale factor that may be used")
    band_high: Series[Quantity] = column("highest scale factor that may be used")
    population_weight: Series[Text] = column("all, 65+ or 75+: whose numbers spread a residual over localities")


class CostCodeMap(Table):
    """Which service a ledger code belongs to, and when."""

    agency: Series[Text] = column("agency", required=True)
    cost_code: Series[Text] = column("code in the ledger", required=True, identifier=True)
    valid_from: Series[Day] = column("first day; blank = always")
    valid_to: Series[Day] = column("last day; blank = still")
    service: Series[Text] = column("service")
    treatment: Series[Text] = column("cost, eliminate or exclude", required=True, isin=["cost", "eliminate", "exclude"])
    reason: Series[Text] = column("why; of an elimination, what is passed: both agencies' rows say the same")
    counterpart: Series[Text] = column("of an elimination, the agency whose ledger shows it too; may be left out")


class UnitCosts(Table):
    """What one unit of a service costs in a financial year. Blank = any."""

    financial_year: Series[Text] = column("financial year, as 2025-26", required=True, str_matches=r"^\d{4}-\d{2}$")
    agency: Series[Text] = column("agency")
    service: Series[Text] = column("service", required=True)
    specialty_code: Series[Text] = column("specialty", identifier=True)
    location_code: Series[Text] = column("hospital", identifier=True)
    variant: Series[Text] = column("variant, e.g. case")
    unit_cost: Series[Quantity] = column("pounds for one unit", required=True, unit="GBP")
    price_base: Series[Text] = column("year whose prices these are")
    source: Series[Text] = column("where the figure is from")


class ExpectedFeeds(Table):
    """Which feeds each agency must send, and when."""

    agency: Series[Text] = column("agency", required=True)
    feed: Series[Text] = column("feed", required=True)
    required: Series[Text] = column("Y or N", required=True, isin=["Y", "N"])
    due_day: Series[Count] = column("day of the next month by which it is due")
    valid_from: Series[Day] = column("first day; blank = always")
    valid_to: Series[Day] = column("last day; blank = still")


class AdmissionTypes(Table):
    """National admission types in three groups."""

    admission_type_code: Series[Text] = column("national code", required=True, unique=True, identifier=True)
    admission: Series[Text] = column("elective, emergency or other", required=True, isin=["elective", "emergency", "other"])


class DataZones(Table):
    """2011 data zones of Scotland, as published."""

    DataZone: Series[Text] = column("2011 data zone", required=True, unique=True)
    CA: Series[Text] = column("council area", required=True)
    HSCP: Series[Text] = column("partnership", required=True)
    HSCPName: Series[Text] = column("partnership in words")
    HB: Series[Text] = column("health board", required=True)


class Localities(Table):
    """Localities of partnerships, as published. Some councils are missing from the national file."""

    DataZone: Series[Text] = column("2011 data zone", required=True, unique=True)
    SubHSCP: Series[Text] = column("code of the locality")
    SubHSCPName: Series[Text] = column("locality", required=True)


class Simd(Table):
    """Scottish Index of Multiple Deprivation 2020 version 2, as published."""

    DataZone: Series[Text] = column("2011 data zone", required=True, unique=True)
    SIMD2020V2Rank: Series[Count] = column("rank, 1 = most deprived", required=True)
    SIMD2020V2CountryQuintile: Series[Count] = column("fifth of Scotland, 1 = most deprived", required=True)


class PopulationEstimate(Table):
    """Residents by data zone, sex and single year of age, as published; total rows are not people."""

    Year: Series[Count] = column("mid-year", required=True)
    DataZone: Series[Text] = column("2011 data zone", required=True)
    Sex: Series[Text] = column("Male, Female (All is a total)", required=True, isin=["Male", "Female", "All"])
    Age: Series[Text] = column(
        "single year of age, 90 = 90 and over (All is a total)", required=True, str_matches=r"^(\d+|All)$"
    )
    Population: Series[Count] = column("residents", required=True)


class Postcodes(Table):
    """The national postcode directory: a postcode may live more than once."""

    Postcode: Series[Text] = column("postcode in any form", required=True)
    DateOfIntroduction: Series[Day] = column("first day of this life")
    DateOfDeletion: Series[Day] = column("last day of this life; blank = still")
    DataZone2011Code: Series[Text] = column("2011 data zone")


class CodeHistory(Table):
    """Council, board and partnership codes that changed."""

    kind: Series[Text] = column("council, health_board or partnership", required=True)
    old_code: Series[Text] = column("code before", required=True)
    new_code: Series[Text] = column("code now", required=True)
    changed_on: Series[Day] = column("day of the change", required=True)


class Corrections(Table):
    """Known errors of sources, corrected on purpose. Cells are checked when they are read (`pipelines/ingest/corrections.py`)."""

    correction: Series[Text] = column("its name, for good: letters, digits, - and _")
    agency: Series[Text] = column("whose submissions")
    feed: Series[Text] = column("of which feed")
    first_period: Series[Text] = column("first month corrected, YYYY-MM")
    last_period: Series[Text] = column("last month corrected, YYYY-MM; blank = still")
    where: Series[Text] = column("which records: column, comparison, value; several joined by and")
    action: Series[Text] = column("drop, override or scale")
    changed: Series[Text] = column("the column that override or scale changes", alias="column")
    value: Series[Text] = column("what override puts there, or the factor of scale")
    expects: Series[Text] = column("how many records of a submission it finds at least; blank = 1")
    reason: Series[Text] = column("why, for the auditor; published")
    owner: Series[Text] = column("who answers for it")
    reported_on: Series[Text] = column("the day the source was told")


class PlausibleBounds(Table):
    """Between which figures a number of a feed can be what it says, where it is not what `schemas/plausible.py` says."""

    feed: Series[Text] = column("of which feed", required=True)
    bounded: Series[Text] = column("column with a number; days for the days of a payment", required=True, alias="column")
    low: Series[Count] = column("least plausible; blank = as it is without this row")
    high: Series[Count] = column("greatest plausible; blank = as it is without this row")


class PriceIndex(Table):
    """How prices changed from year to year, for costs in real terms."""

    series: Series[Text] = column("name of the index, e.g. gdp_deflator", required=True)
    vintage: Series[Text] = column("which publication of it, e.g. 2025-10", required=True)
    year: Series[Text] = column("financial year, as 2025-26", required=True, str_matches=r"^\d{4}-\d{2}$")
    rate: Series[Quantity] = column("how much dearer than the year before: 0.025 is 2.5 per cent; blank in the first year only")


REFERENCE: dict[str, type[Table]] = {
    "agencies": Agencies,
    "services": Services,
    "costing_rules": CostingRules,
    "cost_code_map": CostCodeMap,
    "unit_costs": UnitCosts,
    "expected_feeds": ExpectedFeeds,
    "admission_types": AdmissionTypes,
    "data_zones": DataZones,
    "localities": Localities,
    "simd": Simd,
    "population": PopulationEstimate,
    "postcodes": Postcodes,
    "code_history": CodeHistory,
}
"""Every reference table by its file name without `.csv`."""
OPTIONAL: dict[str, type[Table]] = {
    "corrections": Corrections,
    "price_index": PriceIndex,
    "plausible_bounds": PlausibleBounds,
}
"""Reference tables that need not be there: absent means without rows."""
