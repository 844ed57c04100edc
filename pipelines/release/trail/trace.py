"""What a published line rests on: its record, file and row, its units and rate, the accounts of its service and month, its link.

Belongs here: finding each of them. Does not belong here: what became of the row (`fate.py`), the rules it met (`rules_met.py`), the
words of the answer (`line_told.py`).
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

import duckdb

from pipelines.engine.errors import IrfError
from pipelines.release.trail.fate import RowFate, fate_of_row
from pipelines.release.trail.known import Inside, Known, Row, ask, show_inside
from pipelines.release.trail.named import Named
from schemas.codes import CostBasis

_LINE_ID = re.compile(r"[0-9a-f]{32}")


@dataclass(frozen=True)
class Source:
    """The record a line is of, as far as it is known.

    files: those with the content that the line names; one, unless two have the same and only the work of the release could tell them
    apart. record: of `core/record`; identifying. months: those that the record is spread over. unit_cost: that of the line's year.
    link: how the record's client is linked. fate: what became of the row.
    """

    files: Sequence[Named]
    record: Row | None = None
    months: Sequence[Row] = ()
    unit_cost: Row | None = None
    link: Row | None = None
    fate: RowFate | None = None


@dataclass(frozen=True)
class Traced:
    """A line and what it rests on. source: None of a residual. residual: what the work says became of the service's residual."""

    line: Row
    control: Row
    ledger: Sequence[Row]
    source: Source | None
    residual: Row | None


def trace(connection: duckdb.DuckDBPyConnection, known: Known, submissions: Sequence[Named], line_id: str) -> Traced:
    """What a line rests on. connection: as `opened` gives. Raises IrfError for a line that the release does not have."""
    if not _LINE_ID.fullmatch(line_id):
        raise IrfError(f"{line_id}: is no line_id, which has 32 of the characters 0-9 and a-f; see column line_id of cost_line")
    lines = ask(connection, "line", line_id=line_id)
    if not lines:
        raise IrfError(f"{line_id}: no such line in {known.version}; --release names another")
    line = lines[0]
    of = {name: line[name] for name in ("agency", "service", "month")}
    residual = None
    if known.inside:
        show_inside(connection, known.inside, ["core/service_month", "reference/costing_rules"])
        residual = next(iter(ask(connection, "residual", **of)), None)
    source = _source(connection, known, submissions, line) if line["source_file"] else None
    return Traced(line, ask(connection, "control", **of)[0], ask(connection, "ledger", **of), source, residual)


def _source(connection: duckdb.DuckDBPyConnection, known: Known, submissions: Sequence[Named], line: Row) -> Source:
    files = [
        s for s in submissions
        if s.source_file == line["source_file"] and s.place[0] == line["agency"] and s.published["status"] == "accepted"
    ]  # fmt: skip
    if known.inside is None:
        fate = fate_of_row(connection, known, submissions, files[0], line["source_row"]) if len(files) == 1 else None
        return Source(files, fate=fate)
    record = _record(connection, known.inside, line)
    (named,) = [s for s in files if s.place[1:3] == (record["feed"], record["period"])]
    fate = fate_of_row(connection, known, submissions, named, line["source_row"])
    if line["cost_basis"] == CostBasis.QUARANTINED:
        return Source([named], record, fate=fate)
    show_inside(connection, known.inside, ["core/record_month", "core/unit_cost_match", "core/link"])
    at = {
        "agency": line["agency"],
        "feed": record["feed"],
        "source_file": line["source_file"],
        "source_row": line["source_row"],
    }
    of_record = ("record_key", "part", "service")
    months = [m for m in ask(connection, "month_of_row", **at) if all(m[name] == record[name] for name in of_record)]
    link = (
        ask(connection, "link", agency=line["agency"], social_care_id=record["social_care_id"])
        if record["social_care_id"]
        else []
    )
    return Source([named], record, months, _unit_cost(connection, line, record), next(iter(link), None), fate)


def _record(connection: duckdb.DuckDBPyConnection, inside: Inside, line: Row) -> Row:
    """The record whose keyed hash the line's id is. Raises IrfError where none has it: then the line is not of this work."""
    is_held = line["cost_basis"] == CostBasis.QUARANTINED
    show_inside(connection, inside, ["core/record", "core/refresh", *(["core/held"] if is_held else [])])
    at = {name: line[name] for name in ("line_id", "agency", "source_file", "source_row")}
    found = ask(connection, "held_of_line", **at) if is_held else ask(connection, "record_of_line", **at, month=line["month"])
    if not found:
        raise IrfError(f"{line['line_id']}: no record of {inside.tables.work.period} has this id; run irf verify")
    return found[0]


def _unit_cost(connection: duckdb.DuckDBPyConnection, line: Row, record: Row) -> Row | None:
    if line["cost_basis"] not in (CostBasis.RATE, CostBasis.UNCOSTED):
        return None
    of = {name: record[name] for name in ("specialty_code", "location_code", "variant")}
    found = ask(
        connection, "unit_cost", agency=line["agency"], service=line["service"], financial_year=line["financial_year"], **of
    )
    return next(iter(found), None)
