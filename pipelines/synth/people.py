"""The people: households, twins, names, CHI numbers, homes, deaths, and how much care each tends to need.

Belongs here: who exists, as arrays with one place a person. Does not belong here: what they receive.
"""

from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from pipelines.synth import names
from pipelines.synth.draws import DAYS_A_YEAR, NEVER, Flags, Floats, Ints, Month, generator, years
from pipelines.synth.geography import COUNCILS, POSTCODES_PER_ZONE, Geography, spread_evenly

MALE, FEMALE = 1, 2
FIRST_PRACTICE = 10_004
ZONES_PER_PRACTICE = 8
FORENAME_POOL = pa.array(names.FORENAMES)
SURNAME_POOL = pa.array(names.SURNAMES)
_WEIGHTS = np.arange(10, 1, -1)
_DEPRIVATION = np.array([0.0, 1.4, 1.15, 1.0, 0.88, 0.8])


@dataclass
class People:
    """Everybody in the register. Days are since 1970; `died` is NEVER for the living; a CHI of 0 is none.

    twin: the twin's index, or -1. frailty: how much more care than others of the age (mean 1).
    """

    zone: Ints
    council: Ints
    quintile: Ints
    sex: Ints
    born: Ints
    died: Ints
    household: Ints
    forename: Ints
    surname: Ints
    chi: Ints
    previous_chi: Ints
    postcode: Ints
    practice: Ints
    twin: Ints
    frailty: Floats

    @property
    def count(self) -> int:
        """How many."""
        return len(self.zone)

    def age(self, day: int) -> Ints:
        """Whole years at a day (to within a day of the birthday)."""
        return years(self.born, day)

    def alive(self, day: int) -> Flags:
        """Who lives on a day."""
        return self.died > day

    def need(self) -> Floats:
        """Frailty times the factor of the deprivation fifth."""
        need: Floats = self.frailty * _DEPRIVATION[self.quintile]
        return need


def make_people(geography: Geography, count: int, first: Month, months: int, seed: int, superseded: float) -> People:
    """So many people in the proportions of the population; `superseded` is the share with an earlier CHI."""
    rng = generator(seed, "people")
    zone, sex, age = _cells(geography, count)
    quintile = geography.quintile[zone]
    born = first.start - 1 - np.floor((age + rng.random(count)) * DAYS_A_YEAR).astype(np.int64)
    born = np.where(age >= 90, born - (rng.exponential(2.2, count) * DAYS_A_YEAR).astype(np.int64), born)
    household = _households(rng, zone, age)
    twin = _twins(rng, household, age, born)
    forename, surname = _names(rng, household, sex, born, first, twin)
    chi, previous = _chi_numbers(rng, born, sex, superseded)
    frailty = rng.lognormal(-0.605, 1.1, count)
    home = np.zeros(int(household.max()) + 1, np.int64)
    home[household] = zone * POSTCODES_PER_ZONE
    home += rng.integers(0, POSTCODES_PER_ZONE, len(home))
    return People(
        zone=zone, council=geography.council[zone], quintile=quintile, sex=sex + 1, born=born,
        died=_deaths(rng, age, quintile, frailty, first, months), household=household, forename=forename,
        surname=surname, chi=chi, previous_chi=previous, postcode=home[household],
        practice=FIRST_PRACTICE + 7 * (zone // ZONES_PER_PRACTICE), twin=twin, frailty=frailty,
    )  # fmt: skip


def _cells(geography: Geography, count: int) -> tuple[Ints, Ints, Ints]:
    """Zone, sex (0 male, 1 female) and age of each person: the population thinned (or thickened) evenly."""
    shape = geography.population.shape
    cells = np.repeat(np.arange(geography.population.size), spread_evenly(geography.population.ravel().astype(float), count))
    zone, sex, age = np.unravel_index(cells, shape)
    return zone.astype(np.int64), sex.astype(np.int64), age.astype(np.int64)


def _households(rng: np.random.Generator, zone: Ints, age: Ints) -> Ints:
    """Adults of a zone and of like age share homes by ones, twos and threes; children join a home with a likely parent."""
    adults = np.flatnonzero(age >= 18)
    order = adults[np.lexsort((age[adults] + rng.normal(0, 3, len(adults)), zone[adults]))]
    alone = 0.45 + 0.25 * (age[order] >= 75)
    opens = rng.random(len(order)) < alone
    opens[1:] |= zone[order][1:] != zone[order][:-1]
    opens[:1] = True
    household = np.full(len(zone), -1, np.int64)
    household[order] = np.cumsum(opens) - 1
    children = np.flatnonzero(age < 18)
    parents = order[(age[order] >= 22) & (age[order] <= 55)]
    low = np.searchsorted(zone[parents], zone[children], side="left")
    high = np.searchsorted(zone[parents], zone[children], side="right")
    chosen = low + (rng.random(len(children)) * np.maximum(high - low, 1)).astype(np.int64)
    housed = high > low
    household[children[housed]] = household[parents[chosen[housed]]]
    left = np.flatnonzero(household < 0)
    household[left] = household.max() + 1 + np.arange(len(left))
    return household


def _twins(rng: np.random.Generator, household: Ints, age: Ints, born: Ints) -> Ints:
    """Some people of one household and one age are twins: they get the same birthday (`born` is changed)."""
    order = np.lexsort((age, household))
    one, other = order[:-1], order[1:]
    alike = (household[one] == household[other]) & (age[one] == age[other]) & (rng.random(len(one)) < 0.3)
    alike[1:] &= ~alike[:-1]
    twin = np.full(len(age), -1, np.int64)
    first, second = one[alike], other[alike]
    taken = twin[first] >= 0
    first, second = first[~taken], second[~taken]
    twin[first], twin[second] = second, first
    born[second] = born[first]
    return twin


def _names(rng: np.random.Generator, household: Ints, sex: Ints, born: Ints, first: Month, twin: Ints) -> tuple[Ints, Ints]:
    year = 1970 + born / DAYS_A_YEAR
    group = 2 * ((year >= 1955).astype(np.int64) + (year >= 1990)) + sex
    sizes = np.array([len(g) for g in names.FORENAME_GROUPS])[group]
    drawn = np.floor(sizes * rng.random(len(sex)) ** 1.4).astype(np.int64)
    second_of_twins = (twin >= 0) & (twin < np.arange(len(twin)))
    clash = second_of_twins & (drawn == drawn[twin])
    drawn = np.where(clash, (drawn + 1) % sizes, drawn)
    families = int(household.max()) + 1
    family = _surnames(rng, families)[household]
    own = (rng.random(len(sex)) < 0.18) & (year < first.year - 18) & (twin < 0)
    return np.array(names.GROUP_STARTS)[group] + drawn, np.where(own, _surnames(rng, len(sex)), family)


def _surnames(rng: np.random.Generator, count: int) -> Ints:
    single = np.floor(names.SINGLE_SURNAMES * rng.random(count) ** 1.6).astype(np.int64)
    double = rng.integers(names.SINGLE_SURNAMES, len(names.SURNAMES), count)
    return np.where(rng.random(count) < 0.025, double, single)


def _chi_numbers(rng: np.random.Generator, born: Ints, sex: Ints, superseded: float) -> tuple[Ints, Ints]:
    """A number for everybody and an earlier one for some; no number is given twice."""
    earlier = np.flatnonzero(rng.random(len(born)) < superseded)
    all_born, all_sex = np.concatenate([born, born[earlier]]), np.concatenate([sex, sex[earlier]])
    numbers = np.zeros(len(all_born), np.int64)
    missing = np.arange(len(all_born))
    while len(missing):
        numbers[missing] = draw_chi(rng, all_born[missing], all_sex[missing])
        _, firsts = np.unique(numbers, return_index=True)
        bad = numbers == 0
        repeated = np.ones(len(numbers), bool)
        repeated[firsts] = False
        missing = np.flatnonzero(bad | repeated)
    previous = np.zeros(len(born), np.int64)
    previous[earlier] = numbers[len(born) :]
    return numbers[: len(born)], previous


def draw_chi(rng: np.random.Generator, born: Ints, sex: Ints) -> Ints:
    """A well-formed CHI for each birthday and sex (0 male, 1 female); 0 where the check digit would be 10."""
    dates = born.astype("datetime64[D]")
    month_start = dates.astype("datetime64[M]")
    year = dates.astype("datetime64[Y]").astype(np.int64) + 1970
    month = month_start.astype(np.int64) % 12 + 1
    day = (dates - month_start).astype(np.int64) + 1
    serial = rng.integers(0, 100, len(born))
    sex_digit = 2 * rng.integers(0, 5, len(born)) + np.where(sex == 0, 1, 0)
    body = ((day * 100 + month) * 100 + year % 100) * 1000 + serial * 10 + sex_digit
    digits = body[:, None] // 10 ** np.arange(8, -1, -1) % 10
    check = (11 - digits @ _WEIGHTS % 11) % 11
    numbers: Ints = np.where(check == 10, 0, body * 10 + check)
    return numbers


def _deaths(rng: np.random.Generator, age: Ints, quintile: Ints, frailty: Floats, first: Month, months: int) -> Ints:
    hazard = 0.00006 * np.exp(0.088 * age) * _DEPRIVATION[quintile] * np.clip(frailty, 0.5, 3)
    days = rng.exponential(size=len(age)) / hazard * DAYS_A_YEAR
    died = first.start + np.minimum(days, NEVER / 2).astype(np.int64)
    return np.where(died < first.plus(months).start, died, NEVER)


def council_size(people: People, council: int) -> float:
    """How large this world's council area is beside the real one."""
    return float((people.council == council).sum()) / COUNCILS[council].people
