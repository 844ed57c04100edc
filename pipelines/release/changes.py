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
    reference = sorted(f for f in now["reference"] if before["reference"].get(f) != now["reference"][f])
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
