"""What a refresh leaves that most tests never look at, left out: the events of its run history, the pages of its report.

Belongs here: what stands for them. Does not belong here: what is kept of a refresh as users run it (`published` of `conftest.py`).
Dagster writes 800 events of a refresh and asks 400 times what it knows of a table: a fifth of a small refresh, in memory too.
"""

from collections.abc import Mapping, Sequence
from typing import Any

import dagster as dg
from dagster._core.event_api import EventRecordsResult
from dagster._core.storage.event_log import InMemoryEventLogStorage


class _Forgetful(InMemoryEventLogStorage):
    def store_event(self, event: dg.EventLogEntry) -> None:
        """Keep nothing of it."""

    def get_asset_records(self, asset_keys: Sequence[dg.AssetKey] | None = None) -> Sequence[Any]:
        return []

    def get_latest_tags_by_partition(self, *of: Any, **more: Any) -> Mapping[str, Mapping[str, str]]:
        return {}

    def fetch_materializations(self, *of: Any, **more: Any) -> EventRecordsResult:
        return EventRecordsResult(records=[], cursor="", has_more=False)

    @property
    def asset_records_have_last_observation(self) -> bool:
        """Nobody observes an asset without making it: there is nothing to look for."""
        return True


def forgetful_history() -> dg.DagsterInstance:
    """A history of runs alone, in memory."""
    history = dg.DagsterInstance.ephemeral()
    events = _Forgetful()
    events.register_instance(history)
    history._event_storage = events
    return history


def no_pages(*of: object) -> None:
    """Make no page of a report."""
