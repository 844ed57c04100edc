"""Total rows: lines that add up the records above them, as people leave in spreadsheets. They are no records.

Belongs here: finding them. Does not belong here: what becomes of them (`validate.py`, rules `total_row` and `file.total_row`).
"""

from dataclasses import dataclass

import duckdb
import pyarrow as pa

from pipelines.ingest.validating.group import FILE, RECORD, TYPED, Group
from schemas.feeds import FEEDS
from schemas.table import columns

TOTAL = "total_row"
"""The rule that a total row breaks."""
FEWEST_ROWS_ABOVE = 2
"""A row with an id of its own is a total only if it has the word, is the sum, and has at least so many records above it."""


@dataclass(frozen=True)
class Totals:
    """rows: the numbers of total rows in their group; that_differ: of those, the ones with an amount that is not the sum above."""

    rows: pa.Array
    that_differ: pa.Array


def total_rows(connection: duckdb.DuckDBPyConnection, group: Group) -> Totals:
    """The total rows of each raw file of a group.

    A total row has the word (Total, Grand total, Sum) for an id; or no text at all but that word, and the word or numbers that
    are the sum of the rows above, up to the total before or all of them.
    """
    feed, sent = group.feed, group.raw_records
    word, candidate = _word(feed), _candidate(feed)
    if not connection.execute(f"SELECT 1 FROM {TYPED} WHERE may_be_total LIMIT 1").fetchall():
        return Totals(pa.array([], pa.int64()), pa.array([], pa.int64()))
    numbers = [c.name for c in columns(FEEDS[feed].model) if pa.types.is_decimal(c.arrow_type)]
    read = "".join(f', CAST(TRY_CAST(plain_amount("{n}") AS DECIMAL(18, 6)) AS DECIMAL(38, 6)) AS "{n}"' for n in numbers)
    above = "".join(
        f', sum("{n}") FILTER (WHERE NOT is_apart) OVER {window} AS "{n}__{window}"'
        for n in numbers
        for window in ("file", "block")
    )
    # A total that was rounded is not the sum of what was rounded.
    near = 'abs("{n}" - "{n}__{window}") <= 0.01 + 0.005 * records_above'
    sums = {n: " OR ".join(f"({near.format(n=n, window=window)})" for window in ("file", "block")) for n in numbers}
    is_sum = " OR ".join(f'("{n}" <> 0 AND ({found}))' for n, found in sums.items()) or "FALSE"
    differs = " OR ".join(f'("{n}" <> 0 AND NOT coalesce({found}, FALSE))' for n, found in sums.items()) or "FALSE"
    found = connection.sql(f"""
        WITH marked AS (
            SELECT {FILE}, {RECORD}, {word} AS has_word, {_id_is_word(feed)} AS id_is_word, {candidate} AS is_candidate{read}
            FROM {sent} WHERE row_text IS NULL
        ),
        apart AS (SELECT *, is_candidate OR id_is_word AS is_apart FROM marked),
        blocked AS (
            SELECT *, coalesce(sum(CAST(is_apart AS INTEGER)) OVER earlier, 0) AS block,
                count(*) FILTER (WHERE NOT is_apart) OVER earlier AS records_above
            FROM apart
            WINDOW earlier AS (PARTITION BY {FILE} ORDER BY {RECORD} ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING)
        ),
        summed AS (
            SELECT *{above}
            FROM blocked
            WINDOW file AS (PARTITION BY {FILE} ORDER BY {RECORD} ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING),
                block AS (PARTITION BY {FILE}, block ORDER BY {RECORD} ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING)
        ),
        compared AS (SELECT *, coalesce({is_sum}, FALSE) AS is_sum, coalesce({differs}, FALSE) AS differs FROM summed),
        final AS (
            SELECT {RECORD}, differs FROM compared
            WHERE id_is_word OR (is_candidate AND (has_word OR is_sum))
                OR (has_word AND is_sum AND records_above >= {FEWEST_ROWS_ABOVE})
        )
        SELECT * FROM final ORDER BY {RECORD}
        """).to_arrow_table()
    rows = found[RECORD].combine_chunks()
    return Totals(rows, rows.filter(found["differs"].combine_chunks()))


def may_be_total(feed: str) -> str:
    """The SQL of whether a raw row could be a total row: it has the word, or no text but perhaps in names."""
    texts = [c.name for c in columns(FEEDS[feed].model) if c.arrow_type == pa.string() and not c.name.endswith("name")]
    return f"({_word(feed)} OR coalesce({', '.join(texts)}) IS NULL)"


def _id_is_word(feed: str) -> str:
    """Whether an id of the record's key is the word."""
    ids = [c.name for c in columns(FEEDS[feed].model) if c.identifier and c.name in FEEDS[feed].key]
    return _any_is_word(ids)


def _word(feed: str) -> str:
    """Whether any field of a row is the word."""
    return _any_is_word([c.name for c in columns(FEEDS[feed].model) if not c.name.endswith("name")] + _account_name(feed))


def _account_name(feed: str) -> list[str]:
    """Names of people and firms may be such a word; the name of an account is not."""
    return ["account_name"] if feed == "ledger" else []


def _any_is_word(names: list[str]) -> str:
    return "(" + " OR ".join(f'coalesce(is_total_word("{name}"), FALSE)' for name in names) + ")"


def _candidate(feed: str) -> str:
    """Whether a row has no text but the word: nothing that tells whose it is."""
    texts = [c.name for c in columns(FEEDS[feed].model) if c.arrow_type == pa.string()]
    blank = " AND ".join(f'("{name}" IS NULL OR is_total_word("{name}"))' for name in texts)
    return f"({blank})"
