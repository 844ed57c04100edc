"""What befell the figures in the months of a test of change: months without accounts, files unlike the others, codes that moved.

Belongs here: finding these, and a sentence for each. Does not belong here: what follows from them (`verdict.py`).
"""

import csv
import itertools
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import duckdb

from pipelines.engine.errors import IrfError
from pipelines.evaluation.declaration import Outcome
from pipelines.evaluation.outcome import ask, looked_at

_WHAT = {
    "missing": "is not there",
    "drift.rows": "had far fewer or far more rows than usual",
    "drift.pounds": "had far fewer or far more pounds than usual",
    "drift.units_per_person": "had far fewer or far more units for each person than usual",
}
_MAPPING = ("agency", "cost_code", "valid_from", "service", "treatment")
"""The columns of the mapping of codes that tell where a code's pounds go."""


@dataclass(frozen=True)
class Window:
    """What is to be known of the months. without_accounts: months that lack an agency's ledger; unlike: months of whose files one
    is missing or drifted; sentences: all of it, for a reader."""

    without_accounts: frozenset[str]
    unlike: frozenset[str]
    sentences: Sequence[str]


def read_window(connection: duckdb.DuckDBPyConnection, reference: Path, outcome: Outcome, months: Sequence[str]) -> Window:
    """What befell the figures of some months (YYYY-MM). reference: the folder of reference tables, where it is there."""
    lacking = _without_accounts(connection, outcome, months)
    rows = ask(connection, "shortcoming", months=list(months))
    said = _left_out(lacking, months)
    found: dict[tuple[str, str, str], list[str]] = {}
    for row in rows:
        found.setdefault((row["agency"], row["feed"], row["what"]), []).append(row["period"])
    said += [
        f"The file {feed} of {agency} {_WHAT.get(what, 'was unlike those before')}: {', '.join(periods)}."
        for (agency, feed, what), periods in found.items()
    ]
    return Window(frozenset(lacking), frozenset(r["period"] for r in rows), [*said, *_moved_codes(reference, outcome, months)])


def _left_out(lacking: dict[str, set[str]], months: Sequence[str]) -> list[str]:
    """A sentence for each run of months that lack the accounts of the same agencies."""
    said = []
    for agencies, run in itertools.groupby(months, lambda month: lacking.get(month)):
        of = list(run)
        if agencies:
            what = f"{of[0]}: the month is" if len(of) == 1 else f"{of[0]} to {of[-1]}: these months are"
            said.append(
                f"{' and '.join(sorted(agencies))} {'has' if len(agencies) == 1 else 'have'} no accounts of {what} left out."
            )
    return said


def _without_accounts(connection: duckdb.DuckDBPyConnection, outcome: Outcome, months: Sequence[str]) -> dict[str, set[str]]:
    """Of each month the agencies that have accounts of the outcome's services in other months and none in this."""
    rows = ask(connection, "accounts", months=list(months), **looked_at(outcome))
    there = {(row["agency"], row["month"]) for row in rows}
    agencies = {agency for agency, _ in there}
    gone = {month: {agency for agency in agencies if (agency, month) not in there} for month in months}
    return {month: missing for month, missing in gone.items() if missing}


def _moved_codes(reference: Path, outcome: Outcome, months: Sequence[str]) -> list[str]:
    """The cost codes whose pounds went to another service within the months, where that is a service of the outcome."""
    path = reference / "cost_code_map.csv"
    if not months:
        return []
    if not path.is_file():
        return ["Whether a cost code moved in these months cannot be told: reference/cost_code_map.csv is not there."]
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            told = [{name: row[name] or "" for name in _MAPPING} for row in csv.DictReader(file)]
    except (OSError, UnicodeDecodeError, KeyError, csv.Error):
        raise IrfError(
            f"reference/cost_code_map.csv: cannot be read as CSV in UTF-8 with the columns {', '.join(_MAPPING)}; save it so"
        ) from None
    rows, said = sorted(told, key=lambda row: (row["agency"], row["cost_code"], row["valid_from"])), []
    for earlier, later in itertools.pairwise(rows):
        is_same_code = (earlier["agency"], earlier["cost_code"]) == (later["agency"], later["cost_code"])
        went = (earlier["service"], earlier["treatment"]) != (later["service"], later["treatment"])
        if is_same_code and went and months[0] < later["valid_from"][:7] <= months[-1] and _concerns(outcome, earlier, later):
            said.append(
                f"A cost code of {later['agency']} moved from {_called(earlier)} to {_called(later)} on {later['valid_from']}."
            )
    return list(dict.fromkeys(said))


def _concerns(outcome: Outcome, *mappings: dict[str, str]) -> bool:
    return not outcome.services or any(mapping["service"] in outcome.services for mapping in mappings)


def _called(mapping: dict[str, str]) -> str:
    return mapping["service"] or f"what is {mapping['treatment']}d"


def not_there(before: Sequence[str], after: Sequence[str], first: str, last: str) -> list[str]:
    """Sentences of the declared months that the release has not."""
    early, late = [m for m in before if m < first], [m for m in after if m > last]
    said = (
        [f"The dataset begins with {first}: {len(before) - len(early)} of {len(before)} months before the start are in it."]
        if early
        else []
    )
    return said + ([f"{len(after) - len(late)} of {len(after)} months after the start are in, to {last}."] if late else [])
