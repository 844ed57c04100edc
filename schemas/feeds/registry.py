"""The registry of feeds: what the pipeline must know of each besides its columns.

Belongs here: a feed's record key and parts, its amount, its event date and who sends it. Does not belong here: columns.
"""

from dataclasses import dataclass

from schemas.codes import AgencyKind
from schemas.feeds.health import (
    Acute,
    CommunityMentalHealth,
    CommunityNursing,
    DelayedDischarge,
    Emergency,
    GpOutOfHours,
    Maternity,
    MentalHealth,
    Outpatient,
    Prescribing,
)
from schemas.feeds.money import Budget, Ledger, Payments
from schemas.feeds.people import Clients, Deaths, PopulationRegister
from schemas.feeds.social_care import CareHome, Equipment, HomeCare, SelfDirectedSupport
from schemas.table import Table


@dataclass(frozen=True)
class Feed:
    """What the pipeline must know of a feed besides its columns.

    key: columns that identify a record within its agency and feed; one that may be blank is part of the key when it is.
    parts: columns that tell the rows of one record apart. has_lines: a record has any number of rows, told apart by their
    order by content.
    may_repeat: equal rows can be true; they count, and are named.
    amount: the column that holds the record's pounds, if any.
    event: the column that says when the record happened, if it is checked against the period.
    monthly: a file always has records of its own month (not so where stays begin earlier, deaths are few, bills are late).
    snapshot: the latest period replaces all earlier ones.
    may_be_empty: that there was nothing in a month is a fact (a nil return), not an accident.
    services: the services sql/core/record.sql may give a record; a payment's come from the cost code map.
    """

    model: type[Table]
    key: tuple[str, ...]
    kind: str
    amount: str | None = None
    event: str | None = None
    monthly: bool = False
    snapshot: bool = False
    may_be_empty: bool = False
    services: tuple[str, ...] = ()
    parts: tuple[str, ...] = ()
    has_lines: bool = False
    may_repeat: bool = False


FEEDS: dict[str, Feed] = {
    "population_register": Feed(PopulationRegister, ("chi_number",), AgencyKind.NHS_BOARD, snapshot=True),
    "acute": Feed(
        Acute, ("episode_id",), AgencyKind.NHS_BOARD, "total_cost", "admission_date",
        services=("acute_elective", "acute_emergency", "acute_other", "acute_day_case", "geriatric_long_stay"),
        parts=("cost_month",),
    ),
    "maternity": Feed(
        Maternity, ("episode_id",), AgencyKind.NHS_BOARD, "total_cost", "admission_date", may_be_empty=True, services=("maternity",), parts=("cost_month",)
    ),
    "mental_health": Feed(
        MentalHealth, ("episode_id",), AgencyKind.NHS_BOARD, "total_cost", "admission_date", may_be_empty=True, services=("mental_health_inpatient",),
        parts=("cost_month",),
    ),
    "outpatient": Feed(
        Outpatient, ("episode_id",), AgencyKind.NHS_BOARD, "total_cost", "clinic_date", monthly=True, services=("outpatient", "outpatient_dna")
    ),
    "emergency": Feed(
        Emergency, ("attendance_id", "location_code"), AgencyKind.NHS_BOARD, "total_cost", "arrival_datetime", monthly=True, services=("emergency",)
    ),
    "prescribing": Feed(
        Prescribing, ("chi_number", "paid_month", "gp_practice_code"), AgencyKind.NHS_BOARD, "gross_ingredient_cost", "paid_month", monthly=True,
        services=("prescribing",),
    ),
    "gp_out_of_hours": Feed(
        GpOutOfHours, ("consultation_id",), AgencyKind.NHS_BOARD, event="start_datetime", monthly=True, may_be_empty=True, services=("gp_out_of_hours",)
    ),
    "community_nursing": Feed(
        CommunityNursing, ("contact_id",), AgencyKind.NHS_BOARD, event="contact_date", monthly=True, may_be_empty=True, services=("community_nursing",)
    ),
    "community_mental_health": Feed(
        CommunityMentalHealth, ("contact_id",), AgencyKind.NHS_BOARD, event="contact_date", monthly=True, may_be_empty=True, services=("community_mental_health",)
    ),
    "deaths": Feed(Deaths, ("chi_number",), AgencyKind.NHS_BOARD, event="date_of_death", may_be_empty=True),
    "delayed_discharge": Feed(
        DelayedDischarge, ("delay_id",), AgencyKind.NHS_BOARD, event="ready_for_discharge_date", may_be_empty=True, services=("delayed_discharge",)
    ),
    "ledger": Feed(Ledger, ("cost_code", "month"), "any", "amount", "month", monthly=True, has_lines=True, may_repeat=True),
    "clients": Feed(Clients, ("social_care_id",), AgencyKind.COUNCIL, snapshot=True),
    "home_care": Feed(
        HomeCare, ("service_id", "social_care_id", "month"), AgencyKind.COUNCIL, "gross_cost", "month", monthly=True,
        services=("home_care_personal", "home_care_non_personal", "home_care_reablement"), parts=("service_type",),
    ),
    "care_home": Feed(
        CareHome, ("stay_id", "social_care_id"), AgencyKind.COUNCIL, "gross_weekly_cost", "admission_date",
        services=("care_home_residential", "care_home_nursing", "care_home_respite"), parts=("admission_date", "nursing_care"),
    ),
    "self_directed_support": Feed(
        SelfDirectedSupport, ("budget_id", "social_care_id", "month"), AgencyKind.COUNCIL, "gross_amount", "month", monthly=True,
        may_be_empty=True, services=("sds_direct_payment", "sds_option_2", "sds_option_3", "sds_option_4"), parts=("option",),
    ),
    "equipment": Feed(Equipment, ("service_id",), AgencyKind.COUNCIL, event="start_date", may_be_empty=True, services=("telecare",)),
    "payments": Feed(
        Payments, ("payment_id", "social_care_id"), AgencyKind.COUNCIL, "gross_amount", may_be_empty=True, has_lines=True, may_repeat=True
    ),
    "budget": Feed(Budget, ("cost_code", "service", "council", "locality", "month"), "any", "amount", may_be_empty=True, has_lines=True),
}  # fmt: skip
"""Every feed by its public name. `kind` is the kind of agency that may send it."""
