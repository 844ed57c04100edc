"""Home care of a council: packages of hours a week.

Belongs here: clean records of each month and their true cost. Does not belong here: who the clients are (`clients.py`), what
is paid for a package where payments say the cost (`payments.py`), defects (`mess.py`).
"""

from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from pipelines.synth.activity import NO_COST, Batch, World
from pipelines.synth.clients import Clients
from pipelines.synth.draws import Ints, Month, generator, overlap, split_by_share
from pipelines.synth.reference import SERVICE, council_pence
from pipelines.synth.sheet import Sheet, money_text, number_text, pooled, same, serial_text, texts
from schemas.feeds.codes import HomeCareKind, Reablement

_HOURS_A_MONTH = (31.0, 37.0, 41.0)
HOUR_PENCE = (24_60, 26_80, 23_40)
_KEEPS_NUMBERS = "angus"
"""Whose packages of home care have the same numbers every month, at heavy mess."""
HOME_CARE_SERVICES = ("home_care_non_personal", "home_care_personal", "home_care_reablement")


@dataclass
class Packages:
    """Home care, one place a package. kind: index in HOME_CARE_SERVICES. hours: a month's, in hundredths."""

    client: Ints
    kind: Ints
    hours: Ints
    start: Ints
    end: Ints
    provider: Ints


class HomeCare:
    """A council's packages of home care, drawn once and given out month by month."""

    def __init__(self, world: World, clients: Clients, going_in: Ints, mess: str) -> None:
        """going_in: the day each client goes into a care home for good, or NEVER."""
        self.world, self.clients, self.mess = world, clients, mess
        self.packages = self._packages(going_in)

    def month(self, month: Month) -> Batch:
        """Hours of each package with a day in the month, in proportion to its days."""
        packages = self.packages
        rng = generator(self.world.seed, f"{self.clients.agency} home_care", month)
        days = overlap(packages.start, packages.end, month)
        row = np.flatnonzero(days > 0)
        n = len(row)
        share = days[row] / (month.end - month.start)
        hours = np.maximum(np.rint(packages.hours[row] * share * rng.uniform(0.88, 1.12, n) / 25).astype(np.int64) * 25, 25)
        kind, person = packages.kind[row], self.clients.person_of(packages.client[row])
        service = np.array([SERVICE[name] for name in HOME_CARE_SERVICES])[kind]
        change = self.world.effect.share(person, service, month.end - 1)
        hours = np.maximum(self.world.effect.changed(hours // 25, change), 1) * 25
        pence = self._pence(hours, kind, rng, month)
        recorded = self.clients.agency == "perth-kinross"
        keeps_numbers = self.mess == "heavy" and self.clients.agency == _KEEPS_NUMBERS
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
        sheet = Sheet(self.clients.agency, "home_care", month.period, columns, whole=whole)
        shares = {month: pence} if self.clients.agency != "dundee-city" else {}
        return Batch(sheet, person, service, pence, np.ones(n, bool), shares)

    def _pence(self, hours: Ints, kind: Ints, rng: np.random.Generator, month: Month) -> Ints:
        """Angus: hours × rate. Perth and Kinross: what the provider charged. Dundee City: nothing, it is in the payments."""
        if self.clients.agency == "dundee-city":
            return np.full(len(hours), NO_COST)
        if self.clients.agency == "angus":
            rates = np.array([council_pence(self.clients.agency, name, month.financial_year) for name in HOME_CARE_SERVICES])[
                kind
            ]
        else:
            rates = np.rint(HOUR_PENCE[self.clients.council] * rng.normal(1.0, 0.05, len(hours))).astype(np.int64)
        return split_by_share(hours, rates, np.full(len(hours), 100))

    def _packages(self, going_in: Ints) -> Packages:
        """Each client has one package or two; new ones often begin with six weeks of reablement."""
        rng = generator(self.world.seed, f"{self.clients.agency} home_care")
        clients, months = self.clients, self.world.horizon
        people = np.flatnonzero(clients.home_care > 0)
        later = clients.home_care[people] == 2
        first = np.array([months[i].start for i in clients.seen[people]], np.int64)
        begins = np.where(later, months[0].start + rng.integers(0, months[-1].end - months[0].start, len(people)), first)
        begins = np.maximum(begins, first)
        stop = begins + rng.exponential(1500, len(people)).astype(np.int64) + 20
        stop = np.minimum(np.minimum(stop, going_in[people]), clients.died[people])
        reabled = (later | (rng.random(len(people)) < 0.04)) & (rng.random(len(people)) < 0.6)
        ready = np.where(reabled, np.minimum(begins + 42, stop), begins)
        second = rng.random(len(people)) < 0.25
        kind = (rng.random(len(people)) < 0.8).astype(np.int64)
        hours = np.rint(100 * _HOURS_A_MONTH[self.clients.council] * rng.lognormal(-0.32, 0.8, len(people))).astype(np.int64)
        every = [np.flatnonzero(reabled), np.arange(len(people)), np.flatnonzero(second)]
        row = np.concatenate(every)
        part = np.repeat([0, 1, 2], [len(e) for e in every])
        return Packages(
            people[row], np.where(part == 0, 2, np.where(part == 1, kind[row], 1 - kind[row])),
            np.maximum(np.where(part == 2, hours[row] // 4, hours[row] * 4 // 5), 50),
            np.where(part == 0, begins[row], ready[row]), np.where(part == 0, ready[row], stop[row]),
            rng.integers(1, 5, len(row)),
        )  # fmt: skip
