"""Dialects: how an agency's own files differ from the canonical feed, one declaration for each agency and feed.

Belongs here: what a declaration may say, reading it, refusing a wrong one. Does not belong here: applying it to a file
(`pipelines/ingest/reading/dialect.py`). The declarations are `dialects/<agency>/<feed>.toml`; those under `dialects/nhs_board/`
and `dialects/council/` are national layouts that every agency of the kind may send. See docs/dialects.md.
"""

import importlib.resources
import tomllib
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from schemas.feeds import FEEDS
from schemas.table import columns

FOLDER = Path(str(importlib.resources.files("schemas"))) / "dialects"
WAYS = ("join", "first", "flags", "quarter_start", "quarter_end")


@dataclass(frozen=True)
class Source:
    """Where one of our columns comes from.

    way: `first` of the headers with a value; `join` of their values with a blank between; `flags`: the code of the header
    that is set, or `several` where more than one is; `quarter_start`, `quarter_end`: the first or last day of a quarter.
    codes: header → code, for flags only.
    """

    way: str
    headers: tuple[str, ...]
    codes: dict[str, str] = field(default_factory=dict)
    several: str = ""


@dataclass(frozen=True)
class Part:
    """One of the records that a wide row makes. constants: our column → value."""

    sources: dict[str, Source]
    constants: dict[str, str]


@dataclass(frozen=True)
class Quarter:
    """A row that is for a quarter makes a record for each of its months; `shared` columns are split exactly."""

    header: str
    month: str
    shared: tuple[str, ...]


@dataclass(frozen=True)
class Dialect:
    """How a kind of file becomes the canonical feed.

    sources: our column → where it comes from. date_formats: as DuckDB's strptime takes them, tried in turn.
    values: our column → their text, in lower case → our code. parts: the records of a wide row. rows_are_parts:
    rows of one key are parts of one record, though no column should tell them apart. sheets: the worksheets of a workbook, read one after another.
    """

    name: str
    feed: str
    sources: dict[str, Source]
    date_formats: tuple[str, ...] = ()
    values: dict[str, dict[str, str]] = field(default_factory=dict)
    parts: tuple[Part, ...] = ()
    quarter: Quarter | None = None
    rows_are_parts: bool = False
    sheets: tuple[str, ...] = ()

    @property
    def headers(self) -> tuple[str, ...]:
        """Every header the dialect reads, each once, in order."""
        every = [*self.sources.values(), *(source for part in self.parts for source in part.sources.values())]
        named = [header for source in every for header in source.headers]
        return tuple(dict.fromkeys([*named, *([self.quarter.header] if self.quarter else [])]))

    def gives(self, header: set[str]) -> set[str]:
        """Our columns that a file with these headers (in lower case) would fill."""
        found = {
            ours
            for ours, source in [*self.sources.items(), *(item for part in self.parts for item in part.sources.items())]
            if _is_there(source, header)
        }
        found |= {ours for part in self.parts for ours in part.constants}
        if self.quarter and self.quarter.header.lower() in header:
            found.add(self.quarter.month)
        return found


def _is_there(source: Source, header: set[str]) -> bool:
    there = [name.lower() in header for name in source.headers]
    return any(there) if source.way == "first" else all(there)


def dialects_of(agency: str, kind: str, feed: str) -> list[Dialect]:
    """The dialects an agency may send a feed in: its own first, then the national one of its kind."""
    places = (FOLDER / owner / f"{feed}.toml" for owner in (agency, kind))
    return [read_dialect(place) for place in places if place.exists()]


def read_dialect(path: Path) -> Dialect:
    """Read a declaration. Raises ValueError that names the file and what is wrong with it."""
    name = f"{path.parent.name}/{path.name}"
    try:
        body = tomllib.loads(path.read_text("utf-8"))
        dialect = _dialect(name, path.stem, body)
        _check(dialect)
    except (tomllib.TOMLDecodeError, KeyError, TypeError, AttributeError, StopIteration) as error:
        raise ValueError(f"schemas/dialects/{name}: cannot be understood: {type(error).__name__} {error}") from None
    return dialect


def _dialect(name: str, feed: str, body: dict[str, Any]) -> Dialect:
    known = {"columns", "date_formats", "values", "record", "quarter", "rows_are_parts", "sheets"}
    unknown = sorted(set(body) - known)
    if unknown:
        raise ValueError(f"schemas/dialects/{name}: no such entry: {', '.join(unknown)}; known are {', '.join(sorted(known))}")
    quarter = body.get("quarter")
    return Dialect(
        name=name,
        feed=feed,
        sources={ours: _source(given) for ours, given in body.get("columns", {}).items()},
        date_formats=tuple(body.get("date_formats", [])),
        values={
            ours: {str(theirs).lower(): str(code) for theirs, code in codes.items()}
            for ours, codes in body.get("values", {}).items()
        },
        parts=tuple(_part(given) for given in body.get("record", [])),
        quarter=Quarter(quarter["header"], quarter["month"], tuple(quarter["shared"])) if quarter else None,
        rows_are_parts=bool(body.get("rows_are_parts", False)),
        sheets=tuple(body.get("sheets", [])),
    )


def _source(given: Any) -> Source:
    if isinstance(given, str):
        return Source("first", (given,))
    way = next(way for way in WAYS if way in given)
    headers = given[way]
    if way == "flags":
        return Source(way, tuple(headers), {k: str(v) for k, v in headers.items()}, str(given["several"]))
    return Source(way, (headers,) if isinstance(headers, str) else tuple(headers))


def _part(given: dict[str, Any]) -> Part:
    sources = {ours: _source(theirs) for ours, theirs in given["columns"].items()}
    constants = {k: str(v) for k, v in given.items() if k != "columns"}
    return Part(sources, constants)


def _check(dialect: Dialect) -> None:
    if dialect.feed not in FEEDS:
        raise ValueError(f"schemas/dialects/{dialect.name}: no such feed")
    ours = {c.name for c in columns(FEEDS[dialect.feed].model)}
    named = {*dialect.sources, *dialect.values}
    for part in dialect.parts:
        named |= {*part.sources, *part.constants}
    if dialect.quarter:
        named |= {dialect.quarter.month, *dialect.quarter.shared}
    unknown = sorted(named - ours)
    if unknown:
        raise ValueError(f"schemas/dialects/{dialect.name}: {dialect.feed} has no column {', '.join(unknown)}")
    _check_told_apart(dialect)


def _check_told_apart(dialect: Dialect) -> None:
    """The records that one row makes must differ in what tells records or their parts apart."""
    feed = FEEDS[dialect.feed]
    apart = (*feed.key, *feed.parts)
    if feed.has_lines:
        return
    if dialect.quarter and dialect.quarter.month not in feed.key:
        raise ValueError(f"schemas/dialects/{dialect.name}: the months of a quarter would have one key: {', '.join(feed.key)}")
    own = [tuple(part.constants.get(name, part.sources.get(name)) for name in apart) for part in dialect.parts]
    if len(set(map(str, own))) < len(own):
        raise ValueError(f"schemas/dialects/{dialect.name}: the records of a row must differ in one of {', '.join(apart)}")
