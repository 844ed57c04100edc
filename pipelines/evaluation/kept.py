"""The results that are kept: `evaluations/<name>/<version>/`, each put there as a whole.

Belongs here: writing a result with its page, reading them back. Does not belong here: what a result is (`result.py`).
"""

import shutil
from pathlib import Path

from pipelines.engine.files import sync
from pipelines.evaluation.evaluate import Evaluated
from pipelines.evaluation.page import page_of
from pipelines.evaluation.result import Result, write_result
from pipelines.release.publish import STAGING
from pipelines.report.site import rendered
from pipelines.warehouse.releases import VERSION
from pipelines.warehouse.root import DataRoot


def page_file(root: DataRoot, name: str, version: str) -> Path:
    """Where the page of a result is."""
    return root.folder("evaluations") / name / version / "index.html"


def keep(root: DataRoot, evaluated: Evaluated) -> None:
    """Put a result in the place of the one of the same release, if there was one: whatever kills the process, none is there in part.

    To be called by who holds the lock.
    """
    result = evaluated.result
    target = page_file(root, result.name, result.version).parent
    staging, former = (target.parent / f"{STAGING}{name}" for name in (result.version, "former"))
    for left in (staging, former):
        shutil.rmtree(left, ignore_errors=True)
    staging.mkdir(parents=True)
    write_result(result, evaluated.series, staging)
    page = page_of(result, evaluated.series, evaluated.first_after)
    (staging / "index.html").write_text(rendered(page, result.version), "utf-8")
    sync(staging)
    if target.exists():
        target.rename(former)
    staging.rename(target)
    sync(target.parent)
    shutil.rmtree(former, ignore_errors=True)


def kept_results(root: DataRoot) -> list[tuple[str, str, Result | None]]:
    """The name and the release of every result that is kept, with the result; None for one that cannot be read."""
    folders = sorted(p for p in root.folder("evaluations").glob("*/*") if VERSION.fullmatch(p.name))
    return [(folder.parent.name, folder.name, _read(folder / "result.json")) for folder in folders]


def _read(path: Path) -> Result | None:
    try:
        return Result.model_validate_json(path.read_text("utf-8"))
    except (OSError, ValueError):
        return None
