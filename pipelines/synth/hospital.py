"""Stays in hospital: what every kind of them has in common.

Belongs here: the file of a month and the true cost of its stays. Does not belong here: who is admitted (`acute.py`,
`maternity.py`, `mental_health.py`), defects (`mess.py`), other NHS activity (`activity.py`). A stay's cost falls evenly on its
days; the record carries the cost up to the end of the file's month.
"""

from abc import ABC, abstractmethod
from collections.abc import Iterator
from dataclasses import dataclass, fields, replace

import numpy as np
import pyarrow as pa

from pipelines.synth.activity import Batch, World, sent_chi
from pipelines.synth.draws import FIRST_MONTH, NEVER, Flags, Ints, Month, generator, overlap, split_by_share
from pipelines.synth.geography import COUNCILS
from pipelines.synth.people import People
from pipelines.synth.reference import NHS
from pipelines.synth.sheet import Sheet, chi_text, day_text, money_text, number_text, pooled, same, texts
from schemas.feeds.codes import LongStay, PatientKind

TAYSIDE = sum(council.people for council in COUNCILS)
"""How many people the yearly figures below are for."""
_DAYS_BETWEEN = 7
_AGAIN = 500_000
"""Numbers of journeys that come again: no month has so many (`numbered`)."""


@dataclass
class Stays:
    """Hospital episodes as parallel arrays. The cost is that of the whole stay, as it will turn out.

    admission, specialty, hospital, diagnosis: places in the feed's own lists. ready: first day of waiting to leave, or NEVER.
    """

    number: Ints
    journey: Ints
    person: Ints
    start: Ints
    end: Ints
    admission: Ints
    specialty: Ints
    hospital: Ints
    diagnosis: Ints
    day_case: Ints
    long_stay: Ints
    pence: Ints
    ready: Ints

    def where(self, wanted: Flags | Ints) -> "Stays":
        """Some of them."""
        return Stays(**{f.name: getattr(self, f.name)[wanted] for f in fields(self)})


def joined(parts: list[Stays]) -> Stays:
    """All episodes of the parts, in order."""
    return Stays(**{f.name: np.concatenate([getattr(p, f.name) for p in parts]) for f in fields(Stays)})


class HospitalFeed(ABC):
    """Hospital stays. Each comes in the file of its admission month, and again in later ones until it has ended.

    A feed of its own says who is admitted in a month (`admitted`), to which service a stay belongs (`service`), and how
    many months back somebody may have come who is still there.
    """

    feed: str
    letter: str
    months_back: int
    hospitals: pa.Array
    specialties: pa.Array
    diagnoses: pa.Array
    admissions: pa.Array

    def __init__(self, world: World, by_cost_month: bool = False) -> None:
        """Admissions before the first month whose patients are still in hospital are carried into it.

        by_cost_month: a row has the cost of its month, and says which, as in the national extract.
        """
        self.world, self.by_cost_month = world, by_cost_month
        first = world.months[0]
        earlier = joined([self.admitted(first.plus(-back)) for back in range(self.months_back, 0, -1)])
        self.open = earlier.where(earlier.end >= first.start)
        self.so_far = np.zeros(len(self.open.number), np.int64)

    @abstractmethod
    def admitted(self, month: Month) -> Stays:
        """The stays that begin with an admission in the month, in the order of their first days."""

    @abstractmethod
    def service(self, stays: Stays) -> Ints:
        """Service numbers, as the contract derives them."""

    def month(self, month: Month) -> Iterator[Batch]:
        """The month's file: admitted in it, or admitted earlier and still there when it began.

        The second episode of a journey may begin in a later month: until then it waits.
        """
        if month.start == self.world.effect.starts_on:
            self._send_home(month.start)
        every = joined([self.open, self._as_changed(self.admitted(month), month)])
        so_far = np.concatenate([self.so_far, np.zeros(len(every.number) - len(self.so_far), np.int64)])
        begun = every.start < month.end
        stays = every.where(begun)
        share = self._share(stays, month)
        so_far[begun] += share
        service = self.service(stays)
        yield Batch(
            self._sheet(stays, month, share), stays.person, service, so_far[begun], self._final(stays, month), {month: share}
        )
        yield from self._also(stays, month)
        waiting = ~begun | (every.end >= month.end)
        self.open, self.so_far = every.where(waiting), so_far[waiting]

    def _chosen(self, stays: Stays, share: Ints, pence: Ints, can: Flags) -> Flags:
        """The stays of the journeys that a test of change comes to. pence: what each stay is to cost; can: by journey, in their order."""
        _, first, journey = np.unique(stays.journey, return_index=True, return_inverse=True)
        value = np.zeros(len(first), np.int64)
        np.add.at(value, journey, pence)
        kind, can_be = stays.day_case[first], can & (value > 0)
        chosen: Flags = self.world.effect.chosen(self.feed, kind, share[first], value, can_be)[journey]
        return chosen

    def _send_home(self, day: int) -> None:
        """On the first day of a test of change some of those in hospital leave; what was to come of their journeys does not."""
        stays = self.open
        length = np.maximum(stays.end - stays.start, 1)
        share = np.minimum(self.world.effect.share(stays.person, self.service(stays), day), 0)
        to_come = split_by_share(stays.pence, stays.end - np.maximum(stays.start, day), length)
        leaves = self._chosen(stays, share, to_come, np.ones(len(np.unique(stays.journey)), bool))
        so_far = split_by_share(stays.pence, np.maximum(day - stays.start, 0), length)
        kept = ~leaves | (stays.start < day)
        self.open = replace(
            stays, end=np.where(leaves, day, stays.end), pence=np.where(leaves, so_far, stays.pence),
            ready=np.where(leaves & (stays.ready >= day), NEVER, stays.ready),
        ).where(kept)  # fmt: skip
        self.so_far = self.so_far[kept]

    def _as_changed(self, stays: Stays, month: Month) -> Stays:
        """Without the journeys that a test of change avoids, or with those that it adds: the same again, a week after it ended.

        The first journey stays: a file has to come.
        """
        share = self.world.effect.share(stays.person, self.service(stays), month.end - 1)
        if not share.any():
            return stays
        _, first, journey = np.unique(stays.journey, return_index=True, return_inverse=True)
        last = np.zeros(len(first), np.int64)
        np.maximum.at(last, journey, stays.end)
        later = last - stays.start[first] + _DAYS_BETWEEN
        lives = self.world.people.died[stays.person[first]] > last + later
        chosen = self._chosen(stays, share, stays.pence, np.where(share[first] < 0, np.arange(len(first)) > 0, lives))
        twice = chosen & (share > 0)
        again, after = stays.where(twice), later[journey[twice]]
        again = replace(
            again, number=again.number + _AGAIN, journey=again.journey + _AGAIN, start=again.start + after, end=again.end + after,
            ready=np.where(again.ready == NEVER, NEVER, again.ready + after),
        )  # fmt: skip
        return joined([stays.where(~chosen | twice), again])

    def _also(self, stays: Stays, month: Month) -> Iterator[Batch]:
        """Other feeds that tell of the same stays."""
        yield from ()

    def _final(self, stays: Stays, month: Month) -> Flags:
        """Stays that no later file has again."""
        ended: Flags = stays.end < month.end
        return ended | (month == self.world.months[-1])

    def _share(self, stays: Stays, month: Month) -> Ints:
        """What the stay costs in the month: a same-day stay costs in its own."""
        same_day = stays.start == stays.end
        days = np.where(same_day, 1, overlap(stays.start, stays.end, month))
        return split_by_share(stays.pence, days, np.maximum(stays.end - stays.start, 1))

    def _sheet(self, stays: Stays, month: Month, share: Ints) -> Sheet:
        people, world = self.world.people, self.world
        rng = generator(world.seed, f"{self.feed} sent", month)
        chi, noted = sent_chi(people, stays.person, rng)
        length = np.maximum(stays.end - stays.start, 1)
        days = np.where(stays.start == stays.end, 1, np.minimum(stays.end, month.end) - stays.start)
        stays_open = stays.end >= month.end
        columns = {
            "episode_id": number_text(stays.number, 12, self.letter),
            "chi_number": chi_text(chi),
            "admission_date": day_text(stays.start),
            "discharge_date": day_text(np.where(stays_open, NEVER, stays.end)),
            "inpatient_day_case": pooled(texts([PatientKind.INPATIENT, PatientKind.DAY_CASE]), stays.day_case),
            "admission_type_code": pooled(self.admissions, stays.admission),
            "specialty_code": pooled(self.specialties, stays.specialty),
            "location_code": pooled(self.hospitals, stays.hospital),
            "significant_facility_code": pooled(texts(["11", "1E"]), stays.long_stay),
            "stay_id": number_text(stays.journey, 12, "S"),
            "geriatric_long_stay": pooled(texts([LongStay.NO, LongStay.YES]), stays.long_stay),
            "main_diagnosis": pooled(self.diagnoses, stays.diagnosis),
            "postcode": pooled(world.postcodes, people.postcode[stays.person]),
            "total_cost": money_text(split_by_share(stays.pence, days, length)),
        }
        if not self.by_cost_month:
            return Sheet(NHS, self.feed, month.period, columns, noted)
        columns["total_cost"] = money_text(share)
        columns["cost_month"] = same(f"{month.financial_year} {(month.number - FIRST_MONTH) % 12 + 1}", len(share))
        whole = [("", "cost_months", "none", "an episode costs what the rows of its cost months sum to")]
        return Sheet(NHS, self.feed, month.period, columns, noted, whole)


def stays_of(
    person: Ints, start: Ints, end: Ints, pence: Ints, admission: Ints, specialty: Ints, hospital: Ints, diagnosis: Ints
) -> Stays:
    """Inpatients who leave when they are ready; each a journey of its own."""
    n = len(person)
    zero = np.zeros(n, np.int64)
    return Stays(
        zero, 1 + np.arange(n), person, start, end, admission, specialty, hospital, diagnosis, zero.copy(), zero.copy(),
        pence, np.full(n, NEVER),
    )  # fmt: skip


def daily_pence(rng: np.random.Generator, mean_pence: int, count: int) -> Ints:
    """What a day of each stay costs: whole pence, so that the months of a stay are whole pence too."""
    pence: Ints = np.rint(mean_pence * rng.lognormal(-0.02, 0.2, count)).astype(np.int64)
    return pence


def numbered(stays: Stays, month: Month) -> Stays:
    """With numbers for episodes and journeys that no other month has, in the order of their first days."""
    base = (month.year * 100 + month.number) * 10**6
    numbered = replace(stays, number=base + 1 + np.arange(len(stays.number)), journey=base + stays.journey)
    return numbered.where(np.argsort(numbered.start, kind="stable"))


def while_alive(stays: Stays, people: People) -> Stays:
    """Nobody comes after death, nor leaves after it; the cost is that of the days before it."""
    stays = stays.where(people.died[stays.person] > stays.start)
    end = np.minimum(stays.end, people.died[stays.person])
    days = np.maximum(stays.end - stays.start, 1)
    return replace(stays, end=end, pence=split_by_share(stays.pence, np.maximum(end - stays.start, 1), days))
