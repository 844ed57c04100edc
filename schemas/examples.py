"""A good record of every feed, as the text of its fields: what the examples of the rules are changed from.

Belongs here: records that break no rule. Does not belong here: the rules and what breaks them (`schemas/rules`).
Nobody in them is real; the numbers are those that the national guidance gives as examples.
"""

from collections.abc import Mapping

Fields = Mapping[str, str]
"""Column to the text of its field. `BEYOND_HEADER` stands for one field more than the header has."""

BEYOND_HEADER = ""
PERIOD = "2025-05"
"""The month of the file that the examples are in."""
KNOWN_POSTCODE = "DD1 9SY"
UNKNOWN_POSTCODE = "NK1 0AA"
CHI = "1904851231"
OTHER_CHI = "0101011237"

_EPISODE = {
    "episode_id": "E1", "chi_number": CHI, "admission_date": "2025-05-02", "discharge_date": "", "inpatient_day_case": "I",
    "specialty_code": "A1", "location_code": "T101H", "geriatric_long_stay": "N", "postcode": KNOWN_POSTCODE,
    "total_cost": "3100.00",
}  # fmt: skip
_CONTACT = {
    "contact_id": "K1", "chi_number": CHI, "contact_date": "2025-05-02", "duration_minutes": "25", "contact_type": "1",
    "postcode": KNOWN_POSTCODE,
}  # fmt: skip
GOOD_RECORD: dict[str, Fields] = {
    "population_register": {
        "chi_number": CHI, "forename": "Ann", "surname": "Example", "date_of_birth": "1985-04-19", "sex": "1",
        "postcode": KNOWN_POSTCODE, "date_of_death": "",
    },
    "acute": _EPISODE,
    "maternity": _EPISODE,
    "mental_health": _EPISODE,
    "outpatient": {
        "episode_id": "O1", "chi_number": CHI, "clinic_date": "2025-05-02", "specialty_code": "A1", "location_code": "T101H",
        "attendance_status": "1", "postcode": KNOWN_POSTCODE, "total_cost": "210.00",
    },
    "emergency": {
        "attendance_id": "A1", "chi_number": CHI, "arrival_datetime": "2025-05-02 10:00:00", "departure_datetime": "",
        "location_code": "T101H", "postcode": KNOWN_POSTCODE, "total_cost": "230.00",
    },
    "prescribing": {
        "chi_number": CHI, "paid_month": "2025-05-01", "gp_practice_code": "10002", "paid_items": "3",
        "gross_ingredient_cost": "21.50", "date_of_birth": "1985-04-19", "postcode": KNOWN_POSTCODE,
    },
    "gp_out_of_hours": {
        "consultation_id": "C1", "chi_number": CHI, "start_datetime": "2025-05-02 23:00:00", "end_datetime": "",
        "consultation_type": "HOME VISIT", "postcode": KNOWN_POSTCODE,
    },
    "community_nursing": _CONTACT,
    "community_mental_health": _CONTACT,
    "deaths": {"chi_number": CHI, "date_of_death": "2025-05-02", "place_of_death": "home"},
    "delayed_discharge": {
        "delay_id": "D1", "chi_number": CHI, "ready_for_discharge_date": "2025-05-02", "delay_end_date": "",
        "reason_code": "11A",
    },
    "ledger": {"cost_code": "H100", "account_name": "Home care", "month": "2025-05-01", "amount": "120000.00"},
    "clients": {
        "social_care_id": "S1", "chi_number": CHI, "forename": "Ann", "surname": "Example", "date_of_birth": "1985-04-19",
        "sex": "1", "postcode": KNOWN_POSTCODE, "date_of_death": "",
    },
    "home_care": {
        "service_id": "H1", "social_care_id": "S1", "month": "2025-05-01", "hours": "31.50", "service_type": "2",
        "provider_type": "1", "reablement": "0", "gross_cost": "720.00",
    },
    "care_home": {
        "stay_id": "R1", "social_care_id": "S1", "admission_date": "2025-05-02", "discharge_date": "", "nursing_care": "1",
        "admission_type": "3", "gross_weekly_cost": "838.00", "client_weekly_contribution": "120.00",
    },
    "self_directed_support": {
        "budget_id": "B1", "social_care_id": "S1", "month": "2025-05-01", "option": "1", "gross_amount": "400.00",
        "client_contribution": "12.50",
    },
    "equipment": {
        "service_id": "Q1", "social_care_id": "S1", "service_type": "2", "start_date": "2025-05-02", "end_date": "",
    },
    "payments": {
        "payment_id": "P1", "social_care_id": "S1", "cost_code": "H100", "period_from": "2025-05-01",
        "period_to": "2025-06-30", "gross_amount": "1450.00", "client_contribution": "0.00",
    },
    "budget": {"cost_code": "H100", "service": "", "month": "2026-03-01", "amount": "118000.00", "council": "", "locality": ""},
}  # fmt: skip

SAYS_OTHERWISE: dict[str, Fields] = {
    "population_register": {"surname": "Other"},
    **{feed: {"specialty_code": "C8"} for feed in ("acute", "maternity", "mental_health", "outpatient")},
    "emergency": {"departure_datetime": "2025-05-02 12:00:00"},
    "prescribing": {"paid_items": "4"},
    "gp_out_of_hours": {"consultation_type": "TELEPHONE"},
    **{feed: {"contact_type": "2"} for feed in ("community_nursing", "community_mental_health")},
    "deaths": {"place_of_death": "hospital"},
    "delayed_discharge": {"reason_code": "11B"},
    "clients": {"surname": "Other"},
    "home_care": {"hours": "30.00"},
    "care_home": {"admission_type": "2"},
    "self_directed_support": {"gross_amount": "500.00"},
    "equipment": {"end_date": "2025-05-20"},
}
"""How a second record of the same key differs from the good one, in the feeds where two cannot both be right."""


def example_file(key_column: str, good: Fields, changed: Fields) -> list[dict[str, str]]:
    """The records of a file that shows a rule: the good record, then another one that differs in its key and as given."""
    other_key = OTHER_CHI if key_column == "chi_number" else good[key_column] + "2"
    return [dict(good), {**good, key_column: other_key, **changed}]
