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
import pyarrow.compute as pc
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
from pipelines.synth.community import community_mental_health, community_nursing, gp_out_of_hours
from pipelines.synth.council import CouncilCare, councils
from pipelines.synth.draws import FIRST_MONTH, Ints, Month, generator
from pipelines.synth.geography import load_geography, with_residents
from pipelines.synth.hospital import HospitalFeed
from pipelines.synth.inequality import write_inequality
from pipelines.synth.ledger import Totals, budget, ledger
from pipelines.synth.maternity import Maternity
from pipelines.synth.mental_health import MentalHealth
from pipelines.synth.mess import LEVELS, Planted, Planter
from pipelines.synth.people import MALE, People, make_people
from pipelines.synth.reference import AGENCIES, SERVICES, write_reference
from pipelines.synth.sheet import Sheet, chi_text, write_csv
from pipelines.synth.whole_files import dress, file_name, leave_litter
from schemas.feeds import FEEDS

SUPERSEDED = {"none": 0.0, "standard": 0.004, "heavy": 0.03}
"""Share of people who once had another CHI."""
_SENDS_EMPTY_BUDGETS = "perth-kinross"
SENT_ON = 10
"""The day of the next month on which agencies send their files: some days before they are due."""
_RECORDS = pa.schema([
    ("agency", pa.string()), ("feed", pa.string()), ("record_key", pa.string()), ("service", pa.string()),
    ("person_number", pa.int64()), ("true_cost", pa.decimal128(18, 2)),
])  # fmt: skip


def make_world(
    out: Path,
    people: int,
    months: list[datetime.date],
    seed: int,
    mess: str = "standard",
    geography: Path | None = None,
    progress: Callable[[str], None] | None = None,
) -> None:
    """Write a Tayside of so many people under `out`: landing/, reference/ and truth/.

    months: days in consecutive months; mess: none, standard or heavy; geography: a folder with the published files.
    Raises ValueError when the months are not consecutive, nobody lives there or the mess is unknown.
    """
    wanted = sorted({Month.of(day) for day in months})
    _check(people, wanted, mess)
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
    _write_people(truth, everybody)
    care = councils(world, mess)
    _write_links(truth, world, care)
    with _Writer(out, world, mess) as writer:
        wards = [Acute(world, by_cost_month=mess == "heavy"), Maternity(world), MentalHealth(world)]
        for index, month in enumerate(wanted):
            tell(f"writing {month.period}")
            for batch in _month(world, wards, care, month, index):
                writer.add(batch, month)
            writer.add_ledgers(month)
        writer.add_litter()


def _check(people: int, months: list[Month], mess: str) -> None:
    if people < 1:
        raise ValueError("a world needs at least one person")
    if not months or any(later != earlier.plus(1) for earlier, later in pairwise(months)):
        raise ValueError("months must be consecutive, and at least one")
    if mess not in LEVELS:
        raise ValueError(f"mess must be one of {', '.join(LEVELS)}")


def _month(world: World, wards: list[HospitalFeed], care: list[CouncilCare], month: Month, index: int) -> Iterator[Batch]:
    yield population_register(world, month)
    for ward in wards:
        yield from ward.month(month)
    for make in (outpatient, emergency, prescribing, gp_out_of_hours, community_nursing, community_mental_health, deaths):
        yield make(world, month)
    for council in care:
        yield from council.month(index)


class _Writer:
    """Writes files and truth as the months go by, and adds up the true cost for the ledgers."""

    def __init__(self, out: Path, world: World, mess: str) -> None:
        self.out, self.world, self.mess = out, world, mess
        self.planter = Planter(world, mess)
        self.totals: Totals = {}
        self.pence = np.zeros(world.people.count, np.int64)
        self.records = pq.ParquetWriter(out / "truth" / "records.parquet", _RECORDS, compression="zstd")
        self.defects_file = (out / "truth" / "defects.csv").open("w", encoding="utf-8", newline="")
        self.defects = csv.writer(self.defects_file, lineterminator="\n")
        self.defects.writerow([f.name if f.name != "row" else "row_number" for f in fields(Planted)])

    def __enter__(self) -> "_Writer":
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.records.close()
        self.defects_file.close()
        _write_totals(self.out / "truth", self.world.months, self.totals)
        write_inequality(self.out / "truth", self.world, self.pence)

    def add(self, batch: Batch, month: Month) -> None:
        """The truth first, then the file with its defects."""
        for (service, falls), pence in batch.costs.items():
            key = (batch.sheet.agency, SERVICES[service], falls)
            self.totals[key] = self.totals.get(key, 0) + pence
        if batch.final.any():
            self.records.write_table(_truth(batch))
            told = batch.final & (batch.person >= 0) & (batch.pence != NO_COST)
            np.add.at(self.pence, batch.person[told], _in_months(batch, self.world.months)[told])
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


def _in_months(batch: Batch, months: list[Month]) -> Ints:
    """What each record costs in the world's months. Payments are for days before and after them too: of each service's the same share."""
    if batch.sheet.feed != "payments":
        return batch.pence
    pence = batch.pence.astype(float)
    for service in np.unique(batch.service):
        own = batch.service == service
        inside = sum(cost for (of, month), cost in batch.costs.items() if of == service and month in months)
        pence[own] *= inside / max(int(batch.pence[own].sum()), 1)
    return np.asarray(np.rint(pence), np.int64)


def _truth(batch: Batch) -> pa.Table:
    """Who each record is about and what it cost (for stays: the days in the world's months)."""
    rows = np.flatnonzero(batch.final)
    person = batch.person[rows]
    return pa.table(
        [
            pa.repeat(batch.sheet.agency, len(rows)), pa.repeat(batch.sheet.feed, len(rows)),
            batch.sheet.keys().take(pa.array(rows)), pa.array(SERVICES).take(pa.array(batch.service[rows])),
            pa.array(person, mask=person < 0), _pounds(batch.pence[rows]),
        ],
        schema=_RECORDS,
    )  # fmt: skip


def _pounds(pence: Ints) -> pa.Array:
    none = pence == NO_COST
    whole = pa.array(np.where(none, 0, pence)).cast(pa.decimal128(19, 0))
    pounds = pc.multiply(whole, pa.scalar("0.01").cast(pa.decimal128(3, 2))).cast(pa.decimal128(18, 2))
    return pc.if_else(pa.array(none), pa.scalar(None, pounds.type), pounds)


def _write_people(truth: Path, people: People) -> None:
    none = people.previous_chi == 0
    table = pa.table({
        "person_number": pa.array(np.arange(people.count)),
        "chi_number": chi_text(people.chi),
        "previous_chi_number": pc.if_else(pa.array(none), pa.scalar(None, pa.string()), chi_text(people.previous_chi)),
        "twin_person_number": pa.array(people.twin, mask=people.twin < 0),
    })  # fmt: skip
    pq.write_table(table, truth / "people.parquet", compression="zstd")


def _write_links(truth: Path, world: World, care: list[CouncilCare]) -> None:
    tables = []
    for council in care:
        # Clients of months to come are in no file yet.
        shown = np.flatnonzero(council.clients.seen < len(world.months))
        person = council.clients.person[shown]
        known = person >= 0
        chi = chi_text(world.people.chi[np.maximum(person, 0)])
        tables.append(pa.table({
            "agency": pa.repeat(council.agency, len(person)),
            "social_care_id": council.clients.ids.take(pa.array(shown)),
            "chi_number": pc.if_else(pa.array(known), chi, pa.scalar(None, pa.string())),
            "person_number": pa.array(person, mask=~known),
        }))  # fmt: skip
    pq.write_table(pa.concat_tables(tables), truth / "links.parquet", compression="zstd")


def _write_totals(truth: Path, months: list[Month], totals: Totals) -> None:
    """True cost by agency, service and month: what the ledgers exceed by their overhead."""
    with (truth / "service_months.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(["agency", "service", "month", "true_cost"])
        for (agency, service, month), pence in sorted(totals.items()):
            if month in months and pence:
                sign = "-" if pence < 0 else ""
                writer.writerow([agency, service, month.first_day, f"{sign}{abs(pence) // 100}.{abs(pence) % 100:02d}"])
