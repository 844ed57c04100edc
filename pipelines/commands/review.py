"""`irf review export` and `irf review import`: uncertain links out for a person to decide, and the decisions back in.

Belongs here: the two commands. Does not belong here: the sheet and its decisions (`pipelines/identity/review.py`).
"""

from pathlib import Path
from typing import Annotated

import typer

from pipelines.commands.given import data_root
from pipelines.commands.words import say

review_app = typer.Typer(help="Uncertain links out for a person to decide, and the decisions back in.", no_args_is_help=True)


@review_app.command("export")
def review_export() -> None:
    """Write the uncertain links of the last refresh for a person with a spreadsheet, easiest first. The workbook names people."""
    from pipelines.identity.people import uncertain_links
    from pipelines.identity.review import PENDING_FILE, export_review
    from pipelines.ingest.intake import last_work, open_tables
    from pipelines.warehouse.key import key_of

    root = data_root()
    tables = open_tables(last_work(root))
    path = root.folder("review") / PENDING_FILE
    clients = export_review(uncertain_links(tables), path, key_of(root))
    say(f"clients in review: {clients}; fill in {path}")


@review_app.command("import")
def review_import(file: Annotated[Path, typer.Argument(metavar="FILE", exists=True, dir_okay=False)]) -> None:
    """Check the decisions filled in on a review sheet and keep them; the next refresh follows them."""
    from pipelines.engine.clock import today_in_scotland
    from pipelines.identity.people import register_numbers
    from pipelines.identity.review import import_review
    from pipelines.ingest.intake import last_work, open_tables
    from pipelines.warehouse.key import key_of

    root = data_root()
    tables = open_tables(last_work(root))
    imported = import_review(file, root.decisions, key_of(root), register_numbers(tables), today_in_scotland())
    say(f"new decisions: {imported.decisions}; the next refresh follows them")
    if imported.undecided:
        say(f"clients of whom not every person is marked: {imported.undecided}; they stay in review")
