"""Every feed through the steps of a refresh: tidy files to the truth to the penny, messy ones without losing a row or a pound."""

import csv
import datetime
import shutil
from collections import Counter, defaultdict
from decimal import Decimal
from typing import Any

import pyarrow.parquet as pq
import pytest

from pipelines.ingest.intake import Intake
from pipelines.quality.file_checks import rows_check
from pipelines.quality.findings import fates_of
from pipelines.quality.verdict import Verdict
from pipelines.warehouse.root import DataRoot
from pipelines.warehouse.work import Work
from schemas.feeds import FEEDS
from tests.conftest import MONTHS, PERIOD, BuildWorld, rows_of, run, tables_of, validated_before

COSTED = (
    "maternity", "mental_health_inpatient", "gp_out_of_hours", "community_nursing", "community_mental_health",
    "sds_direct_payment", "sds_option_2", "sds_option_3", "sds_option_4", "telecare",
)  # fmt: skip
NEW_FEEDS = (
    "maternity", "mental_health", "gp_out_of_hours", "community_nursing", "community_mental_health", "delayed_discharge",
    "self_directed_support", "equipment",
)  # fmt: skip


@pytest.fixture(scope="module")
def tidy(world: BuildWorld, published: BuildWorld, tmp_path_factory: pytest.TempPathFactory) -> Work:
    """A refresh without mess in which only the deaths files know who has died."""
    root = tmp_path_factory.mktemp("tidy") / "data"
    shutil.copytree(world("none"), root)
    validated_before(published("none"), root)
    for path in [*root.glob("landing/*/population_register/*.csv"), *root.glob("landing/*/clients/*.csv")]:
        rows = rows_of(path)
        with path.open("w", encoding="utf-8", newline="") as file:
            writer = csv.DictWriter(file, list(rows[0]))
            writer.writeheader()
            writer.writerows(row | {"date_of_death": ""} for row in rows)
    run(root)
    return Work(DataRoot(root), PERIOD)


@pytest.fixture(scope="module")
def messy(published: BuildWorld) -> Work:
    return Work(DataRoot(published("heavy")), PERIOD)


def table(work: Work, layer: str, name: str) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = tables_of(work.root.path).rows(layer, name).to_pylist()
    return rows


def latest(work: Work, agency: str, feed: str) -> dict[str, dict[str, str]]:
    """The last word on each record of a feed, by key."""
    found: dict[str, dict[str, str]] = {}
    for path in sorted((work.root.path / "landing" / agency / feed).glob("*.csv")):
        found |= {"|".join(row[name] for name in FEEDS[feed].key): row for row in rows_of(path)}
    return found


@pytest.mark.parametrize("mess", ["tidy", "messy"])
def test_no_row_no_pound_is_lost_and_cost_is_the_ledgers(mess: str, request: pytest.FixtureRequest) -> None:
    work: Work = request.getfixturevalue(mess)
    verdict = work.find(Verdict)
    assert verdict is not None
    checks = {check.name: check for check in verdict.checks}
    for name in ("required_feeds", "rows", "pounds", "ledger", "months", "marts", "month_without_ledger"):
        assert checks[name].passed, checks[name].detail
    assert {x["feed"] for x in table(work, "mart", "submission")} == set(FEEDS)
    for x in table(work, "mart", "submission"):
        assert x["rows"] == x["accepted"] + x["quarantined"] + x["superseded"], (x["agency"], x["feed"])


def test_of_messy_files_exactly_the_planted_records_are_set_aside(messy: Work) -> None:
    planted = Counter(
        (d["agency"], d["feed"], d["period"])
        for d in rows_of(messy.root.path / "truth" / "defects.csv")
        if d["feed"] in (*NEW_FEEDS, "deaths") and d["expected"] == "quarantine"
    )
    quarantined = Counter({
        (j.landed.agency, j.landed.feed, j.landed.period): j.outcome.quarantined
        for j in messy.read(Intake).submissions
        if j.landed.feed in (*NEW_FEEDS, "deaths") and j.outcome.quarantined
    })  # fmt: skip
    assert quarantined == planted
    assert len({feed for _, feed, _ in planted}) >= 4


def test_the_gate_sees_a_row_that_deaths_lose(tidy: Work) -> None:
    """Without its fate a death is a row read and not accounted for."""
    intake, fates = tidy.read(Intake), fates_of(tables_of(tidy.root.path))
    assert rows_check(intake, fates).passed
    rows = rows_check(intake, {of: fate for of, fate in fates.items() if of[1] != "deaths"})
    assert rows.blocks and not rows.passed and "deaths" in rows.detail


def test_published_cost_is_the_ledger_of_the_file(tidy: Work) -> None:
    service = {(r["agency"], r["cost_code"]): r["service"] for r in rows_of(tidy.root.path / "reference" / "cost_code_map.csv")
               if r["treatment"] == "cost"}  # fmt: skip
    ledger: defaultdict[tuple[str, str, str], Decimal] = defaultdict(Decimal)
    for path in tidy.root.path.glob("landing/*/ledger/*.csv"):
        for row in rows_of(path):
            if service.get((path.parts[-3], row["cost_code"])) in COSTED:
                ledger[(path.parts[-3], service[(path.parts[-3], row["cost_code"])], row["month"])] += Decimal(row["amount"])
    published: defaultdict[tuple[str, str, str], Decimal] = defaultdict(Decimal)
    for line in table(tidy, "core", "cost_line"):
        if line["service"] in COSTED:
            published[(line["agency"], line["service"], str(line["month"]))] += line["cost"]
    assert len(ledger) > 20
    assert published == ledger


def test_direct_cost_is_the_truth_to_the_penny_by_service_and_month(tidy: Work) -> None:
    truth = {
        (r["agency"], r["service"], r["month"]): Decimal(r["true_cost"])
        for r in rows_of(tidy.root.path / "truth" / "service_months.csv")
        if r["service"] in COSTED
    }
    direct = {
        (r["agency"], r["service"], str(r["month"])): r["direct"]
        for r in table(tidy, "core", "service_month")
        if r["service"] in COSTED
    }
    assert {service for _, service, _ in truth} == set(COSTED)
    assert direct == truth


def test_direct_cost_is_the_truth_to_the_penny_by_record(tidy: Work) -> None:
    truth = {
        (r["agency"], r["feed"], r["record_key"]): r["true_cost"]
        for r in pq.read_table(tidy.root.path / "truth" / "records.parquet").to_pylist()
        if r["feed"] in NEW_FEEDS
    }
    direct: dict[tuple[str, str, str], Decimal | None] = {}
    for r in table(tidy, "core", "record_cost"):
        if r["feed"] in NEW_FEEDS and r["in_window"]:
            key = (r["agency"], r["feed"], r["record_key"])
            cost = r["direct_cost"]
            direct[key] = None if cost is None else (direct.get(key) or Decimal(0)) + cost
    assert {feed for _, feed, _ in direct} == set(NEW_FEEDS)
    assert direct == truth


def test_every_line_of_a_cost_has_a_person(tidy: Work) -> None:
    lines = [line for line in table(tidy, "core", "cost_line") if line["service"] in COSTED and line["source_file"]]
    assert {line["service"] for line in lines} == set(COSTED)
    assert all(line["person_id"] and line["units"] is not None for line in lines)


def test_telecare_is_one_unit_for_each_client_and_month(tidy: Work) -> None:
    units: defaultdict[tuple[str, str, datetime.date], Decimal] = defaultdict(Decimal)
    items: Counter[tuple[str, str, datetime.date]] = Counter()
    client = {
        (r["agency"], r["record_key"]): r["social_care_id"] for r in table(tidy, "core", "record") if r["feed"] == "equipment"
    }
    for row in table(tidy, "core", "record_month"):
        if row["service"] == "telecare":
            key = (row["agency"], client[(row["agency"], row["record_key"])], row["month"])
            units[key] += row["units"]
            items[key] += 1
    assert max(items.values()) > 1
    assert set(units.values()) == {1}


def test_delayed_discharge_is_days_without_cost(tidy: Work) -> None:
    lines = [line for line in table(tidy, "core", "cost_line") if line["service"] == "delayed_discharge"]
    assert {(line["cost_basis"], line["direct_cost"], line["cost"]) for line in lines} == {("activity", None, Decimal("0.00"))}
    first, end = MONTHS[0], datetime.date(2025, 6, 1)
    days = 0
    for row in latest(tidy, "nhs-tayside", "delayed_discharge").values():
        ready = datetime.date.fromisoformat(row["ready_for_discharge_date"])
        left = datetime.date.fromisoformat(row["delay_end_date"]) if row["delay_end_date"] else end
        days += (left - max(ready, first)).days
    assert sum(line["units"] for line in lines) == days > 0


def test_deaths_alone_make_people_deceased(tidy: Work) -> None:
    dead = {f"chi:{chi}": row["date_of_death"] for chi, row in latest(tidy, "nhs-tayside", "deaths").items()}
    homes = {r["person_key"]: r for r in table(tidy, "core", "person_home")}
    known = {key: day for key, day in dead.items() if key in homes}
    assert known
    assert {key: str(home["date_of_death"]) for key, home in homes.items() if home["date_of_death"]} == known
    deceased = {person["person_id"] for person in table(tidy, "mart", "person") if person["is_deceased"]}
    assert deceased == {homes[key]["person_id"] for key in known}
    assert not any(r["feed"] == "deaths" for r in table(tidy, "core", "record"))
