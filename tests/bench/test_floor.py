"""The floor is read with as many threads as a refresh may use."""

from pathlib import Path

import pytest

from pipelines.engine.errors import IrfError
from tests.bench.floor import read_once


def test_the_limit_of_threads_is_that_of_a_refresh(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "landing" / "angus" / "clients" / "2025-04.csv"
    file.parent.mkdir(parents=True)
    file.write_text("a,b\n1,2\n3,4\n", "utf-8")
    monkeypatch.setenv("IRF_THREADS", "1")
    assert read_once(tmp_path / "landing", tmp_path / "one", "2025-04") == 2
    monkeypatch.setenv("IRF_THREADS", "none")
    with pytest.raises(IrfError, match="IRF_THREADS"):
        read_once(tmp_path / "landing", tmp_path / "none", "2025-04")
