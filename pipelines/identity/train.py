"""Make the linkage model, on purpose only: `python -m pipelines.identity.train [WORLD_DIR]`.

Belongs here: the comparisons and blocking rules of the splink model, their starting values, and how they are trained.
Does not belong here: using the model (matcher). A refresh reads the committed `model.json` and never trains.

The committed model holds the starting values below, set by hand; without WORLD_DIR they are written anew. u (how often
two strangers agree) comes from orders of magnitude: about 30,000 likely birth dates, 10,000 live postcodes in Tayside,
Scottish name frequencies. m (how often two records of one person agree) comes from what such records usually show:
about 15 % of addresses out of date, a few per cent of names spelt otherwise or dates mistyped. Values trained on
invented people say how those were invented: look before committing them. Training takes m from the pairs that a valid
CHI links already and u from random pairs; a level that training did not see keeps its starting value.
"""

import csv
import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pyarrow as pa

from pipelines.identity import matcher, people
from schemas import chi

Settings = dict[str, Any]

MOST_PAIRS = 2_000_000
SEED = 1

_BLOCKING = (
    ("date_of_birth", "surname_sound"),
    ("date_of_birth", "forename_sound"),
    ("forename", "surname", "postcode"),
    ("forename", "surname", "birth_year"),
    ("date_of_birth", "postcode"),
)
_SAME = "{0}_l = {0}_r"
_ALIKE = "jaro_winkler_similarity({0}_l, {0}_r) >= 0.9"
_BEGINS_ALIKE = "starts_with({0}_l, {0}_r) OR starts_with({0}_r, {0}_l)"
_ONE_SLIP = "levenshtein({0}_l, {0}_r) <= 1"
_DAY_AND_MONTH_SWAPPED = "{0}_l = concat(left({0}_r, 4), '-', right({0}_r, 2), '-', substr({0}_r, 6, 2))"
_SAME_YEAR = "left({0}_l, 4) = left({0}_r, 4)"
_SAME_SECTOR = "left({0}_l, -2) = left({0}_r, -2)"
_ELSE = "ELSE"

# for each column its levels, best first: condition, m, u
_LEVELS: dict[str, tuple[tuple[str, float, float], ...]] = {
    "forename": (
        (_SAME, 0.88, 0.01),
        (_ALIKE, 0.06, 0.006),
        (_BEGINS_ALIKE, 0.03, 0.02),
        (_ELSE, 0.03, 0.964),
    ),
    "surname": ((_SAME, 0.9, 0.004), (_ALIKE, 0.06, 0.004), (_ELSE, 0.04, 0.992)),
    "date_of_birth": (
        (_SAME, 0.94, 0.000034),
        (f"{_ONE_SLIP} OR {_DAY_AND_MONTH_SWAPPED}", 0.04, 0.0012),
        (_SAME_YEAR, 0.01, 0.012),
        (_ELSE, 0.01, 0.986766),
    ),
    "sex": ((_SAME, 0.985, 0.5), (_ELSE, 0.015, 0.5)),
    "postcode": (
        (_SAME, 0.8, 0.0001),
        (_ONE_SLIP, 0.04, 0.0015),
        (_SAME_SECTOR, 0.03, 0.003),
        (_ELSE, 0.13, 0.9954),
    ),
}


def starting_settings() -> Settings:
    """The splink settings with the values set by hand."""
    return {
        "link_type": "link_only",
        "unique_id_column_name": "unique_id",
        "sql_dialect": "duckdb",
        "probability_two_random_records_match": 0.00001,
        "retain_matching_columns": False,
        "retain_intermediate_calculation_columns": True,
        "blocking_rules_to_generate_predictions": [
            {"blocking_rule": " AND ".join(f"l.{name} = r.{name}" for name in rule), "sql_dialect": "duckdb"}
            for rule in _BLOCKING
        ],
        "comparisons": [_comparison(column) for column in _LEVELS],
    }


def train(register: pa.Table, clients: pa.Table) -> Settings:
    """The settings with m and u learnt from people of the register and clients whose CHI is valid."""
    session = matcher.linker(
        people.standard(register).append_column("claim", register["chi_number"]),
        people.standard(clients).append_column("claim", clients["chi_number"]),
        starting_settings(),
        threads=1,
    )
    session.training.estimate_u_using_random_sampling(max_pairs=MOST_PAIRS, seed=SEED)
    session.training.estimate_m_from_label_column("claim")
    return _with_learnt_values(starting_settings(), session.misc.save_model_to_json())


def save(settings: Settings, path: Path = matcher.MODEL) -> None:
    """Write the model that linking reads."""
    path.write_text(json.dumps(settings, indent=1) + "\n", encoding="utf-8")


def main(world: Path | None) -> None:
    """Write the model: trained on the submissions of a synthetic world, or as set by hand."""
    if world is None:
        save(starting_settings())
        return
    register, clients = read_people(world, "population_register"), read_people(world, "clients")
    save(train(register, clients.filter(clients["chi_is_valid"])))


def read_people(world: Path, feed: str) -> pa.Table:
    """All CSV submissions of one feed of people in a world, from its canonical columns."""
    rows = [row for path in sorted(world.glob(f"landing/*/{feed}/*.csv")) for row in _rows(path)]
    names = ("chi_number", *people.COMPARED)
    columns: dict[str, Any] = {name: pa.array([row.get(name) or None for row in rows], pa.string()) for name in names}
    columns["chi_number"] = chi.repair_array(columns["chi_number"])
    columns["chi_is_valid"] = chi.valid_array(columns["chi_number"], luhn_allowed=True)
    columns["date_of_birth"] = columns["date_of_birth"].cast(pa.date32())
    return pa.table(columns)


def _comparison(column: str) -> Settings:
    missing = {"sql_condition": f"{column}_l IS NULL OR {column}_r IS NULL", "is_null_level": True}
    levels = [
        {"sql_condition": condition.format(column), "m_probability": m, "u_probability": u}
        for condition, m, u in _LEVELS[column]
    ]
    labelled = [{**level, "label_for_charts": level["sql_condition"]} for level in (missing, *levels)]
    return {"output_column_name": column, "comparison_levels": labelled}


def _with_learnt_values(settings: Settings, learnt: Settings) -> Settings:
    for ours, theirs in zip(settings["comparisons"], learnt["comparisons"], strict=True):
        for level, seen in zip(ours["comparison_levels"], theirs["comparison_levels"], strict=True):
            for value in ("m_probability", "u_probability"):
                if value in level and isinstance(seen.get(value), float) and seen[value] > 0:
                    level[value] = round(seen[value], 9)
    return settings


def _rows(path: Path) -> Iterator[dict[str, str]]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        for row in csv.DictReader(file):
            yield {name.strip().lower(): value for name, value in row.items() if name}


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else None)
