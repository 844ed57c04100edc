"""The reference tables of `reference/`: dated lookups, each declared once.

Belongs here: the columns we use of each reference file, and of our own tables every closed list, format and bound. Published
national files keep their own headers; columns not declared here are ignored. Does not belong here: how they are joined
(sql/core), what crosses tables (`pipelines/ingest/reference_checks.py`).
Source: CONTRACT section 5.
"""

from dataclasses import dataclass
from decimal import Decimal

from pandera.typing import Series

from schemas.table import Table, column
from schemas.types import Count, Day, Quantity, Text

TABLE_ROW = "table_row"
"""The last column of every typed reference table: its row as a spreadsheet shows it."""
FINANCIAL_YEAR = "^(" + "|".join(rf"\d\d{year:02d}-{(year + 1) % 100:02d}" for year in range(100)) + ")$"
"""Two years that follow one another: what a spreadsheet makes of 2025-26 when it is dragged down, 2025-27, is none."""
YEAR_WORDS = "financial year, as 2025-26: the second year is the one after the first"
NATIONAL_CODE = r"^S\d{8}$"
LAST_DUE_DAY = 31
LEAST_PRICE_CHANGE, GREATEST_PRICE_CHANGE = Decimal("-0.2"), Decimal("0.5")


class Agencies(Table):
    """Who submits and pays."""

    agency: Series[Text] = column("public name of the agency", required=True)
    name: Series[Text] = column("the agency in words", required=True)
    kind: Series[Text] = column("nhs_board or council", required=True, isin=["nhs_board", "council"])
    code: Series[Text] = column(
        "national code: S08 of a health board, S12 of a council, and six digits", required=True, str_matches=NATIONAL_CODE
    )
    sending_location: Series[Text] = column("code in the national social care return")
    valid_from: Series[Day] = column("first day")
    valid_to: Series[Day] = column("last day; blank = still")


class Services(Table):
    """The integrated taxonomy: every pound belongs to exactly one row."""

    service: Series[Text] = column("public name of the service", required=True, unique=True)
    name: Series[Text] = column("the service in words", required=True)
    sector: Series[Text] = column("nhs or social_care", required=True, isin=["nhs", "social_care"])
    setting: Series[Text] = column("institutional or community", required=True, isin=["institutional", "community"])
    programme: Series[Text] = column("programme of care")
    unit: Series[Text] = column(
        "what is counted",
        required=True,
        isin=["bed_day", "attendance", "contact", "item", "hour", "day", "week", "payment", "none"],
    )


class CostingRules(Table):
    """How each agency's service is costed."""

    agency: Series[Text] = column("agency", required=True, names="agency")
    service: Series[Text] = column("service", required=True, names="service")
    method: Series[Text] = column(
        "record, rate, payments or ledger", required=True, isin=["record", "rate", "payments", "ledger"]
    )
    residual: Series[Text] = column("scale, locality or hold", required=True, isin=["scale", "locality", "hold"])
    band_low: Series[Quantity] = column("lowest scale factor that may be used", ge=0)
    band_high: Series[Quantity] = column("highest scale factor that may be used", ge=0)
    population_weight: Series[Text] = column(
        "all, 65+ or 75+: whose numbers spread a residual over localities", isin=["all", "65+", "75+"]
    )


class CostCodeMap(Table):
    """Which service a ledger code belongs to, and when."""

    agency: Series[Text] = column("agency", required=True, names="agency")
    cost_code: Series[Text] = column("code in the ledger", required=True, identifier=True)
    valid_from: Series[Day] = column("first day; blank = always")
    valid_to: Series[Day] = column("last day; blank = still")
    service: Series[Text] = column("service", names="service")
    treatment: Series[Text] = column("cost, eliminate or exclude", required=True, isin=["cost", "eliminate", "exclude"])
    reason: Series[Text] = column("why; of an elimination, what is passed: both agencies' rows say the same")
    counterpart: Series[Text] = column(
        "of an elimination, the agency whose ledger shows it too; may be left out", names="agency"
    )


class UnitCosts(Table):
    """What one unit of a service costs in a financial year. Blank = any."""

    financial_year: Series[Text] = column(YEAR_WORDS, required=True, str_matches=FINANCIAL_YEAR)
    agency: Series[Text] = column("agency", names="agency")
    service: Series[Text] = column("service", required=True, names="service")
    specialty_code: Series[Text] = column("specialty", identifier=True)
    location_code: Series[Text] = column("hospital", identifier=True)
    variant: Series[Text] = column("variant, e.g. case")
    unit_cost: Series[Quantity] = column("pounds for one unit", required=True, unit="GBP", ge=0)
    price_base: Series[Text] = column("year whose prices these are")
    source: Series[Text] = column("where the figure is from")


class ExpectedFeeds(Table):
    """Which feeds each agency must send, and when."""

    agency: Series[Text] = column("agency", required=True, names="agency")
    feed: Series[Text] = column("feed", required=True, names="feed")
    required: Series[Text] = column("Y or N", required=True, isin=["Y", "N"])
    due_day: Series[Count] = column(
        "day of the next month by which it is due", in_range={"min_value": 1, "max_value": LAST_DUE_DAY}
    )
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

    kind: Series[Text] = column(
        "council, health_board or partnership", required=True, isin=["council", "health_board", "board", "partnership"]
    )
    old_code: Series[Text] = column("code before, as S12000024", required=True, str_matches=NATIONAL_CODE)
    new_code: Series[Text] = column("code now, as S12000048", required=True, str_matches=NATIONAL_CODE)
    changed_on: Series[Day] = column("day of the change", required=True)


class Corrections(Table):
    """Known errors of sources, corrected on purpose. Cells are checked when they are read (`pipelines/ingest/validating/corrections.py`)."""

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

    feed: Series[Text] = column("of which feed", required=True, names="feed")
    bounded: Series[Text] = column("column with a number; days for the days of a payment", required=True, alias="column")
    low: Series[Count] = column("least plausible; blank = as it is without this row")
    high: Series[Count] = column("greatest plausible; blank = as it is without this row")


class PriceIndex(Table):
    """How prices changed from year to year, for costs in real terms."""

    series: Series[Text] = column("name of the index, e.g. gdp_deflator", required=True)
    vintage: Series[Text] = column("which publication of it, e.g. 2025-10", required=True)
    year: Series[Text] = column(YEAR_WORDS, required=True, str_matches=FINANCIAL_YEAR)
    rate: Series[Quantity] = column(
        "how much dearer than the year before: 0.025 is 2.5 per cent; blank in the first year only",
        in_range={"min_value": LEAST_PRICE_CHANGE, "max_value": GREATEST_PRICE_CHANGE},
    )


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


@dataclass(frozen=True)
class RowRule:
    """What a field must be beside the others of its row.

    wrong: the condition, in SQL, of a row that is not so. beside: the other column, whose value is said too.
    """

    column: str
    wrong: str
    expected: str
    beside: str = ""


_DATES = RowRule("valid_to", "valid_to < valid_from", "that day or a later one", beside="valid_from")
_CODE_OF_KIND = (
    "CASE WHEN kind = 'council' THEN 'S12' WHEN kind = 'partnership' THEN 'S37'"
    " WHEN kind IN ('nhs_board', 'health_board', 'board') THEN 'S08' END"
)

ROW_RULES: dict[type[Table], tuple[RowRule, ...]] = {
    Agencies: (
        _DATES,
        RowRule("code", f"NOT starts_with(code, {_CODE_OF_KIND})", "S08… of a nhs_board, S12… of a council", beside="kind"),
    ),
    CostingRules: (
        RowRule("band_high", "band_high < band_low", "no less than that", beside="band_low"),
        RowRule(
            "population_weight",
            "residual = 'locality' AND population_weight IS NULL",
            "one of all, 65+, 75+",
            beside="residual",
        ),
    ),
    CostCodeMap: (
        _DATES,
        RowRule("service", "treatment = 'cost' AND service IS NULL", "a service", beside="treatment"),
        RowRule(
            "counterpart", "counterpart IS NOT NULL AND treatment <> 'eliminate'", "none but of eliminate", beside="treatment"
        ),
        RowRule("counterpart", "counterpart = agency", "another agency", beside="agency"),
    ),
    UnitCosts: (
        # It may be in words, but a year that is none was meant to be one.
        RowRule(
            "price_base",
            rf"regexp_matches(price_base, '^\d{{4}}-\d{{2}}$') AND NOT regexp_matches(price_base, '{FINANCIAL_YEAR}')",
            YEAR_WORDS,
        ),
    ),
    ExpectedFeeds: (_DATES,),
    CodeHistory: tuple(
        RowRule(
            name,
            f"NOT starts_with({name}, {_CODE_OF_KIND})",
            "S12… of a council, S08… of a health_board, S37… of a partnership",
            beside="kind",
        )
        for name in ("old_code", "new_code")
    ),
    PlausibleBounds: (RowRule("high", "high < low", "no less than that", beside="low"),),
}
"""What holds within a row of a table, for those that have such rules."""
