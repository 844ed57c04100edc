"""When a test of change was declared: in the log of releases, and said where its result could be known."""

from pathlib import Path

import pytest

from pipelines.engine.errors import IrfError
from pipelines.evaluation.declaration import read_declaration
from pipelines.evaluation.evaluate import evaluate_release
from pipelines.evaluation.kept import keep
from pipelines.evaluation.registration import check_words, declare, noted, remarks
from pipelines.release.log import broken_links, head_file, read_lines
from pipelines.warehouse.root import DataRoot
from tests.evaluation.made_release import VERSION, Drawn, put_places, root_of
from tests.evaluation.made_release import declare as write

NAME = "more-care-at-home"


def said(root: DataRoot) -> list[str]:
    return remarks(noted(root, NAME), read_declaration(root, NAME))


@pytest.fixture
def root(tmp_path: Path) -> DataRoot:
    """A data root whose release has figures to March 2026, and a test that starts in April 2025."""
    root = root_of(tmp_path)
    write(root)
    return root


def test_nothing_is_to_be_said_of_what_was_declared_before_its_first_month(root: DataRoot) -> None:
    write(root, when={"starts_on": "2026-04-01"})
    declare(root, read_declaration(root, NAME))
    assert said(root) == []
    assert broken_links(head_file(root), read_lines(root)) == []


def test_what_was_never_declared_is_said(root: DataRoot) -> None:
    (remark,) = said(root)
    assert remark.startswith("It was not declared")


def test_what_was_declared_when_its_result_could_be_known_is_said_with_the_month(root: DataRoot) -> None:
    entry = declare(root, read_declaration(root, NAME))
    assert (entry.releases, entry.known_through) == ((VERSION,), "2026-03")
    (remark,) = said(root)
    assert "a release had figures to 2026-03: its result could be known" in remark


def test_a_release_that_is_gone_may_have_been_looked_at(root: DataRoot) -> None:
    release = root.folder("releases") / VERSION
    (release / "manifest.json").write_text("{}", "utf-8")
    declare(root, read_declaration(root, NAME))
    release.rename(root.path / "elsewhere")
    assert declare(root, read_declaration(root, NAME)).known_through == "2026-03"


def test_an_outcome_that_was_looked_at_first_is_said(root: DataRoot) -> None:
    put_places(root, Drawn())
    keep(root, evaluate_release(root, root.folder("releases") / VERSION, NAME))
    declare(root, read_declaration(root, NAME))
    assert any(f"looked at before it was declared, in release {VERSION}" in remark for remark in said(root))


def test_one_character_more_is_seen(root: DataRoot) -> None:
    path = write(root, when={"starts_on": "2026-04-01"})
    declare(root, read_declaration(root, NAME))
    path.write_text(path.read_text("utf-8") + " ", "utf-8")
    (remark,) = said(root)
    assert "was changed since" in remark
    declare(root, read_declaration(root, NAME))
    (remark,) = said(root)
    assert remark.startswith("Another declaration of it was noted")


def test_the_file_of_people_names_nobody_either(root: DataRoot) -> None:
    """It stands in the result by its name."""
    (root.folder("tests_of_change") / "1904851231.csv").write_text("chi_number,started_on\n", "utf-8")
    write(root, design="matched_difference", who={"kind": "people", "treated": "1904851231.csv", "comparison": "matched"})
    with pytest.raises(IrfError, match=r"who\.treated has a CHI number or a postcode in it"):
        check_words(root, read_declaration(root, NAME))


def test_words_that_look_like_a_number_of_somebody_are_not_declared(root: DataRoot) -> None:
    write(root, what={"question": "Does it help 1904851231?"})
    with pytest.raises(IrfError, match="question has a CHI number or a postcode in it"):
        check_words(root, read_declaration(root, NAME))
