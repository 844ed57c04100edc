"""The published tables of a release: what analysts and auditors may rely on.

Belongs here: every table of `releases/<version>/`, its grain, columns, units and meaning, a module a subject; `PUBLISHED`
names them all. Does not belong here: inside tables (`schemas/core`); anything identifying.
"""

from schemas.published.analysis import (
    AgeProfile,
    BalanceOfCare,
    HighCost,
    Inequality,
    LastYearOfLife,
    PersonYear,
    SharedCare,
    StandardisedCost,
)
from schemas.published.budgets import BudgetVariance, LocalityBudget, PartnershipBudget, PriceIndex
from schemas.published.cost import ClientMonthCost, CostLine, LocalityMonthCost
from schemas.published.finance import Bridge, BridgeToDate, ControlTotal, Elimination, LedgerLine, UnmappedCostCode
from schemas.published.lookups import Area, DataZone, Population, Service
from schemas.published.people import LinkQuality, Person, PersonHistory
from schemas.published.submissions import RuleResult, Submission
from schemas.table import Table

__all__ = ["PUBLISHED", "YEAR", "Bridge", "CostLine", "LedgerLine"]

YEAR = "financial_year"
"""A table that has this column is one file a financial year; any other is one file."""

PUBLISHED: dict[str, type[Table]] = {
    "cost_line": CostLine,
    "client_month_cost": ClientMonthCost,
    "locality_month_cost": LocalityMonthCost,
    "person": Person,
    "person_history": PersonHistory,
    "control_total": ControlTotal,
    "bridge": Bridge,
    "bridge_to_date": BridgeToDate,
    "ledger_line": LedgerLine,
    "elimination": Elimination,
    "budget_variance": BudgetVariance,
    "locality_budget": LocalityBudget,
    "partnership_budget": PartnershipBudget,
    "price_index": PriceIndex,
    "submission": Submission,
    "rule_result": RuleResult,
    "unmapped_cost_code": UnmappedCostCode,
    "link_quality": LinkQuality,
    "population": Population,
    "service": Service,
    "area": Area,
    "data_zone": DataZone,
    "person_year": PersonYear,
    "age_profile": AgeProfile,
    "standardised_cost": StandardisedCost,
    "inequality": Inequality,
    "balance_of_care": BalanceOfCare,
    "high_cost": HighCost,
    "shared_care": SharedCare,
    "last_year_of_life": LastYearOfLife,
}
