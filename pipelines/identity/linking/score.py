"""Scoring with splink: the match weight of each comparison, for every candidate pair.

Belongs here: the one place that talks to splink. Does not belong here: which pairs are compared (`block.py`), what follows
from the weights (`posterior.py`), how the model came about (`learning/train.py`).

A match weight is log2(m / u). m, how often two records of one person reach a level, is frozen in `model.json`. u, how often
two different people do, is estimated from the register at hand, with term frequencies: a rare surname weighs more. A refresh
trains nothing: it looks at no link, no decision and no client to find these numbers.
"""

import logging
from math import ceil, log2
from typing import TYPE_CHECKING

import duckdb

from pipelines.engine.sql import read_sql
from pipelines.identity.linking.block import block
from pipelines.identity.linking.comparisons import COMPARISONS, FREQUENCY_COLUMNS, compared_columns
from pipelines.identity.linking.levels import with_u_of_register
from pipelines.identity.linking.model import Settings, load_model

if TYPE_CHECKING:
    from splink import DuckDBAPI, Linker

WEIGHT_DECIMALS = 6
"""Sums of floats differ in their last digits between runs and thread counts; nothing is decided on those."""
NEGLIGIBLE_BITS = 10
"""A pair whose match weight is this far below even odds changes no posterior that counts."""
NEGLIGIBLE_RELATIVE_BITS = 6
"""Nor does a relative in the house who is this far below: a client has about a hundred such pairs."""
PAIRS_AT_ONCE = 600_000
"""Splink's table of scores is wide: it takes half a gigabyte for this many pairs."""


def score(connection: duckdb.DuckDBPyConnection) -> None:
    """Make the table `plausible_pair`: the log2 weight of each comparison for each candidate pair that may count.

    It has client and register (row ids), a weight and a level for each comparison, and a weight for each frozen kind of records.
    Reads the tables `register_standard` and `searched_standard`.
    """
    block(connection)
    model = load_model()
    settings = with_u_of_register(connection, model["splink"])
    weights = [_weight(comparison) for comparison in settings["comparisons"]]
    kinds = [_kind_weight(kind, m, model["splink"]) for kind, m in model["kinds"].items()]
    session, linker = _linker(connection, settings)
    levels = [f"gamma_{name}::TINYINT AS {name}_level" for name in COMPARISONS]
    columns = ", ".join(["-unique_id_r AS client", "unique_id_l AS register", *weights, *levels, *kinds])
    pairs = int(connection.sql("SELECT count(*) FROM blocked_pair").fetchall()[0][0])
    parts = max(ceil(pairs / PAIRS_AT_ONCE), 1)
    for part in range(parts):
        _score_part(connection, linker, session, columns, part, parts)


def _score_part(
    connection: duckdb.DuckDBPyConnection, linker: "Linker", session: "DuckDBAPI", columns: str, part: int, parts: int
) -> None:
    """Add the pairs of some clients to `plausible_pair`; the first part makes the table."""
    # Splink remembers what it made of a table by the table's name, so each part has its own.
    blocked = f"blocked_pair_{part}"
    connection.execute(
        f"""CREATE TABLE {blocked} AS SELECT '0' AS match_key, register AS join_key_l, -client AS join_key_r
        FROM blocked_pair WHERE client % {parts} = {part}"""
    )
    linker.table_management.register_blocked_pairs_for_predict(session.register(blocked))
    predicted = linker.inference.predict().physical_name
    connection.execute(f"CREATE VIEW scored_pair AS SELECT {columns} FROM {predicted}")
    target = "INSERT INTO plausible_pair" if part else "CREATE TABLE plausible_pair AS"
    connection.execute(
        f"{target} {read_sql('identity', 'plausible_pair')}",
        {"negligible_bits": NEGLIGIBLE_BITS, "negligible_relative_bits": NEGLIGIBLE_RELATIVE_BITS},
    )
    connection.execute(f"DROP VIEW scored_pair; DROP TABLE {predicted}; DROP TABLE {blocked}")


def _linker(connection: duckdb.DuckDBPyConnection, settings: Settings) -> "tuple[DuckDBAPI, Linker]":
    """Splink over the two standard tables, with the term frequencies of the register.

    They are one table to splink, a client under its row_id as a negative number, so that splink joins by number: two tables it would
    join by texts made of a table's name and a number.
    """
    from splink import DuckDBAPI, Linker  # takes as long to import as all else of linking: only who links needs it

    logging.getLogger("splink").setLevel(logging.ERROR)
    session = DuckDBAPI(connection)
    columns = ", ".join(compared_columns())
    connection.execute(
        f"""CREATE VIEW people AS SELECT row_id AS unique_id, {columns} FROM register_standard
        UNION ALL SELECT -row_id, {columns} FROM searched_standard"""
    )
    people = session.register("people", dataset_display_name="people")
    linker = Linker([people], settings, log_level=None, validate_settings=False)
    for column, usual_values in FREQUENCY_COLUMNS.items():
        _register_frequency(connection, linker, session, column, usual_values)
    return session, linker


def _register_frequency(
    connection: duckdb.DuckDBPyConnection, linker: "Linker", session: "DuckDBAPI", column: str, usual_values: int
) -> None:
    """Give splink a column's term frequencies, as if `usual_values` more people had values the register does not show."""
    connection.execute(
        f"""CREATE TABLE frequency_{column} AS
        SELECT {column}, (count(*) + 0.5) / (sum(count(*)) OVER () + {usual_values}) AS tf_{column}
        FROM register_standard WHERE {column} IS NOT NULL GROUP BY {column}"""
    )
    linker.table_management.register_term_frequency_lookup(session.register(f"frequency_{column}"), column)


def _weight(comparison: Settings) -> str:
    """The column with a comparison's match weight, its term frequency adjustment included."""
    name = comparison["output_column_name"]
    adjusted = any("tf_adjustment_column" in level for level in comparison["comparison_levels"])
    weight = f"mw_{name} + mw_tf_adj_{name}" if adjusted else f"mw_{name}"
    return f"round({weight}, {WEIGHT_DECIMALS}) AS {name}_weight"


def _kind_weight(kind: str, m: dict[str, list[float]], settings: Settings) -> str:
    """The column with what a kind of records adds to the match weight: log2 of its m over the m that splink was given."""
    weights = (f"{bits}[gamma_{name} + 2]" for name, bits in kind_bits(m, settings).items())
    return f"round({' + '.join(weights)}, {WEIGHT_DECIMALS}) AS {kind}_weight"


def kind_bits(m: dict[str, list[float]], settings: Settings) -> dict[str, list[float]]:
    """What the m probabilities of a kind of records add to the match weight, by comparison: log2 of each over the m of `settings`.

    In the order of splink's gamma, which counts the levels from the last: -1, nothing to compare, comes first and adds 0 bits.
    """
    return {comparison["output_column_name"]: _bits(comparison, m) for comparison in settings["comparisons"]}


def _bits(comparison: Settings, m: dict[str, list[float]]) -> list[float]:
    of_kind, levels = m[comparison["output_column_name"]], comparison["comparison_levels"][1:]
    bits = [round(log2(one / level["m_probability"]), WEIGHT_DECIMALS) for one, level in zip(of_kind, levels, strict=True)]
    return [0.0, *reversed(bits)]
