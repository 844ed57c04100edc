"""What the gate has judged, and how.

Belongs here: the verdict as it is kept between the gate and the release. Does not belong here: the checks (`gate.py`),
publishing (`release/`).
"""

from dataclasses import asdict, dataclass
from pathlib import Path

from pipelines.engine.files import read_note, write_note


@dataclass(frozen=True)
class Verdict:
    """The answers of the gate, and exactly what they are about.

    run: the Dagster run that judged. made_of: the keyed hash of everything that decides the tables (`Steps.made_of`).
    submissions: those that count, each as agency, feed, period, revision and the SHA-256 of its content.
    tables: table → SHA-256 of the file that was judged. checks: name, passed, detail and blocks of each.
    """

    run: str
    period: str
    made_of: str
    submissions: list[list[str | int]]
    reference: dict[str, str]
    tables: dict[str, str]
    checks: list[dict]

    @property
    def blocked_by(self) -> list[str]:
        """The checks that refuse the release, each in one line."""
        return [f"{c['name']}: {c['detail']}" for c in self.checks if c["blocks"] and not c["passed"]]

    @property
    def warnings(self) -> list[str]:
        """The checks that failed and do not refuse it, each in one line."""
        return [f"{c['name']}: {c['detail']}" for c in self.checks if not c["blocks"] and not c["passed"]]


def keep_verdict(verdict: Verdict, path: Path) -> None:
    """Keep a verdict, whole, in the place of the one before."""
    write_note(path, asdict(verdict))


def kept_verdict(path: Path) -> Verdict | None:
    """The verdict that was kept last; None where there is none, or it cannot be read."""
    stored = read_note(path)
    try:
        return Verdict(**stored) if isinstance(stored, dict) else None
    except TypeError:  # one of an earlier version of the software
        return None
