"""Which slips the records of each feed can have at standard mess, and the rule that answers each.

Belongs here: a list a feed. Does not belong here: what the heavy mess has besides (`heavy.py`), how a slip changes a record
(the modules beside), where it is planted (`pipelines/synth/mess.py`).
"""

from pipelines.synth.slips import amounts, days, identifiers, kinds, records
from pipelines.synth.slips.kinds import KEPT, QUARANTINE, WARNING, Defect, Extra, Slip

_FORMULA = '=HYPERLINK("http://example.org","Click")'


_LOST_ZERO = Slip(
    "lost_leading_zero", "chi_number", identifiers.lost_zero, WARNING, "the CHI lost its leading zero and is repaired"
)
_INVALID_CHI = Slip(
    "invalid_chi", "chi_number", identifiers.invalid_chi, WARNING, "the CHI fails its check digit; the money stays"
)
_EXCEL_CHI = Slip(
    "excel_chi", "chi_number", identifiers.excel_chi, WARNING, "the CHI was mangled by a spreadsheet; the money stays"
)
_DUMMY_POSTCODE = Slip(
    "dummy_postcode", "postcode", identifiers.dummy_postcode, WARNING, "the postcode is not in the directory"
)
_KEY_CHI_SLIPS = (_LOST_ZERO, _INVALID_CHI, _DUMMY_POSTCODE)
"""What can be wrong with a CHI and a postcode, where the CHI is part of the key."""
_CHI_SLIPS = (*_KEY_CHI_SLIPS, _EXCEL_CHI)


def _key_slips(key: str, day: str) -> tuple[Defect, ...]:
    """What can be wrong with a record's key and the day it happened."""
    return (
        Slip("missing_key", key, kinds.blanked(key), QUARANTINE, f"{key} is required and blank"),
        Extra("duplicate_record", records.copy, QUARANTINE, "the same row twice in one file"),
        Slip("unreadable_date", day, kinds.text("not known"), QUARANTINE, f"{day} is no date"),
        Slip("impossible_date", day, kinds.text("2025-02-30"), QUARANTINE, f"{day} is no date"),
        Slip("excel_date", day, days.excel_day(day), QUARANTINE, f"{day} is a spreadsheet's number of days"),
        Slip("after_period", day, days.next_month(day), QUARANTINE, f"{day} is after the month of the file"),
    )


def _payment_slips() -> tuple[Defect, ...]:
    """Payments are as other records, but that equal lines can be true and that days may be paid for before they come."""
    otherwise = ("duplicate_record", "after_period")
    return (
        *(slip for slip in _key_slips("payment_id", "period_from") if slip.name not in otherwise),
        Extra("equal_line", records.copy, WARNING, "two equal lines of a payment both count, and are named"),
        Slip("paid_ahead", "period_from", days.paid_ahead, WARNING, "a payment for the next month waits for it"),
    )


def _money_slips(column: str) -> tuple[Defect, ...]:
    return (
        Slip("pound_sign", column, amounts.with_pound(column), KEPT, "an amount with £ and commas is read"),
        Slip("bracketed_credit", column, amounts.in_brackets(column), KEPT, "an amount in brackets is negative"),
        Slip("trailing_minus", column, amounts.minus_after(column), KEPT, "a minus behind the amount is read"),
    )


def _no_amount(column: str) -> Slip:
    return Slip("unreadable_amount", column, kinds.text("TBC"), QUARANTINE, f"{column} is no amount")


_AFTER_DEATH = Slip("after_death", "chi_number", identifiers.dead_chi, WARNING, "activity after the person's death")
_DISCHARGED_EARLY = Slip(
    "discharge_before_admission", "discharge_date", days.day_before("admission_date"), QUARANTINE,
    "discharge_date is before admission_date",
)  # fmt: skip
_HOSPITAL_EPISODE = (
    *_CHI_SLIPS,
    *_key_slips("episode_id", "admission_date"),
    _DISCHARGED_EARLY,
    _no_amount("total_cost"),
    *_money_slips("total_cost"),
    _AFTER_DEATH,
    Slip("unknown_specialty", "specialty_code", kinds.text("ZZ"), KEPT, "an unknown specialty keeps its money"),
    Slip("missing_hospital", "location_code", kinds.text(""), QUARANTINE, "location_code is required and blank"),
    Slip("not_a_code", "inpatient_day_case", kinds.text("Inpatient"), QUARANTINE, "inpatient_day_case is not I or D"),
)
_SAME_DAY = "two contacts on one day with keys of their own are two"
_COMMUNITY_CONTACT = (
    *_CHI_SLIPS,
    *_key_slips("contact_id", "contact_date"),
    Extra("same_day_duplicate", records.again("contact_id"), KEPT, _SAME_DAY),
    Slip("negative_minutes", "duration_minutes", amounts.negative_minutes, WARNING, "a contact of less than no time"),
    Slip("not_a_code", "contact_type", kinds.text("Face to face"), KEPT, "costed at the rate of any kind"),
    _AFTER_DEATH,
)
DEFECTS: dict[str, tuple[Defect, ...]] = {
    "population_register": (
        *_KEY_CHI_SLIPS,
        Slip("missing_key", "chi_number", kinds.blanked("chi_number"), QUARANTINE, "chi_number is required and blank"),
        Extra("duplicate_record", records.copy, QUARANTINE, "the same CHI twice in one file"),
        Slip("unreadable_date", "date_of_birth", kinds.text("not known"), QUARANTINE, "date_of_birth is no date"),
        Slip("missing_birth", "date_of_birth", kinds.text(""), QUARANTINE, "date_of_birth is required and blank"),
        Slip("formula_name", "forename", kinds.text(_FORMULA), KEPT, "a name that a spreadsheet would run stays text"),
        Slip("sex_unknown", "sex", kinds.text("9"), KEPT, "sex 9 is not specified"),
        Slip("sex_not_a_code", "sex", kinds.text("F"), WARNING, "sex is not 0, 1, 2 or 9"),
    ),
    "acute": _HOSPITAL_EPISODE,
    "maternity": _HOSPITAL_EPISODE,
    "mental_health": _HOSPITAL_EPISODE,
    "outpatient": (
        *_CHI_SLIPS,
        *_key_slips("episode_id", "clinic_date"),
        _AFTER_DEATH,
        Slip("unknown_specialty", "specialty_code", kinds.text("ZZ"), KEPT, "costed at the rate of any specialty"),
        Slip("not_a_code", "attendance_status", kinds.text("9"), QUARANTINE, "attendance_status is not 1, 5 or 8"),
    ),
    "emergency": (
        *_CHI_SLIPS,
        *_key_slips("attendance_id", "arrival_datetime"),
        Slip("departed_before_arrival", "departure_datetime", days.day_before("arrival_datetime"), QUARANTINE,
             "departure_datetime is before arrival_datetime"),
        _AFTER_DEATH,
        Slip("missing_hospital", "location_code", kinds.text(""), QUARANTINE, "location_code is required and blank"),
    ),
    "prescribing": (
        *_KEY_CHI_SLIPS,
        Extra("duplicate_record", records.copy, QUARANTINE, "the same key twice in one file"),
        Slip("unreadable_date", "paid_month", kinds.text("not known"), QUARANTINE, "paid_month is no date"),
        Slip("bare_year", "paid_month", kinds.text("2025"), QUARANTINE, "a year is no month"),
        Slip("after_period", "paid_month", days.next_month("paid_month"), QUARANTINE, "paid_month is after the month of the file"),
        Slip("missing_practice", "gp_practice_code", kinds.text(""), QUARANTINE, "gp_practice_code is required and blank"),
        Slip("missing_items", "paid_items", kinds.text(""), QUARANTINE, "paid_items is required and blank"),
        _no_amount("gross_ingredient_cost"),
        *_money_slips("gross_ingredient_cost"),
    ),
    "gp_out_of_hours": (
        # Extracts of out-of-hours systems lose zeros more often than others: the slip has two turns.
        _LOST_ZERO,
        *_CHI_SLIPS,
        *_key_slips("consultation_id", "start_datetime"),
        Extra("same_day_duplicate", records.again("consultation_id"), KEPT, _SAME_DAY),
        Slip("ended_before_start", "end_datetime", days.day_before("start_datetime"), QUARANTINE,
             "end_datetime is before start_datetime"),
        Slip("missing_type", "consultation_type", kinds.text(""), QUARANTINE, "consultation_type is required and blank"),
        Slip("unknown_type", "consultation_type", kinds.text("COVID19 ADVICE"), KEPT, "costed at the rate of any kind"),
        _AFTER_DEATH,
    ),
    "community_nursing": _COMMUNITY_CONTACT,
    "community_mental_health": _COMMUNITY_CONTACT,
    "deaths": (
        _LOST_ZERO,
        _INVALID_CHI,
        Slip("missing_key", "chi_number", kinds.text(""), QUARANTINE, "chi_number is required and blank"),
        Extra("duplicate_record", records.copy, QUARANTINE, "the same person twice in one file"),
        Slip("unreadable_date", "date_of_death", kinds.text("not known"), QUARANTINE, "date_of_death is no date"),
        Slip("excel_date", "date_of_death", days.excel_day("date_of_death"), QUARANTINE,
             "date_of_death is a spreadsheet's number of days"),
        Slip("after_period", "date_of_death", days.next_month("date_of_death"), QUARANTINE,
             "date_of_death is after the month of the file"),
        Slip("other_day", "date_of_death", days.day_before("date_of_death"), KEPT,
             "another day than the register's: that of deaths counts"),
    ),
    "delayed_discharge": (
        _LOST_ZERO,
        _INVALID_CHI,
        *_key_slips("delay_id", "ready_for_discharge_date"),
        Slip("left_before_ready", "delay_end_date", days.day_before("ready_for_discharge_date"), QUARANTINE,
             "delay_end_date is before ready_for_discharge_date"),
        Slip("missing_reason", "reason_code", kinds.text(""), QUARANTINE, "reason_code is required and blank"),
        Slip("not_a_code", "reason_code", kinds.text("Awaiting care home place"), KEPT, "reasons have no list of codes"),
        _AFTER_DEATH,
    ),
    "clients": (
        Slip("missing_key", "social_care_id", kinds.blanked("social_care_id"), QUARANTINE, "social_care_id is required and blank"),
        Extra("duplicate_record", records.copy, QUARANTINE, "the same client twice in one file"),
        Extra("second_chi", records.second_chi, QUARANTINE, "one client claims several CHIs: linked to none"),
        Slip("unreadable_date", "date_of_birth", kinds.text("c. 1940"), QUARANTINE, "date_of_birth is no date"),
        Slip("formula_name", "surname", kinds.text(_FORMULA), KEPT, "a name that a spreadsheet would run stays text"),
        Slip("sex_unknown", "sex", kinds.text("0"), KEPT, "sex 0 is not known"),
        Slip("dummy_postcode", "postcode", identifiers.dummy_postcode, WARNING, "the postcode is not in the directory"),
    ),
    "home_care": (
        *_key_slips("service_id", "month"),
        Extra("same_key", records.says_otherwise("hours", "99.99"), QUARANTINE, "the same package and month twice with other hours"),
        Slip("bare_year", "month", kinds.text("2025"), QUARANTINE, "a year is no month"),
        Slip("missing_hours", "hours", kinds.text(""), QUARANTINE, "hours is required and blank"),
        Slip("unreadable_hours", "hours", kinds.text("n/a"), QUARANTINE, "hours is no number"),
        Slip("negative_hours", "hours", kinds.text("-12.50"), KEPT, "a correction of hours is kept"),
        Slip("implausible_hours", "hours", kinds.text("900.00"), WARNING, "more hours than a month has"),
        Slip("missing_client", "social_care_id", kinds.text(""), QUARANTINE, "social_care_id is required and blank"),
        Slip("not_a_code", "service_type", kinds.text("Personal care"), WARNING, "service_type is not 1 or 2"),
        Slip("unknown_provider", "provider_type", kinds.text("???"), KEPT, "provider_type is not used"),
        *_money_slips("gross_cost"),
    ),
    "care_home": (
        *_key_slips("stay_id", "admission_date"),
        _DISCHARGED_EARLY,
        Extra("stay_within_stay", records.stay_within, KEPT, "days of overlapping stays are paid once, to the later stay"),
        Extra("nursing_changed", records.now_nursing, KEPT, "days of overlapping stays are paid once, to the later stay"),
        _no_amount("gross_weekly_cost"),
        *_money_slips("gross_weekly_cost"),
        Slip("missing_client", "social_care_id", kinds.text(""), QUARANTINE, "social_care_id is required and blank"),
        Slip("not_a_code", "nursing_care", kinds.text("Y"), WARNING, "nursing_care is not 0, 1 or 9"),
        Slip("line_break", "care_home_name", kinds.text('The "Old"\nManse, Annexe'), KEPT, "line breaks and quotes are read"),
    ),
    "self_directed_support": (
        *_key_slips("budget_id", "month"),
        Slip("bare_year", "month", kinds.text("2025"), QUARANTINE, "a year is no month"),
        Slip("not_a_code", "option", kinds.text("Direct payment"), QUARANTINE, "option is not 1, 2, 3 or 4"),
        Slip("missing_client", "social_care_id", kinds.text(""), QUARANTINE, "social_care_id is required and blank"),
        _no_amount("gross_amount"),
        *_money_slips("gross_amount"),
    ),
    "equipment": (
        *_key_slips("service_id", "start_date"),
        Slip("not_a_code", "service_type", kinds.text("Community alarm"), QUARANTINE, "service_type is not 1 or 2"),
        Slip("removed_before_start", "end_date", days.day_before("start_date"), QUARANTINE, "end_date is before start_date"),
        Slip("missing_client", "social_care_id", kinds.text(""), QUARANTINE, "social_care_id is required and blank"),
        Extra("second_item", records.item_before, KEPT, "a client's items count once a month, on the first to come"),
    ),
    "payments": (
        *_payment_slips(),
        Slip("ends_before_start", "period_to", days.day_before("period_from"), QUARANTINE, "period_to is before period_from"),
        Slip("missing_code", "cost_code", kinds.text(""), QUARANTINE, "cost_code is required and blank"),
        _no_amount("gross_amount"),
        *_money_slips("gross_amount"),
        Slip("formula_name", "provider_name", kinds.text(_FORMULA), KEPT, "a name that a spreadsheet would run stays text"),
        Slip("line_break", "provider_name", kinds.text('Care "R" Us;\nTayside|Ltd'), KEPT, "line breaks and quotes are read"),
    ),
    "ledger": (*_money_slips("amount"),),
    "budget": (*_money_slips("amount"),),
}  # fmt: skip
"""What goes wrong in each feed."""
