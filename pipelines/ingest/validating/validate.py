"""Validating a submission: raw text to typed records, accepted or quarantined with every rule they broke.

Belongs here: running the rules, splitting, counting rows and pounds. Does not belong here: the rules themselves
(`schemas/rules`), parsing by declared type (`parse.py`), which submission counts (`pipelines/ingest/intake.py`).
Conserves: rows read = accepted + quarantined; the same for pounds.
"""

import itertools
from collections.abc import Iterable, Iterator, Sequence
from decimal import ROUND_HALF_UP, Decimal
from operator import itemgetter
from pathlib import Path

import duckdb
import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from pipelines.engine.ahead import ahead
from pipelines.engine.errors import IrfError
from pipelines.engine.parquet import ParquetFile
from pipelines.engine.sql import parquet_rows, safe_reason
from pipelines.ingest.landing import Landed
from pipelines.ingest.reading.refused import Refused
from pipelines.ingest.reading.unread import unread_of
from pipelines.ingest.validating.corrected import count_corrected, rules_of_corrections
from pipelines.ingest.validating.corrections import Correction
from pipelines.ingest.validating.group import NUMBERED, RECORD, Files, Group, group_of
from pipelines.ingest.validating.keys import further_records, told_apart
from pipelines.ingest.validating.outcome import Count, Outcome, refusal_of
from pipelines.ingest.validating.parse import parse_select
from pipelines.ingest.validating.totals import total_rows
from schemas import chi
from schemas.feeds import FEEDS, Lineage
from schemas.plausible import Bounds
from schemas.rules import Rule, rules_of
from schemas.table import arrow_schema, columns

BATCH_ROWS = 250_000
FIRST_ROWS = 10
"""How many row numbers are kept of each broken rule; a row number names nobody."""
TOTAL = "total_row"
LUHN_FROM = "2026-08"
"""First month in which numbers with a modulus 10 check digit were issued."""


def staged_schema(feed: str) -> pa.Schema:
    """The feed's own columns followed by the lineage columns; a quarantined record may lack any of its own."""
    own = [pa.field(f.name, f.type) for f in arrow_schema(FEEDS[feed].model)]
    return pa.schema(own + list(arrow_schema(Lineage)))


def validate(
    connection: duckdb.DuckDBPyConnection,
    files: Files,
    postcodes: Path,
    corrections: Sequence[Correction] = (),
    bounds: Bounds | None = None,
    *,
    is_trial: bool = False,
) -> Outcome:
    """`validate_together` for one submission. Raises Refused where it is refused, as `refusal_of` says.

    is_trial: write the records and do not raise then, so that a submitter sees which are bad.
    """
    (outcome,) = validate_together(connection, [files], postcodes, corrections, bounds, is_trial=is_trial)
    if isinstance(outcome, Refused):
        raise outcome
    return outcome


def validate_together(
    connection: duckdb.DuckDBPyConnection,
    submissions: Sequence[Files],
    postcodes: Path,
    corrections: Sequence[Correction] = (),
    bounds: Bounds | None = None,
    *,
    is_trial: bool = False,
) -> list[Outcome | Refused]:
    """Validate submissions of one feed; write of each the accepted records and those that are quarantined.

    connection: a database that may read all these files. corrections: those declared for every one of the submissions; they are
    applied before the rules. bounds: what is plausible in the feed, where it is not what `schemas/plausible.py` says.
    Returns what became of each, in their order; of one that is refused no file is written.
    """
    group = group_of(submissions, corrections, bounds)
    parted = itertools.groupby(ahead(_parsed_batches(connection, group, submissions, postcodes)), key=itemgetter(0))
    outcomes: list[Outcome | Refused] = []
    number, batches = next(parted, (None, ()))
    # Parsing goes on in its own thread while records are written.
    with connection.cursor() as writing:
        for place, files in enumerate(submissions):
            own = batches if place == number else ()
            outcomes.append(_validate_one(writing, files, (batch for _, batch in own), corrections, is_trial))
            if place == number:
                number, batches = next(parted, (None, ()))
    return outcomes


def _validate_one(
    connection: duckdb.DuckDBPyConnection,
    files: Files,
    batches: Iterable[pd.DataFrame],
    corrections: Sequence[Correction],
    is_trial: bool,
) -> Outcome | Refused:
    """Validate the typed records of one submission, in batches, and write them."""
    landed, staged, quarantine = files.landed, files.staged, files.quarantine
    rules = rules_of(landed.feed) + rules_of_corrections(corrections)
    outcome = Outcome(rules={rule.rule_id: Count(rule.severity) for rule in rules}, unread=unread_of(files.raw))
    declared, schema = FEEDS[landed.feed].model.to_schema(), staged_schema(landed.feed)
    bad_schema = schema.append(pa.field(RECORD, pa.int64()))
    for path in (staged, quarantine):
        path.parent.mkdir(parents=True, exist_ok=True)
    part, bad_part = staged.with_suffix(".unfinished"), quarantine.with_suffix(".unfinished")
    with ParquetFile(part, schema) as good, ParquetFile(bad_part, bad_schema) as bad:
        for batch in batches:
            is_bad = _validate_batch(batch, landed, rules, outcome)
            count_corrected(batch, corrections, outcome.corrected)
            accepted = _chosen(batch, ~is_bad)
            declared.validate(accepted[list(declared.columns)])
            good.add(_table(accepted, landed, schema))
            bad.add(_table(_chosen(batch, is_bad), landed, bad_schema))
    for count in outcome.rules.values():
        # What rounding moved is known to fractions of a penny until here.
        count.amount = count.amount.quantize(Decimal("0.01"), ROUND_HALF_UP)
    refusal = refusal_of(landed.feed, outcome)
    if refusal and not is_trial:
        part.unlink()
        bad_part.unlink()
        return refusal
    _keep_original_text(connection, files.raw, bad_part, schema, quarantine)
    bad_part.unlink()
    part.replace(staged)
    return outcome


def _parsed_batches(
    connection: duckdb.DuckDBPyConnection, group: Group, submissions: Sequence[Files], postcodes: Path
) -> Iterator[tuple[int, pd.DataFrame]]:
    """The typed records, each batch with the number of its file in the group; files and records in their order.

    With flags that rest on other records or on the postcode directory: `duplicate_key`, `postcode_unknown` and such.
    """
    try:
        further = further_records(connection, group)
        totals = total_rows(connection, group)
        directory = connection.sql(directory_postcodes(postcodes)).to_arrow_table()["postcode"].combine_chunks()
        for batch in connection.sql(parse_select(group)).to_arrow_reader(BATCH_ROWS):
            table = told_apart(pa.Table.from_batches([batch]), further)
            postcode = table["postcode"] if "postcode" in table.column_names else pa.nulls(table.num_rows, pa.string())
            is_unknown = pc.and_not(pc.is_valid(postcode), pc.is_in(postcode, value_set=directory))
            table = table.append_column("postcode_unknown", is_unknown)
            table = table.append_column("is_total", pc.is_in(table[RECORD], value_set=totals.rows))
            table = table.append_column("total_differs", pc.is_in(table[RECORD], value_set=totals.that_differ))
            yield from _by_file(table.to_pandas(types_mapper=pd.ArrowDtype), group.starts)
    except duckdb.Error as error:
        named = submissions[0].landed.name + (f" and {len(submissions) - 1} more of its feed" if len(submissions) > 1 else "")
        raise IrfError(f"{named}: validating failed: {safe_reason(error)}") from None


def _by_file(batch: pd.DataFrame, starts: Sequence[int]) -> Iterator[tuple[int, pd.DataFrame]]:
    """The records of a batch by the file they are from, with their places in it."""
    record = batch[RECORD].to_numpy(dtype="int64")
    cuts = np.searchsorted(record, starts)
    for number, (first, end) in enumerate(itertools.pairwise(cuts)):
        if first < end:
            own = batch.iloc[first:end].reset_index(drop=True)
            own[RECORD] -= starts[number]
            yield number, own


def directory_postcodes(postcodes: Path) -> str:
    """The SELECT of every postcode of the directory in its normal form."""
    normal = 'normal_postcode("Postcode")'
    return f"SELECT DISTINCT {normal} AS postcode FROM {parquet_rows(postcodes)} WHERE {normal} IS NOT NULL"


def _validate_batch(batch: pd.DataFrame, landed: Landed, rules: list[Rule], outcome: Outcome) -> "pd.Series[bool]":
    """Run every rule on a batch and count; True where a record is bad. Masks are counted first; no failing value is kept."""
    feed = FEEDS[landed.feed]
    is_total = batch["is_total"].astype(bool)
    if is_total.any():
        _set_totals_aside(batch, is_total, landed.feed, outcome)
    if "chi_number" in batch:
        known = batch["chi_number"].notna()
        valid = chi.valid(batch["chi_number"], luhn_allowed=landed.period >= LUHN_FROM)
        batch["chi_is_valid"] = pd.Series(valid, index=batch.index).astype("bool[pyarrow]").where(known)
    else:
        batch["chi_is_valid"] = pd.Series(pd.NA, index=batch.index, dtype="bool[pyarrow]")
    amount = pa.array(batch[feed.amount]) if feed.amount else pa.nulls(len(batch), pa.decimal128(18, 2))
    bad = pd.Series(False, index=batch.index)
    broken: list[pa.Array] = []
    for rule in rules:
        fails = ~rule.as_check()(batch).check_output.astype(bool)
        if rule.rule_id != TOTAL:
            fails &= ~is_total
        if not fails.any():
            continue
        count = outcome.rules[rule.rule_id]
        count.failed += int(fails.sum())
        count.amount += _pounds(pa.array(batch[rule.pounds]) if rule.pounds else amount, fails)
        count.first_rows = _first_rows(count.first_rows, batch["source_row"][fails])
        if rule.severity == "record":
            bad |= fails
            broken.append(pc.if_else(pa.array(fails), rule.rule_id + " ", ""))
    rows = batch["row_count"].to_numpy(dtype="int64")
    outcome.rows += int(rows.sum())
    outcome.quarantined += int(rows[bad.to_numpy(bool)].sum())
    outcome.dropped += int(rows[batch["is_dropped"].to_numpy(bool)].sum())
    outcome.accepted = outcome.rows - outcome.quarantined
    outcome.dated += int(batch["is_of_month"].notna().sum())
    outcome.of_month += int(batch["is_of_month"].sum())
    outcome.pounds_read += _pounds(amount, pd.Series(True, index=batch.index))
    outcome.pounds_quarantined += _pounds(amount, bad)
    nothing = pa.nulls(len(batch), pa.string())
    joined = pc.ascii_rtrim_whitespace(pc.binary_join_element_wise(*broken, "")) if broken else nothing
    batch["broken_rules"] = _texts(pc.if_else(pa.array(bad), joined, nothing), batch)
    batch["original"] = _texts(nothing, batch)
    return bad


def _set_totals_aside(batch: pd.DataFrame, is_total: "pd.Series[bool]", feed: str, outcome: Outcome) -> None:
    """A total row is no record: it stands for no row, and its numbers are none of the file's."""
    outcome.totals_that_differ = _first_rows(
        outcome.totals_that_differ, batch["source_row"][batch["total_differs"].astype(bool)]
    )
    if feed == "ledger":
        is_coded = is_total & (batch["cost_code"].notna() | batch["month"].notna())
        outcome.coded_totals = _first_rows(outcome.coded_totals, batch["source_row"][is_coded])
    numbers = [c.name for c in columns(FEEDS[feed].model) if pa.types.is_decimal(c.arrow_type)]
    batch.loc[is_total, ["record_key", "is_of_month", *numbers]] = pd.NA
    batch.loc[is_total, "row_count"] = 0


def _texts(values: pa.Array, batch: pd.DataFrame) -> pd.Series:
    return pd.Series(pd.arrays.ArrowExtensionArray(values), index=batch.index)


def _first_rows(known: list[int], rows: pd.Series) -> list[int]:
    """The first different row numbers; one row of a file may make several records."""
    if len(known) == FIRST_ROWS:
        return known
    return list(dict.fromkeys([*known, *(int(row) for row in rows.drop_duplicates().head(FIRST_ROWS))]))[:FIRST_ROWS]


def _pounds(amount: pa.Array, chosen: "pd.Series[bool]") -> Decimal:
    total = pc.sum(amount.filter(pa.array(chosen.to_numpy(bool)))).as_py()
    return total if total is not None else Decimal("0.00")


def _chosen(batch: pd.DataFrame, chosen: "pd.Series[bool]") -> pd.DataFrame:
    """The chosen records; where all are, nothing is copied."""
    return batch if chosen.all() else batch[chosen]


def _table(records: pd.DataFrame, landed: Landed, schema: pa.Schema) -> pa.Table:
    """Records as they are written: with the submission they are from."""
    whole = {"agency": landed.agency, "period": landed.period, "source_file": landed.file_hash[:12]}
    own = pa.schema([field for field in schema if field.name not in whole])
    table = pa.Table.from_pandas(records[own.names], schema=own, preserve_index=False)
    for name, value in whole.items():
        table = table.append_column(schema.field(name), pa.repeat(value, table.num_rows))
    return table.select(schema.names)


def _keep_original_text(connection: duckdb.DuckDBPyConnection, raw: Path, bad: Path, schema: pa.Schema, out: Path) -> None:
    """Write the quarantine with every field as it was sent."""
    reader = connection.sql(
        f"""
        SELECT bad.* EXCLUDE (original, {RECORD}), CAST(to_json(sent) AS VARCHAR) AS original
        FROM {parquet_rows(bad)} AS bad
        JOIN {parquet_rows(raw, options=NUMBERED)} AS sent USING ({RECORD})
        ORDER BY {RECORD}
        """
    ).to_arrow_reader(BATCH_ROWS)
    with ParquetFile(out, schema) as kept:
        for batch in reader:
            kept.add(pa.Table.from_batches([batch]).cast(schema))
