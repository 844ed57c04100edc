"""Bringing raw, staged and quarantine up to date with the landing folder: each submission is read and validated once.

Belongs here: what is kept of a submission, by what it was made of. Does not belong here: how a file is read (`reading/`) or
validated (`validating/`), which submissions count (`intake.py`).
A staged file has the hash of all that decides it in its name: one content never takes another's place.
"""

import hashlib
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import ClassVar

import duckdb

from pipelines.engine.ahead import at_once
from pipelines.engine.database import open_database
from pipelines.engine.errors import IrfError
from pipelines.engine.files import copy_hashed, remove, sync
from pipelines.ingest.fingerprint import fingerprint
from pipelines.ingest.landing import Landed, sha256_of
from pipelines.ingest.raw import Raw, raw_file, raw_mark, write_raw
from pipelines.ingest.reading.read import Refused
from pipelines.ingest.reference import declared_bounds, declared_corrections
from pipelines.ingest.validating.corrections import Correction
from pipelines.ingest.validating.group import Files, together
from pipelines.ingest.validating.outcome import Outcome
from pipelines.warehouse import journal
from pipelines.warehouse.journal import Entry
from pipelines.warehouse.root import DataRoot
from pipelines.warehouse.work import Work
from schemas.plausible import PLAUSIBLE, Bounds

READING = ".reading-"
"""What the name of a folder of copies that are being read begins with; a killed process leaves it."""
KEY_CHARACTERS = 16
"""How much of the hash is in a file's name."""


@dataclass(frozen=True)
class Submission:
    """A landed submission with its outcome, or with the file rule that it broke.

    file: the name of its records below staged/<feed> and quarantine/<feed>; '' where it is refused. counts: whether its records
    are the refresh's, which `intake.py` decides.
    """

    landed: Landed
    outcome: Outcome
    refused: str | None = None
    detail: str = ""
    file: str = ""
    counts: bool = False


@dataclass(frozen=True)
class Rules:
    """Everything besides a submission that decides its validation.

    corrections: every declared one. plausible: the bounds of every feed.
    """

    postcodes: Path
    corrections: Sequence[Correction] = ()
    plausible: Mapping[str, Bounds] = field(default_factory=lambda: PLAUSIBLE)

    def corrections_of(self, landed: Landed) -> list[Correction]:
        """The corrections that are declared for a submission."""
        return [c for c in self.corrections if c.applies_to(landed.agency, landed.feed, landed.period)]

    def key(self, landed: Landed) -> str:
        """The hash of everything that decides what a submission's records become."""
        declared = repr((self.corrections_of(landed), sorted(self.plausible[landed.feed].items())))
        parts = (landed.sha256, landed.path.name, landed.file_hash, landed.location, fingerprint(self.postcodes), declared)
        return hashlib.sha256("\x1f".join(parts).encode()).hexdigest()


class Noted(Entry):
    """What became of a submission when it was read or validated last. key: of what, by what. files: the SHA-256 of both its files;
    None where it was refused."""

    named: ClassVar[str] = "submission"
    sha256: str
    key: str
    outcome: Outcome
    refused: str | None
    detail: str
    files: list[str] | None


def rules_of_work(work: Work) -> Rules:
    """The rules by which a refresh validates."""
    return Rules(work.reference("postcodes"), declared_corrections(work), declared_bounds(work))


# ---- raw ----


def take_all_raw(submissions: Sequence[Landed], root: DataRoot) -> list[bool]:
    """`take_raw` of each."""
    return list(at_once(lambda landed: take_raw(landed, root), submissions))


def take_raw(landed: Landed, root: DataRoot) -> bool:
    """Make the raw table of a submission unless it is there. Returns whether there is one: a file may be none that can be read."""
    if landed.unusable:
        return False
    raw = raw_file(landed, root)
    if _is_raw_of(landed, root):
        return True
    remove(raw_mark(landed, root))
    try:
        with _copy_to_read(landed, root) as copy:
            write_raw(replace(landed, path=copy), raw)
    except Refused as refusal:
        raw.unlink(missing_ok=True)
        _note(landed, root, _raw_key(landed), refusal)
        return False
    remove(_noted_file(landed, root))
    sync(raw)
    journal.keep(raw_mark(landed, root), Raw(of=landed.sha256, key=_raw_key(landed), sha256=sha256_of(raw)))
    return True


@contextmanager
def _copy_to_read(landed: Landed, root: DataRoot) -> Iterator[Path]:
    """A private copy of a submission: what is read is what was hashed. Raises Refused where the file has changed since."""
    root.folder("raw").mkdir(mode=0o700, parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=READING, dir=root.folder("raw")) as folder:
        copy = Path(folder) / landed.path.name
        try:
            is_whole = copy_hashed(landed.path, copy) == landed.sha256
        except (FileNotFoundError, PermissionError):
            is_whole = False
        if not is_whole:
            raise Refused(
                "file.unfinished",
                "the file changed while it was read, as when it is still being copied; once it is whole, refresh again",
            )
        yield copy


def _raw_key(landed: Landed) -> str:
    """What decides how a submission is read. Its name is part of it: the end of that says which kind of file it is."""
    return landed.sha256 + landed.path.name + landed.location + fingerprint()


def _is_raw_of(landed: Landed, root: DataRoot) -> bool:
    """Whether the raw table under a submission's name is of its content, read by this code, with the bytes that it was made with."""
    made = journal.find(raw_mark(landed, root), Raw)
    return made is not None and made.key == _raw_key(landed) and _hashes([raw_file(landed, root)]) == [made.sha256]


# ---- staged, quarantine ----


def stage(submissions: Sequence[Landed], root: DataRoot, rules: Rules) -> list[Submission]:
    """Validate the submissions of one feed that can be read, but none whose content was validated by the same rules before.

    Raises IrfError for one whose raw table is not of its content.
    """
    known = [noted_submission(landed, root, rules) for landed in submissions]
    made = iter(_validate_new([landed for landed, noted in zip(submissions, known, strict=True) if noted is None], root, rules))
    return [noted or next(made) for noted in known]


def _validate_new(submissions: Sequence[Landed], root: DataRoot, rules: Rules) -> list[Submission]:
    """Validate submissions of one feed, small ones together."""
    if not submissions:
        return []
    from pipelines.ingest.validating.validate import VALIDATING

    files = [_cleared(landed, root, rules) for landed in submissions]
    alone = [landed for landed in submissions if rules.corrections_of(landed)]
    with open_database(root.path, macros=VALIDATING) as connection:
        groups = at_once(lambda group: _stage_group(connection, group, root, rules), together(files, alone=alone))
        return [staged for group in groups for staged in group]


def noted_submission(landed: Landed, root: DataRoot, rules: Rules) -> Submission | None:
    """What reading and validating a submission by these rules came to; None where that was not done."""
    if landed.unusable:
        return Submission(landed, Outcome(), landed.unusable_rule, landed.unusable)
    noted = journal.find(_noted_file(landed, root), Noted)
    if noted is None:
        return None
    if noted.refused:
        is_known = noted.key in (rules.key(landed), _raw_key(landed))
        return Submission(landed, noted.outcome, noted.refused, noted.detail) if is_known else None
    key = rules.key(landed)
    if noted.key != key or noted.files != _hashes(_staged_files(landed, root, key)):
        return None
    return Submission(landed, noted.outcome, file=_file_name(landed, key))


def _cleared(landed: Landed, root: DataRoot, rules: Rules) -> Files:
    """Where a submission's records go, with nothing of an earlier validation left. Raises IrfError unless its raw table is its own."""
    if not _is_raw_of(landed, root):
        raise IrfError(
            f"raw/{landed.feed}/{landed.agency}/{landed.stem} is not made of {landed.name} as it is now; refresh again"
        )
    files = _staged_files(landed, root, rules.key(landed))
    # Before its files change: killed in between, no note vouches for half of them.
    remove(_noted_file(landed, root))
    for earlier in (e for file in files for e in file.parent.glob(f"{landed.stem}.*")):
        earlier.unlink()
    return Files(landed, raw_file(landed, root), *files)


def _stage_group(database: duckdb.DuckDBPyConnection, group: Sequence[Files], root: DataRoot, rules: Rules) -> list[Submission]:
    """Validate the submissions of a group and note what became of each. Raises IrfError for one that cannot be validated."""
    from pipelines.ingest.validating.validate import validate_together

    first = group[0].landed
    try:
        with database.cursor() as connection:
            outcomes = validate_together(
                connection, group, rules.postcodes, rules.corrections_of(first), rules.plausible[first.feed]
            )
    except IrfError:
        if len(group) == 1:
            raise
        # Each alone: the error then names the file that it is in, and those before it are done.
        return [staged for files in group for staged in _stage_group(database, [files], root, rules)]
    return list(at_once(lambda done: _keep(done[0], done[1], root, rules), zip(group, outcomes, strict=True)))


def _keep(files: Files, outcome: Outcome | Refused, root: DataRoot, rules: Rules) -> Submission:
    """Be sure that the files of a validated submission are on the disk, then note what became of it."""
    key = rules.key(files.landed)
    if isinstance(outcome, Refused):
        return _note(files.landed, root, key, outcome)
    for file in (files.staged, files.quarantine):
        sync(file)
    return _note(files.landed, root, key, outcome, _hashes((files.staged, files.quarantine)))


def _hashes(files: Sequence[Path]) -> list[str] | None:
    """The SHA-256 of each file; None where one is not there."""
    return [sha256_of(file) for file in files] if all(file.exists() for file in files) else None


def _note(landed: Landed, root: DataRoot, key: str, became: Outcome | Refused, files: list[str] | None = None) -> Submission:
    """Keep what became of a submission, its rules in the order of their names. files: as in `Noted`."""
    if isinstance(became, Refused):
        outcome, refused, detail = Outcome(), became.rule_id, str(became)
    else:
        outcome, refused, detail = _in_order(became), None, ""
    noted = Noted(sha256=landed.sha256, key=key, outcome=outcome, refused=refused, detail=detail, files=files)
    journal.keep(_noted_file(landed, root), noted)
    return Submission(landed, outcome, refused, detail, "" if refused else _file_name(landed, key))


def _in_order(outcome: Outcome) -> Outcome:
    return replace(outcome, rules=dict(sorted(outcome.rules.items())), corrected=dict(sorted(outcome.corrected.items())))


def refusal_noted(landed: Landed, root: DataRoot) -> str | None:
    """Why a file was refused when it was read or validated last; None where it was not, or nobody has tried. It tries nothing."""
    if landed.unusable:
        return landed.unusable
    noted = journal.find(_noted_file(landed, root), Noted)
    # A file is hashed only where one of its name was refused.
    return noted.detail if noted is not None and noted.refused and noted.sha256 == sha256_of(landed.path) else None


def _noted_file(landed: Landed, root: DataRoot) -> Path:
    return root.folder("state") / "submissions" / landed.feed / landed.agency / f"{landed.stem}.json"


def _file_name(landed: Landed, key: str) -> str:
    return f"{landed.agency}/{landed.stem}.{key[:KEY_CHARACTERS]}.parquet"


def _staged_files(landed: Landed, root: DataRoot, key: str) -> tuple[Path, Path]:
    """Where the accepted and the quarantined records of a submission are."""
    staged, quarantine = (root.folder(layer) / landed.feed / _file_name(landed, key) for layer in ("staged", "quarantine"))
    return staged, quarantine
