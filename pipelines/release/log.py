"""The log of releases, `state/releases.log`: what was published, accepted, signed off and declared, each line with the hash of the one before.

Belongs here: its entries, reading them, adding to them, whether the chain is whole. Does not belong here: comparing the log with
releases, who may sign off.
A line is one JSON object: the entry, its number (`line`) and the SHA-256 of the line before with its line end (`previous`), so
that `sed -n 1p releases.log | sha256sum` is what line 2 says. `state/releases.head` keeps number and hash of the last line, for
a chain alone does not miss its end.
"""

import datetime
import hashlib
import io
import itertools
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError

from pipelines.engine.clock import now_in_utc
from pipelines.engine.errors import IrfError, listed
from pipelines.engine.files import read_note, replace_whole, sha256_of, write_note
from pipelines.warehouse.releases import period_of, releases
from pipelines.warehouse.root import DataRoot


class _Noted(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Published(_Noted):
    """A release is there. published_at: None of one that was there before the log was. signers: fingerprints of the keys that
    signed its manifest.
    """

    kind: Literal["published"] = "published"
    version: str
    period: str
    manifest_sha256: str
    published_at: datetime.datetime | None
    signers: tuple[str, ...] = ()


class SignedOff(_Noted):
    """Somebody has accepted a release, as its manifest was then."""

    kind: Literal["signed_off"] = "signed_off"
    version: str
    manifest_sha256: str
    name: str
    role: str
    note: str | None
    signed_at: datetime.datetime


class AcceptedWarning(_Noted):
    """A warning of the gate is known and accepted for refreshes of months that end by a day. name: of the check.

    cases: what its cases were about when it was accepted (`about` of `pipelines/quality/about.py`): it holds for these. None of a line
    from before they were kept, which holds for every case.
    """

    kind: Literal["accepted_warning"] = "accepted_warning"
    name: str
    until: datetime.date
    reason: str
    accepted_at: datetime.datetime
    cases: tuple[str, ...] | None = None


class DeclaredTest(_Noted):
    """A test of change is declared. declaration_sha256: of what was written then. known_through: the last month (YYYY-MM) that a
    release had then. looked_at: the releases for which it had been evaluated already.
    """

    kind: Literal["declared_test"] = "declared_test"
    name: str
    declaration_sha256: str
    releases: tuple[str, ...]
    known_through: str | None
    looked_at: tuple[str, ...]
    declared_at: datetime.datetime


Entry = Published | SignedOff | AcceptedWarning | DeclaredTest
_ENTRY: TypeAdapter[Entry] = TypeAdapter(Annotated[Entry, Field(discriminator="kind")])
CHAIN = ("line", "previous")
"""What a line says besides its entry."""


class Head(_Noted):
    """The last line of the log that is sure to be there."""

    line: int = 0
    sha256: str | None = None


class Line(_Noted):
    """A line of the log as it is. entry: None where it cannot be read. number, previous: what it says itself. sha256: of its bytes."""

    number: int | None = None
    previous: str | None = None
    entry: Entry | None = None
    sha256: str


def log_file(root: DataRoot) -> Path:
    """Where the log is."""
    return root.folder("state") / "releases.log"


def head_file(root: DataRoot) -> Path:
    """Where the number and the hash of its last line are."""
    return root.folder("state") / "releases.head"


def read_log(root: DataRoot) -> list[Entry]:
    """Every entry, the oldest first; none where there is no log. Raises IrfError where a line cannot be read."""
    entries = [line.entry for line in read_lines(root)]
    if None in entries:
        raise IrfError(f"{log_file(root)}: line {entries.index(None) + 1} cannot be read; `irf verify` says what is wrong")
    return [entry for entry in entries if entry is not None]


def read_lines(root: DataRoot) -> list[Line]:
    """The lines as they are, whatever has been done to them."""
    return lines_in(log_file(root))


def lines_in(log: Path) -> list[Line]:
    """`read_lines` of a log that may lie anywhere; none where it is not there."""
    try:
        content = log.read_bytes()
    except FileNotFoundError:
        return []
    return [_line_of(text) for text in io.BytesIO(content)]


def add(root: DataRoot, entries: Sequence[Entry]) -> None:
    """Add entries at the end: all of them or none, whatever kills the process. To be called by who holds the lock.

    Raises IrfError where the log is not as it was written: nothing is built on it then.
    """
    lines = read_lines(root)
    if problems := broken_links(head_file(root), lines):
        raise IrfError(
            f"{log_file(root)}: {listed(problems)}; put state/ back from the backup, or move releases.log and releases.head out "
            "of it: a new log then begins"
        )
    content = log_file(root).read_bytes() if lines else b""
    number, previous = len(lines), lines[-1].sha256 if lines else None
    for entry in entries:
        number += 1
        body = {"line": number, "previous": previous, **entry.model_dump(mode="json")}
        text = json.dumps(body, sort_keys=True, ensure_ascii=False).encode("utf-8") + b"\n"
        content, previous = content + text, hashlib.sha256(text).hexdigest()
    if entries:
        replace_whole(log_file(root), lambda file: file.write(content))
    head = Head(line=number, sha256=previous)
    if number and _head(head_file(root)) != head:
        write_note(head_file(root), head.model_dump())


def note_releases(root: DataRoot, new: str | None = None) -> None:
    """Add every release that is there and not in the log. new: the one that is published now; of others nobody knows when."""
    known = {line.entry.version for line in read_lines(root) if isinstance(line.entry, Published)}
    folder, now = root.folder("releases"), now_in_utc()
    add(root, [
        published(folder / version, now if version == new else None)
        for version in releases(folder)
        if version not in known and (folder / version / "manifest.json").is_file()
    ])  # fmt: skip


def published(release: Path, at: datetime.datetime | None) -> Published:
    """The entry of a release that is there."""
    manifest = read_note(release / "manifest.json")
    signers = manifest.get("signers", []) if isinstance(manifest, dict) else []
    return Published(
        version=release.name,
        period=period_of(release.name),
        manifest_sha256=sha256_of(release / "manifest.json"),
        published_at=at,
        signers=tuple(map(str, signers)) if isinstance(signers, list) else (),
    )


def broken_links(head_file: Path, lines: Sequence[Line]) -> list[str]:
    """What has been done to the log, each in one line that names the line it was done to; nothing where the chain is whole."""
    head, numbers = _head(head_file), [line.number for line in lines]
    if unread := [f"line {at} cannot be read" for at, line in enumerate(lines, 1) if line.entry is None]:
        return unread  # it has no number: which lines are missing cannot be told
    read = [n for n in numbers if n is not None]
    last = max(read, default=0)
    problems = [f"line {n} is missing" for n in range(1, min(last, len(read) + 1)) if n not in read]
    if head.line > last:
        problems.append(f"line {head.line} is missing" + (f", and all from {last + 1} on" if head.line > last + 1 else ""))
    problems += [f"line {n} is there {read.count(n)} times" for n in sorted(set(read)) if read.count(n) > 1]
    problems += [f"line {one} stands before line {other}" for one, other in itertools.pairwise(read) if one > other]
    return problems or [f"line {n} is not as it was written" for n in _changed(lines, head)]


def _changed(lines: Sequence[Line], head: Head) -> list[int]:
    """The lines whose hash is not what the line after them says, or for the last one the head."""
    is_sealed = bool(head.line) and lines[head.line - 1].sha256 == head.sha256
    changed = set() if is_sealed or not head.line else {head.line}
    before = [None, *(line.sha256 for line in lines)]
    for n, (line, sha256) in enumerate(zip(lines, before, strict=False), 1):
        if line.previous != sha256:
            # Where the head vouches for the line before, or there is none, it is this line that says something else.
            changed.add(n if n == 1 or (is_sealed and n - 1 == head.line) else n - 1)
    return sorted(changed)


def _line_of(text: bytes) -> Line:
    sha256 = hashlib.sha256(text).hexdigest()
    try:
        body = json.loads(text)
        entry = _ENTRY.validate_python({name: value for name, value in body.items() if name not in CHAIN})
        return Line(number=body["line"], previous=body["previous"], entry=entry, sha256=sha256)
    except (ValueError, KeyError, AttributeError, ValidationError):
        return Line(sha256=sha256)


def _head(file: Path) -> Head:
    """What is sure to be there; nothing where that is not noted, as before the first line."""
    try:
        return Head.model_validate(read_note(file) or {})
    except ValidationError:
        return Head()
