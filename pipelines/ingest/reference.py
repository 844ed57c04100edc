"""Loading the reference tables: published files unchanged, declared columns typed and checked.

Belongs here: reading `reference/*.csv` into typed Parquet, and which cells are not as declared. Does not belong here: what
crosses tables (`reference_checks.py`), joins on them, encodings and separators (`reading/own_table.py`).
"""

import functools
import tempfile
from pathlib import Path
from typing import ClassVar

import duckdb
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from pipelines.engine.database import open_database
from pipelines.engine.errors import IrfError
from pipelines.engine.files import copy_hashed, replace_whole, sha256_of
from pipelines.engine.parquet import read_tables
from pipelines.ingest.cell_words import Cell, in_words, shown, unlisted
from pipelines.ingest.reading.opened import ROW
from pipelines.ingest.reading.own_table import read_own_table
from pipelines.ingest.reference_checks import check_reference
from pipelines.ingest.validating.corrections import Correction, read_corrections
from pipelines.ingest.validating.likely import likely
from pipelines.ingest.validating.plausible import read_bounds
from pipelines.warehouse.journal import Entry
from pipelines.warehouse.root import DataRoot
from pipelines.warehouse.work import Work
from schemas.plausible import Bounds
from schemas.reference import OPTIONAL, REFERENCE, ROW_RULES, TABLE_ROW, PopulationEstimate, RowRule
from schemas.table import Column, Table, arrow_schema, columns, duckdb_type

READERS = {pa.date32(): "read_any_day", pa.int64(): "read_whole", pa.string(): "filled"}
EXPECTED = {pa.date32(): "a date as 2025-04-01 or 01/04/2025", pa.int64(): "a whole number as 1234"}
NUMBER = "a number as 1234.50 or, of a share, 2.5%"
AGES = [f"Age{age}" for age in range(120)] + [f"Age{age}plus" for age in range(120)]
"""Columns of the national population estimates in their wide form."""
MAY_BE_LEFT_OUT = ("valid_from", "valid_to", "counterpart", "HSCPName", "SubHSCP")
"""Columns that a table may lack: then all of it is blank."""


class ReferenceTables(Entry):
    """The reference tables that a refresh was given. files: name → SHA-256."""

    named: ClassVar[str] = "reference"
    files: dict[str, str]


def load_reference(work: Work) -> ReferenceTables:
    """Type and check every reference table for a refresh, and note them.

    Raises IrfError naming the file, and the column or row, when a table is absent or breaks its declaration.
    """
    root, hashes = work.root, {}
    work.forget(ReferenceTables)
    with open_database(root.path) as connection:
        for name in (*REFERENCE, *OPTIONAL):
            out = work.reference(name)
            if _is_left_out(root, name):
                table = _typed_schema(OPTIONAL[name]).empty_table()
            else:
                # What is typed is what was hashed, whatever becomes of the file meanwhile.
                source = reference_source(root, name)
                hashes[source.name] = copy_hashed(source, out.with_suffix(".csv"))
                table = typed_table(connection, out.with_suffix(".csv"), {**REFERENCE, **OPTIONAL}[name])
            replace_whole(out, functools.partial(pq.write_table, table))
        check_reference(connection, {name: work.reference(name) for name in (*REFERENCE, *OPTIONAL)}, _sent_feeds(root))
    declared_corrections(work)
    declared_bounds(work)
    loaded = ReferenceTables(files=hashes)
    work.keep(loaded)
    return loaded


def reference_source(root: DataRoot, name: str) -> Path:
    """The file of a reference table as given. Raises IrfError when it is not there."""
    source = root.folder("reference") / f"{name}.csv"
    if not source.is_file():
        workbook = source.with_suffix(".xlsx")
        what = (
            f"save {workbook.name} as CSV" if workbook.is_file() else "put it there (docs/architecture.md says what it holds)"
        )
        raise IrfError(f"reference/{name}.csv is missing; {what}")
    return source


def read_reference(connection: duckdb.DuckDBPyConnection, root: DataRoot, name: str) -> pa.Table:
    """One reference table, typed and checked; nothing is written. Raises as `load_reference`."""
    if _is_left_out(root, name):
        return _typed_schema(OPTIONAL[name]).empty_table()
    return typed_table(connection, reference_source(root, name), {**REFERENCE, **OPTIONAL}[name])


def reference_tables(root: DataRoot, *names: str) -> list[pa.Table]:
    """Reference tables, typed and checked: as the refresh of some month left them, where their files are still the same; else typed now.

    Nothing is written below the data root. Raises as `load_reference`.
    """
    kept = {name: _kept(root, name) for name in names}
    if None not in kept.values():
        return [table for table in kept.values() if table is not None]
    with tempfile.TemporaryDirectory(prefix="irf-reference-") as folder, open_database(Path(folder)) as connection:
        return [read_reference(connection, root, name) for name in names]


def _kept(root: DataRoot, name: str) -> pa.Table | None:
    """A reference table that a refresh has typed and checked; None where its file is another now, or is not there."""
    source = root.folder("reference") / f"{name}.csv"
    if not source.is_file():
        return None
    sha256, declared = sha256_of(source), _typed_schema({**REFERENCE, **OPTIONAL}[name])
    for note in sorted(root.folder("work").glob(f"*/{ReferenceTables.named}.json"), reverse=True):
        work = Work(root, note.parent.name)
        loaded = work.find(ReferenceTables)
        if loaded is None or loaded.files.get(source.name) != sha256:
            continue
        try:
            table = pq.ParquetFile(work.reference(name)).read()
        except (OSError, pa.ArrowException):
            continue  # taken away, or damaged
        if table.schema.remove_metadata() == declared:
            return table
    return None


def _is_left_out(root: DataRoot, name: str) -> bool:
    """Whether a table that need not be there is not."""
    return name in OPTIONAL and not (root.folder("reference") / f"{name}.csv").is_file()


def declared_corrections(work: Work) -> list[Correction]:
    """Every declared correction. Raises IrfError naming the row of corrections.csv that cannot be understood."""
    agencies = read_tables([work.reference("agencies")]).to_pylist()
    return read_corrections(work.reference("corrections"), {a["agency"]: a["kind"] for a in agencies})


def declared_bounds(work: Work) -> dict[str, Bounds]:
    """What is plausible in every feed. Raises IrfError naming the row of plausible_bounds.csv that cannot be understood."""
    return read_bounds(work.reference("plausible_bounds"))


def expected_in(expected_feeds: list[dict], period: str) -> list[dict]:
    """The rows of `expected_feeds` that hold in a month, YYYY-MM."""
    return [r for r in expected_feeds if str(r["valid_from"] or "0001")[:7] <= period <= str(r["valid_to"] or "9999")[:7]]


def required_feeds(work: Work) -> list[tuple[str, str]]:
    """The (agency, feed) pairs that must be there for the period."""
    rows = read_tables([work.reference("expected_feeds")]).to_pylist()
    return [(r["agency"], r["feed"]) for r in expected_in(rows, work.period) if r["required"] == "Y"]


def typed_table(connection: duckdb.DuckDBPyConnection, source: Path, model: type[Table]) -> pa.Table:
    """One reference file as its declared table, with its rows' numbers. Raises IrfError with every cell that is not as declared."""
    what = f"reference/{source.name}"
    declared = columns(model)
    read = read_own_table(source, [*(c.name for c in declared), *(AGES if model is PopulationEstimate else ())], what)
    sent = read.columns.append_column(ROW, pa.array(read.rows, pa.int64()))
    if "Age0" in sent.column_names:
        sent = _long_population(sent)
    absent = [c.name for c in declared if c.name not in sent.column_names and (c.required or c.name not in MAY_BE_LEFT_OUT)]
    if absent:
        raise IrfError(f"{what}: column missing: {', '.join(absent)}; the first row must name the columns")
    connection.register("sent", sent)
    typed = [*(_typed(c, sent) for c in declared), f"{ROW} AS {TABLE_ROW}"]
    table = connection.sql(f"SELECT {', '.join(typed)} FROM sent").to_arrow_table().cast(_typed_schema(model))
    problems: dict[Cell, str] = {(row, ""): "has not as many fields as the header" for row in read.misfits}
    for c in declared:
        if c.name in sent.column_names:
            problems |= _unreadable(c, sent, table)
    connection.unregister("sent")
    problems = _not_beside(connection, table, ROW_RULES.get(model, ())) | _undeclared(table, model) | problems
    if problems:
        raise IrfError(f"{what}: {in_words(problems, [c.name for c in declared])}")
    return table


def _typed_schema(model: type[Table]) -> pa.Schema:
    """The types of a model's columns and its rows' numbers."""
    return pa.schema([*(pa.field(f.name, f.type) for f in arrow_schema(model)), (TABLE_ROW, pa.int64())])


def _typed(c: Column, text: pa.Table) -> str:
    if c.name not in text.column_names:
        return f'CAST(NULL AS {duckdb_type(c.arrow_type)}) AS "{c.name}"'
    return f'{_reader(c)}("{c.name}") AS "{c.name}"'


def _reader(c: Column) -> str:
    if c.identifier:
        return "read_identifier"
    return "read_share" if pa.types.is_decimal(c.arrow_type) else READERS[c.arrow_type]


def _unreadable(c: Column, sent: pa.Table, typed: pa.Table) -> dict[Cell, str]:
    """The cells of a column whose text is not what it declares, with what was found and what is expected."""
    chosen = pc.and_(pc.is_valid(sent[c.name]), pc.is_null(typed[c.name]))
    rows = zip(*(sent[name].filter(chosen).to_pylist() for name in (ROW, c.name)), strict=True)
    expected = "the code itself, as text" if c.identifier else EXPECTED.get(c.arrow_type, NUMBER)
    return {(row, c.name): f"found {shown(text)}{_probably(c, text)}, expected {expected}" for row, text in rows}


def _probably(c: Column, text: str) -> str:
    if c.identifier:
        return " (a code that a spreadsheet turned to scientific notation)"
    words = likely([(f"{c.name}.unreadable", {c.name: text})], "")
    return f" (probably {', '.join(words.values())})" if words else ""


def _not_beside(connection: duckdb.DuckDBPyConnection, table: pa.Table, rules: tuple[RowRule, ...]) -> dict[Cell, str]:
    """The cells that cannot be so beside others of their row."""
    found: dict[Cell, str] = {}
    connection.register("typed", table)
    for rule in rules:
        beside = f'CAST("{rule.beside}" AS VARCHAR)' if rule.beside else "NULL"
        rows = connection.execute(
            f'SELECT {TABLE_ROW}, CAST("{rule.column}" AS VARCHAR), {beside} FROM typed WHERE {rule.wrong}'
        )
        for row, text, other in rows.fetchall():
            what = "is blank" if text is None else f"found {shown(text)}"
            where = f" beside {rule.beside} {shown(other)}" if rule.beside else ""
            found[row, rule.column] = f"{what}{where}, expected {rule.expected}"
    connection.unregister("typed")
    return found


def _undeclared(table: pa.Table, model: type[Table]) -> dict[Cell, str]:
    """The cells that break a check of the model."""
    import pandas as pd
    import pandera.errors

    from schemas.judged import pandera_schema

    rows = table[TABLE_ROW].to_pylist()
    try:
        pandera_schema(model).validate(table.drop_columns([TABLE_ROW]).to_pandas(types_mapper=pd.ArrowDtype), lazy=True)
    except pandera.errors.SchemaErrors as errors:
        by_name = {c.name: c for c in columns(model)}
        cases = errors.failure_cases[["index", "column", "check", "failure_case"]].itertuples(index=False)
        return {(rows[index], column): _why(by_name[column], check, case) for index, column, check, case in cases}
    return {}


def _why(c: Column, check: str, case: object) -> str:
    if check == "not_nullable":
        return f"is blank, expected {c.description}"
    if check == "field_uniqueness":
        return f"{shown(str(case))} comes more than once"
    if c.codes and check.startswith("isin("):
        return unlisted(str(case), c.codes)
    expected = c.description
    if c.minimum is not None:
        expected = f"{c.minimum} or more" if c.maximum is None else f"{c.minimum} to {c.maximum}"
    return f"found {shown(str(case))}, expected {expected}"


def _long_population(wide: pa.Table) -> pa.Table:
    """The national wide form as one row an age; total rows and columns are not people."""
    import pandas as pd

    ages = [name for name in wide.column_names if name in AGES]
    frame = wide.to_pandas(types_mapper=pd.ArrowDtype).melt(
        id_vars=["Year", "DataZone", "Sex", ROW], value_vars=ages, var_name="Age", value_name="Population"
    )
    frame["Age"] = frame["Age"].str.replace("Age", "").str.replace("plus", "")
    return pa.Table.from_pandas(frame, preserve_index=False)


def _sent_feeds(root: DataRoot) -> pa.Table:
    """The agencies and feeds that have anything in landing: what else an agency might send needs no costing rule."""
    folders = [folder for folder in root.folder("landing").glob("*/*") if folder.is_dir() and any(folder.iterdir())]
    names = {"agency": [folder.parent.name for folder in folders], "feed": [folder.name for folder in folders]}
    return pa.table(names, pa.schema([(name, pa.string()) for name in names]))
