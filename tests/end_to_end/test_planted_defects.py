"""Every defect that the synthetic world plants is answered by the rule meant for it, and nothing clean is set aside."""

import datetime
import sys
from collections import Counter
from collections.abc import Callable
from typing import Any

import pyarrow.parquet as pq
import pytest

from pipelines.ingest.intake import Intake
from pipelines.quality.verdict import Verdict
from pipelines.synth import make_world
from pipelines.synth.slips.heavy import HEAVY_DEFECTS
from pipelines.warehouse.root import DataRoot
from pipelines.warehouse.work import Work
from schemas.feeds import FEEDS
from schemas.rules import CROSS_RULES
from tests.conftest import pounds, rows_of, run, tables_of, titles_of

PEOPLE, SEED = 6_000, 2
MONTHS = [datetime.date(2025, month, 1) for month in (10, 11, 12)]
PERIOD = "2025-12"
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
    "total_row": "total_row",
    "beyond_bounds": "amount.out_of_bounds",
    "chi_for_figure": lambda feed: f"{'hours' if feed == 'home_care' else FEEDS[feed].amount}.out_of_bounds",
    "swapped_days": "days_and_months_swapped",
    "paid_for_years": "days.out_of_bounds",
    "title_rows": "file.title_rows",
    "nil_return": "file.nil_return",
    "paid_ahead": "period_from.ahead",
    "id_as_formula": "identifier_repaired",
    "id_after_apostrophe": "identifier_repaired",
    "id_as_number": "identifier_repaired",
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

NAMED_OTHERWISE = {"number_given_on", "sent_again", "paid_before", "vat_in_ledger", "ledger_to_date", "litter"}
"""Defects that no rule answers: the gate names them, or the links."""
SPELLINGS = {"pound_sign", "bracketed_credit", "trailing_minus", "dash_for_minus", "true_minus", "credit_mark", "debit_mark",
             "spaced_thousands", "more_decimals"}  # fmt: skip
"""Amounts that are read all the same."""
TOO_RARE = {"left_before_ready", "missing_reason"}
"""Defects of delays, of which so few people have not five in a month."""
OPENED_LATER = ("stay_within_stay", "nursing_changed")
"""Of overlapping stays both are kept; the rule counts the later one."""


def rule_of(defect: dict[str, str]) -> str:
    rule = RULE_OF[defect["defect"]]
    return rule if isinstance(rule, str) else rule(defect["feed"])


def place_of(row: dict[str, str]) -> Place:
    return row["agency"], row["feed"], row["period"]


@pytest.fixture(scope="module")
def work(tmp_path_factory: pytest.TempPathFactory) -> Work:
    """A world of its own: large enough for every kind of defect, with the night the clocks go back and a third month."""
    root = tmp_path_factory.mktemp("planted") / "data"
    make_world(root, PEOPLE, MONTHS, SEED, "heavy")
    run(root, PERIOD)
    return Work(DataRoot(root), PERIOD)


@pytest.fixture(scope="module")
def planted(work: Work) -> list[dict[str, str]]:
    return rows_of(work.root.path / "truth" / "defects.csv")


BEGINS_AFTER_END = {
    "discharge_date.before_admission_date", "departure_datetime.before_arrival_datetime", "end_datetime.before_start_datetime",
    "delay_end_date.before_ready_for_discharge_date", "end_date.before_start_date",
}  # fmt: skip
"""What begins in a month to come and has ended breaks one of these besides: it is planted once and breaks two rules."""


def set_aside(work: Work) -> dict[tuple[Place, int], str]:
    """Each quarantined row of the files in use with the rules it broke."""
    found = {}
    for s in work.read(Intake).counting:
        x = s.landed
        for row in pq.read_table(work.root.folder("quarantine") / x.feed / s.file).to_pylist():
            first, *others = row["broken_rules"].split()
            is_both = first.endswith(".after_period") and set(others) <= BEGINS_AFTER_END
            found[(x.agency, x.feed, x.period), row["source_row"]] = first if is_both else row["broken_rules"]
    return found


def report(kind: str, expected: Counter[str], found: Counter[str], right: Counter[str]) -> None:
    """Precision and recall of each rule; no row, no value."""
    lines = [f"\n{kind}: rule, planted, found, precision, recall"]
    for rule in sorted(expected | found):
        precision = right[rule] / found[rule] if found[rule] else 1.0
        recall = right[rule] / expected[rule] if expected[rule] else 1.0
        lines.append(f"{rule:<48}{expected[rule]:>6}{found[rule]:>6}{precision:>8.2f}{recall:>8.2f}")
    sys.stdout.write("\n".join(lines) + "\n")


def test_exactly_the_planted_records_are_set_aside_each_by_its_rule(work: Work, planted: list[dict[str, str]]) -> None:
    expected = {(place_of(d), int(d["row_number"])): rule_of(d) for d in planted if d["expected"] == "quarantine"}
    found = set_aside(work)
    right = Counter(rule for row, rule in expected.items() if found.get(row) == rule)
    broken = Counter(rule for rules in found.values() for rule in rules.split())
    report("quarantine", Counter(expected.values()), broken, right)
    assert found == expected
    assert len(set(expected.values())) >= 15


def in_use(work: Work) -> set[tuple[str, ...]]:
    """The records that rules across files look at."""
    rows = tables_of(work.root.path, PERIOD).rows("core", "record").to_pylist()
    return {(r["agency"], r["feed"], r["period"], r["record_key"]) for r in rows if r["fate"] == "accepted"}


def test_every_kind_of_defect_is_planted(planted: list[dict[str, str]]) -> None:
    kinds = {d.name for defects in HEAVY_DEFECTS.values() for d in defects} | {"open_after_death"}
    assert kinds - {d["defect"] for d in planted} <= TOO_RARE


def test_warnings_are_counted_by_the_rule_meant_for_them(work: Work, planted: list[dict[str, str]]) -> None:
    used = in_use(work)
    expected: Counter[tuple[Place, str]] = Counter()
    for d in planted:
        if d["defect"] not in NAMED_OTHERWISE and (d["expected"] == "warning" or d["defect"] in OPENED_LATER):
            rule, place = rule_of(d), place_of(d)
            expected[place, rule] += rule not in CROSS_RULES or (*place, d["record_key"]) in used
    expected = +expected
    found = Counter({
        (place_of(r), r["rule_id"]): min(r["failed"], 1) if r["rule_id"].startswith("file.") else r["failed"]
        for r in tables_of(work.root.path, PERIOD).rows("mart", "rule_result").to_pylist()
        if r["severity"] == "warning" and r["failed"] and (r["feed"], r["rule_id"]) not in NOT_PLANTED
        and not r["rule_id"].startswith("drift.")
    })  # fmt: skip
    by_rule = [Counter({rule: 0 for _, rule in expected | found}) for _ in range(3)]
    for total, counts in zip(by_rule, (expected, found, expected & found), strict=True):
        for (_, rule), n in counts.items():
            total[rule] += n
    report("warning", *by_rule)
    assert found == expected
    assert len({rule for _, rule in expected}) >= 15


def cases(work: Work, check: str) -> list[str]:
    """What the gate named."""
    verdict = work.find(Verdict)
    assert verdict is not None
    return [case for c in verdict.checks if c.name == check for case in c.cases]


def counted(work: Work, check: str) -> Counter[str]:
    """The figure of each agency in a check's cases, as `angus, 3 payments …`."""
    return Counter({case.split(", ")[0]: int(case.split(", ")[1].split()[0]) for case in cases(work, check)})


def by_agency(planted: list[dict[str, str]], defect: str, period: str = "") -> Counter[str]:
    return Counter(d["agency"] for d in planted if d["defect"] == defect and d["period"].startswith(period))


def test_the_gate_names_what_no_rule_of_records_can_see(work: Work, planted: list[dict[str, str]]) -> None:
    service = {(r["agency"], r["cost_code"]): r["service"] for r in rows_of(work.root.path / "reference" / "cost_code_map.csv")}
    expected = {
        "payments_again": by_agency(planted, "sent_again"),
        "payments_before": by_agency(planted, "paid_before"),
        "payments_ahead": by_agency(planted, "paid_ahead", PERIOD),
        "vat": Counter({
            f"{d['agency']}, {service[d['agency'], d['record_key'].split('|')[0]]}, {d['period']}"
            for d in planted if d["defect"] == "vat_in_ledger"
        }),
        "ledger_to_date": Counter(f"{d['agency']}, {d['period']}" for d in planted if d["defect"] == "ledger_to_date"),
        "nil_returns": Counter(
            "/".join((d["agency"], d["feed"], d["period"]))
            for d in planted if d["defect"] == "nil_return" and d["period"] == PERIOD
        ),
        "unused": Counter(
            "/".join(("landing", d["agency"], d["feed"], d["record_key"]))
            for d in planted if d["defect"] == "litter" and d["expected"] == "warning"
        ),
    }  # fmt: skip
    found = {name: counted(work, name) for name in ("payments_again", "payments_before", "payments_ahead")}
    found["vat"] = Counter(", ".join(case.split(", ")[:3]) for case in cases(work, "vat"))
    found["ledger_to_date"] = Counter(", ".join(case.split(", ")[:2]) for case in cases(work, "ledger_to_date"))
    found["nil_returns"] = Counter(case.split(".csv: ")[0] for case in cases(work, "nil_returns"))
    found["unused"] = Counter(case.split(": is not used")[0] for case in cases(work, "unused"))
    totals = [Counter({name: n.total() for name, n in side.items()}) for side in (expected, found)]
    report("gate", totals[0], totals[1], Counter({name: (expected[name] & found[name]).total() for name in expected}))
    assert found == expected
    assert all(expected[name] for name in expected if name != "payments_ahead")


def test_a_number_of_several_people_is_linked_to_none(work: Work, planted: list[dict[str, str]]) -> None:
    expected = {(d["agency"], d["record_key"]) for d in planted if d["defect"] in ("number_given_on", "second_chi")}
    links = tables_of(work.root.path, PERIOD).rows("core", "link").to_pylist()
    found = {(x["agency"], x["social_care_id"]): x["link_method"] for x in links if "several CHI" in (x["review_reason"] or "")}
    assert found == dict.fromkeys(expected, "unlinked")


@pytest.fixture(scope="module")
def read(work: Work) -> dict[tuple[Place, int], dict[str, Any]]:
    """Each accepted row of the files, as it was read."""
    return {
        ((x.agency, x.feed, x.period), row["source_row"]): row
        for s in work.read(Intake).counting
        for x in [s.landed]
        for row in pq.read_table(work.root.folder("staged") / x.feed / s.file).to_pylist()
    }


def sent(work: Work, defect: dict[str, str]) -> dict[str, str]:
    """The row of a defect as it stands in its file."""
    file = work.root.path / "landing" / "/".join(place_of(defect))
    path = next(iter(file.parent.glob(f"{file.name}.[cC][sS][vV]")))
    return rows_of(path)[int(defect["row_number"]) - 2 - len(titles_of(path))]


def test_amounts_in_any_spelling_are_read_as_they_are_meant(
    work: Work, planted: list[dict[str, str]], read: dict[tuple[Place, int], dict[str, Any]]
) -> None:
    slips = [d for d in planted if d["defect"] in SPELLINGS]
    expected = [pounds(sent(work, d)[FEEDS[d["feed"]].amount or ""]) for d in slips]
    assert [read[place_of(d), int(d["row_number"])][FEEDS[d["feed"]].amount or ""] for d in slips] == expected
    assert {d["defect"] for d in slips} == SPELLINGS


def test_what_is_kept_is_accepted(planted: list[dict[str, str]], read: dict[tuple[Place, int], dict[str, Any]]) -> None:
    kept = [(place_of(d), int(d["row_number"])) for d in planted if d["expected"] != "quarantine" and d["row_number"] != "0"]
    assert set(kept) <= set(read)


def months_of(stay: dict[str, Any]) -> int:
    """In how many months' files a stay is."""
    last = min(stay["end_date"] or MONTHS[-1], MONTHS[-1])
    return sum((m.year, m.month) >= (stay["start_date"].year, stay["start_date"].month) and m <= last for m in MONTHS)


def test_an_episode_costs_what_its_cost_months_sum_to(work: Work, planted: list[dict[str, str]]) -> None:
    truth = {
        x["record_key"]: x["true_cost"]
        for x in pq.read_table(work.root.path / "truth" / "records.parquet").to_pylist()
        if x["feed"] == "acute"
    }
    rows = [
        r
        for r in tables_of(work.root.path, PERIOD).rows("core", "record").to_pylist()
        if r["feed"] == "acute" and r["fate"] == "accepted"
    ]
    count = Counter(r["record_key"] for r in rows)
    # Of others a row was set aside.
    whole = {r["record_key"]: r["record_amount"] for r in rows if r["is_lead"] and count[r["record_key"]] == months_of(r)}
    assert whole == {key: truth[key] for key in whole}
    assert sum(count[key] > 1 for key in whole) > 5
    assert any(d["feed"] == "acute" and d["defect"] == "duplicate_record" for d in planted)


def test_a_reversal_leaves_nothing(work: Work, planted: list[dict[str, str]]) -> None:
    reversed_ = {(d["agency"], d["record_key"]) for d in planted if d["defect"] == "reversal"}
    left: Counter[tuple[str, str]] = Counter()
    for row in tables_of(work.root.path, PERIOD).rows("core", "record_cost").to_pylist():
        if row["feed"] == "payments" and (key := (row["agency"], row["record_key"])) in reversed_:
            left[key] += row["direct_cost"]
    assert left == dict.fromkeys(reversed_, 0)
    assert reversed_


def test_packages_with_the_same_number_every_month_all_count(work: Work, planted: list[dict[str, str]]) -> None:
    places = {place_of(d) for d in planted if d["defect"] == "same_number_every_month"}
    counts = {place_of(x): x["superseded"] for x in tables_of(work.root.path, PERIOD).rows("mart", "submission").to_pylist()}
    # A row of the month to come is quarantined, and gives way to what its own month's file says.
    ahead = Counter(place_of(d) for d in planted if d["defect"] == "after_period" and d["period"] != PERIOD)
    assert {place: counts[place] for place in places} == {place: ahead[place] for place in places}
    assert len(places) == len(MONTHS)


def test_exactly_the_planted_births_are_moved_by_a_century(
    work: Work, planted: list[dict[str, str]], read: dict[tuple[Place, int], dict[str, Any]]
) -> None:
    fits = {
        (b["agency"], b["social_care_id"], b["period"]): b["date_of_birth"]
        for b in tables_of(work.root.path, PERIOD).rows("core", "client_birth").to_pylist()
    }
    moved = {
        (place, number): fits[place[0], row["social_care_id"], place[2]]
        for (place, number), row in read.items()
        if place[1] == "clients" and row["date_of_birth"] != fits[place[0], row["social_care_id"], place[2]]
    }
    expected = {
        (place_of(d), int(d["row_number"])): datetime.date.fromisoformat("19" + sent(work, d)["date_of_birth"][2:])
        for d in planted
        if d["defect"] == "other_century"
    }
    assert moved == expected
