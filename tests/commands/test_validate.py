"""`irf validate`: what a submitter learns before the deadline, that nothing else learns it, and that nothing is kept."""

import csv
import json
import re
import shutil
import tempfile
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest
from python_calamine import CalamineWorkbook

from pipelines.ingest.validating import error_workbook
from pipelines.ingest.validating import trial as validate
from schemas.feeds import FEEDS
from schemas.rules import rules_of
from schemas.table import columns
from tests.conftest import BuildWorld, IrfAt, rows_of

Irf = Callable[..., tuple[int, str]]
CLEAN = {
    "episode_id": "e{i}", "chi_number": "2902201230", "admission_date": "2025-05-02", "discharge_date": "2025-05-04",
    "inpatient_day_case": "I", "admission_type_code": "30", "specialty_code": "A1", "location_code": "T101H",
    "total_cost": "100.00",
}  # fmt: skip
BROKEN: dict[str, dict[str, str]] = {
    "chi_invalid": {"chi_number": "1904851232"},
    "chi_repaired": {"chi_number": "101011237"},
    "postcode_unknown": {"postcode": "ZZ01 9ZZ"},
    "geriatric_long_stay.unknown_code": {"geriatric_long_stay": "perhaps"},
    "episode_id.missing": {"episode_id": ""},
    "duplicate_row": {"episode_id": "e1"},
    "duplicate_key": {"episode_id": "e2", "specialty_code": "C8"},
    "admission_date.missing": {"admission_date": ""},
    "admission_date.unreadable": {"admission_date": "soon"},
    "admission_date.after_period": {"admission_date": "2025-06-01", "discharge_date": ""},
    "discharge_date.unreadable": {"discharge_date": "later"},
    "discharge_date.before_admission_date": {"discharge_date": "2025-05-01"},
    "inpatient_day_case.missing": {"inpatient_day_case": ""},
    "inpatient_day_case.unknown_code": {"inpatient_day_case": "X"},
    "specialty_code.missing": {"specialty_code": ""},
    "location_code.missing": {"location_code": ""},
    "total_cost.unreadable": {"total_cost": "much"},
}
"""Rule → what a record has that breaks it and no other."""
CLEAN_ROWS = 20


@pytest.fixture
def root(world: BuildWorld) -> Path:
    """A data root with landing and reference, that no command may change."""
    return world()


@pytest.fixture
def irf(root: Path, irf_at: IrfAt) -> Irf:
    """Runs `irf validate`; gives its exit code and all it printed. Fails when anything in the data root changed."""

    def call(*arguments: object, data: Path = root) -> tuple[int, str]:
        before = state_of(data)
        said = irf_at(data, "validate", *arguments)
        assert state_of(data) == before
        return said

    return call


def state_of(folder: Path) -> dict[Path, tuple[int, int]]:
    """Every file and folder below a folder, with size and time of change."""
    return {p: (p.stat().st_size, p.stat().st_mtime_ns) for p in folder.rglob("*")}


def write_acute(path: Path, changes: list[dict[str, str]], clean_rows: int = CLEAN_ROWS) -> Path:
    """A file of hospital stays: clean ones, then one for each change."""
    names = [c.name for c in columns(FEEDS["acute"].model)]
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, names)
        writer.writeheader()
        for i, change in enumerate([{} for _ in range(clean_rows)] + changes, start=1):
            writer.writerow({name: value.format(i=i) for name, value in CLEAN.items()} | change)
    return path


@pytest.fixture
def acute(tmp_path: Path) -> Callable[..., Path]:
    """Writes a file of hospital stays where its path says what it is."""

    def write(*changes: dict[str, str], clean_rows: int = CLEAN_ROWS) -> Path:
        return write_acute(tmp_path / "nhs-tayside" / "acute" / "2025-05.csv", list(changes), clean_rows)

    return write


def sheet(workbook: Path, name: str) -> list[list[Any]]:
    """The rows of a sheet, its header first."""
    return [list(row) for row in CalamineWorkbook.from_path(workbook).get_sheet_by_name(name).to_python()]


def summary_of(workbook: Path) -> dict[str, str]:
    return {str(row[0]): str(row[1]) for row in sheet(workbook, "summary")}


# ---- the verdict ----


def test_a_clean_file_can_be_used(irf: Irf, acute: Callable[..., Path]) -> None:
    code, printed = irf(acute())
    assert code == 0, printed
    assert "nhs-tayside, acute, 2025-05: can be used\n" in printed
    assert re.search(r"(?m)^  rows +20$", printed)
    assert re.search(r"(?m)^  rows accepted +20$", printed)
    assert re.search(r"(?m)^  rows set aside +0$", printed)
    assert re.search(r"(?m)^  pounds read +2,000\.00$", printed)
    assert "severity" not in printed


def test_every_rule_that_is_broken_is_told_with_its_row(irf: Irf, acute: Callable[..., Path]) -> None:
    code, printed = irf(acute(*BROKEN.values()))
    assert code == 2, printed
    rules = {rule.rule_id: rule for rule in rules_of("acute")}
    aside = [rule_id for rule_id in BROKEN if rules[rule_id].severity == "record"]
    assert f"can be used, {len(aside)} rows set aside" in printed
    assert re.search(rf"(?m)^  pounds set aside +1,{len(aside) - 11}00\.00$", printed)
    for row, rule_id in enumerate(BROKEN, start=CLEAN_ROWS + 2):  # the header is row 1
        pounds = "0.00" if rule_id == "total_cost.unreadable" else "100.00"
        told = rf"(?m)^  {rules[rule_id].severity} +{re.escape(rule_id)} +1 +{pounds}\n +(.*) Row {row}$"
        found = re.search(told, printed)
        assert found, f"{rule_id}\n{printed}"
        assert found[1] == rules[rule_id].sentence


def test_what_is_expected_and_what_was_probably_meant_is_said_and_no_value_shown(irf: Irf, acute: Callable[..., Path]) -> None:
    chi = "1904851231"
    code, printed = irf(
        acute({"admission_date": "45383"}, {"total_cost": chi}, {"discharge_date": "05/30/2025"}, {"total_cost": "144.0575"})
    )
    assert code == 2
    for words in (
        "admission_date is filled in but is no date that can be read; expected is one as 2025-04-30. Probably a date as a "
        "spreadsheet's serial number; format the column as a date.",
        "Probably a CHI number in this column: see whether two columns are swapped",
        "Probably a date with day and month swapped, as American spreadsheets write it",
    ):
        assert words in printed
    assert re.search(r"(?m)^  warning +amount_rounded +1 +0\.00\n .* Row \d+$", printed)
    assert chi not in printed and "45383" not in printed


def test_a_warning_alone_is_no_clean_file(irf: Irf, acute: Callable[..., Path]) -> None:
    code, printed = irf(acute(BROKEN["chi_invalid"]))
    assert code == 2
    assert "2025-05: can be used\n" in printed


def test_an_unknown_column_is_told_by_its_place_alone(irf: Irf, acute: Callable[..., Path]) -> None:
    file = acute()
    lines = file.read_text("utf-8").splitlines()
    file.write_text("\n".join([lines[0] + ",Alan Other 0101011237", *[line + ",x" for line in lines[1:]]]), "utf-8")
    code, printed = irf(file)
    assert code == 2
    place = len(columns(FEEDS["acute"].model)) + 1
    assert f"they are not read. Counted from the left: {place}." in printed
    assert "0101011237" not in printed


def test_ten_row_numbers_are_shown_of_many(irf: Irf, acute: Callable[..., Path]) -> None:
    printed = irf(acute(*[BROKEN["chi_invalid"]] * 12))[1]
    assert "Rows 22, 23, 24, 25, 26, 27, 28, 29, 30, 31 …\n" in printed


def lose_column(file: Path) -> str:
    file.write_text("episode_id,chi_number\n1,2\n", "utf-8")
    return "refused: file.columns_missing: required column missing: admission_date"


def spoil(file: Path) -> str:
    file.write_bytes(b"\x00\x01\x02" * 99)
    return "refused: file."


def empty(file: Path) -> str:
    file.write_bytes(b"")
    return "refused: file.empty"


def spoil_most(file: Path) -> str:
    write_acute(file, [BROKEN["total_cost.unreadable"]] * 3, clean_rows=2)
    return "refused: file.mostly_bad: 3 of 5 records are bad"


@pytest.mark.parametrize("change", [lose_column, spoil, empty, spoil_most])
def test_a_file_that_cannot_be_used_is_refused(irf: Irf, acute: Callable[..., Path], change: Callable[[Path], str]) -> None:
    file = acute()
    expected = change(file)
    code, printed = irf(file)
    assert code == 3, printed
    assert expected in printed


def test_a_mostly_bad_file_shows_what_is_bad(irf: Irf, acute: Callable[..., Path], tmp_path: Path) -> None:
    file, out = acute(), tmp_path / "errors.xlsx"
    spoil_most(file)
    code, printed = irf(file, "--errors", out)
    assert code == 3
    assert re.search(r"(?m)^  record +total_cost\.unreadable +3 +0\.00\n.* Rows 4, 5, 6$", printed)
    assert [row[0] for row in sheet(out, "rows to fix")[1:]] == ["4", "5", "6"]


def test_declared_corrections_are_applied_before_the_rules(
    irf: Irf, root: Path, copy_of: Callable[[Path], Path], acute: Callable[..., Path]
) -> None:
    file, data = acute({"episode_id": "known error", "main_diagnosis": "ZZZ"}), copy_of(root)
    (data / "reference" / "corrections.csv").write_text(
        "correction,agency,feed,first_period,last_period,where,action,column,value,expects,reason,owner,reported_on\n"
        "twice,nhs-tayside,acute,2025-05,,main_diagnosis = ZZZ,drop,,,1,Sent twice,Data team,2025-06-02\n",
        "utf-8",
    )
    assert "corrected.twice" not in irf(file)[1]
    code, printed = irf(file, data=data)
    assert code == 2
    assert re.search(r"(?m)^  record +corrected\.twice +1 +100\.00\n +Sent twice Row 22$", printed), printed


def test_several_files_each_get_an_answer_and_the_gravest_decides(irf: Irf, acute: Callable[..., Path], tmp_path: Path) -> None:
    first = acute()
    second = write_acute(tmp_path / "2" / "nhs-tayside" / "maternity" / "2025-06.r2.csv", [BROKEN["chi_invalid"]], 0)
    third = tmp_path / "3" / "nhs-tayside" / "acute" / "2025-05.csv"
    third.parent.mkdir(parents=True)
    shutil.copyfile(first, third)
    spoil(third)
    code, printed = irf(first, second)
    assert code == 2
    assert "nhs-tayside, acute, 2025-05: can be used\n" in printed
    assert "nhs-tayside, maternity, 2025-06: can be used" in printed
    assert irf(third, first)[0] == 3


def test_all_of_a_landing_folder_as_a_refresh_would_validate_it(irf: Irf, published: BuildWorld) -> None:
    root = published()
    files = sorted((root / "landing").glob("*/*/2025-05*"))
    assert len(files) > 20
    code, printed = irf(*files, data=root)
    assert code == 2, printed
    for file in files:
        feed, agency = file.parent.name, file.parent.parent.name
        known = json.loads((root / "state" / "submissions" / feed / agency / "2025-05.r0.json").read_text("utf-8"))
        aside = known["outcome"]["quarantined"]
        words = f", {aside:,} {'row' if aside == 1 else 'rows'} set aside" if aside else ""
        assert f"\n  {agency}, {feed}, 2025-05: can be used{words}\n  rows {known['outcome']['rows']:>31,}\n" in printed


# ---- which submission it is ----


def test_a_file_of_any_name_is_told_by_options(irf: Irf, acute: Callable[..., Path], tmp_path: Path) -> None:
    file = tmp_path / "May return (final).csv"
    shutil.copyfile(acute(), file)
    code, printed = irf(file, "--agency", "nhs-tayside", "--feed", "acute", "--period", "2025-05")
    assert code == 0
    assert "nhs-tayside, acute, 2025-05: can be used" in printed


def test_a_path_from_inside_its_folder_is_enough(irf: Irf, acute: Callable[..., Path], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(acute().parent)
    assert irf("2025-05.csv")[0] == 0


@pytest.mark.parametrize(
    ("place", "options", "expected"),
    [
        ("x.csv", [], "so give --agency, --feed, --period"),
        ("x.csv", ["--agency", "angus", "--period", "2025-05"], "so give --feed"),
        ("angus/library_books/2025-05.csv", [], "so give --agency, --feed, --period"),
        ("x.csv", ["--agency", "fife", "--feed", "ledger", "--period", "2025-05"], "no such agency in reference/agencies.csv: fife"),
        ("x.csv", ["--agency", "angus", "--feed", "books", "--period", "2025-05"], "no such feed; known are acute, "),
        ("x.csv", ["--agency", "angus", "--feed", "ledger", "--period", "May"], "--period May: give a month as YYYY-MM"),
        ("angus/acute/2025-05.csv", [], "a council does not send acute"),
        ("nhs-tayside/acute/2025-05.csv", ["--period", "2025-06"], "the path says 2025-05, --period says 2025-06"),
    ],
)  # fmt: skip
def test_what_is_not_known_is_one_line(irf: Irf, tmp_path: Path, place: str, options: list[str], expected: str) -> None:
    file = write_acute(tmp_path / place, [])
    code, printed = irf(file, *options)
    assert code == 1
    assert len(printed.splitlines()) == 1, printed
    assert expected in printed


def test_a_file_that_is_not_there_is_one_line(irf: Irf, tmp_path: Path) -> None:
    code, printed = irf(tmp_path / "gone.csv")
    assert code == 1
    assert len(printed.splitlines()) == 1
    assert "gone.csv" in printed and "does not exist" in printed


def test_a_missing_reference_table_is_one_line(irf: Irf, acute: Callable[..., Path], tmp_path: Path) -> None:
    empty_root = tmp_path / "empty"
    (empty_root / "landing").mkdir(parents=True)
    code, printed = irf(acute(), data=empty_root)
    assert code == 1
    assert printed.startswith("error: reference/agencies.csv is missing")


# ---- the workbook ----


def test_rows_to_fix_are_the_quarantine(irf: Irf, published: BuildWorld, tmp_path: Path) -> None:
    root = published()
    quarantines = [p for p in sorted(root.glob("quarantine/*/*/2025-05.r0.*.parquet")) if pq.read_metadata(p).num_rows > 1]
    assert quarantines
    for number, quarantine in enumerate(quarantines):
        feed, agency = quarantine.parent.parent.name, quarantine.parent.name
        (file,) = (root / "landing" / agency / feed).glob("2025-05*")
        out = tmp_path / f"{number}.xlsx"
        assert irf(file, "--errors", out, data=root)[0] == 2
        head, *rows = sheet(out, "rows to fix")
        fields = [c.name for c in columns(FEEDS[feed].model)]
        assert head == ["row", "what is wrong", *fields, "whole row as sent"]
        sentences = {rule.rule_id: rule.sentence for rule in rules_of(feed)}
        records = pq.read_table(quarantine).to_pylist()
        assert len(rows) == len(records)
        for row, record in zip(rows, records, strict=True):
            sent = json.loads(record["original"])
            assert row[0] == str(record["source_row"])
            assert row[1] == " ".join(sentences[rule_id] for rule_id in record["broken_rules"].split())
            assert row[2:] == [sent[name] or "" for name in fields] + [sent["row_text"] or ""]


def test_summary_and_rules_say_what_the_screen_says(irf: Irf, acute: Callable[..., Path], tmp_path: Path) -> None:
    out = tmp_path / "errors.xlsx"
    assert irf(acute(*BROKEN.values()), "--errors", out)[0] == 2
    assert CalamineWorkbook.from_path(out).sheet_names == ["summary", "by rule", "rows to fix"]
    summary = summary_of(out)
    assert summary["agency"] == "nhs-tayside"
    assert summary["rows"] == str(CLEAN_ROWS + len(BROKEN))
    assert summary["verdict"] == "can be used, 13 rows set aside"
    assert summary["pounds set aside"] == "1,200.00"
    assert "not all rows" not in summary
    assert "cut cells" not in summary
    by_rule = {row[0]: row for row in sheet(out, "by rule")[1:]}
    assert set(by_rule) == set(BROKEN)
    row = CLEAN_ROWS + 2 + list(BROKEN).index("discharge_date.unreadable")
    assert by_rule["discharge_date.unreadable"][3:] == ["1", "100.00", str(row)]


def test_no_cell_is_run_and_no_identifier_is_mangled(irf: Irf, acute: Callable[..., Path], tmp_path: Path) -> None:
    out = tmp_path / "errors.xlsx"
    risky = ['=HYPERLINK("http://x","y")', "+1", "-1", "@SUM(1)", "http://example.org", "1.23E+09", "_x0041_", "a\nb"]
    changes = [{"total_cost": "?", "stay_id": text, "chi_number": "0101011237", "main_diagnosis": text} for text in risky]
    assert irf(acute(*changes), "--errors", out)[0] == 2
    head, *rows = sheet(out, "rows to fix")
    assert [row[head.index("stay_id")] for row in rows] == risky
    assert {row[head.index("chi_number")] for row in rows} == {"0101011237"}
    with zipfile.ZipFile(out) as archive:
        assert not [name for name in archive.namelist() if "externalLink" in name or "sharedStrings" in name]
        sheets = [archive.read(f"xl/worksheets/sheet{i}.xml").decode("utf-8") for i in (1, 2, 3)]
        styles = archive.read("xl/styles.xml").decode("utf-8")
    assert not re.search(r"<f\b|<hyperlink|<v>", "".join(sheets))
    formats = re.findall(r"<xf .*?/?>", styles.split("<cellXfs")[1])
    for text in risky[:4]:
        style = re.search(rf'<c r="\w+" s="(\d+)" t="inlineStr"><is><t>{re.escape(text.replace("<", "&lt;"))}<', sheets[2])
        assert style, text
        assert 'quotePrefix="1"' in formats[int(style[1])]


def test_a_tab_or_a_return_in_front_is_quoted_too(tmp_path: Path, irf: Irf, acute: Callable[..., Path]) -> None:
    out = tmp_path / "errors.xlsx"
    file = acute()
    lines = file.read_text("utf-8").splitlines()
    file.write_text("\n".join([*lines, "\t=1+1,too few fields", '"\r=2+2",too few fields']) + "\n", "utf-8")
    irf(file, "--errors", out)
    whole = [row[-1] for row in sheet(out, "rows to fix")[1:]]
    assert any(text.startswith("\t=1+1") for text in whole), whole
    with zipfile.ZipFile(out) as archive:
        assert "<f>" not in archive.read("xl/worksheets/sheet3.xml").decode("utf-8")


def test_the_workbook_is_its_owners_alone(irf: Irf, acute: Callable[..., Path], tmp_path: Path) -> None:
    out = tmp_path / "errors.xlsx"
    irf(acute(), "--errors", out)
    assert out.stat().st_mode & 0o777 == 0o600


def test_the_same_file_makes_the_same_workbook(irf: Irf, acute: Callable[..., Path], tmp_path: Path) -> None:
    file = acute(*BROKEN.values())
    for name in ("a.xlsx", "b.xlsx"):
        irf(file, "--errors", tmp_path / name)
    assert (tmp_path / "a.xlsx").read_bytes() == (tmp_path / "b.xlsx").read_bytes()


def test_nothing_is_overwritten(irf: Irf, acute: Callable[..., Path], tmp_path: Path) -> None:
    out = tmp_path / "errors.xlsx"
    out.write_text("mine", "utf-8")
    code, printed = irf(acute(), "--errors", out)
    assert code == 1
    assert "is there already" in printed
    assert out.read_text("utf-8") == "mine"


@pytest.mark.parametrize(
    ("name", "expected"), [("errors.csv", "must end in .xlsx"), ("gone/errors.xlsx", "there is no folder")]
)
def test_a_workbook_that_cannot_be_written_is_one_line(
    irf: Irf, acute: Callable[..., Path], tmp_path: Path, name: str, expected: str
) -> None:
    code, printed = irf(acute(), "--errors", tmp_path / name)
    assert code == 1
    assert expected in printed
    assert len(printed.splitlines()) == 1


def test_a_workbook_is_for_one_file(irf: Irf, acute: Callable[..., Path], tmp_path: Path) -> None:
    out = tmp_path / "errors.xlsx"
    code, printed = irf(acute(), acute(), "--errors", out)
    assert code == 1
    assert "goes back to one agency" in printed
    assert not out.exists()


def test_a_full_disk_leaves_no_half_a_workbook(
    irf: Irf, acute: Callable[..., Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*arguments: object) -> int:
        raise OSError(28, "No space left on device")

    out = tmp_path / "errors.xlsx"
    monkeypatch.setattr(error_workbook, "_write_rows", full)
    code, printed = irf(acute(), "--errors", out)
    assert code == 1
    assert "No space left on device" in printed
    assert not out.exists()


def test_rows_beyond_a_sheet_are_counted(
    irf: Irf, acute: Callable[..., Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(error_workbook, "SHEET_ROWS", 4)
    monkeypatch.setattr(error_workbook, "BATCH_ROWS", 2)
    out = tmp_path / "errors.xlsx"
    irf(acute(*[BROKEN["discharge_date.unreadable"]] * 5), "--errors", out)
    assert [row[0] for row in sheet(out, "rows to fix")] == ["row", "22", "23", "24"]
    assert summary_of(out)["not all rows"] == "2 more rows to fix have no room in a sheet of 4 rows."


def test_a_cell_beyond_its_size_is_counted(irf: Irf, acute: Callable[..., Path], tmp_path: Path) -> None:
    out = tmp_path / "errors.xlsx"
    irf(acute({"total_cost": "?", "stay_id": "x" * 40_000}), "--errors", out)
    assert "1 cells are cut after the 32,767 characters" in summary_of(out)["cut cells"]


# ---- nothing is told, nothing is kept ----


def test_nothing_identifying_is_printed(irf: Irf, world: BuildWorld, tmp_path: Path) -> None:
    root = world("heavy")
    files = sorted((root / "landing").glob("*/*/2025-05*"))
    printed = "".join(irf(file, "--errors", tmp_path / f"{i}.xlsx", data=root)[1] for i, file in enumerate(files))
    checked = 0
    for file in files:
        if not file.name.endswith(".csv"):
            continue
        named = [c.name for c in columns(FEEDS[file.parent.name].model) if c.identifying]
        for row in rows_of(file):
            for value in (row.get(name) or "" for name in named):
                # A shorter text, or a plain word of the report, would be found by chance.
                if len(value) > 4 and not value.isalpha():
                    checked += 1
                    assert value not in printed, "a value of a record was printed"
    assert checked > 1_000


def test_the_folder_of_the_check_is_private_and_goes(
    irf: Irf, acute: Callable[..., Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    bench = tmp_path / "bench"
    bench.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(bench))
    modes = []

    def seen(landed: object, out: Path) -> int:
        modes.append([folder.stat().st_mode & 0o777 for folder in (out.parent, out.parent.parent)])
        raise KeyError("0101011237")

    monkeypatch.setattr(validate, "write_raw", seen)
    code, printed = irf(acute())
    assert code == 1
    assert "0101011237" not in printed
    assert modes == [[0o700, 0o700]]
    assert list(bench.iterdir()) == []


def test_no_clock_is_in_the_workbook(irf: Irf, acute: Callable[..., Path], tmp_path: Path) -> None:
    out = tmp_path / "errors.xlsx"
    irf(acute(*BROKEN.values()), "--errors", out)
    with zipfile.ZipFile(out) as archive:
        assert "2000-01-01T00:00:00Z" in archive.read("docProps/core.xml").decode("utf-8")
        assert {info.date_time[0] for info in archive.infolist()} == {1980}
