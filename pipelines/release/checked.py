"""What the gate has checked, taken out of the work exactly as it was checked, or not at all.

Belongs here: comparing and copying. Does not belong here: which files are checked (`pipelines/quality/verdict.py`), what a release
is built of them (`build.py`, `publish.py`).
"""

import functools
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from pipelines.engine.errors import GateRefused
from pipelines.engine.files import copy_hashed, sha256_of
from pipelines.quality.verdict import Verdict, checked_files
from pipelines.warehouse.tables import Tables

MODE = 0o644
"""What is published is read by everybody."""


@dataclass(frozen=True)
class Checked:
    """The files that a verdict is on. Every method raises GateRefused where one is not as it was checked."""

    tables: Tables
    verdict: Verdict

    def copy(self, name: str, folder: Path) -> None:
        """Copy the files of a table, or of the pages, into a new folder."""
        folder.mkdir(parents=True)
        for file in self._files(name):
            copy = folder / file.name
            self._compare(f"{name}/{file.name}", copy_hashed(file, copy))
            copy.chmod(MODE)

    def compare(self, names: Iterable[str]) -> None:
        """Compare files that are read where they are."""
        for name in names:
            for file in self._files(name):
                self._compare(f"{name}/{file.name}", sha256_of(file))

    def link_history(self) -> bytes:
        """The link history."""
        content = self.tables.work.link_history
        self._compare("link_history", sha256_of(content))
        return content.read_bytes()

    @functools.cached_property
    def _found(self) -> dict[str, Path]:
        return checked_files(self.tables)

    def _files(self, name: str) -> list[Path]:
        return [file for at, file in self._found.items() if at.rpartition("/")[0] == name]

    def _compare(self, name: str, sha256: str) -> None:
        if self.verdict.tables.get(name) != sha256:
            work = self.tables.work
            raise GateRefused([f"table {name} is not as the gate checked it for {work.period}; run {work.command}"])
