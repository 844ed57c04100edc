"""How few people much of the cost is spent on.

Belongs here: the cut of a list of costs. Does not belong here: the cut of a whole population, which `sql/analysis/high_cost.sql`
makes by the same rule.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal


@dataclass(frozen=True)
class Cut:
    """The costliest people: how many they are and what they cost."""

    people: int
    cost: Decimal


def people_for_share(costs: Sequence[Decimal], share: Decimal) -> Cut | None:
    """The fewest people whose cost reaches a share (0 to 1) of all cost; who crosses it is counted.

    costs: of each person, in pounds. Returns None where all cost is not above 0: there is nothing to have a share of.
    """
    total, reached = sum(costs, Decimal(0)), Decimal(0)
    if total <= 0:
        return None
    for people, cost in enumerate(sorted(costs, reverse=True), 1):
        reached += cost
        if reached >= total * share:
            return Cut(people, reached)
    raise ValueError(f"a share is 0 to 1, not {share}")


def cost_of_top(costs: Sequence[Decimal], residents: int, percentage: int) -> Cut:
    """What the costliest so many in a hundred residents cost; their number is rounded up.

    costs: of those with any. Residents without are in the base, and come before anybody whose cost is below zero. Raises
    ValueError where there are more people than residents.
    """
    if len(costs) > residents:
        raise ValueError(f"{len(costs)} people are more than {residents} residents")
    people = -(-residents * percentage // 100)
    costliest = sorted((cost for cost in costs if cost > 0), reverse=True)[:people]
    return Cut(people, sum(costliest, Decimal(0)))
