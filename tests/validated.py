"""Files validated from their text on, as a refresh does, without a refresh round it.

Belongs here: writing a CSV file of a feed, reading and validating it. Does not belong here: which files, and what they come to.
"""

import csv
from collections.abc import Sequence
from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq

from pipelines.ingest.landing import Landed
from pipelines.ingest.raw import write_raw
from pipelines.ingest.reading.refused import Refused
from pipelines.ingest.validating.group import Files, together
from pipelines.ingest.validating.outcome import Outcome
from pipelines.ingest.validating.validate import validate, validate_together
from schemas.examples import BEYOND_HEADER, KNOWN_POSTCODE, PERIOD
from schemas.feeds import FEEDS
from schemas.reference import REFERENCE
from schemas.table import arrow_schema

Rows = list[dict[str, str]]
Validated = tuple[Outcome, list[dict], list[dict]]
"""The outcome, the accepted and the quarantined records of a file."""


def validated(connection: duckdb.DuckDBPyConnection, folder: Path, feed: str, rows: Rows, period: str = PERIOD) -> Validated:
    """What a CSV file of a feed comes to. Raises Refused where it is refused."""
    files = _raw(folder, feed, rows, period)
    outcome = validate(connection, files, postcodes_in(folder))
    return _read(files, outcome)


def all_validated(connection: duckdb.DuckDBPyConnection, folder: Path, feed: str, files: Sequence[Rows]) -> list[Validated]:
    """What each of several files of a feed comes to: read together, for preparing the SELECT takes longer than running it."""
    found = [_raw(folder / str(number), feed, rows, PERIOD) for number, rows in enumerate(files)]
    postcodes = postcodes_in(folder)
    outcomes = [x for group in together(found, alone=[]) for x in validate_together(connection, group, postcodes)]
    return [_read(one, outcome) for one, outcome in zip(found, outcomes, strict=True)]


def broken(outcome: Outcome) -> dict[str, int]:
    """How many records broke each rule that any broke."""
    return {rule_id: count.failed for rule_id, count in outcome.rules.items() if count.failed}


def postcodes_in(folder: Path) -> Path:
    """A directory of the one postcode that the examples know."""
    folder.mkdir(parents=True, exist_ok=True)
    fields = [pa.field(f.name, f.type) for f in arrow_schema(REFERENCE["postcodes"])]
    pq.write_table(pa.Table.from_pylist([{"Postcode": KNOWN_POSTCODE}], pa.schema(fields)), folder / "postcodes.parquet")
    return folder / "postcodes.parquet"


def _raw(folder: Path, feed: str, rows: Rows, period: str) -> Files:
    """A CSV file of a feed, read."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{feed}.csv"
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(name for name in rows[0] if name != BEYOND_HEADER)
        writer.writerows(row.values() for row in rows)
    agency = "angus" if FEEDS[feed].kind == "council" else "nhs-tayside"
    files = Files(
        Landed(agency, feed, period, 0, path, "0" * 64),
        *(folder / layer / f"{feed}.parquet" for layer in ("raw", "staged", "quarantine")),
    )
    write_raw(files.landed, files.raw)
    return files


def _read(files: Files, outcome: Outcome | Refused) -> Validated:
    assert isinstance(outcome, Outcome), outcome
    return outcome, pq.read_table(files.staged).to_pylist(), pq.read_table(files.quarantine).to_pylist()
