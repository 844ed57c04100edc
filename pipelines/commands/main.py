"""The command `irf`.

Belongs here: arguments, what is printed, exit codes. Does not belong here: the work itself.
Exit codes: 0 done; 2 done with warnings; 3 the gate (or `validate`) refused; 1 an error, in one line.
"""

import datetime
import importlib.metadata
import io
import os
import re
import shutil
import sys
import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager, redirect_stdout
from pathlib import Path
from typing import Annotated

import duckdb
import typer

from pipelines.engine.errors import GateRefused, IrfError, Stopped
from pipelines.engine.said import SAID_CHARACTERS, said, visible
from pipelines.engine.shipped import PACKAGES, shipped
from pipelines.engine.sql import SQL
from pipelines.warehouse.root import DataRoot

app = typer.Typer(
    add_completion=False, pretty_exceptions_enable=False, context_settings={"help_option_names": ["-h", "--help"]}
)
SHOWN_ROWS, SHOWN_WIDTH = 1_000, 10_000
"""Rows that `irf query` shows at the most, and its width where the output is no terminal."""
STOPPED_CODE = 130
"""How typer says that somebody stopped a command that has no words of its own for it."""
FIRST_MADE = datetime.date(2025, 4, 1)
"""The first month of a made world that is told only how many months it has."""
MONTHS_HELP = "how many from April 2025, as 4, or the first and last, as 2025-04..2026-03"


def _show_version(is_wanted: bool) -> None:
    if is_wanted:
        from pipelines.engine.software import code_version

        _say(f"irf {importlib.metadata.version('integrated-resource-framework')}, code {code_version()}")
        raise typer.Exit


@app.callback()
def options(
    data: Annotated[Path | None, typer.Option(help="The data root; default IRF_DATA, else ./data.")] = None,
    version: Annotated[
        bool, typer.Option("--version", callback=_show_version, is_eager=True, help="The version, as manifests name it.")
    ] = False,
) -> None:
    """Integrated cost of health and social care in Tayside, reconciled to the ledgers."""
    if data is not None:
        os.environ["IRF_DATA"] = str(data.resolve())


@app.command()
def demo(people: int = 20_000, months: Annotated[str, typer.Option(help=MONTHS_HELP)] = "3", seed: int = 1) -> None:
    """Make a small Tayside under the data root, refresh it, print what was published and where.

    With more months it goes on: the files of the months before stay as they are.
    """
    root = DataRoot.from_environment()
    chosen = _months(months)
    _make_world(root.path, people, chosen, seed, "standard", None)
    _refresh(root, f"{chosen[-1]:%Y-%m}", "demo")


@app.command()
def synth(
    people: Annotated[int, typer.Option()],
    months: Annotated[str, typer.Option(help=MONTHS_HELP)],
    out: Annotated[Path, typer.Option(help="folder for landing, reference and truth")],
    seed: int = 1,
    mess: Annotated[str, typer.Option(help="none, standard or heavy")] = "standard",
    geography: Annotated[Path | None, typer.Option(help="folder with the published geography files")] = None,
) -> None:
    """Make a deterministic Tayside of people who are not real."""
    _make_world(out, people, _months(months), seed, mess, geography)


@app.command()
def status(period: Annotated[str | None, typer.Option(help="one month, YYYY-MM; default all")] = None) -> None:
    """Which submissions have arrived for each month, which are late, refused or revised, and when they came."""
    from pipelines.engine.clock import now_in_scotland
    from pipelines.ingest.status import status_of, told

    if period is not None:
        _check_month(period)
    found = status_of(_root(), now_in_scotland(), period)
    for line in told(found):
        _say(line)
    if found.has_problems:
        raise typer.Exit(2)


@app.command()
def validate(
    files: Annotated[list[Path], typer.Argument(metavar="FILE…", exists=True, dir_okay=False)],
    agency: Annotated[str | None, typer.Option(help="where the path does not end in <agency>/<feed>/<period>")] = None,
    feed: Annotated[str | None, typer.Option(help="the same")] = None,
    period: Annotated[str | None, typer.Option(help="the same, YYYY-MM")] = None,
    errors: Annotated[Path | None, typer.Option(metavar="FILE.xlsx", help="workbook for the agency; it names people")] = None,
) -> None:
    """Check submissions before the deadline, as a refresh would judge them; publish nothing."""
    from pipelines.ingest.validating.error_workbook import check_is_new, write_error_workbook
    from pipelines.ingest.validating.trial import ROWS_NOTE, Given, exit_code, open_bench, submission_of, told, try_file

    if period is not None:
        _check_month(period)
    if errors is not None:
        check_is_new(errors)
        if len(files) > 1:
            raise IrfError("--errors: give one FILE, for a workbook goes back to one agency")
    with _stopped_says(lambda: "nothing was kept or published; check the files again"), open_bench(_root()) as bench:
        trials = []
        for landed in [submission_of(file, Given(agency, feed, period), bench.agencies) for file in files]:
            _progress(f"checking {landed.path}")
            trials.append(try_file(landed, bench))
            for line in told(trials[-1]):
                _say(line)
        if errors is not None:
            write_error_workbook(trials[0], errors, bench.folder)
            _say(f"rows to fix, for {trials[0].landed.agency} alone: {errors}")
    _say(ROWS_NOTE)
    if exit_code(trials):
        raise typer.Exit(exit_code(trials))


@app.command()
def refresh(
    period: Annotated[str, typer.Option(help="YYYY-MM")],
    note: str | None = None,
    again: Annotated[bool, typer.Option("--again", help="publish though nothing has changed since the last release")] = False,
) -> None:
    """The monthly job, as a recorded Dagster run."""
    _check_month(period)
    _refresh(_root(), period, note, again)


@app.command()
def releases() -> None:
    """The published versions, oldest first; the latest is marked."""
    from pipelines.warehouse.releases import latest
    from pipelines.warehouse.releases import releases as published

    folder = _root().folder("releases")
    for version in published(folder):
        _say(f"{version}{'  latest' if version == latest(folder) else ''}")


@app.command()
def verify(
    version: Annotated[str | None, typer.Argument()] = None,
    landing: Annotated[bool, typer.Option("--landing", help="and every submission in landing, with the pseudonym key")] = False,
) -> None:
    """Recompute every hash and every conservation identity of a release from its files alone."""
    from pipelines.release.verify import verify as findings_of
    from pipelines.release.verify import verify_landing
    from pipelines.warehouse.key import read_key

    release = _release(version)
    findings = findings_of(release)
    if landing:
        root = _root()
        findings += verify_landing(release, root.folder("landing"), read_key(root.key_file))
    for finding in findings:
        _say(f"{'holds ' if finding.passed else 'BROKEN'}  {finding.name}: {finding.detail}")
    if not all(f.passed for f in findings):
        raise IrfError(f"{sum(not f.passed for f in findings)} checks of the release are broken")


review_app = typer.Typer(help="Uncertain links out for a person to decide, and the decisions back in.", no_args_is_help=True)
app.add_typer(review_app, name="review")


@review_app.command("export")
def review_export() -> None:
    """Write the uncertain links of the last refresh for a person with a spreadsheet, easiest first. The workbook names people."""
    from pipelines.identity.people import uncertain_links
    from pipelines.identity.review import PENDING_FILE, export_review
    from pipelines.ingest.intake import last_work, open_tables
    from pipelines.warehouse.key import key_of

    root = _root()
    tables = open_tables(last_work(root))
    path = root.folder("review") / PENDING_FILE
    clients = export_review(uncertain_links(tables), path, key_of(root))
    _say(f"clients in review: {clients}; fill in {path}")


@review_app.command("import")
def review_import(file: Annotated[Path, typer.Argument(metavar="FILE", exists=True, dir_okay=False)]) -> None:
    """Check the decisions filled in on a review sheet and keep them; the next refresh follows them."""
    from pipelines.engine.clock import now_in_scotland
    from pipelines.identity.people import register_numbers
    from pipelines.identity.review import import_review
    from pipelines.ingest.intake import last_work, open_tables
    from pipelines.warehouse.key import key_of

    root = _root()
    tables = open_tables(last_work(root))
    imported = import_review(file, root.decisions, key_of(root), register_numbers(tables), now_in_scotland())
    _say(f"new decisions: {imported.decisions}; the next refresh follows them")
    if imported.undecided:
        _say(f"clients of whom not every person is marked: {imported.undecided}; they stay in review")


@app.command()
def query(sql: str, release: Annotated[str | None, typer.Option(help="version; default the latest")] = None) -> None:
    """DuckDB over a release: its tables by their names. It reads the release, and nothing else; it writes nothing."""
    from pipelines.warehouse.releases import check_only_reads

    shown = io.StringIO()
    with _opened(_release(release)) as connection:
        try:
            check_only_reads(sql)
            rows = connection.sql(sql)
            if rows is not None:
                with redirect_stdout(shown):
                    rows.show(max_rows=SHOWN_ROWS, max_width=shutil.get_terminal_size((SHOWN_WIDTH, 24)).columns)
        except duckdb.Error as error:
            raise IrfError(f"query: {str(error).splitlines()[0]}") from None
    for line in shown.getvalue().splitlines():
        typer.echo(visible(line))


@contextmanager
def _opened(release: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    """DuckDB with the tables of a release by their names; it can read nothing else."""
    from pipelines.warehouse.releases import confine, show_release

    with duckdb.connect() as connection:
        show_release(connection, release)
        for macro in sorted((SQL / "query").glob("*.sql")):
            connection.execute(macro.read_text("utf-8"))
        confine(connection, release)
        yield connection


def _echo_bridge(release: Path) -> None:
    """What each agency's ledger says, how much of it is a cost of care, where that is, and that it is all there."""
    with _opened(release) as connection:
        rows = connection.execute(
            """
            SELECT
                agency, sum(ledger), sum(eliminated + excluded), sum(ledger_quantum), sum(attributed), sum(located),
                sum(unallocated + quarantined), sum(difference)
            FROM bridge GROUP BY agency ORDER BY agency
            """
        ).fetchall()
    head = ("agency", "ledger £", "no cost £", "cost £", "on records £", "by locality £", "held £", "difference £")
    _say(f"{head[0]:<16}" + "".join(f"{name:>17}" for name in head[1:]))
    for agency, *amounts in rows:
        _say(f"{agency:<16}" + "".join(f"{amount:>17,.2f}" for amount in amounts))


def _root() -> DataRoot:
    """The data root. Raises IrfError where there is none: only what makes a world makes one."""
    root = DataRoot.from_environment()
    if not root.path.is_dir():
        raise IrfError(f"{root.path}: there is no such data root; check --data or IRF_DATA, or make the folder")
    if not any((root.path / name).is_dir() for name in ("landing", "reference", "releases")):
        raise IrfError(f"{root.path}: is no data root, for it has no landing/ and no reference/; check --data or IRF_DATA")
    return root


def _release(version: str | None) -> Path:
    from pipelines.warehouse.releases import latest
    from pipelines.warehouse.releases import releases as published

    folder = _root().folder("releases")
    chosen = latest(folder) if version is None else version
    if chosen is None:
        raise IrfError("no release yet; run `irf refresh --period YYYY-MM`")
    if chosen not in published(folder):
        raise IrfError(f"releases/{chosen}: no such release; `irf releases` lists them")
    return folder / chosen


def _make_world(out: Path, people: int, months: list[datetime.date], seed: int, mess: str, geography: Path | None) -> None:
    from pipelines.synth import make_into, make_world

    if mess not in ("none", "standard", "heavy"):
        raise IrfError(f"--mess {mess}: none, standard or heavy")
    with _stopped_says(lambda: f"{out} is as it was before; run it again"):
        make_into(out, lambda aside: make_world(aside, people, months, seed, mess, geography, _progress))


def _months(text: str) -> list[datetime.date]:
    """The months of a made world: so many, or from the first to the last."""
    match = re.fullmatch(r"(?:(\d{4}-(?:0[1-9]|1[0-2]))\.\.(\d{4}-(?:0[1-9]|1[0-2])))|([1-9]\d{0,2})", text)
    if not match:
        raise IrfError(f"--months {text}: give how many, as 4, or the first and last month, as 2025-04..2026-03")
    if match[3]:
        first, count = FIRST_MADE, int(match[3])
    else:
        first, last = (datetime.date.fromisoformat(f"{month}-01") for month in match.group(1, 2))
        count = (last.year - first.year) * 12 + last.month - first.month + 1
    return [datetime.date(first.year + (first.month - 1 + i) // 12, (first.month - 1 + i) % 12 + 1, 1) for i in range(count)]


@contextmanager
def _stopped_says(stands: Callable[[], str]) -> Iterator[None]:
    """Where somebody stops it (Ctrl-C), what stands and what to do is said in one line."""
    try:
        yield
    except KeyboardInterrupt:
        raise Stopped(stands()) from None


def _check_month(period: str) -> None:
    if not re.fullmatch(r"\d{4}-(0[1-9]|1[0-2])", period):
        raise IrfError(f"--period {period}: give a month as YYYY-MM")


def _say(text: str, is_error: bool = False) -> None:
    """Print one line. Everything that the command says goes through here, but for the rows of a release."""
    typer.echo(said(text), err=is_error)


def _warn(warnings: list[str], report: Path) -> None:
    """Say each warning, of a long one the beginning. report: where the whole of it is."""
    for warning in warnings:
        _say(f"warning: {_bounded(warning, report)}")


def _bounded(text: str, report: Path) -> str:
    """A long text's beginning, and where all of it is."""
    return f"{text[:SAID_CHARACTERS]} … (all of it: {report})" if len(text) > SAID_CHARACTERS else text


def _progress(text: str) -> None:
    _say(f"  {text}", is_error=True)


def _refresh(root: DataRoot, period: str, note: str | None, again: bool = False) -> None:
    from pipelines.refresh import refresh as run
    from pipelines.warehouse.releases import releases as published_in
    from pipelines.warehouse.work import Work

    before = published_in(root.folder("releases"))
    with _stopped_says(lambda: _what_stands(root, period, before)):
        try:
            published = run(root, period, said(note) if note is not None else None, _progress, again)
        except GateRefused as refused:
            verdict = Work(root, period).folder / "verdict.json"
            _warn(refused.warnings, verdict)
            reasons = [_bounded(reason, verdict) for reason in refused.reasons]
            raise GateRefused([*reasons, "nothing was published; the last release stands"]) from None
        release = root.folder("releases") / published.version
        if not published.is_new:
            _say(
                f"nothing was published: nothing has changed since {published.version} ({release}); --again publishes all the same"
            )
            return
        _say(f"published {published.version}: {release}")
        _echo_bridge(release)
        _say(f"reports: {root.folder('reports') / published.version / 'data_docs' / 'index.html'}")
        _say(f"bridge: {root.folder('reports') / published.version / 'reconciliation.xlsx'}")
        _warn(published.warnings, root.folder("reports") / published.version / "gate.json")
    if published.warnings:
        raise typer.Exit(2)


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


def main() -> None:
    """Run the command; turn every error into one line and its exit code."""
    try:
        code = app(_data_first(sys.argv[1:] or ["--help"]), standalone_mode=False, prog_name="irf")
    except GateRefused as refused:
        for reason in refused.reasons:
            _say(f"refused: {reason}", is_error=True)
        code = 3
    except (IrfError, ValueError) as error:
        _say(f"error: {error}", is_error=True)
        code = 1
    except typer.TyperException as error:
        _say(f"error: {error.format_message()}", is_error=True)
        code = 1
    except Stopped as stopped:
        _say(f"stopped: {stopped}", is_error=True)
        code = 1
    except (typer.Abort, KeyboardInterrupt):
        code = STOPPED_CODE
    except Exception as error:
        _say(f"error: {_place(error)}", is_error=True)
        code = 1
    if code == STOPPED_CODE:
        _say("stopped: what was there before stands; run it again", is_error=True)
        code = 1
    sys.exit(code or 0)


def _data_first(arguments: list[str]) -> list[str]:
    """`--data DIR` may stand anywhere; it belongs to every command."""
    for i, argument in enumerate(arguments):
        if argument == "--data":
            return arguments[i : i + 2] + arguments[:i] + arguments[i + 2 :]
        if argument.startswith("--data="):
            return [argument, *arguments[:i], *arguments[i + 1 :]]
    return arguments


def _place(error: Exception) -> str:
    """What went wrong and where in the code, without the error's own words: they may hold a value of a record."""
    if isinstance(error, OSError) and error.strerror:
        return f"{error.filename}: {error.strerror}" if error.filename else f"{error.strerror}{_line(error)}"
    return f"nobody foresaw this ({type(error).__name__}{_line(error)}); send this line to whoever keeps the software"


def _line(error: Exception) -> str:
    """The innermost line of ours that an error came through."""
    ours = tuple(str(shipped(package)) + os.sep for package in PACKAGES)
    frames = [f for f in traceback.extract_tb(error.__traceback__) if f.filename.startswith(ours)]
    return f" in {Path(frames[-1].filename).name}, line {frames[-1].lineno}" if frames else ""
