"""The published tables of a release: what analysts and auditors may rely on.

Belongs here: every table of `releases/<version>/`, its grain, columns, units and meaning.
Does not belong here: inside tables (`core.py`); anything identifying.
"""

from pandera.typing import Series

from schemas.table import Table, column, table
from schemas.types import Count, Day, Factor, Flag, Money, Quantity, Rate, Text

FINANCIAL_YEAR = "financial year, April to March, as 2025-26"
MONTH = "first day of the month"
AGENCY = "the agency that pays"
SERVICE = "service of the integrated taxonomy (services.csv)"
COUNCIL = "council area code (S12…) of the person's home, or Unknown"
LOCALITY = "declared locality name, Outside Tayside or Unknown"
SIMD = "SIMD 2020v2 country quintile, 1 = most deprived; NULL when the data zone is unknown"
AGE_BAND = "age at the month's last day: 0-17, 18-64, 65-74, 75-84, 85+ or Unknown"
SEX = "0 not known, 1 male, 2 female, 9 not specified"


@table(grain="source record (or residual) × month", key=("line_id",))
class CostLine(Table):
    """Every pound of every agency's ledger, one row for each source record (or residual) and month."""

    line_id: Series[Text] = column("stable keyed hash of agency, feed, record key, part, service and month", required=True)
    financial_year: Series[Text] = column(FINANCIAL_YEAR, required=True)
    month: Series[Day] = column(MONTH, required=True)
    agency: Series[Text] = column(AGENCY, required=True)
    sector: Series[Text] = column("nhs or social_care", required=True)
    service: Series[Text] = column(SERVICE, required=True)
    setting: Series[Text] = column("institutional or community", required=True)
    person_id: Series[Text] = column("pseudonym of the person; NULL when no person is known")
    council: Series[Text] = column(COUNCIL, required=True)
    hscp: Series[Text] = column("health and social care partnership code (S37…), or Unknown", required=True)
    locality: Series[Text] = column(LOCALITY, required=True)
    data_zone: Series[Text] = column("2011 data zone of the person's home; NULL when unknown")
    simd_quintile: Series[Count] = column(SIMD)
    age_band: Series[Text] = column(AGE_BAND, required=True)
    sex: Series[Text] = column(SEX, required=True)
    units: Series[Quantity] = column("units of activity in the month; NULL when the line has none", unit="see column unit")
    unit: Series[Text] = column("what is counted in units (services.csv)", required=True)
    cost_basis: Series[Text] = column(
        "record, rate, payments, activity, uncosted, located, unallocated or quarantined", required=True
    )
    direct_cost: Series[Money] = column("cost of the record itself in the month; NULL when it has none", unit="GBP")
    residual_cost: Series[Money] = column("share of the ledger beyond the records", required=True, unit="GBP")
    cost: Series[Money] = column("direct_cost + residual_cost; sums to the ledger", required=True, unit="GBP")
    client_contribution: Series[Money] = column("paid by the client; never netted off cost", unit="GBP")
    link_method: Series[Text] = column("chi, probabilistic, decision, unlinked or none", required=True)
    link_probability: Series[Rate] = column("posterior probability of a probabilistic link")
    specialty_code: Series[Text] = column("specialty, as on a board's record; NULL where it has none")
    location_code: Series[Text] = column("hospital or other place of care, as on a board's record; NULL where it has none")
    source_file: Series[Text] = column(
        "first 12 characters of the source file's file_hash (table submission); NULL for a residual"
    )
    source_row: Series[Count] = column("row of the source file as a spreadsheet shows it: the first row of the file is 1")
    price_base: Series[Text] = column("year whose prices the line's unit cost is in (unit_costs.csv); NULL but by rate")
    price_source: Series[Text] = column(
        "where the line's unit cost is from (column source of unit_costs.csv); NULL but by rate"
    )


@table(grain="person × month × agency × service", key=("person_id", "month", "agency", "service"))
class ClientMonthCost(Table):
    """Integrated cost of one person, by month, agency and service."""

    financial_year: Series[Text] = column(FINANCIAL_YEAR, required=True)
    month: Series[Day] = column(MONTH, required=True)
    person_id: Series[Text] = column("pseudonym of the person", required=True)
    agency: Series[Text] = column(AGENCY, required=True)
    sector: Series[Text] = column("nhs or social_care", required=True)
    service: Series[Text] = column(SERVICE, required=True)
    setting: Series[Text] = column("institutional or community", required=True)
    council: Series[Text] = column(COUNCIL, required=True)
    hscp: Series[Text] = column("health and social care partnership code (S37…), or Unknown", required=True)
    locality: Series[Text] = column(LOCALITY, required=True)
    data_zone: Series[Text] = column("2011 data zone of the person's home; NULL when unknown")
    simd_quintile: Series[Count] = column(SIMD)
    age_band: Series[Text] = column(AGE_BAND, required=True)
    sex: Series[Text] = column(SEX, required=True)
    units: Series[Quantity] = column("units of activity; NULL when no line has any", unit="see services.csv")
    direct_cost: Series[Money] = column("sum of direct cost; NULL when no line has any", unit="GBP")
    residual_cost: Series[Money] = column("sum of residual cost", required=True, unit="GBP")
    cost: Series[Money] = column("sum of cost", required=True, unit="GBP")
    client_contribution: Series[Money] = column("sum paid by the client; NULL when none is known", unit="GBP")
    lines: Series[Count] = column("number of cost lines", required=True)


@table(
    grain="council × locality × month × agency × service × age_band × sex × simd_quintile",
    key=(
        "council",
        "locality",
        "month",
        "agency",
        "service",
        "age_band",
        "sex",
        "simd_quintile",
    ),
)
class LocalityMonthCost(Table):
    """Integrated cost of a locality, by month, agency, service and kind of person. Sums to all of cost_line."""

    financial_year: Series[Text] = column(FINANCIAL_YEAR, required=True)
    month: Series[Day] = column(MONTH, required=True)
    council: Series[Text] = column(COUNCIL, required=True)
    hscp: Series[Text] = column("health and social care partnership code (S37…), or Unknown", required=True)
    locality: Series[Text] = column(LOCALITY, required=True)
    agency: Series[Text] = column(AGENCY, required=True)
    sector: Series[Text] = column("nhs or social_care", required=True)
    service: Series[Text] = column(SERVICE, required=True)
    setting: Series[Text] = column("institutional or community", required=True)
    age_band: Series[Text] = column(AGE_BAND, required=True)
    sex: Series[Text] = column(SEX, required=True)
    simd_quintile: Series[Count] = column(SIMD)
    people: Series[Count] = column("distinct people with a line", required=True)
    units: Series[Quantity] = column("units of activity; NULL when no line has any", unit="see services.csv")
    cost: Series[Money] = column("sum of cost", required=True, unit="GBP")
    population: Series[Count] = column("residents of the cell; NULL where the cell is not a population group")
    cost_per_head: Series[Money] = column("cost ÷ population; NULL where population is NULL or 0", unit="GBP a head")


@table(grain="person", key=("person_id",))
class Person(Table):
    """A person with at least one cost line, without any identifier."""

    person_id: Series[Text] = column("pseudonym of the person", required=True)
    first_month: Series[Day] = column("first month with a cost line", required=True)
    last_month: Series[Day] = column("last month with a cost line", required=True)
    sex: Series[Text] = column(SEX, required=True)
    age_band: Series[Text] = column("age at the last day of the release's period, in bands, or Unknown", required=True)
    council: Series[Text] = column(COUNCIL, required=True)
    locality: Series[Text] = column(LOCALITY, required=True)
    data_zone: Series[Text] = column("2011 data zone of the (last) own home; NULL when unknown")
    simd_quintile: Series[Count] = column(SIMD)
    is_deceased: Series[Flag] = column("a date of death is known", required=True)
    month_of_death: Series[Day] = column("first day of the month of death; NULL when none is known")
    link_method: Series[Text] = column(
        "how the person's care records were linked: chi, probabilistic, decision, unlinked or none", required=True
    )


@table(grain="person id change", key=("old_person_id", "new_person_id", "changed_in"))
class PersonHistory(Table):
    """Which person id became which when a client was linked."""

    old_person_id: Series[Text] = column("the id before", required=True)
    new_person_id: Series[Text] = column("the id after", required=True)
    changed_in: Series[Text] = column("period (YYYY-MM) of the refresh that changed it", required=True)


@table(grain="agency × service × month", key=("agency", "service", "month"))
class ControlTotal(Table):
    """The bridge from each agency's ledger to the published cost."""

    financial_year: Series[Text] = column(FINANCIAL_YEAR, required=True)
    month: Series[Day] = column(MONTH, required=True)
    agency: Series[Text] = column(AGENCY, required=True)
    service: Series[Text] = column(SERVICE, required=True)
    ledger_quantum: Series[Money] = column("what the ledger says the service cost", required=True, unit="GBP")
    direct: Series[Money] = column("direct cost of accepted records", required=True, unit="GBP")
    scaled: Series[Money] = column("residual spread over the records", required=True, unit="GBP")
    located: Series[Money] = column("residual spread over localities", required=True, unit="GBP")
    unallocated: Series[Money] = column("residual held on no person", required=True, unit="GBP")
    quarantined: Series[Money] = column("known amount on quarantined records", required=True, unit="GBP")
    published: Series[Money] = column("sum of cost over cost_line", required=True, unit="GBP")
    difference: Series[Money] = column("ledger_quantum − published; always 0.00", required=True, unit="GBP")
    scale_factor: Series[Rate] = column("(quantum − quarantined) ÷ direct; NULL when direct is 0 or next to it")
    people: Series[Count] = column("distinct people", required=True)
    lines: Series[Count] = column("cost lines", required=True)
    uncosted_lines: Series[Count] = column("lines with no amount or no rate", required=True)
    status: Series[Text] = column(
        "balanced, scaled, located, held, activity_only, out_of_band, no_quantum or unmapped", required=True
    )


@table(grain="agency × cost code × month × line", key=("agency", "cost_code", "month", "line"))
class LedgerLine(Table):
    """Every line of the accounts for the dataset's months with what its code is mapped to. Sums to the bridge."""

    financial_year: Series[Text] = column(FINANCIAL_YEAR, required=True)
    month: Series[Day] = column("month of the accounts", required=True)
    agency: Series[Text] = column("whose ledger", required=True)
    cost_code: Series[Text] = column("code in the ledger", required=True)
    line: Series[Count] = column("which of the lines of the code in the month, by what they say", required=True)
    account_name: Series[Text] = column("the code in words, as in the ledger")
    service: Series[Text] = column("service; unmapped without a mapping; NULL when not a cost")
    treatment: Series[Text] = column("cost, eliminate or exclude", required=True)
    reason: Series[Text] = column("why, as in the mapping")
    counterpart: Series[Text] = column("of an elimination, the agency whose ledger shows it too; NULL when not stated")
    amount: Series[Money] = column("pounds", required=True, unit="GBP")


@table(grain="agency × cost code × month", key=("agency", "cost_code", "month"))
class Elimination(Table):
    """Every ledger amount that another agency's ledger shows too, and what both sides together leave."""

    financial_year: Series[Text] = column(FINANCIAL_YEAR, required=True)
    month: Series[Day] = column("month of the accounts", required=True)
    passed: Series[Text] = column("what is passed: the reason of the mapping, the same on both sides", required=True)
    parties: Series[Text] = column("between whom: two agencies, or all agencies where a side does not say", required=True)
    agency: Series[Text] = column("whose ledger", required=True)
    counterpart: Series[Text] = column("whose ledger shows it too, or not stated", required=True)
    cost_code: Series[Text] = column("code in the ledger", required=True)
    account_name: Series[Text] = column("the code in words, as in the ledger")
    amount: Series[Money] = column("pounds left out of the quantum", required=True, unit="GBP")
    net: Series[Money] = column(
        "sum of amount over both sides, parties and month alike; should be 0.00", required=True, unit="GBP"
    )
    status: Series[Text] = column("nets to zero, differs or one side only", required=True)


@table(grain="agency × service × month", key=("agency", "service", "month"))
class Bridge(Table):
    """From each agency's ledger to the published cost: ledger, eliminated, quantum, attributed, located, unallocated, quarantined."""

    financial_year: Series[Text] = column(FINANCIAL_YEAR, required=True)
    month: Series[Day] = column(MONTH, required=True)
    agency: Series[Text] = column(AGENCY, required=True)
    service: Series[Text] = column("service; eliminated or excluded for ledger codes that are no cost", required=True)
    ledger: Series[Money] = column("what the ledger says, whatever becomes of it", required=True, unit="GBP")
    eliminated: Series[Money] = column("of it: shown by another agency's ledger too", required=True, unit="GBP")
    excluded: Series[Money] = column("of it: no cost of care", required=True, unit="GBP")
    ledger_quantum: Series[Money] = column("ledger − eliminated − excluded", required=True, unit="GBP")
    recorded: Series[Money] = column("direct cost from amounts on records and payments", required=True, unit="GBP")
    rated: Series[Money] = column("direct cost from units × unit cost", required=True, unit="GBP")
    scaled: Series[Money] = column("residual spread over the records", required=True, unit="GBP")
    attributed: Series[Money] = column("recorded + rated + scaled", required=True, unit="GBP")
    located: Series[Money] = column("residual spread over localities", required=True, unit="GBP")
    unallocated: Series[Money] = column("residual held on no person", required=True, unit="GBP")
    quarantined: Series[Money] = column("known amount on quarantined records", required=True, unit="GBP")
    published: Series[Money] = column("sum of cost over cost_line", required=True, unit="GBP")
    difference: Series[Money] = column("ledger_quantum − published; always 0.00", required=True, unit="GBP")


@table(grain="agency × service × financial year", key=("agency", "service", "financial_year"))
class BridgeToDate(Table):
    """The bridge for each financial year, to the release's last month of it."""

    financial_year: Series[Text] = column(FINANCIAL_YEAR, required=True)
    last_month: Series[Day] = column("last month of the dataset in the year", required=True)
    agency: Series[Text] = column(AGENCY, required=True)
    service: Series[Text] = column("service; eliminated or excluded for ledger codes that are no cost", required=True)
    ledger: Series[Money] = column("as in bridge, year to date", required=True, unit="GBP")
    eliminated: Series[Money] = column("as in bridge, year to date", required=True, unit="GBP")
    excluded: Series[Money] = column("as in bridge, year to date", required=True, unit="GBP")
    ledger_quantum: Series[Money] = column("as in bridge, year to date", required=True, unit="GBP")
    recorded: Series[Money] = column("as in bridge, year to date", required=True, unit="GBP")
    rated: Series[Money] = column("as in bridge, year to date", required=True, unit="GBP")
    scaled: Series[Money] = column("as in bridge, year to date", required=True, unit="GBP")
    attributed: Series[Money] = column("as in bridge, year to date", required=True, unit="GBP")
    located: Series[Money] = column("as in bridge, year to date", required=True, unit="GBP")
    unallocated: Series[Money] = column("as in bridge, year to date", required=True, unit="GBP")
    quarantined: Series[Money] = column("as in bridge, year to date", required=True, unit="GBP")
    published: Series[Money] = column("as in bridge, year to date", required=True, unit="GBP")
    difference: Series[Money] = column("as in bridge, year to date; always 0.00", required=True, unit="GBP")


@table(grain="agency × service × month", key=("agency", "service", "month"))
class BudgetVariance(Table):
    """Cost beside budget, month and year to date, for every agency that sent a budget; empty where none did."""

    financial_year: Series[Text] = column(FINANCIAL_YEAR, required=True)
    month: Series[Day] = column(MONTH, required=True)
    agency: Series[Text] = column(AGENCY, required=True)
    service: Series[Text] = column(SERVICE, required=True)
    budget: Series[Money] = column("budget of the month; NULL when there is none", unit="GBP")
    cost: Series[Money] = column("published cost of the month; NULL when the agency has no ledger for it", unit="GBP")
    variance: Series[Money] = column("cost − budget: over budget is positive; NULL when either is", unit="GBP")
    budget_to_date: Series[Money] = column("sum of budget from April to the month", unit="GBP")
    cost_to_date: Series[Money] = column("sum of cost from April to the month (of the dataset's months)", unit="GBP")
    variance_to_date: Series[Money] = column("cost_to_date − budget_to_date", unit="GBP")
    budget_year: Series[Money] = column("budget of the whole financial year, months to come included", unit="GBP")


@table(grain="council × locality × agency × service × month", key=("council", "locality", "agency", "service", "month"))
class LocalityBudget(Table):
    """Cost of each place's residents beside the budget that was given for the place. A budget is never divided by us."""

    financial_year: Series[Text] = column(FINANCIAL_YEAR, required=True)
    month: Series[Day] = column(MONTH, required=True)
    council: Series[Text] = column(f"{COUNCIL}; Not divided for a budget that is for no one council", required=True)
    locality: Series[Text] = column(f"{LOCALITY}; Not divided for a budget that is for no one locality", required=True)
    agency: Series[Text] = column(AGENCY, required=True)
    service: Series[Text] = column(SERVICE, required=True)
    cost: Series[Money] = column("cost of the place's residents; NULL where not divided", unit="GBP")
    budget: Series[Money] = column("budget given for the place; NULL when none was", unit="GBP")
    variance: Series[Money] = column("cost − budget; NULL when either is", unit="GBP")


@table(grain="council × agency × service × month", key=("council", "agency", "service", "month"))
class PartnershipBudget(Table):
    """Cost of each partnership's residents beside the budget that is for it: a council's own, a board's where it says so."""

    financial_year: Series[Text] = column(FINANCIAL_YEAR, required=True)
    month: Series[Day] = column(MONTH, required=True)
    council: Series[Text] = column(f"{COUNCIL}; Not divided for a budget that is for no one council", required=True)
    agency: Series[Text] = column(AGENCY, required=True)
    service: Series[Text] = column(SERVICE, required=True)
    cost: Series[Money] = column("cost of the partnership's residents; NULL where not divided", unit="GBP")
    budget: Series[Money] = column("budget for the partnership; NULL when none is", unit="GBP")
    variance: Series[Money] = column("cost − budget; NULL when either is", unit="GBP")


@table(grain="series × vintage × financial year × price year", key=("series", "vintage", "financial_year", "price_year"))
class PriceIndex(Table):
    """By what a cost is multiplied to be in another year's prices, by each series and vintage of price_index.csv."""

    financial_year: Series[Text] = column("the year of the cost, as 2025-26", required=True)
    series: Series[Text] = column("name of the index", required=True)
    vintage: Series[Text] = column("which publication of it", required=True)
    price_year: Series[Text] = column("the year whose prices are asked for, as 2025-26", required=True)
    factor: Series[Factor] = column("cost × factor = cost in the prices of price_year", required=True)


@table(grain="submission", key=("agency", "feed", "period", "revision"))
class Submission(Table):
    """Every file the agencies sent up to the period, and what became of its rows."""

    agency: Series[Text] = column("who submitted", required=True)
    feed: Series[Text] = column("what kind of file", required=True)
    period: Series[Text] = column("month of the submission, YYYY-MM", required=True)
    revision: Series[Count] = column("0 = the plain file, 1 = .r1, 2 = .r2 …", required=True)
    file_hash: Series[Text] = column(
        "HMAC-SHA-256 of the file as dropped, with the pseudonym key: `irf verify --landing` makes it again; "
        "NULL of a file that could not be read"
    )
    rows: Series[Count] = column("rows read", required=True)
    accepted: Series[Count] = column("rows in use", required=True)
    quarantined: Series[Count] = column("rows set aside, with the rules they broke", required=True)
    superseded: Series[Count] = column("rows replaced by a later submission", required=True)
    amount: Series[Money] = column("sum of the file's amount column; NULL for feeds without money", unit="GBP")
    status: Series[Text] = column("accepted, replaced (by a resubmission) or refused", required=True)
    received_order: Series[Count] = column(
        "place of the submission within its agency and feed, by period and revision", required=True
    )


@table(grain="submission × rule", key=("agency", "feed", "period", "revision", "rule_id"))
class RuleResult(Table):
    """What each validation rule found in each submission."""

    agency: Series[Text] = column("who submitted", required=True)
    feed: Series[Text] = column("what kind of file", required=True)
    period: Series[Text] = column("month of the submission, YYYY-MM", required=True)
    revision: Series[Count] = column("0 = the plain file", required=True)
    rule_id: Series[Text] = column("id of the rule (docs/rules.md)", required=True)
    severity: Series[Text] = column("file, record or warning", required=True)
    evaluated: Series[Count] = column("rows judged", required=True)
    failed: Series[Count] = column("rows that broke the rule", required=True)
    amount: Series[Money] = column("pounds on the rows that broke it; NULL for feeds without money", unit="GBP")
    status: Series[Text] = column("passed, warned or failed", required=True)


@table(grain="agency × cost code", key=("agency", "cost_code"))
class UnmappedCostCode(Table):
    """Work list: ledger codes that no mapping covers; their pounds are held on service `unmapped`."""

    agency: Series[Text] = column("whose ledger", required=True)
    cost_code: Series[Text] = column("the code as in the ledger", required=True)
    description: Series[Text] = column("account name in the ledger")
    months: Series[Count] = column("months with no valid mapping", required=True)
    amount: Series[Money] = column("pounds in those months", required=True, unit="GBP")
    nearest_cost_code: Series[Text] = column("mapped code of the agency whose name is most alike; several where they tie")
    nearest_name: Series[Text] = column("its account name")
    nearest_service: Series[Text] = column(
        "its service or, of a code that is no cost, its treatment; several where they differ"
    )
    similarity: Series[Rate] = column("how alike the names are (Jaro-Winkler, 1 = the same)")


@table(grain="agency × month × link_method", key=("agency", "month", "link_method"))
class LinkQuality(Table):
    """How well each agency's clients are linked to people, in clients and in pounds."""

    financial_year: Series[Text] = column(FINANCIAL_YEAR, required=True)
    month: Series[Day] = column(MONTH, required=True)
    agency: Series[Text] = column("whose clients", required=True)
    link_method: Series[Text] = column("chi, probabilistic, decision, unlinked or none", required=True)
    clients: Series[Count] = column("distinct people with a line", required=True)
    cost: Series[Money] = column("sum of cost of their lines; for none, of lines without a person", required=True, unit="GBP")
    estimated_precision: Series[Rate] = column(
        "for probabilistic, the share of these links that is expected to be right: the mean posterior of the people"
    )
    estimated_recall: Series[Rate] = column(
        "of the agency's clients of the month who are expected to be in the register, the share expected to be linked rightly; "
        "the same in each row of the agency and month"
    )


@table(grain="data zone × sex × age_band × year", key=("data_zone", "sex", "age_band", "year"))
class Population(Table):
    """Residents, for rates: the published estimate in the bands of this dataset."""

    data_zone: Series[Text] = column("2011 data zone", required=True)
    council: Series[Text] = column("council area code (S12…)", required=True)
    locality: Series[Text] = column("declared locality name, or Unknown", required=True)
    simd_quintile: Series[Count] = column(SIMD)
    sex: Series[Text] = column("1 male, 2 female", required=True)
    age_band: Series[Text] = column("0-17, 18-64, 65-74, 75-84 or 85+", required=True)
    year: Series[Count] = column("mid-year of the estimate", required=True)
    population: Series[Count] = column("residents", required=True)


@table(grain="service", key=("service",))
class Service(Table):
    """The taxonomy of services, with names."""

    service: Series[Text] = column("public name of the service", required=True)
    name: Series[Text] = column("the service in words", required=True)
    sector: Series[Text] = column("nhs or social_care; NULL for unmapped, which is of the sector that pays")
    setting: Series[Text] = column("institutional or community", required=True)
    programme: Series[Text] = column("programme of care")
    unit: Series[Text] = column("what is counted", required=True)


@table(grain="kind × code × name × first day", key=())
class Area(Table):
    """Codes, names and dates of the partners' councils, partnerships and localities."""

    kind: Series[Text] = column("council, partnership or locality", required=True)
    code: Series[Text] = column("national code; NULL for a locality without one")
    name: Series[Text] = column("the area in words, as other tables have it; NULL where the published list has no name")
    council: Series[Text] = column("code of the council that it lies in", required=True)
    valid_from: Series[Day] = column("first day of the code; NULL when not known")
    valid_to: Series[Day] = column("last day of the code; NULL when it still holds")


@table(grain="data zone", key=("data_zone",))
class DataZone(Table):
    """What each data zone of Scotland belongs to."""

    data_zone: Series[Text] = column("2011 data zone", required=True)
    council: Series[Text] = column("council area code (S12…)", required=True)
    hscp: Series[Text] = column("health and social care partnership code (S37…)", required=True)
    locality: Series[Text] = column("declared locality name, Outside Tayside or Unknown", required=True)
    simd_quintile: Series[Count] = column(SIMD)


PUBLISHED: dict[str, type[Table]] = {
    "cost_line": CostLine,
    "client_month_cost": ClientMonthCost,
    "locality_month_cost": LocalityMonthCost,
    "person": Person,
    "person_history": PersonHistory,
    "control_total": ControlTotal,
    "bridge": Bridge,
    "bridge_to_date": BridgeToDate,
    "ledger_line": LedgerLine,
    "elimination": Elimination,
    "budget_variance": BudgetVariance,
    "locality_budget": LocalityBudget,
    "partnership_budget": PartnershipBudget,
    "price_index": PriceIndex,
    "submission": Submission,
    "rule_result": RuleResult,
    "unmapped_cost_code": UnmappedCostCode,
    "link_quality": LinkQuality,
    "population": Population,
    "service": Service,
    "area": Area,
    "data_zone": DataZone,
}
