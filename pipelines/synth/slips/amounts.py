"""What goes wrong with the amounts of a record: how offices and their spreadsheets write pounds.

Belongs here: the slips themselves. Does not belong here: which feed has which (`by_feed.py`).
"""

from pipelines.synth.slips.kinds import Change, Record, Setting

NO_BREAK_SPACE, TRUE_MINUS = "\u00a0", "\u2212"


def with_pound(column: str) -> Change:
    """£1,234.50 for 1234.50: easily read."""
    return lambda record, setting: f"£{amount_of(record[column]):,.2f}" if amount_of(record[column]) > 0 else None


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
    return lambda record, setting: f"{record[column]} DR" if amount_of(record[column]) > 0 else None


def with_spaced_thousands(column: str) -> Change:
    """1 234.50 for 1234.50."""
    return lambda record, setting: (
        f"{amount_of(record[column]):,.2f}".replace(",", NO_BREAK_SPACE) if amount_of(record[column]) >= 1000 else None
    )


def with_more_decimals(column: str) -> Change:
    """As a spreadsheet computes it; it comes to the same pennies."""
    return lambda record, setting: f"{record[column]}4" if record[column][-3:-2] == "." else None


def chi_for(column: str) -> Change:
    """Somebody's CHI number, from the column beside."""
    return lambda record, setting: setting.someone(setting.rng)["chi_number"] if record[column] else None


def negative_minutes(record: Record, setting: Setting) -> str | None:
    """A contact of less than no time."""
    return "-15" if record["duration_minutes"] else None


def amount_of(written: str) -> float:
    """An amount as files write it; nothing is 0."""
    return float(written or 0)
