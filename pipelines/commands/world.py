"""`irf demo` and `irf synth`: making a Tayside of people who are not real.

Belongs here: which world is wanted. Does not belong here: making it (`pipelines/synth/`).
"""

import datetime
import re
from pathlib import Path
from typing import Annotated

import typer

from pipelines.commands.refresh import refresh_and_say
from pipelines.commands.words import progress, stopped_says
from pipelines.engine.errors import IrfError
from pipelines.warehouse.root import DataRoot

FIRST_MADE = datetime.date(2025, 4, 1)
"""The first month of a made world that is told only how many months it has."""
MONTHS_HELP = "how many from April 2025, as 4, or the first and last, as 2025-04..2026-03"


def demo(people: int = 20_000, months: Annotated[str, typer.Option(help=MONTHS_HELP)] = "3", seed: int = 1) -> None:
    """Make a small Tayside under the data root, refresh it, print what was published and where.

    With more months it goes on: the files of the months before stay as they are.
    """
    root = DataRoot.from_environment()
    chosen = months_of(months)
    _make_world(root.path, people, chosen, seed)
    refresh_and_say(root, f"{chosen[-1]:%Y-%m}", "demo")


def synth(
    people: Annotated[int, typer.Option()],
    months: Annotated[str, typer.Option(help=MONTHS_HELP)],
    out: Annotated[Path, typer.Option(help="folder for landing, reference and truth")],
    seed: int = 1,
    mess: Annotated[str, typer.Option(help="none, standard or heavy")] = "standard",
    geography: Annotated[Path | None, typer.Option(help="folder with the published geography files")] = None,
    test_of_change: Annotated[Path | None, typer.Option(help="TOML file: whose care changes, by how much, from when")] = None,
) -> None:
    """Make a deterministic Tayside of people who are not real."""
    _make_world(out, people, months_of(months), seed, mess, geography, test_of_change)


def _make_world(
    out: Path, people: int, months: list[datetime.date], seed: int, mess: str = "standard", geography: Path | None = None,
    test_of_change: Path | None = None,
) -> None:  # fmt: skip
    from pipelines.synth import make_into, make_world

    if mess not in ("none", "standard", "heavy"):
        raise IrfError(f"--mess {mess}: none, standard or heavy")
    with stopped_says(lambda: f"{out} is as it was before; run it again"):
        make_into(out, lambda aside: make_world(aside, people, months, seed, mess, geography, progress, test_of_change))


def months_of(text: str) -> list[datetime.date]:
    """The months of a made world: so many, or from the first to the last."""
    match = re.fullmatch(r"(?:(\d{4}-(?:0[1-9]|1[0-2]))\.\.(\d{4}-(?:0[1-9]|1[0-2])))|([1-9]\d{0,2})", text)
    if not match:
        raise IrfError(f"--months {text}: give how many, as 4, or the first and last month, as 2025-04..2026-03")
    if match[3]:
        first, count = FIRST_MADE, int(match[3])
    else:
        first, last = (datetime.date.fromisoformat(f"{month}-01") for month in match.group(1, 2))
        count = (last.year - first.year) * 12 + last.month - first.month + 1
    return [datetime.date(first.year + (first.month - 1 + i) // 12, (first.month - 1 + i) % 12 + 1, 1) for i in range(count)]
