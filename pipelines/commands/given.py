"""What the command line gives, checked: the data root, a month, a release.

Belongs here: what several commands take. Does not belong here: reading any of it.
"""

import os
import re
from pathlib import Path

from pipelines.engine.errors import IrfError
from pipelines.engine.files import read_note
from pipelines.warehouse.root import DataRoot


def data_root() -> DataRoot:
    """The data root. Raises IrfError where there is none: only what makes a world makes one."""
    root = DataRoot.from_environment()
    if not root.path.is_dir():
        raise IrfError(f"{root.path}: there is no such data root; check --data or IRF_DATA, or make the folder")
    if not any((root.path / name).is_dir() for name in ("landing", "reference", "releases")):
        raise IrfError(f"{root.path}: is no data root, for it has no landing/ and no reference/; check --data or IRF_DATA")
    return root


def check_month(period: str) -> None:
    if not re.fullmatch(r"\d{4}-(0[1-9]|1[0-2])", period):
        raise IrfError(f"--period {period}: give a month as YYYY-MM")


def release_given(given: str | None) -> tuple[DataRoot, Path]:
    """A release by its version, or by its folder wherever that is; with the data root that it lies in, or would."""
    if given is not None and os.sep in given:
        release = Path(os.path.abspath(given))  # a link keeps its own name
        if not release.is_dir():
            raise IrfError(f"{given}: there is no such folder of a release")
        return DataRoot(release.parent.parent), release
    try:
        return data_root(), release_folder(given)
    except IrfError as error:
        if given is None or not is_release(Path(given)):
            raise
        raise IrfError(f"{error}; the release of that name that lies here is ./{given}") from None


def is_release(folder: Path) -> bool:
    """Whether a folder has the manifest of a release: whoever reads in it reads nothing else."""
    manifest = read_note(folder / "manifest.json")
    return isinstance(manifest, dict) and {"version", "tables"} <= manifest.keys()


def release_folder(version: str | None) -> Path:
    from pipelines.warehouse.releases import latest
    from pipelines.warehouse.releases import releases as published

    folder = data_root().folder("releases")
    chosen = latest(folder) if version is None else version
    if chosen is None:
        raise IrfError("no release yet; run `irf refresh --period YYYY-MM`")
    if chosen not in published(folder):
        raise IrfError(f"releases/{chosen}: no such release; `irf releases` lists them")
    return folder / chosen
