"""What Dagster's pages show of the gate: its answers in the run that it was part of, and nothing in any other."""

from pathlib import Path

import dagster as dg
import pytest

from pipelines.definitions import build_defs
from pipelines.quality.checks import CHECKS
from pipelines.quality.verdict import Check, Verdict
from pipelines.resources import Warehouse
from pipelines.warehouse.root import DataRoot
from pipelines.warehouse.work import Work

MAY = "2025-05"
RUN, OTHER = "00000000-0000-0000-0000-00000000000a", "00000000-0000-0000-0000-00000000000b"


@pytest.fixture
def root(tmp_path: Path) -> DataRoot:
    """A data root in which the gate has answered for May in a run: pounds are lost, and rows are not."""
    root = DataRoot(tmp_path)
    answers = [Check("pounds", False, "£1 is lost"), Check("rows", True, "all are there"), Check("unused", False, "x", False)]
    Work(root, MAY).keep(Verdict(run=RUN, period=MAY, made_of="", of="", tables={}, checks=answers))
    return root


def told(root: DataRoot, run: str, *names: str, month: str | None = MAY) -> dict[str, tuple[bool, str]]:
    """The checks that Dagster tells of where it is asked for some of them alone, each with whether it passed and how bad it is."""
    job = build_defs(warehouse=Warehouse(root=str(root.path))).resolve_implicit_global_asset_job_def()
    wanted = {dg.AssetCheckKey(dg.AssetKey(CHECKS[name].about.split("/")), name) for name in names}
    with dg.DagsterInstance.ephemeral() as history:
        result = job.get_subset(asset_selection=set(), asset_check_selection=wanted).execute_in_process(
            instance=history, run_id=run, partition_key=f"{month}-01" if month else None, raise_on_error=False
        )
    assert result.success, [event.message for event in result.all_events]
    return {x.check_name: (x.passed, x.severity.value) for x in result.get_asset_check_evaluations()}


def test_the_answers_of_the_run_are_told_and_no_others(root: DataRoot) -> None:
    assert told(root, RUN, "pounds", "rows", "unused") == {
        "pounds": (False, "ERROR"), "rows": (True, "ERROR"), "unused": (False, "WARN"),
    }  # fmt: skip
    assert told(root, RUN, "rows") == {"rows": (True, "ERROR")}


def test_nothing_is_told_in_a_run_that_the_gate_was_no_part_of(root: DataRoot) -> None:
    assert told(root, OTHER, "pounds", "rows", "unused") == {}


def test_nothing_is_told_of_a_month_that_the_gate_has_not_checked(root: DataRoot) -> None:
    assert told(root, RUN, "pounds", month="2025-04") == {}


def test_nothing_is_told_where_checks_are_run_without_a_month(root: DataRoot) -> None:
    assert told(root, OTHER, "pounds", "rows", month=None) == {}
