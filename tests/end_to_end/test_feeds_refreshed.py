"""Every feed through the steps of a refresh: tidy files to the truth to the penny, messy ones without losing a row or a pound."""

import csv
import datetime
from collections import Counter
from decimal import Decimal
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from pipelines.engine.paths import DataRoot
from pipelines.gate import conservation, missing_feeds
from pipelines.steps import SQL_CORE, SQL_MART, Steps
from pipelines.synth import make_world
from schemas.feeds import FEEDS

PEOPLE = 1_500
MONTHS = [datetime.date(2025, 4, 1), datetime.date(2025, 5, 1)]
PERIOD, SEED = "2025-05", 11
COSTED = (
    "maternity", "mental_health_inpatient", "gp_out_of_hours", "community_nursing", "community_mental_health",
    "sds_direct_payment", "sds_option_2", "sds_option_3", "sds_option_4", "telecare",
)  # fmt: skip
NEW_FEEDS = (
    "maternity", "mental_health", "gp_out_of_hours", "community_nursing", "community_mental_health", "delayed_discharge",
    "self_directed_support", "equipment",
)  # fmt: skip


def refreshed(root: Path) -> Steps:
    """The steps of a refresh up to the gate, one after the other."""
    steps = Steps(DataRoot(root), PERIOD)
    steps.reference()
    steps.landing()
    for feed in FEEDS:
        steps.raw(feed)
        steps.staged(feed)
    steps.refresh()
    for name in SQL_CORE:
        if name == "record_person":
            steps.link()
        if name == "person_home":
            steps.person_id()
        steps.core(name)
        if name == "unit_cost_match":
            steps.check_unit_costs()
    for name in SQL_MART:
        steps.mart(name)
    steps.submission()
    return steps


@pytest.fixture(scope="module")
def tidy(tmp_path_factory: pytest.TempPathFactory) -> Steps:
    """A world without mess in which only the deaths files know who has died."""
    root = tmp_path_factory.mktemp("tidy")
    make_world(root, PEOPLE, MONTHS, SEED, "none")
    for path in [*root.glob("landing/*/population_register/*.csv"), *root.glob("landing/*/clients/*.csv")]:
        rows = read(path)
        with path.open("w", encoding="utf-8", newline="") as file:
            writer = csv.DictWriter(file, list(rows[0]))
            writer.writeheader()
            writer.writerows(row | {"date_of_death": ""} for row in rows)
    return refreshed(root)


@pytest.fixture(scope="module")
def messy(tmp_path_factory: pytest.TempPathFactory) -> Steps:
    root = tmp_path_factory.mktemp("messy")
    make_world(root, PEOPLE, MONTHS, SEED, "heavy")
    return refreshed(root)


def read(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def table(steps: Steps, layer: str, name: str) -> list[dict]:
    rows: list[dict] = pq.read_table(steps.file(layer, name)).to_pylist()
    return rows


def latest(steps: Steps, agency: str, feed: str) -> dict[str, dict[str, str]]:
    """The last word on each record of a feed, by key."""
    (key,) = FEEDS[feed].key
    found = {}
    for path in sorted((steps.root.path / "landing" / agency / feed).glob("*.csv")):
        found |= {row[key]: row for row in read(path)}
    return found


def test_tidy_files_pass_the_gate(tidy: Steps) -> None:
    assert [check.detail for check in [*missing_feeds(tidy), *conservation(tidy)] if not check.passed] == []


def test_messy_files_lose_no_row_no_pound_and_match_the_ledger(messy: Steps) -> None:
    checks = conservation(messy)
    assert {check.name for check in checks} >= {"rows", "pounds", "ledger", "months", "marts"}
    assert [check.detail for check in checks if not check.passed] == []
    for x in table(messy, "mart", "submission"):
        assert x["rows"] == x["accepted"] + x["quarantined"] + x["superseded"], (x["agency"], x["feed"])


def test_of_messy_files_exactly_the_planted_records_are_set_aside(messy: Steps) -> None:
    planted = Counter(
        (d["agency"], d["feed"], d["period"])
        for d in read(messy.root.path / "truth" / "defects.csv")
        if d["feed"] in (*NEW_FEEDS, "deaths") and d["expected"] == "quarantine"
    )
    quarantined = Counter({
        (j.landed.agency, j.landed.feed, j.landed.period): j.outcome.quarantined
        for j in messy.all_judged()
        if j.landed.feed in (*NEW_FEEDS, "deaths") and j.outcome.quarantined
    })  # fmt: skip
    assert quarantined == planted
    assert len({feed for _, feed, _ in planted}) >= 4


def test_the_gate_sees_a_row_that_deaths_lose(tidy: Steps) -> None:
    """Without its fate a death is a row read and not accounted for."""
    path = tidy.file("core", "fate")
    whole = pq.read_table(path)
    try:
        pq.write_table(whole.filter([feed != "deaths" for feed in whole["feed"].to_pylist()]), path)
        rows = next(check for check in conservation(tidy) if check.name == "rows")
        assert not rows.passed and "deaths" in rows.detail
    finally:
        pq.write_table(whole, path)


def test_published_cost_is_the_ledger_of_the_file(tidy: Steps) -> None:
    service = {(r["agency"], r["cost_code"]): r["service"] for r in read(tidy.root.path / "reference" / "cost_code_map.csv")
               if r["treatment"] == "cost"}  # fmt: skip
    ledger: Counter[tuple[str, str, str]] = Counter()
    for path in tidy.root.path.glob("landing/*/ledger/*.csv"):
        for row in read(path):
            if service.get((path.parts[-3], row["cost_code"])) in COSTED:
                ledger[(path.parts[-3], service[(path.parts[-3], row["cost_code"])], row["month"])] += Decimal(row["amount"])
    published: Counter[tuple[str, str, str]] = Counter()
    for line in table(tidy, "core", "cost_line"):
        if line["service"] in COSTED:
            published[(line["agency"], line["service"], str(line["month"]))] += line["cost"]
    assert len(ledger) > 20
    assert published == ledger


def test_direct_cost_is_the_truth_to_the_penny_by_service_and_month(tidy: Steps) -> None:
    truth = {
        (r["agency"], r["service"], r["month"]): Decimal(r["true_cost"])
        for r in read(tidy.root.path / "truth" / "service_months.csv")
        if r["service"] in COSTED
    }
    direct = {
        (r["agency"], r["service"], str(r["month"])): r["direct"]
        for r in table(tidy, "core", "service_month")
        if r["service"] in COSTED
    }
    assert {service for _, service, _ in truth} == set(COSTED)
    assert direct == truth


def test_direct_cost_is_the_truth_to_the_penny_by_record(tidy: Steps) -> None:
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


def test_every_line_of_a_cost_has_a_person(tidy: Steps) -> None:
    lines = [line for line in table(tidy, "core", "cost_line") if line["service"] in COSTED and line["source_file"]]
    assert {line["service"] for line in lines} == set(COSTED)
    assert all(line["person_id"] and line["units"] is not None for line in lines)


def test_telecare_is_one_unit_for_each_client_and_month(tidy: Steps) -> None:
    units: Counter[tuple[str, str, datetime.date]] = Counter()
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


def test_delayed_discharge_is_days_without_cost(tidy: Steps) -> None:
    lines = [line for line in table(tidy, "core", "cost_line") if line["service"] == "delayed_discharge"]
    assert {(line["cost_basis"], line["direct_cost"], line["cost"]) for line in lines} == {("activity", None, Decimal("0.00"))}
    first, end = MONTHS[0], datetime.date(2025, 6, 1)
    days = 0
    for row in latest(tidy, "nhs-tayside", "delayed_discharge").values():
        ready = datetime.date.fromisoformat(row["ready_for_discharge_date"])
        left = datetime.date.fromisoformat(row["delay_end_date"]) if row["delay_end_date"] else end
        days += (left - max(ready, first)).days
    assert sum(line["units"] for line in lines) == days > 0


def test_deaths_alone_make_people_deceased(tidy: Steps) -> None:
    dead = {f"chi:{chi}": row["date_of_death"] for chi, row in latest(tidy, "nhs-tayside", "deaths").items()}
    homes = {r["person_key"]: r for r in table(tidy, "core", "person_home")}
    known = {key: day for key, day in dead.items() if key in homes}
    assert known
    assert {key: str(home["date_of_death"]) for key, home in homes.items() if home["date_of_death"]} == known
    deceased = {person["person_id"] for person in table(tidy, "mart", "person") if person["is_deceased"]}
    assert deceased == {homes[key]["person_id"] for key in known}
    assert not any(r["feed"] == "deaths" for r in table(tidy, "core", "record"))
