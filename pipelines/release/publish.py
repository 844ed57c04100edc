"""Publishing a release: built beside the others, verified, then renamed into place. Whole or not there.

Belongs here: versions, files, manifest, the pointer to the latest. Does not belong here: what the tables say.
"""

import json
import os
import shutil
from collections.abc import Callable, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import pyarrow.parquet as pq

from pipelines.engine.ahead import at_once
from pipelines.engine.errors import GateRefused
from pipelines.engine.files import read_note, sha256_of, sync, write_note
from pipelines.engine.sql_engine import SqlEngine
from pipelines.release.changes import changes
from pipelines.release.datapackage import datapackage
from pipelines.release.log import note_releases
from pipelines.release.signature import Signer, sign
from pipelines.release.verify import verify
from pipelines.warehouse.releases import before, period_of, releases
from pipelines.warehouse.root import DataRoot

DOCUMENTS = ("CHANGES.md", "datapackage.json")
STAGING = ".staging-"
ANNOUNCED = "link_history.of-"


@dataclass(frozen=True)
class ReleaseFacts:
    """What a manifest tells besides the tables. Amounts are decimal text."""

    inputs: list[dict]
    quarantine: list[dict]
    corrections: list[dict]
    reference: dict[str, str]
    month_splits: list[dict]
    made_of: str
    code_version: str
    key_check: str
    packages: dict[str, str]
    config: dict[str, str]
    linkage: dict[str, object]
    gate: list[dict]
    note: str | None = None


def next_version(folder: Path, period: str) -> str:
    """The next free `YYYY.MM.N` for a period."""
    prefix = period.replace("-", ".") + "."
    taken = [int(v.removeprefix(prefix)) for v in releases(folder) if v.startswith(prefix)]
    return f"{prefix}{max(taken, default=0) + 1}"


def publish(
    root: DataRoot,
    period: str,
    lay_tables: Callable[[Path], None],
    facts: ReleaseFacts,
    run: str,
    announce: Callable[[str], None],
    write_reports: Callable[[Path, Path], None],
    named_in: Callable[[Path], list[str]],
    engine: SqlEngine,
    keys: Sequence[Signer] = (),
) -> str:
    """Publish the tables as the next version of the period; `complete_publishing` then moves the pointer. Returns the version.

    lay_tables: puts the folder of each table, as it is published, into a folder. run: the Dagster run, whose name the staging folders have.
    announce: called with the version when all but the renames is done. write_reports: of the built release, into a folder. named_in: what in a folder names somebody. engine: what
    verifies it. keys: what signs the manifest. Raises GateRefused when the built release does not verify, or it or its reports name anybody; whatever happens before the last rename, the earlier releases and `latest.json` stay as they are.
    """
    folder, reports = root.folder("releases"), root.folder("reports")
    version = next_version(folder, period)
    # The folder of a release has the name of its version while it is built, too.
    staging, report_staging = (parent / f"{STAGING}{run}" / version for parent in (folder, reports))
    for path in (staging, report_staging):
        path.mkdir(parents=True)
    lay_tables(staging)
    facts_of_tables = _table_facts(staging)
    _write_json(staging / "datapackage.json", datapackage(version, list(facts_of_tables)))
    signers = [signer.fingerprint for signer in keys]
    manifest = {"version": version, "period": period, "tables": facts_of_tables, "signers": signers, **facts.__dict__}
    previous = before(folder, version)
    text = changes(folder / previous if previous else None, staging, manifest)
    (staging / "CHANGES.md").write_text(text, "utf-8")
    manifest["documents"] = {name: sha256_of(staging / name) for name in DOCUMENTS}
    _write_json(staging / "manifest.json", manifest)
    sign(staging, keys)

    def unverified() -> list[str]:
        return [f"verify: {finding.name}: {finding.detail}" for finding in verify(staging, engine) if not finding.passed]

    def naming() -> list[str]:
        write_reports(staging, report_staging)
        built = (("releases", staging), ("reports", report_staging))
        return [f"would be published and names somebody: {what}/{place}" for what, path in built for place in named_in(path)]

    # Closed before anything is cleared away: what still writes into the folders has then ended.
    with closing(at_once(lambda look: look(), (unverified, naming))) as looks:
        for refused in looks:
            if refused:
                raise GateRefused(refused)
    for path in (staging, report_staging):
        _sync(path)
    announce(version)
    os.rename(report_staging, reports / version)
    sync(reports)
    os.rename(staging, folder / version)
    sync(folder)
    for path in (staging, report_staging):
        path.parent.rmdir()
    return version


def announced_history(root: DataRoot, version: str) -> Path:
    """Where the link history of a release waits until the release is there: while it waits, publishing is under way."""
    return root.folder("state") / f"{ANNOUNCED}{version}.parquet"


def complete_publishing(root: DataRoot) -> None:
    """Finish what a publishing has announced, also one that was killed: either the release is there, and its link history,
    its line of the log and the pointer with it, and the work of other periods is gone; or nothing of it is. To be called by who holds the lock.
    """
    folder, reports = root.folder("releases"), root.folder("reports")
    for waiting in sorted(root.folder("state").glob(f"{ANNOUNCED}*.parquet")):
        version = waiting.stem.removeprefix(ANNOUNCED)
        if (folder / version).is_dir():
            # First: killed between the two, this comes here again, and no other period's work goes on from the history before.
            _clear_other_work(root, version)
            note_releases(root, version)
            os.replace(waiting, root.link_history)
        else:
            shutil.rmtree(reports / version, ignore_errors=True)
            waiting.unlink()
        sync(waiting.parent)
    note_releases(root)
    if published := releases(folder):
        _point(folder, published[-1])


def _clear_other_work(root: DataRoot, version: str) -> None:
    """Remove what was made for other periods than a version's: the link history in it is that of before, and it fills the disk.

    A refresh of theirs makes it again. What else lies there is nobody's work, and stays.
    """
    for folder in root.folder("work").iterdir():
        if folder.name != period_of(version) and folder.is_dir() and not folder.is_symlink():
            shutil.rmtree(folder)
    sync(root.folder("work"))


def clear_staging(root: DataRoot) -> None:
    """Remove what a run was building that died or was refused. To be called by who holds the lock."""
    for parent in ("releases", "reports"):
        for left in root.folder(parent).glob(f"{STAGING}*"):
            shutil.rmtree(left)


def _table_facts(staging: Path) -> dict[str, dict]:
    """sha256, bytes and rows of every Parquet file, by its path in the release."""
    return {
        file.relative_to(staging).as_posix(): {
            "sha256": sha256_of(file),
            "bytes": file.stat().st_size,
            "rows": pq.read_metadata(file).num_rows,
        }
        for file in sorted(staging.rglob("*.parquet"))
    }


def _write_json(out: Path, body: object) -> None:
    out.write_text(json.dumps(body, indent=2, sort_keys=True, ensure_ascii=False) + "\n", "utf-8")


def _sync(folder: Path) -> None:
    for path in [*folder.rglob("*"), folder]:
        sync(path)


def _point(folder: Path, version: str) -> None:
    """Point to a version, for everybody to read."""
    pointer = folder / "latest.json"
    if read_note(pointer) != {"version": version}:
        write_note(pointer, {"version": version})
        pointer.chmod(0o644)
