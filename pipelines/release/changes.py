"""CHANGES.md: what is different from the release before, in rows and pounds.

Belongs here: comparing two releases' control totals, lines, ledger rows and inputs. Does not belong here: publishing.
"""

from pathlib import Path

import duckdb

from pipelines.release.compared import Side, compared, manifest_of


def changes(previous: Path | None, staged: Path, manifest: dict) -> str:
    """The text of CHANGES.md for a staged release whose manifest is not written yet."""
    version = manifest["version"]
    if previous is None:
        return f"# {version}\n\nThe first release: there is nothing to compare it with.\n"
    earlier = manifest_of(previous)
    lines = [f"# {version} against {previous.name}\n"]
    lines.append(f"Why: {'; '.join(reasons(earlier, manifest)) or 'nothing that goes in has changed'}.\n")
    lines += _correction_lines(earlier, manifest)
    with compared(Side(previous, earlier), Side(staged, manifest)) as connection:
        different = _different(connection)
        lines += _moved_codes(connection)
    if not different:
        lines.append("No agency, service and month differs in rows or pounds.")
    else:
        lines.append(
            "| agency | service | month | lines before | lines now | pounds before | pounds now | direct before | direct now | why |\n"
            "|---|---|---|---|---|---|---|---|---|---|"
        )
        lines += ["| " + " | ".join("" if v is None else str(v) for v in row) + " |" for row in different]
    return "\n".join(lines) + "\n"


def reasons(before: dict, now: dict) -> list[str]:
    """What went in that is another, in words. before, now: the manifests."""
    reasons = []
    old, new = ({i["file"]: i.get("file_hash") for i in m["inputs"]} for m in (before, now))
    is_same_key = before["key_check"] == now["key_check"]
    arrived = sorted(set(new) - set(old))
    gone = sorted(set(old) - set(new))
    # Another key gives every file another hash; a release made before hashes were keyed has none.
    changed = sorted(f for f in set(new) & set(old) if is_same_key and old[f] is not None and new[f] != old[f])
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
    if not is_same_key:
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


def _different(connection: duckdb.DuckDBPyConnection) -> list[tuple]:
    """Every agency, service and month that differs, and why.

    new: a month that the release before did not have. restated: a record or a ledger amount of a month that it had is
    another, more or gone. revalued: the same units at another unit cost. remapped: a ledger code belongs to another service.
    relinked: the line is about another person. recomputed: none of these; the rules or the code changed.
    """
    return connection.execute(_DIFFERENT).fetchall()


_DIFFERENT = """
    WITH known_month AS (
        SELECT DISTINCT agency, month FROM before.control_total
    ),
    line_reason AS (
        SELECT agency, service, month, change_kind AS reason, 'line' AS what, count(*) AS number
        FROM changed_line
        WHERE change_kind IN ('restated', 'revalued', 'remapped', 'relinked')
        GROUP BY ALL
    ),
    ledger AS (
        SELECT *, unnest(list_distinct([service_before, service_now])) AS service FROM changed_ledger
    ),
    ledger_reason AS (
        SELECT agency, service, month, 'remapped' AS reason, 'code' AS what, count(*) AS number
        FROM ledger WHERE is_remapped GROUP BY ALL
        UNION ALL
        SELECT agency, service, month, 'restated', 'ledger row', count(*) FROM ledger WHERE is_restated GROUP BY ALL
    ),
    reason AS (
        SELECT agency, service, month, reason, what, sum(number) AS number
        FROM (SELECT * FROM line_reason UNION ALL SELECT * FROM ledger_reason)
        SEMI JOIN known_month USING (agency, month)
        GROUP BY ALL
    ),
    told AS (
        SELECT
            agency, service, month,
            string_agg(reason || ' ' || number || ' ' || what || CASE WHEN number > 1 THEN 's' ELSE '' END, ', ' ORDER BY reason, what) AS why
        FROM reason
        GROUP BY ALL
    ),
    final AS (
        SELECT
            agency, service, strftime(month, '%Y-%m') AS month, old.lines AS lines_before, new.lines AS lines_now,
            old.published AS before, new.published AS now, old.direct AS direct_before, new.direct AS direct_now,
            CASE WHEN known_month.agency IS NULL THEN 'new' ELSE coalesce(told.why, 'recomputed') END AS why
        FROM before.control_total AS old
        FULL JOIN now.control_total AS new USING (agency, service, month)
        LEFT JOIN told USING (agency, service, month)
        LEFT JOIN known_month USING (agency, month)
        WHERE old.lines IS DISTINCT FROM new.lines OR old.published IS DISTINCT FROM new.published
            OR old.direct IS DISTINCT FROM new.direct OR told.why IS NOT NULL
    )
    SELECT * FROM final ORDER BY agency, service, month
"""


def _moved_codes(connection: duckdb.DuckDBPyConnection) -> list[str]:
    """A table of the ledger codes that belong elsewhere than in the release before: in a month of it, or from then on."""
    rows = connection.execute(
        """
        WITH belongs AS (
            SELECT agency, cost_code, month, coalesce(service, treatment) AS service, amount FROM now.ledger_line
        ),
        was AS (
            SELECT DISTINCT agency, cost_code, month, coalesce(service, treatment) AS service FROM before.ledger_line
        ),
        compared AS (
            -- A month that the release before did not have is compared with the code's latest month there.
            SELECT belongs.*, was.service AS service_before
            FROM belongs
            ASOF JOIN was
                ON was.agency = belongs.agency AND was.cost_code = belongs.cost_code AND was.month <= belongs.month
        )
        SELECT agency, cost_code, strftime(min(month), '%Y-%m'), strftime(max(month), '%Y-%m'), service_before, service, sum(amount)
        FROM compared
        WHERE service_before <> service
        GROUP BY agency, cost_code, service_before, service
        ORDER BY ALL
        """
    ).fetchall()
    if not rows:
        return []
    head = "| agency | cost code | first month | last month | service before | service now | pounds |\n|---|---|---|---|---|---|---|"
    return ["Ledger codes remapped:\n", head, *("| " + " | ".join(map(str, row)) + " |" for row in rows), ""]
