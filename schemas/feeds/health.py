"""The feeds of care that a health board sends: hospital, prescribing, out of hours, community.

Belongs here: a board's feeds of activity. Does not belong here: its ledger (`money.py`), its register (`people.py`).
"""

from schemas.codes import explained
from schemas.feeds.codes import Attendance, LongStay, PatientKind
from schemas.feeds.words import CHI
from schemas.table import Table, column
from schemas.types import Day, Moment, Money, Quantity, Series, Text


class HospitalEpisode(Table):
    """An episode in hospital: the columns of every feed of hospital stays."""

    episode_id: Series[Text] = column("key of the episode", required=True, identifier=True)
    chi_number: Series[Text] = column(CHI, identifying=True, identifier=True)
    admission_date: Series[Day] = column("first day", required=True)
    discharge_date: Series[Day] = column("day of leaving, not counted; blank while open")
    inpatient_day_case: Series[Text] = column(explained(PatientKind), required=True, codes=PatientKind, by_rule=True)
    admission_type_code: Series[Text] = column("national admission type")
    specialty_code: Series[Text] = column("specialty", required=True)
    location_code: Series[Text] = column("hospital", required=True)
    significant_facility_code: Series[Text] = column("significant facility")
    stay_id: Series[Text] = column("continuous stay the episode belongs to", identifier=True)
    geriatric_long_stay: Series[Text] = column("Y geriatric long stay, else N", codes=LongStay, by_rule=True)
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
    attendance_status: Series[Text] = column(explained(Attendance), required=True, codes=Attendance, by_rule=True)
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


class DelayedDischarge(Table):
    """Days in hospital after being ready to leave: activity only, its cost is in the hospital's."""

    delay_id: Series[Text] = column("key of the delay", required=True, identifier=True)
    chi_number: Series[Text] = column(CHI, identifying=True, identifier=True)
    ready_for_discharge_date: Series[Day] = column("first day of the delay", required=True)
    delay_end_date: Series[Day] = column("day of leaving, not counted; blank while waiting")
    reason_code: Series[Text] = column("why the patient waits", required=True)
