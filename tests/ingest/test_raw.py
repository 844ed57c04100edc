"""What a file that was read or refused leaves behind: its raw table, what of it was not read, and nothing of a record in words."""

import traceback
from dataclasses import replace
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from pipelines.ingest.raw import write_raw
from pipelines.ingest.reading import bounds
from pipelines.ingest.reading.read import Refused, refusing
from pipelines.ingest.reading.unread import Unread, unread_of
from pipelines.ingest.staging import Rules, Submission, stage, take_raw
from pipelines.ingest.validating.outcome import Outcome
from pipelines.quality.findings import rule_results
from pipelines.warehouse.root import DataRoot
from schemas.rules import FILE_RULES
from tests import REPOSITORY
from tests.ingest.ledger_files import GOOD, HEADER, csv_file, landed, records


@pytest.mark.parametrize(
    ("content", "rule"),
    [
        (HEADER + "\n", "file.empty"),
        (GOOD + 'C3,"open', "file.unreadable"),
        ("cost_code\nC1\n", "file.columns_missing"),
        (GOOD.encode() + b"C3,\x81,2025-04,1\n", "file.unreadable"),
    ],
)
def test_a_refused_file_leaves_nothing_behind(tmp_path: Path, content: str | bytes, rule: str) -> None:
    path = csv_file(tmp_path, content)
    with pytest.raises(Refused) as raised:
        write_raw(landed(path), tmp_path / "raw" / "ledger.parquet")
    assert raised.value.rule_id == rule
    assert list((tmp_path / "raw").iterdir()) == []


def test_the_raw_file_notes_the_columns_that_were_not_read(tmp_path: Path) -> None:
    path = csv_file(tmp_path, "Oona Macbeth,cost_code,month,,amount\n1,C1,2025-04,2,3\n")
    raw = tmp_path / "raw" / "ledger.parquet"
    assert write_raw(landed(path), raw) == 1
    assert unread_of(raw) == Unread(unknown_columns=(1, 4), absent_columns=("account_name",), header_rows=(1,))
    assert b"Macbeth" not in raw.read_bytes()


@pytest.mark.parametrize(
    ("own", "said", "refused"),
    [("340", "340", False), ("340", "340.0", False), ("340", "0340", False), ("340", "", False), ("", "180", False),
     ("340", "180", True), ("340", "Dundee", True)],
)  # fmt: skip
def test_a_file_that_says_it_is_another_agencys_is_refused(tmp_path: Path, own: str, said: str, refused: bool) -> None:
    path = csv_file(tmp_path, f"Sending_Location,cost_code,month,amount\n{own},C1,2025-04,3\n{said},C2,2025-04,4\n")
    raw = tmp_path / "raw" / "ledger.parquet"
    file = replace(landed(path), location=own)
    if not refused:
        assert write_raw(file, raw) == 2
        assert unread_of(raw).unknown_columns == ()
        return
    with pytest.raises(Refused) as raised:
        write_raw(file, raw)
    assert raised.value.rule_id == "file.other_agency"
    assert "row 3 is another agency's" in str(raised.value) and said not in str(raised.value)


@pytest.mark.parametrize(("unknown", "expected"), [([], ("passed", 0)), ([1, 4], ("warned", 1))])
def test_unknown_columns_are_a_warning_of_the_submission(tmp_path: Path, unknown: list[int], expected: tuple[str, int]) -> None:
    submission = Submission(landed(tmp_path), Outcome(rows=1, unread=Unread(tuple(unknown))))
    results = {r["rule_id"]: r for r in rule_results(submission)}
    found = results["file.unknown_columns"]
    assert (found["severity"], found["status"], found["failed"], found["evaluated"]) == ("warning", *expected, 1)
    assert results["file.too_large"]["status"] == "passed"


def test_unknown_columns_are_known_to_a_submission_validated_now_and_before(tmp_path: Path) -> None:
    root = DataRoot(tmp_path)
    root.prepare()
    postcodes = root.folder("staged") / "postcodes.parquet"
    pq.write_table(pa.table({"Postcode": pa.array([], pa.string())}), postcodes)
    file = landed(csv_file(tmp_path, "cost_code,private,month,amount\nC1,x,2025-04,3.00\n"))
    assert take_raw(file, root)
    for _ in range(2):
        (validated,) = stage([file], root, Rules(postcodes))
        assert (validated.refused, validated.outcome.accepted, validated.outcome.unread.unknown_columns) == (None, 1, (2,))


PRIVATE = ("Oona", "Macbeth", "1904851231", "DD1")


@pytest.mark.parametrize(
    "content",
    [
        "Oona,Macbeth,1904851231\n",
        HEADER + '\nC1,Oona Macbeth 1904851231,DD1,"\n',
        HEADER + "\n" + '"Oona Macbeth' + "1904851231" * 2_000_000,
        HEADER.encode() + b"\nOona,Macbeth,DD1,\x81\n",
    ],
)
def test_no_refusal_shows_anything_of_a_record(tmp_path: Path, content: str | bytes) -> None:
    with pytest.raises(Refused) as raised:
        records(csv_file(tmp_path, content))
    assert "\n" not in str(raised.value)
    with_everything_behind_it = "".join(traceback.format_exception(raised.value))
    assert not any(word in with_everything_behind_it for word in PRIVATE)


def test_what_a_library_says_of_broken_content_is_not_shown() -> None:
    said = " ".join(PRIVATE)
    with pytest.raises(Refused) as raised, refusing():
        raise ValueError(said)
    assert said not in "".join(traceback.format_exception(raised.value))


def test_the_page_on_files_gives_every_bound_as_it_is() -> None:
    page = (REPOSITORY / "docs" / "files.md").read_text("utf-8")
    sizes = [*bounds.MAXIMUM_FILE_BYTES.values(), *bounds.MAXIMUM_UNPACKED_BYTES.values(), bounds.MAXIMUM_ROW_GROUP_BYTES,
             bounds.MAXIMUM_RECORD_BYTES, bounds.MAXIMUM_FIELD_BYTES]  # fmt: skip
    others = [bounds.MAXIMUM_EXPANSION, bounds.MAXIMUM_HEADER_COLUMNS, bounds.MAXIMUM_SHEET_CELLS, bounds.MAXIMUM_HEADER_BYTES]
    stated = [f"{size // 1_000_000:,} MB" for size in sizes] + [f"{number:,}" for number in others]
    assert [words for words in stated if words not in page] == []
    assert [rule_id for rule_id in FILE_RULES if rule_id not in page] == []
