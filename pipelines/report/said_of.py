"""What people have said of a release, from the log of releases: who accepts it, which warnings are known.

Belongs here: the sentences of the report. Does not belong here: the log (`pipelines/release/log.py`).
"""

from collections.abc import Sequence
from dataclasses import dataclass

from pipelines.release.log import AcceptedWarning, SignedOff, read_log
from pipelines.warehouse.root import DataRoot


@dataclass(frozen=True)
class Said:
    """Sentences: who signed the release off, and which warnings are accepted."""

    signed: Sequence[str] = ()
    accepted: Sequence[str] = ()


NOTHING_SAID = Said()


def said_of(root: DataRoot, version: str) -> Said:
    """What the log has of a version, and of warnings."""
    entries = read_log(root)
    return Said(
        [_signed(entry) for entry in entries if isinstance(entry, SignedOff) and entry.version == version],
        [_accepted(entry) for entry in entries if isinstance(entry, AcceptedWarning)],
    )


def _signed(entry: SignedOff) -> str:
    note = f": {entry.note}" if entry.note else ""
    return f"{entry.name}, {entry.role}, on {entry.signed_at:%Y-%m-%d}, of the manifest {entry.manifest_sha256[:16]}…{note}"


def _accepted(entry: AcceptedWarning) -> str:
    return f"{entry.name.replace('_', ' ')}, for months that end by {entry.until:%Y-%m-%d}: {entry.reason}"
