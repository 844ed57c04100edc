"""Care homes of a council: its stays, and where the homes are.

Belongs here: clean records of each month and their true cost. Does not belong here: who the clients are (`clients.py`), what
is paid for a stay where payments say the cost (`payments.py`), defects (`mess.py`).
"""

from dataclasses import dataclass, fields

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from pipelines.synth.activity import NO_COST, Batch, World
from pipelines.synth.changed import moved_days
from pipelines.synth.clients import Clients
from pipelines.synth.draws import FIRST_MONTH, NEVER, Flags, Ints, Month, generator, overlap, split_by_share
from pipelines.synth.geography import POSTCODES_PER_ZONE
from pipelines.synth.reference import SERVICE, council_pence
from pipelines.synth.sheet import Sheet, day_text, money_text, number_text, pooled, texts
from schemas.feeds.codes import NursingCare

_WEEK_PENCE = {"care_home_residential": 809_00, "care_home_nursing": 948_00, "care_home_respite": 866_00}
_NURSING = (0.39, 0.73, 0.62)
_CONTRIBUTION = 0.23
_LEFT_OPEN = {"none": 0.0, "standard": 0.0, "heavy": 0.5}
"""Share of the stays ended by a death that the files go on to have without an end."""
_HOMES_PER_COUNCIL = 24
_HOME_WORDS = ("House", "Court", "Lodge", "View", "Bank", "Grange")
_HOME_NAMES = ("Lunan", "Seaton", "Ericht", "Lomond", "Balgay", "Kinloch", "Isla", "Almond", "Moncur", "Tay", "Eden", "Rowan")


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


class CareHomes:
    """A council's stays in care homes, drawn once and given out month by month."""

    def __init__(self, world: World, clients: Clients, mess: str) -> None:
        """Draw every stay of the world's months."""
        self.world, self.clients, self.mess = world, clients, mess
        self.drawn = self._residences()
        self.residences = self._as_changed(self.drawn)
        self.homes = self._homes()

    def going_in(self) -> Ints:
        """The day each client goes into a care home for good, or NEVER."""
        going_in = np.full(len(self.clients.number), NEVER, np.int64)
        stays = self.drawn
        long_term = stays.kind == 3
        going_in[stays.client[long_term]] = stays.start[long_term]
        return going_in

    def give_address_of_the_home(self, columns: dict[str, pa.Array], shown: Ints, month: Month) -> None:
        """Four in ten long-term residents have the care home's postcode as their own."""
        stays = self.drawn
        inside = (stays.start < month.start) & (stays.end >= month.end) & (stays.kind == 3) & (stays.client % 10 < 4)
        home = np.full(len(self.clients.number), -1, np.int64)
        home[stays.client[inside]] = stays.home[inside]
        codes = home[shown]
        sent = self.homes[1].take(pa.array(np.maximum(codes, 0)))
        columns["postcode"] = pc.if_else(pa.array(codes >= 0), sent, columns["postcode"])

    def _as_changed(self, stays: Residences) -> Residences:
        """With the days away, or of other clients, of a test of change; where payments say the cost they alone change.

        After days away a resident comes back for a stay of its own number.
        """
        clients = self.clients
        if clients.agency == "dundee-city":
            return stays
        is_free = (clients.resident == 0) & (clients.home_care == 0)
        person = clients.person_of(stays.client)
        moved = moved_days(self.world, clients, person, stays.service, stays.start, stays.end, is_free)
        away = np.flatnonzero(moved.other < 0)
        away = away[np.lexsort((moved.start[away], moved.row[away]))]
        back, leaves = moved.row[away], moved.start[away]
        is_last = np.append(back[1:] != back[:-1], True)[: len(back)]
        until = np.where(is_last, stays.end[back], np.append(leaves[1:], 0)[: len(back)])
        end, left_open = stays.end.copy(), stays.left_open.copy()
        rows, first = np.unique(back, return_index=True)
        end[rows], left_open[rows] = leaves[first], False
        more = np.flatnonzero(moved.other >= 0)
        row = np.concatenate([back, moved.row[more]])
        new = {
            "client": np.concatenate([stays.client[back], moved.other[more]]),
            "start": np.concatenate([moved.end[away], moved.start[more]]),
            "end": np.concatenate([until, moved.end[more]]),
            "left_open": np.concatenate([stays.left_open[back] & is_last, np.zeros(len(more), bool)]),
        }
        own = {f.name: getattr(stays, f.name) for f in fields(Residences)} | {"end": end, "left_open": left_open}
        return Residences(**{name: np.concatenate([values, new.get(name, values[row])]) for name, values in own.items()})

    def month(self, month: Month) -> Batch:
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
            "stay_id": number_text(row + 1, 7, f"CH{self.clients.council + 1}"),
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
        sheet = Sheet(self.clients.agency, "care_home", month.period, columns, noted)
        rated = self.clients.agency != "dundee-city"
        truth = stays.so_far[row] if rated else np.full(len(row), NO_COST)
        shares = {month: pence} if rated else {}
        return Batch(sheet, self.clients.person_of(stays.client[row]), service, truth, ended | last, shares)

    def _week_share(self, stays: Residences, row: Ints, days: Ints, month: Month) -> Ints:
        """Days ÷ 7 × the week's rate of the financial year, but nothing where payments say the cost.

        A year's days are rounded once: a month costs what its days add to the year's cost so far.
        """
        if self.clients.agency == "dundee-city":
            return np.full(len(row), NO_COST)
        rates = {SERVICE[name]: council_pence(self.clients.agency, name, month.financial_year) for name in _WEEK_PENCE}
        weekly = np.array([rates[int(s)] for s in stays.service[row]], np.int64)
        if month.number == FIRST_MONTH:
            stays.days_of_year[:] = 0
        before, week = stays.days_of_year[row], np.full(len(row), 7)
        stays.days_of_year[row] = before + days
        return split_by_share(weekly, before + days, week) - split_by_share(weekly, before, week)

    def _homes(self) -> tuple[pa.Array, pa.Array]:
        """Names and postcodes of the council's care homes."""
        zones = np.flatnonzero(self.world.geography.council == self.clients.council)
        rows = [zones[i * len(zones) // _HOMES_PER_COUNCIL] * POSTCODES_PER_ZONE + i % 7 for i in range(_HOMES_PER_COUNCIL)]
        titles = [
            f"{_HOME_NAMES[i % 12]} {_HOME_WORDS[(i // 12 + self.clients.council * 2) % 6]}" for i in range(_HOMES_PER_COUNCIL)
        ]
        return texts(titles), self.world.postcodes.take(pa.array(rows))

    def _residences(self) -> Residences:
        """Long stays of those inside, of those going in, and respite stays of people cared for at home."""
        rng = generator(self.world.seed, f"{self.clients.agency} care_home")
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
        nursing = rng.random(len(client)) < _NURSING[self.clients.council]
        names = np.array(list(_WEEK_PENCE))
        which = np.where(kind == 1, 2, nursing)
        weekly = np.array(list(_WEEK_PENCE.values()))[which]
        weekly = np.rint(weekly * rng.normal(1.0, 0.02, len(client))).astype(np.int64)
        contribution = np.rint(weekly * _CONTRIBUTION * rng.uniform(0.6, 1.4, len(client))).astype(np.int64)
        service = np.array([SERVICE[str(name)] for name in names])[which]
        died = (ends == self.clients.died[client]) & (ends < end)
        left_open = died & (
            generator(self.world.seed, f"{self.clients.agency} care_home left open").random(len(client)) < _LEFT_OPEN[self.mess]
        )
        return Residences(
            client, start, np.where(ends >= end, NEVER, ends), service, kind,
            rng.integers(0, _HOMES_PER_COUNCIL, len(client)), weekly, contribution, np.zeros(len(client), np.int64),
            np.zeros(len(client), np.int64), left_open,
        )  # fmt: skip
