"""The closed lists: every column that may hold one of a few values only takes them from here.

Belongs here: each list once, with what each of its values means (those of analysis: `analysis_codes.py`). Does not belong here: lists that grow without a change of
code (agencies, services, admission types: tables of `reference/`), which columns use a list (the models).
"""

from collections.abc import Iterable
from enum import StrEnum


class Code(StrEnum):
    """A value of a closed list, with what it means in words. `Sex("1")` finds a value of a list by itself."""

    meaning: str

    def __new__(cls, value: str, meaning: str = "") -> "Code":
        code = str.__new__(cls, value)
        code._value_ = value
        code.meaning = meaning
        return code


def either(codes: Iterable[Code]) -> str:
    """The values as a list in a sentence: `a, b or c`."""
    *most, last = [code.value for code in codes]
    return f"{', '.join(most)} or {last}" if most else last


def explained(codes: Iterable[Code]) -> str:
    """Each value followed by what it means: `1 male, 2 female`."""
    return ", ".join(f"{code.value} {code.meaning}" for code in codes)


class YesNo(Code):
    """Yes or no, in a reference table."""

    YES = "Y", "yes"
    NO = "N", "no"


# ---- people ----


class Sex(Code):
    """Sex, as the national data sets code it."""

    NOT_KNOWN = "0", "not known"
    MALE = "1", "male"
    FEMALE = "2", "female"
    NOT_SPECIFIED = "9", "not specified"


RESIDENT_SEXES = (Sex.MALE, Sex.FEMALE)
"""The population estimates know no other."""


class EstimateSex(Code):
    """Sex, as the population estimates spell it."""

    MALE = "Male", "male"
    FEMALE = "Female", "female"
    ALL = "All", "a total"


class AgeBand(Code):
    """Age in bands."""

    UNDER_18 = "0-17", "under 18"
    FROM_18 = "18-64", "18 to 64"
    FROM_65 = "65-74", "65 to 74"
    FROM_75 = "75-84", "75 to 84"
    FROM_85 = "85+", "85 and over"
    UNKNOWN = "Unknown", "no date of birth is known"


KNOWN_AGE_BANDS = tuple(band for band in AgeBand if band is not AgeBand.UNKNOWN)


class LinkMethod(Code):
    """How it is known who a record is about."""

    CHI = "chi", "by the CHI number that the agency gave"
    PROBABILISTIC = "probabilistic", "by the posterior probability of names, dates and postcodes"
    DECISION = "decision", "by a person's decision"
    UNLINKED = "unlinked", "a client of a council who is linked to nobody in the register"
    NONE = "none", "no person is known"


CLIENT_LINK_METHODS = tuple(method for method in LinkMethod if method is not LinkMethod.NONE)
"""A client is always somebody."""


class WordKind(Code):
    """What a word tells about somebody."""

    CHI = "chi", "a CHI number"
    POSTCODE = "postcode", "a postcode"
    CLIENT = "client", "a council's client number"
    NAME = "name", "a name"


# ---- agencies and areas ----


class AgencyKind(Code):
    """Kinds of agency."""

    NHS_BOARD = "nhs_board", "a health board"
    COUNCIL = "council", "a council"


class AreaKind(Code):
    """Kinds of area that a release names."""

    COUNCIL = "council", "a council area"
    PARTNERSHIP = "partnership", "a health and social care partnership"
    LOCALITY = "locality", "a locality of a partnership"


class HistoryKind(Code):
    """Kinds of area whose codes have changed."""

    COUNCIL = "council", "a council area"
    HEALTH_BOARD = "health_board", "a health board"
    BOARD = "board", "a health board"
    PARTNERSHIP = "partnership", "a health and social care partnership"


# ---- services and their cost ----


class Sector(Code):
    """Who provides a service."""

    NHS = "nhs", "the health service"
    SOCIAL_CARE = "social_care", "a council's social care"


class Setting(Code):
    """Where a service is given."""

    INSTITUTIONAL = "institutional", "in a hospital or care home"
    COMMUNITY = "community", "at home or in the community"


class Unit(Code):
    """What is counted of a service."""

    BED_DAY = "bed_day", "a day in a hospital bed"
    ATTENDANCE = "attendance", "an attendance"
    CONTACT = "contact", "a contact"
    ITEM = "item", "an item"
    HOUR = "hour", "an hour"
    DAY = "day", "a day"
    WEEK = "week", "a week"
    PAYMENT = "payment", "a payment"
    NONE = "none", "nothing"


class AdmissionGroup(Code):
    """National admission types in groups."""

    ELECTIVE = "elective", "planned"
    EMERGENCY = "emergency", "not planned"
    OTHER = "other", "neither of these"


class CostingMethod(Code):
    """How a record gets its cost."""

    RECORD = "record", "from the pounds on the record"
    RATE = "rate", "units × unit cost"
    PAYMENTS = "payments", "from the payments for it"
    LEDGER = "ledger", "not at all: the ledger's pounds are spread"
    ACTIVITY = "activity", "not at all: it counts as activity"


DECLARED_METHODS = tuple(method for method in CostingMethod if method is not CostingMethod.ACTIVITY)
"""What costing_rules.csv may say."""


class Residual(Code):
    """What becomes of the part of a service's ledger that its records do not explain."""

    NONE = "none", "there is nothing left"
    SCALE = "scale", "the records are scaled to the ledger"
    LOCALITY = "locality", "it is spread over localities"
    HOLD = "hold", "it is held on no person"


DECLARED_RESIDUALS = tuple(treatment for treatment in Residual if treatment is not Residual.NONE)
"""What costing_rules.csv may say."""


class PopulationWeight(Code):
    """Whose numbers spread a residual over localities."""

    ALL = "all", "all residents"
    FROM_65 = "65+", "residents of 65 and over"
    FROM_75 = "75+", "residents of 75 and over"


class CostBasis(Code):
    """What a cost line's pounds rest on."""

    RECORD = "record", "the pounds on the record"
    RATE = "rate", "units × unit cost"
    PAYMENTS = "payments", "a payment"
    ACTIVITY = "activity", "none of its own: the record counts as activity"
    UNCOSTED = "uncosted", "none of its own: no amount or no unit cost is known"
    LOCATED = "located", "a residual that is spread over localities"
    UNALLOCATED = "unallocated", "a residual that is held on no person"
    QUARANTINED = "quarantined", "the known amount of a record that was set aside"


RECORD_COST_BASES = (CostBasis.RECORD, CostBasis.RATE, CostBasis.PAYMENTS, CostBasis.ACTIVITY, CostBasis.UNCOSTED)
"""What an accepted record's cost may rest on."""
RESIDUAL_BASES = (CostBasis.LOCATED, CostBasis.UNALLOCATED)
"""What a residual that no record bears may rest on."""


class Spread(Code):
    """Which months a record counts in."""

    STAY = "stay", "in each month, by the days of the stay"
    SPAN = "span", "in each month, by the days paid for"
    EVENT = "event", "in the month it happened"
    MONTH = "month", "once in each month it touches"


# ---- ledgers ----


class LedgerTreatment(Code):
    """What a ledger code is."""

    COST = "cost", "a cost of care"
    ELIMINATE = "eliminate", "shown by another agency's ledger too"
    EXCLUDE = "exclude", "no cost of care"


class ControlStatus(Code):
    """What became of the difference between ledger and records."""

    BALANCED = "balanced", "there is none, or the records have all of it"
    SCALED = "scaled", "the records are scaled to the ledger"
    LOCATED = "located", "it is spread over localities"
    HELD = "held", "it is held on no person"
    ACTIVITY_ONLY = "activity_only", "declared to count activity and have no ledger amount"
    OUT_OF_BAND = "out_of_band", "held, because the scale factor lies outside its band"
    NO_QUANTUM = "no_quantum", "there is activity and no ledger amount"
    UNMAPPED = "unmapped", "no mapping says which service the ledger's pounds are for"


class EliminationStatus(Code):
    """Whether two ledgers agree on what both show."""

    AGREES = "nets to zero", "both sides are equal"
    DIFFERS = "differs", "the sides are not equal"
    ONE_SIDED = "one side only", "the other ledger does not show it"


# ---- submissions and rules ----


class Fate(Code):
    """What became of a row."""

    ACCEPTED = "accepted", "in use"
    QUARANTINED = "quarantined", "set aside, with the rules it broke"
    SUPERSEDED = "superseded", "replaced by a later submission"


class SubmissionStatus(Code):
    """What became of a file."""

    ACCEPTED = "accepted", "in use"
    REPLACED = "replaced", "a resubmission stands for it"
    REFUSED = "refused", "it cannot be used"


class Severity(Code):
    """What breaking a rule does."""

    FILE = "file", "the submission is refused"
    RECORD = "record", "the record is set aside"
    WARNING = "warning", "the record is kept and counted"


class RuleStatus(Code):
    """How a rule came out on a submission."""

    PASSED = "passed", "nothing breaks it"
    WARNED = "warned", "something breaks it and is kept"
    FAILED = "failed", "something breaks it and is not used"
