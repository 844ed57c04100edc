"""Staging goes on from what is done: one damaged file is named and takes no other with it, and nothing half written stays."""

import csv
import json
from pathlib import Path

import pytest

from pipelines.engine.errors import IrfError
from pipelines.engine.files import write_note
from pipelines.ingest.landing import Landed, sha256_of
from pipelines.ingest.raw import raw_mark
from pipelines.ingest.staging import Rules, noted_submission, stage, take_raw
from pipelines.ingest.validating.validate import SET_ASIDE, UNFINISHED
from pipelines.warehouse.root import DataRoot
from schemas.examples import GOOD_RECORD
from tests.ingest.test_group import postcodes_in

MONTHS = ("2025-04", "2025-05", "2025-06")


@pytest.fixture
def root(tmp_path: Path) -> DataRoot:
    root = DataRoot(tmp_path / "data")
    root.prepare()
    return root


@pytest.fixture
def rules(root: DataRoot) -> Rules:
    return Rules(postcodes_in(root.path))


@pytest.fixture
def landed(root: DataRoot) -> list[Landed]:
    """Three months of home care whose raw tables are made."""
    found = []
    for month in MONTHS:
        path = root.path / f"{month}.csv"
        record = {**GOOD_RECORD["home_care"], "month": f"{month}-01"}
        with path.open("w", encoding="utf-8", newline="") as file:
            writer = csv.DictWriter(file, record)
            writer.writeheader()
            writer.writerow(record)
        found.append(Landed("angus", "home_care", month, 0, path, sha256_of(path)))
    assert all(take_raw(x, root) for x in found)
    return found


def raw_of(root: DataRoot, month: str) -> Path:
    return root.folder("raw") / "home_care" / "angus" / f"{month}.r0.parquet"


def test_a_damaged_file_is_named_and_takes_no_other_with_it(root: DataRoot, rules: Rules, landed: list[Landed]) -> None:
    whole = raw_of(root, "2025-05").read_bytes()
    raw_of(root, "2025-05").write_bytes(whole[:40] + bytes(360) + whole[400:])
    with pytest.raises(IrfError, match=r"^raw/home_care/angus/2025-05\.r0 is not made of angus/home_care/2025-05\.csv"):
        stage(landed, root, rules)
    made = json.loads(raw_mark(landed[1], root).read_text("utf-8"))
    write_note(raw_mark(landed[1], root), {**made, "sha256": sha256_of(raw_of(root, "2025-05"))})
    with pytest.raises(IrfError, match=r"^angus/home_care/2025-05\.csv: validating failed"):
        stage(landed, root, rules)
    assert noted_submission(landed[0], root, rules) is not None
    assert noted_submission(landed[1], root, rules) is None
    raw_of(root, "2025-05").write_bytes(whole)
    write_note(raw_mark(landed[1], root), made)
    assert [s.outcome.accepted for s in stage(landed, root, rules)] == [1, 1, 1]


def test_what_a_killed_run_has_half_written_is_removed(root: DataRoot, rules: Rules, landed: list[Landed]) -> None:
    left = [
        root.folder(layer) / "home_care" / "angus" / f"2025-05.r0.0123456789abcdef{end}"
        for layer, end in (("staged", UNFINISHED), ("quarantine", UNFINISHED), ("quarantine", SET_ASIDE))
    ]
    for path in left:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(b"rows of people")
    stage(landed, root, rules)
    assert not any(path.exists() for path in left)
    assert len(list(root.folder("staged").rglob("*.*"))) == len(MONTHS)
    assert len(list(root.folder("quarantine").rglob("*.*"))) == len(MONTHS)
