"""The public id of a person: a keyed hash of the inside id.

Belongs here: the key file and the one-way step from person key to person id.
Does not belong here: who is the same person (link), which id became which (registry).

A person key is `chi:<chi_number>` or `client:<agency>:<social_care_id>`. There are few enough CHI numbers to try them
all, so a plain or salted hash is reversed in minutes: only a secret key protects.
"""

import base64
import hashlib
import hmac
import os
from pathlib import Path
from typing import Any

import pyarrow as pa

from pipelines.engine.errors import IrfError

KEY_BYTES = 32
KEPT_BYTES = 20
_BLOCK_BYTES = 64
_INNER_PAD = 0x36
_OUTER_PAD = 0x5C


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


def person_id(key: bytes, person_key: str) -> str:
    """`p` and 160 bits of HMAC-SHA-256 in lower-case base32."""
    digest = hmac.digest(key, person_key.encode("utf-8"), "sha256")
    return "p" + base64.b32encode(digest[:KEPT_BYTES]).decode("ascii").lower()


def person_ids(key: bytes, person_keys: "pa.Array[Any]") -> "pa.Array[Any]":
    """The person id of each person key, NULL for NULL; each distinct key is hashed once."""
    coded = person_keys.dictionary_encode()
    if isinstance(coded, pa.ChunkedArray):
        coded = coded.unify_dictionaries().combine_chunks()
    known = [person_id(key, str(text)) for text in coded.dictionary.to_pylist()]
    return pa.array(known, pa.string()).take(coded.indices)


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
