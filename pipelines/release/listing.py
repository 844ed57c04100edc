"""What there is to say of each release in one line: when it was published, for what, how much of it, and how it stands.

Belongs here: gathering that. Does not belong here: words (`pipelines/commands/releases.py`), verifying a release (`verify.py`).
"""

import datetime
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path

import pyarrow.compute as pc
import pyarrow.parquet as pq

from pipelines.engine.errors import IrfError
from pipelines.engine.files import read_note
from pipelines.release.log import Entry, Published, SignedOff, read_log
from pipelines.warehouse.releases import latest, period_of, releases
from pipelines.warehouse.root import DataRoot


@dataclass(frozen=True)
class Listed:
    """A release. published_on: None where the log does not say. pounds, lines, warnings: None where its own files do not say.

    signed_off_by: the roles of those who accepted it.
    """

    version: str
    is_latest: bool
    published_on: datetime.date | None
    pounds: Decimal | None
    lines: int | None
    warnings: int | None
    note: str | None
    signed_off_by: Sequence[str]

    @property
    def period(self) -> str:
        return period_of(self.version)


def listed_releases(root: DataRoot) -> list[Listed]:
    """Every release, the oldest first. A log that cannot be read says nothing; `irf verify` names what is wrong with it."""
    folder = root.folder("releases")
    try:
        log = read_log(root)
    except IrfError:
        log = []
    newest = latest(folder)
    return [_listed(folder / version, version == newest, log) for version in releases(folder)]


def _listed(release: Path, is_latest: bool, log: Sequence[Entry]) -> Listed:
    of = [entry for entry in log if not isinstance(entry, Published | SignedOff) or entry.version == release.name]
    published = next((entry.published_at for entry in of if isinstance(entry, Published)), None)
    roles = [entry.role for entry in of if isinstance(entry, SignedOff)]
    body = read_note(release / "manifest.json")
    manifest = body if isinstance(body, dict) else {}
    tables = manifest.get("tables")
    lines = sum(t["rows"] for path, t in tables.items() if path.startswith("cost_line/")) if tables else None
    warnings = sum(not check["passed"] for check in manifest["gate"]) if "gate" in manifest else None
    return Listed(
        release.name,
        is_latest,
        published.date() if published else None,
        _pounds(release),
        lines,
        warnings,
        manifest.get("note"),
        roles,
    )


def _pounds(release: Path) -> Decimal | None:
    """The published cost of a release; None where its control totals are not there."""
    files = sorted((release / "control_total").rglob("*.parquet"))
    amounts = [pc.sum(pq.ParquetFile(file).read(columns=["published"]).column(0)).as_py() for file in files]
    return sum((amount for amount in amounts if amount is not None), Decimal("0.00")) if files else None
