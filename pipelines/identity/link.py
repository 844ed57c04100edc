"""Which person of the register each council client is.

Belongs here: the rules that decide a link: by CHI, by splink's scores, by a person's decision, or not at all.
Does not belong here: standard forms (standardise), scoring pairs (matcher), ids (pseudonym), memory of links (registry).

The posterior of a client is over all candidates and over "none of them". Two ways to be none of them look like a match
and are counted as such: a twin of a candidate, who shares birth date, surname and home, and a relative in the same
house, who shares surname and home. Two shares are of the month and not of the model, and are not known beforehand: how many
of the searched clients are in the register at all, and how many records are kept with care. Each is the share under which
the scores of all clients together are most likely. No link and no decision is looked at for it.
The result depends on what the tables say only, not on the order of rows nor the number of threads.
"""

from math import fsum, log2

import duckdb
import pyarrow as pa

from pipelines.engine.database import read_sql
from pipelines.identity import matcher
from pipelines.identity.current_chi import current_chis
from pipelines.identity.standardise import database, standardise

LINK_FROM = 0.95
REVIEW_FROM = 0.05

# Of births 3 % are twins; a client lives with 1.5 relatives of the same surname, and one in a hundred of those is a namesake,
# as a son is of his father. All three are orders of magnitude.
TWINS = 0.03
RELATIVES_IN_HOUSE = 1.5
NAMESAKES_IN_HOUSE = 0.015
# One record in about 100 has the date of birth of somebody else in the same home: that many bits less than its own.
HOUSEMATES_DATE_BITS = 6.6
# One record in ten shows a move to or from a home from which somebody else in the house moved too.
MOVED_ALONG = 0.1
# What is believed before a client is looked at of the share in the register, and of records kept with care: worth ten
# clients, nine of them so.
BELIEVED_FIRST, BELIEVED_SECOND = 9, 1
SHARE_DECIMALS = 3
# So many bits over even odds, a candidate is plain enough to show how carefully its records are kept.
PLAIN_BITS = 5
CLOSENESS_DECIMALS = 1
# What is believed of people with one client before counting: 1 in 20 has another. At most 9 in 10 people can be ruled out.
BELIEVED_AGAIN, BELIEVED_ONCE = 1, 19
MOST_LEFT_FACTOR = 10
# A register with fewer people is a sample of a larger town.
SMALLEST_POPULATION = 1_000

SEVERAL_CHIS = "several CHI numbers are claimed for this client"
CHI_DISAGREES = "the CHI number is in the register, but neither date of birth nor name agrees"
UNSURE = "a person in the register may be this client, but it is not certain"
TWIN = "a likely person in the register has another CHI number and another forename: a twin?"
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

_REASONS = pa.table(
    {
        "judgement": ["several", "disagrees", "unsure", "twin", "decision_unknown"],
        "review_reason": [SEVERAL_CHIS, CHI_DISAGREES, UNSURE, TWIN, DECISION_UNKNOWN],
    }
)
_SEARCHED = "SELECT c.* FROM client AS c JOIN verdict AS v USING (row_id) WHERE v.verdict = 'search'"


def link_clients(register: pa.Table, clients: pa.Table, decisions: pa.Table, threads: int = 2) -> pa.Table:
    """One row per (agency, social_care_id) of `clients`, sorted: the current CHI it is linked to, how, and how sure."""
    return judge_clients(register, clients, decisions, threads).select(LINKS.names)


def judge_clients(register: pa.Table, clients: pa.Table, decisions: pa.Table, threads: int = 2) -> pa.Table:
    """`link_clients`, the most probable person of the register for clients that are not settled, and what the links are worth."""
    with database(threads) as connection:
        judge(connection, register, clients, decisions)
        judged: pa.Table = connection.sql("SELECT * FROM judged").to_arrow_table()
        return judged.cast(JUDGED)


def judge(connection: duckdb.DuckDBPyConnection, register: pa.Table, clients: pa.Table, decisions: pa.Table) -> None:
    """Make the table `judged` (as JUDGED), and on the way there the tables of every step in `sql/identity/`."""
    given = {
        "register": register,
        "client_row": clients,
        "current_chi": current_chis(register),
        "decision": decisions,
        "reason": _REASONS,
    }
    for name, table in given.items():
        connection.register(name, table)
    _make(connection, "person", "client")
    standardise(connection, "person", "register_standard")
    standardise(connection, "client", "whole_client_standard")
    connection.execute("CREATE VIEW client_standard AS FROM whole_client_standard")
    _make(connection, "verdict", "decided")
    connection.execute(f"CREATE TABLE searched AS {_SEARCHED}")
    connection.execute("CREATE OR REPLACE VIEW client_standard AS FROM whole_client_standard SEMI JOIN searched USING (row_id)")
    matcher.score(connection)
    _weigh(connection)
    connection.execute(
        f"CREATE TABLE judged AS {read_sql('identity', 'judged')}", {"link_from": LINK_FROM, "review_from": REVIEW_FROM}
    )


def likeliest_share(odds: list[tuple[float, float]]) -> float:
    """The share of the first kind among clients under which their odds (to be of the first kind, of the second) are most likely.

    The likelihood has one maximum: the share at which its slope is 0 is found by halving.
    """
    low, high = 0.0, 1.0
    while high - low > 0.1**SHARE_DECIMALS / 4:
        share = (low + high) / 2
        slopes = ((first - second) / (share * first + (1 - share) * second) for first, second in odds)
        if BELIEVED_FIRST / share - BELIEVED_SECOND / (1 - share) + fsum(slopes) > 0:
            low = share
        else:
            high = share
    smallest = 0.1**SHARE_DECIMALS
    return float(min(max(round(low, SHARE_DECIMALS), smallest), 1 - smallest))


def _weigh(connection: duckdb.DuckDBPyConnection) -> None:
    """The posterior of each searched client over its candidates: each by itself first, then knowing who is beyond doubt."""
    population = max(_value(connection, "SELECT count(DISTINCT current_chi_number) FROM person"), SMALLEST_POPULATION)
    closeness = float(connection.sql(read_sql("identity", "closeness")).fetchall()[0][0])
    _make_with(
        connection,
        "weighed",
        housemates_date_bits=HOUSEMATES_DATE_BITS,
        closeness_bits=round(log2(closeness), CLOSENESS_DECIMALS),
    )
    connection.execute("CREATE TABLE linked (client BIGINT, candidate VARCHAR)")
    plain = {"plain_weight": log2(population) + PLAIN_BITS}
    careful = likeliest_share(connection.execute(read_sql("identity", "care"), plain).fetchall())
    _posterior(connection, population, careful, (1.0, 1.0))
    _make_with(connection, "linked", link_from=LINK_FROM)
    taken = _value(connection, "SELECT count(DISTINCT candidate) FROM linked")
    links = _value(connection, "SELECT count(*) FROM linked")
    _posterior(connection, population, careful, contest(population, taken, links))


def contest(population: int, taken: int, links: int) -> tuple[float, float]:
    """How much likelier a person without a client is the one sought than anybody at random, and one with a client.

    Of those taken, as many are sought again as have several clients already.
    """
    again = (links - taken + BELIEVED_AGAIN) / (taken + BELIEVED_AGAIN + BELIEVED_ONCE)
    left = max(population - taken, population / MOST_LEFT_FACTOR) + again * taken
    free = min(population / left, MOST_LEFT_FACTOR)
    return float(f"{free:.2g}"), float(f"{again * free:.2g}")


def _posterior(connection: duckdb.DuckDBPyConnection, population: int, careful: float, factors: tuple[float, float]) -> None:
    free_factor, taken_factor = factors
    _make_with(
        connection, "candidate", population=population, twins=TWINS, relatives=RELATIVES_IN_HOUSE,
        namesakes=NAMESAKES_IN_HOUSE, careful=careful,
        moved_along=MOVED_ALONG, free_factor=free_factor, taken_factor=taken_factor,
    )  # fmt: skip
    _make(connection, "evidence")
    # A client with a CHI of its own that the register lacks is less likely to be in it than one without.
    rows = connection.sql("SELECT has_other_chi, match_odds, none_odds FROM evidence").fetchall()
    shares = [likeliest_share([row[1:] for row in rows if row[0] is kind]) for kind in (False, True)]
    connection.execute("CREATE OR REPLACE TABLE share_in_register (has_other_chi BOOLEAN, share DOUBLE)")
    connection.execute("INSERT INTO share_in_register VALUES (false, ?), (true, ?)", shares)
    _make(connection, "scored", "outcome")


def _value(connection: duckdb.DuckDBPyConnection, query: str) -> int:
    return int(connection.sql(query).fetchall()[0][0])


def _make_with(connection: duckdb.DuckDBPyConnection, name: str, **values: float) -> None:
    connection.execute(f"CREATE OR REPLACE TABLE {name} AS {read_sql('identity', name)}", values)


def _make(connection: duckdb.DuckDBPyConnection, *names: str) -> None:
    for name in names:
        connection.execute(f"CREATE OR REPLACE TABLE {name} AS {read_sql('identity', name)}")
