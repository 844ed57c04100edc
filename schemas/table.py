"""From a table's model to everything else that needs to know its shape.

Belongs here: the base model, column declarations, and the Arrow schema and DuckDB DDL made from a model.
Does not belong here: any particular table.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar

import pandera.pandas as pdr
import pyarrow as pa


class Table(pdr.DataFrameModel):  # type: ignore[misc]  # pandera is not followed by mypy, so its base class is Any there
    """A declared table: its docstring says what it is, `@table` what one row stands for and what makes it unique."""

    class Config:
        strict = True
        ordered = True


@dataclass(frozen=True)
class Column:
    """One column of a table, as the readers of the data dictionary see it."""

    name: str
    arrow_type: pa.DataType
    required: bool
    description: str
    unit: str
    identifying: bool
    identifier: bool
    names: str


T = TypeVar("T", bound=type[Table])

_GRAIN: dict[str, str] = {}
_KEY: dict[str, tuple[str, ...]] = {}


def table(*, grain: str, key: tuple[str, ...]) -> Callable[[T], T]:
    """Class decorator: declare what one row stands for and which columns make it unique."""

    def declare(model: T) -> T:
        _GRAIN[model.__name__] = grain
        _KEY[model.__name__] = key
        return model

    return declare


def grain(model: type[Table]) -> str:
    """What one row of the table stands for."""
    return _GRAIN[model.__name__]


def key(model: type[Table]) -> tuple[str, ...]:
    """The columns that make a row of the table unique."""
    return _KEY[model.__name__]


def column(
    description: str,
    *,
    required: bool = False,
    unit: str = "",
    identifying: bool = False,
    identifier: bool = False,
    names: str = "",
    **checks: Any,
) -> Any:
    """Declare a column. `required`: NULL is an error. `identifying`: never leaves the inside folders.

    `identifier`: a text that names one thing; what spreadsheets do to such texts is undone when it is read.
    `names`: of a reference table, what must be known elsewhere by this name: an agency, a service or a feed.
    """
    return pdr.Field(
        nullable=not required,
        description=description,
        metadata={"unit": unit, "identifying": identifying, "identifier": identifier, "names": names},
        **checks,
    )


def columns(model: type[Table]) -> list[Column]:
    """The columns of a model in declared order."""
    return [
        Column(
            name=name,
            arrow_type=declared.dtype.type.pyarrow_dtype if hasattr(declared.dtype.type, "pyarrow_dtype") else pa.string(),
            required=not declared.nullable,
            description=declared.description or "",
            unit=(declared.metadata or {}).get("unit", ""),
            identifying=(declared.metadata or {}).get("identifying", False),
            identifier=(declared.metadata or {}).get("identifier", False),
            names=(declared.metadata or {}).get("names", ""),
        )
        for name, declared in model.to_schema().columns.items()
    ]


def arrow_schema(model: type[Table]) -> pa.Schema:
    """The Arrow schema of a model; nullability is part of it."""
    return pa.schema([pa.field(c.name, c.arrow_type, nullable=not c.required) for c in columns(model)])


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
    return ", ".join(f'"{c.name}" {duckdb_type(c.arrow_type)}' for c in columns(model))
