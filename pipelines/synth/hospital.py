"""Stays in hospital: acute, maternity, mental health, and the days of patients who wait to leave.

Belongs here: clean records of each month and their true cost. Does not belong here: defects (`mess.py`), other NHS
activity (`activity.py`). A stay's cost falls evenly on its days; the record carries the cost up to the end of the file's month.
"""

from abc import ABC, abstractmethod
from collections.abc import Iterator
from dataclasses import dataclass, fields, replace

import numpy as np
import pyarrow as pa

from pipelines.synth.activity import HOSPITALS, NO_COST, Batch, World, by_age, by_service, nearest_hospital, sent_chi
from pipelines.synth.draws import (
    FIRST_MONTH,
    NEVER,
    Flags,
    Ints,
    Month,
    generator,
    overlap,
    pick,
    pick_distinct,
    split_by_share,
)
from pipelines.synth.geography import COUNCILS
from pipelines.synth.people import FEMALE, People
from pipelines.synth.reference import NHS, SERVICE
from pipelines.synth.sheet import Sheet, chi_text, day_text, money_text, number_text, pooled, same, texts
from schemas.feeds.codes import LongStay, PatientKind

TAYSIDE = sum(council.people for council in COUNCILS)
"""How many people the yearly figures below are for."""
_BIRTHS = 3_700
_ANTENATAL_STAYS = 1.0
"""In hospital before the birth, for each woman."""
_DELIVERY_DAY_PENCE, _ANTENATAL_DAY_PENCE = 1_480_00, 760_00
_WEEKS_BEFORE_BIRTH = 21
_FERTILE_AGES, _FERTILITY = [15, 20, 31, 37, 43], [0.0, 0.45, 1.0, 0.6, 0.0]
"""In the first month; the birth may be some years later."""
_BIRTHS_BY_FIFTH = np.array([0.0, 1.25, 1.1, 1.0, 0.92, 0.85])
_PSYCHIATRIC_DAY_PENCE = 430_00
_FEWEST_DAYS_WITH_DELAY = 6
_DELAY_CHANCES = np.array([0.016, 0.2, 0.32, 0.48])
_DELAY_AGES = np.array([65, 75, 85])
_USUAL_DAYS_WITH_DELAY = 14
_DELAY_REASONS = texts(["11A", "24C", "25D", "41", "51"])


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
        every = joined([self.open, self.admitted(month)])
        so_far = np.concatenate([self.so_far, np.zeros(len(every.number) - len(self.so_far), np.int64)])
        begun = every.start < month.end
        stays = every.where(begun)
        share = self._share(stays, month)
        so_far[begun] += share
        service = self.service(stays)
        costs = by_service(service, share, month)
        yield Batch(self._sheet(stays, month, share), stays.person, service, so_far[begun], self._final(stays, month), costs)
        yield from self._also(stays, month)
        waiting = ~begun | (every.end >= month.end)
        self.open, self.so_far = every.where(waiting), so_far[waiting]

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
        stays = _numbered(_while_alive(stays, self.world.people), month)
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
        return _stays(
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
        return _numbered(self.every.where((self.every.start >= month.start) & (self.every.start < month.end)), month)

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
        return _while_alive(replace(stays, journey=1 + np.arange(len(stays.journey))), people)

    def _kind(self, rng: np.random.Generator, people: People, woman: Ints, start: Ints, days: Ints, day_pence: int) -> Stays:
        n = len(woman)
        pence = _daily(rng, day_pence, n) * np.maximum(days, 1)
        return _stays(
            woman, start, start + days, pence, np.zeros(n, np.int64), pick(rng, np.array([0.8, 0.2]), n),
            nearest_hospital(rng, people, woman), rng.integers(0, len(self.diagnoses), n),
        )  # fmt: skip


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
        pence = _daily(rng, _PSYCHIATRIC_DAY_PENCE, n) * np.maximum(days, 1)
        stays = _stays(
            person, start, start + days, pence, rng.integers(0, len(self.admissions), n), specialty,
            nearest_hospital(rng, people, person), rng.integers(0, len(self.diagnoses), n),
        )  # fmt: skip
        return _numbered(_while_alive(stays, people), month)


def _stays(
    person: Ints, start: Ints, end: Ints, pence: Ints, admission: Ints, specialty: Ints, hospital: Ints, diagnosis: Ints
) -> Stays:
    """Inpatients who leave when they are ready; each a journey of its own."""
    n = len(person)
    zero = np.zeros(n, np.int64)
    return Stays(
        zero, 1 + np.arange(n), person, start, end, admission, specialty, hospital, diagnosis, zero.copy(), zero.copy(),
        pence, np.full(n, NEVER),
    )  # fmt: skip


def _daily(rng: np.random.Generator, mean_pence: int, count: int) -> Ints:
    """What a day of each stay costs: whole pence, so that the months of a stay are whole pence too."""
    pence: Ints = np.rint(mean_pence * rng.lognormal(-0.02, 0.2, count)).astype(np.int64)
    return pence


def _numbered(stays: Stays, month: Month) -> Stays:
    """With numbers for episodes and journeys that no other month has, in the order of their first days."""
    base = (month.year * 100 + month.number) * 10**6
    numbered = replace(stays, number=base + 1 + np.arange(len(stays.number)), journey=base + stays.journey)
    return numbered.where(np.argsort(numbered.start, kind="stable"))


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


def _while_alive(stays: Stays, people: People) -> Stays:
    """Nobody comes after death, nor leaves after it; the cost is that of the days before it."""
    stays = stays.where(people.died[stays.person] > stays.start)
    end = np.minimum(stays.end, people.died[stays.person])
    days = np.maximum(stays.end - stays.start, 1)
    return replace(stays, end=end, pence=split_by_share(stays.pence, np.maximum(end - stays.start, 1), days))
