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
"""A case names first what it is about: what is held, set aside, unmapped or left over."""


def foremost(checks: Iterable[Check]) -> list[str]:
    """The cases of checks that name the largest amounts, the largest first, each in one line after the name of its check."""
    named = [
        (Decimal(found[1].replace(",", "")), f"{check.name}: {case}")
        for check in checks
        for case in check.cases
        if (found := _POUNDS.search(case))
    ]
    return [line for _, line in sorted(named, key=lambda found: (-found[0], found[1]))[:FOREMOST]]
