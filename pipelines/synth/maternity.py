"""Maternity: births, and stays in the months before them.

Belongs here: who gives birth, when, and how long she stays. Does not belong here: the file and its cost (`hospital.py`).
"""

from dataclasses import replace

import numpy as np

from pipelines.synth.activity import World, nearest_hospital
from pipelines.synth.draws import Ints, Month, generator, pick, pick_distinct
from pipelines.synth.hospital import TAYSIDE, HospitalFeed, Stays, daily_pence, joined, numbered, stays_of, while_alive
from pipelines.synth.people import FEMALE, People
from pipelines.synth.reference import SERVICE
from pipelines.synth.sheet import texts

_BIRTHS = 3_700
_ANTENATAL_STAYS = 1.0
"""In hospital before the birth, for each woman."""
_DELIVERY_DAY_PENCE, _ANTENATAL_DAY_PENCE = 1_480_00, 760_00
_WEEKS_BEFORE_BIRTH = 21
_FERTILE_AGES, _FERTILITY = [15, 20, 31, 37, 43], [0.0, 0.45, 1.0, 0.6, 0.0]
"""In the first month; the birth may be some years later."""
_BIRTHS_BY_FIFTH = np.array([0.0, 1.25, 1.1, 1.0, 0.92, 0.85])


class Maternity(HospitalFeed):
    """Births, and stays in the months before them. A woman has one birth at most; every month has a birth."""

    feed, letter, months_back = "maternity", "M", 1
    hospitals = texts(["T101H", "T202H", "T304H"])
    specialties = texts(["F3", "T2", "F31"])
    diagnoses = texts(["O800", "O820", "O480", "Z348", "O240"])
    admissions = texts(["42"])

    def __init__(self, world: World) -> None:
        """Draw every birth from a month before the world to some months after it."""
        self.every = self._pregnancies(world)
        super().__init__(world)

    def service(self, stays: Stays) -> Ints:
        """All of them maternity."""
        return np.full(len(stays.number), SERVICE["maternity"])

    def admitted(self, month: Month) -> Stays:
        """The stays that begin in the month."""
        return numbered(self.every.where((self.every.start >= month.start) & (self.every.start < month.end)), month)

    def _pregnancies(self, world: World) -> Stays:
        people, rng = world.people, generator(world.seed, "maternity")
        first = world.months[0].plus(-1).start
        last = world.horizon[-1].end + 7 * _WEEKS_BEFORE_BIRTH
        chance = np.interp(people.age(first), _FERTILE_AGES, _FERTILITY) * (people.sex == FEMALE)
        births = int(rng.poisson(_BIRTHS * people.count / TAYSIDE * (last - first) / 365.25))
        woman = pick_distinct(rng, chance * _BIRTHS_BY_FIFTH[people.quintile], max(births, len(world.horizon)))
        born = rng.integers(first, last, len(woman))
        in_month = (
            np.array([month.start for month in world.horizon][: len(woman)])
            + rng.integers(0, 28, len(world.horizon))[: len(woman)]
        )
        born[rng.permutation(len(woman))[: len(in_month)]] = in_month
        days = np.where(rng.random(len(woman)) < 0.06, 0, 1 + rng.poisson(1.2, len(woman)))
        before = np.repeat(np.arange(len(woman)), rng.poisson(_ANTENATAL_STAYS, len(woman)))
        came = born[before] - rng.integers(7, 7 * _WEEKS_BEFORE_BIRTH, len(before))
        stayed = np.where(rng.random(len(before)) < 0.55, 0, 1 + rng.poisson(0.8, len(before)))
        antenatal = self._kind(rng, people, woman[before], came, stayed, _ANTENATAL_DAY_PENCE)
        antenatal.day_case[:] = stayed == 0
        antenatal.specialty[:] = 2
        stays = joined([self._kind(rng, people, woman, born, days, _DELIVERY_DAY_PENCE), antenatal])
        return while_alive(replace(stays, journey=1 + np.arange(len(stays.journey))), people)

    def _kind(self, rng: np.random.Generator, people: People, woman: Ints, start: Ints, days: Ints, day_pence: int) -> Stays:
        n = len(woman)
        pence = daily_pence(rng, day_pence, n) * np.maximum(days, 1)
        return stays_of(
            woman, start, start + days, pence, np.zeros(n, np.int64), pick(rng, np.array([0.8, 0.2]), n),
            nearest_hospital(rng, people, woman), rng.integers(0, len(self.diagnoses), n),
        )  # fmt: skip
