"""The declaration of a test of change: what is read, and one clear line for each mistake."""

import datetime
from pathlib import Path

import pytest

from pipelines.engine.errors import IrfError
from pipelines.evaluation.declaration import Design, Kind, Measure, When, read_declaration
from tests.evaluation.made_release import declare, root_of

NAME = "more-care-at-home"


def test_a_declaration_is_read_whole(tmp_path: Path) -> None:
    root = root_of(tmp_path)
    declare(root)
    read = read_declaration(root, NAME).declaration
    assert (read.design, read.who.kind, read.outcome.measure) == (
        Design.DIFFERENCE_IN_DIFFERENCES,
        Kind.LOCALITIES,
        Measure.COST_PER_HEAD,
    )
    assert (read.when.before[0], read.when.before[-1], read.when.after[0], read.when.after[-1]) == (
        "2023-04",
        "2025-03",
        "2025-04",
        "2026-03",
    )
    assert str(read.what.cost_per_month) == "1000.00"


def test_a_month_begun_in_its_midst_and_the_washout_are_neither_before_nor_after() -> None:
    when = When.model_validate({"starts_on": "2025-04-15", "months_before": 2, "months_after": 2, "washout_months": 1})
    assert (when.before, when.left_out, when.after) == (["2025-02", "2025-03"], ["2025-04", "2025-05"], ["2025-06", "2025-07"])


@pytest.mark.parametrize(
    ("parts", "said"),
    [
        ({"what": {"question": None}}, "what.question: is missing"),
        ({"what": {"asked_by": "me"}}, "what.asked_by: is no key of a declaration"),
        ({"what": {"cost_per_month": 10.5}}, "what.cost_per_month: write pounds in quotation marks"),
        ({"what": {"cost_per_month": "-1"}}, "what.cost_per_month: input should be greater than or equal to 0"),
        ({"what": {"name": "another"}}, "name: another: give the name of the file, more-care-at-home"),
        ({"who": {"kind": "streets"}}, "who.kind: input should be 'localities', 'councils' or 'people'"),
        ({"who": {"treated": []}}, "who: treated: give the places as a list"),
        ({"who": {"comparison": ["Angus North"]}}, "a place is treated or compared, not both"),
        ({"who": {"comparison": "matched"}}, 'of places give a list of places, "all_others", or nothing'),
        ({"who": {"kind": "people", "treated": "people.csv", "comparison": "all_others"}}, 'of people give "matched", or nothing'),
        ({"when": {"months_before": 0}}, "when.months_before: input should be greater than or equal to 1"),
        ({"outcome": {"scope": None}}, "outcome: give either scope or services"),
        ({"outcome": {"services": ["telecare"]}}, "outcome: give either scope or services"),
        ({"outcome": {"price_base": {"series": "gdp_deflator", "vintage": "2026-03", "year": "2025"}}}, "outcome.price_base.year: "),
        ({"outcome": {"price_base": {"series": "gdp_deflator", "vintage": "2026-03", "year": "2025-27"}}}, "give a financial year as 2025-26"),
        ({"what": {"cost_per_month": "1e30"}}, "what.cost_per_month: decimal input should have no more than 12 digits"),
        ({"when": {"starts_on": 0}}, "when.starts_on: give a date as 2025-04-01"),
        ({"when": {"starts_on": "01/04/2025"}}, "when.starts_on: give a date as 2025-04-01"),
        ({"when": {"starts_on": datetime.datetime(2025, 4, 1, tzinfo=datetime.UTC)}}, "when.starts_on: give a date as 2025-04-01"),
        ({"when": {"starts_on": datetime.date(1, 1, 1)}}, "when.starts_on: give a day from 1990-01-01 to 2199-12-31"),
        ({"when": {"months_before": 30_000}}, "when.months_before: input should be less than or equal to 600"),
        ({"when": {"months_before": True}}, "when.months_before: give a number of months"),
        ({"design": "interrupted_time_series"}, "who.comparison: an interrupted_time_series compares with nobody"),
        ({"design": "before_and_after"}, "design: input should be"),
        ({"design": "matched_difference"}, "design: matched_difference is for people"),
    ],
)  # fmt: skip
def test_each_mistake_is_one_line_that_names_file_key_and_what_to_do(tmp_path: Path, parts: dict, said: str) -> None:
    root = root_of(tmp_path)
    declare(root, **parts)
    with pytest.raises(IrfError) as told:
        read_declaration(root, NAME)
    assert f"tests_of_change/{NAME}.toml: " in str(told.value) and said in str(told.value) and "\n" not in str(told.value)


def test_a_name_without_a_declaration_says_which_there_are(tmp_path: Path) -> None:
    root = root_of(tmp_path)
    declare(root)
    for name in ("other", "../more-care-at-home", ""):
        with pytest.raises(IrfError, match="there is no such declaration; there is more-care-at-home"):
            read_declaration(root, name)


def test_what_is_no_toml_and_what_is_no_utf_8_is_said(tmp_path: Path) -> None:
    root = root_of(tmp_path)
    path = declare(root)
    for content, said in ((b"design = ", "is no TOML"), ("owner = 'é'".encode("latin-1"), "is not UTF-8")):
        path.write_bytes(content)
        with pytest.raises(IrfError, match=said):
            read_declaration(root, NAME)


def test_a_byte_order_mark_and_dates_in_quotation_marks_are_read(tmp_path: Path) -> None:
    """As an editor of Windows saves it, and as somebody writes it who does not know that TOML has dates."""
    root = root_of(tmp_path)
    path = declare(root)
    known = read_declaration(root, NAME).declaration
    path.write_text("\ufeff" + path.read_text("utf-8").replace("2025-04-01", '"2025-04-01"'), "utf-8")
    assert read_declaration(root, NAME).declaration == known


def test_the_file_of_people_is_one_beside_the_declaration(tmp_path: Path) -> None:
    root = root_of(tmp_path)
    for file in ("../people.csv", "people.csv", "/etc/hostname"):
        declare(root, design="matched_difference", who={"kind": "people", "treated": file, "comparison": "matched"})
        with pytest.raises(IrfError, match="there is no such file beside it"):
            read_declaration(root, NAME)


def test_the_hash_is_of_every_character_of_both_files(tmp_path: Path) -> None:
    root = root_of(tmp_path)
    path = declare(root, design="matched_difference", who={"kind": "people", "treated": "people.csv", "comparison": "matched"})
    people = path.parent / "people.csv"
    people.write_text("agency,social_care_id,started_on\nangus,A1,2025-04-01\n", "utf-8")
    hashes = {read_declaration(root, NAME).sha256}
    people.write_text("agency,social_care_id,started_on\nangus,A2,2025-04-01\n", "utf-8")
    hashes.add(read_declaration(root, NAME).sha256)
    path.write_text(path.read_text("utf-8") + " ", "utf-8")
    hashes.add(read_declaration(root, NAME).sha256)
    assert len(hashes) == 3
