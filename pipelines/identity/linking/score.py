"""Splink, with the frozen model: which people of the register may each client be, and how much speaks for each.

Belongs here: the one place that talks to splink.
Does not belong here: what follows from the scores (link), how the model came about (train).

m, how often each level is seen where two records are of one person, is frozen in `model.json`. u, how often strangers
agree by chance, is counted in the register at hand: names and postcodes are as frequent as they are there. Nothing is
trained: no link, no decision and no client is looked at.
"""

import hashlib
import json
import logging
import re
from math import ceil, floor, log2, log10
from typing import Any

import duckdb
from splink import DuckDBAPI, Linker

from pipelines.engine.shipped import shipped
from pipelines.engine.sql import read_sql
from pipelines.identity.linking.comparisons import COMPARISONS, FREQUENCY_COLUMNS, Level, Model, Settings

MODEL = shipped("pipelines.identity.linking") / "model.json"
# Float sums differ in the last digits between runs and thread counts; nothing is decided on those.
WEIGHT_DECIMALS = 6
# People of the register drawn for each side of the pairs of strangers, and how many pairs the frozen u is worth.
STRANGERS = 700
FROZEN_PAIRS = 50_000
# A key that more people of the register share tells too little to be worth comparing them all.
MOST_ALIKE, MOST_ALIKE_BROAD = 60, 10
# A pair that is this many bits short of even odds changes no probability that counts.
NEGLIGIBLE_BITS = 10
# Nor does a relative this far from being one, of whom some hundred may be met.
NEGLIGIBLE_RELATIVE_BITS = 6
# Splink's table of scores is wide: of so many pairs it takes half a gigabyte.
PAIRS_AT_ONCE = 600_000
SIGNIFICANT_DIGITS = 2

# Splink orders its two tables by name.
_REGISTER_NAME = "a_register"
_CLIENT_NAME = "b_client"


def load_model() -> Model:
    """The committed model."""
    model: Model = json.loads(MODEL.read_text(encoding="utf-8"))
    return model


def model_version() -> str:
    """A text that changes with the committed model."""
    return hashlib.sha256(MODEL.read_bytes()).hexdigest()[:12]


def score(connection: duckdb.DuckDBPyConnection) -> None:
    """Make the table `pair`: client and register (row ids), and the log2 weight of each comparison, for every pair that meets.

    Reads the tables `register_standard` and `client_standard`.
    """
    block(connection)
    model = load_model()
    settings = with_frequencies(connection, model["splink"])
    weights = [_weight(comparison) for comparison in settings["comparisons"]]
    kinds = [_kind_weight(name, shares, model["splink"]) for name, shares in model["kinds"].items()]
    session, linker = _linker(connection, settings)
    pairs = int(connection.sql("SELECT count(*) FROM met").fetchall()[0][0])
    parts = max(ceil(pairs / PAIRS_AT_ONCE), 1)
    for part in range(parts):
        # Splink remembers what it made of a table by the table's name.
        chosen = f"met_{part}"
        connection.execute(
            f"""CREATE TABLE {chosen} AS SELECT '0' AS match_key,
            concat('{_REGISTER_NAME}-__-', register) AS join_key_l, concat('{_CLIENT_NAME}-__-', client) AS join_key_r
            FROM met WHERE client % {parts} = {part}"""
        )
        linker.table_management.register_blocked_pairs_for_predict(session.register(chosen))
        scored = linker.inference.predict().physical_name
        columns = ", ".join(["unique_id_r AS client", "unique_id_l AS register", *weights, *kinds])
        connection.execute(f"CREATE TABLE every_pair AS SELECT {columns} FROM {scored}")
        made = "INSERT INTO pair" if part else "CREATE TABLE pair AS"
        connection.execute(
            f"{made} {read_sql('identity', 'pair')}",
            {"negligible_bits": NEGLIGIBLE_BITS, "negligible_relative_bits": NEGLIGIBLE_RELATIVE_BITS},
        )
        connection.execute(f"DROP TABLE every_pair; DROP TABLE {scored}; DROP TABLE {chosen}")


def block(connection: duckdb.DuckDBPyConnection) -> None:
    """Make the table `met`: every pair of client and register row that shares a key."""
    keys = read_sql("identity", "block_key")
    connection.execute("CREATE OR REPLACE VIEW standard AS SELECT * FROM client_standard")
    connection.execute(f"CREATE TABLE client_key AS {keys}")
    connection.execute("CREATE OR REPLACE VIEW standard AS SELECT * FROM register_standard")
    # Of a large register's keys most are no client's.
    connection.execute(f"CREATE TABLE register_key AS FROM ({keys}) SEMI JOIN client_key USING (block_key)")
    connection.execute(
        f"CREATE TABLE met AS {read_sql('identity', 'met')}", {"most_alike": MOST_ALIKE, "most_alike_broad": MOST_ALIKE_BROAD}
    )
    for table in ("client_key", "register_key"):
        connection.execute(f"DROP TABLE {table}")


def level_counts(connection: duckdb.DuckDBPyConnection, pairs: str) -> dict[str, list[int]]:
    """How many of `pairs` (register, client: row ids of `left_standard` and `right_standard`) are at each level."""
    chosen = ", ".join(f"{_level_number(levels)} AS {name}" for name, levels in COMPARISONS.items())
    connection.execute(
        f"""CREATE OR REPLACE TEMP TABLE level_of AS
        SELECT {chosen} FROM ({pairs}) AS pairs
        JOIN left_standard AS l ON l.row_id = pairs.register
        JOIN right_standard AS r ON r.row_id = pairs.client"""
    )
    counted: dict[str, list[int]] = {}
    for name, levels in COMPARISONS.items():
        found = dict(connection.sql(f"SELECT {name}, count(*) FROM level_of GROUP BY ALL").fetchall())
        counted[name] = [int(found.get(number, 0)) for number in range(len(levels))]
    return counted


def with_frequencies(connection: duckdb.DuckDBPyConnection, settings: Settings) -> Settings:
    """The model with u as counted among strangers of the register; the frozen u counts as some pairs seen before."""
    counts = strangers(connection)
    for comparison in settings["comparisons"]:
        levels = COMPARISONS[comparison["output_column_name"]]
        seen = counts[comparison["output_column_name"]]
        for place, level in enumerate(comparison["comparison_levels"]):
            if place:
                possible = sum(count for count, other in zip(seen, levels, strict=True) if other.among == levels[place].among)
                chance = (seen[place] + FROZEN_PAIRS * level["u_probability"]) / (possible + FROZEN_PAIRS)
                level["u_probability"] = _significant(chance)
    return settings


def strangers(connection: duckdb.DuckDBPyConnection) -> dict[str, list[int]]:
    """Levels of pairs of different people of the register, drawn by a hash of their number: the same people every time."""
    connection.execute("CREATE OR REPLACE TEMP VIEW left_standard AS FROM register_standard")
    connection.execute("CREATE OR REPLACE TEMP VIEW right_standard AS FROM register_standard")
    pairs = read_sql("identity", "stranger").replace("$strangers", str(STRANGERS))
    return level_counts(connection, pairs)


def _linker(connection: duckdb.DuckDBPyConnection, settings: Settings) -> tuple[DuckDBAPI, Linker]:
    logging.getLogger("splink").setLevel(logging.ERROR)
    session = DuckDBAPI(connection)
    for table, name in (("register", _REGISTER_NAME), ("client", _CLIENT_NAME)):
        connection.execute(f"CREATE VIEW {name} AS SELECT row_id AS unique_id, * EXCLUDE (row_id) FROM {table}_standard")
    inputs = [session.register(name, dataset_display_name=name) for name in (_REGISTER_NAME, _CLIENT_NAME)]
    linker = Linker(inputs, settings, log_level=None, validate_settings=False)
    for column, usual_values in FREQUENCY_COLUMNS.items():
        _register_frequency(connection, linker, session, column, usual_values)
    return session, linker


def _register_frequency(
    connection: duckdb.DuckDBPyConnection, linker: Linker, session: DuckDBAPI, column: str, usual_values: int
) -> None:
    """How frequent each value of a column is in the register, as if `usual_values` more people had other values."""
    connection.execute(
        f"""CREATE TABLE frequency_{column} AS
        SELECT {column}, (count(*) + 0.5) / (sum(count(*)) OVER () + {usual_values}) AS tf_{column}
        FROM register_standard WHERE {column} IS NOT NULL GROUP BY {column}"""
    )
    linker.table_management.register_term_frequency_lookup(session.register(f"frequency_{column}"), column)


def _level_number(levels: tuple[Level, ...]) -> str:
    whens = " ".join(f"WHEN {_of_pair(level.condition)} THEN {n}" for n, level in enumerate(levels[:-1]))
    return f"CASE {whens} ELSE {len(levels) - 1} END"


def _of_pair(condition: str) -> str:
    """Splink's column_l and column_r as columns of l and r."""
    return re.sub(r"\b([a-z_]+)_([lr])\b", r"\2.\1", condition)


def _weight(comparison: dict[str, Any]) -> str:
    name = comparison["output_column_name"]
    adjusted = any("tf_adjustment_column" in level for level in comparison["comparison_levels"])
    weight = f"mw_{name} + mw_tf_adj_{name}" if adjusted else f"mw_{name}"
    return f"round({weight}, {WEIGHT_DECIMALS}) AS {name}_weight"


def _kind_weight(kind: str, shares: dict[str, list[float]], settings: Settings) -> str:
    """log2 of how much likelier a pair's levels are for records of a kind than splink takes them to be."""
    weights = (_weight_of_kind(comparison, shares) for comparison in settings["comparisons"])
    return f"round({' + '.join(weights)}, {WEIGHT_DECIMALS}) AS {kind}_weight"


def _weight_of_kind(comparison: Settings, shares: dict[str, list[float]]) -> str:
    name = comparison["output_column_name"]
    levels = comparison["comparison_levels"][1:]
    bits = [log2(m / level["m_probability"]) for m, level in zip(shares[name], levels, strict=True)]
    # Splink numbers levels from 0, the last; -1 is nothing to compare.
    whens = " ".join(f"WHEN {len(bits) - 1 - place} THEN {value:.6f}" for place, value in enumerate(bits))
    return f"CASE gamma_{name} {whens} ELSE 0 END"


def _significant(value: float) -> float:
    return round(value, SIGNIFICANT_DIGITS - 1 - floor(log10(value)))
