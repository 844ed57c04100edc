"""Each conservation check bites: something is broken on purpose inside the refresh, and the gate refuses the release.

One whole refresh is refused; the others run the job from the broken table on, over what an earlier refresh has left.
"""

import shutil
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path

import dagster as dg
import pyarrow as pa
import pyarrow.compute as pc
import pytest

from assets.release import AGAIN_TAG
from pipelines.definitions import defs
from pipelines.engine.errors import GateRefused
from pipelines.quality.findings import write_submissions
from pipelines.quality.verdict import Verdict, forget_verdict
from pipelines.refresh import prepare_dagster
from pipelines.warehouse.root import DataRoot
from pipelines.warehouse.tables import Tables
from pipelines.warehouse.work import Work
from tests.conftest import PERIOD, BuildWorld, run
from tests.history import forgetful_history

Change = Callable[[pa.Table], pa.Table]
PENNY = Decimal("0.01")


@pytest.fixture
def root(published: BuildWorld, copy_of: Callable[[Path], Path]) -> Path:
    return copy_of(published())


def breaking(monkeypatch: pytest.MonkeyPatch, layer: str, name: str, change: Change) -> None:
    """From now on, a refresh changes a table just after its SELECT has written it."""
    as_it_is = Tables.run

    def broken(self: Tables, of_layer: str, of_name: str) -> int:
        rows = as_it_is(self, of_layer, of_name)
        if (of_layer, of_name) == (layer, name):
            self.write(layer, name, change(self.rows(layer, name)))
        return rows

    monkeypatch.setattr(Tables, "run", broken)


def a_penny_more(column: str, where: Callable[[pa.Table], pa.ChunkedArray]) -> Change:
    """Add a penny to the first row that `where` chooses."""

    def change(table: pa.Table) -> pa.Table:
        chosen = where(table).to_pylist().index(True)
        values = table[column].to_pylist()
        values[chosen] += PENNY
        index = table.column_names.index(column)
        return table.set_column(index, table.schema.field(column), pa.array(values, table.schema.field(column).type))

    return change


def known(column: str) -> Callable[[pa.Table], pa.ChunkedArray]:
    return lambda table: pc.is_valid(table[column])


def without_first_row(table: pa.Table) -> pa.Table:
    return table.slice(1)


def of_home_care(table: pa.Table) -> pa.ChunkedArray:
    return pc.and_(pc.equal(table["feed"], "home_care"), pc.is_valid(table["direct_cost"]))


BROKEN: dict[str, tuple[str, str, Change]] = {
    "rows": ("core", "record", without_first_row),
    "pounds": ("core", "fate", a_penny_more("pounds_accepted", lambda table: pc.greater(table["pounds_accepted"], 0))),
    "ledger": ("core", "cost_line", a_penny_more("cost", known("cost"))),
    "months": ("core", "record_cost", a_penny_more("direct_cost", of_home_care)),
    "marts": ("mart", "client_month_cost", a_penny_more("cost", known("cost"))),
    "table_control_total": ("mart", "control_total", a_penny_more("difference", known("difference"))),
    "table_locality_month_cost": ("mart", "locality_month_cost", lambda table: pa.concat_tables([table, table.slice(0, 1)])),
}


def test_a_refresh_with_a_broken_table_is_refused(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    breaking(monkeypatch, *BROKEN["ledger"])
    with pytest.raises(GateRefused) as refused:
        run(root)
    assert any(reason.startswith("ledger: ") for reason in refused.value.reasons), refused.value.reasons
    assert stands(root)


def stands(root: Path) -> bool:
    """Whether the release of before is the only one."""
    return {p.name for p in (root / "releases").iterdir()} == {"2025.05.1", "latest.json"}


def refused_from(root: Path, layer: str, name: str) -> list[str]:
    """Run the refresh job again from a table on, to the release if nothing blocks it. Returns what blocked it."""
    prepare_dagster(DataRoot(root))
    work = Work(DataRoot(root), PERIOD)
    forget_verdict(work)
    made_again = (
        dg.AssetSelection.assets([layer, name])
        .downstream()
        .required_multi_asset_neighbors()
        .resolve(defs.resolve_asset_graph())
    )
    assert dg.AssetKey("release") in made_again
    for key in made_again:
        shutil.rmtree(work.folder.joinpath(*key.path), ignore_errors=True)  # else what is still right would be kept
    with forgetful_history() as history:
        result = defs.resolve_job_def("refresh").execute_in_process(
            instance=history,
            partition_key=f"{PERIOD}-01",
            asset_selection=sorted(made_again),
            raise_on_error=False,
            tags={AGAIN_TAG: "yes"},
        )
    verdict = work.find(Verdict)
    assert verdict is not None
    blocking = verdict.blocked_by
    assert result.success == (not blocking)
    return blocking


def test_a_run_from_a_table_on_publishes_what_nothing_blocks(root: Path) -> None:
    assert refused_from(root, "mart", "control_total") == []
    assert (root / "releases" / "2025.05.2").is_dir()


@pytest.mark.parametrize("name", list(BROKEN))
def test_a_broken_table_is_refused_by_the_check_meant_for_it(root: Path, monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    layer, table, change = BROKEN[name]
    breaking(monkeypatch, layer, table, change)
    reasons = refused_from(root, layer, table)
    assert any(reason.startswith(f"{name}: ") for reason in reasons), reasons
    assert stands(root)


def test_locality_table_that_loses_a_penny_is_refused_too(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    breaking(monkeypatch, "mart", "locality_month_cost", a_penny_more("cost", known("cost")))
    reasons = refused_from(root, "mart", "locality_month_cost")
    assert any(reason.startswith("marts: locality_month_cost") for reason in reasons)
    assert stands(root)


def test_a_submission_table_with_a_negative_count_is_refused(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(tables: Tables) -> dict[str, int]:
        rows = write_submissions(tables)
        table = tables.rows("mart", "submission")
        index = table.column_names.index("quarantined")
        changed = table.set_column(index, table.schema.field(index), pa.array([-1] * table.num_rows, pa.int64()))
        tables.write("mart", "submission", changed)
        return rows

    monkeypatch.setattr("assets.mart.write_submissions", broken)
    assert any(reason.startswith("table_submission: ") for reason in refused_from(root, "mart", "submission"))
    assert stands(root)
