"""Where Dagster keeps the history of runs: under the data root, however it is started.

Belongs here: the place, and history that cannot be read. Does not belong here: what is in it.
`dagster.yaml` names these classes, so that plain `dagster dev` needs no environment.
"""

import os
import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import sqlalchemy
from dagster._core.storage.event_log import SqliteEventLogStorage
from dagster._core.storage.event_log.sqlite.sqlite_event_log import INDEX_SHARD_NAME
from dagster._core.storage.root import LocalArtifactStorage
from dagster._core.storage.sqlite import SQLITE_BUSY_TIMEOUT_SECONDS
from dagster._core.storage.sqlite_storage import DagsterSqliteStorage
from dagster._serdes import ConfigurableClassData

from pipelines.engine.progress import PROGRESS
from pipelines.warehouse.root import DataRoot


class RunEvents(SqliteEventLogStorage):
    """Dagster's events in SQLite, each database opened once by a process.

    A refresh writes 800 events and asks for what is known of a table as often. To open, flush and close a database for
    each took half of a refresh with nothing new.
    """

    def __init__(self, base_dir: str) -> None:
        """base_dir: the folder of the databases, one for each run and one of all."""
        self._opened: dict[str, sqlalchemy.Engine] = {}
        super().__init__(base_dir)

    @contextmanager
    def _connect(self, shard: str) -> Iterator[sqlalchemy.Connection]:
        if shard not in self._initialized_dbs:
            with super()._connect(shard):
                pass  # Dagster makes the tables of a database that has none
        with self._db_lock:
            with self._engine(shard).begin() as connection:
                yield connection
            # A page that shows a run waits for its file to change, not for the log beside it.
            os.utime(self.path_for_shard(shard))

    def _engine(self, shard: str) -> sqlalchemy.Engine:
        if shard not in self._opened:
            # A page that lists runs looks into each: one run's database and that of all are open at a time.
            self._close(other for other in list(self._opened) if INDEX_SHARD_NAME not in (shard, other))
            engine = sqlalchemy.create_engine(
                self.conn_string_for_shard(shard), connect_args={"timeout": SQLITE_BUSY_TIMEOUT_SECONDS}
            )
            sqlalchemy.event.listen(engine, "connect", _flush_at_checkpoints)
            self._opened[shard] = engine
        return self._opened[shard]

    def _close(self, shards: Iterable[str]) -> None:
        for shard in shards:
            self._opened.pop(shard).dispose()

    def wipe(self) -> None:
        """Forget everything: the files go, so none stays open."""
        self._close(list(self._opened))
        super().wipe()

    def dispose(self) -> None:
        """Close what is open."""
        self._close(list(self._opened))
        super().dispose()


def _flush_at_checkpoints(connection: sqlite3.Connection, _: object) -> None:
    """With a write-ahead log a power cut then costs the last events, and never the database."""
    connection.execute("PRAGMA synchronous = NORMAL")


class RunHistory(DagsterSqliteStorage):
    """Runs, events and ticks in SQLite under `state/` of the data root."""

    def __init__(self, base_dir: str, inst_data: ConfigurableClassData | None = None) -> None:
        """base_dir: the folder of all of it."""
        super().__init__(base_dir, inst_data)
        self._event_log_storage = RunEvents(self._event_log_storage._base_dir)

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
