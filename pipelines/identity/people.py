"""The people of a refresh: who the clients are, what they are called outside, and how that has changed.

Belongs here: from the tables of a refresh to the tables of people. Does not belong here: linking itself (`linking/`), ids
(`sql/core/person_id.sql`), the memory of links (`registry.py`).
"""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import ClassVar

import duckdb
import pyarrow as pa

from pipelines.engine.clock import today_in_scotland
from pipelines.identity.decisions import read_decisions
from pipelines.identity.linking.current_chi import make_current_chis
from pipelines.identity.linking.database import database, make
from pipelines.identity.linking.decide import REVIEW_FROM, links_in, make_links
from pipelines.identity.linking.model import model_version
from pipelines.identity.linking.month_kind import Probabilities, by_level
from pipelines.identity.registry import link_history, load_history, person_history, save_history
from pipelines.identity.review import review_sheet
from pipelines.warehouse.journal import Entry
from pipelines.warehouse.key import key_of
from pipelines.warehouse.tables import Tables


class Linkage(Entry):
    """How the links of a refresh were found. made_of: as of its tables. month: by comparison and level, the m probabilities of this
    month's records."""

    named: ClassVar[str] = "linkage"
    made_of: str
    model_version: str
    month: dict[str, dict[str, float]]


PEOPLE_READ = (("staged", "population_register"), ("staged", "clients"), ("quarantine", "clients"), ("core", "client_birth"))
"""The tables that linking reads."""


def link_clients_of(tables: Tables) -> pa.Table:
    """Link the councils' clients to people of the register. Returns the table `core/link`."""
    with _links_made(tables, tables.work.decisions) as (connection, month):
        linked = links_in(connection)
    tables.work.keep(Linkage(made_of=tables.made_of, model_version=model_version(), month=by_level(month)))
    tables.write("core", "link", linked)
    return linked


def kept_links(tables: Tables) -> int | None:
    """The row count of `core/link` where the table and how its links were found are there, as this refresh has them; else None."""
    found = tables.work.find(Linkage)
    return tables.kept("core", "link") if found is not None and found.made_of == tables.made_of else None


def uncertain_links(tables: Tables) -> pa.Table:
    """The uncertain links of the refresh's files, with what a person needs to decide them."""
    with _links_made(tables, tables.work.root.decisions) as (connection, _):
        return review_sheet(connection, REVIEW_FROM)


@contextmanager
def _links_made(tables: Tables, decisions: Path) -> Iterator[tuple[duckdb.DuckDBPyConnection, Probabilities]]:
    """A database in which the links are made, by the decisions in a file, and what was found of this month's records."""
    root = tables.work.root
    with database(root.path, tables.threads, tables.memory_limit) as connection:
        tables.show(connection, PEOPLE_READ)
        known = connection.execute("SELECT DISTINCT agency, social_care_id FROM staged.clients").fetchall()
        for name in ("register", "client_row", "every_client_row"):
            make(connection, name)
        month = make_links(connection, read_decisions(decisions, key_of(root), today_in_scotland(), known))
        yield connection, month


def register_numbers(tables: Tables) -> set[str]:
    """Every CHI number that the latest population register names, now or before."""
    with database(tables.work.root.path, tables.threads, tables.memory_limit) as connection:
        tables.show(connection, [("staged", "population_register")])
        make(connection, "register")
        make_current_chis(connection)
        return {number for (number,) in connection.execute("SELECT chi_number FROM current_chi").fetchall()}


def write_person_history(tables: Tables) -> int:
    """Tell which person ids changed, and work out the link history that is kept once this refresh is published."""
    root, period = tables.work.root, tables.work.period
    now = _client_links(tables)
    now = now.append_column("model_version", pa.array([model_version()] * now.num_rows, pa.string()))
    previous = load_history(root.link_history)
    changes = person_history(previous, now, period)
    tables.write("mart", "person_history", changes)
    save_history(link_history(previous, now, period), tables.work.link_history)
    return int(changes.num_rows)


def _client_links(tables: Tables) -> pa.Table:
    """Every client with a link or with a record, each with its person id; one that is in no snapshot is unlinked, and may be linked later."""
    with tables.database([("core", "link"), ("core", "record"), ("core", "refresh")]) as connection:
        return connection.sql(
            """
            WITH client AS (
                SELECT agency, social_care_id, chi_number, link_method, link_probability FROM core.link
                UNION ALL
                SELECT DISTINCT agency, social_care_id, NULL, 'unlinked', NULL
                FROM core.record ANTI JOIN core.link USING (agency, social_care_id)
                WHERE social_care_id IS NOT NULL AND fate = 'accepted'
            )
            SELECT
                agency, social_care_id, link_method, link_probability,
                person_id_of(hmac_sha256(
                    unhex(inner_pad), unhex(outer_pad),
                    coalesce('chi:' || chi_number, 'client:' || agency || ':' || social_care_id)
                )) AS person_id
            FROM client CROSS JOIN core.refresh
            ORDER BY agency, social_care_id
            """
        ).to_arrow_table()
