"""What holds for every file of `sql/` and every module: shapes, headers, names in four places, the way imports run."""

import ast
import json
import re
from pathlib import Path

import pytest

import assets.analysis
import assets.core
import assets.mart
from pipelines.engine.sql import SQL, dependencies, literal, read_sql
from pipelines.warehouse.tables import published_by
from schemas.core import CORE
from schemas.published import PUBLISHED
from tests import REPOSITORY
from tests.sql.sql_case import database, fill, select, table_types, value

FILES = sorted(f"{layer}/{path.stem}" for layer in ("core", "mart", "analysis") for path in (SQL / layer).glob("*.sql"))
CHECKS = sorted(
    f"{layer}/{path.stem}"
    for layer in ("gate", "rule", "release", "statistics", "report")
    for path in (SQL / layer).glob("*.sql")
)
MADE_IN_PYTHON = {
    "core/refresh",
    "core/link",
    "core/person_id",
    "core/withheld",
    "core/rule_finding",
    "core/drift",
    "mart/submission",
    "mart/rule_result",
    "mart/person_history",
    "analysis/standardised_cost",
    "analysis/inequality",
}
MODULES = sorted(path for folder in ("schemas", "pipelines", "assets") for path in (REPOSITORY / folder).rglob("*.py"))


def shape(file: str) -> list[tuple[str, str]]:
    """The columns and types that a file returns from empty tables."""
    sql = read_sql(*file.split("/"))
    for layer, name in dependencies(sql):
        fill(database(None), f"{layer}.{name}", ())
    described = select(database(None), f"DESCRIBE {sql}")
    return [(row["column_name"], re.sub(r",(\d)", r", \1", row["column_type"])) for row in described]


@pytest.mark.parametrize("file", FILES)
def test_a_file_returns_exactly_the_columns_of_its_model(file: str) -> None:
    assert shape(file) == list(table_types(*file.split("/")).items())


@pytest.mark.parametrize("file", CHECKS)
def test_a_check_fits_the_tables_it_reads(file: str) -> None:
    assert shape(file)


@pytest.mark.parametrize("file", [*FILES, *CHECKS])
def test_a_file_is_one_select_whose_last_step_is_final(file: str) -> None:
    sql = read_sql(*file.split("/"))
    parsed = json.loads(value(f"json_serialize_sql({literal(sql)})"))
    assert not parsed["error"], parsed
    assert len(parsed["statements"]) == 1
    steps = [step["key"] for step in parsed["statements"][0]["node"]["cte_map"]["map"]]
    if file in FILES or "final" in steps:
        assert steps[-1] == "final"


@pytest.mark.parametrize("file", FILES)
def test_a_file_says_what_it_is_for(file: str) -> None:
    header = "".join(line for line in read_sql(*file.split("/")).splitlines(keepends=True) if line.startswith("--"))
    for word in (r"Purpose: \w", r"Grain: \w", r"Inputs: \w", r"(Conserves|Proves): \w"):
        assert re.search(word, header), word


def test_one_word_four_places() -> None:
    models = {f"core/{name}" for name in CORE} | {f"{layer}/{name}" for name, layer in published_by().items()}
    keys = {
        "/".join(key.path)
        for asset in [*assets.core.ASSETS, *assets.mart.ASSETS, *assets.analysis.ASSETS]
        for key in asset.keys
    }
    assert set(FILES) | MADE_IN_PYTHON == models
    assert {key for key in keys if "/" in key} == models
    for name, model in {**CORE, **PUBLISHED}.items():
        assert model.__name__ == "".join(word.title() for word in name.split("_"))


@pytest.mark.parametrize("path", MODULES, ids=lambda path: path.relative_to(REPOSITORY).as_posix())
def test_a_module_opens_with_a_docstring(path: Path) -> None:
    assert ast.get_docstring(ast.parse(path.read_text("utf-8")))
