"""What a manifest states beside the tables (inputs, quarantine, months of records, corrections), against the tables themselves.

Belongs here: these checks, and the answer that every check gives. Does not belong here: the checks of files and tables (`verify.py`).
"""

from collections import defaultdict
from dataclasses import dataclass
from decimal import Decimal

import duckdb

from schemas.codes import Fate

Sums = dict[tuple[str, str, str], tuple[int, Decimal]]
"""Rows and pounds by agency, feed and period."""


@dataclass(frozen=True)
class Finding:
    """The answer of one check."""

    name: str
    passed: bool
    detail: str


def stated_findings(connection: duckdb.DuckDBPyConnection, manifest: dict) -> list[Finding]:
    """Every such check of a release, which `connection` shows as `release`. Never raises for what it finds wrong."""
    findings = []
    for name, check in CHECKS.items():
        try:
            findings.append(check(connection, manifest))
        except (KeyError, TypeError, ValueError, AttributeError, ArithmeticError):
            findings.append(Finding(name, False, "manifest.json does not tell it in the way a manifest does"))
    return findings


def _pounds(connection: duckdb.DuckDBPyConnection, manifest: dict) -> Finding:
    """The manifest's inputs are the submissions, with the same rows by fate and the same pounds."""
    counts = ("file_hash", "rows", "accepted", "quarantined", "superseded")
    place = ("agency", "feed", "period", "revision")
    rows = connection.execute(f"SELECT {', '.join((*place, *counts))}, amount FROM release.submission").fetchall()
    published = {row[:4]: row[4:] for row in rows}
    for i in manifest["inputs"]:
        *known, amount = published.pop(tuple(i[name] for name in place), (None,))
        if known != [i[name] for name in counts] or not i["file"].startswith(f"{i['agency']}/{i['feed']}/{i['period']}."):
            return Finding("pounds", False, f"{i['file']}: the manifest and the table submission differ")
        pounds = {k: Decimal(v) for k, v in i["pounds"].items()} if i["pounds"] else {"read": amount}
        parts = sum((pounds[k] for k in Fate), Decimal(0)) if i["pounds"] else amount
        if pounds["read"] != amount or parts != amount:
            return Finding("pounds", False, f"{i['file']}: rows or pounds are not all accounted for")
    if published:
        return Finding("pounds", False, f"{', '.join(map(str, sorted(published)[0]))}: in submission and not in the manifest")
    return Finding("pounds", True, "every submission: pounds = accepted + quarantined + superseded")


def _quarantine(connection: duckdb.DuckDBPyConnection, manifest: dict) -> Finding:
    """The rows that are set aside, by the rules they break, are those of each file; what of their pounds is on lines is in control_total."""
    if "quarantine" not in manifest:
        return Finding("quarantine", True, "this release does not tell it by rule")
    nothing = (0, Decimal(0))
    of_files: Sums = defaultdict(lambda: nothing)
    by_rule: Sums = defaultdict(lambda: nothing)
    held: dict[str, Decimal] = defaultdict(Decimal)
    for i in manifest["inputs"]:
        _add(of_files, i, i["quarantined"], (i["pounds"] or {}).get("quarantined"))
    for row in manifest["quarantine"]:
        _add(by_rule, row, row["rows"], row["pounds"])
        held[row["agency"]] += Decimal(row["on_lines"])
    for of in sorted({*of_files, *by_rule}):
        if of_files[of] != by_rule[of]:
            return Finding("quarantine", False, f"{', '.join(of)}: rows or pounds in quarantine are not those by rule")
    control = dict(connection.execute("SELECT agency, sum(quarantined) FROM release.control_total GROUP BY agency").fetchall())
    for agency in sorted({*control, *held}):
        if held[agency] != control.get(agency, Decimal(0)):
            return Finding("quarantine", False, f"{agency}: pounds on lines, by rule, are not what control_total has")
    return Finding("quarantine", True, "every file: rows and pounds in quarantine = those by rule; on lines = control_total")


def _add(sums: Sums, of: dict, rows: int, pounds: str | None) -> None:
    """Add rows and pounds to those of their file. Pounds that are not known add nothing."""
    place = (of["agency"], of["feed"], of["period"])
    sums[place] = (sums[place][0] + rows, sums[place][1] + Decimal(pounds or 0))


def _month_splits(connection: duckdb.DuckDBPyConnection, manifest: dict) -> Finding:
    """The record totals are in the manifest; their months in the dataset are in the lines."""
    published = {
        (a, s, b): total
        for a, s, b, total in connection.execute(
            "SELECT agency, service, cost_basis, sum(direct_cost) FROM release.cost_line WHERE direct_cost IS NOT NULL GROUP BY ALL"
        ).fetchall()
    }
    for m in manifest["month_splits"]:
        total, inside, outside = (Decimal(m[k]) for k in ("record_total", "in_window", "outside_window"))
        key = (m["agency"], m["service"], m["cost_basis"])
        if total != inside + outside or published.pop(key, Decimal(0)) != inside:
            return Finding("months", False, f"{', '.join(key)}: the months do not sum to the records")
    if published:
        return Finding("months", False, f"{', '.join(sorted(published)[0])}: direct cost without records")
    return Finding("months", True, "the months of all records sum to the records")


def _corrections(connection: duckdb.DuckDBPyConnection, manifest: dict) -> Finding:
    """What the manifest says that corrections touched is what the rules counted in the submissions that count."""
    counted = connection.execute(
        """
        SELECT replace(rule_id, 'corrected.', ''), agency, feed, period, failed
        FROM release.rule_result
        JOIN release.submission USING (agency, feed, period, revision)
        WHERE rule_id LIKE 'corrected.%' AND submission.status = 'accepted'
        """
    ).fetchall()
    names = ("correction", "agency", "feed", "period", "records")
    stated = {tuple(c[n] for n in names) for c in manifest.get("corrections", [])}
    different = sorted(stated ^ set(counted))
    if different:
        return Finding("corrections", False, f"{', '.join(map(str, different[0]))}: not both in manifest and rule_result")
    return Finding("corrections", True, "every declared correction: records of the manifest = records of the rules")


CHECKS = {"pounds": _pounds, "quarantine": _quarantine, "months": _month_splits, "corrections": _corrections}
"""The checks, in the order of their answers."""
