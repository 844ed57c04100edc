"""Which person of the register each council client is: the steps of the linkage, and what is decided at their end.

Belongs here: the order of the steps, the thresholds, and the reasons for review. Does not belong here: standard forms
(`standardise.py`), candidate pairs (`block.py`), match weights (`score.py`), posteriors (`posterior.py`), ids
(`sql/core/person_id.sql`), the memory of links (`registry.py`).

The linkage is deterministic where it can be: a CHI number that the register has, and that the rest of the record supports, is
the link. For other clients the linkage is probabilistic. A reviewer's decision comes before both.
"""

import duckdb
import pyarrow as pa

from pipelines.identity.linking.current_chi import make_current_chis
from pipelines.identity.linking.database import make
from pipelines.identity.linking.month_kind import Probabilities
from pipelines.identity.linking.posterior import compute_posteriors
from pipelines.identity.linking.score import score
from pipelines.identity.linking.standardise import standardise

LINK_FROM = 0.95
REVIEW_FROM = 0.05
MAX_CLIENTS = 3
"""An agency has one number for a person, and others from before a move or a merger; with more than three the link is suspect."""

SEVERAL_CHIS = "several CHI numbers are claimed for this client, in one clients file or over the months"
ANOTHER_PERSON = "another clients file has somebody else under this number"
CHI_DISAGREES = "the CHI number is in the register, but nothing beside it agrees"
BETTER_MATCH = "the CHI number is in the register, but somebody else there has this name and date of birth"
UNCERTAIN = "a person in the register may be this client, but it is not certain"
TWIN = "a likely person in the register has another CHI number and another forename: a twin?"
OTHER_CHI = "a likely person in the register has another CHI number"
OTHER_DATE = "a likely person in the register has quite another date of birth"
TOO_LITTLE = "a likely person in the register, but fewer than two of forename, surname and date of birth can be compared"
OTHER_FORENAME = "a likely person in the register has another forename: a twin, a brother or a sister?"
GENERATION = "a likely person in the register has this name and home, and was born a generation apart: a parent or a child?"
HOUSEMATE = "a likely person in the register has this forename and home, but another surname and another date of birth"
NAMESAKE = "a likely person in the register has this name, which is common, but another home and another date of birth"
CROWD = "more than three clients of this agency are this person"
DECISION_UNKNOWN = "the decision names a CHI number that is not in the register"

_REASONS = {
    "several_chis": SEVERAL_CHIS, "reused_id": ANOTHER_PERSON, "chi_disagrees": CHI_DISAGREES, "better_match": BETTER_MATCH,
    "uncertain": UNCERTAIN, "twin": TWIN, "other_chi": OTHER_CHI, "other_date": OTHER_DATE, "too_little": TOO_LITTLE,
    "other_forename": OTHER_FORENAME, "generation": GENERATION, "housemate": HOUSEMATE, "namesake": NAMESAKE,
    "crowd": CROWD, "decision_unknown": DECISION_UNKNOWN,
}  # fmt: skip
"""Why a client is in review, by the outcome that `sql/identity/link.sql` gives it."""

LINKS = pa.schema([
    ("agency", pa.string()), ("social_care_id", pa.string()), ("chi_number", pa.string()), ("link_method", pa.string()),
    ("link_probability", pa.decimal128(18, 6)), ("review", pa.bool_()), ("review_reason", pa.string()),
    ("candidate_chi_number", pa.string()), ("candidate_probability", pa.decimal128(18, 6)),
    ("chance_in_register", pa.decimal128(18, 6)),
])  # fmt: skip
"""One row a client, sorted: its link, its best candidate where it is not settled, and the chance that the register has it."""
CLIENT_ROWS = pa.schema([
    ("agency", pa.string()), ("social_care_id", pa.string()), ("chi_number", pa.string()), ("chi_is_valid", pa.bool_()),
    ("forename", pa.string()), ("surname", pa.string()), ("date_of_birth", pa.date32()), ("sex", pa.string()),
])  # fmt: skip
"""The rows of every clients file, rows that were set aside too: they tell whom a social_care_id has stood for."""


def link_clients(
    connection: duckdb.DuckDBPyConnection,
    register: pa.Table,
    clients: pa.Table,
    decisions: pa.Table,
    every_client_row: pa.Table | None = None,
) -> pa.Table:
    """Link every client, one (agency, social_care_id) of `clients`, to a person of the register or to nobody. Returns `LINKS`.

    connection: as `database` opens it. every_client_row: `CLIENT_ROWS`; None where there is no other file.
    """
    rows = CLIENT_ROWS.empty_table() if every_client_row is None else every_client_row
    for name, table in {"register": register, "client_row": clients, "every_client_row": rows}.items():
        connection.register(name, table)
    make_links(connection, decisions)
    return links_in(connection)


def links_in(connection: duckdb.DuckDBPyConnection) -> pa.Table:
    """The links that were made, as `LINKS`."""
    links: pa.Table = connection.sql("SELECT * FROM link").to_arrow_table()
    return links.cast(LINKS)


def make_links(connection: duckdb.DuckDBPyConnection, decisions: pa.Table) -> Probabilities:
    """Make the table `link` (as `LINKS`), and on the way there the tables of every step in `sql/identity/`. Returns the m
    probabilities that were found for this month's records.

    Reads the tables `register`, `client_row` and `every_client_row` (`CLIENT_ROWS`), which must be there.
    """
    connection.register("decision", decisions)
    connection.register("reason", pa.table({"outcome": list(_REASONS), "review_reason": list(_REASONS.values())}))
    make_current_chis(connection)
    _link_by_chi(connection)
    make(connection, "stand_in", max_clients=MAX_CLIENTS)
    make(connection, "searched")
    connection.execute("CREATE VIEW searched_standard AS FROM client_standard SEMI JOIN searched USING (row_id)")
    score(connection)
    month = compute_posteriors(connection, LINK_FROM)
    make(connection, "unseen_match")
    make(connection, "latest_decision")
    make(connection, "link", link_from=LINK_FROM, review_from=REVIEW_FROM, max_clients=MAX_CLIENTS)
    return month


def _link_by_chi(connection: duckdb.DuckDBPyConnection) -> None:
    """Make the table `deterministic_link`, and everybody's standard form."""
    for name in ("register_person", "claimed_chi", "client", "other_client_row"):
        make(connection, name)
    standardise(connection, "register_person", "register_standard")
    standardise(connection, "client", "client_standard")
    standardise(connection, "other_client_row", "other_client_standard")
    for name in ("reused_id", "chi_agreement", "better_match", "deterministic_link"):
        make(connection, name)
