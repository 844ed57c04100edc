"""Files in, release out: what a release must hold whatever the agencies send."""

import csv
import hashlib
import hmac
import io
import json
import random
import re
import shutil
from collections import Counter, defaultdict
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from pipelines.definitions import build_defs
from pipelines.release.verify import verify
from pipelines.resources import Warehouse
from pipelines.synth import make_world
from schemas.published import PUBLISHED
from schemas.table import arrow_schema
from tests.conftest import MONTHS, PEOPLE, BuildWorld, pounds, rows_of, run, shared, submissions_of, titles_of

VERSION = "2025.05.1"
SEEDS = [1, *(pytest.param(seed, marks=pytest.mark.soak) for seed in (2, 3, 4, 5))]
PROVENANCE = {"cost_line": ["source_file", "source_row"], "submission": ["file_hash"]}
"""Columns that tell which file and row a value is from: they differ when files do."""


def table(root: Path, name: str, version: str = VERSION) -> pa.Table:
    return pq.read_table(root / "releases" / version / name)


def parquet_hashes(root: Path, version: str) -> dict[str, str]:
    manifest = json.loads((root / "releases" / version / "manifest.json").read_text("utf-8"))
    return {path: facts["sha256"] for path, facts in manifest["tables"].items()}


def quanta(root: Path) -> dict[tuple[str, str, str], Decimal]:
    """The ledger quantum of each agency, service and month, straight from the landed files."""
    mapping = defaultdict(list)
    for row in csv.DictReader(io.StringIO((root / "reference" / "cost_code_map.csv").read_text("utf-8"))):
        mapping[row["agency"], row["cost_code"]].append(row)
    set_aside = {
        (d["agency"], d["period"], int(d["row_number"]))
        for d in rows_of(root / "truth" / "defects.csv")
        if d["feed"] == "ledger" and d["expected"] == "quarantine"
    }
    sums: dict[tuple[str, str, str], Decimal] = defaultdict(Decimal)
    for file in sorted(root.glob("landing/*/ledger/*.csv")):
        agency = file.parent.parent.name
        for number, row in enumerate(rows_of(file), start=2 + len(titles_of(file))):
            if (agency, file.stem, number) in set_aside:
                continue
            on_day = [
                m
                for m in mapping[agency, row["cost_code"]]
                if (m["valid_from"] or "0001") <= row["month"] <= (m["valid_to"] or "9999")
            ]
            if not on_day:
                sums[agency, "unmapped", row["month"]] += pounds(row["amount"])
            elif on_day[0]["treatment"] == "cost":
                sums[agency, on_day[0]["service"], row["month"]] += pounds(row["amount"])
    return {key: amount for key, amount in sums.items() if amount}


@pytest.mark.parametrize("seed", SEEDS)
def test_cost_is_the_ledger_to_the_penny_on_heavy_mess(published: BuildWorld, seed: int) -> None:
    root = published("heavy", seed)
    sums: dict[tuple[str, str, str], Decimal] = defaultdict(Decimal)
    for line in table(root, "cost_line").select(["agency", "service", "month", "cost"]).to_pylist():
        sums[line["agency"], line["service"], str(line["month"])] += line["cost"]
    assert {key: cost for key, cost in sums.items() if cost} == quanta(root)


@pytest.mark.parametrize("seed", SEEDS)
def test_every_row_and_pound_of_every_file_has_one_fate(published: BuildWorld, seed: int) -> None:
    root = published("heavy", seed)
    manifest = json.loads((root / "releases" / VERSION / "manifest.json").read_text("utf-8"))
    key = (root / "secure" / "pseudonym.key").read_bytes()
    assert len(manifest["inputs"]) == len(submissions_of(root)) >= 2 * (11 + 3 * 7)
    planted = rows_of(root / "truth" / "defects.csv")
    totals = Counter((d["agency"], d["feed"], d["period"]) for d in planted if d["defect"] == "total_row")
    for entry in manifest["inputs"]:
        file = root / "landing" / entry["file"]
        # A total row stands for no row.
        without_total = len(rows_of(file)) - totals[file.parts[-3], file.parts[-2], file.stem]
        assert entry["rows"] == without_total, entry["file"]
        assert entry["rows"] == entry["accepted"] + entry["quarantined"] + entry["superseded"], entry["file"]
        assert entry["file_hash"] == hmac.new(key, file.read_bytes(), hashlib.sha256).hexdigest()
        if entry["pounds"]:
            parts = {k: Decimal(v) for k, v in entry["pounds"].items()}
            assert parts["read"] == parts["accepted"] + parts["quarantined"] + parts["superseded"], entry["file"]


def test_the_tables_of_the_contract_are_there_with_their_types(published: BuildWorld) -> None:
    release = published() / "releases" / VERSION
    assert {p.name for p in release.iterdir() if p.is_dir()} == set(PUBLISHED)
    for name, model in PUBLISHED.items():
        for file in (release / name).rglob("*.parquet"):
            assert pq.read_schema(file).equals(arrow_schema(model)), name
            has_years = "financial_year" in arrow_schema(model).names
            assert re.fullmatch(r"\d{4}-\d{2}" if has_years else "all", file.stem), file
            if has_years:
                assert set(pq.read_table(file, columns=["financial_year"])["financial_year"].to_pylist()) <= {file.stem}, file
    assert json.loads((release.parent / "latest.json").read_text("utf-8")) == {"version": VERSION}


def test_the_same_refresh_twice_gives_the_same_bytes(published: BuildWorld, copy_of: Callable[[Path], Path]) -> None:
    root = copy_of(published())
    shutil.rmtree(root / "work")  # else the tables would be kept
    assert run(root).version == "2025.05.2"
    assert parquet_hashes(root, "2025.05.2") == parquet_hashes(root, VERSION)
    changes = (root / "releases" / "2025.05.2" / "CHANGES.md").read_text("utf-8")
    assert "No agency, service and month differs" in changes


@pytest.mark.soak
def test_a_refresh_from_nothing_gives_the_same_bytes(published: BuildWorld, copy_of: Callable[[Path], Path]) -> None:
    root = copy_of(published())
    for folder in ("raw", "staged", "quarantine", "work", "releases", "reports"):
        shutil.rmtree(root / folder)
    run(root)
    assert parquet_hashes(root, VERSION) == parquet_hashes(published(), VERSION)


def shuffle_rows(file: Path, seed: int) -> None:
    """The same records in another order below the same titles, written with the csv module."""
    rows = rows_of(file)
    if not rows:
        return
    random.Random(seed).shuffle(rows)
    encoded = io.StringIO("".join(f"{title}\n" for title in titles_of(file)))
    encoded.seek(0, io.SEEK_END)
    writer = csv.DictWriter(encoded, list(rows[0]), lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    file.write_bytes(encoded.getvalue().encode("utf-8"))


@pytest.mark.parametrize("mess", ["heavy", pytest.param("standard", marks=pytest.mark.soak)])
def test_shuffled_rows_in_every_file_change_nothing_but_provenance(
    published: BuildWorld, world: BuildWorld, copy_of: Callable[[Path], Path], mess: str
) -> None:
    root = copy_of(world(mess))
    (root / "secure").mkdir(mode=0o700)
    shutil.copyfile(published(mess) / "secure" / "pseudonym.key", root / "secure" / "pseudonym.key")
    for number, file in enumerate(submissions_of(root)):
        shuffle_rows(file, number)
    run(root)
    before, now = parquet_hashes(published(mess), VERSION), parquet_hashes(root, VERSION)
    same = {path for path in before if path.split("/")[0] not in PROVENANCE}
    assert {path: now[path] for path in same} == {path: before[path] for path in same}
    for name, columns in PROVENANCE.items():
        ours, theirs = (table(r, name).drop_columns(columns) for r in (root, published(mess)))
        assert ours.equals(theirs), name


@pytest.mark.soak
@pytest.mark.parametrize("limits", [{"threads": 1}, {"memory_limit": "150MB"}], ids=str)
def test_less_of_the_machine_gives_the_same_bytes(
    published: BuildWorld, copy_of: Callable[[Path], Path], limits: dict[str, Any]
) -> None:
    root = copy_of(published())
    for folder in ("staged", "work"):
        shutil.rmtree(root / folder)
    run(root, defs=build_defs(warehouse=Warehouse(**limits)))
    assert parquet_hashes(root, "2025.05.2") == parquet_hashes(root, VERSION)


def test_without_mess_every_direct_cost_is_the_true_one(published: BuildWorld) -> None:
    """For services whose records lie in one month; stays and payments may reach out of the dataset's months."""
    root = published("none")
    with duckdb.connect() as connection:
        truth = connection.execute(
            f"SELECT agency, service, sum(true_cost) FROM read_parquet('{root}/truth/records.parquet') "
            "WHERE true_cost IS NOT NULL AND feed IN ('outpatient', 'emergency', 'prescribing', 'home_care') GROUP BY ALL"
        ).fetchall()
    services = {(agency, service) for agency, service, _ in truth}
    assert len(services) >= 7
    direct: dict[tuple[str, str], Decimal] = defaultdict(Decimal)
    for line in table(root, "cost_line").select(["agency", "service", "direct_cost"]).to_pylist():
        if line["direct_cost"] is not None and (line["agency"], line["service"]) in services:
            direct[line["agency"], line["service"]] += line["direct_cost"]
    assert direct == {(agency, service): cost for agency, service, cost in truth}


def identifiers(root: Path) -> set[str]:
    """Every CHI, care id, postcode and surname-with-forename of a world."""
    found: set[str] = set()
    for file in submissions_of(root):
        for row in rows_of(file):
            for column in ("chi_number", "previous_chi_number", "social_care_id", "postcode", "care_home_postcode"):
                text = (row.get(column) or "").strip()
                found |= {text, text.replace(" ", "")} if len(text) > 4 else set()
    return found


def test_nothing_identifying_leaves_the_inside_folders(published: BuildWorld) -> None:
    root = published("heavy")
    secret = identifiers(root)
    assert len(secret) > PEOPLE
    texts: set[str] = set()
    for name in PUBLISHED:
        for column in table(root, name).itercolumns():
            if pa.types.is_string(column.type):
                texts |= set(column.drop_null().unique().to_pylist())
    assert not texts & secret
    assert list((root / "state" / "history").rglob("*.db"))
    words = set()
    for file in [*(root / "releases").rglob("*"), *(root / "reports").rglob("*"), *(root / "state" / "history").rglob("*")]:
        if file.is_file() and file.suffix != ".parquet":
            words |= set(file.read_bytes().decode("latin-1").replace('"', " ").replace(",", " ").split())
    assert len(words) > 500
    assert not words & secret


def test_inside_folders_are_closed_to_others(published: BuildWorld) -> None:
    for name in ("raw", "staged", "quarantine", "work", "review", "state", "secure"):
        assert (published() / name).stat().st_mode & 0o077 == 0, name
    assert (published() / "secure" / "pseudonym.key").stat().st_mode & 0o177 == 0


def test_real_geography_loads_unchanged_and_missing_localities_are_unknown(tmp_path: Path) -> None:
    public = shared("public")
    root = tmp_path / "data"
    make_world(root, PEOPLE, MONTHS[:1], 3, "standard", public)
    for name, file in {
        "data_zones": "dz2011_codes_and_labels_21042020.csv",
        "localities": "dz2011_to_hscp_locality.csv",
        "simd": "simd2020v2_22062020.csv",
        "population": "tayside_pop_2021_dz2011_sex_age.csv",
    }.items():
        assert (root / "reference" / f"{name}.csv").read_bytes() == (public / file).read_bytes()
    run(root, "2025-04")
    with duckdb.connect() as connection:
        view = f"read_parquet('{root}/releases/2025.04.1/%s/**/*.parquet')"
        residents = connection.execute(
            f"SELECT count(DISTINCT data_zone), sum(population) FROM {view % 'population'}"
        ).fetchone()
        perth = connection.execute(f"SELECT DISTINCT locality FROM {view % 'cost_line'} WHERE council = 'S12000048'").fetchall()
        dundee = connection.execute(
            f"SELECT count(DISTINCT locality) FROM {view % 'cost_line'} WHERE council = 'S12000042'"
        ).fetchone()
    assert residents == (529, 417_650)
    assert perth == [("Unknown",)]
    assert dundee == (8,)
    assert all(f.passed for f in verify(root / "releases" / "2025.04.1"))


def test_a_lookup_that_lists_a_council_twice_doubles_nothing(published: BuildWorld, copy_of: Callable[[Path], Path]) -> None:
    """Angus and Dundee have two rows in the published council lookup, because their board's code changed in 2018."""
    lookup = rows_of(shared("public") / "council_lookup.csv")
    twice = [row for row in lookup if row["CA"] in ("S12000041", "S12000042")]
    assert len(twice) == 4
    root = copy_of(published())
    agencies = root / "reference" / "agencies.csv"
    kept = [row for row in rows_of(agencies) if row["agency"] not in ("angus", "dundee-city")]
    names = {"S12000041": ("angus", "Angus Council", "120"), "S12000042": ("dundee-city", "Dundee City Council", "180")}
    for row in twice:
        agency, name, location = names[row["CA"]]
        day = {k: f"{v[:4]}-{v[4:6]}-{v[6:]}" if v else "" for k, v in row.items() if k.startswith("HBDate")}
        kept.append(
            {
                "agency": agency,
                "name": name,
                "kind": "council",
                "code": row["CA"],
                "sending_location": location,
                "valid_from": day["HBDateEnacted"],
                "valid_to": day["HBDateArchived"],
            }
        )
    with agencies.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, list(kept[0]), lineterminator="\n")
        writer.writeheader()
        writer.writerows(kept)
    run(root)
    # The table of areas has the dates of these very rows.
    made, before = (
        {k: v for k, v in parquet_hashes(root, of).items() if k != "area/all.parquet"} for of in ("2025.05.2", VERSION)
    )
    assert made == before
