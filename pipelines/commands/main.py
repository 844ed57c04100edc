"""The command `irf`: its commands together, errors and exit codes.

Belongs here: what holds for every command. Does not belong here: a command (the modules beside), the work itself.
Exit codes: 0 done; 2 done with warnings; 3 the gate (or `validate`) refused; 1 an error, in one line.
"""

import importlib.metadata
import os
import sys
import traceback
import warnings
from pathlib import Path
from typing import Annotated

import typer

from pipelines.commands.acceptance import accept_warning, sign_off
from pipelines.commands.evaluation import evaluate
from pipelines.commands.refresh import refresh
from pipelines.commands.releases import query, releases, verify
from pipelines.commands.report import report
from pipelines.commands.review import review_app
from pipelines.commands.submissions import status, validate
from pipelines.commands.trail import diff, fate, trace
from pipelines.commands.words import say
from pipelines.commands.world import demo, synth
from pipelines.engine.errors import GateRefused, IrfError, Stopped
from pipelines.engine.shipped import PACKAGES, shipped

app = typer.Typer(
    add_completion=False, pretty_exceptions_enable=False, context_settings={"help_option_names": ["-h", "--help"]}
)
STOPPED_CODE = 130
"""How typer says that somebody stopped a command that has no words of its own for it."""


def _show_version(is_wanted: bool) -> None:
    if is_wanted:
        from pipelines.engine.software import code_version

        say(f"irf {importlib.metadata.version('integrated-resource-framework')}, code {code_version()}")
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


COMMANDS = (
    demo, synth, status, validate, refresh, releases, verify, report, query, trace, fate, diff, sign_off, accept_warning, evaluate,
)  # fmt: skip
for command in COMMANDS:
    app.command()(command)
app.add_typer(review_app, name="review")


def run() -> None:
    """`main`, for a process of its own, which ends with it: the system takes its memory back faster than Python frees what was loaded."""
    try:
        main()
    except SystemExit as ended:
        sys.stderr.flush()
        os._exit(ended.code if isinstance(ended.code, int) else 1)


def main() -> None:
    """Run the command; turn every error into one line and its exit code."""
    # pandera loads what of PySpark is for pandas, where that is installed; nothing of ours goes through it.
    warnings.filterwarnings("ignore", "PySpark does not yet fully support", FutureWarning)
    try:
        code = app(_data_first(sys.argv[1:] or ["--help"]), standalone_mode=False, prog_name="irf")
        sys.stdout.flush()
    except GateRefused as refused:
        for reason in refused.reasons:
            say(f"refused: {reason}", is_error=True)
        code = 3
    except (IrfError, ValueError) as error:
        say(f"error: {error}", is_error=True)
        code = 1
    except typer.TyperException as error:
        words = error.format_message()
        if words:
            say(f"error: {words}", is_error=True)
        code = 1 if words else 0  # without words the help was asked for, as by `irf review` alone
    except Stopped as stopped:
        say(f"stopped: {stopped}", is_error=True)
        code = 1
    except (typer.Abort, KeyboardInterrupt):
        code = STOPPED_CODE
    except Exception as error:
        say(f"error: {_place(error)}", is_error=True)
        code = 1
    if code == STOPPED_CODE:
        say("stopped: what was there before stands; run it again", is_error=True)
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
