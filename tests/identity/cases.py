"""A small linkage case whose truth is known.

Belongs here: making it. Does not belong here: any test.
"""

import random
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

FORENAMES = [
    "Agnes",
    "Robert",
    "Morag",
    "Hamish",
    "Fiona",
    "Struan",
    "Elspeth",
    "Angus",
    "Isla",
    "Callum",
    "Janet",
    "Fergus",
    "Ailsa",
    "Euan",
    "Shona",
    "Gregor",
]
SURNAMES = [
    "Lindsay",
    "Gow",
    "Cathro",
    "Petrie",
    "Nicoll",
    "Fyfe",
    "Rattray",
    "Soutar",
    "Yeaman",
    "Tosh",
    "Spalding",
    "Kidd",
    "Doig",
    "Laing",
    "Ogilvie",
    "Moncur",
]


def person(chance: random.Random, number: int) -> dict[str, str]:
    return {
        "given": chance.choice(FORENAMES),
        "surname": chance.choice(SURNAMES) + chance.choice(SURNAMES).lower(),
        "dob": f"{chance.randrange(1930, 2010)}-{chance.randrange(1, 13):02d}-{chance.randrange(1, 29):02d}",
        "postcode": f"DD{chance.randrange(1, 11)} {chance.randrange(1, 9)}{chance.choice('ABDE')}{chance.choice('HJLN')}",
        "idnum": str(number),
    }


def write_case(folder: Path, strangers: int = 40) -> Path:
    """500 people, of whom 200 are clients with a slip in the surname, and clients who are nobody in the register."""
    chance = random.Random(3)
    people = [person(chance, number) for number in range(500)]
    clients = [{**one, "surname": one["surname"][:-1]} for one in people[:200]]
    clients += [person(chance, 9_000 + number) for number in range(strangers)]
    register = [{"rid": f"r{at}", **one} for at, one in enumerate(people)]
    written = [{"rid": f"c{at}", **one} for at, one in enumerate(clients)]
    truth = [{"client_rid": f"c{at}", "register_rid": f"r{at}"} for at in range(200)]
    for name, rows in (("register", register), ("clients", written), ("truth", truth)):
        pq.write_table(pa.Table.from_pylist(rows), folder / f"{name}.parquet")
    return folder
