"""Rules of the feeds of stays, contacts, deaths, delays, budgets and equipment: each seen to bite, from the file on."""

import csv
from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.csv as pa_csv
import pyarrow.parquet as pq
import pytest

from pipelines.ingest.landing import Landed
from pipelines.ingest.raw import write_raw
from pipelines.ingest.reading.refused import Refused
from pipelines.ingest.validating.group import Files
from pipelines.ingest.validating.outcome import Outcome
from pipelines.ingest.validating.validate import BATCH_ROWS, validate
from pipelines.warehouse.root import DataRoot
from schemas.examples import SAYS_OTHERWISE
from schemas.feeds import FEEDS
from schemas.reference import REFERENCE
from schemas.table import arrow_schema

PERIOD = "2025-05"
CHI = "0101011237"
EPISODE = {
    "episode_id": "E1", "chi_number": CHI, "admission_date": "2025-05-02", "discharge_date": "2025-05-09",
    "inpatient_day_case": "I", "specialty_code": "F3", "location_code": "T101H", "geriatric_long_stay": "N",
    "postcode": "DD1 9SY", "total_cost": "3100.00",
}  # fmt: skip
CONTACT = {
    "contact_id": "K1", "chi_number": CHI, "contact_date": "2025-05-02", "duration_minutes": "25", "contact_type": "1",
    "postcode": "DD1 9SY",
}  # fmt: skip
GOOD: dict[str, dict[str, str]] = {
    "maternity": EPISODE,
    "mental_health": EPISODE,
    "gp_out_of_hours": {
        "consultation_id": "C1", "chi_number": CHI, "start_datetime": "2025-05-31 23:59:00",
        "end_datetime": "2025-06-01 00:20:00", "consultation_type": "HOME VISIT", "postcode": "DD1 9SY",
    },
    "community_nursing": CONTACT,
    "community_mental_health": CONTACT,
    "deaths": {"chi_number": CHI, "date_of_death": "2025-05-31", "place_of_death": "home"},
    "delayed_discharge": {
        "delay_id": "D1", "chi_number": CHI, "ready_for_discharge_date": "2025-05-04", "delay_end_date": "2025-05-04",
        "reason_code": "11A",
    },
    "self_directed_support": {
        "budget_id": "B1", "social_care_id": "A1", "month": "2025-05-01", "option": "4", "gross_amount": "400.00",
        "client_contribution": "12.50",
    },
    "equipment": {
        "service_id": "Q1", "social_care_id": "A1", "service_type": "2", "start_date": "2025-05-01", "end_date": "2025-05-01",
    },
}  # fmt: skip

RECORD_RULES = [
    *(
        (feed, column, value, rule)
        for feed in ("maternity", "mental_health")
        for column, value, rule in (
            ("episode_id", "", "episode_id.missing"),
            ("discharge_date", "2025-05-01", "discharge_date.before_admission_date"),
            ("inpatient_day_case", "Inpatient", "inpatient_day_case.unknown_code"),
            ("total_cost", "TBC", "total_cost.unreadable"),
        )
    ),
    ("gp_out_of_hours", "start_datetime", "2025-06-01 00:00:00", "start_datetime.after_period"),
    ("gp_out_of_hours", "end_datetime", "2025-05-31 23:58:59", "end_datetime.before_start_datetime"),
    ("gp_out_of_hours", "consultation_type", "", "consultation_type.missing"),
    *(
        (feed, column, value, rule)
        for feed in ("community_nursing", "community_mental_health")
        for column, value, rule in (
            ("contact_date", "2025-06-01", "contact_date.after_period"),
            ("duration_minutes", "half an hour", "duration_minutes.unreadable"),
        )
    ),
    ("deaths", "chi_number", "", "chi_number.missing"),
    ("deaths", "date_of_death", "", "date_of_death.missing"),
    ("deaths", "date_of_death", "2025-06-01", "date_of_death.after_period"),
    ("delayed_discharge", "delay_end_date", "2025-05-03", "delay_end_date.before_ready_for_discharge_date"),
    ("delayed_discharge", "reason_code", "", "reason_code.missing"),
    ("self_directed_support", "option", "5", "option.unknown_code"),
    ("self_directed_support", "option", "Direct payment", "option.unknown_code"),
    ("self_directed_support", "gross_amount", "", "gross_amount.missing"),
    ("self_directed_support", "social_care_id", "", "social_care_id.missing"),
    ("equipment", "service_type", "3", "service_type.unknown_code"),
    ("equipment", "end_date", "2025-04-30", "end_date.before_start_date"),
]
STARTS = [
    ("maternity", "admission_date", "discharge_date"),
    ("mental_health", "admission_date", "discharge_date"),
    ("delayed_discharge", "ready_for_discharge_date", "delay_end_date"),
    ("equipment", "start_date", "end_date"),
]
WARNINGS = [
    ("maternity", "geriatric_long_stay", "X", "geriatric_long_stay.unknown_code"),
    ("mental_health", "chi_number", "0101011238", "chi_invalid"),
    ("gp_out_of_hours", "chi_number", CHI[1:], "chi_repaired"),
    ("community_nursing", "duration_minutes", "-1", "duration_minutes.implausible"),
    ("community_mental_health", "duration_minutes", "1441", "duration_minutes.implausible"),
    ("community_nursing", "postcode", "NK1 0AA", "postcode_unknown"),
    ("deaths", "chi_number", "0101011238", "chi_invalid"),
    ("delayed_discharge", "chi_number", "0101011238", "chi_invalid"),
]


class Validator:
    """Validates files of one feed in a folder of its own."""

    def __init__(self, folder: Path, reading: duckdb.DuckDBPyConnection) -> None:
        self.reading = reading
        self.root = DataRoot(folder)
        self.root.prepare()
        self.postcodes = folder / "postcodes.parquet"
        schema = arrow_schema(REFERENCE["postcodes"])
        pq.write_table(pa.Table.from_pylist([{"Postcode": "DD1 9SY"}], pa.schema([pa.field(f.name, f.type) for f in schema])),
                       self.postcodes)  # fmt: skip

    def validate(self, feed: str, rows: list[dict[str, str]]) -> tuple[Outcome, list[dict], list[dict]]:
        """The outcome, the accepted rows, the quarantined rows."""
        path = self.root.path / f"{feed}.csv"
        with path.open("w", encoding="utf-8", newline="") as file:
            writer = csv.DictWriter(file, list(rows[0]))
            writer.writeheader()
            writer.writerows(rows)
        landed = Landed("nhs-tayside" if FEEDS[feed].kind == "nhs_board" else "angus", feed, PERIOD, 0, path, "0" * 64)
        outcome, accepted, quarantined = self.validate_file(landed)
        return outcome, accepted.to_pylist(), quarantined.to_pylist()

    def validate_file(self, landed: Landed) -> tuple[Outcome, pa.Table, pa.Table]:
        """The same of a file that is there."""
        layers = ("raw", "staged", "quarantine")
        raw, staged, quarantine = (self.root.path / layer / f"{landed.feed}.parquet" for layer in layers)
        write_raw(landed, raw)
        outcome = validate(self.reading, Files(landed, raw, staged, quarantine), self.postcodes)
        return outcome, pq.read_table(staged), pq.read_table(quarantine)


@pytest.fixture
def validator(tmp_path: Path, reading: duckdb.DuckDBPyConnection) -> Validator:
    return Validator(tmp_path, reading)


def other(feed: str) -> dict[str, str]:
    """A good record with another key, so that a bad one is not half of the file."""
    key = FEEDS[feed].key[0]
    return GOOD[feed] | {key: "0101201234" if key == "chi_number" else GOOD[feed][key] + "2"}


@pytest.mark.parametrize("feed", sorted(GOOD))
def test_a_good_record_breaks_no_rule(validator: Validator, feed: str) -> None:
    outcome, accepted, quarantined = validator.validate(feed, [GOOD[feed]])
    assert (outcome.rows, outcome.accepted, len(accepted), quarantined) == (1, 1, 1, [])
    assert {rule: count.failed for rule, count in outcome.rules.items() if count.failed} == {}
    amount = FEEDS[feed].amount
    assert outcome.pounds_read == (accepted[0][amount] if amount else 0)


@pytest.mark.parametrize(("feed", "column", "value", "rule"), RECORD_RULES)
def test_a_bad_record_goes_to_quarantine_with_its_rule(
    validator: Validator, feed: str, column: str, value: str, rule: str
) -> None:
    outcome, accepted, quarantined = validator.validate(feed, [other(feed), GOOD[feed] | {column: value}])
    assert len(accepted) == 1
    assert [row["broken_rules"].split() for row in quarantined] == [[rule]]
    assert (outcome.rules[rule].severity, outcome.rules[rule].failed) == ("record", 1)


@pytest.mark.parametrize(("feed", "start", "end"), STARTS)
def test_what_is_still_open_may_not_begin_after_the_month_of_the_file(
    validator: Validator, feed: str, start: str, end: str
) -> None:
    last_day, day_after = ({start: day, end: ""} for day in ("2025-05-31", "2025-06-01"))
    _, accepted, quarantined = validator.validate(feed, [other(feed) | last_day, GOOD[feed] | day_after])
    assert (len(accepted), [row["broken_rules"] for row in quarantined]) == (1, [f"{start}.after_period"])


@pytest.mark.parametrize(("feed", "column", "value", "rule"), WARNINGS)
def test_an_odd_record_is_kept_and_counted(validator: Validator, feed: str, column: str, value: str, rule: str) -> None:
    outcome, accepted, _ = validator.validate(feed, [GOOD[feed] | {column: value}])
    assert len(accepted) == 1
    assert {r: (c.severity, c.failed) for r, c in outcome.rules.items() if c.failed} == {rule: ("warning", 1)}


@pytest.mark.parametrize("feed", sorted(GOOD))
def test_a_row_twice_in_one_file_counts_once(validator: Validator, feed: str) -> None:
    outcome, accepted, quarantined = validator.validate(feed, [GOOD[feed], GOOD[feed]])
    assert (len(accepted), [row["broken_rules"] for row in quarantined]) == (1, ["duplicate_row"])
    assert outcome.pounds_read == 2 * (outcome.pounds_read - outcome.pounds_quarantined)


@pytest.mark.parametrize("feed", sorted(GOOD))
def test_of_two_rows_of_one_key_that_say_different_things_one_counts(validator: Validator, feed: str) -> None:
    rows = [GOOD[feed], {**GOOD[feed], **SAYS_OTHERWISE[feed]}]
    _, accepted, quarantined = validator.validate(feed, rows)
    assert (len(accepted), [row["broken_rules"] for row in quarantined]) == (1, ["duplicate_key"])
    assert validator.validate(feed, rows[::-1])[1] == [accepted[0] | {"source_row": 5 - accepted[0]["source_row"]}]


MONTHLY = [(feed, FEEDS[feed].event or "") for feed in sorted(GOOD) if FEEDS[feed].monthly]


@pytest.mark.parametrize(("feed", "event"), MONTHLY)
def test_a_file_without_a_record_of_its_month_is_not_what_its_name_says(validator: Validator, feed: str, event: str) -> None:
    midnight = " 00:00:00" if event.endswith("datetime") else ""
    late = GOOD[feed] | {event: f"2025-04-30{midnight}"}
    with pytest.raises(Refused, match="no record is of the month in the file's name"):
        validator.validate(feed, [late])
    _, accepted, _ = validator.validate(feed, [other(feed), late])
    assert len(accepted) == 2


def test_the_last_moment_of_the_month_is_of_the_month(validator: Validator) -> None:
    _, accepted, _ = validator.validate(
        "gp_out_of_hours", [GOOD["gp_out_of_hours"] | {"start_datetime": "2025-05-31 23:59:59"}]
    )
    assert len(accepted) == 1


def test_stays_may_all_have_begun_before_the_month(validator: Validator) -> None:
    _, accepted, _ = validator.validate("maternity", [EPISODE | {"admission_date": "2025-04-02"}])
    assert len(accepted) == 1


def test_records_of_many_batches_stay_in_the_files_order(validator: Validator, tmp_path: Path) -> None:
    records = 2 * BATCH_ROWS + 1
    file = tmp_path / "long.csv"
    numbers = pa.array(range(records)).cast(pa.string())
    days = pa.repeat("2025-05-02", records)
    pa_csv.write_csv(pa.table({"contact_id": numbers, "contact_date": days}), file)
    landed = Landed("nhs-tayside", "community_nursing", PERIOD, 0, file, "a" * 64)
    outcome, accepted, _ = validator.validate_file(landed)
    assert (outcome.rows, outcome.accepted) == (records, records)
    assert accepted["source_row"].to_pylist() == list(range(2, records + 2))
    assert accepted["contact_id"].equals(pa.chunked_array([numbers]))


def test_of_unequal_prescriptions_without_a_chi_for_one_practice_and_month_one_counts(validator: Validator) -> None:
    """The blank is part of the key, which has no parts."""
    nobody = {"chi_number": "", "paid_month": "2025-05-01", "gp_practice_code": "10001", "paid_items": "1"}
    rows = [nobody | {"gross_ingredient_cost": pounds} for pounds in ("9.00", "3.00", "3.00")]
    rows += [nobody | {"gp_practice_code": f"1000{n}", "gross_ingredient_cost": "1.00"} for n in range(2, 6)]
    for order in (1, -1):
        _, accepted, quarantined = validator.validate("prescribing", rows[::order])
        assert sorted(str(row["gross_ingredient_cost"]) for row in accepted) == ["1.00"] * 4 + ["3.00"]
        assert {row["record_key"] for row in quarantined} == {"|2025-05-01|10001"}
        assert sorted((str(row["gross_ingredient_cost"]), row["broken_rules"]) for row in quarantined) == [
            ("3.00", "duplicate_row"),
            ("9.00", "duplicate_key"),
        ]
