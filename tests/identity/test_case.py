"""A case takes a valid CHI number for one, and leaves out any other number."""

from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from pipelines.identity.learning.case import read_case
from tests.identity.cases import write_case


def test_a_number_that_is_no_chi_is_left_out_and_a_chi_is_used(tmp_path: Path) -> None:
    case = write_case(tmp_path)
    assert read_case(case).clients["chi_number"].null_count == 240
    for name in ("register", "clients"):
        table = pq.read_table(case / f"{name}.parquet").slice(0, 5)
        numbers = pa.array(["1904851231", None, "2902201230", "2902201230", "7"])
        pq.write_table(table.set_column(table.column_names.index("idnum"), "idnum", numbers), case / f"{name}.parquet")
    read = read_case(case)
    assert read.clients["chi_number"].to_pylist() == ["1904851231", None, "2902201230", "2902201230", None]
    # Without a CHI number of their own, people of the register are told apart by their record.
    assert read.register["chi_number"].to_pylist() == ["1904851231", "r1", "r2", "r3", "r4"]
    # Of the 200 clients in the truth all but five are no longer in the register.
    assert {of for _, of in read.truth} == {"1904851231", "r1", "r2", "r3", "r4"}
