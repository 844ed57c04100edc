"""Which software this is.

Belongs here: the version of the code, and of the packages that decide what a release holds. Does not belong here: data.
"""

import functools
import hashlib
import importlib.metadata

from pipelines.engine.shipped import name_of, shipped_files

PACKAGES = ("dagster", "duckdb", "great-expectations", "numpy", "pandas", "pandera", "pyarrow", "python-calamine", "splink")
CODE = ("assets/**/*.py", "pipelines/**/*.py", "pipelines/**/*.json", "schemas/**/*.py", "schemas/**/*.toml", "sql/**/*.sql")
"""The files that decide what a release holds."""


@functools.cache
def code_version() -> str:
    """A hash over the code that decides what a release holds."""
    return hash_of(*CODE)[:16]


def hash_of(*patterns: str) -> str:
    """A hash over the names and content of files of this software: the same in a clone and from a wheel."""
    digest = hashlib.sha256()
    for path in shipped_files(*patterns):
        digest.update(name_of(path).encode() + b"\0" + path.read_bytes())
    return digest.hexdigest()


@functools.cache
def package_versions() -> dict[str, str]:
    """The versions of the packages that read, compute and write."""
    return {name: importlib.metadata.version(name) for name in PACKAGES}
