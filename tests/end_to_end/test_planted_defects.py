"""Every defect that the synthetic world plants is answered by the rule meant for it, and nothing clean is set aside."""

import sys
from collections import Counter
from collections.abc import Callable

import pyarrow.parquet as pq
import pytest

from pipelines.engine.paths import DataRoot
from pipelines.steps import Steps
from schemas.feeds import FEEDS
from schemas.rules import CROSS_RULES
from tests.conftest import PERIOD, BuildWorld, rows_of

Place = tuple[str, str, str]
"""Agency, feed and period of a file."""

_CODE = {
    "outpatient": "attendance_status", "self_directed_support": "option", "equipment": "service_type",
    "home_care": "service_type", "care_home": "nursing_care",
}  # fmt: skip
_DAY = {"payments": "period_from"}
RULE_OF: dict[str, str | Callable[[str], str]] = {
    "missing_key": lambda feed: f"{FEEDS[feed].key[0]}.missing",
    "duplicate_record": "duplicate_row",
    "equal_line": "equal_rows",
    "same_key": "duplicate_key",
    "paid_ahead": "period_from.ahead",
    "id_as_formula": "identifier_repaired",
    "id_after_apostrophe": "identifier_repaired",
    "id_with_no_break_space": "identifier_repaired",
    "id_lost": "identifier_lost",
    "more_decimals": "amount_rounded",
    "second_chi": "duplicate_key",
    "unreadable_date": lambda feed: f"{_DAY.get(feed) or FEEDS[feed].event or 'date_of_birth'}.unreadable",
    "impossible_date": lambda feed: f"{_DAY.get(feed) or FEEDS[feed].event}.unreadable",
    "excel_date": lambda feed: f"{_DAY.get(feed) or FEEDS[feed].event}.unreadable",
    "bare_year": lambda feed: f"{FEEDS[feed].event}.unreadable",
    "after_period": lambda feed: f"{FEEDS[feed].event}.after_period",
    "unreadable_amount": lambda feed: f"{FEEDS[feed].amount}.unreadable",
    "not_a_code": lambda feed: f"{_CODE.get(feed, 'inpatient_day_case')}.unknown_code",
    "missing_birth": "date_of_birth.missing",
    "missing_client": "social_care_id.missing",
    "missing_hours": "hours.missing",
    "unreadable_hours": "hours.unreadable",
    "missing_items": "paid_items.missing",
    "missing_practice": "gp_practice_code.missing",
    "missing_hospital": "location_code.missing",
    "missing_type": "consultation_type.missing",
    "missing_reason": "reason_code.missing",
    "missing_code": "cost_code.missing",
    "discharge_before_admission": "discharge_date.before_admission_date",
    "departed_before_arrival": "departure_datetime.before_arrival_datetime",
    "ended_before_start": "end_datetime.before_start_datetime",
    "left_before_ready": "delay_end_date.before_ready_for_discharge_date",
    "removed_before_start": "end_date.before_start_date",
    "ends_before_start": "period_to.before_period_from",
    "lost_leading_zero": "chi_repaired",
    "invalid_chi": "chi_invalid",
    "excel_chi": "optional_identifier_lost",
    "dummy_postcode": "postcode_unknown",
    "sex_not_a_code": "sex.unknown_code",
    "negative_minutes": "duration_minutes.implausible",
    "implausible_hours": "hours.implausible",
    "after_death": "after_death",
    "open_after_death": "open_after_death",
    "stay_within_stay": "overlapping_stay",
    "nursing_changed": "overlapping_stay",
}

NOT_PLANTED = {("acute", "overlapping_stay"), *((feed, "unknown_client") for feed in CROSS_RULES["unknown_client"].feeds)}
"""Warnings that the world has of itself: admissions that chance makes overlap, records of a client whose row lost its key."""


def rule_of(defect: dict[str, str]) -> str:
    rule = RULE_OF[defect["defect"]]
    return rule if isinstance(rule, str) else rule(defect["feed"])


def place_of(row: dict[str, str]) -> Place:
    return row["agency"], row["feed"], row["period"]


@pytest.fixture(scope="module")
def steps(published: BuildWorld) -> Steps:
    return Steps(DataRoot(published("heavy")), PERIOD)


@pytest.fixture(scope="module")
def planted(steps: Steps) -> list[dict[str, str]]:
    return rows_of(steps.root.path / "truth" / "defects.csv")


def set_aside(steps: Steps) -> dict[tuple[Place, int], str]:
    """Each quarantined row of the files in use with the rules it broke."""
    found = {}
    for j in steps.all_judged():
        x = j.landed
        for row in pq.read_table(steps.root.folder("quarantine") / x.feed / x.parquet_name).to_pylist():
            found[(x.agency, x.feed, x.period), row["source_row"]] = row["broken_rules"]
    return found


def report(kind: str, expected: Counter[str], found: Counter[str], right: Counter[str]) -> None:
    """Precision and recall of each rule; no row, no value."""
    lines = [f"\n{kind}: rule, planted, found, precision, recall"]
    for rule in sorted(expected | found):
        precision = right[rule] / found[rule] if found[rule] else 1.0
        recall = right[rule] / expected[rule] if expected[rule] else 1.0
        lines.append(f"{rule:<48}{expected[rule]:>6}{found[rule]:>6}{precision:>8.2f}{recall:>8.2f}")
    sys.stdout.write("\n".join(lines) + "\n")


def test_exactly_the_planted_records_are_set_aside_each_by_its_rule(steps: Steps, planted: list[dict[str, str]]) -> None:
    expected = {(place_of(d), int(d["row_number"])): rule_of(d) for d in planted if d["expected"] == "quarantine"}
    found = set_aside(steps)
    right = Counter(rule for row, rule in expected.items() if found.get(row) == rule)
    broken = Counter(rule for rules in found.values() for rule in rules.split())
    report("quarantine", Counter(expected.values()), broken, right)
    assert found == expected
    assert len(set(expected.values())) >= 15


def in_use(steps: Steps) -> set[tuple[str, ...]]:
    """The records that rules across files look at."""
    rows = pq.read_table(steps.file("core", "record")).to_pylist()
    return {(r["agency"], r["feed"], r["period"], r["record_key"]) for r in rows if r["fate"] == "accepted"}


def test_warnings_are_counted_by_the_rule_meant_for_them(steps: Steps, planted: list[dict[str, str]]) -> None:
    used = in_use(steps)
    expected: Counter[tuple[Place, str]] = Counter()
    for d in planted:
        if d["expected"] == "warning" or d["defect"] in ("stay_within_stay", "nursing_changed"):
            rule, place = rule_of(d), place_of(d)
            expected[place, rule] += rule not in CROSS_RULES or (*place, d["record_key"]) in used
    expected = +expected
    found = Counter({
        (place_of(r), r["rule_id"]): r["failed"]
        for r in pq.read_table(steps.file("mart", "rule_result")).to_pylist()
        if r["severity"] == "warning" and r["failed"] and (r["feed"], r["rule_id"]) not in NOT_PLANTED
        and not r["rule_id"].startswith(("drift.", "file."))
    })  # fmt: skip
    by_rule = [Counter({rule: 0 for _, rule in expected | found}) for _ in range(3)]
    for total, counts in zip(by_rule, (expected, found, expected & found), strict=True):
        for (_, rule), n in counts.items():
            total[rule] += n
    report("warning", *by_rule)
    assert found == expected
    assert len({rule for _, rule in expected}) >= 6
