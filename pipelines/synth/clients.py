"""A council's clients: who they are in the register, and what the council wrote down about them.

Belongs here: choosing clients, their numbers, and the slips in their identifiers. Does not belong here: their care.
Even a tidy council has clients whose CHI it never asked for, and a few whom no register knows.
"""

from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from pipelines.synth import names
from pipelines.synth.activity import World
from pipelines.synth.draws import NEVER, Floats, Ints, Month, generator, pick_distinct
from pipelines.synth.geography import COUNCILS, POSTCODES_PER_ZONE
from pipelines.synth.people import People, council_size, draw_chi
from pipelines.synth.sheet import Columns, chi_text, day_text, texts

FIRST_ID = 100_001
CLIENTS = (6_000, 7_800, 8_600)
RESIDENTS = (750, 1_010, 1_110)
"""Residents whom the council supports."""
HOME_CARE = (1_540, 2_025, 2_015)
_ENTRY_AGES = np.array([18, 45, 65, 75, 85])
_RATES = np.array([0.0, 0.35, 0.6, 2.2, 8.0, 22.0])
_RESIDENT_RATES = np.array([0.0, 0.05, 0.15, 1.0, 4.0, 12.0])
_FROM_ELSEWHERE = 0.03
_NOT_IN_REGISTER = 0.015
_TURNOVER = 0.35
NEW_CLIENTS = 0.12
"""Share of a year's clients who were not there at its beginning."""
_HOURS_TURNOVER = 0.3
Note = tuple[int, str, str, str]


@dataclass(frozen=True)
class Slips:
    """Shares of clients with each slip in their identifiers, at one level of mess."""

    blank_chi: float
    lost_zero: float
    wrong_chi: float
    others_chi: float
    misspelt: float
    nickname: float
    plain: float
    swapped_day: float
    wrong_year: float
    blank_birth: float
    other_surname: float
    old_address: float


SLIPS = {
    "none": Slips(0.10, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0),
    "standard": Slips(0.09, 0.02, 0.008, 0.002, 0.03, 0.03, 0.5, 0.007, 0.004, 0.004, 0.012, 0.05),
    "heavy": Slips(0.12, 0.08, 0.03, 0.006, 0.08, 0.06, 0.9, 0.03, 0.015, 0.02, 0.03, 0.12),
}


@dataclass
class Clients:
    """A council's clients in the order of their numbers.

    person: index in the register, or -1. resident, home_care: those in (or going into) a care home, those cared for at home.
    seen: index of the first month whose snapshot has them. The columns are as the council wrote them.
    """

    council: int
    number: Ints
    person: Ints
    born: Ints
    died: Ints
    resident: Ints
    home_care: Ints
    seen: Ints
    columns: Columns
    notes: list[Note]

    @property
    def agency(self) -> str:
        """The council."""
        return COUNCILS[self.council].agency

    @property
    def ids(self) -> pa.Array:
        """Client numbers as text."""
        return self.columns["social_care_id"]

    def person_of(self, client: Ints) -> Ints:
        """Who each client is in the register; -1 for a client who is not there, and where there is no client (-1)."""
        return np.where(client >= 0, self.person[client], -1)


def scaled(number: float, size: float) -> int:
    """A real council's figure at the size of this world's, at least 1."""
    return max(1, round(number * size))


def with_newcomers(number: int, new_in_a_year: float, months: int) -> tuple[float, float]:
    """Of a year's figure a share is new: the figure of so many months, and the share of it that is not there at first."""
    new = new_in_a_year * months / 12
    return number * (1 - new_in_a_year + new), new / (1 - new_in_a_year + new)


def make_clients(world: World, council: int, mess: str) -> Clients:
    """Choose clients by age, need and area; give them numbers in no order; write them down with slips."""
    people = world.people
    agency = COUNCILS[council].agency
    rng = generator(world.seed, f"{agency} clients")
    size = council_size(people, council)
    months = len(world.horizon)
    start = world.months[0].start
    known, new = with_newcomers(CLIENTS[council], NEW_CLIENTS, months)
    wanted = scaled(known, size) + scaled(round(RESIDENTS[council] * _TURNOVER * months / 12), size)
    chosen = _chosen(rng, people, council, start, wanted)
    person = np.concatenate([chosen, np.full(max(1, round(wanted * _NOT_IN_REGISTER)), -1)])
    person = rng.permutation(person)
    in_register = person >= 0
    born = np.where(in_register, people.born[person], start - rng.integers(60 * 365, 95 * 365, len(person)))
    died = np.where(in_register, people.died[person], NEVER)
    resident, home_care = _roles(rng, born, start, council, size, months)
    seen = np.where(rng.random(len(person)) < new, rng.integers(0, months, len(person)), 0)
    seen[resident == 1] = 0
    entering = np.flatnonzero(resident == 2)
    seen[entering] = rng.integers(0, months, len(entering))
    # Numbers are given in the order in which clients come.
    order = np.argsort(seen, kind="stable")
    person, born, died, resident, home_care, seen = (x[order] for x in (person, born, died, resident, home_care, seen))
    columns, notes = _written(rng, world, person, born, died, council, SLIPS[mess])
    return Clients(council, FIRST_ID + np.arange(len(person)), person, born, died, resident, home_care, seen, columns, notes)


def snapshot(clients: Clients, month: Month, index: int) -> tuple[Columns, list[Note], Ints]:
    """The clients known by a month, as columns, with what is odd about them, and which clients they are."""
    shown = np.flatnonzero(clients.seen <= index)
    place = {int(client): row for row, client in enumerate(shown)}
    rows = pa.array(shown)
    columns = {name: column.take(rows) for name, column in clients.columns.items()}
    dead = np.where(clients.died[shown] < month.end, clients.died[shown], NEVER)
    columns["date_of_death"] = day_text(np.where(clients.number[shown] % 8 == 0, NEVER, dead))
    notes = [(place[client], name, expected, rule) for client, name, expected, rule in clients.notes if client in place]
    return columns, notes, shown


def _chosen(rng: np.random.Generator, people: People, council: int, start: int, wanted: int) -> Ints:
    """Some clients have a twin, and the twin is a client too."""
    band = np.searchsorted(_ENTRY_AGES, people.age(start), side="right")
    here = np.where(people.council == council, 1.0, _FROM_ELSEWHERE / 2)
    weights: Floats = _RATES[band] * np.sqrt(people.need()) * here * people.alive(start)
    chosen = pick_distinct(rng, weights, wanted)
    twins = people.twin[chosen]
    twins = twins[(twins >= 0) & (rng.random(len(chosen)) < 0.5)]
    return np.union1d(chosen, twins[people.alive(start)[twins]])


def _roles(rng: np.random.Generator, born: Ints, start: int, council: int, size: float, months: int) -> tuple[Ints, Ints]:
    """resident: 1 from before the first month, 2 going in later. home_care: 1 from the start, 2 later."""
    age = (start - born) / 365.25
    weights = _RESIDENT_RATES[np.searchsorted(_ENTRY_AGES, age, side="right")]
    entering = scaled(round(RESIDENTS[council] * _TURNOVER * months / 12), size)
    inside = pick_distinct(rng, weights, scaled(RESIDENTS[council], size) + entering)
    resident = np.zeros(len(born), np.int64)
    resident[rng.permutation(inside)] = np.where(np.arange(len(inside)) < entering, 2, 1)
    weights = np.where(resident == 1, 0.0, np.where(age > 65, 3.0, 1.0))
    later = scaled(round(HOME_CARE[council] * _HOURS_TURNOVER * months / 12), size)
    at_home = pick_distinct(rng, weights, scaled(HOME_CARE[council], size) + later)
    home_care = np.zeros(len(born), np.int64)
    home_care[rng.permutation(at_home)] = np.where(np.arange(len(at_home)) < later, 2, 1)
    return resident, home_care


def _written(
    rng: np.random.Generator, world: World, person: Ints, born: Ints, died: Ints, council: int, slips: Slips
) -> tuple[Columns, list[Note]]:
    people = world.people
    n = len(person)
    known = person >= 0
    sex = np.where(known, people.sex[person], rng.integers(1, 3, n))
    group = np.array(names.GROUP_STARTS)[sex - 1]
    forename = np.where(known, people.forename[person], group + rng.integers(0, 20, n))
    surname = np.where(known, people.surname[person], rng.integers(0, names.SINGLE_SURNAMES, n))
    here = np.flatnonzero(world.geography.council == council)
    anywhere = rng.choice(here, n) * POSTCODES_PER_ZONE + rng.integers(0, POSTCODES_PER_ZONE, n)
    moved = ~known | (rng.random(n) < slips.old_address)
    postcode = np.where(moved, anywhere, people.postcode[person])
    forenames = [names.FORENAMES[code] for code in forename]
    surnames = [names.SURNAMES[code] for code in surname]
    births = day_text(born).to_pylist()
    _slip_names(rng, forenames, surnames, slips)
    _slip_births(rng, births, slips)
    chis, notes = _slip_chi(rng, people, person, born, slips)
    columns = {
        "social_care_id": texts([str(FIRST_ID + i) for i in range(n)]),
        "chi_number": texts(chis),
        "forename": texts(forenames),
        "surname": texts(surnames),
        "date_of_birth": texts(births),
        "sex": texts([str(s) for s in sex]),
        "postcode": world.postcodes.take(pa.array(postcode)),
        "date_of_death": texts([""] * n),
    }
    return columns, notes


def _slip_names(rng: np.random.Generator, forenames: list[str], surnames: list[str], slips: Slips) -> None:
    luck = rng.random((len(forenames), 5))
    for i, (forename, surname) in enumerate(zip(forenames, surnames, strict=True)):
        if luck[i, 0] < slips.plain:
            forename, surname = names.without_accents(forename), names.without_accents(surname)
        if luck[i, 1] < slips.nickname:
            forename = names.NICKNAMES.get(forename, forename)
        if luck[i, 2] < slips.misspelt:
            forename = names.misspelt(forename, rng)
        if luck[i, 3] < slips.misspelt:
            surname = names.misspelt(surname, rng)
        if luck[i, 4] < slips.other_surname:
            surname = names.SURNAMES[int(rng.integers(names.SINGLE_SURNAMES))]
        forenames[i], surnames[i] = forename, surname


def _slip_births(rng: np.random.Generator, births: list[str], slips: Slips) -> None:
    luck = rng.random((len(births), 3))
    for i, birth in enumerate(births):
        year, month, day = birth.split("-")
        if luck[i, 0] < slips.swapped_day and int(day) <= 12:
            births[i] = f"{year}-{day}-{month}"
        elif luck[i, 1] < slips.wrong_year:
            births[i] = f"{int(year) + (1 if day < '15' else -1)}-{month}-{day if (month, day) != ('02', '29') else '28'}"
        elif luck[i, 2] < slips.blank_birth:
            births[i] = ""


def _slip_chi(rng: np.random.Generator, people: People, person: Ints, born: Ints, slips: Slips) -> tuple[list[str], list[Note]]:
    """A client unknown to the register has a blank CHI, or a number the register never gave."""
    known = person >= 0
    unlisted = draw_chi(rng, born, np.zeros(len(born), np.int64))
    listed = np.isin(unlisted, people.chi) | np.isin(unlisted, people.previous_chi)
    unlisted = np.where(listed | (rng.random(len(born)) < 0.7), 0, unlisted)
    chis: list[str] = chi_text(np.where(known, people.chi[person], unlisted)).to_pylist()
    luck = rng.random((len(chis), 4))
    notes: list[Note] = []
    for i in np.flatnonzero(known):
        if luck[i, 0] < slips.blank_chi:
            chis[i] = ""
        elif luck[i, 1] < slips.others_chi:
            chis[i] = str(people.chi[int(rng.integers(people.count))]).zfill(10)
            notes.append((int(i), "somebody_elses_chi", "none", "name and birthday disagree with the CHI: to review"))
        elif luck[i, 2] < slips.wrong_chi:
            chis[i] = wrong_digit(chis[i], rng)
            notes.append((int(i), "invalid_chi", "warning", "the CHI fails its check digit"))
        elif luck[i, 3] < slips.lost_zero * 3 and chis[i].startswith("0"):
            chis[i] = chis[i][1:]
            notes.append((int(i), "lost_leading_zero", "warning", "the CHI lost its leading zero and is repaired"))
    return chis, notes


def wrong_digit(chi: str, rng: np.random.Generator) -> str:
    """The number with its last digit wrong, so that modulus 11 always finds it."""
    return chi[:-1] + str((int(chi[-1]) + int(rng.integers(1, 10))) % 10)
