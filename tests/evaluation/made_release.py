"""Releases made for tests of change: a few tables whose every figure is known, without files, ledgers or a refresh.

Belongs here: places or people with costs that vary by chance, a planted effect, what a declaration of it says. Does not belong
here: what a real refresh publishes (`tests/end_to_end`).
"""

import csv
import datetime
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from pipelines.warehouse.key import key_of
from pipelines.warehouse.root import DataRoot
from schemas.month import financial_year, first_day, months
from schemas.published import PUBLISHED
from schemas.table import arrow_schema

VERSION = "2026.03.1"
FIRST, LAST, START = "2023-04", "2026-03", "2025-04-01"
MONTHS = months(FIRST, LAST)
COUNCILS = {"S12000041": "Angus", "S12000042": "Dundee City", "S12000048": "Perth and Kinross"}
LOCALITIES = {
    f"{name} {part}": code for code, name in COUNCILS.items() for part in ("North", "East", "South", "West", "Centre")
}
TREATED = "Angus North"
RESIDENTS = 8_000
PARTS = (
    ("nhs-tayside", "nhs", "acute_emergency", "institutional", 0.6),
    ("angus", "social_care", "home_care_personal", "community", 0.4),
)
"""Agency, sector, service, setting, share of the cost."""


def root_of(path: Path) -> DataRoot:
    """A data root with a release that has no table yet."""
    root = DataRoot(path)
    root.prepare()
    key_of(root)
    (root.folder("releases") / VERSION).mkdir()
    (root.folder("reference") / "cost_code_map.csv").write_text(
        "agency,cost_code,valid_from,valid_to,service,treatment,reason\n", "utf-8"
    )
    return root


def put(root: DataRoot, name: str, rows: Sequence[Mapping[str, Any]]) -> None:
    """Write a table of the release. What a row does not say is NULL."""
    folder = root.folder("releases") / VERSION / name
    folder.mkdir(exist_ok=True)
    schema = pa.schema([field.with_nullable(True) for field in arrow_schema(PUBLISHED[name])])
    pq.write_table(pa.Table.from_pylist(list(rows), schema), folder / "all.parquet")


def put_lookups(root: DataRoot) -> None:
    """Places, services, prices and the accounts of every month."""
    zones = [{"data_zone": f"S0100{n:04d}", "council": code, "hscp": "S37000001", "locality": name, "simd_quintile": n % 5 + 1}
             for n, (name, code) in enumerate(LOCALITIES.items())]  # fmt: skip
    put(root, "data_zone", zones)
    put(root, "area", [{"kind": "council", "code": code, "name": name, "council": code} for code, name in COUNCILS.items()])
    put(root, "population", [
        {"data_zone": zone["data_zone"], "council": zone["council"], "locality": zone["locality"], "simd_quintile": 1, "sex": "1",
         "age_band": "65-74", "year": 2023, "population": RESIDENTS} for zone in zones
    ])  # fmt: skip
    put(root, "service", [{"service": service, "name": service, "sector": sector, "setting": setting, "unit": "contact"}
                          for _, sector, service, setting, _ in PARTS])  # fmt: skip
    put(root, "price_index", [
        {"financial_year": year, "series": "gdp_deflator", "vintage": "2026-03", "price_year": "2025-26", "factor": Decimal(factor)}
        for year, factor in (("2023-24", "1.06"), ("2024-25", "1.03"), ("2025-26", "1"))
    ])  # fmt: skip
    put(root, "control_total", [
        {"financial_year": financial_year(month), "month": first_day(month), "agency": agency, "service": service}
        for month in MONTHS for agency, _, service, _, _ in PARTS
    ])  # fmt: skip


@dataclass(frozen=True)
class Drawn:
    """How costs of places vary. change: the planted one, of the treated place from the start on. trend: of the treated place a month."""

    seed: int = 1
    change: float = 0.0
    trend: float = 0.0
    treated: Sequence[str] = (TREATED,)
    noise: float = 0.02
    last: str = LAST


def put_places(root: DataRoot, drawn: Drawn) -> None:
    """Every locality's cost in every month: about £200 a head, a season, a growth that all share, chance of each place and month."""
    put_lookups(root)
    random, months_ = np.random.default_rng(drawn.seed), [m for m in MONTHS if m <= drawn.last]
    shared = 200 * (1 + 0.002 * np.arange(len(MONTHS)) + 0.03 * np.sin(2 * np.pi * np.arange(len(MONTHS)) / 12))
    level = random.normal(1, 0.1, len(LOCALITIES))
    chance = random.normal(0, drawn.noise, (len(LOCALITIES), len(MONTHS)))
    rows = []
    for place, (locality, council) in enumerate(LOCALITIES.items()):
        for at, month in enumerate(months_):
            is_treated = locality in drawn.treated
            after = is_treated and f"{month}-01" >= START
            a_head = (
                shared[at]
                * (level[place] + chance[place, at])
                * (1 + drawn.change * after)
                * (1 + drawn.trend * at * is_treated)
            )
            for agency, sector, service, setting, share in PARTS:
                rows.append({
                    "financial_year": financial_year(month), "month": first_day(month), "council": council, "hscp": "S37000001",
                    "locality": locality, "agency": agency, "sector": sector, "service": service, "setting": setting, "age_band": "65-74",
                    "sex": "1", "simd_quintile": 1, "people": 100, "units": Decimal(100),
                    "cost": Decimal(round(a_head * share * RESIDENTS * 100)) / 100, "population": RESIDENTS,
                })  # fmt: skip
    put(root, "locality_month_cost", rows)


def declare(root: DataRoot, name: str = "more-care-at-home", **parts: Mapping[str, Any] | str) -> Path:
    """Write a declaration. parts: what differs from a test of change in one locality, by part; `design` is a part of its own."""
    told: dict[str, Any] = {
        "design": "difference_in_differences",
        "what": {"name": name, "question": "Does more care at home save hospital care?", "owner": "the partnership",
                 "declared_on": datetime.date(2025, 3, 1), "cost_per_month": "1000.00"},
        "who": {"kind": "localities", "treated": [TREATED], "comparison": "all_others"},
        "when": {"starts_on": datetime.date.fromisoformat(START), "months_before": 24, "months_after": 12, "washout_months": 0},
        "outcome": {"scope": "all", "age_group": "65+", "measure": "cost_per_head"},
    }  # fmt: skip
    for part, keys in parts.items():
        told[part] = keys if isinstance(keys, str) else {**told[part], **keys}
    folder = root.folder("tests_of_change")
    folder.mkdir(exist_ok=True)
    path = folder / f"{name}.toml"
    path.write_text(toml(told), "utf-8")
    return path


def toml(told: Mapping[str, Any]) -> str:
    """A declaration as TOML: what stands alone comes before the parts. None leaves a key out."""
    alone = [f"{key} = {_value(value)}" for key, value in told.items() if not isinstance(value, Mapping)]
    parts = []
    for part, keys in told.items():
        if isinstance(keys, Mapping):
            parts += [f"[{part}]", *(f"{key} = {_value(value)}" for key, value in keys.items() if value is not None)]
    return "\n".join([*alone, *parts]) + "\n"


def _value(value: object) -> str:
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{key} = {_value(of)}" for key, of in value.items()) + "}"
    if isinstance(value, list | tuple):
        return "[" + ", ".join(map(_value, value)) + "]"
    return (
        value.isoformat()
        if isinstance(value, datetime.date)
        else f'"{value}"'
        if isinstance(value, str)
        else str(value).lower()
    )


def put_people(
    root: DataRoot, costs: np.ndarray, participants: Sequence[int], is_dead_from: Mapping[int, str] | None = None
) -> None:
    """People with their costs (people, months), in pounds; those who took part are clients of Angus, in `people.csv`."""
    put_lookups(root)
    agency, sector, service, setting, _ = PARTS[0]
    died = is_dead_from or {}
    put(root, "person", [
        {"person_id": f"p{n:05d}", "sex": str(1 + n % 2), "age_band": "65-74", "council": "S12000041", "locality": TREATED,
         "simd_quintile": n % 5 + 1, "is_deceased": n in died, "month_of_death": first_day(died[n]) if n in died else None}
        for n in range(len(costs))
    ])  # fmt: skip
    put(root, "client_month_cost", [
        {"financial_year": financial_year(month), "month": first_day(month), "person_id": f"p{n:05d}", "agency": agency, "sector": sector,
         "service": service, "setting": setting, "cost": Decimal(round(float(costs[n, at]) * 100)) / 100}
        for n in range(len(costs)) for at, month in enumerate(MONTHS) if costs[n, at] and month <= died.get(n, LAST)
    ])  # fmt: skip
    history = [
        {"agency": "angus", "social_care_id": f"A{n}", "person_id": f"p{n:05d}", "valid_from": FIRST} for n in range(len(costs))
    ]
    pq.write_table(pa.Table.from_pylist(history), root.link_history)
    folder = root.folder("tests_of_change")
    folder.mkdir(exist_ok=True)
    with (folder / "people.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["agency", "social_care_id", "chi_number", "started_on", "ended_on"])
        writer.writerows(["angus", f"A{n}", "", START, ""] for n in participants)
