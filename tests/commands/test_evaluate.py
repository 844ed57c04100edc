"""`irf evaluate` as a user has it: declaring, evaluating a real release, listing, the front page."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from pipelines.warehouse.root import DataRoot
from tests.conftest import BuildWorld, IrfAt
from tests.evaluation.made_release import declare

NAME, VERSION = "more-care-at-home", "2025.05.1"


@pytest.fixture
def root(published: BuildWorld, copy_of: Callable[[Path], Path]) -> Path:
    """A refreshed data root with a declaration whose months the release does not have yet."""
    root = copy_of(published())
    declare(
        DataRoot(root), who={"treated": ["Dundee East End"]}, when={"starts_on": "2025-06-01", "months_before": 2}, outcome={"age_group": "65+"}
    )  # fmt: skip
    return root


def test_declared_evaluated_listed_and_on_the_front_page(root: Path, irf_at: IrfAt) -> None:
    code, said = irf_at(root, "evaluate", "--declare", NAME)
    assert code == 0 and "figures known to 2025-05" in said and "warning" not in said
    code, said = irf_at(root, "evaluate", NAME)
    assert code == 0, said
    assert "not evaluable" in said and "There are 2 months before the start; 12 are needed" in said
    folder = root / "evaluations" / NAME / VERSION
    assert {path.name for path in folder.iterdir()} == {"result.json", "series.parquet", "index.html"}
    result = json.loads((folder / "result.json").read_text("utf-8"))
    assert (result["verdict"], result["remarks"], result["effect_to_date"]["value"]) == ("not evaluable", [], None)
    assert (code, "not evaluable" in said) == (0, True)
    code, said = irf_at(root, "evaluate", "--list")
    assert code == 0 and said.startswith(f"{NAME}: declared ") and f"  {VERSION}: not evaluable." in said
    front = (root / "reports" / VERSION / "index.html").read_text("utf-8")
    assert 'id="tests-of-change"' in front and NAME in front
    assert irf_at(root, "verify", VERSION)[0] == 0


def test_a_result_that_cannot_be_read_hides_no_other(root: Path, irf_at: IrfAt) -> None:
    irf_at(root, "evaluate", NAME)
    kept = root / "evaluations" / NAME / VERSION
    (kept.parent / "2025.04.1").mkdir()
    (kept.parent / "2025.04.1" / "result.json").write_bytes(b"{\xff")
    code, said = irf_at(root, "evaluate", "--list")
    assert code == 0 and f"  {VERSION}: not evaluable." in said
    assert f"  2025.04.1: cannot be read; run irf evaluate {NAME} --release 2025.04.1" in said


def test_a_declaration_changed_after_it_was_noted_is_said_on_the_page(root: Path, irf_at: IrfAt) -> None:
    irf_at(root, "evaluate", "--declare", NAME)
    path = root / "tests_of_change" / f"{NAME}.toml"
    path.write_text(path.read_text("utf-8").replace("months_after = 12", "months_after = 11"), "utf-8")
    _, said = irf_at(root, "evaluate", NAME)
    assert "The declaration is not the one that was noted" in said
    assert "it was changed since" in (root / "evaluations" / NAME / VERSION / "index.html").read_text("utf-8")


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ([], "give irf evaluate NAME"),
        (["--list", NAME], "give irf evaluate NAME"),
        (["--declare"], "give irf evaluate NAME"),
        (["other"], "tests_of_change/other.toml: there is no such declaration; there is more-care-at-home"),
        ([NAME, "--release", "2030.01.1"], "no such release"),
    ],
)
def test_what_cannot_be_done_is_one_line(root: Path, irf_at: IrfAt, arguments: list[str], said: str) -> None:
    code, told = irf_at(root, "evaluate", *arguments)
    assert code == 1 and said in told and len(told.splitlines()) == 1


def test_a_question_that_names_somebody_is_not_declared(root: Path, irf_at: IrfAt) -> None:
    declare(DataRoot(root), what={"question": "Does it help 1904851231?"}, who={"treated": ["Dundee East End"]})
    code, told = irf_at(root, "evaluate", "--declare", NAME)
    assert code == 1 and "has a CHI number or a postcode in it" in told and "1904851231" not in told
