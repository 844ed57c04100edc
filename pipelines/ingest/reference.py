"""Loading the reference tables: published files unchanged, declared columns typed and checked.

Belongs here: reading `reference/*.csv` into typed Parquet, and what is wrong with a cell, in words. Does not belong here:
joins on them, encodings and separators (`own_table.py`).
"""

import functools
import re
from collections.abc import Collection
from pathlib import Path

import duckdb
import pandas as pd
import pandera.errors
import pyarrow as pa
import pyarrow.parquet as pq

from pipelines.engine.database import open_database
from pipelines.engine.errors import IrfError, listed
from pipelines.engine.files import copy_hashed, replace_whole
from pipelines.engine.paths import DataRoot
from pipelines.ingest.corrections import Correction, read_corrections
from pipelines.ingest.opened import ROW
from pipelines.ingest.own_table import read_own_table
from pipelines.ingest.plausible import read_bounds
from pipelines.likely import likely
from schemas.feeds import FEEDS
from schemas.plausible import Bounds
from schemas.reference import OPTIONAL, REFERENCE, PopulationEstimate
from schemas.table import Column, Table, arrow_schema, columns, duckdb_type

READERS = {pa.date32(): "read_any_day", pa.int64(): "read_whole", pa.string(): "filled"}
EXPECTED = {pa.date32(): "a date as 2025-04-01 or 01/04/2025", pa.int64(): "a whole number as 1234"}
NUMBER = "a number as 1234.50 or, of a share, 2.5%"
AGES = [f"Age{age}" for age in range(120)] + [f"Age{age}plus" for age in range(120)]
"""Columns of the national population estimates in their wide form."""
SHOWN_CHARACTERS = 30
LONGEST_SHOWN_NUMBER = 8
"""A longer one may be somebody's CHI number."""
MAY_BE_LEFT_OUT = ("valid_from", "valid_to", "counterpart", "HSCPName", "SubHSCP")
"""Columns that a table may lack: then all of it is blank."""


def load_reference(root: DataRoot) -> dict[str, str]:
    """Type and check every reference table into `staged/reference/`. Returns file name → sha256.

    Raises IrfError naming the file, and the column or row, when a table is absent or breaks its declaration.
    """
    hashes = {}
    with open_database(root.path) as connection:
        for name in (*REFERENCE, *OPTIONAL):
            out = reference_file(root, name)
            if _is_left_out(root, name):
                table = arrow_schema(OPTIONAL[name]).empty_table()
            else:
                # What is typed is what was hashed, whatever becomes of the file meanwhile.
                source = reference_source(root, name)
                hashes[source.name] = copy_hashed(source, out.with_suffix(".csv"))
                table = typed_table(connection, out.with_suffix(".csv"), {**REFERENCE, **OPTIONAL}[name])
            replace_whole(out, functools.partial(pq.write_table, table))
        check_reference(connection, root)
    declared_corrections(root)
    declared_bounds(root)
    return hashes


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
        return arrow_schema(OPTIONAL[name]).empty_table()
    return typed_table(connection, reference_source(root, name), {**REFERENCE, **OPTIONAL}[name])


def _is_left_out(root: DataRoot, name: str) -> bool:
    """Whether a table that need not be there is not."""
    return name in OPTIONAL and not (root.folder("reference") / f"{name}.csv").is_file()


def reference_file(root: DataRoot, name: str) -> Path:
    """Where the typed form of a reference table is."""
    return root.folder("staged") / "reference" / f"{name}.parquet"


def declared_corrections(root: DataRoot) -> list[Correction]:
    """Every declared correction. Raises IrfError naming the row of corrections.csv that cannot be understood."""
    agencies = pq.read_table(reference_file(root, "agencies")).to_pylist()
    return read_corrections(reference_file(root, "corrections"), {a["agency"]: a["kind"] for a in agencies})


def declared_bounds(root: DataRoot) -> dict[str, Bounds]:
    """What is plausible in every feed. Raises IrfError naming the row of plausible_bounds.csv that cannot be understood."""
    return read_bounds(reference_file(root, "plausible_bounds"))


Cell = tuple[int, str]
"""A row as a spreadsheet shows it, and a column."""


def typed_table(connection: duckdb.DuckDBPyConnection, source: Path, model: type[Table]) -> pa.Table:
    """One reference file as its declared table. Raises IrfError with every cell that is not as declared."""
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
    table = connection.sql(f"SELECT {', '.join(_typed(c, sent) for c in declared)} FROM sent").to_arrow_table()
    table = table.cast(pa.schema([pa.field(f.name, f.type) for f in arrow_schema(model)]))
    problems: dict[Cell, str] = {(row, ""): "has not as many fields as the header" for row in read.misfits}
    for c in declared:
        if c.name in sent.column_names:
            problems |= _unreadable(connection, c)
    connection.unregister("sent")
    problems = _undeclared(table, model, sent[ROW].to_pylist()) | problems
    if problems:
        raise IrfError(f"{what}: {_in_words(problems, [c.name for c in declared])}")
    return table


def _typed(c: Column, text: pa.Table) -> str:
    if c.name not in text.column_names:
        return f'CAST(NULL AS {duckdb_type(c.arrow_type)}) AS "{c.name}"'
    return f'{_reader(c)}("{c.name}") AS "{c.name}"'


def _reader(c: Column) -> str:
    if c.identifier:
        return "read_identifier"
    return "read_share" if pa.types.is_decimal(c.arrow_type) else READERS[c.arrow_type]


def _unreadable(connection: duckdb.DuckDBPyConnection, c: Column) -> dict[Cell, str]:
    """The cells of a column whose text is not what it declares, with what was found and what is expected."""
    condition = f'"{c.name}" IS NOT NULL AND {_reader(c)}("{c.name}") IS NULL'
    rows = connection.execute(f'SELECT {ROW}, "{c.name}" FROM sent WHERE {condition} ORDER BY {ROW}').fetchall()
    expected = "the code itself, as text" if c.identifier else EXPECTED.get(c.arrow_type, NUMBER)
    return {(row, c.name): f"found {_shown(text)}{_probably(c, text)}, expected {expected}" for row, text in rows}


def _probably(c: Column, text: str) -> str:
    if c.identifier:
        return " (a code that a spreadsheet turned to scientific notation)"
    words = likely([(f"{c.name}.unreadable", {c.name: text})], "")
    return f" (probably {', '.join(words.values())})" if words else ""


def _undeclared(table: pa.Table, model: type[Table], rows: list[int]) -> dict[Cell, str]:
    """The cells that break a check of the model."""
    try:
        model.to_schema().validate(table.to_pandas(types_mapper=pd.ArrowDtype), lazy=True)
    except pandera.errors.SchemaErrors as errors:
        by_name = {c.name: c for c in columns(model)}
        cases = errors.failure_cases[["index", "column", "check", "failure_case"]].itertuples(index=False)
        return {(rows[index], column): _why(by_name[column], check, case) for index, column, check, case in cases}
    return {}


def _why(c: Column, check: str, case: object) -> str:
    if check == "not_nullable":
        return f"is blank, expected {c.description}"
    if check == "field_uniqueness":
        return f"{_shown(str(case))} comes more than once"
    among = re.fullmatch(r"isin\(\[(.*)\]\)", check)
    return f"found {_shown(str(case))}, expected " + (f"one of {among[1].replace(chr(39), '')}" if among else c.description)


def _shown(text: str) -> str:
    """A cell's text, short and plain. Nothing in a reference table names people; a long number is left out all the same."""
    printable = "".join(sign for sign in text if sign.isprintable())
    safe = re.sub(rf"\d{{{LONGEST_SHOWN_NUMBER + 1},}}", "…", printable)
    return f"{safe[:SHOWN_CHARACTERS]}…" if len(safe) > SHOWN_CHARACTERS else safe


def _in_words(problems: dict[Cell, str], names: Collection[str]) -> str:
    """All problems in one line, by row, then in the order of the columns."""
    order = {name: place for place, name in enumerate(names)}
    cells = sorted(problems, key=lambda cell: (cell[0], order.get(cell[1], -1)))
    count = f"{len(cells):,} problems: " if len(cells) > 1 else ""
    return count + listed([f"row {row}{f', column {name}' if name else ''}: {problems[row, name]}" for row, name in cells])


def _long_population(wide: pa.Table) -> pa.Table:
    """The national wide form as one row an age; total rows and columns are not people."""
    ages = [name for name in wide.column_names if name in AGES]
    frame = wide.to_pandas(types_mapper=pd.ArrowDtype).melt(
        id_vars=["Year", "DataZone", "Sex", ROW], value_vars=ages, var_name="Age", value_name="Population"
    )
    frame["Age"] = frame["Age"].str.replace("Age", "").str.replace("plus", "")
    return pa.Table.from_pandas(frame, preserve_index=False)


def check_reference(connection: duckdb.DuckDBPyConnection, root: DataRoot) -> None:
    """Checks that cross tables: every service of what an agency sends is costed by one rule, mappings do not overlap, and so on.

    Raises IrfError naming the table and the agency and service or code.
    """
    connection.execute("CREATE SCHEMA reference")
    for name in (*REFERENCE, *OPTIONAL):
        connection.execute(
            f"CREATE VIEW reference.{name} AS SELECT * FROM read_parquet('{_quoted(reference_file(root, name))}')"
        )
    given = [(feed.kind, name, service) for name, feed in FEEDS.items() for service in feed.services]
    connection.register("feed_service", pa.table(dict(zip(("kind", "feed", "service"), zip(*given, strict=True), strict=True))))
    connection.register("sent_feed", _sent_feeds(root))
    for sentence, select in _CROSS_CHECKS.items():
        rows = connection.execute(select).fetchall()
        if rows:
            raise IrfError(
                f"{sentence}: {listed([', '.join(str(value) for value in row if value is not None) for row in rows])}"
            )


def _sent_feeds(root: DataRoot) -> pa.Table:
    """The agencies and feeds that have anything in landing: what else an agency might send needs no costing rule."""
    folders = [folder for folder in root.folder("landing").glob("*/*") if folder.is_dir() and any(folder.iterdir())]
    names = {"agency": [folder.parent.name for folder in folders], "feed": [folder.name for folder in folders]}
    return pa.table(names, pa.schema([(name, pa.string()) for name in names]))


def _quoted(path: Path) -> str:
    return str(path).replace("'", "''")


def _overlap(table: str, key: str) -> str:
    """The SELECT of the keys that two rows of a dated table share on some day."""
    return f"""
        SELECT {key} FROM reference.{table}
        WINDOW earlier AS (
            PARTITION BY {key} ORDER BY valid_from NULLS FIRST ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING
        )
        QUALIFY coalesce(valid_from, DATE '0001-01-01') <= max(coalesce(valid_to, DATE '9999-12-31')) OVER earlier
        ORDER BY ALL
    """


_CROSS_CHECKS = {
    "reference/agencies.csv: two rows for one agency on one day": _overlap("agencies", "agency"),
    "reference/agencies.csv: two kinds of agency": "SELECT agency FROM reference.agencies GROUP BY agency "
    "HAVING count(DISTINCT kind) > 1 ORDER BY ALL",
    "reference/agencies.csv: the code was replaced (code_history.csv); add a row with the code now": "SELECT agency, max(code) "
    "FROM reference.agencies LEFT JOIN reference.code_history ON code = old_code GROUP BY agency "
    "HAVING count(*) = count(old_code) ORDER BY ALL",
    "reference/code_history.csv: two codes after one": "SELECT kind, old_code FROM reference.code_history GROUP BY ALL "
    "HAVING count(*) > 1 ORDER BY ALL",
    "reference/population.csv: two rows for the same people": "SELECT Year, DataZone, Sex, Age FROM reference.population "
    "GROUP BY ALL HAVING count(*) > 1 ORDER BY ALL",
    "reference/costing_rules.csv: two rules for one service": "SELECT agency, service FROM reference.costing_rules "
    "GROUP BY ALL HAVING count(*) > 1 ORDER BY ALL",
    "reference/costing_rules.csv: no such service": "SELECT agency, service FROM reference.costing_rules "
    "ANTI JOIN reference.services USING (service) ORDER BY ALL",
    "reference/costing_rules.csv: no rule for a service of a feed that the agency sends": "SELECT DISTINCT agency, service, feed "
    "FROM reference.agencies JOIN feed_service USING (kind) SEMI JOIN sent_feed USING (agency, feed) ANTI JOIN reference.costing_rules USING (agency, service) "
    "ORDER BY ALL",
    "reference/cost_code_map.csv: no such service": "SELECT agency, cost_code, service FROM reference.cost_code_map "
    "ANTI JOIN reference.services USING (service) WHERE treatment = 'cost' ORDER BY ALL",
    "reference/cost_code_map.csv: service without a costing rule (add it to costing_rules.csv)": "SELECT agency, service "
    "FROM reference.cost_code_map ANTI JOIN reference.costing_rules USING (agency, service) WHERE treatment = 'cost' "
    "ORDER BY ALL",
    "reference/cost_code_map.csv: two mappings on one day": _overlap("cost_code_map", "agency, cost_code"),
    "reference/cost_code_map.csv: a mapping that ends before it begins": "SELECT agency, cost_code, valid_from, valid_to "
    "FROM reference.cost_code_map WHERE valid_to < valid_from ORDER BY ALL",
    "reference/cost_code_map.csv: counterpart that is no other agency, or of what is not eliminated": """
        SELECT agency, cost_code, counterpart FROM reference.cost_code_map
        WHERE counterpart IS NOT NULL
            AND (treatment <> 'eliminate' OR counterpart = agency OR counterpart NOT IN (SELECT agency FROM reference.agencies))
        ORDER BY ALL
    """,
    "reference/unit_costs.csv: two prices for the same": "SELECT financial_year, service, agency, specialty_code, location_code, "
    "variant FROM reference.unit_costs GROUP BY ALL HAVING count(*) > 1 ORDER BY ALL",
    "reference/price_index.csv: two rates for one year": "SELECT series, vintage, year FROM reference.price_index "
    "GROUP BY ALL HAVING count(*) > 1 ORDER BY ALL",
    "reference/price_index.csv: years do not follow one another": """
        SELECT series, vintage, year FROM reference.price_index
        QUALIFY CAST(left(year, 4) AS INTEGER) <> 1 + lag(CAST(left(year, 4) AS INTEGER)) OVER (
            PARTITION BY series, vintage ORDER BY year
        ) OR right(year, 2) <> right(CAST(CAST(left(year, 4) AS INTEGER) + 1 AS VARCHAR), 2)
        ORDER BY ALL
    """,
    "reference/price_index.csv: no rate, or one that is no change of prices from -0.2 to 0.5 (0.025 is 2.5 per cent)": """
        SELECT series, vintage, year, rate FROM reference.price_index
        QUALIFY coalesce(rate, 9) NOT BETWEEN -0.2 AND 0.5
            AND (rate IS NOT NULL OR row_number() OVER (PARTITION BY series, vintage ORDER BY year) > 1)
        ORDER BY ALL
    """,
}
