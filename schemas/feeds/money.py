"""The feeds of pounds: ledgers, payments and budgets.

Belongs here: feeds out of accounts. Does not belong here: feeds of care, even where they have a cost.
"""

from schemas.feeds.words import CARE_ID
from schemas.table import Table, column
from schemas.types import Day, Money, Series, Text


class Ledger(Table):
    """What the agency's accounts say each cost code cost in each month."""

    cost_code: Series[Text] = column("code in the agency's ledger", required=True, identifier=True)
    account_name: Series[Text] = column("the code in words")
    month: Series[Day] = column("month of the accounts", required=True)
    amount: Series[Money] = column("expenditure +, income −", required=True, unit="GBP")


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
