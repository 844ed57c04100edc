"""From the tables of a refresh to a published release: the facts of the manifest, the reports, the link history.

Belongs here: gathering. Does not belong here: how a release is written (`publish.py`).
"""

import json
from collections.abc import Callable
from dataclasses import asdict, dataclass
from decimal import Decimal
from pathlib import Path

from pipelines.engine.engine_name import EngineName
from pipelines.engine.errors import GateRefused
from pipelines.engine.files import read_note, replace_whole
from pipelines.engine.software import code_version, package_versions
from pipelines.identity.people import Linkage
from pipelines.ingest.intake import Intake, made_of, open_tables
from pipelines.ingest.reference import declared_corrections
from pipelines.quality.findings import fates_of
from pipelines.quality.verdict import Verdict
from pipelines.quality.withheld import named_in, naming_nobody
from pipelines.release.checked import Checked
from pipelines.release.publish import ReleaseFacts, announced_history, clear_staging, complete_publishing, publish
from pipelines.release.reconciliation import write_reconciliation
from pipelines.release.signature import signers
from pipelines.warehouse.key import key_check, key_of
from pipelines.warehouse.releases import latest_of
from pipelines.warehouse.tables import Tables
from pipelines.warehouse.work import Work
from schemas.codes import Fate
from schemas.feeds import FEEDS
from schemas.published import PUBLISHED

ZERO = Decimal("0.00")
WritePages = Callable[[Path, Path], None]


@dataclass(frozen=True)
class Outcome:
    """The release that a refresh has come to. is_new: it was published now; else it is an earlier one, of which nothing has changed."""

    version: str
    is_new: bool


def publish_refresh(
    work: Work,
    run: str,
    note: str | None,
    again: bool,
    threads: int | None,
    memory_limit: str | None,
    engine: EngineName,
    write_pages: WritePages,
) -> Outcome:
    """Publish exactly what the gate has passed, unless the newest release of the period was made of the same.

    run: the Dagster run. again: publish all the same. write_pages: of a release, into the folder of its report. Raises GateRefused where the gate has not passed what is there now.
    """
    verdict = _verdict_on(work)
    tables = open_tables(work, threads, memory_limit).run_by(engine)
    equal = _release_of(work, verdict)
    if equal and not again:
        return Outcome(equal, is_new=False)
    try:
        version = _publish(Checked(tables, verdict), run, note, write_pages)
    finally:
        # What was refused may name somebody, and others read the folder of the releases.
        clear_staging(work.root)
    complete_publishing(work.root)
    return Outcome(version, is_new=True)


def _verdict_on(work: Work) -> Verdict:
    """The verdict of the gate on what there is now. Raises GateRefused where there is none, or it is of something else."""
    verdict = work.find(Verdict)
    if verdict is None:
        raise GateRefused([f"the gate has not checked {work.period}; run {work.command}"])
    if verdict.blocked_by:
        raise GateRefused(verdict.blocked_by)
    if verdict.period != work.period or verdict.made_of != made_of(work, work.read(Intake).submissions):
        raise GateRefused([
            "submissions, reference tables, decisions, key or code are not those that the gate checked for "
            f"{work.period}; run {work.command}"
        ])  # fmt: skip
    return verdict


def _release_of(work: Work, verdict: Verdict) -> str | None:
    """The newest release of the period, where it was made of the same as this refresh."""
    folder = work.root.folder("releases")
    version = latest_of(folder, work.period)
    manifest = read_note(folder / version / "manifest.json") if version else None
    return version if isinstance(manifest, dict) and manifest.get("made_of") == verdict.made_of else None


def _publish(checked: Checked, run: str, note: str | None, write_pages: WritePages) -> str:
    tables, verdict = checked.tables, checked.verdict
    work = tables.work
    root = work.root
    checked.compare(("submission", "bridge", "core/fate", "core/fate_by_rules", "core/record_cost"))
    facts = ReleaseFacts(
        inputs=_inputs(tables),
        quarantine=_quarantine(tables),
        corrections=_corrections(work),
        reference=work.read(Intake).reference,
        month_splits=_month_splits(tables),
        made_of=verdict.made_of,
        code_version=code_version(),
        key_check=key_check(key_of(root)),
        packages=package_versions(),
        config={"memory_limit": tables.memory_limit},
        linkage=work.read(Linkage).model_dump(exclude={"made_of"}),
        gate=[asdict(check) for check in verdict.checks],
        note=naming_nobody(tables, [note])[0] if note is not None else None,
    )

    def reports(release: Path, out: Path) -> None:
        (out / "gate.json").write_text(json.dumps(facts.gate, indent=2, sort_keys=True) + "\n", "utf-8")
        checked.copy("expectations", out / "expectations")
        write_reconciliation(tables.rows("mart", "bridge"), out / "reconciliation.xlsx", release.name)
        write_pages(release, out)

    def announce(version: str) -> None:
        history = checked.link_history()
        replace_whole(announced_history(root, version), lambda file: file.write(history))

    def lay(staging: Path) -> None:
        for name in PUBLISHED:
            checked.copy(name, staging / name)

    known_words = tables.made("core", "known_word")
    return publish(
        root,
        work.period,
        lay,
        facts,
        run,
        announce,
        reports,
        lambda built: named_in(built, known_words, root.path),
        tables.engine,
        signers(),
    )


def _inputs(tables: Tables) -> list[dict]:
    """Every submission with its rows and pounds by fate."""
    fates = fates_of(tables)
    known = tables.work.read(Intake).submissions
    by_name = {(s.landed.agency, s.landed.feed, s.landed.period, s.landed.revision): s for s in known}
    inputs = []
    for row in tables.rows("mart", "submission").to_pylist():
        found = by_name[row["agency"], row["feed"], row["period"], row["revision"]]
        pounds = None
        if FEEDS[row["feed"]].amount and row["status"] != "refused":
            fate = fates.get((row["agency"], row["feed"], row["period"])) if row["status"] == "accepted" else None
            read = found.outcome.pounds_read
            pounds = {
                "read": str(read),
                "accepted": str(fate["pounds_accepted"] if fate else ZERO),
                "quarantined": str(fate["pounds_quarantined"] if fate else ZERO),
                "superseded": str(fate["pounds_superseded"] if fate else read),
            }
        counts = {k: row[k] for k in ("agency", "feed", "period", "revision", "rows", "accepted", "quarantined", "superseded")}
        facts = {"file": found.landed.name, "file_hash": row["file_hash"], "refused": found.refused}
        inputs.append({**facts, "pounds": pounds, **counts})
    return inputs


def _quarantine(tables: Tables) -> list[dict]:
    """The rows that are set aside of each submission that counts, with their pounds, by all the rules that a row breaks: each row once.

    on_lines: what of the pounds is on lines of basis quarantined; the rest counts nowhere.
    """
    found = tables.rows("core", "fate_by_rules").to_pylist()
    return [
        {
            **{name: row[name] for name in ("agency", "feed", "period", "rows", "rows_without_pounds")},
            "rules": row["broken_rules"].split(),
            "pounds": None if row["pounds"] is None else str(row["pounds"]),
            "on_lines": str(row["held"]),
        }
        # A total row is no record: it is in no count of rows, and has no pounds.
        for row in found if row["fate"] == Fate.QUARANTINED and (row["rows"] or row["pounds"] is not None)
    ]  # fmt: skip


def _corrections(work: Work) -> list[dict]:
    """What each declared correction changed in each submission that counts, with the pounds before and after it."""
    counting = work.read(Intake).counting
    corrections = []
    for c in declared_corrections(work):
        for s in counting:
            found = s.outcome.corrected.get(c.name)
            if found is None:
                continue
            has_money = FEEDS[c.feed].amount is not None
            corrections.append({
                "correction": c.name, "agency": c.agency, "feed": c.feed, "period": s.landed.period, "action": c.action,
                "records": found.records,
                "pounds_before": str(found.pounds_before) if has_money else None,
                "pounds_after": str(found.pounds_after) if has_money else None,
                "reason": c.reason,
            })  # fmt: skip
    return corrections


def _month_splits(tables: Tables) -> list[dict]:
    """What the records cost in all, in the dataset's months and outside them."""
    with tables.database([("core", "record_cost")]) as connection:
        rows = connection.execute(
            """
            WITH split AS (
                SELECT
                    agency, service, cost_basis, min(split_total) AS total,
                    coalesce(sum(direct_cost) FILTER (WHERE in_window), 0) AS inside,
                    coalesce(sum(direct_cost) FILTER (WHERE NOT in_window), 0) AS outside
                FROM core.record_cost
                WHERE direct_cost IS NOT NULL
                GROUP BY agency, feed, record_key, part, service, cost_basis, split_group
            )
            SELECT agency, service, cost_basis, count(*), sum(total), sum(inside), sum(outside) FROM split GROUP BY ALL ORDER BY ALL
            """
        ).fetchall()
    names = ("agency", "service", "cost_basis", "records", "record_total", "in_window", "outside_window")
    return [{n: v if isinstance(v, int | str) else str(v) for n, v in zip(names, row, strict=True)} for row in rows]
