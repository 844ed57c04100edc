"""Files that come again, late or in any order: the latest revision counts, a later period restates, and only what has
arrived matters, never when.

One small world without mess gets a set of files that come again (`add_corrected_files`). It is refreshed once with all of
them, and again with the same files arriving in other ways. A file is validated in the first refresh with it, and not again.
"""

import csv
import hashlib
import hmac
import json
import os
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from pipelines.refresh import Published
from tests.conftest import BuildWorld, rows_of, run, validated_before

Row = dict[str, str]
VERSION = "2025.05.1"
APRIL, MAY = "2025-04", "2025-05"
RESTATED_BY, QUARANTINED_BY, LEDGER_BY, LEDGER_RESTATED_BY = (Decimal(x) for x in ("7.77", "3.00", "100.00", "55.55"))


def landed(root: Path, name: str) -> Path:
    return root / "landing" / name


def put(root: Path, name: str, rows: list[Row]) -> None:
    """Drop a file, dated long before all others: the times of files say nothing."""
    file = landed(root, name)
    with file.open("w", encoding="utf-8", newline="") as out:
        writer = csv.DictWriter(out, list(rows[0]), lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)
    os.utime(file, (0, 0))


def more(row: Row, column: str, pounds: Decimal) -> Row:
    return {**row, column: str(Decimal(row[column]) + pounds)}


def add_corrected_files(root: Path) -> None:
    """Every way in which a file or a record can come again, each in a feed of its own."""
    care = rows_of(landed(root, "perth-kinross/home_care/2025-04.csv"))
    put(root, "perth-kinross/home_care/2025-04.r1.csv", care[3:])
    put(root, "perth-kinross/home_care/2025-04.r2.csv", [more(care[1], "gross_cost", Decimal("20.00")), *care[2:]])
    april, may = (rows_of(landed(root, f"angus/self_directed_support/{month}.csv")) for month in (APRIL, MAY))
    put(root, "angus/self_directed_support/2025-05.r1.csv", [*may, more(april[0], "gross_amount", RESTATED_BY)])
    april, may = (rows_of(landed(root, f"perth-kinross/self_directed_support/{month}.csv")) for month in (APRIL, MAY))
    unknown_option = {**more(april[0], "gross_amount", QUARANTINED_BY), "option": "7"}
    put(root, "perth-kinross/self_directed_support/2025-05.r1.csv", [*may, unknown_option])
    ledger = rows_of(landed(root, "angus/ledger/2025-05.csv"))
    put(root, "angus/ledger/2025-05.r1.csv", [more(ledger[0], "amount", LEDGER_BY), *ledger[1:]])
    april, may = (rows_of(landed(root, f"dundee-city/ledger/{month}.csv")) for month in (APRIL, MAY))
    put(root, "dundee-city/ledger/2025-05.r1.csv", [*may, more(april[0], "amount", LEDGER_RESTATED_BY)])
    landed(root, "dundee-city/payments/2025-05.r1.csv").write_text("payment_id\n1\n", "utf-8")
    payments = rows_of(landed(root, "angus/payments/2025-05.csv"))
    put(root, "angus/payments/2025-05.r3.csv", [{**row, "gross_amount": "not money"} for row in payments])
    gone = rows_of(landed(root, "angus/home_care/2025-05.csv"))[0]["social_care_id"]
    clients = rows_of(landed(root, "angus/clients/2025-05.csv"))
    put(root, "angus/clients/2025-05.r1.csv", [row for row in clients if row["social_care_id"] != gone])


@dataclass(frozen=True)
class Release:
    """A published release as its reader sees it, beside the files it was made from."""

    root: Path
    version: str

    @property
    def folder(self) -> Path:
        return self.root / "releases" / self.version

    @property
    def manifest(self) -> dict:
        return dict(json.loads((self.folder / "manifest.json").read_text("utf-8")))

    @property
    def tables(self) -> dict[str, str]:
        """The sha256 of every Parquet file but person_history, which tells what earlier releases said."""
        tables = self.manifest["tables"].items()
        return {path: facts["sha256"] for path, facts in tables if not path.startswith("person_history/")}

    def rows(self, table: str) -> list[dict]:
        rows: list[dict] = pq.read_table(self.folder / table).to_pylist()
        return rows

    def submission(self, name: str) -> dict:
        agency, feed, file = name.split("/")
        period, *revision = file.removesuffix(".csv").split(".r")
        place = (agency, feed, period, int(revision[0]) if revision else 0)
        (row,) = [r for r in self.rows("submission") if (r["agency"], r["feed"], r["period"], r["revision"]) == place]
        return row

    def pounds(self, name: str) -> dict[str, Decimal]:
        """Pounds of a file by fate, from the manifest."""
        (entry,) = [i for i in self.manifest["inputs"] if i["file"] == name]
        return {fate: Decimal(pounds) for fate, pounds in entry["pounds"].items()}

    def lines_of(self, name: str, row: int | None = None) -> list[dict]:
        """The cost lines of a landed file, or of one row in it; the first below the header is 2."""
        key = (self.root / "secure" / "pseudonym.key").read_bytes()
        source = hmac.new(key, landed(self.root, name).read_bytes(), hashlib.sha256).hexdigest()[:12]
        return [x for x in self.rows("cost_line") if x["source_file"] == source and row in (None, x["source_row"])]

    def total(self, agency: str, service: str, month: str) -> dict:
        """The row of control_total."""
        place = (agency, service, f"{month}-01")
        (row,) = [r for r in self.rows("control_total") if (r["agency"], r["service"], str(r["month"])) == place]
        return row


def summed(rows: list[Row], column: str) -> Decimal:
    return sum((Decimal(row[column]) for row in rows), Decimal("0.00"))


Fates = dict[str, int | str]


def fates(submission: dict) -> Fates:
    return {k: submission[k] for k in ("status", "rows", "accepted", "quarantined", "superseded")}


@pytest.fixture(scope="module")
def before(published: BuildWorld) -> Release:
    """The world before anything came again."""
    return Release(published("none"), VERSION)


@pytest.fixture(scope="module")
def empty_root(world: BuildWorld, before: Release, tmp_path_factory: pytest.TempPathFactory) -> Callable[[], Path]:
    """Makes data roots with the reference tables and the key of the world, and no submission."""

    def make() -> Path:
        root = tmp_path_factory.mktemp("revisions") / "data"
        shutil.copytree(world("none") / "reference", root / "reference")
        (root / "secure").mkdir(mode=0o700)
        shutil.copyfile(before.root / "secure" / "pseudonym.key", root / "secure" / "pseudonym.key")
        return root

    return make


@pytest.fixture(scope="module")
def everything(world: BuildWorld, empty_root: Callable[[], Path]) -> Path:
    """A data root with every file, never refreshed."""
    root = empty_root()
    shutil.copytree(world("none") / "landing", root / "landing")
    add_corrected_files(root)
    return root


@pytest.fixture(scope="module")
def together(everything: Path, before: Release, tmp_path_factory: pytest.TempPathFactory) -> tuple[Release, Published]:
    """One refresh of every file, and what it said."""
    root = Path(shutil.copytree(everything, tmp_path_factory.mktemp("together") / "data"))
    validated_before(before.root, root)
    said = run(root)
    return Release(root, said.version), said


@pytest.fixture(scope="module")
def now(together: tuple[Release, Published]) -> Release:
    return together[0]


def test_a_resubmission_replaces_the_whole_file(now: Release) -> None:
    folder = "perth-kinross/home_care"
    for replaced in (f"{folder}/2025-04.csv", f"{folder}/2025-04.r1.csv"):
        rows = rows_of(landed(now.root, replaced))
        none_counts: Fates = {"status": "replaced", "rows": len(rows), "accepted": 0, "quarantined": 0, "superseded": len(rows)}
        pounds = summed(rows, "gross_cost")
        assert fates(now.submission(replaced)) == none_counts
        assert now.pounds(replaced) == {"read": pounds, "accepted": 0, "quarantined": 0, "superseded": pounds}
        assert now.lines_of(replaced) == []
    rows = rows_of(landed(now.root, f"{folder}/2025-04.r2.csv"))
    all_count: Fates = {"status": "accepted", "rows": len(rows), "accepted": len(rows), "quarantined": 0, "superseded": 0}
    assert fates(now.submission(f"{folder}/2025-04.r2.csv")) == all_count
    lines = now.lines_of(f"{folder}/2025-04.r2.csv")
    assert {x["source_row"]: x["direct_cost"] for x in lines} == {
        number: Decimal(row["gross_cost"]) for number, row in enumerate(rows, start=2)
    }


def test_a_key_that_comes_again_in_a_later_period_replaces_the_record(now: Release, before: Release) -> None:
    april, may = (f"angus/self_directed_support/{file}.csv" for file in (APRIL, "2025-05.r1"))
    rows, later = rows_of(landed(now.root, april)), rows_of(landed(now.root, may))
    count = len(rows)
    restated = Decimal(rows[0]["gross_amount"])
    assert fates(now.submission(april)) == {
        "status": "accepted", "rows": count, "accepted": count - 1, "quarantined": 0, "superseded": 1,
    }  # fmt: skip
    read = summed(rows, "gross_amount")
    assert now.pounds(april) == {"read": read, "accepted": read - restated, "quarantined": 0, "superseded": restated}
    assert fates(now.submission(may))["accepted"] == len(later)
    assert now.lines_of(april, 2) == []
    (was,), (line,) = before.lines_of(april, 2), now.lines_of(may, len(later) + 1)
    assert was["direct_cost"] == restated
    assert (line["direct_cost"], line["line_id"]) == (restated + RESTATED_BY, was["line_id"])
    assert str(line["month"]) == "2025-04-01"
    for release, direct in ((before, read), (now, read + RESTATED_BY)):
        lines = [x for x in release.rows("cost_line") if x["agency"] == "angus" and x["service"].startswith("sds_")]
        assert sum(x["direct_cost"] or 0 for x in lines if str(x["month"]) == "2025-04-01") == direct


def test_a_quarantined_restatement_takes_the_earlier_record_back(now: Release, before: Release) -> None:
    """The agency has said that the earlier record is wrong: its pounds count once, as those of the quarantined one."""
    april, may = (f"perth-kinross/self_directed_support/{file}.csv" for file in (APRIL, "2025-05.r1"))
    rows, later = rows_of(landed(now.root, april)), rows_of(landed(now.root, may))
    assert before.lines_of(april, 2) != []
    assert now.lines_of(april, 2) == now.lines_of(may, len(later) + 1) == []
    assert fates(now.submission(april))["superseded"] == 1
    assert now.pounds(april)["superseded"] == Decimal(rows[0]["gross_amount"])
    assert fates(now.submission(may)) == {
        "status": "accepted", "rows": len(later), "accepted": len(later) - 1, "quarantined": 1, "superseded": 0,
    }  # fmt: skip
    assert now.pounds(may)["quarantined"] == Decimal(rows[0]["gross_amount"]) + QUARANTINED_BY


def mapped_service(root: Path, agency: str, cost_code: str) -> str:
    (service,) = {
        row["service"]
        for row in rows_of(root / "reference" / "cost_code_map.csv")
        if (row["agency"], row["cost_code"]) == (agency, cost_code)
    }
    return service


@pytest.mark.parametrize(
    ("agency", "file", "month", "difference"),
    [("angus", "2025-05", MAY, LEDGER_BY), ("dundee-city", "2025-04", APRIL, LEDGER_RESTATED_BY)],
    ids=["resubmitted", "restated"],
)
def test_the_quantum_follows_the_ledger_that_came_again(
    now: Release, before: Release, agency: str, file: str, month: str, difference: Decimal
) -> None:
    earlier = f"{agency}/ledger/{file}.csv"
    rows = rows_of(landed(now.root, earlier))
    service = mapped_service(now.root, agency, rows[0]["cost_code"])
    was, total = before.total(agency, service, month), now.total(agency, service, month)
    assert total["ledger_quantum"] == was["ledger_quantum"] + difference == total["published"]
    superseded = len(rows) if month == MAY else 1
    assert fates(now.submission(earlier))["superseded"] == superseded
    assert now.pounds(earlier)["superseded"] == summed(rows[:superseded], "amount")


@pytest.mark.parametrize(
    ("refused", "stands", "rule"),
    [
        ("dundee-city/payments/2025-05.r1.csv", "dundee-city/payments/2025-05.csv", "file.columns_missing"),
        ("angus/payments/2025-05.r3.csv", "angus/payments/2025-05.csv", "file.mostly_bad"),
    ],
)
def test_a_refused_resubmission_leaves_the_one_before(
    together: tuple[Release, Published], before: Release, refused: str, stands: str, rule: str
) -> None:
    now, said = together
    assert now.submission(refused)["status"] == "refused"
    assert now.lines_of(refused) == []
    assert fates(now.submission(stands)) == fates(before.submission(stands))
    assert now.pounds(stands) == before.pounds(stands)
    assert now.lines_of(stands) != []
    (warning,) = [w for w in said.warnings if w.startswith("required_feeds: ")]
    assert refused in warning and rule in warning


def test_a_snapshot_is_replaced_whole_by_its_latest_period(now: Release, before: Release) -> None:
    april, may, again = (f"angus/clients/{file}.csv" for file in (APRIL, MAY, "2025-05.r1"))
    for replaced in (april, may):
        rows = len(rows_of(landed(now.root, replaced)))
        assert (now.submission(replaced)["superseded"], now.submission(replaced)["accepted"]) == (rows, 0)
    rows = len(rows_of(landed(now.root, again)))
    assert fates(now.submission(again)) == {
        "status": "accepted", "rows": rows, "accepted": rows, "quarantined": 0, "superseded": 0,
    }  # fmt: skip
    # The client who is no longer in it is not taken from an earlier one: the care is nobody's known to the board.
    (was,), (line,) = (release.lines_of("angus/home_care/2025-05.csv", 2) for release in (before, now))
    assert (was["link_method"], line["link_method"]) == ("chi", "unlinked")
    assert was["direct_cost"] == line["direct_cost"]
    assert was["person_id"] != line["person_id"]


Arrival = list[tuple[str, Callable[[str], bool]]]
"""For each refresh in turn its period, and which of the files, by name, have arrived before it."""
LATER_FIRST, EARLIER_AGAIN = "the later month, and the later revision, first", "the earlier month again after the later"
ARRIVALS: dict[str, Arrival] = {
    LATER_FIRST: [
        (MAY, lambda name: (MAY in name and ".r1" not in name) or ("/ledger/" in name and ".r" not in name)),
        (MAY, lambda name: ".r1" not in name),
        (MAY, lambda name: True),
    ],
    EARLIER_AGAIN: [
        (MAY, lambda name: ".r1" not in name and ".r2" not in name),
        (APRIL, lambda name: True),
        (MAY, lambda name: True),
    ],
}


def let_arrive(source: Path, root: Path, has_arrived: Callable[[str], bool]) -> None:
    """Drop the files that have arrived and are not there yet, the last one by name first."""
    for file in sorted(source.glob("landing/*/*/*"), reverse=True):
        target = root / file.relative_to(source)
        if has_arrived(file.relative_to(source).as_posix()) and not target.exists():
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(file.read_bytes())


def test_files_corrected_after_a_refresh_give_the_same_bytes(
    everything: Path, now: Release, before: Release, copy_of: Callable[[Path], Path]
) -> None:
    root = copy_of(before.root)
    let_arrive(everything, root, lambda name: True)
    assert Release(root, run(root).version).tables == now.tables


@pytest.mark.parametrize("arrival", [LATER_FIRST, pytest.param(EARLIER_AGAIN, marks=pytest.mark.soak)])
def test_the_order_of_arrival_changes_no_byte(
    everything: Path, now: Release, empty_root: Callable[[], Path], arrival: str
) -> None:
    root = empty_root()
    for period, has_arrived in ARRIVALS[arrival]:
        let_arrive(everything, root, has_arrived)
        last = run(root, period)
    assert Release(root, last.version).tables == now.tables


def test_a_revision_that_is_taken_away_leaves_the_release_before_it(
    now: Release, before: Release, copy_of: Callable[[Path], Path]
) -> None:
    root = copy_of(now.root)
    for file in root.glob("landing/*/*/*.r*"):
        file.unlink()
    again = Release(root, run(root).version)
    assert again.tables == before.tables != now.tables
    changes = (again.folder / "CHANGES.md").read_text("utf-8")
    assert "submissions no longer there: angus/clients/2025-05.r1.csv" in changes
