"""Which software this is.

Belongs here: the version of the code, and of the packages that decide what a release holds. Does not belong here: data.
"""

import functools
import hashlib
import importlib.metadata

from pipelines.engine.sql import REPOSITORY

PACKAGES = ("dagster", "duckdb", "great-expectations", "numpy", "pandas", "pandera", "pyarrow", "splink")


@functools.cache
def code_version() -> str:
    """A hash over the code that decides what a release holds: the same code, the same text, with or without git."""
    digest = hashlib.sha256()
    for folder, pattern in (
        ("schemas", "*.py"),
        ("schemas", "*.toml"),
        ("pipelines", "*.py"),
        ("pipelines", "*.json"),
        ("assets", "*.py"),
        ("sql", "*.sql"),
    ):
        for path in sorted((REPOSITORY / folder).rglob(pattern)):
            digest.update(path.relative_to(REPOSITORY).as_posix().encode() + b"\0" + path.read_bytes())
    return digest.hexdigest()[:16]


@functools.cache
def package_versions() -> dict[str, str]:
    """The versions of the packages that read, compute and write."""
    return {name: importlib.metadata.version(name) for name in PACKAGES}
