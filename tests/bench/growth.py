"""The table of how time and memory grow with size, put into a document from results of the benchmark.

    python -m tests.bench.growth docs/performance.md

Belongs here: the newest result of each scale as a row of Markdown, between two marks of a document. A scale that was not measured
here keeps the row that it has. Does not belong here: measuring (`run.py`), medians (`tables.py`).
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import typer

from tests.bench.run import FOLDER
from tests.bench.tables import Result, median, read

BEGINS, ENDS = "<!-- growth: made by make bench-growth -->", "<!-- growth ends -->"
MEASURED = re.compile(r"`(\w+)` \(load before ([^)]+)\)")
MEASURED_ON = re.compile(rf"- (?P<names>{MEASURED.pattern}(, {MEASURED.pattern})*): (?P<place>.+)\.")
GROWTH = ("eighth", "quarter", "half", "tayside", "double", "scotland")
"""The scales that the table has: those with a year of twelve months and the standard mess."""
MEGABYTES_PER_GIGABYTE = 1_000
MILLION = 1_000_000
HEADER = (
    "scale", "people", "rows", "files MB", "floor s", "cold s", "cold ÷ floor", "cold s a million rows", "again s", "month s", "peak GB",
    "written MB", "release MB",
)  # fmt: skip


@dataclass(frozen=True)
class Row:
    """A scale in the table: its cells, the load before it was measured, and on what it was."""

    cells: Sequence[str]
    load_before: str
    place: str


def newest(folder: Path) -> list[Row]:
    """The newest result of each scale with no limit but the machine's."""
    files = {name: sorted(folder.glob(f"results/{name}-*.json")) for name in GROWTH}
    unlimited = {name: [file for file in of_scale if not read([file])["settings"]] for name, of_scale in files.items()}
    return [_row(read(of_scale[-1:])) for of_scale in unlimited.values() if of_scale]


def _row(result: Result) -> Row:
    machine, versions = result["machine"], result["versions"]
    place = (
        f"{machine['cores']} cores of {machine['cpu']}, {machine['memory_gb']} GB; commit {versions['commit']}, "
        f"Python {versions['python']}, DuckDB {versions['duckdb']}; median of {len(result['turns'])}"
    )
    return Row(_cells(result), str(result["load_before"]), place)


def _cells(result: Result) -> list[str]:
    rows = result["turns"][0]["floor"]["rows"]
    floor, cold, again, month = (median(result, name, "seconds") or 0 for name in ("floor", "cold", "again", "month"))
    peak, written, release = (median(result, "cold", what) or 0 for what in ("peak_mb", "written_mb", "release_mb"))
    return [
        result["scale"], f"{result['people']:,}", f"{rows:,}", f"{result['landing_mb']:,.1f}", f"{floor:,.1f}", f"{cold:,.1f}",
        f"{cold / floor:,.1f}", f"{cold / rows * MILLION:,.1f}", f"{again:,.1f}", f"{month:,.1f}", f"{peak / MEGABYTES_PER_GIGABYTE:,.2f}",
        f"{written:,.0f}", f"{release:,.1f}",
    ]  # fmt: skip


def rows_in(lines: Sequence[str]) -> list[Row]:
    """The rows of a table as `table` has written it. Ends with a line where it is not said on what one was measured."""
    measured: dict[str, tuple[str, str]] = {}
    for line in lines:
        if found := MEASURED_ON.fullmatch(line):
            measured |= {name: (load, found["place"]) for name, load in MEASURED.findall(found["names"])}
    cells = [[cell.strip() for cell in line.strip("|").split("|")] for line in lines if line.startswith("| ")]
    kept = [of_scale for of_scale in cells if of_scale[0] in GROWTH]
    if unknown := [of_scale[0] for of_scale in kept if of_scale[0] not in measured]:
        raise SystemExit(
            f"below the table it is not said on what {', '.join(unknown)} was measured; say it as for the others, or take its row out"
        )
    return [Row(of_scale, *measured[of_scale[0]]) for of_scale in kept]


def table(rows: Sequence[Row]) -> list[str]:
    """Rows as lines of Markdown, from the smallest scale to the largest; then what they were measured on, those measured alike on one line."""
    in_order = sorted(rows, key=lambda row: GROWTH.index(row.cells[0]))
    lines = [
        f"| {' | '.join(cells)} |"
        for cells in (HEADER, ["---", *["---:"] * (len(HEADER) - 1)], *(row.cells for row in in_order))
    ]
    alike: dict[str, list[str]] = {}
    for row in in_order:
        alike.setdefault(row.place, []).append(f"`{row.cells[0]}` (load before {row.load_before})")
    return [*lines, "", *(f"- {', '.join(names)}: {place}." for place, names in alike.items())]


def put_into(document: Path, rows: Sequence[Row]) -> None:
    """Put rows into the table between the two marks of a document, where those of other scales stay. Ends with a line where the marks are
    not there.
    """
    before, begins, rest = document.read_text("utf-8").partition(f"{BEGINS}\n")
    there, ends, after = rest.partition(f"{ENDS}\n")
    if not begins or not ends:
        raise SystemExit(f"{document} has not the lines {BEGINS} and {ENDS}")
    measured = {row.cells[0] for row in rows}
    lines = table([*rows, *(row for row in rows_in(there.splitlines()) if row.cells[0] not in measured)])
    document.write_text(before + begins + "\n" + "\n".join(lines) + "\n\n" + ends + after, "utf-8")


def main(
    document: Annotated[Path, typer.Argument(exists=True, dir_okay=False, help="where the table goes")],
    folder: Annotated[Path, typer.Option(help="where results are kept")] = FOLDER,
) -> None:
    """Put the newest result of each scale into a document's table of growth."""
    rows = newest(folder)
    if not rows:
        raise SystemExit(f"{folder} has no results of {', '.join(GROWTH)}; make bench SCALE=<one of them> makes them")
    put_into(document, rows)


if __name__ == "__main__":
    typer.run(main)
