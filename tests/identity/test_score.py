"""Links do not depend on the order of rows, the number of threads, or how many pairs are scored at once."""

import random
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from pipelines.identity.learning.case import read_case
from pipelines.identity.linking import score
from tests.identity.cases import write_case
from tests.identity.people import links_of


@pytest.mark.parametrize("threads", [1, 2])
def test_shuffled_rows_and_threads_change_no_byte(tmp_path: Path, threads: int) -> None:
    case = read_case(write_case(tmp_path))
    order = random.Random(9).sample(range(case.clients.num_rows), case.clients.num_rows)
    upside_down = pa.array(range(case.register.num_rows - 1, -1, -1))
    first = links_of(case.register, case.clients, threads=2)
    again = links_of(case.register.take(upside_down), case.clients.take(pa.array(order)), threads=threads)
    for name, table in (("first", first), ("again", again)):
        pq.write_table(table, tmp_path / f"{name}.parquet")
    assert (tmp_path / "first.parquet").read_bytes() == (tmp_path / "again.parquet").read_bytes()


def test_pairs_scored_in_parts_are_scored_alike(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    case = read_case(write_case(tmp_path))
    whole = links_of(case.register, case.clients)
    monkeypatch.setattr(score, "PAIRS_AT_ONCE", 100)
    assert links_of(case.register, case.clients).equals(whole)
