"""Declared corrections: what a row may say, what each action does to records, and that no row or pound leaves."""

import csv
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from pipelines.engine.errors import IrfError
from pipelines.ingest.landing import Landed, sha256_of
from pipelines.ingest.raw import write_raw
from pipelines.ingest.reading.refused import Refused
from pipelines.ingest.reference import typed_table
from pipelines.ingest.staging import Rules, stage, take_raw
from pipelines.ingest.validating.corrected import Corrected
from pipelines.ingest.validating.corrections import Correction, read_corrections
from pipelines.ingest.validating.group import Files
from pipelines.ingest.validating.outcome import Outcome
from pipelines.ingest.validating.validate import validate
from pipelines.warehouse.root import DataRoot
from schemas.reference import OPTIONAL, REFERENCE
from schemas.table import arrow_schema, columns
from tests import REPOSITORY

Row = dict[str, str]
KINDS = {"nhs-tayside": "nhs_board", "angus": "council"}
HEADER = [c.name for c in columns(OPTIONAL["corrections"])]
DROP: Row = {
    "correction": "C1", "agency": "angus", "feed": "home_care", "first_period": "2025-04", "last_period": "2025-06",
    "where": "provider_type = ???", "action": "drop", "reason": "test records of the supplier", "owner": "finance",
    "reported_on": "2025-07-01",
}  # fmt: skip
SCALE = DROP | {"correction": "C2", "where": "hours > 100", "action": "scale", "column": "gross_cost", "value": "0.5"}
OVERRIDE = DROP | {
    "correction": "C3", "where": "month < 2025-05-01 and reablement = 0", "action": "override", "column": "reablement", "value": "9",
}  # fmt: skip
CARE = [
    {"service_id": "1", "social_care_id": "A1", "month": "2025-04-01", "hours": "10", "service_type": "1",
     "provider_type": "???", "reablement": "0", "gross_cost": "100.00"},
    {"service_id": "2", "social_care_id": "A2", "month": "2025-05-01", "hours": "120.5", "service_type": "2",
     "provider_type": "2", "reablement": "0", "gross_cost": "2000.01"},
    {"service_id": "3", "social_care_id": "A3", "month": "2025-05-01", "hours": "200", "service_type": "2",
     "provider_type": "2", "reablement": "1", "gross_cost": "-0.01"},
    {"service_id": "4", "social_care_id": "A4", "month": "2025-04-01", "hours": "many", "service_type": "2",
     "provider_type": "", "reablement": "0", "gross_cost": ""},
    {"service_id": "5", "social_care_id": "A5", "month": "2025-05-01", "hours": "101", "service_type": "2",
     "provider_type": "1", "reablement": "0", "gross_cost": ""},
]  # fmt: skip


Declared = Callable[..., list[Correction]]
Validate = Callable[..., "Validation"]


@pytest.fixture
def declared(tmp_path: Path, reading: duckdb.DuckDBPyConnection) -> Declared:
    """What a corrections.csv with these rows says."""

    def of(*rows: Row) -> list[Correction]:
        source = tmp_path / "corrections.csv"
        with source.open("w", encoding="utf-8", newline="") as file:
            writer = csv.DictWriter(file, HEADER, restval="")
            writer.writeheader()
            writer.writerows(rows)
        return read(reading, source)

    return of


def read(connection: duckdb.DuckDBPyConnection, source: Path) -> list[Correction]:
    table = typed_table(connection, source, OPTIONAL["corrections"])
    pq.write_table(table, source.with_suffix(".parquet"))
    return read_corrections(source.with_suffix(".parquet"), KINDS)


@pytest.fixture
def postcodes(tmp_path: Path) -> Path:
    file = tmp_path / "postcodes.parquet"
    pq.write_table(arrow_schema(REFERENCE["postcodes"]).empty_table(), file)
    return file


def land(folder: Path, rows: list[Row] = CARE) -> Landed:
    path = folder / "home_care.csv"
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)
    return Landed("angus", "home_care", "2025-05", 0, path, sha256_of(path))


class Validation:
    """The test's submission, validated with some corrections."""

    def __init__(
        self,
        connection: duckdb.DuckDBPyConnection,
        folder: Path,
        postcodes: Path,
        corrections: list[Correction],
        rows: list[Row],
    ) -> None:
        landed = land(folder, rows)
        raw, staged, quarantine = (folder / layer / "home_care.parquet" for layer in ("raw", "staged", "quarantine"))
        write_raw(landed, raw)
        self.outcome: Outcome = validate(connection, Files(landed, raw, staged, quarantine), postcodes, corrections)
        self.accepted: dict[str, dict] = {r["service_id"]: r for r in pq.read_table(staged).to_pylist()}
        self.quarantined: dict[str, dict] = {r["service_id"]: r for r in pq.read_table(quarantine).to_pylist()}

    def column(self, name: str) -> dict[str, object]:
        return {key: row[name] for key, row in self.accepted.items()}


@pytest.fixture
def validation(reading: duckdb.DuckDBPyConnection, tmp_path: Path, postcodes: Path, declared: Declared) -> Validate:
    """Validates records with the corrections of these rows."""

    def validated(*corrections: Row, rows: list[Row] = CARE) -> Validation:
        return Validation(reading, tmp_path, postcodes, declared(*corrections), rows)

    return validated


def test_nothing_declared_changes_nothing(validation: Validate) -> None:
    validated = validation()
    assert (set(validated.accepted), set(validated.quarantined)) == ({"1", "2", "3", "5"}, {"4"})
    assert validated.outcome.corrected == {}


def test_a_dropped_record_is_quarantined_with_its_pounds_and_its_text(validation: Validate) -> None:
    before, now = validation().outcome, validation(DROP)
    assert set(now.quarantined) == {"1", "4"}
    assert now.quarantined["1"]["broken_rules"] == "corrected.C1"
    assert '"provider_type":"???"' in now.quarantined["1"]["original"]
    assert (now.outcome.rows, now.outcome.accepted, now.outcome.quarantined) == (5, 3, 2)
    assert now.outcome.pounds_read == before.pounds_read == Decimal("2100.00")
    assert now.outcome.pounds_quarantined == Decimal("100.00")
    assert now.outcome.corrected == {"C1": Corrected(1, Decimal("100.00"), Decimal("100.00"))}
    assert (now.outcome.rules["corrected.C1"].severity, now.outcome.rules["corrected.C1"].failed) == ("record", 1)


def test_scale_multiplies_exactly_and_rounds_half_away_from_zero(validation: Validate) -> None:
    validated = validation(SCALE)
    # 2000.01 × 0.5 = 1000.005; −0.01 × 0.5 = −0.005; a blank amount has nothing to scale.
    assert validated.column("gross_cost") == {
        "1": Decimal("100.00"), "2": Decimal("1000.01"), "3": Decimal("-0.01"), "5": None,
    }  # fmt: skip
    assert validated.outcome.corrected == {"C2": Corrected(2, Decimal("2000.00"), Decimal("1000.00"))}
    assert validated.outcome.pounds_read == Decimal("1100.00")
    assert (validated.outcome.rules["corrected.C2"].severity, validated.outcome.rules["corrected.C2"].failed) == ("warning", 2)


@pytest.mark.parametrize(
    ("sent", "factor", "becomes"),
    [
        ("999999.99", "0.999999", "999998.99"),
        ("9999999999.99", "0.000001", "10000.00"),
        ("0.05", "-1", "-0.05"),
        ("33.33", "100", "3333.00"),
    ],
)
def test_scale_of_large_small_and_negative(validation: Validate, sent: str, factor: str, becomes: str) -> None:
    row = CARE[1] | {"gross_cost": sent}
    validated = validation(SCALE | {"value": factor}, rows=[row])
    assert validated.column("gross_cost") == {"2": Decimal(becomes)}


def test_quantities_are_scaled_to_their_four_decimals(validation: Validate) -> None:
    validated = validation(SCALE | {"column": "hours", "value": "0.333333"})
    # 120.5 × 0.333333 = 40.1666265 and 200 × 0.333333 = 66.6666.
    assert validated.column("hours") == {
        "1": Decimal(10), "2": Decimal("40.1666"), "3": Decimal("66.6666"), "5": Decimal("33.6666"),
    }  # fmt: skip


def test_override_puts_a_value_and_sees_no_record_that_has_it(validation: Validate) -> None:
    validated = validation(OVERRIDE, OVERRIDE | {"correction": "C4"})
    assert validated.column("reablement") == {"1": "9", "2": "0", "3": "1", "5": "0"}
    assert validated.quarantined["4"]["reablement"] == "9"
    # The second finds them put right.
    assert {name: found.records for name, found in validated.outcome.corrected.items()} == {"C3": 2, "C4": 0}


def test_override_mends_what_could_not_be_read_and_the_original_stays(validation: Validate, tmp_path: Path) -> None:
    mended = OVERRIDE | {"where": "service_id = 4", "column": "hours", "value": "12.5"}
    validated = validation(mended)
    assert validated.accepted["4"]["hours"] == Decimal("12.5000")
    assert validated.quarantined == {}
    raw = pq.read_table(tmp_path / "raw" / "home_care.parquet").to_pylist()
    assert [row["hours"] for row in raw] == [row["hours"] for row in CARE]


def test_override_by_blank_leaves_no_value(validation: Validate) -> None:
    validated = validation(OVERRIDE | {"where": "hours >= 200", "column": "gross_cost", "value": "blank"})
    assert validated.accepted["3"]["gross_cost"] is None
    assert validated.outcome.corrected == {"C3": Corrected(1, Decimal("-0.01"), Decimal("0.00"))}
    assert validated.outcome.pounds_read == Decimal("2100.01")


def test_corrections_follow_one_another_and_a_dropped_record_is_left_alone(validation: Validate) -> None:
    everybody = {"where": "hours > 0", "correction": "C5"}
    validated = validation(SCALE, DROP | {"where": "hours = 200"}, SCALE | everybody)
    assert validated.column("gross_cost") == {"1": Decimal("50.00"), "2": Decimal("500.01"), "5": None}
    assert validated.quarantined["3"]["gross_cost"] == Decimal("-0.01")
    assert validated.outcome.corrected == {
        "C2": Corrected(2, Decimal("2000.00"), Decimal("1000.00")),
        "C1": Corrected(1, Decimal("-0.01"), Decimal("-0.01")),
        "C5": Corrected(2, Decimal("1100.01"), Decimal("550.01")),
    }


def test_of_two_records_with_one_key_a_dropped_one_makes_no_duplicate(validation: Validate) -> None:
    twice = [*CARE[:3], CARE[0] | {"provider_type": "2"}]
    assert "1" in validation(rows=twice).quarantined
    validated = validation(DROP, rows=twice)
    assert validated.accepted["1"]["provider_type"] == "2"
    assert validated.quarantined["1"]["broken_rules"] == "corrected.C1"


def test_dropping_most_records_on_purpose_does_not_refuse_the_file(validation: Validate) -> None:
    validated = validation(DROP | {"where": "month >= 2025-04-01"})
    assert (validated.outcome.accepted, validated.outcome.quarantined, validated.outcome.dropped) == (0, 5, 5)
    with pytest.raises(Refused):
        validation(rows=[CARE[3]])


@pytest.mark.parametrize(
    ("where", "found"),
    [
        ("service_type = 2", "2345"), ("service_type <> 2", "1"), ("provider_type = blank", "4"), ("provider_type <> blank", "1235"),
        ("hours = 120.5", "2"), ("hours = '120.5'", "2"), ("hours <= 101", "15"), ("hours < 101", "1"), ("hours >= 120.50", "23"),
        # A value that cannot be read is neither blank nor any number; a blank one is no number.
        ("hours = blank", ""), ("hours <> 10", "235"), ("gross_cost = blank", "45"), ("gross_cost <> 100", "23"),
        ("month > 2025-04-30 and hours > 101 and reablement = 0", "2"), ("provider_type = 'a and b = c'", ""),
    ],
)  # fmt: skip
def test_conditions(validation: Validate, where: str, found: str) -> None:
    validated = validation(DROP | {"where": where})
    assert {key for key, row in validated.quarantined.items() if "corrected.C1" in row["broken_rules"]} == set(found)


@pytest.mark.parametrize(
    ("changed", "problem"),
    [
        *(({column: ""}, f"{column} is blank") for column in (
            "correction", "agency", "feed", "first_period", "where", "action", "reason", "owner", "reported_on")),
        ({"correction": "C 1"}, "correction may hold letters"),
        ({"agency": "fife"}, "no such agency"),
        ({"feed": "acute"}, "the agency sends no such feed"),
        ({"feed": "library_books"}, "the agency sends no such feed"),
        ({"action": "delete"}, "action must be one of drop, override, scale"),
        ({"first_period": "2025-13"}, "periods must be YYYY-MM"),
        ({"last_period": "2025"}, "periods must be YYYY-MM"),
        ({"last_period": "2025-03"}, "last_period is before first_period"),
        ({"expects": "0"}, "expects must be a whole number from 1"),
        ({"expects": "some"}, "expects must be a whole number from 1"),
        ({"reported_on": "soon"}, "a day must be written as YYYY-MM-DD"),
        ({"column": "hours"}, "drop takes neither column nor value"),
        ({"value": "1"}, "drop takes neither column nor value"),
        ({"where": "hours > 1 or hours < 2"}, "where must be column, comparison"),
        ({"where": "hours > 1; DROP TABLE x"}, "the value for hours must be a number"),
        ({"where": "hours > (SELECT 1)"}, "the value for hours must be a number"),
        ({"where": "provider_type = 'a' OR 1 = 1"}, "where must be column, comparison"),
        ({"where": "provider_type = 'a' and"}, "where must be column, comparison"),
        ({"where": "hours > 1, hours < 2"}, "where must be column, comparison"),
        ({"where": "provider_type = a'b"}, "where must be column, comparison"),
        ({"where": "provider_type LIKE 2"}, "where must be column, comparison"),
        ({"where": "provider_type = "}, "where must be column, comparison"),
        ({"where": "hours > 1 and"}, "the value for hours must be a number"),
        ({"where": "read_text('x') = 1"}, "where must be column, comparison"),
        ({"where": "minutes > 1"}, "the feed has no column minutes"),
        ({"where": "hours > 1.23456"}, "the value for hours must be a number with at most 4 decimals"),
        ({"where": "month = 01/04/2025"}, "a day must be written as YYYY-MM-DD"),
        ({"where": "provider_type > 1"}, "provider_type is text"),
        ({"where": "hours > blank"}, "blank can only be compared"),
        ({"where": "social_care_id = A1"}, "social_care_id identifies people"),
        (SCALE | {"column": ""}, "column is blank"),
        (SCALE | {"value": ""}, "scale needs a value"),
        (SCALE | {"value": "0"}, "the factor of scale must be"),
        (SCALE | {"value": "half"}, "the factor of scale must be"),
        (SCALE | {"value": "1e3"}, "the factor of scale must be"),
        (SCALE | {"column": "provider_type"}, "provider_type is no amount or quantity"),
        (SCALE | {"column": "month"}, "month is part of the record's key and cannot be changed"),
        (OVERRIDE | {"value": ""}, "override needs a value"),
        (OVERRIDE | {"column": "service_id"}, "service_id is part of the record's key"),
        (OVERRIDE | {"column": "social_care_id"}, "social_care_id identifies people"),
        (OVERRIDE | {"column": "hours", "value": "blank"}, "hours is required and cannot be made blank"),
        (OVERRIDE | {"column": "hours", "value": "many"}, "the value for hours must be a number"),
        (OVERRIDE | {"column": "gross_cost", "value": "1.234"}, "the value for gross_cost must be a number with at most 2"),
    ],
)  # fmt: skip
def test_a_bad_declaration_is_one_line_that_names_its_row(declared: Declared, changed: Row, problem: str) -> None:
    good = DROP | {"correction": "C0"}
    with pytest.raises(IrfError) as refused:
        declared(good, DROP | changed)
    text = str(refused.value)
    name = (DROP | changed)["correction"] or "without a name"
    assert text.startswith(f"reference/corrections.csv: row 3 ({name}): {problem}")
    assert "\n" not in text


@pytest.mark.parametrize("again", ["C1", "c1"])
def test_a_name_may_stand_once_in_any_case(declared: Declared, again: str) -> None:
    with pytest.raises(IrfError, match=rf"row 3 \({again}\): a correction of this name is above it"):
        declared(DROP, SCALE | {"correction": again})


def test_a_missing_column_is_named(reading: duckdb.DuckDBPyConnection, tmp_path: Path) -> None:
    (tmp_path / "corrections.csv").write_text("correction,agency\nC1,angus\n", "utf-8")
    with pytest.raises(IrfError, match=r"corrections\.csv: column missing: feed, first_period"):
        read(reading, tmp_path / "corrections.csv")


def test_a_moment_can_be_compared(declared: Declared) -> None:
    seen = DROP | {"agency": "nhs-tayside", "feed": "emergency", "where": "arrival_datetime < 2025-04-01 08:00"}
    (correction,) = declared(seen)
    assert correction.where[0].value == "2025-04-01 08:00:00"
    with pytest.raises(IrfError, match="must be a moment"):
        declared(seen | {"where": "arrival_datetime < 2025-04-01 08:00+01:00"})


def test_no_rows_are_no_corrections(declared: Declared) -> None:
    assert declared() == []


@pytest.mark.parametrize(
    ("agency", "feed", "period", "applies"),
    [
        ("angus", "home_care", "2025-04", True), ("angus", "home_care", "2025-06", True),
        ("angus", "home_care", "2025-03", False), ("angus", "home_care", "2025-07", False),
        ("angus", "payments", "2025-05", False), ("dundee-city", "home_care", "2025-05", False),
    ],
)  # fmt: skip
def test_only_the_submissions_it_names_are_corrected(
    declared: Declared, agency: str, feed: str, period: str, applies: bool
) -> None:
    (correction,) = declared(DROP)
    assert correction.applies_to(agency, feed, period) is applies
    (open_ended,) = declared(DROP | {"last_period": ""})
    assert open_ended.applies_to("angus", "home_care", "2099-01")


def test_a_changed_correction_is_validated_again_and_another_submissions_is_not(
    declared: Declared, tmp_path: Path, postcodes: Path
) -> None:
    root = DataRoot(tmp_path)
    root.prepare()
    landed = land(tmp_path)
    take_raw(landed, root)

    def staged() -> list[tuple[str, int]]:
        return [(file.name, file.stat().st_mtime_ns) for file in root.folder("staged").rglob("home_care/*/*.parquet")]

    def validated_with(*rows: Row) -> tuple[int, bool]:
        """Accepted records, and whether the submission was validated anew, its one file another then."""
        was = staged()
        (submission,) = stage([landed], root, Rules(postcodes, declared(*rows)))
        assert [name for name, _ in staged()] == [submission.file.split("/")[-1]]
        return submission.outcome.accepted, staged() != was

    assert validated_with() == (4, True)
    assert validated_with() == (4, False)
    assert validated_with(DROP) == (3, True)
    assert validated_with(DROP) == (3, False)
    assert validated_with(DROP, SCALE | {"feed": "payments", "where": "gross_amount > 1", "column": "gross_amount"}) == (
        3,
        False,
    )
    assert validated_with(DROP | {"where": "hours > 0"}) == (0, True)
    assert validated_with() == (4, True)


def test_what_was_found_is_remembered_with_its_outcome(declared: Declared, tmp_path: Path, postcodes: Path) -> None:
    root = DataRoot(tmp_path)
    root.prepare()
    landed = land(tmp_path)
    take_raw(landed, root)
    corrections = declared(DROP, SCALE)
    (first,), (again,) = ([s.outcome for s in stage([landed], root, Rules(postcodes, corrections))] for _ in range(2))
    assert again == first
    assert again.corrected["C2"] == Corrected(2, Decimal("2000.00"), Decimal("1000.00"))


def test_the_example_of_the_document_is_understood(reading: duckdb.DuckDBPyConnection, tmp_path: Path) -> None:
    document = (REPOSITORY / "docs" / "corrections.md").read_text("utf-8")
    (example,) = [b for b in document.split("```text\n")[1:] if b.startswith("correction,")]
    (tmp_path / "corrections.csv").write_text(example.split("```")[0], "utf-8")
    kinds = {**KINDS, "dundee-city": "council"}
    table: pa.Table = typed_table(reading, tmp_path / "corrections.csv", OPTIONAL["corrections"])
    pq.write_table(table, tmp_path / "corrections.parquet")
    assert {c.action for c in read_corrections(tmp_path / "corrections.parquet", kinds)} == {"drop", "override", "scale"}
    assert all(f"`{name}`" in document for name in HEADER)
