"""A macro gives the same on DuckDB and on Spark, whether it has one definition or one for each engine."""

import datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from pipelines.engine.duckdb_engine import DuckDb
from pipelines.engine.view import View
from tests.spark import spark

WHOLE = pa.decimal128(38, 0)
N, D = "CAST(n AS HUGEINT)", "CAST(d AS HUGEINT)"
NUMBERS = [
    (Decimal(n), Decimal(d))
    for n in (0, 1, 5, 7, 10**9 + 7, 999_999_999_999_999, 10**30 + 1, -1, -5, -7, -(10**30) - 1)
    for d in (1, 2, 3, 10, 7_000_000, 10**13 + 3)
    if abs(n) < 10**19 * d
] + [(None, Decimal(3))]
DAYS = [
    datetime.date(*day)
    for day in (
        (1900, 1, 1),
        (1920, 2, 29),
        (2000, 2, 29),
        (2024, 3, 31),
        (2024, 4, 1),
        (2025, 2, 28),
        (2025, 3, 1),
        (9999, 12, 31),
    )
]
PAIRS_OF_DAYS = [(one, other) for one in DAYS for other in DAYS if abs((one - other).days) < 60_000] + [
    (None, DAYS[0]),
    (DAYS[0], None),
]
TEXTS = [
    "", " ", "\u00a0Ada\u2003", "Ada", "ADA", "José Ångström", "Straße", "ŒUVRE", "ø", "ı", "ﬁ", "O'Neill-Smith", "a\u0301b",
    "Домашняя", "DD1 4HN", "dd14hn", "DD1  4HN", "ZZ01 1AA", "NK010AA", "x" * 300, "line\nbreak", None,
]  # fmt: skip
PAIRS_OF_TEXTS = [(one, other) for one in TEXTS for other in TEXTS]
POUNDS = [(Decimal(p),) for p in ("0.00", "0.01", "-0.01", "1234567890123456.78", "-9999999999999999.99", "99999999999999.99")]
CASES: dict[str, tuple[dict[str, pa.DataType], list[Any], tuple[str, ...]]] = {
    "numbers": (
        {"n": WHOLE, "d": WHOLE},
        NUMBERS,
        (f"floor_quotient({N}, {D})", f"floor_remainder({N}, {D})", f"rounded_quotient({N}, {D})", f"sign({N}) * {D}"),
    ),
    "days": (
        {"one_day": pa.date32(), "other_day": pa.date32()},
        PAIRS_OF_DAYS,
        (
            "financial_year_of(one_day)",
            "month_of(one_day)",
            "age_at(one_day, other_day)",
            "age_band_of(one_day, other_day)",
            "array_to_string(month_series(month_of(one_day), month_of(other_day)), ' ')",
            "length(array_to_string(day_series(one_day, other_day), ' '))",
        ),
    ),
    "texts": (
        {"one_text": pa.string(), "other_text": pa.string()},
        PAIRS_OF_TEXTS,
        (
            "keyed_hash(encode('inner'), encode('outer'), concat_ws(chr(31), one_text, other_text))",
            "person_id_of(hmac_sha256(encode('inner'), encode('outer'), concat_ws(chr(31), one_text, other_text)))",
            "trimmed(one_text)",
            "unaccented(one_text)",
            "folded(one_text)",
            "word_similarity(one_text, other_text)",
            "normal_postcode(one_text)",
            "is_dummy_postcode(normal_postcode(one_text))",
        ),
    ),
    "pounds": ({"amount": pa.decimal128(18, 2)}, POUNDS, ("pence(amount)", "pounds(pence(amount))")),
}


@pytest.mark.parametrize("case", CASES)
def test_both_engines_give_the_same(tmp_path: Path, case: str) -> None:
    types, rows, calls = CASES[case]
    columns: list[Any] = [pa.array(values, kind) for values, kind in zip(zip(*rows, strict=True), types.values(), strict=True)]
    given = pa.table([pa.array(range(len(rows))), *columns], ["number", *types])
    pq.write_table(given, tmp_path / "given.parquet")
    view = View("core", "given", [tmp_path / "given.parquet"], given.schema)
    listed = ", ".join(f"CAST({call} AS VARCHAR) AS call_{n}" for n, call in enumerate(calls))
    select = {"all": f"SELECT number, {listed} FROM core.given ORDER BY number"}
    of_duckdb = DuckDb(tmp_path, 1, "512MB").rows([view], select)["all"]
    assert len(of_duckdb) == len(rows)
    assert spark(tmp_path).rows([view], select)["all"] == of_duckdb
