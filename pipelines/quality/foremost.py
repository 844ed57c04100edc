"""What to look at first among the warnings of a refresh: those that name the most pounds.

Belongs here: their order. Does not belong here: the warnings (`gate.py`), whether one is accepted.
"""

import re
from collections.abc import Iterable
from decimal import Decimal

from pipelines.quality.verdict import Check

FOREMOST = 5
"""Of how many it is said."""
_POUNDS = re.compile(r"£-?(\d[\d,]*(?:\.\d+)?)")


def foremost(checks: Iterable[Check]) -> list[str]:
    """The cases of checks that name the largest amounts, the largest first, each in one line after the name of its check."""
    named = [
        (max(Decimal(pounds.replace(",", "")) for pounds in _POUNDS.findall(part)), f"{check.name}: {part}")
        for check in checks
        for case in check.cases
        for part in case.split("; ")
        if _POUNDS.search(part)
    ]
    return [line for _, line in sorted(named, key=lambda found: (-found[0], found[1]))[:FOREMOST]]
