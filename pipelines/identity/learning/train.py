"""Make the linkage model, on purpose only: `python -m pipelines.identity.learning.train KIND=CASE_DIR,CASE_DIR… …`.

Belongs here: how the numbers of `model.json` come about. Does not belong here: using the model (matcher). A refresh reads
the committed file and never trains.

A case is a register, clients and the truth (see `case`). m is the share of true pairs at each level, u the share of pairs
of strangers in the register. The truth is known, so nothing is estimated by iteration.
- kinds: m for each kind of records, the mean over its cases, each counting the same whatever its size; what no case of a
  kind tells, the mean over all kinds tells. A refresh weighs the kinds by how its own records look (link).
- splink: for each level the largest share in any case of poor or typed records, rescaled to sum to 1, so that no true pair
  of any kind is dropped before the kinds are weighed.
- u: the mean over all cases. It only fills in for levels that the register at hand is too small to show.
The committed model comes from cases of `tests/bench/linkage_cases.py` and `tests/bench/linkage_tayside.py` that are not
measured later: spotless=tayside_spotless_learn careful=tayside_learn fair=census_learn poor=census_triple_learn,address_learn,social_security_learn
typed=febrl2,febrl3.
"""

import json
import sys
from collections.abc import Callable
from pathlib import Path

from pipelines.engine.sql import read_sql
from pipelines.identity.learning.case import Case, read_case
from pipelines.identity.linking import score as matcher
from pipelines.identity.linking.comparisons import COMPARISONS, Level, Model, Settings
from pipelines.identity.linking.current_chi import current_chis
from pipelines.identity.linking.standardise import database, standardise

Counts = dict[str, list[int]]
Shares = dict[str, list[float]]
Pool = Callable[[list[float]], float]

# No level is impossible because the cases did not show it.
SMALLEST_M, SMALLEST_U = 0.0005, 0.0000001
DIGITS = 3
FEWEST_SHARE = 0.05
WIDE_KINDS = ("poor", "typed")


def train(cases: dict[str, list[Case]]) -> Model:
    """The model learnt from cases of each kind of records."""
    counts = {kind: [_counts(case) for case in of_kind] for kind, of_kind in cases.items()}
    seen = {kind: [m for m, _ in of_kind] for kind, of_kind in counts.items()}
    of_all = _pooled([m for of_kind in seen.values() for m in of_kind], SMALLEST_M, _mean)
    kinds = {kind: _pooled(of_kind, SMALLEST_M, _mean, of_all) for kind, of_kind in seen.items()}
    widest = _pooled([m for kind in WIDE_KINDS for m in seen[kind]], SMALLEST_M, max)
    u = _pooled([u for of_kind in counts.values() for _, u in of_kind], SMALLEST_U, _mean)
    return {"kinds": kinds, "splink": _settings(widest, u)}


def save(model: Model, path: Path = matcher.MODEL) -> None:
    """Write the model that linking reads."""
    path.write_text(json.dumps(model, indent=1) + "\n", encoding="utf-8")


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


def _mean(shares: list[float]) -> float:
    return sum(shares) / len(shares)


def _pooled(counts: list[Counts], smallest: float, pool: Pool, untold: Shares | None = None) -> Shares:
    """The pooled share of each level but the first, "nothing to compare", among those that are possible together."""
    pooled: Shares = {}
    for name, levels in COMPARISONS.items():
        shares = [smallest] * len(levels) if untold is None else [smallest, *untold[name]]
        pooled[name] = _of_levels(levels, [case[name] for case in counts], smallest, pool, shares)
    return pooled


def _of_levels(
    levels: tuple[Level, ...], counts: list[list[int]], smallest: float, pool: Pool, shares: list[float]
) -> list[float]:
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
        "retain_matching_columns": True,
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
    given = dict(text.split("=", 1) for text in sys.argv[1:])
    save(train({kind: [read_case(Path(folder)) for folder in folders.split(",")] for kind, folders in given.items()}))
