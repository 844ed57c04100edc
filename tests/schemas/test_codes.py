"""Closed lists: each is declared once, and everything that reads a table refuses a value outside of its list."""

import ast
import inspect
import itertools
import json
from collections.abc import Iterator
from pathlib import Path

import duckdb
import pandas as pd
import pandera.errors
import pytest

import schemas.analysis_codes
import schemas.codes
import schemas.feeds.codes
from pipelines.engine.database import open_database
from pipelines.release.datapackage import datapackage
from pipelines.release.dictionary import dictionary
from schemas.codes import AgeBand, Code, either, explained
from schemas.core import CORE
from schemas.feeds import FEEDS
from schemas.judged import pandera_schema
from schemas.published import PUBLISHED
from schemas.reference import OPTIONAL, REFERENCE
from schemas.rules import rules_of
from schemas.table import Column, Table, columns
from tests import REPOSITORY

FEED_MODELS = {name: feed.model for name, feed in FEEDS.items()}
TABLES = {f"reference/{name}": model for name, model in {**REFERENCE, **OPTIONAL}.items()} | CORE | PUBLISHED
"""A reference table may have the name of a published one."""
LISTS = [
    found
    for module in (schemas.codes, schemas.analysis_codes, schemas.feeds.codes)
    for found in vars(module).values()
    if inspect.isclass(found) and issubclass(found, Code) and found is not Code
]
SELECTS = sorted((REPOSITORY / "sql").rglob("*.sql"))
NO_CODE = "?"


def coded(models: dict[str, type[Table]]) -> list[tuple[str, type[Table], Column]]:
    return [(name, model, c) for name, model in models.items() for c in columns(model) if c.codes]


def named(cases: list[tuple[str, type[Table], Column]]) -> list[str]:
    return [f"{name}-{c.name}" for name, _, c in cases]


@pytest.mark.parametrize(("name", "model", "c"), coded(TABLES), ids=named(coded(TABLES)))
def test_pandera_refuses_another_value(name: str, model: type[Table], c: Column) -> None:
    declared = pandera_schema(model).columns[c.name]
    declared.validate(pd.DataFrame({c.name: pd.array([*c.codes], declared.dtype.type)}))
    with pytest.raises(pandera.errors.SchemaError, match="isin"):
        declared.validate(pd.DataFrame({c.name: pd.array([NO_CODE], declared.dtype.type)}))


@pytest.mark.parametrize(("feed", "model", "c"), coded(FEED_MODELS), ids=named(coded(FEED_MODELS)))
def test_a_rule_of_the_feed_refuses_another_value(feed: str, model: type[Table], c: Column) -> None:
    rule = next(rule for rule in rules_of(feed) if rule.rule_id == f"{c.name}.unknown_code")
    assert rule.keeps(pd.DataFrame({c.name: [*c.codes, None, NO_CODE]})).to_list() == [*(True for _ in c.codes), True, False]
    assert rule.sentence == f"{c.name} is not one of {', '.join(c.codes)}."


@pytest.mark.parametrize(("name", "model", "c"), coded(PUBLISHED), ids=named(coded(PUBLISHED)))
def test_the_data_package_and_the_dictionary_have_the_list(name: str, model: type[Table], c: Column) -> None:
    resource = next(r for r in datapackage("any", [])["resources"] if r["name"] == name)
    field = next(f for f in resource["schema"]["fields"] if f["name"] == c.name)
    assert field["constraints"]["enum"] == [str(code) for code in c.codes]
    said = dictionary()
    assert all(f"| `{code}` | {code.meaning} |" in said for code in c.codes)


def test_every_list_is_used_and_every_value_explained() -> None:
    used = {type(c.codes[0]) for _, _, c in coded({**TABLES, **FEED_MODELS})}
    assert [found.__name__ for found in LISTS if found not in used] == ["Provider"]
    assert all(code.meaning for found in LISTS for code in found)
    assert all(inspect.getdoc(found) for found in LISTS)


def test_lists_in_sentences() -> None:
    assert either(schemas.codes.AgencyKind) == "nhs_board or council"
    assert either([schemas.codes.Sector.NHS]) == "nhs"
    assert explained(schemas.codes.RESIDENT_SEXES) == "1 male, 2 female"


# A second list by hand is found, in Python and in SQL.


def lists_by_hand(source: str) -> list[list[str]]:
    """The literal lists in a module that hold a whole closed list of three or more."""
    whole = [{str(code) for code in found} for found in LISTS if len(found) > 2]
    literal = [node.elts for node in ast.walk(ast.parse(source)) if isinstance(node, ast.List | ast.Tuple | ast.Set)]
    texts = [[e.value for e in elements if isinstance(e, ast.Constant) and isinstance(e.value, str)] for elements in literal]
    return [found for found in texts if set(found) in whole]


@pytest.mark.parametrize("room", ["schemas", "pipelines", "assets"])
def test_no_module_has_a_second_list(room: str) -> None:
    assert lists_by_hand('AGES = ["0-17", "18-64", "65-74", "75-84", "85+", "Unknown"]') != []
    found = {p: lists_by_hand(p.read_text("utf-8")) for p in (REPOSITORY / room).rglob("*.py")}
    assert {str(p.relative_to(REPOSITORY)): by_hand for p, by_hand in found.items() if by_hand} == {}


def known_values() -> dict[str, set[str]]:
    """By the name of a column the values that it may hold, in whichever table."""
    cases = sorted(((c.name, c.codes) for _, _, c in coded({**TABLES, **FEED_MODELS})), key=lambda case: case[0])
    grouped = itertools.groupby(cases, key=lambda case: case[0])
    return {name: {str(code) for _, codes in group for code in codes} for name, group in grouped}


def nodes(tree: object) -> Iterator[dict]:
    if isinstance(tree, dict):
        yield tree
    for child in tree.values() if isinstance(tree, dict) else tree if isinstance(tree, list) else ():
        yield from nodes(child)


def text_of(node: dict) -> list[str]:
    """The texts that an expression may be: of a constant itself, of CASE and coalesce those of their results."""
    if node["class"] == "CONSTANT":
        return [node["literal"]["text"]] if node["literal"]["kind"] == "STRING" else []
    if node["class"] == "CASE":
        return [t for x in (*(check["then_expr"] for check in node["case_checks"]), node["else_expr"]) for t in text_of(x)]
    if node["type"] == "OPERATOR_COALESCE":
        return [t for x in node["children"] for t in text_of(x)]
    return []


def texts_of_columns(sql: str) -> list[tuple[str, str]]:
    """Each column of a SELECT with a text that it is given, or that it is compared with."""
    answer = duckdb.execute("SELECT json_serialize_sql(?)", [sql]).fetchone()
    assert answer is not None
    found = []
    for node in nodes(json.loads(answer[0])):
        if node.get("class") is None:
            continue
        if node.get("alias"):
            found += [(node["alias"], text) for text in text_of(node)]
        compared = [node["left"], node["right"]] if node["class"] == "COMPARISON" else node.get("children", [])
        if node["class"] == "COMPARISON" or node["type"] in ("COMPARE_IN", "COMPARE_NOT_IN"):
            names = [x["column_names"][-1] for x in compared if x["class"] == "COLUMN_REF"]
            found += [(name, text) for name in names for x in compared for text in text_of(x)]
    return found


def test_texts_of_columns_are_found() -> None:
    sql = "SELECT CASE WHEN t.sex = '3' THEN 'x' ELSE coalesce(a, 'y') END AS status FROM t WHERE kind IN ('z')"
    assert sorted(texts_of_columns(sql)) == [("kind", "z"), ("sex", "3"), ("status", "x"), ("status", "y")]


@pytest.mark.parametrize("file", [f for f in SELECTS if "macro" not in f.parts], ids=lambda f: f"{f.parent.name}/{f.stem}")
def test_a_select_names_no_other_value(file: Path) -> None:
    known = known_values()
    sql = file.read_text("utf-8")
    assert [(c, text) for c, text in texts_of_columns(sql) if c in known and text not in known[c]] == []


def test_the_macro_of_age_bands_gives_every_band_and_no_other(tmp_path: Path) -> None:
    births = "SELECT make_date(year, 5, 31) AS born FROM range(1925, 2025) AS made (year) UNION ALL SELECT NULL"
    with open_database(tmp_path) as connection:
        bands = connection.execute(f"SELECT DISTINCT age_band_of(born, DATE '2025-05-31') FROM ({births})").fetchall()
    assert {band for (band,) in bands} == set(AgeBand)
