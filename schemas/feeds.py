"""The feeds: one model for each kind of file an agency submits, as it stands after reading (typed text).

Belongs here: a feed's columns, its record key and parts, its amount, its event date and who sends it.
Does not belong here: the rules records must keep (`rules.py`), reading (`pipelines/ingest`).
Source: CONTRACT section 3.
"""

from dataclasses import dataclass

from pandera.typing import Series

from schemas.table import Table, column
from schemas.types import Count, Day, Flag, Moment, Money, Quantity, Text

CHI = "CHI number, ten digits"
CARE_ID = "the council's client number"


class PopulationRegister(Table):
    """Everyone registered with the board: the snapshot of the latest period counts."""

    chi_number: Series[Text] = column(CHI, required=True, identifying=True, identifier=True)
    previous_chi_number: Series[Text] = column("a superseded CHI of the same person", identifying=True, identifier=True)
    forename: Series[Text] = column("forename", identifying=True)
    surname: Series[Text] = column("surname", identifying=True)
    date_of_birth: Series[Day] = column("date of birth", required=True, identifying=True)
    sex: Series[Text] = column("0 not known, 1 male, 2 female, 9 not specified")
    postcode: Series[Text] = column("home postcode", identifying=True)
    gp_practice_code: Series[Text] = column("general practice", identifier=True)
    date_of_death: Series[Day] = column("date of death", identifying=True)


class HospitalEpisode(Table):
    """An episode in hospital: the columns of every feed of hospital stays."""

    episode_id: Series[Text] = column("key of the episode", required=True, identifier=True)
    chi_number: Series[Text] = column(CHI, identifying=True, identifier=True)
    admission_date: Series[Day] = column("first day", required=True)
    discharge_date: Series[Day] = column("day of leaving, not counted; blank while open")
    inpatient_day_case: Series[Text] = column("I inpatient, D day case", required=True)
    admission_type_code: Series[Text] = column("national admission type")
    specialty_code: Series[Text] = column("specialty", required=True)
    location_code: Series[Text] = column("hospital", required=True)
    significant_facility_code: Series[Text] = column("significant facility")
    stay_id: Series[Text] = column("continuous stay the episode belongs to", identifier=True)
    geriatric_long_stay: Series[Text] = column("Y geriatric long stay, else N")
    main_diagnosis: Series[Text] = column("ICD-10 main diagnosis")
    postcode: Series[Text] = column("postcode at the time", identifying=True)
    total_cost: Series[Money] = column("cost of the episode, or of its cost month", unit="GBP")
    cost_month: Series[Text] = column("month that the row's cost is of; the national extract has a row for each")


class Acute(HospitalEpisode):
    """Hospital episodes of inpatients and day cases."""


class Maternity(HospitalEpisode):
    """Hospital episodes of women before, at and after birth."""


class MentalHealth(HospitalEpisode):
    """Episodes in mental-health hospitals and wards."""


class Outpatient(Table):
    """Outpatient appointments, attended or not."""

    episode_id: Series[Text] = column("key of the appointment", required=True, identifier=True)
    chi_number: Series[Text] = column(CHI, identifying=True, identifier=True)
    clinic_date: Series[Day] = column("day of the clinic", required=True)
    specialty_code: Series[Text] = column("specialty", required=True)
    location_code: Series[Text] = column("hospital", required=True)
    clinic_type: Series[Text] = column("kind of clinic")
    referral_type: Series[Text] = column("kind of referral")
    attendance_status: Series[Text] = column("1 attended, 5 could not wait, 8 did not attend", required=True)
    postcode: Series[Text] = column("postcode at the time", identifying=True)
    total_cost: Series[Money] = column("cost of the attendance", unit="GBP")


class Emergency(Table):
    """Attendances at emergency departments."""

    attendance_id: Series[Text] = column("key of the attendance", required=True, identifier=True)
    chi_number: Series[Text] = column(CHI, identifying=True, identifier=True)
    arrival_datetime: Series[Moment] = column("arrival", required=True)
    departure_datetime: Series[Moment] = column("departure")
    location_code: Series[Text] = column("hospital", required=True)
    attendance_category: Series[Text] = column("kind of attendance")
    discharge_destination: Series[Text] = column("where to")
    postcode: Series[Text] = column("postcode at the time", identifying=True)
    total_cost: Series[Money] = column("cost of the attendance", unit="GBP")


class Prescribing(Table):
    """Items prescribed in the community and paid in a month."""

    chi_number: Series[Text] = column(CHI, identifying=True, identifier=True)
    paid_month: Series[Day] = column("month of payment", required=True)
    gp_practice_code: Series[Text] = column("prescribing practice", required=True, identifier=True)
    paid_items: Series[Quantity] = column("items paid", required=True, unit="items")
    gross_ingredient_cost: Series[Money] = column("gross ingredient cost", required=True, unit="GBP")
    date_of_birth: Series[Day] = column("date of birth", identifying=True)
    postcode: Series[Text] = column("postcode at the time", identifying=True)


class GpOutOfHours(Table):
    """Consultations of general practice out of hours."""

    consultation_id: Series[Text] = column("key of the consultation", required=True, identifier=True)
    chi_number: Series[Text] = column(CHI, identifying=True, identifier=True)
    start_datetime: Series[Moment] = column("start", required=True)
    end_datetime: Series[Moment] = column("end")
    consultation_type: Series[Text] = column("kind of consultation; may have a unit cost of its own", required=True)
    postcode: Series[Text] = column("postcode at the time", identifying=True)


class CommunityContact(Table):
    """A contact with a team in the community: the columns of every feed of such contacts."""

    contact_id: Series[Text] = column("key of the contact", required=True, identifier=True)
    chi_number: Series[Text] = column(CHI, identifying=True, identifier=True)
    contact_date: Series[Day] = column("day of the contact", required=True)
    duration_minutes: Series[Quantity] = column("how long it took", unit="minutes")
    contact_type: Series[Text] = column("kind of contact; may have a unit cost of its own")
    postcode: Series[Text] = column("postcode at the time", identifying=True)


class CommunityNursing(CommunityContact):
    """Contacts of district nurses."""


class CommunityMentalHealth(CommunityContact):
    """Contacts of community mental-health teams."""


class Deaths(Table):
    """Deaths as registered. They cost nothing; they say who has died, before the register and the councils do."""

    chi_number: Series[Text] = column(CHI, required=True, identifying=True, identifier=True)
    date_of_death: Series[Day] = column("date of death", required=True, identifying=True)
    place_of_death: Series[Text] = column("kind of place")


class DelayedDischarge(Table):
    """Days in hospital after being ready to leave: activity only, its cost is in the hospital's."""

    delay_id: Series[Text] = column("key of the delay", required=True, identifier=True)
    chi_number: Series[Text] = column(CHI, identifying=True, identifier=True)
    ready_for_discharge_date: Series[Day] = column("first day of the delay", required=True)
    delay_end_date: Series[Day] = column("day of leaving, not counted; blank while waiting")
    reason_code: Series[Text] = column("why the patient waits", required=True)


class Ledger(Table):
    """What the agency's accounts say each cost code cost in each month."""

    cost_code: Series[Text] = column("code in the agency's ledger", required=True, identifier=True)
    account_name: Series[Text] = column("the code in words")
    month: Series[Day] = column("month of the accounts", required=True)
    amount: Series[Money] = column("expenditure +, income −", required=True, unit="GBP")


class Clients(Table):
    """A council's social-care clients: the snapshot of the latest period counts."""

    social_care_id: Series[Text] = column(CARE_ID, required=True, identifying=True, identifier=True)
    chi_number: Series[Text] = column(CHI, identifying=True, identifier=True)
    forename: Series[Text] = column("forename", identifying=True)
    surname: Series[Text] = column("surname", identifying=True)
    date_of_birth: Series[Day] = column("date of birth", identifying=True)
    sex: Series[Text] = column("0 not known, 1 male, 2 female, 9 not specified")
    postcode: Series[Text] = column("home postcode", identifying=True)
    date_of_death: Series[Day] = column("date of death", identifying=True)


class HomeCare(Table):
    """Hours of care at home, by client and month."""

    service_id: Series[Text] = column("number of the package; may be the same every month", required=True, identifier=True)
    social_care_id: Series[Text] = column(CARE_ID, required=True, identifying=True, identifier=True)
    month: Series[Day] = column("month of the care", required=True)
    hours: Series[Quantity] = column("hours delivered", required=True, unit="hours")
    service_type: Series[Text] = column("1 non-personal, 2 personal")
    provider_type: Series[Text] = column("1 council/NHS, 2 private, 3 other council, 4 third sector, 5 other")
    reablement: Series[Text] = column("1 reablement, 0 not, 9 not known")
    gross_cost: Series[Money] = column("gross cost", unit="GBP")


class CareHome(Table):
    """Stays in care homes."""

    stay_id: Series[Text] = column("key of the stay", required=True, identifier=True)
    social_care_id: Series[Text] = column(CARE_ID, required=True, identifying=True, identifier=True)
    admission_date: Series[Day] = column("first day", required=True)
    discharge_date: Series[Day] = column("day of leaving, not counted; blank while open")
    nursing_care: Series[Text] = column("1 nursing, 0 not, 9 not known")
    admission_type: Series[Text] = column("1 respite, 2 intermediate, 3 long term")
    care_home_name: Series[Text] = column("name of the home", identifying=True)
    care_home_postcode: Series[Text] = column("postcode of the home", identifying=True)
    provider_type: Series[Text] = column("kind of provider")
    gross_weekly_cost: Series[Money] = column("gross cost of a week", unit="GBP a week")
    client_weekly_contribution: Series[Money] = column("paid by the client for a week", unit="GBP a week")


class SelfDirectedSupport(Table):
    """Budgets of self-directed support, by client and month."""

    budget_id: Series[Text] = column("number of the budget; may be the same every month", required=True, identifier=True)
    social_care_id: Series[Text] = column(CARE_ID, required=True, identifying=True, identifier=True)
    month: Series[Day] = column("month of the budget", required=True)
    option: Series[Text] = column(
        "1 direct payment, 2 client directs, 3 council arranges, 4 more than one of these", required=True
    )
    gross_amount: Series[Money] = column("gross amount; money paid back negative", required=True, unit="GBP")
    client_contribution: Series[Money] = column("paid by the client", unit="GBP")


class Equipment(Table):
    """Community alarms and telecare in clients' homes."""

    service_id: Series[Text] = column("key of the item", required=True, identifier=True)
    social_care_id: Series[Text] = column(CARE_ID, required=True, identifying=True, identifier=True)
    service_type: Series[Text] = column("1 community alarm, 2 telecare", required=True)
    start_date: Series[Day] = column("first day in the home", required=True)
    end_date: Series[Day] = column("last day in the home, counted; blank while there")


class Payments(Table):
    """Payments for care, by client where known."""

    payment_id: Series[Text] = column("number of the payment; may be on several lines", required=True, identifier=True)
    social_care_id: Series[Text] = column(CARE_ID, identifying=True, identifier=True)
    cost_code: Series[Text] = column("code in the agency's ledger", required=True, identifier=True)
    period_from: Series[Day] = column("first day paid for", required=True)
    period_to: Series[Day] = column("last day paid for, counted", required=True)
    gross_amount: Series[Money] = column("gross amount; credits negative", required=True, unit="GBP")
    client_contribution: Series[Money] = column("paid by the client", unit="GBP")
    provider_name: Series[Text] = column("who was paid", identifying=True)


class Budget(Table):
    """What an agency means to spend, by service or ledger code and month: a year ahead, if it likes. Nobody must send it."""

    service: Series[Text] = column("service of the taxonomy; blank where cost_code is given")
    cost_code: Series[Text] = column("code in the agency's ledger; blank where service is given", identifier=True)
    month: Series[Day] = column("month of the budget", required=True)
    amount: Series[Money] = column("pounds; income negative", required=True, unit="GBP")
    council: Series[Text] = column("council area (S12…) the pounds are for; blank = not divided, of a council its own")
    locality: Series[Text] = column("locality of that council the pounds are for; blank = not divided")


class Lineage(Table):
    """The columns every judged record carries beside its feed's own."""

    agency: Series[Text] = column("who submitted", required=True)
    period: Series[Text] = column("month of the submission, YYYY-MM", required=True)
    record_key: Series[Text] = column("the record's key as one text; NULL when unreadable", identifying=True)
    part: Series[Text] = column("what tells the rows of one record apart; blank where the feed has no parts", required=True)
    chi_is_valid: Series[Flag] = column("the CHI passes its checks; NULL without a CHI")
    source_file: Series[Text] = column("first 12 characters of the file's keyed hash", required=True)
    source_row: Series[Count] = column("row of the file as a spreadsheet shows it", required=True)
    row_count: Series[Count] = column(
        "rows of the file the record stands for; 0 for a further record of one row", required=True
    )
    broken_rules: Series[Text] = column("ids of the record rules broken, for quarantined records")
    original: Series[Text] = column("every field as sent, as JSON, for quarantined records", identifying=True)


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
    "population_register": Feed(PopulationRegister, ("chi_number",), "nhs_board", snapshot=True),
    "acute": Feed(
        Acute, ("episode_id",), "nhs_board", "total_cost", "admission_date",
        services=("acute_elective", "acute_emergency", "acute_other", "acute_day_case", "geriatric_long_stay"),
        parts=("cost_month",),
    ),
    "maternity": Feed(
        Maternity, ("episode_id",), "nhs_board", "total_cost", "admission_date", may_be_empty=True, services=("maternity",), parts=("cost_month",)
    ),
    "mental_health": Feed(
        MentalHealth, ("episode_id",), "nhs_board", "total_cost", "admission_date", may_be_empty=True, services=("mental_health_inpatient",),
        parts=("cost_month",),
    ),
    "outpatient": Feed(
        Outpatient, ("episode_id",), "nhs_board", "total_cost", "clinic_date", monthly=True, services=("outpatient", "outpatient_dna")
    ),
    "emergency": Feed(
        Emergency, ("attendance_id", "location_code"), "nhs_board", "total_cost", "arrival_datetime", monthly=True, services=("emergency",)
    ),
    "prescribing": Feed(
        Prescribing, ("chi_number", "paid_month", "gp_practice_code"), "nhs_board", "gross_ingredient_cost", "paid_month", monthly=True,
        services=("prescribing",),
    ),
    "gp_out_of_hours": Feed(
        GpOutOfHours, ("consultation_id",), "nhs_board", event="start_datetime", monthly=True, may_be_empty=True, services=("gp_out_of_hours",)
    ),
    "community_nursing": Feed(
        CommunityNursing, ("contact_id",), "nhs_board", event="contact_date", monthly=True, may_be_empty=True, services=("community_nursing",)
    ),
    "community_mental_health": Feed(
        CommunityMentalHealth, ("contact_id",), "nhs_board", event="contact_date", monthly=True, may_be_empty=True, services=("community_mental_health",)
    ),
    "deaths": Feed(Deaths, ("chi_number",), "nhs_board", event="date_of_death", may_be_empty=True),
    "delayed_discharge": Feed(
        DelayedDischarge, ("delay_id",), "nhs_board", event="ready_for_discharge_date", may_be_empty=True, services=("delayed_discharge",)
    ),
    "ledger": Feed(Ledger, ("cost_code", "month"), "any", "amount", "month", monthly=True, has_lines=True, may_repeat=True),
    "clients": Feed(Clients, ("social_care_id",), "council", snapshot=True),
    "home_care": Feed(
        HomeCare, ("service_id", "social_care_id", "month"), "council", "gross_cost", "month", monthly=True,
        services=("home_care_personal", "home_care_non_personal", "home_care_reablement"), parts=("service_type",),
    ),
    "care_home": Feed(
        CareHome, ("stay_id", "social_care_id"), "council", "gross_weekly_cost", "admission_date",
        services=("care_home_residential", "care_home_nursing", "care_home_respite"), parts=("admission_date", "nursing_care"),
    ),
    "self_directed_support": Feed(
        SelfDirectedSupport, ("budget_id", "social_care_id", "month"), "council", "gross_amount", "month", monthly=True,
        may_be_empty=True, services=("sds_direct_payment", "sds_option_2", "sds_option_3", "sds_option_4"), parts=("option",),
    ),
    "equipment": Feed(Equipment, ("service_id",), "council", event="start_date", may_be_empty=True, services=("telecare",)),
    "payments": Feed(
        Payments, ("payment_id", "social_care_id"), "council", "gross_amount", may_be_empty=True, has_lines=True, may_repeat=True
    ),
    "budget": Feed(Budget, ("cost_code", "service", "council", "locality", "month"), "any", "amount", may_be_empty=True, has_lines=True),
}  # fmt: skip
"""Every feed by its public name. `kind` is the kind of agency that may send it."""
