"""A council's payments to providers of care, each line for some days of one client or of nobody.

Belongs here: clean records of each month and their true cost. Does not belong here: what is paid for (`home_care.py`,
`care_home.py`), defects (`mess.py`).
"""

from dataclasses import dataclass, fields

import numpy as np
import pyarrow as pa

from pipelines.synth.activity import Batch, World
from pipelines.synth.care_home import Residences
from pipelines.synth.clients import Clients
from pipelines.synth.draws import Flags, Floats, Ints, Month, generator, overlap, split_by_share
from pipelines.synth.home_care import HOME_CARE_SERVICES, HOUR_PENCE, Packages
from pipelines.synth.reference import SERVICE, cost_code
from pipelines.synth.sheet import Sheet, blank_where, day_text, money_text, number_text, pooled, texts

CYCLE = 28
_PROVIDERS = texts(["Tayside Care Ltd", "Sidlaw Homes", "Strathmore Support", "Ochil Care", "Council services", "Esk Trust"])


@dataclass
class Payments:
    """Payment lines, in the order of their periods. client is -1 where the line names nobody."""

    client: Ints
    service: Ints
    start: Ints
    last: Ints
    pence: Ints
    contribution: Ints
    provider: Ints
    number: Ints


class Paid:
    """A council's lines of payment, drawn once and given out month by month."""

    def __init__(self, world: World, clients: Clients, packages: Packages, residences: Residences) -> None:
        """packages, residences: what one council pays for in lines."""
        self.world, self.clients, self.packages, self.residences = world, clients, packages, residences
        self.drawn = self._payments()
        self.payments = self._with_corrections()

    def month(self, month: Month) -> Batch:
        """The lines whose period begins in the month; their cost falls on the days of the period."""
        paid = self.payments
        row = np.flatnonzero((paid.start >= month.start) & (paid.start < month.end))
        client, service = paid.client[row], paid.service[row]
        person = self.clients.person_of(client)
        is_drawn = row < len(self.drawn.number)
        change = np.where(is_drawn, self.world.effect.share(person, service, month.end - 1), 0)
        pence, contribution = (self.world.effect.changed(amounts[row], change) for amounts in (paid.pence, paid.contribution))
        codes = {int(s): cost_code(self.clients.agency, _name(int(s))) for s in np.unique(service)}
        nobody: Flags = client < 0
        columns = {
            "payment_id": number_text(paid.number[row], 8, "P"),
            "social_care_id": blank_where(self.clients.ids.take(pa.array(np.maximum(client, 0))), nobody),
            "cost_code": texts([codes[int(s)] for s in service]),
            "period_from": day_text(paid.start[row]),
            "period_to": day_text(paid.last[row]),
            "gross_amount": money_text(pence),
            "client_contribution": money_text(contribution),
            "provider_name": pooled(_PROVIDERS, paid.provider[row]),
        }
        shares: dict[Month, Ints] = {}
        for later in range(3):
            falls = month.plus(later)
            days = overlap(paid.start[row], paid.last[row] + 1, falls)
            shares[falls] = split_by_share(pence, days, paid.last[row] - paid.start[row] + 1)
        sheet = Sheet(self.clients.agency, "payments", month.period, columns)
        return Batch(sheet, person, service, pence, np.ones(len(row), bool), shares)

    def _with_corrections(self) -> Payments:
        """With a line, mostly a credit, for each that a test of change comes to in its midst: what it moves on the days that are left."""
        paid, effect = self.drawn, self.world.effect
        row = np.flatnonzero((paid.start < effect.starts_on) & (paid.last >= effect.starts_on))
        left = split_by_share(paid.pence[row], paid.last[row] + 1 - effect.starts_on, paid.last[row] + 1 - paid.start[row])
        share = effect.share(self.clients.person_of(paid.client[row]), paid.service[row], effect.starts_on)
        moved = effect.changed(left, share) - left
        row, moved = row[moved != 0], moved[moved != 0]
        nothing = np.zeros(len(row), np.int64)
        more = {"start": nothing + effect.starts_on, "pence": moved, "contribution": nothing,
                "number": 1 + len(paid.number) + np.arange(len(row))}  # fmt: skip
        every = {f.name: getattr(paid, f.name) for f in fields(Payments)}
        return Payments(**{name: np.concatenate([own, more.get(name, own[row])]) for name, own in every.items()})

    def _payments(self) -> Payments:
        """Every four weeks each item is paid for the days it lasted; a few lines name nobody, a few are credits."""
        rng = generator(self.world.seed, f"{self.clients.agency} payments")
        client, service, start, end, weekly = self._payable(rng)
        first, last_day = self.world.months[0].start, self.world.horizon[-1].end - 1
        parts = []
        for cycle in range(first, last_day + 1, CYCLE):
            begins, ends = np.maximum(start, cycle), np.minimum(end, cycle + CYCLE) - 1
            row = np.flatnonzero((ends >= begins) & (begins <= last_day))
            days = ends[row] - begins[row] + 1
            pence = np.rint(weekly[row] * days / 7 * rng.normal(1.0, 0.01, len(row))).astype(np.int64)
            pence = np.maximum(pence, 100)
            parts.append((client[row], service[row], begins[row], ends[row], pence))
            credit = np.flatnonzero(rng.random(len(row)) < 0.015)
            back = -np.rint(pence[credit] * rng.uniform(0.1, 0.6, len(credit))).astype(np.int64)
            parts.append((client[row][credit], service[row][credit], begins[row][credit], ends[row][credit], back))
        columns = [np.concatenate([part[i] for part in parts]) for i in range(5)]
        return self._in_order(rng, *columns)

    def _in_order(
        self, rng: np.random.Generator, client: Ints, service: Ints, start: Ints, last: Ints, pence: Ints
    ) -> Payments:
        order = np.lexsort((client, start))
        nobody = rng.random(len(order)) < 0.02
        contribution = np.rint(np.maximum(pence[order], 0) * 0.1 * rng.random(len(order))).astype(np.int64)
        return Payments(
            np.where(nobody, -1, client[order]), service[order], start[order], last[order], pence[order], contribution,
            rng.integers(0, len(_PROVIDERS), len(order)), 1 + np.arange(len(order)),
        )  # fmt: skip

    def _payable(self, rng: np.random.Generator) -> tuple[Ints, Ints, Ints, Ints, Floats]:
        """Client, service, first day, day after the last and weekly pence of everything paid for in lines."""
        clients, months = self.clients, self.world.horizon
        at_home = (clients.resident != 1) & (rng.random(len(clients.number)) < 0.16)
        fed = (clients.resident != 1) & (rng.random(len(clients.number)) < 0.09)
        items = []
        for name, flags, mean in (("day_care", at_home, 176_00), ("meals", fed, 38_00)):
            client = np.flatnonzero(flags)
            begins = np.array([months[i].start for i in clients.seen[client]], np.int64)
            items.append((client, np.full(len(client), SERVICE[name]), begins, clients.died[client],
                          mean * rng.lognormal(-0.1, 0.45, len(client))))  # fmt: skip
        if self.clients.agency == "dundee-city":
            packages, stays = self.packages, self.residences
            service = np.array([SERVICE[name] for name in HOME_CARE_SERVICES])[packages.kind]
            weekly = packages.hours * 12 / 5218 * HOUR_PENCE[self.clients.council]
            items.append((packages.client, service, packages.start, packages.end, weekly))
            items.append((stays.client, stays.service, stays.start, stays.end, stays.weekly.astype(np.float64)))
        client, kind, start, end, weekly = (np.concatenate([item[i] for item in items]) for i in range(5))
        return client, kind, start, end, weekly


def _name(service: int) -> str:
    return next(name for name, number in SERVICE.items() if number == service)
