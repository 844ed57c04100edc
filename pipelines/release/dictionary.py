"""The generated documents: the data dictionary and the public schema. `--check` fails when they have drifted.

Belongs here: models to Markdown and `schemas/contract.json`. Does not belong here: documents written by hand.
"""

import json
import sys
from pathlib import Path

from pipelines.engine.paths import REPOSITORY
from pipelines.release.datapackage import datapackage
from schemas.published import PUBLISHED
from schemas.table import columns, grain, key

HEAD = """# Data dictionary

Made from `schemas/published.py` by `make docs`; do not edit. Money is exact decimal pounds. Months are their first day.
"""


def dictionary() -> str:
    """Every published table and column in Markdown."""
    parts = [HEAD]
    for name, model in PUBLISHED.items():
        parts.append(
            f"\n## {name}\n\n{(model.__doc__ or '').strip()}\n\nOne row: {grain(model)}. Key: {', '.join(key(model))}.\n\n"
        )
        parts.append("| column | type | empty? | unit | meaning |\n|---|---|---|---|---|\n")
        for c in columns(model):
            empty = "never" if c.required else "may be"
            parts.append(f"| {c.name} | {c.arrow_type} | {empty} | {c.unit} | {c.description} |\n")
    return "".join(parts)


def generated() -> dict[Path, str]:
    """Every generated document by its place."""
    contract = json.dumps(datapackage("any")["resources"], indent=1, ensure_ascii=False) + "\n"
    return {REPOSITORY / "docs" / "data-dictionary.md": dictionary(), REPOSITORY / "schemas" / "contract.json": contract}


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
