"""A test of change in places, from a release to its verdict: planted effects, nothing planted, and what befalls the months."""

from collections.abc import Callable, Sequence
from decimal import Decimal
from pathlib import Path

import duckdb
import pytest

from pipelines.engine.errors import IrfError
from pipelines.evaluation import kept
from pipelines.evaluation.evaluate import Evaluated, evaluate_release
from pipelines.evaluation.kept import keep, kept_results, page_file
from pipelines.evaluation.verdict import Verdict
from pipelines.warehouse.root import DataRoot
from schemas.month import financial_year, first_day
from tests.evaluation.made_release import (
    LOCALITIES,
    MONTHS,
    PARTS,
    RESIDENTS,
    TREATED,
    VERSION,
    Drawn,
    declare,
    put,
    put_places,
    root_of,
)

NAME = "more-care-at-home"
DESIGNS = ("difference_in_differences", "interrupted_time_series", "synthetic_control")


@pytest.fixture
def root(tmp_path: Path) -> DataRoot:
    return root_of(tmp_path)


def evaluated(root: DataRoot) -> Evaluated:
    return evaluate_release(root, root.folder("releases") / VERSION, NAME)


def declare_design(root: DataRoot, design: str) -> None:
    declare(root, design=design, who={"comparison": None if design == "interrupted_time_series" else "all_others"})


@pytest.mark.parametrize("design", DESIGNS)
@pytest.mark.parametrize(("change", "expected"), [(-0.15, Verdict.IMPROVED), (0.0, Verdict.NO_EVIDENCE), (0.15, Verdict.WORSE)])
def test_a_planted_effect_is_found_with_its_size(root: DataRoot, design: str, change: float, expected: Verdict) -> None:
    put_places(root, Drawn(seed=5, change=change, noise=0.01))
    declare_design(root, design)
    result = evaluated(root).result
    assert result.verdict is expected
    relative = result.relative_effect
    assert relative.lower is not None and relative.upper is not None
    assert relative.lower <= Decimal(str(change)) <= relative.upper


def test_pounds_a_head_and_in_all_a_month_and_to_date_tie(root: DataRoot) -> None:
    put_places(root, Drawn(change=-0.1))
    declare(root)
    result = evaluated(root).result
    assert result.effect_a_head_and_month is not None and result.money is not None
    a_head, a_month, to_date = result.effect_a_head_and_month.value, result.effect_a_month.value, result.effect_to_date.value
    assert a_head is not None and a_month is not None and to_date is not None and result.money.net.value is not None
    assert abs(a_head * RESIDENTS - a_month) < Decimal("0.01")
    assert abs(a_month * 12 - to_date) < Decimal("0.20")
    assert (result.money.cost_of_test, result.money.break_even_a_month) == (Decimal("12000.00"), Decimal("1000.00"))
    assert result.money.net.value == to_date + Decimal("12000.00")
    shifts = sum(shift.a_month.value or 0 for shift in result.shifts)
    assert abs(shifts - a_month) < Decimal("1.00")  # the parts are the whole: the design is linear


def test_every_figure_of_a_world_without_chance_is_what_it_is_by_hand(root: DataRoot) -> None:
    """£200 a head everywhere in every month, £180 in one place of 8,000 people from the start on; the test costs £1,000 a month."""
    put_places(root, Drawn(noise=0.0))
    rows = [
        {
            "financial_year": financial_year(month), "month": first_day(month), "council": council, "hscp": "S37000001", "locality": locality,
            "agency": agency, "sector": sector, "service": service, "setting": setting, "age_band": "65-74", "sex": "1", "simd_quintile": 1,
            "people": 100, "units": Decimal(100), "population": RESIDENTS,
            # The hospital spares £30 a head; £10 more of it is spent at home.
            "cost": Decimal(RESIDENTS * ((120 if share > 0.5 else 80) + (0 if locality != TREATED or month < "2025-04" else -30 if share > 0.5 else 10))),
        }
        for locality, council in LOCALITIES.items() for month in MONTHS for agency, sector, service, setting, share in PARTS
    ]  # fmt: skip
    put(root, "locality_month_cost", rows)
    declare(root, when={"washout_months": 2})
    result = evaluated(root).result
    assert (result.months_before, result.months_after) == (24, 10)
    told = (result.effect_a_head_and_month, result.effect_a_month, result.effect_to_date)
    assert [of and (of.value, of.lower, of.upper) for of in told] == [
        (Decimal(x),) * 3 for x in ("-20.000000", "-160000.00", "-1600000.00")
    ]
    assert result.relative_effect.value == Decimal("-0.100000") and result.mean_before.value == Decimal("200.000000")
    assert result.money is not None and result.smallest_effect_a_month == 0
    assert (result.money.cost_of_test, result.money.net.value) == (Decimal("12000.00"), Decimal("-1588000.00"))
    assert result.money.break_even_a_month == Decimal("1200.00")  # £12,000 in the ten months that count
    shifts = {(shift.agency, shift.setting): shift.a_month.value for shift in result.shifts}
    assert shifts == {("nhs-tayside", "institutional"): Decimal("-240000.00"), ("angus", "community"): Decimal("80000.00")}
    declare(root, outcome={"scope": "nhs"}, when={"washout_months": 2})
    of_hospital = evaluated(root).result
    assert of_hospital.effect_a_month.value == Decimal("-240000.00")
    assert {(s.agency, s.setting): s.a_month.value for s in of_hospital.shifts} == shifts  # what goes elsewhere is seen


def test_prices_of_one_year_are_used_where_they_are_declared(root: DataRoot) -> None:
    put_places(root, Drawn(noise=0.0))
    declare(root)
    cash = evaluated(root)
    declare(root, outcome={"price_base": {"series": "gdp_deflator", "vintage": "2026-03", "year": "2025-26"}})
    real = evaluated(root)
    first = [
        Decimal(row["value"])
        for each in (cash, real)
        for row in each.series
        if row["month"] == "2023-04" and row["part"] == "treated"
    ]
    assert abs(first[1] / first[0] - Decimal("1.06")) < Decimal("0.0001")
    assert any("no price base" in caution for caution in cash.result.cautions) and not any(
        "no price base" in c for c in real.result.cautions
    )
    declare(root, outcome={"price_base": {"series": "gdp_deflator", "vintage": "2020-01", "year": "2025-26"}})
    with pytest.raises(IrfError, match="has no factor from 2023-24; 2024-25"):
        evaluated(root)


def test_groups_that_went_different_ways_before_are_not_judged(root: DataRoot) -> None:
    put_places(root, Drawn(trend=0.01))
    declare(root)
    result = evaluated(root).result
    assert result.verdict is Verdict.NOT_EVALUABLE and any("different ways before" in reason for reason in result.reasons)
    assert result.effect_to_date.value is None and result.money is None and not result.shifts


def test_few_months_after_are_not_judged_and_said(root: DataRoot) -> None:
    put_places(root, Drawn(change=-0.3, last="2025-07"))
    release = root.folder("releases") / VERSION
    early = release.rename(release.with_name("2025.07.1"))
    declare(root)
    result = evaluate_release(root, early, NAME).result
    assert result.verdict is Verdict.NOT_EVALUABLE and "4 months after" in result.reasons[0]
    assert "4 of 12 months after the start are in, to 2025-07." in result.cautions


@pytest.mark.parametrize("comparison", [None, ["Angus East", "Angus West"]])
def test_without_enough_places_to_compare_there_is_no_verdict(root: DataRoot, comparison: Sequence[str] | None) -> None:
    put_places(root, Drawn(change=-0.3))
    declare(root, who={"comparison": comparison})
    result = evaluated(root).result
    assert result.verdict is Verdict.NOT_EVALUABLE and "places to compare with; 3 are needed" in result.reasons[0]


def test_councils_are_places_too_by_name_or_code(root: DataRoot) -> None:
    put_places(
        root, Drawn(change=-0.2, treated=[name for name, code in LOCALITIES.items() if code == "S12000041"], noise=0.005)
    )
    results = []
    for treated in ("Angus", "S12000041"):
        declare(root, design="interrupted_time_series", who={"kind": "councils", "treated": [treated], "comparison": None})
        results.append(evaluated(root).result)
    assert results[0].verdict is Verdict.IMPROVED and results[0].treated == "Angus" == results[1].treated
    assert results[0].effect_to_date == results[1].effect_to_date


@pytest.mark.parametrize(
    ("who", "said"),
    [
        ({"treated": ["Brechin"]}, "who.treated: Brechin: the release has no such place"),
        ({"comparison": ["Brechin"]}, "who.comparison"),
    ],
)
def test_a_place_that_is_not_there_is_named(root: DataRoot, who: dict, said: str) -> None:
    put_places(root, Drawn())
    declare(root, who=who)
    with pytest.raises(IrfError, match=said):
        evaluated(root)


def test_a_month_without_accounts_is_left_out_and_said(root: DataRoot) -> None:
    put_places(root, Drawn(change=-0.1))
    agencies = {agency: service for agency, _, service, _, _ in PARTS}
    put(root, "control_total", [
        {"financial_year": financial_year(month), "month": first_day(month), "agency": agency, "service": service}
        for month in MONTHS for agency, service in agencies.items() if (month, agency) != ("2024-11", "angus")
    ])  # fmt: skip
    declare(root)
    made = evaluated(root)
    assert "angus has no accounts of 2024-11: the month is left out." in made.result.cautions
    assert made.result.months_before == 23 and "2024-11" not in {row["month"] for row in made.series}
    assert made.result.verdict is Verdict.IMPROVED


def put_accounts(root: DataRoot, is_there: Callable[[str, str], bool]) -> None:
    put(root, "control_total", [
        {"financial_year": financial_year(month), "month": first_day(month), "agency": agency, "service": service}
        for month in MONTHS for agency, _, service, _, _ in PARTS if is_there(agency, month)
    ])  # fmt: skip


def test_months_that_an_agency_which_joined_later_has_no_accounts_of_are_said_in_one_sentence(root: DataRoot) -> None:
    put_places(root, Drawn(change=-0.1))
    put_accounts(root, lambda agency, month: agency != "angus" or month >= "2024-04")
    declare(root)
    result = evaluated(root).result
    assert "angus has no accounts of 2023-04 to 2024-03: these months are left out." in result.cautions
    assert (result.months_before, result.verdict) == (12, Verdict.IMPROVED)


def test_accounts_of_who_pays_nothing_of_the_outcome_are_not_missed(root: DataRoot) -> None:
    put_places(root, Drawn(change=-0.1))
    put_accounts(root, lambda agency, month: agency != "angus" or month >= "2025-04")
    for outcome in ({"scope": "nhs"}, {"scope": None, "services": ["acute_emergency"]}):
        declare(root, outcome=outcome)
        result = evaluated(root).result
        assert result.months_before == 24 and not any("no accounts" in caution for caution in result.cautions)


@pytest.mark.parametrize("starts_on", ["2010-04-01", "2040-04-01"])
def test_months_of_which_the_release_has_none_are_not_judged(root: DataRoot, starts_on: str) -> None:
    put_places(root, Drawn())
    declare(root, when={"starts_on": starts_on})
    keep(root, evaluated(root))
    assert [r and (r.verdict, r.months_before, r.months_after) for _, _, r in kept_results(root)] == [
        (Verdict.NOT_EVALUABLE, 0, 0)
    ]


def test_months_before_the_dataset_are_said_once(root: DataRoot) -> None:
    put_places(root, Drawn(change=-0.1))
    declare(root, when={"months_before": 60})
    cautions = evaluated(root).result.cautions
    assert "The dataset begins with 2023-04: 24 of 60 months before the start are in it." in cautions
    assert not any("no accounts" in caution for caution in cautions)


def test_a_place_in_which_nobody_lives_is_named(root: DataRoot) -> None:
    put_places(root, Drawn(change=-0.1))
    file = root.folder("releases") / VERSION / "population" / "all.parquet"
    sql = f"SELECT * REPLACE (CASE locality WHEN 'Angus East' THEN 0 ELSE population END AS population) FROM read_parquet('{file}')"
    duckdb.connect().execute(f"COPY ({sql}) TO '{file}.new' (FORMAT parquet)")
    Path(f"{file}.new").replace(file)
    declare(root)
    result = evaluated(root).result
    assert result.verdict is Verdict.NOT_EVALUABLE
    assert any("nothing to divide by" in caution and caution.endswith("in Angus East.") for caution in result.cautions)


def test_a_file_that_drifted_or_is_missing_is_named_with_what_would_be_found_without_it(root: DataRoot) -> None:
    put_places(root, Drawn(change=-0.1))
    sent = [("angus", "home_care", month) for month in MONTHS if month != "2025-09"]
    common = {
        "revision": 0,
        "rows": 10,
        "accepted": 10,
        "quarantined": 0,
        "superseded": 0,
        "status": "accepted",
        "received_order": 1,
    }
    put(root, "submission", [{"agency": agency, "feed": feed, "period": month, **common} for agency, feed, month in sent])
    put(root, "rule_result", [
        {"agency": "angus", "feed": "home_care", "period": "2025-08", "revision": 0, "rule_id": "drift.rows", "severity": "warning", "evaluated": 1,
         "failed": 1, "status": "failed"}
    ])  # fmt: skip
    declare(root)
    cautions = evaluated(root).result.cautions
    assert "The file home_care of angus is not there: 2025-09." in cautions
    assert "The file home_care of angus had far fewer or far more rows than usual: 2025-08." in cautions
    (without,) = [caution for caution in cautions if caution.startswith("Without the months of the files")]
    assert "(2025-08, 2025-09) the effect a month would be −" in without


def test_a_cost_code_that_moved_within_the_months_is_named(root: DataRoot) -> None:
    put_places(root, Drawn())
    (root.folder("reference") / "cost_code_map.csv").write_text(
        "agency,cost_code,valid_from,valid_to,service,treatment,reason\n"
        "angus,H1,2020-04-01,2025-06-30,home_care_personal,cost,\nangus,H1,2025-07-01,,day_care,cost,\n"
        "angus,H2,2020-04-01,2021-06-30,home_care_personal,cost,\nangus,H2,2021-07-01,,day_care,cost,\n", "utf-8"
    )  # fmt: skip
    declare(root)
    assert [c for c in evaluated(root).result.cautions if "cost code" in c] == [
        "A cost code of angus moved from home_care_personal to day_care on 2025-07-01."
    ]
    declare(root, outcome={"scope": None, "services": ["acute_emergency"]})
    assert not [c for c in evaluated(root).result.cautions if "cost code" in c]


@pytest.mark.parametrize(
    "content", [b"agency,cost_code,valid_from,service\nangus,H1,2020-04-01,meals\n", "agency,é\n".encode("latin-1")]
)
def test_a_mapping_of_codes_that_cannot_be_read_is_said(root: DataRoot, content: bytes) -> None:
    put_places(root, Drawn())
    (root.folder("reference") / "cost_code_map.csv").write_bytes(content)
    declare(root)
    with pytest.raises(IrfError, match=r"cost_code_map.csv: cannot be read as CSV in UTF-8 with the columns agency, cost_code"):
        evaluated(root)


@pytest.mark.parametrize(
    ("outcome", "said"),
    [
        ({"scope": None, "services": ["wizardry"]}, "the release has no such service"),
        ({"measure": "units"}, "units can be added up only over services that count the same"),
    ],
)
def test_an_outcome_that_no_release_has_is_an_error(root: DataRoot, outcome: dict, said: str) -> None:
    put_places(root, Drawn())
    declare(root, outcome=outcome)
    with pytest.raises(IrfError, match=said):
        evaluated(root)


@pytest.mark.parametrize("measure", ["cost", "units", "institutional_share"])
def test_each_measure_can_be_looked_at(root: DataRoot, measure: str) -> None:
    put_places(root, Drawn(change=-0.2))
    declare(root, outcome={"measure": measure, "scope": None, "services": [service for _, _, service, _, _ in PARTS]})
    result = evaluated(root).result
    assert result.verdict is {"cost": Verdict.IMPROVED}.get(measure, Verdict.NO_EVIDENCE)
    assert (result.money is not None) == (measure == "cost")


def test_the_same_inputs_give_the_same_bytes_and_the_order_of_rows_says_nothing(root: DataRoot) -> None:
    put_places(root, Drawn(change=-0.1))
    declare(root)
    folder = page_file(root, NAME, VERSION).parent
    contents = []
    for order in ("month, locality", "cost DESC, agency"):
        file = root.folder("releases") / VERSION / "locality_month_cost" / "all.parquet"
        duckdb.connect().execute(
            f"COPY (SELECT * FROM read_parquet('{file}') ORDER BY {order}) TO '{file}.new' (FORMAT parquet)"
        )
        Path(f"{file}.new").replace(file)
        keep(root, evaluated(root))
        contents.append({path.name: path.read_bytes() for path in sorted(folder.iterdir())})
    assert contents[0] == contents[1] and set(contents[0]) == {"result.json", "series.parquet", "index.html"}
    assert [result and result.verdict for _, _, result in kept_results(root)] == [Verdict.IMPROVED]


@pytest.mark.parametrize("step", ["write_result", "rendered", "sync"])
def test_a_result_is_whole_or_not_there_whatever_kills_the_process(
    root: DataRoot, monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    put_places(root, Drawn(change=-0.1))
    declare(root)
    made = evaluated(root)
    keep(root, made)
    folder = page_file(root, NAME, VERSION).parent
    before = {path.name: path.read_bytes() for path in folder.iterdir()}

    def killed(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch, pytest.raises(KeyboardInterrupt):
        patch.setattr(kept, step, killed)
        keep(root, made)
    assert {path.name: path.read_bytes() for path in folder.iterdir()} == before
    keep(root, made)
    deleted: list[str] = []
    monkeypatch.setattr("shutil.rmtree", lambda path, **_: deleted.append(path.name))
    keep(root, made)
    assert {path.name: path.read_bytes() for path in folder.iterdir()} == before
    assert deleted and all(name.startswith(".staging-") for name in deleted)  # never file by file where it is seen


def test_a_question_with_html_in_it_is_text(root: DataRoot) -> None:
    put_places(root, Drawn())
    declare(root, what={"question": "<script>alert(1)</script> & does it help?"})
    keep(root, evaluated(root))
    page = page_file(root, NAME, VERSION).read_text("utf-8")
    assert "<script>" not in page and "&lt;script&gt;" in page


def test_the_page_says_when_it_was_not_declared_and_holds_the_picture_and_its_figures(root: DataRoot) -> None:
    put_places(root, Drawn(change=-0.1))
    declare(root)
    keep(root, evaluated(root))
    page = page_file(root, NAME, VERSION).read_text("utf-8")
    for words in (
        "It was not declared before its result was known",
        "<svg",
        "what would have been",
        TREATED,
        "What it cost and what it saved",
        "no cash that can be spent",
        "For the statistician",
    ):
        assert words in page, words


def test_the_page_says_what_was_looked_at_and_what_could_have_been_seen(root: DataRoot) -> None:
    put_places(root, Drawn())
    base = {"series": "gdp_deflator", "vintage": "2026-03", "year": "2025-26"}
    declare(root, outcome={"scope": "community", "price_base": base}, when={"washout_months": 1})
    keep(root, evaluated(root))
    page = page_file(root, NAME, VERSION).read_text("utf-8")
    for words in (
        "Looked at: the cost a head of care in the community of people of 65 and over, in prices of 2025-26 (gdp_deflator, 2026-03); "
        "a start on 2025-04-01, 24 months before and 11 after it (and 1 month of washout between them).",
        "The smallest effect that would have been seen four times in five: £",
        " a head and month, ",
        "below 0 is a gain",
    ):
        assert words in page, words


def test_a_share_is_told_in_percentage_points(root: DataRoot) -> None:
    put_places(root, Drawn())
    declare(root, outcome={"measure": "institutional_share"})
    answer = evaluated(root).result.answer
    assert "The share of institutions in the cost was 0.00 percentage points" in answer and "-0" not in answer


@pytest.mark.parametrize("number", [0, 4, 5])
def test_a_place_in_which_a_few_people_had_the_care_is_not_shown(root: DataRoot, number: int) -> None:
    """In one month of one place; where nobody had it, the pounds are those of accounts alone."""
    put_places(root, Drawn(change=-0.1))
    file = root.folder("releases") / VERSION / "locality_month_cost" / "all.parquet"
    where = f"locality = '{TREATED}' AND month = DATE '2024-05-01'"
    sql = f"SELECT * REPLACE (CASE WHEN {where} THEN {number} ELSE people END AS people) FROM read_parquet('{file}')"
    duckdb.connect().execute(f"COPY ({sql}) TO '{file}.new' (FORMAT parquet)")
    Path(f"{file}.new").replace(file)
    declare(root)
    made = evaluated(root)
    shown = {row["month"]: row["value"] for row in made.series if row["part"] == "treated"}
    is_few = number == 4
    assert (shown["2024-05"] is None, made.result.verdict is Verdict.NOT_EVALUABLE) == (is_few, is_few)
    assert (made.result.mean_before.value is None) == is_few and shown["2024-06"] is not None
    assert any("fewer than 5 people had such care" in reason for reason in made.result.reasons) == is_few
