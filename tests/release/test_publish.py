"""Finishing a publishing: the link history and the pointer follow the release, and other months' work goes before they do."""

import json
import os
import time
from pathlib import Path
from typing import Any

import pytest

from pipelines.engine.errors import GateRefused
from pipelines.release import publish as publishing
from pipelines.release.publish import ReleaseFacts, announced_history, complete_publishing, publish
from pipelines.release.stated import Finding
from pipelines.warehouse.root import DataRoot

APRIL, MAY = "2025-04", "2025-05"


@pytest.fixture
def root(tmp_path: Path) -> DataRoot:
    """Two months have work, and a release of May was announced; it is not there yet."""
    root = DataRoot(tmp_path)
    root.prepare()
    for month in (APRIL, MAY):
        (root.folder("work") / month / "core").mkdir(parents=True)
    root.link_history.write_bytes(b"of before")
    announced_history(root, "2025.05.1").write_bytes(b"of May")
    return root


def appear(root: DataRoot) -> None:
    """The release takes its place."""
    (root.folder("releases") / "2025.05.1").mkdir()


def work(root: DataRoot) -> list[str]:
    return sorted(path.name for path in root.folder("work").iterdir())


def test_work_of_other_months_is_removed_once_the_release_is_there(root: DataRoot) -> None:
    appear(root)
    complete_publishing(root)
    assert work(root) == [MAY]
    assert root.link_history.read_bytes() == b"of May"
    assert json.loads((root.folder("releases") / "latest.json").read_text("utf-8")) == {"version": "2025.05.1"}


def test_no_work_is_removed_where_the_release_is_not_there(root: DataRoot) -> None:
    complete_publishing(root)
    assert work(root) == [APRIL, MAY]
    assert root.link_history.read_bytes() == b"of before"
    assert not announced_history(root, "2025.05.1").exists()


def test_no_work_is_removed_where_nothing_was_announced(root: DataRoot) -> None:
    announced_history(root, "2025.05.1").unlink()
    appear(root)
    complete_publishing(root)
    assert work(root) == [APRIL, MAY]


def test_what_is_nobodys_work_stays(root: DataRoot, tmp_path_factory: pytest.TempPathFactory) -> None:
    elsewhere = tmp_path_factory.mktemp("elsewhere")
    (elsewhere / "kept.txt").touch()
    (root.folder("work") / "2025-03").symlink_to(elsewhere)
    (root.folder("work") / "Thumbs.db").touch()
    appear(root)
    complete_publishing(root)
    assert work(root) == ["2025-03", MAY, "Thumbs.db"]
    assert (elsewhere / "kept.txt").exists()


def test_killed_before_the_history_is_kept_no_work_of_before_is_left(root: DataRoot, monkeypatch: pytest.MonkeyPatch) -> None:
    """Work of April has a link history without what May has added: published later, it would take that out again."""
    appear(root)

    def killed(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patched, pytest.raises(KeyboardInterrupt):
        patched.setattr(os, "replace", killed)
        complete_publishing(root)
    assert work(root) == [MAY]
    assert root.link_history.read_bytes() == b"of before"
    complete_publishing(root)
    assert root.link_history.read_bytes() == b"of May"


@pytest.mark.parametrize("fails", [False, True])
def test_what_does_not_verify_is_said_first_and_only_when_no_page_is_being_written(
    root: DataRoot, monkeypatch: pytest.MonkeyPatch, fails: bool
) -> None:
    """Pages are written meanwhile: whoever clears the folders away must not meet them, and their fault is not the one to mend."""
    ended: list[Path] = []

    def slow_pages(release: Path, out: Path) -> None:
        time.sleep(0.2)
        ended.append(out)
        if fails:
            raise OSError("no space left")

    facts: dict[str, Any] = {name: {} for name in ReleaseFacts.__dataclass_fields__}
    monkeypatch.setattr(publishing, "verify", lambda *_: [Finding("ledger", False, "a penny")])
    monkeypatch.setenv("IRF_THREADS", "2")
    engine: Any = None
    with pytest.raises(GateRefused) as refused:  # kept: what the fault holds is not let go of before it is looked at
        publish(root, "2025-06", lambda _: None, ReleaseFacts(**facts), "run", lambda _: None, slow_pages, lambda _: [], engine)
    assert len(ended) == 1
    assert "verify: ledger: a penny" in str(refused.value)
    assert not (root.folder("releases") / "2025.06.1").exists()
