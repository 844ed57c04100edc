"""`make test` runs two halves at once: every test is in exactly one of them."""

import os
import shlex
import subprocess
from pathlib import Path

from tests import REPOSITORY

PYTEST = ".venv/bin/python -m pytest "


def halves() -> list[list[str]]:
    """What pytest is given for each half, as make would run it."""
    planned = subprocess.run(
        ["make", "--dry-run", "--no-print-directory", "test-half", "test-other-half"],
        cwd=REPOSITORY,
        env={name: value for name, value in os.environ.items() if not name.startswith("MAKE") and name != "MFLAGS"},
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    return [shlex.split(line.removeprefix(PYTEST)) for line in planned.splitlines() if line.startswith(PYTEST)]


def in_one_half_each(halves: list[list[str]]) -> bool:
    """Whether one half is some folders of tests that are there, and the other is all of `tests` but them."""
    folders, others = halves
    return (
        bool(folders)
        and all((REPOSITORY / folder).is_dir() and Path(folder).parent == Path("tests") for folder in folders)
        and others == ["tests", *(f"--ignore={folder}" for folder in folders)]
    )


def test_every_test_is_in_exactly_one_half() -> None:
    assert in_one_half_each(halves())


def test_a_folder_that_is_in_both_or_in_none_is_seen() -> None:
    folders, others = halves()
    assert not in_one_half_each([folders, others[:-1]])  # in both
    assert not in_one_half_each([folders[:-1], others])  # in none
    assert not in_one_half_each([[*folders, "tests/no_such"], [*others, "--ignore=tests/no_such"]])
    assert not in_one_half_each([folders, [*others, "-k", "nothing"]])
