"""What every refresh of the tests asks, makes or waits for, to the same effect each time: asked and made once, waited for never.

Belongs here: what stands for it, for all tests (`conftest.py`). Does not belong here: what a refresh leaves
out (`history.py`). A third of a small refresh was Great Expectations' answers about tables that another test had asked about,
as those of areas and of services are in every world; no test cuts the power that waiting for the disk is for.
"""

import fcntl
import hashlib
import shutil
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import pyarrow as pa

from pipelines.quality.expectations import SuiteResult

RunSuites = Callable[[Mapping[str, pa.Table]], Sequence[SuiteResult]]


def asked_once(run_suites: RunSuites) -> RunSuites:
    """`run_suites`, which asks about a table only where none of the same name, columns and rows was asked about before."""
    known: dict[str, SuiteResult] = {}

    def answers(tables: Mapping[str, pa.Table]) -> list[SuiteResult]:
        keys = {name: _key(name, table) for name, table in tables.items()}
        new = [name for name, key in keys.items() if key not in known]
        for name, result in zip(new, run_suites({name: tables[name] for name in new}) if new else [], strict=True):
            known[keys[name]] = result
        return [known[key] for key in keys.values()]

    return answers


def _key(name: str, table: pa.Table) -> str:
    out = pa.BufferOutputStream()
    with pa.ipc.new_stream(out, table.schema) as stream:
        stream.write_table(table)
    return hashlib.sha256(name.encode() + b"\0" + out.getvalue()).hexdigest()


def unwaited(descriptor: int) -> None:
    """`os.fsync` that leaves it to the system when what was written comes to the disk."""


def made_once(folder: Path, make: Callable[[Path], object]) -> Path:
    """What `make` makes below a folder: once, whichever process of the tests asks first; the others wait for it.

    What was not made to its end is made again.
    """
    folder.mkdir(parents=True, exist_ok=True)
    made, is_whole = folder / "data", folder / "whole"
    with (folder / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not is_whole.exists():
            shutil.rmtree(made, ignore_errors=True)
            make(made)
            is_whole.touch()
    return made
