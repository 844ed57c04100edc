"""`irf review export` and `import`: from an uncertain link through a person's decision to the next release."""

import csv
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path

import duckdb
import pytest
import xlsxwriter
from python_calamine import CalamineWorkbook

from tests.conftest import BuildWorld, IrfAt, made, rows_of, run, validated_before
from tests.small_world import ANGUS, BOARD, OTHER_PATIENT, PATIENT, SmallWorld

Line = tuple[str, str, Decimal]
"""A client's link method, person id and cost in a release."""


def with_somebody_elses_chi(root: Path) -> tuple[str, str, str]:
    """Give a client of Angus who has home care the CHI number of another client, in the file of every month.

    Returns the client's id, that number, and the client's own.
    """
    files = sorted((root / "landing" / "angus" / "clients").glob("*.csv"))
    rows = rows_of(files[-1])
    cared_for = {row["social_care_id"] for row in rows_of(root / "landing" / "angus" / "home_care" / "2025-05.csv")}
    mistaken = next(row for row in rows if row["social_care_id"] in cared_for and row["chi_number"])
    other = next(row for row in rows if row["chi_number"] and row["surname"] != mistaken["surname"])
    for file in files:
        rows = rows_of(file)
        for row in rows:
            if row["social_care_id"] == mistaken["social_care_id"]:
                row["chi_number"] = other["chi_number"]
        lines = [",".join(rows[0]), *(",".join(row.values()) for row in rows)]
        file.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return mistaken["social_care_id"], other["chi_number"], mistaken["chi_number"]


def fill_in(sheet: Path, number: str) -> list[dict[str, str]]:
    """Mark one person of the sheet the same, as somebody does in a spreadsheet; gives the rows as they were."""
    header, *rows = CalamineWorkbook.from_path(str(sheet)).get_sheet_by_index(0).to_python()
    decided = {"decision": "same", "decided_by": "jm", "decided_on": "03/06/2025", "reason": "asked the council"}
    with xlsxwriter.Workbook(sheet) as workbook:
        worksheet = workbook.add_worksheet()
        worksheet.write_row(0, 0, header)
        for at, row in enumerate(rows, start=1):
            filled = decided if str(row[header.index("candidate_chi_number")]) == number else {}
            worksheet.write_row(at, 0, [filled.get(str(name), value) for name, value in zip(header, row, strict=True)])
    return [dict(zip(map(str, header), map(str, row), strict=True)) for row in rows]


def home_care(root: Path, version: str, client: str) -> Line:
    """How the home care of a client of Angus is linked in a release."""
    with duckdb.connect() as connection:
        (found,) = connection.execute(
            f"""
            SELECT line.link_method, line.person_id, sum(line.cost)
            FROM read_parquet('{root}/releases/{version}/cost_line/**/*.parquet') AS line
            JOIN '{made(root, "core", "record")}' AS record USING (agency, source_file, source_row)
            WHERE record.agency = 'angus' AND record.feed = 'home_care' AND record.social_care_id = ?
            GROUP BY ALL
            """,
            [client],
        ).fetchall()
    return found


def test_a_decision_links_a_client_in_the_next_release_and_moves_no_pound(
    world: BuildWorld, published: BuildWorld, copy_of: Callable[[Path], Path], irf_at: IrfAt
) -> None:
    root = copy_of(world("none"))
    validated_before(published("none"), root)
    assert irf_at(root, "review", "export")[0] == 1  # no refresh yet
    client, wrong_number, own_number = with_somebody_elses_chi(root)
    first = home_care(root, run(root).version, client)
    assert first[0] == "unlinked"

    code, told = irf_at(root, "review", "export")
    sheet = root / "review" / "pending.xlsx"
    assert (code, "clients in review: 1;" in told) == (0, True)
    assert irf_at(root, "review", "import", str(sheet)) == (0, "new decisions: 0; the next refresh follows them\n")
    themselves, somebody_else = fill_in(sheet, own_number)
    for row, candidate in ((themselves, own_number), (somebody_else, wrong_number)):
        assert (row["social_care_id"], row["chi_number"], row["decision"]) == (client, wrong_number, "")
        assert row["candidate_chi_number"] == candidate
    assert themselves["surname"] == themselves["candidate_surname"]
    assert somebody_else["surname"] != somebody_else["candidate_surname"]
    assert irf_at(root, "review", "import", str(sheet)) == (0, "new decisions: 1; the next refresh follows them\n")

    now = run(root)
    second = home_care(root, now.version, client)
    assert (second[0], second[2]) == ("decision", first[2])
    with duckdb.connect() as connection:
        history = connection.execute(f"FROM '{root}/releases/{now.version}/person_history/*.parquet'").fetchall()
    assert history == [(first[1], second[1], "2025-05")]
    assert irf_at(root, "review", "export")[1].startswith("clients in review: 0;")


REGISTER = [
    {"chi_number": PATIENT, "forename": "Agnes", "surname": "Lindsay", "date_of_birth": "1985-04-19", "sex": "1", "postcode": "DD8 1AA"},
    {"chi_number": OTHER_PATIENT, "forename": "Robert", "surname": "Gow", "date_of_birth": "1920-02-29", "sex": "1", "postcode": "DD8 1AB"},
]  # fmt: skip
SOMEBODY = {"forename": "Zoe", "surname": "Quill", "date_of_birth": "1950-01-02", "sex": "2", "postcode": "PH1 1AA"}


@pytest.fixture(scope="module")
def refreshed(tmp_path_factory: pytest.TempPathFactory) -> SmallWorld:
    """Client 00437 has the CHI number of somebody else, so a person must decide; client 437 is another one, and is linked."""
    world = SmallWorld(tmp_path_factory.mktemp("review") / "data")
    world.put(f"{BOARD}/population_register/2025-04.csv", REGISTER)
    clients = [{"social_care_id": "00437", "chi_number": PATIENT, **SOMEBODY}, {**REGISTER[1], "social_care_id": "437"}]
    world.put(f"{ANGUS}/clients/2025-04.csv", clients)
    care = {"service_id": "S1", "month": "2025-04-01", "hours": 10, "service_type": "2"}
    hours = [{**care, "social_care_id": "00437"}, {**care, "social_care_id": "437", "hours": 20}]
    world.put(f"{ANGUS}/home_care/2025-04.csv", hours)
    world.ledger(ANGUS, "2025-04", home_care_personal="300.00")
    world.published("2025-04")
    assert world.irf("review", "export")[1].startswith("clients in review: 1;")
    return world


def as_csv(refreshed: SmallWorld, **changed: str) -> Path:
    """The exported sheet, decided, as a spreadsheet saves it as CSV: every cell that is a number without its zeros."""
    exported = CalamineWorkbook.from_path(str(refreshed.root / "review" / "pending.xlsx"))
    header, *rows = exported.get_sheet_by_index(0).to_python()
    decided = {"decision": "same", "decided_by": "jm", "decided_on": "03/06/2025", **changed}
    sheet = refreshed.root / "sheet.csv"
    with sheet.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(header)
        for row in rows:
            writer.writerow([decided.get(str(name), value) for name, value in zip(header, row, strict=True)])
    return sheet


def test_a_sheet_in_which_an_identifier_lost_its_zeros_decides_for_nobody(refreshed: SmallWorld) -> None:
    code, told = refreshed.irf("review", "import", as_csv(refreshed, social_care_id="437"))
    assert (code, told.startswith("error: the review sheet: row 2: social_care_id")) == (1, True), told
    assert "437" not in told
    assert not (refreshed.root / "review" / "decisions.csv").exists()


def test_a_decision_of_the_future_is_an_error_on_the_sheet_and_in_the_file(refreshed: SmallWorld) -> None:
    code, told = refreshed.irf("review", "import", as_csv(refreshed, decided_on="2999-01-05"))
    assert (code, "row 2: decided_on is 2999-01-05, after today" in told) == (1, True), told
    decisions = refreshed.root / "review" / "decisions.csv"
    decisions.write_text("agency,social_care_id,chi_number,decided_by,decided_on,reason\nangus,437,,jm,05/01/2999,\n", "utf-8")
    code, told = refreshed.refresh("2025-04")
    assert (code, "error: review/decisions.csv: row 2: decided_on is 2999-01-05, after today" in told) == (1, True), told
    decisions.unlink()


def test_a_wrong_decision_is_taken_back_by_one_of_the_same_day(refreshed: SmallWorld) -> None:
    assert refreshed.irf("review", "import", as_csv(refreshed, decision="different"))[0] == 0
    assert refreshed.irf("review", "import", as_csv(refreshed, reason="she changed her name"))[0] == 0
    refreshed.published("2025-04")
    lines = refreshed.query("SELECT link_method, units, cost FROM cost_line ORDER BY units")
    assert lines == [("decision", Decimal(10), Decimal("100.00")), ("chi", Decimal(20), Decimal("200.00"))]
