"""The rules every record must keep: one registry, judged by pandera.

Belongs here: a rule's id, severity, the sentence a finance officer reads, an example that fails and one that passes, and
the test itself (for rules that cross records, the name of the SELECT in `sql/check` that is the test).
Does not belong here: how answers that cross records or tables are found (`pipelines/ingest/validating/validate.py`, in DuckDB).
Severities: `file` refuses the submission, `record` quarantines the record, `warning` keeps and counts it.
"""

from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal

import pandas as pd
import pandera.pandas as pdr
import pyarrow as pa
import pyarrow.compute as pc

from schemas.examples import BEYOND_HEADER, GOOD_RECORD, KNOWN_POSTCODE, OTHER_CHI, SAYS_OTHERWISE, UNKNOWN_POSTCODE, Fields
from schemas.feeds import FEEDS
from schemas.plausible import DAYS, PLAUSIBLE
from schemas.table import Column, columns

Test = Callable[[pd.DataFrame], pd.Series]
"""From a batch of records to one boolean a record: True keeps the rule."""


@dataclass(frozen=True)
class Rule:
    """A rule on single records. `keeps` is NULL-tolerant: an absent value breaks only `missing`.

    fails, passes: how a record that breaks the rule, and one that keeps it, differ from the feed's good record. Both stand
    in a file below the good record and have, unless the example says otherwise, another key.
    pounds: the column whose pounds the rule counts; blank is the feed's amount.
    """

    rule_id: str
    severity: str
    sentence: str
    keeps: Test
    fails: Fields
    passes: Fields
    pounds: str = ""

    def as_check(self) -> pdr.Check:
        """The rule as pandera runs it."""
        return pdr.Check(
            self.keeps, name=self.rule_id, error=self.sentence, raise_warning=self.severity == "warning", ignore_na=False
        )


@dataclass(frozen=True)
class FileRule:
    """A rule on a whole file; the reader judges it. Breaking one of severity `file` refuses the submission.

    fails, passes: an example of each, in words.
    """

    rule_id: str
    severity: str
    sentence: str
    fails: str
    passes: str


FILE_RULES = {
    rule.rule_id: rule
    for rule in (
        FileRule("file.unreadable", "file", "The file cannot be read as CSV, Excel or Parquet.",
                 "a picture or a damaged workbook under the name 2025-05.xlsx", "a workbook with one sheet of records"),
        FileRule("file.too_large", "file", "The file, or a part of it, is larger than can be read.",
                 "a field that goes on for millions of characters", "a file of 3 million records"),
        FileRule("file.unfinished", "file",
                 "The file changed while it was read, or its end is missing: it is still being written, or was cut short.",
                 "a last row with fewer fields than the header and no line end", "the same row with a line end: it is set aside"),
        FileRule("file.two_tables", "file", "Two worksheets of the workbook have the header; only one can be read.",
                 "April on one sheet and May on another, even if it is hidden", "the records on one sheet, notes on another"),
        FileRule("file.title_rows", "warning", "There are rows with text above the header; they are not read.",
                 "a title and a date above the header", "the header on the first row"),
        FileRule("file.columns_missing", "file", "A required column is missing from the file.",
                 "home_care without a column hours", "home_care without a column gross_cost, which may be left out"),
        FileRule("file.two_files", "file", "Two files are for one revision of a submission: nobody can tell which is meant.",
                 "2025-04.csv and 2025-04.xlsx in one folder", "2025-04.csv and 2025-04.r1.xlsx"),
        FileRule("file.column_repeated", "file", "A column comes more than once in the file.",
                 "a header with hours twice", "a header with every column once, in any order"),
        FileRule("file.empty", "file", "The file has no records, and the feed is one that always has some.",
                 "home_care with a header and nothing below", "home_care with a header and one record"),
        FileRule("file.nil_return", "warning", "The file says that there was nothing in the month: a header and no row.",
                 "deaths with a header and nothing below", "deaths with a header and one record"),
        FileRule("file.total_row", "file", "A ledger has a total among its codes: its pounds would count twice.",
                 "a row Total with the month and the sum of the rows above", "the same without code and month: it is left out"),
        FileRule("file.mostly_bad", "file", "More than half of the records are bad: the file is not what its name says.",
                 "6 of 10 records break a rule of severity record", "5 of 10 do: they are quarantined, the others are used"),
        FileRule("file.identifiers_lost", "file",
                 "More than one record in a hundred has an identifier in scientific notation (1.00E+05): the digits are lost.",
                 "3 of 200 records have 1.00E+05 for a client number", "2 of 200 do: they are set aside, the others are used"),
        FileRule("file.other_month", "file", "No record is of the month in the file's name.",
                 "home care of April 2025 under the name 2025-05.csv",
                 "home care of May and late records of April under the name 2025-05.csv"),
        FileRule("file.other_agency", "file", "The column sending_location says that a row is another agency's.",
                 "180, which is Dundee, in a file of Perth and Kinross", "340 in every row of it, or no such column"),
        FileRule("file.unknown_columns", "warning", "The file has columns that the feed does not know; they are not read.",
                 "home_care with a column comments", "home_care with its own columns only"),
        FileRule("file.rows_elsewhere", "warning",
                 "Other worksheets of the workbook have rows that may be records, but no header; they are not read.",
                 "records that go on on a second worksheet", "a second worksheet with a few notes"),
    )
}  # fmt: skip
MAXIMUM_BAD_SHARE_PERCENT = 50
MAXIMUM_LOST_SHARE_PERCENT = 1
"""Of the records of a file those with a lost identifier; one alone is no share."""


@dataclass(frozen=True)
class CrossRule:
    """A rule that needs more than the record's own file; `sql/check/rule_<rule_id>.sql` finds what breaks it.

    It is judged anew in every refresh, over the records then in use, so that no late file is left out.
    """

    rule_id: str
    severity: str
    sentence: str
    feeds: tuple[str, ...]
    fails: str
    passes: str


_OF_A_CLIENT = ("home_care", "care_home", "self_directed_support", "equipment", "payments")
_DAY_OF_CARE = tuple(
    feed
    for feed, declared in FEEDS.items()
    if feed not in ("deaths", "ledger", "budget", "prescribing") and not declared.snapshot
)
_OPEN_ENDED = ("acute", "maternity", "mental_health", "delayed_discharge", "care_home", "equipment")
CROSS_RULES = {
    rule.rule_id: rule
    for rule in (
        CrossRule("unknown_client", "warning",
                  "The client number is not in the council's latest clients file of that month or before.", _OF_A_CLIENT,
                  "home care in May for a client who is in no row of the clients file for May",
                  "home care in May for a client of the clients file for April, when there is none for May"),
        CrossRule("unknown_cost_code", "warning", "The payment's cost code has no mapping on the first day paid for.",
                  ("payments",), "a payment from 1 May whose code is mapped to 30 April",
                  "a payment from 30 April whose code is mapped to 30 April"),
        CrossRule("unknown_admission_type", "warning",
                  "The admission type is not in admission_types.csv; the episode counts as neither elective nor emergency.",
                  ("acute",), "admission_type_code 99", "admission_type_code blank"),
        CrossRule("after_death", "warning",
                  "The record begins after the day of death known from the deaths, the register or the council.", _DAY_OF_CARE,
                  "a contact on 3 May of a person who died on 2 May", "a contact on 2 May of a person who died on 2 May"),
        CrossRule("open_after_death", "warning",
                  "The stay or item is still open though the person died before the month of the file.", _OPEN_ENDED,
                  "in the file for May an item without end_date of a person who died on 30 April",
                  "the same of a person who died on 1 May"),
        CrossRule("overlapping_stay", "warning",
                  "The stay begins while another stay of the same person goes on; it is counted at the one that began later.",
                  ("acute", "care_home"), "a stay from 8 to 15 May within one from 1 to 31 May",
                  "a stay from 8 May after one to 8 May: the day of leaving does not count"),
    )
}  # fmt: skip


@dataclass(frozen=True)
class DriftRule:
    """A rule on a measure of a whole file, against the same agency's earlier files of the feed.

    tolerance: the smallest and the largest share of the usual that is not drift.
    """

    rule_id: str
    severity: str
    sentence: str
    tolerance: tuple[Decimal, Decimal]
    fails: str
    passes: str


_HALF_TO_DOUBLE = (Decimal("0.5"), Decimal("2"))
DRIFT_RULES = {
    rule.rule_id: rule
    for rule in (
        DriftRule("drift.rows", "warning", "The file has less than half or more than twice the usual number of rows.",
                  _HALF_TO_DOUBLE, "400 rows where 1,000 are usual", "600 rows where 1,000 are usual"),
        DriftRule("drift.pounds", "warning", "The file has less than half or more than twice the usual pounds.",
                  _HALF_TO_DOUBLE, "£2.1m where £1.0m is usual", "£1.9m where £1.0m is usual"),
        DriftRule("drift.units_per_person", "warning",
                  "The file has less than half or more than twice the usual units (hours, items, records) for each person.",
                  _HALF_TO_DOUBLE, "10 hours a client where 90 are usual", "80 hours a client where 90 are usual"),
    )
}  # fmt: skip
DRIFT_PERIODS = 12
"""How many earlier files say what is usual: their median."""
DRIFT_TRUSTED_PERIODS = 3
"""From this many earlier files that did not drift, only those count: bad months never become the usual unnoticed."""
DRIFT_FEWEST_ROWS = 100
"""Files that usually have fewer rows are not compared: chance alone halves or doubles them. Ledger rows are totals: any will do."""


def rules_of(feed: str) -> list[Rule]:
    """Every record rule of a feed: those its columns imply, then its own."""
    declared = FEEDS[feed]
    rules: list[Rule] = []
    for c in columns(declared.model):
        if c.arrow_type != pa.string():
            rules.append(_readable(c))
        if c.name in PLAUSIBLE[feed]:
            rules.append(_plausible(c.name, PLAUSIBLE[feed][c.name]))
        if c.required:
            rules.append(_present(c.name))
    rules += _identifier_rules(feed)
    if any(pa.types.is_decimal(c.arrow_type) for c in columns(declared.model)):
        rules.append(_rounded(feed))
    if any(c.name == "chi_number" for c in columns(declared.model)):
        rules.append(Rule("chi_invalid", "warning", "The CHI number fails its checks; the record goes on without a person.",
                          lambda batch: batch["chi_is_valid"].fillna(True).astype(bool),
                          {"chi_number": "1904851232"}, {"chi_number": OTHER_CHI}))  # fmt: skip
        rules.append(_flag("chi_repaired", "warning", "The CHI number had lost its leading zero and was repaired.",
                           {"chi_number": OTHER_CHI[1:]}, {"chi_number": OTHER_CHI}))  # fmt: skip
    if any(c.name == "postcode" for c in columns(declared.model)):
        rules.append(_flag("postcode_unknown", "warning", "The postcode is not in the postcode directory.",
                           {"postcode": UNKNOWN_POSTCODE}, {"postcode": KNOWN_POSTCODE}))  # fmt: skip
    key = next(name for name in declared.key if name in [c.name for c in columns(declared.model) if c.identifier])
    rules.append(Rule("total_row", "record", "The row is a total of the rows above it, not a record: it counts in no sum.",
                      lambda batch: ~batch["is_total"].astype(bool), _TOTAL.get(feed, {key: "Total"}), {}))  # fmt: skip
    rules.append(_flag("row_structure", "record", "The row has more or fewer fields than the header.",
                       {BEYOND_HEADER: "one field more"}, {}))  # fmt: skip
    rules.append(_letters_broken(feed))
    rules += _key_rules(feed)
    if declared.event:
        is_moment = next(c.arrow_type == pa.timestamp("us") for c in columns(declared.model) if c.name == declared.event)
        rules.append(_not_after_period(declared.event, " 00:00:00" if is_moment else ""))
    return rules + _OWN_RULES.get(feed, [])


def _letters_broken(feed: str) -> Rule:
    """The examples change the first text that may be any; a budget has a service or a code."""
    text = next(c.name for c in columns(FEEDS[feed].model) if c.arrow_type == pa.string() and not c.name.endswith("chi_number"))
    name, other = ("cost_code", {"service": ""}) if feed == "budget" else (text, {})
    return _flag("letters_broken", "warning",
                 "Letters are lost or strange (Ã© for é): text of another encoding was put into the file.",
                 other | {name: "Jos\ufffd"}, other | {name: "José"})  # fmt: skip


def _key_rules(feed: str) -> list[Rule]:
    """What rows of one key are to one another. The examples have the key of the good record."""
    declared, good = FEEDS[feed], GOOD_RECORD[feed]
    key = {declared.key[0]: good[declared.key[0]]}
    if declared.may_repeat:
        return [_flag("equal_rows", "warning", "The row is equal to another one in every column; both count.", key, {})]
    rules = [_flag("duplicate_row", "record", "The row is equal to another one in every column; one of them counts.", key, {})]
    if not declared.has_lines:
        rules.append(_flag("duplicate_key", "record", "Another row of the file has the same key and says otherwise.",
                           key | dict(SAYS_OTHERWISE[feed]), {}))  # fmt: skip
    return rules


_TOTAL = {"ledger": {"cost_code": "", "account_name": "Total", "month": ""}}
"""A ledger with a total that has a code or a month is refused whole."""


def _flag(rule_id: str, severity: str, sentence: str, fails: Fields, passes: Fields) -> Rule:
    """A rule that DuckDB has answered already (it crosses records or tables): column `rule_id` is True where broken."""
    return Rule(rule_id, severity, sentence, lambda batch: ~batch[rule_id].astype(bool), fails, passes)


def _readable(c: Column) -> Rule:
    kind, example = "number", "1234.50"
    if pa.types.is_temporal(c.arrow_type):
        kind, example = ("date", "2025-04-30") if c.arrow_type == pa.date32() else ("date with a time", "2025-04-30 09:30:00")
    return Rule(
        f"{c.name}.unreadable",
        "record",
        f"{c.name} is filled in but is no {kind} that can be read; expected is one as {example}.",
        lambda batch: ~batch[f"{c.name}__unreadable"].astype(bool),
        {c.name: "not known" if pa.types.is_temporal(c.arrow_type) else "TBC"},
        {},
    )


def _plausible(name: str, bounds: tuple[int, int]) -> Rule:
    low, high = bounds
    return Rule(
        f"{name}.out_of_bounds",
        "record",
        f"{name} is a number that it can hardly be (expected is {low:,} to {high:,}, or what plausible_bounds.csv says): it "
        "is set aside and counts in no sum.",
        lambda batch: ~batch[f"{name}__out_of_bounds"].astype(bool),
        {name: str(high + 1)},
        {name: "1.00"},
    )


def _identifier_rules(feed: str) -> list[Rule]:
    """What spreadsheets do to identifiers: undone and counted, or lost. The examples change the last of the feed's."""
    ids = [c for c in columns(FEEDS[feed].model) if c.identifier]
    # A budget's code may be blank where a service stands for it; one that is lost has none.
    required = [c.name for c in ids if c.required or c.name == "cost_code"]
    optional = [c.name for c in ids if c.name not in required]
    rules = []
    for rule_id, severity, names, sentence in (
        ("identifier_lost", "record", required, "An identifier is in scientific notation (1.00E+05): its digits are lost."),
        ("optional_identifier_lost", "warning", optional,
         "An identifier that may be blank is in scientific notation (1.00E+05): it is lost, and the record goes on without it."),
    ):  # fmt: skip
        if names:
            rules.append(
                Rule(rule_id, severity, sentence, _none_lost(names), {names[0]: "1.00E+05"}, {names[0]: _other(feed, names[0])})
            )
    if ids:
        name = ids[0].name
        rules.append(_flag("identifier_repaired", "warning",
                           "An identifier was written as spreadsheets do (=\"00437\", '00437, 10045.0, blanks in it) and was repaired.",
                           {name: f"'{_other(feed, name)}"}, {name: _other(feed, name)}))  # fmt: skip
    return rules


def _none_lost(names: list[str]) -> Test:
    return lambda batch: ~batch[[f"{name}__lost" for name in names]].astype(bool).any(axis=1)


def _other(feed: str, name: str) -> str:
    return OTHER_CHI if name == "chi_number" else f"{GOOD_RECORD[feed].get(name, '')}3"


def _rounded(feed: str) -> Rule:
    name = FEEDS[feed].amount or next(c.name for c in columns(FEEDS[feed].model) if pa.types.is_decimal(c.arrow_type))
    return Rule(
        "amount_rounded",
        "warning",
        "An amount has more than two decimals, or a quantity more than four: it was rounded, half away from zero. The pounds are "
        "those that rounding added.",
        lambda batch: ~batch["amount_rounded"].astype(bool),
        {name: "144.05751"},
        {name: "144.06"},
        pounds="amount_moved",
    )


def _present(name: str) -> Rule:
    """Of a row that does not fit the header no field is known to be blank; nor is what was lost or is beyond its bounds."""
    not_blank = [f"{name}__{why}" for why in ("unreadable", "out_of_bounds", "lost")]
    return Rule(
        f"{name}.missing",
        "record",
        f"{name} is required and is blank.",
        lambda batch: (
            batch[name].notna()
            | batch["row_structure"].astype(bool)
            | batch[[flag for flag in not_blank if flag in batch]].astype(bool).any(axis=1)
        ),
        {name: ""},
        {},
    )


def _not_after_period(name: str, midnight: str) -> Rule:
    return Rule(
        f"{name}.after_period",
        "record",
        f"{name} is later than the month the file is for.",
        lambda batch: _kept(batch[name] < batch["period_end_exclusive"]),
        {name: f"2025-06-01{midnight}"},
        {name: f"2025-05-31{midnight}"},
    )


def _code(name: str, codes: tuple[str, ...], severity: str) -> Rule:
    return Rule(
        f"{name}.unknown_code",
        severity,
        f"{name} is not one of {', '.join(codes)}.",
        lambda batch: batch[name].isna() | batch[name].isin(codes),
        {name: "X"},
        {name: codes[-1]},
    )


def _is_clock_change(moments: pd.Series) -> "pd.Series[bool]":
    """Whether a time is one that comes twice: from one to two on the last Sunday of October, when the clocks go back."""
    last_sunday = (moments.dt.month == 10) & (moments.dt.day >= 25) & (moments.dt.dayofweek == 6)
    comes_twice: pd.Series[bool] = (last_sunday & (moments.dt.hour == 1)).fillna(False).astype(bool)
    return comes_twice


def _moments_ordered(first: str, last: str) -> Rule:
    """As `_ordered`, for times of day: between two times that come twice no order is known."""
    return Rule(
        f"{last}.before_{first}",
        "record",
        f"{last} is earlier than {first}.",
        lambda batch: (
            _kept(batch[last] >= batch[first])
            | (
                _is_clock_change(batch[first])
                & _is_clock_change(batch[last])
                & _kept(batch[first].dt.date == batch[last].dt.date)
            )
        ),
        {first: "2025-05-02 01:50:00", last: "2025-05-02 01:10:00"},
        {first: "2024-10-27 01:50:00", last: "2024-10-27 01:10:00"},
    )


def _ordered(first: str, last: str) -> Rule:
    return Rule(
        f"{last}.before_{first}",
        "record",
        f"{last} is earlier than {first}.",
        lambda batch: _kept(batch[last] >= batch[first]),
        {first: "2025-05-02", last: "2025-05-01"},
        {first: "2025-05-02", last: "2025-05-02"},
    )


def _is_ahead(batch: pd.DataFrame) -> "pd.Series[bool]":
    return (batch["period_from"] >= batch["period_end_exclusive"]).fillna(False).astype(bool)


def _is_far_ahead(batch: pd.DataFrame) -> "pd.Series[bool]":
    days = pc.days_between(pa.array(batch["period_end_exclusive"]), pa.array(batch["period_from"]))
    return pd.Series(pc.fill_null(pc.greater(days, 365), False).to_numpy(zero_copy_only=False), index=batch.index)


def _kept(answer: "pd.Series[bool]") -> pd.Series:
    """A comparison with an absent value breaks nothing."""
    return answer.fillna(True).astype(bool)


def _between(name: str, low: int, high: int, severity: str, sentence: str) -> Rule:
    return Rule(
        f"{name}.implausible",
        severity,
        sentence,
        lambda batch: _kept((batch[name] >= low) & (batch[name] <= high)),
        {name: str(high + 1)},
        {name: str(high)},
    )


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
    "emergency": [_moments_ordered("arrival_datetime", "departure_datetime")],
    "gp_out_of_hours": [_moments_ordered("start_datetime", "end_datetime")],
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
    "payments": [
        _ordered("period_from", "period_to"),
        Rule(
            "period_from.ahead",
            "warning",
            "The payment is for days after the file's month; it waits for them.",
            lambda batch: ~_is_ahead(batch) | _is_far_ahead(batch),
            {"period_from": "2025-06-01"},
            {"period_from": "2025-05-31"},
        ),
        Rule(
            "period_from.far_ahead",
            "record",
            "The payment begins more than a year after the file's month.",
            lambda batch: ~_is_far_ahead(batch),
            {"period_from": "2026-06-02", "period_to": "2026-06-30"},
            {},
        ),
        Rule(
            "days_and_months_swapped",
            "record",
            "The payment is for more than three months, and with day and month of one end or both the other way round it would be for "
            "days of the file's month: 2025-06-10 to 2025-12-10 in a file for October is 6 to 12 October.",
            lambda batch: ~batch["days_and_months_swapped"].astype(bool),
            {"period_from": "2025-01-05", "period_to": "2025-08-05"},
            {"period_from": "2025-01-05", "period_to": "2025-08-31"},
        ),
        Rule(
            f"{DAYS}.out_of_bounds",
            "record",
            f"The payment is for more days than one payment is for ({PLAUSIBLE['payments'][DAYS][1]}, or what "
            "plausible_bounds.csv says).",
            lambda batch: ~batch[f"{DAYS}__out_of_bounds"].astype(bool),
            {"period_from": "2025-05-01", "period_to": "2026-05-02"},
            {"period_from": "2025-05-01", "period_to": "2026-05-01"},
        ),
    ],
    "budget": [
        Rule(
            "service_or_code",
            "record",
            "A budget is for a service or for a ledger code: one of the two, not both.",
            # Of a row that does not fit the header no field is known to be blank.
            lambda batch: (
                (batch["service"].isna() != batch["cost_code"].isna())
                | batch["row_structure"].astype(bool)
                | batch["cost_code__lost"].astype(bool)
            ),
            {"service": "meals"},
            {"cost_code": "", "service": "meals"},
        ),
        Rule(
            "locality_of_council",
            "record",
            "A locality is named without its council.",
            lambda batch: batch["locality"].isna() | batch["council"].notna(),
            {"locality": "Lochee"},
            {"locality": "Lochee", "council": "S12000042"},
        ),
    ],
}
