"""What is wrong with the cells of a reference table, in words for whoever keeps it.

Belongs here: where a cell is, what was found in it, what it probably is, what is expected. Does not belong here: finding what
is wrong (`reference.py`, `reference_checks.py`), the cells of submissions (`pipelines/ingest/validating/likely.py`).
"""

import difflib
import re
from collections.abc import Collection, Mapping

from pipelines.engine.errors import listed

Cell = tuple[int, str]
"""A row as a spreadsheet shows it, and a column; without a column it is the whole row."""

SHOWN_CHARACTERS = 30
LONGEST_SHOWN_NUMBER = 8
"""A longer one may be somebody's CHI number."""
MOST_NAMED = 20
"""Of a longer list only the nearest is named."""


def shown(text: str) -> str:
    """A cell's text, short and plain. Nothing in a reference table names people; a long number is left out all the same."""
    printable = "".join(sign for sign in text if sign.isprintable())
    safe = re.sub(rf"\d{{{LONGEST_SHOWN_NUMBER + 1},}}", "…", printable)
    return f"{safe[:SHOWN_CHARACTERS]}…" if len(safe) > SHOWN_CHARACTERS else safe


def unlisted(found: str, known: Collection[str], where: str = "the list") -> str:
    """What was found in place of one of a list, and what is expected. where: the table that has the list, if it is a long one."""
    if len(known) <= MOST_NAMED:
        return f"found {shown(found)}, expected one of {', '.join(known)}"
    near = difflib.get_close_matches(found.lower().replace(" ", "_"), list(known), n=1)
    return f"found {shown(found)}, expected one of the {len(known)} in {where}{f' (probably {near[0]})' if near else ''}"


def in_words(problems: Mapping[Cell, str], names: Collection[str]) -> str:
    """All problems in one line, by row, then in the order of the columns."""
    order = {name: place for place, name in enumerate(names)}
    cells = sorted(problems, key=lambda cell: (cell[0], order.get(cell[1], -1)))
    count = f"{len(cells):,} problems: " if len(cells) > 1 else ""
    return count + listed([f"row {row}{f', column {name}' if name else ''}: {problems[row, name]}" for row, name in cells])
