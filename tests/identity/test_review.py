"""Decisions on a review sheet come in whole or not at all, are kept, and are read by the next refresh."""

import csv
import stat
from collections.abc import Collection
from pathlib import Path

import pytest
import xlsxwriter

from pipelines.engine.errors import IrfError
from pipelines.identity import decisions as kept_decisions
from pipelines.identity import review, review_sheet
from tests.identity.people import (
    A_REGISTER,
    AGNES_CHI,
    CLIENTS,
    DAY,
    IN_APRIL,
    KEY,
    REGISTER,
    ROBERT,
    ROBERT_CHI,
    UNKNOWN_CHI,
    Row,
    client,
    links_of,
    table,
)

SHEET = ("agency", "social_care_id", "candidate_chi_number", "persons", "row_key", *review_sheet.FILLED_IN)
WHO_AND_WHEN = ("jm", "2026-04-02", "spoke to her")
REGISTERED = {AGNES_CHI, ROBERT_CHI, "0101011237"}
TODAY = DAY(2026, 4, 30)


def offer(social_care_id: str, number: str, *filled_in: str, persons: int = 1) -> tuple[str, ...]:
    """A row of the sheet as it goes out, and what a person fills in."""
    row = {"agency": "angus", "social_care_id": social_care_id, "candidate_chi_number": number, "persons": str(persons)}
    return (*row.values(), review.key_of_offer(row, KEY), *filled_in)


def imported(folder: Path, *rows: tuple[str, ...], delimiter: str = ",") -> tuple[review.Imported, list[Row]]:
    sheet, decisions = folder / "sheet.csv", folder / "review" / "decisions.csv"
    with sheet.open("w", encoding="utf-8-sig", newline="") as file:
        csv.writer(file, delimiter=delimiter).writerows([SHEET, *rows])
    added = review.import_review(sheet, decisions, KEY, REGISTERED, TODAY)
    return added, kept(decisions)


def kept(decisions: Path, today: DAY = TODAY, clients: Collection[kept_decisions.Client] = ()) -> list[Row]:
    rows: list[Row] = kept_decisions.read_decisions(decisions, KEY, today, clients).to_pylist()
    return rows


def test_a_workbook_filled_in_comes_back(tmp_path: Path) -> None:
    """As Excel leaves it: a date that became a date, a CHI number without its zero, a blank row in between."""
    filled = tmp_path / "pending.xlsx"
    offered = offer("007", "0101011237", persons=1)
    with xlsxwriter.Workbook(filled) as workbook:
        sheet = workbook.add_worksheet()
        for at, name in enumerate(SHEET):
            sheet.write_string(0, at, name)
        for at, value in enumerate(("angus", "007", 101011237, 1, offered[4], "same", "jm")):
            sheet.write(2, at, value)
        sheet.write_datetime(2, 7, IN_APRIL, workbook.add_format({"num_format": "dd/mm/yyyy"}))
        sheet.write(2, 8, "spoke to her")
    decisions = tmp_path / "review" / "decisions.csv"
    assert review.import_review(filled, decisions, KEY, {"0101011237"}, TODAY).decisions == 1
    (row,) = kept(decisions)
    assert (row["social_care_id"], row["chi_number"], row["decided_on"]) == ("007", "0101011237", IN_APRIL)
    assert row["reason"] == "spoke to her"


@pytest.mark.parametrize("delimiter", [",", ";"])
def test_decisions_on_the_sheet_are_kept_once(tmp_path: Path, delimiter: str) -> None:
    rows = [
        offer("=A1", AGNES_CHI, "different", *WHO_AND_WHEN, persons=2),
        offer("=A1", "0101011237", "Same", *WHO_AND_WHEN, persons=2),
        offer("A2", ROBERT_CHI, "different", *WHO_AND_WHEN),
        offer("A3", ROBERT_CHI, "different", *WHO_AND_WHEN, persons=2),
        offer("A3", AGNES_CHI, "", "", "", "", persons=2),
    ]
    rows[0] = (rows[0][0], "'=A1", *rows[0][2:])
    rows[1] = (rows[1][0], "'=A1", "101011237", *rows[1][3:])
    added, decisions = imported(tmp_path, *rows, delimiter=delimiter)
    assert added == review.Imported(decisions=2, undecided=1)
    assert [(row["social_care_id"], row["chi_number"]) for row in decisions] == [("=A1", "0101011237"), ("A2", None)]
    assert imported(tmp_path, *rows, delimiter=delimiter) == (review.Imported(decisions=0, undecided=1), decisions)
    path = tmp_path / "review" / "decisions.csv"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_who_is_marked_different_beside_deleted_rows_is_not_nobody(tmp_path: Path) -> None:
    left = offer("A1", AGNES_CHI, "different", *WHO_AND_WHEN, persons=2)
    assert imported(tmp_path, left, left) == (review.Imported(decisions=0, undecided=1), [])
    assert imported(tmp_path, left, offer("A1", ROBERT_CHI, "different", *WHO_AND_WHEN, persons=2))[0].decisions == 1


def test_a_client_beside_nobody_can_be_nobody(tmp_path: Path) -> None:
    _, (row,) = imported(tmp_path, offer("A1", "", "different", *WHO_AND_WHEN, persons=0))
    assert row["chi_number"] is None


def changed(row: tuple[str, ...], **values: str) -> tuple[str, ...]:
    return tuple(values.get(name, value) for name, value in zip(SHEET, row, strict=True))


GOOD = offer("00437", AGNES_CHI, "same", *WHO_AND_WHEN)


@pytest.mark.parametrize(
    ("rows", "reason"),
    [
        ([changed(GOOD, decision="perhaps")], "row 2: decision"),
        ([changed(GOOD, decided_by="")], "row 2: decided_by"),
        ([changed(GOOD, decided_on="2 Aprill")], "row 2: decided_on"),
        ([changed(GOOD, decided_on="2026-05-01")], "row 2: decided_on is 2026-05-01, after today"),
        # A spreadsheet took the zeros; another client may have the number that is left.
        ([changed(GOOD, social_care_id="437")], "row 2: social_care_id"),
        ([offer("437", AGNES_CHI, "", "", "", ""), changed(GOOD, social_care_id="437")], "row 3: social_care_id"),
        ([changed(GOOD, agency="dundee-city")], "row 2: social_care_id"),
        ([changed(GOOD, candidate_chi_number=ROBERT_CHI)], "row 2: social_care_id, candidate_chi_number"),
        ([changed(GOOD, persons="0")], "row 2: social_care_id, candidate_chi_number, persons"),
        ([changed(GOOD, row_key="")], "row 2: .* row_key is not as irf review export wrote it"),
        ([changed(GOOD, candidate_chi_number="1.20340E+09")], "row 2: candidate_chi_number is in scientific notation"),
        ([offer("A1", UNKNOWN_CHI, "same", *WHO_AND_WHEN)], "row 2: candidate_chi_number is not in the register"),
        ([GOOD, offer("00437", ROBERT_CHI, "same", *WHO_AND_WHEN)], "row 3: a second"),
        ([GOOD, changed(GOOD, decision="different")], "row 3: this person is marked same and different"),
        # All that is wrong is said at once.
        ([changed(GOOD, decided_by="", decided_on="soon"), changed(GOOD, decided_by="")], "row 2: .*; row 2: .*; row 3: decided_by"),
    ],
)  # fmt: skip
def test_a_bad_sheet_changes_nothing_and_names_nobody(tmp_path: Path, rows: list[tuple[str, ...]], reason: str) -> None:
    with pytest.raises(IrfError, match=reason) as refused:
        imported(tmp_path, *rows)
    assert not any(secret in str(refused.value) for secret in (AGNES_CHI, ROBERT_CHI, "437"))
    assert not (tmp_path / "review" / "decisions.csv").exists()


def test_a_decision_is_taken_back_by_a_later_one_or_without_its_row(tmp_path: Path) -> None:
    path = tmp_path / "review" / "decisions.csv"
    imported(tmp_path, offer("A1", ROBERT_CHI, "same", *WHO_AND_WHEN))
    # The same day: what came last counts.
    imported(tmp_path, offer("A1", AGNES_CHI, "same", *WHO_AND_WHEN))
    by_decision = table(kept(path), kept_decisions.DECISIONS)
    (row,) = links_of(table(A_REGISTER, REGISTER), table([client(None, ROBERT)], CLIENTS), by_decision).to_pylist()
    assert (row["link_method"], row["chi_number"]) == ("decision", AGNES_CHI)
    # Without its rows the client is as if nobody had decided.
    header, *_ = path.read_text("utf-8").splitlines()
    path.write_text(f"{header}\n", "utf-8")
    assert kept(path) == []


def test_an_imported_decision_in_which_zeros_were_lost_is_refused_though_another_client_has_the_number(tmp_path: Path) -> None:
    imported(tmp_path, GOOD)
    path = tmp_path / "review" / "decisions.csv"
    path.write_text(path.read_text("utf-8").replace("00437", "437"), "utf-8")
    with pytest.raises(IrfError, match="row 2: agency, social_care_id or chi_number is not as irf review import wrote it"):
        kept(path, clients=[("angus", "00437"), ("angus", "437")])
