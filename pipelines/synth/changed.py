"""What a test of change does to whole records: events that do not happen or happen again, clients who leave or come besides.

Belongs here: records that come one a case, and care that lasts. Does not belong here: how many and which (`effect.py`), hours and
amounts (the feeds themselves), stays in hospital (`hospital.py`).
"""

from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from pipelines.synth.activity import Batch, World
from pipelines.synth.clients import Clients
from pipelines.synth.draws import Flags, Ints, Month, overlap
from pipelines.synth.effect import MILLION
from pipelines.synth.sheet import Columns, serial_text
from schemas.feeds import FEEDS

_DAYS_APART = _WEEK = 7
_SECONDS_A_DAY = 86_400


def with_effect(world: World, batch: Batch, month: Month) -> Batch:
    """A month's events without those that the test of change avoids, or with those that it adds: the same again a week apart.

    What has no cost stays, and so does the first record: a file has to come. No other record, and no number, is changed.
    """
    share = world.effect.share(batch.person, batch.service, month.end - 1)
    if not share.any():
        return batch
    can = (batch.pence > 0) & (np.arange(len(share)) > 0)
    value = np.maximum(batch.pence, 0)
    chosen = world.effect.chosen(batch.sheet.feed, batch.service, share, value, can)
    kept, twice = np.flatnonzero(~chosen | (share > 0)), np.flatnonzero(chosen & (share > 0))
    changed = batch.take(np.concatenate([kept, twice]))
    again = _again(world, batch, month, twice)
    changed.sheet.columns = {
        name: pa.concat_arrays([column.slice(0, len(kept)), again.get(name, column.slice(len(kept)))])
        for name, column in changed.sheet.columns.items()
    }
    return changed


def _again(world: World, batch: Batch, month: Month, twice: Ints) -> Columns:
    """The columns in which the same event differs when it happens again: its number and its days."""
    columns, (key, *_) = batch.sheet.columns, FEEDS[batch.sheet.feed].key
    letter = str(columns[key][0])[0]
    named = [name for name in columns if name.endswith(("_date", "_datetime"))]
    was = {name: columns[name].take(pa.array(twice)).cast(pa.timestamp("s")) for name in named}
    day = was[named[0]].cast(pa.int64()).to_numpy() // _SECONDS_A_DAY
    other = np.where(day - _DAYS_APART >= month.start, day - _DAYS_APART, day + _DAYS_APART)
    later = np.where(world.people.died[batch.person[twice]] < other, 0, other - day) * _SECONDS_A_DAY
    again = {key: serial_text(letter, month, batch.sheet.rows + len(twice)).slice(batch.sheet.rows)}
    for name, moments in was.items():
        moved = pa.array(moments.cast(pa.int64()).to_numpy() + later).cast(pa.timestamp("s"))
        again[name] = (moved.cast(pa.date32()) if name.endswith("_date") else moved).cast(pa.string())
    return again


@dataclass(frozen=True)
class Turns:
    """What becomes of care that lasts. day: when a test of change comes to each place of care. ends: those that end on that day,
    or never begin. again, other: those that another client has too, and which.
    """

    day: Ints
    ends: Flags
    again: Ints
    other: Ints


def turns(
    world: World, clients: Clients, feed: str, client: Ints, service: Ints, start: Ints, end: Ints, is_free: Flags
) -> Turns:
    """Of the clients with care that lasts one in so many loses it, or one more has it, from the day of the test on.

    end: the first day without it. is_free: clients who may have it besides. One client's places of care are one.
    """
    effect = world.effect
    day = np.maximum(start, effect.starts_on)
    person = clients.person_of(client)
    share = np.where(end > day, effect.share(person, service, day), 0)
    first = np.zeros(len(client), bool)
    concerned = np.flatnonzero(share)
    first[concerned[np.unique(client[concerned], return_index=True)[1]]] = True
    alike, one = np.zeros(len(client), np.int64), np.ones(len(client), np.int64)
    chosen = effect.chosen(f"{clients.agency} {feed}", alike, np.where(first, share, 0), one, first)
    ends = np.isin(client, client[chosen & (share < 0)]) & (share < 0)
    again = np.flatnonzero(chosen & (share > 0))
    other = again
    if len(again):
        other = effect.others(person[again], clients.person, _may(world, clients, is_free, service, effect.starts_on))
    living = (other >= 0) & (clients.died[other] > day[again])
    return Turns(day, ends, again[living], other[living])


@dataclass(frozen=True)
class Moved:
    """Days of care that a test of change takes away or adds. row: the place of care. start, end: the days, as [start, end).
    other: the client who has them besides, or -1 where they are taken away.
    """

    row: Ints
    start: Ints
    end: Ints
    other: Ints


def moved_days(world: World, clients: Clients, person: Ints, service: Ints, start: Ints, end: Ints, is_free: Flags) -> Moved:
    """Of care by the day so many days of each month: about a week of one client at a time, until the share is met.

    A day is left at each end of a stay's days in a month. is_free: clients who may have days besides, each once a month.
    """
    effect = world.effect
    owed: dict[int, int] = {}
    found: list[tuple[int, int, int, int]] = []
    for month in world.horizon:
        days = overlap(start, end, month)
        share = np.where(days > 0, effect.share(person, service, month.end - 1), 0)
        adds = np.flatnonzero(share > 0)
        others = np.full(len(share), -1)
        if len(adds):
            others[adds] = effect.others(
                person[adds], clients.person, _may(world, clients, is_free, service[adds], month.end - 1)
            )
        for row in np.flatnonzero((share < 0) | (others >= 0)).tolist():
            key = int(share[row])
            owed[key] = owed.get(key, _WEEK * MILLION // 2) + int(days[row]) * abs(key)
            length = min(owed[key] // MILLION, int(days[row]) - 2)
            if length >= _WEEK:
                owed[key] -= length * MILLION
                first = max(int(start[row]), month.start) + 1
                found.append((row, first, first + length, int(others[row])))
    columns = np.array(found, np.int64).reshape(-1, 4).T
    return Moved(*columns)


def _may(world: World, clients: Clients, is_free: Flags, service: Ints, day: int) -> Flags:
    """The free clients who may have such care besides on a day: in the register, known when the test started, of its age, alive."""
    seen_on = np.array([month.start for month in world.horizon])[clients.seen]
    known = is_free & (clients.person >= 0) & (clients.died > day) & (seen_on <= world.effect.starts_on)
    of_age: Flags = world.effect.share(clients.person, np.full(len(known), service[0]), day) > 0
    return known & of_age
