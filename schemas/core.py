"""The inside tables between judged records and the published ones. Identifiable: they never leave the data root.

Belongs here: the tables of `core/`, in the order they are made. Does not belong here: published tables (`published.py`).
"""

from pandera.typing import Series

from schemas.published import CostLine, LedgerLine
from schemas.table import Table, column, table
from schemas.types import Count, Day, Flag, Money, Quantity, Rate, Text

PERSON_KEY = "chi:<CHI> or client:<agency>:<social_care_id>"
RECORD_KEY = "the record's key within its agency and feed"
PART = "which part of its record; blank where the feed has none"


@table(grain="the refresh (one row)", key=("period",))
class Refresh(Table):
    """What this refresh covers."""

    period: Series[Text] = column("YYYY-MM", required=True)
    first_month: Series[Day] = column("first month of the dataset", required=True)
    last_month: Series[Day] = column("month of the period", required=True)
    period_end: Series[Day] = column("last day of the period", required=True)
    inner_pad: Series[Text] = column("HMAC inner pad, hexadecimal", required=True, identifying=True)
    outer_pad: Series[Text] = column("HMAC outer pad, hexadecimal", required=True, identifying=True)


@table(grain="superseded CHI", key=("chi_number",))
class ChiAlias(Table):
    """Which current CHI a superseded one became."""

    chi_number: Series[Text] = column("superseded CHI", required=True, identifying=True)
    current_chi: Series[Text] = column("current CHI", required=True, identifying=True)


@table(grain="CHI or council client", key=("named",))
class Death(Table):
    """The day of death of everybody known to have died."""

    named: Series[Text] = column(
        "chi:<CHI> or client:<agency>:<social_care_id>, as records name them", required=True, identifying=True
    )
    date_of_death: Series[Day] = column("date of death", required=True, identifying=True)


@table(grain="council client", key=("agency", "social_care_id"))
class Link(Table):
    """Which person each council client is."""

    agency: Series[Text] = column("council", required=True)
    social_care_id: Series[Text] = column("the council's client number", required=True, identifying=True)
    chi_number: Series[Text] = column("current CHI; NULL while unlinked", identifying=True)
    link_method: Series[Text] = column("chi, probabilistic, decision or unlinked", required=True)
    link_probability: Series[Rate] = column("posterior of a probabilistic link")
    review: Series[Flag] = column("a person should look at it", required=True)
    review_reason: Series[Text] = column("why")
    candidate_chi_number: Series[Text] = column("while in review, the most probable person", identifying=True)
    candidate_probability: Series[Rate] = column("posterior of the most probable person; NULL where none was found or sought")
    chance_in_register: Series[Rate] = column(
        "of a link, the chance that it is right; of an unlinked client, that somebody in the register is missed", required=True
    )


@table(grain="part of a record of an activity or payment file", key=())
class Record(Table):
    """Every activity and payment row of every file that counts, with its one fate."""

    agency: Series[Text] = column("who pays", required=True)
    feed: Series[Text] = column("feed", required=True)
    record_key: Series[Text] = column(RECORD_KEY, identifying=True)
    part: Series[Text] = column(PART, required=True)
    fate: Series[Text] = column("accepted, quarantined or superseded", required=True)
    is_void: Series[Flag] = column("in quarantine and nobody's record: a duplicate, or dropped by a correction", required=True)
    is_lead: Series[Flag] = column(
        "is costed; not so the further rows of a hospital episode, for which its first one stands", required=True
    )
    period: Series[Text] = column("month of the submission", required=True)
    source_file: Series[Text] = column("first 12 characters of the file's keyed hash", required=True)
    source_row: Series[Count] = column("row of the file as a spreadsheet shows it", required=True)
    row_count: Series[Count] = column("rows of the file the record stands for", required=True)
    service: Series[Text] = column("service; NULL when it cannot be told")
    start_date: Series[Day] = column("first day")
    end_date: Series[Day] = column("day after the last; NULL while open")
    spread: Series[Text] = column("stay, span, event, or month (counts once a month)", required=True)
    quantity: Series[Quantity] = column("hours, items, attendances …")
    amount: Series[Money] = column("pounds on the record (a week's, for care homes)")
    record_amount: Series[Money] = column("pounds that are split over months: the amount, or those of all rows of an episode")
    client_contribution: Series[Money] = column("paid by the client (a week's, for care homes)")
    specialty_code: Series[Text] = column("specialty")
    location_code: Series[Text] = column("hospital")
    variant: Series[Text] = column("case for a same-day stay; kind of contact in the community")
    chi_number: Series[Text] = column("valid CHI on the record", identifying=True)
    social_care_id: Series[Text] = column("council client", identifying=True)
    postcode: Series[Text] = column("postcode on the record", identifying=True)


@table(grain="part of an accepted record", key=("agency", "feed", "record_key", "part"))
class RecordPerson(Table):
    """Who each accepted record is about."""

    agency: Series[Text] = column("who pays", required=True)
    feed: Series[Text] = column("feed", required=True)
    record_key: Series[Text] = column(RECORD_KEY, required=True, identifying=True)
    part: Series[Text] = column(PART, required=True)
    person_key: Series[Text] = column(PERSON_KEY, identifying=True)
    link_method: Series[Text] = column("chi, probabilistic, decision, unlinked or none", required=True)
    link_probability: Series[Rate] = column("posterior of a probabilistic link")


@table(grain="person", key=("person_key",))
class PersonId(Table):
    """The pseudonym of each person."""

    person_key: Series[Text] = column(PERSON_KEY, required=True, identifying=True)
    person_id: Series[Text] = column("pseudonym", required=True)


@table(grain="data zone", key=("data_zone",))
class Place(Table):
    """What each data zone belongs to."""

    data_zone: Series[Text] = column("2011 data zone", required=True)
    council: Series[Text] = column("council code", required=True)
    hscp: Series[Text] = column("partnership code", required=True)
    locality: Series[Text] = column("locality, Outside Tayside or Unknown", required=True)
    simd_quintile: Series[Count] = column("country quintile")
    council_agency: Series[Text] = column("agency whose council it is")
    board_agency: Series[Text] = column("agency whose board it is")


@table(grain="postcode", key=("postcode",))
class PostcodeZone(Table):
    """The data zone of each postcode at the period's end."""

    postcode: Series[Text] = column("normal form", required=True)
    data_zone: Series[Text] = column("2011 data zone", required=True)


@table(grain="row of a clients file", key=("agency", "social_care_id", "period"))
class ClientBirth(Table):
    """The day of birth of each client, in the century that fits."""

    agency: Series[Text] = column("council", required=True)
    social_care_id: Series[Text] = column("the council's client number", required=True, identifying=True)
    period: Series[Text] = column("month of the clients file", required=True)
    date_of_birth: Series[Day] = column("day of birth", identifying=True)


@table(grain="person", key=("person_key",))
class PersonHome(Table):
    """Who a person is and where the own home is (or was, before a care home)."""

    person_key: Series[Text] = column(PERSON_KEY, required=True, identifying=True)
    person_id: Series[Text] = column("pseudonym", required=True)
    sex: Series[Text] = column("sex", required=True)
    date_of_birth: Series[Day] = column("date of birth", identifying=True)
    date_of_death: Series[Day] = column("date of death", identifying=True)
    data_zone: Series[Text] = column("data zone of the own home")


@table(grain="part of an accepted record × month", key=("agency", "feed", "record_key", "part", "month"))
class RecordMonth(Table):
    """The days and units of each accepted record in each month, and how its service is costed."""

    agency: Series[Text] = column("who pays", required=True)
    feed: Series[Text] = column("feed", required=True)
    record_key: Series[Text] = column(RECORD_KEY, required=True, identifying=True)
    part: Series[Text] = column(PART, required=True)
    service: Series[Text] = column("service", required=True)
    month: Series[Day] = column("first of the month", required=True)
    in_window: Series[Flag] = column("the month is one of the dataset's", required=True)
    method: Series[Text] = column("record, rate, payments, ledger or activity", required=True)
    days: Series[Count] = column("days in the month (1 for an event or an item that counts)", required=True)
    units: Series[Quantity] = column("units in the month")
    unit_numerator: Series[Count] = column("units × 10,000 × unit_denominator, exact; NULL without a quantity")
    unit_denominator: Series[Count] = column("7 for weeks, else 1", required=True)
    specialty_code: Series[Text] = column("specialty")
    location_code: Series[Text] = column("hospital")
    variant: Series[Text] = column("variant")
    is_after_amount: Series[Flag] = column("the record's amount is for days before the month", required=True)


@table(grain="agency × service × financial year × specialty × location × variant", key=())
class UnitCostMatch(Table):
    """The unit cost of each combination that records need."""

    agency: Series[Text] = column("agency", required=True)
    service: Series[Text] = column("service", required=True)
    financial_year: Series[Text] = column("financial year", required=True)
    specialty_code: Series[Text] = column("specialty")
    location_code: Series[Text] = column("hospital")
    variant: Series[Text] = column("variant")
    unit_cost: Series[Quantity] = column("pounds for one unit; NULL when none matches")
    price_base: Series[Text] = column("year whose prices the unit cost is in")
    price_source: Series[Text] = column("where the unit cost is from")
    matches: Series[Count] = column("equally specific matches", required=True)
    is_year_missing: Series[Flag] = column("the service is priced in other years only", required=True)


@table(grain="part of an accepted record × month", key=("agency", "feed", "record_key", "part", "month"))
class RecordCost(Table):
    """The direct cost of each accepted record, split exactly over its months."""

    agency: Series[Text] = column("who pays", required=True)
    feed: Series[Text] = column("feed", required=True)
    record_key: Series[Text] = column(RECORD_KEY, required=True, identifying=True)
    part: Series[Text] = column(PART, required=True)
    service: Series[Text] = column("service", required=True)
    month: Series[Day] = column("first of the month", required=True)
    in_window: Series[Flag] = column("the month is one of the dataset's", required=True)
    units: Series[Quantity] = column("units in the month")
    cost_basis: Series[Text] = column("record, rate, payments, activity or uncosted", required=True)
    direct_cost: Series[Money] = column("direct cost in the month")
    client_contribution: Series[Money] = column("paid by the client in the month")
    split_total: Series[Money] = column("the amount the months of this split sum to")
    split_group: Series[Text] = column("financial year of a rated split, else blank", required=True)
    price_base: Series[Text] = column("year whose prices the unit cost is in")
    price_source: Series[Text] = column("where the unit cost is from")


@table(grain="budget row", key=())
class BudgetLine(Table):
    """Every current budget row with the service it belongs to. Months may lie outside the dataset's."""

    agency: Series[Text] = column("whose budget", required=True)
    month: Series[Day] = column("month of the budget", required=True)
    cost_code: Series[Text] = column("code, where the budget is by code")
    service: Series[Text] = column("service; unmapped where none is known; NULL when the code is not a cost")
    council: Series[Text] = column("council area the pounds are for; NULL when not divided")
    locality: Series[Text] = column("locality the pounds are for; NULL when not divided")
    amount: Series[Money] = column("pounds", required=True)


@table(grain="part of a quarantined record", key=("agency", "feed", "record_key", "part", "service", "month", "number"))
class Held(Table):
    """The quarantined amounts that count as H, each in its month, with its file and row."""

    agency: Series[Text] = column("who pays", required=True)
    feed: Series[Text] = column("feed", required=True)
    record_key: Series[Text] = column(
        "the record's key; where it has none, its period and pounds", required=True, identifying=True
    )
    part: Series[Text] = column(PART, required=True)
    service: Series[Text] = column("service", required=True)
    month: Series[Day] = column("first of the month it counts in", required=True)
    amount: Series[Money] = column("pounds", required=True)
    source_file: Series[Text] = column("first 12 of the file's sha256", required=True)
    source_row: Series[Count] = column("row of the file as a spreadsheet shows it", required=True)
    number: Series[Count] = column("from 1, among records that are alike in all else", required=True)


@table(grain="agency × service × month", key=("agency", "service", "month"))
class ServiceMonth(Table):
    """Quantum, direct cost, quarantined amount and residual of a service, and what becomes of the residual."""

    agency: Series[Text] = column("agency", required=True)
    service: Series[Text] = column("service", required=True)
    month: Series[Day] = column("first of the month", required=True)
    quantum: Series[Money] = column("Q", required=True)
    has_quantum: Series[Flag] = column("the ledger has a row for it", required=True)
    direct: Series[Money] = column("D", required=True)
    quarantined: Series[Money] = column("H", required=True)
    residual: Series[Money] = column("R = Q − D − H", required=True)
    treatment: Series[Text] = column("none, scale, locality or hold: what is done with R", required=True)
    is_out_of_band: Series[Flag] = column("held because the scale factor lies outside its band", required=True)
    is_activity_only: Series[Flag] = column("declared to count activity and have no ledger amount", required=True)
    population_weight: Series[Text] = column("all, 65+ or 75+", required=True)


@table(grain="submission", key=("agency", "feed", "period"))
class Fate(Table):
    """Rows and pounds of each current submission by fate."""

    agency: Series[Text] = column("who submitted", required=True)
    feed: Series[Text] = column("feed", required=True)
    period: Series[Text] = column("month of the submission", required=True)
    accepted: Series[Count] = column("rows in use", required=True)
    quarantined: Series[Count] = column("rows set aside", required=True)
    superseded: Series[Count] = column("rows replaced later", required=True)
    pounds_accepted: Series[Money] = column("pounds in use", required=True)
    pounds_quarantined: Series[Money] = column("pounds set aside", required=True)
    pounds_superseded: Series[Money] = column("pounds replaced later", required=True)


@table(grain="submission × rule that needs other files, where broken", key=("agency", "feed", "period", "rule_id"))
class RuleFinding(Table):
    """Records in use that break a rule that needs more than their own file."""

    agency: Series[Text] = column("who submitted", required=True)
    feed: Series[Text] = column("feed", required=True)
    period: Series[Text] = column("month of the submission", required=True)
    rule_id: Series[Text] = column("id of the rule", required=True)
    failed: Series[Count] = column("records that break it", required=True)
    amount: Series[Money] = column("pounds on them", required=True, unit="GBP")


@table(grain="submission × measure", key=("agency", "feed", "period", "rule_id"))
class Drift(Table):
    """Each measure of each file beside what is usual for the agency and feed."""

    agency: Series[Text] = column("who submitted", required=True)
    feed: Series[Text] = column("feed", required=True)
    period: Series[Text] = column("month of the submission", required=True)
    rule_id: Series[Text] = column("id of the rule, drift.<measure>", required=True)
    now: Series[Quantity] = column("the measure of this file", required=True)
    usual: Series[Quantity] = column("median of the earlier files that count; NULL where there is nothing to compare with")
    drifts: Series[Flag] = column("outside the rule's tolerance", required=True)


@table(grain="kind × agency × word × forename", key=("kind", "agency", "word", "forename"))
class KnownWord(Table):
    """The words that tell who somebody is, as texts of outside are searched for them."""

    kind: Series[Text] = column("chi, postcode, client or name", required=True)
    agency: Series[Text] = column("whose client; '' of the other kinds", required=True)
    word: Series[Text] = column(
        "number, postcode or surname, without case, accents, blanks and signs", required=True, identifying=True
    )
    forename: Series[Text] = column("of a name; '' of the other kinds", required=True, identifying=True)


@table(grain="agency × text", key=("agency", "text"))
class OutsideText(Table):
    """The texts that agencies wrote and a release would show."""

    agency: Series[Text] = column("whose text", required=True)
    text: Series[Text] = column("as it was written", required=True, identifying=True)


@table(grain="agency × text", key=("agency", "text"))
class Withheld(Table):
    """The texts of outside that would tell who somebody is, with what is published in their place."""

    agency: Series[Text] = column("whose text", required=True)
    text: Series[Text] = column("as it was written", required=True, identifying=True)
    shown: Series[Text] = column("with [withheld] for what names somebody, and the row's key in brackets", required=True)
    row_key: Series[Text] = column("keyed hash of agency and text: leads from what is published to this row", required=True)
    kinds: Series[Text] = column("what was found: chi, client, name, postcode", required=True)


CORE: dict[str, type[Table]] = {
    "refresh": Refresh,
    "chi_alias": ChiAlias,
    "death": Death,
    "link": Link,
    "record": Record,
    "record_person": RecordPerson,
    "person_id": PersonId,
    "place": Place,
    "postcode_zone": PostcodeZone,
    "client_birth": ClientBirth,
    "person_home": PersonHome,
    "record_month": RecordMonth,
    "unit_cost_match": UnitCostMatch,
    "record_cost": RecordCost,
    "known_word": KnownWord,
    "outside_text": OutsideText,
    "withheld": Withheld,
    "ledger_line": LedgerLine,
    "budget_line": BudgetLine,
    "held": Held,
    "service_month": ServiceMonth,
    "cost_line": CostLine,
    "fate": Fate,
    "rule_finding": RuleFinding,
    "drift": Drift,
}
"""Every inside table. `cost_line` and `ledger_line` have their published shape already."""
