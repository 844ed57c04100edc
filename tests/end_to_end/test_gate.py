"""Each conservation check bites: something is broken on purpose inside the refresh, and the gate refuses the release."""

from collections.abc import Callable
from decimal import Decimal
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
import pytest

from pipelines.engine.errors import GateRefused
from pipelines.steps import Steps
from tests.conftest import BuildWorld, run

Change = Callable[[pa.Table], pa.Table]
PENNY = Decimal("0.01")


@pytest.fixture
def root(published: BuildWorld, copy_of: Callable[[Path], Path]) -> Path:
    return copy_of(published())


def breaking(monkeypatch: pytest.MonkeyPatch, layer: str, name: str, change: Change) -> None:
    """From now on, a refresh changes a table just after its SELECT has written it."""
    as_it_is = Steps._run

    def broken(self: Steps, of_layer: str, of_name: str, *rest: object) -> int:
        rows = as_it_is(self, of_layer, of_name, *rest)  # type: ignore[arg-type]  # passed through as they came
        if (of_layer, of_name) == (layer, name):
            file = self.file(layer, name)
            pq.write_table(change(pq.read_table(file)), file)
        return rows

    monkeypatch.setattr(Steps, "_run", broken)


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
    "control_total": ("mart", "control_total", a_penny_more("difference", known("difference"))),
    "locality_month_cost": ("mart", "locality_month_cost", lambda table: pa.concat_tables([table, table.slice(0, 1)])),
}


@pytest.mark.parametrize("name", list(BROKEN))
def test_a_broken_table_is_refused_by_the_check_meant_for_it(root: Path, monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    breaking(monkeypatch, *BROKEN[name])
    with pytest.raises(GateRefused) as refused:
        run(root)
    assert any(reason.startswith(f"{name}: ") for reason in refused.value.reasons), refused.value.reasons
    assert {p.name for p in (root / "releases").iterdir()} == {"2025.05.1", "latest.json"}


def test_locality_table_that_loses_a_penny_is_refused_too(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    breaking(monkeypatch, "mart", "locality_month_cost", a_penny_more("cost", known("cost")))
    with pytest.raises(GateRefused) as refused:
        run(root)
    assert any(reason.startswith("marts: locality_month_cost") for reason in refused.value.reasons)


def test_a_submission_table_with_a_negative_count_is_refused(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    as_it_is = Steps.submission

    def broken(self: Steps) -> None:
        as_it_is(self)
        file = self.file("mart", "submission")
        table = pq.read_table(file)
        index = table.column_names.index("quarantined")
        pq.write_table(table.set_column(index, table.schema.field(index), pa.array([-1] * table.num_rows)), file)

    monkeypatch.setattr(Steps, "submission", broken)
    with pytest.raises(GateRefused) as refused:
        run(root)
    assert any(reason.startswith("submission: ") for reason in refused.value.reasons)
