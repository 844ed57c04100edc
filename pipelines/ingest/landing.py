"""What the agencies have dropped: the files of `landing/` as submissions.

Belongs here: names of files and folders and what they mean. Does not belong here: reading the files.
"""

import difflib
import hashlib
import hmac
import re
import stat
from collections.abc import Iterable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from itertools import groupby
from pathlib import Path
from typing import ClassVar

import pyarrow.parquet as pq

from pipelines.engine import machine
from pipelines.engine.errors import IrfError
from pipelines.engine.files import copy_hashed, remove
from pipelines.engine.progress import PROGRESS
from pipelines.warehouse.journal import Entry
from pipelines.warehouse.key import key_of, others_can_read
from pipelines.warehouse.work import Work
from schemas.feeds import FEEDS

FILE_NAME = re.compile(
    r"(?P<period>20\d\d-(0[1-9]|1[0-2]))(\.r(?P<revision>[1-9]\d{0,3}))?\.(?P<kind>csv|csv\.gz|xlsx|parquet)", re.IGNORECASE
)
LITTER = re.compile(r"~\$.*|\..*|thumbs\.db|desktop\.ini|.*\.(tmp|part|filepart|crdownload)", re.IGNORECASE | re.DOTALL)
"""What a spreadsheet, a mail program or a share leaves behind; a file or folder of such a name is nobody's submission."""
_NEARLY = re.compile(r"(?P<year>20\d\d)[-_. ]?(?P<month>0[1-9]|1[0-2])(?!\d)")
_OTHER_KIND = re.compile(r"\.(xls|xlsm|xlsb|ods|numbers|pdf|docx?|txt|zip)$", re.IGNORECASE)
"""Files that hold tables, but none that is read."""
_LONG_NUMBER = re.compile(r"\d{9,}")
"""A number that may be somebody's, in a name that we did not choose."""

CHUNK_BYTES = 1_000_000


@dataclass(frozen=True, order=True)
class Landed:
    """One file of the landing folder. Ordered by agency, feed, period, revision.

    sha256: what the file is known by inside; '' where nobody asked. file_hash: what it is known by in a release; '' where nothing is
    published.
    unusable: why it can be none, as a sentence, and by which file rule; then it has no hash. location: the agency's
    code in the national social care return; '' where it has none.
    """

    agency: str
    feed: str
    period: str
    revision: int
    path: Path
    sha256: str
    file_hash: str = ""
    unusable: str = ""
    unusable_rule: str = ""
    location: str = ""

    @property
    def name(self) -> str:
        """The file as the user knows it."""
        return f"{self.agency}/{self.feed}/{self.path.name}"

    @property
    def stem(self) -> str:
        """What its files in raw, staged and quarantine begin with, below the folders of feed and agency."""
        return f"{self.period}.r{self.revision}"


@dataclass(frozen=True)
class Found:
    """What lies in the landing folder: submissions in order, and a sentence for each thing that is not used."""

    landed: list[Landed]
    unused: list[str]


class Landing(Entry):
    """What was found for a refresh.

    submissions: those up to the period, in order. unused: a sentence for each thing that is none. decisions: SHA-256 of the
    decisions on links, as they were copied; '' where there are none.
    """

    named: ClassVar[str] = "landing"
    submissions: list[Landed]
    unused: list[str]
    decisions: str


def find_submissions(work: Work) -> Landing:
    """Find the submissions up to the period and note them, with whatever else is there. Raises IrfError where there is none."""
    root, key = work.root, key_of(work.root)
    if others_can_read(root.key_file):
        PROGRESS.warning("warning: others can read the pseudonym key %s; chmod 600 makes it yours alone", root.key_file)
    agencies = pq.read_table(work.reference("agencies"), columns=["agency", "kind", "sending_location"]).to_pylist()
    found = scan(root.folder("landing"), {a["agency"]: a["kind"] for a in agencies}, work.period, key)
    if not found.landed:
        raise IrfError(f"landing: no submission for {work.period} or before; put files under landing/<agency>/<feed>/")
    locations = locations_of(agencies)
    submissions = [replace(x, location=locations[x.agency]) for x in found.landed]
    landing = Landing(submissions=submissions, unused=found.unused, decisions=_take_decisions(work))
    work.keep(landing)
    return landing


def hash_of(submissions: Iterable[Landed]) -> str:
    """One hash over submissions: whose they are and what is in them."""
    digest = hashlib.sha256()
    for x in submissions:
        digest.update(f"{x.name} {x.file_hash or x.unusable}\n".encode())
    return digest.hexdigest()


def _take_decisions(work: Work) -> str:
    """Copy the decisions on links as they are now: what is hashed is what is followed. Returns their SHA-256, or ''."""
    if work.root.decisions.exists():
        return copy_hashed(work.root.decisions, work.decisions)
    remove(work.decisions)
    return ""


def locations_of(agencies: Iterable[Mapping[str, str | None]]) -> dict[str, str]:
    """The code of each agency in the national social care return, '' where it has none. agencies: rows of `agencies.csv`."""
    found: dict[str, str] = {}
    for row in agencies:
        found[str(row["agency"])] = row["sending_location"] or found.get(str(row["agency"]), "")
    return found


def scan(
    landing: Path, agencies: dict[str, str], up_to: str | None = None, key: bytes | None = None, *, hashes: bool = True
) -> Found:
    """Every submission for periods up to `up_to` (YYYY-MM), and whatever else is there that no declaration explains.

    agencies: agency → kind. key: the pseudonym key, where what is found is to be published. hashes: whether files are read to their
    end for theirs; else they have none. Links, devices and pipes are never followed. Two files of one revision are one submission
    that cannot be used.
    """
    named: list[Named] = []
    unused: list[str] = []
    for agency in _declared_folders(landing, "landing", agencies, unused):
        place = f"landing/{agency.name}"
        for feed in _declared_folders(agency, place, feeds_of(agencies[agency.name]), unused):
            named += _named(feed, agency.name, unused)
    with ThreadPoolExecutor(machine.threads()) as reading:
        found = list(reading.map(lambda one: _landed(one, key, hashes), named))
    return Found(sorted(f for f in _each_once(found) if up_to is None or f.period <= up_to), unused)


def feeds_of(kind: str) -> list[str]:
    """The feeds that an agency of a kind sends."""
    return [name for name, feed in FEEDS.items() if feed.kind in (kind, "any")]


def _entries(folder: Path) -> list[Path]:
    """What lies in a folder, without the litter."""
    return sorted(p for p in folder.iterdir() if not LITTER.fullmatch(p.name)) if folder.is_dir() else []


def _declared_folders(parent: Path, place: str, names: Iterable[str], unused: list[str]) -> list[Path]:
    """The folders in a folder that have one of these names; what else is there is told in `unused`."""
    known = sorted(names)
    declared = []
    for path in _entries(parent):
        if path.name in known and path.is_dir() and not path.is_symlink():
            declared.append(path)
            continue
        near = difflib.get_close_matches(path.name.lower().replace(" ", "_"), known, n=1)
        if path.name in known:
            why = "it must be a folder, and no link"
        elif near:
            why = f"is {place}/{near[0]} meant?"
        else:
            why = f"known here are {', '.join(known)}"
        unused.append(f"{place}/{_shown(path.name)}: is not used; {why}")
    return declared


@dataclass(frozen=True)
class Named:
    """A file that has the name of a submission. name: its parts."""

    agency: str
    feed: str
    file: Path
    name: re.Match[str]


def _named(folder: Path, agency: str, unused: list[str]) -> list[Named]:
    """The files of a feed's folder that have the name of a submission; what else is there is told in `unused`."""
    found = []
    names = {path.name.lower() for path in _entries(folder)}
    for path in _entries(folder):
        match = FILE_NAME.fullmatch(path.name)
        if match and is_plain_file(path):
            found.append(Named(agency, folder.name, path, match))
            continue
        why = "it must be a file of its own: no link, folder, device or pipe" if match else _right_name(path.name, names)
        unused.append(f"landing/{agency}/{folder.name}/{_shown(path.name)}: is not used; {why}")
    return found


def is_plain_file(path: Path) -> bool:
    """Whether a path is itself a file that can be read to its end: no link, device or pipe."""
    return stat.S_ISREG(path.lstat().st_mode)


def _right_name(name: str, there: set[str]) -> str:
    """The declared name that a file's name comes nearest to, as advice. there: the names in its folder, in lower case."""
    near = _NEARLY.search(name)
    if near is None:
        return "a submission is named after its month, as 2025-04.csv, or 2025-04.r1.csv where it replaces that"
    month = f"{near['year']}-{near['month']}"
    if other := _OTHER_KIND.search(name):
        return f"{other[0]} files are not read; open it and save it as {month}.xlsx"
    kind = next((kind for kind in (".csv.gz", ".xlsx", ".parquet") if name.lower().endswith(kind)), ".csv")
    if not any(other.startswith(f"{month}.") for other in there if FILE_NAME.fullmatch(other)):
        return f"is {month}{kind} meant?"
    revision = next(n for n in range(1, len(there) + 2) if not any(other.startswith(f"{month}.r{n}.") for other in there))
    return f"name it {month}.r{revision}{kind} where it replaces the file of {month}, else take it away"


def _shown(name: str) -> str:
    """A name that we did not choose, fit for a line of text."""
    printable = "".join(letter if letter.isprintable() else "?" for letter in name)
    return _LONG_NUMBER.sub(lambda number: "#" * len(number[0]), printable)


def check_feed(place: str, feed: str, kind: str) -> None:
    """Raise IrfError, naming the place, for a feed that nobody or no agency of this kind sends."""
    if feed not in FEEDS:
        raise IrfError(f"{place}: no such feed; known are {', '.join(sorted(FEEDS))}")
    if FEEDS[feed].kind not in (kind, "any"):
        raise IrfError(f"{place}: a {kind} does not send {feed}")


def _landed(named: Named, key: bytes | None, hashes: bool) -> Landed:
    place = (named.agency, named.feed, named.name["period"], int(named.name["revision"] or 0), named.file)
    try:
        if hashes:
            return Landed(*place, *hashes_of(named.file, key))
        with named.file.open("rb") as file:
            file.read(1)  # whether it can be
        return Landed(*place, "")
    except OSError as error:
        why = f"cannot be read: {error.strerror or type(error).__name__}; let this user read the file"
        return Landed(*place, "", unusable=why, unusable_rule="file.unreadable")


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


def _each_once(found: list[Landed]) -> Iterator[Landed]:
    """The submissions, each once: where two files are for one, nobody can tell which is meant, and neither is used."""
    by_place = groupby(sorted(found), key=lambda f: (f.agency, f.feed, f.period, f.revision))
    for _, files in by_place:
        first, *others = files
        if others:
            names = ", ".join(f.path.name for f in (first, *others))
            why = f"there are {1 + len(others)} files for one revision ({names}); keep one"
            first = replace(first, sha256="", file_hash="", unusable=why, unusable_rule="file.two_files")
        yield first
