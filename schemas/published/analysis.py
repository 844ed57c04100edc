"""What the dataset is for: where money goes, to whom, and what inequality costs.

Belongs here: tables that are computed from the other published tables alone. Does not belong here: the formulae
(`sql/analysis`, `pipelines/analysis`).
"""

from schemas.analysis_codes import (
    WIDE_AREA_KINDS,
    AgeGroup,
    AnalysisAreaKind,
    CareGroup,
    CostCut,
    FiveYearBand,
    InequalityMeasure,
    Scope,
)
from schemas.codes import Sector, Setting, Sex, either, explained
from schemas.published.words import COUNCIL, FINANCIAL_YEAR, LOCALITY, SEX, SIMD
from schemas.table import Table, column, table
from schemas.types import Count, Flag, Measured, Money, Rate, Series, SquaredMoney, Text
from schemas.usage_warnings import UsageWarning

SCOPE = explained(Scope)
AGE_GROUP = explained(AgeGroup)
AREA_KIND = explained(AnalysisAreaKind)
AREA = "which area of its kind; cost that is in none is in Unknown or Outside Tayside"
OWN_AREA = "which area of its kind"
MONTHS = "months of the financial year that the dataset has"
PERSON_YEARS = "residents × months ÷ 12"
WITHOUT_PERSON = "share of the area's cost, of all ages, in lines with no person or no home, which is in no rate"


@table(
    grain="person × financial year",
    key=("person_id", "financial_year"),
    is_small=False,
    warnings=(
        UsageWarning.NOT_EVERY_POUND,
        UsageWarning.UNLINKED_MAY_BE_SOMEBODY,
        UsageWarning.YEAR_MAY_BE_SHORT,
        UsageWarning.NULL_IS_NOT_ZERO,
        UsageWarning.PERSON_ID_CHANGES,
        UsageWarning.FEW_PEOPLE,
    ),
)
class PersonYear(Table):
    """Each person's age band and cost of a financial year, for those with a line in it or who died in it."""

    financial_year: Series[Text] = column(FINANCIAL_YEAR, required=True)
    person_id: Series[Text] = column("pseudonym of the person", required=True)
    five_year_band: Series[Text] = column(
        f"age on 30 September of the financial year, of who is born later 0-4: {either(FiveYearBand)}",
        required=True, codes=FiveYearBand,
    )  # fmt: skip
    has_died: Series[Flag] = column("a date of death in the financial year is known", required=True)
    cost: Series[Money] = column("cost of the year; NULL when no line", unit="GBP")
    nhs_cost: Series[Money] = column("cost of the health service; NULL when no line of it", unit="GBP")
    social_care_cost: Series[Money] = column("cost of social care; NULL when no line of it", unit="GBP")
    institutional_cost: Series[Money] = column("cost of care in hospitals and care homes; NULL when no line of it", unit="GBP")
    community_cost: Series[Money] = column("cost of care at home or in the community; NULL when no line of it", unit="GBP")


@table(
    grain="financial_year × scope × council × locality × simd_quintile × five_year_band × sex × has_died",
    key=("financial_year", "scope", "council", "locality", "simd_quintile", "five_year_band", "sex", "has_died"),
    warnings=(
        UsageWarning.PEOPLE_DO_NOT_ADD_UP,
        UsageWarning.NOT_EVERY_POUND,
        UsageWarning.ROWS_OVERLAP,
        UsageWarning.YEAR_MAY_BE_SHORT,
        UsageWarning.FEW_PEOPLE,
    ),
)
class AgeProfile(Table):
    """People, residents and cost by age, sex, home and deprivation. Sums to all lines with a person."""

    financial_year: Series[Text] = column(FINANCIAL_YEAR, required=True)
    scope: Series[Text] = column(SCOPE, required=True, codes=Scope)
    council: Series[Text] = column(COUNCIL, required=True)
    locality: Series[Text] = column(LOCALITY, required=True)
    simd_quintile: Series[Count] = column(SIMD, minimum=1, maximum=5)
    five_year_band: Series[Text] = column(
        f"age on 30 September of the financial year: {either(FiveYearBand)}", required=True, codes=FiveYearBand
    )
    sex: Series[Text] = column(SEX, required=True, codes=Sex)
    has_died: Series[Flag] = column("a date of death in the financial year is known", required=True)
    months: Series[Count] = column(MONTHS, required=True, minimum=1, maximum=12)
    people: Series[Count] = column("people with a line in the scope", required=True, minimum=0)
    population: Series[Count] = column(
        "residents of the cell, all in its row where has_died is false; NULL where the cell is not a population group",
        minimum=0,
    )
    person_years: Series[Rate] = column(f"{PERSON_YEARS}; NULL where population is")
    cost: Series[Money] = column("sum of cost", required=True, unit="GBP")
    cost_squared: Series[SquaredMoney] = column("sum of people's squared cost of the year", required=True, unit="GBP²")


@table(
    grain="financial_year × scope × age_group × area_kind × area",
    key=("financial_year", "scope", "age_group", "area_kind", "area"),
    warnings=(
        UsageWarning.NOT_EVERY_POUND,
        UsageWarning.ROWS_OVERLAP,
        UsageWarning.RATES_DO_NOT_ADD_UP,
        UsageWarning.YEAR_MAY_BE_SHORT,
        UsageWarning.IS_ASSOCIATION,
        UsageWarning.FEW_PEOPLE,
    ),
)
class StandardisedCost(Table):
    """Cost per head of each area, as it is and as it would be if every area had people of the same ages and sexes."""

    financial_year: Series[Text] = column(FINANCIAL_YEAR, required=True)
    scope: Series[Text] = column(SCOPE, required=True, codes=Scope)
    age_group: Series[Text] = column(AGE_GROUP, required=True, codes=AgeGroup)
    area_kind: Series[Text] = column(AREA_KIND, required=True, codes=AnalysisAreaKind)
    area: Series[Text] = column(OWN_AREA, required=True)
    months: Series[Count] = column(MONTHS, required=True, minimum=1, maximum=12)
    people: Series[Count] = column("people with a line in the scope", required=True, minimum=0)
    population: Series[Count] = column("residents", required=True, minimum=0)
    person_years: Series[Rate] = column(PERSON_YEARS, required=True)
    cost: Series[Money] = column("cost of people with a home in the area", required=True, unit="GBP")
    share_without_person: Series[Rate] = column(f"{WITHOUT_PERSON}; NULL where the area has no cost")
    cost_per_head: Series[Money] = column("cost ÷ person_years; NULL where there are none", unit="GBP a person-year")
    standardised_cost_per_head: Series[Money] = column(
        "directly standardised to the European Standard Population 2013 by five-year band and sex; NULL where an age or sex has "
        "no resident", unit="GBP a person-year",
    )  # fmt: skip
    standard_error: Series[Money] = column("of the standardised cost per head, of sampling", unit="GBP a person-year")
    lower: Series[Money] = column("lower end of its 95 % interval", unit="GBP a person-year")
    upper: Series[Money] = column("upper end of its 95 % interval", unit="GBP a person-year")
    index: Series[Rate] = column("standardised cost per head where that of Tayside is 100")
    pooled_cells: Series[Count] = column(
        "cells of age and sex with fewer than 10 person-years, each put together with its neighbour", required=True, minimum=0
    )


@table(
    grain="financial_year × scope × age_group × area_kind × area × measure",
    key=("financial_year", "scope", "age_group", "area_kind", "area", "measure"),
    warnings=(
        UsageWarning.NOT_EVERY_POUND,
        UsageWarning.ROWS_OVERLAP,
        UsageWarning.RATES_DO_NOT_ADD_UP,
        UsageWarning.YEAR_MAY_BE_SHORT,
        UsageWarning.IS_ASSOCIATION,
    ),
)
class Inequality(Table):
    """How cost differs between the fifths of deprivation: an association with where people live, and no cashable saving."""

    financial_year: Series[Text] = column(FINANCIAL_YEAR, required=True)
    scope: Series[Text] = column(SCOPE, required=True, codes=Scope)
    age_group: Series[Text] = column(AGE_GROUP, required=True, codes=AgeGroup)
    area_kind: Series[Text] = column(explained(WIDE_AREA_KINDS), required=True, codes=WIDE_AREA_KINDS)
    area: Series[Text] = column(OWN_AREA, required=True)
    measure: Series[Text] = column(explained(InequalityMeasure), required=True, codes=InequalityMeasure)
    value: Series[Measured] = column("the measure; NULL where it cannot be told", unit="see column unit")
    lower: Series[Measured] = column("lower end of its 95 % interval, of sampling", unit="see column unit")
    upper: Series[Measured] = column("upper end of its 95 % interval, of sampling", unit="see column unit")
    unit: Series[Text] = column("GBP, GBP a person-year, share, ratio or index", required=True)
    convention: Series[Text] = column("how it is computed and which sign means what", required=True)
    note: Series[Text] = column("what it rests on, and why it cannot be told where it cannot")


@table(
    grain="financial_year × age_group × area_kind × area × setting",
    key=("financial_year", "age_group", "area_kind", "area", "setting"),
    warnings=(
        UsageWarning.LOCATED_HAVE_NO_AGE,
        UsageWarning.ROWS_OVERLAP,
        UsageWarning.RATES_DO_NOT_ADD_UP,
        UsageWarning.YEAR_MAY_BE_SHORT,
    ),
)
class BalanceOfCare(Table):
    """Care in hospitals and care homes beside care at home and in the community. Each kind of area sums to all lines."""

    financial_year: Series[Text] = column(FINANCIAL_YEAR, required=True)
    age_group: Series[Text] = column(f"{AGE_GROUP}; here by the age at each month's end", required=True, codes=AgeGroup)
    area_kind: Series[Text] = column(AREA_KIND, required=True, codes=AnalysisAreaKind)
    area: Series[Text] = column(AREA, required=True)
    setting: Series[Text] = column(either(Setting), required=True, codes=Setting)
    cost: Series[Money] = column("sum of cost of all lines, with a person or without", required=True, unit="GBP")
    share: Series[Rate] = column("of the cost of both settings; NULL where that is 0")
    cost_per_head: Series[Money] = column(
        f"cost ÷ ({PERSON_YEARS}); NULL where the area is no place to live in", unit="GBP a person-year"
    )


@table(
    grain="financial_year × scope × area_kind × area × cut",
    key=("financial_year", "scope", "area_kind", "area", "cut"),
    warnings=(
        UsageWarning.PEOPLE_DO_NOT_ADD_UP,
        UsageWarning.NOT_EVERY_POUND,
        UsageWarning.ROWS_OVERLAP,
        UsageWarning.RATES_DO_NOT_ADD_UP,
        UsageWarning.YEAR_MAY_BE_SHORT,
        UsageWarning.FEW_PEOPLE,
    ),
)
class HighCost(Table):
    """How few people much of the cost is spent on."""

    financial_year: Series[Text] = column(FINANCIAL_YEAR, required=True)
    scope: Series[Text] = column(SCOPE, required=True, codes=Scope)
    area_kind: Series[Text] = column(explained(WIDE_AREA_KINDS), required=True, codes=WIDE_AREA_KINDS)
    area: Series[Text] = column(OWN_AREA, required=True)
    cut: Series[Text] = column(explained(CostCut), required=True, codes=CostCut)
    residents: Series[Count] = column("residents of the area, with cost or without", required=True, minimum=0)
    people: Series[Count] = column("people on this side of the cut", required=True, minimum=0)
    share_of_residents: Series[Rate] = column("people ÷ residents; NULL where there are none")
    cost: Series[Money] = column("their cost", required=True, unit="GBP")
    share_of_cost: Series[Rate] = column("their cost ÷ the cost of all people with a home in the area")


@table(
    grain="financial_year × age_group × area_kind × area × group",
    key=("financial_year", "age_group", "area_kind", "area", "group"),
    warnings=(
        UsageWarning.UNLINKED_MAY_BE_SOMEBODY,
        UsageWarning.NOT_EVERY_POUND,
        UsageWarning.ROWS_OVERLAP,
        UsageWarning.YEAR_MAY_BE_SHORT,
        UsageWarning.FEW_PEOPLE,
    ),
)
class SharedCare(Table):
    """How many residents have care from health and social care both, and what it costs."""

    financial_year: Series[Text] = column(FINANCIAL_YEAR, required=True)
    age_group: Series[Text] = column(AGE_GROUP, required=True, codes=AgeGroup)
    area_kind: Series[Text] = column(AREA_KIND, required=True, codes=AnalysisAreaKind)
    area: Series[Text] = column(OWN_AREA, required=True)
    group: Series[Text] = column(explained(CareGroup), required=True, codes=CareGroup)
    people: Series[Count] = column("people; of neither, residents less the others, NULL where those are more than residents")
    cost: Series[Money] = column("sum of their cost", required=True, unit="GBP")


@table(
    grain="financial_year of death × age_group × area_kind × area × sector × setting",
    key=("financial_year", "age_group", "area_kind", "area", "sector", "setting"),
    warnings=(
        UsageWarning.PEOPLE_DO_NOT_ADD_UP,
        UsageWarning.NOT_EVERY_POUND,
        UsageWarning.ROWS_OVERLAP,
        UsageWarning.RATES_DO_NOT_ADD_UP,
        UsageWarning.FEW_PEOPLE,
    ),
)
class LastYearOfLife(Table):
    """What the last twelve months of life cost, of people for whom the dataset has them all."""

    financial_year: Series[Text] = column("financial year of death, April to March, as 2025-26", required=True)
    age_group: Series[Text] = column(AGE_GROUP, required=True, codes=AgeGroup)
    area_kind: Series[Text] = column(AREA_KIND, required=True, codes=AnalysisAreaKind)
    area: Series[Text] = column(OWN_AREA, required=True)
    sector: Series[Text] = column(either(Sector), required=True, codes=Sector)
    setting: Series[Text] = column(either(Setting), required=True, codes=Setting)
    people: Series[Count] = column("people who died, with this care or without", required=True, minimum=0)
    cost: Series[Money] = column("their cost in the month of death and the eleven months before", required=True, unit="GBP")
    cost_per_person: Series[Money] = column("cost ÷ people", required=True, unit="GBP a person")
