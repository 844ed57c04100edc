"""Files that come with the software, wherever it is installed: from a wheel, or in a clone.

Belongs here: finding them. Does not belong here: what is in them, and files of the data root (`pipelines/warehouse/root.py`).
"""

import importlib.resources
from pathlib import Path

PACKAGES = ("assets", "pipelines", "schemas", "sql")
"""The packages of the software. They lie side by side, in the clone as where a wheel is installed."""


def shipped(package: str) -> Path:
    """The folder of a package, with the files that come in it."""
    return Path(str(importlib.resources.files(package)))


def shipped_files(*patterns: str) -> list[Path]:
    """The files of the packages that match a pattern, as `schemas/*.py`, in the order of their names."""
    return sorted(path for pattern in patterns for path in shipped(pattern.split("/")[0]).parent.glob(pattern))


def name_of(file: Path) -> str:
    """The name of a file that comes with the software, as `schemas/chi.py`: the same wherever it is installed."""
    return file.relative_to(shipped("pipelines").parent).as_posix()
