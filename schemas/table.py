"""From a table's model to everything else that needs to know its shape.

Belongs here: the base model, column declarations, and the Arrow schema and DuckDB DDL made from a model.
Does not belong here: any particular table; pandera's schema of it (`judged.py`), for what only asks for columns need not wait
for pandera.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, TypeVar, get_args, get_type_hints

import pyarrow as pa

from schemas.codes import Code


class Table:
    """A declared table: its docstring says what it is, `@table` what one row stands for and what makes it unique."""


Bound = int | Decimal


@dataclass(frozen=True)
class Column:
    """One column of a table, as the readers of the data dictionary see it.

    unique: no value comes twice. pattern: what a text must match; blank where it may be any.
    """

    name: str
    arrow_type: pa.DataType
    required: bool
    description: str
    unit: str
    identifying: bool
    identifier: bool
    names: str
    codes: tuple[Code, ...]
    minimum: Bound | None
    maximum: Bound | None
    by_rule: bool
    unique: bool
    pattern: str


T = TypeVar("T", bound=type[Table])


@dataclass(frozen=True)
class _Declared:
    grain: str
    key: tuple[str, ...]
    equal: tuple[tuple[str, str], ...]
    is_small: bool
    warnings: tuple[Code, ...]


_DECLARED: dict[str, _Declared] = {}


def table(
    *,
    grain: str,
    key: tuple[str, ...],
    equal: tuple[tuple[str, str], ...] = (),
    is_small: bool = True,
    warnings: tuple[Code, ...] = (),
) -> Callable[[T], T]:
    """Class decorator: declare what one row stands for and which columns make it unique.

    equal: pairs of columns that are equal in every row. is_small: the table fits into memory whole, however many people and
    records there are. warnings: of the closed list of usage warnings, what its readers have to know.
    """

    def declare(model: T) -> T:
        _DECLARED[model.__name__] = _Declared(grain, key, equal, is_small, warnings)
        return model

    return declare


def grain(model: type[Table]) -> str:
    """What one row of the table stands for."""
    return _DECLARED[model.__name__].grain


def key(model: type[Table]) -> tuple[str, ...]:
    """The columns that make a row of the table unique."""
    return _DECLARED[model.__name__].key


def equal_columns(model: type[Table]) -> tuple[tuple[str, str], ...]:
    """The pairs of columns that are equal in every row of the table."""
    return _DECLARED[model.__name__].equal


def usage_warnings(model: type[Table]) -> tuple[Code, ...]:
    """What readers of the table have to know, of the closed list `UsageWarning`."""
    return _DECLARED[model.__name__].warnings


def is_small(model: type[Table]) -> bool:
    """Whether the table fits into memory whole, however many people and records there are."""
    return _DECLARED[model.__name__].is_small


def column(
    description: str,
    *,
    required: bool = False,
    unit: str = "",
    identifying: bool = False,
    identifier: bool = False,
    names: str = "",
    codes: Iterable[Code] = (),
    by_rule: bool = False,
    minimum: Bound | None = None,
    maximum: Bound | None = None,
    unique: bool = False,
    pattern: str = "",
    name: str = "",
) -> Any:
    """Declare a column. `required`: NULL is an error. `identifying`: never leaves the inside folders.

    `identifier`: a text that names one thing; what spreadsheets do to such texts is undone when it is read.
    `names`: of a reference table, what must be known elsewhere by this name: an agency, a service or a feed.
    `codes`: the closed list of its values. `by_rule`: of a feed, a rule says what becomes of a record with another value.
    `minimum`: the least that a number may be. `maximum`: beside a minimum, the greatest. `unique`: no value comes twice.
    `pattern`: what a text must match. `name`: the column's, where that means something else in a model.
    """
    return {
        "name": name, "required": required, "description": description, "unit": unit, "identifying": identifying,
        "identifier": identifier, "names": names, "codes": tuple(codes), "minimum": minimum, "maximum": maximum,
        "by_rule": by_rule, "unique": unique, "pattern": pattern,
    }  # fmt: skip


def columns(model: type[Table]) -> tuple[Column, ...]:
    """The columns of a model in declared order."""
    if model not in _columns_of:
        found = []
        for attribute, series in get_type_hints(model, include_extras=True).items():
            declared = getattr(model, attribute)
            (typed,) = get_args(series)
            found.append(Column(**{**declared, "name": declared["name"] or attribute}, arrow_type=typed.__metadata__[0]))
        _columns_of[model] = tuple(found)
    return _columns_of[model]


_columns_of: dict[type[Table], tuple[Column, ...]] = {}
"""Worked out once: what they are made from takes long, and they are asked for with every row of a workbook."""


def arrow_schema(model: type[Table]) -> pa.Schema:
    """The Arrow schema of a model; nullability is part of it."""
    return pa.schema([pa.field(c.name, c.arrow_type, nullable=not c.required) for c in columns(model)])


def described_schema(model: type[Table]) -> pa.Schema:
    """`arrow_schema` with what the table is and each column's description and unit in its metadata, as published files have it."""
    return pa.schema([
        field.with_metadata({"description": c.description, **({"unit": c.unit} if c.unit else {})})
        for field, c in zip(arrow_schema(model), columns(model), strict=True)
    ], metadata={
        "description": " ".join((model.__doc__ or "").split()), "grain": grain(model),
        **({"usage_warnings": "; ".join(w.meaning for w in usage_warnings(model))} if usage_warnings(model) else {}),
    })  # fmt: skip


def duckdb_type(arrow_type: pa.DataType) -> str:
    """The DuckDB type that holds an Arrow type of `schemas.types`.

    Raises ValueError for any other type.
    """
    if pa.types.is_decimal(arrow_type):
        return f"DECIMAL({arrow_type.precision}, {arrow_type.scale})"
    names = {
        pa.string(): "VARCHAR",
        pa.date32(): "DATE",
        pa.timestamp("us"): "TIMESTAMP",
        pa.int64(): "BIGINT",
        pa.bool_(): "BOOLEAN",
    }
    if arrow_type not in names:
        raise ValueError(f"no DuckDB type is declared for Arrow type {arrow_type}")
    return names[arrow_type]


def duckdb_columns(model: type[Table]) -> str:
    """The column list of a CREATE TABLE statement for a model."""
    return duckdb_columns_of(arrow_schema(model))


def duckdb_columns_of(schema: pa.Schema) -> str:
    """The column list of a CREATE TABLE statement for an Arrow schema."""
    return ", ".join(f'"{field.name}" {duckdb_type(field.type)}' for field in schema)
