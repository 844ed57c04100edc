"""Validating a submission: raw text to typed records, accepted or quarantined with every rule they broke.

Belongs here: the way from raw tables to staged and quarantine files. Does not belong here: parsing by declared type (`parse.py`),
running the rules and counting (`judge.py`), which submission counts (`pipelines/ingest/intake.py`).
Conserves: rows read = accepted + quarantined; the same for pounds.
"""

from collections.abc import Iterator, Sequence
from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path

import duckdb
import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from pipelines.engine.ahead import ahead
from pipelines.engine.database import batches_of
from pipelines.engine.errors import IrfError
from pipelines.engine.parquet import ParquetFile, ParquetFilesInTurn
from pipelines.engine.sql import parquet_rows, safe_reason
from pipelines.ingest.landing import Landed
from pipelines.ingest.reading.refused import Refused
from pipelines.ingest.reading.unread import unread_of
from pipelines.ingest.validating.corrected import count_corrected, rules_of_corrections
from pipelines.ingest.validating.corrections import Correction
from pipelines.ingest.validating.group import RECORD, Files, Group, group_of
from pipelines.ingest.validating.judge import Part, judge, parts_of
from pipelines.ingest.validating.keys import further_records, told_apart
from pipelines.ingest.validating.outcome import Count, Outcome, refusal_of
from pipelines.ingest.validating.totals import total_rows
from pipelines.ingest.validating.typed import typed_batches, typed_records
from schemas.feeds import FEEDS, Lineage
from schemas.judged import pandera_schema
from schemas.plausible import Bounds
from schemas.rules import Rule, rules_of
from schemas.table import arrow_schema

VALIDATING = ("arithmetic", "places_and_names", "read_text")
"""The macros that validating uses."""
BATCH_ROWS = 250_000
UNFINISHED, SET_ASIDE = ".unfinished", ".set_aside"
"""How the name of a file ends until it is whole, and that of the bad records of a group until they are parted."""


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
    rules = rules_of(group.feed) + rules_of_corrections(corrections)
    outcomes = [
        Outcome(rules={rule.rule_id: Count(rule.severity) for rule in rules}, unread=unread_of(s.raw)) for s in submissions
    ]
    for path in (path for s in submissions for path in (s.staged, s.quarantine)):
        path.parent.mkdir(parents=True, exist_ok=True)
    set_aside = submissions[0].quarantine.with_suffix(SET_ASIDE)
    _judge_all(_typed(connection, group, submissions, postcodes), group, submissions, rules, outcomes, set_aside)
    for count in (count for outcome in outcomes for count in outcome.rules.values()):
        # What rounding moved is known to fractions of a penny until here.
        count.amount = count.amount.quantize(Decimal("0.01"), ROUND_HALF_UP)
    _keep_original_text(connection, group, submissions, set_aside)
    set_aside.unlink()
    answers: list[Outcome | Refused] = []
    for files, outcome in zip(submissions, outcomes, strict=True):
        refusal = refusal_of(group.feed, outcome)
        is_kept = is_trial or refusal is None
        for file in (files.quarantine, files.staged):
            if is_kept:
                _part(file).replace(file)
            else:
                _part(file).unlink()
        answers.append(outcome if is_kept or refusal is None else refusal)
    return answers


def _part(file: Path) -> Path:
    return file.with_suffix(UNFINISHED)


def _judge_all(
    batches: Iterator[pd.DataFrame],
    group: Group,
    submissions: Sequence[Files],
    rules: list[Rule],
    outcomes: Sequence[Outcome],
    set_aside: Path,
) -> None:
    """Judge the batches of a group, count, write the accepted records of each file, and all bad ones into one."""
    declared, schema = pandera_schema(FEEDS[group.feed].model), staged_schema(group.feed)
    said_later = ("agency", "period", "source_file", "broken_rules", "warned_rules", "original")
    own = pa.schema([f for f in schema if f.name not in said_later])
    warned = schema.field("warned_rules")
    bad_schema = own.append(warned).append(schema.field("broken_rules")).append(pa.field(RECORD, pa.int64()))
    landed = [s.landed for s in submissions]
    with (
        ParquetFilesInTurn([_part(s.staged) for s in submissions], schema) as good,
        ParquetFile(set_aside, bad_schema) as bad,
    ):
        # Typing goes on in its own thread while records are judged and written.
        for batch in ahead(batches):
            parts = parts_of(batch[RECORD].to_numpy(dtype="int64"), group.starts)
            verdict = judge(batch, parts, landed, rules, outcomes)
            for part in parts if group.corrections else ():
                count_corrected(batch.iloc[part.rows], group.corrections, outcomes[part.file].corrected)
            records = pa.Table.from_pandas(batch[own.names], schema=own, preserve_index=False)
            records = records.append_column(warned, verdict.warned_rules)
            accepted = _without(records, verdict.bad)
            declared.validate(accepted.select(list(declared.columns)).to_pandas(types_mapper=pd.ArrowDtype))
            for part, its in _parted(accepted, parts, verdict.bad):
                good.add(part.file, _whole(its, landed[part.file], schema))
            numbers = pa.array(batch[RECORD]).take(pa.array(verdict.bad))
            bad.add(
                records.take(pa.array(verdict.bad))
                .append_column(bad_schema.field("broken_rules"), verdict.broken_rules)
                .append_column(bad_schema.field(RECORD), numbers)
            )


def _typed(
    connection: duckdb.DuckDBPyConnection, group: Group, submissions: Sequence[Files], postcodes: Path
) -> Iterator[pd.DataFrame]:
    """The typed records of a group in batches; files and records in their order.

    With flags that rest on other records or on the postcode directory: `duplicate_key`, `postcode_unknown` and such.
    """
    try:
        with typed_records(connection, group):
            further = further_records(connection, group)
            totals = total_rows(connection, group)
            directory = connection.sql(directory_postcodes(postcodes)).to_arrow_table()["postcode"].combine_chunks()
            for batch in typed_batches(connection, BATCH_ROWS):
                table = told_apart(batch, further)
                postcode = table["postcode"] if "postcode" in table.column_names else pa.nulls(table.num_rows, pa.string())
                is_unknown = pc.and_not(pc.is_valid(postcode), pc.is_in(postcode, value_set=directory))
                table = table.append_column("postcode_unknown", is_unknown)
                table = table.append_column("is_total", pc.is_in(table[RECORD], value_set=totals.rows))
                table = table.append_column("total_differs", pc.is_in(table[RECORD], value_set=totals.that_differ))
                yield table.to_pandas(types_mapper=pd.ArrowDtype)
    except duckdb.Error as error:
        named = submissions[0].landed.name + (f" and {len(submissions) - 1} more of its feed" if len(submissions) > 1 else "")
        raise IrfError(f"{named}: validating failed: {safe_reason(error)}") from None


def directory_postcodes(postcodes: Path) -> str:
    """The SELECT of every postcode of the directory in its normal form."""
    normal = 'normal_postcode("Postcode")'
    return f"SELECT DISTINCT {normal} AS postcode FROM {parquet_rows(postcodes)} WHERE {normal} IS NOT NULL"


def _without(records: pa.Table, places: np.ndarray) -> pa.Table:
    """The records but for those at these places; where there are none, nothing is copied."""
    if not len(places):
        return records
    is_left = np.ones(records.num_rows, dtype=bool)
    is_left[places] = False
    return records.filter(pa.array(is_left))


def _parted(accepted: pa.Table, parts: Sequence[Part], bad: np.ndarray) -> Iterator[tuple[Part, pa.Table]]:
    """The accepted records of a batch by the file they are from. bad: the places of those that were left out."""
    for part in parts:
        first, end = (place - int(np.searchsorted(bad, place)) for place in (part.first, part.end))
        yield part, accepted.slice(first, end - first)


def _whole(records: pa.Table, landed: Landed, schema: pa.Schema) -> pa.Table:
    """Records as they are written: with the submission they are from. What they do not say is NULL."""
    of_file = {"agency": landed.agency, "period": landed.period, "source_file": landed.file_hash[:12]}
    arrays = []
    for field in schema:
        if field.name in of_file:
            arrays.append(pa.repeat(of_file[field.name], records.num_rows))
        elif field.name in records.column_names:
            arrays.append(records[field.name])
        else:
            arrays.append(pa.nulls(records.num_rows, field.type))
    return pa.Table.from_arrays(arrays, schema=schema)


def _keep_original_text(
    connection: duckdb.DuckDBPyConnection, group: Group, submissions: Sequence[Files], set_aside: Path
) -> None:
    """Write the quarantine of each file: its bad records with every field as it was sent."""
    schema = staged_schema(group.feed)
    fields = ", ".join(f'"{name}" := sent."{name}"' for name in [*pq.read_schema(group.raws[0]).names, RECORD])
    kept_text = connection.sql(
        f"""
        SELECT bad.*, CAST(to_json(struct_pack({fields})) AS VARCHAR) AS original
        FROM {parquet_rows(set_aside)} AS bad JOIN {group.sent} AS sent ON bad.{RECORD} = sent.number
        ORDER BY bad.{RECORD}
        """
    )
    with ParquetFilesInTurn([_part(s.quarantine) for s in submissions], schema) as kept:
        for batch in batches_of(kept_text, BATCH_ROWS):
            table = pa.Table.from_batches([batch])
            for part in parts_of(table[RECORD].to_numpy(), group.starts):
                its = table.slice(part.first, part.end - part.first)
                kept.add(part.file, _whole(its, submissions[part.file].landed, schema))
