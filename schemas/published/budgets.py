"""Cost beside budget, and the factors between the prices of different years.

Belongs here: tables for plans and comparisons of pounds. Does not belong here: ledgers (`finance.py`).
"""

from schemas.published.words import AGENCY, COUNCIL, FINANCIAL_YEAR, LOCALITY, MONTH, SERVICE
from schemas.table import Table, column, table
from schemas.types import Day, Factor, Money, Series, Text
from schemas.usage_warnings import UsageWarning


@table(
    grain="agency × service × month",
    key=("agency", "service", "month"),
    warnings=(
        UsageWarning.TO_DATE_OVERLAPS,
        UsageWarning.NULL_IS_NOT_ZERO,
    ),
)
class BudgetVariance(Table):
    """Cost beside budget, month and year to date, for every agency that sent a budget; empty where none did."""

    financial_year: Series[Text] = column(FINANCIAL_YEAR, required=True)
    month: Series[Day] = column(MONTH, required=True)
    agency: Series[Text] = column(AGENCY, required=True)
    service: Series[Text] = column(SERVICE, required=True)
    budget: Series[Money] = column("budget of the month; NULL when there is none", unit="GBP")
    cost: Series[Money] = column("published cost of the month; NULL when the agency has no ledger for it", unit="GBP")
    variance: Series[Money] = column("cost − budget: over budget is positive; NULL when either is", unit="GBP")
    budget_to_date: Series[Money] = column("sum of budget from April to the month", unit="GBP")
    cost_to_date: Series[Money] = column("sum of cost from April to the month (of the dataset's months)", unit="GBP")
    variance_to_date: Series[Money] = column("cost_to_date − budget_to_date", unit="GBP")
    budget_year: Series[Money] = column("budget of the whole financial year, months to come included", unit="GBP")


@table(
    grain="council × locality × agency × service × month",
    key=("council", "locality", "agency", "service", "month"),
    warnings=(UsageWarning.NULL_IS_NOT_ZERO,),
)
class LocalityBudget(Table):
    """Cost of each place's residents beside the budget that was given for the place. A budget is never divided by us."""

    financial_year: Series[Text] = column(FINANCIAL_YEAR, required=True)
    month: Series[Day] = column(MONTH, required=True)
    council: Series[Text] = column(f"{COUNCIL}; Not divided for a budget that is for no one council", required=True)
    locality: Series[Text] = column(f"{LOCALITY}; Not divided for a budget that is for no one locality", required=True)
    agency: Series[Text] = column(AGENCY, required=True)
    service: Series[Text] = column(SERVICE, required=True)
    cost: Series[Money] = column("cost of the place's residents; NULL where not divided", unit="GBP")
    budget: Series[Money] = column("budget given for the place; NULL when none was", unit="GBP")
    variance: Series[Money] = column("cost − budget; NULL when either is", unit="GBP")


@table(
    grain="council × agency × service × month",
    key=("council", "agency", "service", "month"),
    warnings=(UsageWarning.NULL_IS_NOT_ZERO,),
)
class PartnershipBudget(Table):
    """Cost of each partnership's residents beside the budget that is for it: a council's own, a board's where it says so."""

    financial_year: Series[Text] = column(FINANCIAL_YEAR, required=True)
    month: Series[Day] = column(MONTH, required=True)
    council: Series[Text] = column(f"{COUNCIL}; Not divided for a budget that is for no one council", required=True)
    agency: Series[Text] = column(AGENCY, required=True)
    service: Series[Text] = column(SERVICE, required=True)
    cost: Series[Money] = column("cost of the partnership's residents; NULL where not divided", unit="GBP")
    budget: Series[Money] = column("budget for the partnership; NULL when none is", unit="GBP")
    variance: Series[Money] = column("cost − budget; NULL when either is", unit="GBP")


@table(
    grain="series × vintage × financial year × price year",
    key=("series", "vintage", "financial_year", "price_year"),
    warnings=(UsageWarning.SEVERAL_SERIES,),
)
class PriceIndex(Table):
    """By what a cost is multiplied to be in another year's prices, by each series and vintage of price_index.csv."""

    financial_year: Series[Text] = column("the year of the cost, as 2025-26", required=True)
    series: Series[Text] = column("name of the index", required=True)
    vintage: Series[Text] = column("which publication of it", required=True)
    price_year: Series[Text] = column("the year whose prices are asked for, as 2025-26", required=True)
    factor: Series[Factor] = column("cost × factor = cost in the prices of price_year", required=True, minimum=0)
