"""Made worlds whose truth is known: cost a head of places by month, with an effect planted or none.

Belongs here: drawing them. Does not belong here: any method.
"""

from dataclasses import dataclass

import numpy as np

from pipelines.evaluation.effect import Bools, Floats, Ints

PEOPLE = np.array([16, 18, 20, 21, 24, 26, 28, 29, 31, 33, 36, 40, 45, 52, 60]) * 1000.0
"""Localities as Tayside has them: 15, the largest four times the smallest."""
BEFORE, AFTER = 24, 12
COST, OF_PEOPLE, OF_PLACE = 250.0, 500.0, 0.01
"""Pounds a head and month; the standard deviation of a person's month; of what moves a whole place, as a share."""


@dataclass(frozen=True)
class World:
    """outcome: cost a head (places, months); true_effect: the mean effect a month on the treated, weighted by population."""

    outcome: Floats
    treated: Bools
    population: Floats
    calendar_month: Ints
    true_effect: float

    @property
    def treated_series(self) -> Floats:
        """Cost a head of all treated places together."""
        people = self.population[self.treated]
        return np.asarray(people @ self.outcome[self.treated] / people.sum())


def correlated(random: np.random.Generator, places: int, months: int, autocorrelation: float) -> Floats:
    """Noise of variance 1 of which each month is like the one before: (places, months)."""
    noise = random.standard_normal((places, months))
    for month in range(1, months):
        noise[:, month] = autocorrelation * noise[:, month - 1] + np.sqrt(1 - autocorrelation**2) * noise[:, month]
    return noise


def world(seed: int, effect: float = 0.0, treated: int = 3, autocorrelation: float = 0.4, after: int = AFTER) -> World:
    """A world: places of different levels, one season and growth for all, noise of each place and chance among its people.

    effect: as a share of what each treated place would have cost in each month after, BEFORE being the first.
    """
    random = np.random.default_rng(seed)
    months = BEFORE + after
    month, population = np.arange(months), random.permutation(PEOPLE)
    level = COST * random.uniform(0.8, 1.25, len(PEOPLE))
    course = 1 + 0.03 * month / 12 + 0.04 * np.cos(2 * np.pi * month / 12)
    noise = OF_PLACE * COST * correlated(random, len(PEOPLE), months, autocorrelation)
    chance = OF_PEOPLE / np.sqrt(population)[:, None] * correlated(random, len(PEOPLE), months, autocorrelation)
    without = level[:, None] + COST * (course - 1) + noise + chance
    is_treated = np.arange(len(PEOPLE)) < treated
    added = np.zeros_like(without)
    added[:treated, BEFORE:] = effect * without[:treated, BEFORE:]
    people = population[:treated]
    true_effect = float((people @ added[:treated, BEFORE:]).mean() / people.sum())
    return World(without + added, is_treated, population, month % 12 + 1, true_effect)
