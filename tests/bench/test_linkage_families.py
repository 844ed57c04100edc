"""The cases of `linkage_families.py`: the same seed makes the same files, and every answer is one that the case can give."""

from pathlib import Path

import pyarrow.parquet as pq
import pytest

from tests.bench.families import BACKGROUND, DRAWS, kinds
from tests.bench.linkage_families import CASES, write_cases

FILES = ("register", "clients", "truth", "answers")


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("families")
    write_cases(out, seed=1)
    return out


def test_the_same_seed_makes_the_same_cases(made: Path, tmp_path: Path) -> None:
    write_cases(tmp_path, seed=1)
    for case in CASES:
        for name in FILES:
            assert pq.read_table(made / case / f"{name}.parquet").equals(pq.read_table(tmp_path / case / f"{name}.parquet"))


@pytest.mark.parametrize("case", CASES)
def test_every_truth_is_a_client_and_somebody_of_the_register(made: Path, case: str) -> None:
    register, clients, truth = (pq.read_table(made / case / f"{name}.parquet") for name in FILES[:3])
    assert set(truth["register_rid"].to_pylist()) <= set(register["rid"].to_pylist())
    assert set(truth["client_rid"].to_pylist()) <= set(clients["rid"].to_pylist())


@pytest.mark.parametrize("case", CASES)
def test_every_kind_is_drawn_and_only_people_of_the_register_are_to_be_linked(made: Path, case: str) -> None:
    answers = pq.read_table(made / case / "answers.parquet").to_pylist()
    drawn = {(answer["kind"], answer["draw"]) for answer in answers}
    assert drawn == {(BACKGROUND, "0"), *((kind, str(draw)) for kind in kinds() for draw in range(DRAWS))}
    in_register = set(pq.read_table(made / case / "truth.parquet")["client_rid"].to_pylist())
    assert {answer["rid"] for answer in answers if "link" in answer["acceptable"].split()} <= in_register
