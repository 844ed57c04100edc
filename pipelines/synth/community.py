"""Contacts of NHS teams outside hospital: general practice out of hours, district nursing, community mental health.

Belongs here: clean records of each month and their true cost, which is a rate by kind of contact.
Does not belong here: defects (`mess.py`), the rates (`reference.py`).
"""

import numpy as np

from pipelines.synth.activity import Batch, World, by_age, events, sent_chi
from pipelines.synth.draws import Flags, Ints, Month, generator, pick
from pipelines.synth.reference import CONTACT_PENCE, NHS, SERVICE, contact_pence
from pipelines.synth.sheet import (
    Sheet,
    chi_text,
    day_text,
    moment_text,
    number_text,
    pooled,
    serial_text,
    texts,
)

_MINUTES_A_DAY = 24 * 60
_SURGERY_CLOSES, _SURGERY_OPENS = 18 * 60, 8 * 60
_OUT_OF_HOURS_SHARES = np.array([0.19, 0.47, 0.34])
_CONTACT_SHARES = {"community_nursing": np.array([0.86, 0.14]), "community_mental_health": np.array([0.62, 0.38])}
_A_YEAR = {"gp_out_of_hours": 0.16, "community_nursing": 1.65, "community_mental_health": 0.6}
"""Contacts for each resident."""
_MEAN_MINUTES = {"community_nursing": 24, "community_mental_health": 46}


def gp_out_of_hours(world: World, month: Month) -> Batch:
    """Nights and weekends: the very young and the old more than others."""
    rng = generator(world.seed, "gp_out_of_hours", month)
    people = world.people
    weights = by_age(people, month, [0.42, 0.14, 0.12, 0.12, 0.17, 0.3, 0.6]) * people.need()
    person, day = events(rng, people, weights, month, _A_YEAR["gp_out_of_hours"])
    n = len(person)
    kind = pick(rng, _OUT_OF_HOURS_SHARES, n)
    start = day * _MINUTES_A_DAY + _out_of_hours(rng, day)
    chi, noted = sent_chi(people, person, rng)
    columns = {
        "consultation_id": serial_text("C", month, n),
        "chi_number": chi_text(chi),
        "start_datetime": moment_text(start),
        "end_datetime": moment_text(start + 4 + rng.gamma(2.0, 7.0, n).astype(np.int64)),
        "consultation_type": pooled(texts(list(CONTACT_PENCE["gp_out_of_hours"])), kind),
        "postcode": pooled(world.postcodes, people.postcode[person]),
    }
    return _batch(Sheet(NHS, "gp_out_of_hours", month.period, columns, noted), person, kind, month)


def community_nursing(world: World, month: Month) -> Batch:
    """District nurses see a caseload, most of them old, about once a week."""
    return _contacts(world, month, "community_nursing", [0.003, 0.002, 0.006, 0.02, 0.06, 0.16, 0.32])


def community_mental_health(world: World, month: Month) -> Batch:
    """Community teams see adults of every age; many more in deprived areas."""
    return _contacts(world, month, "community_mental_health", [0, 0.012, 0.03, 0.028, 0.022, 0.035, 0.05])


def _contacts(world: World, month: Month, feed: str, caseload_by_age: list[float]) -> Batch:
    rng = generator(world.seed, feed, month)
    people = world.people
    looked_after = _caseload(world, feed, caseload_by_age) & people.alive(month.start)
    person, day = events(rng, people, looked_after.astype(np.float64), month, _A_YEAR[feed])
    n = len(person)
    kind = pick(rng, _CONTACT_SHARES[feed], n)
    chi, noted = sent_chi(people, person, rng)
    columns = {
        "contact_id": serial_text("K", month, n),
        "chi_number": chi_text(chi),
        "contact_date": day_text(day),
        "duration_minutes": number_text(5 + rng.gamma(3.0, _MEAN_MINUTES[feed] / 3, n).astype(np.int64)),
        "contact_type": pooled(texts(list(CONTACT_PENCE[feed])), kind),
        "postcode": pooled(world.postcodes, people.postcode[person]),
    }
    return _batch(Sheet(NHS, feed, month.period, columns, noted), person, kind, month)


def _caseload(world: World, feed: str, by_band: list[float]) -> Flags:
    """The people a team looks after: the same in every month of the world."""
    people = world.people
    chance = by_age(people, world.months[0], by_band) * np.clip(people.need(), 0.3, 2.5)
    known: Flags = generator(world.seed, f"{feed} caseload").random(people.count) < chance
    return known if known.any() else chance > 0


def _out_of_hours(rng: np.random.Generator, day: Ints) -> Ints:
    """A minute of the day when surgeries are closed: any at weekends, else before they open or after they close."""
    weekend = (day + 3) % 7 >= 5
    minute = rng.integers(0, _MINUTES_A_DAY, len(day))
    closed = _SURGERY_OPENS + _MINUTES_A_DAY - _SURGERY_CLOSES
    night = (_SURGERY_CLOSES + minute % closed) % _MINUTES_A_DAY
    return np.where(weekend, minute, night)


def _batch(sheet: Sheet, person: Ints, kind: Ints, month: Month) -> Batch:
    rates = np.array([contact_pence(sheet.feed, k, month.financial_year) for k in CONTACT_PENCE[sheet.feed]])
    service, pence = np.full(len(person), SERVICE[sheet.feed]), rates[kind]
    return Batch(sheet, person, service, pence, np.ones(len(person), bool), {month: pence})
