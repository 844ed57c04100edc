"""No way in goes round the gate, and all of them take one lock: the command, one asset alone, the sensor, plain `dagster dev`."""

import fcntl
import json
import os
import shutil
import subprocess
import sys
import threading
import time
from decimal import Decimal
from pathlib import Path

import dagster as dg
import pyarrow.parquet as pq
import pytest

from pipelines.definitions import defs, landing_sensor
from pipelines.lock import DIED_TAG, alone, close_dead_runs
from pipelines.warehouse.root import DataRoot
from tests import REPOSITORY
from tests.small_world import ANGUS, BOARD, PATIENT, SmallWorld
from tests.way_in import materialise

APRIL, MAY = "2025-04", "2025-05"


def put_month(world: SmallWorld, month: str) -> None:
    """A ledger of £100 and ten hours of home care in a month."""
    care = {"service_id": f"S{month}", "social_care_id": "A1", "month": f"{month}-01", "hours": 10, "service_type": "2"}
    world.put(f"{ANGUS}/home_care/{month}.csv", [{**care, "gross_cost": "100.00"}])
    world.ledger(ANGUS, month, home_care_personal="100.00")


@pytest.fixture(scope="module")
def refreshed(tmp_path_factory: pytest.TempPathFactory) -> SmallWorld:
    """April is published; then May is refused, for its ledger has not come."""
    world = SmallWorld(tmp_path_factory.mktemp("way_in") / "data")
    world.reference["expected_feeds"] = [{"agency": ANGUS, "feed": feed, "required": "Y"} for feed in ("home_care", "ledger")]
    world.rule(ANGUS, "home_care_personal", method="record", residual="scale")
    home = {"chi_number": PATIENT, "date_of_birth": "1985-04-19", "sex": "1", "postcode": "DD8 1AA"}
    world.put(f"{BOARD}/population_register/2025-04.csv", [home])
    world.put(f"{ANGUS}/clients/2025-04.csv", [{"social_care_id": "A1", **home}])
    put_month(world, APRIL)
    put_month(world, MAY)
    world.published(APRIL)
    ledger = world.root / "landing" / ANGUS / "ledger" / f"{MAY}.csv"
    ledger.rename(world.root / "ledger.csv")
    assert world.refresh(MAY)[0] == 3
    return world


@pytest.fixture
def refused(refreshed: SmallWorld, tmp_path: Path) -> SmallWorld:
    """A copy of the world in which May was refused."""
    shutil.copytree(refreshed.root, tmp_path / "data")
    world = SmallWorld(tmp_path / "data")
    world.reference = refreshed.reference
    return world


@pytest.fixture(scope="module")
def passed(refreshed: SmallWorld, tmp_path_factory: pytest.TempPathFactory) -> SmallWorld:
    """Its ledger has come, and May is published."""
    root = tmp_path_factory.mktemp("passed") / "data"
    shutil.copytree(refreshed.root, root)
    world = SmallWorld(root)
    world.reference = refreshed.reference
    (root / "ledger.csv").rename(root / "landing" / ANGUS / "ledger" / f"{MAY}.csv")
    world.published(MAY)
    return world


@pytest.fixture
def may(passed: SmallWorld, tmp_path: Path) -> SmallWorld:
    """A copy of the world in which May is published."""
    shutil.copytree(passed.root, tmp_path / "may")
    return SmallWorld(tmp_path / "may")


def versions(world: SmallWorld) -> list[str]:
    return sorted(p.name for p in (world.root / "releases").iterdir() if p.is_dir())


# ---- one asset alone ----


def test_what_the_gate_refused_is_not_published_by_the_release_alone(refused: SmallWorld) -> None:
    why = materialise(refused.root, MAY, "release")
    assert "GateRefused" in why and "angus/ledger: no usable submission for 2025-05" in why
    assert versions(refused) == ["2025.04.1"]


def test_the_verdict_on_one_month_publishes_no_other(refused: SmallWorld) -> None:
    assert materialise(refused.root, APRIL, "release", again=True) == ""
    assert versions(refused) == ["2025.04.1", "2025.04.2"]
    assert refused.query("SELECT DISTINCT month::VARCHAR FROM cost_line") == [("2025-04-01",)]
    (refused.root / "work" / APRIL / "verdict.json").unlink()
    why = materialise(refused.root, APRIL, "release", again=True)
    assert "the gate has not checked 2025-04; run irf refresh --period 2025-04" in why


def test_a_table_made_for_another_month_is_read_by_no_step(refused: SmallWorld) -> None:
    of_april, of_may = (refused.root / "work" / month / "core" / "cost_line" for month in (APRIL, MAY))
    shutil.copytree(of_may, of_april, dirs_exist_ok=True)
    why = materialise(refused.root, APRIL, "mart/control_total")
    assert "core/cost_line was made from other submissions" in why and "run irf refresh --period 2025-04" in why


def test_the_release_alone_publishes_what_the_gate_passed(may: SmallWorld) -> None:
    assert materialise(may.root, MAY, "release") == ""
    assert versions(may) == ["2025.04.1", "2025.05.1"]  # nothing has changed
    assert materialise(may.root, MAY, "release", again=True) == ""
    assert versions(may) == ["2025.04.1", "2025.05.1", "2025.05.2"]
    assert may.irf("verify", "2025.05.2")[0] == 0
    assert may.cost() == Decimal("200.00")


def test_a_table_changed_after_the_gate_is_not_published(may: SmallWorld) -> None:
    (file,) = (may.root / "work" / MAY / "mart" / "control_total").glob("*.parquet")
    table = pq.read_table(file)
    pq.write_table(table, file, compression="none")  # the same rows, of the same refresh: but not what was checked
    why = materialise(may.root, MAY, "release", again=True)
    assert "table control_total/2025-26.parquet is not as the gate checked it for 2025-05" in why
    assert versions(may) == ["2025.04.1", "2025.05.1"]


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("core/record_cost/*.parquet", "core/record_cost/all.parquet"),
        ("core/fate/*.parquet", "core/fate/all.parquet"),
        ("expectations/answers.json", "expectations/answers.json"),
        ("link_history.parquet", "link_history"),
    ],
)
def test_what_else_a_release_is_made_from_is_published_as_it_was_checked_or_not_at_all(
    may: SmallWorld, name: str, said: str
) -> None:
    (file,) = (may.root / "work" / MAY).glob(name)
    file.write_bytes(file.read_bytes() + b"\n")
    assert f"table {said} is not as the gate checked it for 2025-05" in materialise(may.root, MAY, "release", again=True)
    assert versions(may) == ["2025.04.1", "2025.05.1"]


def test_submissions_that_came_after_the_gate_are_not_published(may: SmallWorld) -> None:
    may.put(f"{ANGUS}/ledger/{MAY}.r1.csv", [{"cost_code": "home_care_personal", "month": f"{MAY}-01", "amount": "120.00"}])
    assert materialise(may.root, MAY, "landing") == ""
    why = materialise(may.root, MAY, "release", again=True)
    assert "submissions, reference tables, decisions, key or code are not those that the gate checked for 2025-05" in why
    assert "are not those that were taken in for 2025-05" in materialise(may.root, MAY, "gate")
    assert "not made of angus/ledger/2025-05.r1.csv as it is now" in materialise(may.root, MAY, "intake")
    assert versions(may) == ["2025.04.1", "2025.05.1"]


def test_an_intake_that_decides_otherwise_is_not_the_one_that_the_gate_checked(may: SmallWorld) -> None:
    """A file has the hash that was found, but is another now: read again, it is refused as not whole."""
    assert materialise(may.root, MAY, "landing") == ""
    clients = may.root / "landing" / ANGUS / "clients" / f"{APRIL}.csv"
    clients.write_bytes(clients.read_bytes() + b"\n")
    for raw in (may.root / "raw" / "clients" / ANGUS).iterdir():
        raw.unlink()
    for key in ("raw/clients", "staged/clients", "intake"):
        assert materialise(may.root, MAY, key) == ""
    assert "are not those that the gate checked for 2025-05" in materialise(may.root, MAY, "release", again=True)
    assert "core/fate was made from other submissions" in materialise(may.root, MAY, "gate")
    assert versions(may) == ["2025.04.1", "2025.05.1"]


def test_an_intake_that_was_changed_by_hand_opens_no_table(may: SmallWorld) -> None:
    file = may.root / "work" / MAY / "intake.json"
    intake = json.loads(file.read_text("utf-8"))
    intake["submissions"][0]["counts"] = False
    file.write_text(json.dumps(intake), "utf-8")
    assert "are not those that were taken in for 2025-05" in materialise(may.root, MAY, "gate")


def test_publishing_leaves_the_work_of_its_own_month_alone(refreshed: SmallWorld, passed: SmallWorld) -> None:
    """Another month's was made beside an earlier link history; while nothing was published, it stays."""
    there = [sorted(path.name for path in (world.root / "work").iterdir()) for world in (refreshed, passed)]
    assert there == [[APRIL, MAY], [MAY]]


# ---- nothing new ----


def test_what_has_not_changed_is_not_published_again(may: SmallWorld, passed: SmallWorld) -> None:
    may.reference = passed.reference
    code, printed = may.refresh(MAY)
    assert code == 0 and "nothing has changed since 2025.05.1" in printed, printed
    assert versions(may) == ["2025.04.1", "2025.05.1"]


# ---- the lock ----


def test_a_run_waits_for_the_one_that_is_at_work(tmp_path: Path) -> None:
    root = DataRoot(tmp_path)
    order: list[str] = []

    def second() -> None:
        with dg.DagsterInstance.ephemeral() as history, alone(root, history, "second"):
            order.append("second")

    with dg.DagsterInstance.ephemeral() as history, alone(root, history, "first"):
        waiting = threading.Thread(target=second)
        waiting.start()
        waiting.join(timeout=0.5)
        order.append("first")
    waiting.join(timeout=30)
    assert order == ["first", "second"]


def test_drafts_of_a_run_that_died_are_removed_wherever_they_lie(tmp_path: Path) -> None:
    root = DataRoot(tmp_path)
    root.prepare()
    left = (
        "releases/.draft-a-latest.json",
        "work/2025-05/.draft-b-verdict.json",
        "state/submissions/ledger/angus/.draft-c-2025-05.r0.json",
        "work/2025-05/core/record.unfinished/all.parquet",
    )
    for name in (*left, "work/2025-05/verdict.json"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).touch()
    with dg.DagsterInstance.ephemeral() as history, alone(root, history, "next"):
        assert [name for name in left if (tmp_path / name).exists()] == []
        assert (tmp_path / "work" / MAY / "verdict.json").exists()


def run_of(history: dg.DagsterInstance, run: str, status: dg.DagsterRunStatus, **tags: str) -> None:
    """Note a run of May in a history."""
    partition = {"dagster/partition": f"{MAY}-01"}
    history.add_run(dg.DagsterRun(job_name="refresh", run_id=run, status=status, tags={**partition, **tags}))


def test_runs_whose_process_died_are_closed_and_others_are_not(tmp_path: Path) -> None:
    root = DataRoot(tmp_path)
    dead, living = "00000000-0000-0000-0000-00000000000a", "00000000-0000-0000-0000-00000000000b"
    young = "00000000-0000-0000-0000-00000000000c"
    (tmp_path / "state" / "runs").mkdir(parents=True)
    with dg.DagsterInstance.ephemeral() as history:
        for run in (dead, living, young):
            run_of(history, run, dg.DagsterRunStatus.STARTED)
        for run in (dead, living):
            (tmp_path / "state" / "runs" / f"{run}.lock").touch()
        with (tmp_path / "state" / "runs" / f"{living}.lock").open("r+") as held:
            fcntl.flock(held, fcntl.LOCK_EX)
            close_dead_runs(root, history)
        found = {run: history.get_run_by_id(run) for run in (dead, living, young)}
    assert {run: known.status.value for run, known in found.items() if known} == {
        dead: "FAILURE", living: "STARTED", young: "STARTED",
    }  # fmt: skip
    closed = found[dead]
    assert closed is not None
    assert DIED_TAG in closed.tags


# ---- the sensor ----


def tick(world: SmallWorld, history: dg.DagsterInstance, monkeypatch: pytest.MonkeyPatch, later_seconds: int = 121) -> str:
    """What the sensor asks for, so many seconds from now: a partition, or why it asks for nothing."""
    monkeypatch.setenv("IRF_DATA", str(world.root))
    with monkeypatch.context() as patched:
        now = time.time()
        patched.setattr(time, "time", lambda: now + later_seconds)
        answer = landing_sensor(dg.build_sensor_context(instance=history))
    if isinstance(answer, dg.SkipReason):
        return str(answer.skip_message)
    assert isinstance(answer, dg.RunRequest)
    assert answer.run_key is None
    run_of(history, f"run-{history.get_runs_count()}", dg.DagsterRunStatus.STARTED, **answer.tags)
    return str(answer.partition_key)


def end_runs(history: dg.DagsterInstance, *, died: bool = False) -> None:
    """Let every run of a history end as failed, of itself or because its process died."""
    for run in history.get_runs():
        if not run.is_finished:
            history.add_run_tags(run.run_id, {"dagster/sensor_name": "landing_sensor", **({DIED_TAG: "yes"} if died else {})})
            history.report_run_failed(run)


def test_the_sensor_asks_for_what_its_release_was_not_made_of(may: SmallWorld, monkeypatch: pytest.MonkeyPatch) -> None:
    with dg.DagsterInstance.ephemeral() as history:
        assert tick(may, history, monkeypatch) == "2025.05.1 was made of the files in landing"
        may.put(f"{ANGUS}/ledger/notes.txt", "not a submission")
        may.put(f"{ANGUS}/ledger/2025-06.csv", "cost_code,month,amount\n")  # one file of June: others are wanted
        assert tick(may, history, monkeypatch) == "2025.05.1 was made of the files in landing"
        first = may.put(f"{ANGUS}/ledger/{MAY}.r1.csv", "cost_code,month,amount\n")
        assert "may not be whole yet" in tick(may, history, monkeypatch, later_seconds=60)
        assert tick(may, history, monkeypatch) == "2025-05-01"
        assert tick(may, history, monkeypatch) == "a refresh of 2025-05 is under way"
        end_runs(history)
        assert "did not publish them" in tick(may, history, monkeypatch)
        may.put(f"{ANGUS}/ledger/{MAY}.r2.csv", "cost_code,month,amount\n")
        assert tick(may, history, monkeypatch) == "2025-05-01"
        end_runs(history)
        (may.root / "landing" / ANGUS / "ledger" / f"{MAY}.r2.csv").unlink()
        assert first.exists()
        assert tick(may, history, monkeypatch) == "2025-05-01"  # a state seen before, which is not the last one
        end_runs(history, died=True)
        assert tick(may, history, monkeypatch) == "2025-05-01"  # that run died: it answered nothing


def test_the_sensor_asks_again_where_a_release_was_made_while_a_file_was_half_copied(
    may: SmallWorld, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The file has the hash that the manifest knows: it was hashed whole and read in part."""
    file = may.root / "releases" / "2025.05.1" / "manifest.json"
    manifest = json.loads(file.read_text("utf-8"))
    manifest["inputs"][0]["refused"] = "file.unfinished"
    file.write_text(json.dumps(manifest), "utf-8")
    with dg.DagsterInstance.ephemeral() as history:
        assert tick(may, history, monkeypatch) == "2025-05-01"


@pytest.mark.parametrize("inputs", [None, {}, [{}], ["x"], [{"file": "x"}]])
def test_the_sensor_asks_where_a_manifest_does_not_say_what_it_was_made_of(
    may: SmallWorld, monkeypatch: pytest.MonkeyPatch, inputs: object
) -> None:
    (may.root / "releases" / "2025.05.1" / "manifest.json").write_text(json.dumps({"inputs": inputs}), "utf-8")
    with dg.DagsterInstance.ephemeral() as history:
        assert tick(may, history, monkeypatch) == "2025-05-01"


def test_the_sensor_says_what_is_wrong_and_asks_for_nothing(may: SmallWorld, monkeypatch: pytest.MonkeyPatch) -> None:
    with dg.DagsterInstance.ephemeral() as history:
        key = may.root / "secure" / "pseudonym.key"
        key.unlink()
        assert "pseudonym.key cannot be read" in tick(may, history, monkeypatch)
        (may.root / "reference" / "expected_feeds.csv").unlink()
        assert "reference/expected_feeds.csv is missing" in tick(may, history, monkeypatch)


# ---- plain dagster ----


def test_plain_dagster_needs_no_environment_but_the_clone(tmp_path: Path) -> None:
    """Its history is that of the data root, as the command's."""
    shutil.copyfile(REPOSITORY / "dagster.yaml", tmp_path / "dagster.yaml")
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("IRF_", "DAGSTER_"))}
    environment = {**kept, "DAGSTER_HOME": str(tmp_path), "IRF_DATA": str(tmp_path / "data"), "PYTHONPATH": str(REPOSITORY)}
    code = "import dagster as dg, pipelines.definitions\nwith dg.DagsterInstance.get() as h: print(h.get_runs_count())"
    ran = subprocess.run(
        [sys.executable, "-c", code], env=environment, cwd=tmp_path, capture_output=True, text=True, check=False
    )
    assert (ran.returncode, ran.stdout) == (0, "0\n"), ran.stderr
    assert (tmp_path / "data" / "state" / "history" / "runs.db").exists()
    assert (tmp_path / "data" / "state").stat().st_mode & 0o077 == 0


# ---- every asset alone ----


@pytest.mark.soak
@pytest.mark.parametrize("month", [APRIL, MAY])
def test_no_asset_alone_publishes_what_the_gate_did_not_pass(refused: SmallWorld, month: str) -> None:
    """April passed and is published, May was refused: whatever is made alone, nothing else comes out."""
    keys = sorted(key.to_user_string() for key in defs.resolve_asset_graph().materializable_asset_keys)
    multi = {"mart/rule_result": "mart/submission"}  # made together
    for key in keys:
        if key not in multi:
            materialise(refused.root, month, key, *(other for other, first in multi.items() if first == key))
    assert versions(refused) == ["2025.04.1"]
