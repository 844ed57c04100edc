"""People as the linkage compares them: standard names and postcodes, soundexes, dates as text.

Belongs here: one step from a table of people to its comparable columns, and who is current after superseded numbers.
Does not belong here: comparing (matcher), deciding (link).
"""

from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from pipelines.identity import standardise

COMPARED = ("forename", "surname", "date_of_birth", "sex", "postcode")
STANDARD = [*COMPARED, "forename_sound", "surname_sound", "birth_year"]


def standard(people: pa.Table) -> pa.Table:
    """The compared columns of `people` in standard form, row for row, with the columns blocking needs."""
    forename = standardise.each(people["forename"], standardise.name)
    surname = standardise.each(people["surname"], standardise.name)
    born = people["date_of_birth"].combine_chunks().cast(pa.date32()).cast(pa.string())
    columns: dict[str, Any] = {
        "forename": forename,
        "surname": surname,
        "date_of_birth": born,
        "sex": standardise.each(people["sex"], standardise.sex),
        "postcode": standardise.each(people["postcode"], standardise.postcode),
        "forename_sound": standardise.each(forename, standardise.sound),
        "surname_sound": standardise.each(surname, standardise.sound),
        "birth_year": pc.utf8_slice_codeunits(born, 0, 4),
    }
    return pa.table(columns)


def current_chis(register: pa.Table) -> pa.Table:
    """Every CHI the register names, now or before, and the current CHI it leads to: chi_number, current_chi_number."""
    followed = _successors(register)
    known = pc.unique(pa.chunked_array([*_texts(register, "chi_number"), *_texts(register, "previous_chi_number")]))
    numbers = sorted(str(number) for number in known.drop_null().to_pylist())
    current = [_follow(number, followed) for number in numbers]
    return pa.table({"chi_number": pa.array(numbers, pa.string()), "current_chi_number": pa.array(current, pa.string())})


def _successors(register: pa.Table) -> dict[str, str]:
    """The CHI that superseded each one; a CHI that two others claim to supersede leads nowhere."""
    superseding = register.select(["previous_chi_number", "chi_number"]).drop_null()
    found: dict[str, set[str]] = {}
    for previous, number in zip(*(superseding.column(at).to_pylist() for at in (0, 1)), strict=True):
        if previous != number:
            found.setdefault(previous, set()).add(number)
    return {previous: next(iter(numbers)) for previous, numbers in found.items() if len(numbers) == 1}


def _follow(number: str, successors: dict[str, str]) -> str:
    """The end of the chain; in a chain that bites its tail, the smallest number of the ring."""
    seen = [number]
    while seen[-1] in successors:
        following = successors[seen[-1]]
        if following in seen:
            return min(seen[seen.index(following) :])
        seen.append(following)
    return seen[-1]


def _texts(table: pa.Table, column: str) -> "list[pa.Array[Any]]":
    chunks: list[pa.Array[Any]] = table[column].cast(pa.string()).chunks
    return chunks or [pa.array([], pa.string())]
