"""Dialects: what an agency's own file becomes, row by row and penny by penny. Every person here is invented."""

import csv
import datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from pipelines.engine.database import open_database
from pipelines.ingest.landing import Landed
from pipelines.ingest.raw import write_raw
from pipelines.ingest.reading.dialect import translated
from pipelines.ingest.reading.refused import Refused
from pipelines.ingest.validating.group import Files
from pipelines.ingest.validating.outcome import Outcome
from pipelines.ingest.validating.validate import validate
from schemas.dialect import FOLDER, read_dialect
from schemas.feeds import FEEDS
from schemas.table import columns
from tests.workbooks import PARTS, sheet, text_rows, write_workbook

DECLARED = sorted(FOLDER.glob("*/*.toml"))


def land(tmp_path: Path, agency: str, feed: str, period: str, rows: list[dict[str, str]]) -> Landed:
    path = tmp_path / f"{period}.csv"
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)
    return Landed(agency, feed, period, 0, path, "a" * 64)


def validated(tmp_path: Path, landed: Landed) -> tuple[Outcome, list[dict[str, Any]], list[dict[str, Any]]]:
    """The outcome, the accepted and the quarantined records of a file."""
    raw, staged, quarantine, postcodes = (tmp_path / f"{n}.parquet" for n in ("raw", "staged", "quarantine", "postcodes"))
    pq.write_table(pa.table({"Postcode": pa.array(["DD1 1AA"])}), postcodes)
    write_raw(landed, raw)
    with open_database(tmp_path) as connection:
        outcome = validate(connection, Files(landed, raw, staged, quarantine), postcodes)
    return outcome, pq.read_table(staged).to_pylist(), pq.read_table(quarantine).to_pylist()


@pytest.mark.parametrize("path", DECLARED, ids=lambda p: f"{p.parent.name}/{p.stem}")
def test_every_declaration_can_be_read_and_gives_what_its_feed_requires(path: Path) -> None:
    dialect = read_dialect(path)
    given = dialect.gives({h.lower() for h in dialect.headers})
    assert {c.name for c in columns(FEEDS[dialect.feed].model) if c.required} <= given


def episode(number: str, month_cost: str) -> dict[str, str]:
    return {
        "Unique Record Identifier": number,
        "CHI": "",
        "Date of Admission(01)": "2025/04/03 00:00:00",
        "Date of Discharge(01)": "2025/05/02 00:00:00",
        "Inpatient Day Case Identifier Code": "IP",
        "Specialty Classificat. 1/4/97 Code": "A1",
        "Treatment Location Code": "T101H",
        "GLS Record": "N",
        "Geo Postcode [C]": "DD1 1AA",
        "Total Net Costs (01)": month_cost,
    }


def test_the_rows_of_an_episode_are_its_parts(tmp_path: Path) -> None:
    """Each is validated by itself; the very same row twice counts once."""
    rows = [episode("E1", "1000.10"), episode("E2", "£5.00"), episode("E1", "0.05"), episode("", "7"), episode("E3", ""),
            episode("E1", "1,000.10"), episode("E1", "TBC")]  # fmt: skip
    outcome, accepted, quarantined = validated(tmp_path, land(tmp_path, "nhs-tayside", "acute", "2025-05", rows))
    assert [(r["record_key"], r["part"], r["total_cost"], r["source_row"]) for r in accepted] == [
        ("E1", "2", Decimal("1000.10"), 2),
        ("E2", "1", Decimal("5.00"), 3),
        ("E1", "1", Decimal("0.05"), 4),
        ("E3", "1", None, 6),
    ]
    assert [(r["record_key"], r["total_cost"], r["broken_rules"]) for r in quarantined] == [
        (None, Decimal("7.00"), "episode_id.missing"),
        ("E1", Decimal("1000.10"), "duplicate_row"),
        ("E1", None, "total_cost.unreadable"),
    ]
    assert (outcome.rows, outcome.accepted, outcome.quarantined) == (7, 4, 3)
    assert outcome.pounds_read - outcome.pounds_quarantined == Decimal("1005.15")


def test_a_cost_month_comes_once_in_a_file(tmp_path: Path) -> None:
    def of_month(number: str, pounds: str) -> dict[str, str]:
        return episode("E1", pounds) | {"Costs Financial Year (01)": "2025", "Costs Financial Month Number (01)": number}

    rows = [
        of_month("1", "10"),
        of_month("2", "10"),
        of_month("2", "20"),
        of_month("1", "10.00"),
        episode("E2", "1"),
        episode("E3", "1"),
    ]
    _, accepted, quarantined = validated(tmp_path, land(tmp_path, "nhs-tayside", "acute", "2025-05", rows))
    assert [(r["part"], r["total_cost"]) for r in accepted[:2]] == [("2025 1", Decimal("10.00")), ("2025 2", Decimal("10.00"))]
    assert [(r["total_cost"], r["broken_rules"]) for r in quarantined] == [
        (Decimal("20.00"), "duplicate_key"),
        (Decimal("10.00"), "duplicate_row"),
    ]


def test_emergency_days_and_times_come_together_and_the_first_postcode_counts(tmp_path: Path) -> None:
    row = {"Case Reference Number [C]": "A1", "CHI": "", "Arrival Date": "2025/04/03 00:00:00", "Arrival Time": "23:45",
           "DAT Date": "2025/04/04 00:00:00", "DAT Time": "01:05", "Treatment Location Code": "T101H",
           "Postcode (CHI) [C]": "", "Postcode (epi) [C]": "DD1 1AA"}  # fmt: skip
    dummy = {"Case Reference Number [C]": "A2", "Postcode (CHI) [C]": "NK01 0AA"}
    both = {"Case Reference Number [C]": "A3", "Postcode (CHI) [C]": "ZZ61 1ZZ", "Postcode (epi) [C]": "NK010AA"}
    _, accepted, _ = validated(tmp_path, land(tmp_path, "nhs-tayside", "emergency", "2025-04", [row, row | dummy, row | both]))
    # A dummy one lets the next speak, and stands where that is none either.
    assert [r["postcode"] for r in accepted] == ["DD11AA", "DD11AA", "ZZ611ZZ"]
    assert str(accepted[0]["arrival_datetime"]) == "2025-04-03 23:45:00"
    assert str(accepted[0]["departure_datetime"]) == "2025-04-04 01:05:00"


def test_several_support_options_are_option_4_and_not_three_costs(tmp_path: Path) -> None:
    head = {"budget_id": "B", "social_care_id": "C1", "month": "2025-04-01"}
    flags = [("1", "0", "0"), ("0", "1", ""), ("1", "0", "1"), ("0", "0", "0")]
    rows = [
        {**head, "budget_id": f"B{i}", **dict(zip(("sds_option_1", "sds_option_2", "sds_option_3"), f, strict=True)),
         "sds_gross_value": "100.00"}
        for i, f in enumerate(flags)
    ]  # fmt: skip
    outcome, accepted, quarantined = validated(tmp_path, land(tmp_path, "angus", "self_directed_support", "2025-04", rows))
    assert [r["option"] for r in accepted] == ["1", "2", "4"]
    assert [r["broken_rules"] for r in quarantined] == ["option.missing"]
    assert outcome.pounds_read == Decimal("400.00")


def package(number: str, quarter: str, **cells: str) -> dict[str, str]:
    blank = dict.fromkeys(
        (
            "Personal Care Hours",
            "Personal Care Cost",
            "Other Care Hours",
            "Other Care Cost",
            "Reablement Hours",
            "Reablement Cost",
        ),
        "",
    )
    given = {k.replace("_", " "): v for k, v in cells.items()}
    return {"Package Ref": number, "Client Ref": f"C{number}", "Provider": "In house", "Quarter": quarter, **blank, **given}


def test_a_wide_row_of_a_quarter_makes_a_record_for_each_service_and_month(tmp_path: Path) -> None:
    rows = [
        package("1", "2025/26 Q1", Personal_Care_Hours="10", Personal_Care_Cost="£1,000.00", Other_Care_Hours="3"),
        package("2", "Q1 2025/26", Reablement_Hours="1", Reablement_Cost="(0.05)"),
    ]
    outcome, accepted, _ = validated(tmp_path, land(tmp_path, "angus", "home_care", "2025-06", rows))
    assert [(r["service_id"], r["part"], str(r["month"]), r["hours"], r["gross_cost"], r["row_count"]) for r in accepted] == [
        ("1", "2", "2025-04-01", Decimal("3.3334"), Decimal("333.34"), 1),
        ("1", "2", "2025-05-01", Decimal("3.3333"), Decimal("333.33"), 0),
        ("1", "2", "2025-06-01", Decimal("3.3333"), Decimal("333.33"), 0),
        ("1", "1", "2025-04-01", Decimal("1.0000"), None, 0),
        ("1", "1", "2025-05-01", Decimal("1.0000"), None, 0),
        ("1", "1", "2025-06-01", Decimal("1.0000"), None, 0),
        ("2", "", "2025-04-01", Decimal("0.3334"), Decimal("-0.02"), 1),
        ("2", "", "2025-05-01", Decimal("0.3333"), Decimal("-0.02"), 0),
        ("2", "", "2025-06-01", Decimal("0.3333"), Decimal("-0.01"), 0),
    ]
    assert {r["service_type"] for r in accepted} == {"2", "1", None}
    assert {r["provider_type"] for r in accepted} == {"1"}
    assert (outcome.rows, outcome.accepted) == (2, 2)
    assert outcome.pounds_read == Decimal("999.95")


@pytest.mark.parametrize("quarter", ["2025 Q0", "2025", "Q5 2025", "spring"])
def test_a_quarter_that_is_none_keeps_its_row_and_its_pounds(tmp_path: Path, quarter: str) -> None:
    rows = [package("1", quarter, Personal_Care_Hours="9", Personal_Care_Cost="90.00")]
    rows += [package(str(n), "2025/26 Q1", Personal_Care_Hours="1", Personal_Care_Cost="1") for n in (2, 3)]
    outcome, _, quarantined = validated(tmp_path, land(tmp_path, "angus", "home_care", "2025-06", rows))
    assert [(r["broken_rules"], r["gross_cost"], r["row_count"]) for r in quarantined] == [
        ("month.unreadable", Decimal("90.00"), 1)
    ]
    assert (outcome.rows, outcome.quarantined, outcome.pounds_quarantined) == (3, 1, Decimal("90.00"))


def test_a_wide_row_without_any_service_is_validated_and_not_lost(tmp_path: Path) -> None:
    rows = [package("1", "2025/26 Q1"), package("2", "2025/26 Q1", Other_Care_Hours="3", Other_Care_Cost="1.00"),
            package("3", "2025/26 Q1", Other_Care_Hours="3", Other_Care_Cost="1.00")]  # fmt: skip
    outcome, _, quarantined = validated(tmp_path, land(tmp_path, "angus", "home_care", "2025-06", rows))
    assert {r["broken_rules"] for r in quarantined} == {"hours.missing"}
    assert (outcome.rows, outcome.accepted, outcome.quarantined) == (3, 2, 1)


def test_a_quarterly_payment_is_a_span_of_days(tmp_path: Path) -> None:
    row = {"Invoice Line": "I1", "Swift No": "P1", "Ledger Code": "1010", "Period": "2025-26 Q4", "Gross £": "£1,234.50-",
           "Contribution £": "", "Supplier": "Somebody Ltd"}  # fmt: skip
    outcome, accepted, _ = validated(tmp_path, land(tmp_path, "perth-kinross", "payments", "2026-03", [row]))
    assert (accepted[0]["period_from"], accepted[0]["period_to"]) == (datetime.date(2026, 1, 1), datetime.date(2026, 3, 31))
    assert outcome.pounds_read == Decimal("-1234.50")


HOMES = [
    "Placement",
    "Person ID",
    "From",
    "To",
    "Nursing?",
    "Kind of stay",
    "Home",
    "Home Postcode",
    "Sector",
    "Weekly £",
    "Client pays £",
]


def stay(number: str, day: str) -> list[str]:
    return [number, "D1", day, "", "Yes", "Long term", "The Manse", "DD1 1AA", "2", "£931.20", "100.00"]


def workbook(tmp_path: Path, sheets: dict[str, list[list[str]]]) -> Landed:
    path = tmp_path / "2025-04.xlsx"
    (first, first_rows), (second, second_rows) = sheets.items()
    named = PARTS["xl/workbook.xml"].replace("First", first).replace("Second", second)
    further = {"xl/workbook.xml": named, "xl/worksheets/sheet1.xml": sheet(text_rows(second_rows))}
    write_workbook(path, sheet(text_rows(first_rows)), further)
    return Landed("dundee-city", "care_home", "2025-04", 0, path, "b" * 64)


def test_the_sheets_of_a_workbook_are_read_one_after_another(tmp_path: Path) -> None:
    landed = workbook(tmp_path, {
        "Council homes": [HOMES, stay("S1", "01-Apr-25"), stay("S2", "2-Apr-25")],
        "Independent homes": [HOMES, stay("S3", "03-apr-2025"), stay("S4", "31-Jun-25"), stay("S5", "04-Apr-25")],
    })  # fmt: skip
    outcome, accepted, quarantined = validated(tmp_path, landed)
    assert [(r["stay_id"], str(r["admission_date"]), r["source_row"]) for r in accepted] == [
        ("S1", "2025-04-01", 2), ("S2", "2025-04-02", 3), ("S3", "2025-04-03", 5), ("S5", "2025-04-04", 7),
    ]  # fmt: skip
    assert {(r["nursing_care"], r["admission_type"], r["gross_weekly_cost"]) for r in accepted} == {
        ("1", "3", Decimal("931.20"))
    }
    assert [r["broken_rules"] for r in quarantined] == ["admission_date.unreadable"]
    assert outcome.rows == 5


def test_a_workbook_that_lacks_one_of_its_sheets_is_refused(tmp_path: Path) -> None:
    landed = workbook(tmp_path, {"Council homes": [HOMES, stay("S1", "01-Apr-25")], "Notes": [["x"]]})
    with pytest.raises(Refused, match="worksheet missing: Independent homes"):
        write_raw(landed, tmp_path / "raw.parquet")


def test_sheets_with_unlike_headers_are_refused(tmp_path: Path) -> None:
    landed = workbook(
        tmp_path,
        {"Council homes": [HOMES, stay("S1", "01-Apr-25")], "Independent homes": [HOMES[::-1], stay("S2", "01-Apr-25")]},
    )
    with pytest.raises(Refused, match="Independent homes has another header"):
        write_raw(landed, tmp_path / "raw.parquet")


def test_a_year_of_two_digits_is_never_after_the_period_for_a_birth(tmp_path: Path) -> None:
    place = tmp_path / "somewhere" / "clients.toml"
    place.parent.mkdir()
    place.write_text('date_formats = ["%d-%b-%y"]\n[columns]\nsocial_care_id = "ID"\ndate_of_birth = "Born"\n', "utf-8")
    batch = pa.table(
        {"id": ["1", "2"], "born": ["03-Apr-40", "30-Mar-25"], "source_row": [1, 2], "row_text": pa.nulls(2, pa.string())}
    )
    (found,) = translated([batch], read_dialect(place), datetime.date(2025, 4, 30))
    assert found["date_of_birth"].to_pylist() == ["1940-04-03", "2025-03-30"]


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("[columns]\nnames = 'x'\n", "clients has no column names"),
        ("colums = 1\n", "no such entry: colums"),
        ("[[record]]\ncolumns = { sex = 'x' }\n[[record]]\ncolumns = { sex = 'y' }\n", "must differ in one of social_care_id"),
        ("[columns]\nsex = { sideways = 'x' }\n", "cannot be understood"),
        ("this is not toml", "cannot be understood"),
    ],
)
def test_a_wrong_declaration_says_which_file_and_what(tmp_path: Path, text: str, says: str) -> None:
    place = tmp_path / "angus" / "clients.toml"
    place.parent.mkdir()
    place.write_text(text, "utf-8")
    with pytest.raises(ValueError, match=r"schemas/dialects/angus/clients\.toml") as error:
        read_dialect(place)
    assert says in str(error.value)


def test_the_canonical_headers_are_accepted_from_an_agency_with_a_dialect(tmp_path: Path) -> None:
    row = {"service_id": "H1", "social_care_id": "C1", "month": "2025-04", "hours": "5", "gross_cost": "9.99"}
    outcome, accepted, _ = validated(tmp_path, land(tmp_path, "angus", "home_care", "2025-04", [row]))
    assert (outcome.rows, accepted[0]["service_id"], accepted[0]["row_count"]) == (1, "H1", 1)


def test_a_file_in_no_known_headers_says_what_is_missing(tmp_path: Path) -> None:
    landed = land(tmp_path, "angus", "home_care", "2025-04", [{"Package Ref": "1", "Quarter": "2025 Q1"}])
    with pytest.raises(Refused, match=r"required column missing: social_care_id, hours"):
        write_raw(landed, tmp_path / "raw.parquet")


def test_the_example_of_the_document_can_be_read(tmp_path: Path) -> None:
    document = Path(__file__).resolve().parents[2] / "docs" / "dialects.md"
    example = document.read_text("utf-8").split("```toml\n")[1].split("```")[0]
    place = tmp_path / "dundee-city" / "care_home.toml"
    place.parent.mkdir()
    place.write_text(example, "utf-8")
    assert read_dialect(place).sheets == ("Council homes", "Independent homes")
