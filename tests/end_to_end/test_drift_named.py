"""A file unlike the one before is published with a warning that names it, and counted in rule_result."""

import csv
from collections.abc import Callable
from pathlib import Path

from tests.conftest import PERIOD, BuildWorld, run, tables_of, validated_before


def test_a_file_with_a_ninth_of_its_items_is_named_and_the_release_stands(
    world: BuildWorld, published: BuildWorld, copy_of: Callable[[Path], Path]
) -> None:
    root = copy_of(world("none"))
    validated_before(published("none"), root)
    (path,) = (root / "landing" / "nhs-tayside" / "prescribing").glob(f"{PERIOD}.csv")
    with path.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, list(rows[0]))
        writer.writeheader()
        writer.writerows(row | {"paid_items": "0.1"} for row in rows)
    said = run(root)
    (named,) = (line for line in said.warnings if line.startswith("drift: "))
    assert named.startswith(f"drift: nhs-tayside prescribing {PERIOD}: units per person 0.1")
    assert ", usually " in named
    rules = {
        (r["feed"], r["period"]): (r["severity"], r["evaluated"], r["failed"], r["status"])
        for r in tables_of(root).rows("mart", "rule_result").to_pylist()
        if r["rule_id"] == "drift.units_per_person"
    }
    assert rules["prescribing", PERIOD] == ("warning", 1, 1, "warned")
    assert rules["prescribing", "2025-04"] == ("warning", 0, 0, "passed")
    assert {place for place, (_, _, failed, _) in rules.items() if failed} == {("prescribing", PERIOD)}
