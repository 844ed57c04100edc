"""The journal: what one step notes for the steps after it, as typed entries, each a file of its own.

Belongs here: keeping and reading entries. Does not belong here: what each entry says: it is declared in the room that
writes it.
"""

import functools
from pathlib import Path
from typing import ClassVar, TypeVar

from pydantic import BaseModel, ConfigDict, ValidationError

from pipelines.engine.files import replace_whole


class Entry(BaseModel):
    """What a step notes. `named` is the name of its file."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    named: ClassVar[str]


E = TypeVar("E", bound=Entry)


def keep(path: Path, entry: Entry) -> None:
    """Write an entry, whole, in the place of the one before."""
    replace_whole(path, lambda file: file.write(entry.model_dump_json().encode("utf-8")))


def find(path: Path, model: type[E]) -> E | None:
    """The entry in a file; None where there is none, or it cannot be read, as after a power cut or from other software."""
    try:
        state = path.stat()
    except FileNotFoundError:
        return None
    return _read(path, model, (state.st_ino, state.st_size, state.st_mtime_ns))  # type: ignore[return-value]  # of the model


@functools.lru_cache(maxsize=16)
def _read(path: Path, model: type[Entry], state: tuple[int, int, int]) -> Entry | None:
    """One reading for as long as the file stays the same: entries are asked for with every table."""
    try:
        return model.model_validate_json(path.read_bytes())
    except (FileNotFoundError, ValidationError):
        return None
