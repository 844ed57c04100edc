"""A SELECT in Spark's words means what DuckDB makes of it: macros are expanded, and what both say differently is written otherwise."""

import pytest
import sqlglot
from sqlglot import exp
from sqlglot.errors import SqlglotError

from pipelines.engine.carry import OF_SPARK, carry, macros
from pipelines.engine.sql import read_sql, selects

OF_DUCKDB = "duckdb/*.sql"
FUNCTIONS_OF_SPARK = {"trimmed", "unaccented", "folded", "word_similarity"}
"""Macros that are functions of the Spark session."""
LAYERS = ("core", "mart", "analysis", "statistics", "gate", "release", "rule")


def parameters(macro: exp.Create) -> list[str]:
    return [parameter.name for parameter in macro.this.expressions]


def test_every_macro_of_one_engine_is_there_for_the_other() -> None:
    of_duckdb, of_spark = macros(OF_DUCKDB), macros(OF_SPARK)
    assert set(of_duckdb) == set(of_spark) | FUNCTIONS_OF_SPARK
    assert {name: parameters(of_duckdb[name]) for name in of_spark} == {name: parameters(of_spark[name]) for name in of_spark}


@pytest.mark.parametrize("file", [f"{layer}/{name}" for layer in LAYERS for name in selects(layer)])
def test_no_macro_is_left_in_a_select(file: str) -> None:
    ours = (macros("*.sql").keys() | macros(OF_DUCKDB).keys()) - FUNCTIONS_OF_SPARK
    carried = sqlglot.parse_one(carry(read_sql(*file.split("/"))), dialect="spark")
    assert {call.name.lower() for call in carried.find_all(exp.Anonymous)} & ours == set()


@pytest.mark.parametrize(
    ("said", "carried"),
    [
        ("arg_max(a, b)", "MAX_BY(a, b) FILTER(WHERE NOT a IS NULL)"),
        ("arg_min(a, b) FILTER (WHERE c)", "MIN_BY(a, b) FILTER(WHERE c AND NOT a IS NULL)"),
        ("a / b", "CAST(a AS DOUBLE) / CAST(b AS DOUBLE)"),
        ("sign(a - b)", "(CASE WHEN (a - b) > 0 THEN 1 WHEN (a - b) < 0 THEN -1 WHEN (a - b) = 0 THEN 0 END)"),
        ("CAST(a AS HUGEINT)", "CAST(a AS DECIMAL(38, 0))"),
        ("regexp_full_match(a, 'x|y')", "a RLIKE '^(?:x|y)\\\\z'"),
        ("(a, b) IS DISTINCT FROM (c, d)", "(a IS DISTINCT FROM c OR b IS DISTINCT FROM d)"),
        ("list_has_any(a, b)", "ARRAYS_OVERLAP(a, b)"),
        ("month_of(a)", "(CAST(DATE_TRUNC('MONTH', (a)) AS DATE))"),
    ],
)
def test_what_both_say_differently(said: str, carried: str) -> None:
    assert carry(f"SELECT {said} AS x") == f"SELECT {carried} AS x"


def test_what_a_macro_is_given_is_expanded_too_and_keeps_its_brackets() -> None:
    assert carry("SELECT pence(sign(a) + 1) AS x") == (
        "SELECT (CAST(CAST(((CASE WHEN a > 0 THEN 1 WHEN a < 0 THEN -1 WHEN a = 0 THEN 0 END) + 1) AS DECIMAL(38, 2)) * 100 "
        "AS DECIMAL(38, 0))) AS x"
    )


def test_a_quotient_of_spark_divides_decimals() -> None:
    assert "DOUBLE" not in carry("SELECT rounded_quotient(a, b) AS x")


def test_a_table_is_called_by_its_own_name() -> None:
    assert carry("SELECT record.a FROM core.record JOIN core.link AS l USING (a)") == (
        "SELECT record.a FROM core__record AS record JOIN core__link AS l USING (a)"
    )


def test_what_cannot_be_carried_is_an_error() -> None:
    with pytest.raises(SqlglotError, match="name the columns"):
        carry("SELECT * REPLACE (1 AS a) FROM core.record")
