"""What every command says, and how: in lines that forge nothing, name nobody and end somewhere.

Belongs here: printing a line, warnings, what is said where somebody stops a command. Does not belong here: the words of one
command, errors and exit codes (`main.py`).
"""

import re
import shutil
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import typer

from pipelines.engine.errors import Stopped
from pipelines.engine.said import SAID_CHARACTERS, said

_STEP = re.compile(r"\[\d+/\d+\] ")
_OPEN: set[str] = set()
"""Whether a step stands on the terminal without an end of its line."""


def say(text: str, is_error: bool = False) -> None:
    """Print one line. Everything that the command says goes through here, but for the rows of a release."""
    _end_step()
    typer.echo(said(text), err=is_error)


def progress(text: str) -> None:
    """Say where long work is. On a terminal a step takes the place of the one before it; elsewhere each has a line."""
    if _STEP.match(text) and sys.stderr.isatty():
        _OPEN.add("step")
        typer.echo(f"\r\x1b[2K  {said(text)[: shutil.get_terminal_size().columns - 3]}", nl=False, err=True)
    else:
        say(f"  {text}", is_error=True)


def _end_step() -> None:
    """The next line begins below a step that stands on a terminal."""
    if _OPEN:
        _OPEN.clear()
        typer.echo(err=True)


def warn(warnings: list[str], report: Path) -> None:
    """Say each warning, of a long one the beginning. report: where the whole of it is."""
    for warning in warnings:
        say(f"warning: {bounded(warning, report)}")


def bounded(text: str, report: Path) -> str:
    """A long text's beginning, and where all of it is."""
    return f"{text[:SAID_CHARACTERS]} … (all of it: {report})" if len(text) > SAID_CHARACTERS else text


@contextmanager
def stopped_says(stands: Callable[[], str]) -> Iterator[None]:
    """Where somebody stops it (Ctrl-C), what stands and what to do is said in one line."""
    try:
        yield
    except KeyboardInterrupt:
        raise Stopped(stands()) from None
