"""The rules every record must keep: one registry, judged by pandera.

Belongs here: a rule's id, severity, the sentence a finance officer reads, and the test itself.
Does not belong here: how answers that cross records or tables are found (`pipelines/ingest/judge.py`, in DuckDB).
Severities: `file` refuses the submission, `record` quarantines the record, `warning` keeps and counts it.
"""

from collections.abc import Callable
from dataclasses import dataclass

import pandas as pd
import pandera.pandas as pdr
import pyarrow as pa

from schemas.feeds import FEEDS
from schemas.table import columns

Test = Callable[[pd.DataFrame], pd.Series]
"""From a batch of records to one boolean a record: True keeps the rule."""


@dataclass(frozen=True)
class Rule:
    """A rule on single records. `keeps` is NULL-tolerant: an absent value breaks only `missing`."""

    rule_id: str
    severity: str
    sentence: str
    keeps: Test

    def as_check(self) -> pdr.Check:
        """The rule as pandera runs it."""
        return pdr.Check(
            self.keeps, name=self.rule_id, error=self.sentence, raise_warning=self.severity == "warning", ignore_na=False
        )


@dataclass(frozen=True)
class FileRule:
    """A rule on a whole file; the reader judges it. Breaking one of severity `file` refuses the submission."""

    rule_id: str
    severity: str
    sentence: str


FILE_RULES = {
    rule.rule_id: rule
    for rule in (
        FileRule("file.unreadable", "file", "The file cannot be read as CSV, Excel or Parquet."),
        FileRule("file.too_large", "file", "The file, or a part of it, is larger than can be read."),
        FileRule("file.columns_missing", "file", "A required column is missing from the file."),
        FileRule("file.column_repeated", "file", "A column comes more than once in the file."),
        FileRule("file.empty", "file", "The file has no records."),
        FileRule("file.mostly_bad", "file", "More than half of the records are bad: the file is not what its name says."),
        FileRule("file.unknown_columns", "warning", "The file has columns that the feed does not know; they are not read."),
    )
}
MAXIMUM_BAD_SHARE_PERCENT = 50


def rules_of(feed: str) -> list[Rule]:
    """Every record rule of a feed: those its columns imply, then its own."""
    declared = FEEDS[feed]
    rules: list[Rule] = []
    for c in columns(declared.model):
        if c.arrow_type != pa.string():
            rules.append(_readable(c.name))
        if c.required:
            rules.append(_present(c.name))
    if any(c.name == "chi_number" for c in columns(declared.model)):
        rules.append(Rule("chi_invalid", "warning", "The CHI number fails its checks; the record goes on without a person.",
                          lambda batch: batch["chi_is_valid"].fillna(True).astype(bool)))  # fmt: skip
        rules.append(_flag("chi_repaired", "warning", "The CHI number had lost its leading zero and was repaired."))
    if any(c.name == "postcode" for c in columns(declared.model)):
        rules.append(_flag("postcode_unknown", "warning", "The postcode is not in the postcode directory."))
    rules.append(_flag("row_structure", "record", "The row has more or fewer fields than the header."))
    rules.append(_flag("duplicate_key", "record", "The record's key comes more than once in the file."))
    if declared.event:
        rules.append(_not_after_period(declared.event))
    return rules + _OWN_RULES.get(feed, [])


def _flag(rule_id: str, severity: str, sentence: str) -> Rule:
    """A rule that DuckDB has answered already (it crosses records or tables): column `rule_id` is True where broken."""
    return Rule(rule_id, severity, sentence, lambda batch: ~batch[rule_id].astype(bool))


def _readable(name: str) -> Rule:
    return Rule(
        f"{name}.unreadable",
        "record",
        f"{name} is filled in but cannot be read (a date that is no date, an amount that is no amount).",
        lambda batch: ~batch[f"{name}__unreadable"].astype(bool),
    )


def _present(name: str) -> Rule:
    unreadable = f"{name}__unreadable"
    return Rule(
        f"{name}.missing",
        "record",
        f"{name} is required and is blank.",
        lambda batch: batch[name].notna() | (batch[unreadable].astype(bool) if unreadable in batch else False),
    )


def _not_after_period(name: str) -> Rule:
    return Rule(
        f"{name}.after_period",
        "record",
        f"{name} is later than the month the file is for.",
        lambda batch: _kept(batch[name] < batch["period_end_exclusive"]),
    )


def _code(name: str, codes: tuple[str, ...], severity: str) -> Rule:
    return Rule(
        f"{name}.unknown_code",
        severity,
        f"{name} is not one of {', '.join(codes)}.",
        lambda batch: batch[name].isna() | batch[name].isin(codes),
    )


def _ordered(first: str, last: str) -> Rule:
    return Rule(
        f"{last}.before_{first}",
        "record",
        f"{last} is earlier than {first}.",
        lambda batch: _kept(batch[last] >= batch[first]),
    )


def _kept(answer: "pd.Series[bool]") -> pd.Series:
    """A comparison with an absent value breaks nothing."""
    return answer.fillna(True).astype(bool)


def _between(name: str, low: int, high: int, severity: str, sentence: str) -> Rule:
    return Rule(f"{name}.implausible", severity, sentence, lambda batch: _kept((batch[name] >= low) & (batch[name] <= high)))


_SEX = _code("sex", ("0", "1", "2", "9"), "warning")
_HOSPITAL_EPISODE = [
    _ordered("admission_date", "discharge_date"),
    _code("inpatient_day_case", ("I", "D"), "record"),
    _code("geriatric_long_stay", ("Y", "N"), "warning"),
]
_COMMUNITY_CONTACT = [_between("duration_minutes", 0, 1440, "warning", "A contact longer than a day, or of less than no time.")]
_OWN_RULES: dict[str, list[Rule]] = {
    "population_register": [_SEX],
    "acute": _HOSPITAL_EPISODE,
    "maternity": _HOSPITAL_EPISODE,
    "mental_health": _HOSPITAL_EPISODE,
    "outpatient": [_code("attendance_status", ("1", "5", "8"), "record")],
    "emergency": [_ordered("arrival_datetime", "departure_datetime")],
    "gp_out_of_hours": [_ordered("start_datetime", "end_datetime")],
    "community_nursing": _COMMUNITY_CONTACT,
    "community_mental_health": _COMMUNITY_CONTACT,
    "delayed_discharge": [_ordered("ready_for_discharge_date", "delay_end_date")],
    "clients": [_SEX],
    "home_care": [
        _between("hours", -744, 744, "warning", "More hours than a month has."),
        _code("service_type", ("1", "2"), "warning"),
        _code("reablement", ("0", "1", "9"), "warning"),
    ],
    "care_home": [
        _ordered("admission_date", "discharge_date"),
        _code("nursing_care", ("0", "1", "9"), "warning"),
        _code("admission_type", ("1", "2", "3"), "warning"),
    ],
    "self_directed_support": [_code("option", ("1", "2", "3", "4"), "record")],
    "equipment": [_code("service_type", ("1", "2"), "record"), _ordered("start_date", "end_date")],
    "payments": [_ordered("period_from", "period_to")],
}
