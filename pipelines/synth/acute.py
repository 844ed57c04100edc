"""Acute hospitals: inpatients, day cases, long stays, and the days of patients who wait to leave.

Belongs here: who is admitted and for how long. Does not belong here: the file and its cost (`hospital.py`).
"""

from collections.abc import Iterator
from dataclasses import replace

import numpy as np

from pipelines.synth.activity import HOSPITALS, NO_COST, Batch, by_age, nearest_hospital, sent_chi
from pipelines.synth.draws import NEVER, Ints, Month, generator, pick, split_by_share
from pipelines.synth.hospital import HospitalFeed, Stays, joined, numbered, stays_of, while_alive
from pipelines.synth.reference import NHS, SERVICE
from pipelines.synth.sheet import Sheet, chi_text, day_text, number_text, pooled, texts

_FEWEST_DAYS_WITH_DELAY = 6
_DELAY_CHANCES = np.array([0.016, 0.2, 0.32, 0.48])
_DELAY_AGES = np.array([65, 75, 85])
_USUAL_DAYS_WITH_DELAY = 14
_DELAY_REASONS = texts(["11A", "24C", "25D", "41", "51"])


class Acute(HospitalFeed):
    """Inpatients and day cases, and those of them who wait to leave."""

    feed, letter, months_back = "acute", "E", 12
    hospitals = HOSPITALS
    specialties = texts(["A1", "AB", "C8", "C1", "A2", "A8", "C7", "F2"])
    diagnoses = texts(["I219", "J189", "J440", "S720", "N390", "I500", "K802", "C349", "R074", "E119", "I639", "M169"])
    admissions = texts(["10", "11", "18", "20", "30", "35", "36", "40"])

    def service(self, stays: Stays) -> Ints:
        """Elective, emergency or other by admission type; day cases and geriatric long stays before that."""
        kinds = [SERVICE[f"acute_{kind}"] for kind in ("elective",) * 3 + ("emergency",) * 4 + ("other",)]
        service = np.where(stays.day_case > 0, SERVICE["acute_day_case"], np.array(kinds)[stays.admission])
        return np.where(stays.long_stay > 0, SERVICE["geriatric_long_stay"], service)

    def admitted(self, month: Month) -> Stays:
        """Emergency and planned stays (half of the longer ones change hospital or ward), day cases, long stays."""
        rng = generator(self.world.seed, "acute", month)
        parts = [
            self._kind(rng, month, [0.055, 0.03, 0.045, 0.075, 0.15, 0.27, 0.45], 0.108, (4, 5, 6), 5.6, 3_950_00),
            self._kind(rng, month, [0.01, 0.01, 0.02, 0.03, 0.05, 0.055, 0.03], 0.022, (0, 1), 3.4, 4_350_00),
            self._kind(rng, month, [0.02, 0.001, 0.001, 0.001, 0.001, 0.002, 0.002], 0.0022, (7,), 2.6, 2_700_00),
            self._kind(rng, month, [0.01, 0.01, 0.025, 0.04, 0.07, 0.06, 0.03], 0.035, (0, 1), 0.0, 930_00),
            self._kind(rng, month, [0, 0, 0, 0, 0.00005, 0.0006, 0.0022], 0.00022, (3, 4), 150.0, 0),
        ]
        for kind, part in enumerate(parts):
            part.journey[:] += kind * 100_000
        parts[3].day_case[:] = 1
        parts[4].long_stay[:] = 1
        parts[4].specialty[:] = 1
        parts[4].pence[:] = 512_00 * np.maximum(parts[4].end - parts[4].start, 1)
        stays = joined([_with_transfers(rng, parts[0]), _with_transfers(rng, parts[1]), *parts[2:]])
        stays = numbered(while_alive(stays, self.world.people), month)
        return replace(stays, ready=self._ready(stays, month))

    def _kind(
        self, rng: np.random.Generator, month: Month, rates: list[float], per_head: float,
        admissions: tuple[int, ...], mean_days: float, mean_pence: int,
    ) -> Stays:  # fmt: skip
        """Admissions of one kind: a twelfth of `per_head` of the people, spread over them by age, need and rate."""
        people = self.world.people
        weights = by_age(people, month, rates) * people.need()
        person = pick(rng, weights, int(rng.poisson(per_head * people.count / 12)))
        n = len(person)
        start = rng.integers(month.start, month.end, n)
        days = np.floor(mean_days * 0.82 * rng.gamma(0.7, 1 / 0.7, n) + rng.random(n) * 1.6 * (mean_days > 0)).astype(np.int64)
        each = 0.35 + 0.65 * np.maximum(days, 0.6) / max(mean_days, 0.6)
        pence = np.rint(mean_pence * each * rng.lognormal(-0.04, 0.28, n)).astype(np.int64)
        return stays_of(
            person, start, start + days, pence, np.array(admissions)[rng.integers(0, len(admissions), n)],
            pick(rng, np.arange(len(self.specialties), 0, -1.0), n), nearest_hospital(rng, people, person),
            rng.integers(0, len(self.diagnoses), n),
        )  # fmt: skip

    def _ready(self, stays: Stays, month: Month) -> Ints:
        """Older people at the end of a longer journey wait for days or weeks until they can leave, the longer the likelier."""
        rng = generator(self.world.seed, "delayed_discharge", month)
        age = self.world.people.age(month.start)[stays.person]
        days = stays.end - stays.start
        chance = _DELAY_CHANCES[np.searchsorted(_DELAY_AGES, age, side="right")] * days / _USUAL_DAYS_WITH_DELAY
        at_the_end = np.zeros(len(days), bool)
        _, from_behind = np.unique(stays.journey[::-1], return_index=True)
        at_the_end[len(days) - 1 - from_behind] = True
        waits = at_the_end & (stays.day_case == 0) & (days >= _FEWEST_DAYS_WITH_DELAY) & (rng.random(len(days)) < chance)
        waited = 1 + np.floor(days * rng.uniform(0.1, 0.8, len(days))).astype(np.int64)
        return np.where(waits, stays.end - waited, NEVER)

    def _also(self, stays: Stays, month: Month) -> Iterator[Batch]:
        """Everybody who waited to leave on a day of the month, or left on its first."""
        delayed = stays.where((stays.ready < month.end) & (stays.end >= month.start))
        rng = generator(self.world.seed, "delayed_discharge sent", month)
        chi, noted = sent_chi(self.world.people, delayed.person, rng)
        columns = {
            "delay_id": number_text(delayed.number, 12, "D"),
            "chi_number": chi_text(chi),
            "ready_for_discharge_date": day_text(delayed.ready),
            "delay_end_date": day_text(np.where(delayed.end >= month.end, NEVER, delayed.end)),
            "reason_code": pooled(_DELAY_REASONS, delayed.number % len(_DELAY_REASONS)),
        }
        sheet = Sheet(NHS, "delayed_discharge", month.period, columns, noted)
        count = len(delayed.number)
        service, no_cost = np.full(count, SERVICE["delayed_discharge"]), np.full(count, NO_COST)
        yield Batch(sheet, delayed.person, service, no_cost, self._final(delayed, month), {})


def _with_transfers(rng: np.random.Generator, stays: Stays) -> Stays:
    """Some stays of two days or more become two episodes of one journey; the second starts the day the first ends."""
    days = stays.end - stays.start
    moved = (days >= 2) & (rng.random(len(days)) < 0.56)
    first = 1 + np.floor(rng.random(len(days)) * (np.maximum(days, 2) - 1)).astype(np.int64)
    cut = np.where(moved, stays.start + first, stays.end)
    early = split_by_share(stays.pence, np.where(moved, first, 1), np.where(moved, days, 1))
    second = replace(
        stays, start=cut, pence=stays.pence - early, admission=np.full(len(days), 2),
        specialty=rng.integers(0, len(Acute.specialties), len(days)), hospital=rng.integers(0, len(HOSPITALS), len(days)),
    )  # fmt: skip
    return joined([replace(stays, end=cut, pence=early), second.where(moved)])
