"""The intake: which submissions a refresh is made of. It is decided once, and everything later reads what was decided.

Belongs here: the decision, the hash of all that decides a release. Does not belong here: finding submissions
(`landing.py`), reading and validating them (`staging.py`).
"""

import hmac
import json
from collections.abc import Sequence
from dataclasses import replace
from typing import ClassVar

from pipelines.engine import machine
from pipelines.engine.errors import IrfError
from pipelines.engine.software import code_version, package_versions
from pipelines.ingest.landing import Landing
from pipelines.ingest.reference import ReferenceTables
from pipelines.ingest.staging import Submission, noted_submission, rules_of_work
from pipelines.warehouse import journal
from pipelines.warehouse.journal import Entry
from pipelines.warehouse.key import key_of
from pipelines.warehouse.root import DataRoot
from pipelines.warehouse.tables import Tables
from pipelines.warehouse.work import Work


class Intake(Entry):
    """What a refresh is made of.

    made_of: the keyed hash of everything that decides its tables. submissions: every one of the landing folder up to the
    period, in order. reference: file → SHA-256. unused, decisions: as `Landing` has them.
    """

    named: ClassVar[str] = "intake"
    period: str
    made_of: str
    unused: list[str]
    decisions: str
    reference: dict[str, str]
    submissions: list[Submission]

    @property
    def counting(self) -> list[Submission]:
        """The submissions whose records are the refresh's."""
        return [s for s in self.submissions if s.counts]


class LastIntake(Entry):
    """The period whose submissions were taken in last."""

    named: ClassVar[str] = "last_intake"
    period: str


def take_in(work: Work) -> Intake:
    """Decide which submissions count, and note it.

    Raises IrfError where one was not read or validated as it is now, and where none can be used.
    """
    landing, reference, rules = work.read(Landing), work.read(ReferenceTables), rules_of_work(work)
    known = []
    for landed in landing.submissions:
        submission = noted_submission(landed, work.root, rules)
        if submission is None:
            raise IrfError(f"staged/{landed.feed} is not made of {landed.name} as it is now; run {work.command}")
        known.append(submission)
    decided = which_count(known)
    if not any(s.counts for s in decided):
        raise IrfError(f"no submission up to {work.period} can be used; see irf status")
    intake = Intake(
        period=work.period, made_of=made_of(work, decided), unused=landing.unused, decisions=landing.decisions,
        reference=reference.files, submissions=decided,
    )  # fmt: skip
    work.keep(intake)
    journal.keep(work.root.folder("state") / f"{LastIntake.named}.json", LastIntake(period=work.period))
    return intake


def which_count(submissions: Sequence[Submission]) -> list[Submission]:
    """The submissions in order, each with whether it counts: of each agency, feed and period the latest that is not refused."""
    in_order = sorted(submissions, key=lambda s: s.landed)
    latest = {(s.landed.agency, s.landed.feed, s.landed.period): s for s in in_order if s.refused is None}
    counting = {id(s) for s in latest.values()}
    return [replace(s, counts=id(s) in counting) for s in in_order]


def made_of(work: Work, decided: Sequence[Submission]) -> str:
    """One keyed hash of everything that decides a release of the period: where it is the same, so are the bytes.

    decided: the submissions with what was decided of each. The content alone does not say that: a file that is still being
    copied is refused, and is whole later under the same hash.
    """
    landing = work.read(Landing)
    decides = {
        "period": work.period,
        "submissions": [[x.agency, x.feed, x.period, x.revision, x.file_hash or x.unusable] for x in landing.submissions],
        "decided": [[s.refused, s.counts] for s in decided],
        "unused": landing.unused,
        "decisions": landing.decisions,
        "reference": work.read(ReferenceTables).files,
        "code": code_version(),
        "packages": package_versions(),
    }
    return hmac.digest(key_of(work.root), json.dumps(decides, sort_keys=True).encode(), "sha256").hex()


def open_tables(work: Work, threads: int | None = None, memory_limit: str | None = None) -> Tables:
    """The tables of a refresh. Raises IrfError where no submissions were taken in, or others than are there now."""
    intake = work.read(Intake)
    if intake.made_of != made_of(work, intake.submissions):
        raise IrfError(
            f"submissions, reference tables, decisions, key or code are not those that were taken in for {work.period}; "
            f"run {work.command}"
        )
    submitted: dict[str, list[str]] = {}
    for submission in intake.counting:
        submitted.setdefault(submission.landed.feed, []).append(submission.file)
    return Tables(work, intake.made_of, submitted, threads or machine.threads(), memory_limit or machine.memory_limit())


def last_work(root: DataRoot) -> Work:
    """The work of the period whose submissions were taken in last. Raises IrfError where none were."""
    last = journal.find(root.folder("state") / f"{LastIntake.named}.json", LastIntake)
    if last is None:
        raise IrfError("nothing was refreshed yet; run `irf refresh --period YYYY-MM`")
    return Work(root, last.period)
