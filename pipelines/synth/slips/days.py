"""What goes wrong with the days and times of a record.

Belongs here: the slips themselves. Does not belong here: which feed has which (`by_feed.py`).
"""

import calendar
import datetime

from pipelines.synth.slips.kinds import Change, Changes, Record, Setting


def excel_day(column: str) -> Change:
    """The day as a spreadsheet counts it."""
    return lambda record, setting: str(day_of(record[column]).toordinal() - 693_594) if record[column] else None


def day_before(column: str) -> Change:
    """Three days before another day of the record."""
    return lambda record, setting: str(day_of(record[column]) - datetime.timedelta(days=3))


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


def day_of(written: str) -> datetime.date:
    """The day of a date or a time as files write it."""
    return datetime.date.fromisoformat(written[:10])
