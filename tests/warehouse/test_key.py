"""The pseudonym key is made once, whole, and private to its owner; its pads compose an HMAC in SQL."""

import hashlib
import hmac
import stat
from pathlib import Path

import duckdb
import pytest

from pipelines.engine.errors import IrfError
from pipelines.warehouse import key as key_file
from tests.identity.people import KEY


def test_pads_compose_an_hmac_in_sql() -> None:
    inner, outer = key_file.hmac_pads(KEY)
    composed = "SELECT sha256(?::BLOB || unhex(sha256(?::BLOB || encode(?))))"
    row = duckdb.execute(composed, [outer, inner, "client:angus:A1"]).fetchone()
    assert row == (hmac.new(KEY, b"client:angus:A1", hashlib.sha256).hexdigest(),)


def test_key_is_made_once_and_private(tmp_path: Path) -> None:
    path = tmp_path / "secure" / "pseudonym.key"
    key = key_file.load_or_create_key(path)
    assert len(key) == 32
    assert key_file.load_or_create_key(path) == key
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700
    assert [file.name for file in path.parent.iterdir()] == ["pseudonym.key"]


def test_a_damaged_key_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "pseudonym.key"
    path.write_bytes(b"short")
    with pytest.raises(IrfError, match="5 bytes and not 32"):
        key_file.load_or_create_key(path)
