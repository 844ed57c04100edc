"""Psychiatric hospitals: stays of weeks, and a few of a year or more.

Belongs here: who is admitted and for how long. Does not belong here: the file and its cost (`hospital.py`), the teams that see
people at home (`community.py`).
"""

import numpy as np

from pipelines.synth.activity import by_age, nearest_hospital
from pipelines.synth.draws import Ints, Month, generator, pick
from pipelines.synth.hospital import TAYSIDE, HospitalFeed, Stays, daily_pence, numbered, stays_of, while_alive
from pipelines.synth.reference import SERVICE
from pipelines.synth.sheet import texts

_PSYCHIATRIC_DAY_PENCE = 430_00


class MentalHealth(HospitalFeed):
    """Stays of weeks, and a few of a year or more; many more from deprived areas."""

    feed, letter, months_back = "mental_health", "P", 48
    hospitals = texts(["T317H", "T215H", "T312H"])
    specialties = texts(["G1", "G4", "G2", "G3"])
    diagnoses = texts(["F200", "F322", "F319", "F603", "F102", "F03X", "G309"])
    admissions = texts(["10", "11", "30", "36"])

    def service(self, stays: Stays) -> Ints:
        """All of them mental-health inpatients."""
        return np.full(len(stays.number), SERVICE["mental_health_inpatient"])

    def admitted(self, month: Month) -> Stays:
        """Short stays and long ones. The smallest world has one a month, so that there is a file."""
        people, rng = self.world.people, generator(self.world.seed, "mental_health", month)
        weights = by_age(people, month, [0, 0.1, 1.0, 0.9, 0.6, 0.8, 0.9]) * np.minimum(people.need() ** 1.5, 20)
        short = pick(rng, weights, max(1, int(rng.poisson(2_000 * people.count / TAYSIDE / 12))))
        long = pick(rng, weights, int(rng.poisson(110 * people.count / TAYSIDE / 12)))
        days = np.concatenate([rng.gamma(0.8, 26 / 0.8, len(short)), 60 + rng.exponential(300, len(long))]).astype(np.int64)
        person = np.concatenate([short, long])
        n = len(person)
        start = rng.integers(month.start, month.end, n)
        age = people.age(month.start)[person]
        specialty = np.where(age >= 65, 1, np.where(age < 18, 2, np.where(rng.random(n) < 0.06, 3, 0)))
        pence = daily_pence(rng, _PSYCHIATRIC_DAY_PENCE, n) * np.maximum(days, 1)
        stays = stays_of(
            person, start, start + days, pence, rng.integers(0, len(self.admissions), n), specialty,
            nearest_hospital(rng, people, person), rng.integers(0, len(self.diagnoses), n),
        )  # fmt: skip
        return numbered(while_alive(stays, people), month)
