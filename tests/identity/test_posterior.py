"""Priors are the most likely ones, in each cohort apart, and a person who is taken is seldom sought again."""

import random
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from pipelines.identity.learning.case import read_case
from pipelines.identity.linking import posterior
from tests.identity.cases import person, write_case
from tests.identity.people import links_of


def test_the_shares_are_the_likeliest_ones() -> None:
    believed = np.array([9.0, 1.0])
    assert posterior.estimate_priors(np.empty((2, 0)), believed) == pytest.approx([0.9, 0.1])
    sure = np.array([[1_000_000.0] * 300 + [0.0] * 700, [1.0] * 1_000])
    assert posterior.estimate_priors(sure, believed) == pytest.approx([0.306, 0.694], abs=0.002)
    assert posterior.estimate_priors(np.ones((2, 5_000)), believed) == pytest.approx([0.9, 0.1], abs=0.002)
    assert (posterior.estimate_priors(sure[:, ::-1], believed) == posterior.estimate_priors(sure, believed)).all()


def test_namesakes_in_one_home_are_never_taken_for_impossible() -> None:
    none = np.array([0.0 if name == "namesake" else 1 / 9 for name in posterior.PSEUDO_COUNTS])
    floored = posterior.with_namesakes(none)
    assert floored[list(posterior.PSEUDO_COUNTS).index("namesake")] == posterior.LEAST_NAMESAKES
    assert floored.sum() == pytest.approx(1, abs=0.01)
    many = np.array([0.1] * len(posterior.PSEUDO_COUNTS))
    assert (posterior.with_namesakes(many) == many).all()


def test_who_is_as_old_as_people_the_register_lacks_is_less_probably_in_it(tmp_path: Path) -> None:
    """A name of the register, another birthday and another home: in a year of people it has, or of those it has not."""
    case = write_case(tmp_path, strangers=0)
    clients = pq.read_table(case / "clients.parquet").to_pylist()
    named = pq.read_table(case / "register.parquet").slice(300, 1).to_pylist()[0]
    chance = random.Random(5)
    strangers = [{"rid": f"s{at}", **person(chance, at), "dob": f"2021-05-{at % 28 + 1:02d}"} for at in range(60)]
    found = {}
    for born in ("1971-06-30", "2021-06-30"):
        doubtful = {**named, "rid": "d", "dob": born, "postcode": "AB1 1AA"}
        pq.write_table(pa.Table.from_pylist([*clients, *strangers, doubtful]), case / "clients.parquet")
        read = read_case(case)
        rows = links_of(read.register, read.clients).to_pylist()
        found[born] = next(row["candidate_probability"] for row in rows if row["social_care_id"] == "d")
    assert found["2021-06-30"] < found["1971-06-30"] / 2


def test_who_is_taken_is_seldom_sought_again() -> None:
    assert posterior.competition_factors(1_000, 0, 0) == (1.0, 0.05)
    free, taken = posterior.competition_factors(1_000, 500, 500)
    assert (round(free, 1), taken < 0.01) == (2.0, True)
    assert posterior.competition_factors(1_000, 500, 1_000)[1] > 0.5
    assert posterior.competition_factors(1_000, 1_000, 1_000)[0] <= posterior.MAX_FACTOR
