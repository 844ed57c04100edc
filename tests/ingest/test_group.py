"""Submissions that are read in one SELECT come to what each of them comes to alone, and none is larger than a large file."""

import csv
from collections.abc import Sequence
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from pipelines.engine.database import open_database
from pipelines.ingest.landing import Landed
from pipelines.ingest.raw import write_raw
from pipelines.ingest.reading.refused import Refused
from pipelines.ingest.validating import group
from pipelines.ingest.validating.group import Files, together
from pipelines.ingest.validating.outcome import Outcome
from pipelines.ingest.validating.parse import FIRST_LINE
from pipelines.ingest.validating.typed import typed_batches
from pipelines.ingest.validating.validate import validate_together
from pipelines.warehouse.root import DataRoot
from schemas.examples import GOOD_RECORD, KNOWN_POSTCODE
from schemas.feeds import FEEDS
from schemas.reference import REFERENCE
from schemas.table import arrow_schema

Rows = list[dict[str, str]]
GOOD = {feed: dict(fields) for feed, fields in GOOD_RECORD.items()}
APRIL, MAY, JUNE = "2025-04", "2025-05", "2025-06"
CARE, PAID, BOOKED = GOOD["home_care"], GOOD["payments"], GOOD["ledger"]
JUNE_BOOKED = {**BOOKED, "month": "2025-06-01"}
TOTAL = {"cost_code": "", "account_name": "Total", "month": "", "amount": "1,010.00"}
FILES: dict[str, list[tuple[str, Rows]]] = {
    # The second file says what the first says, of its own month; a record twice in one file; another month's day.
    "home_care": [
        (MAY, [CARE, {**CARE, "service_id": "H2"}]),
        (JUNE, [{**CARE, "month": "2025-06-01"}, {**CARE, "month": "2025-06-01"}, CARE, {**CARE, "month": "2025-06-01", "hours": "x"}]),
        (APRIL, [{**CARE, "month": "2025-04-01", "hours": "1"}, {**CARE, "month": "2025-04-01", "hours": "2"}]),
    ],
    # Equal lines in one file and in two; a total in two, of which one is the sum of its own file alone.
    "ledger": [
        (MAY, [BOOKED, BOOKED, {**BOOKED, "cost_code": "X2", "amount": "5.00"}]),
        (JUNE, [{**JUNE_BOOKED, "amount": "10.00"}, {**TOTAL, "amount": "10.00"}, {**JUNE_BOOKED, "amount": "£1,000.00"}, TOTAL]),
        (APRIL, [{**BOOKED, "month": "2025-04-01"}, TOTAL]),
    ],
    # The same equal lines in two files.
    "payments": [
        (MAY, [PAID, PAID, {**PAID, "gross_amount": "not known"}]),
        (JUNE, [PAID, PAID, {**PAID, "gross_amount": "1.00"}]),
        # Refused: none of its records can be read.
        (APRIL, [{**PAID, "payment_id": "", "gross_amount": "?"}]),
        (APRIL, [PAID, {**PAID, "payment_id": "P77", "gross_amount": "1.00"}]),
    ],
    # Nothing to report before and after.
    "budget": [(MAY, []), (JUNE, [GOOD["budget"]]), (APRIL, [])],
}  # fmt: skip


def submissions(folder: Path, feed: str, files: Sequence[tuple[str, Rows]]) -> list[Files]:
    """The files with their raw tables, each landed under a number of its own."""
    DataRoot(folder).prepare()
    found = []
    for number, (period, rows) in enumerate(files):
        path = folder / f"{feed}.{number}.csv"
        with path.open("w", encoding="utf-8", newline="") as file:
            writer = csv.DictWriter(file, dict.fromkeys([*GOOD[feed], *(name for row in rows for name in row)]))
            writer.writeheader()
            writer.writerows(rows)
        landed = Landed(
            "angus" if FEEDS[feed].kind == "council" else "nhs-tayside", feed, period, number, path, f"{number:064}"
        )
        own = Files(landed, *(folder / layer / f"{number}.parquet" for layer in ("raw", "staged", "quarantine")))
        write_raw(landed, own.raw)
        found.append(own)
    return found


def postcodes_in(folder: Path) -> Path:
    fields = [pa.field(f.name, f.type) for f in arrow_schema(REFERENCE["postcodes"])]
    pq.write_table(pa.Table.from_pylist([{"Postcode": KNOWN_POSTCODE}], pa.schema(fields)), folder / "postcodes.parquet")
    return folder / "postcodes.parquet"


def come_to(folder: Path, feed: str, *, size: int) -> list[tuple[str | Outcome | bytes, ...]]:
    """What each file comes to, so many of them read together: its outcome or refusal, and the two files written."""
    found = submissions(folder, feed, FILES[feed])
    outcomes: list[Outcome | Refused] = []
    with open_database(folder) as connection:
        for first in range(0, len(found), size):
            outcomes += validate_together(connection, found[first : first + size], postcodes_in(folder))
    return [
        (
            f"{outcome.rule_id}: {outcome}" if isinstance(outcome, Refused) else outcome,
            *map(bytes_of, (files.staged, files.quarantine)),
        )
        for files, outcome in zip(found, outcomes, strict=True)
    ]


def bytes_of(path: Path) -> bytes:
    return path.read_bytes() if path.exists() else b""


@pytest.mark.parametrize("feed", FILES)
def test_files_together_come_to_what_each_comes_to_alone(tmp_path: Path, feed: str) -> None:
    alone = come_to(tmp_path / "alone", feed, size=1)
    assert come_to(tmp_path / "together", feed, size=len(FILES[feed])) == alone
    assert come_to(tmp_path / "pairs", feed, size=2) == alone


@pytest.mark.parametrize("folder", ["account_name=x", "month=2025-05", "site=ninewells", "amount=7", "file_index=3"])
def test_the_names_of_folders_say_nothing(tmp_path: Path, folder: str) -> None:
    """As DuckDB reads files by itself, a folder called `<column>=<value>` gives each row that value."""
    assert come_to(tmp_path / folder, "ledger", size=3) == come_to(tmp_path / "plain", "ledger", size=3)


def test_two_amounts_beyond_all_bounds_are_two_records_and_a_total_is_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    beyond = [{**BOOKED, "amount": sign + "9" * 32} for sign in ("", "", "-")]
    monkeypatch.setitem(FILES, "ledger", [(MAY, [BOOKED] * 20 + beyond + [TOTAL])])
    ((outcome, *_),) = come_to(tmp_path, "ledger", size=1)
    assert isinstance(outcome, Outcome)
    assert [outcome.rules[rule].failed for rule in ("amount.out_of_bounds", "total_row")] == [3, 1]


@pytest.mark.parametrize(
    ("feed", "rule", "counts"),
    [
        ("home_care", "duplicate_row", [0, 1, 0]),
        ("home_care", "duplicate_key", [0, 1, 1]),
        ("ledger", "equal_rows", [1, 0, 0]),
        ("ledger", "total_row", [0, 2, 1]),
        ("payments", "equal_rows", [1, 1, None, 0]),
        ("budget", "duplicate_row", [0, 0, 0]),
    ],
)
def test_what_could_be_mixed_up_is_in_the_files(tmp_path: Path, feed: str, rule: str, counts: list[int | None]) -> None:
    outcomes = [outcome for outcome, *_ in come_to(tmp_path, feed, size=9)]
    assert [o.rules[rule].failed if isinstance(o, Outcome) else None for o in outcomes] == counts


def test_a_total_is_the_sum_of_its_own_file(tmp_path: Path) -> None:
    outcomes = [outcome for outcome, *_ in come_to(tmp_path, "ledger", size=3)]
    assert [bool(o.totals_that_differ) for o in outcomes if isinstance(o, Outcome)] == [False, False, True]


def groups(found: Sequence[Files], alone: Sequence[Landed] = ()) -> list[list[int]]:
    return [[files.landed.revision for files in one] for one in together(found, alone=alone)]


def test_a_group_is_no_larger_than_its_bound(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    found = submissions(tmp_path, "home_care", [(MAY, [CARE] * n) for n in (2, 1, 3, 9, 1, 1)])
    assert groups(found) == [[0, 1, 2, 3, 4, 5]]
    monkeypatch.setattr(group, "GROUP_RECORDS", 4)
    assert groups(found) == [[0, 1], [2], [3], [4, 5]]


def test_what_is_read_otherwise_is_read_alone(tmp_path: Path) -> None:
    found = submissions(tmp_path, "home_care", [(MAY, [CARE])] * 5)
    assert groups(found, alone=[found[0].landed, found[2].landed]) == [[0], [1], [2], [3, 4]]
    pq.write_table(pq.read_table(found[1].raw).replace_schema_metadata({group.ROWS_ARE_PARTS: "monthly"}), found[1].raw)
    assert groups(found) == [[0], [1], [2, 3, 4]]


def test_batches_have_the_size_asked_for_however_the_rows_were_laid_down(tmp_path: Path) -> None:
    rows, size = 250_001, 100_000
    with open_database(tmp_path) as connection:
        connection.execute(f"""
            CREATE TEMP TABLE {group.TYPED} AS
            SELECT 0 AS {group.FILE}, range AS {group.RECORD}, '7' AS part, range = 1 AS is_line, FALSE AS may_be_total
            FROM range({rows})
        """)
        found = list(typed_batches(connection, size))
    assert [batch.num_rows for batch in found] == [size, size, rows - 2 * size]
    assert pa.concat_tables(found)[group.RECORD].to_pylist() == list(range(rows))
    assert found[0]["part"].to_pylist()[:3] == ["7", FIRST_LINE, "7"]
