"""The synthetic Tayside: the same every time, defects where they are said to be, ledgers that cover the activity."""

import csv
import datetime
import hashlib
import io
from decimal import Decimal
from pathlib import Path

import numpy as np
import pyarrow.parquet as pq
import pytest

from pipelines.synth import make_world
from pipelines.synth.draws import Month, generator
from pipelines.synth.geography import load_geography
from pipelines.synth.people import make_people
from pipelines.synth.sheet import money_text
from schemas.feeds import FEEDS
from schemas.reference import REFERENCE
from schemas.table import columns

PEOPLE = 2_000
MONTHS = [datetime.date(2025, 4, 1), datetime.date(2025, 5, 1)]
PERIODS = ("2025-04", "2025-05")
SEED = 11
NHS_FEEDS = ("population_register", "acute", "outpatient", "emergency", "prescribing", "ledger")
COUNCIL_FEEDS = ("clients", "home_care", "care_home", "payments", "ledger")
COUNCILS = ("angus", "dundee-city", "perth-kinross")


@pytest.fixture(scope="module")
def worlds(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """A world at each level of mess."""
    folder = tmp_path_factory.mktemp("worlds")
    for mess in ("none", "standard", "heavy"):
        make_world(folder / mess, PEOPLE, MONTHS, SEED, mess)
    return {mess: folder / mess for mess in ("none", "standard", "heavy")}


def text_of(path: Path) -> str:
    content = path.read_bytes()
    if content.startswith(b"\xff\xfe"):
        return content.decode("utf-16")
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return content.decode("cp1252")


def records(path: Path) -> list[dict[str, str]]:
    text = text_of(path)
    header = text.split("\n", 1)[0]
    separator = max(",;\t|", key=header.count)
    return list(csv.DictReader(io.StringIO(text, newline=""), delimiter=separator))


def defects(world: Path) -> list[dict[str, str]]:
    return list(csv.DictReader((world / "truth" / "defects.csv").read_text("utf-8").splitlines()))


def hashes(world: Path) -> dict[str, str]:
    files = sorted(p for p in world.rglob("*") if p.is_file())
    return {str(p.relative_to(world)): hashlib.sha256(p.read_bytes()).hexdigest() for p in files}


def landing(world: Path, agency: str, feed: str, period: str) -> list[dict[str, str]]:
    return records(world / "landing" / agency / feed / f"{period}.csv")


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
                rows = landing(worlds[mess], agency, feed, period)
                assert rows, (agency, feed, period)
                assert list(rows[0]) == [c.name for c in columns(FEEDS[feed].model)]


def test_without_mess_nothing_is_wrong(worlds: dict[str, Path]) -> None:
    world = worlds["none"]
    assert defects(world) == []
    for file in (world / "landing").rglob("*.csv"):
        content = file.read_bytes()
        assert not content.startswith(b"\xef\xbb\xbf")
        rows = list(csv.DictReader(io.StringIO(content.decode("utf-8"), newline="")))
        keys = [tuple(row[k] for k in FEEDS[file.parent.name].key) for row in rows]
        assert len(set(keys)) == len(keys), file


def looks_planted(row: dict[str, str], defect: dict[str, str], period: str, rows: list[dict[str, str]]) -> bool:
    """Whether the record shows the defect it is said to have."""
    name = defect["defect"]
    blank = {"missing_key", "missing_hospital", "missing_items", "missing_practice", "missing_client", "missing_code",
             "missing_hours", "missing_birth"}  # fmt: skip
    words = {"unreadable_date": ("not known", "c. 1940"), "unreadable_amount": ("TBC",), "unreadable_hours": ("n/a",),
             "impossible_date": ("2025-02-30",), "unknown_specialty": ("ZZ",), "bare_year": ("2025",),
             "unknown_provider": ("???",), "negative_hours": ("-12.50",), "implausible_hours": ("900.00",)}  # fmt: skip
    if name in words:
        return any(word in row.values() for word in words[name])
    if name == "duplicate_record":
        return rows.count(row) == 2
    if name == "second_chi":
        return sum(other["social_care_id"] == row["social_care_id"] for other in rows) == 2
    if name == "lost_leading_zero":
        return len(row["chi_number"]) == 9
    if name == "pound_sign":
        return any(value.startswith("£") for value in row.values())
    if name == "after_period":
        return any(
            value[:7] > period for column, value in row.items() if "date" in column or "month" in column or "from" in column
        )
    if name == "discharge_before_admission":
        return row["discharge_date"] < row["admission_date"]
    if name == "formula_name":
        return any(value.startswith("=HYPERLINK") for value in row.values())
    return "" in row.values() if name in blank else True


@pytest.mark.parametrize("mess", ["standard", "heavy"])
def test_planted_defects_are_in_the_file_at_their_row(worlds: dict[str, Path], mess: str) -> None:
    found = defects(worlds[mess])
    assert {d["expected"] for d in found} == {"quarantine", "warning", "none"}
    for defect in found:
        rows = landing(worlds[mess], defect["agency"], defect["feed"], defect["period"])
        number = int(defect["row_number"])
        if number:
            row = rows[number - 1]
            assert "|".join(row[k] for k in FEEDS[defect["feed"]].key) == defect["record_key"]
            assert looks_planted(row, defect, defect["period"], rows), defect


def test_heavier_mess_has_more_defects_but_never_half_a_file(worlds: dict[str, Path]) -> None:
    assert len(defects(worlds["heavy"])) > 3 * len(defects(worlds["standard"]))
    bad: dict[tuple[str, str, str], int] = {}
    for d in defects(worlds["heavy"]):
        file = (d["agency"], d["feed"], d["period"])
        bad[file] = bad.get(file, 0) + (d["expected"] == "quarantine")
    for file, count in bad.items():
        assert count * 2 < len(landing(worlds["heavy"], *file))


@pytest.mark.parametrize("mess", ["none", "heavy"])
def test_ledgers_cover_every_service_with_true_cost(worlds: dict[str, Path], mess: str) -> None:
    world = worlds[mess]
    services = {
        (row["agency"], row["cost_code"]): row["service"]
        for row in records(world / "reference" / "cost_code_map.csv")
        if row["treatment"] == "cost" and not row["valid_from"] and not row["valid_to"]
    }
    quantum: dict[tuple[str, str, str], Decimal] = {}
    for agency in ("nhs-tayside", *COUNCILS):
        for period in PERIODS:
            for row in landing(world, agency, "ledger", period):
                service = services.get((agency, row["cost_code"]))
                if service:
                    amount = Decimal(row["amount"].replace("£", "").replace(",", ""))
                    key = (agency, service, row["month"])
                    quantum[key] = quantum.get(key, Decimal(0)) + amount
    truth = records(world / "truth" / "service_months.csv")
    assert len(truth) > 30
    for row in truth:
        ratio = quantum[(row["agency"], row["service"], row["month"])] / Decimal(row["true_cost"])
        assert Decimal("1.02") < ratio < Decimal("1.13"), row


def test_unmapped_codes_come_with_the_mess_only(worlds: dict[str, Path]) -> None:
    for mess, expected in (("none", set()), ("standard", {"T9900"})):
        known = {
            r["cost_code"] for r in records(worlds[mess] / "reference" / "cost_code_map.csv") if r["agency"] == "nhs-tayside"
        }
        used = {row["cost_code"] for row in landing(worlds[mess], "nhs-tayside", "ledger", "2025-04")}
        assert used - known == expected


def test_reference_has_the_declared_tables_and_columns(worlds: dict[str, Path]) -> None:
    folder = worlds["standard"] / "reference"
    for name, model in REFERENCE.items():
        rows = records(folder / f"{name}.csv")
        assert {c.name for c in columns(model) if c.required} <= set(rows[0]), name
    services = {row["service"] for row in records(folder / "services.csv")}
    rules = {(row["agency"], row["service"]) for row in records(folder / "costing_rules.csv")}
    for row in records(folder / "cost_code_map.csv"):
        if row["treatment"] == "cost":
            assert row["service"] in services
            assert (row["agency"], row["service"]) in rules
    assert {(agency, "unmapped") for agency in ("nhs-tayside", *COUNCILS)} <= rules


def test_unit_costs_never_match_twice(worlds: dict[str, Path]) -> None:
    rows = records(worlds["none"] / "reference" / "unit_costs.csv")
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
