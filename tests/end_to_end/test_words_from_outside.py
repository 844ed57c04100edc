"""What agencies write in words, and how their files lie there: nothing of it names anybody outside, nor stops the others."""

import io
from pathlib import Path
from typing import Any

import pytest

from tests.small_world import ANGUS, DUNDEE, SmallWorld

HOME_CARE = {"service_id": "S1", "social_care_id": "A1", "month": "2025-04-01", "hours": 10, "service_type": "2"}


def test_a_file_that_cannot_be_read_is_refused_alone(small_world: SmallWorld, monkeypatch: pytest.MonkeyPatch) -> None:
    """Angus' home care is not ours to read: it is named and set aside, Dundee's month goes on, and an earlier file stands in."""
    small_world.put(f"{ANGUS}/home_care/2025-04.csv", [HOME_CARE])
    small_world.put(f"{DUNDEE}/home_care/2025-04.csv", [HOME_CARE])
    unreadable = small_world.put(f"{ANGUS}/home_care/2025-04.r1.csv", [HOME_CARE])
    small_world.ledger(ANGUS, "2025-04", home_care_personal="100.00")
    small_world.ledger(DUNDEE, "2025-04", home_care_personal="100.00")
    opened = io.open

    def refusing(file: Any, *arguments: Any, **options: Any) -> Any:
        if str(file) == str(unreadable):
            raise PermissionError(13, "Permission denied", str(file))
        return opened(file, *arguments, **options)

    monkeypatch.setattr(io, "open", refusing)
    printed = small_world.published("2025-04")
    assert "angus/home_care/2025-04.r1.csv: cannot be read: Permission denied" in printed
    assert "(file.unreadable)" in printed
    assert small_world.query("SELECT agency, revision, status, file_hash IS NULL FROM submission WHERE feed = 'home_care' ORDER BY ALL") == [
        (ANGUS, 0, "accepted", False),
        (ANGUS, 1, "refused", True),
        (DUNDEE, 0, "accepted", False),
    ]  # fmt: skip
    code, printed = small_world.irf("validate", unreadable)
    assert code == 1
    assert printed.splitlines()[-1] == f"error: {unreadable}: Permission denied"
    assert Path(unreadable).exists()
