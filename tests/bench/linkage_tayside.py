"""The synthetic Tayside as linkage cases, and how well and how fast they are linked.

    .venv/bin/python -m tests.bench.linkage_tayside OUT

Belongs here: a register of the real size, 60,000 clients as councils of the standard mess write them down, the truth, and
the figures of each case with false links told apart. Does not belong here: what must hold, which `make soak` asserts.

| case | CHI numbers | for |
|---|---|---|
| tayside | as the councils have them | measuring |
| tayside_without_chi | nobody's is known | measuring |
| tayside_learn | nobody's is known; another seed, heavy mess, a tenth of the size | learning |
| tayside_spotless_learn | the same with no mess | learning |

In 50 of the clients one is in no register at all; of another 2 in 100 the record is taken out of the register and their
twins and families stay. Half the twins of clients are clients too.
"""

import resource
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from pipelines.identity.learning.benchmark import KIBIBYTES_PER_MEGABYTE, lines_of
from pipelines.identity.learning.benchmark import measure as measure_case
from pipelines.identity.learning.case import read_case
from pipelines.synth import clients as synth_clients
from pipelines.synth import names
from pipelines.synth.activity import World
from pipelines.synth.draws import Ints, Month, generator, pick_distinct
from pipelines.synth.geography import COUNCILS, load_geography
from pipelines.synth.people import make_people
from pipelines.synth.sheet import Columns, chi_text, day_text

PEOPLE, CLIENTS = 417_650, 60_000
FIRST_MONTH = Month(2026, 3)
NEVER_LISTED, TAKEN_OUT = 0.02, 0.02
MEASURED = ("tayside", "tayside_without_chi")


@dataclass(frozen=True)
class Town:
    """A world with its clients: who each is in the register (-1: nobody), as written, and who was taken out of it."""

    world: World
    person: Ints
    columns: Columns
    taken_out: Ints


def make_town(people: int, clients: int, seed: int, mess: str) -> Town:
    """People by need, some of their twins, and some whom no register knows, written down by their councils."""
    places = load_geography(None)
    everybody = make_people(places, people, FIRST_MONTH, 1, seed, superseded=0.0)
    world = World(everybody, places, [FIRST_MONTH], seed, pa.array(places.postcodes))
    rng = generator(seed, "linkage clients")
    chosen = pick_distinct(rng, everybody.need() * everybody.alive(FIRST_MONTH.start), round(clients * (1 - NEVER_LISTED)))
    twins = everybody.twin[chosen]
    chosen = np.union1d(chosen, twins[(twins >= 0) & (rng.random(len(twins)) < 0.5)])
    person = rng.permutation(np.concatenate([chosen, np.full(round(clients * NEVER_LISTED), -1)]))
    taken_out = chosen[rng.random(len(chosen)) < TAKEN_OUT]
    columns = [_written(world, rng, person[council :: len(COUNCILS)], council, mess) for council in range(len(COUNCILS))]
    order = np.concatenate([np.arange(council, len(person), len(COUNCILS)) for council in range(len(COUNCILS))])
    whole = {name: pa.concat_arrays([_text(part[name]) for part in columns]) for name in columns[0]}
    return Town(world, person[order], whole, taken_out)


def write_case(town: Town, folder: Path, *, with_chi: bool) -> None:
    """The register, the clients and the truth of a town as a case."""
    folder.mkdir(parents=True, exist_ok=True)
    people = town.world.people
    listed = np.setdiff1d(np.arange(people.count), town.taken_out)
    register = {
        "rid": [f"r{number}" for number in listed],
        "given": [names.FORENAMES[code] for code in people.forename[listed]],
        "surname": [names.SURNAMES[code] for code in people.surname[listed]],
        "dob": day_text(people.born[listed]),
        "sex": [str(code) for code in people.sex[listed]],
        "postcode": town.world.postcodes.take(pa.array(people.postcode[listed])),
        "idnum": chi_text(people.chi[listed]),
    }
    given = town.columns
    rids = [f"c{at}" for at in range(len(town.person))]
    clients = {
        "rid": rids,
        "given": given["forename"],
        "surname": given["surname"],
        "dob": given["date_of_birth"],
        "sex": given["sex"],
        "postcode": given["postcode"],
        "idnum": given["chi_number"],
    }
    if not with_chi:
        del register["idnum"], clients["idnum"]
    known = np.flatnonzero((town.person >= 0) & ~np.isin(town.person, town.taken_out))
    truth = {"client_rid": [rids[at] for at in known], "register_rid": [f"r{number}" for number in town.person[known]]}
    twins = [rids[at] for at in np.flatnonzero((town.person >= 0) & (people.twin[np.maximum(town.person, 0)] >= 0))]
    tables = {"register": register, "clients": clients, "truth": truth, "twins": {"client_rid": twins}}
    for name, columns in tables.items():
        pq.write_table(pa.table({key: _text(column) for key, column in columns.items()}), folder / f"{name}.parquet")


def write_cases(out: Path) -> None:
    """Every case of Tayside."""
    town = make_town(PEOPLE, CLIENTS, seed=5, mess="standard")
    write_case(town, out / "tayside", with_chi=True)
    write_case(town, out / "tayside_without_chi", with_chi=False)
    for name, mess in (("tayside_spotless_learn", "none"), ("tayside_learn", "heavy")):
        write_case(make_town(PEOPLE // 10, CLIENTS // 10, seed=6, mess=mess), out / name, with_chi=False)


def _written(world: World, rng: np.random.Generator, person: Ints, council: int, mess: str) -> Columns:
    people = world.people
    known = person >= 0
    old = FIRST_MONTH.start - rng.integers(60 * 365, 95 * 365, len(person))
    born = np.where(known, people.born[person], old)
    died = np.where(known, people.died[person], people.died.max())
    columns, _ = synth_clients._written(rng, world, person, born, died, council, synth_clients.SLIPS[mess])
    return columns


def _text(column: "pa.Array | list[str]") -> pa.Array:
    whole = column.combine_chunks() if isinstance(column, pa.ChunkedArray) else pa.array(column)
    return whole.cast(pa.string())


def main(out: Path) -> None:
    """Make the cases where they are not there, and print their figures."""
    if not (out / "tayside" / "twins.parquet").exists():
        write_cases(out)
    print_figures(out, MEASURED)


def print_figures(out: Path, names: Sequence[str]) -> None:
    """Measure cases one after the other, and print the figures of each."""
    for name in names:
        measured = measure_case(read_case(out / name))
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / KIBIBYTES_PER_MEGABYTE
        print("\n".join([f"== {name}", *lines_of(measured, peak)]), flush=True)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
