"""A test of change planted in a made world: it reaches those it names, by about what was asked, and nobody else; truth says how far."""

import datetime
import functools
import hashlib
import tomllib
from collections import defaultdict
from decimal import Decimal
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest

from pipelines.engine.errors import IrfError
from pipelines.synth import make_world
from pipelines.synth.plant import Plant
from schemas.feeds import FEEDS
from tests import REPOSITORY
from tests.conftest import rows_of, run
from tests.docs.reading import blocks_of

PEOPLE, SEED = 4_000, 5
MONTHS = [datetime.date(2025, month, 1) for month in range(4, 11)]
BEFORE, AFTER = ("2025-04", "2025-05"), ("2025-06", "2025-07", "2025-08", "2025-09", "2025-10")
TREATED = ("Dundee East End", "Maryfield", "Perth City")
WHOLE_RECORDS = Decimal("0.2")
"""By which share of itself a change may differ from the one that was asked for: records are whole, and payments that began before
the first month end in it."""
PENCE_OF_SPLITTING = Decimal("0.09")
"""How far a service's month may be from the truth: stays and payments are split into months by the day, with or without a test."""
BY_RATE = ("outpatient", "emergency", "gp_out_of_hours", "community_nursing", "community_mental_health")

LOCALITIES = """
name = "enhanced-support"
starts_on = 2025-06-01
change = "-0.2"
[who]
kind = "localities"
treated = ["Dundee East End", "Maryfield", "Perth City"]
"""
MORE = LOCALITIES.replace('"-0.2"', '"0.2"')
OLDER = LOCALITIES.replace("[who]", 'age_group = "65+"\nscope = "nhs"\n[who]')
SPILLED = LOCALITIES.replace(', "Perth City"]', ']\nspill_over = "0.5"')
PEOPLE_TREATED = """
name = "case-load"
starts_on = 2026-04-01
change = "0"
scope = "nhs"
age_group = "65+"
[who]
kind = "people"
number = 40
chosen_for = "high_cost"
"""
YEAR = [datetime.date(2025 + (m > 12), (m - 1) % 12 + 1, 1) for m in range(4, 16)]


def planted(folder: Path, toml: str, months: list[datetime.date] = MONTHS, people: int = PEOPLE, seed: int = SEED) -> Path:
    """A world with a test of change."""
    file = folder / "plant.toml"
    file.write_text(toml, "utf-8")
    make_world(folder / "world", people, months, seed, "none", test_of_change=file)
    return folder / "world"


@pytest.fixture(scope="module")
def plain(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The world without a test of change."""
    folder = tmp_path_factory.mktemp("plain")
    make_world(folder, PEOPLE, MONTHS, SEED, "none")
    return folder


@pytest.fixture(scope="module")
def fewer(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return planted(tmp_path_factory.mktemp("fewer"), LOCALITIES)


@pytest.fixture(scope="module")
def more(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return planted(tmp_path_factory.mktemp("more"), MORE)


@pytest.fixture(scope="module")
def older(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return planted(tmp_path_factory.mktemp("older"), OLDER)


@pytest.fixture(scope="module")
def spilled(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return planted(tmp_path_factory.mktemp("spilled"), SPILLED)


@pytest.fixture(scope="module")
def caseload(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return planted(tmp_path_factory.mktemp("caseload"), PEOPLE_TREATED, [*YEAR, datetime.date(2026, 4, 1)], 2_000)


def hashes(world: Path, below: str = "") -> dict[str, str]:
    files = sorted(p for p in (world / below).rglob("*") if p.is_file())
    return {str(p.relative_to(world)): hashlib.sha256(p.read_bytes()).hexdigest() for p in files}


def truth(world: Path) -> list[dict[str, str]]:
    return rows_of(world / "truth" / "test_of_change.csv")


def realised(rows: list[dict[str, str]]) -> Decimal:
    """By which share the cost of some rows of the truth truly changed."""
    with_it, without = (sum((Decimal(r[f"true_cost_{name}"]) for r in rows), Decimal(0)) for name in ("with", "without"))
    return with_it / without - 1


def residents(world: Path) -> dict[str, str]:
    """The locality of everybody in the register, by CHI number, from the published files alone."""
    zones = {
        r["Postcode"]: r["DataZone2011Code"] for r in rows_of(world / "reference" / "postcodes.csv") if not r["DateOfDeletion"]
    }
    names = {r["DataZone"]: r["SubHSCPName"] for r in rows_of(world / "reference" / "localities.csv")}
    register = rows_of(world / "landing" / "nhs-tayside" / "population_register" / "2025-04.csv")
    return {r["chi_number"]: names[zones[r["postcode"]]] for r in register}


def numbers(world: Path, localities: tuple[str, ...]) -> set[int]:
    """The numbers, in the truth, of the people of some localities."""
    home = residents(world)
    people = pq.read_table(world / "truth" / "people.parquet").to_pylist()
    return {p["person_number"] for p in people if home[p["chi_number"]] in localities}


@functools.cache
def identifiers(world: Path) -> dict[tuple[str, str], int]:
    """The number of each person in the truth, by agency ("" for a CHI number) and identifier."""
    people = pq.read_table(world / "truth" / "people.parquet").to_pylist()
    links = pq.read_table(world / "truth" / "links.parquet").to_pylist()
    return {("", p["chi_number"]): p["person_number"] for p in people} | {
        (x["agency"], x["social_care_id"]): x["person_number"] for x in links
    }


def of_others(world: Path, agency: str, feed: str, period: str, theirs: set[int]) -> list[dict[str, str]]:
    """The records of a file that are of nobody with one of these numbers."""
    file = world / "landing" / agency / feed / f"{period}.csv"
    known = identifiers(world)
    return [
        row
        for row in (rows_of(file) if file.is_file() else [])
        if known.get((agency, row["social_care_id"]) if "social_care_id" in row else ("", row["chi_number"])) not in theirs
    ]


def files_of_records(world: Path) -> list[tuple[str, str, str]]:
    """Agency, feed and period of every file that tells of people."""
    files = [(p.parts[-3], p.parts[-2], p.stem) for p in sorted(world.glob("landing/*/*/*.csv"))]
    return [file for file in files if file[1] not in ("ledger", "budget")]


# ---- how large the change is ----


@pytest.mark.parametrize(("name", "asked"), [("fewer", "-0.2"), ("more", "0.2"), ("older", "-0.2")])
def test_the_change_is_about_what_was_asked(request: pytest.FixtureRequest, name: str, asked: str) -> None:
    rows = [r for r in truth(request.getfixturevalue(name)) if r["month"][:7] in AFTER]
    assert {r["treated"] for r in rows} == set(TREATED)
    assert abs(realised(rows) / Decimal(asked) - 1) < WHOLE_RECORDS


def test_before_it_starts_nothing_changes(plain: Path, fewer: Path) -> None:
    assert all(r["true_cost_with"] == r["true_cost_without"] for r in truth(fewer) if r["month"][:7] in BEFORE)
    before = {name: sha for name, sha in hashes(plain, "landing").items() if name[-11:-4] in BEFORE}
    assert len(before) > 50
    assert {name: hashes(fewer, "landing")[name] for name in before} == before


@pytest.mark.parametrize("name", ["fewer", "more", "older", "spilled"])
def test_the_truth_is_what_all_that_is_done_costs_less_or_more(request: pytest.FixtureRequest, plain: Path, name: str) -> None:
    """The true cost of every service in each month moves by what the truth says of the treated and those beside them."""
    world: Path = request.getfixturevalue(name)
    moved: defaultdict[str, Decimal] = defaultdict(Decimal)
    for sign, of in ((1, world), (-1, plain)):
        for row in rows_of(of / "truth" / "service_months.csv"):
            moved[row["month"]] += sign * Decimal(row["true_cost"])
    told: defaultdict[str, Decimal] = defaultdict(Decimal)
    for row in truth(world):
        told[row["month"]] += Decimal(row["true_cost_with"]) - Decimal(row["true_cost_without"])
    assert told == moved
    assert any(told.values())


def test_the_truth_is_what_the_records_of_the_treated_cost(fewer: Path, plain: Path) -> None:
    """Of those feeds whose records say what they cost, or have a rate, in the files themselves."""
    told = pq.read_table(fewer / "truth" / "records.parquet").to_pylist()
    theirs = numbers(fewer, TREATED)
    costs = {
        (r["feed"], r["record_key"]): r["true_cost"]
        for r in told
        if r["agency"] == "nhs-tayside" and r["person_number"] in theirs
    }
    others = {(feed, "|".join(r[k] for k in FEEDS[feed].key)) for agency, feed, period in files_of_records(fewer) if agency == "nhs-tayside"
              for r in of_others(fewer, agency, feed, period, theirs)}  # fmt: skip
    assert not set(costs) & others
    written = {
        ("prescribing", "|".join(r[k] for k in FEEDS["prescribing"].key)): Decimal(r["gross_ingredient_cost"])
        for _, feed, period in files_of_records(fewer) if feed == "prescribing"
        for r in rows_of(fewer / "landing" / "nhs-tayside" / feed / f"{period}.csv")
    }  # fmt: skip
    assert {key: cost for key, cost in costs.items() if key[0] == "prescribing"} == {
        k: v for k, v in written.items() if k in costs
    }


def test_the_ledgers_follow_the_true_cost(fewer: Path, plain: Path) -> None:
    """Each service's overhead is the same share as without the test."""
    code = {r["cost_code"]: r["service"] for r in rows_of(plain / "reference" / "cost_code_map.csv")
            if r["agency"] == "dundee-city" and r["treatment"] == "cost"}  # fmt: skip
    ratios: list[dict[str, Decimal]] = []
    for world in (plain, fewer):
        true = {r["service"]: Decimal(r["true_cost"]) for r in rows_of(world / "truth" / "service_months.csv")
                if (r["agency"], r["month"][:7]) == ("dundee-city", "2025-09")}  # fmt: skip
        sums: defaultdict[str, Decimal] = defaultdict(Decimal)
        for row in rows_of(world / "landing" / "dundee-city" / "ledger" / "2025-09.csv"):
            sums[code.get(row["cost_code"], "")] += Decimal(row["amount"])
        ratios.append({service: round(sums[service] / cost, 3) for service, cost in true.items()})
    assert ratios[0] == ratios[1]
    assert len(ratios[0]) > 8


# ---- whom it reaches ----


@pytest.mark.parametrize("name", ["fewer", "more", "older"])
def test_records_of_everybody_else_are_what_they_were(request: pytest.FixtureRequest, plain: Path, name: str) -> None:
    world: Path = request.getfixturevalue(name)
    theirs = numbers(plain, TREATED)
    differ = 0
    for agency, feed, period in files_of_records(plain):
        rows = [of_others(of, agency, feed, period, theirs) for of in (plain, world)]
        assert rows[0] == rows[1], (agency, feed, period)
        differ += of_others(plain, agency, feed, period, set()) != of_others(world, agency, feed, period, set())
    assert differ > 20


def test_a_test_of_older_people_in_the_health_service_reaches_no_other(plain: Path, older: Path) -> None:
    assert {n: h for n, h in hashes(plain, "landing").items() if "nhs-tayside" not in n} == {
        n: h for n, h in hashes(older, "landing").items() if "nhs-tayside" not in n
    }
    born = {
        r["chi_number"]: r["date_of_birth"]
        for r in rows_of(plain / "landing" / "nhs-tayside" / "population_register" / "2025-04.csv")
    }
    for feed in ("prescribing", *BY_RATE):
        for period in AFTER:
            files = [rows_of(of / "landing" / "nhs-tayside" / feed / f"{period}.csv") for of in (plain, older)]
            younger = [[r for r in rows if born[r["chi_number"]] > "1961"] for rows in files]
            assert younger[0] == younger[1]


def test_a_change_that_spills_over_reaches_the_localities_beside_by_its_share(plain: Path, spilled: Path) -> None:
    rows = [r for r in truth(spilled) if r["month"][:7] in AFTER]
    beside = {r["treated"] for r in rows if r["role"] == "beside"}
    assert {r["treated"] for r in rows if r["role"] == "treated"} == {"Dundee East End", "Maryfield"}
    assert beside == {"Coldside", "Dundee North East", "Dundee West End", "Lochee", "Strathmartine", "The Ferry"}
    assert abs(realised([r for r in rows if r["role"] == "beside"]) / Decimal("-0.1") - 1) < WHOLE_RECORDS
    theirs = numbers(plain, ("Dundee East End", "Maryfield", *beside))
    for agency, feed, period in files_of_records(plain):
        assert of_others(plain, agency, feed, period, theirs) == of_others(spilled, agency, feed, period, theirs), (
            agency,
            feed,
            period,
        )


def test_whole_councils_are_treated_by_either_name(plain: Path, tmp_path: Path) -> None:
    councils = LOCALITIES.replace('"localities"', '"councils"').replace(
        str(list(TREATED)).replace("'", '"'), '["angus", "Dundee City Council"]'
    )
    rows = truth(planted(tmp_path, councils))
    assert {r["treated"] for r in rows} == {"angus", "Dundee City Council"}
    angus = {name for name in residents(plain).values() if name.startswith("Angus")}
    assert {int(r["people"]) for r in rows if (r["treated"], r["month"]) == ("angus", "2025-04-01")} == {
        len(numbers(plain, tuple(angus)))
    }


# ---- the files stay files that agencies could send ----


def test_what_comes_besides_has_numbers_of_its_own_and_days_of_its_month(plain: Path, more: Path) -> None:
    died = {
        r["chi_number"]: r["date_of_death"] or "9999"
        for r in rows_of(more / "landing" / "nhs-tayside" / "population_register" / "2025-10.csv")
    }
    added = 0
    for agency, feed, period in files_of_records(more):
        rows = rows_of(more / "landing" / agency / feed / f"{period}.csv")
        keys = [tuple(row[k] for k in FEEDS[feed].key) for row in rows]
        assert len(set(keys)) == len(keys), (agency, feed, period)
        if feed in BY_RATE:
            day = next(name for name in rows[0] if name.endswith(("_date", "_datetime")))
            assert all(row[day][:7] == period and row[day][:10] <= died[row["chi_number"]] for row in rows)
        added += len(rows) - len(rows_of(plain / "landing" / agency / feed / f"{period}.csv"))
    assert added > 100


def test_who_is_away_from_a_care_home_leaves_and_comes_back(plain: Path, fewer: Path) -> None:
    away = 0
    for agency in ("angus", "perth-kinross"):
        stays = [
            {r["stay_id"]: r for period in AFTER for r in rows_of(of / "landing" / agency / "care_home" / f"{period}.csv")}
            for of in (plain, fewer)
        ]
        new = [row for stay, row in stays[1].items() if stay not in stays[0]]
        for stay, row in stays[0].items():
            left = stays[1][stay]["discharge_date"]
            if left != row["discharge_date"]:
                week_after = str(datetime.date.fromisoformat(left) + datetime.timedelta(7))
                assert any(
                    (back["social_care_id"], back["care_home_name"]) == (row["social_care_id"], row["care_home_name"])
                    and back["admission_date"] >= week_after
                    for back in new
                )
                away += 1
    assert away


@pytest.mark.parametrize("toml", [LOCALITIES, pytest.param(MORE, marks=pytest.mark.soak)], ids=["fewer", "more"])
def test_a_release_says_what_was_truly_done(tmp_path: Path, toml: str) -> None:
    """Direct cost is the truth, of every service and of the treated; the ledgers' overhead is the same share of it in every month."""
    small = planted(tmp_path, toml, MONTHS[:3], 1_500)
    release = small / "releases" / run(small, "2025-06").version
    lines = pq.read_table(sorted((release / "control_total").glob("*.parquet"))).to_pylist()
    direct = {(r["agency"], r["service"], str(r["month"])): r["direct"] for r in lines if r["direct"]}
    told = {
        (r["agency"], r["service"], r["month"]): Decimal(r["true_cost"])
        for r in rows_of(small / "truth" / "service_months.csv")
    }
    assert len(told) > 80
    assert set(direct) == set(told)
    assert {key: cost for key, cost in told.items() if abs(direct[key] - cost) > PENCE_OF_SPLITTING} == {}
    costs: defaultdict[str, list[Decimal]] = defaultdict(lambda: [Decimal(0)] * 2)
    for line in pq.read_table(sorted((release / "cost_line").glob("*.parquet"))).to_pylist():
        if line["locality"] in TREATED and line["person_id"]:
            own = costs[str(line["month"])]
            own[:] = [own[0] + (line["direct_cost"] or 0), own[1] + line["cost"]]
    for month, (direct_cost, cost) in costs.items():
        truly = sum(Decimal(r["true_cost_with"]) for r in truth(small) if r["month"] == month)
        assert Decimal("0.99") < direct_cost / truly < Decimal("1.03")  # clients who are in no register have homes there too
        assert Decimal("1.05") < cost / direct_cost < Decimal("1.1")


# ---- people ----


def chosen(world: Path) -> set[int]:
    """The numbers, in the truth, of those on the list of who takes part."""
    links = {
        (x["agency"], x["social_care_id"]): x["person_number"]
        for x in pq.read_table(world / "truth" / "links.parquet").to_pylist()
    }
    return {links[r["agency"], r["social_care_id"]] for r in rows_of(world / "tests_of_change" / "case-load-people.csv")}


def clients_who_could(world: Path) -> set[int]:
    """Clients of 65 and over who live on the day before it starts."""
    register = rows_of(world / "landing" / "nhs-tayside" / "population_register" / "2026-03.csv")
    fit = {r["chi_number"] for r in register if r["date_of_birth"] <= "1961-04-01" and not r["date_of_death"]}
    people: list[dict[str, Any]] = pq.read_table(world / "truth" / "people.parquet").to_pylist()
    listed = {(p.parts[-3], r["social_care_id"]) for p in world.glob("landing/*/clients/2026-04.csv") for r in rows_of(p)}
    known = {
        x["person_number"]
        for x in pq.read_table(world / "truth" / "links.parquet").to_pylist()
        if (x["agency"], x["social_care_id"]) in listed
    }
    return {p["person_number"] for p in people if p["chi_number"] in fit} & known


def test_high_cost_chooses_the_clients_who_cost_most_in_the_year_before(caseload: Path, tmp_path: Path) -> None:
    make_world(tmp_path, 2_000, YEAR, SEED, "none")
    cost: defaultdict[int, Decimal] = defaultdict(Decimal)
    for record in pq.read_table(tmp_path / "truth" / "records.parquet").to_pylist():
        if record["agency"] == "nhs-tayside" and record["true_cost"] is not None:
            cost[record["person_number"]] += record["true_cost"]
    could = clients_who_could(caseload)
    taken = chosen(caseload)
    assert len(taken) == 40
    assert taken <= could
    assert min(cost[person] for person in taken) >= max(cost[person] for person in could - taken)


def test_the_list_of_who_takes_part_is_as_a_council_would_write_it(caseload: Path) -> None:
    rows = rows_of(caseload / "tests_of_change" / "case-load-people.csv")
    assert list(rows[0]) == ["agency", "social_care_id", "chi_number", "started_on", "ended_on"]
    clients = {
        (p.parts[-3], r["social_care_id"]): r["chi_number"]
        for p in caseload.glob("landing/*/clients/2026-04.csv")
        for r in rows_of(p)
    }
    assert [r["chi_number"] for r in rows] == [clients[r["agency"], r["social_care_id"]] for r in rows]
    assert {r["started_on"] for r in rows} == {"2026-04-01"}


def test_those_chosen_for_their_cost_cost_less_afterwards_of_themselves(tmp_path: Path) -> None:
    """Regression to the mean: nothing is planted, and yet their cost falls by more than that of everybody of their age; not to the
    mean, for heavy users stay heavy in part.
    """
    months = [*YEAR, *(datetime.date(2026, month, 1) for month in range(4, 10))]
    some = PEOPLE_TREATED.replace("= 40", "= 25")
    everybody = some[: some.index("[who]")] + '[who]\nkind = "councils"\ntreated = ["angus", "dundee-city", "perth-kinross"]\n'
    before_and_after: list[list[Decimal]] = []
    for name, toml in (("some", some), ("everybody", everybody)):
        (tmp_path / name).mkdir()
        rows = truth(planted(tmp_path / name, toml, months, 5_000))
        assert realised(rows) == 0
        halves = [[r for r in rows if (r["month"] < "2026-04") == is_before] for is_before in (True, False)]
        people = [sum(int(r["people"]) for r in half) for half in halves]
        before_and_after.append(
            [sum((Decimal(r["true_cost_with"]) for r in half), Decimal(0)) / n for half, n in zip(halves, people, strict=True)]
        )
    (before, after), (mean_before, mean_after) = before_and_after
    assert after / before < Decimal("0.9") * mean_after / mean_before
    assert after > 2 * mean_after


# ---- again, and wrong ----


def test_same_seed_same_bytes(fewer: Path, tmp_path: Path) -> None:
    assert hashes(planted(tmp_path, LOCALITIES)) == hashes(fewer)


def test_a_longer_world_changes_no_file_of_the_months_before(fewer: Path, tmp_path: Path) -> None:
    shorter = hashes(planted(tmp_path, LOCALITIES, MONTHS[:-1]), "landing")
    assert {name: hashes(fewer, "landing")[name] for name in shorter} == shorter


MISTAKES = [
    ('change = "-0.2"', "change = -0.2", "change cannot be -0.2; give a share from -0.9 to 1"),
    ('change = "-0.2"', 'change = "-5 %"', "change cannot be -5 %; give a share from -0.9 to 1"),
    ('change = "-0.2"', 'change = "-0.95"', "change cannot be -0.95; give a share from -0.9 to 1"),
    ('change = "-0.2"\n', "", "change is missing; give a share from -0.9 to 1"),
    ("starts_on = 2025-06-01", "starts_on = 2025-06-15", "starts_on cannot be 2025-06-15; give the first day of a month"),
    ("starts_on = 2025-06-01", "starts_on = 2027-01-01", "starts_on = 2027-01-01: the world has 2025-04 to 2025-10; give the first day of one of its"),
    ("[who]", 'scope = "hospital"\n[who]', "scope cannot be hospital; give one of all, nhs, social_care, institutional, community"),
    ("[who]", 'age_group = "60+"\n[who]', "age_group cannot be 60+; give one of all, 65+, 75+"),
    ("[who]", 'owner = "us"\n[who]', "owner is no key; the keys are name, starts_on"),
    ('"enhanced-support"', '"../x"', "name cannot be ../x; give small letters, digits and hyphens"),
    ('kind = "localities"', 'kind = "zones"', "who.kind cannot be zones; give localities, councils or people"),
    ("Maryfield", "Dundee Eastend", "who.treated = Dundee Eastend: there is none of that name; give Dundee East End"),
    ('treated = ["Dundee East End", "Maryfield", "Perth City"]', "", "who.treated is missing; give a list of names"),
    ('treated = ["Dundee East End", "Maryfield", "Perth City"]', "treated = []", "who.treated has no name"),
    ('kind = "localities"', 'kind = "localities"\nnumber = 3', "who.number is not for localities; take it away"),
    ('kind = "localities"', 'kind = "councils"\nspill_over = "0.5"', "who.spill_over has no place to reach beside a whole council"),
    ("[who]", "[who", "is no TOML"),
]  # fmt: skip
MISTAKES_OF_PEOPLE = [
    ('chosen_for = "high_cost"', 'chosen_for = "luck"', "who.chosen_for cannot be luck; give chance or high_cost"),
    ("number = 40", "", "who.number is missing; give how many people, as 200"),
    ("number = 40", "number = 0", "who.number cannot be 0; give how many people"),
    ("number = 40", "number = 40\nspill_over = \"0.1\"", "who.spill_over is not for people; take it away"),
    ("2026-04-01", "2025-06-01", "who.chosen_for = high_cost looks 12 months back, and the world has 2025-04 to 2025-10; start on 2026-04-01 or later"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("toml", "right", "wrong", "said"),
    [*((LOCALITIES, *mistake) for mistake in MISTAKES), *((PEOPLE_TREATED, *mistake) for mistake in MISTAKES_OF_PEOPLE)],
)
def test_a_mistake_is_one_line_with_file_key_and_what_to_do(
    tmp_path: Path, toml: str, right: str, wrong: str, said: str
) -> None:
    assert right in toml
    with pytest.raises(IrfError) as error:
        planted(tmp_path, toml.replace(right, wrong), people=60)
    assert str(error.value).startswith(f"{tmp_path / 'plant.toml'}: ")
    assert said in str(error.value)
    assert "\n" not in str(error.value)


def test_the_example_of_the_documents_can_be_planted() -> None:
    (example,) = (b for b in blocks_of(REPOSITORY / "docs" / "architecture.md") if b.language == "toml" and "[who]" in b.code)
    plant = Plant.of(tomllib.loads(example.code))
    assert (plant.change, plant.age_group, plant.who.spill_over) == (Decimal("-0.05"), "65+", Decimal("0.5"))


def test_more_people_than_there_are_is_an_error(tmp_path: Path) -> None:
    by_chance = PEOPLE_TREATED.replace("high_cost", "chance").replace("2026-04", "2025-06").replace("= 40", "= 400")
    with pytest.raises(IrfError, match=r"who\.number = 400: \d+ clients of age_group 65\+ live on 2025-06-01; give fewer"):
        planted(tmp_path, by_chance, people=300)


def test_a_file_that_is_not_there_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(IrfError, match=r"none\.toml: cannot be read: No such file or directory; give a TOML file"):
        make_world(tmp_path, 60, MONTHS, SEED, test_of_change=tmp_path / "none.toml")
