"""`irf status` and `irf validate`: what has arrived, and whether a refresh would use it.

Belongs here: which submissions are asked about. Does not belong here: the answers (`pipelines/ingest/status.py`,
`pipelines/ingest/validating/trial.py`).
"""

from pathlib import Path
from typing import Annotated

import typer

from pipelines.commands.given import check_month, data_root
from pipelines.commands.words import progress, say, stopped_says
from pipelines.engine.errors import IrfError


def status(period: Annotated[str | None, typer.Option(help="one month, YYYY-MM; default all")] = None) -> None:
    """Which submissions have arrived for each month, which are late, refused or revised, and when they came."""
    from pipelines.engine.clock import today_in_scotland
    from pipelines.ingest.status import status_of, told

    if period is not None:
        check_month(period)
    found = status_of(data_root(), today_in_scotland(), period)
    for line in told(found):
        say(line)
    if found.has_problems:
        raise typer.Exit(2)


def validate(
    files: Annotated[list[Path], typer.Argument(metavar="FILE…", exists=True, dir_okay=False)],
    agency: Annotated[str | None, typer.Option(help="where the path does not end in <agency>/<feed>/<period>")] = None,
    feed: Annotated[str | None, typer.Option(help="the same")] = None,
    period: Annotated[str | None, typer.Option(help="the same, YYYY-MM")] = None,
    errors: Annotated[Path | None, typer.Option(metavar="FILE.xlsx", help="workbook for the agency; it names people")] = None,
) -> None:
    """Check submissions before the deadline, as a refresh would validate them; publish nothing."""
    from pipelines.ingest.validating.error_workbook import check_is_new, write_error_workbook
    from pipelines.ingest.validating.trial import ROWS_NOTE, Given, exit_code, open_bench, submission_of, told, try_file

    if period is not None:
        check_month(period)
    if errors is not None:
        check_is_new(errors)
        if len(files) > 1:
            raise IrfError("--errors: give one FILE, for a workbook goes back to one agency")
    with stopped_says(lambda: "nothing was kept or published; check the files again"), open_bench(data_root()) as bench:
        trials = []
        for landed in [submission_of(file, Given(agency, feed, period), bench.agencies) for file in files]:
            progress(f"checking {landed.path}")
            trials.append(try_file(landed, bench))
            for line in told(trials[-1]):
                say(line)
        if errors is not None:
            write_error_workbook(trials[0], errors, bench.folder)
            say(f"rows to fix, for {trials[0].landed.agency} alone: {errors}")
    say(ROWS_NOTE)
    if exit_code(trials):
        raise typer.Exit(exit_code(trials))
