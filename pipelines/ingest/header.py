"""From a file's header to the places of the feed's columns.

Belongs here: how a header is compared with the declared names, what is missing, repeated or not known.
Does not belong here: finding the header in a file (the reader of each format).
No header is ever shown: where the header row is missing, it is somebody's record.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from pipelines.ingest.bounds import MAXIMUM_HEADER_COLUMNS, check_at_most
from pipelines.ingest.refused import Refused
from schemas.dialect import Dialect
from schemas.feeds import FEEDS
from schemas.table import columns


@dataclass(frozen=True)
class Layout:
    """Where each column of the feed is in the file.

    places: column → its place in the header from 0, or None where the file lacks it. With a dialect the columns are the
    dialect's headers in their compared form, else the feed's own.
    unknown: the places from 1, as a reader of the file counts, of headers that are not read.
    """

    places: dict[str, int | None]
    unknown: tuple[int, ...]
    dialect: Dialect | None


def normal_header(header: str) -> str:
    """A header as it is compared: case, blanks around it and a byte-order mark mean nothing."""
    return header.strip().lstrip("\ufeff").strip().lower()


def known_headers(feed: str, dialects: Sequence[Dialect]) -> set[str]:
    """Every header that a file of the feed may have, in its compared form."""
    return {c.name for c in columns(FEEDS[feed].model)} | {normal_header(h) for d in dialects for h in d.headers}


def lay_out(header: Sequence[str], feed: str, dialects: Sequence[Dialect]) -> Layout:
    """Find the columns in a header: the canonical ones where the required are there, else those of the first dialect that fits.

    Raises Refused where a required column is missing or any column that is read comes twice.
    """
    check_at_most("the number of columns", len(header), MAXIMUM_HEADER_COLUMNS)
    named = [normal_header(h) for h in header]
    ours = [c.name for c in columns(FEEDS[feed].model)]
    required = {c.name for c in columns(FEEDS[feed].model) if c.required}
    if required <= set(named):
        return _layout(named, ours, None)
    for dialect in dialects:
        if required <= dialect.gives(set(named)):
            return _layout(named, [normal_header(h) for h in dialect.headers], dialect)
    best = min((set(named), *(d.gives(set(named)) for d in dialects)), key=lambda given: len(required - given))
    missing = [name for name in ours if name in required - best]
    hint = "" if best & set(ours) else "; the first row names no column of the feed: is the header missing?"
    raise Refused("file.columns_missing", f"required column missing: {', '.join(missing)}{hint}")


def _layout(named: list[str], read: list[str], dialect: Dialect | None) -> Layout:
    counts = Counter(named)
    repeated = sorted(name for name in read if counts[name] > 1)
    if repeated:
        raise Refused("file.column_repeated", f"column comes more than once: {', '.join(repeated)}")
    places = {name: named.index(name) if name in counts else None for name in read}
    return Layout(places, tuple(i for i, name in enumerate(named, start=1) if name not in places), dialect)
