"""Every rule on the single records of a feed.

Belongs here: the order of the rules. Does not belong here: the rules themselves (`implied.py`, `own.py`).
"""

from schemas.rules.implied import implied_rules
from schemas.rules.own import OWN_RULES
from schemas.rules.rule import Rule


def rules_of(feed: str) -> list[Rule]:
    """Every record rule of a feed: those its declaration implies, then its own."""
    return implied_rules(feed) + OWN_RULES.get(feed, [])
