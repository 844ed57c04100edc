"""The records of one file, and of all files of its agency and feed that count, as they were validated.

Belongs here: showing them in a database under one shape, whatever the feed. Does not belong here: what became of them (`fate.py`).
"""

from collections.abc import Sequence
from pathlib import Path

import duckdb

from pipelines.engine.sql import parquet_rows
from pipelines.ingest.staging import Submission
from pipelines.release.trail.known import Inside, records_of
from pipelines.warehouse.root import DataRoot
from schemas.feeds import FEEDS
from schemas.table import columns

COST_MONTH = "cost_month"
"""The column by which the national extract tells the rows of one hospital episode apart."""


def has_cost_months(feed: str) -> bool:
    """Whether a later file of the feed replaces single cost months of a record."""
    return any(c.name == COST_MONTH for c in columns(FEEDS[feed].model))


def has_records(feed: str) -> bool:
    """Whether rows of the feed are rows of `core/record`: activity or payments."""
    return bool(FEEDS[feed].services) or feed == "payments"


def show_sent(connection: duckdb.DuckDBPyConnection, root: DataRoot, inside: Inside, submission: Submission) -> None:
    """Show `sent.own`, the records of a submission, and `sent.counting`, those of its agency and feed that count."""
    landed = submission.landed
    alike = [s for s in inside.intake.counting if (s.landed.agency, s.landed.feed) == (landed.agency, landed.feed)]
    connection.execute("CREATE SCHEMA IF NOT EXISTS sent")
    for name, files in (("own", records_of(root, submission)), ("counting", [f for s in alike for f in records_of(root, s)])):
        connection.execute(f"CREATE OR REPLACE VIEW sent.{name} AS {_rows(landed.feed, files)}")


def _rows(feed: str, files: Sequence[Path]) -> str:
    """The SQL of records in the shape that all feeds share: what a feed has no column for is NULL."""
    amount = f'"{FEEDS[feed].amount}"' if FEEDS[feed].amount else "CAST(NULL AS DECIMAL(18, 2))"
    cost_month = f'"{COST_MONTH}"' if has_cost_months(feed) else "CAST(NULL AS VARCHAR)"
    return (
        f"SELECT period, record_key, part, source_file, source_row, row_count, broken_rules, warned_rules, {amount} AS amount, "
        f"{cost_month} AS cost_month FROM {parquet_rows(*files)}"
    )
