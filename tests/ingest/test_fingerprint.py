"""What a file becomes is decided anew by other code under other names, other packages and other files of rules."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from pipelines.engine import software
from pipelines.engine.shipped import name_of, shipped_files
from pipelines.ingest import fingerprint as module
from pipelines.ingest.fingerprint import VALIDATES, fingerprint


@pytest.fixture(autouse=True)
def asked_anew() -> Iterator[None]:
    """The software is looked at in each test, and by who comes after."""
    module._software.cache_clear()
    yield
    module._software.cache_clear()


def test_it_is_another_of_another_file(tmp_path: Path) -> None:
    rules = tmp_path / "rules"
    rules.write_text("one", "utf-8")
    one = fingerprint(rules)
    assert fingerprint(rules) == one != fingerprint()
    rules.write_text("another", "utf-8")
    assert fingerprint(rules) != one


def test_it_is_another_with_another_version_of_a_package(monkeypatch: pytest.MonkeyPatch) -> None:
    now = fingerprint()
    module._software.cache_clear()
    monkeypatch.setattr(module, "package_versions", lambda: {"python-calamine": "0.0.1"})
    assert fingerprint() != now


def test_it_knows_every_package_that_reads_or_validates() -> None:
    assert {"duckdb", "pandas", "pandera", "pyarrow", "python-calamine"} <= software.package_versions().keys()


def test_it_looks_at_all_that_reads_and_validates() -> None:
    looked_at = {name_of(path) for path in shipped_files(*VALIDATES)}
    assert {
        "pipelines/engine/database.py", "pipelines/ingest/reading/workbook.py", "schemas/feeds/people.py", "sql/macro/person_text.sql"
    } <= looked_at  # fmt: skip


def test_code_is_told_by_names_and_content(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(software, "shipped_files", lambda *patterns: sorted(tmp_path.iterdir()))
    monkeypatch.setattr(software, "name_of", lambda path: str(path.name))
    (tmp_path / "equipment.toml").write_text("rows", "utf-8")
    first = software.hash_of("*")
    (tmp_path / "equipment.toml").rename(tmp_path / "care_home.toml")
    second = software.hash_of("*")
    (tmp_path / "care_home.toml").write_text("other rows", "utf-8")
    assert len({first, second, software.hash_of("*")}) == 3
