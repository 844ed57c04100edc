"""What a council does: home care, care homes, payments to providers; budgets and equipment are in `support.py`.

Belongs here: clean records of each month and their true cost. Does not belong here: who the clients are (`clients.py`).
How each council is costed (`costing_rules.csv`): Angus by rate, Dundee City by payments, Perth and Kinross by record
for home care and by rate for care homes.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from pipelines.synth.activity import NO_COST, Batch, World, by_service
from pipelines.synth.clients import make_clients, snapshot
from pipelines.synth.draws import FIRST_MONTH, NEVER, Flags, Floats, Ints, Month, generator, overlap, split_by_share
from pipelines.synth.geography import COUNCILS, POSTCODES_PER_ZONE
from pipelines.synth.reference import SERVICE, cost_code, council_pence
from pipelines.synth.sheet import Sheet, blank_where, day_text, money_text, number_text, pooled, same, serial_text, texts
from pipelines.synth.support import Support
from schemas.feeds.codes import HomeCareKind, NursingCare, Reablement

CYCLE = 28
_HOURS_A_MONTH = (31.0, 37.0, 41.0)
_HOUR_PENCE = (24_60, 26_80, 23_40)
_WEEK_PENCE = {"care_home_residential": 809_00, "care_home_nursing": 948_00, "care_home_respite": 866_00}
_NURSING = (0.39, 0.73, 0.62)
_CONTRIBUTION = 0.23
_LEFT_OPEN = {"none": 0.0, "standard": 0.0, "heavy": 0.5}
"""Share of the stays ended by a death that the files go on to have without an end."""
_KEEPS_NUMBERS = "angus"
"""Whose packages of home care have the same numbers every month, at heavy mess."""
_HOMES_PER_COUNCIL = 24
_HOME_WORDS = ("House", "Court", "Lodge", "View", "Bank", "Grange")
_HOME_NAMES = ("Lunan", "Seaton", "Ericht", "Lomond", "Balgay", "Kinloch", "Isla", "Almond", "Moncur", "Tay", "Eden", "Rowan")
_PROVIDERS = texts(["Tayside Care Ltd", "Sidlaw Homes", "Strathmore Support", "Ochil Care", "Council services", "Esk Trust"])
_HOME_CARE_SERVICES = ("home_care_non_personal", "home_care_personal", "home_care_reablement")


@dataclass
class Packages:
    """Home care, one place a package. kind: index in _HOME_CARE_SERVICES. hours: a month's, in hundredths."""

    client: Ints
    kind: Ints
    hours: Ints
    start: Ints
    end: Ints
    provider: Ints


@dataclass
class Residences:
    """Care-home stays, one place a stay.

    so_far: the true cost in the world's months up to now. days_of_year: the days of this financial year up to now.
    left_open: nobody writes down that the stay ended with the client's death.
    """

    client: Ints
    start: Ints
    end: Ints
    service: Ints
    kind: Ints
    home: Ints
    weekly: Ints
    contribution: Ints
    so_far: Ints
    days_of_year: Ints
    left_open: Flags


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


class CouncilCare:
    """A council's whole activity, drawn once and given out month by month."""

    def __init__(self, world: World, council: int, mess: str) -> None:
        """Draw the council's clients and everything they will receive."""
        self.world = world
        self.council = council
        self.agency = COUNCILS[council].agency
        self.mess = mess
        self.clients = make_clients(world, council, mess)
        self.residences = self._residences()
        self.packages = self._packages()
        self.payments = self._payments()
        self.homes = self._homes()
        self.support = Support(world, self.clients, self._going_in(), mess)

    def month(self, index: int) -> Iterator[Batch]:
        """Every file of the month but the ledger."""
        month = self.world.months[index]
        yield self._clients(month, index)
        yield self._home_care(month)
        yield self._care_home(month)
        yield self.support.self_directed_support(month)
        yield self.support.equipment(month)
        yield self._paid(month)

    def _rng(self, stream: str, month: Month | None = None) -> np.random.Generator:
        return generator(self.world.seed, f"{self.agency} {stream}", month)

    def _person(self, client: Ints) -> Ints:
        return np.where(client >= 0, self.clients.person[client], -1)

    def _clients(self, month: Month, index: int) -> Batch:
        columns, notes, shown = snapshot(self.clients, month, index)
        self._address_of_the_home(columns, shown, month)
        nothing = np.full(len(shown), NO_COST)
        sheet = Sheet(self.agency, "clients", month.period, columns, notes)
        return Batch(sheet, self.clients.person[shown], nothing, nothing, np.zeros(len(shown), bool), {})

    def _address_of_the_home(self, columns: dict[str, pa.Array], shown: Ints, month: Month) -> None:
        """Four in ten long-term residents have the care home's postcode as their own."""
        stays = self.residences
        inside = (stays.start < month.start) & (stays.end >= month.end) & (stays.kind == 3) & (stays.client % 10 < 4)
        home = np.full(len(self.clients.number), -1, np.int64)
        home[stays.client[inside]] = stays.home[inside]
        codes = home[shown]
        sent = self.homes[1].take(pa.array(np.maximum(codes, 0)))
        columns["postcode"] = pc.if_else(pa.array(codes >= 0), sent, columns["postcode"])

    def _homes(self) -> tuple[pa.Array, pa.Array]:
        """Names and postcodes of the council's care homes."""
        zones = np.flatnonzero(self.world.geography.council == self.council)
        rows = [zones[i * len(zones) // _HOMES_PER_COUNCIL] * POSTCODES_PER_ZONE + i % 7 for i in range(_HOMES_PER_COUNCIL)]
        titles = [f"{_HOME_NAMES[i % 12]} {_HOME_WORDS[(i // 12 + self.council * 2) % 6]}" for i in range(_HOMES_PER_COUNCIL)]
        return texts(titles), self.world.postcodes.take(pa.array(rows))

    def _residences(self) -> Residences:
        """Long stays of those inside, of those going in, and respite stays of people cared for at home."""
        rng = self._rng("care_home")
        clients, months = self.clients, self.world.horizon
        first, end = months[0].start, months[-1].end
        inside, entering = np.flatnonzero(clients.resident == 1), np.flatnonzero(clients.resident == 2)
        since = first - 1 - np.minimum(rng.exponential(500, len(inside)), 5 * 365).astype(np.int64)
        begins = np.array([months[i].start for i in clients.seen[entering]], np.int64) + rng.integers(0, 27, len(entering))
        respite = np.flatnonzero((clients.home_care > 0) & (clients.resident == 0) & (rng.random(len(clients.number)) < 0.12))
        rests = rng.integers(first - 10, max(end - 10, first), len(respite))
        client = np.concatenate([inside, entering, respite])
        start = np.concatenate([since, begins, rests])
        left = first + rng.exponential(850, len(inside)).astype(np.int64)
        stay = begins + rng.exponential(850, len(entering)).astype(np.int64) + 1
        ends = np.concatenate([left, stay, rests + rng.integers(7, 22, len(respite))])
        ends = np.minimum(ends, clients.died[client])
        return self._chosen_homes(rng, client, start, ends, np.repeat([3, 3, 1], [len(inside), len(entering), len(respite)]))

    def _chosen_homes(self, rng: np.random.Generator, client: Ints, start: Ints, ends: Ints, kind: Ints) -> Residences:
        end = self.world.horizon[-1].end
        wanted = (ends > start) & (ends >= self.world.months[0].start) & (start < end)
        order = np.flatnonzero(wanted)[np.argsort(start[wanted], kind="stable")]
        client, start, ends, kind = client[order], start[order], ends[order], kind[order]
        nursing = rng.random(len(client)) < _NURSING[self.council]
        names = np.array(list(_WEEK_PENCE))
        which = np.where(kind == 1, 2, nursing)
        weekly = np.array(list(_WEEK_PENCE.values()))[which]
        weekly = np.rint(weekly * rng.normal(1.0, 0.02, len(client))).astype(np.int64)
        contribution = np.rint(weekly * _CONTRIBUTION * rng.uniform(0.6, 1.4, len(client))).astype(np.int64)
        service = np.array([SERVICE[str(name)] for name in names])[which]
        died = (ends == self.clients.died[client]) & (ends < end)
        left_open = died & (self._rng("care_home left open").random(len(client)) < _LEFT_OPEN[self.mess])
        return Residences(
            client, start, np.where(ends >= end, NEVER, ends), service, kind,
            rng.integers(0, _HOMES_PER_COUNCIL, len(client)), weekly, contribution, np.zeros(len(client), np.int64),
            np.zeros(len(client), np.int64), left_open,
        )  # fmt: skip

    def _going_in(self) -> Ints:
        """The day each client goes into a care home for good, or NEVER."""
        going_in = np.full(len(self.clients.number), NEVER, np.int64)
        stays = self.residences
        long_term = stays.kind == 3
        going_in[stays.client[long_term]] = stays.start[long_term]
        return going_in

    def _packages(self) -> Packages:
        """Each client has one package or two; new ones often begin with six weeks of reablement."""
        rng = self._rng("home_care")
        clients, months = self.clients, self.world.horizon
        people = np.flatnonzero(clients.home_care > 0)
        later = clients.home_care[people] == 2
        first = np.array([months[i].start for i in clients.seen[people]], np.int64)
        begins = np.where(later, months[0].start + rng.integers(0, months[-1].end - months[0].start, len(people)), first)
        begins = np.maximum(begins, first)
        stop = begins + rng.exponential(1500, len(people)).astype(np.int64) + 20
        stop = np.minimum(np.minimum(stop, self._going_in()[people]), clients.died[people])
        reabled = (later | (rng.random(len(people)) < 0.04)) & (rng.random(len(people)) < 0.6)
        ready = np.where(reabled, np.minimum(begins + 42, stop), begins)
        second = rng.random(len(people)) < 0.25
        kind = (rng.random(len(people)) < 0.8).astype(np.int64)
        hours = np.rint(100 * _HOURS_A_MONTH[self.council] * rng.lognormal(-0.32, 0.8, len(people))).astype(np.int64)
        every = [np.flatnonzero(reabled), np.arange(len(people)), np.flatnonzero(second)]
        row = np.concatenate(every)
        part = np.repeat([0, 1, 2], [len(e) for e in every])
        return Packages(
            people[row], np.where(part == 0, 2, np.where(part == 1, kind[row], 1 - kind[row])),
            np.maximum(np.where(part == 2, hours[row] // 4, hours[row] * 4 // 5), 50),
            np.where(part == 0, begins[row], ready[row]), np.where(part == 0, ready[row], stop[row]),
            rng.integers(1, 5, len(row)),
        )  # fmt: skip

    def _home_care(self, month: Month) -> Batch:
        """Hours of each package with a day in the month, in proportion to its days."""
        packages = self.packages
        rng = self._rng("home_care", month)
        days = overlap(packages.start, packages.end, month)
        row = np.flatnonzero(days > 0)
        n = len(row)
        share = days[row] / (month.end - month.start)
        hours = np.maximum(np.rint(packages.hours[row] * share * rng.uniform(0.88, 1.12, n) / 25).astype(np.int64) * 25, 25)
        kind = packages.kind[row]
        service = np.array([SERVICE[name] for name in _HOME_CARE_SERVICES])[kind]
        pence = self._home_care_pence(hours, kind, rng, month)
        recorded = self.agency == "perth-kinross"
        keeps_numbers = self.mess == "heavy" and self.agency == _KEEPS_NUMBERS
        columns = {
            "service_id": number_text(row + 1, 7, "HP") if keeps_numbers else serial_text("H", month, n),
            "social_care_id": self.clients.ids.take(pa.array(packages.client[row])),
            "month": same(month.first_day, n),
            "hours": money_text(hours),
            "service_type": pooled(texts([HomeCareKind.NON_PERSONAL, HomeCareKind.PERSONAL, HomeCareKind.PERSONAL]), kind),
            "provider_type": number_text(packages.provider[row]),
            "reablement": pooled(texts([Reablement.NO, Reablement.NO, Reablement.YES]), kind),
            "gross_cost": money_text(pence) if recorded else same("", n),
        }
        rule = "a package has the same number every month: each month counts"
        whole = [("", "same_number_every_month", "none", rule)] if keeps_numbers else []
        sheet = Sheet(self.agency, "home_care", month.period, columns, whole=whole)
        costs = by_service(service, pence, month) if self.agency != "dundee-city" else {}
        return Batch(sheet, self._person(packages.client[row]), service, pence, np.ones(n, bool), costs)

    def _home_care_pence(self, hours: Ints, kind: Ints, rng: np.random.Generator, month: Month) -> Ints:
        """Angus: hours × rate. Perth and Kinross: what the provider charged. Dundee City: nothing, it is in the payments."""
        if self.agency == "dundee-city":
            return np.full(len(hours), NO_COST)
        if self.agency == "angus":
            rates = np.array([council_pence(self.agency, name, month.financial_year) for name in _HOME_CARE_SERVICES])[kind]
        else:
            rates = np.rint(_HOUR_PENCE[self.council] * rng.normal(1.0, 0.05, len(hours))).astype(np.int64)
        return split_by_share(hours, rates, np.full(len(hours), 100))

    def _care_home(self, month: Month) -> Batch:
        """Every stay with a day in the month, or that ends on its first, or that nobody knows to have ended."""
        stays = self.residences
        row = np.flatnonzero((stays.start < month.end) & ((stays.end >= month.start) | stays.left_open))
        days = overlap(stays.start[row], stays.end[row], month)
        pence = self._week_share(stays, row, days, month)
        stays.so_far[row] += np.where(pence == NO_COST, 0, pence)
        ended = (stays.end[row] < month.end) & ~stays.left_open[row]
        last = month == self.world.months[-1]
        service = stays.service[row]
        columns = {
            "stay_id": number_text(row + 1, 7, f"CH{self.council + 1}"),
            "social_care_id": self.clients.ids.take(pa.array(stays.client[row])),
            "admission_date": day_text(stays.start[row]),
            "discharge_date": day_text(np.where(ended, stays.end[row], NEVER)),
            "nursing_care": pooled(
                texts([NursingCare.NO, NursingCare.YES]), (service == SERVICE["care_home_nursing"]).astype(np.int64)
            ),
            "admission_type": number_text(stays.kind[row]),
            "care_home_name": pooled(self.homes[0], stays.home[row]),
            "care_home_postcode": pooled(self.homes[1], stays.home[row]),
            "provider_type": number_text(1 + stays.home[row] % 4),
            "gross_weekly_cost": money_text(stays.weekly[row]),
            "client_weekly_contribution": money_text(stays.contribution[row]),
        }
        forgotten = np.flatnonzero(stays.left_open[row] & (stays.end[row] < month.start))
        noted = [(int(i), "open_after_death", "warning", "the stay is still open after the client's death") for i in forgotten]
        sheet = Sheet(self.agency, "care_home", month.period, columns, noted)
        rated = self.agency != "dundee-city"
        truth = stays.so_far[row] if rated else np.full(len(row), NO_COST)
        costs = by_service(service, pence, month) if rated else {}
        return Batch(sheet, self._person(stays.client[row]), service, truth, ended | last, costs)

    def _week_share(self, stays: Residences, row: Ints, days: Ints, month: Month) -> Ints:
        """Days ÷ 7 × the week's rate of the financial year, but nothing where payments say the cost.

        A year's days are rounded once: a month costs what its days add to the year's cost so far.
        """
        if self.agency == "dundee-city":
            return np.full(len(row), NO_COST)
        rates = {SERVICE[name]: council_pence(self.agency, name, month.financial_year) for name in _WEEK_PENCE}
        weekly = np.array([rates[int(s)] for s in stays.service[row]], np.int64)
        if month.number == FIRST_MONTH:
            stays.days_of_year[:] = 0
        before, week = stays.days_of_year[row], np.full(len(row), 7)
        stays.days_of_year[row] = before + days
        return split_by_share(weekly, before + days, week) - split_by_share(weekly, before, week)

    def _payments(self) -> Payments:
        """Every four weeks each item is paid for the days it lasted; a few lines name nobody, a few are credits."""
        rng = self._rng("payments")
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
        if self.agency == "dundee-city":
            packages, stays = self.packages, self.residences
            service = np.array([SERVICE[name] for name in _HOME_CARE_SERVICES])[packages.kind]
            weekly = packages.hours * 12 / 5218 * _HOUR_PENCE[self.council]
            items.append((packages.client, service, packages.start, packages.end, weekly))
            items.append((stays.client, stays.service, stays.start, stays.end, stays.weekly.astype(np.float64)))
        client, kind, start, end, weekly = (np.concatenate([item[i] for item in items]) for i in range(5))
        return client, kind, start, end, weekly

    def _paid(self, month: Month) -> Batch:
        """The lines whose period begins in the month; their cost falls on the days of the period."""
        paid = self.payments
        row = np.flatnonzero((paid.start >= month.start) & (paid.start < month.end))
        codes = {int(s): cost_code(self.agency, _name(int(s))) for s in np.unique(paid.service[row])}
        client = paid.client[row]
        nobody: Flags = client < 0
        columns = {
            "payment_id": number_text(paid.number[row], 8, "P"),
            "social_care_id": blank_where(self.clients.ids.take(pa.array(np.maximum(client, 0))), nobody),
            "cost_code": texts([codes[int(s)] for s in paid.service[row]]),
            "period_from": day_text(paid.start[row]),
            "period_to": day_text(paid.last[row]),
            "gross_amount": money_text(paid.pence[row]),
            "client_contribution": money_text(paid.contribution[row]),
            "provider_name": pooled(_PROVIDERS, paid.provider[row]),
        }
        costs: dict[tuple[int, Month], int] = {}
        for later in range(3):
            falls = month.plus(later)
            days = overlap(paid.start[row], paid.last[row] + 1, falls)
            share = split_by_share(paid.pence[row], days, paid.last[row] - paid.start[row] + 1)
            costs |= by_service(paid.service[row], share, falls)
        sheet = Sheet(self.agency, "payments", month.period, columns)
        return Batch(sheet, self._person(client), paid.service[row], paid.pence[row], np.ones(len(row), bool), costs)


def _name(service: int) -> str:
    return next(name for name, number in SERVICE.items() if number == service)


def councils(world: World, mess: str) -> list[CouncilCare]:
    """Every council's activity."""
    return [CouncilCare(world, council, mess) for council in range(len(COUNCILS))]
