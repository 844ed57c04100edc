"""Landing as people leave it: what is not used and is named, files in any layout, tables of a spreadsheet, rows by their numbers.

Belongs here: from files to the release and the messages. Does not belong here: the finer cases of each reader
(`tests/ingest/`). One small world for all that is only looked at.
"""

import os
import re
import time
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from pipelines.ingest.landing import LITTER, scan
from pipelines.ingest.reading.read import Refused, read_text
from tests.small_world import ANGUS, BOARD, DUNDEE, PATIENT, PERTH, SmallWorld
from tests.workbooks import PARTS, row, sheet, text_rows, write_workbook

LITTER_NAMES = ("~$2025-04.xlsx", ".2025-04.csv.swp", "Thumbs.db", "desktop.ini", "2025-04.tmp", "2025-04.csv.part",
                "2025-04.csv.filepart", "2025-04.csv.crdownload", ".DS_Store")  # fmt: skip
CLIENT = "A10045"
PAID = {
    "payment_id": "P1",
    "social_care_id": CLIENT,
    "cost_code": "meals",
    "period_from": "2025-04-01",
    "period_to": "2025-04-30",
    "gross_amount": "60.00",
}


def the_one(root: Path, pattern: str) -> Path:
    """The only file under a data root that a pattern finds: the names of staged files end in a hash."""
    (found,) = root.glob(pattern)
    return found


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> SmallWorld:
    """April, published, of a landing folder in which people have worked."""
    world = SmallWorld(tmp_path_factory.mktemp("landing") / "data")
    landing = world.root / "landing"
    world.ledger(ANGUS, "2025-04", meals="100.00").rename(landing / ANGUS / "ledger" / "2025-04.CSV")
    world.put(f"{ANGUS}/payments/2025-04.csv", [PAID])
    for name in LITTER_NAMES:
        world.put(f"{ANGUS}/payments/{name}", "left behind")
    world.put(f"{ANGUS}/payments/2025-04 (1).csv", "left behind")
    world.put(f"{ANGUS}/payments/9999-12.csv", "left behind")
    world.put(f"{ANGUS}/payments/2025-04.xls", "left behind")
    world.put(f"{ANGUS}/payments/2025-04 {CLIENT}.csv", "left behind")
    world.put(f"{ANGUS}/payments/New folder/2025-04.csv", "left behind")
    world.put(f"{ANGUS}/acute/2025-04.csv", "left behind")
    world.put("Anguss/payments/2025-04.csv", "left behind")
    world.put(f"{DUNDEE}/home care/2025-04.csv", "left behind")
    os.mkfifo(landing / ANGUS / "payments" / "2025-03.csv")
    (landing / ANGUS / "payments" / "2025-02.csv").symlink_to(world.root / "reference" / "services.csv")
    (landing / DUNDEE / "ledger").symlink_to(landing / ANGUS / "ledger")
    world.published("2025-04")
    return world


def test_litter_stops_nobody_and_another_spelling_is_read(world: SmallWorld) -> None:
    assert world.cost() == 100
    assert world.query("SELECT agency, feed FROM submission ORDER BY ALL") == [(ANGUS, "ledger"), (ANGUS, "payments")]
    assert not any(name in world.said("unused") for name in LITTER_NAMES if name != "2025-04.tmp")


@pytest.mark.parametrize(
    "sentence",
    [
        "landing/Anguss: is not used; is landing/angus meant?",
        "landing/angus/acute: is not used; known here are budget, care_home, clients,",
        "landing/angus/payments/2025-02.csv: is not used; it must be a file of its own: no link, folder, device or pipe",
        "landing/angus/payments/2025-03.csv: is not used; it must be a file of its own: no link, folder, device or pipe",
        "landing/angus/payments/2025-04 (1).csv: is not used; name it 2025-04.r1.csv where it replaces the file of 2025-04, "
        "else take it away",
        "landing/angus/payments/2025-04.xls: is not used; .xls files are not read; open it and save it as 2025-04.xlsx",
        # The number is a client's of the agency.
        "landing/angus/payments/2025-04 [withheld].csv: is not used; name it 2025-04.r1.csv where it replaces",
        "landing/angus/payments/9999-12.csv: is not used; a submission is named after its month, as 2025-04.csv",
        "landing/angus/payments/New folder: is not used; a submission is named after its month",
        "landing/dundee-city/home care: is not used; is landing/dundee-city/home_care meant?",
        "landing/dundee-city/ledger: is not used; it must be a folder, and no link",
    ],
)
def test_what_is_not_used_is_named_with_the_nearest_right_name(world: SmallWorld, sentence: str) -> None:
    assert sentence in world.said("unused")


def test_status_ends_and_names_the_same(world: SmallWorld) -> None:
    code, printed = world.irf("status")
    assert code == 2
    assert "landing/angus/payments/9999-12.csv: is not used" in printed
    assert "2025-04: complete" in printed


def test_status_shows_a_file_ahead_of_its_time_and_awaits_no_month_on_its_account(small_world: SmallWorld) -> None:
    small_world.write_reference()
    small_world.ledger(ANGUS, "2025-04", meals="1.00")
    small_world.ledger(ANGUS, "2099-12", meals="1.00")
    _, printed = small_world.irf("status")
    assert "2099-12: complete" in printed
    assert "2099-11" not in printed


def test_a_pipe_is_no_file_to_validate(small_world: SmallWorld) -> None:
    small_world.write_reference()
    pipe = small_world.root / "2025-04.csv"
    os.mkfifo(pipe)
    code, printed = small_world.irf("validate", pipe)
    assert (code, "is no file but a device or a pipe" in printed) == (1, True)


@pytest.mark.parametrize("name", ["~$2025-04.xlsx", "THUMBS.DB", "Desktop.ini", "x.TMP", ".x"])
def test_litter_is_litter_in_any_case(name: str) -> None:
    assert LITTER.fullmatch(name)


def test_a_name_shows_no_number_that_may_be_somebodys(tmp_path: Path) -> None:
    folder = tmp_path / "angus" / "ledger"
    folder.mkdir(parents=True)
    (folder / "1904851231\x1b[2J\n.csv").write_text("x")
    (unused,) = scan(tmp_path, {"angus": "council"}).unused
    assert unused.startswith("landing/angus/ledger/##########?[2J?.csv: is not used; ")


@pytest.fixture(scope="module")
def layouts(tmp_path_factory: pytest.TempPathFactory) -> SmallWorld:
    """April, published, of files whose headers are of two layouts."""
    world = SmallWorld(tmp_path_factory.mktemp("layouts") / "data")
    home = {"chi_number": PATIENT, "date_of_birth": "1985-04-19", "sex": "1", "postcode": "DD8 1AA"}
    world.put(f"{BOARD}/population_register/2025-04.csv", [home])
    national = {"social_care_id": "A1", "chi_upi": PATIENT, "chi_date_of_birth": "19/04/1985", "chi_gender_code": "1",
                "submitted_postcode": "DD5 1AA"}  # fmt: skip
    world.put(f"{ANGUS}/clients/2025-04.csv", [national])
    stay = {"stay_id": "S1", "social_care_id": "A1", "admission_date": "2025-04-01", "nursing_care_provision": "1",
            "gross_weekly_cost": "700.00"}  # fmt: skip
    world.put(f"{ANGUS}/care_home/2025-04.csv", [stay])
    episode = {"episode_id": "E1", "chi_number": PATIENT, "admission_date": "2025-04-02", "discharge_date": "2025-04-05",
               "inpatient_day_case": "I", "specialty_code": "A1", "location_code": "T101H", "Total Net Costs (01)": "321.00"}  # fmt: skip
    world.put(f"{BOARD}/acute/2025-04.csv", [episode])
    world.rule(BOARD, "acute_other", method="record", residual="scale")
    world.ledger(BOARD, "2025-04", acute_other="321.00")
    world.ledger(ANGUS, "2025-04", care_home_nursing="3000.00")
    world.published("2025-04")
    return world


def test_clients_in_the_national_layout_keep_chi_date_postcode_and_sex(layouts: SmallWorld) -> None:
    assert layouts.query("SELECT DISTINCT link_method FROM cost_line WHERE agency = 'angus' AND person_id IS NOT NULL") == [
        ("chi",)
    ]
    staged = pq.read_table(the_one(layouts.root, f"staged/clients/{ANGUS}/2025-04.r0.*.parquet")).to_pylist()
    assert [(r["chi_number"], str(r["date_of_birth"]), r["postcode"], r["sex"]) for r in staged] == [
        (PATIENT, "1985-04-19", "DD51AA", "1")
    ]


def test_an_alias_among_canonical_headers_is_read(layouts: SmallWorld) -> None:
    assert layouts.query("SELECT service, sum(cost) FROM cost_line GROUP BY ALL ORDER BY ALL") == [
        ("acute_other", 321),
        ("care_home_nursing", 3000),
    ]
    assert layouts.control(BOARD, "acute_other", "2025-04")["direct"] == 321


HEADER = ["cost_code", "account_name", "month", "amount"]
JUNE = "2025-06"


@pytest.fixture(scope="module")
def tables(tmp_path_factory: pytest.TempPathFactory) -> SmallWorld:
    """June, published, of what spreadsheets make: a hidden first sheet, titles, two sheets of records, a file cut short."""
    world = SmallWorld(tmp_path_factory.mktemp("tables") / "data")
    landing = world.root / "landing"
    for agency in (ANGUS, DUNDEE):
        (landing / agency / "ledger").mkdir(parents=True)
    old = sheet(text_rows([["last year"], ["meals", "999.00"]]))
    visible = sheet(text_rows([["Angus ledger"], ["month", "June"], HEADER, ["meals", "Meals", f"{JUNE}-01", "100.00"]]))
    write_workbook(landing / ANGUS / "ledger" / f"{JUNE}.xlsx", old, {
        "xl/worksheets/sheet1.xml": visible,
        "xl/workbook.xml": PARTS["xl/workbook.xml"].replace('name="First"', 'name="First" state="hidden"'),
    })  # fmt: skip
    both = sheet(text_rows([HEADER, ["meals", "Meals", f"{JUNE}-01", "7.00"]]))
    write_workbook(landing / DUNDEE / "ledger" / f"{JUNE}.xlsx", both, {
        "xl/worksheets/sheet1.xml": both,
        "xl/workbook.xml": PARTS["xl/workbook.xml"].replace('name="Second"', 'name="Second" state="hidden"'),
    })  # fmt: skip
    bad = "P2,meals,no date,2025-06-30,1.00"
    world.put(f"{ANGUS}/payments/{JUNE}.csv", "Payments of Angus,,,,\n\n" + "payment_id,cost_code,period_from,period_to,gross_amount\n"
              "P1,meals,2025-06-01,2025-06-30,60.00\n,,,,\n" + bad + "\n")  # fmt: skip
    world.put(f"{DUNDEE}/payments/{JUNE}.csv", "payment_id,cost_code,period_from,period_to,gross_amount\nP1,meals,2025-06-01")
    for name in ("csv", "CSV"):
        world.put(f"{PERTH}/payments/{JUNE}.{name}", [PAID])
    world.refresh(JUNE)
    return world


def test_the_visible_sheet_with_the_header_is_read(tables: SmallWorld) -> None:
    staged = pq.read_table(the_one(tables.root, f"staged/ledger/{ANGUS}/{JUNE}.r0.*.parquet")).to_pylist()
    assert [(str(r["amount"]), r["source_row"]) for r in staged] == [("100.00", 4)]


def test_two_sheets_of_records_are_refused_by_name(tables: SmallWorld) -> None:
    said = tables.said("required_feeds")
    assert f"dundee-city/ledger/{JUNE}.xlsx: the header is on 2 worksheets: First, Second (hidden);" in said


def test_of_two_files_for_one_revision_none_is_used_and_nobody_else_is_stopped(tables: SmallWorld) -> None:
    said = tables.said("required_feeds")
    assert (
        f"perth-kinross/payments/{JUNE}.CSV: there are 2 files for one revision ({JUNE}.CSV, {JUNE}.csv); keep one (file.two_files)"
        in said
    )
    code, printed = tables.irf("status", "--period", JUNE)
    assert code == 2
    assert "there are 2 files for one revision" in printed


def test_a_file_without_its_end_is_unfinished(tables: SmallWorld) -> None:
    said = tables.said("required_feeds")
    assert f"dundee-city/payments/{JUNE}.csv: row 2 is the last, has fewer fields than the header and no line end" in said


def test_rows_have_the_numbers_of_a_spreadsheet_everywhere(tables: SmallWorld) -> None:
    """A title and a blank line above the header, a blank row among the records: the bad one is row 6."""
    place = f"payments/{ANGUS}/{JUNE}.r0.*.parquet"
    assert pq.read_table(the_one(tables.root, f"staged/{place}"))["source_row"].to_pylist() == [4]
    assert pq.read_table(the_one(tables.root, f"quarantine/{place}"))["source_row"].to_pylist() == [6]
    code, printed = tables.irf("validate", tables.root / "landing" / ANGUS / "payments" / f"{JUNE}.csv")
    assert code == 2
    assert "Row 6\n" in printed
    assert re.search(r"file\.title_rows +1\n", printed)


def test_a_workbook_made_to_harm_is_refused_soon(tmp_path: Path) -> None:
    """Blanks without end in a formula's cell, a tag without end, one long text in thousands of cells."""
    for harmful in ('<row r="1"><c r="A1"><f>1</f>' + " " * 3_000_000 + "<x/></c></row>",
                    '<row r="1"><c ' + 'r="A1" ' * 400_000 + "/></row>"):  # fmt: skip
        path = tmp_path / "2025-04.xlsx"
        write_workbook(path, sheet(harmful))
        started = time.monotonic()
        with pytest.raises(Refused):
            list(read_text(path, "ledger"))
        assert time.monotonic() - started < 20
    cells = "".join(row(n, f'<c r="A{n}" t="s"><v>0</v></c>') for n in range(1, 4001))
    texts = "<sst><si><t>" + "x" * 900_000 + "</t></si></sst>"
    write_workbook(tmp_path / "2025-04.xlsx", sheet(cells), {"xl/sharedStrings.xml": texts})
    with pytest.raises(Refused, match="the text of a worksheet's cells in bytes is 3,600,0"):
        read_text(tmp_path / "2025-04.xlsx", "ledger")
