"""A release is shown as its files say it, wherever it lies, and one in the old layout with the years of its folders."""

from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from pipelines.engine.database import open_apart
from pipelines.warehouse.releases import show_release


@pytest.mark.parametrize(("file", "year"), [("2025-26.parquet", None), ("financial_year=2025-26/part.parquet", "2025-26")])
def test_only_the_folders_of_an_old_release_say_something(tmp_path: Path, file: str, year: str | None) -> None:
    release = tmp_path / "agency=elsewhere" / "2025.04.1" if year is None else tmp_path / "2025.04.1"
    path = release / "control_total" / file
    path.parent.mkdir(parents=True)
    pq.write_table(pa.table({"agency": ["angus"]}), path)
    with open_apart(release) as connection:
        show_release(connection, release)
        rows = connection.sql("SELECT * FROM control_total").to_arrow_table().to_pylist()
    assert rows == [{"agency": "angus"} if year is None else {"agency": "angus", "financial_year": year}]
