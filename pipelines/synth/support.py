"""A council's budgets of self-directed support, and the alarms and telecare in its clients' homes.

Belongs here: clean records of each month and their true cost. Does not belong here: who the clients are (`clients.py`),
care by the hour or week (`council.py`), defects (`mess.py`).
"""

from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from pipelines.synth.activity import Batch, World
from pipelines.synth.changed import turns
from pipelines.synth.clients import NEW_CLIENTS, Clients, scaled, with_newcomers
from pipelines.synth.draws import NEVER, Flags, Ints, Month, generator, overlap, pick, pick_distinct, split_by_share
from pipelines.synth.people import council_size
from pipelines.synth.reference import SERVICE, council_pence
from pipelines.synth.sheet import Sheet, day_text, money_text, number_text, pooled, same, serial_text, texts
from schemas.feeds.codes import EquipmentKind

PEOPLE_WITH_BUDGET = (2_465, 3_180, 5_405)
"""Clients with self-directed support in a year."""
PEOPLE_WITH_ALARM = (3_975, 4_995, 3_910)
_BUDGET_SERVICES = ("sds_direct_payment", "sds_option_2", "sds_option_3", "sds_option_4")
_OPTION_SHARES_BELOW_65, _OPTION_SHARES = np.array([0.36, 0.12, 0.44, 0.08]), np.array([0.1, 0.08, 0.77, 0.05])
_MONTH_PENCE = np.array([1_000_00, 700_00, 130_00, 310_00])
_PAID_BACK = 0.01
_COMMUNITY_ALARM, _TELECARE = 0, 1
_SECOND_ITEM = 0.24
_LEFT_OPEN = {"none": 0.0, "standard": 0.1, "heavy": 0.35}
"""Share of items that nobody took off the list when the client died."""


@dataclass
class Budgets:
    """Self-directed support, one place a budget. pence: a month's. paid_by_client: in thousandths of it."""

    client: Ints
    option: Ints
    start: Ints
    end: Ints
    pence: Ints
    paid_by_client: Ints


@dataclass
class Items:
    """Alarms and telecare in the order they came. `last` is the last day in the home, NEVER while it is there.

    so_far is the true cost in the world's months up to now.
    """

    client: Ints
    kind: Ints
    start: Ints
    last: Ints
    so_far: Ints


class Support:
    """A council's budgets and items, drawn once and given out month by month."""

    def __init__(self, world: World, clients: Clients, going_in: Ints, mess: str) -> None:
        """going_in: the day each client goes into a care home for good, or NEVER."""
        self.world, self.clients = world, clients
        self.size = council_size(world.people, clients.council)
        self.leaves = np.minimum(going_in, clients.died)
        self.budgets = self._budgets()
        self.items = self._as_changed(self._items(_LEFT_OPEN[mess]))

    def _first_seen(self, client: Ints) -> Ints:
        return np.array([self.world.horizon[i].start for i in self.clients.seen[client]], np.int64)

    def _aged(self, client: Ints | None = None) -> Ints:
        born = self.clients.born if client is None else self.clients.born[client]
        years: Ints = np.floor((self.world.months[0].start - born) / 365.25).astype(np.int64)
        return years

    def _budgets(self) -> Budgets:
        """Younger adults more than their share, and more of them with a direct payment."""
        rng = generator(self.world.seed, f"{self.clients.agency} self_directed_support")
        weights = np.where(self.clients.resident == 1, 0.0, np.where(self._aged() < 65, 4.0, 1.0))
        people, _ = with_newcomers(PEOPLE_WITH_BUDGET[self.clients.council], NEW_CLIENTS, len(self.world.horizon))
        client = pick_distinct(rng, weights, scaled(people, self.size))
        n = len(client)
        option = np.where(self._aged(client) < 65, pick(rng, _OPTION_SHARES_BELOW_65, n), pick(rng, _OPTION_SHARES, n))
        start = self._first_seen(client) + np.where(self.clients.seen[client] > 0, rng.integers(0, 28, n), 0)
        end = np.minimum(start + 30 + rng.exponential(1_800, n).astype(np.int64), self.leaves[client])
        pence = np.rint(_MONTH_PENCE[option] * rng.lognormal(-0.18, 0.6, n)).astype(np.int64)
        paid = np.where(rng.random(n) < 0.6, rng.integers(0, 150, n), 0)
        return Budgets(client, option, start, end, pence, paid)

    def self_directed_support(self, month: Month) -> Batch:
        """Each budget with a day in the month, in proportion to its days; now and then a direct payment comes back."""
        budgets = self.budgets
        rng = generator(self.world.seed, f"{self.clients.agency} self_directed_support", month)
        row = np.flatnonzero(overlap(budgets.start, budgets.end, month) > 0)
        days = overlap(budgets.start[row], budgets.end[row], month)
        pence = np.maximum(split_by_share(budgets.pence[row], days, np.full(len(row), month.end - month.start)), 100)
        service = np.array([SERVICE[name] for name in _BUDGET_SERVICES])[budgets.option[row]]
        share = self.world.effect.share(self.clients.person[budgets.client[row]], service, month.end - 1)
        pence = self.world.effect.changed(pence, share)
        back = np.flatnonzero((budgets.option[row] == 0) & (rng.random(len(row)) < _PAID_BACK))
        pence = np.concatenate([pence, -(pence[back] // 3)])
        row, service = np.concatenate([row, row[back]]), np.concatenate([service, service[back]])
        paid = np.where(pence > 0, pence * budgets.paid_by_client[row] // 1000, 0)
        n = len(row)
        columns = {
            "budget_id": serial_text("B", month, n),
            "social_care_id": self.clients.ids.take(pa.array(budgets.client[row])),
            "month": same(month.first_day, n),
            "option": number_text(budgets.option[row] + 1),
            "gross_amount": money_text(pence),
            "client_contribution": money_text(paid),
        }
        sheet = Sheet(self.clients.agency, "self_directed_support", month.period, columns)
        return Batch(sheet, self.clients.person[budgets.client[row]], service, pence, np.ones(n, bool), {month: pence})

    def _items(self, left_open: float) -> Items:
        """The old, and people with home care; a quarter have two items. They go soon after the client has gone."""
        rng = generator(self.world.seed, f"{self.clients.agency} equipment")
        clients = self.clients
        age = self._aged()
        weights = np.where(age >= 75, 5.0, np.where(age >= 65, 2.0, 0.6)) * np.where(clients.home_care > 0, 2.0, 1.0)
        weights = np.where(clients.resident == 1, 0.0, weights)
        people, _ = with_newcomers(PEOPLE_WITH_ALARM[clients.council], NEW_CLIENTS, len(self.world.horizon))
        client = pick_distinct(rng, weights, scaled(people, self.size))
        client = np.concatenate([client, client[rng.random(len(client)) < _SECOND_ITEM]])
        n = len(client)
        first, end = self.world.months[0].start, self.world.horizon[-1].end
        before = first - 1 - np.minimum(rng.exponential(1_100, n), 15 * 365).astype(np.int64)
        start = np.where(clients.seen[client] > 0, self._first_seen(client) + rng.integers(0, 28, n), before)
        last = np.minimum(np.maximum(start, first) + rng.exponential(2_400, n).astype(np.int64), self.leaves[client] + 9)
        forgotten = (self.leaves[client] == clients.died[client]) & (rng.random(n) < left_open)
        last = np.where(forgotten | (last >= end), NEVER, last)
        kind = np.where(rng.random(n) < 0.78, _COMMUNITY_ALARM, _TELECARE)
        order = np.lexsort((client, start))
        order = order[last[order] >= start[order]]
        return Items(client[order], kind[order], start[order], last[order], np.zeros(len(order), np.int64))

    def _as_changed(self, items: Items) -> Items:
        """With the items that go or come because of a test of change. Where one goes its first day is the last: that month costs."""
        service = np.full(len(items.client), SERVICE["telecare"])
        is_free = self.clients.resident == 0
        is_free[items.client] = False
        after = np.where(items.last == NEVER, NEVER, items.last + 1)
        turn = turns(self.world, self.clients, "equipment", items.client, service, items.start, after, is_free)
        is_new, again = turn.ends & (items.start >= turn.day), turn.again
        start, last = np.where(is_new, NEVER, items.start), np.where(turn.ends, turn.day, items.last)
        return Items(
            np.concatenate([items.client, turn.other]), np.concatenate([items.kind, items.kind[again]]),
            np.concatenate([start, turn.day[again]]),
            np.concatenate([last, np.minimum(items.last[again], self.leaves[turn.other])]),
            np.zeros(len(start) + len(again), np.int64),
        )  # fmt: skip

    def equipment(self, month: Month) -> Batch:
        """Every item in a home on a day of the month. A client's items cost one item's rate: that of the first to come."""
        items, clients = self.items, self.clients
        row = np.flatnonzero((items.start < month.end) & (items.last >= month.start))
        client = items.client[row]
        counts = np.zeros(len(row), bool)
        counts[np.unique(client, return_index=True)[1]] = True
        pence = counts * council_pence(clients.agency, "telecare", month.financial_year)
        items.so_far[row] += pence
        gone: Flags = items.last[row] < month.end
        columns = {
            "service_id": number_text(row + 1, 7, f"EQ{clients.council + 1}"),
            "social_care_id": clients.ids.take(pa.array(client)),
            "service_type": pooled(texts([*EquipmentKind]), items.kind[row]),
            "start_date": day_text(items.start[row]),
            "end_date": day_text(np.where(gone, items.last[row], NEVER)),
        }
        forgotten = np.flatnonzero((clients.died[client] + 9 < month.start) & ~gone)
        rule = "the item is still listed after the client's death"
        noted = [(int(i), "open_after_death", "warning", rule) for i in forgotten]
        service = np.full(len(row), SERVICE["telecare"])
        sheet = Sheet(clients.agency, "equipment", month.period, columns, noted)
        final = gone | (month == self.world.months[-1])
        return Batch(sheet, clients.person[client], service, items.so_far[row], final, {month: pence})
