"""A world small enough to work by hand: a few rows in, a release out, every figure known beforehand.

Belongs here: the least reference tables that a refresh needs, putting files into landing, refreshing by the command, and
reading the release as an analyst does. Does not belong here: large or random worlds (`pipelines/synth`).
Each test says what differs from the default: `world.reference["costing_rules"]` and so on are rows to be changed before the
first refresh.
"""

import csv
import io
import json
import sys
from collections.abc import Mapping, Sequence
from contextlib import redirect_stderr, redirect_stdout
from decimal import Decimal
from pathlib import Path
from typing import Any

import dagster as dg
import duckdb
import pytest

import assets.release
from pipelines.commands import main as cli
from tests import REPOSITORY
from tests.history import forgetful_history, no_pages

Row = dict[str, str]
BOARD, ANGUS, DUNDEE, PERTH = "nhs-tayside", "angus", "dundee-city", "perth-kinross"
PATIENT, OTHER_PATIENT, THIRD_PATIENT = "1904851231", "2902201230", "0101011237"
"""Valid CHI numbers: born 19 April 1985, 29 February 1920 and 1 January 2001 (or 1901)."""
_CODES = {BOARD: "S08000030", ANGUS: "S12000041", DUNDEE: "S12000042", PERTH: "S12000048"}
_ZONES = {"S01007129": (ANGUS, "Angus North East", "DD8 1AA"), "S01007130": (ANGUS, "Angus South West", "DD8 1AB"),
          "S01007682": (DUNDEE, "Lochee", "DD2 1AA"), "S01007683": (DUNDEE, "The Ferry", "DD5 1AA"),
          "S01011833": (PERTH, "Perth City", "PH1 1AA"), "S01011834": (PERTH, "North Perthshire", "PH10 1AA")}  # fmt: skip
_PARTNERSHIPS = {ANGUS: "S37000003", DUNDEE: "S37000007", PERTH: "S37000033"}
_REPOSITORY_REFERENCE = REPOSITORY / "data" / "reference"


class SmallWorld:
    """A data root with the least that can be refreshed, and the command to do it.

    No feed is required (`expected_feeds` is empty), but a month with activity needs its ledger; every service of every agency is costed as in the tables of the
    repository; a code of a ledger is mapped to the service of the same name.
    """

    def __init__(self, root: Path) -> None:
        root.mkdir(parents=True, exist_ok=True)
        self.root = root
        self.reference = _reference()
        self.keeps_history = False
        self.has_pages = False

    def put(self, name: str, rows: Sequence[Mapping[str, object]] | str | bytes) -> Path:
        """Drop a file into landing, as `angus/home_care/2025-04.csv`. Rows become CSV; text and bytes are written as they are."""
        path = self.root / "landing" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        if isinstance(rows, bytes):
            path.write_bytes(rows)
        else:
            path.write_text(rows if isinstance(rows, str) else _csv(rows), "utf-8", newline="")
        return path

    def ledger(self, agency: str, period: str, **amounts: object) -> Path:
        """Drop a ledger of the month with an amount for each service."""
        rows = [{"cost_code": code, "account_name": code, "month": f"{period}-01", "amount": a} for code, a in amounts.items()]
        return self.put(f"{agency}/ledger/{period}.csv", rows)

    def rule(self, agency: str, service: str, **changed: str) -> None:
        """Change the costing rule of one agency's service."""
        for row in self.reference["costing_rules"]:
            if (row["agency"], row["service"]) == (agency, service):
                row.update(changed)

    def write_reference(self) -> None:
        """Write the reference tables, all but those that a test has written itself."""
        folder = self.root / "reference"
        folder.mkdir(parents=True, exist_ok=True)
        for name, rows in self.reference.items():
            (folder / f"{name}.csv").write_text(_csv(rows, _HEADERS[name]), "utf-8")

    def irf(self, *arguments: object) -> tuple[int, str]:
        """Run the command on this data root; its exit code and all it printed. What happened in its runs is forgotten, unless
        the world keeps it; nor are the pages of the report made, unless it has them."""
        out = io.StringIO()
        with pytest.MonkeyPatch.context() as patched, redirect_stdout(out), redirect_stderr(out):
            for name in ("IRF_DATA", "DAGSTER_HOME", "DAGSTER_DISABLE_TELEMETRY"):
                patched.setenv(name, "set by the command itself")
            if not self.has_pages:
                patched.setattr(assets.release, "write_site", no_pages)
            if not self.keeps_history:
                patched.setattr(dg.DagsterInstance, "get", forgetful_history)
            patched.setattr(sys, "argv", ["irf", "--data", str(self.root), *map(str, arguments)])
            with pytest.raises(SystemExit) as stopped:
                cli.main()
        return int(stopped.value.code or 0), out.getvalue()

    def refresh(self, period: str) -> tuple[int, str]:
        """Refresh with the reference tables as they are now; the exit code and all that was printed."""
        self.write_reference()
        return self.irf("refresh", "--period", period)

    def published(self, period: str) -> str:
        """Refresh, and be sure that it was published, with warnings or without. Returns what was printed."""
        code, printed = self.refresh(period)
        assert code in (0, 2), printed
        return printed

    def said(self, check: str) -> str:
        """What the gate said last of a check."""
        return str(self._check(check)["detail"])

    def cases(self, check: str) -> list[str]:
        """Everything that breaks a check of the gate, each in one line."""
        return list(self._check(check)["cases"])

    def _check(self, name: str) -> dict[str, Any]:
        verdict = max(self.root.glob("work/*/verdict.json"), key=lambda file: file.stat().st_mtime_ns)
        checks = json.loads(verdict.read_text("utf-8"))["checks"]
        (found,) = [c for c in checks if c["name"] == name]
        return dict(found)

    def query(self, sql: str) -> list[tuple[Any, ...]]:
        """Rows of the latest release, by the names of its tables, read without this software."""
        releases = self.root / "releases"
        version = max((p.name for p in releases.iterdir() if p.is_dir()), key=lambda v: [int(n) for n in v.split(".")])
        with duckdb.connect() as connection:
            for folder in (p for p in (releases / version).iterdir() if p.is_dir()):
                files = str(folder / "**" / "*.parquet").replace("'", "''")
                connection.execute(
                    f"CREATE VIEW {folder.name} AS SELECT * FROM read_parquet('{files}', hive_partitioning = true, union_by_name = true)"
                )
            return connection.execute(sql).fetchall()

    def cost(self, where: str = "TRUE") -> Decimal:
        """The published pounds of the lines that a condition on `cost_line` chooses."""
        return Decimal(self.query(f"SELECT coalesce(sum(cost), 0) FROM cost_line WHERE {where}")[0][0])

    def control(self, agency: str, service: str, month: str) -> dict[str, Decimal]:
        """One row of `control_total`: its amounts by name."""
        names = ("ledger_quantum", "direct", "scaled", "located", "unallocated", "quarantined", "published")
        ((row),) = self.query(
            f"SELECT {', '.join(names)} FROM control_total"
            f" WHERE agency = '{agency}' AND service = '{service}' AND month = DATE '{month}-01'"
        )
        return dict(zip(names, row, strict=True))


def _csv(rows: Sequence[Mapping[str, object]], header: Sequence[str] = ()) -> str:
    names = list(dict.fromkeys([*header, *(name for row in rows for name in row)]))
    out = io.StringIO()
    writer = csv.DictWriter(out, names, lineterminator="\n", restval="")
    writer.writeheader()
    writer.writerows(rows)
    return out.getvalue()


def _kept(name: str) -> list[Row]:
    with (_REPOSITORY_REFERENCE / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def _reference() -> dict[str, list[Row]]:
    services = _kept("services")
    rules = _kept("costing_rules")
    return {
        **{name: _kept(name) for name in ("agencies", "admission_types", "code_history")},
        "services": services,
        "costing_rules": rules,
        "cost_code_map": [{"agency": r["agency"], "cost_code": r["service"], "service": r["service"], "treatment": "cost"} for r in rules],
        "unit_costs": [
            {"financial_year": year, "service": s["service"], "unit_cost": "10.00", "price_base": year, "source": "by hand"}
            for year in ("2024-25", "2025-26")
            for s in services
        ],
        "expected_feeds": [],
        "data_zones": [
            {"DataZone": zone, "CA": _CODES[council], "HSCP": _PARTNERSHIPS[council], "HB": _CODES[BOARD]}
            for zone, (council, _, _) in _ZONES.items()
        ],
        "localities": [{"DataZone": zone, "SubHSCPName": locality} for zone, (_, locality, _) in _ZONES.items()],
        "simd": [
            {"DataZone": zone, "SIMD2020V2Rank": str(n), "SIMD2020V2CountryQuintile": str(n % 5 + 1)}
            for n, zone in enumerate(_ZONES, start=1)
        ],
        "population": [
            {"Year": "2021", "DataZone": zone, "Sex": sex, "Age": age, "Population": "10"}
            for zone in _ZONES
            for sex in ("Male", "Female")
            for age in ("10", "40", "70", "80", "90")
        ],
        "postcodes": [
            {"Postcode": postcode, "DateOfIntroduction": "1990-01-01", "DataZone2011Code": zone}
            for zone, (_, _, postcode) in _ZONES.items()
        ],
    }  # fmt: skip


_HEADERS: dict[str, tuple[str, ...]] = {
    "agencies": (), "services": (), "costing_rules": (), "admission_types": (), "code_history": (),
    "cost_code_map": ("agency", "cost_code", "valid_from", "valid_to", "service", "treatment", "reason"),
    "unit_costs": ("financial_year", "agency", "service", "specialty_code", "location_code", "variant", "unit_cost", "price_base", "source"),
    "expected_feeds": ("agency", "feed", "required", "due_day", "valid_from", "valid_to"),
    "data_zones": (), "localities": (), "simd": (), "population": (),
    "postcodes": ("Postcode", "DateOfIntroduction", "DateOfDeletion", "DataZone2011Code"),
}  # fmt: skip


@pytest.fixture
def small_world(tmp_path: Path) -> SmallWorld:
    """An empty small world. A module whose tests only look at one refresh makes its own, with `scope="module"`."""
    return SmallWorld(tmp_path / "data")
