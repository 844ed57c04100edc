"""What people accept: a release, by signing it off; a warning of the gate, until a day. Both are lines of the log of releases.

Belongs here: who may say what, and which warnings are accepted. Does not belong here: the log (`log.py`), the lock (the commands
take it), the warnings (`pipelines/quality/`).
Acceptance changes no release and no verdict: only what is said at the end of a refresh, and its exit code.
"""

import datetime
from collections.abc import Iterable, Sequence
from dataclasses import replace

from pipelines.engine.clock import now_in_utc
from pipelines.engine.errors import IrfError
from pipelines.engine.files import sha256_of
from pipelines.engine.said import said, visible
from pipelines.ingest.intake import last_work, open_tables
from pipelines.quality.about import about
from pipelines.quality.checks import CHECKS
from pipelines.quality.verdict import Check, Verdict
from pipelines.quality.withheld import naming_nobody
from pipelines.release.log import AcceptedWarning, Entry, SignedOff, add
from pipelines.release.log_check import verify_log
from pipelines.release.signature import verify_signatures
from pipelines.release.verify import verify
from pipelines.warehouse.root import DataRoot
from schemas.month import last_day

WARNINGS = [check.name for check in CHECKS.values() if not check.blocks or check.name == "required_feeds"]
"""The checks that warn."""


def sign_off(root: DataRoot, version: str, name: str, role: str, note: str | None) -> SignedOff:
    """Note that somebody accepts a release. To be called by who holds the lock. Raises IrfError where it does not verify."""
    release = root.folder("releases") / version
    _check_looks("--by", name)  # whoever signs may be in the register too
    check_words(root, {"--role": role, **({"--note": note} if note is not None else {})})
    findings = verify(release) + verify_log(release, root) + verify_signatures(release, [])
    broken = [f"{finding.name}: {finding.detail}" for finding in findings if not finding.passed]
    if broken:
        raise IrfError(f"{version} is not signed off, for it does not verify ({broken[0]}); see irf verify {version}")
    manifest = sha256_of(release / "manifest.json")
    entry = SignedOff(version=version, manifest_sha256=manifest, name=name, role=role, note=note, signed_at=now_in_utc())
    add(root, [entry])
    return entry


def accept_warning(root: DataRoot, name: str, until: datetime.date, reason: str) -> AcceptedWarning:
    """Note that a warning is accepted until a day, in the cases in which it stands now. To be called by who holds the lock."""
    if name not in WARNINGS:
        raise IrfError(f"{name}: the gate has no such warning; it has {', '.join(WARNINGS)}")
    check_words(root, {"--reason": reason})
    entry = AcceptedWarning(name=name, until=until, reason=reason, accepted_at=now_in_utc(), cases=_standing(root, name))
    add(root, [entry])
    return entry


def _standing(root: DataRoot, name: str) -> tuple[str, ...]:
    """What the cases of a warning are about that the last refresh has said."""
    try:
        verdict = last_work(root).find(Verdict)
    except IrfError:
        verdict = None
    cases = [
        case for check in (verdict.warned if verdict else []) if check.name == name for case in check.cases or [check.detail]
    ]
    return tuple(sorted({about(case) for case in cases}))


def open_and_accepted(warned: Iterable[Check], entries: Iterable[Entry], period: str) -> tuple[list[Check], list[str]]:
    """The warnings of a refresh of a period that nobody has accepted, with their cases alone; and of the others a line each.

    Of a warning that was accepted a case that came later is open.
    """
    accepted = accepted_in(entries, period)
    is_open, known = [], []
    for check in warned:
        entry = accepted.get(check.name)
        cases = check.cases or [check.detail]
        new = [case for case in cases if entry is None or (entry.cases is not None and about(case) not in entry.cases)]
        if entry is None or len(new) == len(cases):
            is_open.append(check)
            continue
        old = [case for case in cases if case not in new]
        line = check.line if not new else f"{check.name}: {_in_short(old)}"
        known.append(f"until {entry.until}, {entry.reason}: {line}")
        if new:
            since = f"came after the warning was accepted on {entry.accepted_at:%Y-%m-%d}"
            is_open.append(replace(check, detail=f"{_in_short(new)}; {since}", cases=new))
    return is_open, known


def _in_short(cases: Sequence[str]) -> str:
    return cases[0] + (f" and {len(cases) - 1} more" if len(cases) > 1 else "")


def accepted_in(entries: Iterable[Entry], period: str) -> dict[str, AcceptedWarning]:
    """The warnings that are accepted in a refresh of a period, by name: of each what was said of it last, until the end of the month."""
    latest = {entry.name: entry for entry in entries if isinstance(entry, AcceptedWarning)}
    return {name: entry for name, entry in latest.items() if last_day(period) <= entry.until}


def check_words(root: DataRoot, given: dict[str, str]) -> None:
    """Raise IrfError for a text that names somebody of the last refresh. What that knew is gone where its work was deleted."""
    for option, text in given.items():
        _check_looks(option, text)
    try:
        tables = open_tables(last_work(root))
        shown = naming_nobody(tables, list(given.values()))
    except IrfError:
        return
    for (option, text), safe in zip(given.items(), shown, strict=True):
        if safe != text:
            raise IrfError(f"{option} names somebody of the register or of a client list: {said(safe)}; say it without")


def _check_looks(option: str, text: str) -> None:
    """Raise IrfError for a text that says nothing, hides signs, or looks like a CHI number or a postcode."""
    if not text.strip():
        raise IrfError(f"{option} says nothing; give a few words")
    if visible(text) != text:
        raise IrfError(f"{option} has signs that cannot be seen: {visible(text)}; give one line of words")
    if said(text) != text:
        raise IrfError(f"{option} has a CHI number or a postcode in it: {said(text)}; say it without")
