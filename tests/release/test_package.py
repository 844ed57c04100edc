"""The released files as others read them: Frictionless takes the whole package, and every reader opens any one file alone."""

import re
from decimal import Decimal
from pathlib import Path

import duckdb
import pandas as pd
import pyarrow.parquet as pq
import pytest
from frictionless import Package, system

from schemas.published import PUBLISHED
from schemas.table import columns, usage_warnings
from schemas.usage_warnings import UsageWarning
from tests import REPOSITORY
from tests.small_world import ANGUS, PATIENT, SmallWorld

MONTH = "2025-04"


@pytest.fixture
def release(small_world: SmallWorld) -> Path:
    client = {
        "social_care_id": "A1",
        "chi_number": PATIENT,
        "forename": "Mairi",
        "surname": "Reid",
        "date_of_birth": "1985-04-19",
        "postcode": "DD8 1AA",
    }
    small_world.put(f"{ANGUS}/clients/{MONTH}.csv", [client])
    care = {"social_care_id": "A1", "month": f"{MONTH}-01", "hours": "10", "service_type": "2"}
    small_world.put(
        f"{ANGUS}/home_care/{MONTH}.csv", [{**care, "service_id": "s1"}, {**care, "service_id": "s2", "social_care_id": "A9"}]
    )
    small_world.ledger(ANGUS, MONTH, home_care_personal="100.00", meals="7.00")
    small_world.published(MONTH)
    return small_world.root / "releases" / f"{MONTH.replace('-', '.')}.1"


def test_frictionless_takes_the_package_with_every_row(release: Path) -> None:
    with system.use_context(trusted=True):
        report = Package(str(release / "datapackage.json")).validate()
    assert report.valid, [(task.name, [error.message for error in task.errors[:3]]) for task in report.tasks if not task.valid]
    assert len(report.tasks) == len(PUBLISHED)


def test_any_reader_opens_any_file_alone_with_its_year(release: Path) -> None:
    for file in sorted(release.rglob("*.parquet")):
        names = [c.name for c in columns(PUBLISHED[file.parent.name])]
        with duckdb.connect() as connection:
            described = connection.execute(f"DESCRIBE SELECT * FROM read_parquet('{file}')").fetchall()
        assert [name for name, *_ in described] == names
        assert pq.read_table(file).column_names == names
        assert list(pd.read_parquet(file).columns) == names


def test_every_file_says_what_its_table_is_and_what_to_mind(release: Path) -> None:
    said = {file.parent.name: pq.read_schema(file).metadata or {} for file in sorted(release.rglob("*.parquet"))}
    assert all(metadata.get(b"description") and metadata.get(b"grain") for metadata in said.values())
    assert b"population is the same in every month" in said["locality_month_cost"][b"usage_warnings"]
    assert b"usage_warnings" not in said["service"]


def called_for(names: set[str]) -> set[UsageWarning]:
    """The warnings that no table with these columns may lack."""
    found = {UsageWarning.PERSON_ID_CHANGES} if names & {"person_id", "old_person_id"} else set()
    found |= {UsageWarning.RATES_DO_NOT_ADD_UP} if names & {"cost_per_head", "share_of_cost", "scale_factor"} else set()
    found |= {UsageWarning.ROWS_OVERLAP} if names & {"scope", "age_group"} else set()
    found |= {UsageWarning.UNITS_DIFFER} if "units" in names else set()
    found |= {UsageWarning.NULL_IS_NOT_ZERO} if names & {"direct_cost", "budget"} else set()
    found |= {UsageWarning.WORDS_OF_AGENCIES} if names & {"account_name"} else set()
    found |= {UsageWarning.TO_DATE_OVERLAPS} if "cost_to_date" in names else set()
    found |= {UsageWarning.POPULATION_REPEATS} if {"population", "service"} <= names else set()
    return found | ({UsageWarning.PEOPLE_DO_NOT_ADD_UP} if "month" in names and names & {"people", "clients"} else set())


@pytest.mark.parametrize("name", PUBLISHED)
def test_no_table_lacks_a_warning_that_its_columns_call_for(name: str) -> None:
    model = PUBLISHED[name]
    assert called_for({c.name for c in columns(model)}) <= set(usage_warnings(model))


def test_every_warning_is_of_a_table() -> None:
    assert {warning for model in PUBLISHED.values() for warning in usage_warnings(model)} == set(UsageWarning)


def test_cost_per_head_as_the_readme_computes_it_is_right_to_the_resident(
    release: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (example,) = [sql for sql in re.findall(r"```sql\n(.*?)```", (REPOSITORY / "README.md").read_text("utf-8"), re.DOTALL)
                  if "AS cost_per_head" in sql]  # fmt: skip
    monkeypatch.chdir(release)
    with duckdb.connect() as connection:
        rows = connection.execute(example).fetchall()
        ((spent,),) = connection.execute(
            "SELECT sum(cost) FROM 'cost_line/*.parquet' WHERE locality = 'Angus North East'"
        ).fetchall()
    found = {locality: (months, residents, cost, per_head) for _, locality, months, residents, cost, per_head in rows}
    # Ten men and ten women of each of five ages, one month of twelve, one of them with cost; elsewhere nobody has any.
    assert found["Angus North East"] == (1, 100, spent, pytest.approx(float(spent * 12 / 100)))
    assert spent > Decimal(0)
    assert found["Lochee"][:3] == (1, 100, None)
    assert len(found) == 6


def test_every_column_says_in_its_file_what_it_is_and_its_unit(release: Path) -> None:
    for file in sorted(release.rglob("*.parquet")):
        schema = pq.read_schema(file)
        for c in columns(PUBLISHED[file.parent.name]):
            told = schema.field(c.name).metadata or {}
            assert told.get(b"description", b"").decode() == c.description, (file.parent.name, c.name)
            assert told.get(b"unit", b"").decode() == c.unit, (file.parent.name, c.name)
