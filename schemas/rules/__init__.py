"""The rules every record and file must keep: one registry.

Belongs here: a rule's id, severity, the sentence a finance officer reads, an example that fails and one that passes, and
the test itself (for rules that cross records, the name of the SELECT in `sql/rule` that is the test).
Does not belong here: how answers that cross records or tables are found (`pipelines/ingest/validating/validate.py`, in DuckDB).
Severities: `file` refuses the submission, `record` quarantines the record, `warning` keeps and counts it.
"""

from schemas.rules.across_files import CROSS_RULES, CrossRule
from schemas.rules.drift import DRIFT_FEWEST_ROWS, DRIFT_PERIODS, DRIFT_RULES, DRIFT_TRUSTED_PERIODS, DriftRule
from schemas.rules.of_records import rules_of
from schemas.rules.rule import Rule
from schemas.rules.whole_files import FILE_RULES, MAXIMUM_BAD_SHARE_PERCENT, MAXIMUM_LOST_SHARE_PERCENT, FileRule

__all__ = [
    "CROSS_RULES",
    "DRIFT_FEWEST_ROWS",
    "DRIFT_PERIODS",
    "DRIFT_RULES",
    "DRIFT_TRUSTED_PERIODS",
    "FILE_RULES",
    "MAXIMUM_BAD_SHARE_PERCENT",
    "MAXIMUM_LOST_SHARE_PERCENT",
    "CrossRule",
    "DriftRule",
    "FileRule",
    "Rule",
    "rules_of",
]
