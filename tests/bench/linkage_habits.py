"""People of the synthetic Tayside written down with habits that the generator of the feeds does not have.

    .venv/bin/python -m tests.bench.linkage_habits OUT

Belongs here: making these cases from `OUT/tayside_without_chi` (`linkage_tayside.py` makes it), and their figures. Does not belong
here: linking. Nothing is asserted here.

| case | register | clients |
|---|---|---|
| one_slip | 9,000 people: names and date of birth, nothing else | 1,000, each with one slip |
| habits | 100,000 people | 15,000: married names, initials, short names, moves, 1 January; three in ten of them careless |
| bad_habits | 100,000 people | 10,000, everything twice as often |
| a_quarter_missing | 50,000 people, an eighth of the fields empty | 8,000 with the same habits, a quarter of the fields empty |

In 100 clients three are people whom the register lacks.
"""

import random
import sys
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from tests.bench.linkage_tayside import print_figures

Person = dict[str, str | None]
GIVEN = ("given", "surname", "dob", "sex", "postcode")
CASES = ("one_slip", "habits", "bad_habits", "a_quarter_missing")
ABSENT, CARELESS = 0.03, 0.3


def write_cases(out: Path) -> None:
    """Write every case."""
    everybody = pq.read_table(out / "tayside_without_chi" / "register.parquet").to_pylist()
    chance = random.Random(11)
    people = chance.sample(everybody, 9_000)
    narrow = [{name: person[name] for name in ("given", "surname", "dob")} for person in people]
    _write(out / "one_slip", narrow, [(at, _one_slip(chance, dict(narrow[at]))) for at in range(1_000)], set())
    for name, size, clients, times, empty in (
        ("habits", 100_000, 15_000, 1.0, (0.0, 0.0)),
        ("bad_habits", 100_000, 10_000, 2.0, (0.0, 0.0)),
        ("a_quarter_missing", 50_000, 8_000, 1.0, (0.12, 0.25)),
    ):
        people = [{field: person[field] for field in GIVEN} for person in chance.sample(everybody, size)]
        absent = {at for at in range(clients) if chance.random() < ABSENT}
        written = [
            (at, _emptied(chance, _by_habit(chance, dict(people[at]), people, times), empty[1])) for at in range(clients)
        ]
        _write(out / name, [_emptied(chance, person, empty[0]) for person in people], written, absent)


def _by_habit(chance: random.Random, person: Person, others: list[Person], times: float) -> Person:
    often = times * (2.0 if chance.random() < CARELESS else 0.5)

    def does(share: float) -> bool:
        return chance.random() < share * often

    given, surname, born = str(person["given"]), str(person["surname"]), str(person["dob"])
    given = _slip(chance, given) if does(0.05) else given
    given = given[:1] if does(0.03) else given[:4] if does(0.02) else given
    surname = _slip(chance, surname) if does(0.05) else surname
    if person["sex"] == "2" and does(0.06):
        surname = str(chance.choice(others)["surname"])
    if does(0.01):
        given, surname = surname, given
    if does(0.03):
        born = _date_slip(chance, born)
    if does(0.02):
        born = f"{born[:4]}-01-01"
    home = chance.choice(others)["postcode"] if does(0.15) else None if does(0.05) else person["postcode"]
    return {
        "given": given,
        "surname": surname,
        "dob": None if does(0.02) else born,
        "sex": None if does(0.01) else person["sex"],
        "postcode": home,
    }


def _one_slip(chance: random.Random, person: Person) -> Person:
    name = chance.choice(("given", "surname", "dob"))
    return person | {name: (_date_slip if name == "dob" else _slip)(chance, str(person[name]))}


def _slip(chance: random.Random, text: str) -> str:
    """A letter left out, put in, mistaken, or two turned."""
    at, letter = chance.randrange(len(text)), chance.choice("abcdefghijklmnopqrstuvwxyz")
    kinds = (text[:at] + text[at + 1 :], text[:at] + letter + text[at:], text[:at] + letter + text[at + 1 :])
    return chance.choice((*kinds, text[:at] + text[at + 1 : at + 2] + text[at : at + 1] + text[at + 2 :]))


def _date_slip(chance: random.Random, born: str) -> str:
    """Another year nearby, another month or another day."""
    year, month, day = born.split("-")
    other_year = f"{int(year) + chance.choice((-9, -3, -1, 1, 2, 5))}-{month}-{day}"
    return chance.choice(
        (other_year, f"{year}-{chance.randrange(1, 13):02d}-{day}", f"{year}-{month}-{chance.randrange(1, 29):02d}")
    )


def _emptied(chance: random.Random, person: Person, share: float) -> Person:
    return {name: None if share and chance.random() < share else value for name, value in person.items()}


def _write(folder: Path, register: list[Person], clients: list[tuple[int, Person]], absent: set[int]) -> None:
    """clients: each with the place of its person in the register, whom the register lacks where it is among `absent`."""
    folder.mkdir(parents=True, exist_ok=True)
    tables: dict[str, list[Person]] = {
        "register": [{"rid": f"r{at}", **person} for at, person in enumerate(register) if at not in absent],
        "clients": [{"rid": f"c{at}", **written} for at, written in clients],
        "truth": [{"client_rid": f"c{at}", "register_rid": f"r{at}"} for at, _ in clients if at not in absent],
    }
    for name, rows in tables.items():
        pq.write_table(
            pa.table({key: pa.array([row[key] for row in rows], pa.string()) for key in rows[0]}), folder / f"{name}.parquet"
        )


def main(out: Path) -> None:
    """Make the cases where they are not there, and print their figures."""
    if not (out / CASES[-1] / "truth.parquet").exists():
        write_cases(out)
    print_figures(out, CASES)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
