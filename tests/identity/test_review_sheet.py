"""The review sheet goes out private and safe for a spreadsheet, and is read back as spreadsheets save it."""

import html
import stat
import zipfile
from pathlib import Path

import pyarrow as pa
import pytest
from python_calamine import CalamineWorkbook

from pipelines.engine.errors import IrfError
from pipelines.identity import review, review_sheet
from pipelines.identity.linking import decide
from pipelines.identity.linking.database import database
from tests.identity.people import (
    A_REGISTER,
    AGNES,
    AGNES_CHI,
    DAY,
    IN_APRIL,
    KEY,
    NEWER_CHI,
    ROBERT,
    ROBERT_CHI,
    UNKNOWN_CHI,
    client,
    sheet_of,
)

SHEET = ("agency", "social_care_id", "candidate_chi_number", "persons", "row_key", *review_sheet.FILLED_IN)
STRANGER = {**AGNES, "forename": "Elspeth", "surname": "Yule", "date_of_birth": DAY(1971, 11, 2), "postcode": "DD5 1ZZ"}


def test_the_review_sheet_shows_both_sides_easiest_first() -> None:
    twin = client(UNKNOWN_CHI, AGNES, forename="Margaret", social_care_id="A2")
    two_alike = [*A_REGISTER, {"chi_number": NEWER_CHI, **ROBERT}]
    rows = sheet_of(
        [client(None, ROBERT, social_care_id="A1"), twin, client(AGNES_CHI, STRANGER, social_care_id="A3")], two_alike
    )
    seen = rows.select(["social_care_id", "candidate_chi_number", "forename", "candidate_forename"]).to_pylist()
    assert [row["social_care_id"] for row in seen] == ["A2", "A1", "A1", "A3"]
    assert [row["candidate_chi_number"] for row in seen] == [AGNES_CHI, NEWER_CHI, ROBERT_CHI, AGNES_CHI]
    assert (seen[0]["forename"], seen[0]["candidate_forename"]) == ("Margaret", "Agnes")


def test_beside_the_person_of_a_number_that_nothing_supports_stands_who_the_client_may_be() -> None:
    rows = sheet_of([client(AGNES_CHI, ROBERT)])
    assert rows["why"].to_pylist() == [decide.CHI_DISAGREES] * 2
    assert rows["candidate_chi_number"].to_pylist() == [ROBERT_CHI, AGNES_CHI]
    assert rows["persons"].to_pylist() == [2, 2]
    assert rows["chi_number"].to_pylist() == [AGNES_CHI, AGNES_CHI]
    probability, claimed = rows["probability"].to_pylist()
    assert probability > decide.REVIEW_FROM
    assert claimed is None
    # Who is nearly sure to be somebody is easier to decide than who may be nobody.
    sure, unsure = client(AGNES_CHI, ROBERT, social_care_id="A2"), client(AGNES_CHI, STRANGER, social_care_id="A1")
    assert sheet_of([sure, unsure])["social_care_id"].to_pylist() == ["A2", "A2", "A1"]


def test_review_goes_out_private_and_safe_for_a_spreadsheet(tmp_path: Path) -> None:
    path = tmp_path / "review" / review.PENDING_FILE
    assert review.export_review(sheet_of([client(AGNES_CHI, STRANGER, social_care_id="=A2")]), path, KEY) == 1
    header, row = CalamineWorkbook.from_path(str(path)).get_sheet_by_index(0).to_python()
    seen = dict(zip(header, row, strict=True))
    assert (seen["social_care_id"], seen["persons"]) == ("=A2", "1")
    assert [seen[name] for name in review_sheet.FILLED_IN] == ["", "", "", ""]
    with zipfile.ZipFile(path) as parts:
        sheet = parts.read("xl/worksheets/sheet1.xml").decode()
    assert "<f>" not in sheet
    assert '"same,different"' in html.unescape(sheet)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700
    assert [file.name for file in path.parent.iterdir()] == [path.name]


def test_the_same_links_make_the_same_workbook(tmp_path: Path) -> None:
    sheet = sheet_of([client(AGNES_CHI, ROBERT)])
    made = [tmp_path / name / review.PENDING_FILE for name in ("once", "again")]
    for path in made:
        review.export_review(sheet, path, KEY)
    assert made[0].read_bytes() == made[1].read_bytes()


def test_how_easy_a_client_is_to_decide_is_told_by_the_likeliest_person_alone() -> None:
    """A2 is one person of two, as likely as not; that a third is unlikely makes it no easier than A1."""
    person = {"forename": None, "surname": None, "date_of_birth": None, "sex": None, "postcode": None}
    clients = [{"row_id": at, "agency": "angus", "social_care_id": f"A{at}", "claim": None, **person} for at in (1, 2)]
    links = [{"agency": "angus", "social_care_id": f"A{at}", "review": True, "review_reason": "?"} for at in (1, 2)]
    posteriors = [(1, "a", 0.7), (2, "a", 0.5), (2, "b", 0.06)]
    tables = {
        "client": pa.Table.from_pylist(clients),
        "link": pa.Table.from_pylist(links),
        "register_person": pa.Table.from_pylist([{"current_chi_number": one, "is_current": True, **person} for one in "ab"]),
        "posterior": pa.table(dict(zip(("client", "candidate", "probability"), zip(*posteriors, strict=True), strict=True))),
        "stand_in": pa.schema([("client", pa.int64()), ("searched", pa.int64())]).empty_table(),
        "claimed_chi": pa.schema([(name, pa.string()) for name in ("agency", "social_care_id", "claim")]).empty_table(),
        "better_match": pa.schema([("row_id", pa.int64()), ("candidate", pa.string())]).empty_table(),
    }
    with database(threads=1) as connection:
        for name, rows in tables.items():
            connection.register(name, rows)
        sheet = review.review_sheet(connection, decide.REVIEW_FROM)
    assert sheet["social_care_id"].to_pylist() == ["A1", "A2", "A2"]


@pytest.mark.parametrize("content", [b"no workbook", b""])
def test_what_is_no_workbook_is_said_in_one_line(tmp_path: Path, content: bytes) -> None:
    file = tmp_path / "pending.xlsx"
    file.write_bytes(content)
    with pytest.raises(IrfError, match="no Excel workbook"):
        review_sheet.read_sheet(file, "the sheet")


@pytest.mark.parametrize("encoding", ["cp1252", "utf-16", "utf-8-sig"])
@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_csv_of_a_spreadsheet_is_read(tmp_path: Path, encoding: str, delimiter: str) -> None:
    file = tmp_path / "sheet.csv"
    header, row = (
        delimiter.join(SHEET).title(),
        delimiter.join(["angus", "A1", AGNES_CHI, "1", "k", "same", "Siân", "02/04/2026", ""]),
    )
    file.write_bytes(f"{header}\r\n{delimiter * 8}\r\n{row}\r\n{delimiter * 8}\r\n".encode(encoding))
    ((at, read),) = review_sheet.read_sheet(file, "the sheet").items()
    assert (at, read["decided_by"], read["reason"]) == (3, "Siân", "")


@pytest.mark.parametrize(
    ("text", "is_day"),
    [("2026-04-02", True), ("02/04/2026", True), ("2 April 2026", True), ("02-Apr-26", True), ("02/04/26", True),
     ("2026-04-02 00:00:00", True), ("04/31/2026", False), ("next week", False), ("45384", False)],
)  # fmt: skip
def test_days_as_people_here_write_them(text: str, is_day: bool) -> None:
    assert review_sheet.day(text) == (IN_APRIL if is_day else None)
