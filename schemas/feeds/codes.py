"""The closed lists of what agencies send, as the national guidance has them.

Belongs here: the codes of the feeds' own columns. Does not belong here: lists that other tables use too (`schemas/codes.py`),
what becomes of a record with another code (`schemas/rules`).
"""

from schemas.codes import Code


class PatientKind(Code):
    """How a patient stays in hospital."""

    INPATIENT = "I", "inpatient"
    DAY_CASE = "D", "day case"


class LongStay(Code):
    """Whether an episode is a geriatric long stay."""

    YES = "Y", "geriatric long stay"
    NO = "N", "not a geriatric long stay"


class Attendance(Code):
    """What became of an appointment."""

    ATTENDED = "1", "attended"
    COULD_NOT_WAIT = "5", "could not wait"
    DID_NOT_ATTEND = "8", "did not attend"


class HomeCareKind(Code):
    """Kinds of care at home."""

    NON_PERSONAL = "1", "non-personal"
    PERSONAL = "2", "personal"


class Reablement(Code):
    """Whether care at home is reablement."""

    NO = "0", "not"
    YES = "1", "reablement"
    NOT_KNOWN = "9", "not known"


class NursingCare(Code):
    """Whether a care home's resident has nursing care."""

    NO = "0", "not"
    YES = "1", "nursing"
    NOT_KNOWN = "9", "not known"


class CareHomeAdmission(Code):
    """Why somebody is in a care home."""

    RESPITE = "1", "respite"
    INTERMEDIATE = "2", "intermediate"
    LONG_TERM = "3", "long term"


class SelfDirectedOption(Code):
    """The options of self-directed support."""

    DIRECT_PAYMENT = "1", "direct payment"
    CLIENT_DIRECTS = "2", "client directs"
    COUNCIL_ARRANGES = "3", "council arranges"
    SEVERAL = "4", "more than one of these"


class EquipmentKind(Code):
    """Kinds of equipment in a client's home."""

    COMMUNITY_ALARM = "1", "community alarm"
    TELECARE = "2", "telecare"


class Provider(Code):
    """Who provides care. No rule asks for it: nothing is made of it."""

    PUBLIC = "1", "council/NHS"
    PRIVATE = "2", "private"
    OTHER_COUNCIL = "3", "other council"
    THIRD_SECTOR = "4", "third sector"
    OTHER = "5", "other"
