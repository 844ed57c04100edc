"""CHANGES.md: what is different from the release before, in rows and pounds.

Belongs here: comparing two releases' control totals and inputs. Does not belong here: publishing.
"""

import json
from pathlib import Path

import duckdb


def changes(previous: Path | None, staged: Path, manifest: dict) -> str:
    """The text of CHANGES.md for a staged release whose manifest is not written yet."""
    version = manifest["version"]
    if previous is None:
        return f"# {version}\n\nThe first release: there is nothing to compare it with.\n"
    lines = [f"# {version} against {previous.name}\n"]
    lines.append(f"Why: {'; '.join(_reasons(_manifest(previous), manifest)) or 'nothing that goes in has changed'}.\n")
    lines += _correction_lines(_manifest(previous), manifest)
    different = _different(previous, staged)
    if not different:
        lines.append("No agency, service and month differs in rows or pounds.")
    else:
        lines.append(
            "| agency | service | month | lines before | lines now | pounds before | pounds now |\n|---|---|---|---|---|---|---|"
        )
        lines += ["| " + " | ".join("" if v is None else str(v) for v in row) + " |" for row in different]
    return "\n".join(lines) + "\n"


def _manifest(release: Path) -> dict:
    body: dict = json.loads((release / "manifest.json").read_text("utf-8"))
    return body


def _reasons(before: dict, now: dict) -> list[str]:
    reasons = []
    old, new = ({i["file"]: i["sha256"] for i in m["inputs"]} for m in (before, now))
    arrived = sorted(set(new) - set(old))
    gone = sorted(set(old) - set(new))
    changed = sorted(f for f in set(new) & set(old) if new[f] != old[f])
    names = {**before["reference"], **now["reference"]}
    reference = sorted(f for f in names if before["reference"].get(f) != now["reference"].get(f))
    for what, files in (
        ("new submissions", arrived),
        ("submissions no longer there", gone),
        ("changed submissions", changed),
        ("changed reference", reference),
    ):
        if files:
            reasons.append(f"{what}: {', '.join(files)}")
    if before["key_check"] != now["key_check"]:
        reasons.append("the pseudonym key is another one: every person_id and line_id changed")
    if before["code_version"] != now["code_version"]:
        reasons.append("the code changed")
    return reasons


def _correction_lines(before: dict, now: dict) -> list[str]:
    """A table of the declared corrections that do other than in the release before; nothing where none does."""
    old, new = (
        {tuple(c[k] for k in ("correction", "agency", "feed", "period")): c for c in m.get("corrections", [])}
        for m in (before, now)
    )
    different = [key for key in sorted({**old, **new}) if old.get(key) != new.get(key)]
    if not different:
        return []
    head = "| correction | agency | feed | period | did | does now |\n|---|---|---|---|---|---|"
    rows = [f"| {' | '.join(key)} | {_effect(old.get(key))} | {_effect(new.get(key))} |" for key in different]
    return ["Declared corrections that differ:\n", head, *rows, ""]


def _effect(correction: dict | None) -> str:
    """What a correction did, in a few words: action, records, pounds before and after."""
    if correction is None:
        return "nothing"
    pounds = "" if correction["pounds_before"] is None else f", £{correction['pounds_before']} → £{correction['pounds_after']}"
    return f"{correction['action']} {correction['records']} records{pounds}"


def _different(before: Path, now: Path) -> list[tuple]:
    with duckdb.connect() as connection:
        for name, release in (("before", before), ("now", now)):
            files = str(release / "control_total" / "**" / "*.parquet").replace("'", "''")
            connection.execute(f"CREATE VIEW {name} AS SELECT * FROM read_parquet('{files}', hive_partitioning = true)")
        return connection.execute(
            """
            SELECT agency, service, strftime(month, '%Y-%m') AS month, before.lines, now.lines, before.published, now.published
            FROM before
            FULL JOIN now USING (agency, service, month)
            WHERE before.lines IS DISTINCT FROM now.lines OR before.published IS DISTINCT FROM now.published
            ORDER BY agency, service, month
            """
        ).fetchall()
