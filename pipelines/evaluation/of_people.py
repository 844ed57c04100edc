"""A test of change for people: partners who were much alike before, and how both groups moved.

Belongs here: from everybody's months to what is judged. Does not belong here: finding the people (`participants.py`), matching and
the difference themselves (`matching.py`, `matched_difference.py`).
Each person has months of their own: those before the month in which they started, and those after the washout, as far as the
release and their life go.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from pipelines.analysis.estimate import MILLIONTH, published
from pipelines.evaluation.declaration import Design, When
from pipelines.evaluation.detectable import minimum_detectable_effect
from pipelines.evaluation.effect import Bools, Floats, Ints
from pipelines.evaluation.judged import Judged, point
from pipelines.evaluation.matched_difference import MatchedEffect, matched_difference
from pipelines.evaluation.matched_difference import People as Side
from pipelines.evaluation.matching import balance, match
from pipelines.evaluation.of_places import COMPARED, EXPECTED, TREATED
from pipelines.evaluation.participants import Found, People
from pipelines.evaluation.result import Balance, Shift, pounds
from pipelines.evaluation.verdict import Facts

RECENT_MONTHS = 3
"""Cost just before the start is matched apart from that of the months before it: people are chosen when something has happened."""
METHOD = (
    "Each person who took part has a partner of the same age band and sex, nearest by a propensity score of deprivation and of cost before "
    "the start by agency and setting (the last three months and those before), within a caliper of 0.2 standard deviations, none twice.",
    "Difference in differences of the pairs, in pounds for each month alive; the interval is that of the pairs, by Student's t.",
    "A release holds no diagnoses: what was known of illness before the start is in the cost of the care for it alone.",
)


@dataclass(frozen=True)
class Pairs:
    """Rows of people: who took part, the partner of each, the start of each pair. unmatched: how many have none. before, after:
    standardised mean differences of the covariates, before and after matching."""

    treated: Ints
    partner: Ints
    start: Ints
    unmatched: int
    names: Sequence[str]
    before: Floats
    after: Floats


def judge_people(found: Found, when: When, design: Design, is_compared: bool) -> Judged:
    """What the months of people say of a test of change."""
    people, washout = found.people, len(when.left_out)
    months, first = len(people.months), when.months_before
    # Who starts so late that no month after is there, or so early that the months before are not, cannot be followed.
    usable = (people.start >= first) & (people.start + washout < months)
    rows = np.flatnonzero(usable)
    longest = max((months - int(people.start[row]) - washout for row in rows), default=0)
    followed = min(when.months_after, longest)
    chosen = _chosen_for_cost(people, rows, first)
    pairs = _pairs(people, rows, first) if is_compared and design is Design.MATCHED_DIFFERENCE and rows.size else None
    facts = Facts(
        # Without partners the months of each are a series of its own, whatever was declared.
        Design.MATCHED_DIFFERENCE if pairs else Design.INTERRUPTED_TIME_SERIES, first, followed, is_of_people=True, people=int(rows.size),
        chosen_for_cost=chosen, matched_share=pairs.treated.size / rows.size if pairs else None,
        imbalance=float(np.abs(pairs.after).max()) if pairs and pairs.treated.size else None,
    )  # fmt: skip
    treated = f"{_about(int(people.start.size and (people.start >= 0).sum()))} people"
    cautions = _left_out(found, int((people.start >= 0).sum()) - int(rows.size), pairs.unmatched if pairs else 0)
    if pairs is None or pairs.treated.size < 2:
        series = _series(people, rows, rows[:0], people.start[rows], when, None)
        return Judged(facts, treated, "with nobody", "+01", series, cautions=cautions)
    effect = _difference(people, people.whole(), pairs, when)
    exposed = _months_alive(people, pairs.treated, pairs.start, when).sum()
    heads = float(exposed / followed) if followed else None
    return Judged(
        facts, treated, f"{_about(pairs.partner.size)} people like them who did not take part", "+01",
        _series(people, pairs.treated, pairs.partner, pairs.start, when, effect),
        effect=effect.mean, heads=heads, mean_before=effect.treated_before, without=effect.treated_after - effect.mean.value,
        smallest=minimum_detectable_effect(effect.mean.standard_error or 0.0, effect.degrees_of_freedom, effect.treated_before),
        fit={"pairs": float(effect.pairs), "p-value of no effect": effect.p_value, "partners' cost before, a month": effect.partners_before},
        method=METHOD, cautions=cautions, balance=_balance(pairs), shifts=_shifts(people, pairs, when, heads),
    )  # fmt: skip


def _about(count: int) -> str:
    """How many people, to tens: a list is not told by its length."""
    return "fewer than 5" if count < 5 else f"about {(count + 5) // 10 * 10:,}"


def _left_out(found: Found, unfollowed: int, unmatched: int) -> list[str]:
    said = {
        found.unknown: "of the file are nobody of the release (no cost, or another number)",
        found.elsewhere: "have no home in the partners' area, or are not of the age group",
        unfollowed: "started too early or too late for the months that the release has",
        unmatched: "have nobody like them among the others, and are in no figure of the effect",
    }
    return [f"{_about(count).capitalize()} {what}." for count, what in said.items() if count]


def _covariates(people: People, rows: Ints, start: int, months_before: int) -> tuple[list[str], Floats]:
    """What people are matched by, from the months before a start, and its names."""
    recent = slice(max(start - RECENT_MONTHS, start - months_before), start)
    earlier = slice(start - months_before, max(start - RECENT_MONTHS, start - months_before))
    names: list[str] = []
    columns: list[Floats] = []
    for (agency, setting), cost in people.cost.items():
        for words, window in (("last three months", recent), ("months before", earlier)):
            names.append(f"cost of {agency}, {setting}, {words} (logarithm)")
            columns.append(np.log1p(np.maximum(cost[rows, window].sum(axis=1), 0)))
    names.append("months with any cost")
    columns.append((people.whole()[rows, start - months_before : start] != 0).sum(axis=1).astype(np.float64))
    for fifth in range(1, 5):
        names.append(f"lives in fifth {fifth}")
        columns.append((people.fifth[rows] == fifth).astype(np.float64))
    return names, np.column_stack(columns)


def _pairs(people: People, rows: Ints, months_before: int) -> Pairs:
    """Partners, start by start: who was matched once is free no more."""
    is_free = people.start < 0
    treated, partner, starts, mine, theirs = [], [], [], [], []
    names: list[str] = []
    unmatched = 0
    for start in np.unique(people.start[rows]):
        own = rows[people.start[rows] == start]
        pool = np.flatnonzero(is_free & (people.last >= start) & np.isin(people.strata, people.strata[own]))
        if not pool.size:
            unmatched += own.size
            continue
        names, left = _covariates(people, own, int(start), months_before)
        _, right = _covariates(people, pool, int(start), months_before)
        matches = match(left, right, exact=(people.strata[own], people.strata[pool]))
        unmatched += matches.unmatched.size
        treated.append(own[matches.treated])
        partner.append(pool[matches.partner])
        starts.append(np.full(matches.treated.size, start))
        is_free[pool[matches.partner]] = False
        mine.append((left, left[matches.treated]))
        theirs.append((right, right[matches.partner]))
    if not treated:
        return Pairs(rows[:0], rows[:0], rows[:0], unmatched, (), np.zeros(0), np.zeros(0))
    everybody, others = (np.concatenate([all_ for all_, _ in side]) for side in (mine, theirs))
    paired, partners = (np.concatenate([matched for _, matched in side]) for side in (mine, theirs))
    # As Austin has it: by the deviation of everybody, so that both are told in one measure.
    scale = np.divide(
        balance(everybody, others),
        apart := everybody.mean(axis=0) - others.mean(axis=0),
        out=np.zeros(len(names)),
        where=apart != 0,
    )
    return Pairs(
        np.concatenate(treated), np.concatenate(partner), np.concatenate(starts).astype(np.int64), unmatched, names,
        balance(everybody, others), (paired.mean(axis=0) - partners.mean(axis=0)) * scale,
    )  # fmt: skip


def _side(people: People, cost: Floats, rows: Ints, starts: Ints, when: When) -> Side:
    """Cost and months of people, before and after a start."""
    month = np.arange(len(people.months))[None, :]
    before = (month >= starts[:, None] - when.months_before) & (month < starts[:, None])
    alive = month <= people.last[rows][:, None]
    after = _is_after(month, starts, when) & alive
    return Side((cost[rows] * before).sum(axis=1), (cost[rows] * after).sum(axis=1), before.sum(axis=1), after.sum(axis=1))


def _is_after(month: Ints, starts: Ints, when: When) -> Bools:
    first = starts[:, None] + len(when.left_out)
    return np.asarray((month >= first) & (month < first + when.months_after))


def _months_alive(people: People, rows: Ints, starts: Ints, when: When) -> Ints:
    """How many months after the washout each person lived in."""
    month = np.arange(len(people.months))[None, :]
    return np.asarray((_is_after(month, starts, when) & (month <= people.last[rows][:, None])).sum(axis=1), dtype=np.int64)


def _difference(people: People, cost: Floats, pairs: Pairs, when: When) -> MatchedEffect:
    return matched_difference(
        _side(people, cost, pairs.treated, pairs.start, when), _side(people, cost, pairs.partner, pairs.start, when)
    )


def _shifts(people: People, pairs: Pairs, when: When, heads: float | None) -> list[Shift]:
    return [
        Shift(agency=agency, setting=setting, a_month=pounds(_difference(people, cost, pairs, when).mean, heads or 0.0))
        for (agency, setting), cost in people.cost.items()
    ]


def _balance(pairs: Pairs) -> list[Balance]:
    told = zip(pairs.names, pairs.before, pairs.after, strict=True)
    return [
        Balance(what=name, before=before, after=after)
        for name, *of in told
        if (before := published(float(of[0]), MILLIONTH)) is not None
        and (after := published(float(of[1]), MILLIONTH)) is not None
    ]


def _chosen_for_cost(people: People, rows: Ints, months_before: int) -> float | None:
    """The cost of who took part in the months before, as a multiple of that of others of their age and sex."""
    if not rows.size:
        return None
    whole, own, others = people.whole(), 0.0, 0.0
    for start in np.unique(people.start[rows]):
        window = slice(int(start) - months_before, int(start))
        mine = rows[people.start[rows] == start]
        pool = np.flatnonzero((people.start < 0) & (people.last >= start))
        by_stratum = np.bincount(
            people.strata[pool], weights=whole[pool, window].sum(axis=1), minlength=int(people.strata.max()) + 1
        )
        count = np.bincount(people.strata[pool], minlength=len(by_stratum))
        own += float(whole[mine, window].sum())
        others += float(np.divide(by_stratum, count, out=np.zeros(len(count)), where=count > 0)[people.strata[mine]].sum())
    return own / others if others > 0 else None


def _series(people: People, treated: Ints, partner: Ints, starts: Ints, when: When, effect: MatchedEffect | None) -> list[dict]:
    """Cost of a person a month alive, by the months from each person's start on: -01 is the last before, +01 the first after."""
    whole, rows = people.whole(), []
    at = [-n for n in range(when.months_before, 0, -1)] + list(range(len(when.left_out) + when.months_after))
    apart = effect.treated_before - effect.partners_before if effect else 0.0
    for name, group in ((TREATED, treated), (COMPARED, partner)):
        for month in at:
            where = starts[: group.size] + month
            there = (where >= 0) & (where < len(people.months)) & (people.last[group] >= where)
            if there.sum() < FEWEST:
                continue
            mean = float(whole[group[there], where[there]].mean())
            label = f"-{-month:02d}" if month < 0 else f"+{month + 1:02d}"
            rows.append(point(label, name, mean))
            if name == COMPARED and month >= len(when.left_out):
                rows.append(point(label, EXPECTED, mean + apart))
    return rows


FEWEST = 20
"""A month of fewer people is not shown."""
