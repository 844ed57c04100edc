"""What the reader of every format hands over.

Belongs here: the shape of it. Does not belong here: any one format.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

import pyarrow as pa

ROW = "source_row"
ROW_COUNT = "row_count"
ROW_TEXT = "row_text"
Places = Mapping[str, int]
"""Column of the feed → its place in the file's header, from 0."""


@dataclass(frozen=True)
class Opened:
    """A file whose header is known and whose records are not read yet.

    records: gives batches of the columns asked for, as text, with `source_row`, the row's number as a spreadsheet shows it
    (the first row of the file is 1, titles and blank rows count, a record that spans lines is one row), and `row_text`, the
    whole record where its fields do not fit the header (the columns are NULL then). header_rows: the header's row, of several
    worksheets each its own. title_rows: rows with text above a header. rows_elsewhere: rows of other worksheets with as many fields
    as a record has.
    """

    header: list[str]
    records: Callable[[Places], Iterator[pa.Table]]
    header_rows: tuple[int, ...]
    title_rows: tuple[int, ...] = ()
    rows_elsewhere: int = 0
