"""What every refresh of the tests asks or waits for, to the same effect each time: asked once, waited for never.

Belongs here: what stands for it in this process, for all tests (`conftest.py`). Does not belong here: what a refresh leaves
out (`history.py`). A third of a small refresh was Great Expectations' answers about tables that another test had asked about,
as those of areas and of services are in every world; no test cuts the power that waiting for the disk is for.
"""

import hashlib
from collections.abc import Callable, Mapping, Sequence

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
