"""The peer, which shares no code with the software, comes to the same cost of each person, service and month, to the penny."""

import shutil
from collections.abc import Callable
from pathlib import Path

import duckdb
import pytest

from tests.bench import peer
from tests.conftest import PERIOD, BuildWorld, rows_of

VERSION = "2025.05.1"
ONE = "SELECT person_id, agency, service, month"


def costs_of(root: Path, out: Path) -> Path:
    """What the peer makes of the files of a data root."""
    peer.main(root, out, PERIOD)
    return out / "costs.parquet"


def difference(release: Path, costs: Path) -> list[tuple[object, ...]]:
    """What one of the two has and the other has not: person, agency, service, month, pence. No person stands for what nobody bears."""
    published = f"{ONE}, CAST(sum(cost) * 100 AS BIGINT) AS pence FROM '{release}/cost_line/*.parquet' GROUP BY ALL"
    of_peer = f"{ONE}, CAST(pence AS BIGINT) AS pence FROM '{costs}'"
    with duckdb.connect() as connection:
        return connection.sql(
            f"(({published}) EXCEPT ALL ({of_peer})) UNION ALL (({of_peer}) EXCEPT ALL ({published}))"
        ).fetchall()


@pytest.fixture
def root(published: BuildWorld) -> Path:
    return published("none")


def test_every_cost_is_that_of_the_release(root: Path, tmp_path: Path) -> None:
    assert difference(root / "releases" / VERSION, costs_of(root, tmp_path / "out")) == []


def test_what_is_compared_has_every_kind_of_cost(root: Path) -> None:
    lines = f"'{root}/releases/{VERSION}/cost_line/*.parquet'"
    with duckdb.connect() as connection:
        kinds = connection.sql(f"SELECT DISTINCT cost_basis FROM {lines}").fetchall()
        linked = connection.sql(f"SELECT DISTINCT link_method FROM {lines}").fetchall()
        ((scaled,),) = connection.sql(f"SELECT count(*) FROM {lines} WHERE direct_cost <> 0 AND residual_cost <> 0").fetchall()
    assert {kind for (kind,) in kinds} == {"record", "rate", "payments", "activity", "located"}
    assert {"chi", "probabilistic", "unlinked", "none"} <= {method for (method,) in linked}
    assert scaled > 100


def test_a_penny_in_a_file_is_seen(root: Path, copy_of: Callable[[Path], Path], tmp_path: Path) -> None:
    changed = copy_of(root)
    ledger = changed / "landing" / "angus" / "ledger" / "2025-05.csv"
    amount = rows_of(ledger)[0]["amount"]
    more = f"{amount[:-1]}{(int(amount[-1]) + 1) % 10}"
    ledger.write_text(ledger.read_text("utf-8").replace(f",{amount}\n", f",{more}\n", 1), "utf-8")
    assert difference(root / "releases" / VERSION, costs_of(changed, tmp_path / "out"))


def test_it_comes_to_its_end_on_files_with_mess(world: BuildWorld, tmp_path: Path) -> None:
    for folder in ("landing", "reference"):
        shutil.copytree(world("standard") / folder, tmp_path / "data" / folder)
    (tmp_path / "data" / "secure").mkdir()
    (tmp_path / "data" / "secure" / "pseudonym.key").write_bytes(b"k" * 32)
    costs = costs_of(tmp_path / "data", tmp_path / "out")
    with duckdb.connect() as connection:
        ((people, services),) = connection.sql(
            f"SELECT count(DISTINCT person_id), count(DISTINCT service) FROM '{costs}'"
        ).fetchall()
    assert people > 500
    assert services > 20
