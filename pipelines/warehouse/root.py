"""Where everything is under the data root.

Belongs here: names of folders and files. Does not belong here: reading or writing them.
"""

import os
from dataclasses import dataclass
from pathlib import Path

INSIDE = ("raw", "staged", "quarantine", "work", "review", "state", "secure", "tests_of_change")


@dataclass(frozen=True)
class DataRoot:
    """The folders of one data root (`IRF_DATA`)."""

    path: Path

    @classmethod
    def from_environment(cls) -> "DataRoot":
        return cls(Path(os.environ.get("IRF_DATA") or "data").resolve())

    def folder(self, name: str) -> Path:
        return self.path / name

    def prepare(self) -> None:
        """Make the folders; the inside ones are readable by their owner alone, and what comes to be in the others, releases
        above all, is written by nobody else, whatever this process was started with.
        """
        os.umask(os.umask(0o077) | 0o022)
        for name in ("landing", "reference", "releases", "reports"):
            self.folder(name).mkdir(parents=True, exist_ok=True)
        for name in INSIDE:
            self.folder(name).mkdir(mode=0o700, parents=True, exist_ok=True)
            self.folder(name).chmod(0o700)

    @property
    def link_history(self) -> Path:
        """Who each client was in every release: what cannot be made again."""
        return self.folder("state") / "link_history.parquet"

    @property
    def decisions(self) -> Path:
        """What people have decided of uncertain links."""
        return self.folder("review") / "decisions.csv"

    @property
    def key_file(self) -> Path:
        return Path(os.environ.get("IRF_PSEUDONYM_KEY_FILE") or self.folder("secure") / "pseudonym.key")
