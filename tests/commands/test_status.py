"""`irf status`: for each month and agency what arrived, what is late, refused, revised, and when it came."""

import datetime
import os
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from pipelines.ingest.status import FeedStatus, status_of, told
from pipelines.warehouse.root import DataRoot
from tests.conftest import BuildWorld, IrfAt, run, validated_before

Irf = Callable[..., tuple[int, str]]
TODAY = datetime.date(2025, 6, 20)
"""A day on which May, due on 15 June, is over and June is not."""


def came(file: Path, day: str) -> Path:
    """Say when a file was last written: at noon."""
    moment = datetime.datetime.fromisoformat(f"{day}T12:00:00+00:00").timestamp()
    os.utime(file, (moment, moment))
    return file


@pytest.fixture
def root(world: BuildWorld, copy_of: Callable[[Path], Path]) -> Path:
    """A data root with every file for April and May, all in time."""
    copied = copy_of(world())
    expected = copied / "reference" / "expected_feeds.csv"
    # A small world has feeds without any record, and no file for them: here they are not expected.
    head, *rows = expected.read_text("utf-8").splitlines()
    sent = [row for row in rows if (copied / "landing" / row.split(",")[0] / row.split(",")[1] / "2025-04.csv").exists()]
    expected.write_text("\n".join([head, *sent]) + "\n", "utf-8")
    # Budgets come once a year, and nobody is expected to send one.
    for budget in copied.glob("landing/*/budget"):
        shutil.rmtree(budget)
    for april in copied.glob("landing/*/*/2025-04.csv"):
        if not april.with_name("2025-05.csv").exists():
            shutil.copyfile(april, april.with_name("2025-05.csv"))
    for file in copied.glob("landing/*/*/*.csv"):
        came(file, "2025-05-10" if file.name.startswith("2025-04") else "2025-06-10")
    return copied


@pytest.fixture
def irf(root: Path, irf_at: IrfAt) -> Irf:
    """Runs `irf status`; gives its exit code and what it printed. Fails when anything in the data root changed."""

    def call(*arguments: str) -> tuple[int, str]:
        before = {p: p.stat().st_mtime_ns for p in root.rglob("*")}
        said = irf_at(root, "status", *arguments)
        assert {p: p.stat().st_mtime_ns for p in root.rglob("*")} == before
        return said

    return call


def lines_of(root: Path, today: datetime.date = TODAY, period: str | None = None) -> list[str]:
    return told(status_of(DataRoot(root), today, period))


def feed_of(root: Path, period: str, agency: str, feed: str, today: datetime.date = TODAY) -> FeedStatus:
    (month,) = status_of(DataRoot(root), today, period).months
    (found,) = [f for f in month.feeds if (f.agency, f.feed) == (agency, feed)]
    return found


def feeds_in(root: Path) -> int:
    """How many feeds are expected of all agencies together."""
    return len((root / "reference" / "expected_feeds.csv").read_text("utf-8").splitlines()) - 1


def may(root: Path, agency: str, feed: str) -> Path:
    return root / "landing" / agency / feed / "2025-05.csv"


def test_everything_in_time_is_complete(root: Path) -> None:
    lines = lines_of(root)
    assert lines[0].startswith(f"2025-04: complete ({feeds_in(root)} arrived)")
    assert (
        "  angus           arrived 2025-05-10: care_home, clients, equipment, home_care, ledger, payments, self_directed_support"
        in lines
    )
    assert [line.split()[0] for line in lines[1:5]] == ["angus", "dundee-city", "nhs-tayside", "perth-kinross"]
    assert lines[5].startswith(f"2025-05: complete ({feeds_in(root)} arrived)")
    assert len(lines) == 10
    assert not status_of(DataRoot(root), TODAY).has_problems


def test_one_month_alone(irf: Irf) -> None:
    code, printed = irf("--period", "2025-04")
    assert code == 0
    assert printed.startswith("2025-04: complete")
    assert "2025-05:" not in printed


def test_a_file_after_its_day_is_late(root: Path, irf: Irf) -> None:
    came(may(root, "angus", "ledger"), "2025-06-15")
    assert feed_of(root, "2025-05", "angus", "ledger").state == "arrived"
    came(may(root, "angus", "ledger"), "2025-06-16")
    assert feed_of(root, "2025-05", "angus", "ledger").state == "late"
    code, printed = irf("--period", "2025-05")
    assert code == 2
    assert printed.startswith(f"2025-05: complete ({feeds_in(root) - 1} arrived, 1 late)")
    assert "\n                  late (due 2025-06-15, arrived 2025-06-16): ledger\n" in printed


def test_the_day_a_file_came_is_the_day_in_scotland(root: Path) -> None:
    moment = datetime.datetime(2025, 6, 15, 23, 30, tzinfo=datetime.UTC).timestamp()  # half past midnight of the 16th
    os.utime(may(root, "angus", "ledger"), (moment, moment))
    assert feed_of(root, "2025-05", "angus", "ledger").state == "late"


def test_a_feed_that_is_not_there_is_not_due_until_its_day_is_over(root: Path) -> None:
    may(root, "angus", "ledger").unlink()
    due = datetime.date(2025, 6, 15)
    assert feed_of(root, "2025-05", "angus", "ledger", due).state == "not due"
    assert not status_of(DataRoot(root), due).has_problems
    assert feed_of(root, "2025-05", "angus", "ledger", due + datetime.timedelta(days=1)).state == "late"
    lines = lines_of(root, period="2025-05")
    assert lines[0] == f"2025-05: 1 required feed still wanted ({feeds_in(root) - 1} arrived, 1 late)"
    assert lines[2] == "                  late (due 2025-06-15, not there): ledger"


def test_what_need_not_come_is_missing_and_no_problem(root: Path) -> None:
    may(root, "nhs-tayside", "deaths").unlink()
    expected = root / "reference" / "expected_feeds.csv"
    text = expected.read_text("utf-8")
    expected.write_text(text.replace("angus,payments,Y,15,", "angus,payments,Y,,"), "utf-8")
    may(root, "angus", "payments").unlink()
    lines = lines_of(root, period="2025-05")
    assert lines[0] == f"2025-05: 1 required feed still wanted ({feeds_in(root) - 2} arrived, 2 missing)"
    assert lines[1].endswith("; missing: payments")
    assert lines[3].endswith("; missing (not required): deaths")
    assert not status_of(DataRoot(root), TODAY, "2025-05").has_problems


def test_a_revision_is_named_with_its_day_and_is_not_late(root: Path) -> None:
    file = may(root, "angus", "home_care")
    file.with_name("2025-05.r2.csv").write_bytes(file.read_bytes())
    came(file.with_name("2025-05.r2.csv"), "2025-06-18")
    lines = lines_of(root, period="2025-05")
    assert lines[0] == f"2025-05: complete ({feeds_in(root)} arrived, 1 revised)"
    assert "home_care (.r2 2025-06-18)" in lines[1]


def test_what_the_latest_refresh_refused_is_told_with_why(root: Path, irf: Irf, published: BuildWorld) -> None:
    spoilt = may(root, "angus", "home_care").with_name("2025-05.r1.csv")
    spoilt.write_bytes(b"\x00\x01")
    came(spoilt, "2025-06-12")
    mostly_bad = may(root, "dundee-city", "payments").with_name("2025-05.r1.csv")
    head = may(root, "dundee-city", "payments").read_text("utf-8-sig").splitlines()[0]
    assert head.startswith("payment_id,social_care_id,cost_code,period_from,")
    mostly_bad.write_text(f"{head}\n" + "".join(f"{i},1,2,3,4,5,6,7\n" for i in range(9)), "utf-8")
    came(mostly_bad, "2025-06-12")
    assert "2 revised" in irf()[1] and "refused" not in irf()[1]  # nothing is validated here
    validated_before(published(), root)
    run(root)
    code, printed = irf("--period", "2025-05")
    assert code == 2
    assert printed.startswith(f"2025-05: complete ({feeds_in(root) - 2} arrived, 2 refused, 2 revised)")
    refused = [line.strip() for line in printed.splitlines() if "refused (" in line]
    assert refused[0].startswith("refused (2025-05.r1.csv of 2025-06-12: ")
    assert refused[0].endswith("; 2025-05.csv stands in): home_care (.r1 2025-06-12)")
    assert (
        refused[1] == "refused (2025-05.r1.csv of 2025-06-12: 9 of 9 records are bad; 2025-05.csv stands in): "
        "payments (.r1 2025-06-12)"
    )
    for refused_file in (spoilt, mostly_bad):  # another content under the same name is not refused
        refused_file.write_bytes(refused_file.with_name("2025-05.csv").read_bytes())
    assert feed_of(root, "2025-05", "angus", "home_care").state == "arrived"
    assert feed_of(root, "2025-05", "dundee-city", "payments").state == "arrived"


def test_a_month_between_with_nothing_is_shown(root: Path) -> None:
    for file in root.glob("landing/*/*/2025-05.csv"):
        came(file.rename(file.with_name("2025-06.csv")), "2025-07-10")
    periods = [month.period for month in status_of(DataRoot(root), datetime.date(2025, 7, 20)).months]
    assert periods == ["2025-04", "2025-05", "2025-06"]
    assert f"2025-05: 30 required feeds still wanted (30 late, {feeds_in(root) - 30} missing)" in lines_of(
        root, datetime.date(2025, 7, 20)
    )


def test_months_that_nobody_has_sent_are_told(root: Path) -> None:
    not_yet, late = datetime.date(2025, 7, 15), datetime.date(2025, 8, 1)
    assert lines_of(root, not_yet)[-1] == "2025-06: nothing has arrived, and nothing is late yet"
    assert not status_of(DataRoot(root), not_yet).has_problems
    assert lines_of(root, late)[-1] == "2025-06 to 2025-07: nothing has arrived, and it is late"
    assert status_of(DataRoot(root), late).has_problems


def test_with_nothing_landed_the_month_before_today_is_shown(root: Path) -> None:
    for file in root.glob("landing/*/*/*.csv"):
        file.unlink()
    assert [month.period for month in status_of(DataRoot(root), datetime.date(2026, 1, 3)).months] == ["2025-12"]
    assert f"2025-12: 30 required feeds still wanted ({feeds_in(root) - 30} missing, 30 not due)" in lines_of(
        root, datetime.date(2026, 1, 3)
    )


def test_a_feed_is_expected_while_its_row_holds(root: Path) -> None:
    expected = root / "reference" / "expected_feeds.csv"
    text = expected.read_text("utf-8")
    expected.write_text(text.replace("angus,payments,Y,15,2000-01-01,", "angus,payments,Y,31,2025-05-01,"), "utf-8")
    for period in ("2025-04", "2025-05"):
        may(root, "angus", "payments").with_name(f"{period}.csv").unlink()
    assert "payments" not in "".join(line for line in lines_of(root, period="2025-04") if "angus" in line)
    assert "not due until 2025-06-30: payments" in lines_of(root, period="2025-05")[1]


def test_a_slip_is_one_line(root: Path, irf: Irf) -> None:
    assert irf("--period", "May")[1] == "error: --period May: give a month as YYYY-MM\n"
    (root / "landing" / "fife").mkdir()
    code, printed = irf()
    assert code == 2
    assert printed.startswith("landing/fife: is not used; known here are angus, dundee-city, nhs-tayside, perth-kinross\n")
