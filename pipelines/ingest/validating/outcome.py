"""What became of a submission's rows and pounds, and whether so much of it is wrong that it is refused.

Belongs here: counts, and the refusals that follow from them. Does not belong here: counting (`validate.py`), the rules
(`schemas/rules`).
"""

from dataclasses import dataclass, field
from decimal import Decimal

from pipelines.ingest.reading.refused import Refused
from pipelines.ingest.reading.unread import Unread
from pipelines.ingest.validating.corrected import Corrected
from schemas.feeds import FEEDS
from schemas.rules import MAXIMUM_BAD_SHARE_PERCENT, MAXIMUM_LOST_SHARE_PERCENT

NO_RECORDS = "no records in the file; this feed always has some"
FIRST_ROWS = 10
"""How many row numbers are kept of each broken rule; a row number names nobody."""
LOST = ("identifier_lost", "optional_identifier_lost")


@dataclass
class Count:
    """Rows and pounds that broke one rule, and the numbers of the first of the rows."""

    severity: str
    failed: int = 0
    amount: Decimal = Decimal("0.00")
    first_rows: list[int] = field(default_factory=list)


@dataclass
class Outcome:
    """What became of a submission's rows and pounds. Pounds are None for feeds without money."""

    rows: int = 0
    accepted: int = 0
    quarantined: int = 0
    pounds_read: Decimal = Decimal("0.00")
    pounds_quarantined: Decimal = Decimal("0.00")
    rules: dict[str, Count] = field(default_factory=dict)
    unread: Unread = field(default_factory=Unread)
    corrected: dict[str, Corrected] = field(default_factory=dict)
    """What each declared correction of the submission found. Pounds read are pounds as corrected."""
    dropped: int = 0
    """Rows that are quarantined because a correction dropped them."""
    dated: int = 0
    """Records of a monthly feed with a date."""
    of_month: int = 0
    """Of those, the records that are of the file's month."""
    coded_totals: list[int] = field(default_factory=list)
    """Of a ledger the first total rows that stand among its codes or months."""
    totals_that_differ: list[int] = field(default_factory=list)
    """The first total rows whose numbers are not the sum of the rows above."""

    @property
    def identifiers_lost(self) -> int:
        """Records with an identifier in scientific notation."""
        return sum(count.failed for rule_id, count in self.rules.items() if rule_id in LOST)


def refusal_of(feed: str, outcome: Outcome) -> Refused | None:
    """The refusal of a submission whose records show that it is not what its name says.

    Either none of its records is of its month, or more than the declared share is bad; what was dropped on purpose is not bad.
    Or a ledger has a total among its codes, or spreadsheets have eaten the identifiers.
    """
    if not outcome.rows and not FEEDS[feed].may_be_empty:
        return Refused("file.empty", NO_RECORDS)
    if outcome.coded_totals:
        rows = ", ".join(map(str, outcome.coded_totals))
        return Refused(
            "file.total_row", f"row {rows}: a total among the codes of a ledger would count its pounds twice; take it out"
        )
    if outcome.dated and not outcome.of_month:
        return Refused("file.other_month", "no record is of the month in the file's name")
    lost = outcome.identifiers_lost
    if lost > 1 and lost * 100 > outcome.rows * MAXIMUM_LOST_SHARE_PERCENT:
        return Refused(
            "file.identifiers_lost",
            f"{lost:,} of {outcome.rows:,} records have an identifier in scientific notation (1.00E+05), so its digits are lost; "
            "format the column as text and export it again",
        )
    if (outcome.quarantined - outcome.dropped) * 100 > outcome.rows * MAXIMUM_BAD_SHARE_PERCENT:
        return Refused("file.mostly_bad", f"{outcome.quarantined} of {outcome.rows} records are bad")
    return None
