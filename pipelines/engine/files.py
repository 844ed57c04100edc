"""Files that must be whole: private, durable replacing; notes; copies that are hashed while they are made.

Belongs here: how bytes come to rest on the disk. Does not belong here: what the files hold.
"""

import hashlib
import json
import os
import secrets
from collections.abc import Callable
from pathlib import Path
from typing import BinaryIO

CHUNK_BYTES = 1_000_000
DRAFT = ".draft-"
"""What the name of a file that is not whole yet begins with; a killed process leaves it."""


def sha256_of(file: Path) -> str:
    """The SHA-256 of a file, as hexadecimal text."""
    with file.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def replace_whole(path: Path, write: Callable[[BinaryIO], object]) -> None:
    """Put what `write` writes in the place of a file: whole, on the disk, readable by its owner alone.

    Killed at any point, the earlier file stays.
    """
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    draft = path.with_name(f"{DRAFT}{secrets.token_hex(8)}-{path.name}")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(descriptor, "wb") as file:
            write(file)
            file.flush()
            os.fsync(file.fileno())
        os.replace(draft, path)
    except Exception:
        draft.unlink(missing_ok=True)
        raise
    sync(path.parent)


def sync(path: Path) -> None:
    """Be sure that what is in a file, or the names in a folder, are on the disk."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def remove(path: Path) -> None:
    """Remove a file if it is there, and be sure that it is gone whatever happens next."""
    if path.exists():
        path.unlink()
        sync(path.parent)


def write_note(path: Path, body: object) -> None:
    """Keep a JSON value for a later step, whole."""
    text = json.dumps(body, sort_keys=True, default=str)
    replace_whole(path, lambda file: file.write(text.encode("utf-8")))


def read_note(path: Path) -> object:
    """The JSON value of a note; None where there is none or it cannot be read, as after a power cut: it is made again."""
    try:
        return json.loads(path.read_text("utf-8"))
    except (FileNotFoundError, ValueError):
        return None


def copy_hashed(source: Path, target: Path) -> str:
    """Copy a file for its owner alone. Returns the SHA-256 of what is in the copy."""
    target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    digest = hashlib.sha256()
    descriptor = os.open(target, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with source.open("rb") as stream, os.fdopen(descriptor, "wb") as copy:
        while chunk := stream.read(CHUNK_BYTES):
            digest.update(chunk)
            copy.write(chunk)
    return digest.hexdigest()
