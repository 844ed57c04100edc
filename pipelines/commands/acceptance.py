"""`irf sign-off` and `irf accept-warning`: what people accept, noted in the log of releases.

Belongs here: the two commands. Does not belong here: what may be accepted (`pipelines/release/acceptance.py`).
"""

import datetime
from typing import Annotated

import typer

from pipelines.commands.given import data_root, release_folder
from pipelines.commands.words import say
from pipelines.engine.errors import IrfError


def sign_off(
    version: Annotated[str, typer.Argument()],
    by: Annotated[str, typer.Option(metavar="NAME", help="who accepts it")],
    role: Annotated[str, typer.Option(help="as what")],
    note: Annotated[str | None, typer.Option(metavar="TEXT")] = None,
) -> None:
    """Verify a release and note in the log of releases who has accepted it, and which manifest."""
    from pipelines.lock import alone_for_a_moment
    from pipelines.release.acceptance import sign_off as noted
    from pipelines.report.remake import remake_report

    root, release = data_root(), release_folder(version)
    with alone_for_a_moment(root):
        entry = noted(root, release.name, by, role, note)
        remake_report(root, release.name)
    say(f"signed off {version} by {by}, {role}: its manifest has sha256 {entry.manifest_sha256}")


def accept_warning(
    name: Annotated[str, typer.Argument(help="of the warning, as a refresh says it")],
    until: Annotated[str, typer.Option(metavar="DATE", help="YYYY-MM-DD: for refreshes of months that end by then")],
    reason: Annotated[str, typer.Option(metavar="TEXT")],
) -> None:
    """Note in the log of releases that a warning is known: until a day it is said as accepted and makes no exit code 2."""
    from pipelines.lock import alone_for_a_moment
    from pipelines.release.acceptance import accept_warning as noted
    from pipelines.report.remake import remake_report
    from pipelines.warehouse.releases import latest

    root = data_root()
    try:
        day = datetime.date.fromisoformat(until)
    except ValueError:
        raise IrfError(f"--until {until}: give a date as YYYY-MM-DD") from None
    with alone_for_a_moment(root):
        entry = noted(root, name, day, reason)
        say(f"accepted {name} for refreshes of months that end by {day}")
        for case in entry.cases or ():
            say(f"  {case}")
        say("a case that comes later warns again" if entry.cases else "it has no case now: any that comes warns")
        if (version := latest(root.folder("releases"))) is not None:
            remake_report(root, version)
