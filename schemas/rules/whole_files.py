"""The rules on whole files; the reader validates them.

Belongs here: what refuses a submission, or is said of it, as a whole. Does not belong here: rules on single records
(`of_records.py`), on what is usual (`drift.py`).
"""

from dataclasses import dataclass


@dataclass(frozen=True)
class FileRule:
    """A rule on a whole file; the reader validates it. Breaking one of severity `file` refuses the submission.

    fails, passes: an example of each, in words.
    """

    rule_id: str
    severity: str
    sentence: str
    fails: str
    passes: str


FILE_RULES = {
    rule.rule_id: rule
    for rule in (
        FileRule("file.unreadable", "file", "The file cannot be read as CSV, Excel or Parquet.",
                 "a picture or a damaged workbook under the name 2025-05.xlsx", "a workbook with one sheet of records"),
        FileRule("file.too_large", "file", "The file, or a part of it, is larger than can be read.",
                 "a field that goes on for millions of characters", "a file of 3 million records"),
        FileRule("file.unfinished", "file",
                 "The file changed while it was read, or its end is missing: it is still being written, or was cut short.",
                 "a last row with fewer fields than the header and no line end", "the same row with a line end: it is set aside"),
        FileRule("file.two_tables", "file", "Two worksheets of the workbook have the header; only one can be read.",
                 "April on one sheet and May on another, even if it is hidden", "the records on one sheet, notes on another"),
        FileRule("file.title_rows", "warning", "There are rows with text above the header; they are not read.",
                 "a title and a date above the header", "the header on the first row"),
        FileRule("file.columns_missing", "file", "A required column is missing from the file.",
                 "home_care without a column hours", "home_care without a column gross_cost, which may be left out"),
        FileRule("file.two_files", "file", "Two files are for one revision of a submission: nobody can tell which is meant.",
                 "2025-04.csv and 2025-04.xlsx in one folder", "2025-04.csv and 2025-04.r1.xlsx"),
        FileRule("file.column_repeated", "file", "A column comes more than once in the file.",
                 "a header with hours twice", "a header with every column once, in any order"),
        FileRule("file.empty", "file", "The file has no records, and the feed is one that always has some.",
                 "home_care with a header and nothing below", "home_care with a header and one record"),
        FileRule("file.nil_return", "warning", "The file says that there was nothing in the month: a header and no row.",
                 "deaths with a header and nothing below", "deaths with a header and one record"),
        FileRule("file.total_row", "file", "A ledger has a total among its codes: its pounds would count twice.",
                 "a row Total with the month and the sum of the rows above", "the same without code and month: it is left out"),
        FileRule("file.mostly_bad", "file", "More than half of the records are bad: the file is not what its name says.",
                 "6 of 10 records break a rule of severity record", "5 of 10 do: they are quarantined, the others are used"),
        FileRule("file.identifiers_lost", "file",
                 "More than one record in a hundred has an identifier in scientific notation (1.00E+05): the digits are lost.",
                 "3 of 200 records have 1.00E+05 for a client number", "2 of 200 do: they are set aside, the others are used"),
        FileRule("file.other_month", "file", "No record is of the month in the file's name.",
                 "home care of April 2025 under the name 2025-05.csv",
                 "home care of May and late records of April under the name 2025-05.csv"),
        FileRule("file.other_agency", "file", "The column sending_location says that a row is another agency's.",
                 "180, which is Dundee, in a file of Perth and Kinross", "340 in every row of it, or no such column"),
        FileRule("file.unknown_columns", "warning", "The file has columns that the feed does not know; they are not read.",
                 "home_care with a column comments", "home_care with its own columns only"),
        FileRule("file.rows_elsewhere", "warning",
                 "Other worksheets of the workbook have rows that may be records, but no header; they are not read.",
                 "records that go on on a second worksheet", "a second worksheet with a few notes"),
    )
}  # fmt: skip
MAXIMUM_BAD_SHARE_PERCENT = 50
MAXIMUM_LOST_SHARE_PERCENT = 1
"""Of the records of a file those with a lost identifier; one alone is no share."""
