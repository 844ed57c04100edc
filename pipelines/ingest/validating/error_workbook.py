"""The Excel workbook that goes back to an agency: what is wrong with its file, and the rows to put right as it sent them.

Belongs here: the workbook. Does not belong here: validating (`validate.py`).
It holds the agency's own records, so it names people: it is written only where a user says, for one agency, readable by
its owner alone. Nothing in it is ever run by a spreadsheet: every value is text in a cell of text.
"""

import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

import pyarrow.parquet as pq

from pipelines.engine.errors import IrfError
from pipelines.engine.workbook import CELL_CHARACTERS, SHEET_ROWS, TextSheet, text_workbook
from pipelines.ingest.validating.trial import ROWS_NOTE, Trial
from schemas.feeds import FEEDS
from schemas.table import columns

BATCH_ROWS = 10_000
WHOLE_ROW = "whole row as sent"


def check_is_new(out: Path) -> None:
    """Raise IrfError unless a workbook can be written there: its folder is there, and nothing of its name."""
    if out.suffix != ".xlsx":
        raise IrfError(f"--errors {out}: the name must end in .xlsx")
    if out.exists() or out.is_symlink():
        raise IrfError(f"--errors {out}: is there already; give another name or remove it")
    if not out.parent.is_dir():
        raise IrfError(f"--errors {out}: there is no folder {out.parent}")


def write_error_workbook(trial: Trial, out: Path, work: Path) -> None:
    """Write the workbook of one file, whole or not at all. work: a folder for unfinished parts, private as the workbook is.

    Raises IrfError when `out` is there already.
    """
    with _new_file(out) as file, text_workbook(file, constant_memory=True, tmpdir=str(work)) as workbook:
        summary, by_rule, to_fix = (TextSheet(workbook, name) for name in ("summary", "by rule", "rows to fix"))
        _write_rules(by_rule, trial)
        left_out = _write_rows(to_fix, trial)
        _write_summary(summary, trial, left_out, to_fix.cut)


@contextmanager
def _new_file(out: Path) -> Iterator[BinaryIO]:
    """A new file that its owner alone can read; gone again when writing it fails."""
    check_is_new(out)
    descriptor = os.open(out, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(descriptor, "wb") as file:
            yield file
    except BaseException:
        out.unlink()
        raise


def _write_rules(sheet: TextSheet, trial: Trial) -> None:
    sheet.head(["rule", "severity", "what is wrong", "count", "pounds", "first rows"], [36, 10, 80, 10, 16, 50])
    for b in trial.broken():
        pounds = None if b.amount is None else f"{b.amount:.2f}"
        sheet.add([b.rule_id, b.severity, b.sentence, str(b.count), pounds, ", ".join(map(str, b.rows))])


def _write_rows(sheet: TextSheet, trial: Trial) -> int:
    """Every record set aside, as it was sent, in the columns of the feed. Returns how many there was no room for."""
    fields = [c.name for c in columns(FEEDS[trial.landed.feed].model)]
    sentences = {rule.rule_id: rule.sentence for rule in trial.rules}
    sheet.head(["row", "what is wrong", *fields, WHOLE_ROW], [10, 80, *[18 for _ in fields], 40])
    if trial.outcome is None:
        return 0
    quarantine = pq.ParquetFile(trial.quarantine)
    room = SHEET_ROWS - 1
    for batch in quarantine.iter_batches(BATCH_ROWS, columns=["source_row", "broken_rules", "original"]):
        for record in batch.slice(0, room).to_pylist():
            sent = json.loads(record["original"])
            wrong = " ".join(sentences[rule_id] for rule_id in record["broken_rules"].split())
            sheet.add([str(record["source_row"]), wrong, *(sent[name] for name in fields), sent["row_text"]])
        room -= min(room, batch.num_rows)
    return max(0, int(quarantine.metadata.num_rows) - (SHEET_ROWS - 1))


def _write_summary(sheet: TextSheet, trial: Trial, left_out: int, cut: int) -> None:
    landed = trial.landed
    sheet.head(["", ""], [22, 100])
    for label, text in [
        ("agency", landed.agency),
        ("feed", landed.feed),
        ("period", landed.period),
        ("file", landed.path.name),
        ("SHA-256 of the file", landed.sha256),
        ("verdict", trial.verdict),
        *trial.totals(),
        ("row numbers", ROWS_NOTE),
        (
            "rows to fix",
            "The records set aside, as they were sent. Records with warnings only are used and are not among them.",
        ),
        ("confidential", f"This workbook holds records of people. It is for {landed.agency} alone."),
    ]:
        sheet.add([label, text])
    if left_out:
        sheet.add(["not all rows", f"{left_out:,} more rows to fix have no room in a sheet of {SHEET_ROWS:,} rows."])
    if cut:
        sheet.add(["cut cells", f"{cut:,} cells are cut after the {CELL_CHARACTERS:,} characters that a cell can hold."])
