"""A person id is a keyed hash: the same for the same person and key, and different for any other."""

import base64
import hashlib
import hmac

import pyarrow as pa

from pipelines.identity import pseudonym
from tests.identity.people import KEY


def test_person_id_is_a_keyed_hash() -> None:
    digest = hmac.new(KEY, b"chi:1904851231", hashlib.sha256).digest()[:20]
    expected = "p" + base64.b32encode(digest).decode().lower().rstrip("=")
    assert pseudonym.person_id(KEY, "chi:1904851231") == expected
    assert pseudonym.person_ids(KEY, pa.array(["chi:1904851231", None, "chi:1904851231"])).to_pylist() == [
        expected,
        None,
        expected,
    ]


def test_the_same_client_id_in_two_councils_is_two_people() -> None:
    assert pseudonym.person_id(KEY, "client:angus:A1") != pseudonym.person_id(KEY, "client:dundee-city:A1")
