"""Splink, with the frozen model: which people of the register may each client be, and how much speaks for each.

Belongs here: the one place that talks to splink.
Does not belong here: what follows from the scores (link), how the model came about (train).
"""

import json
import logging
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
import pandas as pd
import pyarrow as pa
from splink import DuckDBAPI, Linker

MODEL = Path(__file__).with_name("model.json")
# Float sums differ in the last digits between runs and thread counts; nothing is decided on those.
WEIGHT_DECIMALS = 6

# Splink orders its two tables by name.
_REGISTER_NAME = "a_register"
_CLIENT_NAME = "b_client"


def load_model() -> dict[str, Any]:
    """The committed model."""
    settings: dict[str, Any] = json.loads(MODEL.read_text(encoding="utf-8"))
    return settings


def candidates(register: pa.Table, clients: pa.Table, threads: int) -> pd.DataFrame:
    """One row per blocked pair: client and register (row numbers), and the log2 weight of each comparison.

    Both tables are as `people.standard` makes them. Rows come sorted by client and register.
    """
    settings = load_model()
    weights = [comparison["output_column_name"] for comparison in settings["comparisons"]]
    if register.num_rows == 0 or clients.num_rows == 0:
        return _no_candidates(weights)
    scored = linker(register, clients, settings, threads).inference.predict()
    chosen = ", ".join(f"round(mw_{name}, {WEIGHT_DECIMALS}) AS {name}" for name in weights)
    pairs = scored.as_duckdbpyrelation().project(f"unique_id_r AS client, unique_id_l AS register, {chosen}")
    found: pd.DataFrame = pairs.order("client, register").df()
    return found


def database(threads: int) -> duckdb.DuckDBPyConnection:
    """An in-memory database of its own, without progress bar, that reads and writes no file."""
    connection = duckdb.connect(":memory:", config={"threads": threads, "enable_external_access": False})
    connection.execute("SET enable_progress_bar = false")
    return connection


def linker(register: pa.Table, clients: pa.Table, settings: dict[str, Any], threads: int) -> Linker:
    """A splink session on its own in-memory database, with no log."""
    logging.getLogger("splink").setLevel(logging.ERROR)
    session = DuckDBAPI(database(threads))
    inputs = [
        session.register(_numbered(table), dataset_display_name=name)
        for table, name in ((register, _REGISTER_NAME), (clients, _CLIENT_NAME))
    ]
    return Linker(inputs, settings, log_level=None, validate_settings=False)


def _numbered(table: pa.Table) -> pa.Table:
    return table.append_column("unique_id", pa.array(np.arange(table.num_rows)))


def _no_candidates(weights: list[str]) -> pd.DataFrame:
    numbers = {name: np.array([], dtype=np.int64) for name in ("client", "register")}
    return pd.DataFrame(numbers | {name: np.array([], dtype=np.float64) for name in weights})
