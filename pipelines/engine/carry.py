"""From a SELECT of `sql/`, which is DuckDB's, to the same SELECT as Spark has it.

Belongs here: expanding macros and writing otherwise what both say differently, in sqlglot's tree. Does not belong here: running
it. What sqlglot cannot carry is written otherwise in `sql/`, or is a macro with a definition for each engine.
"""

import functools
from collections.abc import Callable

import sqlglot
from sqlglot import ErrorLevel, exp
from sqlglot.errors import UnsupportedError

from pipelines.engine.sql import SQL

COMMON, OF_SPARK = "*.sql", "spark/*.sql"
"""Macros that mean the same on both engines, and Spark's own definitions of others. What `duckdb/` alone defines is a function
of the Spark session."""

Macros = dict[str, exp.Create]


def carry(sql: str) -> str:
    """The SELECT in Spark's words. Raises `sqlglot.errors.SqlglotError` where it cannot be carried."""
    tree = _expanded(sqlglot.parse_one(sql, dialect="duckdb"), macros(COMMON))
    for kind, written in WRITTEN.items():
        for node in reversed(list(tree.find_all(kind))):  # those within others first
            node.replace(written(node))
    tree = _expanded(_expanded(tree, macros(OF_SPARK)), macros(COMMON))
    return tree.sql(dialect="spark", unsupported_level=ErrorLevel.RAISE)


def view_name(layer: str, name: str) -> str:
    """The name of a view in Spark, whose temporary views are in no schema."""
    return f"{layer}__{name}"


@functools.cache
def macros(pattern: str) -> Macros:
    """The macros of the files of `sql/macro/` by name."""
    found = {}
    for path in sorted((SQL / "macro").glob(pattern)):
        for statement in sqlglot.parse(path.read_text("utf-8"), dialect="duckdb"):
            assert isinstance(statement, exp.Create), f"{path.name} has something else than macros"
            found[statement.this.this.name] = statement
    return found


def _expanded(tree: exp.Expr, known: Macros) -> exp.Expr:
    """The tree with the body of each macro in the place of its call, and so in what it is given and in the bodies."""
    for call in list(tree.find_all(exp.Anonymous)):
        if call.name in known:
            macro = known[call.name]
            given = dict(zip((p.name for p in macro.this.expressions), call.expressions, strict=True))
            body = exp.paren(macro.expression)
            for column in list(body.find_all(exp.Column)):
                if column.name in given and not column.table:
                    column.replace(exp.paren(given[column.name]))
            call.replace(_expanded(body, known))
    return tree


def _leaving_null_out(best: exp.Expr) -> exp.Expr:
    """DuckDB's `arg_max` and `arg_min` leave out rows without the value; Spark's may choose one."""
    is_there = best.this.copy().is_(exp.null()).not_()
    if isinstance(best.parent, exp.Filter):
        best.parent.expression.set("this", exp.and_(best.parent.expression.this, is_there))
        return best.copy()
    return exp.Filter(this=best.copy(), expression=exp.Where(this=is_there))


def _division_of_doubles(division: exp.Expr) -> exp.Expr:
    """DuckDB's `/` divides floats, whatever it is given; Spark's divides decimals as such."""
    return exp.cast(division.this.copy(), "double") / exp.cast(division.expression.copy(), "double")


def _sign(sign: exp.Expr) -> exp.Expr:
    """Spark's `sign` gives a float."""
    number = sign.this
    case = exp.case().when(number > 0, exp.convert(1)).when(number < 0, exp.convert(-1)).when(number.eq(0), exp.convert(0))
    return exp.paren(case)


def _whole_match(match: exp.Expr) -> exp.Expr:
    """Spark has no function of that name."""
    pattern = exp.Literal.string(f"^(?:{match.expression.name})\\z")
    return exp.RegexpLike(this=match.this.copy(), expression=pattern)


def _one_by_one(comparison: exp.Expr) -> exp.Expr:
    """Spark compares rows only where all their types are the same."""
    left, right = comparison.this, comparison.expression
    if not isinstance(left, exp.Tuple):
        return comparison.copy()
    pairs = zip(left.expressions, right.expressions, strict=True)
    return exp.paren(exp.or_(*(exp.NullSafeNEQ(this=one.copy(), expression=other.copy()) for one, other in pairs)))


def _type(kind: exp.Expr) -> exp.Expr:
    """Spark has no whole numbers of 128 bits."""
    return exp.DataType.build("DECIMAL(38, 0)") if kind.is_type("INT128") else kind.copy()


def _overlap(overlap: exp.Expr) -> exp.Expr:
    """sqlglot writes an operator that Spark does not have."""
    return exp.Anonymous(this="arrays_overlap", expressions=[overlap.this.copy(), overlap.expression.copy()])


def _view(table: exp.Expr) -> exp.Expr:
    """A table by the name of its view; its columns are still called by the name that they are called by."""
    if not table.args.get("db"):
        return table.copy()
    view = table.copy()
    view.set("db", None)
    view.set("this", exp.to_identifier(view_name(table.text("db"), table.name)))
    if not table.alias:
        view.set("alias", exp.TableAlias(this=exp.to_identifier(table.name)))
    return view


def _star(star: exp.Expr) -> exp.Expr:
    """Spark cannot put a column in the place of another."""
    if star.args.get("replace"):
        raise UnsupportedError("* REPLACE: name the columns")
    return star.copy()


def _step(step: exp.Expr) -> exp.Expr:
    """Spark decides by itself what of a named step it keeps in memory."""
    plain = step.copy()
    plain.set("materialized", None)
    return plain


WRITTEN: dict[type[exp.Expr], Callable[[exp.Expr], exp.Expr]] = {
    exp.ArgMax: _leaving_null_out,
    exp.ArgMin: _leaving_null_out,
    exp.ArrayOverlaps: _overlap,
    exp.Div: _division_of_doubles,
    exp.Sign: _sign,
    exp.RegexpFullMatch: _whole_match,
    exp.NullSafeNEQ: _one_by_one,
    exp.DataType: _type,
    exp.Table: _view,
    exp.Star: _star,
    exp.CTE: _step,
}
"""What both engines say differently, and sqlglot does not know of."""
