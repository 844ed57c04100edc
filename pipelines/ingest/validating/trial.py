"""Checking files before the deadline: validated as a refresh would, in a folder of our own that is gone afterwards.

Belongs here: which submission a file is, trying it, and the words of the answer. Does not belong here: the rules
(`schemas/rules`), validating (`validate.py`), the workbook for the agency (`error_workbook.py`).
Nothing under the data root is written: its reference tables are read, and that is all.
"""

import json
import signal
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from decimal import Decimal
from pathlib import Path

import pyarrow.parquet as pq

from pipelines.engine.database import open_database
from pipelines.engine.errors import IrfError
from pipelines.ingest.landing import FILE_NAME, Landed, check_feed, locations_of, sha256_of
from pipelines.ingest.raw import write_raw
from pipelines.ingest.reading.read import Refused
from pipelines.ingest.reference import read_reference
from pipelines.ingest.validating.corrected import rules_of_corrections
from pipelines.ingest.validating.corrections import Correction, read_corrections
from pipelines.ingest.validating.group import Files
from pipelines.ingest.validating.likely import likely
from pipelines.ingest.validating.outcome import FIRST_ROWS, Outcome, refusal_of
from pipelines.ingest.validating.plausible import read_bounds
from pipelines.ingest.validating.totals import TOTAL
from pipelines.warehouse.root import DataRoot
from schemas.codes import Severity
from schemas.feeds import FEEDS
from schemas.plausible import Bounds
from schemas.rules import FILE_RULES, Rule, rules_of

UNKNOWN_COLUMNS = "file.unknown_columns"
TITLE_ROWS = "file.title_rows"
ROWS_ELSEWHERE = "file.rows_elsewhere"
ROWS_LOOKED_AT = 1_000
ROWS_NOTE = (
    "Rows are numbered as a spreadsheet shows them: the first row of the file is 1. Pounds that cannot be read are in no sum."
)


@dataclass(frozen=True)
class Given:
    """What the command says about its files; None where it says nothing."""

    agency: str | None
    feed: str | None
    period: str | None


@dataclass(frozen=True)
class Broken:
    """A rule that a file breaks. amount: None in a feed without money. `rows` are the first few, as numbers."""

    rule_id: str
    severity: str
    sentence: str
    count: int
    amount: Decimal | None
    rows: list[int]


@dataclass(frozen=True)
class Trial:
    """What a refresh would make of a file.

    outcome: None where no record of it could be validated. quarantine: the records set aside; there while the bench is open.
    rules: those its records were validated by. probably: rule → what most of the fields that break it look like.
    """

    landed: Landed
    outcome: Outcome | None
    refusal: Refused | None
    quarantine: Path
    rules: list[Rule]
    probably: dict[str, str] = field(default_factory=dict)

    @property
    def verdict(self) -> str:
        """What becomes of the file, in words."""
        if self.refusal:
            return f"refused: {self.refusal.rule_id}: {self.refusal}"
        assert self.outcome is not None
        rows = self.outcome.quarantined
        return f"can be used, {rows:,} {'row' if rows == 1 else 'rows'} set aside" if rows else "can be used"

    @property
    def exit_code(self) -> int:
        """0 clean, 2 with warnings or records set aside, 3 refused."""
        return 3 if self.refusal else 2 if self.broken() else 0

    def broken(self) -> list[Broken]:
        """The rules the file breaks: on the file, on records, warnings."""
        found = []
        if self.refusal:
            rule = FILE_RULES[self.refusal.rule_id]
            found.append(Broken(rule.rule_id, rule.severity, rule.sentence, 1, None, []))
        if self.outcome is None:
            return found
        if not self.outcome.rows and not self.refusal:
            rule = FILE_RULES["file.nil_return"]
            found.append(Broken(rule.rule_id, rule.severity, rule.sentence, 1, None, []))
        unread = self.outcome.unread
        if unread.unknown_columns:
            rule, places = FILE_RULES[UNKNOWN_COLUMNS], ", ".join(map(str, unread.unknown_columns))
            sentence = f"{rule.sentence} Counted from the left: {places}."
            if unread.absent_columns:
                sentence += f" Is one of them meant to be one that the file lacks: {', '.join(unread.absent_columns)}?"
            found.append(Broken(rule.rule_id, rule.severity, sentence, len(unread.unknown_columns), None, []))
        for rule_id, rows in ((TITLE_ROWS, unread.titles), (ROWS_ELSEWHERE, unread.rows_elsewhere)):
            if rows:
                rule = FILE_RULES[rule_id]
                found.append(Broken(rule.rule_id, rule.severity, rule.sentence, rows, None, []))
        has_money = FEEDS[self.landed.feed].amount is not None
        for record_rule in self.rules:
            count = self.outcome.rules[record_rule.rule_id]
            if count.failed:
                amount = count.amount if has_money else None
                rule_id, sentence = record_rule.rule_id, record_rule.sentence
                if rule_id == TOTAL and self.outcome.totals_that_differ:
                    places = ", ".join(map(str, self.outcome.totals_that_differ))
                    sentence += f" Not the sum of the rows above: row {places}. Are rows missing?"
                if rule_id in self.probably:
                    sentence += f" Probably {self.probably[rule_id]}."
                found.append(Broken(rule_id, count.severity, sentence, count.failed, amount, count.first_rows))
        return sorted(found, key=lambda b: [*Severity].index(Severity(b.severity)))

    def totals(self) -> list[tuple[str, str]]:
        """Rows and pounds as label and text; only what is known."""
        if self.outcome is None:
            return []
        o = self.outcome
        rows = [("rows", o.rows), ("rows accepted", o.accepted), ("rows set aside", o.quarantined)]
        if FEEDS[self.landed.feed].amount is None:
            return [(label, f"{number:,}") for label, number in rows]
        accepted = o.pounds_read - o.pounds_quarantined
        pounds = [("pounds read", o.pounds_read), ("pounds accepted", accepted), ("pounds set aside", o.pounds_quarantined)]
        return [(label, f"{number:,}") for label, number in rows] + [(label, f"{amount:,.2f}") for label, amount in pounds]


@dataclass(frozen=True)
class Bench:
    """Where files are tried. agencies: agency → kind. locations: agency → its code in the national social care return, or ''.

    corrections: all that are declared. plausible: the bounds of every feed.
    """

    folder: Path
    agencies: dict[str, str]
    locations: dict[str, str]
    postcodes: Path
    corrections: list[Correction]
    plausible: dict[str, Bounds]


@contextmanager
def _ended_as_stopped() -> Iterator[None]:
    """A signal that would end the process at once stops it as Ctrl-C does: nothing of the records is left behind."""

    def stop(*_: object) -> None:
        raise KeyboardInterrupt

    before = {number: signal.signal(number, stop) for number in (signal.SIGTERM, signal.SIGHUP)}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


@contextmanager
def open_bench(root: DataRoot) -> Iterator[Bench]:
    """A folder that only its owner can read, with the reference tables that validating needs; gone at the end, with all in it.

    Raises IrfError when a reference table is absent or breaks its declaration.
    """
    with _ended_as_stopped(), tempfile.TemporaryDirectory(prefix="irf-validate-") as name:
        folder = Path(name)
        postcodes, corrections, bounds = (
            folder / f"{name}.parquet" for name in ("postcodes", "corrections", "plausible_bounds")
        )
        with open_database(folder) as connection:
            agencies = read_reference(connection, root, "agencies")
            pq.write_table(read_reference(connection, root, "postcodes"), postcodes)
            pq.write_table(read_reference(connection, root, "corrections"), corrections)
            pq.write_table(read_reference(connection, root, "plausible_bounds"), bounds)
        kinds = {row["agency"]: row["kind"] for row in agencies.select(["agency", "kind"]).to_pylist()}
        locations = locations_of(agencies.select(["agency", "sending_location"]).to_pylist())
        yield Bench(folder, kinds, locations, postcodes, read_corrections(corrections, kinds), read_bounds(bounds))


def submission_of(path: Path, given: Given, agencies: dict[str, str]) -> Landed:
    """Which submission a file is: as its path ends, `<agency>/<feed>/<period>[.rN].ext`, else as the command says.

    Raises IrfError, in one line, for what neither says, what both say differently, and what no agency sends.
    """
    if not path.is_file():
        raise IrfError(f"{path}: is no file but a device or a pipe; save what is in it as a file")
    told, revision = _told_by_path(path.absolute(), agencies)
    for name in ("agency", "feed", "period"):
        by_path, by_option = getattr(told, name), getattr(given, name)
        if by_path and by_option and by_path != by_option:
            raise IrfError(f"{path}: the path says {by_path}, --{name} says {by_option}")
    agency, feed, period = (told.agency or given.agency, told.feed or given.feed, told.period or given.period)
    if agency is None or feed is None or period is None:
        missing = [f"--{name}" for name, value in (("agency", agency), ("feed", feed), ("period", period)) if value is None]
        raise IrfError(f"{path}: does not end in <agency>/<feed>/<period>, so give {', '.join(missing)}")
    if agency not in agencies:
        raise IrfError(f"{path}: no such agency in reference/agencies.csv: {agency}; known are {', '.join(sorted(agencies))}")
    check_feed(str(path), feed, agencies[agency])
    return Landed(agency, feed, period, revision, path, sha256_of(path))


def _told_by_path(path: Path, agencies: dict[str, str]) -> tuple[Given, int]:
    """What the end of a path says, and the revision; nothing unless all of it is known."""
    agency, feed, match = path.parent.parent.name, path.parent.name, FILE_NAME.fullmatch(path.name)
    if match is None or agency not in agencies or feed not in FEEDS:
        return Given(None, None, None), 0
    return Given(agency, feed, match["period"]), int(match["revision"] or 0)


def try_file(landed: Landed, bench: Bench) -> Trial:
    """Read and validate a file as a refresh would, on the bench. Each file is tried in a folder of its own."""
    from pipelines.ingest.validating.validate import validate

    folder = Path(tempfile.mkdtemp(dir=bench.folder))
    files = Files(landed, *(folder / f"{layer}.parquet" for layer in ("raw", "staged", "quarantine")))
    corrections = [c for c in bench.corrections if c.applies_to(landed.agency, landed.feed, landed.period)]
    rules = rules_of(landed.feed) + rules_of_corrections(corrections)
    try:
        write_raw(replace(landed, location=bench.locations[landed.agency]), files.raw)
        with open_database(bench.folder) as connection:
            bounds = bench.plausible[landed.feed]
            outcome = validate(connection, files, bench.postcodes, corrections, bounds, is_trial=True)
    except Refused as refusal:
        return Trial(landed, None, refusal, files.quarantine, rules)
    likely_values = _probably(files.quarantine, landed.period)
    return Trial(landed, outcome, refusal_of(landed.feed, outcome), files.quarantine, rules, likely_values)


def _probably(quarantine: Path, period: str) -> dict[str, str]:
    """What the fields that break a rule look like, told from the first records set aside."""
    first = next(pq.ParquetFile(quarantine).iter_batches(ROWS_LOOKED_AT, columns=["broken_rules", "original"]), None)
    records = first.to_pylist() if first is not None else []
    return likely(((r["broken_rules"], json.loads(r["original"])) for r in records), period)


def told(trial: Trial) -> list[str]:
    """The answer for one file as lines of text. No value of any record is in it."""
    landed = trial.landed
    lines = [str(landed.path), f"  {landed.agency}, {landed.feed}, {landed.period}: {trial.verdict}"]
    lines += [f"  {label:<18}{text:>18}" for label, text in trial.totals()]
    broken = trial.broken()
    if broken:
        lines.append(f"  {'severity':<10}{'rule':<36}{'count':>10}{'pounds':>18}")
    for b in broken:
        pounds = "" if b.amount is None else f"{b.amount:,.2f}"
        lines.append(f"  {b.severity:<10}{b.rule_id:<36}{b.count:>10,}{pounds:>18}".rstrip())
        lines.append(f"  {'':<10}{b.sentence}{rows_in_words(b)}")
    return lines


def rows_in_words(broken: Broken) -> str:
    """The row numbers of a rule as the end of its sentence."""
    if not broken.rows:
        return ""
    more = " …" if broken.count > FIRST_ROWS == len(broken.rows) else ""
    return f" {'Row' if len(broken.rows) == 1 else 'Rows'} {', '.join(map(str, broken.rows))}{more}"


def exit_code(trials: Sequence[Trial]) -> int:
    """The gravest of all files."""
    return max(trial.exit_code for trial in trials)
