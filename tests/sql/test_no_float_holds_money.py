"""No binary float holds money: the SQL that does has none, and the SQL that has them, on links, sees no money."""

import re
from pathlib import Path

import pytest

from pipelines.engine.sql import SQL

FLOAT = re.compile(r"\b(DOUBLE|FLOAT\d*|REAL|pow|log2|sqrt|exp)\b", re.IGNORECASE)
MONEY = re.compile(r"\w*(cost|amount|pence|pounds|budget|quantum|residual|contribution)\w*", re.IGNORECASE)
MONEY_FILES = sorted(
    file
    for file in SQL.rglob("*.sql")
    if file.parent.name in ("core", "mart", "analysis", "statistics", "gate", "rule", "release", "report", "query")
)
LINK_FILES = sorted((SQL / "identity").glob("*.sql"))


def code_of(sql: str) -> str:
    """SQL without its comments."""
    return re.sub(r"--[^\n]*", "", sql)


@pytest.mark.parametrize("file", MONEY_FILES, ids=lambda file: f"{file.parent.name}/{file.stem}")
def test_sql_with_money_has_no_float(file: Path) -> None:
    assert not FLOAT.findall(code_of(file.read_text("utf-8")))


@pytest.mark.parametrize("file", LINK_FILES, ids=lambda file: file.stem)
def test_sql_of_links_sees_no_money(file: Path) -> None:
    assert not MONEY.findall(code_of(file.read_text("utf-8")))


def test_a_float_and_an_amount_would_be_seen() -> None:
    assert MONEY_FILES
    assert LINK_FILES
    assert FLOAT.findall(code_of("SELECT sum(cost)::DOUBLE -- REAL"))
    assert FLOAT.findall(code_of("SELECT CAST(cost AS FLOAT8)"))
    assert MONEY.findall(code_of("SELECT sum(direct_cost) FROM core.cost_line"))
    assert not FLOAT.findall(code_of("SELECT cost -- no DOUBLE"))
