"""What is said of a release beside its tables: who accepts it, which warnings are known, which tests of change it was asked about.

Belongs here: the sentences of the report. Does not belong here: the log (`pipelines/release/log.py`), evaluating
(`pipelines/evaluation`).
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from pipelines.release.log import AcceptedWarning, SignedOff, read_log
from pipelines.warehouse.root import DataRoot


@dataclass(frozen=True)
class Said:
    """Sentences: who signed the release off, which warnings are accepted; of each test of change its name, verdict and answer."""

    signed: Sequence[str] = ()
    accepted: Sequence[str] = ()
    tests_of_change: Sequence[tuple[str, str, str]] = ()


NOTHING_SAID = Said()


def said_of(root: DataRoot, version: str) -> Said:
    """What the log has of a version, and of warnings."""
    entries = read_log(root)
    return Said(
        [_signed(entry) for entry in entries if isinstance(entry, SignedOff) and entry.version == version],
        [_accepted(entry) for entry in entries if isinstance(entry, AcceptedWarning)],
        [_answered(path) for path in sorted(root.folder("evaluations").glob(f"*/{version}/result.json"))],
    )


def _answered(path: Path) -> tuple[str, str, str]:
    """What `irf evaluate` has kept of a test of change."""
    name = path.parent.parent.name
    try:
        result = json.loads(path.read_text("utf-8"))
        return name, str(result["verdict"]), str(result["answer"])
    except (OSError, ValueError, KeyError, TypeError):
        return name, "not evaluable", "Its result cannot be read: evaluate it again."


def _signed(entry: SignedOff) -> str:
    note = f": {entry.note}" if entry.note else ""
    return f"{entry.name}, {entry.role}, on {entry.signed_at:%Y-%m-%d}, of the manifest {entry.manifest_sha256[:16]}…{note}"


def _accepted(entry: AcceptedWarning) -> str:
    which = "every case" if entry.cases is None else f"its cases then: {'; '.join(entry.cases) or 'none'}"
    return f"{entry.name.replace('_', ' ')}, for months that end by {entry.until:%Y-%m-%d}: {entry.reason} ({which})"
