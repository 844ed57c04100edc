"""The Frictionless Data Package of a release, made from the published models.

Belongs here: models to `datapackage.json`. Does not belong here: the models (`schemas/published`).
"""

from collections.abc import Sequence

import pyarrow as pa

from schemas.published import PUBLISHED
from schemas.table import Column, Table, columns, grain, key, usage_warnings


def datapackage(version: str, files: Sequence[str]) -> dict:
    """Every table, column, type, unit and description of a release, as a Frictionless Data Package.

    files: the Parquet files of the release, as `cost_line/2025-26.parquet`.
    """
    return {
        "profile": "data-package",
        "name": "integrated-resource-framework-tayside",
        "version": version,
        "resources": [_resource(name, model, files) for name, model in PUBLISHED.items()],
    }


def _resource(name: str, model: type[Table], files: Sequence[str]) -> dict:
    return {
        "name": name,
        "path": [file for file in files if file.startswith(f"{name}/")],
        "format": "parquet",
        "description": (model.__doc__ or "").strip(),
        "grain": grain(model),
        "usageWarnings": [{"code": w.value, "meaning": w.meaning} for w in usage_warnings(model)],
        "schema": {"fields": [_field(c) for c in columns(model)], "primaryKey": list(key(model))},
    }


def _field(c: Column) -> dict:
    constraints = _constraints(c)
    return {
        "name": c.name,
        "type": _type(c),
        "arrowType": str(c.arrow_type),
        "description": c.description,
        **({"unit": c.unit} if c.unit else {}),
        **({"constraints": constraints} if constraints else {}),
    }


def _constraints(c: Column) -> dict:
    """What Frictionless checks of a column: filled in, of its closed list, within its bounds."""
    found: dict = {"required": True} if c.required else {}
    if c.codes:
        found["enum"] = [code.value for code in c.codes]
    if c.minimum is not None and not _may_become_float(c):
        found["minimum"] = c.minimum
    if c.maximum is not None and not _may_become_float(c):
        found["maximum"] = c.maximum
    return found


def _type(c: Column) -> str:
    """Frictionless' type; `arrowType` says exactly what a column is."""
    if pa.types.is_decimal(c.arrow_type) or _may_become_float(c):
        return "number"
    return {pa.string(): "string", pa.date32(): "date", pa.int64(): "integer", pa.bool_(): "boolean"}[c.arrow_type]


def _may_become_float(c: Column) -> bool:
    """Whether a column is a whole number that may be NULL. Readers without a NULL for whole numbers, Frictionless' own among them, make
    floats of it, and of NULL one that is no number, which is within no bounds."""
    return bool(c.arrow_type == pa.int64()) and not c.required
