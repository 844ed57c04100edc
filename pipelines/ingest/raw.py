"""The raw table of a submission: its file as text, with the row of the file that each record is from.

Belongs here: where it is, writing it. Does not belong here: how a file is read (`reading/`), what the text means (`validating/`).
"""

from pathlib import Path
from typing import ClassVar

import pyarrow as pa

from pipelines.engine.errors import IrfError
from pipelines.engine.parquet import ParquetFile
from pipelines.ingest.landing import Landed
from pipelines.ingest.reading.read import Refused, read_text
from pipelines.ingest.reading.unread import NOTE
from pipelines.ingest.validating.group import ROWS_ARE_PARTS
from pipelines.ingest.validating.outcome import NO_RECORDS
from pipelines.warehouse import journal
from pipelines.warehouse.journal import Entry
from pipelines.warehouse.root import DataRoot
from schemas.dialect import Dialect, dialects_of
from schemas.feeds import FEEDS
from schemas.month import last_day
from schemas.table import columns

RAW_LINEAGE = [("source_row", pa.int64()), ("row_count", pa.int64()), ("row_text", pa.string())]
"""What a raw record carries beside its text: the row of the file it is from, how many rows it stands for, a row that fits no header."""


class Raw(Entry):
    """A raw table as it was made. of: the SHA-256 of the submission that it is of. key: all that decided how that was read. sha256:
    its own."""

    named: ClassVar[str] = "raw"
    of: str
    key: str
    sha256: str


def raw_file(landed: Landed, root: DataRoot) -> Path:
    """Where the raw table of a submission is."""
    return root.folder("raw") / landed.feed / landed.agency / f"{landed.stem}.parquet"


def raw_mark(landed: Landed, root: DataRoot) -> Path:
    """Where it is noted what the raw table of a submission was made of, as `Raw`."""
    return raw_file(landed, root).with_suffix(".sha256")


def raw_of(landed: Landed, root: DataRoot) -> Path | None:
    """The raw table of a submission; None where it is not there, or is of another content."""
    raw, made = raw_file(landed, root), journal.find(raw_mark(landed, root), Raw)
    return raw if made is not None and made.of == landed.sha256 and raw.exists() else None


def write_raw(landed: Landed, out: Path) -> int:
    """The file as text columns in Parquet. Returns the rows read. Raises Refused as `read_text` does; then nothing is left."""
    out.parent.mkdir(parents=True, exist_ok=True)
    names = [c.name for c in columns(FEEDS[landed.feed].model)]
    schema = pa.schema([(n, pa.string()) for n in names] + RAW_LINEAGE)
    unfinished = out.with_suffix(".unfinished")
    rows = 0
    try:
        file = read_text(landed.path, landed.feed, _dialects(landed), last_day(landed.period), landed.location)
        with ParquetFile(unfinished, schema) as raw:
            for batch in file:
                raw.add(batch.select(schema.names).cast(schema))
                rows += batch.num_rows
            raw.note(NOTE, file.unread.as_note())
            if file.dialect and file.dialect.rows_are_parts:
                raw.note(ROWS_ARE_PARTS, file.dialect.name)
        if not rows and not FEEDS[landed.feed].may_be_empty:
            raise Refused("file.empty", NO_RECORDS)
        unfinished.replace(out)
    finally:
        unfinished.unlink(missing_ok=True)
    return rows


def _dialects(landed: Landed) -> list[Dialect]:
    """The dialects the file may be written in. Raises IrfError where a declaration is wrong."""
    try:
        return dialects_of(landed.agency, FEEDS[landed.feed].kind, landed.feed)
    except ValueError as error:
        raise IrfError(str(error)) from None
