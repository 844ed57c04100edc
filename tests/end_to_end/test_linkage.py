"""Linking in a whole world: who is linked stays linked, every client is remembered, and no pound moves."""

import csv
from collections import Counter
from collections.abc import Callable
from graphlib import TopologicalSorter
from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from pipelines.engine.sql import dependencies, read_sql, selects
from pipelines.identity.people import link_clients_of
from pipelines.identity.registry import load_history
from tests.conftest import PERIOD, BuildWorld, tables_of

CLIENT = ["agency", "social_care_id"]
COSTS = """
SELECT agency, service, month, sum(direct_cost) AS direct_cost, sum(residual_cost) AS residual_cost, sum(cost) AS cost, count(*) AS lines
FROM read_parquet('{0}') GROUP BY ALL ORDER BY ALL
"""


def costs(root: Path) -> list[tuple[object, ...]]:
    """Each agency's cost by service and month."""
    with duckdb.connect() as connection:
        return connection.execute(COSTS.format(root / "work" / PERIOD / "core" / "cost_line" / "*.parquet")).fetchall()


def after_linking() -> list[str]:
    """The tables of core that follow from who a record's person is, each after those that it reads."""
    reads = {
        name: {table for layer, table in dependencies(read_sql("core", name)) if layer == "core"} for name in selects("core")
    }
    in_order, found = TopologicalSorter(reads).static_order(), {"record_person"}
    for name in in_order:
        if reads.get(name, set()) & found:
            found.add(name)
    return [name for name in TopologicalSorter(reads).static_order() if name in found]


def remade(root: Path) -> list[tuple[object, ...]]:
    """The costs once core is made again with the links as they are now."""
    tables = tables_of(root)
    for name in after_linking():
        tables.run("core", name)
    return costs(root)


def decide(root: Path, links: pa.Table, others: Callable[[dict[str, str]], str]) -> None:
    """A decision on every client, as the refresh took them in: as others says, a CHI number or blank."""
    path = root / "work" / PERIOD / "decisions.csv"
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["agency", "social_care_id", "chi_number", "decided_by", "decided_on", "reason"])
        for link in links.to_pylist():
            writer.writerow([link["agency"], link["social_care_id"], others(link), "jm", "2025-05-31", ""])


def methods(links: pa.Table) -> Counter[str]:
    return Counter(links["link_method"].to_pylist())


def test_links_on_off_or_turned_round_move_no_pound(published: BuildWorld, copy_of: Callable[[Path], Path]) -> None:
    """Each agency's cost by service and month stays when nobody is linked, and when every decision is reversed."""
    root = copy_of(published())
    tables = tables_of(root)
    before, links = costs(root), link_clients_of(tables)
    assert methods(links)["probabilistic"] > 0
    assert methods(links)["unlinked"] > 0

    decide(root, links, lambda link: "")
    assert methods(link_clients_of(tables)) == {"unlinked": links.num_rows}
    assert remade(root) == before

    somebody = links["chi_number"].drop_null()[0].as_py()
    decide(root, links, lambda link: link["chi_number"] or somebody)
    decided = link_clients_of(tables)
    assert methods(decided) == {"decision": links.num_rows}
    assert remade(root) == before

    linked_before = {tuple(link[name] for name in CLIENT) for link in links.to_pylist() if link["chi_number"]}
    decide(root, decided, lambda link: "" if tuple(link[name] for name in CLIENT) in linked_before else somebody)
    reversed_links = methods(link_clients_of(tables))
    assert reversed_links == {"unlinked": len(linked_before), "decision": links.num_rows - len(linked_before)}
    assert remade(root) == before


def test_every_client_with_a_record_is_in_the_link_history(published: BuildWorld) -> None:
    history = load_history(published() / "state" / "link_history.parquet")
    records = tables_of(published()).rows("core", "record").select([*CLIENT, "fate"])
    accepted = records.filter((pc.field("fate") == "accepted") & pc.field("social_care_id").is_valid())
    assert history is not None
    assert accepted.num_rows > 0
    assert accepted.join(history, CLIENT, join_type="left anti").num_rows == 0
    assert set(history["model_version"].to_pylist()) != {None}


def test_a_client_who_left_the_snapshot_has_no_link_and_the_others_keep_theirs(
    published: BuildWorld, copy_of: Callable[[Path], Path]
) -> None:
    root = copy_of(published())
    tables = tables_of(root)
    before = link_clients_of(tables)
    latest = sorted((root / "staged" / "clients").rglob("*.parquet"))[-1]
    snapshot = pq.read_table(latest)
    pq.write_table(snapshot.slice(0, snapshot.num_rows - 20), latest)
    gone = snapshot.slice(snapshot.num_rows - 20).select(CLIENT)
    after = link_clients_of(tables).select([*CLIENT, "chi_number"])
    assert after.sort_by([(name, "ascending") for name in CLIENT]).equals(
        before.select(after.column_names)
        .join(gone, CLIENT, join_type="left anti")
        .sort_by([(name, "ascending") for name in CLIENT])
    )
