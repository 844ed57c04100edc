"""What is odd about a whole file, or lies beside the files: how it is written, titles above it, what an office leaves behind.

Belongs here: everything that has no record of its own. Does not belong here: defects of records (`mess.py`), odd amounts of a
whole ledger (`ledger.py`).
"""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pyarrow.compute as pc

from pipelines.synth.draws import Month
from pipelines.synth.mess import LEVELS, Planted
from pipelines.synth.sheet import Sheet
from pipelines.synth.slips.amounts import TRUE_MINUS
from pipelines.synth.slips.kinds import KEPT, WARNING

_TITLES = ("Monthly return to the partnership", "Checked by the finance team")
_TITLED = 0.12
"""Share of files with titles, at heavy mess."""
_IN_CAPITALS = ("perth-kinross", "equipment")
"""Whose first file has the ending .CSV."""


@dataclass(frozen=True)
class Dress:
    """How a file is written. titles: the rows above its header."""

    separator: str = ","
    encoding: str = "utf-8"
    titles: tuple[str, ...] = ()


def dress(sheet: Sheet, level: str, rng: np.random.Generator) -> tuple[Dress, list[Planted]]:
    """The file's separator and encoding: some agencies' systems write neither commas nor UTF-8. Some people write titles."""
    if not LEVELS[level]:
        return Dress(), []
    separator = str(rng.choice([",", ";", "\t", "|"], p=[0.7, 0.12, 0.1, 0.08]))
    encoding = str(rng.choice(["utf-8", "utf-8-sig", "cp1252", "utf-16"], p=[0.6, 0.15, 0.18, 0.07]))
    if encoding == "cp1252" and any(pc.any(pc.match_substring(c, TRUE_MINUS)).as_py() for c in sheet.columns.values()):
        encoding = "utf-8"
    titles = _TITLES if level == "heavy" and rng.random() < _TITLED else ()
    read, nil = "encodings and separators are recognised", "that there was nothing is a fact, and is named"
    oddities = [
        ("encoding_" + encoding, KEPT, read, encoding != "utf-8"),
        ("separator_" + {";": "semicolon", "\t": "tab", "|": "pipe"}.get(separator, "comma"), KEPT, read, separator != ","),
        ("title_rows", WARNING, "rows with text above the header are skipped, and counted", bool(titles)),
        ("nil_return", WARNING, nil, not sheet.rows),
    ]
    planted = [
        Planted(sheet.agency, sheet.feed, sheet.period, 0, "", name, *answer) for name, *answer, is_odd in oddities if is_odd
    ]
    return Dress(separator, encoding, titles), planted


def file_name(sheet: Sheet, level: str, month: Month, first: Month) -> tuple[str, list[Planted]]:
    """The name of the month's file."""
    if level == "heavy" and month == first and (sheet.agency, sheet.feed) == _IN_CAPITALS:
        rule = ".CSV is another spelling of .csv"
        return f"{sheet.period}.CSV", [Planted(sheet.agency, sheet.feed, sheet.period, 0, "", "name_in_capitals", KEPT, rule)]
    return f"{sheet.period}.csv", []


def leave_litter(landing: Path, level: str, month: Month) -> list[Planted]:
    """What spreadsheets and people leave beside the files, once a world."""
    if level != "heavy":
        return []
    left = [
        ("angus", "payments", f"~${month.period}.xlsx", KEPT), ("angus", "payments", "Thumbs.db", KEPT),
        ("dundee-city", "home_care", "desktop.ini", KEPT), ("dundee-city", "home_care", f"{month.period} (1).csv", WARNING),
        ("perth-kinross", "care_home", f"New folder/{month.period}.csv", WARNING),
    ]  # fmt: skip
    for agency, feed, name, _ in left:
        path = landing / agency / feed / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("left behind\n", "utf-8")
    rules = {KEPT: "what is no submission is ignored", WARNING: "what may be meant as a submission is named, and not used"}
    return [
        Planted(agency, feed, month.period, 0, name.split("/")[0], "litter", expected, rules[expected])
        for agency, feed, name, expected in left
    ]
