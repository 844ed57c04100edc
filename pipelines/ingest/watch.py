"""Which month the files in landing ask a refresh for.

Belongs here: what has arrived, whether it lies still, whether the latest release was made of it. Does not belong here:
starting a run (`pipelines/definitions.py`), reading a file.
"""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from pipelines.engine.files import read_note
from pipelines.ingest.landing import FILE_NAME, published_hash
from pipelines.ingest.reference import expected_in, reference_tables
from pipelines.warehouse.key import read_key
from pipelines.warehouse.releases import latest_of
from pipelines.warehouse.root import DataRoot
from schemas.feeds import FEEDS

QUIET_SECONDS = 120
"""A file that was written later than this ago may not be whole yet."""


@dataclass(frozen=True)
class Arrived:
    """A file of landing with a name that is declared."""

    agency: str
    feed: str
    period: str
    path: Path

    @property
    def name(self) -> str:
        """The file as a manifest names it."""
        return f"{self.agency}/{self.feed}/{self.path.name}"


@dataclass(frozen=True)
class Asked:
    """A month to be refreshed. state: names the files, reference tables and decisions that it is asked for."""

    period: str
    state: str


def asked_for(root: DataRoot, months: Sequence[str], now: float) -> Asked | str:
    """The newest of the months whose required feeds have all arrived, if its files lie still and its latest release was made
    of others; else, in words, why nothing is asked for.

    now: the time, in seconds since 1970. Raises IrfError where a reference table or the key cannot be read.
    """
    agencies, expected = (table.to_pylist() for table in reference_tables(root, "agencies", "expected_feeds"))
    kinds = {a["agency"]: a["kind"] for a in agencies}
    arrived = _arrived(root.folder("landing"), kinds)
    complete = [month for month in months if _is_complete(month, arrived, expected)]
    if not complete:
        return "no month has all its required feeds yet"
    period = max(complete)
    files = [file for file in arrived if file.period <= period]
    if any(file.path.stat().st_ctime > now - QUIET_SECONDS for file in files):
        return f"files were written in the last {QUIET_SECONDS} seconds; they may not be whole yet"
    version = latest_of(root.folder("releases"), period)
    if version is not None and _is_made_of(root, version, files):
        return f"{version} was made of the files in landing"
    return Asked(period, _state(root, files, version))


def _arrived(landing: Path, kinds: dict[str, str]) -> list[Arrived]:
    """The submissions in landing, by their names alone; anything else that lies there is nobody's."""
    found = []
    for agency, kind in sorted(kinds.items()):
        for feed in sorted(name for name, declared in FEEDS.items() if declared.kind in (kind, "any")):
            folder = landing / agency / feed
            for path in sorted(folder.iterdir()) if folder.is_dir() else []:
                match = FILE_NAME.fullmatch(path.name)
                if match and path.is_file() and not path.is_symlink():
                    found.append(Arrived(agency, feed, match["period"], path))
    return found


def _is_complete(month: str, arrived: Sequence[Arrived], expected: list[dict]) -> bool:
    """Whether anything is there for a month, and every required feed."""
    there = {(file.agency, file.feed) for file in arrived if file.period == month}
    required = {(row["agency"], row["feed"]) for row in expected_in(expected, month) if row["required"] == "Y"}
    return bool(there) and required <= there


def _is_made_of(root: DataRoot, version: str, files: Sequence[Arrived]) -> bool:
    """Whether a release was made of exactly these files, each whole, by the keyed hashes of its manifest."""
    manifest = read_note(root.folder("releases") / version / "manifest.json")
    try:
        inputs = {entry["file"]: (entry["file_hash"], entry["refused"]) for entry in manifest["inputs"]}  # type: ignore[index]
    except (KeyError, TypeError):
        return False  # it does not say what it was made of in the way a manifest does
    if any(refused == "file.unfinished" for _, refused in inputs.values()):
        return False
    key = read_key(root.key_file)
    there = {file.name: published_hash(file.path, key) for file in files}
    return there == {name: file_hash for name, (file_hash, _) in inputs.items()}


def _state(root: DataRoot, files: Sequence[Arrived], version: str | None) -> str:
    """A hash over what may let a refresh come out otherwise than the last time; no file is read for it."""
    others = [*sorted(root.folder("reference").glob("*.csv")), root.decisions]
    digest = hashlib.sha256(str(version).encode())
    for path in [*(file.path for file in files), *(path for path in others if path.exists())]:
        seen = path.stat()
        place = path.relative_to(root.path).as_posix()
        digest.update(f"{place} {seen.st_size} {seen.st_mtime_ns} {seen.st_ctime_ns}\n".encode())
    return digest.hexdigest()
