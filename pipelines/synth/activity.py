"""What the health board does besides hospital stays: the register, deaths, outpatients, emergencies, prescriptions.

Belongs here: clean records of each month and their true cost. Does not belong here: stays (`hospital.py`), contacts in the
community (`community.py`), defects (`mess.py`), councils.
"""

from dataclasses import dataclass, field, replace

import numpy as np
import pyarrow as pa

from pipelines.synth.draws import HORIZON_MONTHS, NEVER, Flags, Floats, Ints, Month, generator, pick
from pipelines.synth.effect import Effect
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
    serial_text,
    texts,
)
from schemas.feeds.codes import Attendance

NO_COST = -(10**15)
"""The true cost of a record that only counts activity."""
HOSPITALS = texts(["T101H", "T202H", "T312H"])
_DEPARTMENTS = ("T101H", "T202H")
_AGES = np.array([0, 5, 18, 45, 65, 75, 85, 130])
_PREVIOUS_CHI_SHARE = 0.4


@dataclass
class World:
    """What every part of the world knows. `months` are those that files are made for. effect: what a test of change does."""

    people: People
    geography: Geography
    months: list[Month]
    seed: int
    postcodes: pa.Array
    effect: Effect = field(default_factory=Effect)

    @property
    def horizon(self) -> list[Month]:
        """The months that lives are drawn for."""
        return horizon_of(self.months)


def horizon_of(months: list[Month]) -> list[Month]:
    """The months that lives are drawn for: the same ones from one first month on, so that a longer world begins as a shorter."""
    return [months[0].plus(n) for n in range(max(HORIZON_MONTHS, len(months)))]


@dataclass
class Batch:
    """A month's records of a feed, with their truth.

    person: index, or -1. pence: true cost of each record, NO_COST where it has none. final: no later file has it again.
    shares: what each record truly costs in a month, in pence; none where something else says the cost.
    """

    sheet: Sheet
    person: Ints
    service: Ints
    pence: Ints
    final: Flags
    shares: dict[Month, Ints]

    @property
    def costs(self) -> dict[tuple[int, Month], int]:
        """True pence by service number and month."""
        services = np.unique(self.service)
        return {(int(s), m): int(pence[self.service == s].sum()) for m, pence in self.shares.items() for s in services}

    def take(self, rows: Ints) -> "Batch":
        """Some of the records, in the order of their row numbers here."""
        columns = {name: column.take(pa.array(rows)) for name, column in self.sheet.columns.items()}
        noted = [(new, *note[1:]) for new, old in enumerate(rows.tolist()) for note in self.sheet.noted if note[0] == old]
        return Batch(
            replace(self.sheet, columns=columns, noted=noted), self.person[rows], self.service[rows], self.pence[rows],
            self.final[rows], {month: pence[rows] for month, pence in self.shares.items()},
        )  # fmt: skip


def by_age(people: People, month: Month, rates: list[float]) -> Floats:
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


def nearest_hospital(rng: np.random.Generator, people: People, person: Ints) -> Ints:
    """Of three hospitals mostly the nearest: the first for Angus and Dundee, the second for Perth and Kinross."""
    nearest = np.where(people.council[person] == 2, 1, 0)
    return np.where(rng.random(len(person)) < 0.16, rng.integers(0, 3, len(person)), nearest)


def deaths(world: World, month: Month) -> Batch:
    """Who died in the month, and where."""
    rng = generator(world.seed, "deaths", month)
    people = world.people
    person = np.flatnonzero((people.died >= month.start) & (people.died < month.end))
    person = person[np.argsort(people.died[person], kind="stable")]
    chi, noted = sent_chi(people, person, rng)
    columns = {
        "chi_number": chi_text(chi),
        "date_of_death": day_text(people.died[person]),
        "place_of_death": pooled(texts(["hospital", "care home", "home"]), pick(rng, np.array([0.5, 0.22, 0.28]), len(person))),
    }
    nothing = np.full(len(person), NO_COST)
    sheet = Sheet(NHS, "deaths", month.period, columns, noted)
    return Batch(sheet, person, nothing, nothing, np.zeros(len(person), bool), {})


def outpatient(world: World, month: Month) -> Batch:
    """Appointments; the board is costed by rate, so the record has no cost."""
    rng = generator(world.seed, "outpatient", month)
    people = world.people
    weights = by_age(people, month, [0.4, 0.35, 0.6, 0.85, 1.2, 1.4, 1.1]) * people.need() ** 0.6
    person, day = events(rng, people, weights, month, 0.78)
    n = len(person)
    specialty = pick(rng, np.array([9, 6, 4, 7, 3, 8, 9, 6, 7, 5, 2.0]), n)
    status = pick(rng, np.array([0.915, 0.02, 0.065]), n)
    chi, noted = sent_chi(people, person, rng)
    columns = {
        "episode_id": serial_text("O", month, n),
        "chi_number": chi_text(chi),
        "clinic_date": day_text(day),
        "specialty_code": pooled(texts(OUTPATIENT_SPECIALTIES), specialty),
        "location_code": pooled(HOSPITALS, nearest_hospital(rng, people, person)),
        "clinic_type": number_text(rng.integers(1, 4, n)),
        "referral_type": number_text(rng.integers(1, 4, n)),
        "attendance_status": pooled(texts([*Attendance]), status),
        "postcode": pooled(world.postcodes, people.postcode[person]),
        "total_cost": same("", n),
    }
    rates = np.array([outpatient_pence(s, month.financial_year) for s in OUTPATIENT_SPECIALTIES])
    service = np.where(status == 0, SERVICE["outpatient"], SERVICE["outpatient_dna"])
    pence = np.where(status == 0, rates[specialty], 0)
    attended = status == 0
    sheet = Sheet(NHS, "outpatient", month.period, columns, noted)
    return Batch(sheet, person, service, np.where(attended, pence, NO_COST), np.ones(n, bool), {month: pence})


def emergency(world: World, month: Month) -> Batch:
    """Attendances at the two emergency departments, costed by rate."""
    rng = generator(world.seed, "emergency", month)
    people = world.people
    weights = by_age(people, month, [0.3, 0.2, 0.18, 0.16, 0.2, 0.3, 0.45]) * people.need()
    person, day = events(rng, people, weights, month, 0.185)
    n = len(person)
    arrival = day * 1440 + rng.integers(0, 1440, n)
    where = np.where(rng.random(n) < 0.06, rng.integers(0, 2, n), people.council[person] == 2).astype(np.int64)
    chi, noted = sent_chi(people, person, rng)
    columns = {
        "attendance_id": serial_text("A", month, n),
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
    return Batch(sheet, person, service, pence, np.ones(n, bool), {month: pence})


def prescribing(world: World, month: Month) -> Batch:
    """One record for each person, practice and month with paid items."""
    rng = generator(world.seed, "prescribing", month)
    people = world.people
    chance = by_age(people, month, [0.18, 0.16, 0.3, 0.5, 0.74, 0.88, 0.94]) * np.clip(people.need(), 0.5, 1.3)
    person = np.flatnonzero(rng.random(people.count) < chance)
    n = len(person)
    old = np.clip((people.age(month.start)[person] - 30) / 50, 0, 1.2)
    items = 1 + rng.poisson(0.8 + 4.2 * old * np.clip(people.frailty[person], 0.4, 2.5))
    pence = np.maximum(np.rint(items * rng.lognormal(6.55, 0.95, n)).astype(np.int64), 35)
    chi, noted = sent_chi(people, person, rng)
    service = np.full(n, SERVICE["prescribing"])
    share = world.effect.share(person, service, month.end - 1)
    items, pence = np.maximum(world.effect.changed(items, share), 1), world.effect.changed(pence, share)
    columns = {
        "chi_number": chi_text(chi),
        "paid_month": same(month.first_day, n),
        "gp_practice_code": practice_text(people.practice[person]),
        "paid_items": number_text(items),
        "gross_ingredient_cost": money_text(pence),
        "date_of_birth": day_text(people.born[person]),
        "postcode": pooled(world.postcodes, people.postcode[person]),
    }
    sheet = Sheet(NHS, "prescribing", month.period, columns, noted)
    return Batch(sheet, person, service, pence, np.ones(n, bool), {month: pence})


def events(rng: np.random.Generator, people: People, weights: Floats, month: Month, per_head: float) -> tuple[Ints, Ints]:
    """People and days of single events, in the order they happened; none after death."""
    person = pick(rng, weights, int(rng.poisson(per_head * people.count / 12)))
    day = np.sort(rng.integers(month.start, month.end, len(person)))
    living = people.died[person] >= day
    return person[living], day[living]
