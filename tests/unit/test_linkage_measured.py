"""The benchmark, the training and the two shares of the month, on cases small enough to know the answer. Nobody is real."""

import random
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from pipelines.identity.learning import benchmark, train
from pipelines.identity.learning.case import read_case
from pipelines.identity.linking import decide as link
from pipelines.identity.linking import model as frozen
from pipelines.identity.linking import posterior, score
from pipelines.identity.linking.comparisons import COMPARISONS
from pipelines.identity.review import DECISIONS

FORENAMES = [
    "Agnes",
    "Robert",
    "Morag",
    "Hamish",
    "Fiona",
    "Struan",
    "Elspeth",
    "Angus",
    "Isla",
    "Callum",
    "Janet",
    "Fergus",
    "Ailsa",
    "Euan",
    "Shona",
    "Gregor",
]
SURNAMES = [
    "Lindsay",
    "Gow",
    "Cathro",
    "Petrie",
    "Nicoll",
    "Fyfe",
    "Rattray",
    "Soutar",
    "Yeaman",
    "Tosh",
    "Spalding",
    "Kidd",
    "Doig",
    "Laing",
    "Ogilvie",
    "Moncur",
]


def person(chance: random.Random, number: int) -> dict[str, str]:
    return {
        "given": chance.choice(FORENAMES),
        "surname": chance.choice(SURNAMES) + chance.choice(SURNAMES).lower(),
        "dob": f"{chance.randrange(1930, 2010)}-{chance.randrange(1, 13):02d}-{chance.randrange(1, 29):02d}",
        "postcode": f"DD{chance.randrange(1, 11)} {chance.randrange(1, 9)}{chance.choice('ABDE')}{chance.choice('HJLN')}",
        "idnum": str(number),
    }


def write_case(folder: Path, strangers: int = 40) -> Path:
    """500 people, of whom 200 are clients with a slip in the surname, and clients who are nobody in the register."""
    chance = random.Random(3)
    people = [person(chance, number) for number in range(500)]
    clients = [{**one, "surname": one["surname"][:-1]} for one in people[:200]]
    clients += [person(chance, 9_000 + number) for number in range(strangers)]
    register = [{"rid": f"r{at}", **one} for at, one in enumerate(people)]
    written = [{"rid": f"c{at}", **one} for at, one in enumerate(clients)]
    truth = [{"client_rid": f"c{at}", "register_rid": f"r{at}"} for at in range(200)]
    for name, rows in (("register", register), ("clients", written), ("truth", truth)):
        pq.write_table(pa.Table.from_pylist(rows), folder / f"{name}.parquet")
    return folder


def test_a_case_is_measured(tmp_path: Path) -> None:
    measured = benchmark.measure(read_case(write_case(tmp_path)))
    assert (measured.clients, measured.automatic.there, measured.compared) == (240, 200, 200)
    assert measured.automatic.precision == 1
    assert measured.automatic.recall > 0.98
    assert measured.reviewed.recall >= measured.automatic.recall
    assert sum(band.right for band in measured.bands) >= measured.automatic.right
    lines = "\n".join(benchmark.lines_of(measured, 100))
    for word in ("block recall 1.0000", "precision 1.0000", "with review decided rightly", "calibration", "seconds", "MB"):
        assert word in lines


def test_a_wrong_truth_shows(tmp_path: Path) -> None:
    case = write_case(tmp_path)
    pq.write_table(pa.table({"client_rid": ["c0"], "register_rid": ["r9"]}), case / "truth.parquet")
    measured = benchmark.measure(read_case(case))
    assert measured.automatic.recall == 0
    assert measured.automatic.precision == 0


def test_false_links_for_the_absent_and_for_twins_are_counted_apart(tmp_path: Path) -> None:
    """Two clients are told to be others than they are: one is said to be absent, the other to be somebody's twin."""
    case = write_case(tmp_path)
    truth = pq.read_table(case / "truth.parquet").to_pylist()
    wrong = [{"client_rid": "c1", "register_rid": "r300"}, *truth[2:]]
    pq.write_table(pa.Table.from_pylist(wrong), case / "truth.parquet")
    assert "twin" not in "\n".join(benchmark.lines_of(benchmark.measure(read_case(case)), 100))
    pq.write_table(pa.table({"client_rid": ["c1", "c2"]}), case / "twins.parquet")
    lines = "\n".join(benchmark.lines_of(benchmark.measure(read_case(case)), 100))
    assert "false links 2, of them 1 for clients who are not in the register and 1 for the 2 who have a twin" in lines


def test_a_number_that_is_no_chi_is_left_out_and_a_chi_is_used(tmp_path: Path) -> None:
    case = write_case(tmp_path)
    assert read_case(case).clients["chi_number"].null_count == 240
    for name in ("register", "clients"):
        table = pq.read_table(case / f"{name}.parquet").slice(0, 5)
        numbers = pa.array(["1904851231", None, "2902201230", "2902201230", "7"])
        pq.write_table(table.set_column(table.column_names.index("idnum"), "idnum", numbers), case / f"{name}.parquet")
    read = read_case(case)
    assert read.clients["chi_number"].to_pylist() == ["1904851231", None, "2902201230", "2902201230", None]
    # Without a CHI number of their own, people of the register are told apart by their record.
    assert read.register["chi_number"].to_pylist() == ["1904851231", "r1", "r2", "r3", "r4"]
    # Of the 200 clients in the truth all but five are no longer in the register.
    assert {of for _, of in read.truth} == {"1904851231", "r1", "r2", "r3", "r4"}


def test_a_missing_column_is_missing(tmp_path: Path) -> None:
    case = write_case(tmp_path)
    for name in ("register", "clients"):
        pq.write_table(pq.read_table(case / f"{name}.parquet").drop_columns("postcode"), case / f"{name}.parquet")
    assert benchmark.measure(read_case(case)).automatic.right > 150


@pytest.mark.parametrize("threads", [1, 2])
def test_shuffled_rows_and_threads_change_no_byte(tmp_path: Path, threads: int) -> None:
    case = read_case(write_case(tmp_path))
    order = random.Random(9).sample(range(case.clients.num_rows), case.clients.num_rows)
    upside_down = pa.array(range(case.register.num_rows - 1, -1, -1))
    first = link.link_clients(case.register, case.clients, DECISIONS.empty_table(), threads=2)
    again = link.link_clients(
        case.register.take(upside_down), case.clients.take(pa.array(order)), DECISIONS.empty_table(), threads
    )
    for name, table in (("first", first), ("again", again)):
        pq.write_table(table, tmp_path / f"{name}.parquet")
    assert (tmp_path / "first.parquet").read_bytes() == (tmp_path / "again.parquet").read_bytes()


def test_pairs_scored_in_parts_are_scored_alike(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    case = read_case(write_case(tmp_path))
    whole = link.link_clients(case.register, case.clients, DECISIONS.empty_table())
    monkeypatch.setattr(score, "PAIRS_AT_ONCE", 100)
    assert link.link_clients(case.register, case.clients, DECISIONS.empty_table()).equals(whole)


def test_training_counts_true_pairs(tmp_path: Path) -> None:
    case = read_case(write_case(tmp_path))
    model = train.train({"careful": [case], "poor": [case], "typed": [case]})
    surname = next(part for part in model["splink"]["comparisons"] if part["output_column_name"] == "surname")
    m = {level["label_for_charts"]: level.get("m_probability") for level in surname["comparison_levels"]}
    assert m["alike"] > 0.98
    assert m["same"] < 0.01


def test_the_committed_model_fits_the_comparisons() -> None:
    model: dict[str, Any] = frozen.load_model()
    levels = {
        part["output_column_name"]: [level["sql_condition"] for level in part["comparison_levels"]]
        for part in model["splink"]["comparisons"]
    }
    assert levels == {name: [level.condition for level in levels] for name, levels in COMPARISONS.items()}
    for shares in model["kinds"].values():
        assert {name: len(share) + 1 for name, share in shares.items()} == {name: len(x) for name, x in COMPARISONS.items()}
    assert set(model["kinds"]) < set(posterior.PSEUDO_COUNTS)


def test_the_shares_are_the_likeliest_ones() -> None:
    believed = np.array([9.0, 1.0])
    assert posterior.estimate_priors(np.empty((2, 0)), believed) == pytest.approx([0.9, 0.1])
    sure = np.array([[1_000_000.0] * 300 + [0.0] * 700, [1.0] * 1_000])
    assert posterior.estimate_priors(sure, believed) == pytest.approx([0.306, 0.694], abs=0.002)
    assert posterior.estimate_priors(np.ones((2, 5_000)), believed) == pytest.approx([0.9, 0.1], abs=0.002)
    assert (posterior.estimate_priors(sure[:, ::-1], believed) == posterior.estimate_priors(sure, believed)).all()


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
        rows = link.link_clients(read.register, read.clients, DECISIONS.empty_table()).to_pylist()
        found[born] = next(row["candidate_probability"] for row in rows if row["social_care_id"] == "d")
    assert found["2021-06-30"] < found["1971-06-30"] / 2


def test_who_is_taken_is_seldom_sought_again() -> None:
    assert posterior.competition_factors(1_000, 0, 0) == (1.0, 0.05)
    free, taken = posterior.competition_factors(1_000, 500, 500)
    assert (round(free, 1), taken < 0.01) == (2.0, True)
    assert posterior.competition_factors(1_000, 500, 1_000)[1] > 0.5
    assert posterior.competition_factors(1_000, 1_000, 1_000)[0] <= posterior.MAX_FACTOR
