"""The generated documents: the data dictionary, the book of rules and the public schema. `--check` fails when they have drifted.

Belongs here: models to Markdown and `schemas/contract.json`. Does not belong here: documents written by hand.
"""

import json
import sys
from collections.abc import Iterable
from pathlib import Path

from pipelines.release.datapackage import datapackage
from schemas.codes import Code
from schemas.examples import BEYOND_HEADER, GOOD_RECORD, Fields
from schemas.feeds import FEEDS
from schemas.published import PUBLISHED
from schemas.rules import (
    CROSS_RULES,
    DRIFT_FEWEST_ROWS,
    DRIFT_PERIODS,
    DRIFT_RULES,
    DRIFT_TRUSTED_PERIODS,
    FILE_RULES,
    CrossRule,
    DriftRule,
    FileRule,
    Rule,
    rules_of,
)
from schemas.table import Column, columns, grain, key, usage_warnings

REPOSITORY = Path(__file__).resolve().parents[2]
"""The clone: documents are made nowhere else."""

HEAD = """# Data dictionary

Made from `schemas/published` and `schemas/codes.py` by `make docs`; do not edit. Money is exact decimal pounds. Months are
their first day. What each value of a closed list means is said at the end.
"""
LISTS_HEAD = """
# Closed lists

A column that names one of these lists holds no other value.
"""


def dictionary() -> str:
    """Every published table and column, then every closed list that they use, in Markdown."""
    parts = [HEAD]
    lists: dict[str, type[Code]] = {}
    for name, model in PUBLISHED.items():
        parts.append(
            f"\n## {name}\n\n{(model.__doc__ or '').strip()}\n\nOne row: {grain(model)}. Key: {', '.join(key(model))}.\n\n"
        )
        parts += [f"Mind: {w.meaning}.\n\n" for w in usage_warnings(model)]
        parts.append("| column | type | empty? | unit | meaning |\n|---|---|---|---|---|\n")
        for c in columns(model):
            empty = "never" if c.required else "may be"
            lists |= {type(code).__name__: type(code) for code in c.codes[:1]}
            parts.append(f"| {c.name} | {c.arrow_type} | {empty} | {c.unit} | {c.description}{_list_of(c)} |\n")
    return "".join([*parts, LISTS_HEAD, *(_closed_list(codes) for _, codes in sorted(lists.items()))])


def _list_of(c: Column) -> str:
    """A link to the list that a column's values are from."""
    return f" ([{(name := type(c.codes[0]).__name__)}](#{name.lower()}))" if c.codes else ""


def _closed_list(codes: type[Code]) -> str:
    rows = "".join(f"| `{code.value}` | {code.meaning} |\n" for code in codes)
    return f"\n## {codes.__name__}\n\n{(codes.__doc__ or '').strip()}\n\n| value | meaning |\n|---|---|\n{rows}"


RULES_HEAD = """# Rules

Made from `schemas/rules` by `make docs`; do not edit. Severities: `file` refuses the file and the one before stays;
`record` sets the record aside with every rule it broke, its pounds on a line of their own; `warning` keeps and counts it.
Counts and pounds of every rule are in `rule_result`.
"""


def rule_book() -> str:
    """Every rule with its sentence and examples in Markdown."""
    parts = [RULES_HEAD, "\n## Whole files\n\n", _rules_table((r, r.fails, r.passes) for r in FILE_RULES.values())]
    parts.append(
        "\n## Files beside earlier ones\n\n"
        f"Usual is the median of the agency's last {DRIFT_PERIODS} files of the feed. Of these, files that drifted do not count "
        f"while at least {DRIFT_TRUSTED_PERIODS} others do; so a change that lasts is named for some months and then becomes the "
        f"usual. Files that usually have fewer than {DRIFT_FEWEST_ROWS} rows are not compared, ledgers excepted. "
        "Drift never stops a release.\n\n"
    )
    parts.append(_rules_table((r, r.fails, r.passes) for r in DRIFT_RULES.values()))
    parts.append("\n## Records beside other files\n\nEvaluated anew in every refresh, over the records then in use.\n\n")
    parts.append(_rules_table((r, r.fails, f"{r.passes} (feeds: {', '.join(r.feeds)})") for r in CROSS_RULES.values()))
    for feed in FEEDS:
        parts.append(f"\n## {feed}\n\n")
        parts.append(
            _rules_table((r, _example(feed, r.fails, r.fails), _example(feed, r.passes, r.fails)) for r in rules_of(feed))
        )
    return "".join(parts)


def _rules_table(rows: Iterable[tuple[Rule | FileRule | CrossRule | DriftRule, str, str]]) -> str:
    head = "| rule | severity | in words | fails | passes |\n|---|---|---|---|---|\n"
    return head + "".join(
        f"| `{r.rule_id}` | {r.severity} | {r.sentence} | {fails} | {passes} |\n" for r, fails, passes in rows
    )


def _example(feed: str, changed: Fields, shown: Fields) -> str:
    """The fields that an example is about, as they are in it."""
    record = {**GOOD_RECORD[feed], **changed}
    if BEYOND_HEADER in shown:
        return changed.get(BEYOND_HEADER, "as many fields as the header")
    if shown == {(key := FEEDS[feed].key[0]): GOOD_RECORD[feed][key]}:
        return f"`{key}` as in the record above" if changed else f"another `{key}`"
    return ", ".join(f"`{name}` " + (f"`{record[name]}`" if record.get(name) else "blank") for name in shown)


def generated() -> dict[Path, str]:
    """Every generated document by its place."""
    contract = json.dumps(datapackage("any", [])["resources"], indent=1, ensure_ascii=False) + "\n"
    return {
        REPOSITORY / "docs" / "data-dictionary.md": dictionary(),
        REPOSITORY / "docs" / "rules.md": rule_book(),
        REPOSITORY / "schemas" / "contract.json": contract,
    }


def drifted() -> list[str]:
    """The generated documents that are not what the code would make now."""
    return [p.name for p, text in generated().items() if not p.exists() or p.read_text("utf-8") != text]


if __name__ == "__main__":
    if "--check" in sys.argv:
        if drifted():
            sys.exit(f"generated documents have drifted: {', '.join(drifted())}; run `make docs` and look at the change")
    else:
        for path, text in generated().items():
            path.write_text(text, "utf-8")
