"""What a council does, month by month: its clients, and every file of theirs but the ledger.

Belongs here: the order of the files. Does not belong here: who the clients are (`clients.py`), what is done for them
(`home_care.py`, `care_home.py`, `support.py`, `payments.py`).
How each council is costed (`costing_rules.csv`): Angus by rate, Dundee City by payments, Perth and Kinross by record
for home care and by rate for care homes.
"""

from collections.abc import Iterator

import numpy as np

from pipelines.synth.activity import NO_COST, Batch, World
from pipelines.synth.care_home import CareHomes
from pipelines.synth.clients import make_clients, snapshot
from pipelines.synth.draws import Month
from pipelines.synth.geography import COUNCILS
from pipelines.synth.home_care import HomeCare
from pipelines.synth.payments import Paid
from pipelines.synth.sheet import Sheet
from pipelines.synth.support import Support


class CouncilCare:
    """A council's whole activity, drawn once and given out month by month."""

    def __init__(self, world: World, council: int, mess: str) -> None:
        """Draw the council's clients and everything they will receive."""
        self.world = world
        self.agency = COUNCILS[council].agency
        self.clients = make_clients(world, council, mess)
        self.care_homes = CareHomes(world, self.clients, mess)
        going_in = self.care_homes.going_in()
        self.home_care = HomeCare(world, self.clients, going_in, mess)
        self.paid = Paid(world, self.clients, self.home_care.packages, self.care_homes.drawn)
        self.support = Support(world, self.clients, going_in, mess)

    def month(self, index: int) -> Iterator[Batch]:
        """Every file of the month but the ledger."""
        month = self.world.months[index]
        yield self._clients(month, index)
        yield self.home_care.month(month)
        yield self.care_homes.month(month)
        yield self.support.self_directed_support(month)
        yield self.support.equipment(month)
        yield self.paid.month(month)

    def _clients(self, month: Month, index: int) -> Batch:
        columns, notes, shown = snapshot(self.clients, month, index)
        self.care_homes.give_address_of_the_home(columns, shown, month)
        nothing = np.full(len(shown), NO_COST)
        sheet = Sheet(self.agency, "clients", month.period, columns, notes)
        return Batch(sheet, self.clients.person[shown], nothing, nothing, np.zeros(len(shown), bool), {})


def councils(world: World, mess: str) -> list[CouncilCare]:
    """Every council's activity."""
    return [CouncilCare(world, council, mess) for council in range(len(COUNCILS))]
