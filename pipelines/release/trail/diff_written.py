"""A difference of two releases as text, Markdown, JSON or a workbook.

Belongs here: how it is written. Does not belong here: finding it (`diff.py`). Pounds are written from decimals, in full.
"""

import datetime
import json
from collections.abc import Iterator
from decimal import Decimal
from typing import Any, BinaryIO

import xlsxwriter

from pipelines.release.trail.diff import Diff

SHOWN_ROWS = 40
"""How many rows of a part are shown on a console; the other forms have all."""
TITLES = {
    "schema": "Columns", "tables": "Rows of tables", "records": "Records that changed", "codes": "Ledger codes that changed",
    "services": "By agency, service and month", "places": "By agency, service, month and locality",
}  # fmt: skip
NO_LINES = "the pseudonym key is another one: every line has another id, so no records are compared"


def as_text(found: Diff) -> Iterator[str]:
    """Lines for a console."""
    yield f"{found.now} against {found.before}"
    if found.is_empty:
        yield "  no difference"
    for reason in found.reasons:
        yield f"  why: {reason}"
    if not found.is_same_key:
        yield f"  {NO_LINES}"
    for part, rows in found.parts.items():
        if rows:
            yield f"  {TITLES[part]}:"
        for row in rows[:SHOWN_ROWS]:
            yield "    " + ", ".join(
                f"{name.replace('_', ' ')} {_shown(value)}" for name, value in row.items() if value is not None
            )
        if len(rows) > SHOWN_ROWS:
            yield f"    and {len(rows) - SHOWN_ROWS:,} more; --format md, json or xlsx has all"


def as_markdown(found: Diff) -> str:
    """A page with a table for each part."""
    lines = [f"# {found.now} against {found.before}", ""]
    if found.is_empty:
        lines += ["No difference.", ""]
    lines += [f"- {reason}" for reason in (*found.reasons, *([] if found.is_same_key else [NO_LINES]))]
    for part, rows in found.parts.items():
        if rows:
            names = list(rows[0])
            lines += [
                "",
                f"## {TITLES[part]}",
                "",
                f"| {' | '.join(n.replace('_', ' ') for n in names)} |",
                "|---" * len(names) + "|",
            ]
            lines += ["| " + " | ".join(_shown(row[name]).replace("|", "\\|") for name in names) + " |" for row in rows]
    return "\n".join(lines) + "\n"


def as_json(found: Diff) -> str:
    """All of it: pounds as text, months as their first day."""
    body = {
        "before": found.before, "now": found.now, "is_same_key": found.is_same_key, "reasons": list(found.reasons), **found.parts,
    }  # fmt: skip
    return json.dumps(body, indent=2, default=str) + "\n"


def write_xlsx(found: Diff, out: BinaryIO) -> None:
    """A workbook: what was compared and why, then a sheet for each part. The same difference makes the same bytes."""
    with xlsxwriter.Workbook(out, {"in_memory": True}) as book:
        book.set_properties({"created": datetime.datetime(2000, 1, 1, tzinfo=datetime.UTC)})
        head = book.add_format({"bold": True})
        pounds, text = book.add_format({"num_format": "#,##0.00;[Red]-#,##0.00"}), book.add_format({"num_format": "@"})
        first = book.add_worksheet("compared")
        said = [("before", found.before), ("now", found.now), *(("why", reason) for reason in found.reasons)]
        said += [] if found.is_same_key else [("note", NO_LINES)]
        said += [("difference", "none")] if found.is_empty else []
        for at, (name, value) in enumerate(said):
            first.write_string(at, 0, name, head)
            first.write_string(at, 1, value, text)
        for part, rows in found.parts.items():
            sheet = book.add_worksheet(part)
            sheet.freeze_panes(1, 0)
            for place, name in enumerate(rows[0] if rows else ()):
                sheet.set_column(place, place, 20)
                sheet.write_string(0, place, name.replace("_", " "), head)
            for at, row in enumerate(rows, start=1):
                for place, value in enumerate(row.values()):
                    if isinstance(value, Decimal | int):
                        sheet.write_number(at, place, value, pounds if isinstance(value, Decimal) else None)
                    elif value is not None:
                        sheet.write_string(at, place, _shown(value), text)


def _shown(value: Any) -> str:
    if isinstance(value, Decimal):
        return f"{value:.2f}"
    if isinstance(value, datetime.date):
        return f"{value:%Y-%m}"
    return "" if value is None else str(value)
