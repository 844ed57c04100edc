"""Trace and fate agree with the files in landing, read by Python's own csv module, and with each other: a seeded draw of lines and rows.

Nothing of the reader under test is used here to read a file.
"""

import csv
import io
import random
import re
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

import pytest

from pipelines.release.trail.fate import Answer
from schemas.feeds import FEEDS
from schemas.rules import rules_of
from tests.conftest import SEPARATORS, BuildWorld, pounds, rows_of, submissions_of, text_of, titles_of
from tests.end_to_end.test_planted_defects import RULE_OF, rule_of
from tests.release.trail_world import Trail, trail

DRAWN = 150
OF_RECORDS = (Answer.ACCEPTED, Answer.QUARANTINED, Answer.SUPERSEDED)


@dataclass(frozen=True)
class Sheet:
    """A file of a synthetic agency. rows: every row of it, row 1 first. header: the number of the header's row."""

    name: str
    rows: list[list[str]]
    header: int

    def record(self, row: int) -> dict[str, str]:
        return dict(zip(self.rows[self.header - 1], self.rows[row - 1], strict=False))


def sheet_of(path: Path) -> Sheet:
    titles = titles_of(path)
    text = text_of(path)
    separator = max(SEPARATORS, key=text.split("\n")[len(titles)].count)
    rows = list(csv.reader(io.StringIO(text, newline=""), delimiter=separator))
    return Sheet("/".join(path.parts[-3:]), rows, len(titles) + 1)


def sheets_of(root: Path) -> dict[str, Sheet]:
    return {sheet.name: sheet for sheet in map(sheet_of, submissions_of(root))}


def check_row(asked: Trail, sheet: Sheet, row: int) -> Answer:
    """Ask what became of a row; hold the answer against the file."""
    found = asked.fate(sheet.name, row)
    text = "".join(sheet.rows[row - 1]).strip()
    if row <= sheet.header:
        assert found.answer is (Answer.HEADER if row == sheet.header else Answer.TITLE)
    elif not text:
        assert found.answer is Answer.BLANK
    else:
        assert found.answer in (*OF_RECORDS, Answer.TOTAL)
    if found.answer is Answer.TOTAL:
        assert "total" in text.lower() or "sum" in text.lower()
    assert (found.answer is Answer.QUARANTINED) <= bool(found.rules)
    for at in found.replaced_by:
        assert found.answer is Answer.SUPERSEDED
        if at.row is not None:
            assert asked.fate(at.file, at.row).answer in OF_RECORDS
    for line in found.lines if found.lead is None else ():
        traced = asked.trace(line["line_id"])
        assert traced.source is not None
        assert (traced.source.files[0].file, traced.line["source_row"]) == (sheet.name, row)
    return found.answer


def check_line(asked: Trail, sheets: dict[str, Sheet], line_id: str) -> None:
    """Ask what a line rests on; hold the answer against the file, and against what became of the row."""
    found = asked.trace(line_id)
    assert found.line["cost"] == (found.line["direct_cost"] or 0) + found.line["residual_cost"]
    assert sum(row["amount"] for row in found.ledger) == found.control["ledger_quantum"]
    if found.source is None:
        assert found.line["cost_basis"] in ("located", "unallocated")
        return
    (named,) = found.source.files
    row, record, fate = found.line["source_row"], found.source.record, found.source.fate
    assert record is not None and fate is not None
    assert fate.answer is (Answer.QUARANTINED if found.line["cost_basis"] == "quarantined" else Answer.ACCEPTED)
    assert line_id in [line["line_id"] for line in fate.lines]
    sent = sheets[named.file].record(row)
    feed = FEEDS[record["feed"]]
    if record["record_key"] is not None:
        key = sent[feed.key[0]]
        assert re.sub(r"\W", "", key).removesuffix("0") in re.sub(r"\W", "", record["record_key"])
    if record["amount"] is not None:
        assert pounds(sent[str(feed.amount)]) == record["amount"]
    if found.line["cost_basis"] == "rate" and record["feed"] == "home_care":
        assert found.line["units"] == record["quantity"] == pounds(sent["hours"])
    if found.source.unit_cost and found.line["units"] and len(found.source.months) == 1:
        assert round(found.line["units"] * found.source.unit_cost["unit_cost"] - found.line["direct_cost"], 2) == 0


def lines_in(asked: Trail, rng: random.Random, number: int) -> list[str]:
    ids = [row[0] for row in asked.connection.execute("SELECT line_id FROM release.cost_line ORDER BY line_id").fetchall()]
    return rng.sample(ids, min(number, len(ids)))


@pytest.mark.parametrize(("mess", "seed"), [("standard", 1), ("heavy", 2)])
def test_drawn_lines_and_rows_agree_with_the_files_and_with_each_other(published: BuildWorld, mess: str, seed: int) -> None:
    root, rng = published(mess, seed), random.Random(seed)
    sheets = sheets_of(root)
    places = [(sheet, row) for sheet in sheets.values() for row in range(1, len(sheet.rows) + 1)]
    with trail(root) as asked:
        for sheet, row in rng.sample(places, DRAWN):
            check_row(asked, sheet, row)
        for line_id in lines_in(asked, rng, DRAWN):
            check_line(asked, sheets, line_id)


def test_planted_defects_are_named_by_the_trail(published: BuildWorld) -> None:
    """Each rule of records, and each warning of a row with a line, as the world's own list of defects has it."""
    root, rng = published("heavy", 2), random.Random(3)
    defects = [d for d in rows_of(root / "truth" / "defects.csv") if d["defect"] in RULE_OF and int(d["row_number"]) > 0]
    severity = {(feed, rule.rule_id): rule.severity for feed in FEEDS for rule in rules_of(feed)}
    named = Counter[str]()
    with trail(root) as asked:
        for defect in rng.sample(defects, min(DRAWN, len(defects))):
            place = next(f for f in asked.files if f.place[:3] == (defect["agency"], defect["feed"], defect["period"]))
            found = asked.fate(place.file, int(defect["row_number"]))
            rule = rule_of(defect)
            if severity.get((defect["feed"], rule)) == "record":
                assert rule in found.rules, defect
                named["record"] += 1
            elif found.lines and found.lead is None and rule != "overlapping_stay":
                met = asked.met(str(found.lines[0]["line_id"]))
                assert met is not None and rule in met.warned, defect
                named["warning"] += 1
    assert named["record"] > 20
    assert named["warning"] > 5


def test_every_row_of_every_file_has_one_answer_and_they_sum_to_the_submission(published: BuildWorld) -> None:
    root = published("heavy", 2)
    sheets = sheets_of(root)
    with trail(root) as asked:
        assert {file.file for file in asked.files} == set(sheets)
        for file in asked.files:
            sheet = sheets[file.file]
            if len(sheet.rows) > 60:
                continue  # the draw above has rows of these
            found = Counter(asked.fate(file.file, row).answer for row in range(1, len(sheet.rows) + 1))
            assert [found[answer] for answer in OF_RECORDS] == [file.published[str(answer)] for answer in OF_RECORDS], file.file
            assert file.published["rows"] == sum(found[answer] for answer in OF_RECORDS)
            assert found.total() == len(sheet.rows)
