"""From match weights to posteriors: how probable each candidate of a client is, beside being nobody in the register.

Belongs here: the mixture of explanations, its priors, and what one client's posterior says of another's. Does not belong
here: match weights (`score.py`), what is decided on a posterior (`decide.py`).

A mixture model explains what a client and its candidates share. Its components, the explanations, are of two sorts. Either
the client is the candidate, and the records are of one of six kinds, each with m probabilities of its own: spotless, careful,
fair, poor, typed in haste, or as this month's records are (`month_kind.py`). Or the client is nobody in the register, and resembles
the candidate as anybody may, or as a twin, a relative or a namesake in the same home.

How common each explanation is, its prior, differs between months and is no part of the frozen model. Expectation maximisation
(EM) estimates it from the likelihoods of the searched clients, with a Dirichlet prior given as pseudo-counts. The priors are
estimated for all clients first, and then for each cohort (decade of birth, and whether the client has a CHI that the register
lacks), since people who were born or arrived after the register was made are not in it. A client who is searched for only so that a
reviewer sees whom it may be does not count. No link and no decision is looked at.

The posteriors are then computed again, given those of the other clients: a person who is probably one client already is seldom
another too, and households move together. The result depends only on what the tables say, not on the order of their rows or
the number of threads.
"""

import duckdb
import numpy as np
import numpy.typing as npt
import pyarrow as pa

from pipelines.identity.linking.database import make
from pipelines.identity.linking.model import load_model
from pipelines.identity.linking.month_kind import Probabilities, month_m, usual_m
from pipelines.identity.linking.score import kind_bits

Vector = npt.NDArray[np.float64]
Matrix = npt.NDArray[np.float64]

PSEUDO_COUNTS = {
    "spotless": 1.5, "careful": 1.5, "fair": 1.5, "poor": 1.5, "typed": 1.5, "month": 1.5,
    "nobody": 0.6, "twin": 0.03, "relative": 0.35, "namesake": 0.02,
}  # fmt: skip
"""The Dirichlet prior of the explanations: it counts as ten clients, nine of them in the register."""
LEAST_NAMESAKES = 0.002
"""Parent and child of one name in one home are so rare that a month may show none: their prior does not fall below this."""
COHORT_PSEUDO_COUNT = 10
"""The priors of all clients count as ten clients when those of a cohort are estimated."""
EM_ROUNDS = 50
"""Expectation maximisation has come close enough after this many rounds."""
PRIOR_DIGITS = 3
HOUSEMATES_DATE_BITS = 6.6
"""One record in about 100 has the date of birth of somebody else in the same home: log2(100) bits."""
HOUSEHOLD_MOVE_PROBABILITY = 0.1
"""One record in ten shows a move to or from a home from which somebody else in the house moved too."""
USUAL_BEARERS = 10
"""Fewer bearers of a forename in a generation hardly tell whether it is commoner there than elsewhere."""
AGAIN_PSEUDO_COUNT, ONCE_PSEUDO_COUNT = 1, 19
"""Before anybody is counted, one in twenty people with a client is taken to have another."""
MAX_FACTOR = 10
"""At most nine in ten people of the register are ruled out because they are clients already."""
REPEATS = 2
"""How often the posteriors are computed again, given those of other clients."""
COMMON_NAME_BITS, LESS_COMMON_NAME_BITS = 13, 18
"""A name that more than one in 8,000 people bears does not tell a slip in the date from a namesake elsewhere, nor does one that
more than one in 260,000 bears tell two slips."""
COMMON_SURNAME_BITS = 11
"""Of a surname that more than one in 2,000 people bears, two may share a day of birth, as twins or not."""
LEAST_BEARERS = 5
"""A forename that so many people of the register have is a name, and hardly another name mistyped."""
GENERATION_YEARS = (16, 50)
"""A parent is so many years older than a child, at the least and at the most."""
MIN_POPULATION = 1_000
"""A register with fewer people is taken for a sample of a town of this size."""


def compute_posteriors(connection: duckdb.DuckDBPyConnection, link_from: float) -> Probabilities:
    """Make the tables `posterior` and `best_candidate` for all searched clients. Returns the m probabilities of this month's records.

    link_from: from which posterior a link is certain enough to learn a household's move from. Reads `plausible_pair`, the
    standard tables and the outcome of the deterministic linkage.
    """
    people = int(_row(connection, "SELECT count(DISTINCT current_chi_number) FROM register_person")[0])
    population = max(people, MIN_POPULATION)
    make(connection, "forename_lift", usual_bearers=USUAL_BEARERS)
    make(connection, "match_weight", housemates_date_bits=HOUSEMATES_DATE_BITS)
    least_years, most_years = GENERATION_YEARS
    make(
        connection,
        "guard",
        common_surname_bits=COMMON_SURNAME_BITS,
        common_name_bits=COMMON_NAME_BITS,
        less_common_name_bits=LESS_COMMON_NAME_BITS,
        least_bearers=LEAST_BEARERS,
        least_generation_years=least_years,
        most_generation_years=most_years,
    )
    connection.execute("CREATE TABLE certain_link (client BIGINT, candidate VARCHAR)")
    connection.execute("CREATE TABLE expected_link (client BIGINT, candidate VARCHAR, probability DECIMAL(18, 6))")
    model = load_model()
    month = usual_m(model, PSEUDO_COUNTS)
    share_of = _compute_once(connection, population, (1.0, 1.0), kind_bits(month, model["splink"]))
    for _ in range(REPEATS):
        month = month_m(connection, usual_m(model, share_of))
        make(connection, "certain_link", link_from=link_from)
        make(connection, "expected_link")
        make(connection, "expected_count")
        factors = competition_factors(population, *_row(connection, "FROM expected_count"))
        share_of = _compute_once(connection, population, factors, kind_bits(month, model["splink"]))
    return month


def estimate_priors(likelihoods: Matrix, pseudo_counts: Vector) -> Vector:
    """The prior of each explanation (row) under which the likelihoods of all clients (columns) are most likely.

    Each round of expectation maximisation shares every client out over the explanations, and takes the expected counts for the
    next priors. The likelihood has a single maximum, so the start does not matter.
    """
    priors = pseudo_counts / pseudo_counts.sum()
    clients = likelihoods.shape[1]
    for _ in range(EM_ROUNDS):
        evidence = np.einsum("ec,e->c", likelihoods, priors)
        expected = priors * np.einsum("ec,c->e", likelihoods, 1 / evidence)
        priors = (expected + pseudo_counts) / (clients + pseudo_counts.sum())
    return np.array([float(f"{prior:.{PRIOR_DIGITS}g}") for prior in priors])


def with_namesakes(priors: Vector) -> Vector:
    """The priors of `PSEUDO_COUNTS` with that of namesakes no smaller than `LEAST_NAMESAKES`, and the others that much smaller."""
    namesake = list(PSEUDO_COUNTS).index("namesake")
    floored = priors * (1 - max(LEAST_NAMESAKES - priors[namesake], 0.0))
    floored[namesake] = max(priors[namesake], LEAST_NAMESAKES)
    return np.array([float(f"{prior:.{PRIOR_DIGITS}g}") for prior in floored])


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


def _compute_once(
    connection: duckdb.DuckDBPyConnection, population: int, factors: tuple[float, float], month_bits: dict[str, list[float]]
) -> dict[str, float]:
    """Compute every posterior once, given `certain_link` and `expected_link`. Returns the prior of each explanation over all clients.

    factors: as `competition_factors` has them. month_bits: as `kind_bits` has those of this month's records.
    """
    free_factor, taken_factor = factors
    make(
        connection,
        "candidate_likelihood",
        population=population,
        household_move_probability=HOUSEHOLD_MOVE_PROBABILITY,
        free_factor=free_factor,
        taken_factor=taken_factor,
        **{f"{name}_bits": bits for name, bits in month_bits.items()},
    )
    make(connection, "client_likelihood")
    of_all, of_cohorts = _priors(connection)
    connection.register("prior", of_cohorts)
    make(connection, "posterior")
    make(connection, "best_candidate")
    return dict(zip(PSEUDO_COUNTS, of_all.tolist(), strict=True))


def _priors(connection: duckdb.DuckDBPyConnection) -> tuple[Vector, pa.Table]:
    """The prior of each explanation, over all clients and by cohort."""
    found = connection.sql("SELECT * FROM client_likelihood ORDER BY client").fetchnumpy()
    likelihoods = np.array([found[name] for name in PSEUDO_COUNTS], dtype=np.float64)
    counts = ~found["is_for_review"].astype(bool)
    of_all = estimate_priors(likelihoods[:, counts], np.array(list(PSEUDO_COUNTS.values())))
    cohorts, cohort = np.unique(found["cohort"].astype(str), return_inverse=True)
    of_cohorts = [
        with_namesakes(estimate_priors(likelihoods[:, counts & (cohort == number)], COHORT_PSEUDO_COUNT * of_all))
        for number in range(len(cohorts))
    ]
    by_explanation = np.array(of_cohorts).reshape(len(cohorts), len(PSEUDO_COUNTS)).T
    columns = dict(zip(PSEUDO_COUNTS, by_explanation, strict=True))
    return of_all, pa.table({"cohort": pa.array(cohorts, pa.string()), **columns})


def _row(connection: duckdb.DuckDBPyConnection, query: str) -> tuple[float, ...]:
    return tuple(float(value) for value in connection.sql(query).fetchall()[0])
