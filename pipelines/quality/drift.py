"""Drift: a file's measures beside those of the same agency's earlier files of the feed.

Belongs here: what is usual, and whether a measure leaves its tolerance. Does not belong here: the measures themselves
(`sql/rule/drift_measure.sql`), the tolerances (`schemas/rules`).
What is usual is the median of the last files. Files that drifted do not count while enough others do, so that several bad
months in a row stay bad; a change that lasts becomes the usual once it fills most of the window.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from statistics import median

from schemas.rules import DRIFT_FEWEST_ROWS, DRIFT_PERIODS, DRIFT_RULES, DRIFT_TRUSTED_PERIODS, DriftRule

FOUR_PLACES = Decimal("0.0001")


@dataclass(frozen=True)
class Measured:
    """One measure of one file, and its rows."""

    period: str
    now: Decimal
    rows: Decimal


@dataclass(frozen=True)
class Compared:
    """A measure with what is usual; `usual` is None where there is nothing to compare with."""

    measured: Measured
    usual: Decimal | None
    drifts: bool


def compare(series: Iterable[Measured], rule: DriftRule, fewest_rows: int) -> list[Compared]:
    """Each file of one agency and feed, by period, beside those before it."""
    compared: list[Compared] = []
    for measured in sorted(series, key=lambda m: m.period):
        usual = _usual(compared, fewest_rows)
        compared.append(Compared(measured, usual, usual is not None and not _tolerated(measured.now, usual, rule)))
    return compared


def _usual(earlier: Sequence[Compared], fewest_rows: int) -> Decimal | None:
    window = earlier[-DRIFT_PERIODS:]
    trusted = [c for c in window if not c.drifts]
    counted = [c.measured for c in (trusted if len(trusted) >= DRIFT_TRUSTED_PERIODS else window)]
    if not counted or median(m.rows for m in counted) < fewest_rows:
        return None
    usual = median(m.now for m in counted)
    return usual.quantize(FOUR_PLACES) if usual > 0 else None


def _tolerated(now: Decimal, usual: Decimal, rule: DriftRule) -> bool:
    least, most = rule.tolerance
    return least * usual <= now <= most * usual


def drift_rows(measures: Iterable[dict]) -> list[dict]:
    """The rows of `core/drift` from those of `sql/rule/drift_measure.sql`."""
    by_feed: dict[tuple[str, str], list[dict]] = {}
    for row in measures:
        by_feed.setdefault((row["agency"], row["feed"]), []).append(row)
    rows = []
    for (agency, feed), files in sorted(by_feed.items()):
        for rule in DRIFT_RULES.values():
            name = rule.rule_id.removeprefix("drift.")
            series = [Measured(f["period"], f[name], f["rows"]) for f in files if f[name] is not None]
            for c in compare(series, rule, 1 if feed == "ledger" else DRIFT_FEWEST_ROWS):
                rows.append({"agency": agency, "feed": feed, "period": c.measured.period, "rule_id": rule.rule_id,
                             "now": c.measured.now, "usual": c.usual, "drifts": c.drifts})  # fmt: skip
    return rows
