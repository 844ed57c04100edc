"""What the benchmark's results say: one run's table, and what differs between two.

    python -m tests.bench.tables --a A.json [--a …] --b B.json [--b …]

Belongs here: medians and their tables, from files of results alone. Does not belong here: measuring (`run.py`), the document
that has the table of growth (`growth.py`).
"""

import json
import statistics
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Any

import typer

PROCESSES = {
    "floor": "floor", "cold": "cold refresh", "again": "again, nothing new", "month": "one more month", "peer": "pandas and pandera"
}  # fmt: skip
TAKEN = {"seconds": "seconds", "cpu_seconds": "CPU seconds", "peak_mb": "peak MB", "written_mb": "MB written"}
REFRESHES = ("cold", "again", "month")
OUTSIDE = ("before steps", "between steps", "after steps")
"""What belongs to no step: starting and planning, what Dagster writes down, and ending."""
SHOWN_FROM = 0.02
"""A step is shown when it takes at least so much of the cold refresh."""
Result = dict[str, Any]
ALIKE = ("scale", "world", "machine", "settings")
"""What two results must have in common for a difference between them to be one of the code."""


def read(files: Sequence[Path]) -> Result:
    """The result of one file, or of several measured alike with the turns of all. Ends with a line where they were not: of two
    scales, worlds, machines, settings or commits no turns go together.
    """
    results = [json.loads(file.read_text("utf-8")) for file in files]
    told = {f"{what.removesuffix('s')}s": [one[what] for one in results] for what in ALIKE}
    for what, known in {**told, "commits": [_commit(one) for one in results]}.items():
        if any(one != known[0] for one in known):
            raise SystemExit(f"results of several {what}: {', '.join(sorted({str(one) for one in known}))}")
    return {**results[0], "turns": [turn for one in results for turn in one["turns"]]}


def _commit(result: Result) -> str:
    return str(result["versions"]["commit"])


def median(result: Result, process: str, what: str) -> float | None:
    """The median over the turns of what a process took; None where it was not run, or not always to its end."""
    turns = [turn[process] for turn in result["turns"] if process in turn]
    return statistics.median(t[what] for t in turns) if turns and all(t["ended"] in (0, 2) for t in turns) else None


def of_steps(result: Result, process: str, what: str, **of: str) -> float | None:
    """The median of a stage or step of a refresh: seconds, rows and MB summed, the peak the highest. None where nothing is known."""
    totals = []
    for turn in result["turns"]:
        known = [s[what] for s in turn[process]["steps"] if all(s[k] == v for k, v in of.items()) and s[what] is not None]
        if known:
            totals.append(max(known) if what == "peak_mb" else sum(known))
    return statistics.median(totals) if totals else None


def outside_s(result: Result, process: str) -> list[float]:
    """Seconds of a refresh that belong to no step: before the first, between them, after the last."""
    turns = [_outside_s(turn[process]) for turn in result["turns"]]
    return [statistics.median(seconds) for seconds in zip(*turns, strict=True)]


def _outside_s(refresh: dict[str, Any]) -> tuple[float, float, float]:
    steps, whole = refresh["steps"], refresh["seconds"]
    first = min((s["began"] for s in steps), default=whole)
    last = max((s["began"] + s["seconds"] for s in steps), default=whole)
    return first, last - first - sum(s["seconds"] for s in steps), whole - last


def shown(result: Result) -> list[str]:
    """The lines of a result: what was measured where, each process beside the floor, the stages and large steps of the refreshes."""
    return [*_head(result), "", *_processes(result), "", *_stages(result)]


def _head(result: Result) -> list[str]:
    machine, versions = result["machine"], result["versions"]
    rows = result["turns"][0]["floor"]["rows"]
    return [
        f"{result['scale']}: {result['people']:,} people, {result['months']} months, {rows:,} rows in {result['files']} files, "
        f"{result['landing_mb']:,.1f} MB; median of {len(result['turns'])}",
        f"machine: {machine['cores']} cores of {machine['cpu']}, {machine['memory_gb']} GB; load before {result['load_before']}",
        ", ".join(f"{name} {value}" for name, value in {**versions, **result["settings"]}.items()),
    ]


def _processes(result: Result) -> list[str]:
    floor = median(result, "floor", "seconds") or 0
    lines = [_row("", [*TAKEN.values(), "× floor"])]
    for name, words in PROCESSES.items():
        if (seconds := median(result, name, "seconds")) is not None:
            lines.append(_row(words, [*(median(result, name, what) for what in TAKEN), seconds / floor]))
        elif any(name in turn for turn in result["turns"]):
            lines.append(f"{words}: not to its end; stopped after {result['peer_limit_s']:,} seconds, or for want of memory")
    return [*lines, *_beside_peer(result)]


def _beside_peer(result: Result) -> list[str]:
    """What the peer takes of what the cold refresh takes, where it came to its end."""
    of_peer, of_cold = ([median(result, name, what) or 0 for what in ("seconds", "peak_mb")] for name in ("peer", "cold"))
    if not all(of_peer):
        return []
    seconds, memory = (peer / cold for peer, cold in zip(of_peer, of_cold, strict=True))
    return [f"pandas and pandera take {seconds:.2f} × the seconds of the cold refresh, and {memory:.2f} × its peak memory"]


def _stages(result: Result) -> list[str]:
    """Seconds of each refresh, and of the cold one CPU seconds, rows, MB written and peak MB, by stage and large step."""
    whole = median(result, "cold", "seconds") or 0
    steps = [s for turn in result["turns"] for s in turn["cold"]["steps"]]
    stages = dict.fromkeys(s["stage"] for s in steps)
    lines = [_row("", [*(f"{name} s" for name in REFRESHES), "cold CPU s", "rows", "MB written", "peak MB"])]
    for stage in stages:
        lines.append(_row(stage, _columns(result, stage=stage)))
        inside = dict.fromkeys(s["step"] for s in steps if s["stage"] == stage and s["step"] != stage)
        large = [name for name in inside if (of_steps(result, "cold", "seconds", step=name) or 0) >= SHOWN_FROM * whole]
        lines += [_row(f"  {name}", _columns(result, step=name)) for name in large]
    outside = zip(*(outside_s(result, name) for name in REFRESHES), strict=True)
    return [*lines, *(_row(words, seconds) for words, seconds in zip(OUTSIDE, outside, strict=True))]


def _columns(result: Result, **of: str) -> list[float | None]:
    seconds = [of_steps(result, name, "seconds", **of) for name in REFRESHES]
    return seconds + [of_steps(result, "cold", what, **of) for what in ("cpu_seconds", "rows", "written_mb", "peak_mb")]


def compared(a: Result, b: Result) -> list[str]:
    """What differs between two results: of each process all it took, and the seconds of each stage of the cold refresh."""
    lines = [f"not the same {what}: {a[what]}, {b[what]}" for what in ALIKE if a[what] != b[what]]
    lines += [f"{name}: median of {len(x['turns'])}, {_commit(x)}" for name, x in (("A", a), ("B", b))]
    lines += ["", _row("", ["A", "B", "B - A", "B / A"])]
    for name, words in PROCESSES.items():
        for what, unit in TAKEN.items():
            lines += _difference(f"{words}, {unit}", median(a, name, what), median(b, name, what))
    for stage in dict.fromkeys(s["stage"] for x in (a, b) for turn in x["turns"] for s in turn["cold"]["steps"]):
        lines += _difference(f"cold {stage}, seconds", *(of_steps(x, "cold", "seconds", stage=stage) for x in (a, b)))
    return lines


def _difference(words: str, a: float | None, b: float | None) -> list[str]:
    """A line of two figures, or none where both are missing."""
    if a is None and b is None:
        return []
    both = a is not None and b is not None
    return [_row(words, [a, b, b - a if both else None, b / a if both and a else None])]  # type: ignore[operator]


def _row(words: str, cells: Sequence[float | int | str | None]) -> str:
    return f"{words:34}" + "".join(f"{_cell(cell):>13}" for cell in cells)


def _cell(cell: float | int | str | None) -> str:
    if cell is None:
        return "-"
    if isinstance(cell, float):
        return f"{cell:,.2f}" if abs(cell) < 100 else f"{cell:,.0f}"
    return cell if isinstance(cell, str) else f"{cell:,}"


def main(
    a: Annotated[list[Path], typer.Option(exists=True, dir_okay=False, help="results of the one side")],
    b: Annotated[list[Path], typer.Option(exists=True, dir_okay=False, help="results of the other")],
) -> None:
    """Print what differs between two sets of results."""
    print("\n".join(compared(read(a), read(b))))


if __name__ == "__main__":
    typer.run(main)
