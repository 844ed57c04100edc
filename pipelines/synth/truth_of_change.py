"""What a test of change truly did in a made world: the cost of those whom it reaches, with it and without it; who took part.

Belongs here: adding up true cost by person and month, `truth/test_of_change.csv`, the list of those who take part. Does not belong
here: who they are (`treated.py`).
The ledgers' overhead is not in it: what a release says of the treated exceeds it by the overhead of each service.
"""

import csv
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from pipelines.synth.activity import Batch, World
from pipelines.synth.clients import Clients
from pipelines.synth.draws import Flags, Month, years
from pipelines.synth.effect import Effect
from pipelines.synth.plant import Plant
from pipelines.synth.sheet import pounds_text


class Costs:
    """What each person truly costs in each month of a world, in pence, in some services."""

    def __init__(self, world: World, services: Flags) -> None:
        """services: by service number, whether they count."""
        self.services = services
        self.row = {month: row for row, month in enumerate(world.months)}
        self.pence = np.zeros((len(world.months), world.people.count), np.int64)

    def add(self, batch: Batch) -> None:
        """Add a batch's records. What is on nobody is left out."""
        for month, pence in batch.shares.items():
            if month in self.row:
                counts = (batch.person >= 0) & self.services[batch.service]
                np.add.at(self.pence[self.row[month]], batch.person[counts], pence[counts])


def write_truth(
    truth: Path, plant: Plant, world: World, effect: Effect, groups: Sequence[tuple[str, str]], without: Costs, done: Costs
) -> None:
    """Write the true cost of the people of each group in each month, of the test's age and services, without the test and with it."""
    people = world.people
    with (truth / "test_of_change.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(["name", "kind", "treated", "role", "month", "true_cost_without", "true_cost_with", "people"])
        for number, (name, role) in enumerate(groups):
            for row, month in enumerate(world.months):
                own = (effect.group == number) & (years(people.born, month.end - 1) >= effect.youngest)
                costs = [pounds_text(int(costs.pence[row, own].sum())) for costs in (without, done)]
                writer.writerow(
                    [
                        plant.name,
                        plant.who.kind,
                        name,
                        role,
                        month.first_day,
                        *costs,
                        int((own & people.alive(month.start)).sum()),
                    ]
                )


def write_people_list(folder: Path, plant: Plant, world: World, members: Sequence[tuple[Clients, int]]) -> None:
    """Write who takes part, as the councils would list them: with the CHI number that they know, and the day of a death."""
    last: Month = world.months[-1]
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / f"{plant.name}-people.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(["agency", "social_care_id", "chi_number", "started_on", "ended_on"])
        for clients, client in members:
            died = int(clients.died[client])
            ended = str(np.datetime64(died, "D")) if died < last.end else ""
            known = [clients.columns[name][client].as_py() for name in ("social_care_id", "chi_number")]
            writer.writerow([clients.agency, *known, plant.starts_on, ended])
