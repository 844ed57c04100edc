"""The public id of a person, worked out by Python's own library: what `sql/core/person_id.sql` is compared with."""

import base64
import hmac

KEPT_BYTES = 20


def person_id(key: bytes, person_key: str) -> str:
    """`p` and 160 bits of HMAC-SHA-256 in lower-case base32."""
    digest = hmac.digest(key, person_key.encode("utf-8"), "sha256")
    return "p" + base64.b32encode(digest[:KEPT_BYTES]).decode("ascii").lower()
