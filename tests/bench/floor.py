"""The floor: what DuckDB alone takes to read every landing file once as text and write it as zstd Parquet.

    python -m tests.bench.floor LANDING OUT PERIOD

Belongs here: that read. It prints how many rows there are. Does not belong here: typing, validating, joining: no refresh with as many
threads can take less.
"""

import codecs
import sys
from pathlib import Path

import duckdb

from pipelines.engine import machine
from pipelines.engine.sql import literal


def read_once(landing: Path, out: Path, period: str) -> int:
    """Copy the files up to a period into Parquet, one by one. Returns their rows."""
    out.mkdir(parents=True)
    files = sorted(path for path in landing.glob("*/*/*.csv") if path.stem <= period)
    with duckdb.connect(config={"threads": machine.threads()}) as connection:
        return sum(_copy(connection, file, out / f"{n}.parquet") for n, file in enumerate(files))


def _copy(connection: duckdb.DuckDBPyConnection, file: Path, target: Path) -> int:
    """One file. What DuckDB cannot read in parallel is read in one go; what is no UTF-8, as the old code page of an office."""
    first = file.open("rb").read(2)
    encodings = ("utf-16",) if first in (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE) else ("utf-8", "latin-1")
    ways = [(encoding, parallel) for encoding in encodings for parallel in ("true", "false")]
    for encoding, parallel in ways:
        how = f"all_varchar = true, header = true, null_padding = true, strict_mode = false, parallel = {parallel}"
        select = f"SELECT * FROM read_csv({literal(str(file))}, {how}, encoding = {literal(encoding)})"
        try:
            ((rows,),) = connection.execute(f"COPY ({select}) TO {literal(str(target))} (COMPRESSION zstd)").fetchall()
            return int(rows)
        except duckdb.Error:
            if (encoding, parallel) == ways[-1]:
                raise
    raise AssertionError("there is always a way")


if __name__ == "__main__":
    print(read_once(Path(sys.argv[1]), Path(sys.argv[2]), sys.argv[3]))
