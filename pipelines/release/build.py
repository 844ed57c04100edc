"""From the files of a refresh to a published release: the facts of the manifest, the reports, the link history.

Belongs here: gathering. Does not belong here: how a release is written (`publish.py`).
"""

import json
import shutil
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path

import pyarrow.parquet as pq

from pipelines.engine.database import MEMORY_LIMIT
from pipelines.engine.errors import GateRefused
from pipelines.engine.files import copy_hashed, read_note, replace_whole
from pipelines.engine.software import code_version, package_versions
from pipelines.identity.pseudonym import key_check
from pipelines.ingest.intake import current
from pipelines.quality.verdict import Verdict
from pipelines.quality.withheld import named_in
from pipelines.release.publish import ReleaseFacts, announced_history, complete_publishing, publish, releases
from pipelines.release.reconciliation import write_reconciliation
from pipelines.steps import Steps
from schemas.feeds import FEEDS
from schemas.published import PUBLISHED

JUDGED = ".judged-"
"""What the name of a folder of copies that are being published begins with; a killed process leaves it."""
ZERO = Decimal("0.00")


@dataclass(frozen=True)
class Outcome:
    """The release that a refresh has come to. is_new: it was published now; else it is an earlier one, of which nothing has changed."""

    version: str
    is_new: bool


def publish_refresh(steps: Steps, run: str, note: str | None, again: bool) -> Outcome:
    """Publish exactly what the gate has passed, unless the newest release of the period was made of the same.

    run: the Dagster run. again: publish all the same. Raises GateRefused where the gate has not passed what is there now.
    """
    verdict = _verdict_on(steps)
    equal = _release_of(steps)
    if equal and not again:
        return Outcome(equal, is_new=False)
    judged = steps.root.folder("mart") / f"{JUDGED}{run}"
    try:
        version = _publish(steps, verdict, _copies(steps, verdict, judged), run, note)
    finally:
        shutil.rmtree(judged, ignore_errors=True)
    complete_publishing(steps.root)
    return Outcome(version, is_new=True)


def _verdict_on(steps: Steps) -> Verdict:
    """The verdict of the gate on what there is now. Raises GateRefused where there is none, or it is of something else."""
    verdict = steps.verdict()
    again = f"run irf refresh --period {steps.period}"
    if verdict is None:
        raise GateRefused([f"the gate has not judged {steps.period}; {again}"])
    if verdict.period != steps.period:
        raise GateRefused([f"what the gate judged last is {verdict.period} and not {steps.period}; {again}"])
    if verdict.blocked_by:
        raise GateRefused(verdict.blocked_by)
    if verdict.made_of != steps.made_of():
        raise GateRefused(
            [
                f"submissions, reference tables, decisions, key or code are not those that the gate judged for {steps.period}; {again}"
            ]
        )
    return verdict


def _copies(steps: Steps, verdict: Verdict, folder: Path) -> dict[str, Path]:
    """Copies of all that the gate judged. Raises GateRefused where one is not as it was judged."""
    copies = {}
    for name, file in steps.judged_files().items():
        copies[name] = folder / f"{name}.parquet"
        if copy_hashed(file, copies[name]) != verdict.tables.get(name):
            raise GateRefused(
                [f"table {name} is not as the gate judged it for {steps.period}; run irf refresh --period {steps.period}"]
            )
    return copies


def _release_of(steps: Steps) -> str | None:
    """The newest release of the period, where it was made of the same as this refresh."""
    folder, start = steps.root.folder("releases"), steps.period.replace("-", ".") + "."
    of_period = [version for version in releases(folder) if version.startswith(start)]
    manifest = read_note(folder / of_period[-1] / "manifest.json") if of_period else None
    if not isinstance(manifest, dict) or manifest.get("made_of") != steps.made_of():
        return None
    # A file that was still being copied then may be whole now, under the same hash.
    refused_then = {entry["file"]: entry["refused"] for entry in manifest["inputs"]}
    refused_now = {j.landed.name: j.refused for j in steps.all_judged()}
    return of_period[-1] if refused_then == refused_now else None


def _publish(steps: Steps, verdict: Verdict, files: dict[str, Path], run: str, note: str | None) -> str:
    facts = ReleaseFacts(
        inputs=_inputs(steps, files["submission"]),
        corrections=_corrections(steps),
        reference=steps.noted_reference(),
        month_splits=_month_splits(steps),
        made_of=verdict.made_of,
        code_version=code_version(),
        key_check=key_check(steps.key()),
        packages=package_versions(),
        config={"memory_limit": MEMORY_LIMIT},
        gate=verdict.checks,
        note=steps.naming_nobody([note])[0] if note is not None else None,
    )

    def reports(out: Path) -> None:
        (out / "gate.json").write_text(json.dumps(facts.gate, indent=2, sort_keys=True) + "\n", "utf-8")
        shutil.copytree(steps.data_docs, out / "data_docs")
        write_reconciliation(pq.read_table(files["bridge"]), out / "reconciliation.xlsx")

    def announce(version: str) -> None:
        history = files["link_history"].read_bytes()
        replace_whole(announced_history(steps.root, version), lambda file: file.write(history))

    folder, report_folder = steps.root.folder("releases"), steps.root.folder("reports")
    tables = {name: files[name] for name in PUBLISHED}
    known_words = steps.made("core", "known_word")
    return publish(
        folder, report_folder, steps.period, tables, facts, run, announce, reports, lambda built: named_in(built, known_words)
    )


def _inputs(steps: Steps, submission: Path) -> list[dict]:
    """Every submission with its rows and pounds by fate."""
    fates = steps.fates()
    by_place = {(j.landed.agency, j.landed.feed, j.landed.period, j.landed.revision): j for j in steps.all_judged()}
    inputs = []
    for row in pq.read_table(submission).to_pylist():
        judged = by_place[(row["agency"], row["feed"], row["period"], row["revision"])]
        pounds = None
        if FEEDS[row["feed"]].amount and row["status"] != "refused":
            fate = fates.get((row["agency"], row["feed"], row["period"])) if row["status"] == "accepted" else None
            read = judged.outcome.pounds_read
            pounds = {
                "read": str(read),
                "accepted": str(fate["pounds_accepted"] if fate else ZERO),
                "quarantined": str(fate["pounds_quarantined"] if fate else ZERO),
                "superseded": str(fate["pounds_superseded"] if fate else read),
            }
        counts = {k: row[k] for k in ("agency", "feed", "period", "revision", "rows", "accepted", "quarantined", "superseded")}
        facts = {"file": judged.landed.name, "file_hash": row["file_hash"], "refused": judged.refused}
        inputs.append({**facts, "pounds": pounds, **counts})
    return inputs


def _corrections(steps: Steps) -> list[dict]:
    """What each declared correction changed in each submission that counts, with the pounds before and after it."""
    usable = sorted(current(steps.all_judged()), key=lambda j: j.landed)
    corrections = []
    for c in steps.corrections():
        for j in usable:
            found = j.outcome.corrected.get(c.name)
            if found is None:
                continue
            has_money = FEEDS[c.feed].amount is not None
            corrections.append({
                "correction": c.name, "agency": c.agency, "feed": c.feed, "period": j.landed.period, "action": c.action,
                "records": found.records,
                "pounds_before": str(found.pounds_before) if has_money else None,
                "pounds_after": str(found.pounds_after) if has_money else None,
                "reason": c.reason,
            })  # fmt: skip
    return corrections


def _month_splits(steps: Steps) -> list[dict]:
    """What the records cost in all, in the dataset's months and outside them."""
    with steps.database([("core", "record_cost")]) as connection:
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
