"""What the fields of a reference table's row must be beside one another.

Belongs here: conditions within a row. Does not belong here: what one field may be (the models), what crosses tables
(`pipelines/ingest/reference_checks.py`).
"""

from dataclasses import dataclass

from schemas.codes import PopulationWeight
from schemas.reference.agencies import Agencies, CodeHistory, ExpectedFeeds, PlausibleBounds
from schemas.reference.costing import CostCodeMap, CostingRules, UnitCosts
from schemas.reference.words import FINANCIAL_YEAR, YEAR_WORDS
from schemas.table import Table


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
            f"one of {', '.join(PopulationWeight)}",
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
