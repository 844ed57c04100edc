"""The truth behind the files, in tables that only tests read: who everybody is, and what every record truly costs.

Belongs here: `truth/people.parquet`, `records.parquet`, `links.parquet`, `service_months.csv`. Does not belong here: the measures
of inequality (`inequality.py`), what a test of change did (`treated.py`), planted defects (`mess.py`).
"""

import csv
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from pipelines.synth.activity import NO_COST, Batch, World
from pipelines.synth.council import CouncilCare
from pipelines.synth.draws import Ints, Month
from pipelines.synth.ledger import Totals
from pipelines.synth.people import People
from pipelines.synth.reference import SERVICES
from pipelines.synth.sheet import chi_text, pounds_text

RECORDS = pa.schema([
    ("agency", pa.string()), ("feed", pa.string()), ("record_key", pa.string()), ("service", pa.string()),
    ("person_number", pa.int64()), ("true_cost", pa.decimal128(18, 2)),
])  # fmt: skip


def in_months(batch: Batch, months: list[Month]) -> Ints:
    """What each record costs in the world's months. Payments are for days before and after them too: of each service's the same share."""
    if batch.sheet.feed != "payments":
        return batch.pence
    pence = batch.pence.astype(float)
    for service in np.unique(batch.service):
        own = batch.service == service
        inside = sum(cost for (of, month), cost in batch.costs.items() if of == service and month in months)
        pence[own] *= inside / max(int(batch.pence[own].sum()), 1)
    return np.asarray(np.rint(pence), np.int64)


def records_of(batch: Batch) -> pa.Table:
    """Who each record is about and what it cost (for stays: the days in the world's months)."""
    rows = np.flatnonzero(batch.final)
    person = batch.person[rows]
    return pa.table(
        [
            pa.repeat(batch.sheet.agency, len(rows)), pa.repeat(batch.sheet.feed, len(rows)),
            batch.sheet.keys().take(pa.array(rows)), pa.array(SERVICES).take(pa.array(batch.service[rows])),
            pa.array(person, mask=person < 0), _pounds(batch.pence[rows]),
        ],
        schema=RECORDS,
    )  # fmt: skip


def _pounds(pence: Ints) -> pa.Array:
    none = pence == NO_COST
    whole = pa.array(np.where(none, 0, pence)).cast(pa.decimal128(19, 0))
    pounds = pc.multiply(whole, pa.scalar("0.01").cast(pa.decimal128(3, 2))).cast(pa.decimal128(18, 2))
    return pc.if_else(pa.array(none), pa.scalar(None, pounds.type), pounds)


def write_people(truth: Path, people: People) -> None:
    """Everybody in the register, by number."""
    none = people.previous_chi == 0
    table = pa.table({
        "person_number": pa.array(np.arange(people.count)),
        "chi_number": chi_text(people.chi),
        "previous_chi_number": pc.if_else(pa.array(none), pa.scalar(None, pa.string()), chi_text(people.previous_chi)),
        "twin_person_number": pa.array(people.twin, mask=people.twin < 0),
    })  # fmt: skip
    pq.write_table(table, truth / "people.parquet", compression="zstd")


def write_links(truth: Path, world: World, care: list[CouncilCare]) -> None:
    """Who each client is in the register."""
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


def write_totals(truth: Path, months: list[Month], totals: Totals) -> None:
    """True cost by agency, service and month: what the ledgers exceed by their overhead."""
    with (truth / "service_months.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(["agency", "service", "month", "true_cost"])
        for (agency, service, month), pence in sorted(totals.items()):
            if month in months and pence:
                writer.writerow([agency, service, month.first_day, pounds_text(pence)])
