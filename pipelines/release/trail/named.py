"""Which submission somebody means who names a file.

Belongs here: from words to a row of table `submission`. Does not belong here: what became of it (`fate.py`).
"""

import re
from dataclasses import dataclass
from pathlib import Path

from pipelines.engine.errors import IrfError
from pipelines.ingest.landing import FILE_NAME, published_hash
from pipelines.ingest.staging import Submission
from pipelines.release.trail.known import Known, Row
from pipelines.warehouse.key import read_key

HASH_CHARACTERS = 12
_HASH = re.compile(rf"[0-9a-f]{{{HASH_CHARACTERS},64}}")
_ROW = re.compile(r"(?P<file>.+):(?P<row>\d{1,9})")


@dataclass(frozen=True)
class Named:
    """A submission of a release. file: its name as the manifest has it. published: its row of table `submission`.

    refused: the file rule that it broke. submission: what the work of the release knows of it; None where that is gone.
    """

    file: str
    published: Row
    refused: str | None
    pounds: dict[str, str] | None
    submission: Submission | None

    @property
    def place(self) -> tuple[str, str, str, int]:
        """Agency, feed, period and revision."""
        return self.published["agency"], self.published["feed"], self.published["period"], self.published["revision"]

    @property
    def refusal(self) -> str:
        """Why the file was refused, in words; '' where it was not, or where only the rule is known."""
        return self.submission.detail if self.submission else ""

    @property
    def source_file(self) -> str | None:
        """What a cost line calls the file; None of one that could not be read."""
        return str(self.published["file_hash"])[:HASH_CHARACTERS] if self.published["file_hash"] else None


def asked_of(text: str) -> tuple[str, int | None]:
    """The file and the row of `FILE[:ROW]`."""
    found = _ROW.fullmatch(text)
    return (found["file"], int(found["row"])) if found else (text, None)


def submissions_of(known: Known, rows: list[Row]) -> list[Named]:
    """Every submission of a release. rows: of its table `submission`."""
    stated = {(i["agency"], i["feed"], i["period"], i["revision"]): i for i in known.manifest["inputs"]}
    inside = known.inside.intake.submissions if known.inside else []
    by_place = {(s.landed.agency, s.landed.feed, s.landed.period, s.landed.revision): s for s in inside}
    named = []
    for row in rows:
        place = (row["agency"], row["feed"], row["period"], row["revision"])
        facts = stated[place]
        named.append(Named(facts["file"], row, facts["refused"], facts["pounds"], by_place.get(place)))
    return named


def find(known: Known, submissions: list[Named], text: str) -> Named:
    """The submission that a text names: its path in landing, the end of that, or the beginning of its keyed hash.

    Raises IrfError for none and for several, and for a file that is another now than the release was made of.
    """
    if _HASH.fullmatch(text):
        return _only(known, text, [s for s in submissions if str(s.published["file_hash"] or "").startswith(text)])
    path = Path(text) if len(Path(text).parts) >= 3 else Path(text).absolute()
    agency, feed, name = path.parts[-3:] if len(path.parts) >= 3 else ("", "", path.name)
    found = FILE_NAME.fullmatch(name)
    if found is None:
        raise IrfError(f"{text}: {_why_unused(known, path)}")
    place = (agency, feed, found["period"], int(found["revision"] or 0))
    named = _only(known, text, [s for s in submissions if s.place == place])
    _check_content(known, path, named)
    return named


def _only(known: Known, text: str, found: list[Named]) -> Named:
    if len(found) > 1:
        raise IrfError(f"{text}: {len(found)} files have this content ({', '.join(s.file for s in found)}); name one of them")
    if not found:
        raise IrfError(
            f"{text}: no submission of release {known.version}, which is of {known.manifest['period']}; it may have come later, be of "
            "another release (--release), or lie where nobody reads it (irf status)"
        )
    return found[0]


def _why_unused(known: Known, path: Path) -> str:
    """Why a file that has no name of a submission is not used: as the refresh said it, where that is known."""
    said = known.inside.intake.unused if known.inside else []
    place = "landing/" + "/".join(path.parts[-3:]) + ": "
    for sentence in said:
        if sentence.startswith(place):
            return sentence.removeprefix(place)
    return (
        "is no name of a submission; give agency/feed/period[.rN].ext as under landing/, or the first "
        f"{HASH_CHARACTERS} characters of its keyed hash (source_file of a cost line)"
    )


def _check_content(known: Known, path: Path, named: Named) -> None:
    """Raise IrfError where the file in landing is not the one that the release was made of."""
    landed = known.root.folder("landing") / named.file
    given = path if path.is_file() else landed
    if not given.is_file() or not named.published["file_hash"] or not known.root.key_file.exists():
        return
    if published_hash(given, read_key(known.root.key_file)) != named.published["file_hash"]:
        raise IrfError(
            f"{given}: is another file now than {known.version} was made of; put that one back, or ask with the first "
            f"{HASH_CHARACTERS} characters of its keyed hash, {named.source_file}"
        )
