"""What the agencies sent, and what the rules found in it.

Belongs here: tables about submissions. Does not belong here: their records, which are never published.
"""

from schemas.codes import RuleStatus, Severity, SubmissionStatus, either
from schemas.table import Table, column, table
from schemas.types import Count, Money, Series, Text
from schemas.usage_warnings import UsageWarning


@table(
    grain="submission",
    key=("agency", "feed", "period", "revision"),
    warnings=(UsageWarning.REPLACED_TOO,),
)
class Submission(Table):
    """Every file the agencies sent up to the period, and what became of its rows."""

    agency: Series[Text] = column("who submitted", required=True)
    feed: Series[Text] = column("what kind of file", required=True)
    period: Series[Text] = column("month of the submission, YYYY-MM", required=True)
    revision: Series[Count] = column("0 = the plain file, 1 = .r1, 2 = .r2 …", required=True, minimum=0)
    file_hash: Series[Text] = column(
        "HMAC-SHA-256 of the file as dropped, with the pseudonym key: `irf verify --landing` makes it again; "
        "NULL of a file that could not be read"
    )
    rows: Series[Count] = column("rows read", required=True, minimum=0)
    accepted: Series[Count] = column("rows in use", required=True, minimum=0)
    quarantined: Series[Count] = column("rows set aside, with the rules they broke", required=True, minimum=0)
    superseded: Series[Count] = column("rows replaced by a later submission", required=True, minimum=0)
    amount: Series[Money] = column("sum of the file's amount column; NULL for feeds without money", unit="GBP")
    status: Series[Text] = column("accepted, replaced (by a resubmission) or refused", required=True, codes=SubmissionStatus)
    received_order: Series[Count] = column(
        "place of the submission within its agency and feed, by period and revision", required=True
    )


@table(
    grain="submission × rule",
    key=("agency", "feed", "period", "revision", "rule_id"),
    warnings=(UsageWarning.REPLACED_TOO,),
)
class RuleResult(Table):
    """What each validation rule found in each submission."""

    agency: Series[Text] = column("who submitted", required=True)
    feed: Series[Text] = column("what kind of file", required=True)
    period: Series[Text] = column("month of the submission, YYYY-MM", required=True)
    revision: Series[Count] = column("0 = the plain file", required=True, minimum=0)
    rule_id: Series[Text] = column("id of the rule (docs/rules.md)", required=True)
    severity: Series[Text] = column(either(Severity), required=True, codes=Severity)
    evaluated: Series[Count] = column("rows judged", required=True, minimum=0)
    failed: Series[Count] = column("rows that broke the rule", required=True, minimum=0)
    amount: Series[Money] = column("pounds on the rows that broke it; NULL for feeds without money", unit="GBP")
    status: Series[Text] = column(either(RuleStatus), required=True, codes=RuleStatus)
