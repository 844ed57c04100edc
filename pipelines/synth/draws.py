"""Random draws and months: the same seed, feed and month always give the same numbers.

Belongs here: generators, weighted choice, month arithmetic. Does not belong here: what is drawn.
Days are whole numbers since 1970-01-01; money is whole pence.
"""

import datetime
import zlib
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]

NEVER = 2_000_000
"""A day that does not come."""
DAYS_A_YEAR = 365.25
FIRST_MONTH = 4
"""Of the financial year."""
HORIZON_MONTHS = 36
"""Months that lives are drawn for, however few files are made: so more months change no file of the earlier ones."""


@dataclass(frozen=True, order=True)
class Month:
    """A calendar month."""

    year: int
    number: int

    @classmethod
    def of(cls, day: datetime.date) -> "Month":
        """The month of a day."""
        return cls(day.year, day.month)

    def plus(self, months: int) -> "Month":
        """So many months later."""
        index = self.year * 12 + self.number - 1 + months
        return Month(index // 12, index % 12 + 1)

    @property
    def start(self) -> int:
        """The first day."""
        return day_number(datetime.date(self.year, self.number, 1))

    @property
    def end(self) -> int:
        """The day after the last."""
        return self.plus(1).start

    @property
    def period(self) -> str:
        """The month as YYYY-MM."""
        return f"{self.year:04d}-{self.number:02d}"

    @property
    def first_day(self) -> str:
        """The first day as YYYY-MM-DD."""
        return f"{self.period}-01"

    @property
    def financial_year(self) -> int:
        """The year in which the financial year of this month began."""
        return self.year if self.number >= FIRST_MONTH else self.year - 1


def day_number(day: datetime.date) -> int:
    """Days since 1970-01-01."""
    return day.toordinal() - datetime.date(1970, 1, 1).toordinal()


def generator(seed: int, stream: str, month: Month | None = None) -> np.random.Generator:
    """The generator of a stream (a feed, or a part of the world), and of a month of it."""
    index = month.year * 12 + month.number if month else 0
    return np.random.default_rng([seed & 0xFFFFFFFF, zlib.crc32(stream.encode()), index])


def pick(rng: np.random.Generator, weights: Floats, count: int) -> Ints:
    """Indexes drawn in proportion to their weights, with replacement."""
    cumulated = np.cumsum(weights)
    if not count or not len(cumulated) or cumulated[-1] <= 0:
        return np.zeros(0, np.int64)
    drawn: Ints = np.searchsorted(cumulated, rng.random(count) * cumulated[-1], side="right").astype(np.int64)
    return drawn


def pick_distinct(rng: np.random.Generator, weights: Floats, count: int) -> Ints:
    """Indexes drawn in proportion to their weights, each at most once; never one of weight 0."""
    waits = rng.exponential(size=len(weights)) / np.maximum(weights, 1e-300)
    waits[weights <= 0] = np.inf
    count = min(count, int(np.isfinite(waits).sum()))
    return np.sort(np.argsort(waits, kind="stable")[:count]).astype(np.int64)


def split_by_share(total: Ints, part: Ints, whole: Ints) -> Ints:
    """total × part ÷ whole, to the nearest penny, in whole numbers."""
    share: Ints = (2 * total * part + whole) // (2 * whole)
    return share


def years(born: Ints, day: int | Ints) -> Ints:
    """Whole years at a day (to within a day of the birthday)."""
    whole: Ints = np.floor((day - born) / DAYS_A_YEAR).astype(np.int64)
    return whole


def overlap(start: Ints, end: Ints, month: Month) -> Ints:
    """Days of [start, end) in the month."""
    days: Ints = np.maximum(np.minimum(end, month.end) - np.maximum(start, month.start), 0)
    return days
