"""From match weights to posteriors: how probable each candidate of a client is, beside being nobody in the register.

Belongs here: the mixture of explanations, its priors, and what one client's posterior says of another's. Does not belong
here: match weights (`score.py`), what is decided on a posterior (`decide.py`).

A mixture model explains what a client and its candidates share. Its components, the explanations, are of two sorts. Either
the client is the candidate, and the records are of one of five kinds, each with m probabilities of its own: spotless, careful,
fair, poor, or typed in haste. Or the client is nobody in the register, and resembles the candidate as anybody may, or as a twin,
a relative or a namesake in the same home.

How common each explanation is, its prior, differs between months and is no part of the frozen model. Expectation maximisation
(EM) estimates it from the likelihoods of all searched clients, with a Dirichlet prior given as pseudo-counts. The priors are
estimated for all clients first, and then for each cohort (decade of birth, and whether the client has a CHI that the register
lacks), since people who were born or arrived after the register was made are not in it. Only the mixing proportions are estimated;
the m and u probabilities stay as they are, and no link and no decision is looked at.

The posteriors are then computed again, given those of the other clients: a person who is probably one client already is seldom
another too, and households move together. The result depends only on what the tables say, not on the order of their rows or
the number of threads.
"""

from math import log2

import duckdb
import numpy as np
import numpy.typing as npt
import pyarrow as pa

from pipelines.identity.linking.database import make

Vector = npt.NDArray[np.float64]
Matrix = npt.NDArray[np.float64]

PSEUDO_COUNTS = {
    "spotless": 1.8, "careful": 1.8, "fair": 1.8, "poor": 1.8, "typed": 1.8,
    "nobody": 0.6, "twin": 0.03, "relative": 0.35, "namesake": 0.02,
}  # fmt: skip
"""The Dirichlet prior of the explanations: it counts as ten clients, nine of them in the register."""
COHORT_PSEUDO_COUNT = 10
"""The priors of all clients count as ten clients when those of a cohort are estimated."""
EM_ROUNDS = 50
"""Expectation maximisation has come close enough after this many rounds."""
PRIOR_DIGITS = 3
HOUSEMATES_DATE_BITS = 6.6
"""One record in about 100 has the date of birth of somebody else in the same home: log2(100) bits."""
HOUSEHOLD_MOVE_PROBABILITY = 0.1
"""One record in ten shows a move to or from a home from which somebody else in the house moved too."""
LIFT_DECIMALS = 1
AGAIN_PSEUDO_COUNT, ONCE_PSEUDO_COUNT = 1, 19
"""Before anybody is counted, one in twenty people with a client is taken to have another."""
MAX_FACTOR = 10
"""At most nine in ten people of the register are ruled out because they are clients already."""
REPEATS = 2
"""How often the posteriors are computed again, given those of other clients."""
MIN_POPULATION = 1_000
"""A register with fewer people is taken for a sample of a town of this size."""


def compute_posteriors(connection: duckdb.DuckDBPyConnection, link_from: float) -> None:
    """Make the tables `posterior` and `best_candidate` for all searched clients.

    link_from: from which posterior a link is certain enough to learn a household's move from. Reads `plausible_pair`, the
    standard tables and the outcome of the deterministic linkage.
    """
    people = int(_row(connection, "SELECT count(DISTINCT current_chi_number) FROM register_person")[0])
    population = max(people, MIN_POPULATION)
    make(connection, "forename_lift")
    lift_bits = round(log2(_row(connection, "FROM forename_lift")[0]), LIFT_DECIMALS)
    make(connection, "match_weight", housemates_date_bits=HOUSEMATES_DATE_BITS, lift_bits=lift_bits)
    make(connection, "guard")
    connection.execute("CREATE TABLE certain_link (client BIGINT, candidate VARCHAR)")
    connection.execute("CREATE TABLE expected_link (client BIGINT, candidate VARCHAR, probability DECIMAL(18, 6))")
    _compute_once(connection, population, free_factor=1.0, taken_factor=1.0)
    for _ in range(REPEATS):
        make(connection, "certain_link", link_from=link_from)
        make(connection, "expected_link")
        make(connection, "expected_count")
        taken, clients = _row(connection, "FROM expected_count")
        free_factor, taken_factor = competition_factors(population, taken, clients)
        _compute_once(connection, population, free_factor, taken_factor)


def estimate_priors(likelihoods: Matrix, pseudo_counts: Vector) -> Vector:
    """The prior of each explanation (row) under which the likelihoods of all clients (columns) are most likely.

    Each round of expectation maximisation shares every client out over the explanations, and takes the expected counts for the
    next priors. The likelihood has a single maximum, so the start does not matter.
    """
    priors = pseudo_counts / pseudo_counts.sum()
    for _ in range(EM_ROUNDS):
        responsibilities = likelihoods * priors[:, np.newaxis]
        responsibilities /= responsibilities.sum(axis=0)
        priors = (responsibilities.sum(axis=1) + pseudo_counts) / (likelihoods.shape[1] + pseudo_counts.sum())
    return np.array([float(f"{prior:.{PRIOR_DIGITS}g}") for prior in priors])


def competition_factors(population: int, taken: float, clients: float) -> tuple[float, float]:
    """The factors on the prior odds of a candidate who is no client yet, and of one who is a client already.

    taken: how many people of the register are expected to be a client; clients: how many clients are expected to be one of
    them. A person who is taken is sought again as often as people are found to be several clients. The people who are left
    are the likelier for it, up to a limit.
    """
    again = (clients - taken + AGAIN_PSEUDO_COUNT) / (taken + AGAIN_PSEUDO_COUNT + ONCE_PSEUDO_COUNT)
    left = max(population - taken, population / MAX_FACTOR) + again * taken
    free = min(population / left, MAX_FACTOR)
    return float(f"{free:.2g}"), float(f"{again * free:.2g}")


def _compute_once(connection: duckdb.DuckDBPyConnection, population: int, free_factor: float, taken_factor: float) -> None:
    """Compute every posterior once, given `certain_link` and `expected_link`."""
    make(
        connection,
        "candidate_likelihood",
        population=population,
        household_move_probability=HOUSEHOLD_MOVE_PROBABILITY,
        free_factor=free_factor,
        taken_factor=taken_factor,
    )
    make(connection, "client_likelihood")
    connection.register("prior", _priors(connection))
    make(connection, "posterior")
    make(connection, "best_candidate")


def _priors(connection: duckdb.DuckDBPyConnection) -> pa.Table:
    """The prior of each explanation, by cohort."""
    found = connection.sql("SELECT * FROM client_likelihood ORDER BY client").fetchnumpy()
    likelihoods = np.array([found[name] for name in PSEUDO_COUNTS], dtype=np.float64)
    of_all = estimate_priors(likelihoods, np.array(list(PSEUDO_COUNTS.values())))
    cohorts, cohort = np.unique(found["cohort"].astype(str), return_inverse=True)
    of_cohorts = [
        estimate_priors(likelihoods[:, cohort == number], COHORT_PSEUDO_COUNT * of_all) for number in range(len(cohorts))
    ]
    by_explanation = np.array(of_cohorts).reshape(len(cohorts), len(PSEUDO_COUNTS)).T
    return pa.table({"cohort": pa.array(cohorts, pa.string()), **dict(zip(PSEUDO_COUNTS, by_explanation, strict=True))})


def _row(connection: duckdb.DuckDBPyConnection, query: str) -> tuple[float, ...]:
    return tuple(float(value) for value in connection.sql(query).fetchall()[0])
