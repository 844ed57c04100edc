"""What the health board does: the register, hospital stays, outpatients, emergencies, prescriptions.

Belongs here: clean records of each month and their true cost. Does not belong here: defects (`mess.py`), councils.
A stay's cost falls evenly on its days; the record carries the cost up to the end of the file's month.
"""

from dataclasses import dataclass, fields, replace

import numpy as np
import pyarrow as pa

from pipelines.synth.draws import (
    NEVER,
    Flags,
    Floats,
    Ints,
    Month,
    generator,
    overlap,
    pick,
    split_by_share,
)
from pipelines.synth.geography import Geography, practice_text
from pipelines.synth.people import FORENAME_POOL, SURNAME_POOL, People
from pipelines.synth.reference import NHS, OUTPATIENT_SPECIALTIES, SERVICE, emergency_pence, outpatient_pence
from pipelines.synth.sheet import (
    Sheet,
    chi_text,
    day_text,
    moment_text,
    money_text,
    number_text,
    pooled,
    same,
    texts,
)

NO_COST = -(10**15)
"""The true cost of a record that only counts activity."""
_HOSPITALS = texts(["T101H", "T202H", "T312H"])
_DEPARTMENTS = ("T101H", "T202H")
_INPATIENT = ("A1", "AB", "C8", "C1", "A2", "A8", "C7", "F2")
_DIAGNOSES = texts(["I219", "J189", "J440", "S720", "N390", "I500", "K802", "C349", "R074", "E119", "I639", "M169"])
_ADMISSIONS = ("10", "11", "18", "20", "30", "35", "36", "40")
_MONTHS_BACK = 12
_AGES = np.array([0, 5, 18, 45, 65, 75, 85, 130])
_PREVIOUS_CHI_SHARE = 0.4


@dataclass
class World:
    """What every part of the world knows. `months` are those that files are made for."""

    people: People
    geography: Geography
    months: list[Month]
    seed: int
    postcodes: pa.Array


@dataclass
class Batch:
    """A month's records of a feed, with their truth.

    person: index, or -1. pence: true cost of each record, NO_COST where it has none. final: no later file has it again.
    costs: true pence by (service number, month). NO_COST records add nothing.
    """

    sheet: Sheet
    person: Ints
    service: Ints
    pence: Ints
    final: Flags
    costs: dict[tuple[int, Month], int]


def by_service(service: Ints, pence: Ints, month: Month) -> dict[tuple[int, Month], int]:
    """Pence by service, all in one month."""
    return {(int(s), month): int(pence[service == s].sum()) for s in np.unique(service)}


def _by_age(people: People, month: Month, rates: list[float]) -> Floats:
    """A yearly rate for each person alive, by age band."""
    band = np.clip(np.searchsorted(_AGES, people.age(month.start), side="right") - 1, 0, len(rates) - 1)
    rate: Floats = np.array(rates)[band] * people.alive(month.start)
    return rate


def sent_chi(people: People, person: Ints, rng: np.random.Generator) -> tuple[Ints, list[tuple[int, str, str, str]]]:
    """The CHI each record carries: now and then still the earlier one."""
    old = (people.previous_chi[person] > 0) & (rng.random(len(person)) < _PREVIOUS_CHI_SHARE)
    noted = [(int(i), "superseded_chi", "none", "the earlier CHI is followed to the current one") for i in np.flatnonzero(old)]
    return np.where(old, people.previous_chi[person], people.chi[person]), noted


def population_register(world: World, month: Month) -> Batch:
    """Everybody ever in the register, as known at the month's end."""
    people = world.people
    everyone = np.arange(people.count)
    columns = {
        "chi_number": chi_text(people.chi),
        "previous_chi_number": chi_text(people.previous_chi),
        "forename": pooled(FORENAME_POOL, people.forename),
        "surname": pooled(SURNAME_POOL, people.surname),
        "date_of_birth": day_text(people.born),
        "sex": number_text(people.sex),
        "postcode": pooled(world.postcodes, people.postcode),
        "gp_practice_code": practice_text(people.practice),
        "date_of_death": day_text(np.where(people.died < month.end, people.died, NEVER)),
    }
    nothing = np.full(people.count, NO_COST)
    sheet = Sheet(NHS, "population_register", month.period, columns)
    return Batch(sheet, everyone, nothing, nothing, np.zeros(people.count, bool), {})


@dataclass
class Stays:
    """Hospital episodes as parallel arrays. The cost is that of the whole stay, as it will turn out."""

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

    def where(self, wanted: Flags | Ints) -> "Stays":
        """Some of them."""
        return Stays(**{f.name: getattr(self, f.name)[wanted] for f in fields(self)})

    @property
    def service(self) -> Ints:
        """Service numbers, as the contract derives them."""
        kinds = [SERVICE[f"acute_{kind}"] for kind in ("elective",) * 3 + ("emergency",) * 4 + ("other",)]
        service = np.where(self.day_case > 0, SERVICE["acute_day_case"], np.array(kinds)[self.admission])
        return np.where(self.long_stay > 0, SERVICE["geriatric_long_stay"], service)


def joined(parts: list[Stays]) -> Stays:
    """All episodes of the parts, in order."""
    return Stays(**{f.name: np.concatenate([getattr(p, f.name) for p in parts]) for f in fields(Stays)})


class Acute:
    """Hospital stays. Each comes in the file of its admission month, and again in later ones until it has ended."""

    def __init__(self, world: World) -> None:
        """Admissions before the first month whose patients are still in hospital are carried into it."""
        self.world = world
        first = world.months[0]
        earlier = joined([self._admitted(first.plus(-back)) for back in range(_MONTHS_BACK, 0, -1)])
        self.open = earlier.where(earlier.end >= first.start)
        self.so_far = np.zeros(len(self.open.number), np.int64)

    def month(self, month: Month) -> Batch:
        """The month's file: admitted in it, or admitted earlier and still there when it began.

        The second episode of a journey may begin in a later month: until then it waits.
        """
        every = joined([self.open, self._admitted(month)])
        so_far = np.concatenate([self.so_far, np.zeros(len(every.number) - len(self.so_far), np.int64)])
        begun = every.start < month.end
        stays = every.where(begun)
        share = self._share(stays, month)
        so_far[begun] += share
        ended = stays.end < month.end
        final = ended | (month == self.world.months[-1])
        costs = by_service(stays.service, share, month)
        batch = Batch(self._sheet(stays, month), stays.person, stays.service, so_far[begun], final, costs)
        waiting = ~begun | (every.end >= month.end)
        self.open, self.so_far = every.where(waiting), so_far[waiting]
        return batch

    def _share(self, stays: Stays, month: Month) -> Ints:
        """What the stay costs in the month: a same-day stay costs in its own."""
        same_day = stays.start == stays.end
        days = np.where(same_day, 1, overlap(stays.start, stays.end, month))
        return split_by_share(stays.pence, days, np.maximum(stays.end - stays.start, 1))

    def _sheet(self, stays: Stays, month: Month) -> Sheet:
        people, world = self.world.people, self.world
        rng = generator(world.seed, "acute sent", month)
        chi, noted = sent_chi(people, stays.person, rng)
        length = np.maximum(stays.end - stays.start, 1)
        days = np.where(stays.start == stays.end, 1, np.minimum(stays.end, month.end) - stays.start)
        stays_open = stays.end >= month.end
        columns = {
            "episode_id": number_text(stays.number, 12, "E"),
            "chi_number": chi_text(chi),
            "admission_date": day_text(stays.start),
            "discharge_date": day_text(np.where(stays_open, NEVER, stays.end)),
            "inpatient_day_case": pooled(texts(["I", "D"]), stays.day_case),
            "admission_type_code": pooled(texts(_ADMISSIONS), stays.admission),
            "specialty_code": pooled(texts(_INPATIENT), stays.specialty),
            "location_code": pooled(_HOSPITALS, stays.hospital),
            "significant_facility_code": pooled(texts(["11", "1E"]), stays.long_stay),
            "stay_id": number_text(stays.journey, 12, "S"),
            "geriatric_long_stay": pooled(texts(["N", "Y"]), stays.long_stay),
            "main_diagnosis": pooled(_DIAGNOSES, stays.diagnosis),
            "postcode": pooled(world.postcodes, people.postcode[stays.person]),
            "total_cost": money_text(split_by_share(stays.pence, days, length)),
        }
        return Sheet(NHS, "acute", month.period, columns, noted)

    def _admitted(self, month: Month) -> Stays:
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
        alive = self.world.people.died[stays.person] > stays.start
        stays = _until_death(stays.where(alive), self.world.people)
        base = (month.year * 100 + month.number) * 10**6
        numbered = replace(stays, number=base + 1 + np.arange(len(stays.number)), journey=base + stays.journey)
        return numbered.where(np.argsort(numbered.start, kind="stable"))

    def _kind(
        self, rng: np.random.Generator, month: Month, rates: list[float], per_head: float,
        admissions: tuple[int, ...], mean_days: float, mean_pence: int,
    ) -> Stays:  # fmt: skip
        """Admissions of one kind: a twelfth of `per_head` of the people, spread over them by age, need and rate."""
        people = self.world.people
        weights = _by_age(people, month, rates) * people.need()
        person = pick(rng, weights, int(rng.poisson(per_head * people.count / 12)))
        n = len(person)
        start = rng.integers(month.start, month.end, n)
        days = np.floor(mean_days * 0.82 * rng.gamma(0.7, 1 / 0.7, n) + rng.random(n) * 1.6 * (mean_days > 0)).astype(np.int64)
        each = 0.35 + 0.65 * np.maximum(days, 0.6) / max(mean_days, 0.6)
        pence = np.rint(mean_pence * each * rng.lognormal(-0.04, 0.28, n)).astype(np.int64)
        zero = np.zeros(n, np.int64)
        return Stays(
            zero, 1 + np.arange(n), person, start, start + days,
            np.array(admissions)[rng.integers(0, len(admissions), n)], pick(rng, np.arange(len(_INPATIENT), 0, -1.0), n),
            _hospital(rng, people, person), rng.integers(0, len(_DIAGNOSES), n), zero.copy(), zero.copy(), pence,
        )  # fmt: skip


def _hospital(rng: np.random.Generator, people: People, person: Ints) -> Ints:
    """Mostly the nearest: Ninewells for Angus and Dundee, Perth for Perth and Kinross."""
    nearest = np.where(people.council[person] == 2, 1, 0)
    return np.where(rng.random(len(person)) < 0.16, rng.integers(0, len(_HOSPITALS), len(person)), nearest)


def _with_transfers(rng: np.random.Generator, stays: Stays) -> Stays:
    """Some stays of two days or more become two episodes of one journey; the second starts the day the first ends."""
    days = stays.end - stays.start
    moved = (days >= 2) & (rng.random(len(days)) < 0.56)
    first = 1 + np.floor(rng.random(len(days)) * (np.maximum(days, 2) - 1)).astype(np.int64)
    cut = np.where(moved, stays.start + first, stays.end)
    early = split_by_share(stays.pence, np.where(moved, first, 1), np.where(moved, days, 1))
    second = replace(
        stays, start=cut, pence=stays.pence - early, admission=np.full(len(days), 2),
        specialty=rng.integers(0, len(_INPATIENT), len(days)), hospital=rng.integers(0, len(_HOSPITALS), len(days)),
    )  # fmt: skip
    return joined([replace(stays, end=cut, pence=early), second.where(moved)])


def _until_death(stays: Stays, people: People) -> Stays:
    """Nobody leaves hospital after death; the cost is that of the days before it."""
    died = people.died[stays.person]
    end = np.minimum(stays.end, died)
    days = np.maximum(stays.end - stays.start, 1)
    return replace(stays, end=end, pence=split_by_share(stays.pence, np.maximum(end - stays.start, 1), days))


def outpatient(world: World, month: Month) -> Batch:
    """Appointments; the board is costed by rate, so the record has no cost."""
    rng = generator(world.seed, "outpatient", month)
    people = world.people
    weights = _by_age(people, month, [0.4, 0.35, 0.6, 0.85, 1.2, 1.4, 1.1]) * people.need() ** 0.6
    person, day = _events(rng, people, weights, month, 0.78)
    n = len(person)
    specialty = pick(rng, np.array([9, 6, 4, 7, 3, 8, 9, 6, 7, 5, 2.0]), n)
    status = pick(rng, np.array([0.915, 0.02, 0.065]), n)
    chi, noted = sent_chi(people, person, rng)
    columns = {
        "episode_id": _serial("O", month, n),
        "chi_number": chi_text(chi),
        "clinic_date": day_text(day),
        "specialty_code": pooled(texts(OUTPATIENT_SPECIALTIES), specialty),
        "location_code": pooled(_HOSPITALS, _hospital(rng, people, person)),
        "clinic_type": number_text(rng.integers(1, 4, n)),
        "referral_type": number_text(rng.integers(1, 4, n)),
        "attendance_status": pooled(texts(["1", "5", "8"]), status),
        "postcode": pooled(world.postcodes, people.postcode[person]),
        "total_cost": same("", n),
    }
    rates = np.array([outpatient_pence(s, month.financial_year) for s in OUTPATIENT_SPECIALTIES])
    service = np.where(status == 0, SERVICE["outpatient"], SERVICE["outpatient_dna"])
    pence = np.where(status == 0, rates[specialty], 0)
    attended = status == 0
    sheet = Sheet(NHS, "outpatient", month.period, columns, noted)
    costs = by_service(service[attended], pence[attended], month)
    return Batch(sheet, person, service, np.where(attended, pence, NO_COST), np.ones(n, bool), costs)


def emergency(world: World, month: Month) -> Batch:
    """Attendances at the two emergency departments, costed by rate."""
    rng = generator(world.seed, "emergency", month)
    people = world.people
    weights = _by_age(people, month, [0.3, 0.2, 0.18, 0.16, 0.2, 0.3, 0.45]) * people.need()
    person, day = _events(rng, people, weights, month, 0.185)
    n = len(person)
    arrival = day * 1440 + rng.integers(0, 1440, n)
    where = np.where(rng.random(n) < 0.06, rng.integers(0, 2, n), people.council[person] == 2).astype(np.int64)
    chi, noted = sent_chi(people, person, rng)
    columns = {
        "attendance_id": _serial("A", month, n),
        "chi_number": chi_text(chi),
        "arrival_datetime": moment_text(arrival),
        "departure_datetime": moment_text(arrival + 20 + rng.gamma(2.0, 80.0, n).astype(np.int64)),
        "location_code": pooled(texts(_DEPARTMENTS), where),
        "attendance_category": pooled(texts(["01", "02", "03"]), pick(rng, np.array([0.9, 0.06, 0.04]), n)),
        "discharge_destination": pooled(texts(["00", "01", "04"]), pick(rng, np.array([0.66, 0.08, 0.26]), n)),
        "postcode": pooled(world.postcodes, people.postcode[person]),
        "total_cost": same("", n),
    }
    service = np.full(n, SERVICE["emergency"])
    pence = np.array([emergency_pence(d, month.financial_year) for d in _DEPARTMENTS])[where]
    sheet = Sheet(NHS, "emergency", month.period, columns, noted)
    return Batch(sheet, person, service, pence, np.ones(n, bool), by_service(service, pence, month))


def prescribing(world: World, month: Month) -> Batch:
    """One record for each person, practice and month with paid items."""
    rng = generator(world.seed, "prescribing", month)
    people = world.people
    chance = _by_age(people, month, [0.18, 0.16, 0.3, 0.5, 0.74, 0.88, 0.94]) * np.clip(people.need(), 0.5, 1.3)
    person = np.flatnonzero(rng.random(people.count) < chance)
    n = len(person)
    old = np.clip((people.age(month.start)[person] - 30) / 50, 0, 1.2)
    items = 1 + rng.poisson(0.8 + 4.2 * old * np.clip(people.frailty[person], 0.4, 2.5))
    pence = np.maximum(np.rint(items * rng.lognormal(6.55, 0.95, n)).astype(np.int64), 35)
    chi, noted = sent_chi(people, person, rng)
    columns = {
        "chi_number": chi_text(chi),
        "paid_month": same(month.first_day, n),
        "gp_practice_code": practice_text(people.practice[person]),
        "paid_items": number_text(items),
        "gross_ingredient_cost": money_text(pence),
        "date_of_birth": day_text(people.born[person]),
        "postcode": pooled(world.postcodes, people.postcode[person]),
    }
    service = np.full(n, SERVICE["prescribing"])
    sheet = Sheet(NHS, "prescribing", month.period, columns, noted)
    return Batch(sheet, person, service, pence, np.ones(n, bool), by_service(service, pence, month))


def _events(rng: np.random.Generator, people: People, weights: Floats, month: Month, per_head: float) -> tuple[Ints, Ints]:
    """People and days of single events, in the order they happened; none after death."""
    person = pick(rng, weights, int(rng.poisson(per_head * people.count / 12)))
    day = np.sort(rng.integers(month.start, month.end, len(person)))
    living = people.died[person] >= day
    return person[living], day[living]


def _serial(letter: str, month: Month, count: int) -> pa.Array:
    return number_text((month.year * 100 + month.number) * 10**6 + 1 + np.arange(count), 12, letter)
