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
    """Whether one half is some folders and files of tests that are there, and the other is all of `tests` but them."""
    places, others = halves
    return (
        len(places) == len(set(places)) > 0
        and all((REPOSITORY / place).exists() and Path("tests") in Path(place).parents for place in places)
        and not any(Path(one) in Path(place).parents for one in places for place in places)
        and others == ["tests", *(f"--ignore={place}" for place in places)]
    )


def test_every_test_is_in_exactly_one_half() -> None:
    assert in_one_half_each(halves())


def test_a_place_that_is_in_both_or_in_none_is_seen() -> None:
    places, others = halves()
    assert not in_one_half_each([places, others[:-1]])  # in both
    assert not in_one_half_each([places[:-1], others])  # in none
    assert not in_one_half_each([places, [*others, "-k", "nothing"]])
    for more in ("tests/no_such", "tests", f"{places[0]}/test_status.py", places[0]):
        assert not in_one_half_each([[*places, more], [*others, f"--ignore={more}"]])
