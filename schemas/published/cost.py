"""The cost of care: line by line, by person and by locality.

Belongs here: tables of cost. Does not belong here: ledgers and budgets (`finance.py`).
"""

from schemas.codes import AgeBand, CostBasis, LinkMethod, Sector, Setting, Sex, Unit, either
from schemas.published.words import AGE_BAND, AGENCY, COUNCIL, FINANCIAL_YEAR, LOCALITY, MONTH, SERVICE, SEX, SIMD
from schemas.table import Table, column, table
from schemas.types import Count, Day, Money, Quantity, Rate, Series, Text
from schemas.usage_warnings import UsageWarning


@table(
    grain="source record (or residual) × month",
    key=("line_id",),
    is_small=False,
    warnings=(
        UsageWarning.LOCATED_HAVE_NO_AGE,
        UsageWarning.HELD_HAVE_NO_PLACE,
        UsageWarning.UNLINKED_MAY_BE_SOMEBODY,
        UsageWarning.UNITS_DIFFER,
        UsageWarning.NULL_IS_NOT_ZERO,
        UsageWarning.PERSON_ID_CHANGES,
        UsageWarning.FEW_PEOPLE,
    ),
)
class CostLine(Table):
    """Every pound of every agency's ledger, one row for each source record (or residual) and month."""

    line_id: Series[Text] = column("stable keyed hash of agency, feed, record key, part, service and month", required=True)
    financial_year: Series[Text] = column(FINANCIAL_YEAR, required=True)
    month: Series[Day] = column(MONTH, required=True)
    agency: Series[Text] = column(AGENCY, required=True)
    sector: Series[Text] = column(either(Sector), required=True, codes=Sector)
    service: Series[Text] = column(SERVICE, required=True)
    setting: Series[Text] = column(either(Setting), required=True, codes=Setting)
    person_id: Series[Text] = column("pseudonym of the person; NULL when no person is known")
    council: Series[Text] = column(COUNCIL, required=True)
    hscp: Series[Text] = column("health and social care partnership code (S37…), or Unknown", required=True)
    locality: Series[Text] = column(LOCALITY, required=True)
    data_zone: Series[Text] = column("2011 data zone of the person's home; NULL when unknown")
    simd_quintile: Series[Count] = column(SIMD, minimum=1, maximum=5)
    age_band: Series[Text] = column(AGE_BAND, required=True, codes=AgeBand)
    sex: Series[Text] = column(SEX, required=True, codes=Sex)
    units: Series[Quantity] = column("units of activity in the month; NULL when the line has none", unit="see column unit")
    unit: Series[Text] = column("what is counted in units (services.csv)", required=True, codes=Unit)
    cost_basis: Series[Text] = column(either(CostBasis), required=True, codes=CostBasis)
    direct_cost: Series[Money] = column("cost of the record itself in the month; NULL when it has none", unit="GBP")
    residual_cost: Series[Money] = column("share of the ledger beyond the records", required=True, unit="GBP")
    cost: Series[Money] = column("direct_cost + residual_cost; sums to the ledger", required=True, unit="GBP")
    client_contribution: Series[Money] = column("paid by the client; never netted off cost", unit="GBP")
    link_method: Series[Text] = column(either(LinkMethod), required=True, codes=LinkMethod)
    link_probability: Series[Rate] = column("posterior probability of a probabilistic link")
    specialty_code: Series[Text] = column("specialty, as on a board's record; NULL where it has none")
    location_code: Series[Text] = column("hospital or other place of care, as on a board's record; NULL where it has none")
    source_file: Series[Text] = column(
        "first 12 characters of the source file's file_hash (table submission); NULL for a residual"
    )
    source_row: Series[Count] = column("row of the source file as a spreadsheet shows it: the first row of the file is 1")
    price_base: Series[Text] = column("year whose prices the line's unit cost is in (unit_costs.csv); NULL but by rate")
    price_source: Series[Text] = column(
        "where the line's unit cost is from (column source of unit_costs.csv); NULL but by rate"
    )


@table(
    grain="person × month × agency × service",
    key=("person_id", "month", "agency", "service"),
    is_small=False,
    warnings=(
        UsageWarning.NOT_EVERY_POUND,
        UsageWarning.UNLINKED_MAY_BE_SOMEBODY,
        UsageWarning.UNITS_DIFFER,
        UsageWarning.NULL_IS_NOT_ZERO,
        UsageWarning.PERSON_ID_CHANGES,
        UsageWarning.FEW_PEOPLE,
    ),
)
class ClientMonthCost(Table):
    """Integrated cost of one person, by month, agency and service."""

    financial_year: Series[Text] = column(FINANCIAL_YEAR, required=True)
    month: Series[Day] = column(MONTH, required=True)
    person_id: Series[Text] = column("pseudonym of the person", required=True)
    agency: Series[Text] = column(AGENCY, required=True)
    sector: Series[Text] = column(either(Sector), required=True, codes=Sector)
    service: Series[Text] = column(SERVICE, required=True)
    setting: Series[Text] = column(either(Setting), required=True, codes=Setting)
    council: Series[Text] = column(COUNCIL, required=True)
    hscp: Series[Text] = column("health and social care partnership code (S37…), or Unknown", required=True)
    locality: Series[Text] = column(LOCALITY, required=True)
    data_zone: Series[Text] = column("2011 data zone of the person's home; NULL when unknown")
    simd_quintile: Series[Count] = column(SIMD, minimum=1, maximum=5)
    age_band: Series[Text] = column(AGE_BAND, required=True, codes=AgeBand)
    sex: Series[Text] = column(SEX, required=True, codes=Sex)
    units: Series[Quantity] = column("units of activity; NULL when no line has any", unit="see services.csv")
    direct_cost: Series[Money] = column("sum of direct cost; NULL when no line has any", unit="GBP")
    residual_cost: Series[Money] = column("sum of residual cost", required=True, unit="GBP")
    cost: Series[Money] = column("sum of cost", required=True, unit="GBP")
    client_contribution: Series[Money] = column("sum paid by the client; NULL when none is known", unit="GBP")
    lines: Series[Count] = column("number of cost lines", required=True, minimum=0)


@table(
    grain="council × locality × month × agency × service × age_band × sex × simd_quintile",
    key=(
        "council",
        "locality",
        "month",
        "agency",
        "service",
        "age_band",
        "sex",
        "simd_quintile",
    ),
    warnings=(
        UsageWarning.PEOPLE_DO_NOT_ADD_UP,
        UsageWarning.LOCATED_HAVE_NO_AGE,
        UsageWarning.HELD_HAVE_NO_PLACE,
        UsageWarning.POPULATION_REPEATS,
        UsageWarning.RATES_DO_NOT_ADD_UP,
        UsageWarning.UNITS_DIFFER,
        UsageWarning.NULL_IS_NOT_ZERO,
        UsageWarning.FEW_PEOPLE,
    ),
)
class LocalityMonthCost(Table):
    """Integrated cost of a locality, by month, agency, service and kind of person. Sums to all of cost_line."""

    financial_year: Series[Text] = column(FINANCIAL_YEAR, required=True)
    month: Series[Day] = column(MONTH, required=True)
    council: Series[Text] = column(COUNCIL, required=True)
    hscp: Series[Text] = column("health and social care partnership code (S37…), or Unknown", required=True)
    locality: Series[Text] = column(LOCALITY, required=True)
    agency: Series[Text] = column(AGENCY, required=True)
    sector: Series[Text] = column(either(Sector), required=True, codes=Sector)
    service: Series[Text] = column(SERVICE, required=True)
    setting: Series[Text] = column(either(Setting), required=True, codes=Setting)
    age_band: Series[Text] = column(AGE_BAND, required=True, codes=AgeBand)
    sex: Series[Text] = column(SEX, required=True, codes=Sex)
    simd_quintile: Series[Count] = column(SIMD, minimum=1, maximum=5)
    people: Series[Count] = column("distinct people with a line", required=True, minimum=0)
    units: Series[Quantity] = column("units of activity; NULL when no line has any", unit="see services.csv")
    cost: Series[Money] = column("sum of cost", required=True, unit="GBP")
    population: Series[Count] = column("residents of the cell; NULL where the cell is not a population group", minimum=0)
    cost_per_head: Series[Money] = column("cost ÷ population; NULL where population is NULL or 0", unit="GBP a head")
