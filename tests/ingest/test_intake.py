"""Which submissions count: of each agency, feed and period the latest revision that is not refused, and no other."""

import itertools
from pathlib import Path

import pytest

from pipelines.engine.errors import IrfError
from pipelines.ingest.intake import last_work, open_tables, which_count
from pipelines.ingest.landing import Landed
from pipelines.ingest.staging import Submission
from pipelines.ingest.validating.outcome import Outcome
from pipelines.warehouse.root import DataRoot
from pipelines.warehouse.work import Work


def submission(agency: str, feed: str, period: str, revision: int, refused: str | None = None) -> Submission:
    return Submission(Landed(agency, feed, period, revision, Path(f"{period}.r{revision}.csv"), "hash"), Outcome(), refused)


A, B, C = (
    submission("angus", "ledger", "2025-04", 0),
    submission("angus", "ledger", "2025-04", 1),
    submission("angus", "ledger", "2025-05", 0),
)
REFUSED = submission("angus", "ledger", "2025-04", 2, "file.empty")
OTHER = submission("dundee-city", "ledger", "2025-04", 0)


def test_the_latest_that_is_not_refused_counts_whatever_the_order() -> None:
    for given in itertools.permutations([A, B, C, REFUSED, OTHER]):
        decided = which_count(given)
        assert [s.landed for s in decided] == [x.landed for x in (A, B, REFUSED, C, OTHER)]
        assert [s.counts for s in decided] == [False, True, False, True, True]


def test_a_month_of_which_every_file_is_refused_has_none_that_counts() -> None:
    assert [s.counts for s in which_count([REFUSED])] == [False]


def test_without_an_intake_no_table_is_opened(tmp_path: Path) -> None:
    with pytest.raises(IrfError, match="intake: nothing is noted of it for 2025-04; run irf refresh --period 2025-04"):
        open_tables(Work(DataRoot(tmp_path), "2025-04"))
    with pytest.raises(IrfError, match="nothing was refreshed yet"):
        last_work(DataRoot(tmp_path))
