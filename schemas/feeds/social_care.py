"""The feeds of care that a council sends: home care, care homes, self-directed support, equipment.

Belongs here: a council's feeds of activity. Does not belong here: its ledger and payments (`money.py`), its clients
(`people.py`).
"""

from schemas.codes import explained
from schemas.feeds.codes import (
    CareHomeAdmission,
    EquipmentKind,
    HomeCareKind,
    NursingCare,
    Provider,
    Reablement,
    SelfDirectedOption,
)
from schemas.feeds.words import CARE_ID
from schemas.table import Table, column
from schemas.types import Day, Money, Quantity, Series, Text


class HomeCare(Table):
    """Hours of care at home, by client and month."""

    service_id: Series[Text] = column("number of the package; may be the same every month", required=True, identifier=True)
    social_care_id: Series[Text] = column(CARE_ID, required=True, identifying=True, identifier=True)
    month: Series[Day] = column("month of the care", required=True)
    hours: Series[Quantity] = column("hours delivered", required=True, unit="hours")
    service_type: Series[Text] = column(explained(HomeCareKind), codes=HomeCareKind, by_rule=True)
    provider_type: Series[Text] = column(explained(Provider))
    reablement: Series[Text] = column(explained(Reablement), codes=Reablement, by_rule=True)
    gross_cost: Series[Money] = column("gross cost", unit="GBP")


class CareHome(Table):
    """Stays in care homes."""

    stay_id: Series[Text] = column("key of the stay", required=True, identifier=True)
    social_care_id: Series[Text] = column(CARE_ID, required=True, identifying=True, identifier=True)
    admission_date: Series[Day] = column("first day", required=True)
    discharge_date: Series[Day] = column("day of leaving, not counted; blank while open")
    nursing_care: Series[Text] = column(explained(NursingCare), codes=NursingCare, by_rule=True)
    admission_type: Series[Text] = column(explained(CareHomeAdmission), codes=CareHomeAdmission, by_rule=True)
    care_home_name: Series[Text] = column("name of the home", identifying=True)
    care_home_postcode: Series[Text] = column("postcode of the home", identifying=True)
    provider_type: Series[Text] = column("kind of provider")
    gross_weekly_cost: Series[Money] = column("gross cost of a week", unit="GBP a week")
    client_weekly_contribution: Series[Money] = column("paid by the client for a week", unit="GBP a week")


class SelfDirectedSupport(Table):
    """Budgets of self-directed support, by client and month."""

    budget_id: Series[Text] = column("number of the budget; may be the same every month", required=True, identifier=True)
    social_care_id: Series[Text] = column(CARE_ID, required=True, identifying=True, identifier=True)
    month: Series[Day] = column("month of the budget", required=True)
    option: Series[Text] = column(explained(SelfDirectedOption), required=True, codes=SelfDirectedOption, by_rule=True)
    gross_amount: Series[Money] = column("gross amount; money paid back negative", required=True, unit="GBP")
    client_contribution: Series[Money] = column("paid by the client", unit="GBP")


class Equipment(Table):
    """Community alarms and telecare in clients' homes."""

    service_id: Series[Text] = column("key of the item", required=True, identifier=True)
    social_care_id: Series[Text] = column(CARE_ID, required=True, identifying=True, identifier=True)
    service_type: Series[Text] = column(explained(EquipmentKind), required=True, codes=EquipmentKind, by_rule=True)
    start_date: Series[Day] = column("first day in the home", required=True)
    end_date: Series[Day] = column("last day in the home, counted; blank while there")
