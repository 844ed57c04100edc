"""Budgets, pounds that are held, and what becomes of each service's residual.

Belongs here: inside tables between the ledgers and the cost lines. Does not belong here: the ledger lines themselves, which
have their published shape (`schemas/published`).
"""

from schemas.codes import RESIDUAL_BASES, PopulationWeight, Residual, either
from schemas.core.words import BROKEN_RULES, PART
from schemas.table import Table, column, table
from schemas.types import Count, Day, Flag, Money, Series, Text


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


@table(grain="agency × service × month whose residual is scaled", key=("agency", "service", "month"))
class ResidualShare(Table):
    """How the residual of a service is shared over its records, where it is scaled.

    Each line has whole pence in proportion to its direct cost. What that leaves is a penny each for the lines with the largest
    remainders, ties by larger cost, then line_id: down to the last one, which stands here; NULL where nothing is left.
    """

    agency: Series[Text] = column("agency", required=True)
    service: Series[Text] = column("service", required=True)
    month: Series[Day] = column("first of the month", required=True)
    residual: Series[Money] = column("R, which is shared", required=True)
    direct: Series[Money] = column("D, over which it is shared", required=True)
    last_remainder: Series[Money] = column("what the division by D leaves on that line, in pounds")
    last_direct_cost: Series[Money] = column("direct cost of that line")
    last_line_id: Series[Text] = column("line_id of that line")


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
