"""The warehouse as a Dagster resource: what every asset is given, and the one lock that every run takes.

Belongs here: from Dagster's context to the data root, the work and the tables of a refresh. Does not belong here: what the
assets do with them.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import dagster as dg

from pipelines.engine.database import kept_in_a_run
from pipelines.engine.engine_name import EngineName
from pipelines.ingest.intake import open_tables
from pipelines.lock import alone
from pipelines.warehouse.root import DataRoot
from pipelines.warehouse.tables import Tables
from pipelines.warehouse.work import Work


class Warehouse(dg.ConfigurableResource):
    """The data root and what of the machine a run may use.

    root: the data root. threads, memory_limit: of DuckDB, the latter as `3GB`. None is what the environment says (`IRF_DATA`,
    `IRF_THREADS`, `IRF_MEMORY_LIMIT`), or else the default. engine: what runs the
    SELECTs of `sql/`; reading files and linking are DuckDB's. A run that has it holds the lock of the data root from before its first step to its end.
    """

    root: str | None = None
    threads: int | None = None
    memory_limit: str | None = None
    engine: EngineName = EngineName.duckdb

    @property
    def data_root(self) -> DataRoot:
        """The data root."""
        return DataRoot(Path(self.root).resolve()) if self.root else DataRoot.from_environment()

    def work(self, period: str) -> Work:
        """The work of the refresh of a period (YYYY-MM)."""
        return Work(self.data_root, period)

    def tables(self, period: str) -> Tables:
        """The tables of the refresh of a period, once its submissions were taken in."""
        return open_tables(self.work(period), self.threads, self.memory_limit).run_by(self.engine)

    @contextmanager
    def yield_for_execution(self, context: dg.InitResourceContext) -> Iterator["Warehouse"]:
        """Hold the lock for the life of a run, and keep no database open after it."""
        assert context.instance is not None and context.run_id is not None  # a resource of a run always has both
        with alone(self.data_root, context.instance, context.run_id), kept_in_a_run():
            yield self
