"""The gate: what must hold before a release is published. Every check runs; any failure refuses.

Belongs here: the five conservation checks over the inside tables, missing feeds and ledgers, and what is only named.
Does not belong here: judging records (`ingest`), checking a published release (`release/verify.py`).
"""

from dataclasses import dataclass
from decimal import Decimal

import pyarrow.parquet as pq

from pipelines.engine.database import dependencies, read_sql
from pipelines.engine.paths import SQL
from pipelines.ingest.submissions import Judged, current
from pipelines.steps import Steps


@dataclass(frozen=True)
class Check:
    """The answer of one check. `blocks`: a failure refuses the release, else it is a warning."""

    name: str
    passed: bool
    detail: str
    blocks: bool = True


CONSERVATION = {
    "rows": "rows read = accepted + quarantined + superseded",
    "pounds": "pounds read = accepted + quarantined + superseded",
    "ledger": "cost = ledger quantum for every agency, service and month",
    "months": "the months of a record sum to the record",
    "marts": "client and locality tables sum to the cost lines",
}
WARNINGS = {
    "no_quantum": "services with activity and no ledger amount",
    "out_of_band": "residuals held because the scale factor is out of its band",
    "payments_without_line": "payments coded to a service with another method",
    "ledger_quarantined": "ledger rows that could not be read",
    "ledger_without_line": "ledger rows for months before the dataset's first",
}


def missing_feeds(steps: Steps) -> list[Check]:
    """A check for each required feed of the period, and for each file that was refused with nothing to fall back on."""
    usable = {(j.landed.agency, j.landed.feed, j.landed.period) for j in current(steps.all_judged())}
    checks = [
        Check("required_feed", False, f"{agency}/{feed}: no usable submission for {steps.period}")
        for agency, feed in steps.expected_feeds(steps.period)
        if (agency, feed, steps.period) not in usable
    ]
    for j in steps.all_judged():
        key = (j.landed.agency, j.landed.feed, j.landed.period)
        if j.refused:
            checks.append(Check("refused_file", False, f"{j.landed.name}: {j.detail} ({j.refused})", blocks=key not in usable))
    return checks or [Check("required_feeds", True, "every required feed is there")]


def conservation(steps: Steps) -> list[Check]:
    """The conservation checks and the check that every month of activity has a ledger."""
    checks = [_rows(steps.all_judged(), steps), _pounds(steps.all_judged(), steps)]
    checks += [_select(steps, name, sentence, blocks=True) for name, sentence in CONSERVATION.items() if _has_sql(name)]
    checks.append(_select(steps, "month_without_ledger", "every month with activity has a ledger", blocks=True))
    return checks


def named(steps: Steps) -> list[Check]:
    """What does not block but must be seen."""
    return [_select(steps, name, sentence, blocks=False) for name, sentence in WARNINGS.items()]


def _has_sql(name: str) -> bool:
    return (SQL / "check" / f"gate_{name}.sql").exists()


def _rows(judged: list[Judged], steps: Steps) -> Check:
    """Rows read, counted by the reader, against the fates of rows in the core tables."""
    broken = []
    for j, fate in _with_fates(judged, steps):
        kept = fate["accepted"] + fate["quarantined"] + fate["superseded"] if fate else 0
        if kept != j.outcome.rows:
            broken.append(f"{j.landed.name}: {j.outcome.rows} rows read, {kept} accounted for")
    return Check("rows", not broken, broken[0] if broken else CONSERVATION["rows"])


def _pounds(judged: list[Judged], steps: Steps) -> Check:
    """Pounds read, summed by the reader, against the fates of pounds in the core tables."""
    broken = []
    for j, fate in _with_fates(judged, steps):
        parts = ("pounds_accepted", "pounds_quarantined", "pounds_superseded")
        kept = sum((fate[p] for p in parts), Decimal("0.00")) if fate else Decimal("0.00")
        if kept != j.outcome.pounds_read:
            broken.append(f"{j.landed.name}: £{j.outcome.pounds_read} read, £{kept} accounted for")
    return Check("pounds", not broken, broken[0] if broken else CONSERVATION["pounds"])


def _with_fates(judged: list[Judged], steps: Steps) -> list[tuple[Judged, dict | None]]:
    rows = pq.read_table(steps.root.folder("core") / "fate.parquet").to_pylist()
    fates = {(f["agency"], f["feed"], f["period"]): f for f in rows}
    return [(j, fates.get((j.landed.agency, j.landed.feed, j.landed.period))) for j in current(judged)]


def _select(steps: Steps, name: str, sentence: str, *, blocks: bool) -> Check:
    """A check that is a SELECT of what breaks it: no row, it holds. The first columns of the first row are the detail."""
    sql = read_sql("check", f"gate_{name}")
    with steps.database(dependencies(sql)) as connection:
        rows = connection.execute(sql).fetchall()
    if not rows:
        return Check(name, True, sentence, blocks)
    first = ", ".join(str(value) for value in rows[0])
    more = f" and {len(rows) - 1} more" if len(rows) > 1 else ""
    return Check(name, False, f"{sentence}: {first}{more}", blocks)
