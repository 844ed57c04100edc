"""Whom a test of change reaches in a made world: the people of places, or clients of councils by chance or for their cost.

Belongs here: names of places to people, choosing clients, the effect on each. Does not belong here: what may be asked for
(`plant.py`), what the effect does (`effect.py`), what is written of it (`truth_of_change.py`).
"""

import csv
import difflib
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from pipelines.engine.errors import IrfError
from pipelines.synth.activity import World
from pipelines.synth.council import CouncilCare
from pipelines.synth.draws import Flags, Ints, Month, generator, pick_distinct, years
from pipelines.synth.effect import MILLION, Effect
from pipelines.synth.geography import COUNCILS, localities
from pipelines.synth.plant import Plant
from pipelines.synth.reference import DECLARED, services_in
from pipelines.synth.truth_of_change import Costs
from schemas.analysis_codes import AgeGroup

MONTHS_LOOKED_BACK = 12
_YOUNGEST = {AgeGroup.ALL: 0, AgeGroup.FROM_65: 65, AgeGroup.FROM_75: 75}
TREATED, BESIDE = "treated", "beside"


@dataclass(frozen=True)
class Treated:
    """Whom a test of change reaches. groups: name and role (treated, beside) of each group of the effect. clients: who takes part,
    as the index of a council and of its client, where the test is of people.
    """

    effect: Effect
    groups: tuple[tuple[str, str], ...]
    clients: tuple[tuple[int, int], ...] = ()


def check_months(file: Path, plant: Plant, months: Sequence[Month]) -> None:
    """Raise IrfError where a world of these months cannot have the test of change."""
    start = Month.of(plant.starts_on)
    spanned = f"the world has {months[0].period} to {months[-1].period}"
    if start not in months:
        raise IrfError(f"{file}: starts_on = {plant.starts_on}: {spanned}; give the first day of one of its months")
    if plant.who.chosen_for == "high_cost" and start < months[0].plus(MONTHS_LOOKED_BACK):
        first = months[0].plus(MONTHS_LOOKED_BACK).first_day
        raise IrfError(
            f"{file}: who.chosen_for = high_cost looks {MONTHS_LOOKED_BACK} months back, and {spanned}; start on {first} or later"
        )


def treated(file: Path, plant: Plant, world: World, care: list[CouncilCare], without: Costs) -> Treated:
    """Who is treated in the world. without: what everybody would cost. Raises IrfError where it does not have whom it asks for."""
    if plant.who.kind == "people":
        return _of_people(file, plant, world, care, without)
    place = _places(file, plant, world)
    names = list(plant.who.treated)
    group = _number(place, names)
    if plant.who.spill_over:
        councils = {int(c) for c in world.people.council[group >= 0]}
        beside = sorted({place[i] for i in np.flatnonzero(np.isin(world.people.council, list(councils)) & (group < 0))})
        group, names = _number(place, [*names, *beside]), [*names, *beside]
    roles = tuple((name, TREATED if name in plant.who.treated else BESIDE) for name in names)
    size = {TREATED: plant.change, BESIDE: plant.change * plant.who.spill_over}
    change = np.array([*(int(size[role] * MILLION) for _, role in roles), 0])[group]
    effect = _effect(plant, world, change, group)
    if not (_of_age(effect, world, plant) & (group >= 0)).any():
        raise IrfError(
            f"{file}: who.treated: nobody of age_group {plant.age_group} lives there on {plant.starts_on}; make a world of more people"
        )
    return Treated(effect, roles)


def _number(place: list[str], names: list[str]) -> Ints:
    """Of each person the number of the place in the list, or -1."""
    number = {name: i for i, name in enumerate(names)}
    return np.array([number.get(name, -1) for name in place], np.int64)


def _places(file: Path, plant: Plant, world: World) -> list[str]:
    """The place of each person, of the kind that is asked for and by the names that are given."""
    if plant.who.kind == "localities":
        of_zone = localities(world.geography)
        every = {name: name for name in of_zone}
        place = [of_zone[zone] for zone in world.people.zone]
    else:
        agencies = csv.DictReader((DECLARED / "agencies.csv").read_text("utf-8").splitlines())
        called = {row["agency"]: row["name"] for row in agencies}
        every = {c.agency: c.agency for c in COUNCILS} | {called[c.agency]: c.agency for c in COUNCILS}
        given = {every[name]: name for name in plant.who.treated if name in every}
        place = [given.get(COUNCILS[council].agency, "") for council in world.people.council]
    for name in plant.who.treated:
        if name not in every:
            near = difflib.get_close_matches(name, every, 1) or sorted(every)
            raise IrfError(f"{file}: who.treated = {name}: there is none of that name; give {' or '.join(near)}")
    return place


def _of_people(file: Path, plant: Plant, world: World, care: list[CouncilCare], without: Costs) -> Treated:
    """Clients of a council who live when it starts, by chance or those who cost most in the months before."""
    nobody = np.full(world.people.count, -1, np.int64)
    effect = _effect(plant, world, np.zeros(world.people.count, np.int64), nobody)
    clients = _clients(world, care, effect.starts_on)
    can = _of_age(effect, world, plant)
    can[[i for i in range(len(can)) if can[i] and i not in clients]] = False
    number = plant.who.number
    if can.sum() < number:
        raise IrfError(
            f"{file}: who.number = {number}: {int(can.sum())} clients of age_group {plant.age_group} live on {plant.starts_on}; "
            "give fewer, or make a world of more people"
        )
    if plant.who.chosen_for == "chance":
        chosen = pick_distinct(generator(world.seed, f"{plant.name} test of change"), can.astype(float), number)
    else:
        start = world.months.index(Month.of(plant.starts_on))
        cost, among = without.pence[start - MONTHS_LOOKED_BACK : start].sum(axis=0), np.flatnonzero(can)
        chosen = np.sort(among[np.argsort(-cost[among], kind="stable")[:number]])
    group = nobody.copy()
    group[chosen] = 0
    change = np.where(group == 0, int(plant.change * MILLION), 0)
    found = replace(effect, change=change, group=group, youngest=0)
    return Treated(found, (("people", TREATED),), tuple(clients[int(person)] for person in chosen))


def _clients(world: World, care: list[CouncilCare], day: int) -> dict[int, tuple[int, int]]:
    """Of each person who is a client by a day the council, and the client there: the first, where there are several."""
    seen_on = np.array([month.start for month in world.horizon])
    found: dict[int, tuple[int, int]] = {}
    for council, of in enumerate(care):
        for client in np.flatnonzero((of.clients.person >= 0) & (seen_on[of.clients.seen] <= day)):
            found.setdefault(int(of.clients.person[client]), (council, int(client)))
    return found


def _effect(plant: Plant, world: World, change: Ints, group: Ints) -> Effect:
    start = Month.of(plant.starts_on).start
    return Effect(start, change, group, world.people.born, _YOUNGEST[plant.age_group], services_in(plant.scope))


def _of_age(effect: Effect, world: World, plant: Plant) -> Flags:
    """Who lives when the test starts and is of its age."""
    is_of_age: Flags = world.people.alive(effect.starts_on) & (years(world.people.born, effect.starts_on) >= effect.youngest)
    return is_of_age
