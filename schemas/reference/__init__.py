"""The reference tables of `reference/`: dated lookups, each declared once.

Belongs here: the columns we use of each reference file, and of our own tables every closed list, format and bound. Published
national files keep their own headers; columns not declared here are ignored. Does not belong here: how they are joined
(`sql/core`), what crosses tables (`pipelines/ingest/reference_checks.py`).
"""

from schemas.reference.agencies import AdmissionTypes, Agencies, CodeHistory, Corrections, ExpectedFeeds, PlausibleBounds
from schemas.reference.costing import CostCodeMap, CostingRules, PriceIndex, Services, UnitCosts
from schemas.reference.national import DataZones, Localities, PopulationEstimate, Postcodes, Simd
from schemas.reference.row_rules import ROW_RULES, RowRule
from schemas.table import Table

__all__ = ["OPTIONAL", "REFERENCE", "ROW_RULES", "TABLE_ROW", "PopulationEstimate", "RowRule"]

TABLE_ROW = "table_row"
"""The last column of every typed reference table: its row as a spreadsheet shows it."""
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
