"""How a test of change moves what people use: whose activity changes from which day on, and by which share.

Belongs here: the share of each record, changing amounts by it, choosing which whole records it comes to. Does not belong here: who
is treated (`treated.py`), what becomes of a chosen record (`changed.py`, and the feeds of stays and items).
Nothing is drawn, so that every other record is what it would be without the test. Shares are whole millionths.
"""

from dataclasses import dataclass, field

import numpy as np

from pipelines.synth.draws import NEVER, Flags, Ints, years

MILLION = 10**6


@dataclass(frozen=True)
class Effect:
    """Whose activity changes. change: of each person, in millionths. group: of each person, the number of the place that is told
    of, or -1. born: of each person. services: by service number, whether it is meant. owed: what has not changed yet that should
    have, by feed, kind of record and share.
    """

    starts_on: int = NEVER
    change: Ints = field(default_factory=lambda: np.zeros(0, np.int64))
    group: Ints = field(default_factory=lambda: np.zeros(0, np.int64))
    born: Ints = field(default_factory=lambda: np.zeros(0, np.int64))
    youngest: int = 0
    services: Flags = field(default_factory=lambda: np.zeros(0, bool))
    owed: dict[tuple[str, int, int], int] = field(default_factory=dict)

    def share(self, person: Ints, service: Ints, day: int | Ints) -> Ints:
        """By which share each record changes that is of a person (-1: nobody), a service and a day."""
        if not self.change.any():
            return np.zeros(len(person), np.int64)
        is_meant = (person >= 0) & self.services[service] & (day >= self.starts_on)
        is_old_enough = years(self.born[person], day) >= self.youngest
        return np.where(is_meant & is_old_enough, self.change[person], 0)

    def changed(self, amounts: Ints, share: Ints) -> Ints:
        """Whole amounts after the change: rounded so that their sum is right to one."""
        moved = np.cumsum(amounts * share)
        return amounts + np.diff((2 * moved + MILLION) // (2 * MILLION), prepend=0)

    def chosen(self, feed: str, kind: Ints, share: Ints, value: Ints, can: Flags) -> Flags:
        """The records to leave out, or to have twice, so that the value of a kind with one share changes by it.

        Each record adds to what is owed; one is chosen when that brings what is owed nearer to nothing. can: whether a record may
        be chosen. What is owed stays so for the months to come.
        """
        chosen = np.zeros(len(share), bool)
        for row in np.flatnonzero(share):
            key, worth = (feed, int(kind[row]), int(share[row])), int(value[row]) * MILLION
            owed = self.owed.get(key, 0) + int(value[row]) * abs(int(share[row]))
            chosen[row] = can[row] and 2 * owed >= worth
            self.owed[key] = owed - worth * bool(chosen[row])
        return chosen

    def others(self, person: Ints, clients: Ints, is_free: Flags) -> Ints:
        """For each person a free client of the same group, each at most once; -1 where none is left. clients: who each client is."""
        free = {int(g): iter(np.flatnonzero(is_free & (self.group[clients] == g))) for g in np.unique(self.group[person])}
        return np.array([next(free[int(g)], -1) for g in self.group[person]], np.int64)
