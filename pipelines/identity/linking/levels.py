"""How many pairs reach each comparison level, and the u probabilities that follow from random pairs of the register.

Belongs here: counting levels, for training (m) and for the register at hand (u). Does not belong here: what the levels are
(`comparisons.py`), scoring candidate pairs (`score.py`).
"""

import re
from math import floor, log10

import duckdb

from pipelines.identity.linking.comparisons import COMPARISONS, Level
from pipelines.identity.linking.database import make
from pipelines.identity.linking.model import Settings

RANDOM_RECORDS = 700
"""People of the register drawn for each side of the random pairs."""
FROZEN_PAIRS = 50_000
"""The u probability of the model counts as much as this many random pairs."""
SIGNIFICANT_DIGITS = 2


def level_counts(connection: duckdb.DuckDBPyConnection, pairs: str) -> dict[str, list[int]]:
    """How many rows of the table `pairs` reach each level, by comparison.

    `pairs` has the columns register and client, the row ids of `left_standard` and `right_standard`.
    """
    chosen = ", ".join(f"{_level_number(levels)} AS {name}" for name, levels in COMPARISONS.items())
    connection.execute(
        f"""CREATE OR REPLACE TEMP TABLE level_of AS
        SELECT {chosen} FROM {pairs} AS pairs
        JOIN left_standard AS l ON l.row_id = pairs.register
        JOIN right_standard AS r ON r.row_id = pairs.client"""
    )
    counted: dict[str, list[int]] = {}
    for name, levels in COMPARISONS.items():
        found = dict(connection.sql(f"SELECT {name}, count(*) FROM level_of GROUP BY ALL").fetchall())
        counted[name] = [int(found.get(number, 0)) for number in range(len(levels))]
    return counted


def random_pair_counts(connection: duckdb.DuckDBPyConnection) -> dict[str, list[int]]:
    """How many random pairs of different people of the register reach each level, by comparison."""
    make(connection, "random_pair", records=RANDOM_RECORDS)
    connection.execute("CREATE OR REPLACE TEMP VIEW left_standard AS FROM register_standard")
    connection.execute("CREATE OR REPLACE TEMP VIEW right_standard AS FROM register_standard")
    return level_counts(connection, "random_pair")


def with_u_of_register(connection: duckdb.DuckDBPyConnection, settings: Settings) -> Settings:
    """The settings with u probabilities estimated from the register at hand; those of the model are the prior."""
    counts = random_pair_counts(connection)
    for comparison in settings["comparisons"]:
        name = comparison["output_column_name"]
        levels, seen = COMPARISONS[name], counts[name]
        # The first level is "nothing to compare", which has no u.
        for number, level in list(enumerate(comparison["comparison_levels"]))[1:]:
            possible = sum(count for count, other in zip(seen, levels, strict=True) if other.among == levels[number].among)
            u = (seen[number] + FROZEN_PAIRS * level["u_probability"]) / (possible + FROZEN_PAIRS)
            level["u_probability"] = _significant(u)
    return settings


def _level_number(levels: tuple[Level, ...]) -> str:
    whens = " ".join(f"WHEN {_of_pair(level.condition)} THEN {number}" for number, level in enumerate(levels[:-1]))
    return f"CASE {whens} ELSE {len(levels) - 1} END"


def _of_pair(condition: str) -> str:
    """A condition in splink's words (column_l, column_r) as one on the tables l and r."""
    return re.sub(r"\b([a-z_]+)_([lr])\b", r"\2.\1", condition)


def _significant(value: float) -> float:
    return round(value, SIGNIFICANT_DIGITS - 1 - floor(log10(value)))
