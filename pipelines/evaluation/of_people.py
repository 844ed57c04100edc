"""A test of change for people: partners who were much alike before, and how both groups moved.

Belongs here: from everybody's months to what is judged. Does not belong here: finding the people (`participants.py`), matching and
the difference themselves (`matching.py`, `matched_difference.py`).
Each person has months of their own: those before the month in which they started, and those after the washout, as far as the
release and their life go. A month begun in its midst is neither.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from pipelines.analysis.estimate import MILLIONTH, published
from pipelines.evaluation.declaration import Design, When
from pipelines.evaluation.detectable import minimum_detectable_effect
from pipelines.evaluation.effect import Bools, Floats, Ints
from pipelines.evaluation.judged import COMPARED, EXPECTED, TREATED, Judged, point
from pipelines.evaluation.matched_difference import MatchedEffect, matched_difference
from pipelines.evaluation.matched_difference import People as Side
from pipelines.evaluation.matching import balance, match
from pipelines.evaluation.participants import Found, People
from pipelines.evaluation.result import Balance, Shift, pounds
from pipelines.evaluation.verdict import LEAST_PEOPLE, Facts, Verdict, verdict

RECENT_MONTHS = 3
"""Cost just before the start is matched apart from that of the months before it: people are chosen when something has happened."""
METHOD = (
    "Each person who took part has a partner of the same age band and sex, nearest by a propensity score of deprivation and of cost before "
    "the start by agency and setting (the last three months and those before), within a caliper of 0.2 standard deviations, none twice.",
    "Difference in differences of the pairs, in pounds for each month alive; the interval is that of the pairs, by Student's t.",
    "There is no placebo in earlier months: people are chosen for what happened in them, and would differ there from others by that alone.",
    "A release holds no diagnoses: what was known of illness before the start is in the cost of the care for it alone.",
)


@dataclass(frozen=True)
class Pairs:
    """Rows of people: who took part, the partner of each, the month in which each pair starts and its first whole month. unmatched:
    how many have none. before, after: standardised mean differences of the covariates, before and after matching."""

    treated: Ints
    partner: Ints
    start: Ints
    whole: Ints
    unmatched: int
    names: Sequence[str]
    before: Floats
    after: Floats


def judge_people(found: Found, when: When, design: Design, is_compared: bool) -> Judged:
    """What the months of people say of a test of change."""
    people, first = found.people, when.months_before
    took_part = people.start >= 0
    is_dead = took_part & (people.last < np.minimum(people.start, len(people.months) - 1))
    # Who starts so late that no month after is there, or so early that the months before are not, cannot be followed.
    in_time = (people.start >= first) & (people.whole + when.washout_months < len(people.months))
    rows = np.flatnonzero(in_time & ~is_dead)
    followed = int(_is_looked_at(people, people.whole[rows], when).sum(axis=1).max(initial=0))
    followed = followed if rows.size else len(set(when.after) & set(people.months))
    is_matched = is_compared and design is Design.MATCHED_DIFFERENCE
    # Of a few people nothing is told: each figure would be that of one of them.
    pairs = _pairs(people, rows, first) if is_matched and rows.size >= LEAST_PEOPLE else None
    facts = _facts(people, rows, pairs, when, followed, is_matched)
    treated = f"{_about(int(took_part.sum()))} people"
    cautions = _left_out(
        found, int((took_part & ~is_dead).sum()) - rows.size, int(is_dead.sum()), pairs.unmatched if pairs else 0
    )
    if pairs is None or pairs.treated.size < LEAST_PEOPLE:
        series = _series(people, rows, rows[:0], people.start[rows], people.whole[rows], when, None)
        return Judged(facts, treated, "with nobody", "+01", series, cautions=cautions)
    effect = _difference(people, people.whole_cost(), pairs, when)
    exposed = (_is_looked_at(people, pairs.whole, when) & _is_alive(people, pairs.treated)).sum()
    heads = float(exposed / followed) if followed else None
    found_so, found_adjusted = verdict(effect.mean, ()), verdict(effect.adjusted, ())
    is_found = found_so in (Verdict.IMPROVED, Verdict.WORSE)
    return Judged(
        replace(facts, rests_on_unlike=is_found and found_adjusted is not found_so), treated, f"{_about(pairs.partner.size)} people like them who did not take part", "+01",
        _series(people, pairs.treated, pairs.partner, pairs.start, pairs.whole, when, effect), effect=effect.mean, heads=heads,
        mean_before=effect.treated_before, without=effect.treated_after - effect.mean.value,
        smallest=minimum_detectable_effect(effect.mean.standard_error or 0.0, effect.degrees_of_freedom, effect.treated_before),
        fit=_fit(effect), method=METHOD, cautions=cautions, balance=_balance(pairs), shifts=_shifts(people, pairs, when, heads),
        months_of_test=_months_of_test(people, rows, when),
    )  # fmt: skip


def _facts(people: People, rows: Ints, pairs: Pairs | None, when: When, followed: int, is_matched: bool) -> Facts:
    """What decides whether these people can be judged; of a few people no more than that they are few."""
    has_many = pairs is not None and pairs.treated.size >= LEAST_PEOPLE
    return Facts(
        # Without partners the months of each are a series of its own, whatever was declared.
        Design.MATCHED_DIFFERENCE if is_matched else Design.INTERRUPTED_TIME_SERIES, when.months_before, followed, is_of_people=True,
        people=int(pairs.treated.size if pairs else rows.size),
        chosen_for_cost=_chosen_for_cost(people, rows, when.months_before) if rows.size >= LEAST_PEOPLE else None,
        matched_share=pairs.treated.size / rows.size if pairs and has_many else None,
        imbalance=float(np.abs(pairs.after).max()) if pairs and has_many else None,
    )  # fmt: skip


def _fit(effect: MatchedEffect) -> dict[str, float | None]:
    adjusted = effect.adjusted
    return {
        "pairs, to tens": float(_to_tens(effect.pairs)), "p-value of no effect": effect.p_value,
        "partners' cost before, a month": effect.partners_before, "effect less what was unlike before": adjusted.value,
        "its lower end (95 %)": adjusted.lower, "its upper end (95 %)": adjusted.upper,
    }  # fmt: skip


def _months_of_test(people: People, rows: Ints, when: When) -> int:
    """In how many months somebody took part who is looked at: so many the test has cost something."""
    month = np.arange(len(people.months))
    last = people.whole[rows] + when.washout_months + when.months_after
    return int(((month >= people.start[rows][:, None]) & (month < last[:, None])).any(axis=0).sum())


def _to_tens(count: int) -> int:
    return (count + 5) // 10 * 10


def _about(count: int) -> str:
    """How many people, to tens: a list is not told by its length."""
    return "fewer than 5" if count < 5 else f"about {_to_tens(count):,}"


def _left_out(found: Found, unfollowed: int, dead: int, unmatched: int) -> list[str]:
    said = (
        (found.unknown, "of the file are nobody of the release (no cost, or another number)"),
        (found.elsewhere, "have no home in the partners' area, or are not of the age group"),
        (unfollowed, "started too early or too late for the months that the release has"),
        (dead, "had died before the month in which they are said to have started, and are in no figure"),
        (unmatched, "have nobody like them among the others, and are in no figure of the effect"),
    )
    return [f"{_about(count).capitalize()} {what}." for count, what in said if count]


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
    columns.append((people.whole_cost()[rows, start - months_before : start] != 0).sum(axis=1).astype(np.float64))
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
        return Pairs(rows[:0], rows[:0], rows[:0], rows[:0], unmatched, (), np.zeros(0), np.zeros(0))
    everybody, others = (np.concatenate([all_ for all_, _ in side]) for side in (mine, theirs))
    paired, partners = (np.concatenate([matched for _, matched in side]) for side in (mine, theirs))
    # As Austin has it: by the deviation of everybody, so that both are told in one measure.
    scale = np.divide(
        balance(everybody, others),
        apart := everybody.mean(axis=0) - others.mean(axis=0),
        out=np.zeros(len(names)),
        where=apart != 0,
    )
    who = np.concatenate(treated)
    return Pairs(
        who, np.concatenate(partner), np.concatenate(starts).astype(np.int64), people.whole[who], unmatched, names,
        balance(everybody, others), (paired.mean(axis=0) - partners.mean(axis=0)) * scale,
    )  # fmt: skip


def _side(people: People, cost: Floats, rows: Ints, pairs: Pairs, when: When) -> Side:
    """Cost and months of the people of one side of the pairs, before and after the start."""
    month, start = np.arange(len(people.months))[None, :], pairs.start[:, None]
    before = (month >= start - when.months_before) & (month < start)
    after = _is_looked_at(people, pairs.whole, when) & _is_alive(people, rows)
    return Side((cost[rows] * before).sum(axis=1), (cost[rows] * after).sum(axis=1), before.sum(axis=1), after.sum(axis=1))


def _is_looked_at(people: People, whole: Ints, when: When) -> Bools:
    """The months after the washout, as far as the release goes, of people whose first whole month is given: (people, months)."""
    month, first = np.arange(len(people.months))[None, :], whole[:, None] + when.washout_months
    return np.asarray((month >= first) & (month < first + when.months_after))


def _is_alive(people: People, rows: Ints) -> Bools:
    """The months that people lived in: (people, months)."""
    return np.asarray(np.arange(len(people.months))[None, :] <= people.last[rows][:, None])


def _difference(people: People, cost: Floats, pairs: Pairs, when: When) -> MatchedEffect:
    return matched_difference(*(_side(people, cost, rows, pairs, when) for rows in (pairs.treated, pairs.partner)))


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
    cost, own, others = people.whole_cost(), 0.0, 0.0
    for start in np.unique(people.start[rows]):
        window = slice(int(start) - months_before, int(start))
        mine = rows[people.start[rows] == start]
        pool = np.flatnonzero((people.start < 0) & (people.last >= start))
        by_stratum = np.bincount(
            people.strata[pool], weights=cost[pool, window].sum(axis=1), minlength=int(people.strata.max()) + 1
        )
        count = np.bincount(people.strata[pool], minlength=len(by_stratum))
        own += float(cost[mine, window].sum())
        others += float(np.divide(by_stratum, count, out=np.zeros(len(count)), where=count > 0)[people.strata[mine]].sum())
    return own / others if others > 0 else None


def _series(
    people: People, treated: Ints, partner: Ints, start: Ints, whole: Ints, when: When, effect: MatchedEffect | None
) -> list[dict]:
    """Cost of a person a month alive, by the months from each person's start on: -01 is the last before, +01 the first whole one."""
    cost, rows = people.whole_cost(), []
    at = [-n for n in range(when.months_before, 0, -1)] + list(range(when.washout_months + when.months_after))
    apart = effect.treated_before - effect.partners_before if effect else 0.0
    for name, group in ((TREATED, treated), (COMPARED, partner)):
        for month in at:
            where = (start if month < 0 else whole)[: group.size] + month
            there = (where >= 0) & (where < len(people.months)) & (people.last[group] >= where)
            if there.sum() < LEAST_PEOPLE:
                continue
            mean = float(cost[group[there], where[there]].mean())
            label = f"-{-month:02d}" if month < 0 else f"+{month + 1:02d}"
            rows.append(point(label, name, mean))
            if name == COMPARED and month >= when.washout_months:
                rows.append(point(label, EXPECTED, mean + apart))
    return rows
