"""Each feed's own rules: codes, order of dates, figures that can hardly be.

Belongs here: rules that hold for some feeds only. Does not belong here: rules that any feed's declaration implies
(`implied.py`).
"""

from typing import TYPE_CHECKING

import pyarrow as pa
import pyarrow.compute as pc

from schemas.feeds.health import HospitalEpisode, Outpatient
from schemas.feeds.people import Clients, PopulationRegister
from schemas.feeds.social_care import CareHome, Equipment, HomeCare, SelfDirectedSupport
from schemas.plausible import DAYS, PLAUSIBLE
from schemas.rules.rule import Rule, kept
from schemas.table import Table, columns

if TYPE_CHECKING:
    import pandas as pd


def _code(model: type[Table], name: str, severity: str) -> Rule:
    """The list is the one that the feed's model declares for the column."""
    codes = next([code.value for code in c.codes] for c in columns(model) if c.name == name)
    return Rule(
        f"{name}.unknown_code",
        severity,
        f"{name} is not one of {', '.join(codes)}.",
        lambda batch: batch[name].isna() | batch[name].isin(codes),
        {name: "X"},
        {name: codes[-1]},
    )


def _is_clock_change(moments: "pd.Series") -> "pd.Series[bool]":
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
            kept(batch[last] >= batch[first])
            | (
                _is_clock_change(batch[first])
                & _is_clock_change(batch[last])
                & kept(batch[first].dt.date == batch[last].dt.date)
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
        lambda batch: kept(batch[last] >= batch[first]),
        {first: "2025-05-02", last: "2025-05-01"},
        {first: "2025-05-02", last: "2025-05-02"},
    )


def _is_ahead(batch: "pd.DataFrame") -> "pd.Series[bool]":
    return (batch["period_from"] >= batch["period_end_exclusive"]).fillna(False).astype(bool)


def _is_far_ahead(batch: "pd.DataFrame") -> "pd.Series[bool]":
    import pandas as pd

    days = pc.days_between(pa.array(batch["period_end_exclusive"]), pa.array(batch["period_from"]))
    return pd.Series(pc.fill_null(pc.greater(days, 365), False).to_numpy(zero_copy_only=False), index=batch.index)


def _between(name: str, low: int, high: int, severity: str, sentence: str) -> Rule:
    return Rule(
        f"{name}.implausible",
        severity,
        sentence,
        lambda batch: kept((batch[name] >= low) & (batch[name] <= high)),
        {name: str(high + 1)},
        {name: str(high)},
    )


_HOSPITAL_EPISODE = [
    _ordered("admission_date", "discharge_date"),
    _code(HospitalEpisode, "inpatient_day_case", "record"),
    _code(HospitalEpisode, "geriatric_long_stay", "warning"),
]
_COMMUNITY_CONTACT = [_between("duration_minutes", 0, 1440, "warning", "A contact longer than a day, or of less than no time.")]
OWN_RULES: dict[str, list[Rule]] = {
    "population_register": [_code(PopulationRegister, "sex", "warning")],
    "acute": _HOSPITAL_EPISODE,
    "maternity": _HOSPITAL_EPISODE,
    "mental_health": _HOSPITAL_EPISODE,
    "outpatient": [_code(Outpatient, "attendance_status", "record")],
    "emergency": [_moments_ordered("arrival_datetime", "departure_datetime")],
    "gp_out_of_hours": [_moments_ordered("start_datetime", "end_datetime")],
    "community_nursing": _COMMUNITY_CONTACT,
    "community_mental_health": _COMMUNITY_CONTACT,
    "delayed_discharge": [_ordered("ready_for_discharge_date", "delay_end_date")],
    "clients": [_code(Clients, "sex", "warning")],
    "home_care": [
        _between("hours", -744, 744, "warning", "More hours than a month has."),
        _code(HomeCare, "service_type", "warning"),
        _code(HomeCare, "reablement", "warning"),
    ],
    "care_home": [
        _ordered("admission_date", "discharge_date"),
        _code(CareHome, "nursing_care", "warning"),
        _code(CareHome, "admission_type", "warning"),
    ],
    "self_directed_support": [_code(SelfDirectedSupport, "option", "record")],
    "equipment": [_code(Equipment, "service_type", "record"), _ordered("start_date", "end_date")],
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
