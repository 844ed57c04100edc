"""Which slips the records of each feed can have at heavy mess, and the rule that answers each.

Belongs here: what spreadsheets do to identifiers and amounts, and the rarer mistakes, feed by feed. Does not belong here: what
the standard mess has too (`by_feed.py`), how a slip changes a record (the modules beside).
"""

from pipelines.synth.reference import CAPITAL
from pipelines.synth.slips import amounts, days, identifiers, records
from pipelines.synth.slips.by_feed import DEFECTS
from pipelines.synth.slips.kinds import KEPT, QUARANTINE, WARNING, Defect, Extra, Rewritten, Slip

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
    found: list[Defect] = []
    undone = "what a spreadsheet does to an identifier is undone"
    if key := _IDENTIFIER.get(feed):
        found += [
            Slip("id_as_formula", key, identifiers.as_formula(key), WARNING, undone),
            Slip("id_after_apostrophe", key, identifiers.after_apostrophe(key), WARNING, undone),
            Slip("id_with_no_break_space", key, identifiers.with_no_break_space(key), WARNING, undone),
            Slip(
                "id_in_no_break_spaces", key, identifiers.in_no_break_spaces(key), KEPT, "blanks around any text are none of it"
            ),
            Slip("id_lost", key, identifiers.lost_id(key), QUARANTINE, f"{key} is in scientific notation: its digits are lost"),
        ]
    if key == "social_care_id":
        found.append(Slip("id_as_number", key, identifiers.as_number(key), WARNING, undone))
    if amount := _MONEY.get(feed):
        found += [
            Slip("dash_for_minus", amount, amounts.with_other_minus(amount, "\u2013"), KEPT, "an en dash is a minus"),
            Slip("true_minus", amount, amounts.with_other_minus(amount, amounts.TRUE_MINUS), KEPT, "a true minus is a minus"),
            Slip("credit_mark", amount, amounts.marked_as_credit(amount), KEPT, "CR is a minus"),
            Slip("debit_mark", amount, amounts.marked_as_debit(amount), KEPT, "DR is no minus"),
            Slip(
                "spaced_thousands",
                amount,
                amounts.with_spaced_thousands(amount),
                KEPT,
                "blanks within an amount are none of it",
            ),
            Slip(
                "more_decimals",
                amount,
                amounts.with_more_decimals(amount),
                WARNING,
                "an amount is rounded to the penny, and counted",
            ),
        ]
    if (figure := _FIGURE.get(feed, amount)) and feed not in ("ledger", "budget"):
        beyond = f"{figure} is beyond its plausible bounds: a CHI number"
        found.append(Slip("chi_for_figure", figure, amounts.chi_for(figure), QUARANTINE, beyond))
    return tuple(found)


_FIGURE = {"home_care": "hours"}
"""Where a CHI number stands for a figure, if not for the amount."""
_OTHER_KEY = "one key twice with different words: the first by what it says counts"
_CLOCKS = "between two times that come twice no order is known"
_TOTAL = "a total of the rows above is no record"


def _same_key(column: str, greatest: str) -> Extra:
    return Extra("same_key", records.says_otherwise(column, greatest), QUARANTINE, _OTHER_KEY)


_ONLY_HEAVY: dict[str, tuple[Defect, ...]] = {
    **dict.fromkeys(("acute", "maternity", "mental_health"), (_same_key("main_diagnosis", "Z999"),)),
    "outpatient": (_same_key("clinic_type", "9"),),
    "emergency": (
        _same_key("discharge_destination", "99"),
        Extra("same_number_elsewhere", records.at_the_other_hospital, KEPT, "an attendance is its number and its hospital"),
        Rewritten("clocks_go_back", days.when_clocks_go_back("arrival_datetime", "departure_datetime"), KEPT, _CLOCKS),
    ),
    "gp_out_of_hours": (Rewritten("clocks_go_back", days.when_clocks_go_back("start_datetime", "end_datetime"), KEPT, _CLOCKS),),
    "clients": (
        Slip("other_century", "date_of_birth", days.other_century, KEPT, "a year of two digits takes the century that fits"),
        Rewritten("number_given_on", identifiers.given_to_another, WARNING, "a number that meant somebody else before: linked to none"),
    ),
    "home_care": (Extra("total_row", records.total_row("service_id", "Total", "hours", "gross_cost"), QUARANTINE, _TOTAL),),
    "payments": (
        Extra("further_line", records.further_line("gross_amount", "12.34"), KEPT, "a payment may be on several lines"),
        Extra("sent_again", records.sent_again, WARNING, "a payment again under another number is named"),
        Extra("paid_before", records.paid_before, WARNING, "a payment for days before the first month is named"),
        Extra("reversal", records.reversal, KEPT, "a credit is added to the payment of its number: it costs nothing"),
        Rewritten("swapped_days", days.day_and_month_swapped, QUARANTINE, "day and month of the payment are swapped"),
        Slip("paid_for_years", "period_to", days.paid_for_years, QUARANTINE, "a payment is for more days than one is for"),
        Extra("total_row", records.total_row("payment_id", "TOTAL", "gross_amount"), QUARANTINE, _TOTAL),
    ),
    "ledger": (
        Extra("further_line", records.further_line("amount", "0.37"), KEPT, "the lines of one code are summed"),
        Extra("equal_line", records.equal_line_of(CAPITAL), WARNING, "two equal lines of a ledger both count, and are named"),
        Extra("beyond_bounds", records.further_line("amount", "9999999999.99"), QUARANTINE, "amount is beyond its plausible bounds"),
        Extra("total_row", records.total_row("account_name", "Total", "amount"), QUARANTINE, _TOTAL),
    ),
}  # fmt: skip
HEAVY_DEFECTS = {feed: defects + _of_spreadsheets(feed) + _ONLY_HEAVY.get(feed, ()) for feed, defects in DEFECTS.items()}
"""What goes wrong in each feed at heavy mess."""
