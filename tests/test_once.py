"""A world that several tests look at is made once, by whichever process of them asks first."""

import multiprocessing
import time
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

import pytest

from tests.once import made_once


def make_noted(root: Path) -> None:
    """Make a world slowly enough to be asked for meanwhile, and note that it was made."""
    root.mkdir()
    with (root.parents[1] / "noted").open("a", encoding="utf-8") as noted:
        noted.write("made\n")
    time.sleep(0.2)
    (root / "last").touch()


def ask(folder: Path) -> bool:
    """Whether a world that is asked for is whole."""
    return (made_once(folder, make_noted) / "last").exists()


def test_processes_that_ask_at_once_have_the_same_whole_world(tmp_path: Path) -> None:
    # A Pool ends its processes by SIGTERM, which they may have been told to ignore: it would wait for ever.
    with ProcessPoolExecutor(2, multiprocessing.get_context("spawn")) as processes:
        assert list(processes.map(ask, [tmp_path / "world"] * 4)) == [True] * 4
    assert (tmp_path / "noted").read_text("utf-8") == "made\n"


def test_worlds_in_other_folders_are_others(tmp_path: Path) -> None:
    assert made_once(tmp_path / "one", make_noted) != made_once(tmp_path / "other", make_noted)
    assert (tmp_path / "noted").read_text("utf-8") == "made\n" * 2


def broken(root: Path) -> None:
    root.mkdir()
    (root / "half").touch()
    raise ValueError


def test_what_was_not_made_to_its_end_is_made_again(tmp_path: Path) -> None:
    with pytest.raises(ValueError):
        made_once(tmp_path / "world", broken)
    assert [path.name for path in made_once(tmp_path / "world", make_noted).iterdir()] == ["last"]
