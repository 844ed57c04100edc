"""What decides a validation beside the submission: where it changes, files are read and validated again.

Belongs here: one hash of the software that reads and validates, and of files it is told of. Does not belong here: the rules that are
declared for an agency (`staging.py`), what decides a whole refresh (`intake.py`).
"""

import functools
import hashlib
from pathlib import Path

from pipelines.engine.software import hash_of, package_versions

VALIDATES = (
    "schemas/**/*.py", "schemas/dialects/*/*.toml", "pipelines/engine/**/*.py", "pipelines/ingest/**/*.py", "sql/macro/**/*.sql",
)  # fmt: skip
"""The files of this software that decide a validation."""


def fingerprint(*files: Path) -> str:
    """A hash over what decides a validation beside the submission: schemas, readers, macros, packages, and these files."""
    digest = hashlib.sha256(_software())
    for path in files:
        state = path.stat()
        digest.update(_content_hash(path, state.st_size, state.st_mtime_ns))
    return digest.hexdigest()


@functools.cache
def _software() -> bytes:
    """What of the software decides a validation, taken once as `code_version` is: it is asked for with every submission."""
    return (hash_of(*VALIDATES) + repr(sorted(package_versions().items()))).encode()


@functools.cache
def _content_hash(path: Path, size_bytes: int, changed_ns: int) -> bytes:
    """The hash of a file, taken once while the file stays as it is; it is asked for with every submission."""
    return hashlib.sha256(path.read_bytes()).digest()
