"""The public id of a person: a keyed hash of the inside id.

Belongs here: the one-way step from person key to person id. Does not belong here: the key file (`pipelines/warehouse/key.py`),
who is the same person (`linking/`), which id became which (`registry.py`).

A person key is `chi:<chi_number>` or `client:<agency>:<social_care_id>`. There are few enough CHI numbers to try them
all, so a plain or salted hash is reversed in minutes: only a secret key protects.
"""

import base64
import hmac
from typing import Any

import pyarrow as pa

KEPT_BYTES = 20


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
