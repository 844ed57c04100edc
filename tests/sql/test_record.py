"""record: the service and the one fate of every row of an activity or payment file."""

import datetime
from decimal import Decimal
from itertools import product
from typing import Any

import pytest

from pipelines.engine.sql import dependencies, read_sql
from schemas.core import CORE
from schemas.feeds import FEEDS
from schemas.table import columns
from tests.sql.sql_case import Row, run

BOARD, COUNCIL = "nhs-tayside", "angus"
ADMISSION_TYPES = [
    {"admission_type_code": "11", "admission": "elective"},
    {"admission_type_code": "30", "admission": "emergency"},
    {"admission_type_code": "42", "admission": "other"},
]


def sent(key: str | None, period: str = "2025-04", row: int = 1, broken: str | None = None, **own: Any) -> Row:
    """A validated row: its own columns and where it came from."""
    agency = own.pop("agency", BOARD)
    return {"agency": agency, "period": period, "record_key": key, "source_file": f"file{period}", "source_row": row,
            "broken_rules": broken, **own}  # fmt: skip


def records(**tables: list[Row]) -> list[Row]:
    """The records of tables named as `staged__acute`."""
    named = {name.replace("__", "."): rows for name, rows in tables.items()}
    return run("core/record", {"reference.admission_types": ADMISSION_TYPES, **named})


def one(**tables: list[Row]) -> Row:
    (record,) = records(**tables)
    return record


@pytest.mark.parametrize(
    ("long_stay", "day_case", "admission_type", "service"),
    [
        ("N", "I", "11", "acute_elective"),
        ("N", "I", "30", "acute_emergency"),
        ("N", "I", "42", "acute_other"),
        (None, "I", "99", "acute_other"),
        (None, "I", None, "acute_other"),
        ("N", "D", "11", "acute_day_case"),
        ("N", "D", "30", "acute_day_case"),
        ("Y", "I", "30", "geriatric_long_stay"),
        ("Y", "D", "11", "geriatric_long_stay"),
    ],
)
def test_services_of_acute(long_stay: str | None, day_case: str, admission_type: str | None, service: str) -> None:
    own: Row = {"geriatric_long_stay": long_stay, "inpatient_day_case": day_case, "admission_type_code": admission_type}
    assert one(staged__acute=[sent("E1", **own)])["service"] == service


@pytest.mark.parametrize(
    ("status", "service"), [("1", "outpatient"), ("5", "outpatient_dna"), ("8", "outpatient_dna"), ("3", None)]
)
def test_services_of_outpatient(status: str, service: str | None) -> None:
    assert one(staged__outpatient=[sent("O1", attendance_status=status)])["service"] == service


@pytest.mark.parametrize(
    ("reablement", "kind", "service"),
    [
        ("1", "2", "home_care_reablement"),
        ("0", "2", "home_care_personal"),
        ("9", "2", "home_care_personal"),
        (None, "1", "home_care_non_personal"),
        ("0", None, "home_care_non_personal"),
    ],
)
def test_services_of_home_care(reablement: str | None, kind: str | None, service: str) -> None:
    row = sent("H1", agency=COUNCIL, reablement=reablement, service_type=kind)
    assert one(staged__home_care=[row])["service"] == service


@pytest.mark.parametrize(
    ("admission", "nursing", "service"),
    [
        ("1", "1", "care_home_respite"),
        ("1", "0", "care_home_respite"),
        ("3", "1", "care_home_nursing"),
        ("2", "1", "care_home_nursing"),
        ("3", "0", "care_home_residential"),
        ("3", "9", "care_home_residential"),
        (None, None, "care_home_residential"),
    ],
)
def test_services_of_care_homes(admission: str | None, nursing: str | None, service: str) -> None:
    row = sent("C1", agency=COUNCIL, admission_type=admission, nursing_care=nursing)
    assert one(staged__care_home=[row])["service"] == service


CODES = [
    {"agency": COUNCIL, "cost_code": "1000", "valid_to": "2025-03-31", "service": "meals", "treatment": "cost"},
    {"agency": COUNCIL, "cost_code": "1000", "valid_from": "2025-04-01", "service": "day_care", "treatment": "cost"},
    {"agency": COUNCIL, "cost_code": "9100", "treatment": "eliminate"},
    {"agency": COUNCIL, "cost_code": "9300", "service": "meals", "treatment": "exclude"},
    {"agency": "dundee-city", "cost_code": "2000", "service": "meals", "treatment": "cost"},
]


@pytest.mark.parametrize(
    ("code", "day", "service"),
    [
        ("1000", "2025-03-31", "meals"),
        ("1000", "2025-04-01", "day_care"),
        ("1000", None, "day_care"),  # the day is unreadable: that of the file, 2025-04
        ("9100", "2025-04-01", None),
        ("9300", "2025-04-01", None),
        ("2000", "2025-04-01", "unmapped"),  # another council's code
        (None, "2025-04-01", "unmapped"),
    ],
)
def test_services_of_payments(code: str | None, day: str | None, service: str | None) -> None:
    row = sent("P1", agency=COUNCIL, cost_code=code, period_from=day)
    assert one(quarantine__payments=[row], reference__cost_code_map=CODES)["service"] == service


def test_a_payment_runs_to_its_last_day_inclusive() -> None:
    row = sent("P1", agency=COUNCIL, social_care_id="A1", cost_code="1000", period_from="2025-04-07", period_to="2025-04-13",
               gross_amount="-12.34", client_contribution="1.00")  # fmt: skip
    record = one(staged__payments=[row], reference__cost_code_map=CODES)
    assert (record["start_date"], record["end_date"]) == (datetime.date(2025, 4, 7), datetime.date(2025, 4, 14))
    assert (record["spread"], record["amount"], record["client_contribution"]) == ("span", Decimal("-12.34"), Decimal("1.00"))
    assert (record["chi_number"], record["social_care_id"]) == (None, "A1")


def test_every_feed_keeps_its_own_columns() -> None:
    """A union whose columns do not line up would show here: every value stands in the column it belongs to."""
    care: Row = {"agency": COUNCIL, "social_care_id": "A1"}
    patient: Row = {"chi_number": "0101011237", "chi_is_valid": True, "postcode": "DD11AA", "location_code": "T101H"}
    found = records(
        staged__acute=[sent("E", admission_date="2025-04-03", discharge_date="2025-04-05", inpatient_day_case="I",
                            admission_type_code="30", specialty_code="A1", total_cost="1000.10", **patient)],
        staged__outpatient=[sent("O", clinic_date="2025-04-06", attendance_status="1", specialty_code="C8", total_cost="200.20",
                                 **patient)],
        staged__emergency=[sent("A", arrival_datetime="2025-04-07 23:59:00", departure_datetime="2025-04-08 03:00:00",
                                total_cost="300.30", **patient)],
        staged__prescribing=[sent("R", paid_month="2025-04-01", paid_items="7", gross_ingredient_cost="40.40",
                                  **{k: v for k, v in patient.items() if k != "location_code"})],
        staged__home_care=[sent("H", month="2025-04-01", hours="12.5", service_type="2", gross_cost="500.50", **care)],
        staged__care_home=[sent("C", admission_date="2025-04-09", gross_weekly_cost="800.80", nursing_care="1",
                                client_weekly_contribution="100.10", **care)],
        staged__payments=[sent("P", cost_code="1000", period_from="2025-04-10", period_to="2025-04-10", gross_amount="60.60",
                               client_contribution="6.60", **care)],
        reference__cost_code_map=CODES,
    )  # fmt: skip

    def day(number: int) -> datetime.date:
        return datetime.date(2025, 4, number)

    named = ["feed", "record_key", "service", "start_date", "end_date", "spread", "quantity", "amount", "client_contribution",
             "specialty_code", "location_code", "variant", "chi_number", "social_care_id", "postcode"]  # fmt: skip
    no = None
    chi, place, home = "0101011237", "DD11AA", "T101H"
    expected: list[tuple[Any, ...]] = [
        ("acute", "E", "acute_emergency", day(3), day(5), "stay", 1, "1000.10", no, "A1", home, no, chi, no, place),
        ("care_home", "C", "care_home_nursing", day(9), no, "stay", 1, "800.80", "100.10", no, no, no, no, "A1", no),
        ("emergency", "A", "emergency", day(7), no, "event", 1, "300.30", no, no, home, no, chi, no, place),
        ("home_care", "H", "home_care_personal", day(1), no, "event", "12.5", "500.50", no, no, no, no, no, "A1", no),
        ("outpatient", "O", "outpatient", day(6), no, "event", 1, "200.20", no, "C8", home, no, chi, no, place),
        ("payments", "P", "day_care", day(10), day(11), "span", 1, "60.60", "6.60", no, no, no, no, "A1", no),
        ("prescribing", "R", "prescribing", day(1), no, "event", 7, "40.40", no, no, no, no, chi, no, place),
    ]
    money = {"quantity", "amount", "client_contribution"}
    assert sorted(tuple(r[n] for n in named) for r in found) == [
        tuple(Decimal(v) if n in money and v is not None else v for n, v in zip(named, row, strict=True)) for row in expected
    ]
    lineage = {"agency", "fate", "period", "source_file", "source_row", "row_count", "broken_rules"}
    assert set(named) | lineage | {"part", "is_void", "is_lead", "record_amount"} == {c.name for c in columns(CORE["record"])}


def test_a_same_day_stay_is_a_case() -> None:
    same_day: Row = {"admission_date": "2025-04-03", "discharge_date": "2025-04-03"}
    assert one(staged__acute=[sent("E1", **same_day)])["variant"] == "case"
    assert one(staged__acute=[sent("E1", admission_date="2025-04-03")])["variant"] is None


@pytest.mark.parametrize("discharge", ["2025-04-03", "2025-04-05", None])
def test_a_day_case_is_one_case_of_its_day_whatever_its_dates(discharge: str | None) -> None:
    found = one(staged__acute=[sent("E1", admission_date="2025-04-03", discharge_date=discharge, inpatient_day_case="D")])
    assert (found["variant"], found["spread"], found["quantity"]) == ("case", "event", 1)


def test_only_a_valid_chi_is_kept() -> None:
    for valid, chi in ((True, "0101011237"), (False, None), (None, None)):
        row = sent("O1", attendance_status="1", chi_number="0101011237", chi_is_valid=valid, total_cost="5.00")
        record = one(staged__outpatient=[row])
        assert (record["chi_number"], record["amount"], record["fate"]) == (chi, Decimal("5.00"), "accepted")


CODED: dict[str, dict[str, list[str | None]]] = {
    "acute": {
        "geriatric_long_stay": ["Y", "N", None],
        "inpatient_day_case": ["I", "D"],
        "admission_type_code": ["11", "30", "42", "99", None],
    },
    "outpatient": {"attendance_status": ["1", "5", "8"]},
    "self_directed_support": {"option": ["1", "2", "3", "4"]},
    "home_care": {"reablement": ["0", "1", "9", None], "service_type": ["1", "2", None]},
    "care_home": {"admission_type": ["1", "2", "3", None], "nursing_care": ["0", "1", "9", None]},
}
"""The codes that decide a service, by feed."""


@pytest.mark.parametrize("feed", sorted(name for layer, name in dependencies(read_sql("core", "record")) if layer == "staged"))
def test_the_services_of_a_feed_are_those_it_declares(feed: str) -> None:
    """Reference is refused without a costing rule for each of them, so that no record can fall out of the costing."""
    codes: dict[str, Any] = CODED.get(feed, {})
    owns: list[Row] = [dict(zip(codes, values, strict=True)) for values in product(*codes.values())]
    rows = [sent(str(n), **own) for n, own in enumerate(owns)]
    expected = {"unmapped"} if feed == "payments" else set(FEEDS[feed].services)
    assert expected and {record["service"] for record in records(**{f"staged__{feed}": rows})} == expected


def fates(staged: list[Row], quarantine: list[Row]) -> dict[tuple[str, int], str]:
    """Fate by period and row."""
    found = records(staged__outpatient=staged, quarantine__outpatient=quarantine)
    assert len(found) == len(staged) + len(quarantine)
    return {(row["period"], row["source_row"]): row["fate"] for row in found}


def test_a_key_that_comes_again_later_supersedes_the_earlier_row() -> None:
    rows = [sent("O1"), sent("O2", row=2), sent("O1", "2025-05"), sent("O1", "2025-06", 3)]
    assert fates(rows, []) == {
        ("2025-04", 1): "superseded",
        ("2025-04", 2): "accepted",
        ("2025-05", 1): "superseded",
        ("2025-06", 3): "accepted",
    }


def test_a_quarantined_row_supersedes_too() -> None:
    """The agency has replaced the record. Were the earlier one kept, its pounds would be counted beside the later one's."""
    assert fates([sent("O1")], [sent("O1", "2025-05", broken="x")]) == {
        ("2025-04", 1): "superseded",
        ("2025-05", 1): "quarantined",
    }
    assert fates([sent("O1", "2025-05")], [sent("O1", broken="x")]) == {
        ("2025-04", 1): "superseded",
        ("2025-05", 1): "accepted",
    }


def test_a_second_row_of_one_file_is_quarantined_and_the_first_stays() -> None:
    assert fates([sent("O1")], [sent("O1", row=2, broken="duplicate_key")]) == {
        ("2025-04", 1): "accepted",
        ("2025-04", 2): "quarantined",
    }


def test_rows_without_a_key_stand_for_themselves() -> None:
    rows = [sent(None, broken="x"), sent(None, row=2, broken="x"), sent(None, "2025-05", 1, broken="x")]
    assert set(fates([], rows).values()) == {"quarantined"}


def test_the_same_key_of_another_agency_or_feed_is_another_record() -> None:
    found = records(
        staged__home_care=[sent("1", agency="angus"), sent("1", "2025-05", agency="dundee-city")],
        staged__care_home=[sent("1", "2025-06", agency="angus")],
    )
    assert {row["fate"] for row in found} == {"accepted"}


# ---- parts, credits, cost months ----


def paid(period: str, amount: str | None, part: str = "1", **own: Any) -> Row:
    return sent("P1", period, int(part), agency=COUNCIL, part=part, gross_amount=amount, **own)


def fates_of_payments(*rows: Row) -> list[tuple[Any, ...]]:
    found = records(staged__payments=[r for r in rows if not r["broken_rules"]],
                    quarantine__payments=[r for r in rows if r["broken_rules"]])  # fmt: skip
    assert len({(r["record_key"], r["part"]) for r in found if r["fate"] == "accepted"}) == sum(
        r["fate"] == "accepted" for r in found
    )
    return sorted((r["period"], str(r["amount"]), r["fate"]) for r in found)


def test_a_credit_of_a_later_month_is_added_and_any_other_line_replaces() -> None:
    first, credit = paid("2025-04", "500.00"), paid("2025-05", "-500.00")
    assert fates_of_payments(first, credit) == [("2025-04", "500.00", "accepted"), ("2025-05", "-500.00", "accepted")]
    # Credits of several months all stand, the first one too.
    assert {fate for *_, fate in fates_of_payments(paid("2025-03", "-1.00"), first, credit, paid("2025-06", "-500.00"))} == {
        "accepted",
        "superseded",
    }
    assert fates_of_payments(credit, paid("2025-06", "-500.00")) == [
        ("2025-05", "-500.00", "accepted"),
        ("2025-06", "-500.00", "accepted"),
    ]
    # A line that is no credit says the payment anew: all before it goes, credits too; a credit beside it stays with it.
    again = [paid("2025-06", "450.00"), paid("2025-06", "-10.00", "2")]
    assert fates_of_payments(first, credit, *again) == [
        ("2025-04", "500.00", "superseded"),
        ("2025-05", "-500.00", "superseded"),
        ("2025-06", "-10.00", "accepted"),
        ("2025-06", "450.00", "accepted"),
    ]
    for amount in ("0.00", None):
        broken = "gross_amount.missing" if amount is None else None
        found = fates_of_payments(first, paid("2025-05", amount, broken=broken))
        assert found[0] == ("2025-04", "500.00", "superseded")


def test_what_is_reversed_and_booked_anew_in_one_file_is_added() -> None:
    """100 − 100 + 120, and a month later − 120 + 130; with any other credit the lines replace."""
    first, anew = paid("2025-04", "100.00"), [paid("2025-05", "-100.00"), paid("2025-05", "120.00", "2")]
    later = [paid("2025-06", "-120.00"), paid("2025-06", "60.00", "2"), paid("2025-06", "70.00", "3")]
    assert {fate for *_, fate in fates_of_payments(first, *anew, *later)} == {"accepted"}
    assert fates_of_payments(first, paid("2025-05", "-99.99"), paid("2025-05", "120.00", "2")) == [
        ("2025-04", "100.00", "superseded"),
        ("2025-05", "-99.99", "accepted"),
        ("2025-05", "120.00", "accepted"),
    ]


def test_a_payments_lines_are_replaced_together() -> None:
    assert fates_of_payments(paid("2025-04", "1.00"), paid("2025-04", "2.00", "2"), paid("2025-05", "3.00")) == [
        ("2025-04", "1.00", "superseded"),
        ("2025-04", "2.00", "superseded"),
        ("2025-05", "3.00", "accepted"),
    ]


def cost_month(period: str, month: str | None, amount: str | None, row: int = 1, **own: Any) -> Row:
    return sent("E1", period, row, part=month or str(row), cost_month=month, total_cost=amount, **own)


def episode(*rows: Row) -> list[tuple[Any, ...]]:
    """Each row's period, number, fate, and the pounds it is costed with; None where another row stands for the episode."""
    found = records(staged__acute=[r for r in rows if not r["broken_rules"]],
                    quarantine__acute=[r for r in rows if r["broken_rules"]])  # fmt: skip
    assert {r["part"] for r in found if r["fate"] == "accepted" and r["is_lead"]} <= {""}
    return sorted((r["period"], r["source_row"], r["fate"], str(r["record_amount"]) if r["is_lead"] else None) for r in found)


def test_a_later_extract_replaces_the_cost_months_that_it_has_and_adds_the_others() -> None:
    rows = [
        cost_month("2025-04", "2025 1", "1200.00"),
        cost_month("2025-04", "2025 2", "1800.00", 2),
        cost_month("2025-05", "2025 2", "2000.00"),
        cost_month("2025-05", "2025 3", "0.50", 2),
    ]
    expected = [
        ("2025-04", 1, "accepted", None),
        ("2025-04", 2, "superseded", "1800.00"),
        ("2025-05", 1, "accepted", "3200.50"),
        ("2025-05", 2, "accepted", None),
    ]
    assert episode(*rows) == expected
    assert episode(*rows[::-1]) == expected


def test_a_quarantined_cost_month_is_not_in_the_sum_and_none_is_not_nothing() -> None:
    assert episode(cost_month("2025-04", "1", "5.00"), cost_month("2025-04", "2", "7.00", 2, broken="x")) == [
        ("2025-04", 1, "accepted", "5.00"),
        ("2025-04", 2, "quarantined", "7.00"),
    ]
    assert episode(cost_month("2025-04", "1", None), cost_month("2025-04", "2", None, 2))[0][3] == "None"


def test_rows_without_a_cost_month_say_the_whole_episode() -> None:
    months = [cost_month("2025-04", "1", "5.00"), cost_month("2025-04", "2", "7.00", 2)]
    assert episode(*months, cost_month("2025-05", None, "12.00"))[:2] == [
        ("2025-04", 1, "superseded", "5.00"),
        ("2025-04", 2, "superseded", "7.00"),
    ]
    whole = [cost_month("2025-04", None, "5.00"), cost_month("2025-04", None, "7.00", 2)]
    assert [fate for _, _, fate, _ in episode(*whole, cost_month("2025-05", "1", "12.00"))] == [
        "superseded",
        "superseded",
        "accepted",
    ]
    assert episode(*whole) == [("2025-04", 1, "accepted", "12.00"), ("2025-04", 2, "accepted", None)]


@pytest.mark.parametrize(
    ("broken", "is_void"),
    [
        (None, False),
        ("hours.missing", False),
        ("duplicate_row", True),
        ("hours.missing duplicate_key", True),
        ("corrected.AN-1", True),
    ],
)
def test_what_is_nobodys_record_is_known(broken: str | None, is_void: bool) -> None:
    found = one(quarantine__home_care=[sent("H1", agency=COUNCIL, broken=broken)])
    assert found["is_void"] is is_void


# ---- restatements that take most of a month ----


def restated(rows: list[Row], ledger: list[Row] | None = None) -> list[Row]:
    found = records(staged__home_care=rows)
    return run("gate/restated", {"core.record": found, "staged.ledger": ledger or []})


def test_a_restatement_that_takes_more_than_half_of_a_month_is_named() -> None:
    april = [sent(key, agency=COUNCIL, gross_cost="50.00", row=n) for n, key in enumerate(("H1", "H2"))]
    half, more = (sent("H1", "2025-05", agency=COUNCIL, gross_cost=cost) for cost in ("0.00", "-0.01"))
    assert restated([*april, half]) == []
    assert restated([*april, more]) == [
        {"sentences": "angus home_care 2025-04: £100.00 as first sent, £49.99 as later files say its records"}
    ]
    accounts = [{"agency": BOARD, "record_key": "1", "period": period, "amount": amount} for period, amount in
                (("2025-04", "100.00"), ("2025-05", "49.99"))]  # fmt: skip
    assert [row["sentences"][:28] for row in restated([], accounts)] == ["nhs-tayside ledger 2025-04: "]
