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

    records: gives batches of the columns asked for, as text, with `source_row`, the record's number from 1, and
    `row_text`, the whole record where its fields do not fit the header (the columns are NULL then).
    """

    header: list[str]
    records: Callable[[Places], Iterator[pa.Table]]
