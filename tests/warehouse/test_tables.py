"""A table is made once of the same: it is made again where what it reads, or itself, is another."""

import datetime
import os
import shutil
from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from pipelines.engine.errors import IrfError
from pipelines.warehouse import tables as rooms
from pipelines.warehouse.root import DataRoot
from pipelines.warehouse.tables import Tables
from pipelines.warehouse.work import Work
from schemas.month import financial_year
from schemas.reference import REFERENCE
from schemas.table import arrow_schema

Reference = Callable[..., None]


@pytest.fixture
def tables(tmp_path: Path) -> Tables:
    root = DataRoot(tmp_path)
    root.prepare()
    return Tables(Work(root, "2025-04"), "first", {}, 1, "500MB")


@pytest.fixture(autouse=True)
def services(tables: Tables) -> Reference:
    """Puts the reference table `services`, all that `sql/mart/service.sql` reads; its table has a row more."""

    def put(*names: str) -> None:
        file = tables.work.reference("services")
        file.parent.mkdir(parents=True, exist_ok=True)
        rows = [{"service": name, "name": name.title(), "setting": "community", "unit": "payment"} for name in names]
        schema = pa.schema([field.with_nullable(True) for field in arrow_schema(REFERENCE["services"])])
        pq.write_table(pa.Table.from_pylist(rows, schema), file)

    put("meals")
    return put


def made_file(tables: Tables) -> Path:
    (file,) = tables.made("mart", "service")
    return file


def when(tables: Tables) -> int:
    """The moment at which the table was written."""
    return os.stat(made_file(tables)).st_mtime_ns


def test_a_table_is_kept_while_nothing_that_it_reads_has_changed(tables: Tables) -> None:
    assert tables.run("mart", "service") == 2
    written = when(tables)
    assert tables.run("mart", "service") == 2
    assert when(tables) == written


def test_a_table_is_kept_though_something_else_has_changed_and_then_belongs_to_the_refresh(tables: Tables) -> None:
    tables.run("mart", "service")
    written, later = when(tables), replace(tables, made_of="second")
    with pytest.raises(IrfError, match="mart/service was made from other submissions"):
        later.made("mart", "service")
    assert later.run("mart", "service") == 2
    assert when(later) == written


def test_a_table_is_made_again_where_what_it_reads_has_changed(tables: Tables, services: Reference) -> None:
    tables.run("mart", "service")
    services("meals", "telecare")
    assert tables.run("mart", "service") == 3
    assert sorted(tables.rows("mart", "service")["service"].to_pylist()) == ["meals", "telecare", "unmapped"]


def test_a_table_is_made_again_by_other_software(tables: Tables, monkeypatch: pytest.MonkeyPatch) -> None:
    tables.run("mart", "service")
    written = when(tables)
    monkeypatch.setattr("pipelines.warehouse.made.code_version", lambda: "another")
    tables.run("mart", "service")
    assert when(tables) > written


@pytest.mark.parametrize("damage", [b"", None])
def test_a_table_whose_bytes_have_changed_is_made_again(tables: Tables, damage: bytes | None) -> None:
    tables.run("mart", "service")
    file = made_file(tables)
    sound = file.read_bytes()
    file.write_bytes(sound[:40] + b"\xff" + sound[41:] if damage is None else damage)
    tables.run("mart", "service")
    assert file.read_bytes() == sound


def test_a_file_beside_those_of_a_table_is_no_part_of_it(tables: Tables) -> None:
    tables.run("mart", "service")
    made_file(tables).with_name("2025-26.parquet").write_bytes(made_file(tables).read_bytes())
    assert tables.run("mart", "service") == 2
    assert tables.rows("mart", "service").num_rows == 2


def test_a_select_that_fails_leaves_the_table_of_before(
    tables: Tables, services: Reference, monkeypatch: pytest.MonkeyPatch
) -> None:
    tables.run("mart", "service")
    services("meals", "telecare")
    with monkeypatch.context() as patched, pytest.raises(IrfError, match=r"sql/mart/service\.sql"):
        patched.setattr(rooms, "read_sql", lambda layer, name: "SELECT CAST(name AS INT) AS n FROM reference.services")
        tables.run("mart", "service")
    assert sorted(tables.rows("mart", "service")["service"].to_pylist()) == ["meals", "unmapped"]
    assert tables.run("mart", "service") == 3


def test_what_python_makes_is_kept_while_nothing_of_the_refresh_has_changed(tables: Tables) -> None:
    assert tables.kept("core", "withheld") is None
    tables.write_rows("core", "withheld", [])
    assert tables.kept("core", "withheld") == 0
    assert replace(tables, made_of="second").kept("core", "withheld") is None


def test_the_state_is_that_of_the_bytes_of_all_tables(tables: Tables, services: Reference) -> None:
    tables.run("mart", "service")
    before = tables.state()
    replace(tables, made_of="second").run("mart", "service")
    assert tables.state() == before
    services("meals", "telecare")
    tables.run("mart", "service")
    assert tables.state() != before


def line(month: datetime.date, person: str, service: str, number: int) -> dict[str, object]:
    text = {"agency": "A", "sector": "nhs", "service": service, "setting": "community", "person_id": person, "age_band": "0-17"}
    place = dict.fromkeys(("council", "hscp", "locality"), "Unknown")
    rest = {"sex": "0", "unit": "none", "cost_basis": "rate", "link_method": "none", "units": Decimal(number)}
    money = {"direct_cost": Decimal(number), "residual_cost": Decimal(0), "cost": Decimal(number), "client_contribution": None}
    return {
        "line_id": f"{month}{person}{service}{number}",
        "financial_year": financial_year(f"{month:%Y-%m}"),
        "month": month,
        **text,
        **place,
        **rest,
        **money,
    }


def test_a_table_that_is_run_month_by_month_has_the_bytes_that_it_has_at_once(
    tables: Tables, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The second person of a month comes before the first one of the next, in each year's file."""
    months = [datetime.date(2025, 2, 1), datetime.date(2025, 3, 1), datetime.date(2025, 4, 1), datetime.date(2025, 5, 1)]
    lines = [
        line(month, person, service, n) for month in months for service in ("x", "y") for person in ("b", "a") for n in (1, 2)
    ]
    tables.write_rows("core", "cost_line", lines)
    for layer, name in rooms.IN_TURN:
        at_month = _bytes(tables, layer, name)
        with monkeypatch.context() as patched:
            patched.setattr(rooms, "IN_TURN", {})
            shutil.rmtree(tables.work.table(layer, name))
            assert _bytes(tables, layer, name) == at_month
        assert len(at_month) == 2


def _bytes(tables: Tables, layer: str, name: str) -> dict[str, bytes]:
    """The files of a table, made now."""
    assert tables.run(layer, name) == 16
    return {file.name: file.read_bytes() for file in tables.made(layer, name)}
