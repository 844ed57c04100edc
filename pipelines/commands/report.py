"""`irf report`: the pages of a release, made again and opened.

Belongs here: the command. Does not belong here: the pages (`pipelines/report`).
"""

import webbrowser
from typing import Annotated

import typer

from pipelines.commands.given import data_root, release_folder
from pipelines.commands.words import say


def report(
    version: Annotated[str | None, typer.Argument()] = None,
    is_opened: Annotated[bool, typer.Option("--open/--no-open", help="show it in the browser")] = True,
) -> None:
    """Make the pages of a release again, from its files and the log of releases, and open them."""
    from pipelines.lock import alone_for_a_moment
    from pipelines.report.remake import remake_report
    from pipelines.warehouse.releases import report_page

    root, release = data_root(), release_folder(version)
    with alone_for_a_moment(root):
        remake_report(root, release.name)
    page = report_page(root.folder("reports"), release.name)
    say(f"report: {page}")
    if is_opened:
        webbrowser.open(page.as_uri())
