"""What every command says, and how: in lines that forge nothing, name nobody and end somewhere.

Belongs here: printing a line, warnings, what is said where somebody stops a command. Does not belong here: the words of one
command, errors and exit codes (`main.py`).
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import typer

from pipelines.engine.errors import Stopped
from pipelines.engine.said import SAID_CHARACTERS, said


def say(text: str, is_error: bool = False) -> None:
    """Print one line. Everything that the command says goes through here, but for the rows of a release."""
    typer.echo(said(text), err=is_error)


def progress(text: str) -> None:
    say(f"  {text}", is_error=True)


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
