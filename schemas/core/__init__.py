"""The inside tables between validated records and the published ones. Identifiable: they never leave the data root.

Belongs here: the tables of `core/`, a module a subject, and `CORE`, which names them in the order they are made. Does not
belong here: published tables (`schemas/published`).
"""

from schemas.core.areas import DataZoneArea, PostcodeZone, Resident
from schemas.core.disclosure import KnownWord, OutsideText, Withheld
from schemas.core.finance import BudgetLine, Held, LocatedResidual, ResidualShare, ServiceMonth
from schemas.core.people import ChiAlias, ClientBirth, Death, Link, PersonHome, PersonId
from schemas.core.records import Record, RecordCost, RecordMonth, RecordPerson, UnitCostMatch
from schemas.core.refresh import Drift, Fate, FateByRules, Refresh, RuleFinding
from schemas.published import CostLine, LedgerLine
from schemas.table import Table

CORE: dict[str, type[Table]] = {
    "refresh": Refresh,
    "chi_alias": ChiAlias,
    "death": Death,
    "link": Link,
    "record": Record,
    "record_person": RecordPerson,
    "person_id": PersonId,
    "data_zone_area": DataZoneArea,
    "postcode_zone": PostcodeZone,
    "resident": Resident,
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
    "residual_share": ResidualShare,
    "located_residual": LocatedResidual,
    "cost_line": CostLine,
    "fate_by_rules": FateByRules,
    "fate": Fate,
    "rule_finding": RuleFinding,
    "drift": Drift,
}
"""Every inside table. `cost_line` and `ledger_line` have their published shape already."""
