"""What of a file is not read: a reader who is told can see whether anything was lost.

Belongs here: the facts, and how they are kept beside the raw table. Does not belong here: how they are found (the readers,
`header.py`), what is said of them (`pipelines/quality/`,
`pipelines/ingest/validating/trial.py`).
"""

import json
from dataclasses import asdict, dataclass
from pathlib import Path

import pyarrow.parquet as pq

NOTE = "unread"


@dataclass(frozen=True)
class Unread:
    """What of a file is not read.

    unknown_columns: places in the header, from 1, of columns the feed does not know. absent_columns: names of columns that the
    feed knows and the file lacks. header_rows, title_rows: the rows of the header, and those with text above it, as a spreadsheet
    numbers them. rows_elsewhere: rows on other worksheets that may be records, for they have as many fields.
    """

    unknown_columns: tuple[int, ...] = ()
    absent_columns: tuple[str, ...] = ()
    header_rows: tuple[int, ...] = ()
    title_rows: tuple[int, ...] = ()
    rows_elsewhere: int = 0

    @property
    def titles(self) -> int:
        """How many rows with text stand above the header."""
        return len(self.title_rows)

    def as_note(self) -> str:
        """As text that `noted` reads."""
        return json.dumps(asdict(self))


def noted(text: str | bytes) -> Unread:
    """The facts as `as_note` wrote them."""
    kept = json.loads(text)
    return Unread(
        tuple(kept["unknown_columns"]),
        tuple(kept["absent_columns"]),
        tuple(kept["header_rows"]),
        tuple(kept["title_rows"]),
        int(kept["rows_elsewhere"]),
    )


def unread_of(raw: Path) -> Unread:
    """What was not read of the file that a raw table is made of."""
    return noted(pq.read_metadata(raw).metadata[NOTE.encode()])
