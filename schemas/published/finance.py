"""From the ledgers to the published cost: control totals, bridges, ledger lines and eliminations.

Belongs here: tables with which accountants reconcile. Does not belong here: budgets and prices (`budgets.py`).
"""

from schemas.codes import ControlStatus, EliminationStatus, LedgerTreatment, either
from schemas.published.words import AGENCY, FINANCIAL_YEAR, MONTH, SERVICE
from schemas.table import Table, column, table
from schemas.types import Count, Day, Money, Rate, Series, Text
from schemas.usage_warnings import UsageWarning


@table(
    grain="agency × service × month",
    key=("agency", "service", "month"),
    equal=(("published", "ledger_quantum"),),
    warnings=(
        UsageWarning.PEOPLE_DO_NOT_ADD_UP,
        UsageWarning.RATES_DO_NOT_ADD_UP,
    ),
)
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
    difference: Series[Money] = column(
        "ledger_quantum − published; always 0.00", required=True, unit="GBP", minimum=0, maximum=0
    )
    scale_factor: Series[Rate] = column("(quantum − quarantined) ÷ direct; NULL when direct is 0 or next to it")
    people: Series[Count] = column("distinct people", required=True, minimum=0)
    lines: Series[Count] = column("cost lines", required=True, minimum=0)
    uncosted_lines: Series[Count] = column("lines with no amount or no rate", required=True, minimum=0)
    status: Series[Text] = column(either(ControlStatus), required=True, codes=ControlStatus)


@table(
    grain="agency × cost code × month × line",
    key=("agency", "cost_code", "month", "line"),
    is_small=False,
    warnings=(UsageWarning.WORDS_OF_AGENCIES,),
)
class LedgerLine(Table):
    """Every line of the accounts for the dataset's months with what its code is mapped to. Sums to the bridge."""

    financial_year: Series[Text] = column(FINANCIAL_YEAR, required=True)
    month: Series[Day] = column("month of the accounts", required=True)
    agency: Series[Text] = column("whose ledger", required=True)
    cost_code: Series[Text] = column("code in the ledger", required=True)
    line: Series[Count] = column("which of the lines of the code in the month, by what they say", required=True)
    account_name: Series[Text] = column("the code in words, as in the ledger")
    service: Series[Text] = column("service; unmapped without a mapping; NULL when not a cost")
    treatment: Series[Text] = column(either(LedgerTreatment), required=True, codes=LedgerTreatment)
    reason: Series[Text] = column("why, as in the mapping")
    counterpart: Series[Text] = column("of an elimination, the agency whose ledger shows it too; NULL when not stated")
    amount: Series[Money] = column("pounds", required=True, unit="GBP")


@table(
    grain="agency × cost code × month",
    key=("agency", "cost_code", "month"),
    warnings=(UsageWarning.WORDS_OF_AGENCIES,),
)
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
    status: Series[Text] = column(either(EliminationStatus), required=True, codes=EliminationStatus)


@table(grain="agency × service × month", key=("agency", "service", "month"), equal=(("published", "ledger_quantum"),))
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
    difference: Series[Money] = column(
        "ledger_quantum − published; always 0.00", required=True, unit="GBP", minimum=0, maximum=0
    )


@table(
    grain="agency × service × financial year",
    key=("agency", "service", "financial_year"),
    equal=(("published", "ledger_quantum"),),
    warnings=(UsageWarning.YEAR_MAY_BE_SHORT,),
)
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
    difference: Series[Money] = column(
        "as in bridge, year to date; always 0.00", required=True, unit="GBP", minimum=0, maximum=0
    )


@table(
    grain="agency × cost code",
    key=("agency", "cost_code"),
    warnings=(UsageWarning.WORDS_OF_AGENCIES,),
)
class UnmappedCostCode(Table):
    """Work list: ledger codes that no mapping covers; their pounds are held on service `unmapped`."""

    agency: Series[Text] = column("whose ledger", required=True)
    cost_code: Series[Text] = column("the code as in the ledger", required=True)
    description: Series[Text] = column("account name in the ledger")
    months: Series[Count] = column("months with no valid mapping", required=True, minimum=0)
    amount: Series[Money] = column("pounds in those months", required=True, unit="GBP")
    nearest_cost_code: Series[Text] = column("mapped code of the agency whose name is most alike; several where they tie")
    nearest_name: Series[Text] = column("its account name")
    nearest_service: Series[Text] = column(
        "its service or, of a code that is no cost, its treatment; several where they differ"
    )
    similarity: Series[Rate] = column("how alike the names are (Jaro-Winkler, 1 = the same)", minimum=0, maximum=1)
