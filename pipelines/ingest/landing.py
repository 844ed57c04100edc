"""What the agencies have dropped: the files of `landing/` as submissions.

Belongs here: names of files and folders and what they mean. Does not belong here: reading the files.
"""

import hashlib
import hmac
import re
from dataclasses import dataclass
from pathlib import Path

from pipelines.engine.errors import IrfError
from schemas.feeds import FEEDS

FILE_NAME = re.compile(r"(?P<period>\d{4}-(0[1-9]|1[0-2]))(\.r(?P<revision>[1-9]\d*))?\.(?P<kind>csv|csv\.gz|xlsx|parquet)")

CHUNK_BYTES = 1_000_000


@dataclass(frozen=True, order=True)
class Landed:
    """One file of the landing folder. Ordered by agency, feed, period, revision.

    sha256: what the file is known by inside. file_hash: what it is known by in a release; '' where nothing is published.
    unreadable: why it could not be read, in the system's words; then it has no hash.
    """

    agency: str
    feed: str
    period: str
    revision: int
    path: Path
    sha256: str
    file_hash: str = ""
    unreadable: str = ""

    @property
    def name(self) -> str:
        """The file as the user knows it."""
        return f"{self.agency}/{self.feed}/{self.path.name}"

    @property
    def parquet_name(self) -> str:
        """Its place in raw, staged and quarantine, below the feed's folder."""
        return f"{self.agency}/{self.period}.r{self.revision}.parquet"


def scan(landing: Path, agencies: dict[str, str], up_to: str | None = None, key: bytes | None = None) -> list[Landed]:
    """Every submission for periods up to `up_to` (YYYY-MM), in order.

    agencies: agency → kind. key: the pseudonym key, where what is found is to be published. Raises IrfError for a folder or file that no declaration explains.
    """
    found = []
    for agency in _folders(landing):
        if agency.name not in agencies:
            raise IrfError(f"landing/{agency.name}: no such agency in reference/agencies.csv; declare it or remove the folder")
        for feed in _folders(agency):
            check_feed(f"landing/{agency.name}/{feed.name}", feed.name, agencies[agency.name])
            found += [_landed(agency.name, feed.name, file, key) for file in _files(feed)]
    _check_unique(found)
    return sorted(f for f in found if up_to is None or f.period <= up_to)


def _folders(parent: Path) -> list[Path]:
    return sorted(p for p in parent.iterdir() if p.is_dir() and not p.name.startswith(".")) if parent.is_dir() else []


def _files(feed: Path) -> list[Path]:
    return sorted(p for p in feed.iterdir() if p.is_file() and not p.name.startswith("."))


def check_feed(place: str, feed: str, kind: str) -> None:
    """Raise IrfError, naming the place, for a feed that nobody or no agency of this kind sends."""
    if feed not in FEEDS:
        raise IrfError(f"{place}: no such feed; known are {', '.join(sorted(FEEDS))}")
    if FEEDS[feed].kind not in (kind, "any"):
        raise IrfError(f"{place}: a {kind} does not send {feed}")


def _landed(agency: str, feed: str, file: Path, key: bytes | None) -> Landed:
    match = FILE_NAME.fullmatch(file.name)
    if not match:
        raise IrfError(f"landing/{agency}/{feed}/{file.name}: the name must be YYYY-MM[.rN].csv, .csv.gz, .xlsx or .parquet")
    place = (agency, feed, match["period"], int(match["revision"] or 0), file)
    try:
        return Landed(*place, *hashes_of(file, key))
    except OSError as error:
        return Landed(*place, "", unreadable=error.strerror or type(error).__name__)


def sha256_of(file: Path) -> str:
    """The SHA-256 of a file's content: what it is known by inside, never in anything published."""
    return hashes_of(file, None)[0]


def published_hash(file: Path, key: bytes) -> str:
    """What a landed file is known by in a release (`submission.file_hash`, the manifest's inputs, `source_file`).

    HMAC-SHA-256 of its content with the pseudonym key, as hexadecimal text: without the key nobody finds the content of a
    small file by trying.
    """
    return hashes_of(file, key)[1]


def hashes_of(file: Path, key: bytes | None) -> tuple[str, str]:
    """`sha256_of` and `published_hash` from one reading; the second is '' without a key."""
    plain, keyed = hashlib.sha256(), hmac.new(key, digestmod="sha256") if key is not None else None
    with file.open("rb") as stream:
        while chunk := stream.read(CHUNK_BYTES):
            plain.update(chunk)
            if keyed:
                keyed.update(chunk)
    return plain.hexdigest(), keyed.hexdigest() if keyed else ""


def _check_unique(found: list[Landed]) -> None:
    seen: dict[tuple[str, str, str, int], Landed] = {}
    for f in found:
        first = seen.setdefault((f.agency, f.feed, f.period, f.revision), f)
        if first is not f:
            raise IrfError(f"landing/{first.name} and landing/{f.name}: two files for one revision; keep one")
