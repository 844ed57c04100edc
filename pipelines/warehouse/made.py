"""What is noted of a table that was made: of what, and which bytes it came to.

Belongs here: the note beside the files of a table, and whether they are still as it says. Does not belong here: making a table
(`tables.py`), what decides a whole refresh (`pipelines/ingest/intake.py`).
"""

import hashlib
import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import ClassVar

from pipelines.engine.files import sha256_of
from pipelines.engine.software import code_version, package_versions
from pipelines.warehouse import journal
from pipelines.warehouse.journal import Entry


class Made(Entry):
    """A table as it was made.

    made_of: everything that decides the refresh it belongs to (`Intake.made_of`). step: what decides the table alone, as
    `step_of` has it. files: name → SHA-256.
    """

    named: ClassVar[str] = "made"
    made_of: str
    step: str
    rows: int
    files: dict[str, str]


def step_of(table: str, inputs: Mapping[str, Sequence[str]]) -> str:
    """One hash of all that decides a table by a SELECT: the software, and the content of the tables it reads. table: as `core/record`.

    inputs: the same name of each → the hashes of its files, or names that have a hash in them.
    """
    decides = [code_version(), package_versions(), table, {name: list(hashes) for name, hashes in inputs.items()}]
    return hashlib.sha256(json.dumps(decides, sort_keys=True).encode()).hexdigest()


def files_of(folder: Path) -> list[Path]:
    """The files of a table, in order."""
    return sorted(folder.glob("*.parquet"))


def note(folder: Path, made_of: str, step: str, rows: int) -> None:
    """Note of a table what it was made of."""
    hashes = {file.name: sha256_of(file) for file in files_of(folder)}
    journal.keep(_note_in(folder), Made(made_of=made_of, step=step, rows=rows, files=hashes))


def noted(folder: Path) -> Made | None:
    """What was noted of a table; None where it was not made."""
    return journal.find(_note_in(folder), Made)


def is_as_noted(folder: Path, made: Made) -> bool:
    """Whether the files of a table have the bytes that they were made with."""
    return {file.name: sha256_of(file) for file in files_of(folder)} == made.files


def _note_in(folder: Path) -> Path:
    return folder / f"{Made.named}.json"
