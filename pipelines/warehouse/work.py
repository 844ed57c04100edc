"""The work of one refresh: the folder `work/<period>/` with everything that is made for the period, and for it alone.

Belongs here: names in that folder, its journal. Does not belong here: what the tables and the entries say.
"""

from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from pipelines.engine.errors import IrfError
from pipelines.engine.files import remove
from pipelines.warehouse import journal
from pipelines.warehouse.journal import Entry
from pipelines.warehouse.root import DataRoot

E = TypeVar("E", bound=Entry)


@dataclass(frozen=True)
class Work:
    """The work of the refresh of a period (YYYY-MM) under a data root."""

    root: DataRoot
    period: str

    @property
    def folder(self) -> Path:
        """Where all of it is."""
        return self.root.folder("work") / self.period

    @property
    def command(self) -> str:
        """The command that does this work."""
        return f"irf refresh --period {self.period}"

    @property
    def decisions(self) -> Path:
        """The decisions on links that this refresh follows."""
        return self.folder / "decisions.csv"

    @property
    def expectations(self) -> Path:
        """Where the pages about the tables are until they are published."""
        return self.folder / "expectations"

    @property
    def link_history(self) -> Path:
        """The link history with this refresh's links in it."""
        return self.folder / "link_history.parquet"

    def reference(self, name: str) -> Path:
        """Where the typed form of a reference table is."""
        return self.folder / "reference" / f"{name}.parquet"

    def table(self, layer: str, name: str) -> Path:
        """The folder of a table of core or mart."""
        return self.folder / layer / name

    def keep(self, entry: Entry) -> None:
        """Note an entry."""
        journal.keep(self._file(type(entry)), entry)

    def find(self, model: type[E]) -> E | None:
        """What was noted; None where nothing was."""
        return journal.find(self._file(model), model)

    def read(self, model: type[E]) -> E:
        """What was noted. Raises IrfError where nothing was."""
        found = self.find(model)
        if found is None:
            raise IrfError(f"{model.named}: nothing is noted of it for {self.period}; run {self.command}")
        return found

    def forget(self, model: type[Entry]) -> None:
        """From here on nothing is noted."""
        remove(self._file(model))

    def _file(self, model: type[Entry]) -> Path:
        return self.folder / f"{model.named}.json"
