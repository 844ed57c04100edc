"""Families of people who are hard to tell apart as linkage cases, and for which kinds the linkage does what it should not.

    .venv/bin/python -m tests.bench.linkage_families OUT [--seed N]

Belongs here: writing the cases, linking them, and the figures of each. Does not belong here: the families (`families.py`).
Nothing is asserted here.

| case | CHI numbers |
|---|---|
| families | nobody's is known |
| families_chi | three in five clients have their own, 4 in 100 that of one of their family (2 in 100 of the rest, anybody's) |

answers.parquet has for each client the kind, the draw, whose CHI number it has (own, other), and what is acceptable: `link`
(the right person), `review`, `leave`. A link to anybody else is wrong.
"""

import argparse
import random
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from pipelines.identity.decisions import DECISIONS
from pipelines.identity.learning.benchmark import THREADS
from pipelines.identity.learning.case import Case, read_case
from pipelines.identity.linking.database import database
from pipelines.identity.linking.decide import link_clients
from tests.bench.families import BACKGROUND, Family, make_families
from tests.bench.families_town import LEAVE, LINK, REVIEW, Client, Outcome, Person, Town, Written

Row = dict[str, str | None]
CASES = {"families": False, "families_chi": True}
"""The cases, and whether CHI numbers are in them."""
OWN_NUMBER, OTHER_NUMBER, OTHER_NUMBER_IN_BACKGROUND = 0.6, 0.04, 0.02


@dataclass(frozen=True)
class Judged:
    """What the linkage did with a client, and what is acceptable."""

    kind: str
    outcome: Outcome
    acceptable: Outcome


def write_cases(out: Path, seed: int) -> None:
    """Write every case."""
    town = Town(seed)
    families = make_families(town)
    for name, with_chi in CASES.items():
        _write(out / name, town, families, with_chi=with_chi)


def judge(folder: Path) -> list[Judged]:
    """Link a case as a refresh does, and compare each client with its answer."""
    case = read_case(folder)
    outcomes = _outcomes(case)
    return [
        Judged(answer["kind"], outcomes[answer["rid"]], _acceptable_of(answer["acceptable"]))
        for answer in pq.read_table(folder / "answers.parquet").to_pylist()
    ]


def lines_of(judged: list[Judged]) -> list[str]:
    """The figures of the families as lines, then the kinds that are not wholly acceptable, the most wrong first."""
    families = [client for client in judged if client.kind != BACKGROUND]
    acceptable = sum(client.outcome in client.acceptable for client in families)
    wrong = Counter(client.kind for client in judged if client.outcome is Outcome.WRONG)
    clients = Counter(client.kind for client in judged)
    unacceptable = {client.kind for client in judged if client.outcome not in client.acceptable}
    return [
        f"family clients {len(families):,}, wrong links {wrong.total() - wrong[BACKGROUND]}, "
        f"share acceptable {acceptable / len(families):.4f}",
        f"{'kind not wholly acceptable':58} clients wrong",
        *(
            f"{kind:58} {clients[kind]:7} {wrong[kind]:5}"
            for kind in sorted(unacceptable, key=lambda kind: (-wrong[kind], kind))
        ),
    ]


def _outcomes(case: Case) -> dict[str, Outcome]:
    right = dict(case.truth)
    with database(threads=THREADS) as connection:
        links = link_clients(connection, case.register, case.clients, DECISIONS.empty_table())
        rows = links.select(["social_care_id", "chi_number", "review"]).to_pylist()
    return {row["social_care_id"]: _outcome(row["chi_number"], right.get(row["social_care_id"]), row["review"]) for row in rows}


def _outcome(linked: str | None, right: str | None, review: bool) -> Outcome:
    if linked is None:
        return REVIEW if review else LEAVE
    return LINK if linked == right else Outcome.WRONG


def _write(folder: Path, town: Town, families: list[Family], *, with_chi: bool) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    chance = random.Random(town.seed + 1)
    register = chance.sample(town.register, len(town.register))
    members = [(family, client) for family in families for client in family.clients]
    clients: list[Row] = []
    answers: list[Row] = []
    truth: list[Row] = []
    for family, client in chance.sample(members, len(members)):
        whose = _number_given(chance, town, family, client) if with_chi else None
        clients.append({"rid": client.rid, **_text(client.written), "idnum": whose.chi_number if whose else None})
        answers.append(_answer(family, client, whose))
        if client.person.rid:
            truth.append({"client_rid": client.rid, "register_rid": client.person.rid})
    people = [
        {"rid": person.rid, **_text(person.details()), "idnum": person.chi_number if with_chi else None} for person in register
    ]
    tables: dict[str, list[Row]] = {"register": people, "clients": clients, "truth": truth, "answers": answers}
    for name, rows in tables.items():
        columns = {key: pa.array([row[key] for row in rows], pa.string()) for key in rows[0]}
        pq.write_table(pa.table(columns), folder / f"{name}.parquet")


def _number_given(chance: random.Random, town: Town, family: Family, client: Client) -> Person | None:
    """Whose CHI number the client has: their own, that of somebody else of the family (of anybody in the background), none."""
    drawn = chance.random()
    others = [member for member in family.members if member is not client.person]
    if drawn < OWN_NUMBER:
        return client.person
    if others and drawn < OWN_NUMBER + OTHER_NUMBER:
        return chance.choice(others)
    if family.kind == BACKGROUND and drawn < OWN_NUMBER + OTHER_NUMBER_IN_BACKGROUND:
        return chance.choice(town.register)
    return None


def _answer(family: Family, client: Client, whose: Person | None) -> Row:
    return {
        "rid": client.rid,
        "kind": family.kind,
        "draw": str(family.draw),
        "number": None if whose is None else "own" if whose is client.person else "other",
        "acceptable": _words(_acceptable(client, whose)),
    }


def _acceptable(client: Client, whose: Person | None) -> Outcome:
    """A number settles who it is where the date or the whole name agrees; a number of somebody else asks for a reviewer."""
    person, written = client.person, client.written
    if whose is None or (whose is person and not person.rid):
        return client.acceptable
    if whose is not person:
        if not person.rid:
            return REVIEW | LEAVE
        return LINK | REVIEW | (client.acceptable & LEAVE)
    if written["dob"] == person.dob or (written["given"], written["surname"]) == (person.given, person.surname):
        return LINK
    return client.acceptable if LINK in client.acceptable else LINK | REVIEW


def _words(outcome: Outcome) -> str:
    return " ".join(str(one.name).lower() for one in outcome)


def _acceptable_of(words: str) -> Outcome:
    acceptable = Outcome(0)
    for word in words.split():
        acceptable |= Outcome[word.upper()]
    return acceptable


def _text(details: Written) -> Row:
    return {name: None if value is None else str(value) for name, value in details.items()}


def main(out: Path, seed: int) -> None:
    """Make the cases, link them, and print the figures of each."""
    write_cases(out, seed)
    for name in CASES:
        print("\n".join([f"== {name}", *lines_of(judge(out / name))]), flush=True)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description="Link families of people who are hard to tell apart.")
    parser.add_argument("out", type=Path, metavar="OUT", help="the folder of the cases")
    parser.add_argument("--seed", type=int, default=1, help="of everything that is drawn")
    given = parser.parse_args()
    main(given.out, given.seed)
