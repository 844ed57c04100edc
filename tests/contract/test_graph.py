"""The graph that Dagster draws: its assets, edges and checks are those that are written down, and each tells what it is.

`python -m tests.contract.test_graph` writes it down anew after a change that is meant.
"""

import json
import os
import subprocess
import sys
from pathlib import Path

from pipelines.definitions import defs
from tests import REPOSITORY

WRITTEN = Path(__file__).with_name("graph.json")


def graph() -> dict[str, dict[str, list[str]]]:
    """Every asset with the assets that it reads and the checks on it."""
    drawn = defs.resolve_asset_graph()
    checks: dict[str, list[str]] = {}
    for key in drawn.asset_check_keys:
        checks.setdefault(key.asset_key.to_user_string(), []).append(key.name)
    return {
        key.to_user_string(): {
            "reads": sorted(parent.to_user_string() for parent in drawn.get(key).parent_keys),
            "checks": sorted(checks.get(key.to_user_string(), [])),
        }
        for key in sorted(drawn.get_all_asset_keys())
    }


def as_text() -> str:
    return json.dumps(graph(), indent=1) + "\n"


def test_the_graph_is_the_one_that_is_written_down() -> None:
    assert json.loads(WRITTEN.read_text("utf-8")) == graph()


def test_every_asset_tells_dagsters_users_what_it_is() -> None:
    drawn = defs.resolve_asset_graph()
    for key in drawn.get_all_asset_keys():
        node = drawn.get(key)
        assert node.description and len(node.description) > len("a word"), key
        assert node.owners, key
        if node.is_materializable:
            assert node.kinds and node.code_version, key
        if key.path[0] in ("staged", "core", "mart", "analysis"):
            assert node.metadata["dagster/column_schema"].columns, key
            assert "page" in node.metadata, key


def test_dagsters_own_check_passes(tmp_path: Path) -> None:
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("IRF_", "DAGSTER_"))}
    checked = subprocess.run(
        [str(Path(sys.executable).with_name("dg")), "check", "defs"],
        cwd=REPOSITORY,
        env={**kept, "IRF_DATA": str(tmp_path)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert checked.returncode == 0, checked.stdout + checked.stderr


if __name__ == "__main__":
    WRITTEN.write_text(as_text(), "utf-8")
