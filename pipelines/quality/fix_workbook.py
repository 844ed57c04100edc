"""The workbook of each agency with what it is asked to put right: `review/quarantine-<agency>-<period>.xlsx`.

Belongs here: its sheets and its words, which of them are there. Does not belong here: which rows (`to_fix.py`).
It holds the agency's own records, so it names people: it lies in the folder that only its owner reads, and goes to that agency alone.
Every value is text in a cell of text: a spreadsheet runs nothing of it.
"""

import re
import shutil
import tempfile
from collections.abc import Callable, Iterable, Mapping, Sequence
from itertools import chain, islice
from pathlib import Path
from typing import BinaryIO

import pyarrow as pa

from pipelines.engine.files import DRAFT, remove, replace_whole
from pipelines.engine.workbook import CELL_CHARACTERS, SHEET_ROWS, TextSheet, text_workbook
from pipelines.ingest.intake import Intake
from pipelines.ingest.reference import declared_corrections
from pipelines.ingest.staging import Submission
from pipelines.ingest.validating.corrected import rules_of_corrections
from pipelines.ingest.validating.likely import likely
from pipelines.ingest.validating.outcome import FIRST_ROWS
from pipelines.ingest.validating.trial import ROWS_NOTE
from pipelines.quality.to_fix import MOST_ROWS_OF_FILE, Sent, ToFix, asked_of, rows_set_aside, rows_that_warn, show_standing
from pipelines.warehouse.tables import Tables
from schemas.codes import Fate, explained
from schemas.examples import GOOD_RECORD
from schemas.feeds import FEEDS
from schemas.rules import Rule, rules_of
from schemas.table import Column, columns

UNFINISHED = ".to-fix-"
"""What the name of the folder of unfinished parts begins with; a killed process leaves it."""
_SCIENTIFIC = re.compile(r"-?\d+([.,]\d+)?[Ee][+-]?\d+")
_OF_THE_ROW = {
    "row_structure": "as many fields as the header has",
    "duplicate_row": "the row once",
    "equal_rows": "the row once, unless it happened twice",
}
"""Rules on a row as a whole, and what is expected of it."""
_HEAD = {
    "feed": 20, "period": 10, "file": 40, "row": 8, "column": 24, "what was found": 40, "what is wrong": 70,
    "what is expected": 50, "rule": 30,
}  # fmt: skip
_SHORT_HEAD = {"feed": 20, "period": 10, "file": 40, "rows": 10, "pounds": 16, "what is wrong": 90, "rule": 40}
Rules = Mapping[str, Rule]


def write_workbooks(tables: Tables) -> dict[str, int]:
    """Write the workbook of every agency that has something to put right in this refresh; those of the others are removed.

    Returns how many rows of each agency are set aside, as the workbooks tell them.
    """
    work, counting = tables.work, tables.work.read(Intake).counting
    folder, suffix = work.root.folder("review"), f"-{work.period}.xlsx"
    for draft in folder.glob(f"{DRAFT}*-quarantine-*"):
        draft.unlink()
    for stale in work.folder.glob(f"{UNFINISHED}*"):
        shutil.rmtree(stale)
    told: dict[str, int] = {}
    in_quarantine = [row for row in tables.rows("core", "fate_by_rules").to_pylist() if row["fate"] == Fate.QUARANTINED]
    with (
        tempfile.TemporaryDirectory(prefix=UNFINISHED, dir=work.folder) as unfinished,
        tables.database([("core", "record")]) as connection,
    ):
        show_standing(connection, counting)
        for agency in sorted({s.landed.agency for s in counting}):
            asked = asked_of(counting, agency)
            set_aside = rows_set_aside(connection, work.root, asked)
            warn = rows_that_warn(connection, work.root, asked)
            # One after the other: both read from one database.
            first = list(islice(set_aside, 1))
            first_warn = [] if first else list(islice(warn, 1))
            if first or first_warn:
                book = _Book(tables, agency, asked, Path(unfinished))
                short = [row for row in in_quarantine if row["agency"] == agency]
                path = folder / f"quarantine-{agency}{suffix}"
                told[agency] = book.write(path, short, chain(first, set_aside), chain(first_warn, warn))
    for path in folder.glob(f"quarantine-*{suffix}"):
        if path.name not in {f"quarantine-{agency}{suffix}" for agency in told}:
            remove(path)
    return told


class _Book:
    """The workbook of one agency while it is written."""

    def __init__(self, tables: Tables, agency: str, asked: Sequence[Submission], unfinished: Path) -> None:
        self._agency, self._period, self._unfinished = agency, tables.work.period, unfinished
        self._corrections = [c for c in declared_corrections(tables.work) if c.agency == agency]
        self._files = {(s.landed.feed, s.landed.period): s.landed.name for s in asked}
        self._rules: dict[str, Rules] = {}

    def write(self, path: Path, short: Sequence[dict], set_aside: Iterable[ToFix], warn: Iterable[ToFix]) -> int:
        """Write it whole. short: its rows in quarantine, counted by file and rules. Returns how many rows it tells."""
        told = 0

        def fill(file: BinaryIO) -> None:
            nonlocal told
            with text_workbook(file, constant_memory=True, tmpdir=str(self._unfinished)) as workbook:
                names = ("in short", "rows to fix", "rows that warn", "about")
                in_short, to_fix, to_see, about = (TextSheet(workbook, name) for name in names)
                self._short(in_short, short)
                told, more = self._rows(to_fix, set_aside, "pounds")
                seen, more_seen = self._rows(to_see, warn, "rows of the file")
                self._about(about, told, seen, more + more_seen, in_short.cut + to_fix.cut + to_see.cut)

        replace_whole(path, fill)
        return told

    def _short(self, sheet: TextSheet, rows: Sequence[dict]) -> None:
        """How many rows of each file break which rules: all of them, told one by one or not."""
        sheet.head([*_SHORT_HEAD], [*_SHORT_HEAD.values()])
        for row in rows:
            feed, period, broken = row["feed"], row["period"], row["broken_rules"].split()
            if row["rows"] or row["pounds"] is not None:
                rules = self._rules_of(feed)
                wrong = " ".join(rules[rule_id].sentence for rule_id in broken if rule_id in rules)
                pounds = None if row["pounds"] is None else f"{row['pounds']:.2f}"
                sheet.add([feed, period, self._files.get((feed, period)), str(row["rows"]), pounds, wrong, ", ".join(broken)])

    def _rows(self, sheet: TextSheet, rows: Iterable[ToFix], last: str) -> tuple[int, int]:
        """A line for each, and one for those of a file that are not told. Returns how many were told, and how many the sheet had no room for."""
        sheet.head([*_HEAD, last, "record as sent"], [*_HEAD.values(), 16, 80])
        told = lines = beyond = 0
        for row in rows:
            # The header and, after a row, one line of what else there is.
            if lines > SHEET_ROWS - 3:
                beyond += 1 + row.left_out
                continue
            sheet.add(self._line(row))
            told, lines = told + 1, lines + 1
            if row.left_out:
                sheet.add([*self._place(row), "", "", "", f"{row.left_out:,} more rows of this file are set aside, counted in the sheet in short: "
                           f"irf validate {row.submission.landed.name} --errors NAME.xlsx lists them all"])  # fmt: skip
                lines += 1
        return told, beyond

    def _place(self, row: ToFix) -> list[str]:
        landed = row.submission.landed
        return [landed.feed, landed.period, landed.name]

    def _line(self, row: ToFix) -> list[str | None]:
        """The cells of a row: once, with every rule that it breaks."""
        landed, rules = row.submission.landed, self._rules_of(row.submission.landed.feed)
        names, found, expected = (dict[str, None]() for _ in range(3))
        for record in row.records:
            for rule in (rules[rule_id] for rule_id in record.rules if rule_id in rules):
                about = columns_of(rule, landed.feed, record.sent)
                names |= dict.fromkeys(about)
                expected |= dict.fromkeys(expected_of(rule, landed.feed, about))
                found |= dict.fromkeys(f"{name}: {record.sent.get(name) or 'blank'}" for name in about if record.sent)
            found |= dict.fromkeys(filter(None, [record.sent.get("row_text")]))
        broken = list(dict.fromkeys(rule_id for record in row.records for rule_id in record.rules))
        probably = likely([(" ".join(record.rules), record.sent) for record in row.records], landed.period)
        wrong = [
            rules[rule_id].sentence + (f" Probably {probably[rule_id]}." if rule_id in probably else "")
            for rule_id in broken if rule_id in rules
        ]  # fmt: skip
        return [*self._place(row), str(row.row), ", ".join(names), "; ".join(found), " ".join(wrong), "; ".join(expected),
                ", ".join(broken), _last(row), _as_sent(row)]  # fmt: skip

    def _rules_of(self, feed: str) -> Rules:
        if feed not in self._rules:
            corrections = [c for c in self._corrections if c.feed == feed]
            self._rules[feed] = {rule.rule_id: rule for rule in rules_of(feed) + rules_of_corrections(corrections)}
        return self._rules[feed]

    def _about(self, sheet: TextSheet, told: int, seen: int, beyond: int, cut: int) -> None:
        sheet.head(["", ""], [22, 110])
        for label, text in [
            ("agency", self._agency),
            ("refresh of", self._period),
            ("in short", "All rows that are set aside, of each file and of each set of rules that they break: a row that breaks two is in one line, "
             "and one that is several records where its first is."),
            ("rows to fix", f"{told:,} rows are set aside: no record of them is used, and pounds that can be read are held on nobody. Each row is there once, "
             f"with everything that is wrong with it; of a file at most the first {MOST_ROWS_OF_FILE:,}."),
            ("rows that warn", f"{seen:,} rows are used as they are; see whether they are meant. Of each warning and file the first "
             f"{FIRST_ROWS} are told, and how many rows of the file have it."),
            ("what to do", "Send the whole file again beside the first, with the next revision in its name, as 2025-06.r1.csv. "
             "What a later file has mended is not told here."),
            ("row numbers", ROWS_NOTE),
            ("pounds", "As on the row: of a care home those of a week. Blank where none can be read."),
            ("confidential", f"This workbook holds records of people. It is for {self._agency} alone."),
        ]:  # fmt: skip
            sheet.add([label, text])
        if beyond:
            sheet.add(["not all rows", f"{beyond:,} more rows have no room in a sheet of {SHEET_ROWS:,} rows."])
        if cut:
            sheet.add(["cut cells", f"{cut:,} cells are cut after the {CELL_CHARACTERS:,} characters that a cell can hold."])


def _last(row: ToFix) -> str | None:
    """Of a row that warns how many rows of the file have each warning; of one that is set aside its pounds."""
    if row.counts:
        return ", ".join(f"{count:,}" for count in row.counts)
    known = [record.amount for record in row.records if record.amount is not None]
    return f"{sum(known):.2f}" if known else None


def _as_sent(row: ToFix) -> str:
    """The fields of a row; where its records differ in one, all of it."""
    texts = []
    for c in columns(FEEDS[row.submission.landed.feed].model):
        values = dict.fromkeys(filter(None, (record.sent.get(c.name) for record in row.records)))
        if values:
            texts.append(f"{c.name}: {' / '.join(values)}")
    return " | ".join(texts)


def columns_of(rule: Rule, feed: str, sent: Sent) -> list[str]:
    """The columns that a rule is about in a row: those that its examples change; none where it is about the row as a whole."""
    declared = {c.name: c for c in columns(FEEDS[feed].model)}
    if rule.rule_id in _OF_THE_ROW:
        return []
    if rule.rule_id == "duplicate_key":
        return [name for name in FEEDS[feed].key if name in declared]
    if rule.rule_id in _ANY_COLUMN:
        return [name for name, c in declared.items() if _ANY_COLUMN[rule.rule_id](c, sent.get(name) or "")]
    return [name for name in dict.fromkeys([*rule.fails, *rule.passes]) if name in declared]


def _is_lost(c: Column, text: str) -> bool:
    return c.identifier and bool(_SCIENTIFIC.fullmatch(text.strip()))


_ANY_COLUMN: dict[str, Callable[[Column, str], bool]] = {
    "identifier_lost": _is_lost,
    "optional_identifier_lost": _is_lost,
    "identifier_repaired": lambda c, text: c.identifier and bool(text),
    "amount_rounded": lambda c, text: pa.types.is_decimal(c.arrow_type) and bool(text),
    "letters_broken": lambda c, text: not text.isascii(),
}
"""Rules on whichever column of a kind: which of them the row shows it in."""


def expected_of(rule: Rule, feed: str, names: Sequence[str]) -> list[str]:
    """What is expected of a row that breaks a rule, with an example for each column that it is about."""
    if rule.rule_id in _OF_THE_ROW:
        return [_OF_THE_ROW[rule.rule_id]]
    if rule.rule_id == "duplicate_key":
        return [f"one row for each {', '.join(names)}"]
    if rule.rule_id in _ANY_COLUMN:
        examples = GOOD_RECORD[feed]
        return [f"{name}: {'as ' + examples[name] if examples.get(name) else 'in full, as text'}" for name in names]
    declared = {c.name: c for c in columns(FEEDS[feed].model)}
    good = {**GOOD_RECORD[feed], **rule.passes}
    return [
        f"{name}: {explained(declared[name].codes) if declared[name].codes else 'as ' + good[name] if good.get(name) else 'blank'}"
        for name in names
    ]
