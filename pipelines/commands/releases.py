"""`irf releases`, `irf verify` and `irf query`: what was published.

Belongs here: which release is asked about, and showing it. Does not belong here: reading it (`pipelines/warehouse/releases.py`),
verifying it (`pipelines/release/verify.py`).
"""

import io
import shutil
from collections.abc import Iterator
from contextlib import contextmanager, redirect_stdout
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from pipelines.commands.given import data_root, is_release, release_given
from pipelines.commands.words import say
from pipelines.engine.errors import IrfError
from pipelines.engine.said import visible

if TYPE_CHECKING:
    import duckdb

SHOWN_ROWS, SHOWN_WIDTH = 1_000, 10_000
"""Rows that `irf query` shows at the most, and its width where the output is no terminal."""


def releases() -> None:
    """The published versions, oldest first, a line each: when, for which month, pounds, lines, warnings, note; the latest is marked."""
    from pipelines.release.listing import listed_releases

    for found in listed_releases(data_root()):
        parts = [
            found.version,
            "latest" if found.is_latest else "      ",
            f"published {found.published_on or 'on a day not known'}",
            f"to {found.period}",
            "pounds not known" if found.pounds is None else f"£{found.pounds:,.2f}",
            "lines not known" if found.lines is None else f"{found.lines:,} lines",
            "verdict not known" if found.warnings is None else f"passed, {found.warnings} warnings",
            *(f"signed off by {role}" for role in found.signed_off_by),
            *([found.note] if found.note else []),
        ]
        say("  ".join(parts))


def verify(
    version: Annotated[
        str | None, typer.Argument(help="default the latest; or the folder of a release, wherever it is")
    ] = None,
    landing: Annotated[bool, typer.Option("--landing", help="and every submission in landing, with the pseudonym key")] = False,
    public_key: Annotated[
        list[Path] | None,
        typer.Option(metavar="FILE", help="Ed25519 in PEM, and it has signed the manifest; of several, each has"),
    ] = None,
) -> None:
    """Recompute every hash and every conservation identity of a release from its files alone; check it against the log of releases."""
    from pipelines.release.log_check import verify_log
    from pipelines.release.signature import verify_signatures
    from pipelines.release.verify import verify as findings_of
    from pipelines.release.verify import verify_landing
    from pipelines.warehouse.key import read_key

    root, release = release_given(version)
    findings = findings_of(release) + verify_log(release, root) + verify_signatures(release, public_key or [])
    if landing:
        findings += verify_landing(release, root.folder("landing"), read_key(root.key_file))
    for finding in findings:
        say(f"{'holds ' if finding.passed else 'BROKEN'}  {finding.name}: {finding.detail}")
    if not all(f.passed for f in findings):
        raise IrfError(f"{sum(not f.passed for f in findings)} checks of the release are broken")


def query(
    sql: str,
    release: Annotated[str | None, typer.Option(help="version, or the folder of a release; default the latest")] = None,
) -> None:
    """DuckDB over a release: its tables by their names. It reads the release, and nothing else; it writes nothing."""
    import duckdb

    from pipelines.warehouse.releases import check_only_reads

    shown, folder = io.StringIO(), release_given(release)[1]
    if not is_release(folder):
        raise IrfError(f"{folder}: has no manifest of a release")
    try:
        with opened(folder) as connection:
            check_only_reads(sql)
            rows = connection.sql(sql)
            if rows is not None:
                with redirect_stdout(shown):
                    rows.show(max_rows=SHOWN_ROWS, max_width=shutil.get_terminal_size((SHOWN_WIDTH, 24)).columns)
    except duckdb.Error as error:  # of the question, or of a file of the folder: it may be from anywhere
        raise IrfError(f"query: {str(error).splitlines()[0]}") from None
    for line in shown.getvalue().splitlines():
        typer.echo(visible(line))


@contextmanager
def opened(release: Path) -> Iterator["duckdb.DuckDBPyConnection"]:
    """DuckDB with the tables of a release by their names; it can read nothing else."""
    from pipelines.engine.database import open_apart
    from pipelines.engine.sql import read_sql, selects
    from pipelines.warehouse.releases import show_release

    with open_apart(release) as connection:
        show_release(connection, release)
        for macro in selects("query"):
            connection.execute(read_sql("query", macro))
        yield connection
