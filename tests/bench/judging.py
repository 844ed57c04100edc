"""How long judging a file takes beside a plain DuckDB read of the same file into Parquet. `make bench` prints the figures.

Belongs here: measuring. Nothing is asserted here: a machine's speed is no test.
"""

import contextlib
import resource
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import duckdb
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv as pa_csv
import pyarrow.parquet as pq

from pipelines.engine.database import open_database
from pipelines.engine.sql import literal
from pipelines.ingest.landing import Landed
from pipelines.ingest.raw import write_raw
from pipelines.ingest.reading.refused import Refused
from pipelines.ingest.validating.validate import validate
from pipelines.synth.clients import wrong_digit

ROWS = 3_000_000
SEED = 7
TURNS = 3
KILOBYTES_PER_GIGABYTE = 1_000_000


def write_emergency(path: Path, rows: int, *, clean: bool) -> None:
    """A file of emergency attendances: all of them good, or all of them with a day that is no day."""
    rng = np.random.default_rng(SEED)
    number = pa.array(np.arange(rows)).cast(pa.string())
    day = pc.binary_join_element_wise("2025-04-", pa.array(rng.integers(10, 30, rows)).cast(pa.string()), "")
    moment = pc.binary_join_element_wise(day, pa.scalar(" 10:30:00"), "")
    pence = pa.array(rng.integers(10_000, 40_000, rows)).cast(pa.string())
    columns = {
        "attendance_id": pc.binary_join_element_wise("A", number, ""),
        "chi_number": pa.array([_chi(n) for n in rng.integers(0, 5_000, 400)]).take(pa.array(rng.integers(0, 400, rows))),
        "arrival_datetime": moment if clean else pa.repeat("not known", rows),
        "departure_datetime": moment,
        "location_code": pa.array(["T101H", "T202H"]).take(pa.array(rng.integers(0, 2, rows))),
        "attendance_category": pa.repeat("01", rows),
        "discharge_destination": pa.repeat("10", rows),
        "postcode": pa.repeat("DD1 1AA", rows),
        "total_cost": pc.binary_join_element_wise(pence, pa.scalar("50"), "."),
    }
    pa_csv.write_csv(pa.table(columns), path)


def _chi(number: int) -> str:
    """A CHI number of nobody, with a right check digit."""
    body = f"010140{number:03d}"[:9]
    remainder = (11 - sum(int(d) * w for d, w in zip(body, range(10, 1, -1), strict=True)) % 11) % 11
    return body + str(remainder) if remainder < 10 else wrong_digit("0101011237", np.random.default_rng(number))


def plain(path: Path, folder: Path) -> None:
    """What DuckDB alone does: read the text, write Parquet."""
    out = literal(str(folder / "plain.parquet"))
    with duckdb.connect() as connection:
        connection.execute(
            f"COPY (SELECT * FROM read_csv({literal(str(path))}, all_varchar = true, header = true)) TO {out} (COMPRESSION zstd)"
        )


def judged(path: Path, folder: Path) -> None:
    """What a refresh does: raw, then judged records."""
    landed = Landed("nhs-tayside", "emergency", "2025-04", 0, path, "a" * 64)
    raw, staged, quarantine, postcodes = (folder / f"{n}.parquet" for n in ("raw", "staged", "quarantine", "postcodes"))
    pq.write_table(pa.table({"Postcode": pa.array(["DD1 1AA"])}), postcodes)
    write_raw(landed, raw)
    # Of the bad file no record is accepted; it has cost the same to find out.
    with contextlib.suppress(Refused), open_database(folder) as connection:
        validate(connection, landed, raw, staged, quarantine, postcodes)


def seconds(work: Callable[[Path, Path], None], path: Path, folder: Path) -> float:
    start = time.perf_counter()
    work(path, folder)
    return time.perf_counter() - start


def main() -> None:
    """Print seconds (the best of several, taken in turn), their ratio and the highest memory so far.

    For a clean and a wholly bad file; what reading costs the first time only (imports, first memory) is left out of both.
    """
    rows = int(sys.argv[1]) if len(sys.argv) > 1 else ROWS
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        for kind in ("clean", "bad"):
            path = folder / f"{kind}.csv"
            write_emergency(path, rows, clean=kind == "clean")
            turns = [(seconds(plain, path, folder), seconds(judged, path, folder)) for _ in range(TURNS)]
            read, judging = (min(each) for each in zip(*turns, strict=True))
            peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / KILOBYTES_PER_GIGABYTE
            print(
                f"{kind:5} {rows:,} rows: plain {read:.2f} s, judged {judging:.2f} s, ratio {judging / read:.2f}, peak {peak:.2f} GB"
            )


if __name__ == "__main__":
    main()
