"""The manifest's `linkage`: the model, and what this month's records were found to be: bounded, repeatable, about nobody, and as the
frozen model where there is nothing to learn from."""

import json
import shutil
from pathlib import Path
from typing import Any

import pytest

from pipelines.identity.linking.comparisons import COMPARISONS
from pipelines.identity.linking.model import load_model, model_version
from pipelines.identity.linking.month_kind import FURTHEST, by_level, usual_m
from pipelines.identity.linking.posterior import PSEUDO_COUNTS
from tests.conftest import BuildWorld, run
from tests.small_world import ANGUS, BOARD, PATIENT, SmallWorld

FROZEN = by_level(usual_m(load_model(), PSEUDO_COUNTS))
KINDS = [by_level(kind) for kind in load_model()["kinds"].values()]
AGNES = {"forename": "Agnes", "surname": "Lindsay", "date_of_birth": "1985-04-19", "sex": "2", "postcode": "DD8 1AA"}
AGNES_AT_HOME = {"chi_number": PATIENT, **AGNES}
NURSING = {"contact_id": "C1", "chi_number": PATIENT, "contact_date": "2025-04-08"}
ROUNDED = 1.001
"""m probabilities are written with four digits."""


def linkage_of(root: Path) -> dict[str, Any]:
    manifest = max((root / "releases").glob("*/manifest.json"))
    return dict(json.loads(manifest.read_text("utf-8"))["linkage"])


def test_the_manifest_tells_what_the_months_records_were_found_to_be(published: BuildWorld) -> None:
    told = linkage_of(published())
    assert set(told) == {"model_version", "month"}
    assert told["model_version"] == model_version()
    month = told["month"]
    assert {name: set(levels) for name, levels in month.items()} == {name: set(levels) for name, levels in FROZEN.items()}
    assert month != FROZEN, "hundreds of clients without a CHI number taught nothing"


def test_what_the_manifest_tells_is_bounded(published: BuildWorld) -> None:
    month = linkage_of(published())["month"]
    for name, levels in COMPARISONS.items():
        for level in month[name]:
            of_kinds = [kind[name][level] for kind in KINDS]
            assert min(of_kinds) / FURTHEST <= month[name][level] * ROUNDED, (name, level)
            assert month[name][level] <= max(of_kinds) * FURTHEST * ROUNDED, (name, level)
        group_of = dict(zip(FROZEN[name], [level.among for level in levels[1:]], strict=True))
        for group in set(group_of.values()):
            assert sum(m for level, m in month[name].items() if group_of[level] == group) == pytest.approx(1, abs=0.002), (
                name,
                group,
            )


def test_the_same_files_are_found_to_be_the_same(published: BuildWorld, tmp_path: Path) -> None:
    again = tmp_path / "data"
    shutil.copytree(published(), again)
    assert run(again).version not in {folder.name for folder in (published() / "releases").iterdir()}
    assert linkage_of(again) == linkage_of(published())


@pytest.mark.parametrize("clients", [None, [{"social_care_id": "A1", **AGNES_AT_HOME}]])
def test_where_nothing_is_to_be_learnt_the_month_is_as_the_frozen_model(
    small_world: SmallWorld, clients: list[dict[str, str]] | None
) -> None:
    """No clients at all, or clients whom their CHI number links: no pair is scored."""
    small_world.put(f"{BOARD}/population_register/2025-04.csv", [AGNES_AT_HOME])
    small_world.put(f"{BOARD}/community_nursing/2025-04.csv", [NURSING])
    small_world.ledger(BOARD, "2025-04", community_nursing=100)
    if clients:
        small_world.put(f"{ANGUS}/clients/2025-04.csv", clients)
    small_world.published("2025-04")
    told = linkage_of(small_world.root)
    assert told["model_version"] == model_version()
    for name, levels in FROZEN.items():
        assert told["month"][name] == pytest.approx(levels, rel=0.001), name
