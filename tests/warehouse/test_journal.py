"""The journal: an entry is read as it was kept; one that is broken, or of other software, is none."""

from pathlib import Path
from typing import ClassVar

import pytest

from pipelines.engine.errors import IrfError
from pipelines.warehouse import journal
from pipelines.warehouse.journal import Entry
from pipelines.warehouse.root import DataRoot
from pipelines.warehouse.work import Work


class Noted(Entry):
    """An entry."""

    named: ClassVar[str] = "noted"
    number: int


def test_an_entry_is_read_as_it_was_kept_last(tmp_path: Path) -> None:
    path = tmp_path / "noted.json"
    for number in (1, 2):
        journal.keep(path, Noted(number=number))
        assert journal.find(path, Noted) == Noted(number=number)
    assert path.stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize("content", [b"", b"\x00{", b"[1]", b'{"number": "x"}', b'{"number": 1, "more": 2}', b"{}"])
def test_what_cannot_be_read_is_no_entry(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "noted.json"
    path.write_bytes(content)
    assert journal.find(path, Noted) is None


def test_the_work_of_a_period_keeps_its_entries_apart(tmp_path: Path) -> None:
    april, may = (Work(DataRoot(tmp_path), period) for period in ("2025-04", "2025-05"))
    april.keep(Noted(number=4))
    assert april.read(Noted).number == 4
    assert may.find(Noted) is None
    with pytest.raises(IrfError, match="noted: nothing is noted of it for 2025-05; run irf refresh --period 2025-05"):
        may.read(Noted)
    april.forget(Noted)
    assert april.find(Noted) is None
