"""Bringing raw, staged and quarantine up to date with the landing folder, and which submissions count.

Belongs here: caching by content, fallback to an earlier revision, what is missing. Does not belong here: how a file is
read (`read.py`) or judged (`judge.py`).
"""

import functools
import hashlib
import json
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import asdict, dataclass, replace
from decimal import Decimal
from pathlib import Path

import duckdb

from pipelines.engine.database import open_database
from pipelines.engine.errors import IrfError
from pipelines.engine.files import copy_hashed, read_note, remove, sync, write_note
from pipelines.engine.sql import REPOSITORY
from pipelines.ingest.landing import Landed
from pipelines.ingest.reading.read import Refused
from pipelines.ingest.reading.unread import noted
from pipelines.ingest.validating.corrections import Corrected, Correction
from pipelines.ingest.validating.validate import Count, Outcome, judge, write_raw
from pipelines.warehouse.root import DataRoot
from schemas.plausible import PLAUSIBLE, Bounds

READING = ".reading-"
"""What the name of a folder of copies that are being read begins with; a killed process leaves it."""


@dataclass(frozen=True)
class Judged:
    """A landed submission with its outcome, or with the file rule it broke."""

    landed: Landed
    outcome: Outcome
    refused: str | None = None
    detail: str = ""


def fingerprint(*files: Path) -> str:
    """A hash over everything besides the submission that decides its judgement: schemas, readers, macros, reference."""
    digest = hashlib.sha256()
    for path in [*_code_files(), *files]:
        state = path.stat()
        digest.update(_content_hash(path, state.st_size, state.st_mtime_ns))
    return digest.hexdigest()


@functools.cache
def _code_files() -> list[Path]:
    """What decides a judgement in the repository, listed once: it is asked for with every submission."""
    patterns = ("schemas/**/*.py", "schemas/dialects/*/*.toml", "pipelines/ingest/**/*.py", "sql/macro/*.sql")
    return sorted(path for pattern in patterns for path in REPOSITORY.glob(pattern))


@functools.cache
def _content_hash(path: Path, size_bytes: int, changed_ns: int) -> bytes:
    """The hash of a file, taken once while the file stays as it is; it is asked for with every submission."""
    return hashlib.sha256(path.read_bytes()).digest()


def take_raw(landed: Landed, root: DataRoot) -> Judged | None:
    """Make the raw table of a submission unless it is there. Returns the refusal when the file cannot be read."""
    if landed.unusable:
        return Judged(landed, Outcome(), landed.unusable_rule, landed.unusable)
    raw = _raw_file(landed, root)
    if raw.exists() and _is_raw_of(landed, root):
        return None
    remove(_raw_mark(landed, root))
    try:
        with _copy_to_read(landed, root) as copy:
            write_raw(replace(landed, path=copy), raw)
    except Refused as refusal:
        raw.unlink(missing_ok=True)
        return Judged(landed, Outcome(), refusal.rule_id, str(refusal))
    sync(raw)
    write_note(_raw_mark(landed, root), _raw_key(landed))
    return None


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


def _raw_file(landed: Landed, root: DataRoot) -> Path:
    return root.folder("raw") / landed.feed / landed.parquet_name


def _raw_mark(landed: Landed, root: DataRoot) -> Path:
    """Where it is noted what the raw table of a submission was made of."""
    return _raw_file(landed, root).with_suffix(".sha256")


def _raw_key(landed: Landed) -> str:
    return landed.sha256 + landed.location + fingerprint()


def _is_raw_of(landed: Landed, root: DataRoot) -> bool:
    """Whether the raw table under a submission's name is of its content, read by this code."""
    return read_note(_raw_mark(landed, root)) == _raw_key(landed)


def take_judged(
    submissions: Sequence[Landed],
    root: DataRoot,
    postcodes: Path,
    declared: Sequence[Correction] = (),
    plausible: Mapping[str, Bounds] = PLAUSIBLE,
) -> list[Judged]:
    """Judge submissions whose raw tables are there, but none whose content was judged by the same rules before.

    declared: every correction; those of a submission are applied, and are part of what it was judged by. plausible: the bounds
    of every feed.
    """
    rules = fingerprint(postcodes)
    with ExitStack() as opened:
        # Most often all were judged before: then no database is opened.
        database = functools.cache(lambda: opened.enter_context(open_database(root.path)))
        return [_take_one_judged(database, x, root, rules, postcodes, declared, plausible[x.feed]) for x in submissions]


def _take_one_judged(
    database: Callable[[], duckdb.DuckDBPyConnection],
    landed: Landed,
    root: DataRoot,
    rules: str,
    postcodes: Path,
    declared: Sequence[Correction],
    bounds: Bounds,
) -> Judged:
    corrections = [c for c in declared if c.applies_to(landed.agency, landed.feed, landed.period)]
    known = _noted_file(landed, root)
    key = (
        landed.sha256
        + landed.file_hash
        + rules
        + hashlib.sha256(repr((corrections, sorted(bounds.items()))).encode()).hexdigest()
    )
    noted = read_note(known)
    stored = noted if isinstance(noted, dict) else {}
    if stored.get("key") == key and (stored["refused"] or all(path.exists() for path in _judged_files(landed, root))):
        return Judged(landed, _outcome(stored["outcome"]), stored["refused"], stored["detail"])
    # Before its rows are replaced: killed in between, no note vouches for another content's rows.
    remove(known)
    if not _is_raw_of(landed, root):
        raise IrfError(f"raw/{landed.feed}/{landed.parquet_name} is not made of {landed.name} as it is now; refresh again")
    result = _judge_now(database(), landed, root, postcodes, corrections, bounds)
    for path in _judged_files(landed, root):
        if path.exists():
            sync(path)
    write_note(known, {"key": key, "outcome": asdict(result.outcome), "refused": result.refused, "detail": result.detail})
    return result


def refusal_noted(landed: Landed, root: DataRoot) -> str | None:
    """Why a file was refused when it was judged last; None where it was not, or was never judged. Judges nothing."""
    stored = read_note(_noted_file(landed, root))
    if not isinstance(stored, dict) or not str(stored.get("key")).startswith(landed.sha256):
        return None
    return str(stored["detail"]) if stored["refused"] else None


def _noted_file(landed: Landed, root: DataRoot) -> Path:
    """Where the judgement of a submission is kept."""
    return root.folder("state") / "submissions" / landed.feed / (landed.parquet_name + ".json")


def _judged_files(landed: Landed, root: DataRoot) -> tuple[Path, Path]:
    """Where the accepted and the quarantined records of a submission are."""
    staged, quarantine = (root.folder(layer) / landed.feed / landed.parquet_name for layer in ("staged", "quarantine"))
    return staged, quarantine


def _judge_now(
    connection: duckdb.DuckDBPyConnection,
    landed: Landed,
    root: DataRoot,
    postcodes: Path,
    corrections: Sequence[Correction],
    bounds: Bounds,
) -> Judged:
    raw = _raw_file(landed, root)
    try:
        return Judged(landed, judge(connection, landed, raw, *_judged_files(landed, root), postcodes, corrections, bounds))
    except Refused as refusal:
        return Judged(landed, Outcome(), refusal.rule_id, str(refusal))


def _outcome(stored: dict[str, object]) -> Outcome:
    rules, corrected, totals = stored["rules"], stored["corrected"], stored["totals_that_differ"]
    assert isinstance(rules, dict) and isinstance(corrected, dict) and isinstance(totals, list)
    return Outcome(
        rows=int(str(stored["rows"])),
        accepted=int(str(stored["accepted"])),
        quarantined=int(str(stored["quarantined"])),
        pounds_read=Decimal(str(stored["pounds_read"])),
        pounds_quarantined=Decimal(str(stored["pounds_quarantined"])),
        rules={k: Count(v["severity"], v["failed"], Decimal(v["amount"]), v["first_rows"]) for k, v in rules.items()},
        unread=noted(json.dumps(stored["unread"])),
        corrected={
            k: Corrected(v["records"], Decimal(v["pounds_before"]), Decimal(v["pounds_after"])) for k, v in corrected.items()
        },
        totals_that_differ=[int(row) for row in totals],
        dropped=int(str(stored["dropped"])),
        dated=int(str(stored["dated"])),
        of_month=int(str(stored["of_month"])),
    )


def current(judged: list[Judged]) -> list[Judged]:
    """Of each agency, feed and period the latest revision that was not refused."""
    latest: dict[tuple[str, str, str], Judged] = {}
    for j in sorted(judged, key=lambda j: j.landed):
        if j.refused is None:
            latest[(j.landed.agency, j.landed.feed, j.landed.period)] = j
    return list(latest.values())
