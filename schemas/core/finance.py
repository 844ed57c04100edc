"""Budgets, pounds that are held, and what becomes of each service's residual.

Belongs here: inside tables between the ledgers and the cost lines. Does not belong here: the ledger lines themselves, which
have their published shape (`schemas/published`).
"""

from pandera.typing import Series

from schemas.codes import RECORD_COST_BASES, RESIDUAL_BASES, PopulationWeight, Residual, either
from schemas.core.words import BROKEN_RULES, PART
from schemas.table import Table, column, table
from schemas.types import Count, Day, Flag, Money, Quantity, Text


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
    broken_rules: Series[Text] = column(BROKEN_RULES, required=True)
    period: Series[Text] = column("month of the submission", required=True)
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
    treatment: Series[Text] = column(f"{either(Residual)}: what is done with R", required=True, codes=Residual)
    is_out_of_band: Series[Flag] = column("held because the scale factor lies outside its band", required=True)
    is_activity_only: Series[Flag] = column("declared to count activity and have no ledger amount", required=True)
    population_weight: Series[Text] = column(either(PopulationWeight), required=True, codes=PopulationWeight)


@table(grain="part of an accepted record × month of the dataset", key=("agency", "feed", "record_key", "part", "month"))
class ResidualShare(Table):
    """A record's direct cost of a month of the dataset, with its share of its service's residual."""

    line_id: Series[Text] = column("keyed hash of agency, feed, record key, part, service and month", required=True)
    agency: Series[Text] = column("who pays", required=True)
    feed: Series[Text] = column("feed", required=True)
    record_key: Series[Text] = column("the record's key", required=True, identifying=True)
    part: Series[Text] = column(PART, required=True)
    service: Series[Text] = column("service", required=True)
    month: Series[Day] = column("first of the month", required=True)
    units: Series[Quantity] = column("units of activity in the month")
    cost_basis: Series[Text] = column(either(RECORD_COST_BASES), required=True, codes=RECORD_COST_BASES)
    direct_cost: Series[Money] = column("pounds; NULL when there are none")
    residual_cost: Series[Money] = column("pounds; 0 where the residual is not scaled over the records", required=True)
    client_contribution: Series[Money] = column("pounds")
    price_base: Series[Text] = column("year whose prices the unit cost is in")
    price_source: Series[Text] = column("where the unit cost is from")
    source_file: Series[Text] = column("first 12 characters of the file's keyed hash", required=True)
    source_row: Series[Count] = column("row of the file as a spreadsheet shows it", required=True)
    specialty_code: Series[Text] = column("specialty")
    location_code: Series[Text] = column("hospital")
    postcode: Series[Text] = column("postcode on the record", identifying=True)


@table(grain="agency × service × month × council × locality", key=("agency", "service", "month", "council", "locality"))
class LocatedResidual(Table):
    """The residual that no record bears, by locality; in one amount at Unknown where it is held."""

    agency: Series[Text] = column("agency", required=True)
    service: Series[Text] = column("service", required=True)
    month: Series[Day] = column("first of the month", required=True)
    cost_basis: Series[Text] = column(either(RESIDUAL_BASES), required=True, codes=RESIDUAL_BASES)
    council: Series[Text] = column("council code, or Unknown", required=True)
    hscp: Series[Text] = column("partnership code, or Unknown", required=True)
    locality: Series[Text] = column("locality, or Unknown", required=True)
    amount: Series[Money] = column("pounds", required=True)
