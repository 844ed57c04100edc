"""A published file has the same bytes whatever number of threads wrote it, also where a year begins within a row group of its source."""

import datetime
from decimal import Decimal
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from pipelines.engine.database import open_database
from pipelines.engine.parquet import BATCH_ROWS
from pipelines.release.publish import _write_table
from schemas.published import PUBLISHED
from schemas.table import arrow_schema

ROWS = {"2024-25": BATCH_ROWS + 90_000, "2025-26": 2 * BATCH_ROWS + 5}


@pytest.fixture(scope="module")
def source(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A table of two years, larger than a row group."""
    schema = arrow_schema(PUBLISHED["bridge"])
    count = sum(ROWS.values())
    years = [year for year, rows in ROWS.items() for _ in range(rows)]
    usual = {pa.string(): "a", pa.int64(): 1, pa.bool_(): True, pa.date32(): datetime.date(2025, 4, 1)}
    columns = [
        pa.array(years)
        if field.name == "financial_year"
        else pa.repeat(pa.scalar(usual.get(field.type, Decimal("1.00")), field.type), count)
        for field in schema
    ]
    file = tmp_path_factory.mktemp("source") / "bridge.parquet"
    pq.write_table(pa.Table.from_arrays(columns, schema=schema), file, row_group_size=BATCH_ROWS)
    return file


def published(source: Path, root: Path, threads: int) -> dict[str, bytes]:
    (root / "in").mkdir(parents=True)
    copy = root / "in" / source.name
    copy.write_bytes(source.read_bytes())
    with open_database(root, threads, macros=()) as connection:
        _write_table(connection, copy, PUBLISHED["bridge"], root / "bridge", "2025-05")
    return {file.name: file.read_bytes() for file in sorted((root / "bridge").iterdir())}


def test_the_number_of_threads_changes_no_byte(source: Path, tmp_path: Path) -> None:
    by_one, by_two = published(source, tmp_path / "1", 1), published(source, tmp_path / "2", 2)
    assert list(by_one) == [f"{year}.parquet" for year in ROWS]
    assert by_one == by_two
