"""The synthetic Tayside: the same every time, defects where they are said to be, ledgers that cover the activity."""

import csv
import datetime
import hashlib
import io
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from pipelines.synth import make_world
from pipelines.synth.activity import World
from pipelines.synth.acute import Acute
from pipelines.synth.community import community_mental_health, community_nursing, gp_out_of_hours
from pipelines.synth.draws import Flags, Ints, Month, generator
from pipelines.synth.geography import load_geography
from pipelines.synth.maternity import Maternity
from pipelines.synth.mental_health import MentalHealth
from pipelines.synth.people import make_people
from pipelines.synth.sheet import money_text
from schemas.feeds import FEEDS
from schemas.reference import REFERENCE
from schemas.table import columns
from tests.conftest import pounds, rows_of, titles_of

PEOPLE = 2_000
MONTHS = [datetime.date(2025, 4, 1), datetime.date(2025, 5, 1)]
PERIODS = ("2025-04", "2025-05")
SEED = 11
BEYOND_BOUNDS = 100_000_000
NHS_FEEDS = (
    "population_register", "acute", "maternity", "mental_health", "outpatient", "emergency", "prescribing", "gp_out_of_hours",
    "community_nursing", "community_mental_health", "deaths", "delayed_discharge", "ledger",
)  # fmt: skip
COUNCIL_FEEDS = ("clients", "home_care", "care_home", "self_directed_support", "equipment", "payments", "ledger")
WHEN_ANY = ("deaths", "delayed_discharge")
"""Feeds of which no file is sent in a month without any."""
COUNCILS = ("angus", "dundee-city", "perth-kinross")


@pytest.fixture(scope="module")
def worlds(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """A world at each level of mess."""
    folder = tmp_path_factory.mktemp("worlds")
    for mess in ("none", "standard", "heavy"):
        make_world(folder / mess, PEOPLE, MONTHS, SEED, mess)
    return {mess: folder / mess for mess in ("none", "standard", "heavy")}


def defects(world: Path) -> list[dict[str, str]]:
    return list(csv.DictReader((world / "truth" / "defects.csv").read_text("utf-8").splitlines()))


def hashes(world: Path) -> dict[str, str]:
    files = sorted(p for p in world.rglob("*") if p.is_file())
    return {str(p.relative_to(world)): hashlib.sha256(p.read_bytes()).hexdigest() for p in files}


def file_of(world: Path, agency: str, feed: str, period: str) -> Path:
    """The file of a month, however its ending is written."""
    return next(iter((world / "landing" / agency / feed).glob(f"{period}.[cC][sS][vV]")))


def landing(world: Path, agency: str, feed: str, period: str) -> list[dict[str, str]]:
    return rows_of(file_of(world, agency, feed, period))


def test_same_seed_same_bytes_and_another_seed_others(worlds: dict[str, Path], tmp_path: Path) -> None:
    make_world(tmp_path / "again", PEOPLE, MONTHS, SEED, "heavy")
    assert hashes(tmp_path / "again") == hashes(worlds["heavy"])
    make_world(tmp_path / "other", PEOPLE, MONTHS, SEED + 1, "heavy")
    assert hashes(tmp_path / "other") != hashes(worlds["heavy"])


@pytest.mark.parametrize("mess", ["none", "standard", "heavy"])
def test_every_feed_has_a_file_for_every_month_with_the_declared_columns(worlds: dict[str, Path], mess: str) -> None:
    for agency in ("nhs-tayside", *COUNCILS):
        for feed in NHS_FEEDS if agency == "nhs-tayside" else COUNCIL_FEEDS:
            for period in PERIODS:
                if feed in WHEN_ANY and not (worlds[mess] / "landing" / agency / feed / f"{period}.csv").exists():
                    continue
                rows = landing(worlds[mess], agency, feed, period)
                if feed in WHEN_ANY and mess == "heavy" and not rows:
                    continue
                assert rows, (agency, feed, period)
                # Acute files of the heavy mess have a row for each cost month, as the national extract.
                has_months = (feed, mess) == ("acute", "heavy")
                assert list(rows[0]) == [c.name for c in columns(FEEDS[feed].model) if has_months or c.name != "cost_month"]


def test_without_mess_nothing_is_wrong(worlds: dict[str, Path]) -> None:
    world = worlds["none"]
    assert defects(world) == []
    for file in (world / "landing").rglob("*.csv"):
        content = file.read_bytes()
        assert not content.startswith(b"\xef\xbb\xbf")
        rows = list(csv.DictReader(io.StringIO(content.decode("utf-8"), newline="")))
        keys = [tuple(row[k] for k in FEEDS[file.parent.name].key) for row in rows]
        assert len(set(keys)) == len(keys), file


ENDS_BEFORE_START = {
    "discharge_before_admission": ("admission_date", "discharge_date"),
    "ended_before_start": ("start_datetime", "end_datetime"),
    "ends_before_start": ("period_from", "period_to"),
    "removed_before_start": ("start_date", "end_date"),
    "left_before_ready": ("ready_for_discharge_date", "delay_end_date"),
}
NOT_A_CODE = {
    **dict.fromkeys(("acute", "maternity", "mental_health"), ("inpatient_day_case", "Inpatient")),
    **dict.fromkeys(("community_nursing", "community_mental_health"), ("contact_type", "Face to face")),
    "outpatient": ("attendance_status", "9"),
    "delayed_discharge": ("reason_code", "Awaiting care home place"),
    "home_care": ("service_type", "Personal care"),
    "care_home": ("nursing_care", "Y"),
    "self_directed_support": ("option", "Direct payment"),
    "equipment": ("service_type", "Community alarm"),
}


TWICE = {"second_chi": ("social_care_id",), "same_number_elsewhere": ("attendance_id",)}
"""Defects that are one row more, and what it shares with its first."""
FITS: dict[str, Callable[[dict[str, str], str], bool]] = {
    "paid_before": lambda row, period: row["period_to"] < f"{PERIODS[0]}-01",
    "sent_again": lambda row, period: row["payment_id"].endswith("D"),
    "reversal": lambda row, period: pounds(row["gross_amount"]) < 0 and row["period_from"][:7] < period,
    "swapped_days": lambda row, period: (row["period_from"][5:7], row["period_to"][5:7]) == ("01", "12"),
    "paid_for_years": lambda row, period: int(row["period_to"][:4]) == int(row["period_from"][:4]) + 2,
    "total_row": lambda row, period: "total" in {value.lower() for value in row.values()},
    "chi_for_figure": lambda row, period: any(len(v) == 10 and v.isdigit() for k, v in row.items() if k != "chi_number"),
    "other_century": lambda row, period: row["date_of_birth"] > "2026" or row["chi_number"][4:6] == row["date_of_birth"][2:4],
    "number_given_on": lambda row, period: period != PERIODS[0] and len(row["chi_number"]) == 10,
}


def looks_planted(row: dict[str, str], defect: dict[str, str], period: str, rows: list[dict[str, str]]) -> bool:
    """Whether the record shows the defect it is said to have."""
    name = defect["defect"]
    blank = {"missing_key", "missing_hospital", "missing_items", "missing_practice", "missing_client", "missing_code",
             "missing_hours", "missing_birth", "missing_type", "missing_reason"}  # fmt: skip
    words = {"unreadable_date": ("not known", "c. 1940"), "unreadable_amount": ("TBC",), "unreadable_hours": ("n/a",),
             "impossible_date": ("2025-02-30",), "unknown_specialty": ("ZZ",), "bare_year": ("2025",),
             "unknown_provider": ("???",), "negative_hours": ("-12.50",), "implausible_hours": ("900.00",),
             "negative_minutes": ("-15",), "unknown_type": ("COVID19 ADVICE",)}  # fmt: skip
    if name in words:
        return any(word in row.values() for word in words[name])
    if name in ("duplicate_record", "equal_line"):
        return rows.count(row) == 2
    if name == "same_key":
        key = FEEDS[defect["feed"]].key
        return sum(all(other[column] == row[column] for column in key) for other in rows) == 2
    if name == "further_line":
        return sum("|".join(other[k] for k in FEEDS[defect["feed"]].key) == defect["record_key"] for other in rows) > 1
    if name in FITS:
        return FITS[name](row, period)
    if name == "paid_ahead":
        return row["period_from"][:7] > period
    if name == "not_a_code":
        column, word = NOT_A_CODE[defect["feed"]]
        return row[column] == word
    if name == "same_day_duplicate":
        return sum(list(other.values())[1:] == list(row.values())[1:] for other in rows) == 2
    if name in ("open_after_death", "second_item"):
        return row["end_date" if defect["feed"] == "equipment" else "discharge_date"] == ""
    if name in TWICE:
        return sum(all(other[column] == row[column] for column in TWICE[name]) for other in rows) == 2
    if name == "lost_leading_zero":
        return len(row["chi_number"]) == 9
    if name == "pound_sign":
        return any(value.startswith("£") for value in row.values())
    if name == "after_period":
        return any(
            value[:7] > period for column, value in row.items() if "date" in column or "month" in column or "from" in column
        )
    if name in ENDS_BEFORE_START:
        start, end = ENDS_BEFORE_START[name]
        return row[end] < row[start]
    if name == "formula_name":
        return any(value.startswith("=HYPERLINK") for value in row.values())
    marks = {"id_as_formula": '="', "id_after_apostrophe": "'", "id_with_no_break_space": "\u00a0", "id_lost": "1.00E+05",
             "id_in_no_break_spaces": "\u00a0", "id_as_number": ".0", "dash_for_minus": "–", "true_minus": "\u2212",
             "credit_mark": " CR", "debit_mark": " DR", "spaced_thousands": "\u00a0", "beyond_bounds": "9999999999.99"}  # fmt: skip
    if name in marks:
        return any(marks[name] in value for value in row.values())
    if name == "more_decimals":
        return any(value[-4:-3] == "." and value.endswith("4") for value in row.values())
    return "" in row.values() if name in blank else True


@pytest.mark.parametrize("mess", ["standard", "heavy"])
def test_planted_defects_are_in_the_file_at_their_row(worlds: dict[str, Path], mess: str) -> None:
    found = defects(worlds[mess])
    assert {d["expected"] for d in found} == {"quarantine", "warning", "none"}
    for defect in found:
        if number := int(defect["row_number"]):
            file = file_of(worlds[mess], defect["agency"], defect["feed"], defect["period"])
            rows = rows_of(file)
            row = rows[number - 2 - len(titles_of(file))]
            assert "|".join(row[k] for k in FEEDS[defect["feed"]].key) == defect["record_key"]
            assert looks_planted(row, defect, defect["period"], rows), defect


def test_heavier_mess_has_more_defects_but_never_half_a_file(worlds: dict[str, Path]) -> None:
    assert len(defects(worlds["heavy"])) > 3 * len(defects(worlds["standard"]))
    bad: dict[tuple[str, str, str], int] = {}
    for d in defects(worlds["heavy"]):
        file = (d["agency"], d["feed"], d["period"])
        bad[file] = bad.get(file, 0) + (d["expected"] == "quarantine")
    for file, count in bad.items():
        assert not count or count * 2 < len(landing(worlds["heavy"], *file))


@pytest.mark.parametrize("mess", ["none", "heavy"])
def test_ledgers_cover_every_service_with_true_cost(worlds: dict[str, Path], mess: str) -> None:
    world = worlds[mess]
    services = {
        (row["agency"], row["cost_code"]): row["service"]
        for row in rows_of(world / "reference" / "cost_code_map.csv")
        if row["treatment"] == "cost" and not row["valid_from"] and not row["valid_to"]
    }
    with_vat = {
        (d["agency"], services[d["agency"], d["record_key"].split("|")[0]])
        for d in defects(world)
        if d["defect"] == "vat_in_ledger"
    }
    quantum: dict[tuple[str, str, str], Decimal] = {}
    for agency in ("nhs-tayside", *COUNCILS):
        for period in PERIODS:
            for row in landing(world, agency, "ledger", period):
                service = services.get((agency, row["cost_code"]))
                if service:
                    key = (agency, service, row["month"])
                    amount = pounds(row["amount"])
                    quantum[key] = quantum.get(key, Decimal(0)) + (amount if amount < BEYOND_BOUNDS else 0)
    truth = rows_of(world / "truth" / "service_months.csv")
    assert len(truth) > 80
    for row in truth:
        ratio = quantum[(row["agency"], row["service"], row["month"])] / Decimal(row["true_cost"])
        is_with_vat = (row["agency"], row["service"]) in with_vat
        assert Decimal("1.02") < ratio < Decimal("1.21" if is_with_vat else "1.13"), row


def test_unmapped_codes_come_with_the_mess_only(worlds: dict[str, Path]) -> None:
    for mess, expected in (("none", set()), ("standard", {"T9900"})):
        known = {
            r["cost_code"] for r in rows_of(worlds[mess] / "reference" / "cost_code_map.csv") if r["agency"] == "nhs-tayside"
        }
        used = {row["cost_code"] for row in landing(worlds[mess], "nhs-tayside", "ledger", "2025-04")}
        assert used - known == expected


def test_reference_has_the_declared_tables_and_columns(worlds: dict[str, Path]) -> None:
    folder = worlds["standard"] / "reference"
    for name, model in REFERENCE.items():
        rows = rows_of(folder / f"{name}.csv")
        assert {c.name for c in columns(model) if c.required} <= set(rows[0]), name
    services = {row["service"] for row in rows_of(folder / "services.csv")}
    rules = {(row["agency"], row["service"]) for row in rows_of(folder / "costing_rules.csv")}
    for row in rows_of(folder / "cost_code_map.csv"):
        if row["treatment"] == "cost":
            assert row["service"] in services
            assert (row["agency"], row["service"]) in rules
    assert {(agency, "unmapped") for agency in ("nhs-tayside", *COUNCILS)} <= rules


def test_unit_costs_never_match_twice(worlds: dict[str, Path]) -> None:
    rows = rows_of(worlds["none"] / "reference" / "unit_costs.csv")
    keys = [tuple(v for k, v in row.items() if k not in ("unit_cost", "price_base", "source")) for row in rows]
    assert len(set(keys)) == len(keys)
    assert {row["financial_year"] for row in rows} >= {"2024-25", "2025-26"}


def test_stand_in_geography_has_the_real_totals() -> None:
    places = load_geography(None)
    for council, (zones, people, deprived) in enumerate(((155, 116_120, 13), (188, 147_720, 72), (186, 153_810, 12))):
        here = places.council == council
        assert (int(here.sum()), int(places.population[here].sum())) == (zones, people)
        assert int((places.quintile[here] == 1).sum()) == deprived
    assert (places.zones[0], places.zones[-1]) == ("S01007129", "S01012018")
    assert len(set(places.postcodes)) == len(places.postcodes)


def test_people_have_distinct_valid_numbers_and_twins_share_a_birthday() -> None:
    people = make_people(load_geography(None), 30_000, Month(2025, 4), 2, SEED, 0.02)
    numbers = np.concatenate([people.chi, people.previous_chi[people.previous_chi > 0]])
    assert len(np.unique(numbers)) == len(numbers)
    digits = numbers[:, None] // 10 ** np.arange(9, -1, -1) % 10
    assert ((digits * np.arange(10, 0, -1)).sum(axis=1) % 11 == 0).all()
    twins = np.flatnonzero(people.twin >= 0)
    assert len(twins) > 20
    assert (people.born[twins] == people.born[people.twin[twins]]).all()
    same_sex = twins[people.sex[twins] == people.sex[people.twin[twins]]]
    assert (people.forename[same_sex] != people.forename[people.twin[same_sex]]).all()


def test_linking_has_work_even_without_mess(worlds: dict[str, Path]) -> None:
    for agency in COUNCILS:
        clients = landing(worlds["none"], agency, "clients", "2025-05")
        assert clients[0]["social_care_id"] == "100001"
        assert any(not client["chi_number"] for client in clients)
    links = pq.read_table(worlds["none"] / "truth" / "links.parquet").to_pylist()
    assert any(link["chi_number"] is None for link in links)


def test_true_cost_of_records_is_on_the_records(worlds: dict[str, Path]) -> None:
    truth = pq.read_table(worlds["none"] / "truth" / "records.parquet").to_pylist()
    costs = {row["record_key"]: row["true_cost"] for row in truth if row["feed"] == "prescribing"}
    for period in PERIODS:
        for row in landing(worlds["none"], "nhs-tayside", "prescribing", period):
            key = f"{row['chi_number']}|{row['paid_month']}|{row['gp_practice_code']}"
            assert costs[key] == Decimal(row["gross_ingredient_cost"])


def test_stays_over_a_month_end_come_again_with_their_discharge(worlds: dict[str, Path]) -> None:
    first, second = (landing(worlds["none"], "nhs-tayside", "acute", period) for period in PERIODS)
    still_in = {row["episode_id"] for row in first if not row["discharge_date"]}
    assert still_in
    assert still_in <= {row["episode_id"] for row in second}
    assert all(row["admission_date"][:7] <= "2025-05" for row in second)


# ---- stays, contacts, deaths, delays, budgets, equipment: believable and of a piece ----


@pytest.fixture(scope="module")
def town() -> World:
    """A town of 30,000 in its first month, without files."""
    places = load_geography(None)
    months = [Month.of(day) for day in MONTHS]
    return World(
        make_people(places, 30_000, months[0], len(months), SEED, 0.0), places, months, SEED, pa.array(places.postcodes)
    )


def everywhere(world: Path, agency: str, feed: str) -> list[dict[str, str]]:
    """The records of all months."""
    return [row for path in sorted((world / "landing" / agency / feed).glob("*.csv")) for row in rows_of(path)]


def per_head(town: World, person: Ints, group: Flags) -> float:
    return float(group[person].sum() / group.sum())


def test_deaths_are_those_of_the_register(worlds: dict[str, Path]) -> None:
    deaths = {(r["chi_number"], r["date_of_death"]) for r in everywhere(worlds["none"], "nhs-tayside", "deaths")}
    register = landing(worlds["none"], "nhs-tayside", "population_register", "2025-05")
    assert deaths == {(r["chi_number"], r["date_of_death"]) for r in register if r["date_of_death"]}
    assert deaths


def test_contacts_go_to_the_ages_and_areas_that_need_them(town: World) -> None:
    people, month = town.people, town.months[0]
    age = people.age(month.start)
    old, middle, young = age >= 85, (age >= 18) & (age < 45), age < 5
    nursed, helped, called = (
        make(town, month).person for make in (community_nursing, community_mental_health, gp_out_of_hours)
    )
    assert per_head(town, nursed, old) > 10 * per_head(town, nursed, middle) > 0
    assert per_head(town, called, old) > 2 * per_head(town, called, middle)
    assert per_head(town, called, young) > 2 * per_head(town, called, middle)
    poor, rich = people.quintile == 1, people.quintile == 5
    for person in (helped, called):
        assert per_head(town, person, poor) > 1.3 * per_head(town, person, rich)
    assert not (people.died[np.concatenate([nursed, helped, called])] < month.start).any()


def test_out_of_hours_is_when_surgeries_are_closed(town: World) -> None:
    starts = [
        datetime.datetime.fromisoformat(s)
        for s in gp_out_of_hours(town, town.months[0]).sheet.columns["start_datetime"].to_pylist()
    ]
    assert len(starts) > 200
    assert all(s.weekday() >= 5 or s.hour >= 18 or s.hour < 8 for s in starts)
    assert any(s.weekday() >= 5 and 8 <= s.hour < 18 for s in starts)


def test_maternity_is_of_women_of_an_age_to_give_birth_each_once(town: World) -> None:
    maternity = Maternity(town)
    births = maternity.every.where(maternity.every.specialty < 2)
    age = (births.start - town.people.born[births.person]) / 365.25
    assert len(births.person) == len(set(births.person)) > 50
    assert (town.people.sex[births.person] == 2).all()
    assert age.min() >= 15 and age.max() < 47


def test_mental_health_stays_are_long_and_more_of_them_from_deprived_areas(town: World) -> None:
    wards = MentalHealth(town)
    (batch,) = wards.month(town.months[0])
    admitted = [day for day in batch.sheet.columns["admission_date"].to_pylist()]
    assert min(admitted) < "2024-10-01"
    quintile = town.people.quintile[batch.person]
    assert (quintile == 1).sum() / (town.people.quintile == 1).sum() > 1.5 * (quintile == 5).sum() / (
        town.people.quintile == 5
    ).sum()


def test_delays_are_the_last_days_of_older_peoples_stays(town: World) -> None:
    acute, delayed = Acute(town).month(town.months[0])
    age = town.people.age(town.months[0].start)[delayed.person]
    assert len(age) > 3 and (age >= 65).mean() > 0.75
    stays = {
        (chi, left): admitted
        for chi, left, admitted in zip(
            *(acute.sheet.columns[c].to_pylist() for c in ("chi_number", "discharge_date", "admission_date")), strict=True
        )
    }
    waits = zip(
        *(delayed.sheet.columns[c].to_pylist() for c in ("chi_number", "delay_end_date", "ready_for_discharge_date")),
        strict=True,
    )
    for chi, left, ready in waits:
        assert stays[(chi, left)] < ready
        assert not left or ready < left


def test_a_days_stay_is_whole_pence_so_that_months_are(town: World) -> None:
    for wards in (Maternity(town), MentalHealth(town)):
        for month in town.months:
            (batch,) = wards.month(month)
            columns_of = batch.sheet.columns
            for start, end, cost in zip(
                *(columns_of[c].to_pylist() for c in ("admission_date", "discharge_date", "total_cost")), strict=True
            ):
                last = datetime.date.fromisoformat(end) if end else datetime.date(month.year, month.number + 1, 1)
                days = (last - datetime.date.fromisoformat(start)).days
                assert Decimal(cost) * 100 % max(days, 1) == 0


def test_budgets_and_alarms_have_the_figures_of_each_council(tmp_path: Path) -> None:
    """People in a year beside the published 2,465 / 3,180 / 5,405 and 3,975 / 4,995 / 3,910, at a tenth of the size."""
    year = [datetime.date(2025, m, 1) for m in range(4, 13)] + [datetime.date(2026, m, 1) for m in (1, 2, 3)]
    make_world(tmp_path, 41_765, year, SEED, "none")
    for agency, budgets, alarms in zip(COUNCILS, (246, 318, 540), (398, 500, 391), strict=True):
        for feed, real in (("self_directed_support", budgets), ("equipment", alarms)):
            people = len({r["social_care_id"] for r in everywhere(tmp_path, agency, feed)})
            assert 0.85 * real < people <= 1.02 * real, (agency, feed)
    truth: dict[str, Decimal] = {}
    for row in rows_of(tmp_path / "truth" / "service_months.csv"):
        truth[row["service"]] = truth.get(row["service"], Decimal(0)) + Decimal(row["true_cost"]) / 41_765
    pounds_a_head = {"maternity": 37, "mental_health_inpatient": 86, "gp_out_of_hours": 14, "community_nursing": 63,
                     "community_mental_health": 68, "sds_direct_payment": 47, "telecare": 7}  # fmt: skip
    for service, real in pounds_a_head.items():
        assert 0.75 * real < truth[service] < 1.25 * real, service


def test_items_of_one_client_truly_cost_one_rate(worlds: dict[str, Path]) -> None:
    rates = {
        (r["agency"], r["financial_year"]): Decimal(r["unit_cost"])
        for r in rows_of(worlds["none"] / "reference" / "unit_costs.csv")
        if r["service"] == "telecare"
    }
    truth = {(r["agency"], r["month"]): Decimal(r["true_cost"]) for r in rows_of(worlds["none"] / "truth" / "service_months.csv")
             if r["service"] == "telecare"}  # fmt: skip
    several = 0
    for agency in COUNCILS:
        for period in PERIODS:
            rows = landing(worlds["none"], agency, "equipment", period)
            clients = {row["social_care_id"] for row in rows}
            several += len(rows) - len(clients)
            assert truth[(agency, f"{period}-01")] == len(clients) * rates[(agency, "2025-26")]
    assert several


def test_items_left_open_after_death_come_with_the_mess_only(tmp_path: Path) -> None:
    year = [datetime.date(2025, m, 1) for m in range(4, 13)]
    for mess, some in (("none", False), ("heavy", True)):
        make_world(tmp_path / mess, 8_000, year, SEED, mess)
        assert any(d["defect"] == "open_after_death" for d in defects(tmp_path / mess)) == some


def test_money_is_written_to_the_penny() -> None:
    assert money_text(np.array([123450, -5, 0, -12345])).to_pylist() == ["1234.50", "-0.05", "0.00", "-123.45"]


def test_streams_are_independent() -> None:
    april, may = Month(2025, 4), Month(2025, 5)
    draws = {generator(1, stream, month).integers(10**12) for stream in ("acute", "outpatient") for month in (april, may, None)}
    assert len(draws) == 6


@pytest.mark.parametrize(
    ("people", "months", "mess"),
    [(0, MONTHS, "none"), (10, [], "none"), (10, [MONTHS[0], datetime.date(2025, 7, 1)], "none"), (10, MONTHS, "some")],
)
def test_impossible_worlds_are_refused(tmp_path: Path, people: int, months: list[datetime.date], mess: str) -> None:
    with pytest.raises(ValueError, match=r"person|consecutive|mess"):
        make_world(tmp_path, people, months, SEED, mess)


@pytest.mark.parametrize("people", [1, 40])
def test_very_small_worlds_work(tmp_path: Path, people: int) -> None:
    make_world(tmp_path, people, MONTHS, SEED, "heavy")
    assert len(landing(tmp_path, "nhs-tayside", "population_register", "2025-04")) >= people


def test_more_months_change_no_file_of_the_earlier_ones(worlds: dict[str, Path], tmp_path: Path) -> None:
    """A month more is the next month of the same world: there is one to practise with."""
    june = datetime.date(2025, 6, 1)
    make_world(tmp_path, PEOPLE, [*MONTHS, june], SEED, "heavy")
    before = {name: content for name, content in hashes(worlds["heavy"]).items() if name.startswith("landing/")}
    after = {name: content for name, content in hashes(tmp_path).items() if name.startswith("landing/")}
    assert {name: after[name] for name in before} == before
    assert {Path(name).name for name in set(after) - set(before)} == {"2025-06.csv"}


def test_the_residents_of_the_reference_are_the_people_of_the_world(worlds: dict[str, Path]) -> None:
    """Else a cost per head would be of a few people over all of Tayside."""
    rows = rows_of(worlds["none"] / "reference" / "population.csv")
    assert sum(int(row["Population"]) for row in rows) == PEOPLE
