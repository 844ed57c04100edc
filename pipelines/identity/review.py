"""Uncertain links out for a person to decide, and the decisions back in.

Belongs here: the two files of the review folder. Both are identifiable: the folder is 0700, the files 0600.
Does not belong here: which links are uncertain, what a decision does (link).
"""

import csv
import datetime
import io
import os
from pathlib import Path

import pyarrow as pa

from schemas import chi

PENDING_FILE = "pending.csv"
CANDIDATE = "candidate_chi_number"
_DECISION_FIELDS: list[tuple[str, pa.DataType]] = [
    ("agency", pa.string()),
    ("social_care_id", pa.string()),
    ("chi_number", pa.string()),
    ("decided_by", pa.string()),
    ("decided_on", pa.date32()),
    ("reason", pa.string()),
]
DECISIONS = pa.schema(_DECISION_FIELDS)
_REQUIRED = ("agency", "social_care_id", "decided_on")
_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")


def export_review(links: pa.Table, path: Path) -> int:
    """Write every link marked for review to `path` (review/pending.csv); say how many there are.

    With links from `judge_clients` the reviewer also sees the candidate of the register.
    """
    shown = ["agency", "social_care_id", "review_reason", *(name for name in links.column_names if name == CANDIDATE)]
    marked = links.filter(links["review"]).select(shown)
    ordered = marked.sort_by([("agency", "ascending"), ("social_care_id", "ascending")])
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow([name.removeprefix("review_") for name in shown])
    writer.writerows([_safe(value or "") for value in row.values()] for row in ordered.to_pylist())
    _write_private(path, text.getvalue())
    return int(ordered.num_rows)


def read_decisions(path: Path) -> pa.Table:
    """The decisions people made, blank CHI as NULL (no link); no file, no decisions."""
    if not path.exists():
        return DECISIONS.empty_table()
    with path.open(encoding="utf-8-sig", newline="") as file:
        reader = csv.DictReader(file)
        missing = [name for name in DECISIONS.names if name not in (reader.fieldnames or [])]
        if missing:
            raise ValueError(f"the decisions file lacks the columns {', '.join(missing)}")
        rows = [_decision(row, line) for line, row in enumerate(reader, start=2)]
    decisions = pa.Table.from_pylist(rows, schema=DECISIONS)
    repaired = chi.repair_array(decisions["chi_number"].combine_chunks())
    return decisions.set_column(DECISIONS.names.index("chi_number"), DECISIONS.field("chi_number"), repaired)


def _decision(row: dict[str, str | None], line: int) -> dict[str, str | datetime.date | None]:
    values: dict[str, str | datetime.date | None] = {
        name: _unsafe((row[name] or "").strip()) or None for name in DECISIONS.names
    }
    for name in _REQUIRED:
        if values[name] is None:
            raise ValueError(f"the decisions file, row {line}: {name} is blank")
    values["decided_on"] = _day(str(values["decided_on"]), line)
    return values


def _day(text: str, line: int) -> datetime.date:
    try:
        return datetime.date.fromisoformat(text)
    except ValueError:
        pass
    raise ValueError(f"the decisions file, row {line}: decided_on is not a date written YYYY-MM-DD")


def _safe(value: str) -> str:
    """A spreadsheet would run a text that begins like a formula; an apostrophe before it stops that."""
    return "'" + value if value.startswith(_FORMULA_STARTS) else value


def _unsafe(value: str) -> str:
    return value[1:] if value.startswith("'") and value[1:].startswith(_FORMULA_STARTS) else value


def _write_private(path: Path, text: str) -> None:
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    path.parent.chmod(0o700)
    draft = path.with_name(f".{path.name}.{os.getpid()}")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        file.write(text)
    os.replace(draft, path)
