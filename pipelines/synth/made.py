"""Putting a made world where files may already be: only over what was made before.

Belongs here: the list of what was made, and refusing a folder that has anything else in it. Does not belong here: what is made
(`world.py`).
The world is made aside and put into place at the end; the list says the hash of each file, as `sha256sum --check` reads it.
Whatever ends the program, every file under the folder is one of the list or somebody else's.
"""

import os
import shutil
from collections.abc import Callable, Iterator
from collections.abc import Set as AbstractSet
from itertools import chain
from pathlib import Path

from pipelines.engine.errors import IrfError
from pipelines.engine.files import sha256_of
from pipelines.synth.reference import DECLARED

LIST = "made.sha256"
ASIDE = ".irf-making"
MADE = ("landing", "reference", "truth")
"""The folders that hold what is made, and nothing else. What is made besides lies among what others have put there."""
REMADE = ("raw", "staged", "quarantine", "work", "state")
"""The folders that a refresh fills anew: they are nobody's work."""
Known = AbstractSet[tuple[str, str]]
"""Path and hash of files: one path may have two, while a new world takes the place of an old one."""


def make_into(out: Path, make: Callable[[Path], None]) -> None:
    """Let `make` write a world, and put it under `out` in the place of the one made there before.

    Files that stay the same are not touched. Raises IrfError when `out` has a file that was not made by this.
    """
    known = _known(out)
    check_is_ours(out, known)
    aside = out / ASIDE
    shutil.rmtree(aside, ignore_errors=True)
    aside.mkdir(parents=True)
    try:
        make(aside)
        new = {(path.relative_to(aside).as_posix(), sha256_of(path)) for path in _files(aside)}
        check_is_ours(out, known, new)
        _note(out, known | new)
        for path, sha256 in sorted(new):
            target = out / path
            if not target.is_file() or sha256_of(target) != sha256:
                target.parent.mkdir(parents=True, exist_ok=True)
                os.replace(aside / path, target)
        for path in sorted({path for path, _ in known} - {path for path, _ in new}):
            (out / path).unlink(missing_ok=True)
        _note(out, new)
    finally:
        shutil.rmtree(aside, ignore_errors=True)


def check_is_ours(out: Path, known: Known | None = None, new: Known = frozenset()) -> None:
    """Raise IrfError, naming the folder and a file, when `out` has anything that was not made here, or that is in the way of `new`."""
    if out.exists() and not out.is_dir():
        raise IrfError(f"{out} is a file; give a folder")
    known = _known(out) if known is None else known
    besides = sorted({path for path, _ in known | new if path.split("/")[0] not in MADE and (out / path).exists()})
    looked_at = chain(_looked_at(out, bool(known)), (out / path for path in besides))
    strange = next((path for path in looked_at if not _is_known(out, path, known)), None)
    if strange is not None:
        raise IrfError(
            f"{out} has a file that irf synth or irf demo did not make, or that was changed since: {strange.relative_to(out)}; "
            "nothing was written. Give a new folder, or take the file away"
        )


def _looked_at(out: Path, was_made_here: bool) -> Iterator[Path]:
    """The files that may be somebody else's: where a world was made before, those among its files; else all."""
    for path in sorted(out.iterdir()) if out.is_dir() else []:
        is_looked_at = path.name in MADE if was_made_here else path.name not in REMADE
        if is_looked_at and not path.name.startswith("."):
            yield from _files(path) if path.is_dir() else [path]


def _files(folder: Path) -> Iterator[Path]:
    """Every file below a folder, but hidden ones: nobody hides what is to be found."""
    return (p for p in sorted(folder.rglob("*")) if not p.name.startswith(".") and (p.is_symlink() or not p.is_dir()))


def _is_known(out: Path, path: Path, known: Known) -> bool:
    """Whether a file is one of those made, as it was made, or a table that comes with the software."""
    if path.is_symlink() or not path.is_file():
        return False
    sha256 = sha256_of(path)
    ours = DECLARED / path.name
    name = path.relative_to(out).as_posix()
    is_from_software = name == f"reference/{path.name}" and ours.is_file() and sha256_of(ours) == sha256
    return (name, sha256) in known or is_from_software


def _known(out: Path) -> Known:
    file = out / LIST
    lines = file.read_text("utf-8").splitlines() if file.is_file() else []
    return {(path, sha256) for sha256, _, path in (line.partition("  ") for line in lines)}


def _note(out: Path, known: Known) -> None:
    draft = out / f".{LIST}"
    draft.write_text("".join(f"{sha256}  {path}\n" for path, sha256 in sorted(known)), "utf-8")
    os.replace(draft, out / LIST)
