"""What of the machine a run may use: what the environment says, else what leaves room for others; nonsense is said in a line."""

import duckdb
import pytest

from pipelines.engine import machine
from pipelines.engine.errors import IrfError

GIGABYTE = 1_000_000_000


@pytest.mark.parametrize(("machine_gigabytes", "limit"), [(4, "800MB"), (8, "1600MB"), (128, "1600MB")])
def test_by_default_duckdb_has_two_fifths_of_4_gb_or_of_half_of_the_memory(
    monkeypatch: pytest.MonkeyPatch, machine_gigabytes: int, limit: str
) -> None:
    monkeypatch.delenv("IRF_MEMORY_LIMIT", raising=False)
    monkeypatch.setattr(machine, "_memory_bytes", lambda: machine_gigabytes * GIGABYTE)
    assert machine.memory_limit() == limit


@pytest.mark.parametrize(
    ("given", "limit"), [("100MB", "55MB"), ("1GB", "550MB"), ("1.4GB", "560MB"), ("4GB", "1600MB"), ("8GB", "5600MB")]
)
def test_of_little_memory_duckdb_has_a_larger_share_and_of_much_all_but_what_others_need(
    monkeypatch: pytest.MonkeyPatch, given: str, limit: str
) -> None:
    monkeypatch.setenv("IRF_MEMORY_LIMIT", given)
    assert machine.memory_limit() == limit


@pytest.mark.parametrize("size", ["1GB", "1.5 GB", "500MiB", "512mb"])
def test_a_size_that_is_given_is_taken_and_duckdb_reads_it(monkeypatch: pytest.MonkeyPatch, size: str) -> None:
    monkeypatch.setenv("IRF_MEMORY_LIMIT", size)
    with duckdb.connect() as connection:
        connection.execute(f"SET memory_limit = '{machine.memory_limit()}'")


@pytest.mark.parametrize("size", ["lots", "2", "-1GB", "1GB'; DROP", "1B", "0GB", "99MB", "３GB", "99999999999999999999TB"])
def test_what_is_no_size_is_said(monkeypatch: pytest.MonkeyPatch, size: str) -> None:
    monkeypatch.setenv("IRF_MEMORY_LIMIT", size)
    with pytest.raises(IrfError, match=r"IRF_MEMORY_LIMIT is .*; write a size from 100MB on, as 3GB"):
        machine.memory_limit()


def test_threads_are_those_given_or_all(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("IRF_THREADS", "1")
    assert machine.threads() == 1
    monkeypatch.delenv("IRF_THREADS")
    assert machine.threads() >= 1
    for wrong in ("0", "two", "-1", "1.5", "1025", "99999999999999999999"):
        monkeypatch.setenv("IRF_THREADS", wrong)
        with pytest.raises(IrfError, match=r"IRF_THREADS is .*; write a whole number from 1"):
            machine.threads()
