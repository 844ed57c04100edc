"""The house: imports run one way and in no circle, no module and no function is long, a module says what belongs in it."""

import ast
import functools
import re
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

import pytest

from tests import REPOSITORY

FLOORS = (
    ("schemas",),
    ("pipelines.engine",),
    ("pipelines.warehouse",),
    ("pipelines.ingest",),
    ("pipelines.identity", "pipelines.costing", "pipelines.quality", "pipelines.analysis"),
    ("pipelines.release",),
    ("pipelines.report", "pipelines.history", "pipelines.lock"),
    ("pipelines.evaluation", "pipelines.resources"),
    ("assets",),
    ("pipelines.definitions",),
    ("pipelines.refresh", "pipelines.synth"),
    ("pipelines.commands",),
)
"""The rooms from the ground up: each may use those on the floors below it, and none beside it."""
LONGEST_MODULE, LONGEST_FUNCTION = 300, 60
MODULES = {
    ".".join(path.relative_to(REPOSITORY).with_suffix("").parts).removesuffix(".__init__"): path
    for folder in ("schemas", "pipelines", "assets")
    for path in sorted((REPOSITORY / folder).rglob("*.py"))
}


def floor_of(module: str) -> tuple[int, str]:
    """On which floor a module is, and in which room."""
    for floor, rooms in enumerate(FLOORS):
        for room in rooms:
            if module == room or module.startswith(f"{room}."):
                return floor, room
    raise AssertionError(f"{module} is in no room")


def imported(path: Path) -> set[str]:
    """The modules of ours that a module imports, wherever in it."""
    found: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            found |= {name.name for name in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert not node.level, f"{path}: relative import"
            names = {f"{node.module}.{name.name}" for name in node.names}
            found |= {name if name in MODULES else str(node.module) for name in names}
    return {name for name in found if name.split(".")[0] in ("schemas", "pipelines", "assets")}


@functools.cache
def imports() -> dict[str, set[str]]:
    """Every module with those that it imports."""
    return {module: imported(path) for module, path in MODULES.items()}


def test_every_form_of_import_is_seen(tmp_path: Path) -> None:
    text = "import assets.core\ndef f():\n    from pipelines import definitions\nimport duckdb\n"
    (tmp_path / "m.py").write_text(text, "utf-8")
    assert imported(tmp_path / "m.py") == {"assets.core", "pipelines.definitions"}


def upward(module: str, others: set[str]) -> set[str]:
    """Of the modules that a module imports those on its own floor in another room, and those above."""
    floor, room = floor_of(module)
    return {x for x in others if x != "pipelines" and floor_of(x)[1] != room and floor_of(x)[0] >= floor}


@pytest.mark.parametrize("module", [name for name in MODULES if name != "pipelines"])
def test_imports_run_one_way(module: str) -> None:
    assert upward(module, imports()[module]) == set()


def test_an_import_that_runs_upward_is_seen() -> None:
    assert upward("pipelines.ingest.intake", {"pipelines.release.build", "schemas.month"}) == {"pipelines.release.build"}
    assert upward("pipelines.quality.gate", {"pipelines.identity.people"}) == {"pipelines.identity.people"}


def circle(graph: dict[str, set[str]]) -> list[str]:
    """The modules of a circle of imports; none where there is none."""
    try:
        TopologicalSorter(graph).prepare()
    except CycleError as error:
        return list(error.args[1])
    return []


def test_no_imports_run_in_a_circle() -> None:
    assert circle({"a": {"b"}, "b": {"c"}, "c": {"a"}})
    # A package that shows names of its modules is imported by them for its name alone.
    assert circle({module: {x for x in others if not module.startswith(f"{x}.")} for module, others in imports().items()}) == []


@pytest.mark.parametrize("path", MODULES.values(), ids=MODULES)
def test_a_module_is_short_and_opens_with_what_belongs_in_it(path: Path) -> None:
    text = path.read_text("utf-8")
    parsed = ast.parse(text)
    assert ast.get_docstring(parsed)
    assert len(text.splitlines()) <= LONGEST_MODULE
    for node in ast.walk(parsed):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            assert (node.end_lineno or 0) - node.lineno < LONGEST_FUNCTION, node.name


SOURCES = sorted(path for folder in ("schemas", "pipelines", "assets", "sql") for path in (REPOSITORY / folder).rglob("*.*")
                 if path.suffix in (".py", ".sql"))  # fmt: skip


def missing_sources(path: Path, text: str) -> set[str]:
    """The modules and SELECTs that a text names in backticks and that are not there, from the repository or beside it."""
    named = set(re.findall(r"`([\w./-]+\.(?:py|sql))`", text))
    return {name for name in named if not any((folder / name).is_file() for folder in (REPOSITORY, *path.parents))}


@pytest.mark.parametrize("path", SOURCES, ids=[str(path.relative_to(REPOSITORY)) for path in SOURCES])
def test_what_a_header_names_is_there(path: Path) -> None:
    assert missing_sources(path, path.read_text("utf-8")) == set()


def test_a_header_that_names_what_is_gone_is_seen() -> None:
    path = REPOSITORY / "pipelines" / "engine" / "sql.py"
    assert missing_sources(path, "see `database.py`, `pipelines/lock.py`, `gone.py` and `sql/core/gone.sql`") == {
        "gone.py",
        "sql/core/gone.sql",
    }


def streaming(texts: dict[str, str]) -> set[str]:
    """The modules that let DuckDB hand rows on by themselves, where an error of its own comes as one of Arrow's."""
    return {module for module, text in texts.items() if re.search(r"\b(to_arrow_reader|fetch_record_batch)\b", text)}


def test_rows_are_handed_on_in_one_place() -> None:
    assert streaming({module: path.read_text("utf-8") for module, path in MODULES.items()}) == {"pipelines.engine.database"}


def test_a_module_that_hands_rows_on_itself_is_seen() -> None:
    assert streaming({"one": "for batch in found.to_arrow_reader(9):", "two": "for batch in batches_of(found, 9):"}) == {"one"}
