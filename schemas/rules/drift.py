"""The rules on how far a file may be from what is usual for its agency and feed.

Belongs here: measures, tolerances and which earlier files count. Does not belong here: measuring (`pipelines/quality/drift.py`).
"""

from dataclasses import dataclass
from decimal import Decimal


@dataclass(frozen=True)
class DriftRule:
    """A rule on a measure of a whole file, against the same agency's earlier files of the feed.

    tolerance: the smallest and the largest share of the usual that is not drift.
    """

    rule_id: str
    severity: str
    sentence: str
    tolerance: tuple[Decimal, Decimal]
    fails: str
    passes: str


_HALF_TO_DOUBLE = (Decimal("0.5"), Decimal("2"))
DRIFT_RULES = {
    rule.rule_id: rule
    for rule in (
        DriftRule("drift.rows", "warning", "The file has less than half or more than twice the usual number of rows.",
                  _HALF_TO_DOUBLE, "400 rows where 1,000 are usual", "600 rows where 1,000 are usual"),
        DriftRule("drift.pounds", "warning", "The file has less than half or more than twice the usual pounds.",
                  _HALF_TO_DOUBLE, "£2.1m where £1.0m is usual", "£1.9m where £1.0m is usual"),
        DriftRule("drift.units_per_person", "warning",
                  "The file has less than half or more than twice the usual units (hours, items, records) for each person.",
                  _HALF_TO_DOUBLE, "10 hours a client where 90 are usual", "80 hours a client where 90 are usual"),
    )
}  # fmt: skip
DRIFT_PERIODS = 12
"""How many earlier files say what is usual: their median."""
DRIFT_TRUSTED_PERIODS = 3
"""From this many earlier files that did not drift, only those count: bad months never become the usual unnoticed."""
DRIFT_FEWEST_ROWS = 100
"""Files that usually have fewer rows are not compared: chance alone halves or doubles them. Ledger rows are totals: any will do."""
