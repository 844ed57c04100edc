"""The way of one record through the house: it passes each room once, and which files count is decided once."""

from pathlib import Path

import pyarrow.parquet as pq
import pytest

from pipelines.ingest import intake
from pipelines.ingest.staging import Submission
from tests.small_world import ANGUS, BOARD, PATIENT, SmallWorld

APRIL = "2025-04"


@pytest.fixture
def decisions(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """How many submissions each decision on which files count was about."""
    decided: list[int] = []
    decide = intake.which_count

    def counted(submissions: list[Submission]) -> list[Submission]:
        decided.append(len(submissions))
        return decide(submissions)

    monkeypatch.setattr(intake, "which_count", counted)
    return decided


def rows(root: Path, pattern: str) -> int:
    """The rows of the Parquet files that a pattern finds; there must be one at least."""
    files = list(root.glob(pattern))
    assert files, pattern
    return sum(pq.read_metadata(file).num_rows for file in files)


def test_a_record_passes_each_room_once_and_files_are_decided_on_once(small_world: SmallWorld, decisions: list[int]) -> None:
    home = {"chi_number": PATIENT, "date_of_birth": "1985-04-19", "sex": "1", "postcode": "DD8 1AA"}
    care = {"service_id": "S1", "social_care_id": "A1", "month": f"{APRIL}-01", "hours": 10, "service_type": "2"}
    small_world.rule(ANGUS, "home_care_personal", method="record", residual="hold")
    small_world.put(f"{BOARD}/population_register/{APRIL}.csv", [home])
    small_world.put(f"{ANGUS}/clients/{APRIL}.csv", [{"social_care_id": "A1", **home}])
    small_world.put(f"{ANGUS}/home_care/{APRIL}.csv", [{**care, "gross_cost": "90.00"}])
    small_world.put(f"{ANGUS}/home_care/{APRIL}.r1.csv", [{**care, "gross_cost": "100.00"}])
    small_world.ledger(ANGUS, APRIL, home_care_personal="100.00")
    small_world.published(APRIL)
    assert decisions == [5]
    root = small_world.root
    for once in (
        "raw/home_care/*/2025-04.r1.parquet",
        "staged/home_care/*/2025-04.r1.*.parquet",
        *(
            f"work/{APRIL}/core/{name}/*.parquet"
            for name in ("record", "record_person", "record_month", "record_cost", "cost_line")
        ),
        f"work/{APRIL}/mart/client_month_cost/*.parquet",
        "releases/2025.04.1/cost_line/*.parquet",
    ):
        assert rows(root, once) == 1, once
    assert rows(root, "quarantine/home_care/*/2025-04.r1.*.parquet") == 0
    (line,) = small_world.query("SELECT cost, person_id IS NOT NULL FROM cost_line")
    assert (str(line[0]), line[1]) == ("100.00", True)
