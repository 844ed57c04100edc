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
from schemas.feeds import FEEDS
from schemas.table import columns


@dataclass(frozen=True)
class Layout:
    """Where each column of the feed is in the file.

    places: column → its place in the header from 0, or None where the file lacks it.
    unknown: the places from 1, as a reader of the file counts, of headers that the feed does not know.
    """

    places: dict[str, int | None]
    unknown: tuple[int, ...]


def normal_header(header: str) -> str:
    """A header as it is compared: case, blanks around it and a byte-order mark mean nothing."""
    return header.strip().lstrip("\ufeff").strip().lower()


def known_headers(feed: str) -> dict[str, str]:
    """Every header the feed accepts, in its compared form → the column it names."""
    return {c.name: c.name for c in columns(FEEDS[feed].model)}


def lay_out(header: Sequence[str], feed: str) -> Layout:
    """Find the feed's columns in a header. Raises Refused where a required one is missing or any comes twice."""
    check_at_most("the number of columns", len(header), MAXIMUM_HEADER_COLUMNS)
    known = known_headers(feed)
    named = [known.get(normal_header(h)) for h in header]
    repeated = [name for name, count in Counter(n for n in named if n).items() if count > 1]
    if repeated:
        raise Refused("file.column_repeated", f"column comes more than once: {', '.join(sorted(repeated))}")
    missing = [c.name for c in columns(FEEDS[feed].model) if c.required and c.name not in named]
    if missing:
        hint = "" if any(named) else "; the first row names no column of the feed: is the header missing?"
        raise Refused("file.columns_missing", f"required column missing: {', '.join(missing)}{hint}")
    places = {c.name: named.index(c.name) if c.name in named else None for c in columns(FEEDS[feed].model)}
    return Layout(places, tuple(i for i, name in enumerate(named, start=1) if name is None))
