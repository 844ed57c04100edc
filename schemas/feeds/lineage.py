"""What every validated record carries beside its feed's own columns.

Belongs here: where a record is from and what the rules said. Does not belong here: the columns of a feed.
"""

from schemas.table import Table, column
from schemas.types import Count, Flag, Series, Text


class Lineage(Table):
    """The columns every validated record carries beside its feed's own."""

    agency: Series[Text] = column("who submitted", required=True)
    period: Series[Text] = column("month of the submission, YYYY-MM", required=True)
    record_key: Series[Text] = column("the record's key as one text; NULL when unreadable", identifying=True)
    part: Series[Text] = column("what tells the rows of one record apart; blank where the feed has no parts", required=True)
    chi_is_valid: Series[Flag] = column("the CHI passes its checks; NULL without a CHI")
    source_file: Series[Text] = column("first 12 characters of the file's keyed hash", required=True)
    source_row: Series[Count] = column("row of the file as a spreadsheet shows it", required=True)
    row_count: Series[Count] = column(
        "rows of the file the record stands for; 0 for a further record of one row", required=True
    )
    broken_rules: Series[Text] = column("ids of the record rules broken, for quarantined records")
    warned_rules: Series[Text] = column("ids of the rules broken that only warn; NULL where none is")
    original: Series[Text] = column("every field as sent, as JSON, for quarantined records", identifying=True)
