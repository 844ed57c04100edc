"""Where Dagster keeps the history of runs: under the data root, however it is started.

Belongs here: the place, and history that cannot be read. Does not belong here: what is in it.
`dagster.yaml` names these classes, so that plain `dagster dev` needs no environment.
"""

import os
import sqlite3
from pathlib import Path
from typing import Any

from dagster._core.storage.root import LocalArtifactStorage
from dagster._core.storage.sqlite_storage import DagsterSqliteStorage
from dagster._serdes import ConfigurableClassData

from pipelines.engine.progress import PROGRESS
from pipelines.warehouse.root import DataRoot


class RunHistory(DagsterSqliteStorage):
    """Runs, events and ticks in SQLite under `state/` of the data root."""

    @classmethod
    def config_type(cls) -> Any:
        """Nothing is to be configured: the data root says it all."""
        return {}

    @classmethod
    def from_config_value(cls, inst_data: ConfigurableClassData | None, config_value: Any) -> "RunHistory":
        """The history of the data root of the environment."""
        state = _state()
        for database in sorted([*state.glob("history/*.db"), *state.glob("history/runs/*.db"), *state.glob("schedules/*.db")]):
            _move_aside_if_broken(database)
        return cls.from_local(str(state), inst_data)


class RunFiles(LocalArtifactStorage):
    """What Dagster keeps in files, under `state/` of the data root."""

    @classmethod
    def config_type(cls) -> Any:
        """Nothing is to be configured: the data root says it all."""
        return {}

    @classmethod
    def from_config_value(cls, inst_data: ConfigurableClassData | None, config_value: Any) -> "RunFiles":
        """Those of the data root of the environment."""
        return cls(str(_state()), inst_data)


def _state() -> Path:
    root = DataRoot.from_environment()
    root.prepare()
    return root.folder("state")


def _move_aside_if_broken(database: Path) -> None:
    """A database that a power cut has broken is named and kept beside a new one: no refresh needs what was in it."""
    try:
        connection = sqlite3.connect(f"file:{database}?mode=ro", uri=True)
        try:
            connection.execute("SELECT count(*) FROM sqlite_master").fetchone()
        finally:
            connection.close()
    except sqlite3.DatabaseError as error:
        if isinstance(error, sqlite3.OperationalError):
            return  # busy or not to be opened: not broken
        aside = database.with_name(database.name + ".broken")
        os.replace(database, aside)
        PROGRESS.warning("warning: the run history %s cannot be read; it was moved to %s", database, aside)
