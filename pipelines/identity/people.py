"""The people of a refresh: who the clients are, what they are called outside, and how that has changed.

Belongs here: from the tables of a refresh to the tables of people. Does not belong here: linking itself (`linking/`), ids
(`pseudonym.py`), the memory of links (`registry.py`).
"""

from contextlib import AbstractContextManager
from pathlib import Path

import duckdb
import pyarrow as pa

from pipelines.engine.clock import now_in_scotland
from pipelines.identity.decisions import read_decisions
from pipelines.identity.linking.current_chi import current_chis
from pipelines.identity.linking.database import database
from pipelines.identity.linking.decide import CLIENT_ROWS, REVIEW_FROM, link_clients, make_links
from pipelines.identity.linking.model import model_version
from pipelines.identity.pseudonym import person_ids
from pipelines.identity.registry import link_history, load_history, person_history, save_history
from pipelines.identity.review import review_sheet
from pipelines.warehouse.key import key_of
from pipelines.warehouse.tables import Tables


def link_clients_of(tables: Tables) -> pa.Table:
    """Link the councils' clients to people of the register. Returns the table `core/link`."""
    with _linking_database(tables) as connection:
        linked = link_clients(connection, *_people(tables, tables.work.decisions), _every_client_row(tables))
    tables.write("core", "link", linked)
    return linked


def uncertain_links(tables: Tables) -> pa.Table:
    """The uncertain links of the refresh's files, with what a person needs to decide them."""
    with _linking_database(tables) as connection:
        make_links(connection, *_people(tables, tables.work.root.decisions), _every_client_row(tables))
        return review_sheet(connection, REVIEW_FROM)


def _linking_database(tables: Tables) -> AbstractContextManager[duckdb.DuckDBPyConnection]:
    return database(tables.work.root.path, tables.threads, tables.memory_limit)


def register_numbers(tables: Tables) -> set[str]:
    """Every CHI number that the latest population register names, now or before."""
    with tables.database([("staged", "population_register")]) as connection:
        return set(current_chis(_latest_register(connection))["chi_number"].to_pylist())


def write_person_ids(tables: Tables) -> int:
    """Give every person with a record the keyed pseudonym. Returns how many there are."""
    with tables.database([("core", "record_person")]) as connection:
        keys = connection.sql(
            "SELECT DISTINCT person_key FROM core.record_person WHERE person_key IS NOT NULL ORDER BY person_key"
        ).to_arrow_table()["person_key"]
    people = pa.table({"person_key": keys, "person_id": person_ids(key_of(tables.work.root), keys)})
    tables.write("core", "person_id", people)
    return int(people.num_rows)


def write_person_history(tables: Tables) -> int:
    """Tell which person ids changed, and work out the link history that is kept once this refresh is published."""
    root, period = tables.work.root, tables.work.period
    now = _client_links(tables)
    person_keys = pa.array([
        f"chi:{x['chi_number']}" if x["chi_number"] else f"client:{x['agency']}:{x['social_care_id']}"
        for x in now.to_pylist()
    ], pa.string())  # fmt: skip
    now = now.drop_columns("chi_number").append_column("person_id", person_ids(key_of(root), person_keys))
    now = now.append_column("model_version", pa.array([model_version()] * now.num_rows, pa.string()))
    previous = load_history(root.link_history)
    changes = person_history(previous, now, period)
    tables.write("mart", "person_history", changes)
    save_history(link_history(previous, now, period), tables.work.link_history)
    return int(changes.num_rows)


def _people(tables: Tables, decisions: Path) -> tuple[pa.Table, pa.Table, pa.Table]:
    """The latest register, each council's latest snapshot of clients (it replaces those before it whole), and the decisions."""
    needed = [("staged", "population_register"), ("staged", "clients"), ("core", "client_birth")]
    with tables.database(needed) as connection:
        register = _latest_register(connection)
        clients = connection.sql(
            """
            SELECT clients.* REPLACE (client_birth.date_of_birth AS date_of_birth)
            FROM staged.clients
            JOIN core.client_birth USING (agency, social_care_id, period)
            QUALIFY period = max(period) OVER (PARTITION BY agency)
            """
        ).to_arrow_table()
        known = connection.execute("SELECT DISTINCT agency, social_care_id FROM staged.clients").fetchall()
    return register, clients, read_decisions(decisions, key_of(tables.work.root), now_in_scotland(), known)


def _latest_register(connection: duckdb.DuckDBPyConnection) -> pa.Table:
    """The latest population register of each agency that sends one; it replaces those before it whole."""
    return connection.sql(
        "SELECT * FROM staged.population_register QUALIFY period = max(period) OVER (PARTITION BY agency)"
    ).to_arrow_table()


def _every_client_row(tables: Tables) -> pa.Table:
    """The rows of every clients file, as CLIENT_ROWS: they tell whom a social_care_id has stood for."""
    names = ", ".join(CLIENT_ROWS.names)
    with tables.database([("staged", "clients"), ("quarantine", "clients")]) as connection:
        rows = connection.sql(
            f"SELECT {names} FROM staged.clients WHERE social_care_id IS NOT NULL "
            f"UNION SELECT {names} FROM quarantine.clients WHERE social_care_id IS NOT NULL ORDER BY ALL"
        ).to_arrow_table()
    return rows.cast(CLIENT_ROWS)


def _client_links(tables: Tables) -> pa.Table:
    """Every client with a link or with a record; one that is in no snapshot is unlinked, and may be linked later."""
    with tables.database([("core", "link"), ("core", "record")]) as connection:
        return connection.sql(
            """
            SELECT agency, social_care_id, chi_number, link_method, link_probability FROM core.link
            UNION ALL
            SELECT DISTINCT agency, social_care_id, NULL, 'unlinked', NULL
            FROM core.record ANTI JOIN core.link USING (agency, social_care_id)
            WHERE social_care_id IS NOT NULL AND fate = 'accepted'
            ORDER BY agency, social_care_id
            """
        ).to_arrow_table()
