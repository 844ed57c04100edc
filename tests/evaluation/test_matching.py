"""Matching: partners by propensity score within strata and a caliper, each at most once, always the same."""

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipelines.evaluation.effect import Floats, Ints
from pipelines.evaluation.matching import Matches, balance, match

Covariates = tuple[Floats, Floats, tuple[Ints, Ints]]


def people(seed: int, treated: int = 60, pool: int = 600, covariates: int = 3) -> Covariates:
    """Treated people who differ from the pool, of four strata; counts, so that many are equal."""
    random = np.random.default_rng(seed)
    mine, theirs = (random.poisson(*of).astype(np.float64) for of in ((4, (treated, covariates)), (3, (pool, covariates))))
    return mine, theirs, (random.integers(0, 4, treated), random.integers(0, 4, pool))


def logits_by_formula(mine: Floats, theirs: Floats) -> Floats:
    """The logit of the score by statsmodels' formula on the covariates as they are."""
    import pandas as pd
    import statsmodels.formula.api as smf

    names = [f"x{i}" for i in range(mine.shape[1])]
    frame = pd.DataFrame(np.concatenate([mine, theirs]), columns=names)
    frame["y"] = (np.arange(len(frame)) < len(mine)) * 1.0
    fitted = smf.logit("y ~ " + " + ".join(names), frame).fit(disp=0)
    return np.asarray(fitted.predict(frame, which="linear"))


def by_hand(mine: Floats, theirs: Floats, exact: tuple[Ints, Ints]) -> dict[int, int]:
    """The pairs told in plain steps: who has the largest logit chooses first, the nearest free one within the caliper."""
    logits = logits_by_formula(mine, theirs)
    own, other = logits[: len(mine)].round(9), logits[len(mine) :].round(9)
    caliper = 0.2 * np.sqrt((own.var(ddof=1) + other.var(ddof=1)) / 2)
    pairs: dict[int, int] = {}
    for person in sorted(range(len(own)), key=lambda i: (-own[i], i)):
        free = [(round(abs(other[j] - own[person]), 8), j) for j in range(len(other))
                if exact[1][j] == exact[0][person] and j not in pairs.values() and abs(other[j] - own[person]) <= caliper]  # fmt: skip
        if free:
            pairs[person] = min(free)[1]
    return pairs


@pytest.mark.parametrize("seed", range(4))
def test_the_pairs_are_those_told_in_plain_steps(seed: int) -> None:
    mine, theirs, exact = people(seed)
    found = match(mine, theirs, exact=exact)
    assert dict(zip(found.treated.tolist(), found.partner.tolist(), strict=True)) == by_hand(mine, theirs, exact)
    assert not found.is_penalised


@settings(deadline=None, max_examples=25)
@given(st.integers(0, 1000), st.integers(5, 80), st.integers(5, 80), st.integers(1, 3))
def test_nobody_is_a_partner_twice_and_everybody_is_told(seed: int, treated: int, pool: int, covariates: int) -> None:
    mine, theirs, exact = people(seed, treated, pool, covariates)
    found = match(mine, theirs, exact=exact)
    assert len(set(found.partner.tolist())) == found.partner.size == found.treated.size
    assert sorted([*found.treated, *found.unmatched]) == list(range(treated))
    assert (exact[0][found.treated] == exact[1][found.partner]).all()


@settings(deadline=None, max_examples=15)
@given(st.integers(0, 1000), st.floats(0.01, 1000), st.floats(-100, 100))
def test_the_unit_of_a_covariate_says_nothing(seed: int, scale: float, shift: float) -> None:
    mine, theirs, exact = people(seed)
    one, other = match(mine, theirs, exact=exact), match(mine * scale + shift, theirs * scale + shift, exact=exact)
    assert (one.treated.tolist(), one.partner.tolist()) == (other.treated.tolist(), other.partner.tolist())
    assert other.balance_after == pytest.approx(one.balance_after, abs=1e-6)


def test_the_same_people_make_the_same_pairs() -> None:
    def told(found: Matches) -> str:
        return repr(found)

    mine, theirs, exact = people(5)
    assert told(match(mine, theirs, exact=exact)) == told(match(mine, theirs, exact=exact))


def test_matched_people_are_more_alike() -> None:
    mine, theirs, exact = people(6, 100, 2000)
    found = match(mine, theirs, exact=exact)
    assert (np.abs(found.balance_before) > 0.3).all() and (np.abs(found.balance_after) < 0.15).all()
    assert found.unmatched.size < 10


def test_balance_is_the_difference_of_means_over_the_spread() -> None:
    mine, theirs, _ = people(7)
    spread = np.sqrt((mine.var(axis=0, ddof=1) + theirs.var(axis=0, ddof=1)) / 2)
    assert balance(mine, theirs) == pytest.approx((mine.mean(axis=0) - theirs.mean(axis=0)) / spread)
    found = match(mine, theirs)
    apart = mine[found.treated].mean(axis=0) - theirs[found.partner].mean(axis=0)
    assert found.balance_after == pytest.approx(apart / spread)


def test_what_is_the_same_for_everybody_is_balanced() -> None:
    mine, theirs, _ = people(8)
    mine[:, 1] = theirs[:, 1] = 7
    found = match(mine, theirs)
    assert found.balance_before[1] == 0 and found.treated.size and not found.is_penalised
    assert balance(np.ones((3, 1)), np.zeros((3, 1))).tolist() == [np.inf]


def test_covariates_that_tell_the_groups_apart_without_error_are_penalised() -> None:
    mine, theirs = np.arange(20.0)[:, None] + 100, np.arange(60.0)[:, None]
    found = match(mine, theirs)
    assert found.is_penalised and found.unmatched.size > 10
    twice = people(9)
    again = match(np.hstack([twice[0], twice[0]]), np.hstack([twice[1], twice[1]]))
    assert again.is_penalised and again.treated.size


def test_a_caliper_leaves_those_without_a_near_partner_unmatched() -> None:
    random = np.random.default_rng(10)
    mine, theirs = random.normal(size=(50, 1)), random.normal(size=(500, 1))
    mine[7] = 30
    found = match(mine, theirs)
    assert 7 in found.unmatched and found.treated.size > 40
    assert match(mine, theirs, caliper=1000).unmatched.size == 0


def test_a_stratum_without_anybody_in_the_pool_has_no_partners() -> None:
    mine, theirs, exact = people(11)
    found = match(mine, theirs, exact=(np.full(len(mine), 9), exact[1]))
    assert found.treated.size == 0 and found.unmatched.size == len(mine)
    assert np.isnan(found.balance_after).all() and not np.isnan(found.balance_before).any()


@pytest.mark.parametrize(
    ("mine", "theirs", "exact", "said"),
    [
        (np.empty((0, 2)), np.ones((3, 2)), None, "both sides"),
        (np.ones((3, 2)), np.ones((3, 1)), None, "same covariates"),
        (np.ones((3, 2)), np.ones((3, 2)), ([1, 2], [1, 2, 3]), "a stratum"),
        (np.full((3, 2), np.nan), np.ones((3, 2)), None, "without a figure"),
    ],
)
def test_what_matching_needs_is_said(mine: Floats, theirs: Floats, exact: Any, said: str) -> None:
    with pytest.raises(ValueError, match=said):
        match(mine, theirs, exact=exact)
