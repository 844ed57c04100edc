"""The whole synthetic Tayside, month by month: files as agencies drop them, reference tables, and the truth.

Belongs here: the order of things and what is written where. Does not belong here: what the records say.
"""

import csv
import datetime
import os
from collections.abc import Callable, Iterator
from dataclasses import astuple, fields, replace
from itertools import pairwise
from pathlib import Path
from types import TracebackType

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from pipelines.synth.activity import (
    NO_COST,
    Batch,
    World,
    deaths,
    emergency,
    horizon_of,
    outpatient,
    population_register,
    prescribing,
)
from pipelines.synth.acute import Acute
from pipelines.synth.changed import with_effect
from pipelines.synth.community import community_mental_health, community_nursing, gp_out_of_hours
from pipelines.synth.council import CouncilCare, councils
from pipelines.synth.draws import FIRST_MONTH, Month, generator
from pipelines.synth.geography import load_geography, with_residents
from pipelines.synth.hospital import HospitalFeed
from pipelines.synth.inequality import write_inequality
from pipelines.synth.ledger import Totals, budget, ledger
from pipelines.synth.maternity import Maternity
from pipelines.synth.mental_health import MentalHealth
from pipelines.synth.mess import LEVELS, Planted, Planter
from pipelines.synth.people import MALE, make_people
from pipelines.synth.plant import Plant, read_plant
from pipelines.synth.reference import AGENCIES, SERVICES, services_in, write_reference
from pipelines.synth.sheet import Sheet, write_csv
from pipelines.synth.treated import check_months, treated
from pipelines.synth.truth import RECORDS, in_months, records_of, write_links, write_people, write_totals
from pipelines.synth.truth_of_change import Costs, write_people_list, write_truth
from pipelines.synth.whole_files import dress, file_name, leave_litter
from schemas.feeds import FEEDS

Tell = Callable[[str], None]
"""Says what is being done."""
SUPERSEDED = {"none": 0.0, "standard": 0.004, "heavy": 0.03}
"""Share of people who once had another CHI."""
_EVENTS = (outpatient, emergency, gp_out_of_hours, community_nursing, community_mental_health)
"""Records that are one a case: of these a test of change leaves some out or adds some."""
_SENDS_EMPTY_BUDGETS = "perth-kinross"
SENT_ON = 10
"""The day of the next month on which agencies send their files: some days before they are due."""


def make_world(
    out: Path,
    people: int,
    months: list[datetime.date],
    seed: int,
    mess: str = "standard",
    geography: Path | None = None,
    progress: Tell | None = None,
    test_of_change: Path | None = None,
) -> None:
    """Write a Tayside of so many people under `out`: landing/, reference/ and truth/.

    months: days in consecutive months; mess: none, standard or heavy; geography: a folder with the published files;
    test_of_change: a TOML file that says whose activity changes, by how much and from when.
    Raises ValueError when the months are not consecutive, nobody lives there or the mess is unknown; IrfError when the world
    cannot have the test of change.
    """
    wanted = sorted({Month.of(day) for day in months})
    _check(people, wanted, mess)
    asked = (test_of_change, read_plant(test_of_change)) if test_of_change else None
    if asked:
        check_months(*asked, wanted)
    tell = progress or (lambda text: None)
    tell("making people")
    places = load_geography(geography)
    everybody = make_people(places, people, wanted[0], len(horizon_of(wanted)), seed, SUPERSEDED[mess])
    world = World(everybody, places, wanted, seed, pa.array(places.postcodes))
    if geography is None:
        places = with_residents(places, everybody.zone, everybody.sex - MALE, everybody.age(wanted[0].start))
    write_reference(out / "reference", places, wanted)
    truth = out / "truth"
    truth.mkdir(parents=True, exist_ok=True)
    write_people(truth, everybody)
    care = councils(world, mess)
    write_links(truth, world, care)
    if asked:
        _write_with_test(out, world, mess, care, tell, *asked)
    else:
        _write_files(out, world, mess, care, tell)


def _write_files(out: Path, world: World, mess: str, care: list[CouncilCare], tell: Tell, costs: Costs | None = None) -> None:
    """Write every file and its truth. costs: to be told each batch."""
    with _Writer(out, world, mess) as writer:
        for month, batches in _months(world, mess, care):
            tell(f"writing {month.period}")
            for batch in batches:
                writer.add(batch, month)
                if costs:
                    costs.add(batch)
            writer.add_ledgers(month)
        writer.add_litter()


def _write_with_test(out: Path, world: World, mess: str, care: list[CouncilCare], tell: Tell, file: Path, plant: Plant) -> None:
    """The same with a test of change: first it is seen what everybody would cost without it."""
    without, done = (Costs(world, services_in(plant.scope)) for _ in range(2))
    for month, batches in _months(world, mess, care):
        tell(f"{month.period} without the test of change")
        for batch in batches:
            without.add(batch)
    found = treated(file, plant, world, care, without)
    changed = replace(world, effect=found.effect)
    _write_files(out, changed, mess, councils(changed, mess), tell, done)
    write_truth(out / "truth", plant, world, found.effect, found.groups, without, done)
    if found.clients:
        members = [(care[council].clients, client) for council, client in found.clients]
        write_people_list(out / "tests_of_change", plant, world, members)


def _check(people: int, months: list[Month], mess: str) -> None:
    if people < 1:
        raise ValueError("a world needs at least one person")
    if not months or any(later != earlier.plus(1) for earlier, later in pairwise(months)):
        raise ValueError("months must be consecutive, and at least one")
    if mess not in LEVELS:
        raise ValueError(f"mess must be one of {', '.join(LEVELS)}")


def _months(world: World, mess: str, care: list[CouncilCare]) -> Iterator[tuple[Month, Iterator[Batch]]]:
    """Everything but the ledgers, month by month and in this order: what is still open is carried on."""
    wards = [Acute(world, by_cost_month=mess == "heavy"), Maternity(world), MentalHealth(world)]
    for index, month in enumerate(world.months):
        yield month, _month(world, wards, care, month, index)


def _month(world: World, wards: list[HospitalFeed], care: list[CouncilCare], month: Month, index: int) -> Iterator[Batch]:
    yield population_register(world, month)
    for ward in wards:
        yield from ward.month(month)
    for make in (outpatient, emergency, prescribing, gp_out_of_hours, community_nursing, community_mental_health, deaths):
        batch = make(world, month)
        yield with_effect(world, batch, month) if make in _EVENTS else batch
    for council in care:
        yield from council.month(index)


class _Writer:
    """Writes files and truth as the months go by, and adds up the true cost for the ledgers."""

    def __init__(self, out: Path, world: World, mess: str) -> None:
        self.out, self.world, self.mess = out, world, mess
        self.planter = Planter(world, mess)
        self.totals: Totals = {}
        self.pence = np.zeros(world.people.count, np.int64)
        self.records = pq.ParquetWriter(out / "truth" / "records.parquet", RECORDS, compression="zstd")
        self.defects_file = (out / "truth" / "defects.csv").open("w", encoding="utf-8", newline="")
        self.defects = csv.writer(self.defects_file, lineterminator="\n")
        self.defects.writerow([f.name if f.name != "row" else "row_number" for f in fields(Planted)])

    def __enter__(self) -> "_Writer":
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.records.close()
        self.defects_file.close()
        write_totals(self.out / "truth", self.world.months, self.totals)
        write_inequality(self.out / "truth", self.world, self.pence)

    def add(self, batch: Batch, month: Month) -> None:
        """The truth first, then the file with its defects."""
        for (service, falls), pence in batch.costs.items():
            key = (batch.sheet.agency, SERVICES[service], falls)
            self.totals[key] = self.totals.get(key, 0) + pence
        if batch.final.any():
            self.records.write_table(records_of(batch))
            told = batch.final & (batch.person >= 0) & (batch.pence != NO_COST)
            np.add.at(self.pence, batch.person[told], in_months(batch, self.world.months)[told])
        self._write(batch.sheet, month)

    def add_ledgers(self, month: Month) -> None:
        """Every agency's ledger of a month whose activity is complete; the budget when a financial year begins. At heavy mess
        one agency sends a budget in the other months too: there is nothing in it.
        """
        for agency in AGENCIES:
            self._write(ledger(self.world, agency, month, self.totals, self.mess), month)
            if month == self.world.months[0] or month.number == FIRST_MONTH:
                self._write(budget(self.world, agency, month, self.totals), month)
            elif agency == _SENDS_EMPTY_BUDGETS and self.mess == "heavy":
                self._write(budget(self.world, agency, month, self.totals).emptied(), month)

    def add_litter(self) -> None:
        """What is left beside the first month's files."""
        self._note(leave_litter(self.out / "landing", self.mess, self.world.months[0]))

    def _write(self, sheet: Sheet, month: Month) -> None:
        """Nobody sends a file when there is nothing to tell; at heavy mess they send a header."""
        if not sheet.rows and not (self.mess == "heavy" and FEEDS[sheet.feed].may_be_empty):
            return
        rng = generator(self.world.seed, f"{sheet.agency} {sheet.feed} mess", month)
        planted = self.planter.plant(sheet, month, rng)
        dressed, odd = dress(sheet, self.mess, rng)
        name, odd_name = file_name(sheet, self.mess, month, self.world.months[0])
        whole = [Planted(sheet.agency, sheet.feed, sheet.period, 0, *noted) for noted in sheet.whole]
        lower = [replace(defect, row=defect.row + len(dressed.titles)) for defect in planted]
        self._note([*odd, *odd_name, *whole, *lower])
        path = self.out / "landing" / sheet.agency / sheet.feed / name
        write_csv(sheet, path, dressed.separator, dressed.encoding, dressed.titles)
        sent = datetime.datetime.fromisoformat(f"{month.plus(1).period}-{SENT_ON:02d}T12:00:00+00:00").timestamp()
        os.utime(path, (sent, sent))

    def _note(self, planted: list[Planted]) -> None:
        self.defects.writerows(astuple(defect) for defect in planted)
