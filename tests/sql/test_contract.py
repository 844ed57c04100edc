"""What holds for every file of `sql/` and every module: shapes, headers, names in four places, the way imports run."""

import ast
import json
import re
from pathlib import Path

import pytest

import assets.core
import assets.mart
from pipelines.engine.sql import REPOSITORY, SQL, dependencies, literal, read_sql
from pipelines.steps import PUBLISHED_FROM_CORE, SQL_CORE, SQL_MART
from schemas.core import CORE
from schemas.published import PUBLISHED
from tests.sql.sql_case import database, fill, select, table_types, value

FILES = sorted(f"{layer}/{path.stem}" for layer in ("core", "mart") for path in (SQL / layer).glob("*.sql"))
CHECKS = sorted(f"{layer}/{path.stem}" for layer in ("gate", "rule", "release") for path in (SQL / layer).glob("*.sql"))
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
    models = {f"core/{name}" for name in CORE} | {f"mart/{name}" for name in PUBLISHED if name not in PUBLISHED_FROM_CORE}
    keys = {"/".join(key.path) for asset in [*assets.core.ASSETS, *assets.mart.ASSETS] for key in asset.keys}
    assert set(FILES) | MADE_IN_PYTHON == models
    assert {key for key in keys if "/" in key} == models
    assert {f"core/{name}" for name in SQL_CORE} | {f"mart/{name}" for name in SQL_MART} == set(FILES)
    for name, model in {**CORE, **PUBLISHED}.items():
        assert model.__name__ == "".join(word.title() for word in name.split("_"))


def imported(path: Path) -> set[str]:
    """The modules of ours that a module imports."""
    found = set()
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            found |= {name.name for name in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert not node.level, f"{path}: relative import"
            found |= {str(node.module), *(f"{node.module}.{name.name}" for name in node.names)}
    return {name for name in found if name.split(".")[0] in ("schemas", "pipelines", "assets")}


def test_every_form_of_import_is_seen(tmp_path: Path) -> None:
    (tmp_path / "m.py").write_text(
        "import assets.core\ndef f():\n    from pipelines import definitions\nimport duckdb\n", "utf-8"
    )
    assert imported(tmp_path / "m.py") == {"assets.core", "pipelines", "pipelines.definitions"}


RUNS_THE_JOB = ("pipelines/definitions.py", "pipelines/refresh.py", "pipelines/commands/main.py")
"""These start the refresh, so they may see everything."""


@pytest.mark.parametrize("path", MODULES, ids=lambda path: path.relative_to(REPOSITORY).as_posix())
def test_imports_run_one_way(path: Path) -> None:
    place = path.relative_to(REPOSITORY).as_posix()
    names = imported(path)
    if place.startswith("schemas/"):
        assert {name for name in names if not name.startswith("schemas")} == set()
    elif place.startswith("pipelines/engine/"):
        assert {name for name in names if not name.startswith(("schemas", "pipelines.engine"))} == set()
    elif place.startswith("assets/"):
        assert {name for name in names if name.startswith(tuple(p[:-3].replace("/", ".") for p in RUNS_THE_JOB))} == set()
    elif place not in RUNS_THE_JOB:
        assert {name for name in names if name.startswith(("assets", "pipelines.definitions"))} == set()


@pytest.mark.parametrize("path", MODULES, ids=lambda path: path.relative_to(REPOSITORY).as_posix())
def test_a_module_opens_with_a_docstring(path: Path) -> None:
    assert ast.get_docstring(ast.parse(path.read_text("utf-8")))
