"""What is in quarantine, by all the rules that a row breaks: each row and each pound once, tied to the files and to the control totals."""

import json
import shutil
from collections import Counter, defaultdict
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb
import pytest

from pipelines.release.verify import verify
from tests.conftest import BuildWorld
from tests.small_world import ANGUS, SmallWorld

APRIL, VERSION = "2025-04", "2025.05.1"
CARE = {"social_care_id": "A1", "month": "2025-04-01", "hours": "10", "service_type": "2"}


def manifest_of(release: Path) -> dict[str, Any]:
    return dict(json.loads((release / "manifest.json").read_text("utf-8")))


def test_a_row_that_breaks_two_rules_is_one_row_and_its_pounds_are_told_once(small_world: SmallWorld) -> None:
    small_world.rule(ANGUS, "home_care_personal", method="record")
    good = [{**CARE, "service_id": f"s{n}", "gross_cost": "7.00"} for n in range(12)]
    small_world.put(f"{ANGUS}/home_care/{APRIL}.csv", [
        *good, good[0],
        {**CARE, "service_id": "b1", "hours": "TBC", "month": "30/02/2025", "gross_cost": "50.00"},
        {**CARE, "service_id": "b2", "hours": "TBC", "gross_cost": "20.00"},
        {**CARE, "service_id": "b3", "hours": "TBC"},
    ])  # fmt: skip
    ledger = small_world.ledger(ANGUS, APRIL, home_care_personal="200.00", meals="oops")
    ledger.write_text(ledger.read_text("utf-8") + ",Total,,200.00\n", "utf-8")
    small_world.has_pages = True
    small_world.published(APRIL)

    told = manifest_of(small_world.root / "releases" / "2025.04.1")["quarantine"]
    assert {(r["feed"], *r["rules"]): (r["rows"], r["rows_without_pounds"], r["pounds"], r["on_lines"]) for r in told} == {
        ("home_care", "duplicate_row"): (1, 0, "7.00", "0.00"),
        ("home_care", "hours.unreadable"): (2, 1, "20.00", "20.00"),
        ("home_care", "month.unreadable", "hours.unreadable"): (1, 0, "50.00", "50.00"),
        ("ledger", "amount.unreadable"): (1, 1, None, "0.00"),
    }
    assert small_world.control(ANGUS, "home_care_personal", APRIL)["quarantined"] == Decimal("70.00")
    page = (small_world.root / "reports" / "2025.04.1" / "submissions.html").read_text("utf-8")
    assert "Rows that break more than one rule: 1; each is in one line" in page
    assert '<th scope="row">month.unreadable and hours.unreadable (2 at once)</th>' in page


@pytest.mark.parametrize("mess", ["standard", "heavy"])
def test_quarantine_by_rule_is_that_of_each_file_and_of_the_control_totals(published: BuildWorld, mess: str) -> None:
    release = published(mess) / "releases" / VERSION
    manifest = manifest_of(release)
    told = manifest["quarantine"]
    assert len({(r["agency"], r["feed"], r["period"], *r["rules"]) for r in told}) == len(told)
    assert all(r["rules"] and 0 <= r["rows_without_pounds"] <= r["rows"] for r in told)

    rows: Counter[tuple[str, ...]] = Counter()
    pounds: dict[tuple[str, ...], Decimal] = defaultdict(Decimal)
    on_lines: dict[str, Decimal] = defaultdict(Decimal)
    for r in told:
        rows[r["agency"], r["feed"], r["period"]] += r["rows"]
        pounds[r["agency"], r["feed"], r["period"]] += Decimal(r["pounds"] or 0)
        on_lines[r["agency"]] += Decimal(r["on_lines"])
    table, control = (f"read_parquet('{release}/{name}/*.parquet')" for name in ("submission", "control_total"))
    files = duckdb.execute(f"SELECT agency, feed, period, quarantined FROM {table} WHERE quarantined > 0").fetchall()
    assert rows == {(agency, feed, period): count for agency, feed, period, count in files}
    assert pounds == {
        of: sum(Decimal(i["pounds"]["quarantined"]) if i["pounds"] else Decimal(0) for i in manifest["inputs"]
                if (i["agency"], i["feed"], i["period"]) == of)
        for of in rows
    }  # fmt: skip
    held = dict(duckdb.execute(f"SELECT agency, sum(quarantined) FROM {control} GROUP BY agency").fetchall())
    assert {agency: amount for agency, amount in on_lines.items() if amount} == {a: x for a, x in held.items() if x}


@pytest.mark.parametrize(
    ("column", "value"),
    [("rows", 99), ("pounds", "0.01"), ("on_lines", "0.01"), ("agency", "somebody else"), ("pounds", [1])],
)
def test_a_changed_figure_is_found(published: BuildWorld, tmp_path: Path, column: str, value: object) -> None:
    release = Path(shutil.copytree(published("heavy") / "releases" / VERSION, tmp_path / VERSION))
    manifest = manifest_of(release)
    manifest["quarantine"][0][column] = value
    (release / "manifest.json").chmod(0o644)
    (release / "manifest.json").write_text(json.dumps(manifest), "utf-8")
    assert {f.name for f in verify(release) if not f.passed} == {"quarantine"}


def test_a_release_of_before_has_nothing_to_compare(published: BuildWorld, tmp_path: Path) -> None:
    release = Path(shutil.copytree(published() / "releases" / VERSION, tmp_path / VERSION))
    manifest = manifest_of(release)
    del manifest["quarantine"]
    (release / "manifest.json").chmod(0o644)
    (release / "manifest.json").write_text(json.dumps(manifest), "utf-8")
    (found,) = [f for f in verify(release) if f.name == "quarantine"]
    assert found.passed and found.detail == "this release does not tell it by rule"
