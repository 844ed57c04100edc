"""The verdict: what the gate has answered, and exactly what its answers are about.

Belongs here: the verdict as it is kept between the gate and the release. Does not belong here: the checks (`gate.py`),
publishing (`pipelines/release/`).
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import ClassVar

from pipelines.engine.files import sha256_of
from pipelines.warehouse.journal import Entry
from pipelines.warehouse.tables import Tables
from pipelines.warehouse.work import Work


@dataclass(frozen=True)
class Check:
    """The answer of one check.

    blocks: a failure refuses the release, else it is a warning. cases: all that breaks it, each in one line; `detail` may name
    the first of them alone.
    """

    name: str
    passed: bool
    detail: str
    blocks: bool = True
    cases: list[str] = field(default_factory=list)

    @property
    def line(self) -> str:
        """The answer in one line."""
        return f"{self.name}: {self.detail}"


class Verdict(Entry):
    """The answers of the gate to one intake.

    run: the Dagster run that checked. made_of: the hash of everything that decides the tables (`Intake.made_of`), so of the
    submissions that count too. of: `Tables.state`, the bytes of every table. tables: what a release is made from → SHA-256 of the file that was checked.
    """

    named: ClassVar[str] = "verdict"
    run: str
    period: str
    made_of: str
    of: str
    tables: dict[str, str]
    checks: list[Check]

    @property
    def blocked_by(self) -> list[str]:
        """The checks that refuse the release, each in one line."""
        return [c.line for c in self.checks if c.blocks and not c.passed]

    @property
    def warned(self) -> list[Check]:
        """The checks that failed and do not refuse it."""
        return [c for c in self.checks if not c.blocks and not c.passed]

    @property
    def warnings(self) -> list[str]:
        """The same, each in one line."""
        return [c.line for c in self.warned]


def checked_files(tables: Tables) -> dict[str, Path]:
    """Everything that a release is made from, by name: the files of the published tables, the answers about them, what the manifest is
    written from, the link history.
    """
    work, found = tables.work, {"link_history": tables.work.link_history}
    for name, files in tables.published().items():
        found |= {f"{name}/{file.name}": file for file in files}
    for name in ("fate", "fate_by_rules", "record_cost"):
        found |= {f"core/{name}/{file.name}": file for file in tables.made("core", name)}
    return found | {f"expectations/{file.name}": file for file in sorted(work.expectations.glob("*.json"))}


def keep_verdict(tables: Tables, run: str, checks: Sequence[Check], of: str) -> Verdict:
    """Keep the gate's answers with what they are about. of: `Tables.state`, as it was when they were given."""
    work = tables.work
    hashes = {name: sha256_of(file) for name, file in checked_files(tables).items()}
    verdict = Verdict(run=run, period=work.period, made_of=tables.made_of, of=of, tables=hashes, checks=list(checks))
    work.keep(verdict)
    return verdict


def standing_verdict(tables: Tables, of: str) -> Verdict | None:
    """The verdict of an earlier run, where it is on exactly what there is now; else None. of: `Tables.state`, as it is now."""
    verdict = tables.work.find(Verdict)
    if verdict is None or (verdict.made_of, verdict.of) != (tables.made_of, of):
        return None
    is_same = {name: sha256_of(file) for name, file in checked_files(tables).items()} == verdict.tables
    return verdict if is_same else None


def forget_verdict(work: Work) -> None:
    """Before the gate checks: what it answered before holds no longer."""
    work.forget(Verdict)
