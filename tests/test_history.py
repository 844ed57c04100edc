"""Where Dagster keeps what happened: databases that stay open, seen by whoever else looks."""

import os
import sqlite3
from pathlib import Path
from typing import Any, cast

import dagster as dg
from dagster._core.storage.event_log import SqliteEventLogStorage

from pipelines.history import RunEvents

OLD_NS = 1_000_000_000


def _event(run: str, said: str) -> dg.EventLogEntry:
    make: Any = dg.EventLogEntry  # Dagster declares no types of it
    return cast(
        dg.EventLogEntry, make(error_info=None, level=20, user_message=said, run_id=run, timestamp=1.0, job_name="refresh")
    )


def _said(events: SqliteEventLogStorage, run: str) -> list[str]:
    return [entry.user_message for entry in events.get_logs_for_run(run)]


def test_another_process_reads_an_event_as_soon_as_it_is_written(tmp_path: Path) -> None:
    events = RunEvents(str(tmp_path))
    events.store_event(_event("one", "first"))
    assert _said(SqliteEventLogStorage(str(tmp_path)), "one") == ["first"]
    events.store_event(_event("one", "second"))
    assert _said(SqliteEventLogStorage(str(tmp_path)), "one") == ["first", "second"]
    events.dispose()
    assert _said(RunEvents(str(tmp_path)), "one") == ["first", "second"]


def test_an_event_changes_the_file_that_a_page_watches(tmp_path: Path) -> None:
    events = RunEvents(str(tmp_path))
    events.store_event(_event("one", "first"))
    database = tmp_path / "one.db"
    os.utime(database, ns=(OLD_NS, OLD_NS))
    events.store_event(_event("one", "second"))
    assert database.stat().st_mtime_ns > OLD_NS
    events.dispose()


def test_a_process_that_dies_leaves_what_it_wrote(tmp_path: Path) -> None:
    events = RunEvents(str(tmp_path / "alive"))
    events.store_event(_event("one", "first"))
    (tmp_path / "dead").mkdir()
    for path in (tmp_path / "alive").iterdir():  # as they lie on the disk while it runs, the log beside the database too
        (tmp_path / "dead" / path.name).write_bytes(path.read_bytes())
    assert _said(RunEvents(str(tmp_path / "dead")), "one") == ["first"]
    with sqlite3.connect(tmp_path / "dead" / "one.db") as connection:
        assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    events.dispose()


def test_however_many_runs_are_looked_at_two_databases_are_open(tmp_path: Path) -> None:
    events = RunEvents(str(tmp_path))
    for run in ("one", "two", "three", "one"):
        events.store_event(_event(run, run))
        with events.index_connection():
            pass
        assert set(events._opened) == {run, "index"}
    assert _said(events, "one") == ["one", "one"]
    events.dispose()


def test_what_is_written_after_all_was_forgotten_is_read_by_others(tmp_path: Path) -> None:
    events = RunEvents(str(tmp_path))
    events.store_event(_event("one", "before"))
    events.wipe()
    events.store_event(_event("one", "after"))
    assert _said(SqliteEventLogStorage(str(tmp_path)), "one") == ["after"]
    events.dispose()
