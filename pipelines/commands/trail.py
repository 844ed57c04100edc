"""`irf trace`, `irf fate` and `irf diff`: from a line to its row, from a row to its lines, from a release to another.

Belongs here: what is asked about, and printing the answer. Does not belong here: the answers (`pipelines/release/trail/`).
"""

from collections.abc import Iterable
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from pipelines.commands.given import release_given
from pipelines.commands.words import say
from pipelines.engine.errors import IrfError
from pipelines.engine.said import visible

if TYPE_CHECKING:
    from pipelines.release.trail.known import Known, Row


class Form(StrEnum):
    """How a difference is written."""

    text = "text"
    md = "md"
    json = "json"
    xlsx = "xlsx"


Release = Annotated[str | None, typer.Option(help="version, or the folder of a release; default the latest")]


def trace(
    line_id: str,
    release: Release = None,
    show_identifying: Annotated[
        bool, typer.Option("--show-identifying", help="and the record as it was sent; it names people")
    ] = False,
) -> None:
    """What a line of `cost_line` rests on: its file and row, the rules it met, units and rate, the ledger and its factor, its link."""
    from pipelines.release.trail.known import ask, opened
    from pipelines.release.trail.line_told import line_told
    from pipelines.release.trail.named import submissions_of
    from pipelines.release.trail.rules_met import fields_of, rules_met
    from pipelines.release.trail.trace import trace as traced

    known = _known(release)
    with opened(known) as connection:
        found = traced(connection, known, submissions_of(known, ask(connection, "submission")), line_id)
        fields: list[Row] = []
        if show_identifying:
            named = found.source.files[0] if found.source else None
            if named is None or named.submission is None:
                raise IrfError(f"{line_id}: there is no record to show: {known.limits or 'the line is of no record'}")
            fields = fields_of(connection, known, named.submission, found.line["source_row"])
        _say_all(known, line_told(found, rules_met(connection, known, found.source)))
    for record in fields:
        typer.echo("  as it was sent, which names people:")
        for name, value in record.items():
            if value is not None:
                typer.echo(visible(f"    {name}: {value}"))


def fate(file: Annotated[str, typer.Argument(metavar="FILE[:ROW]")], release: Release = None) -> None:
    """What became of a file, or of one of its rows: in use, set aside and why, replaced and by what; with its lines and pounds.

    FILE: its path in landing, or the first 12 characters of its keyed hash. ROW: as a spreadsheet shows it.
    """
    from pipelines.release.trail.fate import fate_of_row
    from pipelines.release.trail.file_fate import fate_of_file
    from pipelines.release.trail.known import ask, opened
    from pipelines.release.trail.named import asked_of, find, submissions_of
    from pipelines.release.trail.told import file_told, row_told

    known = _known(release)
    name, row = asked_of(file)
    with opened(known) as connection:
        submissions = submissions_of(known, ask(connection, "submission"))
        named = find(known, submissions, name)
        if row is None:
            _say_all(known, file_told(fate_of_file(connection, known, submissions, named)))
        else:
            _say_all(known, row_told(fate_of_row(connection, known, submissions, named, row)))


def diff(
    a: Annotated[str, typer.Argument(metavar="A", help="the earlier release: its version or its folder")],
    b: Annotated[str, typer.Argument(metavar="B", help="the later one")],
    form: Annotated[Form, typer.Option("--format", help="md, json and xlsx have every row")] = Form.text,
    out: Annotated[Path | None, typer.Option(metavar="FILE", help="where it is written; xlsx needs one")] = None,
) -> None:
    """What is different between two releases: schema, rows and pounds by agency, service, month and locality, and records by kind of
    change.
    """
    from pipelines.release.trail.diff import diff as different
    from pipelines.release.trail.diff_written import as_json, as_markdown, as_text, write_xlsx

    if form is Form.xlsx and out is None:
        raise IrfError("--format xlsx: a workbook is a file; name it with --out FILE.xlsx")
    found = different(release_given(a)[1], release_given(b)[1])
    if out is not None and form is Form.xlsx:
        with out.open("wb") as file:
            write_xlsx(found, file)
        return
    text = as_markdown(found) if form is Form.md else as_json(found) if form is Form.json else "\n".join(as_text(found)) + "\n"
    if out is not None:
        out.write_text(text, "utf-8")
        return
    for line in text.splitlines():
        typer.echo(visible(line))


def _known(version: str | None) -> "Known":
    from pipelines.release.trail.known import known_of

    return known_of(*release_given(version))


def _say_all(known: "Known", told: Iterable[str]) -> None:
    for line in told:
        say(line)
    if known.limits:
        say(known.limits)
