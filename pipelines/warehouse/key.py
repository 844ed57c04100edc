"""The pseudonym key: 32 random bytes in a file that only its owner reads.

Belongs here: reading it, making it where nothing was published with another. Does not belong here: what is hashed with it.
"""

import hashlib
import hmac
import os
from pathlib import Path

from pipelines.engine.errors import IrfError
from pipelines.warehouse.releases import releases
from pipelines.warehouse.root import DataRoot

KEY_BYTES = 32
_BLOCK_BYTES = 64
_INNER_PAD = 0x36
_OUTER_PAD = 0x5C


def key_of(root: DataRoot) -> bytes:
    """The key of a data root; made where there is none and nothing was published with one.

    Raises IrfError where releases are there and the key is not: another key would give everybody another id.
    """
    if not root.key_file.exists() and releases(root.folder("releases")):
        raise IrfError(f"{root.key_file} is missing though releases were made with it; put it back from the backup")
    return load_or_create_key(root.key_file)


def load_or_create_key(path: Path) -> bytes:
    """Read the pseudonym key, or make a new one that only its owner can read."""
    if not path.exists():
        _create_key(path)
    return read_key(path)


def read_key(path: Path) -> bytes:
    """Read the pseudonym key. Raises IrfError where there is none, or it is not whole."""
    try:
        key = path.read_bytes()
    except OSError as error:
        raise IrfError(f"the pseudonym key {path} cannot be read: {error.strerror}") from None
    if len(key) != KEY_BYTES:
        raise IrfError(f"the pseudonym key {path} has {len(key)} bytes and not {KEY_BYTES}; put it back from the backup")
    return key


def others_can_read(path: Path) -> bool:
    """Whether the mode of a key file lets anybody but its owner read or change it."""
    return bool(path.stat().st_mode & 0o077)


def key_check(key: bytes) -> str:
    """A text that is the same for the same key and tells nothing of it."""
    return hmac.digest(key, b"key check", "sha256").hex()[:16]


def hmac_pads(key: bytes) -> tuple[bytes, bytes]:
    """Inner and outer pad: HMAC(key, text) = sha256(outer + sha256(inner + text)), for an HMAC composed in SQL."""
    block = (hashlib.sha256(key).digest() if len(key) > _BLOCK_BYTES else key).ljust(_BLOCK_BYTES, b"\0")
    return bytes(byte ^ _INNER_PAD for byte in block), bytes(byte ^ _OUTER_PAD for byte in block)


def _create_key(path: Path) -> None:
    """Write the whole key beside its place, then link it there: a reader never sees half a key, nor a second one."""
    # A folder that is there already is somebody's: its mode is theirs to choose.
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    draft = path.with_name(f".{path.name}.{os.getpid()}")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(os.urandom(KEY_BYTES))
        file.flush()
        os.fsync(file.fileno())
    try:
        os.link(draft, path)
    except FileExistsError:
        pass  # another process made the key first: that one is the key
    finally:
        draft.unlink()
