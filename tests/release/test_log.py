"""The log of releases: a chain in which every change is seen and named, and that a killed process leaves whole."""

import datetime
import hashlib
import json
import os
from collections.abc import Callable
from pathlib import Path

import pytest

from pipelines.engine.errors import IrfError
from pipelines.release.log import (
    AcceptedWarning,
    Entry,
    Published,
    SignedOff,
    add,
    broken_links,
    head_file,
    log_file,
    note_releases,
    read_lines,
    read_log,
)
from pipelines.warehouse.root import DataRoot

NOON = datetime.datetime(2025, 5, 16, 12, tzinfo=datetime.UTC)


def of(version: str, at: datetime.datetime | None = NOON) -> Published:
    return Published(version=version, period="2025-04", manifest_sha256="0" * 64, published_at=at)


ENTRIES: list[Entry] = [
    of("2025.04.1", None),
    of("2025.04.2"),
    SignedOff(version="2025.04.2", manifest_sha256="0" * 64, name="A Lead", role="CFO", note="in £", signed_at=NOON),
    AcceptedWarning(name="vat", until=datetime.date(2025, 9, 30), reason="known", accepted_at=NOON),
    of("2025.04.3"),
]


@pytest.fixture
def root(tmp_path: Path) -> DataRoot:
    """A log of five lines, one of each kind at the least."""
    made = DataRoot(tmp_path)
    made.prepare()
    for entry in ENTRIES:
        add(made, [entry])
    return made


def problems(root: DataRoot) -> list[str]:
    return broken_links(head_file(root), read_lines(root))


def test_a_line_from_before_cases_were_kept_still_verifies(tmp_path: Path) -> None:
    root = DataRoot(tmp_path)
    root.prepare()
    entry = ENTRIES[3].model_dump(mode="json", exclude={"cases"})
    line = json.dumps({"line": 1, "previous": None, **entry}, sort_keys=True).encode() + b"\n"
    log_file(root).write_bytes(line)
    head_file(root).write_text(json.dumps({"line": 1, "sha256": hashlib.sha256(line).hexdigest()}), "utf-8")
    add(root, [of("2025.04.1")])
    assert problems(root) == [] and read_log(root) == [ENTRIES[3], of("2025.04.1")]
    assert log_file(root).read_bytes().startswith(line)


def test_what_was_noted_is_read_again_in_its_order(root: DataRoot) -> None:
    assert read_log(root) == ENTRIES
    assert problems(root) == []
    assert log_file(root).stat().st_mode & 0o777 == 0o600


def test_where_nothing_was_noted_there_is_nothing(tmp_path: Path) -> None:
    assert read_log(DataRoot(tmp_path)) == [] == problems(DataRoot(tmp_path))


def test_each_line_has_the_hash_of_the_one_before(root: DataRoot) -> None:
    lines = log_file(root).read_bytes().splitlines(keepends=True)
    said = [json.loads(line)["previous"] for line in lines]
    assert said == [None, *(hashlib.sha256(line).hexdigest() for line in lines[:-1])]


def swapped(lines: list[str]) -> list[str]:
    return [lines[0], lines[2], lines[1], *lines[3:]]


@pytest.mark.parametrize(
    ("change", "named"),
    [
        (lambda lines: lines[:1] + lines[2:], ["line 2 is missing"]),
        (lambda lines: lines[1:], ["line 1 is missing"]),
        (lambda lines: lines[:-1], ["line 5 is missing"]),
        (lambda lines: lines[:2], ["line 5 is missing, and all from 3 on"]),
        (lambda lines: [], ["line 5 is missing, and all from 1 on"]),
        (swapped, ["line 3 stands before line 2"]),
        (lambda lines: [*lines[:2], lines[1], *lines[2:]], ["line 2 is there 2 times"]),
        (lambda lines: [*lines, lines[4]], ["line 5 is there 2 times"]),
        (lambda lines: [line.replace("2025.04.2", "2025.04.9") for line in lines], ["line 2", "line 3"]),
        (lambda lines: [line.replace('"until": "2025-09-30"', '"until": "2026-09-30"') for line in lines], ["line 4"]),
        (lambda lines: [line.replace("2025.04.3", "2025.04.9") for line in lines], ["line 5"]),
        (lambda lines: [line.replace('"previous": null', '"previous": "0"') for line in lines], ["line 1"]),
        (lambda lines: [*lines, lines[4].replace('"line": 5', '"line": 6')], ["line 6"]),
        (lambda lines: [lines[0], "{\n", *lines[2:]], ["line 2 cannot be read"]),
        (lambda lines: [*lines[:4], lines[4][:-5]], ["line 5 cannot be read"]),
        (lambda lines: [*lines[:4], lines[4][:-1]], ["line 5"]),
    ],
)
def test_what_was_done_to_a_line_is_named_and_nothing_is_built_on_it(
    root: DataRoot, change: Callable[[list[str]], list[str]], named: list[str]
) -> None:
    lines = log_file(root).read_text("utf-8").splitlines(keepends=True)
    log_file(root).write_text("".join(change(lines)), "utf-8")
    left = log_file(root).read_bytes()
    words = [name if name.count(" ") > 1 else f"{name} is not as it was written" for name in named]
    assert problems(root) == words
    with pytest.raises(IrfError, match=words[0]):
        add(root, [of("2025.04.4")])
    assert log_file(root).read_bytes() == left


def test_a_log_that_is_gone_is_named(root: DataRoot) -> None:
    log_file(root).unlink()
    assert problems(root) == ["line 5 is missing, and all from 1 on"]


def test_killed_before_the_head_is_written_the_chain_is_whole_and_the_next_one_completes_it(
    root: DataRoot, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patched:
        patched.setattr("pipelines.release.log.write_note", lambda *_: (_ for _ in ()).throw(KeyboardInterrupt))
        with pytest.raises(KeyboardInterrupt):
            add(root, [of("2025.04.4")])
    assert len(read_log(root)) == 6 and problems(root) == []
    add(root, [])
    assert json.loads(head_file(root).read_text("utf-8"))["line"] == 6


def test_killed_while_a_line_is_added_the_log_is_as_it_was(root: DataRoot, monkeypatch: pytest.MonkeyPatch) -> None:
    before = log_file(root).read_bytes()
    with monkeypatch.context() as patched:
        patched.setattr(os, "replace", lambda *_: (_ for _ in ()).throw(KeyboardInterrupt))
        with pytest.raises(KeyboardInterrupt):
            add(root, [of("2025.04.4")])
    assert log_file(root).read_bytes() == before and problems(root) == []


def test_releases_that_are_there_are_noted_once_and_of_older_ones_nobody_knows_when(tmp_path: Path) -> None:
    root = DataRoot(tmp_path)
    root.prepare()
    for version in ("2025.04.1", "2025.04.2"):
        folder = root.folder("releases") / version
        folder.mkdir()
        (folder / "manifest.json").write_text(json.dumps({"version": version}), "utf-8")
    note_releases(root, "2025.04.2")
    note_releases(root)
    noted = [entry for entry in read_log(root) if isinstance(entry, Published)]
    assert [(entry.version, entry.period, entry.published_at is None) for entry in noted] == [
        ("2025.04.1", "2025-04", True),
        ("2025.04.2", "2025-04", False),
    ]
    manifest = (root.folder("releases") / "2025.04.2" / "manifest.json").read_bytes()
    assert noted[1].manifest_sha256 == hashlib.sha256(manifest).hexdigest()
