"""The rules that one row met, those that only warn too: those of its own file are kept with it, those across files only counted.

Belongs here: asking the rules across files again of that row alone. Does not belong here: the rules (`schemas/rules`, `sql/rule`), the
record rules that set a row aside (`fate.py`).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import duckdb
import pyarrow as pa

from pipelines.engine.database import TABLE_MACROS, open_apart
from pipelines.engine.sql import dependencies, parquet_rows, read_sql
from pipelines.ingest.raw import raw_of
from pipelines.ingest.staging import Submission
from pipelines.release.trail.fate import sentences_of
from pipelines.release.trail.known import Inside, Known, Row, ask, show_inside
from pipelines.release.trail.sent import show_sent
from pipelines.release.trail.trace import Source
from schemas.codes import Fate
from schemas.rules import CROSS_RULES

BESIDE_OTHERS = ("overlapping_stay",)
"""Rules that need other records than the one that they are asked of."""


@dataclass(frozen=True)
class Met:
    """The rules that a row met. asked: all of them. warned: those of severity warning that it breaks, id → sentence."""

    asked: Sequence[str]
    warned: Mapping[str, str]


def rules_met(connection: duckdb.DuckDBPyConnection, known: Known, source: Source | None) -> Met | None:
    """The rules that a record's row met. source: of a traced line. None where there is none, or the work is gone."""
    if source is None or source.record is None or known.inside is None or source.files[0].submission is None:
        return None
    submission, record = source.files[0].submission, source.record
    show_sent(connection, known.root, known.inside, submission)
    sent = ask(connection, "row_sent", source_row=record["source_row"])
    asked = list(submission.outcome.rules)
    warned = [rule_id for rule_id in asked if any(rule_id in (row["warned_rules"] or "").split() for row in sent)]
    if record["fate"] == Fate.ACCEPTED:
        across, broken = _cross_rules(connection, known.inside, record)
        asked, warned = [*asked, *across], [*warned, *broken]
    sentences = sentences_of(known, record["feed"])
    return Met(asked, {rule_id: sentences[rule_id] for rule_id in warned})


def fields_of(connection: duckdb.DuckDBPyConnection, known: Known, submission: Submission, source_row: int) -> list[Row]:
    """What a row of a file says, field by field, as it was read; none where that is gone. It names people."""
    raw = raw_of(submission.landed, known.root)
    if raw is None:
        return []
    connection.execute(
        f"CREATE SCHEMA IF NOT EXISTS sent; CREATE OR REPLACE VIEW sent.raw AS SELECT * FROM {parquet_rows(raw)}"
    )
    return ask(connection, "row_as_sent", source_row=source_row)


def _cross_rules(connection: duckdb.DuckDBPyConnection, inside: Inside, record: Row) -> tuple[list[str], list[str]]:
    """The rules across files that were asked of a record in use, and those that it breaks: each SELECT of `sql/rule` over it alone."""
    asked = [rule for rule in CROSS_RULES if record["feed"] in CROSS_RULES[rule].feeds and rule not in BESIDE_OTHERS]
    show_inside(connection, inside, ["core/record", "core/record_person"])
    of = {name: record[name] for name in ("agency", "feed", "record_key", "part")}
    at = {name: record[name] for name in ("period", "source_file", "source_row")}
    alone = {
        "record": _asked(connection, "one_record", **of, **at),
        "record_person": _asked(connection, "one_record_person", **of),
    }
    texts = {rule: read_sql("rule", rule) for rule in asked}
    others = {table for sql in texts.values() for table in dependencies(sql)} - {("core", name) for name in alone}
    with open_apart(inside.tables.work.root.path, macros=TABLE_MACROS) as beside:
        inside.tables.show(beside, sorted(others))
        beside.execute("CREATE SCHEMA IF NOT EXISTS core")
        for name, rows in alone.items():
            beside.register(f"{name}_alone", rows)
            beside.execute(f"CREATE TABLE core.{name} AS SELECT * FROM {name}_alone")
        return asked, [rule for rule, sql in texts.items() if beside.execute(sql).fetchall()]


def _asked(connection: duckdb.DuckDBPyConnection, name: str, **values: object) -> pa.Table:
    """`ask` as a table that keeps its types."""
    return connection.sql(read_sql("trail", name), params=values).to_arrow_table()
