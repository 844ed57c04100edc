"""The defects of real submissions, planted where we can find them again.

Belongs here: what goes wrong in a file, how often, and what should become of it. Does not belong here: clean records.
A file is never spoilt as a whole: every planted defect is one that a careful reader survives.
"""

import datetime
from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from pipelines.synth.clients import wrong_digit
from pipelines.synth.draws import Ints, Month
from pipelines.synth.people import People
from pipelines.synth.sheet import Sheet

LEVELS = {"none": 0.0, "standard": 0.005, "heavy": 0.05}
"""Share of the records of each file that get a defect."""
QUARANTINE, WARNING, KEPT = "quarantine", "warning", "none"
FEWEST_ROWS = 5
_BAD_ROWS_AT_MOST = 5
LOST_OF_ROWS = 200
"""One identifier in so many rows may be lost; with more the file would be refused."""
_DUMMY_POSTCODES = ("NK010AA", "NK1 0AA", "NF1 1AB", "BF010AA", "ZZ01 1ZZ", "ZZ61 1ZZ")
_FORMULA = '=HYPERLINK("http://example.org","Click")'


FIRST_ROW = 2
"""The header is row 1."""


@dataclass(frozen=True)
class Planted:
    """One defect. row is the row of the file as a spreadsheet shows it; 0 means the whole file."""

    agency: str
    feed: str
    period: str
    row: int
    record_key: str
    defect: str
    expected: str
    rule: str


@dataclass
class Setting:
    """What a defect may need to know besides the record."""

    month: Month
    rng: np.random.Generator
    dead: list[str]
    may_lose: int
    """How many more identifiers can be lost before the file is refused for it."""


Record = Mapping[str, str]
Change = Callable[[Record, Setting], str | None]
"""From a record to the new text of one column, or None where the defect does not fit the record."""


@dataclass(frozen=True)
class Slip:
    """A defect in one column of a record that is there."""

    name: str
    column: str
    change: Change
    expected: str
    rule: str


@dataclass(frozen=True)
class Extra:
    """A defect that is one record more. `change` gives the columns that differ from the record it is made from."""

    name: str
    change: Callable[[Record, Setting], dict[str, str] | None]
    expected: str
    rule: str


Defect = Slip | Extra


def _text(value: str) -> Change:
    return lambda record, setting: value


def _blanked(column: str) -> Change:
    return lambda record, setting: "" if record[column] else None


def _excel_day(column: str) -> Change:
    """The day as a spreadsheet counts it."""
    return lambda record, setting: str(_day(record[column]).toordinal() - 693_594) if record[column] else None


def _day_before(column: str) -> Change:
    return lambda record, setting: str(_day(record[column]) - datetime.timedelta(days=3))


def _next_month(column: str) -> Change:
    def change(record: Record, setting: Setting) -> str:
        return setting.month.plus(1).first_day + record[column][10:]

    return change


def _with_pound(column: str) -> Change:
    """£1,234.50 for 1234.50: easily read."""
    return lambda record, setting: f"£{_amount(record[column]):,.2f}" if _amount(record[column]) > 0 else None


def _in_brackets(column: str) -> Change:
    return lambda record, setting: f"({record[column][1:]})" if record[column].startswith("-") else None


def _minus_after(column: str) -> Change:
    return lambda record, setting: f"{record[column][1:]}-" if record[column].startswith("-") else None


def _lost_zero(record: Record, setting: Setting) -> str | None:
    return record["chi_number"][1:] if record["chi_number"].startswith("0") else None


def _invalid_chi(record: Record, setting: Setting) -> str | None:
    return wrong_digit(record["chi_number"], setting.rng) if len(record["chi_number"]) == 10 else None


def _excel_chi(record: Record, setting: Setting) -> str | None:
    return f"{int(record['chi_number']):.2E}" if len(record["chi_number"]) == 10 else None


def _lost_id(column: str) -> Change:
    """An identifier in scientific notation: few enough that the file is not refused for them."""

    def change(record: Record, setting: Setting) -> str | None:
        if not record[column] or not setting.may_lose:
            return None
        setting.may_lose -= 1
        return "1.00E+05"

    return change


def _as_formula(column: str) -> Change:
    return lambda record, setting: f'="{record[column]}"' if record[column] else None


def _after_apostrophe(column: str) -> Change:
    return lambda record, setting: f"'{record[column]}" if record[column] else None


def _with_no_break_space(column: str) -> Change:
    return lambda record, setting: f"{record[column][:1]}\u00a0{record[column][1:]}" if len(record[column]) > 1 else None


def _with_dash(column: str) -> Change:
    """An en dash where a minus should be."""
    return lambda record, setting: f"–{record[column][1:]}" if record[column].startswith("-") else None


def _with_mark(column: str) -> Change:
    return lambda record, setting: f"{record[column][1:]} CR" if record[column].startswith("-") else None


def _with_spaced_thousands(column: str) -> Change:
    return lambda record, setting: (
        f"{_amount(record[column]):,.2f}".replace(",", "\u00a0") if _amount(record[column]) >= 1000 else None
    )


def _with_more_decimals(column: str) -> Change:
    """As a spreadsheet computes it; it comes to the same pennies."""
    return lambda record, setting: f"{record[column]}4" if record[column][-3:-2] == "." else None


def _paid_ahead(record: Record, setting: Setting) -> str | None:
    first = setting.month.plus(1).first_day
    return first if record["period_to"] >= first else None


def _other_hours(record: Record, setting: Setting) -> dict[str, str] | None:
    """The same record with other hours; the smaller text of the two counts."""
    return {"hours": "99.99"} if record["hours"] < "99.99" else None


def _dead_chi(record: Record, setting: Setting) -> str | None:
    """Not for a stay that began before the month: that person may have been alive."""
    began = record.get("admission_date") or record.get("ready_for_discharge_date") or setting.month.first_day
    if began < setting.month.first_day:
        return None
    return setting.dead[int(setting.rng.integers(len(setting.dead)))] if setting.dead else None


def _dummy_postcode(record: Record, setting: Setting) -> str:
    return _DUMMY_POSTCODES[int(setting.rng.integers(len(_DUMMY_POSTCODES)))]


def _copy(record: Record, setting: Setting) -> dict[str, str]:
    return {}


def _again(key: str) -> Callable[[Record, Setting], dict[str, str]]:
    """The same once more, with a key of its own."""
    return lambda record, setting: {key: record[key] + "D"}


def _item_before(record: Record, setting: Setting) -> dict[str, str]:
    """A second item of the client that was in the home long before and is still there."""
    return {"service_id": record["service_id"] + "B", "start_date": "2016-02-29", "end_date": ""}


def _negative_minutes(record: Record, setting: Setting) -> str | None:
    return "-15" if record["duration_minutes"] else None


def _second_chi(record: Record, setting: Setting) -> dict[str, str] | None:
    """The same client with another CHI, the larger of the two."""
    chi = record["chi_number"]
    if len(chi) != 10 or chi >= "3112":
        return None
    body = f"3112{chi[4:6]}{chi[6:9]}"
    remainder = (11 - sum(int(d) * w for d, w in zip(body, range(10, 1, -1), strict=True)) % 11) % 11
    return {"chi_number": body + str(remainder)} if remainder < 10 else None


def _stay_within(record: Record, setting: Setting) -> dict[str, str] | None:
    """A second stay of the same client inside the first."""
    if record["discharge_date"] or record["admission_date"] >= setting.month.first_day:
        return None
    period = setting.month.period
    return {"stay_id": record["stay_id"] + "B", "admission_date": f"{period}-08", "discharge_date": f"{period}-15"}


def _now_nursing(record: Record, setting: Setting) -> dict[str, str] | None:
    """The nursing flag changes in the middle of a stay, which goes on as a second record to the end of the month."""
    within = _stay_within(record, setting)
    if within is None:
        return None
    last = _day(setting.month.plus(1).first_day) - datetime.timedelta(days=1)
    nursing = "0" if record["nursing_care"] == "1" else "1"
    return within | {"stay_id": record["stay_id"] + "N", "discharge_date": str(last), "nursing_care": nursing}


def _day(text: str) -> datetime.date:
    return datetime.date.fromisoformat(text[:10])


def _amount(text: str) -> float:
    return float(text or 0)


_LOST_ZERO = Slip("lost_leading_zero", "chi_number", _lost_zero, WARNING, "the CHI lost its leading zero and is repaired")
_INVALID_CHI = Slip("invalid_chi", "chi_number", _invalid_chi, WARNING, "the CHI fails its check digit; the money stays")
_EXCEL_CHI = Slip("excel_chi", "chi_number", _excel_chi, WARNING, "the CHI was mangled by a spreadsheet; the money stays")
_DUMMY_POSTCODE = Slip("dummy_postcode", "postcode", _dummy_postcode, WARNING, "the postcode is not in the directory")
_KEY_CHI_SLIPS = (_LOST_ZERO, _INVALID_CHI, _DUMMY_POSTCODE)
"""What can be wrong with a CHI and a postcode, where the CHI is part of the key."""
_CHI_SLIPS = (*_KEY_CHI_SLIPS, _EXCEL_CHI)


def _key_slips(key: str, day: str) -> tuple[Defect, ...]:
    """What can be wrong with a record's key and the day it happened."""
    return (
        Slip("missing_key", key, _blanked(key), QUARANTINE, f"{key} is required and blank"),
        Extra("duplicate_record", _copy, QUARANTINE, "the same row twice in one file"),
        Slip("unreadable_date", day, _text("not known"), QUARANTINE, f"{day} is no date"),
        Slip("impossible_date", day, _text("2025-02-30"), QUARANTINE, f"{day} is no date"),
        Slip("excel_date", day, _excel_day(day), QUARANTINE, f"{day} is a spreadsheet's number of days"),
        Slip("after_period", day, _next_month(day), QUARANTINE, f"{day} is after the month of the file"),
    )


def _payment_slips() -> tuple[Defect, ...]:
    """Payments are as other records, but that equal lines can be true and that days may be paid for before they come."""
    otherwise = ("duplicate_record", "after_period")
    return (
        *(slip for slip in _key_slips("payment_id", "period_from") if slip.name not in otherwise),
        Extra("equal_line", _copy, WARNING, "two equal lines of a payment both count, and are named"),
        Slip("paid_ahead", "period_from", _paid_ahead, WARNING, "a payment for the next month waits for it"),
    )


def _money_slips(column: str) -> tuple[Defect, ...]:
    return (
        Slip("pound_sign", column, _with_pound(column), KEPT, "an amount with £ and commas is read"),
        Slip("bracketed_credit", column, _in_brackets(column), KEPT, "an amount in brackets is negative"),
        Slip("trailing_minus", column, _minus_after(column), KEPT, "a minus behind the amount is read"),
    )


def _no_amount(column: str) -> Slip:
    return Slip("unreadable_amount", column, _text("TBC"), QUARANTINE, f"{column} is no amount")


_AFTER_DEATH = Slip("after_death", "chi_number", _dead_chi, WARNING, "activity after the person's death")
_DISCHARGED_EARLY = Slip(
    "discharge_before_admission", "discharge_date", _day_before("admission_date"), QUARANTINE,
    "discharge_date is before admission_date",
)  # fmt: skip
_HOSPITAL_EPISODE = (
    *_CHI_SLIPS,
    *_key_slips("episode_id", "admission_date"),
    _DISCHARGED_EARLY,
    _no_amount("total_cost"),
    *_money_slips("total_cost"),
    _AFTER_DEATH,
    Slip("unknown_specialty", "specialty_code", _text("ZZ"), KEPT, "an unknown specialty keeps its money"),
    Slip("missing_hospital", "location_code", _text(""), QUARANTINE, "location_code is required and blank"),
    Slip("not_a_code", "inpatient_day_case", _text("Inpatient"), QUARANTINE, "inpatient_day_case is not I or D"),
)
_SAME_DAY = "two contacts on one day with keys of their own are two"
_COMMUNITY_CONTACT = (
    *_CHI_SLIPS,
    *_key_slips("contact_id", "contact_date"),
    Extra("same_day_duplicate", _again("contact_id"), KEPT, _SAME_DAY),
    Slip("negative_minutes", "duration_minutes", _negative_minutes, WARNING, "a contact of less than no time"),
    Slip("not_a_code", "contact_type", _text("Face to face"), KEPT, "costed at the rate of any kind"),
    _AFTER_DEATH,
)
DEFECTS: dict[str, tuple[Defect, ...]] = {
    "population_register": (
        *_KEY_CHI_SLIPS,
        Slip("missing_key", "chi_number", _blanked("chi_number"), QUARANTINE, "chi_number is required and blank"),
        Extra("duplicate_record", _copy, QUARANTINE, "the same CHI twice in one file"),
        Slip("unreadable_date", "date_of_birth", _text("not known"), QUARANTINE, "date_of_birth is no date"),
        Slip("missing_birth", "date_of_birth", _text(""), QUARANTINE, "date_of_birth is required and blank"),
        Slip("formula_name", "forename", _text(_FORMULA), KEPT, "a name that a spreadsheet would run stays text"),
        Slip("sex_unknown", "sex", _text("9"), KEPT, "sex 9 is not specified"),
        Slip("sex_not_a_code", "sex", _text("F"), WARNING, "sex is not 0, 1, 2 or 9"),
    ),
    "acute": _HOSPITAL_EPISODE,
    "maternity": _HOSPITAL_EPISODE,
    "mental_health": _HOSPITAL_EPISODE,
    "outpatient": (
        *_CHI_SLIPS,
        *_key_slips("episode_id", "clinic_date"),
        _AFTER_DEATH,
        Slip("unknown_specialty", "specialty_code", _text("ZZ"), KEPT, "costed at the rate of any specialty"),
        Slip("not_a_code", "attendance_status", _text("9"), QUARANTINE, "attendance_status is not 1, 5 or 8"),
    ),
    "emergency": (
        *_CHI_SLIPS,
        *_key_slips("attendance_id", "arrival_datetime"),
        Slip("departed_before_arrival", "departure_datetime", _day_before("arrival_datetime"), QUARANTINE,
             "departure_datetime is before arrival_datetime"),
        _AFTER_DEATH,
        Slip("missing_hospital", "location_code", _text(""), QUARANTINE, "location_code is required and blank"),
    ),
    "prescribing": (
        *_KEY_CHI_SLIPS,
        Extra("duplicate_record", _copy, QUARANTINE, "the same key twice in one file"),
        Slip("unreadable_date", "paid_month", _text("not known"), QUARANTINE, "paid_month is no date"),
        Slip("bare_year", "paid_month", _text("2025"), QUARANTINE, "a year is no month"),
        Slip("after_period", "paid_month", _next_month("paid_month"), QUARANTINE, "paid_month is after the month of the file"),
        Slip("missing_practice", "gp_practice_code", _text(""), QUARANTINE, "gp_practice_code is required and blank"),
        Slip("missing_items", "paid_items", _text(""), QUARANTINE, "paid_items is required and blank"),
        _no_amount("gross_ingredient_cost"),
        *_money_slips("gross_ingredient_cost"),
    ),
    "gp_out_of_hours": (
        # Extracts of out-of-hours systems lose zeros more often than others: the slip has two turns.
        _LOST_ZERO,
        *_CHI_SLIPS,
        *_key_slips("consultation_id", "start_datetime"),
        Extra("same_day_duplicate", _again("consultation_id"), KEPT, _SAME_DAY),
        Slip("ended_before_start", "end_datetime", _day_before("start_datetime"), QUARANTINE,
             "end_datetime is before start_datetime"),
        Slip("missing_type", "consultation_type", _text(""), QUARANTINE, "consultation_type is required and blank"),
        Slip("unknown_type", "consultation_type", _text("COVID19 ADVICE"), KEPT, "costed at the rate of any kind"),
        _AFTER_DEATH,
    ),
    "community_nursing": _COMMUNITY_CONTACT,
    "community_mental_health": _COMMUNITY_CONTACT,
    "deaths": (
        _LOST_ZERO,
        _INVALID_CHI,
        Slip("missing_key", "chi_number", _text(""), QUARANTINE, "chi_number is required and blank"),
        Extra("duplicate_record", _copy, QUARANTINE, "the same person twice in one file"),
        Slip("unreadable_date", "date_of_death", _text("not known"), QUARANTINE, "date_of_death is no date"),
        Slip("excel_date", "date_of_death", _excel_day("date_of_death"), QUARANTINE,
             "date_of_death is a spreadsheet's number of days"),
        Slip("after_period", "date_of_death", _next_month("date_of_death"), QUARANTINE,
             "date_of_death is after the month of the file"),
        Slip("other_day", "date_of_death", _day_before("date_of_death"), KEPT,
             "another day than the register's: that of deaths counts"),
    ),
    "delayed_discharge": (
        _LOST_ZERO,
        _INVALID_CHI,
        *_key_slips("delay_id", "ready_for_discharge_date"),
        Slip("left_before_ready", "delay_end_date", _day_before("ready_for_discharge_date"), QUARANTINE,
             "delay_end_date is before ready_for_discharge_date"),
        Slip("missing_reason", "reason_code", _text(""), QUARANTINE, "reason_code is required and blank"),
        Slip("not_a_code", "reason_code", _text("Awaiting care home place"), KEPT, "reasons have no list of codes"),
        _AFTER_DEATH,
    ),
    "clients": (
        Slip("missing_key", "social_care_id", _blanked("social_care_id"), QUARANTINE, "social_care_id is required and blank"),
        Extra("duplicate_record", _copy, QUARANTINE, "the same client twice in one file"),
        Extra("second_chi", _second_chi, QUARANTINE, "one client claims several CHIs: linked to none"),
        Slip("unreadable_date", "date_of_birth", _text("c. 1940"), QUARANTINE, "date_of_birth is no date"),
        Slip("formula_name", "surname", _text(_FORMULA), KEPT, "a name that a spreadsheet would run stays text"),
        Slip("sex_unknown", "sex", _text("0"), KEPT, "sex 0 is not known"),
        Slip("dummy_postcode", "postcode", _dummy_postcode, WARNING, "the postcode is not in the directory"),
    ),
    "home_care": (
        *_key_slips("service_id", "month"),
        Extra("same_key", _other_hours, QUARANTINE, "the same package and month twice with other hours"),
        Slip("bare_year", "month", _text("2025"), QUARANTINE, "a year is no month"),
        Slip("missing_hours", "hours", _text(""), QUARANTINE, "hours is required and blank"),
        Slip("unreadable_hours", "hours", _text("n/a"), QUARANTINE, "hours is no number"),
        Slip("negative_hours", "hours", _text("-12.50"), KEPT, "a correction of hours is kept"),
        Slip("implausible_hours", "hours", _text("900.00"), WARNING, "more hours than a month has"),
        Slip("missing_client", "social_care_id", _text(""), QUARANTINE, "social_care_id is required and blank"),
        Slip("not_a_code", "service_type", _text("Personal care"), WARNING, "service_type is not 1 or 2"),
        Slip("unknown_provider", "provider_type", _text("???"), KEPT, "provider_type is not used"),
        *_money_slips("gross_cost"),
    ),
    "care_home": (
        *_key_slips("stay_id", "admission_date"),
        _DISCHARGED_EARLY,
        Extra("stay_within_stay", _stay_within, KEPT, "days of overlapping stays are paid once, to the later stay"),
        Extra("nursing_changed", _now_nursing, KEPT, "days of overlapping stays are paid once, to the later stay"),
        _no_amount("gross_weekly_cost"),
        *_money_slips("gross_weekly_cost"),
        Slip("missing_client", "social_care_id", _text(""), QUARANTINE, "social_care_id is required and blank"),
        Slip("not_a_code", "nursing_care", _text("Y"), WARNING, "nursing_care is not 0, 1 or 9"),
        Slip("line_break", "care_home_name", _text('The "Old"\nManse, Annexe'), KEPT, "line breaks and quotes are read"),
    ),
    "self_directed_support": (
        *_key_slips("budget_id", "month"),
        Slip("bare_year", "month", _text("2025"), QUARANTINE, "a year is no month"),
        Slip("not_a_code", "option", _text("Direct payment"), QUARANTINE, "option is not 1, 2, 3 or 4"),
        Slip("missing_client", "social_care_id", _text(""), QUARANTINE, "social_care_id is required and blank"),
        _no_amount("gross_amount"),
        *_money_slips("gross_amount"),
    ),
    "equipment": (
        *_key_slips("service_id", "start_date"),
        Slip("not_a_code", "service_type", _text("Community alarm"), QUARANTINE, "service_type is not 1 or 2"),
        Slip("removed_before_start", "end_date", _day_before("start_date"), QUARANTINE, "end_date is before start_date"),
        Slip("missing_client", "social_care_id", _text(""), QUARANTINE, "social_care_id is required and blank"),
        Extra("second_item", _item_before, KEPT, "a client's items count once a month, on the first to come"),
    ),
    "payments": (
        *_payment_slips(),
        Slip("ends_before_start", "period_to", _day_before("period_from"), QUARANTINE, "period_to is before period_from"),
        Slip("missing_code", "cost_code", _text(""), QUARANTINE, "cost_code is required and blank"),
        _no_amount("gross_amount"),
        *_money_slips("gross_amount"),
        Slip("formula_name", "provider_name", _text(_FORMULA), KEPT, "a name that a spreadsheet would run stays text"),
        Slip("line_break", "provider_name", _text('Care "R" Us;\nTayside|Ltd'), KEPT, "line breaks and quotes are read"),
    ),
    "ledger": (*_money_slips("amount"),),
    "budget": (*_money_slips("amount"),),
}  # fmt: skip
"""What goes wrong in each feed."""


_MONEY = {"acute": "total_cost", "maternity": "total_cost", "mental_health": "total_cost", "prescribing": "gross_ingredient_cost",
          "home_care": "gross_cost", "care_home": "gross_weekly_cost", "self_directed_support": "gross_amount", "payments": "gross_amount",
          "ledger": "amount", "budget": "amount"}  # fmt: skip
_IDENTIFIER = {"acute": "episode_id", "maternity": "episode_id", "mental_health": "episode_id", "outpatient": "episode_id",
               "emergency": "attendance_id", "gp_out_of_hours": "consultation_id", "community_nursing": "contact_id",
               "community_mental_health": "contact_id", "delayed_discharge": "delay_id", "clients": "social_care_id",
               "home_care": "social_care_id", "care_home": "social_care_id", "self_directed_support": "social_care_id",
               "equipment": "social_care_id", "payments": "payment_id"}  # fmt: skip


def _of_spreadsheets(feed: str) -> tuple[Defect, ...]:
    """What spreadsheets do to a feed's identifiers and amounts. Only the heavy mess has it."""
    slips: list[Defect] = []
    if key := _IDENTIFIER.get(feed):
        undone = "what a spreadsheet does to an identifier is undone"
        slips += [
            Slip("id_as_formula", key, _as_formula(key), WARNING, undone),
            Slip("id_after_apostrophe", key, _after_apostrophe(key), WARNING, undone),
            Slip("id_with_no_break_space", key, _with_no_break_space(key), WARNING, undone),
            Slip("id_lost", key, _lost_id(key), QUARANTINE, f"{key} is in scientific notation: its digits are lost"),
        ]
    if amount := _MONEY.get(feed):
        slips += [
            Slip("dash_for_minus", amount, _with_dash(amount), KEPT, "an en dash is a minus"),
            Slip("credit_mark", amount, _with_mark(amount), KEPT, "CR is a minus"),
            Slip("spaced_thousands", amount, _with_spaced_thousands(amount), KEPT, "blanks within an amount are none of it"),
            Slip(
                "more_decimals", amount, _with_more_decimals(amount), WARNING, "an amount is rounded to the penny, and counted"
            ),
        ]
    return tuple(slips)


HEAVY_DEFECTS = {feed: defects + _of_spreadsheets(feed) for feed, defects in DEFECTS.items()}


def plant(sheet: Sheet, level: str, month: Month, rng: np.random.Generator, dead: list[str]) -> list[Planted]:
    """Change the sheet's columns; return its defects, those it already had included."""
    setting = Setting(month, rng, dead, may_lose=sheet.rows // LOST_OF_ROWS)
    odd = {row for row, *_ in sheet.noted}
    changes: dict[str, dict[int, str]] = {}
    extras: list[dict[str, str]] = []
    rows = sheet.rows
    done: list[tuple[int, str, str, str]] = list(sheet.noted)
    for defect, row, record in _places(sheet, level, rng, odd):
        change = defect.change(record, setting)
        if change is None:
            continue
        if isinstance(change, dict):
            extras.append(dict(record) | change)
            done.append((rows + len(extras) - 1, defect.name, defect.expected, defect.rule))
        elif isinstance(defect, Slip):
            changes.setdefault(defect.column, {})[row] = change
            done.append((row, defect.name, defect.expected, defect.rule))
    sheet.columns = _changed(sheet.columns, changes, extras)
    return _listed(sheet, done)


def _places(sheet: Sheet, level: str, rng: np.random.Generator, odd: set[int]) -> list[tuple[Defect, int, Record]]:
    """Which defect is tried on which record: each record is used once, the kinds take turns."""
    defects = (HEAVY_DEFECTS if level == "heavy" else DEFECTS)[sheet.feed]
    if not LEVELS[level] or sheet.rows < FEWEST_ROWS:
        return []
    wanted = min(max(1, round(sheet.rows * LEVELS[level])), sheet.rows // _BAD_ROWS_AT_MOST)
    rows: Ints = rng.permutation(sheet.rows)[:wanted]
    records = pa.table(sheet.columns).take(pa.array(rows)).to_pylist()
    first = int(rng.integers(len(defects)))
    usable = [(int(row), record) for row, record in zip(rows, records, strict=True) if int(row) not in odd]
    return [(defects[(first + i) % len(defects)], row, record) for i, (row, record) in enumerate(usable)]


def _changed(
    columns: dict[str, pa.Array], changes: dict[str, dict[int, str]], extras: list[dict[str, str]]
) -> dict[str, pa.Array]:
    new = dict(columns)
    for name, cells in changes.items():
        mask = np.zeros(len(new[name]), bool)
        mask[list(cells)] = True
        texts = pa.array([cells[row] for row in sorted(cells)], pa.string())
        new[name] = pc.replace_with_mask(new[name], pa.array(mask), texts)
    if extras:
        new = {n: pa.concat_arrays([c, pa.array([e[n] for e in extras], pa.string())]) for n, c in new.items()}
    return new


def _listed(sheet: Sheet, done: list[tuple[int, str, str, str]]) -> list[Planted]:
    if not done:
        return []
    keys = sheet.keys().take(pa.array([row for row, *_ in done], pa.int64())).to_pylist()
    return [
        Planted(sheet.agency, sheet.feed, sheet.period, row + FIRST_ROW, key, defect, expected, rule)
        for (row, defect, expected, rule), key in sorted(zip(done, keys, strict=True), key=lambda pair: pair[0][0])
    ]


def dress(sheet: Sheet, level: str, rng: np.random.Generator) -> tuple[str, str, list[Planted]]:
    """The file's separator and encoding: some agencies' systems write neither commas nor UTF-8."""
    if not LEVELS[level]:
        return ",", "utf-8", []
    separator = str(rng.choice([",", ";", "\t", "|"], p=[0.7, 0.12, 0.1, 0.08]))
    encoding = str(rng.choice(["utf-8", "utf-8-sig", "cp1252", "utf-16"], p=[0.6, 0.15, 0.18, 0.07]))
    oddities = [("encoding_" + encoding, encoding != "utf-8"), ("separator_" + {";": "semicolon", "\t": "tab", "|": "pipe"}
                 .get(separator, "comma"), separator != ",")]  # fmt: skip
    rule = "encodings and separators are recognised"
    planted = [Planted(sheet.agency, sheet.feed, sheet.period, 0, "", name, KEPT, rule) for name, odd in oddities if odd]
    return separator, encoding, planted


def dead_before(people: People, day: int) -> list[str]:
    """CHI numbers of some people who had died before a day."""
    dead = np.flatnonzero(people.died < day)[:200]
    return [str(chi).zfill(10) for chi in people.chi[dead]]
