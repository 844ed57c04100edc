"""The benchmark of a case says what is right, what is wrong, and for whom."""

from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from pipelines.identity.learning import benchmark
from pipelines.identity.learning.case import read_case
from tests.identity.cases import write_case


def test_a_case_is_measured(tmp_path: Path) -> None:
    measured = benchmark.measure(read_case(write_case(tmp_path)))
    assert (measured.clients, measured.automatic.there, measured.compared) == (240, 200, 200)
    assert measured.automatic.precision == 1
    assert measured.automatic.recall > 0.98
    assert measured.reviewed.recall >= measured.automatic.recall
    assert sum(band.right for band in measured.bands) >= measured.automatic.right
    lines = "\n".join(benchmark.lines_of(measured, 100))
    for word in ("block recall 1.0000", "precision 1.0000", "with review decided rightly", "calibration", "seconds", "MB"):
        assert word in lines


def test_a_wrong_truth_shows(tmp_path: Path) -> None:
    case = write_case(tmp_path)
    pq.write_table(pa.table({"client_rid": ["c0"], "register_rid": ["r9"]}), case / "truth.parquet")
    measured = benchmark.measure(read_case(case))
    assert measured.automatic.recall == 0
    assert measured.automatic.precision == 0


def test_false_links_for_the_absent_and_for_twins_are_counted_apart(tmp_path: Path) -> None:
    """Two clients are told to be others than they are: one is said to be absent, the other to be somebody's twin."""
    case = write_case(tmp_path)
    truth = pq.read_table(case / "truth.parquet").to_pylist()
    wrong = [{"client_rid": "c1", "register_rid": "r300"}, *truth[2:]]
    pq.write_table(pa.Table.from_pylist(wrong), case / "truth.parquet")
    assert "twin" not in "\n".join(benchmark.lines_of(benchmark.measure(read_case(case)), 100))
    pq.write_table(pa.table({"client_rid": ["c1", "c2"]}), case / "twins.parquet")
    lines = "\n".join(benchmark.lines_of(benchmark.measure(read_case(case)), 100))
    assert "false links 2, of them 1 for clients who are not in the register and 1 for the 2 who have a twin" in lines


def test_a_client_of_whom_too_little_is_written_counts_in_what_is_expected_too(tmp_path: Path) -> None:
    """Ten of 240 clients have nothing but a home: nobody finds them, and the ten are missed. Sex and home alone link nobody."""
    case = write_case(tmp_path, strangers=0)
    clients = pq.read_table(case / "clients.parquet").to_pylist()
    bare = [{**row, "given": None, "surname": None, "dob": None} if at < 8 else row for at, row in enumerate(clients)]
    pq.write_table(pa.Table.from_pylist(bare, pq.read_schema(case / "clients.parquet")), case / "clients.parquet")
    measured = benchmark.measure(read_case(case))
    assert measured.automatic.recall == pytest.approx(0.96, abs=0.005)
    assert measured.expected_recall == pytest.approx(0.96, abs=0.005)


def test_a_missing_column_is_missing(tmp_path: Path) -> None:
    case = write_case(tmp_path)
    for name in ("register", "clients"):
        pq.write_table(pq.read_table(case / f"{name}.parquet").drop_columns("postcode"), case / f"{name}.parquet")
    assert benchmark.measure(read_case(case)).automatic.right > 150
