"""Which CHI number is current: superseded numbers are followed to the end of their chain.

Belongs here: the step from the register to every CHI number it names and the current number that each leads to.
Does not belong here: what a valid number is (`schemas/chi.py`). Published records follow numbers by the same rules in
`sql/core/chi_alias.sql`.
"""

from typing import Any

import pyarrow as pa
import pyarrow.compute as pc


def current_chis(register: pa.Table) -> pa.Table:
    """Every CHI that the register names, current or superseded (chi_number), and where it leads (current_chi_number)."""
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
    """The last number of the chain; of a chain that runs in a circle, the smallest number in the circle."""
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
