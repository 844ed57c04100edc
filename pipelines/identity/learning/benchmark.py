"""How well the linkage does on a case whose truth is known: `python -m pipelines.identity.learning.benchmark CASE_DIR`.

Belongs here: running the linkage of a refresh, with its model, thresholds and steps, on a case, and the figures. Does not
belong here: any rule of linking, reading a case (`case.py`). The truth is used for the figures only, never to choose anything.
"""

import resource
import sys
import time
from dataclasses import dataclass
from pathlib import Path

import duckdb
import pyarrow as pa

from pipelines.identity.decisions import DECISIONS
from pipelines.identity.learning.case import Case, read_case
from pipelines.identity.linking.database import database
from pipelines.identity.linking.decide import LINK_FROM, REVIEW_FROM, link_clients

BAND_FLOORS = (0.0, 0.05, 0.2, 0.5, 0.8, 0.95, 0.99, 0.999)
KIBIBYTES_PER_MEGABYTE = 1_000_000 / 1_024
THREADS = 2

# A reviewer who decides rightly links the true person where that person is among the candidates shown, and nobody else.
_FIGURES = """
SELECT
    count(*) AS clients,
    count(*) FILTER (review) AS in_review,
    count(*) FILTER (chi_number IS NOT NULL) AS made,
    count(*) FILTER (is_right) AS right_made,
    count(*) FILTER (has_truth) AS there,
    count(*) FILTER (has_truth AND was_compared) AS compared,
    count(*) FILTER (review AND was_shown) AS found_in_review,
    count(*) FILTER (chi_number IS NOT NULL AND NOT has_truth) AS made_for_absent,
    avg(chance_in_register) FILTER (link_method = 'probabilistic') AS expected_precision,
    CASE WHEN count(*) FILTER (chance_in_register IS NULL) * 20 <= count(*) -- as sql/mart/link_quality.sql
        THEN sum(chance_in_register) FILTER (chi_number IS NOT NULL) / nullif(
            sum(chance_in_register) + count(*) FILTER (chance_in_register IS NULL) * avg(chance_in_register) FILTER (link_method IN ('probabilistic', 'unlinked')), 0
        ) END AS expected_recall,
    count(*) FILTER (has_twin) AS with_twin,
    count(*) FILTER (has_twin AND chi_number IS NOT NULL AND NOT is_right) AS false_for_twin
FROM (
    SELECT l.chi_number, l.link_method, l.chance_in_register, l.review,
        EXISTS (FROM twin AS t WHERE t.social_care_id = l.social_care_id) AS has_twin,
        EXISTS (FROM truth AS t WHERE t.social_care_id = l.social_care_id) AS has_truth,
        EXISTS (FROM truth AS t WHERE t.social_care_id = l.social_care_id AND t.chi_number = l.chi_number) AS is_right,
        EXISTS (FROM true_candidate AS c WHERE c.social_care_id = l.social_care_id) AS was_compared,
        EXISTS (FROM true_candidate AS c WHERE c.social_care_id = l.social_care_id AND c.probability >= $review_from) AS was_shown
    FROM link AS l
)
"""

# The true people who were candidates: by a blocking key, or by the CHI that the client claims.
_TRUE_CANDIDATE = """
SELECT DISTINCT t.social_care_id, p.probability
FROM truth AS t
JOIN client AS c USING (social_care_id)
JOIN (
    SELECT client, candidate, probability FROM posterior
    UNION ALL
    SELECT row_id, claim, 1 FROM client WHERE claim IS NOT NULL
) AS p ON p.client = c.row_id AND p.candidate = t.chi_number
"""

_BANDS = """
SELECT b.low, count(*) AS clients, avg(p.probability) AS mean_probability, count(t.chi_number) AS right_made
FROM best_candidate AS p
JOIN client AS c ON c.row_id = p.client
JOIN band AS b ON p.probability >= b.low AND p.probability < b.high
LEFT JOIN truth AS t ON t.social_care_id = c.social_care_id AND t.chi_number = p.candidate
GROUP BY b.low ORDER BY b.low
"""


@dataclass(frozen=True)
class Accuracy:
    """How many links are right, how many were made, and how many clients are in the register."""

    right: int
    made: int
    there: int

    @property
    def precision(self) -> float:
        """The share of links made that are right."""
        return self.right / self.made if self.made else 1.0

    @property
    def recall(self) -> float:
        """The share of the clients in the register that are linked rightly."""
        return self.right / self.there if self.there else 1.0

    @property
    def f1(self) -> float:
        """The harmonic mean of precision and recall."""
        return 2 * self.right / (self.made + self.there) if self.made + self.there else 1.0


@dataclass(frozen=True)
class Band:
    """The clients whose best candidate has a posterior in a band: how many, its mean, and for how many the candidate is right."""

    low: float
    clients: int
    mean_probability: float
    right: int


@dataclass(frozen=True)
class Measured:
    """What a run on a case shows.

    compared: clients whose true person was a candidate.
    reviewed: the accuracy once every client in review is decided rightly.
    expected_precision (of the probabilistic links) and expected_recall: what a refresh, which knows no truth, expects of itself.
    with_twin and false_for_twin: clients who have a twin, and false links made for them; None where the case does not say.
    """

    clients: int
    in_review: int
    compared: int
    automatic: Accuracy
    reviewed: Accuracy
    made_for_absent: int
    expected_precision: float | None
    expected_recall: float | None
    with_twin: int | None
    false_for_twin: int | None
    bands: tuple[Band, ...]
    seconds: float


def measure(case: Case, threads: int = THREADS) -> Measured:
    """Link a case as a refresh does, and compare the links with the truth."""
    started = time.perf_counter()
    with database(threads=threads) as connection:
        link_clients(connection, case.register, case.clients, DECISIONS.empty_table())
        seconds = time.perf_counter() - started
        return _compared(connection, case, seconds)


def _compared(connection: duckdb.DuckDBPyConnection, case: Case, seconds: float) -> Measured:
    clients, numbers = zip(*sorted(case.truth), strict=True) if case.truth else ((), ())
    highs = (*BAND_FLOORS[1:], 2.0)
    connection.register(
        "truth", pa.table({"social_care_id": pa.array(clients, pa.string()), "chi_number": pa.array(numbers, pa.string())})
    )
    connection.register("twin", pa.table({"social_care_id": pa.array(case.twins or [], pa.string())}))
    connection.register("band", pa.table({"low": BAND_FLOORS, "high": highs}))
    connection.execute(f"CREATE TABLE true_candidate AS {_TRUE_CANDIDATE}")
    found = connection.sql(_FIGURES, params={"review_from": REVIEW_FROM}).to_arrow_table().to_pylist()[0]
    bands = connection.sql(_BANDS).fetchall()
    return Measured(
        clients=found["clients"],
        in_review=found["in_review"],
        compared=found["compared"],
        automatic=Accuracy(found["right_made"], found["made"], found["there"]),
        reviewed=Accuracy(
            found["right_made"] + found["found_in_review"], found["made"] + found["found_in_review"], found["there"]
        ),
        made_for_absent=found["made_for_absent"],
        expected_precision=found["expected_precision"],
        expected_recall=found["expected_recall"],
        with_twin=None if case.twins is None else found["with_twin"],
        false_for_twin=None if case.twins is None else found["false_for_twin"],
        bands=tuple(Band(*row) for row in bands),
        seconds=seconds,
    )


def lines_of(measured: Measured, peak_megabytes: float) -> list[str]:
    """The figures as lines."""
    automatic, reviewed = measured.automatic, measured.reviewed
    block_recall = measured.compared / automatic.there if automatic.there else 1.0
    lines = [
        f"clients {measured.clients:,}, of them in the register {automatic.there:,}",
        f"block recall {block_recall:.4f}",
        f"automatic (at least {LINK_FROM}): {_accuracy(automatic)}; false links {automatic.made - automatic.right}, "
        f"of them {measured.made_for_absent} for clients who are not in the register{_of_twins(measured)}",
        f"with review decided rightly: {_accuracy(reviewed)}",
        f"expected without the truth: precision of probabilistic links {_share(measured.expected_precision)}, "
        f"recall {_share(measured.expected_recall)}",
        f"in review: {measured.in_review:,} clients, {measured.in_review / max(measured.clients, 1):.2%}",
        "calibration of the best candidate:",
        "  probability from   clients   mean probability   share right",
    ]
    lines += [
        f"  {band.low:16.3f} {band.clients:9,} {band.mean_probability:18.4f} {band.right / band.clients:13.4f}"
        for band in measured.bands
    ]
    return [*lines, f"{measured.seconds:.1f} seconds, {peak_megabytes:,.0f} MB at the peak"]


def _share(value: float | None) -> str:
    return "not known" if value is None else f"{value:.4f}"


def _of_twins(measured: Measured) -> str:
    if measured.with_twin is None:
        return ""
    return f" and {measured.false_for_twin} for the {measured.with_twin:,} who have a twin"


def _accuracy(accuracy: Accuracy) -> str:
    return f"precision {accuracy.precision:.4f}, recall {accuracy.recall:.4f}, F1 {accuracy.f1:.4f}"


def main(folder: Path) -> None:
    """Measure a case and print the figures."""
    measured = measure(read_case(folder))
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / KIBIBYTES_PER_MEGABYTE
    sys.stdout.write("\n".join(lines_of(measured, peak)) + "\n")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
