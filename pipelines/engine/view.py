"""What a SELECT is given and what becomes of it: views of Parquet files, and the folder that its rows are written to.

Belongs here: what engines share. Does not belong here: an engine.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from pipelines.engine.errors import IrfError


@dataclass(frozen=True)
class View:
    """Parquet files that a SELECT reads as `<layer>.<name>`. schema: of the table, for where it has no file."""

    layer: str
    name: str
    files: Sequence[Path]
    schema: pa.Schema


@dataclass(frozen=True)
class Output:
    """The folder that a SELECT is written to.

    schema: exactly that of its files. what: whose rows they are, as an error names it. by, only: which row is in which file, as
    `TableFiles` has it.
    """

    folder: Path
    schema: pa.Schema
    what: str
    by: str | None = None
    only: str = "all"


@dataclass(frozen=True)
class InTurn:
    """A column of a view. A SELECT may be run for each of its values by itself, from the smallest on: together that gives the same rows
    in the same order as running it once."""

    layer: str
    name: str
    column: str


def refuse_damaged(what: str, views: Sequence[View]) -> None:
    """Raise IrfError where the reason that `what` failed is a file that is damaged. It is named."""
    if damaged := [str(file) for view in views for file in view.files if not _is_whole(file)]:
        raise IrfError(f"{what}: {', '.join(damaged)} cannot be read as Parquet; take that away and refresh again") from None


def _is_whole(file: Path) -> bool:
    """Whether the end of a Parquet file, which says what is in it, can be read."""
    try:
        pq.read_metadata(file)
    except (pa.ArrowException, OSError):
        return False
    return True
