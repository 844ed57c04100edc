"""`irf refresh`: the monthly job, and what is said of what it published.

Belongs here: the words of a refresh. Does not belong here: the job (`pipelines/refresh.py`).
"""

from pathlib import Path
from typing import Annotated

import typer

from pipelines.commands.given import check_month, data_root
from pipelines.commands.releases import opened
from pipelines.commands.words import bounded, progress, say, stopped_says, warn
from pipelines.engine.engine_name import EngineName
from pipelines.engine.errors import GateRefused
from pipelines.engine.said import said
from pipelines.warehouse.root import DataRoot


def refresh(
    period: Annotated[str, typer.Option(help="YYYY-MM")],
    note: str | None = None,
    again: Annotated[bool, typer.Option("--again", help="publish though nothing has changed since the last release")] = False,
    engine: Annotated[EngineName, typer.Option(help="what runs the SELECTs; the release is the same")] = EngineName.duckdb,
) -> None:
    """The monthly job, as a recorded Dagster run."""
    check_month(period)
    refresh_and_say(data_root(), period, note, again, engine)


def refresh_and_say(
    root: DataRoot, period: str, note: str | None, again: bool = False, engine: EngineName = EngineName.duckdb
) -> None:
    from pipelines.refresh import refresh as run
    from pipelines.warehouse.releases import releases as published_in
    from pipelines.warehouse.releases import report_page
    from pipelines.warehouse.work import Work

    before = published_in(root.folder("releases"))
    with stopped_says(lambda: _what_stands(root, period, before)):
        try:
            published = run(root, period, said(note) if note is not None else None, progress, again, engine)
        except GateRefused as refused:
            verdict = Work(root, period).folder / "verdict.json"
            warn(refused.warnings, verdict)
            reasons = [bounded(reason, verdict) for reason in refused.reasons]
            raise GateRefused([*reasons, "nothing was published; the last release stands"]) from None
        release = root.folder("releases") / published.version
        if not published.is_new:
            say(
                f"nothing was published: nothing has changed since {published.version} ({release}); --again publishes all the same"
            )
            return
        say(f"published {published.version}: {release}")
        say_bridge(release)
        reports = root.folder("reports")
        gate = reports / published.version / "gate.json"
        warn(published.warnings, gate)
        for accepted in published.accepted:
            say(f"accepted {bounded(accepted, gate)}")
        for line in published.foremost:
            say(f"look first at {bounded(line, gate)}")
        say(f"bridge: {reports / published.version / 'reconciliation.xlsx'}")
        say(f"report: {report_page(reports, published.version)}")
    if published.warnings:
        raise typer.Exit(2)


def say_bridge(release: Path) -> None:
    """What each agency's ledger says, how much of it is a cost of care (the quantum), where that is, and that it is all there."""
    with opened(release) as connection:
        rows = connection.execute(
            """
            SELECT
                coalesce(agency, 'all'), sum(ledger), sum(eliminated + excluded), sum(ledger_quantum), sum(attributed), sum(located),
                sum(unallocated + quarantined), sum(difference)
            FROM bridge GROUP BY ROLLUP (agency) HAVING count(*) > 0 ORDER BY agency NULLS LAST
            """
        ).fetchall()
    head = ("agency", "ledger £", "no cost £", "quantum £", "on records £", "by locality £", "held £", "difference £")
    say(f"{head[0]:<16}" + "".join(f"{name:>17}" for name in head[1:]))
    for agency, *amounts in rows:
        say(f"{agency:<16}" + "".join(f"{amount:>17,.2f}" for amount in amounts))


def _what_stands(root: DataRoot, period: str, before: list[str]) -> str:
    """What a refresh that was stopped has left, and what to do."""
    from pipelines.warehouse.releases import latest
    from pipelines.warehouse.releases import releases as published_in

    new = [version for version in published_in(root.folder("releases")) if version not in before]
    if new:
        return f"{new[-1]} was published before that; irf releases lists it"
    last = latest(root.folder("releases"))
    stands = f"the last release, {last}, stands" if last else "there is no release yet"
    return f"nothing was published; {stands}. Run irf refresh --period {period} again"
