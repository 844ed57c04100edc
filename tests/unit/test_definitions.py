"""What Dagster loads: the graph, the checks of the gate, the schedule and the landing sensor."""

import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import dagster as dg
import pytest

from pipelines.definitions import defs, landing_sensor, monthly_refresh
from pipelines.gate import CHECKS
from pipelines.steps import PUBLISHED_FROM_CORE
from schemas.feeds import FEEDS
from schemas.published import PUBLISHED


def test_the_graph_holds_every_feed_and_every_published_table() -> None:
    keys = {key.to_user_string() for key in defs.resolve_asset_graph().get_all_asset_keys()}
    assert {f"{layer}/{feed}" for layer in ("raw", "staged") for feed in FEEDS} <= keys
    assert {f"{'core' if name in PUBLISHED_FROM_CORE else 'mart'}/{name}" for name in PUBLISHED} - {
        "mart/person_history"
    } <= keys
    assert {"reference", "landing", "gate", "release"} <= keys


def test_every_check_of_the_gate_is_declared() -> None:
    declared = {k.name for k in defs.resolve_asset_graph().asset_check_keys if k.asset_key == dg.AssetKey("gate")}
    assert declared == set(CHECKS)
    assert {"rows", "pounds", "ledger", "months", "marts"} <= declared


@pytest.mark.parametrize(
    ("day", "partition"),
    [
        (datetime.datetime(2026, 4, 16, 6, tzinfo=ZoneInfo("Europe/London")), "2026-03-01"),
        (datetime.datetime(2026, 1, 16, 6, tzinfo=ZoneInfo("Europe/London")), "2025-12-01"),
    ],
)
def test_the_schedule_refreshes_the_month_before(day: datetime.datetime, partition: str) -> None:
    context = dg.build_schedule_context(scheduled_execution_time=day)
    request = monthly_refresh(context)
    assert isinstance(request, dg.RunRequest)
    assert request.partition_key == partition
    assert monthly_refresh.execution_timezone == "Europe/London"
    assert monthly_refresh.cron_schedule == "0 6 16 * *"


def drop(root: Path, name: str, text: str) -> None:
    file = root / "landing" / "angus" / "ledger" / name
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text, "utf-8")


def test_the_sensor_asks_for_a_refresh_once_for_each_change_in_landing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("IRF_DATA", str(tmp_path))
    context = dg.build_sensor_context()
    assert isinstance(landing_sensor(context), dg.SkipReason)
    drop(tmp_path, "2025-04.csv", "a")
    drop(tmp_path, "2025-05.csv", "b")
    first = landing_sensor(context)
    assert isinstance(first, dg.RunRequest)
    assert first.partition_key == "2025-05-01"
    again = landing_sensor(dg.build_sensor_context(cursor=context.cursor))
    assert isinstance(again, dg.SkipReason)
    drop(tmp_path, "2025-05.r1.csv", "c")
    changed = dg.build_sensor_context(cursor=context.cursor)
    assert isinstance(landing_sensor(changed), dg.RunRequest)
