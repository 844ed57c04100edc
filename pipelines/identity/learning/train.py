"""Training the linkage model, on purpose only: `python -m pipelines.identity.learning.train KIND=CASE_DIR,CASE_DIR… …`.

Belongs here: how the numbers of `model.json` come about. Does not belong here: using the model (`linking/score.py`). A refresh
reads the committed file and never trains.

A case is a register, clients and the truth (`case.py`). m is the share of true matches that reach a level, and u the share of
random pairs of the register that do. As the truth is known, both are counted; nothing is estimated by iteration.
- kinds: the m probabilities of each kind of records are the mean over its cases, each case counting the same whatever its size.
  Where no case of a kind shows a level, the mean over all kinds stands in. A refresh estimates how common each kind is
  (`linking/posterior.py`).
- splink: the m of a level is the largest of any case of poor or typed records, rescaled to sum to 1. So no true match of any
  kind is dropped before the kinds are weighed.
- u: the mean over all cases. It only fills in for levels that the register at hand is too small to show.

The committed model comes from cases of `tests/bench/linkage_cases.py` and `tests/bench/linkage_tayside.py`, none of which is
among the measured ones: spotless=tayside_spotless_learn careful=tayside_learn fair=census_learn
poor=census_triple_learn,address_learn,social_security_learn typed=febrl2,febrl3.
"""

import json
import sys
from collections.abc import Callable
from pathlib import Path

from pipelines.identity.learning.case import Case, read_case
from pipelines.identity.linking.comparisons import COMPARISONS, Level
from pipelines.identity.linking.current_chi import make_current_chis
from pipelines.identity.linking.database import database, make
from pipelines.identity.linking.levels import level_counts, random_pair_counts
from pipelines.identity.linking.model import MODEL, Model, Settings
from pipelines.identity.linking.standardise import standardise

Counts = dict[str, list[int]]
"""How many pairs reach each level, by comparison."""
Probabilities = dict[str, list[float]]
"""The m or u probability of each level but the first, by comparison."""
Pool = Callable[[list[float]], float]

MIN_M, MIN_U = 0.0005, 0.0000001
"""A level that the cases do not show is rare, not impossible."""
DIGITS = 3
MIN_SHARE_COMPARED = 0.05
"""A group of levels that fewer pairs of a case reach shows exceptions, not what is usual."""
WIDE_KINDS = ("poor", "typed")
"""The kinds of records whose largest m splink is given."""


def train(cases: dict[str, list[Case]]) -> Model:
    """The model trained on the cases of each kind of records."""
    counts = {kind: [_counts(case) for case in of_kind] for kind, of_kind in cases.items()}
    seen = {kind: [m for m, _ in of_kind] for kind, of_kind in counts.items()}
    of_all = _pooled([m for of_kind in seen.values() for m in of_kind], MIN_M, _mean)
    kinds = {kind: _pooled(of_kind, MIN_M, _mean, of_all) for kind, of_kind in seen.items()}
    widest = _pooled([m for kind in WIDE_KINDS for m in seen[kind]], MIN_M, max)
    u = _pooled([u for of_kind in counts.values() for _, u in of_kind], MIN_U, _mean)
    return {"kinds": kinds, "splink": _settings(widest, u)}


def save(model: Model, path: Path = MODEL) -> None:
    """Write the model that linking reads."""
    path.write_text(json.dumps(model, indent=1) + "\n", encoding="utf-8")


def _counts(case: Case) -> tuple[Counts, Counts]:
    """How many true matches, and how many random pairs of the register, reach each level."""
    with database(threads=2) as connection:
        connection.register("register", case.register)
        connection.register("client_row", case.clients)
        make_current_chis(connection)
        make(connection, "register_person")
        make(connection, "client")
        standardise(connection, "register_person", "register_standard")
        standardise(connection, "client", "client_standard")
        random_pairs = random_pair_counts(connection)
        connection.execute("CREATE TABLE truth (social_care_id VARCHAR, chi_number VARCHAR)")
        connection.executemany("INSERT INTO truth VALUES (?, ?)", sorted(case.truth))
        connection.execute("CREATE OR REPLACE TEMP VIEW left_standard AS FROM register_standard")
        connection.execute("CREATE OR REPLACE TEMP VIEW right_standard AS FROM client_standard")
        connection.execute(
            """CREATE TABLE true_pair AS
            SELECT p.row_id AS register, c.row_id AS client
            FROM truth AS t JOIN register_person AS p USING (chi_number) JOIN client AS c USING (social_care_id)"""
        )
        return level_counts(connection, "true_pair"), random_pairs


def _mean(shares: list[float]) -> float:
    return sum(shares) / len(shares)


def _pooled(counts: list[Counts], smallest: float, pool: Pool, fallback: Probabilities | None = None) -> Probabilities:
    """The probability of each level but the first ("nothing to compare"), pooled over cases; each group of levels sums to 1.

    fallback: the probabilities that stand in where no case shows a group of levels.
    """
    pooled: Probabilities = {}
    for name, levels in COMPARISONS.items():
        start = [smallest] * len(levels) if fallback is None else [smallest, *fallback[name]]
        pooled[name] = _of_levels(levels, [case[name] for case in counts], smallest, pool, start)
    return pooled


def _of_levels(
    levels: tuple[Level, ...], counts: list[list[int]], smallest: float, pool: Pool, start: list[float]
) -> list[float]:
    probabilities = list(start)
    for group in {level.among for level in levels[1:]}:
        numbers = [number for number, level in enumerate(levels) if number and level.among == group]
        shown = [[case[number] for number in numbers] for case in counts if _shows(case, numbers)]
        shares = [[count / sum(case) for count in case] for case in shown]
        by_level = [list(of_level) for of_level in zip(*shares, strict=True)]
        pooled = [max(pool(of_level), smallest) for of_level in by_level]
        for number, value in zip(numbers, pooled, strict=bool(shown)):
            probabilities[number] = _rounded(value / sum(pooled))
    return probabilities[1:]


def _shows(case: list[int], numbers: list[int]) -> bool:
    """Whether enough pairs of a case reach these levels to tell what is usual."""
    return sum(case[number] for number in numbers) > MIN_SHARE_COMPARED * sum(case[1:])


def _settings(m: Probabilities, u: Probabilities) -> Settings:
    return {
        # All people are one table to splink (`linking/score.py`), which compares none but the pairs that it is given.
        "link_type": "dedupe_only",
        "unique_id_column_name": "unique_id",
        "sql_dialect": "duckdb",
        "probability_two_random_records_match": 0.00001,
        "retain_matching_columns": True,
        "retain_intermediate_calculation_columns": True,
        # Blocking is done beforehand (sql/identity/blocked_pair.sql); splink asks for a blocking rule all the same.
        "blocking_rules_to_generate_predictions": [{"blocking_rule": "1 = 1", "sql_dialect": "duckdb"}],
        "comparisons": [_comparison(name, m[name], u[name]) for name in COMPARISONS],
    }


def _comparison(name: str, m: list[float], u: list[float]) -> Settings:
    missing, *levels = COMPARISONS[name]
    first = {"sql_condition": missing.condition, "label_for_charts": missing.name, "is_null_level": True}
    others: list[Settings] = []
    for level, m_probability, u_probability in zip(levels, m, u, strict=True):
        described = {"sql_condition": level.condition, "label_for_charts": level.name}
        adjusted = {"tf_adjustment_column": level.frequency_of, "disable_tf_exact_match_detection": True}
        numbers = {"m_probability": m_probability, "u_probability": u_probability}
        others.append(described | numbers | (adjusted if level.frequency_of else {}))
    return {"output_column_name": name, "comparison_levels": [first, *others]}


def _rounded(value: float) -> float:
    return float(f"{value:.{DIGITS}g}")


if __name__ == "__main__":
    given = dict(text.split("=", 1) for text in sys.argv[1:])
    save(train({kind: [read_case(Path(folder)) for folder in folders.split(",")] for kind, folders in given.items()}))
