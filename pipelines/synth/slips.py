"""What goes wrong in one record: how its text changes, and what should become of it.

Belongs here: the slips themselves, each made from a clean record. Does not belong here: which feed has which
(`slips_by_feed.py`), where they are planted (`mess.py`), what goes wrong with a whole file (`whole_files.py`).
"""

import calendar
import datetime
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal

import numpy as np

from pipelines.synth.clients import wrong_digit
from pipelines.synth.draws import Month
from pipelines.synth.sheet import Sheet

QUARANTINE, WARNING, KEPT = "quarantine", "warning", "none"
_DUMMY_POSTCODES = ("NK010AA", "NK1 0AA", "NF1 1AB", "BF010AA", "ZZ01 1ZZ", "ZZ61 1ZZ")
NO_BREAK_SPACE, TRUE_MINUS = "\u00a0", "\u2212"
Record = Mapping[str, str]


@dataclass
class Setting:
    """What a defect may need to know besides the record.

    first: the world's first month. may_lose: how many more identifiers can be lost before the file is refused for it.
    someone: a person of the register as a client. earlier: the records of the file before that have no defect, by their keys. has_total: the
    file has its total row.
    """

    sheet: Sheet
    month: Month
    first: Month
    rng: np.random.Generator
    dead: list[str]
    may_lose: int
    someone: Callable[[np.random.Generator], dict[str, str]]
    earlier: dict[str, Record] = field(default_factory=dict)
    has_total: bool = False


Change = Callable[[Record, Setting], str | None]
"""From a record to the new text of one column, or None where the defect does not fit the record."""
Changes = Callable[[Record, Setting], dict[str, str] | None]
"""The same for several columns."""


@dataclass(frozen=True)
class Slip:
    """A defect in one column of a record that is there."""

    name: str
    column: str
    change: Change
    expected: str
    rule: str


@dataclass(frozen=True)
class Rewritten:
    """A defect in several columns of a record that is there."""

    name: str
    change: Changes
    expected: str
    rule: str


@dataclass(frozen=True)
class Extra:
    """A defect that is one record more. `change` gives the columns that differ from the record it is made from."""

    name: str
    change: Changes
    expected: str
    rule: str


Defect = Slip | Rewritten | Extra


# ---- any column ----


def text(value: str) -> Change:
    """The same text for every record."""
    return lambda record, setting: value


def blanked(column: str) -> Change:
    """Nothing where something was."""
    return lambda record, setting: "" if record[column] else None


# ---- days ----


def excel_day(column: str) -> Change:
    """The day as a spreadsheet counts it."""
    return lambda record, setting: str(_day(record[column]).toordinal() - 693_594) if record[column] else None


def day_before(column: str) -> Change:
    """Three days before another day of the record."""
    return lambda record, setting: str(_day(record[column]) - datetime.timedelta(days=3))


def next_month(column: str) -> Change:
    """The first day of the month after the file's."""

    def change(record: Record, setting: Setting) -> str:
        return setting.month.plus(1).first_day + record[column][10:]

    return change


def other_century(record: Record, setting: Setting) -> str | None:
    """Born '34, which a spreadsheet takes for 2034: not without a CHI number, which tells the century."""
    born = record["date_of_birth"]
    return f"20{born[2:]}" if len(record["chi_number"]) == 10 and born.startswith("19") and born[:4] < "1969" else None


def paid_ahead(record: Record, setting: Setting) -> str | None:
    """For days of the next month."""
    first = setting.month.plus(1).first_day
    return first if record["period_to"] >= first else None


def paid_for_years(record: Record, setting: Setting) -> str:
    """Up to a day two years on."""
    return f"{int(record['period_from'][:4]) + 2}{record['period_from'][4:8]}28"


def day_and_month_swapped(record: Record, setting: Setting) -> dict[str, str]:
    """A payment for the first twelve days of the month, as another country's spreadsheet reads them."""
    return {"period_from": f"{setting.month.year}-01-{setting.month.number:02d}",
            "period_to": f"{setting.month.year}-12-{setting.month.number:02d}"}  # fmt: skip


def when_clocks_go_back(start: str, end: str) -> Changes:
    """From ten to two, before the clocks went back, to ten past one, after it."""

    def change(record: Record, setting: Setting) -> dict[str, str] | None:
        if setting.month.number != 10 or not record[start]:
            return None
        last = datetime.date(setting.month.year, 10, calendar.monthrange(setting.month.year, 10)[1])
        sunday = str(last - datetime.timedelta(days=(last.weekday() + 1) % 7))
        return {start: f"{sunday} 01:50:00", end: f"{sunday} 01:10:00"} if record[start] >= sunday else None

    return change


# ---- amounts ----


def with_pound(column: str) -> Change:
    """£1,234.50 for 1234.50: easily read."""
    return lambda record, setting: f"£{_amount(record[column]):,.2f}" if _amount(record[column]) > 0 else None


def in_brackets(column: str) -> Change:
    """(123.45) for -123.45."""
    return lambda record, setting: f"({record[column][1:]})" if record[column].startswith("-") else None


def minus_after(column: str) -> Change:
    """123.45- for -123.45."""
    return lambda record, setting: f"{record[column][1:]}-" if record[column].startswith("-") else None


def with_other_minus(column: str, minus: str) -> Change:
    """A sign that no keyboard has where a minus should be."""
    return lambda record, setting: f"{minus}{record[column][1:]}" if record[column].startswith("-") else None


def marked_as_credit(column: str) -> Change:
    """123.45 CR for -123.45."""
    return lambda record, setting: f"{record[column][1:]} CR" if record[column].startswith("-") else None


def marked_as_debit(column: str) -> Change:
    """123.45 DR for 123.45."""
    return lambda record, setting: f"{record[column]} DR" if _amount(record[column]) > 0 else None


def with_spaced_thousands(column: str) -> Change:
    """1 234.50 for 1234.50."""
    return lambda record, setting: (
        f"{_amount(record[column]):,.2f}".replace(",", NO_BREAK_SPACE) if _amount(record[column]) >= 1000 else None
    )


def with_more_decimals(column: str) -> Change:
    """As a spreadsheet computes it; it comes to the same pennies."""
    return lambda record, setting: f"{record[column]}4" if record[column][-3:-2] == "." else None


def chi_for(column: str) -> Change:
    """Somebody's CHI number, from the column beside."""
    return lambda record, setting: setting.someone(setting.rng)["chi_number"] if record[column] else None


# ---- identifiers ----


def lost_zero(record: Record, setting: Setting) -> str | None:
    """A CHI number that lost its leading zero."""
    return record["chi_number"][1:] if record["chi_number"].startswith("0") else None


def invalid_chi(record: Record, setting: Setting) -> str | None:
    """A CHI number with a wrong check digit."""
    return wrong_digit(record["chi_number"], setting.rng) if len(record["chi_number"]) == 10 else None


def excel_chi(record: Record, setting: Setting) -> str | None:
    """A CHI number in scientific notation."""
    return f"{int(record['chi_number']):.2E}" if len(record["chi_number"]) == 10 else None


def lost_id(column: str) -> Change:
    """An identifier in scientific notation: few enough that the file is not refused for them."""

    def change(record: Record, setting: Setting) -> str | None:
        if not record[column] or not setting.may_lose:
            return None
        setting.may_lose -= 1
        return "1.00E+05"

    return change


def as_formula(column: str) -> Change:
    """="00437" for 00437."""
    return lambda record, setting: f'="{record[column]}"' if record[column] else None


def after_apostrophe(column: str) -> Change:
    """'00437 for 00437."""
    return lambda record, setting: f"'{record[column]}" if record[column] else None


def as_number(column: str) -> Change:
    """10045.0 for 10045."""
    return lambda record, setting: f"{record[column]}.0" if record[column].isdigit() else None


def with_no_break_space(column: str) -> Change:
    """A no-break space within."""
    return lambda record, setting: (
        f"{record[column][:1]}{NO_BREAK_SPACE}{record[column][1:]}" if len(record[column]) > 1 else None
    )


def in_no_break_spaces(column: str) -> Change:
    """No-break spaces around."""
    return lambda record, setting: f"{NO_BREAK_SPACE}{record[column]}{NO_BREAK_SPACE}" if record[column] else None


def dead_chi(record: Record, setting: Setting) -> str | None:
    """Not for a stay that began before the month: that person may have been alive."""
    began = record.get("admission_date") or record.get("ready_for_discharge_date") or setting.month.first_day
    if began < setting.month.first_day:
        return None
    return setting.dead[int(setting.rng.integers(len(setting.dead)))] if setting.dead else None


def dummy_postcode(record: Record, setting: Setting) -> str:
    """A postcode that stands for none."""
    return _DUMMY_POSTCODES[int(setting.rng.integers(len(_DUMMY_POSTCODES)))]


# ---- one record more ----


def copy(record: Record, setting: Setting) -> dict[str, str]:
    """The same row twice."""
    return {}


def again(key: str) -> Changes:
    """The same once more, with a key of its own."""
    return lambda record, setting: {key: record[key] + "D"}


def says_otherwise(column: str, greatest: str) -> Changes:
    """The same key with another text in a column; the smaller text of the two counts."""
    return lambda record, setting: {column: greatest} if record[column] < greatest else None


def at_the_other_hospital(record: Record, setting: Setting) -> dict[str, str] | None:
    """Departments number their attendances each for itself."""
    return {"location_code": "T202H" if record["location_code"] == "T101H" else "T101H"} if record["location_code"] else None


def further_line(amount: str, pounds: str) -> Changes:
    """One line more of the same record."""
    return lambda record, setting: {amount: pounds} if record[amount] != pounds else None


def equal_line_of(code: str) -> Changes:
    """A line twice; only of a code whose pounds are nobody's cost of care, for they count twice."""
    return lambda record, setting: {} if record["cost_code"].endswith(code) else None


def paid_before(record: Record, setting: Setting) -> dict[str, str] | None:
    """A payment for days before the world's first month."""
    before = setting.first.plus(-1).period
    own = {"payment_id": record["payment_id"] + "B", "period_from": f"{before}-01", "period_to": f"{before}-28"}
    return own if _amount(record["gross_amount"]) > 0 else None


def sent_again(record: Record, setting: Setting) -> dict[str, str] | None:
    """The same payment under another number."""
    return again("payment_id")(record, setting) if _amount(record["gross_amount"]) > 0 else None


def reversal(record: Record, setting: Setting) -> dict[str, str] | None:
    """A payment of the file before taken back under its number."""
    while setting.earlier:
        _, paid = setting.earlier.popitem()
        if _amount(paid["gross_amount"]) > 0:
            return {**paid, "gross_amount": f"-{paid['gross_amount']}", "client_contribution": ""}
    return None


def total_row(column: str, word_in: str, *added: str) -> Changes:
    """A row that adds up the others, once a file. column: where its word is; word_in: what it is; added: what it adds up."""

    def change(record: Record, setting: Setting) -> dict[str, str] | None:
        if setting.has_total:
            return None
        setting.has_total = True
        sums = {
            name: str(sum((Decimal(t) for t in setting.sheet.columns[name].to_pylist() if t), Decimal(0))) for name in added
        }
        return dict.fromkeys(record, "") | {column: word_in} | sums

    return change


def item_before(record: Record, setting: Setting) -> dict[str, str]:
    """A second item of the client that was in the home long before and is still there."""
    return {"service_id": record["service_id"] + "B", "start_date": "2016-02-29", "end_date": ""}


def second_chi(record: Record, setting: Setting) -> dict[str, str] | None:
    """The same client with another CHI, the larger of the two."""
    chi = record["chi_number"]
    if len(chi) != 10 or chi >= "3112":
        return None
    body = f"3112{chi[4:6]}{chi[6:9]}"
    remainder = (11 - sum(int(d) * w for d, w in zip(body, range(10, 1, -1), strict=True)) % 11) % 11
    return {"chi_number": body + str(remainder)} if remainder < 10 else None


def stay_within(record: Record, setting: Setting) -> dict[str, str] | None:
    """A second stay of the same client inside the first."""
    if record["discharge_date"] or record["admission_date"] >= setting.month.first_day:
        return None
    period = setting.month.period
    return {"stay_id": record["stay_id"] + "B", "admission_date": f"{period}-08", "discharge_date": f"{period}-15"}


def now_nursing(record: Record, setting: Setting) -> dict[str, str] | None:
    """The nursing flag changes in the middle of a stay, which goes on as a second record to the end of the month."""
    within = stay_within(record, setting)
    if within is None:
        return None
    last = _day(setting.month.plus(1).first_day) - datetime.timedelta(days=1)
    nursing = "0" if record["nursing_care"] == "1" else "1"
    return within | {"stay_id": record["stay_id"] + "N", "discharge_date": str(last), "nursing_care": nursing}


# ---- clients ----


def given_to_another(record: Record, setting: Setting) -> dict[str, str] | None:
    """A client's number that means somebody else from this month on; only where the first one had a CHI number."""
    before = setting.earlier.get(record["social_care_id"])
    if before is None or len(before["chi_number"]) != 10:
        return None
    other = setting.someone(setting.rng)
    return other if other["chi_number"] != before["chi_number"] else None


def negative_minutes(record: Record, setting: Setting) -> str | None:
    """A contact of less than no time."""
    return "-15" if record["duration_minutes"] else None


def _day(written: str) -> datetime.date:
    return datetime.date.fromisoformat(written[:10])


def _amount(written: str) -> float:
    return float(written or 0)
