"""Activity and payment records on their way to a cost: fate, person, months, unit cost, direct cost.

Belongs here: inside tables with a row for each record, or part or month of one. Does not belong here: sums over records
(`finance.py`), the published lines (`schemas/published`).
"""

from schemas.codes import RECORD_COST_BASES, CostingMethod, Fate, LinkMethod, Spread, either
from schemas.core.words import BROKEN_RULES, PART, PERSON_KEY, RECORD_KEY
from schemas.table import Table, column, table
from schemas.types import Count, Day, Flag, Money, Quantity, Rate, Series, Text


@table(grain="part of a record of an activity or payment file", key=())
class Record(Table):
    """Every activity and payment row of every file that counts, with its one fate."""

    agency: Series[Text] = column("who pays", required=True)
    feed: Series[Text] = column("feed", required=True)
    record_key: Series[Text] = column(RECORD_KEY, identifying=True)
    part: Series[Text] = column(PART, required=True)
    fate: Series[Text] = column(either(Fate), required=True, codes=Fate)
    is_void: Series[Flag] = column("in quarantine and nobody's record: a duplicate, or dropped by a correction", required=True)
    is_lead: Series[Flag] = column(
        "is costed; not so the further rows of a hospital episode, for which its first one stands", required=True
    )
    broken_rules: Series[Text] = column(BROKEN_RULES)
    period: Series[Text] = column("month of the submission", required=True)
    source_file: Series[Text] = column("first 12 characters of the file's keyed hash", required=True)
    source_row: Series[Count] = column("row of the file as a spreadsheet shows it", required=True)
    row_count: Series[Count] = column("rows of the file the record stands for", required=True)
    service: Series[Text] = column("service; NULL when it cannot be told")
    start_date: Series[Day] = column("first day")
    end_date: Series[Day] = column("day after the last; NULL while open")
    spread: Series[Text] = column(either(Spread), required=True, codes=Spread)
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
    link_method: Series[Text] = column(either(LinkMethod), required=True, codes=LinkMethod)
    link_probability: Series[Rate] = column("posterior of a probabilistic link")


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
    method: Series[Text] = column(either(CostingMethod), required=True, codes=CostingMethod)
    days: Series[Count] = column("days in the month (1 for an event or an item that counts)", required=True)
    units: Series[Quantity] = column("units in the month")
    unit_numerator: Series[Count] = column("units × 10,000 × unit_denominator, exact; NULL without a quantity")
    unit_denominator: Series[Count] = column("7 for weeks, else 1", required=True)
    specialty_code: Series[Text] = column("specialty")
    location_code: Series[Text] = column("hospital")
    variant: Series[Text] = column("variant")
    is_after_amount: Series[Flag] = column("the record's amount is for days before the month", required=True)
    is_only_month: Series[Flag] = column("the record has no other month", required=True)
    record_amount: Series[Money] = column("pounds of the record that are split over its months")
    client_contribution: Series[Money] = column("paid by the client (a week's, for care homes)")
    source_file: Series[Text] = column("first 12 characters of the file's keyed hash", required=True)
    source_row: Series[Count] = column("row of the file as a spreadsheet shows it", required=True)
    chi_number: Series[Text] = column("valid CHI on the record", identifying=True)
    social_care_id: Series[Text] = column("council client", identifying=True)
    postcode: Series[Text] = column("postcode on the record", identifying=True)


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
    match_count: Series[Count] = column("equally specific matches", required=True)
    is_year_missing: Series[Flag] = column("the service is priced in other years only", required=True)


@table(grain="part of an accepted record × month", key=("agency", "feed", "record_key", "part", "month"))
class RecordCost(Table):
    """The direct cost of each accepted record, split exactly over its months."""

    line_id: Series[Text] = column("keyed hash of agency, feed, record key, part, service and month", required=True)
    agency: Series[Text] = column("who pays", required=True)
    feed: Series[Text] = column("feed", required=True)
    record_key: Series[Text] = column(RECORD_KEY, required=True, identifying=True)
    part: Series[Text] = column(PART, required=True)
    service: Series[Text] = column("service", required=True)
    month: Series[Day] = column("first of the month", required=True)
    in_window: Series[Flag] = column("the month is one of the dataset's", required=True)
    units: Series[Quantity] = column("units in the month")
    cost_basis: Series[Text] = column(either(RECORD_COST_BASES), required=True, codes=RECORD_COST_BASES)
    direct_cost: Series[Money] = column("direct cost in the month")
    client_contribution: Series[Money] = column("paid by the client in the month")
    split_total: Series[Money] = column("the amount the months of this split sum to")
    split_group: Series[Text] = column("financial year of a rated split, else blank", required=True)
    price_base: Series[Text] = column("year whose prices the unit cost is in")
    price_source: Series[Text] = column("where the unit cost is from")
    source_file: Series[Text] = column("first 12 characters of the file's keyed hash", required=True)
    source_row: Series[Count] = column("row of the file as a spreadsheet shows it", required=True)
    specialty_code: Series[Text] = column("specialty")
    location_code: Series[Text] = column("hospital")
    chi_number: Series[Text] = column("valid CHI on the record", identifying=True)
    social_care_id: Series[Text] = column("council client", identifying=True)
    postcode: Series[Text] = column("postcode on the record", identifying=True)
