"""`irf fate` and `irf trace` on files small enough to know every row of: each has the answer that a reader of the file would give."""

import gzip
import io
import shutil
from pathlib import Path

import pyarrow.parquet as pq
import pytest
import xlsxwriter

from tests.small_world import ANGUS, BOARD, PATIENT, SmallWorld

APRIL, MAY = "2025-04", "2025-05"
HOME_CARE = f"{ANGUS}/home_care"
NAMES = ("Oona", "Macbeth", "1950-02-01", "DD8 1AA", "100001", "100002", PATIENT)
"""What would tell who somebody is."""


def care(service_id: str, hours: str, month: str = "2025-04-01", client: str = "100001") -> dict[str, str]:
    return {
        "service_id": service_id,
        "social_care_id": client,
        "month": month,
        "hours": hours,
        "service_type": "2",
        "reablement": "0",
    }


def sheet(rows: list[list[object]]) -> bytes:
    content = io.BytesIO()
    with xlsxwriter.Workbook(content) as book:
        page = book.add_worksheet()
        for at, row in enumerate(rows):
            page.write_row(at, 0, row)
    return content.getvalue()


@pytest.fixture(scope="module")
def may(tmp_path_factory: pytest.TempPathFactory) -> SmallWorld:
    """Two months, published, with a file for each thing that may become of a row."""
    world = SmallWorld(tmp_path_factory.mktemp("fate") / "data")
    world.reference["cost_code_map"] += [
        {"agency": ANGUS, "cost_code": "77", "service": "meals", "treatment": "cost"},
        {"agency": ANGUS, "cost_code": "88", "service": "", "treatment": "exclude", "reason": "no care"},
    ]
    # Rows: 2 in use, 3 said again in May, 4 without hours, 5 a duplicate of 2.
    world.put(f"{HOME_CARE}/{APRIL}.csv", [care("H1", "10"), care("H2", "5"), care("H3", ""), care("H1", "10")])
    world.put(f"{HOME_CARE}/{MAY}.csv", [care("H4", "2", "2025-05-01"), care("H2", "6")])
    # A resubmission without the second record, and one that is refused.
    paid = {"payment_id": "P1", "social_care_id": "100001", "cost_code": "77", "period_from": "2025-04-16", "period_to": "2025-05-15",
            "gross_amount": "30.00"}  # fmt: skip
    other = {**paid, "payment_id": "P2", "cost_code": "88", "gross_amount": "4.00"}
    world.put(f"{ANGUS}/payments/{APRIL}.csv", [paid, {**paid, "payment_id": "P0"}])
    world.put(f"{ANGUS}/payments/{APRIL}.r1.csv.gz", gzip.compress(_csv([other, paid]).encode(), mtime=0))
    world.put(
        f"{ANGUS}/self_directed_support/{APRIL}.csv",
        "budget_id,social_care_id,month,option,gross_amount\nB1,100001,2025-04-01,1,9\n",
    )
    world.put(f"{ANGUS}/self_directed_support/{APRIL}.r1.csv", "budget_id,social_care_id\nB1,100001\n")
    world.put(
        f"{BOARD}/outpatient/{APRIL}.xlsx",
        sheet([
            ["Outpatients of April"], [],
            ["episode_id", "chi_number", "clinic_date", "specialty_code", "location_code", "attendance_status", "total_cost"],
            ["O1", PATIENT, "2025-04-02", "A1", "T101H", "1", 20], [],
            ["O2", PATIENT, "2025-04-03", "A1", "T101H", "8", ""],
            ["Total", "", "", "", "", "", 20],
        ]),
    )  # fmt: skip
    # The same file in both months, byte for byte.
    for month in (APRIL, MAY):
        world.put(
            f"{ANGUS}/equipment/{month}.csv", "service_id,social_care_id,service_type,start_date\nE1,100001,2,2025-04-10\n"
        )
    client = {
        "social_care_id": "100001",
        "forename": "Oona",
        "surname": "Macbeth",
        "date_of_birth": "1950-02-01",
        "postcode": "DD8 1AA",
    }
    for month in (APRIL, MAY):
        world.put(f"{ANGUS}/clients/{month}.csv", [client])
        world.ledger(ANGUS, month, home_care_personal="120.00", **{"77": "15.00", "88": "4.00", "telecare": "10.00"})
        world.ledger(BOARD, month, outpatient="9.00")
    world.put(f"{ANGUS}/home_care/{MAY} (1).csv", [care("H9", "1")])
    world.published(MAY)
    return world


def _csv(rows: list[dict[str, str]]) -> str:
    return "\n".join([",".join(rows[0]), *(",".join(row.values()) for row in rows)]) + "\n"


def asked(world: SmallWorld, *arguments: object) -> str:
    """What the command prints; it must name nobody."""
    code, printed = world.irf(*arguments)
    assert code == 0, printed
    assert not [name for name in NAMES if name in printed]
    return printed


def fate(world: SmallWorld, file: str, row: int) -> str:
    return asked(world, "fate", f"{file}:{row}")


@pytest.mark.parametrize(
    ("file", "row", "answer"),
    [
        (f"{HOME_CARE}/{APRIL}.csv", 1, "header"),
        (f"{HOME_CARE}/{APRIL}.csv", 2, "accepted"),
        (f"{HOME_CARE}/{APRIL}.csv", 3, "superseded"),
        (f"{HOME_CARE}/{APRIL}.csv", 4, "quarantined"),
        (f"{HOME_CARE}/{APRIL}.csv", 5, "quarantined"),
        (f"{HOME_CARE}/{APRIL}.csv", 6, "blank"),
        (f"{ANGUS}/payments/{APRIL}.csv", 2, "superseded"),
        (f"{ANGUS}/payments/{APRIL}.csv", 3, "superseded"),
        (f"{ANGUS}/payments/{APRIL}.r1.csv.gz", 2, "accepted"),
        (f"{ANGUS}/self_directed_support/{APRIL}.r1.csv", 2, "refused"),
        (f"{BOARD}/outpatient/{APRIL}.xlsx", 1, "title"),
        (f"{BOARD}/outpatient/{APRIL}.xlsx", 2, "blank"),
        (f"{BOARD}/outpatient/{APRIL}.xlsx", 3, "header"),
        (f"{BOARD}/outpatient/{APRIL}.xlsx", 4, "accepted"),
        (f"{BOARD}/outpatient/{APRIL}.xlsx", 5, "blank"),
        (f"{BOARD}/outpatient/{APRIL}.xlsx", 6, "accepted"),
        (f"{BOARD}/outpatient/{APRIL}.xlsx", 7, "total"),
        (f"{ANGUS}/clients/{APRIL}.csv", 2, "superseded"),
        (f"{ANGUS}/clients/{MAY}.csv", 2, "accepted"),
        (f"{ANGUS}/ledger/{APRIL}.csv", 2, "accepted"),
    ],
)
def test_every_row_has_its_answer(may: SmallWorld, file: str, row: int, answer: str) -> None:
    first, second, *_ = fate(may, file, row).splitlines()
    assert first == f"{file}, row {row}"
    assert second.startswith(f"  {answer}: ")


def test_a_row_in_use_names_its_lines_and_their_sum(may: SmallWorld) -> None:
    told = fate(may, f"{ANGUS}/payments/{APRIL}.r1.csv.gz", 3)
    assert "2025-04  meals  payments  £15.00" in told
    assert "2025-05  meals  payments  £15.00" in told
    assert "2 lines, £30.00 in all" in told


def test_what_sets_a_row_aside_is_said_in_a_sentence(may: SmallWorld) -> None:
    assert "rule hours.missing: hours is required and is blank." in fate(may, f"{HOME_CARE}/{APRIL}.csv", 4)
    duplicate = fate(may, f"{HOME_CARE}/{APRIL}.csv", 5)
    assert "rule duplicate_row: " in duplicate
    assert "nobody's second record" in duplicate


def test_what_replaced_a_row_is_named_with_its_row(may: SmallWorld) -> None:
    assert f"replaced by {HOME_CARE}/{MAY}.csv, row 3\n" in fate(may, f"{HOME_CARE}/{APRIL}.csv", 3)
    assert f"replaced by {ANGUS}/payments/{APRIL}.r1.csv.gz, row 3\n" in fate(may, f"{ANGUS}/payments/{APRIL}.csv", 2)
    gone = fate(may, f"{ANGUS}/payments/{APRIL}.csv", 3)
    assert f"replaced by {ANGUS}/payments/{APRIL}.r1.csv.gz, which " in gone
    assert f"replaced by {ANGUS}/clients/{MAY}.csv, row 2\n" in fate(may, f"{ANGUS}/clients/{APRIL}.csv", 2)


def test_a_row_without_a_line_says_why(may: SmallWorld) -> None:
    assert "no cost of care" in fate(may, f"{ANGUS}/payments/{APRIL}.r1.csv.gz", 2)
    assert "a row of the accounts" in fate(may, f"{ANGUS}/ledger/{APRIL}.csv", 2)
    refused = fate(may, f"{ANGUS}/self_directed_support/{APRIL}.r1.csv", 2)
    assert "rule file.columns_missing: A required column is missing from the file." in refused
    assert "why: required column missing: month, option" in refused


def test_a_file_is_summed_by_fate(may: SmallWorld) -> None:
    told = asked(may, "fate", f"{HOME_CARE}/{APRIL}.csv")
    words = [line.split() for line in told.splitlines()]
    assert [w[:3] for w in words[1:5]] == [
        ["read", "4", "rows"], ["accepted", "1", "row"], ["quarantined", "2", "rows"], ["superseded", "1", "row"],
    ]  # fmt: skip
    assert f"replaced by {HOME_CARE}/{MAY}.csv: 1 row\n" in told
    assert "on 1 cost line of 1 row: home_care_personal, rate, " in told
    sums = asked(may, "fate", f"{ANGUS}/payments/{APRIL}.r1.csv.gz")
    assert ["read", "2", "rows", "£34.00"] in [line.split() for line in sums.splitlines()]
    book = asked(may, "fate", f"{BOARD}/outpatient/{APRIL}.xlsx")
    assert "title                  1 row" in book
    assert "total                  1 row" in book


@pytest.mark.parametrize(
    "form", ["landing/{file}", "{root}/landing/{file}", "{file}"], ids=["below landing", "absolute", "as it is named"]
)
def test_a_file_is_known_by_its_path(may: SmallWorld, form: str) -> None:
    file = f"{HOME_CARE}/{APRIL}.csv"
    assert fate(may, form.format(root=may.root, file=file), 2).startswith(f"{file}, row 2\n")


def test_two_files_of_one_content_must_be_named(may: SmallWorld) -> None:
    ((keyed,),) = may.query("SELECT DISTINCT left(file_hash, 12) FROM submission WHERE feed = 'clients'")
    code, printed = may.irf("fate", f"{keyed}:2")
    assert code == 1
    assert f"2 files have this content ({ANGUS}/clients/{APRIL}.csv, {ANGUS}/clients/{MAY}.csv); name one of them" in printed


def test_a_file_is_known_by_its_keyed_hash(may: SmallWorld) -> None:
    ((keyed,),) = may.query(f"SELECT left(file_hash, 12) FROM submission WHERE feed = 'home_care' AND period = '{APRIL}'")
    assert fate(may, keyed, 2).startswith(f"{HOME_CARE}/{APRIL}.csv, row 2\n")


@pytest.mark.parametrize(
    ("file", "said"),
    [
        (f"{HOME_CARE}/2024-01.csv", "no submission of release 2025.05.1"),
        (f"{HOME_CARE}/{MAY} (1).csv", "is not used; name it 2025-05.r1.csv"),
        ("nothing.csv", "is no name of a submission"),
        ("0123456789ab", "no submission of release 2025.05.1"),
        (f"{HOME_CARE}/{APRIL}.csv:0", "rows are numbered from 1"),
    ],
)
def test_what_is_no_file_of_the_release_is_an_error_of_one_line(may: SmallWorld, file: str, said: str) -> None:
    code, printed = may.irf("fate", file)
    assert code == 1
    assert said in printed
    assert printed.count("\n") == 1


def test_lines_are_told_of_the_later_of_two_files_of_one_content(may: SmallWorld) -> None:
    april, telecare = f"{ANGUS}/equipment/{APRIL}.csv", f"{ANGUS}/equipment/{MAY}.csv"
    assert f"replaced by {telecare}, row 2\n" in fate(may, april, 2)
    assert "2 lines, £20.00 in all" in fate(may, telecare, 2)
    assert f"record: {telecare}, row 2;" in asked(
        may, "trace", line_of(may, f"service = 'telecare' AND month = DATE '{APRIL}-01'")
    )
    told = asked(may, "fate", april)
    assert f"the same content as {telecare}" in told
    assert "cost line" not in told


def line_of(world: SmallWorld, where: str) -> str:
    return str(world.query(f"SELECT min(line_id) FROM cost_line WHERE {where}")[0][0])


def test_a_line_by_rate_is_traced_to_units_rate_ledger_and_factor(may: SmallWorld) -> None:
    told = asked(may, "trace", line_of(may, f"service = 'home_care_personal' AND month = DATE '{APRIL}-01' AND units = 10"))
    assert "£75.00 = direct £100.00 + residual −£25.00" in told or "direct £100.00" in told
    assert f"record: {HOME_CARE}/{APRIL}.csv, row 2;" in told
    assert "units: 10 hour" in told
    assert "rate: £10 a hour, from by hand, in prices of 2025-26" in told
    assert "ledger: home_care_personal home_care_personal, £120.00" in told
    assert "rules: it met " in told
    assert "unlinked" in told


def test_a_line_of_no_record_is_explained_by_ledger_and_method(may: SmallWorld) -> None:
    told = asked(may, "trace", line_of(may, "source_file IS NULL AND service = 'meals' OR cost_basis = 'unallocated'"))
    assert "record: none, for it is what the ledger has beyond all records" in told
    assert "residual: " in told


def test_a_warning_of_one_row_is_known(may: SmallWorld) -> None:
    """A payment by a client of the clients file breaks nothing; the outpatient's postcode is not asked. A DNA is in use."""
    told = asked(may, "trace", line_of(may, "cost_basis = 'payments'"))
    assert " and broke 0" in told


def test_identifying_fields_are_shown_only_when_asked_for(may: SmallWorld) -> None:
    line = line_of(may, f"service = 'home_care_personal' AND month = DATE '{APRIL}-01' AND units = 10")
    assert "100001" not in asked(may, "trace", line)
    code, printed = may.irf("trace", line, "--show-identifying")
    assert code == 0
    assert "social_care_id: 100001" in printed
    assert "service_id: H1" in printed


@pytest.mark.parametrize(("line", "said"), [("x", "is no line_id"), ("0" * 32, "no such line in 2025.05.1")])
def test_what_is_no_line_is_an_error_of_one_line(may: SmallWorld, line: str, said: str) -> None:
    code, printed = may.irf("trace", line)
    assert (code, said in printed, printed.count("\n")) == (1, True, 1), printed


@pytest.fixture
def alone(may: SmallWorld, tmp_path: Path) -> SmallWorld:
    """The release without the work that it was made of."""
    world = SmallWorld(tmp_path / "data")
    shutil.copytree(may.root / "releases", world.root / "releases")
    return world


def test_from_the_release_alone_is_told_what_is_known_and_what_is_not(alone: SmallWorld) -> None:
    line = line_of(alone, f"service = 'home_care_personal' AND month = DATE '{APRIL}-01' AND units = 10")
    told = asked(alone, "trace", line)
    assert f"record: {HOME_CARE}/{APRIL}.csv, row 2;" in told
    assert "rate: from by hand" in told
    assert told.splitlines()[-1].startswith("from 2025.05.1 alone: ")
    assert "accepted: in use" in fate(alone, f"{HOME_CARE}/{APRIL}.csv", 2)
    assert "not known: " in fate(alone, f"{HOME_CARE}/{APRIL}.csv", 4)
    assert "refused: its whole file was refused" in fate(alone, f"{ANGUS}/self_directed_support/{APRIL}.r1.csv", 2)
    assert "how many rows is not known" in asked(alone, "fate", f"{HOME_CARE}/{APRIL}.csv")
    code, printed = alone.irf("trace", line, "--show-identifying")
    assert (code, "no record to show" in printed) == (1, True)


def test_work_of_another_refresh_is_not_taken_for_that_of_the_release(may: SmallWorld, tmp_path: Path) -> None:
    world = SmallWorld(tmp_path / "data")
    shutil.copytree(may.root, world.root, dirs_exist_ok=True)
    world.reference = {name: [dict(row) for row in rows] for name, rows in may.reference.items()}
    world.put(f"{HOME_CARE}/{MAY}.r1.csv", [care("H4", "3", "2025-05-01")])
    world.published(MAY)
    assert "alone: the work it was made of is gone" in asked(
        world, "fate", f"{HOME_CARE}/{APRIL}.csv:3", "--release", "2025.05.1"
    )
    # In the newer release nothing of May says the record again.
    assert "accepted: in use" in fate(world, f"{HOME_CARE}/{APRIL}.csv", 3)


def test_work_of_software_that_kept_less_of_a_record_is_not_read(may: SmallWorld, tmp_path: Path) -> None:
    world = SmallWorld(tmp_path / "data")
    shutil.copytree(may.root, world.root, dirs_exist_ok=True)
    for file in (world.root / "staged").rglob("*.parquet"):
        records = pq.read_table(file)
        pq.write_table(records.drop_columns(["warned_rules"]), file)
    told = asked(world, "fate", f"{HOME_CARE}/{APRIL}.csv:2")
    assert "accepted: in use" in told
    assert told.splitlines()[-1].startswith("from 2025.05.1 alone: the work it was made of is gone or of other software")


def test_a_file_that_is_another_now_is_not_taken_for_the_one_that_was_read(may: SmallWorld, tmp_path: Path) -> None:
    world = SmallWorld(tmp_path / "data")
    shutil.copytree(may.root, world.root, dirs_exist_ok=True)
    world.put(f"{HOME_CARE}/{APRIL}.csv", [care("H1", "11")])
    code, printed = world.irf("fate", f"{HOME_CARE}/{APRIL}.csv:2")
    assert (code, "is another file now than 2025.05.1 was made of" in printed) == (1, True)
