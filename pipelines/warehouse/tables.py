"""The tables of one refresh: where each is, reading them in a database, running a SELECT of `sql/` into one.

Belongs here: tables as files and views. Does not belong here: what they say (`sql/`), which submissions count
(`pipelines/ingest/intake.py`).
"""

import functools
import hashlib
import json
import shutil
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

import duckdb
import pyarrow as pa

from pipelines.engine.database import open_for_views
from pipelines.engine.duckdb_engine import show
from pipelines.engine.engine_name import EngineName
from pipelines.engine.errors import IrfError
from pipelines.engine.files import sha256_of
from pipelines.engine.parquet import read_tables, write_table
from pipelines.engine.sql import dependencies, read_sql, selects
from pipelines.engine.sql_engine import SqlEngine, sql_engine
from pipelines.engine.view import InTurn, Output, View
from pipelines.warehouse.made import Made, files_of, is_as_noted, note, noted, step_of
from pipelines.warehouse.work import Work
from schemas.core import CORE
from schemas.feeds import FEEDS, Lineage
from schemas.month import financial_year
from schemas.published import PUBLISHED, YEAR
from schemas.reference import OPTIONAL, REFERENCE
from schemas.table import Table, arrow_schema, described_schema

SUBMITTED = ("staged", "quarantine")
"""The layers whose tables are the files of the submissions that count."""
OF_STATISTICS = ("standardised_cost", "inequality")
"""The tables of analysis that Python makes, from the one of ages."""
IN_TURN = {("mart", "client_month_cost"): InTurn("core", "cost_line", "month")}
"""The tables whose SELECT is run month by month, for what it reads is sorted by month: held together, a year of clients' sums would fill
the memory."""
UNFINISHED = ".unfinished"
"""What the name of a folder ends with in which a table is being made; a killed process leaves it."""


@functools.cache
def published_by() -> dict[str, str]:
    """The layer that makes each published table: analysis, core where it has its published shape there, else mart."""
    made_by = {name: layer for layer in ("core", "analysis") for name in selects(layer)} | dict.fromkeys(
        OF_STATISTICS, "analysis"
    )
    return {name: made_by.get(name, "mart") for name in PUBLISHED}


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

    def made(self, layer: str, name: str) -> list[Path]:
        """The files of a table of core or mart, to be read. Raises IrfError where they are not there, or are not made of what this
        refresh is."""
        self._made(layer, name)
        return files_of(self.work.table(layer, name))

    def rows(self, layer: str, name: str) -> pa.Table:
        """A small table of core or mart, whole. Raises as `made`."""
        return read_tables(self.made(layer, name))

    def published(self) -> dict[str, list[Path]]:
        """The files of every published table, in exactly the form that is published."""
        return {name: self.made(layer, name) for name, layer in published_by().items()}

    def state(self) -> str:
        """One hash of the bytes of all tables that were made."""
        folders = sorted(path.parent for path in self.work.folder.glob(f"*/*/{Made.named}.json"))
        made = {f"{folder.parent.name}/{folder.name}": found.files for folder in folders if (found := noted(folder))}
        return hashlib.sha256(json.dumps(made).encode()).hexdigest()

    def write(self, layer: str, name: str, rows: pa.Table) -> None:
        """Write rows that Python has made as a table."""
        out, batches = self._output(layer, name), pa.RecordBatchReader.from_batches(rows.schema, rows.to_batches())
        self._put(layer, name, self.made_of, write_table(batches, out.schema, out.folder, out.by, out.only))

    def write_rows(self, layer: str, name: str, rows: Sequence[Mapping[str, object]]) -> None:
        """`write` of dictionaries."""
        self.write(layer, name, pa.Table.from_pylist(list(rows), arrow_schema(model_of(layer, name))))

    def run(self, layer: str, name: str) -> int:
        """Run `sql/<layer>/<name>.sql` into its table, unless that is there, made of the same. Returns the row count."""
        sql = read_sql(layer, name)
        inputs = dependencies(sql)
        step = step_of(f"{layer}/{name}", {f"{of}/{table}": self._hashes(of, table) for of, table in inputs})
        rows = self._kept(layer, name, step)
        if rows is None:
            views = [self._view(*table) for table in inputs]
            rows = self.engine.write(views, sql, self._output(layer, name), IN_TURN.get((layer, name)))
            self._put(layer, name, step, rows)
        return rows

    def kept(self, layer: str, name: str) -> int | None:
        """The row count of a table that Python has made, where it is there and nothing that decides a table of this refresh has
        changed since; else None."""
        return self._kept(layer, name, self.made_of)

    def selected(self, layer: str, names: Sequence[str]) -> dict[str, list[dict]]:
        """The rows of each of some SELECTs of `sql/<layer>/` that stay small."""
        texts = {name: read_sql(layer, name) for name in names}
        needed = sorted({table for sql in texts.values() for table in dependencies(sql)})
        return self.engine.rows([self._view(*table) for table in needed], texts)

    @contextmanager
    def database(self, needed: Sequence[tuple[str, str]]) -> Iterator[duckdb.DuckDBPyConnection]:
        """A DuckDB in which the tables that are needed, each a layer and a name, are there as `<layer>.<name>`: for what is no
        SELECT of `sql/`, whatever runs those. What is made in it is to be temporary: it goes when it is closed."""
        with open_for_views(self.work.root.path, self.threads, self.memory_limit) as connection:
            self.show(connection, needed)
            yield connection

    def show(self, connection: duckdb.DuckDBPyConnection, needed: Sequence[tuple[str, str]]) -> None:
        """Show tables in a DuckDB that is open, as `<layer>.<name>`."""
        show(connection, [self._view(*table) for table in needed])

    @property
    def engine(self) -> SqlEngine:
        """What runs the SELECTs of `sql/` over them."""
        return sql_engine(self.engine_name, self.work.root.path, self.threads, self.memory_limit)

    def _made(self, layer: str, name: str) -> Made:
        """What is noted of a table. Raises as `made`."""
        made = noted(self.work.table(layer, name))
        if made is None:
            raise IrfError(f"{layer}/{name} is not there yet; run {self.work.command}")
        if made.made_of != self.made_of:
            raise IrfError(
                f"{layer}/{name} was made from other submissions, reference tables, decisions, key or code; run {self.work.command}"
            )
        return made

    def _kept(self, layer: str, name: str, step: str) -> int | None:
        """The row count of a table where it is there as this step would make it; it then belongs to this refresh."""
        folder = self.work.table(layer, name)
        made = noted(folder)
        if made is None or made.step != step or not is_as_noted(folder, made):
            return None
        if made.made_of != self.made_of:
            note(folder, self.made_of, step, made.rows)
        return made.rows

    def _output(self, layer: str, name: str) -> Output:
        """Where a table is made, beside its place."""
        folder, model = self.work.table(layer, name).with_suffix(UNFINISHED), model_of(layer, name)
        schema = described_schema(model) if name in PUBLISHED else arrow_schema(model)
        shutil.rmtree(folder, ignore_errors=True)
        is_by_year = name in PUBLISHED and YEAR in schema.names
        return Output(
            folder, schema, f"sql/{layer}/{name}.sql", *((YEAR, financial_year(self.work.period)) if is_by_year else ())
        )

    def _put(self, layer: str, name: str, step: str, rows: int) -> None:
        """Put a table that is made whole in its place, with what it was made of."""
        folder = self.work.table(layer, name)
        unfinished = folder.with_suffix(UNFINISHED)
        note(unfinished, self.made_of, step, rows)
        shutil.rmtree(folder, ignore_errors=True)
        unfinished.rename(folder)

    def _hashes(self, layer: str, name: str) -> list[str]:
        """What tells the content of a table that a SELECT reads. Raises as `made`."""
        if layer in SUBMITTED:
            return list(self.submitted.get(name, ()))  # each name has the hash in it of what decides the file
        if layer == "reference":
            return [sha256_of(self.work.reference(name))]
        return list(self._made(layer, name).files.values())

    def _view(self, layer: str, name: str) -> View:
        if layer in SUBMITTED:
            return View(layer, name, self._submitted(layer, name), feed_schema(name))
        files = [self.work.reference(name)] if layer == "reference" else self.made(layer, name)
        return View(layer, name, files, arrow_schema(model_of(layer, name)))

    def _submitted(self, layer: str, feed: str) -> list[Path]:
        """The files of a feed that count. Raises IrfError where another refresh has put others in their place."""
        folder = self.work.root.folder(layer) / feed
        files = [folder / name for name in self.submitted.get(feed, ())]
        for file in files:
            if not file.exists():
                raise IrfError(f"{layer}/{feed}/{file.parent.name}/{file.name} is no longer there; run {self.work.command}")
        return files


def model_of(layer: str, name: str) -> type[Table]:
    """The declaration of a table of core, mart, analysis or reference."""
    models = {"core": CORE, "mart": PUBLISHED, "analysis": PUBLISHED, "reference": {**REFERENCE, **OPTIONAL}}
    return models[layer][name]


def feed_schema(feed: str) -> pa.Schema:
    """The columns of a feed's validated records."""
    return pa.schema([*arrow_schema(FEEDS[feed].model), *arrow_schema(Lineage)])
