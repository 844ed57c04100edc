"""Which CHI number is current: superseded numbers followed to their end.

Belongs here: one step from the register to every number it names and where that leads.
Does not belong here: what a valid number is (`schemas.chi`). Published records follow numbers by the same rules
(`sql/core/chi_alias.sql`).
"""

from typing import Any

import pyarrow as pa
import pyarrow.compute as pc


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
