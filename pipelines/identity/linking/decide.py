"""Which person of the register each council client is.

Belongs here: the rules that decide a link: by CHI, by splink's scores, by a person's decision, or not at all.
Does not belong here: standard forms (standardise), scoring pairs (matcher), ids (pseudonym), memory of links (registry).

What a client and the register share has some explanation: the client is a candidate, and the records are kept spotlessly,
carefully, fairly or poorly or are typed in haste; or it is nobody in the register, and like a candidate by chance, as a twin (birth date,
surname and home), a relative in the house (surname and home) or a namesake there. How often each holds is of the month and
not of the model: the shares under which the scores of all clients together are most likely, for each cohort, since who was
born or came after the register was made is not in it. No link and no decision is looked at for it.
The result depends on what the tables say only, not on the order of rows nor the number of threads.
"""

from math import log2

import duckdb
import numpy as np
import numpy.typing as npt
import pyarrow as pa

from pipelines.engine.sql import read_sql
from pipelines.identity.linking import score as matcher
from pipelines.identity.linking.current_chi import current_chis
from pipelines.identity.linking.standardise import database, standardise

Vector = npt.NDArray[np.float64]
Matrix = npt.NDArray[np.float64]

LINK_FROM = 0.95
REVIEW_FROM = 0.05

# What is believed of the explanations before a client is looked at: worth ten clients, nine of them in the register. A cohort
# is believed to be as all clients are, worth ten of them.
BELIEVED = {
    "spotless": 1.8, "careful": 1.8, "fair": 1.8, "poor": 1.8, "typed": 1.8,
    "nobody": 0.6, "twin": 0.03, "relative": 0.35, "namesake": 0.02,
}  # fmt: skip
BELIEVED_OF_COHORT = 10
# So many rounds come near enough to the likeliest shares.
ROUNDS = 50
SHARE_DIGITS = 3
# One record in about 100 has the date of birth of somebody else in the same home: that many bits less than its own.
HOUSEMATES_DATE_BITS = 6.6
# One record in ten shows a move to or from a home from which somebody else in the house moved too.
MOVED_ALONG = 0.1
CLOSENESS_DECIMALS = 1
# What is believed of people with one client before counting: 1 in 20 has another. At most 9 in 10 people can be ruled out.
BELIEVED_AGAIN, BELIEVED_ONCE = 1, 19
MOST_LEFT_FACTOR = 10
# So often the posteriors are found anew, knowing those of other clients.
TIMES_ANEW = 2
# A register with fewer people is a sample of a larger town.
SMALLEST_POPULATION = 1_000

# An agency has one number for a person, and one from before a move or a merger; with more than three the person is suspect.
MOST_CLIENTS = 3

SEVERAL_CHIS = "several CHI numbers are claimed for this client, in one clients file or over the months"
ANOTHER_PERSON = "another clients file has somebody else under this number"
CHI_DISAGREES = "the CHI number is in the register, but nothing beside it agrees"
RIVAL = "the CHI number is in the register, but somebody else there has this name and date of birth"
UNSURE = "a person in the register may be this client, but it is not certain"
TWIN = "a likely person in the register has another CHI number and another forename: a twin?"
OTHER_CHI = "a likely person in the register has another CHI number"
OTHER_DATE = "a likely person in the register has quite another date of birth"
TOO_LITTLE = "a likely person in the register, but fewer than two of forename, surname and date of birth can be compared"
CROWD = "more than three clients of this agency are this person"
DECISION_UNKNOWN = "the decision names a CHI number that is not in the register"

_LINK_FIELDS: list[tuple[str, pa.DataType]] = [
    ("agency", pa.string()),
    ("social_care_id", pa.string()),
    ("chi_number", pa.string()),
    ("link_method", pa.string()),
    ("link_probability", pa.decimal128(18, 6)),
    ("review", pa.bool_()),
    ("review_reason", pa.string()),
]
LINKS = pa.schema(_LINK_FIELDS)
JUDGED = pa.schema(
    [
        *LINKS,
        pa.field("candidate_chi_number", pa.string()),
        pa.field("candidate_probability", pa.decimal128(18, 6)),
        pa.field("chance_in_register", pa.decimal128(18, 6)),
    ]
)

_REASONS = {
    "several": SEVERAL_CHIS, "another": ANOTHER_PERSON, "disagrees": CHI_DISAGREES, "rival": RIVAL, "unsure": UNSURE, "twin": TWIN,
    "other_chi": OTHER_CHI, "other_date": OTHER_DATE, "too_little": TOO_LITTLE, "crowd": CROWD, "decision_unknown": DECISION_UNKNOWN,
}  # fmt: skip
"""Why a client is in review, by the name its SQL has for it."""
_TAKEN = """SELECT coalesce(sum(least(clients, 1)), 0), coalesce(sum(clients), 0)
FROM (SELECT sum(probability) AS clients FROM claimed GROUP BY candidate)"""
_SEARCHED = "SELECT c.* FROM client AS c JOIN verdict AS v USING (row_id) WHERE v.verdict IN ('search', 'another')"

SAID = pa.schema([
    ("agency", pa.string()), ("social_care_id", pa.string()), ("chi_number", pa.string()), ("chi_is_valid", pa.bool_()),
    ("forename", pa.string()), ("surname", pa.string()), ("date_of_birth", pa.date32()), ("sex", pa.string()),
])  # fmt: skip
"""What every clients file said of each client, rows that were set aside counted: who a number has meant."""


def link_clients(register: pa.Table, clients: pa.Table, decisions: pa.Table, threads: int = 2) -> pa.Table:
    """One row per (agency, social_care_id) of `clients`, sorted: the current CHI it is linked to, how, and how sure."""
    return judge_clients(register, clients, decisions, threads).select(LINKS.names)


def judge_clients(
    register: pa.Table, clients: pa.Table, decisions: pa.Table, threads: int = 2, said: pa.Table | None = None
) -> pa.Table:
    """`link_clients`, the most probable person of the register for clients that are not settled, and what the links are worth.

    said: as SAID, from every clients file; None where there is no other.
    """
    with database(threads) as connection:
        judge(connection, register, clients, decisions, said)
        judged: pa.Table = connection.sql("SELECT * FROM judged").to_arrow_table()
        return judged.cast(JUDGED)


def judge(
    connection: duckdb.DuckDBPyConnection,
    register: pa.Table,
    clients: pa.Table,
    decisions: pa.Table,
    said: pa.Table | None = None,
) -> None:
    """Make the table `judged` (as JUDGED), and on the way there the tables of every step in `sql/identity/`."""
    given = {
        "register": register,
        "client_row": clients,
        "said_row": SAID.empty_table() if said is None else said,
        "current_chi": current_chis(register),
        "decision": decisions,
        "reason": pa.table({"judgement": list(_REASONS), "review_reason": list(_REASONS.values())}),
    }
    for name, table in given.items():
        connection.register(name, table)
    _make(connection, "person", "every_claim", "client", "said")
    standardise(connection, "person", "register_standard")
    standardise(connection, "client", "whole_client_standard")
    standardise(connection, "said", "said_standard")
    connection.execute("CREATE VIEW client_standard AS FROM whole_client_standard")
    _make(connection, "another", "compared", "rival", "verdict", "decided")
    connection.execute(f"CREATE TABLE searched AS {_SEARCHED}")
    connection.execute("CREATE OR REPLACE VIEW client_standard AS FROM whole_client_standard SEMI JOIN searched USING (row_id)")
    matcher.score(connection)
    _weigh(connection)
    connection.execute(
        f"CREATE TABLE judged AS {read_sql('identity', 'judged')}",
        {"link_from": LINK_FROM, "review_from": REVIEW_FROM, "most_clients": MOST_CLIENTS},
    )


def likeliest_shares(odds: Matrix, believed: Vector) -> Vector:
    """The share of each explanation (row) under which the odds of all clients (columns) are most likely.

    Each round shares every client out over its explanations and counts. The likelihood has one maximum.
    """
    shares = believed / believed.sum()
    for _ in range(ROUNDS):
        parts = odds * shares[:, np.newaxis]
        parts /= parts.sum(axis=0)
        shares = (parts.sum(axis=1) + believed) / (odds.shape[1] + believed.sum())
    return np.array([float(f"{share:.{SHARE_DIGITS}g}") for share in shares])


def _weigh(connection: duckdb.DuckDBPyConnection) -> None:
    """The posterior of each searched client over its candidates: each by itself first, then knowing those of others."""
    population = max(_value(connection, "SELECT count(DISTINCT current_chi_number) FROM person"), SMALLEST_POPULATION)
    closeness = float(connection.sql(read_sql("identity", "closeness")).fetchall()[0][0])
    _make_with(
        connection,
        "weighed",
        housemates_date_bits=HOUSEMATES_DATE_BITS,
        closeness_bits=round(log2(closeness), CLOSENESS_DECIMALS),
    )
    connection.execute("CREATE TABLE linked (client BIGINT, candidate VARCHAR)")
    connection.execute("CREATE TABLE claimed (client BIGINT, candidate VARCHAR, probability DECIMAL(18, 6))")
    _posterior(connection, population, (1.0, 1.0))
    for _ in range(TIMES_ANEW):
        _make_with(connection, "linked", link_from=LINK_FROM)
        _make(connection, "claimed")
        taken, claims = (float(value) for value in connection.sql(_TAKEN).fetchall()[0])
        _posterior(connection, population, contest(population, taken, claims))


def contest(population: int, taken: float, claims: float) -> tuple[float, float]:
    """How much likelier a person without a client is the one sought than anybody at random, and one with a client.

    Of those taken, as many are sought again as have several clients already.
    """
    again = (claims - taken + BELIEVED_AGAIN) / (taken + BELIEVED_AGAIN + BELIEVED_ONCE)
    left = max(population - taken, population / MOST_LEFT_FACTOR) + again * taken
    free = min(population / left, MOST_LEFT_FACTOR)
    return float(f"{free:.2g}"), float(f"{again * free:.2g}")


def _posterior(connection: duckdb.DuckDBPyConnection, population: int, factors: tuple[float, float]) -> None:
    free_factor, taken_factor = factors
    _make_with(
        connection, "candidate", population=population, moved_along=MOVED_ALONG,
        free_factor=free_factor, taken_factor=taken_factor,
    )  # fmt: skip
    _make(connection, "evidence")
    connection.register("share", _shares(connection))
    _make(connection, "scored", "outcome")


def _shares(connection: duckdb.DuckDBPyConnection) -> pa.Table:
    """The share of each explanation in each cohort."""
    evidence = connection.sql("SELECT * FROM evidence ORDER BY client").fetchnumpy()
    odds = np.array([evidence[name] for name in BELIEVED], dtype=np.float64)
    of_all = likeliest_shares(odds, np.array(list(BELIEVED.values())))
    cohorts, cohort = np.unique(evidence["cohort"].astype(str), return_inverse=True)
    shares = [likeliest_shares(odds[:, cohort == number], BELIEVED_OF_COHORT * of_all) for number in range(len(cohorts))]
    by_explanation = np.array(shares).reshape(len(cohorts), len(BELIEVED)).T
    return pa.table({"cohort": pa.array(cohorts, pa.string()), **dict(zip(BELIEVED, by_explanation, strict=True))})


def _value(connection: duckdb.DuckDBPyConnection, query: str) -> int:
    return int(connection.sql(query).fetchall()[0][0])


def _make_with(connection: duckdb.DuckDBPyConnection, name: str, **values: float) -> None:
    connection.execute(f"CREATE OR REPLACE TABLE {name} AS {read_sql('identity', name)}", values)


def _make(connection: duckdb.DuckDBPyConnection, *names: str) -> None:
    for name in names:
        connection.execute(f"CREATE OR REPLACE TABLE {name} AS {read_sql('identity', name)}")
