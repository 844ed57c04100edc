"""The table of how time and memory grow with size, put into a document from results of the benchmark.

    python -m tests.bench.growth docs/performance.md

Belongs here: the newest result of each scale as a row of Markdown, between two marks of a document. Does not belong here:
measuring (`run.py`), medians (`tables.py`).
"""

from pathlib import Path
from typing import Annotated

import typer

from tests.bench.run import FOLDER
from tests.bench.tables import Result, median, read
from tests.bench.worlds import SCALES

BEGINS, ENDS = "<!-- growth: made by make bench-growth -->", "<!-- growth ends -->"
MEGABYTES_PER_GIGABYTE = 1_000
MILLION = 1_000_000
HEADER = (
    "scale", "people", "rows", "files MB", "floor s", "cold s", "cold ÷ floor", "cold s a million rows", "again s", "month s", "peak GB",
    "written MB", "release MB",
)  # fmt: skip


def newest(folder: Path) -> list[Result]:
    """The newest result of each scale with no limit but the machine's, from the least people to the most."""
    files = {name: sorted(folder.glob(f"results/{name}-*.json")) for name in SCALES}
    unlimited = {name: [file for file in of_scale if not read([file])["settings"]] for name, of_scale in files.items()}
    results = [read(of_scale[-1:]) for of_scale in unlimited.values() if of_scale]
    return sorted(results, key=lambda result: int(result["people"]))


def table(results: list[Result]) -> list[str]:
    """The results as lines of Markdown: a row each, then what each was measured on."""
    rows = [_cells(result) for result in results]
    lines = [f"| {' | '.join(cells)} |" for cells in (HEADER, ["---", *["---:"] * (len(HEADER) - 1)], *rows)]
    return [*lines, "", *_measured_on(results)]


def _cells(result: Result) -> list[str]:
    rows = result["turns"][0]["floor"]["rows"]
    floor, cold, again, month = (median(result, name, "seconds") or 0 for name in ("floor", "cold", "again", "month"))
    peak, written, release = (median(result, "cold", what) or 0 for what in ("peak_mb", "written_mb", "release_mb"))
    return [
        result["scale"], f"{result['people']:,}", f"{rows:,}", f"{result['landing_mb']:,.1f}", f"{floor:,.1f}", f"{cold:,.1f}",
        f"{cold / floor:,.1f}", f"{cold / rows * MILLION:,.1f}", f"{again:,.1f}", f"{month:,.1f}", f"{peak / MEGABYTES_PER_GIGABYTE:,.2f}",
        f"{written:,.0f}", f"{release:,.1f}",
    ]  # fmt: skip


def _measured_on(results: list[Result]) -> list[str]:
    """On what each scale was measured, those that were measured alike on one line."""
    alike: dict[str, list[str]] = {}
    for result in results:
        machine, versions = result["machine"], result["versions"]
        place = (
            f"{machine['cores']} cores of {machine['cpu']}, {machine['memory_gb']} GB; commit {versions['commit']}, "
            f"Python {versions['python']}, DuckDB {versions['duckdb']}; median of {len(result['turns'])}"
        )
        alike.setdefault(place, []).append(f"`{result['scale']}` (load before {result['load_before']})")
    return [f"- {', '.join(names)}: {place}." for place, names in alike.items()]


def put_into(document: Path, lines: list[str]) -> None:
    """Put lines between the two marks of a document. Ends with a line where the marks are not there."""
    before, begins, rest = document.read_text("utf-8").partition(f"{BEGINS}\n")
    _, ends, after = rest.partition(f"{ENDS}\n")
    if not begins or not ends:
        raise SystemExit(f"{document} has not the lines {BEGINS} and {ENDS}")
    document.write_text(before + begins + "\n" + "\n".join(lines) + "\n\n" + ends + after, "utf-8")


def main(
    document: Annotated[Path, typer.Argument(help="where the table goes")],
    folder: Annotated[Path, typer.Option(help="where results are kept")] = FOLDER,
) -> None:
    """Put the table of growth into a document, from the newest result of each scale."""
    results = newest(folder)
    if not results:
        raise SystemExit(f"{folder} has no results; make bench makes them")
    put_into(document, table(results))


if __name__ == "__main__":
    typer.run(main)
