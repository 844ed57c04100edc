"""Make the linkage model, on purpose only: `python -m pipelines.identity.train CASE_DIR… --careless CASE_DIR…`.

Belongs here: how the numbers of `model.json` come about. Does not belong here: using the model (matcher). A refresh reads
the committed file and never trains.

A case is a register, clients and the truth (see `case`). m is the share of true pairs at each level, u the share of pairs
of strangers in the register. The truth is known, so nothing is estimated by iteration. There are two m, for records kept
with care and for careless ones; a refresh weighs them by how its own records look (link).
- careful: the mean over the cases given first, each counting the same whatever its size.
- careless: for each level the largest share in any case given after `--careless`, rescaled to sum to 1: whatever the case,
  such a model is never more than a few tenths of a bit from the case's own.
- u: the mean over all cases. It only fills in for levels that the register at hand is too small to show.
The committed model comes from cases of `tests/bench/linkage_cases.py` and `tests/bench/linkage_tayside.py` that are not
measured later: tayside_learn; careless febrl2, febrl3, census_triple_learn, address_learn,
social_security_learn.
"""

import json
import sys
from collections.abc import Callable
from pathlib import Path

from pipelines.engine.database import read_sql
from pipelines.identity import matcher
from pipelines.identity.case import Case, read_case
from pipelines.identity.comparisons import COMPARISONS, Level, Model, Settings
from pipelines.identity.current_chi import current_chis
from pipelines.identity.standardise import database, standardise

Counts = dict[str, list[int]]
Shares = dict[str, list[float]]

# No level is impossible because the cases did not show it.
SMALLEST_M, SMALLEST_U = 0.0005, 0.0000001
DIGITS = 3
FEWEST_SHARE = 0.05


def train(careful: list[Case], careless: list[Case]) -> Model:
    """The model learnt from cases of records kept with care, and of careless ones."""
    with_care, without = [_counts(case) for case in careful], [_counts(case) for case in careless]
    m = _pooled([m for m, _ in with_care], SMALLEST_M, _mean)
    u = _pooled([u for _, u in with_care + without], SMALLEST_U, _mean)
    return {"careful": m, "splink": _settings(_pooled([m for m, _ in without], SMALLEST_M, max), u)}


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
    folders = sys.argv[1:]
    mark = folders.index("--careless")
    careful_cases, careless_cases = (
        [read_case(Path(folder)) for folder in part] for part in (folders[:mark], folders[mark + 1 :])
    )
    save(train(careful_cases, careless_cases))
