"""The SQL is carried elsewhere: every file is read by sqlglot, written as Spark's, and read back; no name is a reserved word."""

import functools
from pathlib import Path

import pytest
import sqlglot
from sqlglot import exp

from pipelines.engine.carry import carry
from pipelines.engine.sql import SQL
from schemas.feeds import FEEDS
from schemas.published import PUBLISHED
from schemas.reference import OPTIONAL, REFERENCE
from schemas.table import columns
from tests.sql.sql_case import database

FILES = {path.relative_to(SQL).with_suffix("").as_posix(): path for path in sorted(SQL.rglob("*.sql"))}
TABLE_FOLDERS = ("core", "mart", "analysis", "identity")
"""Here a file's name is a table's."""
STANDARD = """
    abs acos all allocate alter and any are array array_agg array_max_cardinality as asensitive asin asymmetric at atan atomic
    authorization avg begin begin_frame begin_partition between bigint binary blob boolean both by call called cardinality
    cascaded case cast ceil ceiling char char_length character character_length check classifier clob close coalesce collate
    collect column commit condition connect constraint contains convert copy corr corresponding cos cosh count covar_pop
    covar_samp create cross cube cume_dist current current_catalog current_date current_default_transform_group current_path
    current_role current_row current_schema current_time current_timestamp current_transform_group_for_type current_user cursor
    cycle date day deallocate dec decfloat decimal declare default define delete dense_rank deref describe deterministic
    disconnect distinct double drop dynamic each element else empty end end_frame end_partition equals escape every except exec
    execute exists exp external extract false fetch filter first_value float floor for foreign frame_row free from full function
    fusion get global grant group grouping groups having hold hour identity in indicator initial inner inout insensitive insert
    int integer intersect intersection interval into is join json_array json_arrayagg json_exists json_object json_objectagg
    json_query json_table json_table_primitive json_value lag language large last_value lateral lead leading left like
    like_regex listagg ln local localtime localtimestamp log log10 lower match match_number match_recognize matches max member
    merge method min minute mod modifies module month multiset national natural nchar nclob new no none normalize not nth_value
    ntile null nullif numeric occurrences_regex octet_length of offset old omit on one only open or order out outer over
    overlaps overlay parameter partition pattern per percent percent_rank percentile_cont percentile_disc period permute portion
    position position_regex power precedes precision prepare primary procedure ptf range rank reads real recursive ref
    references referencing regr_avgx regr_avgy regr_count regr_intercept regr_r2 regr_slope regr_sxx regr_sxy regr_syy release
    result return returns revoke right rollback rollup row row_number rows running savepoint scope scroll search second seek
    select sensitive session_user set show similar sin sinh skip smallint some specific specifictype sql sqlexception sqlstate
    sqlwarning sqrt start static stddev_pop stddev_samp submultiset subset substring substring_regex succeeds sum symmetric
    system system_time system_user table tablesample tan tanh then time timestamp timezone_hour timezone_minute to trailing
    translate translate_regex translation treat trigger trim trim_array true truncate uescape union unique unknown unnest update
    upper user using value value_of values var_pop var_samp varbinary varchar varying versioning when whenever where
    width_bucket window with within without year
"""
"""What SQL:2016 reserves; Spark reserves a part of it."""


@functools.cache
def reserved() -> frozenset[str]:
    """The words that the standard, Spark or DuckDB reserve."""
    rows = database(None).execute(
        "SELECT keyword_name FROM duckdb_keywords() WHERE keyword_category IN ('reserved', 'type_function')"
    )
    return frozenset(STANDARD.split()) | {word for (word,) in rows.fetchall()}


@functools.cache
def given() -> frozenset[str]:
    """The columns that agencies send and that releases have: theirs are the names, whatever SQL reserves."""
    models = [feed.model for feed in FEEDS.values()]
    return frozenset(
        c.name.lower()
        for model in (*models, *REFERENCE.values(), *OPTIONAL.values(), *PUBLISHED.values())
        for c in columns(model)
    )


def statements(text: str) -> list[exp.Expression]:
    """The statements of a file as sqlglot reads them."""
    return [statement for statement in sqlglot.parse(text, dialect="duckdb") if isinstance(statement, exp.Expression)]


def names_of(node: exp.Expr) -> set[str]:
    """The names that a part of a statement gives: to columns, tables, steps, windows, macros and what macros are given."""
    if isinstance(node, exp.Alias):
        return {node.alias} - given()
    if isinstance(node, exp.TableAlias):
        return {node.name, *(column.name for column in node.columns)}
    if isinstance(node, exp.Window) and isinstance(node.parent, exp.Select):
        return {node.name}
    if isinstance(node, exp.UserDefinedFunction):
        return {node.this.name, *(parameter.name for parameter in node.expressions)}
    if isinstance(node, exp.Lambda):
        return {parameter.name for parameter in node.expressions}
    return set()


def reserved_in(text: str) -> set[str]:
    """The names given in a file that are reserved words."""
    named = {name.lower() for statement in statements(text) for node in statement.walk() for name in names_of(node)}
    return named & reserved()


@pytest.mark.parametrize("path", FILES.values(), ids=FILES)
def test_a_file_is_carried_to_spark_and_read_back(path: Path) -> None:
    parsed = statements(path.read_text("utf-8"))
    assert parsed
    for statement in parsed:
        assert not isinstance(statement, exp.Command), "sqlglot passes it on unread"
        sqlglot.parse_one(carry(statement.sql(dialect="duckdb")), dialect="spark")


@pytest.mark.parametrize("path", FILES.values(), ids=FILES)
def test_no_name_is_a_reserved_word(path: Path) -> None:
    assert reserved_in(path.read_text("utf-8")) == set()
    if path.parent.name in TABLE_FOLDERS:
        assert path.stem not in reserved()


def test_every_name_that_is_a_reserved_word_is_seen() -> None:
    text = """
    WITH start AS (SELECT 1 AS one, month AS month FROM t AS unknown WINDOW row AS (ORDER BY x))
    SELECT list_transform(x, lambda value: value + 1) AS fine FROM start
    """
    assert reserved_in(text) == {"start", "one", "unknown", "row", "value"}
    assert reserved_in("CREATE MACRO trim(day) AS day + 1") == {"trim", "day"}
