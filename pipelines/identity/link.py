"""Which person of the register each council client is.

Belongs here: the rules that decide a link: by CHI, by splink's scores, by a person's decision, or not at all.
Does not belong here: scoring pairs (matcher), standard forms (people), ids (pseudonym), memory of links (registry).

The posterior of a client is over all candidates and over "none of them". Two ways to be none of them look like a match
and are counted as such: a twin of a candidate, who shares birth date, surname and postcode, and a relative in the same
house, who shares surname and postcode. Scores of pairs are independent of the register's size; the posterior is not.
The result depends on what the tables say only, not on the order of rows nor the number of threads.
"""

import duckdb
import numpy as np
import pandas as pd
import pyarrow as pa

from pipelines.identity import matcher, people

LINK_FROM = 0.95
REVIEW_FROM = 0.05

# A client of a Tayside council is nearly always on the board's register. A small register is a sample of a larger town.
IN_REGISTER = 0.9
SMALLEST_POPULATION = 100_000
TWINS = 0.03
RELATIVES_IN_HOUSE = 1.5
PROBABILITY_DECIMALS = 6

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
JUDGED = LINKS.append(pa.field("candidate_chi_number", pa.string()))

_MACROS = """
CREATE MACRO alike(a, b) AS
    jaro_winkler_similarity(a, b) >= 0.9 OR (least(length(a), length(b)) = 1 AND left(a, 1) = left(b, 1));
CREATE MACRO both_alike(a1, b1, a2, b2) AS coalesce(alike(a1, b1), true) AND coalesce(alike(a2, b2), true);
"""

# One row per current person: several rows come from superseded numbers that are still in the register.
_PERSON = """
CREATE TABLE person AS
SELECT r.*, c.current_chi_number, r.chi_number = c.current_chi_number AS is_current
FROM register AS r
JOIN current_chi AS c USING (chi_number)
QUALIFY row_number() OVER (PARTITION BY r.chi_number ORDER BY r.date_of_birth, r.surname, r.forename, r.postcode) = 1
"""

# One row per client: the row with a CHI, else the fullest, stands for the client. Only a valid CHI is a claim.
_CLIENT = """
CREATE TABLE client AS
WITH claim AS (
    SELECT c.* EXCLUDE (chi_number, chi_is_valid),
        CASE WHEN c.chi_is_valid THEN coalesce(f.current_chi_number, c.chi_number) END AS claim
    FROM client_row AS c
    LEFT JOIN current_chi AS f USING (chi_number)
),
ranked AS (
    SELECT claim.*,
        count(DISTINCT claim) OVER (PARTITION BY agency, social_care_id) AS claims,
        row_number() OVER (
            PARTITION BY agency, social_care_id
            ORDER BY claim NULLS LAST,
                (date_of_birth IS NULL)::INTEGER + (forename IS NULL)::INTEGER + (surname IS NULL)::INTEGER
                    + (postcode IS NULL)::INTEGER + (sex IS NULL)::INTEGER,
                date_of_birth, surname, forename, postcode, sex
        ) AS place
    FROM claim
)
SELECT * EXCLUDE (place) FROM ranked WHERE place = 1
"""

# What the CHI alone says of each client. Nothing to compare is no disagreement.
_VERDICT = """
CREATE TABLE verdict AS
WITH compared AS (
    SELECT c.agency, c.social_care_id, c.claims, c.claim, p.current_chi_number IS NOT NULL AS in_register,
        c.date_of_birth = p.date_of_birth AS date_agrees,
        CASE
            WHEN coalesce(c.forename, c.surname) IS NULL OR coalesce(p.forename, p.surname) IS NULL THEN NULL
            WHEN coalesce(c.forename, p.surname) IS NULL OR coalesce(c.surname, p.forename) IS NULL THEN NULL
            ELSE both_alike(c.forename, p.forename, c.surname, p.surname)
                OR coalesce(alike(c.forename, p.surname) AND alike(c.surname, p.forename), false)
        END AS name_agrees
    FROM client AS c
    LEFT JOIN person AS p ON p.current_chi_number = c.claim AND p.is_current
)
SELECT agency, social_care_id,
    CASE
        WHEN claims > 1 THEN 'several'
        WHEN NOT in_register THEN 'search'
        WHEN coalesce(date_agrees, false) OR coalesce(name_agrees, false) THEN 'chi'
        WHEN date_agrees IS NULL AND name_agrees IS NULL THEN 'chi'
        ELSE 'disagrees'
    END AS verdict
FROM compared
"""

_SEARCHED = """
CREATE TABLE searched AS
SELECT c.* FROM client AS c JOIN verdict AS v USING (agency, social_care_id)
WHERE v.verdict = 'search' ORDER BY c.agency, c.social_care_id
"""

_PAIR = """
SELECT pair.*, p.current_chi_number AS candidate,
    c.claim IS NOT NULL AND c.claim <> p.current_chi_number
        AND coalesce(NOT alike(c.forename, p.forename), false) AS guarded
FROM pair
JOIN (SELECT row_number() OVER (ORDER BY chi_number) - 1 AS register, * FROM person) AS p USING (register)
JOIN (SELECT row_number() OVER (ORDER BY agency, social_care_id) - 1 AS client, * FROM searched) AS c USING (client)
ORDER BY client, candidate, register
"""

# The last decision counts. A decision for no link leaves the client unlinked, and out of review.
_DECIDED = """
CREATE TABLE decided AS
WITH latest AS (
    SELECT agency, social_care_id, nullif(trim(chi_number), '') AS named
    FROM decision
    QUALIFY row_number() OVER (
        PARTITION BY agency, social_care_id ORDER BY decided_on DESC NULLS LAST, decided_by, chi_number, reason
    ) = 1
)
SELECT l.agency, l.social_care_id, l.named, p.current_chi_number AS chi_number
FROM latest AS l
LEFT JOIN current_chi AS f ON f.chi_number = l.named
LEFT JOIN person AS p ON p.current_chi_number = f.current_chi_number AND p.is_current
"""

_LINKS = """
WITH best AS (
    SELECT s.agency, s.social_care_id, o.candidate, o.probability, o.guarded
    FROM (SELECT row_number() OVER (ORDER BY agency, social_care_id) - 1 AS client, * FROM searched) AS s
    JOIN outcome AS o USING (client)
),
judged AS (
    SELECT c.agency, c.social_care_id, c.claim, d.named, d.chi_number AS decided, b.candidate, b.probability,
        CASE
            WHEN d.agency IS NOT NULL AND d.named IS NULL THEN 'decided_against'
            WHEN d.agency IS NOT NULL AND d.chi_number IS NOT NULL THEN 'decision'
            WHEN d.agency IS NOT NULL THEN 'decision_unknown'
            WHEN v.verdict <> 'search' THEN v.verdict
            WHEN b.probability >= $review_from AND b.guarded THEN 'twin'
            WHEN b.probability >= $link_from THEN 'probabilistic'
            WHEN b.probability >= $review_from THEN 'unsure'
            ELSE 'unlinked'
        END AS judgement
    FROM client AS c
    JOIN verdict AS v USING (agency, social_care_id)
    LEFT JOIN decided AS d USING (agency, social_care_id)
    LEFT JOIN best AS b USING (agency, social_care_id)
),
final AS (
    SELECT agency, social_care_id,
        CASE judgement WHEN 'chi' THEN claim WHEN 'decision' THEN decided WHEN 'probabilistic' THEN candidate END
            AS chi_number,
        CASE WHEN judgement IN ('chi', 'decision', 'probabilistic') THEN judgement ELSE 'unlinked' END AS link_method,
        CASE WHEN judgement = 'probabilistic' THEN probability END::DECIMAL(18, 6) AS link_probability,
        reason.review_reason IS NOT NULL AS review,
        reason.review_reason,
        CASE judgement WHEN 'disagrees' THEN claim WHEN 'twin' THEN candidate WHEN 'unsure' THEN candidate END
            AS candidate_chi_number
    FROM judged
    LEFT JOIN reason USING (judgement)
)
SELECT * FROM final ORDER BY agency, social_care_id
"""

_REASONS = pa.table(
    {
        "judgement": ["several", "disagrees", "unsure", "twin", "decision_unknown"],
        "review_reason": [SEVERAL_CHIS, CHI_DISAGREES, UNSURE, TWIN, DECISION_UNKNOWN],
    }
)


def link_clients(register: pa.Table, clients: pa.Table, decisions: pa.Table, threads: int = 2) -> pa.Table:
    """One row per (agency, social_care_id) of `clients`, sorted: the current CHI it is linked to, how, and how sure."""
    return judge_clients(register, clients, decisions, threads).select(LINKS.names)


def judge_clients(register: pa.Table, clients: pa.Table, decisions: pa.Table, threads: int = 2) -> pa.Table:
    """`link_clients`, and for links to review the person of the register they may be, to show to the reviewer."""
    with matcher.database(threads) as database:
        database.execute(_MACROS)
        _load(database, register, clients, decisions)
        for step in (_PERSON, _CLIENT, _VERDICT, _SEARCHED, _DECIDED):
            database.execute(step)
        database.register("outcome", pa.Table.from_pandas(_search(database, threads), preserve_index=False))
        bands = {"link_from": LINK_FROM, "review_from": REVIEW_FROM}
        judged: pa.Table = database.sql(_LINKS, params=bands).to_arrow_table()
        return judged.cast(JUDGED)


def posteriors(pairs: pd.DataFrame, population: int) -> pd.DataFrame:
    """Each client's most probable candidate: client, candidate, probability, guarded.

    `pairs` has the log2 weights of each comparison, one row per client and candidate, sorted by both.
    """
    each = pd.DataFrame({"client": pairs["client"], "match": _match_odds(pairs, population)})
    each["none"] = _none_odds(pairs, population)
    totals = each.groupby("client")[["match", "none"]].transform("sum")
    probability = each["match"] / (totals["match"] + totals["none"] + (1 - IN_REGISTER))
    scored = pairs[["client", "candidate", "guarded"]].assign(probability=probability.round(PROBABILITY_DECIMALS))
    ranked = scored.sort_values(["client", "probability", "candidate"], ascending=[True, False, True], kind="stable")
    return ranked.drop_duplicates("client")


def _load(database: duckdb.DuckDBPyConnection, register: pa.Table, clients: pa.Table, decisions: pa.Table) -> None:
    tables = {
        "register": _with_standard(register, ["chi_number"]),
        "client_row": _with_standard(clients, ["agency", "social_care_id", "chi_number", "chi_is_valid"]),
        "current_chi": people.current_chis(register),
        "decision": decisions,
        "reason": _REASONS,
    }
    for name, table in tables.items():
        database.register(name, table)


def _with_standard(table: pa.Table, keys: list[str]) -> pa.Table:
    standard = people.standard(table)
    for position, key in enumerate(keys):
        standard = standard.add_column(position, key, table[key])
    return standard


def _search(database: duckdb.DuckDBPyConnection, threads: int) -> pd.DataFrame:
    """Splink's best candidate for every client that its CHI did not settle."""
    register = database.sql("SELECT * FROM person ORDER BY chi_number").to_arrow_table()
    searched = database.sql("SELECT * FROM searched ORDER BY agency, social_care_id").to_arrow_table()
    found = matcher.candidates(register.select(people.STANDARD), searched.select(people.STANDARD), threads)
    database.register("pair", pa.Table.from_pandas(found, preserve_index=False))
    pairs = database.execute(_PAIR).df()
    return posteriors(_one_row_a_person(pairs), max(register.num_rows, SMALLEST_POPULATION))


def _one_row_a_person(pairs: pd.DataFrame) -> pd.DataFrame:
    """A person with a superseded number in the register too is one candidate: the row that fits best speaks for it."""
    weighed = pairs.assign(weight=_weight(pairs))
    order = ["client", "candidate", "weight", "register"]
    best = weighed.sort_values(order, ascending=[True, True, False, True], kind="stable")
    return best.drop_duplicates(["client", "candidate"]).reset_index(drop=True)


def _weight(pairs: pd.DataFrame) -> "pd.Series[float]":
    return pairs[list(people.COMPARED)].sum(axis=1).round(matcher.WEIGHT_DECIMALS)


def _match_odds(pairs: pd.DataFrame, population: int) -> "pd.Series[float]":
    return IN_REGISTER / population * _exp2(_weight(pairs))


def _none_odds(pairs: pd.DataFrame, population: int) -> "pd.Series[float]":
    """That the client is nobody in the register, but this candidate's twin or relative."""
    twin = _exp2(pairs[["surname", "date_of_birth", "postcode"]].sum(axis=1))
    relative = _exp2(pairs[["surname", "postcode"]].sum(axis=1))
    return (1 - IN_REGISTER) / population * (TWINS * twin + RELATIVES_IN_HOUSE * relative)


def _exp2(weights: "pd.Series[float]") -> "pd.Series[float]":
    return pd.Series(np.exp2(weights.to_numpy()), index=weights.index)
