"""review/quarantine-<agency>-<period>.xlsx: what an agency is asked to put right, a row a record, and nothing that is mended."""

import zipfile
from collections import Counter
from pathlib import Path

import pytest
from python_calamine import CalamineWorkbook

from pipelines.quality import fix_workbook, to_fix
from pipelines.quality.fix_workbook import columns_of, expected_of
from pipelines.quality.to_fix import ToFix
from schemas.examples import GOOD_RECORD
from schemas.feeds import FEEDS
from schemas.rules import Rule, rules_of
from schemas.table import columns
from tests.conftest import PERIOD, BuildWorld, tables_of
from tests.small_world import ANGUS, DUNDEE, PATIENT, PERTH, SmallWorld
from tests.workbooks import sheet as sheet_part
from tests.workbooks import text_rows, write_workbook

APRIL, MAY, JUNE = "2025-04", "2025-05", "2025-06"
CARE = {"social_care_id": "A1", "month": "2025-04-01", "hours": "10", "service_type": "2"}
GOOD = [{**CARE, "service_id": f"s{n}"} for n in range(6)]
FORMULA, MARKUP = '=cmd|"/c calc"!A1', "<b>&amp;ten</b>"


def workbook_of(world: SmallWorld, agency: str, period: str = APRIL) -> Path:
    return world.root / "review" / f"quarantine-{agency}-{period}.xlsx"


def rows_of(file: Path, name: str) -> list[dict[str, str]]:
    """The rows of a sheet by its header."""
    head, *rows = CalamineWorkbook.from_path(str(file)).get_sheet_by_name(name).to_python(skip_empty_area=False)
    return [dict(zip(map(str, head), map(str, row), strict=True)) for row in rows]


def to_fix_of(world: SmallWorld, agency: str, period: str = APRIL) -> list[tuple[str, str, str]]:
    """Feed, row and rules of what an agency is asked to put right."""
    return [(r["feed"], r["row"], r["rule"]) for r in rows_of(workbook_of(world, agency, period), "rows to fix")]


def test_a_broken_record_is_one_row_that_says_everything(small_world: SmallWorld) -> None:
    names = ["service_id", "social_care_id", "month", "hours", "service_type", "provider_type"]
    records = [
        *GOOD,
        {**CARE, "service_id": "b1", "hours": "TBC", "month": "30/02/2025", "service_type": "9"},
        {**CARE, "service_id": FORMULA, "hours": FORMULA},
        {**CARE, "service_id": "w1", "hours": "800", "service_type": "9"},
    ]
    landed = small_world.put(f"{ANGUS}/home_care/{APRIL}.xlsx", b"")
    # A title above the header: rows are numbered as Excel shows them.
    write_workbook(
        landed, sheet_part(text_rows([["Home care, April"], names, *[[r.get(n, "") for n in names] for r in records]]))
    )
    small_world.put(f"{DUNDEE}/clients/{APRIL}.csv", [{"social_care_id": "D1", "chi_number": PATIENT, "forename": "Mairi"}])
    ledger = small_world.ledger(ANGUS, APRIL, home_care_personal="70.00", meals="oops")
    ledger.write_text(ledger.read_text("utf-8") + ",Total,,70.00\n", "utf-8")
    printed = small_world.published(APRIL)
    file = workbook_of(small_world, ANGUS)

    both, formula, amount = rows_of(file, "rows to fix")
    assert (both["feed"], both["period"], both["file"], both["row"]) == (
        "home_care", APRIL, f"{ANGUS}/home_care/{APRIL}.xlsx", "9",
    )  # fmt: skip
    assert (both["column"], both["rule"]) == ("month, hours", "month.unreadable, hours.unreadable")
    assert both["what was found"] == "month: 30/02/2025; hours: TBC"
    assert "month is filled in but is no date that can be read" in both["what is wrong"]
    assert "hours is filled in but is no number that can be read" in both["what is wrong"]
    assert "Probably a date as day/month/year" in both["what is wrong"]
    assert both["what is expected"] == "month: as 2025-05-01; hours: as 31.50"
    assert both["record as sent"].startswith("service_id: b1 | social_care_id: A1 | month: 30/02/2025")
    assert (formula["row"], formula["what was found"]) == ("10", f"hours: {FORMULA}")
    # The total of the ledger is recognised, and nothing to put right.
    assert (amount["feed"], amount["row"], amount["rule"]) == ("ledger", "3", "amount.unreadable")

    # In short: each row under all that it breaks.
    short = {(r["feed"], r["rule"]): (r["rows"], r["pounds"]) for r in rows_of(file, "in short")}
    assert short == {
        ("home_care", "month.unreadable, hours.unreadable"): ("1", ""), ("home_care", "hours.unreadable"): ("1", ""),
        ("ledger", "amount.unreadable"): ("1", ""),
    }  # fmt: skip

    # A row that is set aside is not told again among those that only warn.
    (warned,) = rows_of(file, "rows that warn")
    assert (warned["row"], warned["rule"]) == ("11", "hours.implausible, service_type.unknown_code")
    assert warned["what was found"] == "hours: 800; service_type: 9"
    assert warned["rows of the file"].split(", ")[0] == "1"

    assert file.stat().st_mode & 0o777 == 0o600
    assert file.parent.stat().st_mode & 0o777 == 0o700
    assert [p.name for p in file.parent.iterdir() if p.name.startswith(".")] == []
    with zipfile.ZipFile(file) as parts:
        sheets = [parts.read(name).decode("utf-8") for name in parts.namelist() if "worksheets/" in name]
    assert len(sheets) == 4
    assert not any("<f>" in text for text in sheets)
    assert not workbook_of(small_world, DUNDEE).exists()  # Dundee has nothing to put right
    assert not any(text in printed for text in ("TBC", FORMULA))

    before = file.read_bytes()
    file.write_bytes(b"of an earlier refresh")
    workbook_of(small_world, DUNDEE).write_bytes(b"of an earlier refresh")
    small_world.published(APRIL)
    assert file.read_bytes() == before
    assert not workbook_of(small_world, DUNDEE).exists()


def test_what_is_mended_is_asked_for_no_more(small_world: SmallWorld) -> None:
    broken, too_many = {**CARE, "hours": "TBC"}, {**CARE, "hours": "800"}
    warned = [{**too_many, "service_id": "w1"}, {**too_many, "service_id": "w2"}]
    small_world.put(
        f"{ANGUS}/home_care/{APRIL}.csv", [*GOOD, {**broken, "service_id": "b1"}, {**broken, "service_id": "b2"}, *warned]
    )
    small_world.put(f"{DUNDEE}/home_care/{APRIL}.csv", [*GOOD, {**broken, "service_id": "b1"}])
    client = {"social_care_id": "A1", "chi_number": PATIENT}
    small_world.put(f"{ANGUS}/clients/{APRIL}.csv", [client, {**client, "social_care_id": "A2", "date_of_birth": "soon"}])
    twice = f"home_care_non_personal,again,{APRIL}-01,5.00\n"
    for agency in (ANGUS, DUNDEE):
        ledger = small_world.ledger(agency, APRIL, home_care_personal="60.00", meals="oops")
        ledger.write_text(ledger.read_text("utf-8") + twice * 2, "utf-8")
    small_world.published(APRIL)
    assert [(r["feed"], r["row"]) for r in rows_of(workbook_of(small_world, ANGUS), "rows that warn")] == [
        ("home_care", "10"), ("home_care", "11"), ("ledger", "5"),
    ]  # fmt: skip
    assert to_fix_of(small_world, ANGUS) == [
        ("clients", "3", "date_of_birth.unreadable"), ("home_care", "8", "hours.unreadable"), ("home_care", "9", "hours.unreadable"),
        ("ledger", "3", "amount.unreadable"),
    ]  # fmt: skip

    # Dundee sends April again; Angus says one record and a ledger code anew in May, and sends May's clients.
    small_world.put(f"{DUNDEE}/home_care/{APRIL}.r1.csv", [*GOOD, {**CARE, "service_id": "b1"}])
    small_world.put(f"{DUNDEE}/ledger/{APRIL}.r1.csv", (small_world.root / "landing" / DUNDEE / "ledger" / f"{APRIL}.csv")
                    .read_text("utf-8").replace("oops", "5.00"))  # fmt: skip
    may = [{**CARE, "month": "2025-05-01", "service_id": f"m{n}"} for n in range(6)]
    mended = [{**CARE, "service_id": name} for name in ("b1", "w1")]
    small_world.put(f"{ANGUS}/home_care/{MAY}.csv", [*may, *mended])
    small_world.put(f"{ANGUS}/clients/{MAY}.csv", [client])
    ledger = small_world.ledger(ANGUS, MAY, home_care_personal="60.00")
    ledger.write_text(f"{ledger.read_text('utf-8')}meals,meals,{APRIL}-01,5.00\n{twice}", "utf-8")
    small_world.published(MAY)
    assert to_fix_of(small_world, ANGUS, MAY) == [("home_care", "9", "hours.unreadable")]
    assert [(r["feed"], r["row"]) for r in rows_of(workbook_of(small_world, ANGUS, MAY), "rows that warn")] == [
        ("home_care", "11")
    ]
    assert [(r["feed"], r["rows"]) for r in rows_of(workbook_of(small_world, ANGUS, MAY), "in short")] == [("home_care", "1")]
    # Dundee has nothing to put right, only what warns.
    assert to_fix_of(small_world, DUNDEE, MAY) == []
    assert [r["row"] for r in rows_of(workbook_of(small_world, DUNDEE, MAY), "rows that warn")] == ["5"]
    assert workbook_of(small_world, DUNDEE).exists()  # that of another period's refresh stays


def test_rows_are_numbered_as_a_spreadsheet_shows_them(small_world: SmallWorld) -> None:
    names = ["service_id", "social_care_id", "month", "hours", "service_type"]
    lines = [",".join(record[name] for name in names) + "," for record in GOOD]
    # A title, a blank line, the header in row 3; a field of two lines is one row, a blank row is a row.
    small_world.put(f"{DUNDEE}/home_care/{APRIL}.csv", "\n".join([
        "Home care return", "", ",".join([*names, "note"]), *lines, 's8,A1,2025-04-01,10,2,"one\ntwo"',
        f"b1,A1,2025-04-01,{MARKUP},2,", "", 'b2,A1,2025-04-01,TBC,2,"three\nfour"', "",
    ]))  # fmt: skip
    # In Perth's workbook there are blank rows.
    landed = small_world.put(f"{PERTH}/home_care/{APRIL}.xlsx", b"")
    rows = [names, *[[r[name] for name in names] for r in GOOD], [], [], ["b1", "A1", "2025-04-01", "TBC", "2"]]
    write_workbook(landed, sheet_part(text_rows(rows)))
    # In Angus' layout a row is a quarter's personal and other care: six records here, of which three have no hours.
    wide = ["Package Ref,Client Ref,Quarter,Provider,Personal Care Hours,Other Care Hours"]
    wide += [f"s{n},A1,2025/26 Q1,In house,30," for n in range(6)] + ["b1,A1,2025/26 Q1,In house,30,TBC"]
    small_world.put(f"{ANGUS}/home_care/{JUNE}.csv", "\n".join(wide) + "\n")
    # What is taken back of a payment stands beside it as a part of its own; where it is set aside, it is one row too.
    payment = {"social_care_id": "A1", "cost_code": "meals", "period_from": f"{APRIL}-01", "period_to": f"{APRIL}-30"}
    paid = [{**payment, "payment_id": f"P{n}", "gross_amount": "5.00"} for n in range(6)]
    small_world.put(f"{ANGUS}/payments/{APRIL}.csv", [*paid, {**paid[0], "gross_amount": "-5.00", "period_to": "soon"}])
    for agency in (ANGUS, DUNDEE, PERTH):
        small_world.ledger(agency, APRIL, home_care_personal="60.00", home_care_non_personal="6.00", meals="25.00")
    for month in (MAY, JUNE):
        small_world.ledger(ANGUS, month, home_care_personal="60.00", home_care_non_personal="6.00")
    small_world.published(JUNE)

    first, second = rows_of(workbook_of(small_world, DUNDEE, JUNE), "rows to fix")
    assert (first["row"], first["what was found"]) == ("11", f"hours: {MARKUP}")
    assert (second["row"], second["what was found"]) == ("13", "hours: TBC")
    assert to_fix_of(small_world, PERTH, JUNE) == [("home_care", "10", "hours.unreadable")]
    care, credit = rows_of(workbook_of(small_world, ANGUS, JUNE), "rows to fix")
    assert (care["row"], care["rule"], care["what was found"]) == ("8", "hours.unreadable", "hours: TBC")
    assert "month: 2025-04-01 / 2025-05-01 / 2025-06-01" in care["record as sent"]
    assert (credit["feed"], credit["row"], credit["pounds"]) == ("payments", "8", "-5.00")


def test_of_many_rows_the_first_are_told_and_the_others_counted(
    small_world: SmallWorld, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(to_fix, "MOST_ROWS_OF_FILE", 3)
    broken = [{**CARE, "service_id": f"b{n}", "hours": "TBC"} for n in range(5)]
    small_world.put(f"{ANGUS}/home_care/{APRIL}.csv", [*GOOD, *broken])
    small_world.ledger(ANGUS, APRIL, home_care_personal="60.00")
    small_world.published(APRIL)
    *told, more = rows_of(workbook_of(small_world, ANGUS), "rows to fix")
    assert [r["row"] for r in told] == ["8", "9", "10"]
    assert more["what is wrong"] == (
        "2 more rows of this file are set aside, counted in the sheet in short: "
        f"irf validate {ANGUS}/home_care/{APRIL}.csv --errors NAME.xlsx lists them all"
    )
    assert [(r["rule"], r["rows"]) for r in rows_of(workbook_of(small_world, ANGUS), "in short")] == [("hours.unreadable", "5")]

    # A sheet that is full counts what it has no room for.
    monkeypatch.setattr(fix_workbook, "SHEET_ROWS", 4)
    small_world.published(APRIL)
    assert [r["row"] for r in rows_of(workbook_of(small_world, ANGUS), "rows to fix")] == ["8", "9"]
    about = CalamineWorkbook.from_path(str(workbook_of(small_world, ANGUS))).get_sheet_by_name("about").to_python()
    assert ["not all rows", "3 more rows have no room in a sheet of 4 rows."] in about

    # A full disk leaves the workbook that there was, and no half of one.
    def full(book: object, row: ToFix) -> list[str | None]:
        raise OSError(28, "No space left on device")

    before = workbook_of(small_world, ANGUS).read_bytes()
    monkeypatch.setattr(fix_workbook._Book, "_line", full)
    assert small_world.refresh(APRIL)[0] == 1
    assert workbook_of(small_world, ANGUS).read_bytes() == before
    assert [p.name for p in (small_world.root / "review").iterdir()] == [workbook_of(small_world, ANGUS).name]


RULES = [(feed, rule) for feed in FEEDS for rule in rules_of(feed) if rule.rule_id != "total_row"]


@pytest.mark.parametrize(("feed", "rule"), RULES, ids=[f"{feed}-{rule.rule_id}" for feed, rule in RULES])
def test_of_every_rule_it_is_said_what_is_expected(feed: str, rule: Rule) -> None:
    sent = {name: text for name, text in {**GOOD_RECORD[feed], **rule.fails}.items() if name}
    names = columns_of(rule, feed, sent)
    assert set(names) <= {c.name for c in columns(FEEDS[feed].model)}
    assert names or rule.rule_id in ("row_structure", "duplicate_row", "equal_rows")
    expected = expected_of(rule, feed, names)
    assert expected and all(expected)


def test_every_row_in_quarantine_is_in_its_agencys_workbook(published: BuildWorld) -> None:
    root = published("heavy")
    fates = tables_of(root).rows("core", "fate").to_pylist()
    expected = {(f["agency"], f["feed"], f["period"]): f["quarantined"] for f in fates if f["quarantined"]}
    told: Counter[tuple[str, str, str]] = Counter()
    for agency in {agency for agency, _, _ in expected}:
        rows = rows_of(root / "review" / f"quarantine-{agency}-{PERIOD}.xlsx", "rows to fix")
        told.update((agency, row["feed"], row["period"]) for row in rows)
    assert len(expected) > 3
    assert told == expected
