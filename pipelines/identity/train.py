"""Make the linkage model, on purpose only: `python -m pipelines.identity.train CASE_DIR…`.

Belongs here: how the numbers of `model.json` come about. Does not belong here: using the model (matcher). A refresh reads
the committed file and never trains.

A case is a register, clients and the truth (see `case`). m is the share of true pairs at each level, u the share of pairs
of strangers in the register; both are the plain mean over the cases that can tell, each case counting the same whatever
its size, so that the model belongs to no one of them. The truth is known, so nothing is estimated by iteration.
The committed model comes from cases of `tests/bench/linkage_cases.py` and `tests/bench/linkage_tayside.py` that are not
measured later: febrl1, febrl2, febrl3, census_learn, census_triple_learn, tayside_learn.
"""

import json
import sys
from collections.abc import Callable
from pathlib import Path

from pipelines.engine.database import read_sql
from pipelines.identity import matcher
from pipelines.identity.case import Case, read_case
from pipelines.identity.comparisons import COMPARISONS, Level, Settings
from pipelines.identity.current_chi import current_chis
from pipelines.identity.standardise import database, standardise

Counts = dict[str, list[int]]
Shares = dict[str, list[float]]

# No level is impossible because the cases did not show it.
SMALLEST_M, SMALLEST_U = 0.0005, 0.0000001
DIGITS = 3
FEWEST_SHARE = 0.05


def train(cases: list[Case]) -> Settings:
    """The splink settings with m and u learnt from cases."""
    counted = [_counts(case) for case in cases]
    return _settings(_widest([m for m, _ in counted]), _mean([u for _, u in counted]))


def save(settings: Settings, path: Path = matcher.MODEL) -> None:
    """Write the model that linking reads."""
    path.write_text(json.dumps(settings, indent=1) + "\n", encoding="utf-8")


def _counts(case: Case) -> tuple[Counts, Counts]:
    """Levels of the true pairs, and of strangers in the register."""
    with database(threads=2) as connection:
        connection.register("register", case.register)
        connection.register("client_row", case.clients)
        connection.register("current_chi", current_chis(case.register))
        for name in ("person", "client"):
            connection.execute(f"CREATE TABLE {name} AS {read_sql('identity', name)}")
        standardise(connection, "person", "register_standard")
        standardise(connection, "client", "client_standard")
        u = matcher.strangers(connection)
        connection.execute("CREATE TABLE truth (social_care_id VARCHAR, chi_number VARCHAR)")
        connection.executemany("INSERT INTO truth VALUES (?, ?)", sorted(case.truth))
        connection.execute("CREATE OR REPLACE TEMP VIEW left_standard AS FROM register_standard")
        connection.execute("CREATE OR REPLACE TEMP VIEW right_standard AS FROM client_standard")
        true_pairs = """SELECT p.row_id AS register, c.row_id AS client
            FROM truth AS t JOIN person AS p USING (chi_number) JOIN client AS c USING (social_care_id)"""
        return matcher.level_counts(connection, true_pairs), u


def _mean(counts: list[Counts]) -> Shares:
    return _pooled(counts, SMALLEST_U, lambda column: sum(column) / len(column))


def _widest(counts: list[Counts]) -> Shares:
    return _pooled(counts, SMALLEST_M, max)


def _pooled(counts: list[Counts], smallest: float, pool: Callable[[list[float]], float]) -> Shares:
    """The pooled share of each level but the first, "nothing to compare", among those that are possible together."""
    return {name: _of_levels(levels, [case[name] for case in counts], smallest, pool) for name, levels in COMPARISONS.items()}


def _of_levels(
    levels: tuple[Level, ...], counts: list[list[int]], smallest: float, pool: Callable[[list[float]], float]
) -> list[float]:
    shares = [smallest] * len(levels)
    for group in {level.among for level in levels[1:]}:
        places = [place for place, level in enumerate(levels) if place and level.among == group]
        told = [[case[place] for place in places] for case in counts if _tells(case, places)]
        seen = [[count / sum(case) for count in case] for case in told]
        columns = [list(column) for column in zip(*seen, strict=True)]
        pooled = [max(pool(column), smallest) for column in columns]
        for place, value in zip(places, pooled, strict=bool(seen)):
            shares[place] = _rounded(value / sum(pooled))
    return shares[1:]


def _tells(case: list[int], places: list[int]) -> bool:
    """A case in which hardly any pair compares these levels shows slips, not what is usual."""
    return sum(case[place] for place in places) > FEWEST_SHARE * sum(case[1:])


def _settings(m: Shares, u: Shares) -> Settings:
    return {
        "link_type": "link_only",
        "unique_id_column_name": "unique_id",
        "sql_dialect": "duckdb",
        "probability_two_random_records_match": 0.00001,
        "retain_matching_columns": False,
        "retain_intermediate_calculation_columns": True,
        # The pairs are made beforehand (sql/identity/met.sql); splink asks for a rule all the same.
        "blocking_rules_to_generate_predictions": [{"blocking_rule": "1 = 1", "sql_dialect": "duckdb"}],
        "comparisons": [_comparison(name, m[name], u[name]) for name in COMPARISONS],
    }


def _comparison(name: str, m: list[float], u: list[float]) -> Settings:
    missing, *levels = COMPARISONS[name]
    first = {"sql_condition": missing.condition, "label_for_charts": missing.name, "is_null_level": True}
    others: list[Settings] = []
    for level, m_probability, u_probability in zip(levels, m, u, strict=True):
        told = {"sql_condition": level.condition, "label_for_charts": level.name}
        adjusted = {"tf_adjustment_column": level.frequency_of, "disable_tf_exact_match_detection": True}
        numbers = {"m_probability": m_probability, "u_probability": u_probability}
        others.append(told | numbers | (adjusted if level.frequency_of else {}))
    return {"output_column_name": name, "comparison_levels": [first, *others]}


def _rounded(value: float) -> float:
    return float(f"{value:.{DIGITS}g}")


if __name__ == "__main__":
    save(train([read_case(Path(folder)) for folder in sys.argv[1:]]))
