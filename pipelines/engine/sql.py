"""SQL as text: where the SELECTs of `sql/` are, what they read, quoting, and errors without values.

Belongs here: reading, parsing, quoting. Does not belong here: running it (`database.py`).
"""

import functools
import itertools
import re
from pathlib import Path

import duckdb

from pipelines.engine.shipped import shipped

SQL = shipped("sql")
_REMEDIES = {
    "INTERNAL Error": "a fault of DuckDB's own, often gone the next time: try again",
    "Out of Memory Error": "give it more memory (IRF_MEMORY_LIMIT), or free disk for what it lays down, and try again",
    "No space left on device": "the disk is full: make room and try again",
}
"""What to do about an error of DuckDB, by what is in its words."""


@functools.cache
def selects(layer: str) -> tuple[str, ...]:
    """The names of the SELECTs of `sql/<layer>/`, sorted."""
    return tuple(sorted(path.stem for path in (SQL / layer).glob("*.sql")))


def header(sql: str) -> str:
    """The comment at the head of an SQL file: its purpose, grain, inputs and what it conserves."""
    lines = itertools.takewhile(lambda line: line.startswith("--"), sql.splitlines())
    return "\n".join(line.removeprefix("--").strip() for line in lines)


def literal(text: str) -> str:
    """A text as an SQL literal."""
    return "'" + text.replace("'", "''") + "'"


def parquet_rows(*files: Path, options: str = "") -> str:
    """The SQL of the rows of Parquet files, in the order given: what is in the files, and nothing that a folder's name may say."""
    listed = ", ".join(literal(str(file)) for file in files)
    return f"read_parquet([{listed}], hive_partitioning = false{options})"


@functools.cache
def dependencies(sql: str) -> list[tuple[str, str]]:
    """The (layer, table) pairs a SELECT reads, from DuckDB's own parse of it, sorted."""
    with _parser().cursor() as connection:
        row = connection.execute("SELECT json_serialize_sql(?)", [sql]).fetchone()
    assert row is not None
    found = re.findall(r'"schema_name":"(\w+)","table_name":"(\w+)"', row[0])
    return sorted({(layer, name) for layer, name in found if layer != "main"})


@functools.cache
def _parser() -> duckdb.DuckDBPyConnection:
    """A database that holds nothing and parses for all; opening one takes longer than parsing a SELECT."""
    return duckdb.connect()


def read_sql(layer: str, name: str) -> str:
    """The text of `sql/<layer>/<name>.sql`."""
    return (SQL / layer / f"{name}.sql").read_text("utf-8")


def safe_reason(error: Exception) -> str:
    """What an error of DuckDB says, without what may be of a record, and what to do about it where we know."""
    text = str(error)
    if isinstance(error, duckdb.BinderException | duckdb.CatalogException | duckdb.ParserException):
        return text.partition("\n")[0]
    remedy = known_remedy(text)
    return f"{_without_values(text)}; {remedy}" if remedy else _without_values(text)


def _without_values(text: str) -> str:
    """What an error says before its first value: DuckDB puts a value between quotes or brackets, after a colon or as it is, and one that
    has such signs itself tells nothing of where it ends."""
    kind, parted, words = text.partition(" Error: ")
    said = re.split(r"['\"`(\[{:\n\r\u2028]|(?<![A-Za-z])-?\d", words if parted else kind, maxsplit=1)
    return (kind + parted if parted else "") + said[0] + ("…" if len(said) > 1 else "")


def known_remedy(text: str) -> str | None:
    """What to do about an error of DuckDB with these words; None where nobody can say."""
    return next((remedy for words, remedy in _REMEDIES.items() if words in text), None)
