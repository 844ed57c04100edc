"""Our own tables of agencies: who they are, what they must send, and how their known errors are put right.

Belongs here: tables about submitting. Does not belong here: what care costs (`costing.py`).
"""

from schemas.codes import AdmissionGroup, AgencyKind, HistoryKind, YesNo, either
from schemas.reference.words import NATIONAL_CODE
from schemas.table import Table, column
from schemas.types import Count, Day, Series, Text

LAST_DUE_DAY = 31


class Agencies(Table):
    """Who submits and pays."""

    agency: Series[Text] = column("public name of the agency", required=True)
    name: Series[Text] = column("the agency in words", required=True)
    kind: Series[Text] = column(either(AgencyKind), required=True, codes=AgencyKind)
    code: Series[Text] = column(
        "national code: S08 of a health board, S12 of a council, and six digits", required=True, pattern=NATIONAL_CODE
    )
    sending_location: Series[Text] = column("code in the national social care return")
    valid_from: Series[Day] = column("first day")
    valid_to: Series[Day] = column("last day; blank = still")


class ExpectedFeeds(Table):
    """Which feeds each agency must send, and when."""

    agency: Series[Text] = column("agency", required=True, names="agency")
    feed: Series[Text] = column("feed", required=True, names="feed")
    required: Series[Text] = column(either(YesNo), required=True, codes=YesNo)
    due_day: Series[Count] = column("day of the next month by which it is due", minimum=1, maximum=LAST_DUE_DAY)
    valid_from: Series[Day] = column("first day; blank = always")
    valid_to: Series[Day] = column("last day; blank = still")


class Corrections(Table):
    """Known errors of sources, corrected on purpose. Cells are checked when they are read (`pipelines/ingest/validating/corrections.py`)."""

    correction: Series[Text] = column("its name, for good: letters, digits, - and _")
    agency: Series[Text] = column("whose submissions")
    feed: Series[Text] = column("of which feed")
    first_period: Series[Text] = column("first month corrected, YYYY-MM")
    last_period: Series[Text] = column("last month corrected, YYYY-MM; blank = still")
    where: Series[Text] = column("which records: column, comparison, value; several joined by and")
    action: Series[Text] = column("drop, override or scale")
    changed: Series[Text] = column("the column that override or scale changes", name="column")
    value: Series[Text] = column("what override puts there, or the factor of scale")
    expects: Series[Text] = column("how many records of a submission it finds at least; blank = 1")
    reason: Series[Text] = column("why, for the auditor; published")
    owner: Series[Text] = column("who answers for it")
    reported_on: Series[Text] = column("the day the source was told")


class PlausibleBounds(Table):
    """Between which figures a number of a feed can be what it says, where it is not what `schemas/plausible.py` says."""

    feed: Series[Text] = column("of which feed", required=True, names="feed")
    bounded: Series[Text] = column("column with a number; days for the days of a payment", required=True, name="column")
    low: Series[Count] = column("least plausible; blank = as it is without this row")
    high: Series[Count] = column("greatest plausible; blank = as it is without this row")


class CodeHistory(Table):
    """Council, board and partnership codes that changed."""

    kind: Series[Text] = column("council, health_board or partnership", required=True, codes=HistoryKind)
    old_code: Series[Text] = column("code before, as S12000024", required=True, pattern=NATIONAL_CODE)
    new_code: Series[Text] = column("code now, as S12000048", required=True, pattern=NATIONAL_CODE)
    changed_on: Series[Day] = column("day of the change", required=True)


class AdmissionTypes(Table):
    """National admission types in three groups."""

    admission_type_code: Series[Text] = column("national code", required=True, unique=True, identifier=True)
    admission: Series[Text] = column(either(AdmissionGroup), required=True, codes=AdmissionGroup)
