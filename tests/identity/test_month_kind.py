"""This month's records: their m probabilities come from the month's own pairs, within bounds, and find links that frozen ones miss."""

import datetime
import random
from typing import Any

import duckdb
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelines.identity.linking import month_kind
from pipelines.identity.linking.comparisons import COMPARISONS
from pipelines.identity.linking.decide import OTHER_DATE
from pipelines.identity.linking.model import load_model
from pipelines.identity.linking.posterior import PSEUDO_COUNTS
from tests.identity.people import CLIENTS, REGISTER, Row, links_of, table

USUAL = month_kind.usual_m(load_model(), PSEUDO_COUNTS)
PAIRS = st.dictionaries(st.integers(0, 8), st.floats(0, 1_000_000, allow_nan=False), max_size=9)


def of_month(comparison: str, pairs: dict[int, float]) -> list[float]:
    return month_kind._of_comparison(COMPARISONS[comparison], USUAL[comparison], pairs)


@given(st.sampled_from(sorted(COMPARISONS)), PAIRS)
def test_the_levels_of_a_group_sum_to_1_and_stay_within_bounds(comparison: str, pairs: dict[int, float]) -> None:
    found, levels = of_month(comparison, pairs), COMPARISONS[comparison][1:]
    for group in {level.among for level in levels}:
        assert sum(m for m, level in zip(found, levels, strict=True) if level.among == group) == pytest.approx(1, abs=0.002)
    for m, usual in zip(found, USUAL[comparison], strict=True):
        assert usual / month_kind.FURTHEST <= m * 1.001
        assert m <= usual * month_kind.FURTHEST * 1.001


@pytest.mark.parametrize("comparison", sorted(COMPARISONS))
def test_without_pairs_a_month_is_as_usual(comparison: str) -> None:
    assert of_month(comparison, {}) == pytest.approx(USUAL[comparison], rel=0.01, abs=0.0005)


def test_many_pairs_outweigh_what_is_usual_and_few_do_not() -> None:
    assert of_month("sex", {1: 1_000_000, 0: 0})[1] == pytest.approx(USUAL["sex"][1] / month_kind.FURTHEST, rel=0.1)
    assert of_month("sex", {1: 2, 0: 0}) == pytest.approx(USUAL["sex"], rel=0.05)


def test_a_level_is_counted_as_often_as_the_posterior_says() -> None:
    with duckdb.connect() as connection:
        levels = ", ".join(f"{level} AS {name}_level" for name, level in zip(COMPARISONS, (8, -1, 0, 6, 1, -1), strict=True))
        connection.execute(f"CREATE TABLE match_weight AS SELECT client, 'x' AS candidate, {levels} FROM range(3) AS t(client)")
        connection.execute(
            "CREATE TABLE posterior AS SELECT * FROM (VALUES (0, 'x', TRUE, 0.5), (1, 'x', FALSE, 1.0), (2, 'x', TRUE, 0.25))"
            " AS t(client, candidate, is_expected, probability)"
        )
        found = month_kind.month_m(connection, {name: [0.5] * (len(levels) - 1) for name, levels in COMPARISONS.items()})
    whole = 200 * 0.5
    assert found["forename"][0] == pytest.approx((0.75 + whole) / (0.75 + 9 * whole), abs=0.001)
    assert found["middle_name"] == pytest.approx([0.5, 0.5, 1 / 3, 1 / 3, 1 / 3], abs=0.001)


def test_records_of_a_habit_that_no_frozen_kind_has_are_linked() -> None:
    """One slip each and nothing but names and date of birth: who knows that slips are all that there is links more of them."""
    register, clients = _one_slip_each(people=3_000, slips=300)
    rows = links_of(table(register, REGISTER), table(clients, CLIENTS)).to_pylist()
    right = sum(row["chi_number"] == f"r{row['social_care_id']}" for row in rows)
    wrong = sum(row["chi_number"] is not None for row in rows) - right
    assert wrong == 0
    assert right >= 0.95 * len(clients)
    frozen = _without_a_month(register, clients)
    assert right > frozen


def test_dates_that_are_wholly_unlike_are_learnt_from_though_only_a_reviewer_may_link_them() -> None:
    """One record in ten has somebody else's date, and all else agrees. Were it not learnt from, such dates would be taken for rarer than
    they are, and a tenth of these would be shown."""
    register, clients = _other_date_each_tenth(people=2_000, clients=400)
    rows = links_of(table(register, REGISTER), table(clients, CLIENTS)).to_pylist()
    shown = [row["candidate_chi_number"] == f"r{row['social_care_id']}" for row in rows if row["review_reason"] == OTHER_DATE]
    assert shown == [True] * (len(clients) // 10)


def _other_date_each_tenth(people: int, clients: int) -> tuple[list[Row], list[Row]]:
    register, _ = _one_slip_each(people, slips=0)
    for number, row in enumerate(register):
        row["postcode"] = (
            f"DD{number % 9 + 1} {number % 7 + 1}{'ABDEFGHJLN'[number // 100 % 10]}{'ABDEFGHJLN'[number // 10 % 10]}"
        )
    written = [
        {"agency": "angus", "social_care_id": str(number), "chi_number": None, "chi_is_valid": False}
        | {name: value for name, value in row.items() if name != "chi_number"}
        | ({"date_of_birth": _of_no_part_of(row["date_of_birth"])} if number % 10 == 0 else {})
        for number, row in enumerate(register[:clients])
    ]
    return register, written


def _of_no_part_of(born: datetime.date) -> datetime.date:
    """A date whose year, month and day are others, in whatever order."""
    return datetime.date(born.year + 3, born.month % 12 + 1, 13 + (born.day + 1) % 15)


def _without_a_month(register: list[Row], clients: list[Row]) -> int:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("pipelines.identity.linking.posterior.month_m", lambda _, usual: usual)
        return sum(
            row["chi_number"] is not None for row in links_of(table(register, REGISTER), table(clients, CLIENTS)).to_pylist()
        )


def _one_slip_each(people: int, slips: int) -> tuple[list[Row], list[Row]]:
    chance = random.Random(4)
    parts = [a + b for a in ("Bal", "Car", "Dun", "Kil") for b in ("ach", "bie", "dee")]
    names = ["Agnes", "Robert", "Morag", "Hamish", "Fiona", "Struan", "Elspeth", "Angus", "Isla", "Callum", "Janet", "Fergus"]
    register: list[Row] = []
    for number in range(people):
        born = datetime.date(1930, 1, 1) + datetime.timedelta(days=chance.randrange(33_000))
        person: dict[str, Any] = {
            "forename": chance.choice(names),
            "surname": chance.choice(parts) + chance.choice(parts).lower(),
        }
        register.append({"chi_number": f"r{number}", **person, "date_of_birth": born, "sex": None, "postcode": None})
    clients = []
    for number, row in enumerate(register[:slips]):
        slipped = {name: value for name, value in row.items() if name != "chi_number"}
        name = ("forename", "surname", "date_of_birth")[number % 3]
        if name == "date_of_birth":
            slipped[name] = slipped[name].replace(year=slipped[name].year + chance.choice((-7, -3, 2, 6)))
        else:
            at = chance.randrange(len(slipped[name]) - 1)
            slipped[name] = slipped[name][:at] + slipped[name][at + 1] + slipped[name][at] + slipped[name][at + 2 :]
        clients.append({"agency": "angus", "social_care_id": str(number), "chi_number": None, "chi_is_valid": False, **slipped})
    return register, clients
