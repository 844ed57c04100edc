"""Linking in a whole world: who is linked stays linked, every client is remembered, and no pound moves."""

from collections.abc import Callable
from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from pipelines.engine.paths import DataRoot
from pipelines.identity.registry import load_history
from pipelines.steps import SQL_CORE, Steps
from tests.conftest import PERIOD, BuildWorld

CLIENT = ["agency", "social_care_id"]
COSTS = """
SELECT agency, service, month, sum(direct_cost) AS direct_cost, sum(residual_cost) AS residual_cost, sum(cost) AS cost, count(*) AS lines
FROM read_parquet('{0}') GROUP BY ALL ORDER BY ALL
"""


def costs(root: Path) -> list[tuple[object, ...]]:
    """Each agency's cost by service and month."""
    with duckdb.connect() as connection:
        return connection.execute(COSTS.format(root / "core" / "cost_line.parquet")).fetchall()


def relinked(root: Path, links: pa.Table) -> list[tuple[object, ...]]:
    """The costs once core is made again with other links."""
    steps = Steps(DataRoot(root), PERIOD)
    pq.write_table(links, root / "core" / "link.parquet")
    for name in SQL_CORE[SQL_CORE.index("record_person") :]:
        steps.core(name)
        if name == "record_person":
            steps.person_id()
    return costs(root)


def test_links_on_off_or_turned_round_move_no_pound(published: BuildWorld, copy_of: Callable[[Path], Path]) -> None:
    root = copy_of(published())
    before = costs(root)
    links = pq.read_table(root / "core" / "link.parquet")
    linked = pc.is_valid(links["chi_number"])
    nobody = links.set_column(2, links.schema.field("chi_number"), pa.nulls(links.num_rows, pa.string()))
    unlinked = nobody.set_column(3, links.schema.field("link_method"), pa.array(["unlinked"] * links.num_rows))
    everybody = links["chi_number"].drop_null()
    others = pa.chunked_array([pc.if_else(linked, None, everybody[0]).combine_chunks()])
    turned = links.set_column(2, links.schema.field("chi_number"), others)
    methods = pc.if_else(linked, "unlinked", "decision")
    turned = turned.set_column(3, links.schema.field("link_method"), methods)
    assert pc.sum(linked).as_py() > 0
    assert pc.sum(pc.invert(linked)).as_py() > 0
    assert relinked(root, unlinked) == before
    assert relinked(root, turned) == before


def test_every_client_with_a_record_is_in_the_link_history(published: BuildWorld) -> None:
    history = load_history(published() / "state" / "link_history.parquet")
    records = pq.read_table(published() / "core" / "record.parquet", columns=[*CLIENT, "fate"])
    accepted = records.filter((pc.field("fate") == "accepted") & pc.field("social_care_id").is_valid())
    assert history is not None
    assert accepted.num_rows > 0
    assert accepted.join(history, CLIENT, join_type="left anti").num_rows == 0
    assert set(history["model_version"].to_pylist()) != {None}


def test_a_client_who_left_the_snapshot_has_no_link_and_the_others_keep_theirs(
    published: BuildWorld, copy_of: Callable[[Path], Path]
) -> None:
    root = copy_of(published())
    steps = Steps(DataRoot(root), PERIOD)
    before = steps.link()
    latest = sorted((root / "staged" / "clients").rglob("*.parquet"))[-1]
    snapshot = pq.read_table(latest)
    pq.write_table(snapshot.slice(0, snapshot.num_rows - 20), latest)
    gone = snapshot.slice(snapshot.num_rows - 20).select(CLIENT)
    after = steps.link().select([*CLIENT, "chi_number"])
    assert after.sort_by([(name, "ascending") for name in CLIENT]).equals(
        before.select(after.column_names)
        .join(gone, CLIENT, join_type="left anti")
        .sort_by([(name, "ascending") for name in CLIENT])
    )
