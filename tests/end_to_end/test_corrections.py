"""Declared corrections through a refresh: applied, counted, priced, told when they differ, and warned of when they find
nothing; no row and no pound is lost over it."""

import csv
import json
import shutil
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from pipelines.engine.errors import IrfError
from pipelines.ingest.validating.corrections import ACTIONS
from pipelines.refresh import Published
from pipelines.release.verify import verify
from schemas.reference import OPTIONAL
from schemas.table import columns
from tests.conftest import PERIOD, BuildWorld, rows_of, run

Row = dict[str, str]
HEADER = [c.name for c in columns(OPTIONAL["corrections"])]
CARE, BUDGETS, DRUGS = "perth-kinross/home_care", "angus/self_directed_support", "nhs-tayside/prescribing"
COMMON = {"first_period": "2025-05", "last_period": "2025-05", "reason": "told by the agency", "owner": "finance",
          "reported_on": "2025-06-20"}  # fmt: skip


def declare(root: Path, rows: list[Row]) -> None:
    with (root / "reference" / "corrections.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, HEADER, restval="")
        writer.writeheader()
        writer.writerows(rows)


def place(feed: str) -> Row:
    agency, name = feed.split("/")
    return {"agency": agency, "feed": name, **COMMON}


def declarations(root: Path) -> list[Row]:
    """One of each action, and one whose error is not there."""
    first = rows_of(root / "landing" / CARE / "2025-05.csv")[0]["service_id"]
    budget = rows_of(root / "landing" / BUDGETS / "2025-05.csv")[0]["budget_id"]
    return [
        place(CARE) | {"correction": "PK-1", "where": f"service_id = {first}", "action": "drop"},
        place(BUDGETS) | {"correction": "AN-1", "where": f"budget_id = {budget}", "action": "override",
                          "column": "gross_amount", "value": "12.34"},
        place(DRUGS) | {"correction": "NT-1", "where": "paid_month = 2025-05-01", "action": "scale",
                        "column": "gross_ingredient_cost", "value": "0.5", "expects": "2"},
        place(CARE) | {"correction": "PK-2", "where": "provider_type = ???", "action": "drop", "first_period": "2025-04"},
    ]  # fmt: skip


def pounds(root: Path, feed: str, column: str) -> list[Decimal]:
    return [Decimal(row[column]) for row in rows_of(root / "landing" / feed / "2025-05.csv")]


def half(amount: Decimal) -> Decimal:
    """Half of an amount in pence, rounded away from zero, by whole numbers."""
    pence = int(amount * 100)
    return Decimal((abs(pence) + 1) // 2 * (1 if pence >= 0 else -1)) / 100


@pytest.fixture(scope="module")
def corrected(published: BuildWorld, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Published]:
    """A data root with a release, then one with corrections; and what the refresh said."""
    root = Path(shutil.copytree(published("none"), tmp_path_factory.mktemp("corrected") / "data"))
    declare(root, declarations(root))
    return root, run(root)


def release(root: Path, version: str) -> Path:
    return root / "releases" / version


def manifest(folder: Path) -> dict:
    return dict(json.loads((folder / "manifest.json").read_text("utf-8")))


def stated(folder: Path) -> dict[tuple[str, str], dict]:
    return {(c["correction"], c["period"]): c for c in manifest(folder)["corrections"]}


def pounds_of(folder: Path, feed: str) -> dict[str, Decimal]:
    (entry,) = [i for i in manifest(folder)["inputs"] if i["file"] == f"{feed}/2025-05.csv"]
    return {fate: Decimal(amount) for fate, amount in entry["pounds"].items()}


def test_every_correction_is_counted_and_priced_in_the_manifest(corrected: tuple[Path, Published]) -> None:
    root, said = corrected
    care, budgets, drugs = (
        pounds(root, feed, column)
        for feed, column in ((CARE, "gross_cost"), (BUDGETS, "gross_amount"), (DRUGS, "gross_ingredient_cost"))
    )
    found = stated(release(root, said.version))
    assert {key: (c["action"], c["records"], c["pounds_before"], c["pounds_after"]) for key, c in found.items()} == {
        ("PK-1", "2025-05"): ("drop", 1, str(care[0]), str(care[0])),
        ("AN-1", "2025-05"): ("override", 1, str(budgets[0]), "12.34"),
        ("NT-1", "2025-05"): ("scale", len(drugs), str(sum(drugs)), str(sum(map(half, drugs)))),
        ("PK-2", "2025-04"): ("drop", 0, "0.00", "0.00"),
        ("PK-2", "2025-05"): ("drop", 0, "0.00", "0.00"),
    }
    assert {c["action"] for c in found.values()} == set(ACTIONS)
    assert {(c["agency"], c["feed"], c["reason"]) for c in found.values() if c["correction"] == "PK-1"} == {
        ("perth-kinross", "home_care", "told by the agency")
    }


def test_rows_and_pounds_are_still_all_there(corrected: tuple[Path, Published]) -> None:
    root, said = corrected
    folder = release(root, said.version)
    before = release(root, "2025.05.1")
    for feed in (CARE, BUDGETS, DRUGS):
        was, now = pounds_of(before, feed), pounds_of(folder, feed)
        added = sum(
            Decimal(c["pounds_after"]) - Decimal(c["pounds_before"])
            for c in manifest(folder)["corrections"]
            if (f"{c['agency']}/{c['feed']}", c["period"]) == (feed, "2025-05")
        )
        assert now["read"] == now["accepted"] + now["quarantined"] + now["superseded"] == was["read"] + added
    assert pounds_of(folder, CARE)["quarantined"] == pounds(root, CARE, "gross_cost")[0]
    assert all(finding.passed for finding in verify(folder))


def test_a_manifest_that_hides_a_correction_is_found(corrected: tuple[Path, Published], tmp_path: Path) -> None:
    root, said = corrected
    folder = Path(shutil.copytree(release(root, said.version), tmp_path / said.version))
    body = manifest(folder)
    hidden = body["corrections"].pop()
    (folder / "manifest.json").write_text(json.dumps(body), "utf-8")
    (broken,) = [f for f in verify(folder) if not f.passed]
    assert broken.name == "corrections"
    assert hidden["correction"] in broken.detail


def test_costs_follow_and_still_sum_to_the_ledger(corrected: tuple[Path, Published]) -> None:
    root, said = corrected
    before, now = (
        {(r["agency"], r["service"], str(r["month"])): r for r in pq.read_table(release(root, v) / "control_total").to_pylist()}
        for v in ("2025.05.1", said.version)
    )
    drugs = ("nhs-tayside", "prescribing", "2025-05-01")
    assert now[drugs]["direct"] == sum(map(half, pounds(root, DRUGS, "gross_ingredient_cost")))
    assert before[drugs]["direct"] == sum(pounds(root, DRUGS, "gross_ingredient_cost"))
    assert {k: (r["ledger_quantum"], r["published"]) for k, r in now.items()} == {
        k: (r["ledger_quantum"], r["published"]) for k, r in before.items()
    }


def test_a_correction_that_finds_nothing_is_warned_of_by_name(corrected: tuple[Path, Published]) -> None:
    said = corrected[1]
    (warning,) = [w for w in said.warnings if w.startswith("corrections: ")]
    for period in ("2025-04", "2025-05"):
        assert (
            f"correction PK-2 no longer finds what it corrects ({CARE}/{period}.csv: 0 records of at least 1): "
            "the source may have been put right; end it"
        ) in warning
    assert "PK-1" not in warning and "AN-1" not in warning and "NT-1" not in warning


def test_changes_and_rules_tell_of_the_corrections(corrected: tuple[Path, Published]) -> None:
    root, said = corrected
    folder = release(root, said.version)
    changes = (folder / "CHANGES.md").read_text("utf-8")
    assert "changed reference: corrections.csv" in changes
    before = pounds(root, BUDGETS, "gross_amount")[0]
    told = f"| AN-1 | angus | self_directed_support | 2025-05 | nothing | override 1 records, £{before} → £12.34 |"
    assert told in changes
    rules = {r["rule_id"]: r for r in pq.read_table(folder / "rule_result").to_pylist() if "corrected." in r["rule_id"]}
    statuses = {rule: (r["severity"], r["failed"], r["status"]) for rule, r in rules.items() if rule != "corrected.PK-2"}
    assert statuses == {
        "corrected.PK-1": ("record", 1, "failed"),
        "corrected.AN-1": ("warning", 1, "warned"),
        "corrected.NT-1": ("warning", len(pounds(root, DRUGS, "gross_ingredient_cost")), "warned"),
    }


def test_a_correction_that_ends_leaves_no_trace_but_in_the_changes(
    corrected: tuple[Path, Published], copy_of: Callable[[Path], Path]
) -> None:
    root = copy_of(corrected[0])
    (root / "reference" / "corrections.csv").unlink()
    said = run(root)
    folder, before = release(root, said.version), release(root, "2025.05.1")
    assert manifest(folder)["tables"] == manifest(before)["tables"]
    assert manifest(folder)["corrections"] == []
    changes = (folder / "CHANGES.md").read_text("utf-8")
    assert "changed reference: corrections.csv" in changes
    assert "| PK-1 | perth-kinross | home_care | 2025-05 | drop 1 records" in changes
    assert not [w for w in said.warnings if w.startswith("corrections: ")]


def test_a_source_put_right_ends_in_a_warning_and_a_bad_row_in_an_error(
    corrected: tuple[Path, Published], copy_of: Callable[[Path], Path]
) -> None:
    root = copy_of(corrected[0])
    budgets = rows_of(root / "landing" / BUDGETS / "2025-05.csv")
    budgets[0]["gross_amount"] = "12.34"
    with (root / "landing" / BUDGETS / "2025-05.r1.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, list(budgets[0]), lineterminator="\n")
        writer.writeheader()
        writer.writerows(budgets)
    (warning,) = [w for w in run(root).warnings if w.startswith("corrections: ")]
    assert f"correction AN-1 no longer finds what it corrects ({BUDGETS}/2025-05.r1.csv: 0 records" in warning
    declare(root, [*declarations(root), place(CARE) | {"correction": "PK-3", "where": "TRUE", "action": "drop"}])
    with pytest.raises(IrfError, match=r"^reference/corrections\.csv: row 6 \(PK-3\): where must be"):
        run(root, PERIOD)
