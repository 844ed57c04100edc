"""What assets have in common: months, owners, dependencies read from SQL, and the facts that Dagster's pages show.

Belongs here: keys and specifications. Does not belong here: any one asset.
"""

import hashlib
import os
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, cast

import dagster as dg

from pipelines.engine.software import code_version
from pipelines.engine.sql import dependencies, header, read_sql, selects
from pipelines.warehouse.tables import SUBMITTED, model_of
from schemas.published import PUBLISHED
from schemas.table import Table, columns, grain, key

MONTHS = dg.MonthlyPartitionsDefinition(start_date="2017-04-01", timezone="Europe/London", end_offset=1)
"""A partition is the period of a refresh, whose work lies in a folder of its own."""
OWNERS = [os.environ.get("IRF_OWNER") or "team:finance"]
"""Who is asked about the assets: an address or, as `team:<name>`, a team."""
REFERENCE, LANDING, INTAKE, GATE = (dg.AssetKey(name) for name in ("reference", "landing", "intake", "gate"))


Made = Callable[[Callable[..., dg.MaterializeResult]], dg.AssetsDefinition]


def made(key: dg.AssetKey | str | Sequence[str], deps: Iterable[dg.AssetKey] = (), **facts: Any) -> Made:
    """`dagster.asset` with the facts of this module, typed."""
    return cast(Made, dg.asset(key=key, deps=sorted(set(deps)), **facts))


def period_of(context: dg.AssetExecutionContext) -> str:
    """The period (YYYY-MM) of a run: its month partition."""
    return str(context.partition_key)[:7]


def asset_key(text: str) -> dg.AssetKey:
    """The key of an asset that is written as `core/record`."""
    return dg.AssetKey(text.split("/"))


def sql_dependencies(layer: str, name: str) -> list[dg.AssetKey]:
    """The assets that an SQL file reads, from DuckDB's parse of it. A quarantine table is made with its staged one."""
    found = {INTAKE}
    for upstream, table in dependencies(read_sql(layer, name)):
        if upstream == "reference":
            found.add(REFERENCE)
        else:
            found.add(dg.AssetKey(["staged" if upstream in SUBMITTED else upstream, table]))
    return sorted(found)


def asset_facts(layer: str, kinds: Iterable[str], version: str | None = None) -> dict[str, Any]:
    """What every asset tells Dagster. version: of what makes it; by default that of all the software."""
    return {
        "group_name": layer,
        "partitions_def": MONTHS,
        "owners": OWNERS,
        "kinds": set(kinds),
        "code_version": version or code_version(),
    }


def table_facts(layer: str, name: str, kinds: Iterable[str] = ("python", "parquet")) -> dict[str, Any]:
    """What the asset of a table tells Dagster: the facts of its model, and of the SELECT that makes it, if one does."""
    model, is_sql = model_of(layer, name), name in selects(layer)
    description = " ".join((model.__doc__ or "").split())
    if is_sql:
        sql = read_sql(layer, name)
        version = hashlib.sha256(sql.encode()).hexdigest()[:12]
        description += f"\n\n{header(sql)}"
        return _with_model(asset_facts(layer, ("duckdb", "parquet"), version), layer, name, model, description)
    return _with_model(asset_facts(layer, kinds), layer, name, model, description)


def _with_model(facts: Mapping[str, Any], layer: str, name: str, model: type[Table], description: str) -> dict[str, Any]:
    page = "docs/data-dictionary.md#" + name if name in PUBLISHED else "schemas/core"
    metadata = {
        "dagster/column_schema": column_schema(model, key(model)),
        "grain": grain(model),
        "page": dg.MetadataValue.path(page),
        **({"sql": dg.MetadataValue.path(f"sql/{layer}/{name}.sql")} if name in selects(layer) else {}),
    }
    return {**facts, "description": description, "metadata": metadata}


def column_schema(model: type[Table], unique: Sequence[str]) -> dg.TableSchema:
    """The columns of a table as Dagster's pages show them. unique: the columns of its key."""
    return dg.TableSchema([
        dg.TableColumn(
            c.name, str(c.arrow_type), c.description,
            dg.TableColumnConstraints(nullable=not c.required, unique=tuple(unique) == (c.name,)),
        )
        for c in columns(model)
    ])  # fmt: skip


def row_count(rows: int) -> dict[str, int]:
    """The count of rows, under the name by which Dagster draws it."""
    return {"dagster/row_count": rows}
