"""From a file's header to the places of the feed's columns.

Belongs here: how a header is compared with the declared names, what is missing, repeated or not known.
Does not belong here: finding the header in a file (the reader of each format).
No header is ever shown: where the header row is missing, it is somebody's record.
"""

import re
from collections import Counter
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass, replace

import pyarrow as pa

from pipelines.ingest.reading.bounds import MAXIMUM_HEADER_COLUMNS, check_at_most
from pipelines.ingest.reading.refused import Refused
from schemas.dialect import Dialect, Source
from schemas.feeds import FEEDS
from schemas.table import columns

LOCATION = "sending_location"
"""Whose file it is, by the codes of the national social care return: no column of any feed, but read."""
FEWEST_FIELDS = 3
"""A row with fewer is taken for a note, whatever the feed requires."""


@dataclass(frozen=True)
class Layout:
    """Where each column of the feed is in the file.

    places: column → its place in the header from 0, or None where the file lacks it. With a dialect the columns are the
    dialect's headers in their compared form, else the feed's own.
    unknown: the places from 1, as a reader of the file counts, of headers that are not read.
    absent: columns of the feed that no header gives. location: the place of the header that says whose file it is.
    dialect: how the file is turned; None where every header is canonical.
    """

    places: dict[str, int | None]
    unknown: tuple[int, ...]
    absent: tuple[str, ...]
    dialect: Dialect | None
    location: int | None = None


def normal_header(header: str) -> str:
    """A header as it is compared: case, blanks around it and a byte-order mark mean nothing."""
    return header.strip().lstrip("\ufeff").strip().lower()


def _known_as(header: str, known: Collection[str]) -> str:
    """A header in its compared form; with blanks or hyphens for underscores too, where only so it is known: Service ID is service_id."""
    plain = normal_header(header)
    joined = "_".join(re.split(r"[\s_-]+", plain))
    return joined if plain not in known and joined in known else plain


@dataclass(frozen=True)
class Sought:
    """The header that a reader looks for. known: every header that the file may have, in its compared form.

    is_whole: whether no required column is missing from a header. fewest_fields: of a row that may be a record.
    """

    known: Collection[str]
    is_whole: Callable[[Sequence[str]], bool]
    fewest_fields: int = FEWEST_FIELDS

    def header_place(self, rows: Sequence[Sequence[str]]) -> int:
        """The place of the header among a file's first rows: the row with most known headers, the first of equals.

        Where no row has any, it is the first that is not blank.
        """
        counts = [self.count(row) for row in rows]
        if not any(counts):
            return next((place for place, row in enumerate(rows) if any(row)), 0)
        return counts.index(max(counts))

    def count(self, header: Sequence[str]) -> int:
        """How many headers of a row are known."""
        return len({_known_as(h, self.known) for h in header} & set(self.known))


def sought(feed: str, dialects: Sequence[Dialect]) -> Sought:
    """The header of a feed, in any layout."""
    known = _known_headers(feed, dialects)
    required = sum(c.required for c in columns(FEEDS[feed].model))
    return Sought(known, lambda header: _is_whole(header, feed, dialects), max(required, FEWEST_FIELDS))


def _known_headers(feed: str, dialects: Sequence[Dialect]) -> set[str]:
    return {c.name for c in columns(FEEDS[feed].model)} | {normal_header(h) for d in dialects for h in d.headers}


def _is_whole(header: Sequence[str], feed: str, dialects: Sequence[Dialect]) -> bool:
    try:
        lay_out(header, feed, dialects)
    except Refused as refused:
        return refused.rule_id == "file.column_repeated"
    return True


def lay_out(header: Sequence[str], feed: str, dialects: Sequence[Dialect]) -> Layout:
    """Find the columns in a header: of the canonical layout and the dialects the one that explains most of it, of equals the first.

    What a layout lacks is read from the headers of the others, so that a canonical header among a dialect's, or a known alias
    among the canonical ones, is no lost column.
    Raises Refused where a required column is missing or any column that is read comes twice.
    """
    check_at_most("the number of columns", len(header), MAXIMUM_HEADER_COLUMNS)
    known = _known_headers(feed, dialects)
    named = [_known_as(h, known) for h in header]
    there = set(named)
    ours = [c.name for c in columns(FEEDS[feed].model)]
    required = {c.name for c in columns(FEEDS[feed].model) if c.required}
    canonical = Dialect("", feed, {name: Source("first", (name,)) for name in ours})
    layouts = [canonical, *dialects]
    whole = [_completed(layout, there, layouts) for layout in layouts]
    fitting = [n for n, layout in enumerate(whole) if required <= layout.gives(there)]
    if fitting:
        best = max(fitting, key=lambda n: sum(normal_header(h) in there for h in layouts[n].headers))
        if whole[best] == canonical:
            layout = _layout(named, ours, None)
        else:
            layout = _layout(named, [normal_header(h) for h in whole[best].headers], whole[best])
        given = whole[best].gives(there)
        return replace(layout, absent=tuple(name for name in ours if name not in given))
    given = min((layout.gives(there) for layout in whole), key=lambda given: len(required - given))
    missing = [name for name in ours if name in required - given]
    hint = "" if given & set(ours) else "; the first row names no column of the feed: is the header missing?"
    raise Refused("file.columns_missing", f"required column missing: {', '.join(missing)}{hint}")


def _completed(layout: Dialect, there: set[str], others: Sequence[Dialect]) -> Dialect:
    """A layout with a source for each column that it does not find in the header and another layout does."""
    lacking = {c.name for c in columns(FEEDS[layout.feed].model)} - layout.gives(there)
    found = {c: other for other in reversed(others) for c in other.sources if c in lacking & other.gives(there)}
    if not found:
        return layout
    return replace(
        layout,
        sources={**layout.sources, **{c: other.sources[c] for c, other in found.items()}},
        values={**layout.values, **{c: other.values[c] for c, other in found.items() if c in other.values}},
        date_formats=tuple(dict.fromkeys([*layout.date_formats, *_formats_of(layout.feed, found)])),
    )


def _formats_of(feed: str, found: dict[str, Dialect]) -> Iterator[str]:
    """The date formats that come with columns taken from other layouts."""
    days = {c.name for c in columns(FEEDS[feed].model) if pa.types.is_temporal(c.arrow_type)}
    for name in sorted(days & found.keys()):
        yield from found[name].date_formats


def _layout(named: list[str], read: list[str], dialect: Dialect | None) -> Layout:
    counts = Counter(named)
    repeated = sorted(name for name in read if counts[name] > 1)
    if repeated:
        raise Refused("file.column_repeated", f"column comes more than once: {', '.join(repeated)}")
    places = {name: named.index(name) if name in counts else None for name in read}
    location = named.index(LOCATION) if LOCATION in counts.keys() - places.keys() else None
    unknown = tuple(i for i, name in enumerate(named) if name not in places and i != location)
    return Layout(places, tuple(i + 1 for i in unknown), (), dialect, location)
