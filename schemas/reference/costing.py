"""Our own tables of costing: the services, how each is costed, ledger codes, unit costs and prices.

Belongs here: tables that decide pounds. Does not belong here: who submits (`agencies.py`).
"""

from decimal import Decimal

from schemas.codes import DECLARED_METHODS, DECLARED_RESIDUALS, LedgerTreatment, PopulationWeight, Sector, Setting, Unit, either
from schemas.reference.words import FINANCIAL_YEAR, YEAR_WORDS
from schemas.table import Table, column
from schemas.types import Day, Quantity, Series, Text

LEAST_PRICE_CHANGE, GREATEST_PRICE_CHANGE = Decimal("-0.2"), Decimal("0.5")


class Services(Table):
    """The integrated taxonomy: every pound belongs to exactly one row."""

    service: Series[Text] = column("public name of the service", required=True, unique=True)
    name: Series[Text] = column("the service in words", required=True)
    sector: Series[Text] = column(either(Sector), required=True, codes=Sector)
    setting: Series[Text] = column(either(Setting), required=True, codes=Setting)
    programme: Series[Text] = column("programme of care")
    unit: Series[Text] = column("what is counted", required=True, codes=Unit)


class CostingRules(Table):
    """How each agency's service is costed."""

    agency: Series[Text] = column("agency", required=True, names="agency")
    service: Series[Text] = column("service", required=True, names="service")
    method: Series[Text] = column(either(DECLARED_METHODS), required=True, codes=DECLARED_METHODS)
    residual: Series[Text] = column(either(DECLARED_RESIDUALS), required=True, codes=DECLARED_RESIDUALS)
    band_low: Series[Quantity] = column("lowest scale factor that may be used", minimum=0)
    band_high: Series[Quantity] = column("highest scale factor that may be used", minimum=0)
    population_weight: Series[Text] = column(
        f"{either(PopulationWeight)}: whose numbers spread a residual over localities", codes=PopulationWeight
    )


class CostCodeMap(Table):
    """Which service a ledger code belongs to, and when."""

    agency: Series[Text] = column("agency", required=True, names="agency")
    cost_code: Series[Text] = column("code in the ledger", required=True, identifier=True)
    valid_from: Series[Day] = column("first day; blank = always")
    valid_to: Series[Day] = column("last day; blank = still")
    service: Series[Text] = column("service", names="service")
    treatment: Series[Text] = column(either(LedgerTreatment), required=True, codes=LedgerTreatment)
    reason: Series[Text] = column("why; of an elimination, what is passed: both agencies' rows say the same")
    counterpart: Series[Text] = column(
        "of an elimination, the agency whose ledger shows it too; may be left out", names="agency"
    )


class UnitCosts(Table):
    """What one unit of a service costs in a financial year. Blank = any."""

    financial_year: Series[Text] = column(YEAR_WORDS, required=True, pattern=FINANCIAL_YEAR)
    agency: Series[Text] = column("agency", names="agency")
    service: Series[Text] = column("service", required=True, names="service")
    specialty_code: Series[Text] = column("specialty", identifier=True)
    location_code: Series[Text] = column("hospital", identifier=True)
    variant: Series[Text] = column("variant, e.g. case")
    unit_cost: Series[Quantity] = column("pounds for one unit", required=True, unit="GBP", minimum=0)
    price_base: Series[Text] = column("year whose prices these are")
    source: Series[Text] = column("where the figure is from")


class PriceIndex(Table):
    """How prices changed from year to year, for costs in real terms."""

    series: Series[Text] = column("name of the index, e.g. gdp_deflator", required=True)
    vintage: Series[Text] = column("which publication of it, e.g. 2025-10", required=True)
    year: Series[Text] = column(YEAR_WORDS, required=True, pattern=FINANCIAL_YEAR)
    rate: Series[Quantity] = column(
        "how much dearer than the year before: 0.025 is 2.5 per cent; blank in the first year only",
        minimum=LEAST_PRICE_CHANGE,
        maximum=GREATEST_PRICE_CHANGE,
    )
