"""The rules that need other files, on rows small enough to check by eye."""

import datetime
from typing import Any

import pytest

from schemas.rules import CROSS_RULES
from tests.sql.sql_case import Row, inputs, run

COUNCIL, OTHER = "angus", "dundee-city"


def day(text: str) -> datetime.date:
    return datetime.date.fromisoformat(text)


def record(key: str, feed: str, **more: Any) -> Row:
    return {
        "agency": COUNCIL,
        "feed": feed,
        "record_key": key,
        "fate": "accepted",
        "period": "2025-05",
        "amount": "10.00",
    } | more


def found(rule_id: str, **tables: list[Row]) -> list[tuple]:
    """What the rule finds, as (feed, period, failed, pounds). Tables are named layer__table."""
    file = f"rule/{rule_id}"
    rows = run(file, {name.replace("__", "."): t for name, t in tables.items() if name.replace("__", ".") in inputs(file)})
    assert {row["rule_id"] for row in rows} <= {rule_id}
    assert {row["feed"] for row in rows} <= set(CROSS_RULES[rule_id].feeds)
    return [(row["feed"], row["period"], row["failed"], str(row["amount"])) for row in rows]


def client(care_id: str, period: str, agency: str = COUNCIL) -> Row:
    return {"agency": agency, "period": period, "social_care_id": care_id}


@pytest.mark.parametrize("feed", CROSS_RULES["unknown_client"].feeds)
def test_a_client_must_be_in_the_latest_clients_file_of_the_month_or_before(feed: str) -> None:
    records = [
        record("1", feed, social_care_id="S1"),  # in the file for April, the latest
        record("2", feed, social_care_id="S2"),  # in the file for March only
        record("3", feed, social_care_id="S3"),  # in the file for June, too late
        record("4", feed, social_care_id="S4"),  # another council's
        record("5", feed, social_care_id="S5"),  # in quarantine, yet in the file
        record("6", feed),  # about no client
        record("7", feed, social_care_id="S9", fate="superseded"),
        record("8", feed, social_care_id="S9", period="2025-02"),  # before the first clients file: nothing to compare with
    ]
    clients = [
        client("S2", "2025-03"), client("S1", "2025-04"), client("S3", "2025-06"), client("S4", "2025-05", OTHER),
    ]  # fmt: skip
    result = found(
        "unknown_client", core__record=records, staged__clients=clients, quarantine__clients=[client("S5", "2025-04")]
    )
    assert result == [(feed, "2025-05", 3, "30.00")]


def test_a_payment_must_have_a_mapped_code() -> None:
    records = [
        record("1", "payments", service="unmapped"),
        record("2", "payments", service="day_care"),
        record("3", "payments"),  # eliminated: mapped, and no service
        record("4", "payments", service="unmapped", fate="quarantined"),
    ]
    assert found("unknown_cost_code", core__record=records) == [("payments", "2025-05", 1, "10.00")]


def test_an_admission_type_must_be_in_its_table() -> None:
    acute = [
        {"agency": COUNCIL, "period": "2025-05", "record_key": key, "source_row": int(key), "admission_type_code": code}
        for key, code in (("1", "30"), ("2", "99"), ("3", None), ("4", "99"))
    ]
    fates = {"4": "superseded"}
    records = [record(key, "acute", source_row=int(key), fate=fates.get(key, "accepted")) for key in "1234"]
    types = [{"admission_type_code": "30", "admission": "emergency"}]
    result = found("unknown_admission_type", core__record=records, staged__acute=acute, reference__admission_types=types)
    assert result == [("acute", "2025-05", 1, "10.00")]


@pytest.mark.parametrize("feed", CROSS_RULES["after_death"].feeds)
def test_a_record_must_not_begin_after_death(feed: str) -> None:
    records = [
        record("1", feed, start_date=day("2025-05-03")),  # the day after
        record("2", feed, start_date=day("2025-05-02")),  # the day itself
        record("3", feed, start_date=day("2025-05-03")),  # somebody alive
        record("4", feed),  # no day
        record("5", "prescribing", start_date=day("2025-06-01")),  # paid after death, given before
    ]
    whose = [
        {
            "agency": COUNCIL,
            "feed": r["feed"],
            "record_key": r["record_key"],
            "person_key": "b" if r["record_key"] == "3" else "a",
        }
        for r in records
    ]
    people: list[Row] = [{"person_key": "a", "date_of_death": day("2025-05-02")}, {"person_key": "b"}]
    result = found("after_death", core__record=records, core__record_person=whose, core__person_home=people)
    assert result == [(feed, "2025-05", 1, "10.00")]


@pytest.mark.parametrize("feed", CROSS_RULES["open_after_death"].feeds)
def test_what_is_open_must_be_of_somebody_alive_when_the_month_began(feed: str) -> None:
    spread = "month" if feed == "equipment" else "stay"
    records = [
        record("1", feed, spread=spread),  # open, dead before May
        record("2", feed, spread=spread, end_date=day("2025-05-03")),  # ended
        record("3", feed, spread=spread),  # died in May
        record("4", feed, spread=spread, period="2025-04"),  # died in that file's month
        record("5", "home_care", spread="event"),  # has no end
    ]
    whose = [
        {
            "agency": COUNCIL,
            "feed": r["feed"],
            "record_key": r["record_key"],
            "person_key": "b" if r["record_key"] == "3" else "a",
        }
        for r in records
    ]
    people = [
        {"person_key": "a", "date_of_death": day("2025-04-30")}, {"person_key": "b", "date_of_death": day("2025-05-01")},
    ]  # fmt: skip
    result = found("open_after_death", core__record=records, core__record_person=whose, core__person_home=people)
    assert result == [(feed, "2025-05", 1, "10.00")]


STAYS = {
    "touching": (("05-01", "05-08"), ("05-08", "05-15"), 0),
    "overlapping by a day": (("05-01", "05-09"), ("05-08", "05-15"), 1),
    "nested": (("05-01", "05-31"), ("05-08", "05-15"), 1),
    "nested in an open one": (("05-01", None), ("05-08", "05-15"), 1),
    "the same days": (("05-01", "05-08"), ("05-01", "05-08"), 1),
    "apart": (("05-01", "05-03"), ("05-05", "05-08"), 0),
    "a day within": (("05-01", "05-08"), ("05-03", "05-03"), 1),
    "a day at the beginning": (("05-01", "05-08"), ("05-01", "05-01"), 0),
    "a day at the end": (("05-01", "05-08"), ("05-08", "05-08"), 0),
}


def stays(feed: str, *spans: tuple[str, str | None], **more: Any) -> list[Row]:
    return [
        record(str(i), feed, start_date=day(f"2025-{start}"), end_date=day(f"2025-{end}") if end else None, social_care_id="S1")
        | more
        for i, (start, end) in enumerate(spans)
    ]


def overlapping(records: list[Row], people: tuple[str, ...] = ("a", "a", "a")) -> int:
    whose = [
        {"agency": r["agency"], "feed": r["feed"], "record_key": r["record_key"], "person_key": p}
        for r, p in zip(records, people, strict=False)
    ]
    refresh = [{"period": "2025-05", "period_end": day("2025-05-31")}]
    found_rows = found("overlapping_stay", core__record=records, core__record_person=whose, core__refresh=refresh)
    return sum(row[2] for row in found_rows)


@pytest.mark.parametrize("feed", ["acute", "care_home"])
@pytest.mark.parametrize("name", STAYS)
def test_stays_of_one_person_may_touch_and_not_overlap(feed: str, name: str) -> None:
    first, second, expected = STAYS[name]
    assert overlapping(stays(feed, first, second)) == expected
    assert overlapping(stays(feed, second, first)) == expected


def test_a_short_stay_between_does_not_hide_a_long_one() -> None:
    assert overlapping(stays("acute", ("05-01", "05-31"), ("05-02", "05-03"), ("05-10", "05-12"))) == 2


def test_stays_of_other_people_feeds_councils_and_replaced_ones_do_not_overlap() -> None:
    span: tuple[str, str | None] = ("05-01", "05-08")
    assert overlapping(stays("acute", span, span), ("a", "b")) == 0
    assert overlapping(stays("maternity", span, span)) == 0
    assert overlapping([*stays("care_home", span), *stays("care_home", span, agency=OTHER)]) == 0
    assert overlapping([*stays("acute", span), *stays("acute", span, fate="superseded", record_key="9")]) == 0
