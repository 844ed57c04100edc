"""The tables of one refresh: where each is, reading them in a database, running a SELECT of `sql/` into one.

Belongs here: tables as files and views. Does not belong here: what they say (`sql/`), which submissions count
(`pipelines/ingest/intake.py`).
"""

import functools
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

import duckdb
import pyarrow as pa

from pipelines.engine.database import TABLE_MACROS, open_database
from pipelines.engine.duckdb_engine import show
from pipelines.engine.engine_name import EngineName
from pipelines.engine.errors import IrfError
from pipelines.engine.parquet import made_of_table, write_parquet
from pipelines.engine.sql import dependencies, read_sql, selects
from pipelines.engine.sql_engine import SqlEngine, sql_engine
from pipelines.engine.view import Output, View
from pipelines.warehouse.work import Work
from schemas.core import CORE
from schemas.feeds import FEEDS, Lineage
from schemas.published import PUBLISHED
from schemas.reference import OPTIONAL, REFERENCE
from schemas.table import Table, arrow_schema

SUBMITTED = ("staged", "quarantine")
"""The layers whose tables are the files of the submissions that count."""


@functools.cache
def published_from_core() -> tuple[str, ...]:
    """The published tables that core makes in their published shape."""
    return tuple(name for name in selects("core") if name in PUBLISHED)


@dataclass(frozen=True)
class Tables:
    """The tables of a refresh whose submissions are decided on.

    made_of: the keyed hash of everything that decides the tables. submitted: feed → the names of the files that count, below
    staged/<feed> and quarantine/<feed>.
    """

    work: Work
    made_of: str
    submitted: Mapping[str, Sequence[str]]
    threads: int
    memory_limit: str
    engine_name: EngineName = EngineName.duckdb

    def run_by(self, engine: EngineName) -> "Tables":
        """The same tables, whose SELECTs that engine runs."""
        return replace(self, engine_name=engine)

    def made(self, layer: str, name: str) -> Path:
        """A table of core or mart to be read. Raises IrfError where it is not there, or is not made of what this refresh is."""
        file = self.work.table(layer, name)
        known = made_of_table(file)
        if known is None:
            raise IrfError(f"{layer}/{name} is not there yet; run {self.work.command}")
        if known != self.made_of:
            raise IrfError(
                f"{layer}/{name} was made from other submissions, reference tables, decisions, key or code; run {self.work.command}"
            )
        return file

    def published(self) -> dict[str, Path]:
        """Every published table where this refresh made it."""
        return {name: self.made("core" if name in published_from_core() else "mart", name) for name in PUBLISHED}

    def write(self, layer: str, name: str, rows: pa.Table) -> None:
        """Write rows that Python has made as a table."""
        batches = pa.RecordBatchReader.from_batches(rows.schema, rows.to_batches())
        write_parquet(batches, arrow_schema(model_of(layer, name)), self.work.table(layer, name), self.made_of)

    def write_rows(self, layer: str, name: str, rows: Sequence[Mapping[str, object]]) -> None:
        """`write` of dictionaries."""
        self.write(layer, name, pa.Table.from_pylist(list(rows), arrow_schema(model_of(layer, name))))

    def run(self, layer: str, name: str) -> int:
        """Run `sql/<layer>/<name>.sql` into its table. Returns the row count."""
        sql, schema = read_sql(layer, name), arrow_schema(model_of(layer, name))
        out = Output(self.work.table(layer, name), schema, self.made_of, f"sql/{layer}/{name}.sql")
        return self.engine.write([self._view(*table) for table in dependencies(sql)], sql, out)

    def selected(self, layer: str, names: Sequence[str]) -> dict[str, list[dict]]:
        """The rows of each of some SELECTs of `sql/<layer>/` that stay small."""
        texts = {name: read_sql(layer, name) for name in names}
        needed = sorted({table for sql in texts.values() for table in dependencies(sql)})
        return self.engine.rows([self._view(*table) for table in needed], texts)

    @contextmanager
    def database(self, needed: Sequence[tuple[str, str]]) -> Iterator[duckdb.DuckDBPyConnection]:
        """A DuckDB in which the tables that are needed, each a layer and a name, are there as `<layer>.<name>`: for what is no
        SELECT of `sql/`, whatever runs those."""
        with open_database(self.work.root.path, self.threads, TABLE_MACROS, self.memory_limit) as connection:
            show(connection, [self._view(*table) for table in needed])
            yield connection

    @property
    def engine(self) -> SqlEngine:
        """What runs the SELECTs of `sql/` over them."""
        return sql_engine(self.engine_name, self.work.root.path, self.threads, self.memory_limit)

    def _view(self, layer: str, name: str) -> View:
        if layer in SUBMITTED:
            return View(layer, name, self._submitted(layer, name), feed_schema(name))
        file = self.work.reference(name) if layer == "reference" else self.made(layer, name)
        return View(layer, name, [file], arrow_schema(model_of(layer, name)))

    def _submitted(self, layer: str, feed: str) -> list[Path]:
        """The files of a feed that count. Raises IrfError where another refresh has put others in their place."""
        folder = self.work.root.folder(layer) / feed
        files = [folder / name for name in self.submitted.get(feed, ())]
        for file in files:
            if not file.exists():
                raise IrfError(f"{layer}/{feed}/{file.parent.name}/{file.name} is no longer there; run {self.work.command}")
        return files


def model_of(layer: str, name: str) -> type[Table]:
    """The declaration of a table of core, mart or reference."""
    models = {"core": CORE, "mart": PUBLISHED, "reference": {**REFERENCE, **OPTIONAL}}
    return models[layer][name]


def feed_schema(feed: str) -> pa.Schema:
    """The columns of a feed's validated records."""
    return pa.schema([*arrow_schema(FEEDS[feed].model), *arrow_schema(Lineage)])
