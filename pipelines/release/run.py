"""From the files of a refresh to a published release: the facts of the manifest, the reports, the link history.

Belongs here: gathering. Does not belong here: how a release is written (`publish.py`).
"""

import hashlib
import importlib.metadata
import json
import shutil
from decimal import Decimal
from pathlib import Path

import pyarrow.parquet as pq

from pipelines.engine.database import MEMORY_LIMIT
from pipelines.engine.paths import REPOSITORY
from pipelines.identity.pseudonym import key_check
from pipelines.ingest.submissions import current
from pipelines.release.publish import ReleaseFacts, publish
from pipelines.release.reconciliation import write_reconciliation
from pipelines.steps import Steps
from schemas.feeds import FEEDS

PACKAGES = ("dagster", "duckdb", "great-expectations", "numpy", "pandas", "pandera", "pyarrow", "splink")
ZERO = Decimal("0.00")


def publish_refresh(steps: Steps, note: str | None) -> str:
    """Publish what the refresh made. Returns the version."""
    history = steps.person_history()
    files = steps.mart_files()
    facts = ReleaseFacts(
        inputs=_inputs(steps),
        corrections=_corrections(steps),
        reference=steps.noted_reference(),
        month_splits=_month_splits(steps),
        code_version=code_version(),
        key_check=key_check(steps.key()),
        packages={name: importlib.metadata.version(name) for name in PACKAGES},
        config={"memory_limit": MEMORY_LIMIT},
        gate=steps.noted_gate(),
        note=note,
    )

    def reports(out: Path) -> None:
        (out / "gate.json").write_text(json.dumps(facts.gate, indent=2, sort_keys=True) + "\n", "utf-8")
        shutil.copytree(steps.data_docs, out / "data_docs")
        write_reconciliation(pq.read_table(files["bridge"]), out / "reconciliation.xlsx")

    version = publish(steps.root.folder("releases"), steps.root.folder("reports"), steps.period, files, facts, reports)
    steps.remember_links(history)
    steps.note_published(version)
    return version


def code_version() -> str:
    """A hash over the code that decides what a release holds: the same code, the same text, with or without git."""
    digest = hashlib.sha256()
    for folder, pattern in (
        ("schemas", "*.py"),
        ("pipelines", "*.py"),
        ("pipelines", "*.json"),
        ("assets", "*.py"),
        ("sql", "*.sql"),
    ):
        for path in sorted((REPOSITORY / folder).rglob(pattern)):
            digest.update(path.relative_to(REPOSITORY).as_posix().encode() + b"\0" + path.read_bytes())
    return digest.hexdigest()[:16]


def _inputs(steps: Steps) -> list[dict]:
    """Every submission with its rows and pounds by fate."""
    fates = steps.fates()
    pounds_read = {j.landed: j.outcome.pounds_read for j in steps.all_judged()}
    by_place = {(x.agency, x.feed, x.period, x.revision): x for x in pounds_read}
    inputs = []
    for row in pq.read_table(steps.root.folder("mart") / "submission.parquet").to_pylist():
        landed = by_place[(row["agency"], row["feed"], row["period"], row["revision"])]
        pounds = None
        if FEEDS[row["feed"]].amount and row["status"] != "refused":
            fate = fates.get((row["agency"], row["feed"], row["period"])) if row["status"] == "accepted" else None
            read = pounds_read[landed]
            pounds = {
                "read": str(read),
                "accepted": str(fate["pounds_accepted"] if fate else ZERO),
                "quarantined": str(fate["pounds_quarantined"] if fate else ZERO),
                "superseded": str(fate["pounds_superseded"] if fate else read),
            }
        counts = {k: row[k] for k in ("agency", "feed", "period", "revision", "rows", "accepted", "quarantined", "superseded")}
        inputs.append({"file": landed.name, "file_hash": row["file_hash"], "pounds": pounds, **counts})
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
