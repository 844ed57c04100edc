"""Which slips the records of each feed can have, and the rule that answers each.

Belongs here: a list a feed, of the standard mess and of the heavy one. Does not belong here: how a slip changes a record
(`slips.py`), where it is planted (`mess.py`).
"""

from pipelines.synth import slips
from pipelines.synth.reference import CAPITAL
from pipelines.synth.slips import KEPT, QUARANTINE, WARNING, Defect, Extra, Rewritten, Slip

_FORMULA = '=HYPERLINK("http://example.org","Click")'


_LOST_ZERO = Slip("lost_leading_zero", "chi_number", slips.lost_zero, WARNING, "the CHI lost its leading zero and is repaired")
_INVALID_CHI = Slip("invalid_chi", "chi_number", slips.invalid_chi, WARNING, "the CHI fails its check digit; the money stays")
_EXCEL_CHI = Slip("excel_chi", "chi_number", slips.excel_chi, WARNING, "the CHI was mangled by a spreadsheet; the money stays")
_DUMMY_POSTCODE = Slip("dummy_postcode", "postcode", slips.dummy_postcode, WARNING, "the postcode is not in the directory")
_KEY_CHI_SLIPS = (_LOST_ZERO, _INVALID_CHI, _DUMMY_POSTCODE)
"""What can be wrong with a CHI and a postcode, where the CHI is part of the key."""
_CHI_SLIPS = (*_KEY_CHI_SLIPS, _EXCEL_CHI)


def _key_slips(key: str, day: str) -> tuple[Defect, ...]:
    """What can be wrong with a record's key and the day it happened."""
    return (
        Slip("missing_key", key, slips.blanked(key), QUARANTINE, f"{key} is required and blank"),
        Extra("duplicate_record", slips.copy, QUARANTINE, "the same row twice in one file"),
        Slip("unreadable_date", day, slips.text("not known"), QUARANTINE, f"{day} is no date"),
        Slip("impossible_date", day, slips.text("2025-02-30"), QUARANTINE, f"{day} is no date"),
        Slip("excel_date", day, slips.excel_day(day), QUARANTINE, f"{day} is a spreadsheet's number of days"),
        Slip("after_period", day, slips.next_month(day), QUARANTINE, f"{day} is after the month of the file"),
    )


def _payment_slips() -> tuple[Defect, ...]:
    """Payments are as other records, but that equal lines can be true and that days may be paid for before they come."""
    otherwise = ("duplicate_record", "after_period")
    return (
        *(slip for slip in _key_slips("payment_id", "period_from") if slip.name not in otherwise),
        Extra("equal_line", slips.copy, WARNING, "two equal lines of a payment both count, and are named"),
        Slip("paid_ahead", "period_from", slips.paid_ahead, WARNING, "a payment for the next month waits for it"),
    )


def _money_slips(column: str) -> tuple[Defect, ...]:
    return (
        Slip("pound_sign", column, slips.with_pound(column), KEPT, "an amount with £ and commas is read"),
        Slip("bracketed_credit", column, slips.in_brackets(column), KEPT, "an amount in brackets is negative"),
        Slip("trailing_minus", column, slips.minus_after(column), KEPT, "a minus behind the amount is read"),
    )


def _no_amount(column: str) -> Slip:
    return Slip("unreadable_amount", column, slips.text("TBC"), QUARANTINE, f"{column} is no amount")


_AFTER_DEATH = Slip("after_death", "chi_number", slips.dead_chi, WARNING, "activity after the person's death")
_DISCHARGED_EARLY = Slip(
    "discharge_before_admission", "discharge_date", slips.day_before("admission_date"), QUARANTINE,
    "discharge_date is before admission_date",
)  # fmt: skip
_HOSPITAL_EPISODE = (
    *_CHI_SLIPS,
    *_key_slips("episode_id", "admission_date"),
    _DISCHARGED_EARLY,
    _no_amount("total_cost"),
    *_money_slips("total_cost"),
    _AFTER_DEATH,
    Slip("unknown_specialty", "specialty_code", slips.text("ZZ"), KEPT, "an unknown specialty keeps its money"),
    Slip("missing_hospital", "location_code", slips.text(""), QUARANTINE, "location_code is required and blank"),
    Slip("not_a_code", "inpatient_day_case", slips.text("Inpatient"), QUARANTINE, "inpatient_day_case is not I or D"),
)
_SAME_DAY = "two contacts on one day with keys of their own are two"
_COMMUNITY_CONTACT = (
    *_CHI_SLIPS,
    *_key_slips("contact_id", "contact_date"),
    Extra("same_day_duplicate", slips.again("contact_id"), KEPT, _SAME_DAY),
    Slip("negative_minutes", "duration_minutes", slips.negative_minutes, WARNING, "a contact of less than no time"),
    Slip("not_a_code", "contact_type", slips.text("Face to face"), KEPT, "costed at the rate of any kind"),
    _AFTER_DEATH,
)
DEFECTS: dict[str, tuple[Defect, ...]] = {
    "population_register": (
        *_KEY_CHI_SLIPS,
        Slip("missing_key", "chi_number", slips.blanked("chi_number"), QUARANTINE, "chi_number is required and blank"),
        Extra("duplicate_record", slips.copy, QUARANTINE, "the same CHI twice in one file"),
        Slip("unreadable_date", "date_of_birth", slips.text("not known"), QUARANTINE, "date_of_birth is no date"),
        Slip("missing_birth", "date_of_birth", slips.text(""), QUARANTINE, "date_of_birth is required and blank"),
        Slip("formula_name", "forename", slips.text(_FORMULA), KEPT, "a name that a spreadsheet would run stays text"),
        Slip("sex_unknown", "sex", slips.text("9"), KEPT, "sex 9 is not specified"),
        Slip("sex_not_a_code", "sex", slips.text("F"), WARNING, "sex is not 0, 1, 2 or 9"),
    ),
    "acute": _HOSPITAL_EPISODE,
    "maternity": _HOSPITAL_EPISODE,
    "mental_health": _HOSPITAL_EPISODE,
    "outpatient": (
        *_CHI_SLIPS,
        *_key_slips("episode_id", "clinic_date"),
        _AFTER_DEATH,
        Slip("unknown_specialty", "specialty_code", slips.text("ZZ"), KEPT, "costed at the rate of any specialty"),
        Slip("not_a_code", "attendance_status", slips.text("9"), QUARANTINE, "attendance_status is not 1, 5 or 8"),
    ),
    "emergency": (
        *_CHI_SLIPS,
        *_key_slips("attendance_id", "arrival_datetime"),
        Slip("departed_before_arrival", "departure_datetime", slips.day_before("arrival_datetime"), QUARANTINE,
             "departure_datetime is before arrival_datetime"),
        _AFTER_DEATH,
        Slip("missing_hospital", "location_code", slips.text(""), QUARANTINE, "location_code is required and blank"),
    ),
    "prescribing": (
        *_KEY_CHI_SLIPS,
        Extra("duplicate_record", slips.copy, QUARANTINE, "the same key twice in one file"),
        Slip("unreadable_date", "paid_month", slips.text("not known"), QUARANTINE, "paid_month is no date"),
        Slip("bare_year", "paid_month", slips.text("2025"), QUARANTINE, "a year is no month"),
        Slip("after_period", "paid_month", slips.next_month("paid_month"), QUARANTINE, "paid_month is after the month of the file"),
        Slip("missing_practice", "gp_practice_code", slips.text(""), QUARANTINE, "gp_practice_code is required and blank"),
        Slip("missing_items", "paid_items", slips.text(""), QUARANTINE, "paid_items is required and blank"),
        _no_amount("gross_ingredient_cost"),
        *_money_slips("gross_ingredient_cost"),
    ),
    "gp_out_of_hours": (
        # Extracts of out-of-hours systems lose zeros more often than others: the slip has two turns.
        _LOST_ZERO,
        *_CHI_SLIPS,
        *_key_slips("consultation_id", "start_datetime"),
        Extra("same_day_duplicate", slips.again("consultation_id"), KEPT, _SAME_DAY),
        Slip("ended_before_start", "end_datetime", slips.day_before("start_datetime"), QUARANTINE,
             "end_datetime is before start_datetime"),
        Slip("missing_type", "consultation_type", slips.text(""), QUARANTINE, "consultation_type is required and blank"),
        Slip("unknown_type", "consultation_type", slips.text("COVID19 ADVICE"), KEPT, "costed at the rate of any kind"),
        _AFTER_DEATH,
    ),
    "community_nursing": _COMMUNITY_CONTACT,
    "community_mental_health": _COMMUNITY_CONTACT,
    "deaths": (
        _LOST_ZERO,
        _INVALID_CHI,
        Slip("missing_key", "chi_number", slips.text(""), QUARANTINE, "chi_number is required and blank"),
        Extra("duplicate_record", slips.copy, QUARANTINE, "the same person twice in one file"),
        Slip("unreadable_date", "date_of_death", slips.text("not known"), QUARANTINE, "date_of_death is no date"),
        Slip("excel_date", "date_of_death", slips.excel_day("date_of_death"), QUARANTINE,
             "date_of_death is a spreadsheet's number of days"),
        Slip("after_period", "date_of_death", slips.next_month("date_of_death"), QUARANTINE,
             "date_of_death is after the month of the file"),
        Slip("other_day", "date_of_death", slips.day_before("date_of_death"), KEPT,
             "another day than the register's: that of deaths counts"),
    ),
    "delayed_discharge": (
        _LOST_ZERO,
        _INVALID_CHI,
        *_key_slips("delay_id", "ready_for_discharge_date"),
        Slip("left_before_ready", "delay_end_date", slips.day_before("ready_for_discharge_date"), QUARANTINE,
             "delay_end_date is before ready_for_discharge_date"),
        Slip("missing_reason", "reason_code", slips.text(""), QUARANTINE, "reason_code is required and blank"),
        Slip("not_a_code", "reason_code", slips.text("Awaiting care home place"), KEPT, "reasons have no list of codes"),
        _AFTER_DEATH,
    ),
    "clients": (
        Slip("missing_key", "social_care_id", slips.blanked("social_care_id"), QUARANTINE, "social_care_id is required and blank"),
        Extra("duplicate_record", slips.copy, QUARANTINE, "the same client twice in one file"),
        Extra("second_chi", slips.second_chi, QUARANTINE, "one client claims several CHIs: linked to none"),
        Slip("unreadable_date", "date_of_birth", slips.text("c. 1940"), QUARANTINE, "date_of_birth is no date"),
        Slip("formula_name", "surname", slips.text(_FORMULA), KEPT, "a name that a spreadsheet would run stays text"),
        Slip("sex_unknown", "sex", slips.text("0"), KEPT, "sex 0 is not known"),
        Slip("dummy_postcode", "postcode", slips.dummy_postcode, WARNING, "the postcode is not in the directory"),
    ),
    "home_care": (
        *_key_slips("service_id", "month"),
        Extra("same_key", slips.says_otherwise("hours", "99.99"), QUARANTINE, "the same package and month twice with other hours"),
        Slip("bare_year", "month", slips.text("2025"), QUARANTINE, "a year is no month"),
        Slip("missing_hours", "hours", slips.text(""), QUARANTINE, "hours is required and blank"),
        Slip("unreadable_hours", "hours", slips.text("n/a"), QUARANTINE, "hours is no number"),
        Slip("negative_hours", "hours", slips.text("-12.50"), KEPT, "a correction of hours is kept"),
        Slip("implausible_hours", "hours", slips.text("900.00"), WARNING, "more hours than a month has"),
        Slip("missing_client", "social_care_id", slips.text(""), QUARANTINE, "social_care_id is required and blank"),
        Slip("not_a_code", "service_type", slips.text("Personal care"), WARNING, "service_type is not 1 or 2"),
        Slip("unknown_provider", "provider_type", slips.text("???"), KEPT, "provider_type is not used"),
        *_money_slips("gross_cost"),
    ),
    "care_home": (
        *_key_slips("stay_id", "admission_date"),
        _DISCHARGED_EARLY,
        Extra("stay_within_stay", slips.stay_within, KEPT, "days of overlapping stays are paid once, to the later stay"),
        Extra("nursing_changed", slips.now_nursing, KEPT, "days of overlapping stays are paid once, to the later stay"),
        _no_amount("gross_weekly_cost"),
        *_money_slips("gross_weekly_cost"),
        Slip("missing_client", "social_care_id", slips.text(""), QUARANTINE, "social_care_id is required and blank"),
        Slip("not_a_code", "nursing_care", slips.text("Y"), WARNING, "nursing_care is not 0, 1 or 9"),
        Slip("line_break", "care_home_name", slips.text('The "Old"\nManse, Annexe'), KEPT, "line breaks and quotes are read"),
    ),
    "self_directed_support": (
        *_key_slips("budget_id", "month"),
        Slip("bare_year", "month", slips.text("2025"), QUARANTINE, "a year is no month"),
        Slip("not_a_code", "option", slips.text("Direct payment"), QUARANTINE, "option is not 1, 2, 3 or 4"),
        Slip("missing_client", "social_care_id", slips.text(""), QUARANTINE, "social_care_id is required and blank"),
        _no_amount("gross_amount"),
        *_money_slips("gross_amount"),
    ),
    "equipment": (
        *_key_slips("service_id", "start_date"),
        Slip("not_a_code", "service_type", slips.text("Community alarm"), QUARANTINE, "service_type is not 1 or 2"),
        Slip("removed_before_start", "end_date", slips.day_before("start_date"), QUARANTINE, "end_date is before start_date"),
        Slip("missing_client", "social_care_id", slips.text(""), QUARANTINE, "social_care_id is required and blank"),
        Extra("second_item", slips.item_before, KEPT, "a client's items count once a month, on the first to come"),
    ),
    "payments": (
        *_payment_slips(),
        Slip("ends_before_start", "period_to", slips.day_before("period_from"), QUARANTINE, "period_to is before period_from"),
        Slip("missing_code", "cost_code", slips.text(""), QUARANTINE, "cost_code is required and blank"),
        _no_amount("gross_amount"),
        *_money_slips("gross_amount"),
        Slip("formula_name", "provider_name", slips.text(_FORMULA), KEPT, "a name that a spreadsheet would run stays text"),
        Slip("line_break", "provider_name", slips.text('Care "R" Us;\nTayside|Ltd'), KEPT, "line breaks and quotes are read"),
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
    found: list[Defect] = []
    undone = "what a spreadsheet does to an identifier is undone"
    if key := _IDENTIFIER.get(feed):
        found += [
            Slip("id_as_formula", key, slips.as_formula(key), WARNING, undone),
            Slip("id_after_apostrophe", key, slips.after_apostrophe(key), WARNING, undone),
            Slip("id_with_no_break_space", key, slips.with_no_break_space(key), WARNING, undone),
            Slip("id_in_no_break_spaces", key, slips.in_no_break_spaces(key), KEPT, "blanks around any text are none of it"),
            Slip("id_lost", key, slips.lost_id(key), QUARANTINE, f"{key} is in scientific notation: its digits are lost"),
        ]
    if key == "social_care_id":
        found.append(Slip("id_as_number", key, slips.as_number(key), WARNING, undone))
    if amount := _MONEY.get(feed):
        found += [
            Slip("dash_for_minus", amount, slips.with_other_minus(amount, "\u2013"), KEPT, "an en dash is a minus"),
            Slip("true_minus", amount, slips.with_other_minus(amount, slips.TRUE_MINUS), KEPT, "a true minus is a minus"),
            Slip("credit_mark", amount, slips.marked_as_credit(amount), KEPT, "CR is a minus"),
            Slip("debit_mark", amount, slips.marked_as_debit(amount), KEPT, "DR is no minus"),
            Slip(
                "spaced_thousands", amount, slips.with_spaced_thousands(amount), KEPT, "blanks within an amount are none of it"
            ),
            Slip(
                "more_decimals",
                amount,
                slips.with_more_decimals(amount),
                WARNING,
                "an amount is rounded to the penny, and counted",
            ),
        ]
    if (figure := _FIGURE.get(feed, amount)) and feed not in ("ledger", "budget"):
        beyond = f"{figure} is beyond its plausible bounds: a CHI number"
        found.append(Slip("chi_for_figure", figure, slips.chi_for(figure), QUARANTINE, beyond))
    return tuple(found)


_FIGURE = {"home_care": "hours"}
"""Where a CHI number stands for a figure, if not for the amount."""
_OTHER_KEY = "one key twice with different words: the first by what it says counts"
_CLOCKS = "between two times that come twice no order is known"
_TOTAL = "a total of the rows above is no record"


def _same_key(column: str, greatest: str) -> Extra:
    return Extra("same_key", slips.says_otherwise(column, greatest), QUARANTINE, _OTHER_KEY)


_ONLY_HEAVY: dict[str, tuple[Defect, ...]] = {
    **dict.fromkeys(("acute", "maternity", "mental_health"), (_same_key("main_diagnosis", "Z999"),)),
    "outpatient": (_same_key("clinic_type", "9"),),
    "emergency": (
        _same_key("discharge_destination", "99"),
        Extra("same_number_elsewhere", slips.at_the_other_hospital, KEPT, "an attendance is its number and its hospital"),
        Rewritten("clocks_go_back", slips.when_clocks_go_back("arrival_datetime", "departure_datetime"), KEPT, _CLOCKS),
    ),
    "gp_out_of_hours": (Rewritten("clocks_go_back", slips.when_clocks_go_back("start_datetime", "end_datetime"), KEPT, _CLOCKS),),
    "clients": (
        Slip("other_century", "date_of_birth", slips.other_century, KEPT, "a year of two digits takes the century that fits"),
        Rewritten("number_given_on", slips.given_to_another, WARNING, "a number that meant somebody else before: linked to none"),
    ),
    "home_care": (Extra("total_row", slips.total_row("service_id", "Total", "hours", "gross_cost"), QUARANTINE, _TOTAL),),
    "payments": (
        Extra("further_line", slips.further_line("gross_amount", "12.34"), KEPT, "a payment may be on several lines"),
        Extra("sent_again", slips.sent_again, WARNING, "a payment again under another number is named"),
        Extra("paid_before", slips.paid_before, WARNING, "a payment for days before the first month is named"),
        Extra("reversal", slips.reversal, KEPT, "a credit is added to the payment of its number: it costs nothing"),
        Rewritten("swapped_days", slips.day_and_month_swapped, QUARANTINE, "day and month of the payment are swapped"),
        Slip("paid_for_years", "period_to", slips.paid_for_years, QUARANTINE, "a payment is for more days than one is for"),
        Extra("total_row", slips.total_row("payment_id", "TOTAL", "gross_amount"), QUARANTINE, _TOTAL),
    ),
    "ledger": (
        Extra("further_line", slips.further_line("amount", "0.37"), KEPT, "the lines of one code are summed"),
        Extra("equal_line", slips.equal_line_of(CAPITAL), WARNING, "two equal lines of a ledger both count, and are named"),
        Extra("beyond_bounds", slips.further_line("amount", "9999999999.99"), QUARANTINE, "amount is beyond its plausible bounds"),
        Extra("total_row", slips.total_row("account_name", "Total", "amount"), QUARANTINE, _TOTAL),
    ),
}  # fmt: skip
HEAVY_DEFECTS = {feed: defects + _of_spreadsheets(feed) + _ONLY_HEAVY.get(feed, ()) for feed, defects in DEFECTS.items()}
"""What goes wrong in each feed at heavy mess."""
