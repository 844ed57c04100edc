"""What goes wrong with the identifiers of a record: CHI numbers, numbers of clients and services, postcodes.

Belongs here: the slips themselves. Does not belong here: which feed has which (`by_feed.py`).
"""

from pipelines.synth.clients import wrong_digit
from pipelines.synth.slips.amounts import NO_BREAK_SPACE
from pipelines.synth.slips.kinds import Change, Record, Setting

_DUMMY_POSTCODES = ("NK010AA", "NK1 0AA", "NF1 1AB", "BF010AA", "ZZ01 1ZZ", "ZZ61 1ZZ")


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


def given_to_another(record: Record, setting: Setting) -> dict[str, str] | None:
    """A client's number that means somebody else from this month on; only where the first one had a CHI number."""
    before = setting.earlier.get(record["social_care_id"])
    if before is None or len(before["chi_number"]) != 10:
        return None
    other = setting.someone(setting.rng)
    return other if other["chi_number"] != before["chi_number"] else None
