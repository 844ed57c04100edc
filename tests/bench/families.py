"""Families of people who are hard to tell apart, eight of every kind, in a town of people who are not.

Belongs here: the kinds by name, and making a town with families of every kind. Does not belong here: one kind
(`families_of_*.py`), making one person (`families_town.py`), writing the cases (`linkage_families.py`).
"""

import inspect
from collections.abc import Callable
from dataclasses import dataclass
from types import ModuleType

from tests.bench import families_of_dates_and_places, families_of_names, families_of_names_from_abroad, families_of_relatives
from tests.bench.families_town import FEMALE, LINK, MALE, Client, Person, Town, Written

Kind = Callable[[Town], None]
BACKGROUND = "background"
BACKGROUND_PEOPLE, BACKGROUND_CLIENTS, DRAWS = 8_000, 2_500, 8
MISSPELT, MOVED = 0.02, 0.03


@dataclass(frozen=True)
class Family:
    """One draw of a kind: its clients, and everybody in it, in the register or not."""

    kind: str
    draw: int
    clients: tuple[Client, ...]
    members: tuple[Person, ...]


def kinds() -> dict[str, Kind]:
    """Every kind by its name."""
    modules = (families_of_relatives, families_of_names, families_of_names_from_abroad, families_of_dates_and_places)
    declared = {name: kind for module in modules for name, kind in _declared_in(module).items()}
    return declared | families_of_names.kinds_of_pairs()


def make_families(town: Town) -> list[Family]:
    """Fill the town; the people of the background are the first of the families."""
    _add_background(town)
    background = Family(BACKGROUND, 0, tuple(town.clients), ())
    return [background, *(_family(town, name, kind, draw) for name, kind in kinds().items() for draw in range(DRAWS))]


def _declared_in(module: ModuleType) -> dict[str, Kind]:
    """The public functions of a module that take a town and nothing else."""
    functions = inspect.getmembers_static(module, inspect.isfunction)
    return {
        name: function
        for name, function in functions
        if function.__module__ == module.__name__
        and not name.startswith("_")
        and list(inspect.signature(function).parameters) == ["town"]
    }


def _family(town: Town, name: str, kind: Kind, draw: int) -> Family:
    people, clients = len(town.register), len(town.clients)
    kind(town)
    new_clients = town.clients[clients:]
    members = dict.fromkeys([*town.register[people:], *(client.person for client in new_clients)])
    return Family(name, draw, tuple(new_clients), tuple(members))


def _add_background(town: Town) -> None:
    while len(town.register) < BACKGROUND_PEOPLE:
        town.enter(*_household(town))
    for person in town.chance.sample(town.register, BACKGROUND_CLIENTS):
        instead: Written = {}
        if town.chance.random() < MISSPELT:
            instead["given"] = town.misspelt(person.given)
        if town.chance.random() < MISSPELT:
            instead["surname"] = town.misspelt(person.surname)
        if town.chance.random() < MOVED:
            home = town.home()
            instead.update({"postcode": home["postcode"], "addr": home["addr"]})
        town.client(person, LINK, **instead)


def _household(town: Town) -> list[Person]:
    """A couple, a man or a woman, with up to two children."""
    chance, home, surname = town.chance, town.home(), town.surname()
    year = chance.randint(1925, 2000)
    people = [town.person(sex=MALE, home=home, years=(year, year), surname=surname)]
    if chance.random() < 0.6:
        hers, born = surname if chance.random() < 0.85 else town.surname(), year + chance.randint(-4, 5)
        people.append(town.person(sex=FEMALE, home=home, years=(born, born), surname=hers))
    elif chance.random() < 0.5:
        people = [town.person(sex=FEMALE, home=home, years=(year, year), surname=surname)]
    for _ in range(chance.choice((0, 0, 0, 1, 1, 2))):
        born = min(year + chance.randint(22, 35), 2024)
        people.append(town.person(home=home, years=(born, born), surname=surname))
    return people
