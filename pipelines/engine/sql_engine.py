"""What runs the SELECTs of `sql/`: Parquet files in as views, one SELECT of ours, a declared schema, the Parquet files of a table out.

Belongs here: that interface, and the choice of what stands behind it. Does not belong here: which files a view has
(`pipelines/warehouse/`), what a SELECT says (`sql/`). Who runs a SELECT does not know which engine does.
"""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Protocol

from pipelines.engine.duckdb_engine import DuckDb
from pipelines.engine.engine_name import EngineName
from pipelines.engine.view import InTurn, Output, View


class SqlEngine(Protocol):
    """What runs the SELECTs of `sql/`. The same views and the same SELECT give the same bytes, whatever runs it."""

    def write(self, views: Sequence[View], sql: str, out: Output, in_turn: InTurn | None = None) -> int:
        """Write the rows of a SELECT in its order into a new folder. Returns the row count.

        in_turn: the column for each of whose values the SELECT may be run by itself, so that less is held at once.
        Raises IrfError, without any value from the data, where the SELECT fails or does not fit the schema; what is in the folder
        then is no table.
        """

    def rows(self, views: Sequence[View], selects: Mapping[str, str]) -> dict[str, list[dict]]:
        """The rows of each of some SELECTs that stay small, by the name that it is given under. Raises as `write`."""


def sql_engine(name: EngineName, root: Path, threads: int, memory_limit: str) -> SqlEngine:
    """The engine of a name over the files below `root`. threads, memory_limit: of DuckDB. Raises as `require`."""
    if name is EngineName.duckdb:
        return DuckDb(root, threads, memory_limit)
    require(name)
    from pipelines.engine.spark import Spark

    return Spark(root)


def require(name: EngineName) -> None:
    """Raise IrfError where the engine cannot run on this machine."""
    if name is EngineName.spark:
        from pipelines.engine.spark import require_spark

        require_spark()
