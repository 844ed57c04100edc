"""Loading the reference tables: published files unchanged, declared columns typed and checked.

Belongs here: reading `reference/*.csv` into typed Parquet. Does not belong here: joins on them.
"""

import functools
from pathlib import Path

import duckdb
import pandas as pd
import pandera.errors
import pyarrow as pa
import pyarrow.csv as pa_csv
import pyarrow.parquet as pq

from pipelines.engine.database import open_database
from pipelines.engine.errors import IrfError
from pipelines.engine.files import copy_hashed, replace_whole
from pipelines.engine.paths import DataRoot
from pipelines.ingest.corrections import Correction, read_corrections
from pipelines.ingest.plausible import read_bounds
from schemas.feeds import FEEDS
from schemas.plausible import Bounds
from schemas.reference import OPTIONAL, REFERENCE
from schemas.table import Column, Table, arrow_schema, columns, duckdb_type

READERS = {pa.date32(): "read_day", pa.int64(): "read_count", pa.string(): "filled"}
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
        raise IrfError(f"reference/{name}.csv is missing; put it there (docs/architecture.md says what it holds)")
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


def typed_table(connection: duckdb.DuckDBPyConnection, source: Path, model: type[Table]) -> pa.Table:
    """One reference file as its declared table."""
    text = _read_text(source)
    if model.__name__ == "PopulationEstimate" and "Age0" in text.column_names:
        text = _long_population(text)
    declared = columns(model)
    absent = [c.name for c in declared if c.name not in text.column_names and (c.required or c.name not in MAY_BE_LEFT_OUT)]
    if absent:
        raise IrfError(f"reference/{source.name}: column missing: {', '.join(absent)}")
    connection.register("sent", text)
    table = connection.sql(f"SELECT {', '.join(_typed(c, text) for c in declared)} FROM sent").to_arrow_table()
    _refuse_unreadable(connection, declared, text, source)
    connection.unregister("sent")
    table = table.cast(pa.schema([pa.field(f.name, f.type) for f in arrow_schema(model)]))
    try:
        model.to_schema().validate(table.to_pandas(types_mapper=pd.ArrowDtype), lazy=True)
    except pandera.errors.SchemaErrors as errors:
        first = errors.failure_cases.iloc[0]
        raise IrfError(
            f"reference/{source.name}: {len(errors.failure_cases)} problems; first: column {first['column']}, "
            f"{first['check']}, record {first['index']}"
        ) from None
    return table


def _read_text(source: Path) -> pa.Table:
    content = source.read_bytes()
    try:
        content.decode("utf-8")
        encoding = "utf-8"
    except UnicodeDecodeError:
        encoding = "cp1252"
    header = content.decode(encoding).lstrip("\ufeff").split("\n", 1)[0].strip().split(",")
    names = [h.strip().strip('"') for h in header]
    try:
        return pa_csv.read_csv(
            pa.BufferReader(content),
            read_options=pa_csv.ReadOptions(encoding=encoding, column_names=names, skip_rows=1),
            convert_options=pa_csv.ConvertOptions(
                column_types=dict.fromkeys(names, pa.string()), strings_can_be_null=True, null_values=[""]
            ),
            parse_options=pa_csv.ParseOptions(newlines_in_values=True),
        )
    except pa.ArrowException:
        raise IrfError(f"reference/{source.name}: is no readable CSV file") from None


def _typed(c: Column, text: pa.Table) -> str:
    if c.name not in text.column_names:
        return f'CAST(NULL AS {duckdb_type(c.arrow_type)}) AS "{c.name}"'
    return f'{_reader(c)}("{c.name}") AS "{c.name}"'


def _reader(c: Column) -> str:
    if c.identifier:
        return "repaired_identifier"
    return "read_quantity" if pa.types.is_decimal(c.arrow_type) else READERS[c.arrow_type]


def _refuse_unreadable(connection: duckdb.DuckDBPyConnection, declared: list[Column], text: pa.Table, source: Path) -> None:
    for c in declared:
        if c.name in text.column_names:
            condition = f'filled("{c.name}") IS NOT NULL AND {_reader(c)}("{c.name}") IS NULL'
            ((unreadable,),) = connection.execute(f"SELECT count(*) FROM sent WHERE {condition}").fetchall()
            if unreadable:
                raise IrfError(f"reference/{source.name}: column {c.name}: {unreadable} values cannot be read")


def _long_population(wide: pa.Table) -> pa.Table:
    """The national wide form as one row an age; total rows and columns are not people."""
    ages = [n for n in wide.column_names if n.startswith("Age")]
    frame = wide.to_pandas(types_mapper=pd.ArrowDtype).melt(
        id_vars=["Year", "DataZone", "Sex"], value_vars=ages, var_name="Age", value_name="Population"
    )
    frame["Age"] = frame["Age"].str.replace("Age", "").str.replace("plus", "")
    return pa.Table.from_pandas(frame, preserve_index=False)


def check_reference(connection: duckdb.DuckDBPyConnection, root: DataRoot) -> None:
    """Checks that cross tables: every service a record may have is costed by one rule, mappings do not overlap, and so on.

    Raises IrfError naming the table and the agency and service or code.
    """
    connection.execute("CREATE SCHEMA reference")
    for name in (*REFERENCE, *OPTIONAL):
        connection.execute(
            f"CREATE VIEW reference.{name} AS SELECT * FROM read_parquet('{_quoted(reference_file(root, name))}')"
        )
    given = [(feed.kind, name, service) for name, feed in FEEDS.items() for service in feed.services]
    connection.register("feed_service", pa.table(dict(zip(("kind", "feed", "service"), zip(*given, strict=True), strict=True))))
    for sentence, select in _CROSS_CHECKS.items():
        row = connection.execute(select).fetchone()
        if row:
            raise IrfError(f"{sentence}: {', '.join(str(value) for value in row if value is not None)}")


def _quoted(path: Path) -> str:
    return str(path).replace("'", "''")


def _overlap(table: str, key: str) -> str:
    """The SELECT of the first key that two rows of a dated table share on some day."""
    return f"""
        SELECT {key} FROM reference.{table}
        WINDOW earlier AS (
            PARTITION BY {key} ORDER BY valid_from NULLS FIRST ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING
        )
        QUALIFY coalesce(valid_from, DATE '0001-01-01') <= max(coalesce(valid_to, DATE '9999-12-31')) OVER earlier
        ORDER BY ALL LIMIT 1
    """


_CROSS_CHECKS = {
    "reference/agencies.csv: two rows for one agency on one day": _overlap("agencies", "agency"),
    "reference/agencies.csv: two kinds of agency": "SELECT agency FROM reference.agencies GROUP BY agency "
    "HAVING count(DISTINCT kind) > 1 ORDER BY ALL LIMIT 1",
    "reference/agencies.csv: the code was replaced (code_history.csv); add a row with the code now": "SELECT agency, max(code) "
    "FROM reference.agencies LEFT JOIN reference.code_history ON code = old_code GROUP BY agency "
    "HAVING count(*) = count(old_code) ORDER BY ALL LIMIT 1",
    "reference/code_history.csv: two codes after one": "SELECT kind, old_code FROM reference.code_history GROUP BY ALL "
    "HAVING count(*) > 1 ORDER BY ALL LIMIT 1",
    "reference/population.csv: two rows for the same people": "SELECT Year, DataZone, Sex, Age FROM reference.population "
    "GROUP BY ALL HAVING count(*) > 1 ORDER BY ALL LIMIT 1",
    "reference/costing_rules.csv: two rules for one service": "SELECT agency, service FROM reference.costing_rules "
    "GROUP BY ALL HAVING count(*) > 1 ORDER BY ALL LIMIT 1",
    "reference/costing_rules.csv: no such service": "SELECT agency, service FROM reference.costing_rules "
    "ANTI JOIN reference.services USING (service) ORDER BY ALL LIMIT 1",
    "reference/costing_rules.csv: no rule for a service that a feed of the agency has": "SELECT DISTINCT agency, service, feed "
    "FROM reference.agencies JOIN feed_service USING (kind) ANTI JOIN reference.costing_rules USING (agency, service) "
    "ORDER BY ALL LIMIT 1",
    "reference/cost_code_map.csv: no such service": "SELECT agency, cost_code, service FROM reference.cost_code_map "
    "ANTI JOIN reference.services USING (service) WHERE treatment = 'cost' ORDER BY ALL LIMIT 1",
    "reference/cost_code_map.csv: service without a costing rule (add it to costing_rules.csv)": "SELECT agency, service "
    "FROM reference.cost_code_map ANTI JOIN reference.costing_rules USING (agency, service) WHERE treatment = 'cost' "
    "ORDER BY ALL LIMIT 1",
    "reference/cost_code_map.csv: two mappings on one day": _overlap("cost_code_map", "agency, cost_code"),
    "reference/cost_code_map.csv: a mapping that ends before it begins": "SELECT agency, cost_code, valid_from, valid_to "
    "FROM reference.cost_code_map WHERE valid_to < valid_from ORDER BY ALL LIMIT 1",
    "reference/cost_code_map.csv: days without a mapping between two of a code (map them, to exclude if need be)": """
        SELECT agency, cost_code, valid_to + 1 AS first_day, valid_from_after - 1 AS last_day
        FROM (
            SELECT *, lead(valid_from) OVER (PARTITION BY agency, cost_code ORDER BY valid_from NULLS FIRST) AS valid_from_after
            FROM reference.cost_code_map
        )
        WHERE valid_from_after > valid_to + 1 ORDER BY ALL LIMIT 1
    """,
    "reference/cost_code_map.csv: counterpart that is no other agency, or of what is not eliminated": """
        SELECT agency, cost_code, counterpart FROM reference.cost_code_map
        WHERE counterpart IS NOT NULL
            AND (treatment <> 'eliminate' OR counterpart = agency OR counterpart NOT IN (SELECT agency FROM reference.agencies))
        ORDER BY ALL LIMIT 1
    """,
    "reference/unit_costs.csv: two prices for the same": "SELECT financial_year, service, agency, specialty_code, location_code, "
    "variant FROM reference.unit_costs GROUP BY ALL HAVING count(*) > 1 ORDER BY ALL LIMIT 1",
    "reference/price_index.csv: two rates for one year": "SELECT series, vintage, year FROM reference.price_index "
    "GROUP BY ALL HAVING count(*) > 1 ORDER BY ALL LIMIT 1",
    "reference/price_index.csv: years do not follow one another": """
        SELECT series, vintage, year FROM reference.price_index
        QUALIFY CAST(left(year, 4) AS INTEGER) <> 1 + lag(CAST(left(year, 4) AS INTEGER)) OVER (
            PARTITION BY series, vintage ORDER BY year
        ) OR right(year, 2) <> right(CAST(CAST(left(year, 4) AS INTEGER) + 1 AS VARCHAR), 2)
        ORDER BY ALL LIMIT 1
    """,
    "reference/price_index.csv: no rate, or one that is no change of prices from -0.2 to 0.5 (0.025 is 2.5 per cent)": """
        SELECT series, vintage, year, rate FROM reference.price_index
        QUALIFY coalesce(rate, 9) NOT BETWEEN -0.2 AND 0.5
            AND (rate IS NOT NULL OR row_number() OVER (PARTITION BY series, vintage ORDER BY year) > 1)
        ORDER BY ALL LIMIT 1
    """,
}
