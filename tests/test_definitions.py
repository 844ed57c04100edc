"""What Dagster loads: the graph, the checks of the gate, the schedule and the landing sensor."""

import datetime
from zoneinfo import ZoneInfo

import dagster as dg
import pytest

from pipelines.definitions import defs, monthly_refresh
from pipelines.quality.checks import CHECKS
from pipelines.warehouse.tables import published_by
from schemas.feeds import FEEDS


def test_the_graph_holds_every_feed_and_every_published_table() -> None:
    keys = {key.to_user_string() for key in defs.resolve_asset_graph().get_all_asset_keys()}
    assert {f"{layer}/{feed}" for layer in ("raw", "staged") for feed in FEEDS} <= keys
    assert {f"{layer}/{name}" for name, layer in published_by().items()} <= keys
    assert {"reference", "landing", "intake", "gate", "release"} <= keys


def test_no_asset_goes_round_the_lock() -> None:
    assert all(
        "warehouse" in asset.required_resource_keys for asset in defs.assets or () if isinstance(asset, dg.AssetsDefinition)
    )


def test_every_check_of_the_gate_is_on_the_asset_that_it_is_about_with_its_sentence() -> None:
    graph = defs.resolve_asset_graph()
    declared = {k.name: k.asset_key.to_user_string() for k in graph.asset_check_keys if k.name != "files_can_be_used"}
    assert declared == {c.name: c.about for c in CHECKS.values()}
    assert {"rows", "pounds", "ledger", "months", "marts"} <= set(declared)
    for key in graph.asset_check_keys:
        assert graph.get_check_spec(key).description


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
