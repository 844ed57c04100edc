"""A test of change for people: matching finds nothing where nothing was done, deaths and unknown people are counted, nobody is named."""

from collections.abc import Sequence
from decimal import Decimal
from pathlib import Path

import duckdb
import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from pipelines.engine.errors import IrfError
from pipelines.evaluation.evaluate import Evaluated, evaluate_release
from pipelines.evaluation.kept import keep, page_file
from pipelines.evaluation.verdict import Verdict
from pipelines.warehouse.key import key_of
from pipelines.warehouse.root import DataRoot
from tests.evaluation.made_release import MONTHS, VERSION, declare, put_people, root_of
from tests.person_id import person_id

NAME, PEOPLE, START = "more-care-at-home", 1_200, MONTHS.index("2025-04")


def costs_of(seed: int) -> np.ndarray:
    """People's costs: each has a level, which lasts, and each month's chance, which does not."""
    random = np.random.default_rng(seed)
    level = random.gamma(1.0, 200, PEOPLE)
    return np.asarray(random.gamma(0.5, 2, (PEOPLE, len(MONTHS))) * level[:, None])


def chosen_for_cost(costs: np.ndarray, seed: int) -> list[int]:
    """A hundred of the three hundred whose cost was highest in the year before."""
    dearest = np.argsort(-costs[:, START - 12 : START].sum(axis=1))[:300]
    return sorted(int(n) for n in np.random.default_rng(seed).choice(dearest, 100, replace=False))


def evaluated(root: DataRoot) -> Evaluated:
    return evaluate_release(root, root.folder("releases") / VERSION, NAME)


def declare_people(root: DataRoot, comparison: str | None = "matched") -> None:
    declare(
        root, design="matched_difference", who={"kind": "people", "treated": "people.csv", "comparison": comparison},
        when={"months_before": 12}, outcome={"age_group": "65+"},
    )  # fmt: skip


def found_nothing(seed: int, path: Path) -> bool:
    root = root_of(path)
    costs = costs_of(seed)
    put_people(root, costs, chosen_for_cost(costs, seed))
    declare_people(root)
    return evaluated(root).result.verdict in (Verdict.NO_EVIDENCE, Verdict.NOT_EVALUABLE)


def test_chosen_for_cost_and_compared_with_nobody_is_not_evaluable_and_says_why(tmp_path: Path) -> None:
    root = root_of(tmp_path)
    costs = costs_of(1)
    put_people(root, costs, chosen_for_cost(costs, 1))
    declare_people(root, None)
    result = evaluated(root).result
    assert result.verdict is Verdict.NOT_EVALUABLE and any("regression to the mean" in reason for reason in result.reasons)
    assert result.effect_to_date.value is None and result.money is None


def test_chosen_for_cost_and_matched_nothing_is_found_where_nothing_was_done(tmp_path: Path) -> None:
    """An interval of 95 % misses one in twenty: of five worlds one may."""
    assert sum(found_nothing(seed, tmp_path / str(seed)) for seed in range(5)) >= 4


def test_what_rests_on_partners_who_were_cheaper_before_is_no_effect(tmp_path: Path) -> None:
    """Of the two hundred dearest three in four took part: partners come from below them, and the difference falls by itself."""
    root = root_of(tmp_path)
    costs = costs_of(9)
    dearest = np.argsort(-costs[:, START - 12 : START].sum(axis=1))[:200]
    put_people(root, costs, sorted(int(n) for n in np.random.default_rng(9).choice(dearest, 150, replace=False)))
    declare_people(root)
    result = evaluated(root).result
    assert result.verdict is Verdict.NOT_EVALUABLE and result.money is None
    assert result.reasons == [
        "The effect rests on what was unlike in the cost of both groups before the start: once that is allowed for, it is gone."
    ]


@pytest.mark.soak
def test_of_100_worlds_in_which_nothing_was_done_93_find_nothing(tmp_path: Path) -> None:
    assert sum(found_nothing(seed, tmp_path / str(seed)) for seed in range(100)) >= 93


def test_an_effect_on_people_is_found(tmp_path: Path) -> None:
    root = root_of(tmp_path)
    costs = costs_of(2)
    chosen = chosen_for_cost(costs, 2)
    costs[chosen, START:] *= 0.4
    put_people(root, costs, chosen)
    declare_people(root)
    result = evaluated(root).result
    assert result.verdict is Verdict.IMPROVED and result.balance
    assert result.effect_a_head_and_month is not None and result.effect_a_head_and_month.value is not None
    assert result.effect_a_head_and_month.value < 0


def test_who_dies_counts_for_the_months_there_were_and_no_cost_is_no_saving(tmp_path: Path) -> None:
    """Everybody costs £100 a month until death, and half of who took part die in the second month after the start."""
    root = root_of(tmp_path)
    costs = np.full((400, len(MONTHS)), 100.0)
    chosen = list(range(0, 100))
    dying = {n: "2025-05" for n in chosen[::2]}
    put_people(root, costs, chosen, dying)
    declare_people(root)
    effect = evaluated(root).result.effect_a_head_and_month
    assert effect is not None and effect.value == 0


def test_who_is_not_known_is_counted_and_nobody_is_named(tmp_path: Path) -> None:
    root = root_of(tmp_path)
    costs = costs_of(3)
    chosen = chosen_for_cost(costs, 3)
    put_people(root, costs, chosen)
    people = root.folder("tests_of_change") / "people.csv"
    people.write_text(
        people.read_text("utf-8") + "".join(f"angus,UNKNOWN{n},1904851231,2025-04-01,\r\n" for n in range(12)), "utf-8"
    )
    declare_people(root)
    keep(root, evaluated(root))
    kept = [path.read_bytes() for path in page_file(root, NAME, VERSION).parent.iterdir()]
    assert any(b"About 10 of the file are nobody of the release" in content for content in kept)
    for word in (b"UNKNOWN", b"1904851231", *(f'A{n}"'.encode() for n in chosen)):
        assert not any(word in content for content in kept)


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("agency,started_on\nangus,2025-04-01\n", "its first row names its columns"),
        ("chi_number,started_on\n", "nobody is in it"),
        ("chi_number,started_on\n,2025-04-01\n", "row 2: give chi_number, or agency and social_care_id"),
        ("chi_number,started_on\n1904851231,01/04/2025\n", "row 2: started_on: give a date as YYYY-MM-DD"),
        ("angus,A1,1904851231,2025-04-01,\n", "its first row names its columns, with commas between"),
        ("chi_number;started_on\n1904851231;2025-04-01\n", "with commas between"),
        ("chi_number,started_on\n1904851231,2025-03-31\n", "row 2: started_on: is before when.starts_on of the declaration"),
        ("chi_number,started_on,ended_on\n1904851231,2025-04-01,soon\n", "row 2: ended_on: give a date as YYYY-MM-DD"),
        ("chi_number,started_on,ended_on\n1904851231,2025-04-02,2025-04-01\n", "row 2: ended_on: is before started_on"),
    ],
)
def test_a_file_of_people_that_cannot_be_used_is_said_without_its_values(tmp_path: Path, content: str, said: str) -> None:
    root = root_of(tmp_path)
    costs = np.full((50, len(MONTHS)), 100.0)
    put_people(root, costs, [])
    (root.folder("tests_of_change") / "people.csv").write_text(content, "utf-8")
    declare_people(root)
    with pytest.raises(IrfError) as told:
        evaluated(root)
    assert said in str(told.value) and "1904851231" not in str(told.value)


def put_rows(root: DataRoot, people: Sequence[int], started_on: str = "2025-04-01", more: str = "") -> None:
    rows = "".join(f"angus,A{n},,{started_on},\n" for n in people)
    (root.folder("tests_of_change") / "people.csv").write_text(
        f"agency,social_care_id,chi_number,started_on,ended_on\n{rows}{more}", "utf-8"
    )


def test_the_month_in_which_people_start_in_its_midst_is_neither_before_nor_after(tmp_path: Path) -> None:
    """It costs ten times as much as any other: a crisis, for which people were chosen."""
    root = root_of(tmp_path)
    costs = np.full((400, len(MONTHS)), 100.0)
    costs[:100, START] = 1000.0
    put_people(root, costs, range(100))
    put_rows(root, range(100), "2025-04-15")
    declare_people(root)
    made = evaluated(root)
    assert made.result.effect_a_head_and_month is not None and made.result.effect_a_head_and_month.value == 0
    assert made.result.months_after == 11 and {row["value"] for row in made.series} == {Decimal("100.000000")}
    assert made.result.money is not None and made.result.money.cost_of_test == Decimal("12000.00")


def test_who_start_one_after_another_cost_the_test_all_its_months(tmp_path: Path) -> None:
    root = root_of(tmp_path)
    put_people(root, np.full((400, len(MONTHS)), 100.0), range(100))
    rows = "".join(f"angus,A{n},,2025-{4 + n % 6:02d}-01,\n" for n in range(100))
    put_rows(root, (), more=rows)
    declare(
        root, design="matched_difference", who={"kind": "people", "treated": "people.csv", "comparison": "matched"},
        when={"months_before": 12, "months_after": 6},
    )  # fmt: skip
    money = evaluated(root).result.money
    assert money is not None and money.cost_of_test == Decimal(
        "11000.00"
    )  # April to September, and six months from the last start


def test_who_had_died_before_they_are_said_to_have_started_is_in_no_figure_and_said(tmp_path: Path) -> None:
    root = root_of(tmp_path)
    costs = np.full((400, len(MONTHS)), 100.0)
    put_people(root, costs, range(100), dict.fromkeys(range(40), "2024-12"))
    declare_people(root)
    result = evaluated(root).result
    assert "About 40 had died before the month in which they are said to have started, and are in no figure." in result.cautions
    assert result.compared.startswith("about 60 people") and result.mean_before.value == 100


def test_who_starts_after_the_last_month_is_not_taken_for_dead(tmp_path: Path) -> None:
    root = root_of(tmp_path)
    put_people(root, np.full((400, len(MONTHS)), 100.0), range(100))
    put_rows(root, range(100), "2027-04-01")
    declare_people(root)
    result = evaluated(root).result
    assert any(c.startswith("About 100 started too early or too late") for c in result.cautions)
    assert not any("died" in caution for caution in result.cautions)
    assert not any("0 months after" in reason for reason in result.reasons)


@pytest.mark.parametrize("comparison", ["matched", None])
@pytest.mark.parametrize("number", [1, 5, 19])
def test_nothing_of_a_few_people_is_told(tmp_path: Path, number: int, comparison: str | None) -> None:
    root = root_of(tmp_path)
    costs = costs_of(6)
    put_people(root, costs, chosen_for_cost(costs, 6)[:number])
    declare_people(root, comparison)
    made = evaluated(root)
    result = made.result
    assert result.verdict is Verdict.NOT_EVALUABLE and any("Fewer than 20 people" in reason for reason in result.reasons)
    assert not made.series and not result.fit_before and not result.balance and not result.shifts and result.money is None
    assert result.mean_before.value is None and result.smallest_effect_a_month is None
    assert not any("times that of others" in reason or "standardised" in reason for reason in result.reasons)
    assert any("regression to the mean" in reason for reason in result.reasons) == (comparison is None)


def test_nothing_is_told_of_a_few_who_have_a_partner_either(tmp_path: Path) -> None:
    """Thirty took part, and but for twelve everybody like them did."""
    root = root_of(tmp_path)
    put_people(root, costs_of(7)[:42], range(30))
    declare_people(root)
    made = evaluated(root)
    assert made.result.verdict is Verdict.NOT_EVALUABLE and made.result.mean_before.value is None and not made.result.balance
    assert {row["part"] for row in made.series} <= {"treated"}


def test_two_numbers_of_one_person_are_nobody_unknown_and_empty_rows_are_nobody(tmp_path: Path) -> None:
    root = root_of(tmp_path)
    put_people(root, np.full((400, len(MONTHS)), 100.0), range(100))
    history = pq.read_table(root.link_history).to_pylist()
    second = {"agency": "angus", "social_care_id": "SECOND", "person_id": "p00000", "valid_from": MONTHS[0]}
    pq.write_table(pa.Table.from_pylist([*history, second]), root.link_history)
    put_rows(root, range(100), more="angus,SECOND,,2025-05-01,\n,,,,\n")
    declare_people(root)
    result = evaluated(root).result
    assert not any("nobody of the release" in caution for caution in result.cautions) and result.treated == "about 100 people"


def test_how_many_took_part_is_told_to_tens_everywhere(tmp_path: Path) -> None:
    root = root_of(tmp_path)
    put_people(root, np.full((400, len(MONTHS)), 100.0), range(103))
    declare_people(root)
    assert evaluated(root).result.fit_before["pairs, to tens"] == 100


def test_without_the_history_of_links_it_is_said_what_to_do(tmp_path: Path) -> None:
    root = root_of(tmp_path)
    put_people(root, np.full((50, len(MONTHS)), 100.0), range(30))
    root.link_history.unlink()
    declare_people(root)
    with pytest.raises(IrfError, match="state/link_history"):
        evaluated(root)


@pytest.mark.parametrize("written", ["{number}", " {number} ", "190485 1231"])
def test_a_chi_number_and_a_client_number_find_the_same_person(tmp_path: Path, written: str) -> None:
    """A person of the register has the id that the key makes of the CHI number."""
    root = root_of(tmp_path)
    costs = costs_of(4)
    chosen = chosen_for_cost(costs, 4)
    put_people(root, costs, chosen)
    number, own = "1904851231", f"p{chosen[0]:05d}"
    release = root.folder("releases") / VERSION
    for file in (release / "person" / "all.parquet", release / "client_month_cost" / "all.parquet", root.link_history):
        known = person_id(key_of(root), f"chi:{number}")
        sql = f"SELECT * REPLACE (CASE person_id WHEN '{own}' THEN '{known}' ELSE person_id END AS person_id) FROM read_parquet('{file}')"
        duckdb.connect().execute(f"COPY ({sql}) TO '{file}.new' (FORMAT parquet)")
        Path(f"{file}.new").replace(file)
    declare_people(root)
    results = [evaluated(root).result]
    people = root.folder("tests_of_change") / "people.csv"
    people.write_text(
        people.read_text("utf-8").replace(f"angus,A{chosen[0]},,", f",,{written.format(number=number)},"), "utf-8"
    )
    results.append(evaluated(root).result)
    assert results[0].effect_a_month == results[1].effect_a_month and results[0].cautions == results[1].cautions
    assert results[0].declaration_sha256 != results[1].declaration_sha256


def test_the_page_says_how_months_are_counted_and_why_there_is_no_placebo(tmp_path: Path) -> None:
    root = root_of(tmp_path)
    put_people(root, np.full((400, len(MONTHS)), 100.0), range(100))
    declare_people(root)
    keep(root, evaluated(root))
    page = page_file(root, NAME, VERSION).read_text("utf-8")
    assert "+01 the first whole one after it" in page and "There is no placebo in earlier months" in page
