"""What one refresh covers, and what it found in the submissions.

Belongs here: the months of the refresh, the fates of rows and pounds, findings of rules and drift. Does not belong here:
single records (`records.py`).
"""

from schemas.codes import Fate as FateCode
from schemas.codes import either
from schemas.table import Table, column, table
from schemas.types import Count, Day, Flag, Money, Quantity, Series, Text


@table(grain="the refresh (one row)", key=("period",))
class Refresh(Table):
    """What this refresh covers."""

    period: Series[Text] = column("YYYY-MM", required=True)
    first_month: Series[Day] = column("first month of the dataset", required=True)
    last_month: Series[Day] = column("month of the period", required=True)
    period_end: Series[Day] = column("last day of the period", required=True)
    inner_pad: Series[Text] = column("HMAC inner pad, hexadecimal", required=True, identifying=True)
    outer_pad: Series[Text] = column("HMAC outer pad, hexadecimal", required=True, identifying=True)


@table(grain="submission × fate × set of broken rules", key=("agency", "feed", "period", "fate", "broken_rules"))
class FateByRules(Table):
    """Rows and pounds of each current submission by fate; of those set aside by all the rules that a row breaks, so each row is there once."""

    agency: Series[Text] = column("who submitted", required=True)
    feed: Series[Text] = column("feed", required=True)
    period: Series[Text] = column("month of the submission", required=True)
    fate: Series[Text] = column(either(FateCode), required=True, codes=FateCode)
    broken_rules: Series[Text] = column(
        "of rows set aside, the ids of the rules they break, parted by blanks; else ''", required=True
    )
    rows: Series[Count] = column("rows", required=True)
    rows_without_pounds: Series[Count] = column("those of which no pounds are known", required=True)
    pounds: Series[Money] = column("pounds that can be read (a week's, for care homes); NULL where none can")
    held: Series[Money] = column("of these on lines of basis quarantined", required=True)


@table(grain="submission", key=("agency", "feed", "period"))
class Fate(Table):
    """Rows and pounds of each current submission by fate."""

    agency: Series[Text] = column("who submitted", required=True)
    feed: Series[Text] = column("feed", required=True)
    period: Series[Text] = column("month of the submission", required=True)
    accepted: Series[Count] = column("rows in use", required=True)
    quarantined: Series[Count] = column("rows set aside", required=True)
    superseded: Series[Count] = column("rows replaced later", required=True)
    pounds_accepted: Series[Money] = column("pounds in use", required=True)
    pounds_quarantined: Series[Money] = column("pounds set aside", required=True)
    pounds_superseded: Series[Money] = column("pounds replaced later", required=True)


@table(grain="submission × rule that needs other files, where broken", key=("agency", "feed", "period", "rule_id"))
class RuleFinding(Table):
    """Records in use that break a rule that needs more than their own file."""

    agency: Series[Text] = column("who submitted", required=True)
    feed: Series[Text] = column("feed", required=True)
    period: Series[Text] = column("month of the submission", required=True)
    rule_id: Series[Text] = column("id of the rule", required=True)
    failed: Series[Count] = column("records that break it", required=True)
    amount: Series[Money] = column("pounds on them", required=True, unit="GBP")


@table(grain="submission × measure", key=("agency", "feed", "period", "rule_id"))
class Drift(Table):
    """Each measure of each file beside what is usual for the agency and feed."""

    agency: Series[Text] = column("who submitted", required=True)
    feed: Series[Text] = column("feed", required=True)
    period: Series[Text] = column("month of the submission", required=True)
    rule_id: Series[Text] = column("id of the rule, drift.<measure>", required=True)
    now: Series[Quantity] = column("the measure of this file", required=True)
    usual: Series[Quantity] = column("median of the earlier files that count; NULL where there is nothing to compare with")
    drifts: Series[Flag] = column("outside the rule's tolerance", required=True)
