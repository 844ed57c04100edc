"""The benchmark: how long a refresh takes and what it needs, beside a plain read of its files and a plain script.

    python -m tests.bench.run SCALE [--turns N]

Belongs here: what is run, in which order, and keeping what was measured. Does not belong here: the sizes (`worlds.py`), how a
process is measured (`measured.py`), what is printed (`tables.py`). Nothing is asserted here: a machine's speed is no test.

Each turn lays the files of a world under a new data root and runs, each as a process of its own: the floor; a cold refresh; the
peer, where it is run; the refresh again with nothing new; a refresh of the month after, when its files have come. A step's
seconds are those of the run history.
"""

import datetime
import json
import os
import platform
import shutil
import signal
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Any

import typer

from pipelines.engine.errors import IrfError
from pipelines.engine.machine import memory_limit, threads
from pipelines.engine.software import code_version, package_versions
from tests import REPOSITORY
from tests.bench import measured, steps, tables
from tests.bench.measured import Measured
from tests.bench.worlds import IRF, SCALES, Scale, identity, kept_world

PUBLISHED = (0, 2)
"""Exit codes of a refresh: published or nothing new; published with warnings."""
GIVEN_UP = (None, -signal.SIGKILL)
"""How the peer may end without a result: stopped at its limit, or by the system for want of memory."""
_GIGABYTE, _MEGABYTE = 1_000_000_000, 1_000_000
FOLDER = REPOSITORY / ".bench"


def turn(world: Path, scale: Scale, root: Path) -> dict[str, Any]:
    """Everything once, from a new data root on: what each process took, by name."""
    *_, last, later = scale.periods
    shutil.rmtree(root, ignore_errors=True)
    out = root / "beside"
    _lay(world, root / "data", later)
    out.mkdir()
    read: list[str | Path] = [sys.executable, "-m", "tests.bench.floor", root / "data" / "landing", out / "floor", last]
    floor = _done(measured.run(read, out / "floor.txt"))
    took = {"floor": {**_taken(floor), "rows": int(floor.said)}, "cold": _refresh(root, last)}
    if scale.peer_limit_s is not None:
        peer: list[str | Path] = [sys.executable, "-m", "tests.bench.peer", root / "data", out / "peer", last]
        took["peer"] = _taken(_done(measured.run(peer, out / "peer.txt", scale.peer_limit_s), (0, *GIVEN_UP)))
    took["again"] = _refresh(root, last)
    _lay(world, root / "data", None)
    took["month"] = _refresh(root, later)
    return took


def _lay(world: Path, data: Path, without: str | None) -> None:
    """Put the files of a world under a data root where they are not there yet, but for those of one period."""
    for path in sorted(p for folder in ("landing", "reference") for p in (world / folder).rglob("*") if p.is_file()):
        target = data / path.relative_to(world)
        if path.stem != without and not target.exists():
            target.parent.mkdir(parents=True, exist_ok=True)
            os.link(path, target)


def _refresh(root: Path, period: str) -> dict[str, Any]:
    """Refresh a period: what the process took, each of its steps, and how large the release is that stands then."""
    data = root / "data"
    done = _done(measured.run([IRF, "--data", data, "refresh", "--period", period], root / "beside" / "refresh.txt"))
    told = [
        {
            "step": step.name, "stage": step.stage, "began": step.start - done.began, "seconds": step.end - step.start, "rows": step.rows,
            "cpu_seconds": done.cpu_between_s(step.start, step.end), "written_mb": done.written_between_mb(step.start, step.end),
            "peak_mb": done.peak_between_mb(step.start, step.end),
        }
        for step in steps.steps_of(data, done.began)
    ]  # fmt: skip
    version = json.loads((data / "releases" / "latest.json").read_text("utf-8"))["version"]
    return {**_taken(done), "release_mb": _size_mb(data / "releases" / version), "steps": told}


def _taken(done: Measured) -> dict[str, Any]:
    return {
        "seconds": done.seconds, "cpu_seconds": done.cpu_seconds, "peak_mb": done.peak_mb, "written_mb": done.written_mb, "ended": done.ended
    }  # fmt: skip


def _done(process: Measured, ends: Sequence[int | None] = PUBLISHED) -> Measured:
    """What was measured, of a process that ended as it should. Else the benchmark ends with what the process said."""
    if process.ended not in ends:
        raise SystemExit(f"ended with {process.ended}; it said:\n{process.said}")
    return process


def _size_mb(folder: Path) -> float:
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file()) / _MEGABYTE


def machine() -> dict[str, Any]:
    """The machine: processor, cores, memory."""
    told = Path("/proc/cpuinfo").read_text("utf-8").splitlines()
    model = next((line.partition(":")[2].strip() for line in told if line.startswith("model name")), platform.machine())
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / _GIGABYTE
    return {"cpu": model, "cores": len(os.sched_getaffinity(0)), "memory_gb": round(memory, 1)}


def settings() -> dict[str, str]:
    """What the environment says of memory and threads: refreshes obey it."""
    return {name: os.environ[name] for name in ("IRF_MEMORY_LIMIT", "IRF_THREADS") if name in os.environ}


def versions() -> dict[str, str]:
    """The software and what it is made with."""
    said = subprocess.run(["git", "describe", "--always", "--dirty"], cwd=REPOSITORY, capture_output=True, text=True).stdout
    return {"commit": said.strip(), "code": code_version(), "python": platform.python_version(), **package_versions()}


def measure(name: str, turns: int, folder: Path) -> Path:
    """Measure a scale so many turns. Returns the file of the result."""
    # Before the world is made, which is work of its own.
    load_before = round(os.getloadavg()[0], 1)
    scale, world, root = SCALES[name], kept_world(name, folder), folder / "run"
    first = [p for p in world.glob("landing/*/*/*") if p.stem < scale.periods[-1]]
    result = {
        "scale": name, "people": scale.people, "months": scale.months, "mess": scale.mess, "world": identity(world),
        "files": len(first), "landing_mb": sum(p.stat().st_size for p in first) / _MEGABYTE, "peer_limit_s": scale.peer_limit_s,
        "load_before": load_before, "machine": machine(), "settings": settings(), "versions": versions(),
        "turns": [turn(world, scale, root) for _ in range(turns)],
    }  # fmt: skip
    now = datetime.datetime.now(datetime.UTC)
    path = folder / "results" / f"{name}-{now:%Y%m%dT%H%M%SZ}.json"
    path.parent.mkdir(exist_ok=True)
    path.write_text(json.dumps(result, indent=1) + "\n", "utf-8")
    return path


def main(
    scale: Annotated[str, typer.Argument(help=", ".join(SCALES))] = "small",
    turns: Annotated[int, typer.Option(min=1, help="how often everything is measured; medians are shown")] = 3,
    folder: Annotated[Path, typer.Option(help="where worlds, the data root and results are kept")] = FOLDER,
) -> None:
    """Measure a scale, print the medians, keep all that was measured as JSON."""
    if scale not in SCALES:
        raise typer.BadParameter(f"{scale}: one of {', '.join(SCALES)}")
    try:
        threads(), memory_limit()
    except IrfError as error:
        raise SystemExit(str(error)) from None
    folder.mkdir(parents=True, exist_ok=True)
    path = measure(scale, turns, folder.resolve())
    print("\n".join([*tables.shown(tables.read([path])), f"kept as {path}"]))


if __name__ == "__main__":
    typer.run(main)
